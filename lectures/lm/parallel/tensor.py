"""Tensor parallel: one layer's matrices cut over the ranks, by columns and then by rows; sequence parallel beside it.

(Shoeybi et al., 2019, arXiv 1909.08053; Korthikanti et al., 2022, arXiv 2205.05198, for the sequence.) All ranks work on one
batch. With y = f(x W1ᵀ) W2ᵀ, a rank has some hidden units: their rows of W1 (the *columns* of W1ᵀ) and their columns of W2.
f is applied to each unit alone, so nothing is sent between the two products: the ranks' results are summed once at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from lectures.lm.layers import FeedForward
from lectures.lm.parallel.buckets import shard_range
from lectures.lm.parallel.collectives import Group, all_gather_rows, rank_and_size, reduce_scatter_rows

__all__ = [
    "ColumnParallelLinear",
    "RowParallelLinear",
    "TensorParallelMLP",
    "copy_to_ranks",
    "gather_sequence",
    "scatter_sequence",
    "sum_gradients",
    "sum_over_ranks",
]


def copy_to_ranks(x: Tensor, group: Group = None) -> Tensor:
    """`x` (…), the same on all ranks, as it is; backward, the gradients that the ranks have for it are summed."""
    copied: Tensor = CopyToRanks.apply(x, group)
    return copied


def sum_over_ranks(x: Tensor, group: Group = None) -> Tensor:
    """The sum over the ranks of `x` (…), on all of them; backward, each one's gradient is that of the sum."""
    total: Tensor = SumOverRanks.apply(x, group)
    return total


def gather_sequence(x: Tensor, group: Group = None) -> Tensor:
    """(…, time/n, d), each rank's stretch of the sequence → (…, time, d) on all; backward, summed and cut up again."""
    whole: Tensor = GatherSequence.apply(x, group)
    return whole


def scatter_sequence(x: Tensor, group: Group = None) -> Tensor:
    """(…, time, d) of every rank → (…, time/n, d): the sum over the ranks, of this rank's stretch; backward, gathered."""
    part: Tensor = ScatterSequence.apply(x, group)
    return part


class ColumnParallelLinear(nn.Module):  # type: ignore[misc]
    """(…, d_in), the same on all ranks → (…, this rank's outputs): its rows of `weight`, (about d_out/n, d_in)."""

    def __init__(self, weight: Tensor, bias: Tensor | None = None, group: Group = None) -> None:
        """`weight` (d_out, d_in) and `bias` (d_out,) are the whole ones, the same on all ranks; d_out need not be divisible."""
        super().__init__()
        first, end = shard_range(len(weight), *rank_and_size(group))
        self.weight = nn.Parameter(weight.detach()[first:end].clone())
        self.bias = None if bias is None else nn.Parameter(bias.detach()[first:end].clone())

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight, self.bias)


class RowParallelLinear(nn.Module):  # type: ignore[misc]
    """(…, this rank's inputs) → (…, d_out), this rank's *part of a sum*: its columns of `weight`, (d_out, about d_in/n).

    The bias is whole on every rank: add it once, after the sum.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None = None, group: Group = None) -> None:
        """`weight` (d_out, d_in) and `bias` (d_out,) are the whole ones, the same on all ranks; d_in need not be divisible."""
        super().__init__()
        first, end = shard_range(weight.shape[1], *rank_and_size(group))
        self.weight = nn.Parameter(weight.detach()[:, first:end].clone())
        self.bias = None if bias is None else nn.Parameter(bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


class TensorParallelMLP(nn.Module):  # type: ignore[misc]
    """A feed-forward network of which each rank has some hidden units: W2 f(W1 x), as `whole` computes it.

    (…, d_model), the same on all ranks → the same. One all-reduce forward, one backward. With `sequence_parallel` it takes and
    gives this rank's stretch of the sequence, (…, time/n, d_model), so that what stands before and after (norms, residuals) is
    shared out too: an all-gather and a reduce-scatter, together as many bytes. Its bias `w2.bias`, and whatever else has seen
    only a stretch, then has on each rank a part of its gradient: `sum_gradients` adds them.
    """

    def __init__(self, whole: FeedForward, group: Group = None, *, sequence_parallel: bool = False) -> None:
        """`whole` is the same on all ranks; it can be thrown away afterwards."""
        super().__init__()
        self.group, self.sequence_parallel = group, sequence_parallel
        self.activation: Callable[[Tensor], Tensor] = whole.activation
        self.w1 = ColumnParallelLinear(whole.w1.weight, whole.w1.bias, group)
        self.w2 = RowParallelLinear(whole.w2.weight, whole.w2.bias, group)

    def forward(self, x: Tensor) -> Tensor:
        x = gather_sequence(x, self.group) if self.sequence_parallel else copy_to_ranks(x, self.group)
        hidden = self.activation(self.w1(x))
        part = self.w2(hidden)
        y = scatter_sequence(part, self.group) if self.sequence_parallel else sum_over_ranks(part, self.group)
        return y if self.w2.bias is None else y + self.w2.bias


@torch.no_grad()  # type: ignore[untyped-decorator]
def sum_gradients(parameters: list[nn.Parameter], group: Group = None) -> None:
    """Of parameters that are whole on every rank, but have seen only its stretch of the sequence: after the backward pass."""
    for parameter in parameters:
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad, group=group)


def total(x: Tensor, group: Group) -> Tensor:
    x = x.contiguous().clone()
    dist.all_reduce(x, group=group)
    return x


def gathered(x: Tensor, group: Group) -> Tensor:
    """(…, t, d) → (…, n t, d)"""
    return torch.cat(all_gather_rows(x, group).unbind(), dim=-2)


def scattered(x: Tensor, group: Group) -> Tensor:
    """(…, n t, d) → (…, t, d)"""
    _, size = rank_and_size(group)  # @stepover
    if x.shape[-2] % size:
        raise ValueError(f"A sequence of {x.shape[-2]} cannot be cut into {size} equal stretches: pad it.")
    return reduce_scatter_rows(torch.stack(x.chunk(size, dim=-2)), group)[0]


class CopyToRanks(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Tensor, group: Group) -> Tensor:
        context.group = group
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return total(gradient, context.group), None


class SumOverRanks(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Tensor, group: Group) -> Tensor:
        return total(x, group)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


class GatherSequence(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Tensor, group: Group) -> Tensor:
        context.group = group
        return gathered(x, group)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return scattered(gradient, context.group), None


class ScatterSequence(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Tensor, group: Group) -> Tensor:
        context.group = group
        return scattered(x, group)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gathered(gradient, context.group), None
