"""Functions, methods, classes, modules, and what functions turn into when they pause: generators and coroutines."""

from __future__ import annotations

import os
import sys
import types
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Definition, Opaque, Value
from tracer.values.guard import run_quietly
from tracer.values.objects import fields
from tracer.values.text import clean, without_addresses
from tracer.values.types import class_dict, derives, instance_fields, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["HANDLERS", "of_class"]

_SIGNATURE = 500  # characters
_DEFAULT = 40  # characters of one default or annotation


def of_class(walker: Walker, value: type, depth: int) -> Value:
    """A class, and the line of its `class` statement when its module is in the record."""
    file = line = None
    name = type_name(value)
    module = class_dict(value).get("__module__")
    source = _names(sys.modules.get(module)).get("__file__") if type(module) is str else None
    if type(source) is str and walker.locate is not None:
        file = walker.locate(source)
        line = None if file is None else _class_line(source, name)
    return Definition(type="class", name=name, file=file, line=line)


def _class_line(path: str, name: str) -> int | None:
    try:
        return _class_lines(path, os.stat(path).st_mtime_ns).get(name)
    except (OSError, SyntaxError, ValueError):  # gone, or being edited
        return None


@lru_cache(maxsize=64)
def _class_lines(path: str, changed: int) -> dict[str, int]:
    """The line of every class statement of a source file, by the class's name inside it. Python 3.13 alone keeps it."""
    import ast
    import tokenize

    found: dict[str, int] = {}

    def walk(node: ast.AST, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                found.setdefault(outer + child.name, child.lineno)
                walk(child, f"{outer}{child.name}.")
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                walk(child, "")  # what is defined in a function goes by its own name: see types.type_name
            else:
                walk(child, outer)

    with tokenize.open(path) as source:  # which reads the encoding that the file declares
        walk(ast.parse(source.read()), "")
    return found


def _function(walker: Walker, value: types.FunctionType, depth: int) -> Value:
    file, line = _place(walker, value.__code__)
    return Definition(
        type="function", name=_short(value.__qualname__), signature=_signature(value, bound=False), file=file, line=line
    )


def _method(walker: Walker, value: types.MethodType, depth: int) -> Value:
    function: object = types.MethodType.__dict__["__func__"].__get__(value)
    if type(function) is not types.FunctionType:
        return Definition(type="method", name=type_name(type(function)))
    file, line = _place(walker, function.__code__)
    return Definition(
        type="method",
        name=_short(function.__qualname__),
        signature=_signature(function, bound=True),
        file=file,
        line=line,
    )


def _cached(walker: Walker, value: Any, depth: int) -> Value:
    """What `functools.cache` made of a function: the function."""
    wrapped = dict(instance_fields(value, dunder=True)).get("__wrapped__")
    if type(wrapped) is types.FunctionType:
        return _function(walker, wrapped, depth)
    return Definition(type="function", name=type_name(type(wrapped)))


def _builtin(walker: Walker, value: types.BuiltinFunctionType, depth: int) -> Value:
    signature: Any = type(value).__dict__["__text_signature__"].__get__(value)
    for bound in ("$self, ", "$module, ", "$type, ", "$self", "$module", "$type"):
        signature = signature.replace(bound, "", 1) if signature else None
    owner = types.BuiltinFunctionType.__dict__["__self__"].__get__(value)
    if owner is None or derives(type(owner), types.ModuleType):
        name = value.__name__
    else:  # its `__qualname__` would ask the metaclass of the owner
        name = f"{type_name(owner if derives(type(owner), type) else type(owner))}.{value.__name__}"
    return Definition(type="function", name=_short(name), signature=signature and clean(signature, _SIGNATURE))


def _partial(walker: Walker, value: partial[Any], depth: int) -> Value:
    items = [(name, partial.__dict__[name].__get__(value)) for name in ("func", "args", "keywords")]
    return fields(walker, value, items, depth)


def _descriptor(walker: Walker, value: Any, depth: int) -> Value:
    return Definition(type="method", name=_short(f"{type_name(value.__objclass__)}.{value.__name__}"))


_get_names: Any = vars(types.ModuleType)["__dict__"].__get__


def _names(module: object) -> dict[str, Any]:
    """The names of a module, which may be of a class of the program's, or not be a module at all."""
    if not derives(type(module), types.ModuleType):
        return {}
    found: dict[str, Any] = _get_names(module)
    return found


def _module(walker: Walker, value: types.ModuleType, depth: int) -> Value:
    names = _names(value)
    name, source = names.get("__name__"), names.get("__file__")
    file = walker.locate(source) if type(source) is str and walker.locate is not None else None
    return Definition(
        type="module", name=clean(name, 100) if type(name) is str else "?", file=file, line=None if file is None else 1
    )


def _code(walker: Walker, value: types.CodeType, depth: int) -> Value:
    file, line = _place(walker, value)
    return Definition(type="code", name=_short(value.co_qualname), file=file, line=line)


def _paused(walker: Walker, value: Any, depth: int) -> Value:
    """A generator or coroutine: whose it is and where it stands. Nothing is taken from it."""
    prefix = {types.GeneratorType: "gi", types.CoroutineType: "cr", types.AsyncGeneratorType: "ag"}[type(value)]
    frame = getattr(value, f"{prefix}_frame")
    if getattr(value, f"{prefix}_running"):
        state = "running"
    elif frame is None:
        state = "finished"
    elif frame.f_lasti < _first_resume(frame.f_code):
        state = "not started"
    else:
        state = f"suspended at line {frame.f_lineno}"
    return Opaque(type=type_name(type(value)), text=f"{_short(value.__qualname__)}, {state}")


def _first_resume(code: types.CodeType) -> int:
    """Where the body of a generator begins; one that stands before it was not started."""
    from opcode import opmap

    at = code.co_code[::2].find(opmap["RESUME"])
    return 2 * at if at >= 0 else 0


def _place(walker: Walker, code: types.CodeType) -> tuple[int | None, int | None]:
    file = walker.locate(code.co_filename) if walker.locate is not None else None
    return file, None if file is None else code.co_firstlineno


def _short(qualified: str) -> str:
    return clean(qualified.rpartition("<locals>.")[2], 100)


# ----------------------------------------------------------------------------------------------------------- signatures


def _signature(function: types.FunctionType, bound: bool) -> str:
    """`(x: Tensor, *, p=0.1) -> Tensor`, read from the code object: `inspect.signature` would run the lecture's `repr`s."""
    code = function.__code__
    names = code.co_varnames
    positional, keyword = code.co_argcount, code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    try:
        annotations = run_quietly(getattr, function, "__annotations__")  # evaluated only now from Python 3.14 on
    except KeyboardInterrupt:
        raise
    except BaseException:
        annotations = {}

    def one(name: str, stars: str = "", default: tuple[object, ...] = ()) -> str:
        said = f": {_annotation(annotations[name])}" if name in annotations else ""
        equals = " = " if said else "="
        return stars + name + said + (equals + _default(default[0]) if default else "")

    parts = []
    for position, name in enumerate(names[:positional]):
        at = position - (positional - len(defaults))
        parts.append(one(name, default=defaults[at : at + 1] if at >= 0 else ()))
        if position + 1 == code.co_posonlyargcount:
            parts.append("/")
    rest = positional + keyword
    if code.co_flags & 0x04:  # CO_VARARGS
        parts.append(one(names[rest], "*"))
        rest += 1
    elif keyword:
        parts.append("*")
    for name in names[positional : positional + keyword]:
        parts.append(one(name, default=(keyword_defaults[name],) if name in keyword_defaults else ()))
    if code.co_flags & 0x08:  # CO_VARKEYWORDS
        parts.append(one(names[rest], "**"))
    if bound and parts:
        del parts[0]
        if parts and parts[0] == "/":
            del parts[0]
    returns = f" -> {_annotation(annotations['return'])}" if "return" in annotations else ""
    return clean(f"({', '.join(parts)}){returns}", _SIGNATURE)


def _default(value: object) -> str:
    kind = type(value)
    if value is None or kind is bool or kind is float or (kind is int and value.bit_length() < 200):  # type: ignore[attr-defined]
        return repr(value)
    if kind is str or kind is bytes:
        return _cut(repr(value[:_DEFAULT]))  # type: ignore[index]
    if kind is tuple and not value:
        return "()"
    return type_name(value) if derives(kind, type) else "…"  # type: ignore[arg-type]


def _annotation(value: object) -> str:
    if type(value) is str:
        return _cut(value)
    if value is None:
        return "None"
    if derives(type(value), type):
        return type_name(value)  # type: ignore[arg-type]
    try:
        return _cut(without_addresses(run_quietly(repr, value)))
    except KeyboardInterrupt:
        raise
    except BaseException:
        return "…"


def _cut(text: str) -> str:
    return text if len(text) <= _DEFAULT else text[: _DEFAULT - 1] + "…"


HANDLERS: dict[type, Any] = {
    types.FunctionType: _function,
    types.MethodType: _method,
    types.BuiltinFunctionType: _builtin,
    types.MethodDescriptorType: _descriptor,
    types.WrapperDescriptorType: _descriptor,
    types.ClassMethodDescriptorType: _descriptor,
    type(lru_cache(len)): _cached,
    partial: _partial,
    types.ModuleType: _module,
    types.CodeType: _code,
    types.GeneratorType: _paused,
    types.CoroutineType: _paused,
    types.AsyncGeneratorType: _paused,
    type: of_class,
}
