"""What `@inspect` names: a variable or a small expression over variables, evaluated in the frame where it stands."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Mapping
from types import CodeType, FrameType
from typing import Any

from tracer.sources.text import without_warnings
from tracer.values.guard import explain, run_quietly
from tracer.values.limits import INSPECTED, Limits

__all__ = ["Expression", "Unavailable"]

SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Scopes of their own: `eval` shows them the globals alone."""


class Unavailable(Exception):
    """The expression has no value here; the message is a sentence."""


class Expression:
    """One argument of `@inspect`. `available`: it has had a value; whoever asks for it says so.

    `limits` are those of its pictures. `decoder`: it is a list of token ids, which that turns into text (`@tokens`).
    `is_attribute`: it is a name with dots, such as `layer.weight`.

    Raises SyntaxError, ValueError, RecursionError or MemoryError if `text` is no Python expression.
    """

    __slots__ = ("_codes", "_mangles", "_merges", "available", "decoder", "is_attribute", "is_name", "limits", "text")

    def __init__(self, text: str, limits: Limits = INSPECTED, decoder: Expression | None = None) -> None:
        self.text = text
        self.limits = limits
        self.decoder = decoder
        self.available = False
        self.is_name = text.isidentifier()
        self.is_attribute = not self.is_name and all(part.isidentifier() for part in text.split("."))
        self._codes: dict[str, CodeType] = {}
        nodes = [] if self.is_name else list(ast.walk(_parsed(text)))
        self._merges = any(isinstance(node, (*SCOPES, ast.NamedExpr)) for node in nodes)
        self._mangles = _is_private(text) or any(_is_private(name) for node in nodes for _, name in _names(node))
        if not self.is_name:
            self._code("")

    def value(self, frame: FrameType, variables: Mapping[str, Any]) -> Any:
        """The value in `frame`, whose local variables are `variables`. Raises Unavailable."""
        if self.is_name and not self._mangles:
            try:
                return variables[self.text]
            except KeyError:
                pass
        class_name = _class_around(frame.f_code) if self._mangles else ""
        if self.is_name:
            return self._variable(_mangled(self.text, class_name), frame, variables)
        try:
            code = self._code(class_name)
            if self._merges:  # a copy: an inner scope sees the variables, and an assignment changes none
                return run_quietly(eval, code, {**frame.f_globals, **variables})
            return run_quietly(eval, code, frame.f_globals, variables)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the author's expression may do anything; the lecture must go on
            told = explain(error)
            if type(error) is NameError:
                raise Unavailable(f"`{self.text}`: {told.removeprefix('NameError: ')}.") from None
            raise Unavailable(f"`{self.text}` raised {told}.") from None

    def _variable(self, name: str, frame: FrameType, variables: Mapping[str, Any]) -> Any:
        for scope in (variables, frame.f_globals, builtins.__dict__):
            try:
                return scope[name]
            except KeyError:
                pass
        raise Unavailable(f"there is no variable `{self.text}` here.")

    def _code(self, class_name: str) -> CodeType:
        """The expression as it is compiled inside a class of this name ("": outside any)."""
        code = self._codes.get(class_name)
        if code is None:
            tree = _parsed(self.text)
            for node in ast.walk(tree):
                for field, name in _names(node):
                    setattr(node, field, _mangled(name, class_name))
            with without_warnings():
                code = self._codes[class_name] = compile(tree, "<inspect>", "eval")
        return code


def _parsed(text: str) -> ast.Expression:
    with without_warnings():
        return ast.parse(text, "<inspect>", "eval")


def _names(node: ast.AST) -> list[tuple[str, str]]:
    """The identifiers that a node holds, with the field they stand in."""
    found = [(field, getattr(node, field, None)) for field in ("id", "attr", "arg")]
    return [(field, name) for field, name in found if isinstance(name, str)]


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _mangled(name: str, class_name: str) -> str:
    """`__x` as Python calls it inside a class: `_C__x`."""
    owner = class_name.lstrip("_")
    return f"_{owner}{name}" if owner and _is_private(name) else name


def _class_around(code: CodeType) -> str:
    """The innermost class whose body or methods `code` belongs to, or "".

    In a qualified name, a function is followed by `<locals>`; what is followed by anything else is a class.
    """
    parts = [*code.co_qualname.split("."), "<locals>" if code.co_flags & inspect.CO_NEWLOCALS else ""]
    for part, after in zip(reversed(parts[:-1]), reversed(parts[1:]), strict=True):
        if part != "<locals>" and after != "<locals>":
            return part
    return ""
