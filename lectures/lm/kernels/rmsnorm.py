"""RMSNorm in Triton, forward and backward, over the last dimension (Zhang and Sennrich, 2019, arXiv 1910.07467)."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from lectures.lm.kernels.launch import checked_device, processors

__all__ = ["rmsnorm"]

WIDEST = 65_536
"""Numbers of the widest vector that one program holds in its registers."""


def rmsnorm(x: Tensor, weight: Tensor, eps: float = 1e-5) -> Tensor:
    """x / √(mean(x²) + eps) · weight: `x` (…, d), `weight` (d,) → (…, d) in x's dtype; worked out in float32."""
    if weight.shape != x.shape[-1:]:
        raise ValueError(f"The weight of x {tuple(x.shape)} must be {tuple(x.shape[-1:])}, not {tuple(weight.shape)}.")
    if x.shape[-1] > WIDEST:
        raise ValueError(f"A vector of {x.shape[-1]:,} numbers does not fit into one program: {WIDEST:,} at most.")
    result: Tensor = RMSNormFunction.apply(x, weight, eps)
    return result


class RMSNormFunction(torch.autograd.Function):  # type: ignore[misc]
    """Keeps x, the weight and one number a row, r = 1 / √(mean(x²) + eps).

    With g = grad · weight and n = x·r: dx = r · (g − n · mean(g·n)); the weight's gradient is Σ grad·n over all rows, of which
    each program sums a share.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        checked_device(x, weight)
        flat, weight = x.reshape(-1, x.shape[-1]).contiguous(), weight.contiguous()
        rows, d = flat.shape
        y = torch.empty_like(flat)
        scales = torch.empty(rows, device=x.device, dtype=torch.float32)
        if rows:
            rmsnorm_kernel[(rows,)](flat, weight, y, scales, d, eps, **held(d))
        ctx.save_for_backward(flat, weight, scales)
        return y.reshape(x.shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight, scales = ctx.saved_tensors
        rows, d = x.shape
        dx = torch.empty_like(x)
        programs = min(rows, 4 * processors(x.device))
        shares = torch.empty(programs, d, device=x.device, dtype=torch.float32)
        if rows:
            rmsnorm_backward_kernel[(programs,)](
                x, weight, scales, grad.reshape(x.shape).contiguous(), dx, shares, rows, d, **held(d)
            )
        return dx.reshape(grad.shape), shares.sum(dim=0).to(weight.dtype), None


def held(d: int) -> dict[str, int]:
    """Block and warps for a vector of `d` numbers that one program holds."""
    block = triton.next_power_of_2(d)
    return {"BLOCK": block, "num_warps": max(1, min(16, block // 512))}


@triton.jit
def rmsnorm_kernel(x_ptr, weight_ptr, y_ptr, scale_ptr, d, eps, BLOCK: tl.constexpr):
    """One row."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, BLOCK)
    inside = column < d
    x = tl.load(x_ptr + row * d + column, mask=inside, other=0.0).to(tl.float32)
    weight = tl.load(weight_ptr + column, mask=inside, other=0.0).to(tl.float32)
    scale = 1 / tl.sqrt(tl.sum(x * x, 0) / d + eps)
    tl.store(y_ptr + row * d + column, x * scale * weight, mask=inside)
    tl.store(scale_ptr + row, scale)


@triton.jit
def rmsnorm_backward_kernel(
    x_ptr, weight_ptr, scale_ptr, grad_ptr, dx_ptr, share_ptr, rows, d, BLOCK: tl.constexpr
):  # fmt: skip
    """Every so-many-th row, and what these give to the gradient of the weight."""
    program = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < d
    weight = tl.load(weight_ptr + column, mask=inside, other=0.0).to(tl.float32)
    share = tl.zeros([BLOCK], tl.float32)
    at = program.to(tl.int64) * d + column
    for row in range(program, rows, tl.num_programs(0)):
        x = tl.load(x_ptr + at, mask=inside, other=0.0).to(tl.float32)
        grad = tl.load(grad_ptr + at, mask=inside, other=0.0).to(tl.float32)
        scale = tl.load(scale_ptr + row)
        normed = x * scale
        share += grad * normed
        back = grad * weight
        tl.store(dx_ptr + at, scale * (back - normed * (tl.sum(back * normed, 0) / d)), mask=inside)
        at += tl.num_programs(0).to(tl.int64) * d
    tl.store(share_ptr + program * d + column, share, mask=inside)
