"""NumPy's arrays and scalars."""

from __future__ import annotations

import math
import sys
import weakref
from itertools import islice
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Cut, Opaque, Records, Stats, Storage, Tensor, Value
from tracer.values import builtin
from tracer.values.arrays import BINS, CHUNK, FEWEST, Cell, binning, cells, grid, moments, scattered
from tracer.values.mapped import GONE, is_buffer_there, is_there, reach
from tracer.values.objects import opaque
from tracer.values.storage import Watch, storage_id
from tracer.values.text import clean
from tracer.values.types import derives, instance_fields, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["extent", "handler", "storage"]

_COLUMNS = 20  # fields of a structured array
_WIDE = 4  # numbers that take the room of one string, date or complex number
_BITS = {"float16": 11, "float32": 24, "complex64": 24}  # precision by dtype; the others are float64 or exact


def handler(cls: type) -> Any:
    """The handler of a class of NumPy's, or None."""
    numpy: Any = sys.modules.get("numpy")
    if derives(cls, numpy.ndarray):
        return array
    if derives(cls, numpy.generic):
        return scalar
    return _dtype if derives(cls, numpy.dtype) else None


def _dtype(walker: Walker, value: Any, depth: int) -> Value:
    """`float32`; of a structured one the first fields."""
    if not value.names:
        return opaque(walker, value, clean(str(value), 100), depth)
    columns = ", ".join(clean(name, 40) for name in value.names[:_COLUMNS])
    return Opaque(type=type_name(type(value)), text=f"records of {columns}", cut=len(value.names) > _COLUMNS)


def scalar(walker: Walker, value: Any, depth: int) -> Value:
    """A NumPy number, as an array without axes: it has a dtype, which a Python number has not."""
    numpy: Any = sys.modules["numpy"]
    cls = type(value)
    if derives(cls, str):
        beginning = str.__getitem__(value, slice(walker.limits.characters))
        shown = opaque(walker, value, str.__repr__(beginning), depth)
        shown.cut = shown.cut or str.__len__(value) > len(beginning)
        return shown
    if derives(cls, bytes):
        return builtin.HANDLERS[bytes](walker, value, depth)  # type: ignore[no-any-return]
    if derives(cls, numpy.void) and not value.dtype.hasobject and not is_buffer_there(value):
        return Opaque(type=type_name(cls), problem=GONE)  # a record looks into the array that it is one of
    element = numpy.asarray(value)
    if element.dtype.kind in "biufc":
        picture = Tensor(type=type_name(type(value)), shape=[], dtype=element.dtype.name)
        picture.elements = _cells(element, sampled=False)
        return picture
    if element.dtype.names:
        return _record(walker, value, element, _mask(numpy, value), depth)
    if element.dtype.kind == "V":  # bytes of no known meaning
        memory = memoryview(element.reshape(1).view("u1"))
        shown = builtin.HANDLERS[memoryview](walker, memory, depth)
        shown.type = type_name(cls)
        return shown  # type: ignore[no-any-return]
    return opaque(walker, value, str(element), depth)


def array(walker: Walker, value: Any, depth: int) -> Value:
    """An array: its description always, its elements when they are numbers, strings or dates."""
    numpy: Any = sys.modules["numpy"]
    plain = numpy.ndarray.view(value, numpy.ndarray)  # what a subclass redefines is left aside
    name = type_name(type(value))
    mask = _mask(numpy, value)
    if (plain.dtype.names or plain.dtype.kind == "O") and not extent(plain)[2]:
        return Opaque(type=name, problem=GONE)
    if plain.dtype.names:
        if not plain.ndim:
            return _record(walker, value, plain, mask, depth)
        return _structured(walker, value, plain, mask, depth, name)
    if plain.dtype.kind == "O":
        return _objects(walker, value, plain, mask, depth, name)
    item = plain.dtype.itemsize
    picture = Tensor(type=name, shape=list(plain.shape), dtype=clean(str(plain.dtype), 100))
    if item and all(stride % item == 0 for stride in plain.strides):
        picture.strides = [stride // item for stride in plain.strides]
    picture.storage = _storage(numpy, value, plain)
    if not extent(plain)[2]:
        picture.problem = GONE
    elif plain.dtype.kind == "V":
        picture.problem = f"elements of dtype {picture.dtype} are not read"
    else:
        with numpy.errstate(all="ignore"):
            _fill(walker, picture, plain, mask, depth)
    return picture


def _fill(walker: Walker, picture: Tensor, plain: Any, mask: Any, depth: int) -> None:
    room = walker.array_room(depth)
    if plain.dtype.kind not in "biuf":
        room //= _WIDE
    if plain.size <= min(room, walker.limits.elements):
        walker.cells -= plain.size
        picture.elements = _cells(plain, False, mask)
        return
    if plain.dtype.kind in "biuf":
        picture.stats = _stats(walker, plain, mask, depth)
    if room < 16:
        picture.problem = "no room was left for its elements: look at it by itself"
        return
    chosen = grid(plain.shape, room, walker.limits.side)
    sample = plain[chosen.slices] if plain.ndim else plain.reshape(1)
    walker.cells -= sample.size
    picture.picture = chosen.picture(_cells(sample, True, None if mask is None else mask[chosen.slices]))


def _cells(plain: Any, sampled: bool, mask: Any = None) -> list[Cell]:
    dtype = plain.dtype
    flat = plain.reshape(-1)
    if dtype.kind == "f" and dtype.itemsize > 8:
        items: list[Any] = [_long(number) for number in flat]
    elif dtype.kind == "c" and dtype.itemsize > 16:
        items = flat.astype("complex128").tolist()
    elif dtype.kind in "mM":
        items = flat.astype(str).tolist()
    elif dtype.kind == "T":  # what stands for a missing string may be any object
        items = [item if type(item) is str or item is None else clean(str(item), 40) for item in flat.tolist()]
    else:
        items = flat.tolist()
    shown = cells(items, _BITS.get(dtype.name, 53), sampled)
    if mask is None:
        return shown
    return [None if hidden else cell for cell, hidden in zip(shown, mask.reshape(-1).tolist(), strict=True)]


def _long(number: Any) -> float | str:
    """A long double: as a float, or as its own digits where that would turn it into 0 or infinity."""
    near = float(number)
    return str(number) if (near == 0.0) != bool(number == 0) or (math.isinf(near) and number - number == 0) else near


def _mask(numpy: Any, value: Any) -> Any:
    """Which elements of a masked array are masked; None for any other array."""
    masked = getattr(numpy, "ma", None)
    if masked is None or not derives(type(value), masked.MaskedArray):
        return None
    if root(type(value)) == "numpy":
        return masked.getmaskarray(value)
    mask: Any = dict(instance_fields(value)).get(
        "_mask"
    )  # a class of the program's may have redefined how to ask for it
    return (
        mask if type(mask) is numpy.ndarray and mask.shape == numpy.ndarray.view(value, numpy.ndarray).shape else None
    )


def _stats(walker: Walker, plain: Any, mask: Any, depth: int) -> Stats | None:
    numpy: Any = sys.modules["numpy"]
    whole, most = plain.size, walker.statistics_room(depth)
    if whole > most:
        if most < FEWEST:
            return None
        slices = scattered(plain.shape, most)
        plain, mask = plain[slices], None if mask is None else mask[slices]
    walker.exact -= plain.size
    scale = whole / plain.size
    numbers = plain.astype("float64")
    if plain.dtype.itemsize > 8 and (numpy.isinf(numbers) & numpy.isfinite(plain)).any():
        return None  # long doubles beyond what a float64 reaches
    if mask is not None:
        numbers = numbers[~mask]
    nan = inf = 0
    if plain.dtype.kind == "f":
        finite = numpy.isfinite(numbers)
        if not finite.all():
            nan = int(numpy.isnan(numbers).sum())
            inf = numbers.size - nan - int(finite.sum())
            numbers = numbers[finite]
    some = numbers.size > 0
    minimum, maximum = (float(numbers.min()), float(numbers.max())) if some else (None, None)
    density = None if plain.dtype.kind == "b" else binning(minimum, maximum, numbers.size)
    return moments(
        minimum=minimum,
        maximum=maximum,
        mean=float(numbers.mean()) if some else None,
        std=float(numbers.std()) if some else None,
        zeros=numbers.size - int(numpy.count_nonzero(numbers)),
        nan=nan,
        inf=inf,
        counts=None if density is None else _binned(numpy, numbers, minimum, density),
        scale=scale,
        approximate=scale > 1,
    )


def _binned(numpy: Any, numbers: Any, minimum: float | None, density: float) -> list[int]:
    """How many of some float64 numbers lie in each bin; the last one is for the greatest number alone."""
    found, numbers = numpy.zeros(BINS + 1, dtype="int64"), numbers.reshape(-1)
    for start in range(0, numbers.size, CHUNK):
        places = numbers[start : start + CHUNK] - minimum
        places *= density
        found += numpy.bincount(places.astype("uint8"), minlength=BINS + 1)
    counts: list[int] = found.tolist()
    return counts


def storage(value: Any) -> Storage | None:
    """The memory that an array looks into, and where it begins there; None for one without."""
    numpy: Any = sys.modules["numpy"]
    return _storage(numpy, value, numpy.ndarray.view(value, numpy.ndarray))


def _storage(numpy: Any, value: Any, plain: Any) -> Storage | None:
    """The memory of an array is that of the array at the end of its chain of bases, or of the tensor below that."""
    owner = value
    while True:
        base = numpy.ndarray.__dict__["base"].__get__(owner)
        if base is None or not derives(type(base), numpy.ndarray):
            break
        owner = base
    address: int = plain.__array_interface__["data"][0]
    if root(type(base)) == "torch":
        from tracer.values.torch import memory

        lent = memory(base)
        if lent is None:
            return None
        start, shared = lent
        return Storage(id=shared.id, bytes=shared.bytes, offset=address - start)
    whole = numpy.ndarray.view(owner, numpy.ndarray)
    start = whole.__array_interface__["data"][0]
    if not whole.nbytes or not start:
        return None

    def watch() -> Watch:
        reference = weakref.ref(owner)
        return lambda: reference() is not None

    return Storage(id=storage_id("cpu", start, id(owner), watch), bytes=whole.nbytes, offset=max(0, address - start))


def extent(plain: Any) -> tuple[int, int, bool]:
    """The bytes between the lowest and the highest that a plain array reaches, its axes may run backwards: the address, how many
    they are, and whether they can be read."""
    if not plain.size:
        return 0, 0, True
    below, size = reach(plain.shape, plain.strides, plain.itemsize)
    first = plain.__array_interface__["data"][0] - below
    owner, ndarray = plain, type(plain)
    while type(owner.base) is ndarray:
        owner = owner.base
    if owner.flags.owndata:  # and no other size than it had when this view was made
        start = owner.__array_interface__["data"][0]
        if start <= first and first + size <= start + owner.nbytes:
            return first, size, True
    return first, size, not plain.dtype.hasobject and is_there(first, size)


def _objects(walker: Walker, value: Any, plain: Any, mask: Any, depth: int, name: str) -> Value:
    """An array of Python objects: a sequence of them, or of rows of them."""
    items: Any = iter(plain) if plain.ndim else iter([plain[()]])
    length = plain.shape[0] if plain.ndim else 1
    if mask is not None and plain.ndim == 1:
        items = (None if hidden else item for item, hidden in zip(plain, mask, strict=True))
    return builtin.sequence(walker, value, items, length, depth, name)


def _record(walker: Walker, value: Any, plain: Any, mask: Any, depth: int) -> Value:
    """One record, by its fields."""
    names = plain.dtype.names
    items = (
        (name, None if mask is not None and mask.dtype.names and mask[name].all() else plain[name][()])
        for name in islice(names, walker.limits.items)
    )
    return builtin.mapping(walker, value, items, len(names), depth, type_name(type(value)))


def _structured(walker: Walker, value: Any, plain: Any, mask: Any, depth: int, name: str) -> Value:
    """An array of records: its first rows as a table."""
    columns = list(plain.dtype.names)[:_COLUMNS]
    if plain.ndim != 1:
        shape = " × ".join(map(str, plain.shape))
        return Opaque(
            type=name, text=f"{shape} records of {', '.join(clean(column, 40) for column in columns)}", cut=True
        )
    if depth <= 0:
        return Cut(reason="depth", type=name)
    count = min(plain.size, walker.limits.items, walker.nodes // max(1, len(columns)))
    walker.nodes -= count * len(columns)
    rows = [
        [
            None if mask is not None and mask[column][at].all() else walker.child(item, depth)
            for column, item in zip(columns, plain[at].item(), strict=False)
        ]
        for at in range(count)
    ]
    return Records(
        type=name,
        columns=[clean(column, 100) for column in columns],
        rows=rows,
        row_count=plain.size,
        column_count=len(plain.dtype.names),
    )
