"""YAML into dataclasses: every key known, every value of its field's type, every mistake told with its line.

A field is optional when it has a default. Its type is one of: str, int, float, bool, `tuple[str, ...]`, `dict[str, str]`, a
Literal of words, another dataclass, a dict of dataclasses, or one of these with None. What is written for a text is taken as
it stands: `time: 00:30:00` needs no quotes. Folding one mapping over another (`over`) is done before, on the nodes.
"""

from __future__ import annotations

import difflib
import io
import math
import re
import types
import typing
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import yaml

__all__ = ["SettingsProblem", "composed", "entry", "nearest", "over", "read"]

YAML = "tag:yaml.org,2002:"
SCALARS = ("str", "int", "float", "bool", "timestamp")
LARGEST = 1 << 17
"""Bytes of a file."""

Data = TypeVar("Data")


class SettingsProblem(ValueError):
    """Says in a sentence what is wrong with the settings, where, and what to do."""


def composed(text: str, name: str) -> yaml.MappingNode:
    """The mapping that a file holds. Raises SettingsProblem."""
    if len(text) > LARGEST:
        raise SettingsProblem(f"{name} has more than {LARGEST // 1024} KiB: that is no file of settings.")
    try:
        # Composed, not constructed: nodes know their lines.
        root = yaml.compose(_Named(text, name), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        reason = " ".join(str(getattr(error, "problem", None) or error).split())[:200]
        raise SettingsProblem(f"{where}: this is not YAML ({reason}).") from None
    if not isinstance(root, yaml.MappingNode):
        raise SettingsProblem(f"{name} holds no settings: it must begin with keys such as `clusters:`.")
    return root


class _Named(io.StringIO):
    """A text that knows the file it came from: the marks of its nodes say so."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def entry(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    """What stands at `key`, if anything does."""
    return next((value for name, value in node.value if name.value == key), None)


def over(upper: yaml.Node, lower: yaml.Node) -> yaml.Node:
    """`upper` laid over `lower`: mappings key by key, all else as a whole."""
    if not (isinstance(upper, yaml.MappingNode) and isinstance(lower, yaml.MappingNode)):
        return upper
    above = {name.value: (name, value) for name, value in upper.value}
    merged = []
    for name, value in lower.value:
        named = above.pop(name.value, None)
        merged.append((name, value) if named is None else (named[0], over(named[1], value)))
    return yaml.MappingNode(lower.tag, [*merged, *above.values()], upper.start_mark, upper.end_mark)


def read(kind: type[Data], node: yaml.Node, what: str) -> Data:
    """A `kind` made of what stands in the file. `what` names it for the reader. Raises SettingsProblem."""
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    if not isinstance(node, yaml.MappingNode):
        raise _problem(node, f"{what} must have keys and values: {_list(known)}.")
    given: dict[str, Any] = {}
    for name, value in node.value:
        key = name.value if isinstance(name, yaml.ScalarNode) else "…"
        if key not in known:
            raise _problem(name, f"{what} has no key `{_short(key)}`: {nearest(key, known)}")
        if key in given:
            raise _problem(name, f"{what} has the key `{key}` twice: keep one.")
        given[key] = _value(hints[key], value, f"`{key}` of {what}")
    for field in known.values():
        if field.name not in given and field.default is MISSING and field.default_factory is MISSING:
            raise _problem(node, f"{what} lacks `{field.name}`: write `{field.name}: …`.")
    return kind(**given)


def nearest(word: str, known: Iterable[str]) -> str:
    """What may have been meant, as the end of a sentence."""
    names = list(known)
    near = difflib.get_close_matches(word, names, 1)
    return f"did you mean `{near[0]}`?" if near else f"it may have {_list(names)}."


def _value(hint: Any, node: yaml.Node, what: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if isinstance(node, yaml.ScalarNode) and node.tag == f"{YAML}null":
            return None
        return _value(next(each for each in arguments if each is not type(None)), node, what)
    if is_dataclass(hint):
        return read(typing.cast(type, hint), node, what)
    if origin is tuple:
        if not isinstance(node, yaml.SequenceNode):
            raise _problem(node, f"{what} must be a list, such as [a, b].")
        return tuple(_scalar(str, each, f"each entry of {what}") for each in node.value)
    if origin is dict:
        if not isinstance(node, yaml.MappingNode):
            raise _problem(node, f"{what} must have keys and values.")
        # `clusters` holds clusters, each with a name of its own.
        each = re.sub(r"^`(cluster|lecture)s` of .*", r"the \1", what)
        return {name.value: _value(arguments[1], value, f"{each} {name.value}") for name, value in node.value}
    if origin is Literal:
        text = _scalar(str, node, what)
        if text not in arguments:
            raise _problem(node, f"{what} must be {' or '.join(arguments)}, not {_short(text)!r}.")
        return text
    return _scalar(hint, node, what)


def _scalar(kind: type, node: yaml.Node, what: str) -> Any:
    if not isinstance(node, yaml.ScalarNode) or node.tag.removeprefix(YAML) not in SCALARS:
        raise _problem(node, f"{what} must be {_expected(kind)}.")
    text = str(node.value)
    if kind is str:
        if any(ord(sign) < 32 for sign in text):
            raise _problem(node, f"{what} must be one line, without control characters.")
        return text
    if kind is bool:
        if node.tag != f"{YAML}bool":
            raise _problem(node, f"{what} must be true or false.")
        return text.lower() in ("true", "yes", "on")
    try:
        number = kind(text.replace("_", ""))
        if math.isfinite(number) and number >= 0:
            return number
    except ValueError:
        pass
    raise _problem(node, f"{what} must be {_expected(kind)}.")


def _expected(kind: type) -> str:
    return {str: "a text", bool: "true or false", int: "a whole number, 0 or more"}.get(kind, "a number, 0 or more")


def _problem(node: yaml.Node, sentence: str) -> SettingsProblem:
    mark = node.start_mark
    where = f"{mark.name}, line {mark.line + 1}: " if mark is not None else ""
    return SettingsProblem(where + sentence)


def _list(keys: Iterable[str]) -> str:
    *most, last = (f"`{key}`" for key in keys)
    return f"{', '.join(most)} and {last}" if most else last


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
