"""FlashAttention in torch's own operations, tile by tile: the algorithm of `flash_attention.py` to be read and stepped through.

(Dao, 2023, arXiv 2307.08691, algorithms 1 and 2.) Much slower than the kernel, and it needs no GPU; its memory is the same:
no more scores exist at a time than one tile of them.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

__all__ = ["TILE", "FlashAttentionTiles", "checked"]

TILE = 64
"""Queries, and keys, of a tile."""


class FlashAttentionTiles(torch.autograd.Function):  # type: ignore[misc]
    """`FlashAttentionTiles.apply(q, k, v, is_causal)`: q (…, head, query, d), k and v (…, kv_head, key, d) → q's shape.

    As `FlashAttention.apply`, with the same errors.
    """

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, is_causal: bool = False) -> Tensor:
        checked(q, k, v, is_causal)
        keys, values = shared(q, k), shared(q, v)
        out = torch.empty_like(q)
        log_sum_exp = torch.empty(q.shape[:-1], device=q.device, dtype=torch.float32)
        for first in range(0, q.shape[-2], TILE):
            rows = slice(first, first + TILE)
            out[..., rows, :], log_sum_exp[..., rows] = attend_tile(q[..., rows, :], keys, values, first, q, is_causal)
        ctx.save_for_backward(q, k, v, out, log_sum_exp)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        q, k, v, out, log_sum_exp = ctx.saved_tensors
        keys, values = shared(q, k), shared(q, v)
        dq, dk, dv = (torch.zeros(x.shape, device=q.device, dtype=torch.float32) for x in (q, keys, values))
        scale = 1 / math.sqrt(q.shape[-1])
        common = (grad.float() * out.float()).sum(dim=-1, keepdim=True)  # Σ do·o
        for first in range(0, q.shape[-2], TILE):
            rows = slice(first, first + TILE)
            queries, grads = q[..., rows, :].float(), grad[..., rows, :].float()
            for start in range(0, k.shape[-2], TILE):
                columns = slice(start, start + TILE)
                scores = masked(queries @ keys[..., columns, :].float().mT * scale, first, start, q, k, ctx.is_causal)
                weights = torch.exp(scores - log_sum_exp[..., rows, None])  # @inspect weights
                dv[..., columns, :] += weights.mT @ grads
                d_weights = grads @ values[..., columns, :].float().mT
                d_scores = weights * (d_weights - common[..., rows, :])
                dq[..., rows, :] += d_scores @ keys[..., columns, :].float() * scale
                dk[..., columns, :] += d_scores.mT @ queries * scale
        return dq.to(q.dtype), gathered(dk, k), gathered(dv, v), None


def attend_tile(
    queries: Tensor, keys: Tensor, values: Tensor, first: int, q: Tensor, is_causal: bool
) -> tuple[Tensor, Tensor]:
    """What the queries of one tile, (…, rows, d), read, in their shape, and the log-sum-exp of their scores, (…, rows).

    The running maximum and sum make it one pass: whatever was summed under a smaller maximum is corrected by e^(old − new).
    """
    rows = queries.float() / math.sqrt(q.shape[-1])
    largest = torch.full((*rows.shape[:-1], 1), -math.inf, device=q.device)
    total = torch.zeros_like(largest)
    mixed = torch.zeros_like(rows)
    for start in range(0, keys.shape[-2], TILE):
        if is_causal and start >= first + rows.shape[-2] + keys.shape[-2] - q.shape[-2]:
            break  # no query of this tile sees any key from here on
        columns = slice(start, start + TILE)
        scores = masked(rows @ keys[..., columns, :].float().mT, first, start, q, keys, is_causal)
        grown = torch.maximum(largest, scores.amax(dim=-1, keepdim=True))  # @inspect grown
        weights = torch.exp(scores - grown)
        correction = torch.exp(largest - grown)  # @inspect correction
        total = total * correction + weights.sum(dim=-1, keepdim=True)
        mixed = mixed * correction + weights @ values[..., columns, :].float()  # @inspect mixed
        largest = grown
    return (mixed / total).to(queries.dtype), (largest + torch.log(total)).squeeze(-1)


def masked(scores: Tensor, first: int, start: int, q: Tensor, k: Tensor, is_causal: bool) -> Tensor:
    """Scores (…, rows, columns) of queries from `first` on and keys from `start` on; −∞ where a query may not look."""
    if not is_causal:
        return scores
    row = first + k.shape[-2] - q.shape[-2] + torch.arange(scores.shape[-2], device=q.device)
    column = start + torch.arange(scores.shape[-1], device=q.device)
    return scores.masked_fill(column > row[:, None], -math.inf)


def shared(q: Tensor, x: Tensor) -> Tensor:
    """Keys or values for every head of the queries: a kv_head serves several."""
    return x if q.ndim < 4 or x.shape[-3] == q.shape[-3] else x.repeat_interleave(q.shape[-3] // x.shape[-3], dim=-3)


def gathered(grad: Tensor, x: Tensor) -> Tensor:
    """The gradient of keys or values: what all the heads that share them send back."""
    if grad.shape != x.shape:
        grad = grad.unflatten(-3, (x.shape[-3], -1)).sum(dim=-3)
    return grad.to(x.dtype)


def checked(q: Tensor, k: Tensor, v: Tensor, is_causal: bool) -> None:
    """Raises ValueError, in a sentence, for shapes that do not go together."""
    fit = q.ndim >= 3 and q.ndim == k.ndim and k.shape == v.shape and q.shape[-1] == k.shape[-1]
    if not fit:
        raise ValueError(
            "FlashAttention wants q (…, head, query, d) and k, v (…, kv_head, key, d), "
            f"not {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}."
        )
    if q.shape[:-3] != k.shape[:-3] or q.shape[-3] % k.shape[-3] or (q.ndim == 3 and q.shape[0] != k.shape[0]):
        raise ValueError(
            f"Keys {tuple(k.shape)} cannot serve queries {tuple(q.shape)}: leading dimensions must be the same, and the "
            "heads of the queries a multiple of those of the keys."
        )
    if is_causal and q.shape[-2] > k.shape[-2]:
        raise ValueError(
            f"{q.shape[-2]} queries cannot end at the last of {k.shape[-2]} keys: the first would see none."
        )
