"""Torch's `nn.Module`: its parameters, buffers and submodules, then what else its author put on it.

All is read from the dictionaries in which a module keeps these, so that nothing of its class is run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Instance, Module, Parameter, Value
from tracer.values.objects import fields
from tracer.values.text import clean
from tracer.values.types import derives, instance_fields

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["Outline", "module"]

Outline = tuple[list[int], str, int, int, bool]
"""Of a tensor: its shape, dtype, number of elements, bytes, and whether it is trained."""

_ROWS = 200  # parameters that are told
_MOST = 2**53  # names that are counted: a module that lies in itself twice and twice again has more than JSON can tell
_NAME = 200  # characters of a qualified name


def module(walker: Walker, value: object, depth: int, outline: Callable[[Any], Outline]) -> Value:
    """A module by its fields, with its parameters. Of its tensors only small ones show their elements: a model is read for
    its shapes. One that lies inside something else tells its parameters by their totals alone.
    """
    held: dict[str, Any] = dict(instance_fields(value))
    items: _Entries = []
    for registry in ("_parameters", "_buffers", "_modules"):
        items += _held(held, registry)
    items += [item for item in held.items() if item[0] not in _own_names()]
    outside = not walker.inside_module
    walker.inside_module = True
    try:
        shown = fields(walker, value, items, depth)
    finally:
        if outside:
            walker.inside_module = False
    if not isinstance(shown, Instance):
        return shown
    rows = min(_ROWS, 2 * walker.limits.nodes) if depth == walker.limits.depth else 0
    return _counted(shown, value, rows, outline)


def _counted(shown: Instance, value: object, rows: int, outline: Callable[[Any], Outline]) -> Module:
    """With the first parameters and the totals, for which every tensor counts once, whatever number of names it has."""
    parts = _parts(value)
    names: dict[int, int] = {}  # of modules by id: the parameters in them by all their names
    tensors: dict[int, Any] = {}
    buffers: dict[int, Any] = {}
    for number, (parameters, others, children) in parts.items():
        names[number] = len(parameters) + sum(names.get(id(child), 0) for _, child in children)
        tensors.update((id(tensor), tensor) for _, tensor in parameters)
        buffers.update((id(tensor), tensor) for _, tensor in others)
    outlines = {number: outline(tensor) for number, tensor in tensors.items()}
    return Module(
        type=shown.type,
        fields=shown.fields,
        length=shown.length,
        parameters=_rows(parts, names, id(value), outlines, rows),
        row_count=min(names[id(value)], _MOST),
        parameter_count=sum(count for _, _, count, _, _ in outlines.values()),
        trainable_count=sum(count for _, _, count, _, trainable in outlines.values() if trainable),
        parameter_bytes=sum(size for _, _, _, size, _ in outlines.values()),
        buffer_bytes=sum(outline(tensor)[3] for number, tensor in buffers.items() if number not in tensors),
    )


_Entries = list[tuple[str, Any]]
_Part = tuple[_Entries, _Entries, _Entries]  # the parameters, buffers and submodules of one module, by name


def _parts(value: object) -> dict[int, _Part]:
    """A module and every one inside it, once each, by id; what lies inside comes before what holds it."""
    torch: Any = sys.modules["torch"]
    met: dict[int, _Part] = {}
    done: dict[int, _Part] = {}
    pending: list[tuple[Any, bool]] = [(value, False)]
    while pending:
        part, entered = pending.pop()
        number = id(part)
        if entered:
            done[number] = met[number]
        elif number not in met:
            held = dict(instance_fields(part))
            parameters, buffers, children = (_held(held, name) for name in ("_parameters", "_buffers", "_modules"))
            met[number] = (
                [entry for entry in parameters if derives(type(entry[1]), torch.Tensor)],
                [entry for entry in buffers if derives(type(entry[1]), torch.Tensor)],
                [entry for entry in children if derives(type(entry[1]), torch.nn.Module)],
            )
            pending.append((part, True))
            pending += [(child, False) for _, child in met[number][2]]
    return done


def _rows(
    parts: dict[int, _Part], names: dict[int, int], top: int, outlines: dict[int, Outline], most: int
) -> list[Parameter]:
    """The first parameters in torch's order: a module's own, then those of its submodules, one of several places at each."""
    rows: list[Parameter] = []
    first: dict[int, str] = {}
    pending: list[tuple[str, int, frozenset[int]]] = [("", top, frozenset({top}))]
    while pending and len(rows) < most:
        prefix, number, above = pending.pop()
        parameters, _, children = parts[number]
        for name, tensor in parameters[: most - len(rows)]:
            full = clean(f"{prefix}{name}", _NAME)
            known = first.setdefault(id(tensor), full)
            shape, dtype, count, _, trainable = outlines[id(tensor)]
            same_as = None if known == full else known
            rows.append(
                Parameter(name=full, shape=shape, dtype=dtype, count=count, trainable=trainable, same_as=same_as)
            )
        pending += [
            (f"{prefix}{name}."[-2 * _NAME :], id(child), above | {id(child)})
            for name, child in reversed(children)
            if names.get(id(child)) and id(child) not in above  # one inside itself is not entered again
        ]
    return rows


def _held(held: dict[str, Any], registry: str) -> _Entries:
    """What a module keeps in one of its dictionaries."""
    entries = held.get(registry)
    if not issubclass(type(entries), dict):
        return []
    return [(name, item) for name, item in dict.items(entries) if type(name) is str]  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    """What every module carries for torch's own use: hooks, registries. `training` is for its reader."""
    torch: Any = sys.modules["torch"]
    return frozenset(vars(torch.nn.Module())) - {"training"}
