"""Kernels to read first: gelu, softmax, matmul and FlashAttention with nothing but pointers, masks and loops.

Each says what its neighbour of the same name in this folder does, without what makes that one fast on one machine or safe on
every tensor: descriptors, persistent programs, gradients. A function below takes contiguous tensors, allocates the result and
launches one program for each block of it; the blocks are arguments, so that a small example has several of them.
"""

from __future__ import annotations

import math

import torch
import triton
import triton.language as tl
from torch import Tensor

from lectures.lm.kernels.launch import INTERPRETED, checked_device

__all__ = [
    "flash_attention", "flash_attention_kernel", "gelu", "gelu_kernel", "long_softmax", "long_softmax_kernel", "matmul",
    "matmul_kernel", "softmax", "softmax_backward_kernel", "softmax_kernel",
]  # fmt: skip


def gelu(x: Tensor, block: int = 1024) -> Tensor:
    """x · Φ(x) of each number, in x's shape and dtype: a program for every `block` numbers."""
    checked(x)
    y = torch.empty_like(x)
    gelu_kernel[(triton.cdiv(x.numel(), block),)](x, y, x.numel(), BLOCK=block)
    return y


@triton.jit
def gelu_kernel(x_ptr, y_ptr, count, BLOCK: tl.constexpr):
    program = tl.program_id(0)
    at = program * BLOCK + tl.arange(0, BLOCK)  # @inspect at
    inside = at < count  # @inspect inside
    x = tl.load(x_ptr + at, mask=inside).to(tl.float32)  # @inspect x
    y = 0.5 * x * (1 + tl.erf(x * 0.7071067811865476))  # 1 / √2 @inspect y
    tl.store(y_ptr + at, y, mask=inside)


def softmax(x: Tensor) -> Tensor:
    """Shares of each row of `x` (row, column), worked out in float32: a program holds a whole row."""
    checked(x)
    rows, columns = x.shape
    y = torch.empty_like(x)
    block = triton.next_power_of_2(columns)
    softmax_kernel[(rows,)](x, y, columns, BLOCK=block, num_warps=max(1, min(32, block // 512)))
    return y


@triton.jit
def softmax_kernel(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < columns
    x = tl.load(x_ptr + row * columns + column, mask=inside, other=-float("inf")).to(tl.float32)  # @inspect x
    powers = tl.exp(x - tl.max(x, 0))  # @inspect powers
    shares = powers / tl.sum(powers, 0)  # @inspect shares
    tl.store(y_ptr + row * columns + column, shares, mask=inside)


def long_softmax(x: Tensor, block: int = 4096) -> Tensor:
    """As `softmax`, for rows that no program can hold: `block` columns at a time, with a running maximum and sum."""
    checked(x)
    y = torch.empty_like(x)
    long_softmax_kernel[(x.shape[0],)](x, y, x.shape[1], BLOCK=block)
    return y


@triton.jit
def long_softmax_kernel(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    largest = -float("inf")
    total = 0.0
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row * columns + column, mask=column < columns, other=-float("inf")).to(tl.float32)
        grown = tl.maximum(largest, tl.max(x, 0))  # @inspect largest grown
        total = total * tl.exp(largest - grown) + tl.sum(tl.exp(x - grown), 0)  # @inspect total
        largest = grown
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row * columns + column, mask=column < columns, other=-float("inf")).to(tl.float32)
        tl.store(y_ptr + row * columns + column, tl.exp(x - largest) / total, mask=column < columns)


@triton.jit
def softmax_backward_kernel(p_ptr, grad_ptr, dx_ptr, columns, BLOCK: tl.constexpr):
    """The gradient of one row from its shares p: p · (grad − Σ p·grad)."""
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < columns
    p = tl.load(p_ptr + row * columns + column, mask=inside, other=0.0).to(tl.float32)
    grad = tl.load(grad_ptr + row * columns + column, mask=inside, other=0.0).to(tl.float32)
    common = tl.sum(p * grad, 0)  # @inspect p grad common
    tl.store(dx_ptr + row * columns + column, p * (grad - common), mask=inside)


def matmul(
    a: Tensor, b: Tensor, block: tuple[int, int, int] = (128, 128, 64), group: int = 1, warps: int = 8, stages: int = 3
) -> Tensor:
    """`a` (m, k) · `b` (k, n) → (m, n) in a's dtype, summed in float32: a program for every tile of the result.

    `block`: rows and columns of a tile, and how much of k is taken at a time. `group` rows of tiles are gone through together.
    On a GPU float32 is multiplied as TF32, with ten bits of fraction.
    """
    checked(a, b)
    (m, k), n = a.shape, b.shape[1]
    block_m, block_n, block_k = block
    c = torch.empty(m, n, device=a.device, dtype=a.dtype)
    matmul_kernel[(triton.cdiv(n, block_n), triton.cdiv(m, block_m))](
        a, b, c, m, n, k, BLOCK_M=block_m, BLOCK_N=block_n, BLOCK_K=block_k, GROUP=group,
        num_warps=warps, num_stages=stages,
    )  # fmt: skip
    return c


@triton.jit
def matmul_kernel(
    a_ptr, b_ptr, c_ptr, m, n, k,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr, GROUP: tl.constexpr,
):  # fmt: skip
    across, down = tl.program_id(0), tl.program_id(1)
    if GROUP > 1:
        down, across = tl.swizzle2d(down, across, tl.num_programs(1), tl.num_programs(0), GROUP)
    row = down * BLOCK_M + tl.arange(0, BLOCK_M)  # @inspect row
    column = across * BLOCK_N + tl.arange(0, BLOCK_N)  # @inspect column
    total = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for start in range(0, k, BLOCK_K):
        inner = start + tl.arange(0, BLOCK_K)
        a_inside = (row[:, None] < m) & (inner[None, :] < k)
        a = tl.load(a_ptr + row[:, None] * k + inner[None, :], mask=a_inside, other=0.0)  # @inspect a
        b_inside = (inner[:, None] < k) & (column[None, :] < n)
        b = tl.load(b_ptr + inner[:, None] * n + column[None, :], mask=b_inside, other=0.0)  # @inspect b
        total = tl.dot(a, b, total)  # @inspect total
    c_inside = (row[:, None] < m) & (column[None, :] < n)
    tl.store(c_ptr + row[:, None] * n + column[None, :], total, mask=c_inside)


def flash_attention(
    q: Tensor, k: Tensor, v: Tensor, is_causal: bool = True, tile: tuple[int, int] = (128, 64), warps: int = 8,
    stages: int = 3,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """What each query reads, in q's shape (head, time, d), and the log-sum-exp of its scores, (head, time) in float32.

    `d` is a power of two, at least 16. `tile`: queries of a program, and keys that it takes at a time. No scores are written.
    """
    checked(q, k, v)
    heads, time, d = q.shape
    rows, columns = tile
    out = torch.empty_like(q)
    log_sum_exp = torch.empty(heads, time, device=q.device, dtype=torch.float32)
    flash_attention_kernel[(triton.cdiv(time, rows), heads)](
        q, k, v, out, log_sum_exp, time, 1 / math.sqrt(d), CAUSAL=is_causal, D=d, ROWS=rows, COLUMNS=columns,
        num_warps=warps, num_stages=stages,
    )  # fmt: skip
    return out, log_sum_exp


@triton.jit
def flash_attention_kernel(
    q_ptr, k_ptr, v_ptr, out_ptr, log_sum_exp_ptr, time, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):  # fmt: skip
    tile, head = tl.program_id(0), tl.program_id(1)
    row = tile * ROWS + tl.arange(0, ROWS)
    channel = tl.arange(0, D)
    q_at = (head * time + row[:, None]) * D + channel[None, :]
    q = tl.load(q_ptr + q_at, mask=row[:, None] < time, other=0.0)
    largest = tl.full([ROWS], -float("inf"), tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    mixed = tl.zeros([ROWS, D], tl.float32)
    end = tl.minimum(time, (tile + 1) * ROWS) if CAUSAL else time  # no query here sees a key beyond
    for start in range(0, end, COLUMNS):
        column = start + tl.arange(0, COLUMNS)
        at = (head * time + column[:, None]) * D + channel[None, :]
        k = tl.load(k_ptr + at, mask=column[:, None] < time, other=0.0)
        scores = tl.dot(q, k.T) * scale
        seen = column[None, :] < time
        if CAUSAL:
            seen = seen & (column[None, :] <= row[:, None])
        scores = tl.where(seen, scores, -float("inf"))  # @inspect scores
        grown = tl.maximum(largest, tl.max(scores, 1))  # @inspect largest grown
        weights = tl.exp(scores - grown[:, None])
        correction = tl.exp(largest - grown)  # @inspect correction
        total = total * correction + tl.sum(weights, 1)  # @inspect total
        v = tl.load(v_ptr + at, mask=column[:, None] < time, other=0.0)
        mixed = mixed * correction[:, None] + tl.dot(weights.to(v.dtype), v)  # @inspect mixed
        largest = grown
    tl.store(out_ptr + q_at, mixed / total[:, None], mask=row[:, None] < time)
    tl.store(log_sum_exp_ptr + head * time + row, largest + tl.log(total), mask=row < time)


def checked(*tensors: Tensor) -> None:
    """Raises ValueError, in a sentence, for tensors that these kernels would read wrongly."""
    checked_device(*tensors)
    for tensor in tensors:
        if not tensor.is_contiguous():
            raise ValueError(
                f"These kernels read rows one after the other: a tensor of shape {tuple(tensor.shape)} with strides "
                f"{tensor.stride()} must be made `contiguous()` first."
            )
    if INTERPRETED and len(tensors) > 1 and tensors[0].dtype == torch.bfloat16:
        raise ValueError(
            "Triton's interpreter multiplies the bits of bfloat16, not its numbers: take float16 or float32."
        )
