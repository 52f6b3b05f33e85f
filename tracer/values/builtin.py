"""The builtin scalars and containers, and those of `collections` and `array`.

A subclass is read through the builtin's own methods (`list.__iter__(value)`), so nothing that it redefines is run.
"""

from __future__ import annotations

import array
import itertools
import types
import weakref
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Bytes, Float, Instance, Int, LongText, Mapping, Opaque, Sequence, Value
from tracer.format.schema import Complex as ComplexValue
from tracer.format.struct import to_json
from tracer.values.numbers import EXACT, complex_number, integer, number
from tracer.values.text import clean
from tracer.values.types import type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["HANDLERS"]


def _itself(walker: Walker, value: Any, depth: int) -> Value:
    return value  # type: ignore[no-any-return]


def _int(walker: Walker, value: int, depth: int) -> int | Int:
    return integer(value)


def _float(walker: Walker, value: float, depth: int) -> float | Float:
    return number(value)


def _complex(walker: Walker, value: complex, depth: int) -> ComplexValue:
    return complex_number(value)


def _str(walker: Walker, value: str, depth: int) -> str | LongText:
    return walker.string(value, depth)


def _bytes(walker: Walker, value: bytes | bytearray, depth: int) -> Bytes:
    kind: Any = bytes if issubclass(type(value), bytes) else bytearray
    beginning = bytes(kind.__getitem__(value, slice(walker.limits.characters)))
    return _bytes_text(walker, beginning, kind.__len__(value), type_name(type(value)), depth)


_NUMBERS = frozenset("hHiIlLqQnNefd?")  # formats of items that `memoryview.tolist` reads as numbers


def _memoryview(walker: Walker, value: memoryview, depth: int) -> Value:
    try:
        count = value.nbytes
    except ValueError:
        return Opaque(type="memoryview", text="released")
    if type(value.obj) not in (bytes, bytearray, array.array):  # which keep their memory while somebody looks into it
        from tracer.values.mapped import GONE, is_buffer_there  # few programs need it

        if not is_buffer_there(value):
            return Opaque(type="memoryview", problem=GONE)
    if value.ndim == 1 and value.format in _NUMBERS:
        return sequence(walker, value, value[: walker.limits.items].tolist(), len(value), depth, "memoryview")
    if value.ndim != 1 or value.itemsize != 1:
        shape = " × ".join(map(str, value.shape or ()))
        return Bytes(text="", length=count, type=f"memoryview of {shape} items of format {clean(value.format, 40)}")
    return _bytes_text(walker, bytes(value[: walker.limits.characters]), value.nbytes, "memoryview", depth)


def _bytes_text(walker: Walker, beginning: bytes, length: int, name: str, depth: int) -> Bytes:
    whole = repr(beginning)[2:-1]
    shown, cut = walker.text(whole, depth)
    if cut and len(shown) < len(whole):
        shown = shown[: shown.rindex("\\")] if "\\" in shown[-3:] else shown  # not half of an escape such as \x00
    return Bytes(text=shown, length=length, type=name)


# ------------------------------------------------------------------------------------------------------------ sequences


def sequence(walker: Walker, value: object, items: Iterable[object], length: int, depth: int, name: str) -> Value:
    """A container of `length` items, of which only so many are taken from `items` as are shown."""
    cut = walker.stopped(value, length, depth, name)
    if cut is not None:
        return cut
    return Sequence(type=name, items=walker.children(value, items, length, depth), length=length)


def _list(walker: Walker, value: list[object], depth: int) -> Value:
    name = "list" if type(value) is list else type_name(type(value))
    return sequence(walker, value, list.__iter__(value), list.__len__(value), depth, name)


def _tuple(walker: Walker, value: tuple[object, ...], depth: int) -> Value:
    name = "tuple" if type(value) is tuple else type_name(type(value))
    return sequence(walker, value, tuple.__iter__(value), tuple.__len__(value), depth, name)


def _deque(walker: Walker, value: deque[object], depth: int) -> Value:
    return sequence(walker, value, deque.__iter__(value), deque.__len__(value), depth, type_name(type(value)))


def _array(walker: Walker, value: array.array[Any], depth: int) -> Value:
    length = array.array.__len__(value)
    items = array.array.__getitem__(value, slice(walker.limits.items))
    return sequence(walker, value, items, length, depth, type_name(type(value)))


def _range(walker: Walker, value: range, depth: int) -> Value:
    length = max(0, -((value.start - value.stop) // value.step))  # len() has no room for ranges beyond 2**63
    name = "range"
    cut = walker.stopped(value, min(length, 1), depth, name)
    if cut is not None:
        return cut
    items = walker.children(value, iter(value), min(length, walker.limits.items), depth)
    return Sequence(type=name, items=items, length=length if length < EXACT else -1)


def _view(walker: Walker, value: Any, depth: int) -> Value:
    """The keys, values or items of a dict."""
    return sequence(walker, value, type(value).__iter__(value), type(value).__len__(value), depth, type(value).__name__)


# ----------------------------------------------------------------------------------------------------------------- sets

_TUPLE = 8  # parts of a tuple that is compared
_SORTED = 100_000  # a larger set of plain values is shown in the order of iteration: finding its least takes too long


def _set(walker: Walker, value: set[object] | frozenset[object], depth: int) -> Value:
    """A set, in an order that depends on its items alone: its own depends on addresses and on the seed of the run.

    Sets of whole numbers, strings, bytes and tuples of these are sorted, and show their least items; of other sets the items
    that come first are shown, and those in order.
    """
    base: Any = set if issubclass(type(value), set) else frozenset
    cls = type(value)
    name = base.__name__ if cls is base else type_name(cls)
    length = base.__len__(value)
    if length <= _SORTED and _comparable(base.__iter__(value), list(islice(base.__iter__(value), 1))):
        import heapq

        ordered: Iterable[object] = heapq.nsmallest(walker.limits.items, base.__iter__(value))
        return sequence(walker, value, ordered, length, depth, name)
    shown = sequence(walker, value, base.__iter__(value), length, depth, name)
    if isinstance(shown, Sequence):
        shown.items = sorted(shown.items, key=_order)
    return shown


def _comparable(items: Iterable[Any], first: list[Any]) -> bool:
    """Whether sorting runs no code but Python's own: whole numbers, strings, bytes, or like short tuples of these.

    Classes are compared by identity: a metaclass may redefine their `__hash__` and `__eq__`.
    """
    if not first:
        return False
    kind = type(first[0])
    if kind is tuple:
        form = tuple(map(type, first[0][:_TUPLE]))
        return all(each is int or each is bool or each is str or each is bytes for each in form) and all(
            type(item) is tuple
            and len(item) == len(form)
            and all(type(part) is each for part, each in zip(item, form, strict=True))
            for item in items
        )
    if kind is int or kind is bool:
        return all(type(item) is int or type(item) is bool for item in items)
    return (kind is str or kind is bytes) and all(type(item) is kind for item in items)


def _order(item: Value) -> tuple[bool, float, bytes]:
    """Numbers by size, then the rest by their JSON."""
    if isinstance(item, Float) and isinstance(item.value, float):
        return False, item.value, b""
    if isinstance(item, int | float):
        return False, item, b""
    return True, 0.0, to_json(item)


# ------------------------------------------------------------------------------------------------------------- mappings


def mapping(
    walker: Walker, value: object, items: Iterable[tuple[Any, Any]], length: int, depth: int, name: str
) -> Value:
    cut = walker.stopped(value, length, depth, name)
    if cut is not None:
        return cut
    return Mapping(type=name, entries=walker.pairs(value, items, length, depth), length=length)


def _dict(walker: Walker, value: dict[object, object], depth: int) -> Value:
    name = "dict" if type(value) is dict else type_name(type(value))
    return mapping(walker, value, dict.items(value), dict.__len__(value), depth, name)


def _ordered_dict(walker: Walker, value: OrderedDict[object, object], depth: int) -> Value:
    items = OrderedDict.items(value)  # dict.items would ignore move_to_end
    return mapping(walker, value, items, dict.__len__(value), depth, type_name(type(value)))


def _mapping_proxy(walker: Walker, value: types.MappingProxyType[Any, Any], depth: int) -> Value:
    """A read-only view of a dict, or of what behaves like one and is asked nothing then: its class may answer with code."""
    import gc

    (held,) = gc.get_referents(value)
    if issubclass(type(held), OrderedDict):
        return mapping(walker, value, OrderedDict.items(held), dict.__len__(held), depth, "mappingproxy")
    if issubclass(type(held), dict):
        return mapping(walker, value, dict.items(held), dict.__len__(held), depth, "mappingproxy")
    return _around(walker, value, {"mapping": held}, depth)


# ------------------------------------------------------------------------------- small things that hold one or two others


def _around(walker: Walker, value: object, held: dict[str, object], depth: int) -> Value:
    name = type_name(type(value))
    cut = walker.stopped(value, len(held), depth, name)
    if cut is not None:
        return cut
    return Instance(type=name, fields=walker.fields(value, held.items(), len(held), depth), length=len(held))


def _slice(walker: Walker, value: slice, depth: int) -> Value:
    """`slice(1, None, 2)`, or its parts where they are more than whole numbers."""
    parts: dict[str, Any] = {"start": value.start, "stop": value.stop, "step": value.step}
    if all(part is None or (type(part) is int and -EXACT < part < EXACT) for part in parts.values()):
        return Opaque(type="slice", text=repr(value))
    return _around(walker, value, parts, depth)


def _wrapped(walker: Walker, value: Any, depth: int) -> Value:
    """A staticmethod or classmethod: its text would ask the function for its own."""
    kind = staticmethod if issubclass(type(value), staticmethod) else classmethod
    return _around(walker, value, {"__func__": kind.__dict__["__func__"].__get__(value)}, depth)


def _weak(walker: Walker, value: weakref.ReferenceType[Any], depth: int) -> Value:
    """To what it leads. Its text would ask that for a `__name__`."""
    held = weakref.ReferenceType.__call__(value)
    name = type_name(type(value))
    return Opaque(type=name, text="dead" if held is None else f"to a {type_name(type(held))}")


def _nameless(walker: Walker, value: object, depth: int) -> Value:
    """An iterator whose text would write out all that it holds."""
    return Opaque(type=type_name(type(value)))


HANDLERS: dict[type, Any] = {
    type(None): _itself,
    bool: _itself,
    int: _int,
    float: _float,
    complex: _complex,
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _memoryview,
    list: _list,
    tuple: _tuple,
    deque: _deque,
    array.array: _array,
    range: _range,
    type({}.keys()): _view,
    type({}.values()): _view,
    type({}.items()): _view,
    set: _set,
    frozenset: _set,
    dict: _dict,
    defaultdict: _dict,
    OrderedDict: _ordered_dict,
    types.MappingProxyType: _mapping_proxy,
    slice: _slice,
    staticmethod: _wrapped,
    classmethod: _wrapped,
    weakref.ReferenceType: _weak,
    itertools.repeat: _nameless,
}
