"""What `ctypes` describes: C's numbers, arrays and structures. No pointer is followed: it may lead nowhere."""

from __future__ import annotations

import sys
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Opaque, Value
from tracer.values.builtin import sequence
from tracer.values.mapped import GONE, is_there
from tracer.values.objects import class_dict_value, fields, opaque
from tracer.values.types import class_dict, derives, mro, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]

_HELD = frozenset("cbB?hHiIlLqQfdgu")  # codes of types that hold their value themselves; the others hold an address


class Address:
    """Stands for what lies elsewhere."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "not followed"


def handler(cls: type) -> Any:
    """The handler of a class made with ctypes, or None."""
    found = _handler(cls)
    return found if found in (None, _pointer) else partial(_if_there, found)


def _if_there(shown_by: Any, walker: Walker, value: Any, depth: int) -> Value:
    library: Any = sys.modules["_ctypes"]
    if not is_there(library.addressof(value), library.sizeof(value)):
        return Opaque(type=type_name(type(value)), problem=GONE)
    return shown_by(walker, value, depth)  # type: ignore[no-any-return]


def _handler(cls: type) -> Any:
    library: Any = sys.modules["_ctypes"]
    if derives(cls, library.Structure) or derives(cls, library.Union):
        return _structure
    if derives(cls, library.Array):
        return _array
    if derives(cls, library._SimpleCData):
        return _simple
    return _pointer if derives(cls, library._Pointer) else None


def _simple(walker: Walker, value: Any, depth: int) -> Value:
    if not _holds(type(value)):
        return _pointer(walker, value, depth)
    return opaque(walker, value, repr(sys.modules["_ctypes"]._SimpleCData.value.__get__(value)), depth)


def _pointer(walker: Walker, value: Any, depth: int) -> Value:
    return Opaque(type=type_name(type(value)), text="an address, not followed")


def _array(walker: Walker, value: Any, depth: int) -> Value:
    cls = type(value)
    library: Any = sys.modules["_ctypes"]
    length = library.Array.__len__(value)
    shown = min(length, walker.limits.items)
    if _holds(class_dict_value(cls, "_type_")):
        items = (library.Array.__getitem__(value, at) for at in range(shown))
    else:
        items = (Address() for _ in range(shown))
    return sequence(walker, value, items, length, depth, type_name(cls))


def _structure(walker: Walker, value: Any, depth: int) -> Value:
    named: dict[str, type] = {}
    for base in reversed(mro(type(value))):
        for field in class_dict(base).get("_fields_", ()):
            named[field[0]] = field[1]
    items = [
        (name, class_dict_value(type(value), name).__get__(value) if _holds(cls) else Address())  # type: ignore[attr-defined]
        for name, cls in islice(named.items(), 1_000)
    ]
    return fields(walker, value, items, depth)


def _holds(cls: Any) -> bool:
    library: Any = sys.modules["_ctypes"]
    if derives(cls, library._Pointer):
        return False
    return not derives(cls, library._SimpleCData) or class_dict_value(cls, "_type_") in _HELD
