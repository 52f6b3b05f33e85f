"""Softmax in Triton, over the last dimension: a row is read once and written once.

A row that fits is held whole by one program. A longer one is gone through in blocks, with a running maximum and a running sum
(Milakov and Gimelshein, 2018, arXiv 1805.02867), and read a second time to be written.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from lectures.lm.kernels.launch import checked_device

__all__ = ["softmax"]

LONGEST = 32_768
"""Columns of the longest row that one program holds in its registers."""

BLOCK = 8_192
"""Columns that are looked at together in a longer row."""


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Shares that sum to 1 along `dim`, in x's shape and dtype; worked out in float32. A row of −∞ alone is NaN."""
    if dim in (-1, x.ndim - 1):
        result: Tensor = Softmax.apply(x)
        return result
    return softmax(x.transpose(dim, -1)).transpose(dim, -1)


class Softmax(torch.autograd.Function):  # type: ignore[misc]
    """Keeps the shares p: the gradient is p · (grad − Σ p·grad)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        checked_device(x)
        x = x.contiguous()
        shares = torch.empty_like(x)
        if x.numel():
            columns = x.shape[-1]
            kernel, options = (softmax_kernel, held(columns)) if columns <= LONGEST else (long_softmax_kernel, LONG)
            kernel[(x.numel() // columns,)](x, shares, columns, **options)
        ctx.save_for_backward(shares)
        return shares

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (shares,) = ctx.saved_tensors
        dx = torch.empty_like(shares)
        if dx.numel():
            columns = dx.shape[-1]
            softmax_backward_kernel[(dx.numel() // columns,)](
                shares, grad.contiguous(), dx, columns, BLOCK=min(BLOCK, triton.next_power_of_2(columns)), num_warps=8
            )
        return dx


def held(columns: int) -> dict[str, int]:
    """Block and warps for a row that one program holds: 32 numbers a thread at most."""
    block = triton.next_power_of_2(columns)
    return {"BLOCK": block, "num_warps": max(1, min(32, block // 512))}


LONG = {"BLOCK": BLOCK, "num_warps": 16}


@triton.jit
def softmax_kernel(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    """One row, held whole."""
    row = tl.program_id(0).to(tl.int64) * columns
    column = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row + column, mask=column < columns, other=-float("inf")).to(tl.float32)
    powers = tl.exp(x - tl.max(x, 0))
    tl.store(y_ptr + row + column, powers / tl.sum(powers, 0), mask=column < columns)


@triton.jit
def long_softmax_kernel(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    """One row, block by block: once for its maximum and its sum, once to write."""
    row = tl.program_id(0).to(tl.int64) * columns
    largest = -float("inf")
    total = 0.0
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row + column, mask=column < columns, other=-float("inf")).to(tl.float32)
        grown = tl.maximum(largest, tl.max(x, 0))
        safe = tl.where(grown == -float("inf"), 0.0, grown)  # nothing but −∞ so far: e^(−∞ − −∞) is no number
        total = total * tl.exp(largest - safe) + tl.sum(tl.exp(x - safe), 0)
        largest = grown
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row + column, mask=column < columns, other=-float("inf")).to(tl.float32)
        tl.store(y_ptr + row + column, tl.exp(x - largest) / total, mask=column < columns)


@triton.jit
def softmax_backward_kernel(p_ptr, grad_ptr, dx_ptr, columns, BLOCK: tl.constexpr):
    """One row, block by block: once for Σ p·grad, once to write."""
    row = tl.program_id(0).to(tl.int64) * columns
    common = 0.0
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        inside = column < columns
        p = tl.load(p_ptr + row + column, mask=inside, other=0.0).to(tl.float32)
        grad = tl.load(grad_ptr + row + column, mask=inside, other=0.0).to(tl.float32)
        common += tl.sum(p * grad, 0)
    for start in range(0, columns, BLOCK):
        column = start + tl.arange(0, BLOCK)
        inside = column < columns
        p = tl.load(p_ptr + row + column, mask=inside, other=0.0).to(tl.float32)
        grad = tl.load(grad_ptr + row + column, mask=inside, other=0.0).to(tl.float32)
        tl.store(dx_ptr + row + column, p * (grad - common), mask=inside)
