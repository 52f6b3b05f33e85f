"""GELU in Triton: one read and one write of every number, where torch's five operations make ten and more of each."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from lectures.lm.kernels.launch import checked_device

__all__ = ["gelu"]

BLOCK = 2048
"""Numbers that one program makes."""


def gelu(x: Tensor) -> Tensor:
    """x · Φ(x), element by element, in x's shape and dtype; worked out in float32 (arXiv 1606.08415)."""
    result: Tensor = Gelu.apply(x)
    return result


class Gelu(torch.autograd.Function):  # type: ignore[misc]
    """Keeps x alone: its gradient is grad · (Φ(x) + x·φ(x)), φ the normal density."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        checked_device(x)
        x = x.contiguous()
        ctx.save_for_backward(x)
        y = torch.empty_like(x)
        gelu_kernel[(triton.cdiv(x.numel(), BLOCK),)](x, y, x.numel(), BLOCK=BLOCK)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        dx = torch.empty_like(x)
        gelu_backward_kernel[(triton.cdiv(x.numel(), BLOCK),)](x, grad.contiguous(), dx, x.numel(), BLOCK=BLOCK)
        return dx


@triton.jit
def gelu_kernel(x_ptr, y_ptr, count, BLOCK: tl.constexpr):
    """BLOCK numbers, of which those beyond `count` are left alone."""
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < count
    x = tl.load(x_ptr + at, mask=inside).to(tl.float32)
    y = 0.5 * x * (1 + tl.erf(x * 0.7071067811865476))  # 1 / √2
    tl.store(y_ptr + at, y, mask=inside)


@triton.jit
def gelu_backward_kernel(x_ptr, grad_ptr, dx_ptr, count, BLOCK: tl.constexpr):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < count
    x = tl.load(x_ptr + at, mask=inside).to(tl.float32)
    grad = tl.load(grad_ptr + at, mask=inside).to(tl.float32)
    below = 0.5 * (1 + tl.erf(x * 0.7071067811865476))
    density = 0.3989422804014327 * tl.exp(-0.5 * x * x)  # 1 / √2π
    tl.store(dx_ptr + at, grad * (below + x * density), mask=inside)
