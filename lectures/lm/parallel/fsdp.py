"""Fully sharded data parallel, ZeRO's third stage: parameters are gathered before use and freed after it.

(Rajbhandari et al., 2019, arXiv 1910.02054; Zhao et al., 2023, arXiv 2304.11277, is torch's.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from lectures.lm.parallel.buckets import (
    pack_shards,
    require_gradients,
    shard_of,
    shard_range,
    shard_width,
    unpack_shards,
)
from lectures.lm.parallel.collectives import Group, all_gather_rows, broadcast_state, rank_and_size, reduce_scatter_rows

__all__ = ["FSDP"]


class FSDP(nn.Module):  # type: ignore[misc]
    """`module`, of whose every parameter each rank holds 1/n: at rest its `parameters()` are flat shards, under their old names.

        model = FSDP(model, units=model.layers)
        optimizer = AdamW(model.parameters(), lr=1e-3)
        model(x).backward()  # each rank with its own, equally large part of the batch
        optimizer.step()

    A *unit* is a part of `module` whose parameters are whole only while it runs: gathered before its forward pass, freed after
    it, gathered again when the backward pass first wants one of them, freed when their gradients are complete, which are then
    summed so that each rank gets those of its shards (reduce-scatter) and divided by n. What is in no unit is one more, the
    root, whole during the whole forward pass; so is a parameter that two units share.

    Parameters and buffers start as those of rank 0. A parameter that no rank used has no gradient. A unit must be run by all
    ranks or by none, as often and in the same order.
    """

    def __init__(self, module: nn.Module, units: Iterable[nn.Module] = (), group: Group = None) -> None:
        super().__init__()
        require_gradients(module.parameters(), "FSDP")
        broadcast_state(module, group)
        self.module = module
        wanted = {id(unit) for unit in units}
        inside = [unit for unit in module.modules() if unit is module or id(unit) in wanted]  # outer before inner
        if unknown := wanted - {id(unit) for unit in inside}:
            raise ValueError(f"{len(unknown)} of the units of FSDP are no part of the module.")
        self.account = Account()
        self.units = [Unit(group, self.account) for _ in inside]
        members = [{id(part) for part in unit.modules()} for unit in inside]
        for parameter, places in places_of(module):
            innermost = max(i for i, parts in enumerate(members) if all(id(owner) in parts for owner, _ in places))
            self.units[innermost].add(parameter, places)
        for one, unit in zip(inside, self.units, strict=True):
            if unit.shards:
                one.register_forward_pre_hook(unit.gather)
                one.register_forward_hook(unit.free, always_call=True)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        for unit in self.units:
            unit.forget()  # what a backward pass may have left, as of parameters that are frozen
        with torch.autograd.graph.saved_tensors_hooks(self._remember, recall):
            return self.module(*inputs, **options)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def full_state_dict(self) -> dict[str, Tensor]:
        """What `module.state_dict()` would be without sharding, on every rank. All ranks must call it."""
        whole: dict[int, Tensor] = {}
        for unit in self.units:
            if unit.shards:
                whole |= dict(zip(map(id, unit.shards), unit.gathered(unit.shards), strict=True))
        state = self.module.state_dict(keep_vars=True)
        return {name: whole.get(id(tensor), tensor).detach() for name, tensor in state.items()}

    def _remember(self, tensor: Tensor) -> Tensor | Recipe:
        """For the backward pass: of a whole parameter not the numbers, or they could not be freed, but where to get them."""
        owner = self.account.owners.get(tensor.untyped_storage().data_ptr())
        if owner is None:
            return tensor
        return Recipe(*owner, tensor.shape, tensor.stride(), tensor.storage_offset())


@dataclass
class Account:
    """Whole parameters that are there now."""

    owners: dict[int, tuple[Unit, int]] = field(default_factory=dict)
    """Of those of a forward pass: the address of their memory → unit, and which of its parameters."""
    bytes_now: int = 0
    bytes_most: int = 0

    def add(self, count: int) -> None:
        self.bytes_now += count
        self.bytes_most = max(self.bytes_most, self.bytes_now)


@dataclass
class Recipe:
    """A view of a whole parameter."""

    unit: Unit
    index: int
    shape: torch.Size
    stride: tuple[int, ...]
    offset: int


def recall(kept: Tensor | Recipe) -> Tensor:
    if isinstance(kept, Tensor):
        return kept
    return kept.unit.whole()[kept.index].as_strided(kept.shape, kept.stride, kept.offset)


class Unit:
    """Parameters that are gathered together, in one message, and freed together."""

    def __init__(self, group: Group, account: Account) -> None:
        self.group, self.account = group, account
        self.rank, self.size = rank_and_size(group)
        self.shards: list[nn.Parameter] = []
        self.shapes: list[Tensor] = []  # of the whole ones, without memory behind
        self.places: list[list[tuple[nn.Module, str]]] = []
        self.again: list[Tensor] | None = None  # whole, for the backward pass

    def add(self, parameter: Tensor, places: list[tuple[nn.Module, str]]) -> None:
        """Replace `parameter`, wherever it is, by this rank's shard of it."""
        if self.shapes and self.shapes[0].dtype != parameter.dtype:
            raise ValueError(f"A unit of FSDP has one dtype, not {self.shapes[0].dtype} and {parameter.dtype}.")
        mine = shard_of(parameter.detach(), self.rank, self.size).clone()
        shard = nn.Parameter(mine, requires_grad=parameter.requires_grad)
        for owner, name in places:
            owner.register_parameter(name, shard)
        self.shards.append(shard)
        self.shapes.append(parameter.detach().new_empty(()).expand(parameter.shape))
        self.places.append(places)

    @property
    def widths(self) -> list[int]:
        return [shard_width(shape.numel(), self.size) for shape in self.shapes]

    @property
    def nbytes(self) -> int:
        """Of the whole parameters."""
        return sum(shape.numel() * shape.element_size() for shape in self.shapes)

    def gather(self, *_: Any) -> None:
        """Before the forward pass: the whole parameters stand where the module looks for them."""
        for index, tensor in enumerate(Gather.apply(self, *self.shards)):
            if tensor.numel():
                self.account.owners[tensor.untyped_storage().data_ptr()] = self, index
            for owner, name in self.places[index]:
                owner.__dict__[name] = tensor  # found before the shard, which stays a parameter of the module
        self.account.add(self.nbytes)

    def free(self, *_: Any) -> None:
        """After it."""
        for index, places in enumerate(self.places):
            for owner, name in places:
                tensor = owner.__dict__.pop(name, None)
                if tensor is not None and self.account.owners.get(at := tensor.untyped_storage().data_ptr()) == (
                    self,
                    index,
                ):
                    del self.account.owners[at]
        self.account.add(-self.nbytes)

    def whole(self) -> list[Tensor]:
        """In the backward pass, gathered by whoever comes first."""
        if self.again is None:
            with torch.no_grad():
                self.again = self.gathered(self.shards)
            self.account.add(self.nbytes)
        return self.again

    def forget(self) -> None:
        if self.again is not None:
            self.again = None
            self.account.add(-self.nbytes)

    def gathered(self, shards: Iterable[Tensor]) -> list[Tensor]:
        """This rank's shards and everybody's → whole parameters."""
        row = self.shapes[0].new_zeros(sum(self.widths))
        for shard, part in zip(shards, row.split(self.widths), strict=True):
            part[: shard.numel()] = shard
        return unpack_shards(all_gather_rows(row, self.group), self.shapes)

    def shared_out(self, gradients: Iterable[Tensor | None]) -> list[Tensor | None]:
        """The whole gradients of every rank → the average, of this rank's shards."""
        self.forget()
        row, _ = reduce_scatter_rows(pack_shards(list(gradients), self.shapes, self.size), self.group)
        *parts, flags = row.split([*self.widths, len(self.shapes)])
        ours: list[Tensor | None] = []
        for shape, part, used in zip(self.shapes, parts, (flags > 0).tolist(), strict=True):
            first, end = shard_range(shape.numel(), self.rank, self.size)
            ours.append(part[: end - first] / self.size if used else None)
        return ours


class Gather(torch.autograd.Function):  # type: ignore[misc]
    """All-gather forward; its gradient is the reduce-scatter."""

    @staticmethod
    def forward(context: Any, unit: Unit, *shards: Tensor) -> tuple[Tensor, ...]:
        context.unit = unit
        context.set_materialize_grads(False)  # None tells a parameter that was not used from one whose gradient is 0
        whole = unit.gathered(shards)
        context.mark_non_differentiable(*(w for w, s in zip(whole, shards, strict=True) if not s.requires_grad))
        return tuple(whole)

    @staticmethod
    def backward(context: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
        return None, *context.unit.shared_out(gradients)


def places_of(module: nn.Module) -> list[tuple[Tensor, list[tuple[nn.Module, str]]]]:
    """Every parameter once, with all the modules that have it, and how they call it."""
    found: dict[int, tuple[Tensor, list[tuple[nn.Module, str]]]] = {}
    for owner in module.modules():
        for name, parameter in owner.named_parameters(recurse=False, remove_duplicate=False):
            found.setdefault(id(parameter), (parameter, []))[1].append((owner, name))
    return list(found.values())
