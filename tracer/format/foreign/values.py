"""Values of foreign traces: `{type, contents, dtype, shape}`, or plain JSON in the traces of the engine before edtrace."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["to_value"]

DEEPEST = 50
"""Containers within containers that are read; a reader opens a few of them."""

KEYS = {"type", "contents", "dtype", "shape"}
SAFE = 2**53 - 1


def to_value(value: Any, depth: int = 0) -> Any:
    """The value as JSON of this format."""
    if depth > DEEPEST:
        return {"kind": "cut", "reason": "depth", "type": ""}
    return _typed(value, depth) if _is_typed(value) else _plain(value, "dict", depth)


def _is_typed(value: Any) -> bool:
    """A dict of the lecture's own may have a `type`, too; it will hardly have these names and no others."""
    return (
        isinstance(value, dict) and isinstance(value.get("type"), str) and "contents" in value and value.keys() <= KEYS
    )


def _typed(value: dict[str, Any], depth: int) -> Any:
    kind, contents, dtype, shape = value["type"], value["contents"], value.get("dtype"), value.get("shape")
    name = kind.rpartition(".")[2]
    if kind == "NoneType":
        return None
    if isinstance(dtype, str) and _is_shape(shape):
        elements = [_element(element) for element in _flat(contents, DEEPEST + 1)]
        return {
            "kind": "tensor",
            "type": name,
            "shape": shape,
            "dtype": dtype.removeprefix("torch."),
            "elements": elements,
        }
    if isinstance(contents, list):
        return _sequence(name, contents, depth)
    if _is_number(contents):
        if kind.startswith("numpy."):
            return {"kind": "tensor", "type": name, "shape": [], "dtype": name, "elements": [_element(contents)]}
        return _number(contents, is_float=name not in ("int", "Integer"))
    if isinstance(contents, str) and kind == "float":
        return {"kind": "float", "value": contents}
    if isinstance(contents, str) and kind != "str":
        return {"kind": "opaque", "type": name, "text": contents}
    return _plain(contents, name, depth)


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and all(type(size) is int and 0 <= size <= SAFE for size in shape)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flat(contents: Any, depth: int) -> list[Any]:
    if not isinstance(contents, list) or depth == 0:
        return [contents]
    return [element for item in contents for element in _flat(item, depth - 1)]


def _element(element: Any) -> Any:
    if isinstance(element, float) and not math.isfinite(element):
        return _written(element)
    return element if isinstance(element, str | bool | int | float) else None


def _number(value: int | float, is_float: bool) -> Any:
    """Of floats JSON keeps neither what is no number nor that 1.0 is one; of integers, viewers keep 53 bits."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"kind": "float", "value": _written(value)}
    if isinstance(value, int) and abs(value) > SAFE:
        return {"kind": "int", "text": _digits(value)}
    whole = isinstance(value, int) or value.is_integer()
    return {"kind": "float", "value": value} if whole and (is_float or abs(value) > SAFE) else value


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes
        return hex(value)


def _written(value: float) -> str:
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _sequence(kind: str, items: list[Any], depth: int) -> Any:
    return {
        "kind": "sequence",
        "type": kind,
        "items": [to_value(item, depth + 1) for item in items],
        "length": len(items),
    }


def _plain(value: Any, kind: str, depth: int) -> Any:
    if isinstance(value, list):
        return _sequence("list", value, depth)
    if isinstance(value, dict):
        entries = [[key, to_value(item, depth + 1)] for key, item in value.items()]
        if kind == "dict":
            return {"kind": "mapping", "type": kind, "entries": entries, "length": len(entries)}
        return {"kind": "instance", "type": kind, "fields": entries, "length": len(entries)}
    if _is_number(value):
        return _number(value, is_float=False)
    return value if isinstance(value, str | bool) else None
