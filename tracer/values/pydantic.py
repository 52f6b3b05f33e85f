"""Pydantic's models: their fields, those allowed beyond them, and nothing that was meant to be kept secret."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Value
from tracer.values.objects import by_repr, fields
from tracer.values.types import derives, instance_fields

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler"]


def handler(cls: type) -> Any:
    """The handler of a class of pydantic's, or None."""
    model = getattr(sys.modules.get("pydantic.main"), "BaseModel", None)
    if model is not None and derives(cls, model):
        return _model
    secret = getattr(sys.modules.get("pydantic.types"), "_SecretBase", None)
    return by_repr if secret is not None and derives(cls, secret) else None  # `SecretStr('**********')`


def _model(walker: Walker, value: object, depth: int) -> Value:
    """A model by its fields: read from its `__dict__`, so no computed field or property runs."""
    held: dict[str, Any] = dict(instance_fields(value, dunder=True))
    items = [item for item in held.items() if not item[0].startswith("__")]
    for name in ("__pydantic_extra__", "__pydantic_private__"):
        more = held.get(name)
        if more is not None and issubclass(type(more), dict):
            items += [(key, item) for key, item in dict.items(more) if type(key) is str]
    return fields(walker, value, items, depth)
