"""Everything that is not a builtin container: instances by their fields, the rest by a bounded text."""

from __future__ import annotations

from enum import Enum
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Instance, Opaque, Value
from tracer.values.builtin import mapping
from tracer.values.guard import OutOfPatience, explain
from tracer.values.numbers import integer, real
from tracer.values.text import without_addresses
from tracer.values.types import class_dict, instance_fields, is_heap_type, mro, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = [
    "by_asdict",
    "by_repr",
    "class_dict_value",
    "enum_member",
    "exception",
    "fields",
    "fraction",
    "instance",
    "opaque",
    "printed",
    "ratio",
    "subclass_handler",
]


def opaque(walker: Walker, value: object, text: str, depth: int) -> Opaque:
    """A value by a text about it."""
    shown, cut = walker.text(without_addresses(text), depth)
    return Opaque(type=type_name(type(value)), text=shown, cut=cut)


def by_repr(walker: Walker, value: object, depth: int) -> Opaque:
    """What `repr` says, or why it says nothing."""
    return _told(walker, value, "__repr__", depth)


def printed(walker: Walker, value: object, depth: int) -> Opaque:
    """What `str` says: for dates, paths, fractions."""
    return _told(walker, value, "__str__", depth)


def _told(walker: Walker, value: object, method: str, depth: int) -> Opaque:
    cls = type(value)
    teller: Any = repr if method == "__repr__" else str
    try:
        text = walker.run(teller, value)  # even a builtin's may ask what it holds: `slice(x, None, None)`
    except KeyboardInterrupt:
        raise
    except OutOfPatience:
        return Opaque(type=type_name(cls), problem=f"its {method} was not asked: those before it took too long")
    except BaseException as error:  # SystemExit too
        return Opaque(type=type_name(cls), problem=f"its {method} raised {explain(error)}")
    return opaque(walker, value, str.__str__(text), depth)


def fields(walker: Walker, value: object, items: list[tuple[str, Any]], depth: int) -> Value:
    """An instance by the given fields."""
    name = type_name(type(value))
    cut = walker.stopped(value, len(items), depth, name)
    if cut is not None:
        return cut
    return Instance(type=name, fields=walker.fields(value, items, len(items), depth), length=len(items))


def instance(walker: Walker, value: object, depth: int) -> Value:
    """A plain object: by its fields; one without any by its `repr`, if that says more than the name of the class."""
    items = instance_fields(value)
    cls = type(value)
    if items or (is_heap_type(cls) and not any("__repr__" in class_dict(base) for base in mro(cls)[:-1])):
        return fields(walker, value, items, depth)
    if any(name in class_dict(base) for base in mro(cls) for name in ("__dataclass_fields__", "__attrs_attrs__")):
        return fields(walker, value, items, depth)  # its fields are missing, and its `__repr__` would look for them
    return by_repr(walker, value, depth)


def by_asdict(walker: Walker, value: Any, depth: int) -> Value:
    """An object that says with an `asdict` method what it wants to be seen as."""
    try:
        asdict: Any = class_dict_value(type(value), "asdict")
        result = walker.run(asdict, value)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return instance(walker, value, depth)
    if not issubclass(type(result), dict):
        return instance(walker, value, depth)
    return mapping(walker, value, dict.items(result), dict.__len__(result), depth, type_name(type(value)))


def enum_member(walker: Walker, value: Enum, depth: int) -> Value:
    """`Color.RED`; of flags combined, all names: `Access.READ|WRITE`."""
    held: dict[str, Any] = dict(instance_fields(value))
    name = held.get("_name_")
    if type(name) is not str:
        name = _digits(held["_value_"]) if type(held.get("_value_")) is int else "?"
    return opaque(walker, value, f"{type_name(type(value))}.{name}", depth)


# ---------------------------------------------------------------------------------------------- subclasses of builtins


def subclass_handler(cls: type, base: type) -> Any:
    """The handler of a subclass of a builtin that must not be taken for that builtin; None if it may."""
    if base is tuple:
        if type(class_dict_value(cls, "_fields")) is tuple:
            return _named_tuple
        if "n_sequence_fields" in class_dict(cls):
            return _struct_sequence
    return _PLAIN.get(base)


def class_dict_value(cls: type, name: str) -> object:
    """An attribute of a class as its bases hold it, without asking the metaclass."""
    return next((class_dict(base)[name] for base in mro(cls) if name in class_dict(base)), None)


def _named_tuple(walker: Walker, value: tuple[object, ...], depth: int) -> Value:
    names: Any = class_dict_value(type(value), "_fields")
    named = zip((name if type(name) is str else "?" for name in names), tuple.__iter__(value), strict=False)
    return fields(walker, value, list(named), depth)


def _struct_sequence(walker: Walker, value: tuple[object, ...], depth: int) -> Value:
    """`time.struct_time`, `torch.return_types.topk`: tuples made in C, whose fields are members of the class."""
    names = [name for name, item in class_dict(type(value)).items() if type(item) is MemberDescriptorType]
    shown = tuple.__len__(value)
    return fields(walker, value, list(zip(names[:shown], tuple.__iter__(value), strict=False)), depth)


def exception(walker: Walker, value: BaseException, depth: int) -> Value:
    """`ValueError: what it says`, or its arguments and fields where it has more to it than a message."""
    arguments = BaseException.__dict__["args"].__get__(value)
    own = instance_fields(value)
    if not own and not arguments:
        if any("__str__" in class_dict(base) for base in mro(type(value)) if root(base) != "builtins"):
            return printed(walker, value, depth)
        return opaque(walker, value, "", depth)
    if not own and len(arguments) == 1:
        message = arguments[0]
        kind = type(message)
        if kind is str or kind is float or kind is bool:  # by identity: `==` would ask a metaclass
            return opaque(walker, value, str(message), depth)
        if kind is int:
            return opaque(walker, value, _digits(message), depth)
    return fields(walker, value, [("args", arguments), *own], depth)


def fraction(walker: Walker, value: object, depth: int) -> Value:
    """`1/3`. Its own `__str__` fails or takes for ever when there are many digits."""
    held: dict[str, Any] = dict(instance_fields(value))
    parts: list[Any] = [held.get("_numerator"), held.get("_denominator")]
    if not all(type(part) is int for part in parts):
        return printed(walker, value, depth)
    return opaque(walker, value, ratio(*parts), depth)


def ratio(numerator: int, denominator: int) -> str:
    return _digits(numerator) if denominator == 1 else f"{_digits(numerator)}/{_digits(denominator)}"


def _kind_of_int(walker: Walker, value: int, depth: int) -> Value:
    return opaque(walker, value, _digits(int.__index__(value)), depth)


def _digits(value: int) -> str:
    plain = integer(value)
    return str(plain) if isinstance(plain, int) else plain.text


def _kind_of_float(walker: Walker, value: float, depth: int) -> Value:
    return opaque(walker, value, str(real(float.__add__(value, -0.0))), depth)


def _kind_of_complex(walker: Walker, value: complex, depth: int) -> Value:
    return opaque(walker, value, complex.__repr__(value), depth)


def _kind_of_str(walker: Walker, value: str, depth: int) -> Value:
    beginning = str.__getitem__(value, slice(walker.limits.characters))
    shown = opaque(walker, value, str.__repr__(beginning), depth)
    shown.cut = shown.cut or str.__len__(value) > len(beginning)
    return shown


_PLAIN: dict[type, Any] = {
    int: _kind_of_int,
    float: _kind_of_float,
    complex: _kind_of_complex,
    str: _kind_of_str,
}
