"""The optimizer's state, and gradients, in shards: ZeRO's first two stages (Rajbhandari et al., 2019, arXiv 1910.02054)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.optim import Optimizer

from lectures.lm.parallel.buckets import (
    make_buckets,
    pack_shards,
    require_gradients,
    shard_of,
    shard_range,
    shard_width,
    unpack_shards,
)
from lectures.lm.parallel.collectives import Group, all_gather_rows, rank_and_size, reduce_scatter_rows

__all__ = ["ShardedOptimizer", "clip_sharded_gradients"]


class ShardedOptimizer:
    """An optimizer of which each rank runs a part: 1/n of every parameter, with 1/n of the state.

        optimizer = ShardedOptimizer(model.parameters(), AdamW, lr=1e-3, stage=2)
        model(x).backward()  # each rank with its own part of the batch; no DDP
        optimizer.step()

    Gradients are summed so that each rank gets the sum of its shard alone (reduce-scatter), divided by n; it updates its shard;
    the new shards go to all (all-gather): together as many bytes as the all-reduce of `DDP`. In stage 1 gradients stay whole
    until `step`. In stage 2 a bucket is reduced during the backward pass as soon as it is complete, and what belongs to others
    is freed: `.grad` of the model's parameters is None then, and `optimizer.shards` have the gradients.

    `params` as for any optimizer, groups too; `kind` must treat each number by itself, as SGD, AdaGrad and AdamW do. Parameters
    start as those of rank 0. A parameter that no rank used is not updated.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        kind: Callable[..., Optimizer],
        *,
        stage: Literal[1, 2] = 1,
        group: Group = None,
        bucket_bytes: float = 25e6,
        **options: Any,
    ) -> None:
        if stage not in (1, 2):
            raise ValueError(f"ShardedOptimizer is stage 1 or 2 of ZeRO, not {stage}; stage 3 is FSDP.")
        given = list(params)
        groups = [dict(g) for g in given] if given and isinstance(given[0], dict) else [{"params": given}]
        for one in groups:
            one["params"] = list(one["params"])
        self.stage, self.group = stage, group
        self.rank, self.size = rank_and_size(group)
        self.parameters = require_gradients((p for one in groups for p in one["params"]), "ShardedOptimizer")
        self.shards: dict[Tensor, nn.Parameter] = {}
        """For each parameter this rank's part of it: a view, so that to update it is to update the parameter."""
        with torch.no_grad():
            for parameter in self.parameters:
                if not parameter.is_contiguous():
                    parameter.data = parameter.data.contiguous()
                dist.broadcast(parameter.data, group=group, group_src=0)
                self.shards[parameter] = nn.Parameter(shard_of(parameter.data, self.rank, self.size))
        for one in groups:
            one["params"] = [self.shards[p] for p in one["params"] if p in self.shards]
        self.optimizer = kind([one for one in groups if one["params"]], **options)
        self.buckets = make_buckets(self.parameters, bucket_bytes)
        self.sent = 0  # buckets, of this step
        self.reducing: deque[tuple[list[Tensor], Tensor, Tensor, Any]] = (
            deque()
        )  # bucket, rows, our row, what to wait for
        self.synchronized = False
        self.ready: set[Tensor] = set()
        self.hooks = [p.register_post_accumulate_grad_hook(self._gradient_is_there) for p in self.parameters]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """As a schedule wants them."""
        groups: list[dict[str, Any]] = self.optimizer.param_groups
        return groups

    @property
    def state(self) -> dict[Tensor, Any]:
        """This rank's part of the state."""
        state: dict[Tensor, Any] = self.optimizer.state
        return state

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self) -> None:
        """The average of the gradients, the update of this rank's shards, and everybody's shards to everybody."""
        self.synchronize()
        self.optimizer.step()
        for bucket in self.buckets:
            widths = [shard_width(p.numel(), self.size) for p in bucket]
            row = bucket[0].new_zeros(sum(widths))
            for parameter, part in zip(bucket, row.split(widths), strict=True):
                part[: self.shards[parameter].numel()] = self.shards[parameter]
            for parameter, whole in zip(bucket, unpack_shards(all_gather_rows(row, self.group), bucket), strict=True):
                parameter.copy_(whole)
        self._begin()

    def zero_grad(self) -> None:
        self._begin()
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def synchronize(self) -> None:
        """The gradients of `shards` are the average over the ranks. `step` does it; call it before to read them."""
        if self.synchronized:
            return
        while self.sent < len(self.buckets):
            self._reduce(self.buckets[self.sent])
        while self.reducing:
            self._keep(*self.reducing.popleft())
        self.synchronized = True

    def clip_gradients(self, max_l2_norm: float) -> Tensor:
        """Before `step`: scale so that the norm over all ranks' shards is at most `max_l2_norm`; the norm there was."""
        self.synchronize()
        return clip_sharded_gradients(self.shards.values(), max_l2_norm, self.group)

    def _begin(self) -> None:
        """Nothing has been sent, nothing is ready."""
        for shard in self.shards.values():
            shard.grad = None
        self.sent, self.synchronized = 0, False
        self.ready.clear()

    def _gradient_is_there(self, parameter: Tensor) -> None:
        if self.synchronized or (self.stage == 2 and parameter in self.ready):
            raise RuntimeError(
                "A second backward pass before step(), when the gradients of the first have been shared out."
            )
        self.ready.add(parameter)
        while self.stage == 2 and self.sent < len(self.buckets):  # in one order on all ranks
            bucket = self.buckets[self.sent]
            if not all(p in self.ready for p in bucket):
                break
            self._reduce(bucket)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _reduce(self, bucket: list[Tensor]) -> None:
        while (
            len(self.reducing) > 1
        ):  # one on its way, one being packed: more would keep the memory that is to be saved
            self._keep(*self.reducing.popleft())
        rows = pack_shards([parameter.grad for parameter in bucket], bucket, self.size)
        row, work = reduce_scatter_rows(rows, self.group, asynchronous=True)
        self.reducing.append((bucket, rows, row, work))
        self.sent += 1
        if self.stage == 2:
            for parameter in bucket:
                parameter.grad = None

    def _keep(self, bucket: list[Tensor], rows: Tensor, row: Tensor, work: Any) -> None:
        """Our row of the sums → the gradients of our shards; `rows` have been sent."""
        work.wait()
        widths = [shard_width(p.numel(), self.size) for p in bucket]
        *parts, flags = row.split([*widths, len(bucket)])
        for parameter, part, used in zip(bucket, parts, (flags > 0).tolist(), strict=True):
            first, end = shard_range(parameter.numel(), self.rank, self.size)
            self.shards[parameter].grad = part[: end - first] / self.size if used else None


@torch.no_grad()  # type: ignore[untyped-decorator]
def clip_sharded_gradients(shards: Iterable[Tensor], max_l2_norm: float, group: Group = None) -> Tensor:
    """As `lectures.lm.optimizers.clip_gradients`, where each rank of `group` has a part of each gradient."""
    shards = list(shards)
    gradients = [shard.grad for shard in shards if shard.grad is not None]
    squares = sum((gradient.square().sum() for gradient in gradients), shards[0].new_zeros(()))
    dist.all_reduce(squares, group=group)
    norm = squares.sqrt()
    scale = (max_l2_norm / (norm + 1e-6)).clamp(max=1.0)
    for gradient in gradients:
        gradient.mul_(scale)
    return norm
