"""Expert parallel: each rank has some of the experts; tokens travel to the experts that they are meant for, and back.

(Shazeer et al., 2017, arXiv 1701.06538, for the mixture; Lepikhin et al., 2020, arXiv 2006.16668, for the two all-to-alls.)
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from lectures.lm.layers import Dtype, Linear, Place, SwiGLU
from lectures.lm.parallel.buckets import balanced_range
from lectures.lm.parallel.collectives import Group, rank_and_size

__all__ = ["ExpertParallel", "MixtureOfExperts", "all_to_all_rows"]


class MixtureOfExperts(nn.Module):  # type: ignore[misc]
    """Σ over the `top_k` likeliest experts of a token: probability · expert(x); the probabilities are made to sum to 1.

    On one process: (…, d_model) → (…, d_model).
    """

    def __init__(
        self, d_model: int, d_ff: int, num_experts: int, top_k: int = 2, *, device: Place = None, dtype: Dtype = None
    ) -> None:
        super().__init__()
        if not 1 <= top_k <= num_experts:
            raise ValueError(f"A token goes to between 1 and all {num_experts} experts, not to {top_k}.")
        self.top_k = top_k
        self.router = Linear(d_model, num_experts, device=device, dtype=dtype)
        self.experts = nn.ModuleList(SwiGLU(d_model, d_ff, device=device, dtype=dtype) for _ in range(num_experts))

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.reshape(-1, x.shape[-1])
        gates, chosen = route(self.router, tokens, self.top_k)
        y = torch.zeros_like(tokens)
        for index, expert in enumerate(self.experts):
            which, slot = (chosen == index).nonzero(as_tuple=True)
            if len(which):
                y = y.index_add(0, which, gates[which, slot, None] * expert(tokens[which]))
        return y.view(x.shape)


class ExpertParallel(nn.Module):  # type: ignore[misc]
    """The same mixture, of which this rank has the router and some of the experts; `x` (…, d_model) are its own tokens.

    Each rank may have another number of tokens. Every rank must run it as often as the others, backward too. After the backward
    pass, `synchronize` makes the gradients those of the average of the ranks' losses.
    """

    def __init__(self, whole: MixtureOfExperts, group: Group = None) -> None:
        """`whole` is the same on all ranks; what this one needs of it is used, not copied."""
        super().__init__()
        self.group = group
        self.rank, self.size = rank_and_size(group)
        self.top_k, self.router = whole.top_k, whole.router
        ranges = [balanced_range(len(whole.experts), rank, self.size) for rank in range(self.size)]
        self.experts_of = [end - first for first, end in ranges]
        """How many experts each rank has."""
        first, end = ranges[self.rank]
        self.experts = nn.ModuleList(whole.experts[first:end])
        self.load = torch.zeros(len(whole.experts), dtype=torch.int64)
        """How many of this rank's tokens went to each expert in the last forward pass."""

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.reshape(-1, x.shape[-1])
        gates, chosen = route(self.router, tokens, self.top_k)
        order = chosen.reshape(-1).argsort(stable=True)  # by expert, and so by the rank that has it
        which = order // self.top_k
        rows = tokens[which]
        if torch.is_grad_enabled() and not rows.requires_grad:
            rows.requires_grad_()  # or a rank to which nobody sends would take no part in the backward pass
        self.load = torch.bincount(chosen.reshape(-1), minlength=sum(self.experts_of))
        here = self._counts(self.load)
        sent = [int(part.sum()) for part in self.load.split(self.experts_of)]
        came = here.sum(dim=1).tolist()
        answers = all_to_all_rows(
            self._expertise(all_to_all_rows(rows, sent, came, self.group), here), came, sent, self.group
        )
        weighted = gates.reshape(-1)[order, None] * answers
        return torch.zeros_like(tokens).index_add(0, which, weighted).view(x.shape)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def synchronize(self) -> None:
        """Router: the average over the ranks. Experts have seen all ranks' tokens, so their sums only want the division."""
        if self.router.weight.grad is None:
            self.router.weight.grad = torch.zeros_like(self.router.weight)
        dist.all_reduce(self.router.weight.grad, group=self.group)
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad /= self.size

    def _counts(self, load: Tensor) -> Tensor:
        """(experts of all ranks,), how many go to each → (n, experts here): how many come to each, by the rank that sends."""
        mine = len(self.experts)
        here = load.new_empty(self.size * mine)
        dist.all_to_all_single(here, load, [mine] * self.size, self.experts_of, group=self.group)
        return here.view(self.size, mine)

    def _expertise(self, rows: Tensor, here: Tensor) -> Tensor:
        """Rows (tokens, d_model) that have come, by rank and then by expert → what the experts make of them, in that order."""
        mine = torch.arange(len(self.experts), device=rows.device).repeat(self.size)
        expert_of = mine.repeat_interleave(here.reshape(-1))
        order = expert_of.argsort(stable=True)
        parts = rows[order].split(here.sum(dim=0).tolist()) if len(self.experts) else ()
        results = [expert(part) for expert, part in zip(self.experts, parts, strict=True) if len(part)]
        return torch.cat([rows[:0], *results])[order.argsort()]


def all_to_all_rows(rows: Tensor, sent: list[int], came: list[int], group: Group = None) -> Tensor:
    """The first `sent[0]` rows of (Σ sent, …) go to rank 0, the next to rank 1, …; (Σ came, …), the first from rank 0, ….

    Backward, the gradients go the way back.
    """
    exchanged: Tensor = AllToAll.apply(rows, sent, came, group)
    return exchanged


def route(router: Linear, tokens: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """Tokens (n, d_model) → the weights (n, top_k) of the likeliest experts, which sum to 1, and which they are."""
    gates, chosen = router(tokens).softmax(dim=-1).topk(top_k, dim=-1)
    return gates / gates.sum(dim=-1, keepdim=True), chosen


class AllToAll(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, rows: Tensor, sent: list[int], came: list[int], group: Group) -> Tensor:
        context.sent, context.came, context.group = sent, came, group
        return exchange(rows, sent, came, group)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Any, ...]:
        return exchange(gradient, context.came, context.sent, context.group), None, None, None


def exchange(rows: Tensor, sent: list[int], came: list[int], group: Group) -> Tensor:
    exchanged = rows.new_empty(sum(came), *rows.shape[1:])
    dist.all_to_all_single(exchanged, rows.contiguous(), came, sent, group=group)
    return exchanged
