"""A linear layer whose three products, one forward and two backward, are those of `matmul`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lectures.lm.kernels.launch import in_autocast
from lectures.lm.kernels.matmul import matmul

__all__ = ["linear"]


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ (+ b): `x` (…, in), `weight` (out, in), `bias` (out,) → (…, out), in x's dtype, or autocast's within it."""
    x, weight = in_autocast(x, weight)
    y: Tensor = LinearFunction.apply(x, weight)
    return y if bias is None else y + bias.to(y.dtype)


class LinearFunction(torch.autograd.Function):  # type: ignore[misc]
    """y = x Wᵀ, so dx = dy W and dW = dyᵀ x."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return matmul(x.flatten(0, -2), weight.T, x.dtype).unflatten(0, x.shape[:-1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        flat = grad.flatten(0, -2)
        wants_x, wants_weight = ctx.needs_input_grad
        dx = matmul(flat, weight, x.dtype).unflatten(0, x.shape[:-1]) if wants_x else None
        dweight = matmul(flat.T, x.flatten(0, -2), weight.dtype) if wants_weight else None
        return dx, dweight
