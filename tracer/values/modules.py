"""Torch's `nn.Module`: its parameters, buffers and submodules, then what else its author put on it."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Value
from tracer.values.objects import fields
from tracer.values.types import instance_fields

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["module"]


def module(walker: Walker, value: object, depth: int) -> Value:
    """A module by its fields. Of its tensors only small ones show their elements: a model is read for its shapes."""
    held: dict[str, Any] = dict(instance_fields(value))
    items: list[tuple[str, Any]] = []
    for registry in ("_parameters", "_buffers", "_modules"):
        entries = held.get(registry)
        if entries is not None and issubclass(type(entries), dict):
            items += [(name, item) for name, item in dict.items(entries) if type(name) is str]
    items += [item for item in held.items() if item[0] not in _own_names()]
    outside = not walker.inside_module
    walker.inside_module = True
    try:
        return fields(walker, value, items, depth)
    finally:
        if outside:
            walker.inside_module = False


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    """What every module carries for torch's own use: hooks, registries. `training` is for its reader."""
    torch: Any = sys.modules["torch"]
    return frozenset(vars(torch.nn.Module())) - {"training"}
