"""Facts about a class, read past anything that the class itself or its metaclass may have redefined."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from tracer.values.text import clean

__all__ = ["class_dict", "derives", "instance_fields", "is_heap_type", "mro", "root", "type_name"]

_get_mro = type.__dict__["__mro__"].__get__
_get_dict = type.__dict__["__dict__"].__get__
_get_qualname = type.__dict__["__qualname__"].__get__
_get_flags = type.__dict__["__flags__"].__get__
_MOST = 10_000  # attributes of one object that are counted
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made at run time, as `class` statements do


def mro(cls: type) -> tuple[type, ...]:
    found: tuple[type, ...] = _get_mro(cls)
    return found


def class_dict(cls: type) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _get_dict(cls)
    return found


def derives(cls: type, base: type) -> bool:
    """Whether `base` is among the bases of a class, by identity: `==` would ask the metaclass."""
    return any(each is base for each in mro(cls))


def is_heap_type(cls: type) -> bool:
    return bool(_get_flags(cls) & _HEAP_TYPE)


def type_name(cls: type) -> str:
    """The name a reader knows a class by: `Model`, `Outer.Inner`, without the function it was defined in."""
    return clean(_get_qualname(cls).rpartition("<locals>.")[2], 100)


def root(cls: type) -> str:
    """The top-level package in which a class says it was defined; "" if it does not say so with a string."""
    module = class_dict(cls).get("__module__") if is_heap_type(cls) else type.__dict__["__module__"].__get__(cls)
    return module.partition(".")[0] if type(module) is str else ""


def instance_fields(value: object, dunder: bool = False) -> list[tuple[str, object]]:
    """The names and values an instance holds in its slots and its `__dict__` (the first 10 000 of these), without running a
    line of its class.

    Names like `__wrapped__` are Python's own: left out unless asked for.
    """
    found: dict[str, object] = {}
    classes = mro(type(value))
    for cls in reversed(classes):
        names = class_dict(cls)
        if "__slots__" not in names:
            continue
        for name, descriptor in names.items():
            if type(descriptor) is MemberDescriptorType and (dunder or not name.startswith("__")):
                try:
                    found[name] = descriptor.__get__(value)
                except AttributeError:  # a slot that was never assigned
                    continue
    for cls in classes:
        store: Any = class_dict(cls).get("__dict__")
        if type(store) in (GetSetDescriptorType, MemberDescriptorType):  # an attribute made in C, not a property
            attributes: Any = store.__get__(value)
            if issubclass(type(attributes), dict):
                found.update(
                    (name, item)
                    for name, item in islice(dict.items(attributes), _MOST)
                    if type(name) is str and (dunder or not name.startswith("__"))
                )
            break
    return list(found.items())
