"""Which handler sees the values of a class: `handler_of(cls)`.

A handler takes the walker, the value and how many containers deep it may still open. Builtin classes have theirs in a
table; any other class is settled once, by asking in turn: is it a class, an enum, does the adapter of a library know it, is
it a kind of a builtin container, does it print itself best, has it fields?
"""

from __future__ import annotations

import importlib
import sys
import weakref
from collections.abc import Callable
from enum import EnumMeta
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Value
from tracer.values import builtin, definitions, objects
from tracer.values.types import class_dict, derives, mro, root

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["Handler", "handler_of"]

Handler = Callable[["Walker", Any, int], Value]

ADAPTERS = {
    "numpy": "tracer.values.numpy",
    "torch": "tracer.values.torch",
    "pandas": "tracer.values.pandas",
    "sympy": "tracer.values.sympy",
    "pydantic": "tracer.values.pydantic",
    "_ctypes": "tracer.values.foreign",
    "matplotlib": "tracer.values.figures",
    "PIL": "tracer.values.figures",
    "triton": "tracer.values.triton",
}
"""Where the adapter of a library is. Its `handler(cls)` gives a handler, or None for a class that is nothing special.

It is imported when a value of the library turns up, so the library has been imported by then; the adapter finds it in
`sys.modules` and never imports it.
"""

PRINTED = frozenset({"datetime", "pathlib", "fractions", "decimal", "uuid", "ipaddress", "zoneinfo"})
"""Modules of the standard library whose objects are best shown by `str`."""

_HELD = frozenset({"argparse", "collections", "functools", "types"})
"""Modules of the standard library whose `__repr__` writes out all they hold, however much: shown by their fields."""

_REMEMBERED = 4_000  # classes; a program that makes ever new ones must not be kept from forgetting them

_builtin_handlers: dict[int, Handler] = {
    id(cls): handler for cls, handler in (builtin.HANDLERS | definitions.HANDLERS).items()
}
_settled: dict[int, tuple[weakref.ReferenceType[type], Handler]] = {}
# By id, which no metaclass can redefine, with the class beside it: its id may be another's once it is gone.


def handler_of(cls: type) -> Handler:
    """The handler of a class."""
    key = id(cls)
    handler = _builtin_handlers.get(key)
    if handler is not None:
        return handler
    known = _settled.get(key)
    if known is not None and known[0]() is cls:
        return known[1]
    handler = _settle(cls)
    if len(_settled) >= _REMEMBERED:
        _settled.clear()
    _settled[key] = (weakref.ref(cls), handler)
    return handler


def _settle(cls: type) -> Handler:
    bases = mro(cls)
    if derives(cls, type):
        return definitions.of_class
    if derives(type(cls), EnumMeta):
        return objects.enum_member
    for base in bases:
        adapter = ADAPTERS.get(root(base))
        if adapter is not None:
            handler: Handler | None = importlib.import_module(adapter).handler(cls)
            if handler is not None:
                return handler
    for base in bases:
        if id(base) in _builtin_handlers and base is not object:
            return objects.subclass_handler(cls, base) or _builtin_handlers[id(base)]
    if derives(cls, BaseException):
        return objects.exception
    own = root(cls)
    if any(root(base) == "fractions" for base in bases[:-1]):
        return objects.fraction
    if own in PRINTED or any(root(base) in PRINTED for base in bases[:-1]):
        return objects.printed
    if any("asdict" in class_dict(base) for base in bases[:-1]):
        return objects.by_asdict
    if (
        own in sys.stdlib_module_names
        and own not in _HELD
        and any("__repr__" in class_dict(base) for base in bases[:-1])
    ):
        return objects.by_repr
    return objects.instance
