"""FlashAttention in Triton: exact attention that never writes its scores to memory, forward and backward.

(Dao et al., 2022, arXiv 2205.14135; Dao, 2023, arXiv 2307.08691.) One program makes one tile of queries of one head. It reads
keys and values tile by tile, keeps a running maximum and a running sum of e^score for each query, and corrects what it has
summed so far whenever the maximum grows. Of the scores only their log-sum-exp is kept, one number a query; the backward pass
computes them again from it.

Exponents are base 2, which is what the hardware has: e^x = 2^(x·log₂e), the factor folded into the scale of the scores.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor
from triton.tools.tensor_descriptor import TensorDescriptor

from lectures.lm.kernels.flash_attention_tiles import checked
from lectures.lm.kernels.launch import checked_device, tile_width
from lectures.lm.kernels.product import product

__all__ = ["FlashAttention"]

LOG2_E = math.log2(math.e)


class FlashAttention(torch.autograd.Function):  # type: ignore[misc]
    """`FlashAttention.apply(q, k, v, is_causal)`: q (…, head, query, d), k and v (…, kv_head, key, d) → (…, head, query, d).

    Without heads, (batch, time, d) for all three. A kv_head serves `head / kv_head` heads. The last query stands at the last
    key. The dtype is kept; sums are in float32. Raises ValueError for shapes that do not go together.
    """

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, is_causal: bool = False) -> Tensor:
        checked(q, k, v, is_causal)
        checked_device(q, k, v)
        queries, keys, values = (as_heads(x) for x in (q, k, v))
        out, log_sum_exp = attend(queries, keys, values, is_causal, 1 / math.sqrt(q.shape[-1]))
        ctx.save_for_backward(queries, keys, values, out, log_sum_exp)
        ctx.is_causal, ctx.shapes = is_causal, (q.shape, k.shape, v.shape)
        return out[..., : q.shape[-1]].reshape(q.shape)

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        queries, keys, values, out, log_sum_exp = ctx.saved_tensors
        scale = 1 / math.sqrt(ctx.shapes[0][-1])
        grads = gradients(queries, keys, values, out, log_sum_exp, as_heads(grad_out), ctx.is_causal, scale)
        dq, dk, dv = (g[..., : shape[-1]].reshape(shape) for g, shape in zip(grads, ctx.shapes, strict=True))
        return dq, dk, dv, None


# ------------------------------------------------------------------------------------------------------------- shapes


def as_heads(x: Tensor) -> Tensor:
    """`x` as (batch, head, time, d), d padded to a power of two, laid out so that the copy engine can read it."""
    x = x.unsqueeze(1) if x.ndim == 3 else x.reshape(-1, *x.shape[-3:])
    missing = tile_width(x.shape[-1]) - x.shape[-1]
    if missing:
        return torch.nn.functional.pad(x, (0, missing))
    steps = x.stride()[:-1]
    readable = x.stride(-1) == 1 and 0 not in steps and all(step * x.element_size() % 16 == 0 for step in steps)
    return x if readable and x.data_ptr() % 16 == 0 else x.contiguous()


def tiles(x: Tensor, rows: int) -> TensorDescriptor:
    """`x` (batch, head, time, d), read and written in tiles of `rows` times; what lies beyond the end reads as 0."""
    return TensorDescriptor.from_tensor(x, [1, 1, rows, x.shape[-1]])


# ------------------------------------------------------------------------------------------------------------ forward


def attend(q: Tensor, k: Tensor, v: Tensor, is_causal: bool, scale: float) -> tuple[Tensor, Tensor]:
    """What is read, (batch, head, query, d), and the log-sum-exp of the scores, (batch, head, query) in float32."""
    batch, heads, queries, d = q.shape
    rows, columns, warps, stages = FORWARD[q.element_size() > 2, d > 64]
    out = torch.empty_like(q)
    log_sum_exp = torch.empty(batch, heads, queries, device=q.device, dtype=torch.float32)
    count = triton.cdiv(queries, rows)
    attend_kernel[(count * heads * batch,)](
        tiles(q, rows), tiles(k, columns), tiles(v, columns), tiles(out, rows), log_sum_exp,
        queries, k.shape[-2], heads, scale * LOG2_E,
        CAUSAL=is_causal, GROUP=heads // k.shape[1], D=d, ROWS=rows, COLUMNS=columns,
        num_warps=warps, num_stages=stages,
    )  # fmt: skip
    return out, log_sum_exp


FORWARD = {
    (False, False): (64, 128, 4, 2),
    (False, True): (128, 128, 8, 3),
    (True, False): (64, 32, 4, 2),
    (True, True): (64, 32, 4, 2),
}
"""By whether numbers take more than 16 bits, and d is above 64: rows, columns, warps, stages. The fastest of some forty on an
H100."""


@triton.jit
def attend_kernel(
    q_tiles, k_tiles, v_tiles, out_tiles, log_sum_exp,
    queries, keys, heads, scale,
    CAUSAL: tl.constexpr, GROUP: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):  # fmt: skip
    """One tile of ROWS queries of one head against all keys that they see."""
    count = tl.cdiv(queries, ROWS)
    tile, head, batch = place(count, heads, CAUSAL)
    first = tile * ROWS
    behind = keys - queries  # query 0 stands at key `behind`
    q = q_tiles.load([batch, head, first, 0]).reshape(ROWS, D)
    largest = tl.full([ROWS], -float("inf"), tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    mixed = tl.zeros([ROWS, D], tl.float32)
    end = keys
    whole = keys // COLUMNS * COLUMNS  # up to here no score is masked
    if CAUSAL:
        end = tl.minimum(keys, first + ROWS + behind)
        whole = tl.minimum(whole, (first + behind + 1) // COLUMNS * COLUMNS)
    for start in range(0, whole, COLUMNS):
        k = k_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        v = v_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        scores = product(q, k.T)
        mixed, total, largest = soften(scores, v, mixed, total, largest, scale)
    row = first + behind + tl.arange(0, ROWS)
    for start in range(whole, end, COLUMNS):
        k = k_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        v = v_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        scores = product(q, k.T)
        column = start + tl.arange(0, COLUMNS)
        seen = column[None, :] < keys
        if CAUSAL:
            seen = seen & (column[None, :] <= row[:, None])
        scores = tl.where(seen, scores, -float("inf"))
        mixed, total, largest = soften(scores, v, mixed, total, largest, scale)
    mixed = mixed / total[:, None]
    out_tiles.store([batch, head, first, 0], mixed.to(q.dtype).reshape(1, 1, ROWS, D))
    row = first + tl.arange(0, ROWS)
    to = log_sum_exp + (batch * heads + head) * queries + row
    tl.store(to, (largest + tl.log2(total)) * 0.6931471805599453, mask=row < queries)


@triton.jit
def soften(scores, v, mixed, total, largest, scale):
    """Online softmax: take in the scores of one more tile, correcting what was summed under a smaller maximum."""
    grown = tl.maximum(largest, tl.max(scores, 1) * scale)
    weights = tl.exp2(scores * scale - grown[:, None])
    correction = tl.exp2(largest - grown)
    total = total * correction + tl.sum(weights, 1)
    mixed = mixed * correction[:, None]
    mixed = product(weights.to(v.dtype), v, mixed)
    return mixed, total, grown


@triton.jit
def place(count, heads, BACKWARDS: tl.constexpr):
    """Which tile, head and batch a program makes. The tiles of a head follow each other, so that its keys stay in the cache.

    Under a causal mask the last tiles are the longest, and go first: what is left for the end are the short ones.
    """
    program = tl.program_id(0)
    tile = program % count
    if BACKWARDS:
        tile = count - 1 - tile
    head = program // count
    return tile, head % heads, head // heads


# ----------------------------------------------------------------------------------------------------------- backward


def gradients(
    q: Tensor, k: Tensor, v: Tensor, out: Tensor, log_sum_exp: Tensor, grad: Tensor, is_causal: bool, scale: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of q, k and v, in their shapes.

    With p = e^(s − log-sum-exp): dv = pᵀ·do, dp = do·vᵀ, ds = p·(dp − Σ do·o), dq = ds·k·scale, dk = dsᵀ·q·scale.
    """
    batch, heads, queries, d = q.shape
    kv_heads, keys = k.shape[1:3]
    dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
    shared = torch.empty_like(log_sum_exp)  # Σ do·o, a number a query
    shared_kernel[(triton.cdiv(queries, 64) * heads * batch,)](
        tiles(grad, 64), tiles(out, 64), shared, queries, heads, D=d, ROWS=64
    )
    common = {"CAUSAL": is_causal, "GROUP": heads // kv_heads, "D": d}
    rows, columns, warps, stages = KEYS_AND_VALUES[q.element_size() > 2, d > 64]
    keys_and_values_kernel[(triton.cdiv(keys, columns) * kv_heads * batch,)](
        tiles(q, rows), tiles(k, columns), tiles(v, columns), tiles(grad, rows), tiles(dk, columns), tiles(dv, columns),
        log_sum_exp, shared, queries, keys, heads, scale,
        ROWS=rows, COLUMNS=columns, num_warps=warps, num_stages=stages, **common,
    )  # fmt: skip
    rows, columns, warps, stages = QUERIES[q.element_size() > 2, d > 64]
    queries_kernel[(triton.cdiv(queries, rows) * heads * batch,)](
        tiles(q, rows), tiles(k, columns), tiles(v, columns), tiles(grad, rows), tiles(dq, rows),
        log_sum_exp, shared, queries, keys, heads, scale,
        ROWS=rows, COLUMNS=columns, num_warps=warps, num_stages=stages, **common,
    )  # fmt: skip
    return dq, dk, dv


KEYS_AND_VALUES = {
    (False, False): (128, 64, 4, 2),
    (False, True): (64, 64, 4, 2),
    (True, False): (32, 32, 4, 1),
    (True, True): (32, 32, 4, 1),
}
QUERIES = {
    (False, False): (64, 64, 4, 3),
    (False, True): (128, 64, 8, 3),
    (True, False): (32, 32, 4, 1),
    (True, True): (32, 32, 4, 1),
}
"""As `FORWARD`."""


@triton.jit
def shared_kernel(grad_tiles, out_tiles, shared, queries, heads, D: tl.constexpr, ROWS: tl.constexpr):
    """Σ do·o of each query of one tile: what softmax takes off the gradient of every score of it."""
    tile, head, batch = place(tl.cdiv(queries, ROWS), heads, False)
    grad = grad_tiles.load([batch, head, tile * ROWS, 0]).reshape(ROWS, D).to(tl.float32)
    out = out_tiles.load([batch, head, tile * ROWS, 0]).reshape(ROWS, D).to(tl.float32)
    row = tile * ROWS + tl.arange(0, ROWS)
    tl.store(shared + (batch * heads + head) * queries + row, tl.sum(grad * out, 1), mask=row < queries)


@triton.jit
def keys_and_values_kernel(
    q_tiles, k_tiles, v_tiles, grad_tiles, dk_tiles, dv_tiles, log_sum_exp, shared,
    queries, keys, heads, scale,
    CAUSAL: tl.constexpr, GROUP: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):  # fmt: skip
    """The gradients of one tile of COLUMNS keys and values: what every query that sees them sends back."""
    count = tl.cdiv(keys, COLUMNS)
    tile, kv_head, batch = place(count, heads // GROUP, False)
    first = tile * COLUMNS
    behind = keys - queries
    k = k_tiles.load([batch, kv_head, first, 0]).reshape(COLUMNS, D)
    v = v_tiles.load([batch, kv_head, first, 0]).reshape(COLUMNS, D)
    dk = tl.zeros([COLUMNS, D], tl.float32)
    dv = tl.zeros([COLUMNS, D], tl.float32)
    column = first + tl.arange(0, COLUMNS)
    begin = 0
    masked = 0
    if CAUSAL:
        begin = tl.maximum(0, first - behind) // ROWS * ROWS  # the first query that sees the first of these keys
        masked = tl.minimum(
            tl.cdiv(queries, ROWS) * ROWS, tl.cdiv(tl.maximum(0, first + COLUMNS - behind), ROWS) * ROWS
        )
    if first + COLUMNS > keys:
        masked = tl.cdiv(queries, ROWS) * ROWS
    for sharer in range(GROUP):
        head = kv_head * GROUP + sharer
        numbers = (batch * heads + head) * queries
        for start in range(begin, masked, ROWS):
            dk, dv = send_back(
                q_tiles, grad_tiles, log_sum_exp, shared, k, v, dk, dv, batch, head, numbers, start, column,
                queries, keys, behind, scale, CAUSAL, True, D, ROWS,
            )  # fmt: skip
        for start in range(tl.maximum(begin, masked), queries, ROWS):
            dk, dv = send_back(
                q_tiles, grad_tiles, log_sum_exp, shared, k, v, dk, dv, batch, head, numbers, start, column,
                queries, keys, behind, scale, CAUSAL, False, D, ROWS,
            )  # fmt: skip
    dk_tiles.store([batch, kv_head, first, 0], (dk * scale).to(k.dtype).reshape(1, 1, COLUMNS, D))
    dv_tiles.store([batch, kv_head, first, 0], dv.to(k.dtype).reshape(1, 1, COLUMNS, D))


@triton.jit
def send_back(
    q_tiles, grad_tiles, log_sum_exp, shared, k, v, dk, dv, batch, head, numbers, start, column,
    queries, keys, behind, scale, CAUSAL: tl.constexpr, MASKED: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr,
):  # fmt: skip
    """What one tile of ROWS queries adds to the gradients of keys and values. All scores lie transposed: key by query."""
    q = q_tiles.load([batch, head, start, 0]).reshape(ROWS, D)
    row = start + tl.arange(0, ROWS)
    base = tl.load(log_sum_exp + numbers + row, mask=row < queries, other=float("inf")) * 1.4426950408889634
    weights = tl.exp2(product(k, q.T) * (scale * 1.4426950408889634) - base[None, :])
    if MASKED:
        seen = column[:, None] < keys
        if CAUSAL:
            seen = seen & (column[:, None] <= row[None, :] + behind)
        weights = tl.where(seen, weights, 0.0)
    grad = grad_tiles.load([batch, head, start, 0]).reshape(ROWS, D)
    dv = product(weights.to(grad.dtype), grad, dv)
    common = tl.load(shared + numbers + row, mask=row < queries, other=0.0)
    d_weights = product(v, grad.T)
    d_scores = (weights * (d_weights - common[None, :])).to(q.dtype)
    dk = product(d_scores, q, dk)
    return dk, dv


@triton.jit
def queries_kernel(
    q_tiles, k_tiles, v_tiles, grad_tiles, dq_tiles, log_sum_exp, shared,
    queries, keys, heads, scale,
    CAUSAL: tl.constexpr, GROUP: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):  # fmt: skip
    """The gradient of one tile of ROWS queries, over all keys that they see."""
    count = tl.cdiv(queries, ROWS)
    tile, head, batch = place(count, heads, CAUSAL)
    first = tile * ROWS
    behind = keys - queries
    q = q_tiles.load([batch, head, first, 0]).reshape(ROWS, D)
    grad = grad_tiles.load([batch, head, first, 0]).reshape(ROWS, D)
    row = first + tl.arange(0, ROWS)
    numbers = (batch * heads + head) * queries + row
    base = tl.load(log_sum_exp + numbers, mask=row < queries, other=float("inf")) * 1.4426950408889634
    common = tl.load(shared + numbers, mask=row < queries, other=0.0)
    dq = tl.zeros([ROWS, D], tl.float32)
    end = keys
    whole = keys // COLUMNS * COLUMNS
    if CAUSAL:
        end = tl.minimum(keys, first + ROWS + behind)
        whole = tl.minimum(whole, (first + behind + 1) // COLUMNS * COLUMNS)
    for start in range(0, whole, COLUMNS):
        k = k_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        v = v_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        weights = tl.exp2(product(q, k.T) * (scale * 1.4426950408889634) - base[:, None])
        d_weights = product(grad, v.T)
        d_scores = (weights * (d_weights - common[:, None])).to(k.dtype)
        dq = product(d_scores, k, dq)
    for start in range(whole, end, COLUMNS):
        k = k_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        v = v_tiles.load([batch, head // GROUP, start, 0]).reshape(COLUMNS, D)
        weights = tl.exp2(product(q, k.T) * (scale * 1.4426950408889634) - base[:, None])
        column = start + tl.arange(0, COLUMNS)
        seen = column[None, :] < keys
        if CAUSAL:
            seen = seen & (column[None, :] <= row[:, None] + behind)
        weights = tl.where(seen, weights, 0.0)
        d_weights = product(grad, v.T)
        d_scores = (weights * (d_weights - common[:, None])).to(k.dtype)
        dq = product(d_scores, k, dq)
    dq_tiles.store([batch, head, first, 0], (dq * scale).to(q.dtype).reshape(1, 1, ROWS, D))
