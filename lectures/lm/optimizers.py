"""Optimizers: SGD, AdaGrad and AdamW, and the clipping of gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

__all__ = ["SGD", "AdaGrad", "AdamW", "clip_gradients"]

Parameters = Iterable[Tensor] | Iterable[dict[str, Any]]


class SGD(Optimizer):  # type: ignore[misc]
    """θ ← θ − lr·g; with momentum μ, θ ← θ − lr·b where b ← μ·b + g (Polyak, 1964).

    Beside a parameter and its gradient nothing is kept, or with momentum 4 bytes, in float32.
    """

    def __init__(self, params: Parameters, lr: float = 1e-3, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        check(lr=lr, momentum=momentum, weight_decay=weight_decay)
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        loss = evaluated(closure)
        for group in self.param_groups:
            for parameter in with_gradients(group):
                gradient = parameter.grad
                if group["weight_decay"]:
                    gradient = gradient + group["weight_decay"] * parameter
                if group["momentum"]:
                    state = self.state[parameter]
                    if "velocity" not in state:
                        state["velocity"] = gradient.clone()
                    else:
                        state["velocity"].mul_(group["momentum"]).add_(gradient)
                    gradient = state["velocity"]
                parameter.add_(gradient, alpha=-group["lr"])
        return loss


class AdaGrad(Optimizer):  # type: ignore[misc]
    """θ ← θ − lr·g / (√(Σ g²) + eps): small steps where gradients have been large (Duchi et al., 2011).

    4 bytes a parameter more, in float32.
    """

    def __init__(self, params: Parameters, lr: float = 1e-2, eps: float = 1e-10, weight_decay: float = 0.0) -> None:
        check(lr=lr, eps=eps, weight_decay=weight_decay)
        super().__init__(params, {"lr": lr, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        loss = evaluated(closure)
        for group in self.param_groups:
            for parameter in with_gradients(group):
                gradient = parameter.grad
                if group["weight_decay"]:
                    gradient = gradient + group["weight_decay"] * parameter
                state = self.state[parameter]
                if "sum_of_squares" not in state:
                    state["sum_of_squares"] = torch.zeros_like(parameter)
                total = state["sum_of_squares"]
                total.addcmul_(gradient, gradient)
                parameter.addcdiv_(gradient, total.sqrt().add_(group["eps"]), value=-group["lr"])
        return loss


class AdamW(Optimizer):  # type: ignore[misc]
    """Adam with weight decay of its own (Kingma and Ba, 2014, arXiv 1412.6980; Loshchilov and Hutter, 2017, arXiv 1711.05101).

    m and v are running means of g and g², freed from their start at 0; θ ← θ − lr·decay·θ − lr·m̂ / (√v̂ + eps). 8 bytes a
    parameter more, in float32.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        check(lr=lr, eps=eps, weight_decay=weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas must be at least 0 and below 1, not {betas}.")
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        loss = evaluated(closure)
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for parameter in with_gradients(group):
                gradient, state = parameter.grad, self.state[parameter]
                if not state:
                    state.update(step=0, m=torch.zeros_like(parameter), v=torch.zeros_like(parameter))
                state["step"] += 1
                m, v, step = state["m"], state["v"], state["step"]
                m.lerp_(gradient, 1 - beta1)  # @inspect gradient m
                v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)  # @inspect v
                parameter.mul_(1 - lr * group["weight_decay"])
                # The corrections for the start at 0 are two numbers: they go into the rate and the root, not over the tensors.
                root = v.sqrt().div_(math.sqrt(1 - beta2**step)).add_(group["eps"])
                parameter.addcdiv_(m, root, value=-lr / (1 - beta1**step))  # @inspect parameter
        return loss


def clip_gradients(parameters: Iterable[Tensor], max_l2_norm: float) -> Tensor:
    """Scale all gradients, in place, so that their common l2 norm is at most `max_l2_norm`; returns the norm there was."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return torch.tensor(0.0)
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients]))
    scale = (max_l2_norm / (norm + 1e-6)).clamp(max=1.0)  # on the device: nothing waits for the norm
    for gradient in gradients:
        gradient.mul_(scale)
    return norm


def with_gradients(group: dict[str, Any]) -> list[Tensor]:
    return [parameter for parameter in group["params"] if parameter.grad is not None]


def evaluated(closure: Callable[[], Tensor] | None) -> Tensor | None:
    if closure is None:
        return None
    with torch.enable_grad():
        return closure()


def check(**settings: float) -> None:
    for name, value in settings.items():
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, as {value} is.")
