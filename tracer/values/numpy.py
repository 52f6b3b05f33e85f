"""NumPy's arrays and scalars."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Opaque, Records, Stats, Storage, Tensor, Value
from tracer.values import builtin
from tracer.values.arrays import SAMPLE, Cell, cells, grid, moments, scattered
from tracer.values.objects import opaque
from tracer.values.storage import Watch, storage_id
from tracer.values.text import clean
from tracer.values.types import derives, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]

_COLUMNS = 20  # fields of a structured array
_BITS = {"float16": 11, "float32": 24, "complex64": 24}  # precision by dtype; the others are float64 or exact


def handler(cls: type) -> Any:
    """The handler of a class of NumPy's, or None."""
    numpy: Any = sys.modules.get("numpy")
    if derives(cls, numpy.ndarray):
        return array
    if derives(cls, numpy.generic):
        return scalar
    return None


def scalar(walker: Walker, value: Any, depth: int) -> Value:
    """A NumPy number, as an array without axes: it has a dtype, which a Python number has not."""
    numpy: Any = sys.modules["numpy"]
    element = numpy.asarray(value)
    if element.dtype.kind in "biufc":
        picture = Tensor(type=type_name(type(value)), shape=[], dtype=element.dtype.name)
        picture.elements = _cells(element, sampled=False)
        return picture
    if element.dtype.names:
        items = [(name, element[name][()]) for name in element.dtype.names]
        return builtin.mapping(walker, value, items, len(items), depth, type_name(type(value)))
    if element.dtype.kind in "US":
        return opaque(walker, value, repr(element.item()[: walker.limits.characters]), depth)
    return opaque(walker, value, str(element), depth)


def array(walker: Walker, value: Any, depth: int) -> Value:
    """An array: its description always, its elements when they are numbers, strings or dates."""
    numpy: Any = sys.modules["numpy"]
    plain = numpy.ndarray.view(value, numpy.ndarray)  # what a subclass redefines is left aside
    name = type_name(type(value))
    if plain.dtype.names:
        return _structured(walker, value, plain, depth, name)
    if plain.dtype.kind == "O" and plain.ndim == 1:
        return builtin.sequence(walker, value, iter(plain), plain.size, depth, name)
    item = plain.dtype.itemsize
    picture = Tensor(type=name, shape=list(plain.shape), dtype=clean(str(plain.dtype), 100))
    if item and all(stride % item == 0 for stride in plain.strides):
        picture.strides = [stride // item for stride in plain.strides]
    picture.storage = _storage(numpy, value, plain)
    if plain.dtype.kind == "O":
        picture.problem = "its elements are Python objects: look at them one by one"
    elif plain.dtype.kind == "V":
        picture.problem = f"elements of dtype {picture.dtype} are not read"
    else:
        with numpy.errstate(all="ignore"):
            _fill(walker, picture, plain, _mask(numpy, value), depth)
    return picture


def _fill(walker: Walker, picture: Tensor, plain: Any, mask: Any, depth: int) -> None:
    room = walker.array_room(depth)
    if plain.size <= min(room, walker.limits.elements):
        walker.cells -= plain.size
        picture.elements = _cells(plain, False, mask)
        return
    if plain.dtype.kind in "biuf":
        picture.stats = _stats(walker, plain, mask)
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
        flat = flat.astype("float64")
    elif dtype.kind == "c" and dtype.itemsize > 16:
        flat = flat.astype("complex128")
    elif dtype.kind in "mM":
        flat = flat.astype(str)
    shown = cells(flat.tolist(), _BITS.get(dtype.name, 53), sampled)
    if mask is None:
        return shown
    return [None if hidden else cell for cell, hidden in zip(shown, mask.reshape(-1).tolist(), strict=True)]


def _mask(numpy: Any, value: Any) -> Any:
    """Which elements of a masked array are masked; None for any other array."""
    masked = getattr(numpy, "ma", None)
    return masked.getmaskarray(value) if masked is not None and derives(type(value), masked.MaskedArray) else None


def _stats(walker: Walker, plain: Any, mask: Any) -> Stats | None:
    numpy: Any = sys.modules["numpy"]
    whole = plain.size
    exact = whole <= walker.exact
    if exact:
        walker.exact -= whole
    elif whole > SAMPLE:
        slices = scattered(plain.shape)
        plain, mask = plain[slices], None if mask is None else mask[slices]
    scale = whole / plain.size
    numbers = plain.astype("float64")
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
    return moments(
        minimum=float(numbers.min()) if some else None,
        maximum=float(numbers.max()) if some else None,
        mean=float(numbers.mean()) if some else None,
        std=float(numbers.std()) if some else None,
        zeros=numbers.size - int(numpy.count_nonzero(numbers)),
        nan=nan,
        inf=inf,
        scale=scale,
        approximate=scale > 1,
    )


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


def _structured(walker: Walker, value: Any, plain: Any, depth: int, name: str) -> Value:
    """An array of records: its first rows as a table."""
    columns = list(plain.dtype.names)[:_COLUMNS]
    if plain.ndim != 1 or depth <= 0:
        shape = " × ".join(map(str, plain.shape)) or "one"
        return Opaque(
            type=name, text=f"{shape} records of {', '.join(clean(column, 40) for column in columns)}", cut=True
        )
    count = min(plain.size, walker.limits.items, walker.nodes // max(1, len(columns)))
    walker.nodes -= count * len(columns)
    rows = [[walker.child(item, depth) for item in row.item()[: len(columns)]] for row in plain[:count]]
    return Records(
        type=name,
        columns=[clean(column, 100) for column in columns],
        rows=rows,
        row_count=plain.size,
        column_count=len(plain.dtype.names),
    )
