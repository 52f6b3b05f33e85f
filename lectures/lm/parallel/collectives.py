"""The two collectives that the rest is built from, by rows: a matrix has a row for each rank."""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor, nn

__all__ = ["Group", "all_gather_rows", "broadcast_state", "rank_and_size", "reduce_scatter_rows"]

Group: TypeAlias = dist.ProcessGroup | None
"""Some of the ranks; None for all."""
NEW_NAMES = hasattr(dist, "all_gather_single")
"""Since torch 2.13."""


def rank_and_size(group: Group = None) -> tuple[int, int]:
    """Which of `group` this process is, and how many there are."""
    return dist.get_rank(group), dist.get_world_size(group)


def all_gather_rows(row: Tensor, group: Group = None) -> Tensor:
    """`row` (…) of every rank → (n, …), the same on all: row r is what rank r had. The shapes must be equal."""
    rows = row.new_empty(dist.get_world_size(group), *row.shape)
    gather = dist.all_gather_single if NEW_NAMES else dist.all_gather_into_tensor
    gather(rows, row.contiguous()[None], group=group)
    return rows


def reduce_scatter_rows(rows: Tensor, group: Group = None, *, asynchronous: bool = False) -> tuple[Tensor, Any]:
    """`rows` (n, …) of every rank → (…): rank r has the sum over the ranks of their rows r.

    Also what to wait for, if `asynchronous`: until then the sum is not there, and `rows` must stay.
    """
    row = torch.empty_like(rows[0])
    reduce_scatter = dist.reduce_scatter_single if NEW_NAMES else dist.reduce_scatter_tensor
    work = reduce_scatter(row[None], rows.contiguous(), group=group, async_op=asynchronous)
    return row, work


@torch.no_grad()  # type: ignore[untyped-decorator]
def broadcast_state(module: nn.Module, group: Group = None, *, buffers_only: bool = False) -> None:
    """Parameters and buffers of `module` become what rank 0 of `group` has, on every rank. Shared ones are sent once."""
    tensors = list(module.buffers()) if buffers_only else [*module.parameters(), *module.buffers()]
    for tensor in tensors:
        same = tensor.data.contiguous()
        dist.broadcast(same, group=group, group_src=0)
        tensor.data.copy_(same)
