"""Which parts of a model are computed by kernels: `TransformerLM(…, kernels="all")`, or `use_kernels` on one that is there.

A module keeps its parameters and its name; what changes is its class, to one that computes the same by other means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from lectures.lm import functional, layers
from lectures.lm.attention import CausalMultiHeadSelfAttention
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.gelu import gelu
from lectures.lm.kernels.launch import in_autocast
from lectures.lm.kernels.linear import linear
from lectures.lm.kernels.rmsnorm import rmsnorm
from lectures.lm.kernels.softmax import softmax

__all__ = ["KERNELS", "chosen", "use_kernels"]

KERNELS = {
    "attention": "FlashAttention, forward and backward",
    "softmax": "the softmax of attention that is not FlashAttention: with ALiBi, or without `attention`",
    "norm": "RMSNorm, forward and backward",
    "activation": "GELU, forward and backward",
    "linear": "the matrix products of every linear layer",
    "loss": "cross-entropy that leaves the gradient where the logits were; for whoever computes the loss",
}
"""What a kernel can be asked for by name."""


def use_kernels(model: nn.Module, kernels: str | Iterable[str] = "all") -> nn.Module:
    """Have the named parts of `model` computed by kernels, in place. Raises ValueError for a name that there is not."""
    names = chosen(kernels)
    for module in model.modules():
        for name, plain, fused in SWAPS:
            if name in names and type(module) is plain:
                module.__class__ = fused
        if "activation" in names and isinstance(module, layers.FeedForward) and module.activation is functional.gelu:
            module.activation = gelu
    return model


def chosen(kernels: str | Iterable[str]) -> frozenset[str]:
    """The names in `kernels`, which is "all", one name, or several."""
    names = frozenset(KERNELS if kernels == "all" else [kernels] if isinstance(kernels, str) else kernels)
    for name in sorted(names - KERNELS.keys()):
        raise ValueError(f"There is no kernel called {name!r}: there are {', '.join(KERNELS)}, and all.")
    return names


class KernelLinear(layers.Linear):
    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight, self.bias)


class KernelRMSNorm(layers.RMSNorm):
    def forward(self, x: Tensor) -> Tensor:
        return rmsnorm(x, self.weight, self.eps)


class SoftmaxAttention(CausalMultiHeadSelfAttention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        group = self.num_heads // self.num_kv_heads
        k, v = (x.repeat_interleave(group, dim=-3) for x in (k, v))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if self.alibi:
            scores = scores + self._distances(q, k)
        mask = functional.causal_mask(q.shape[-2], k.shape[-2], q.device)
        return softmax(scores.masked_fill(~mask, -math.inf)) @ v


class FlashHeads(CausalMultiHeadSelfAttention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.alibi:  # adds to the scores, which FlashAttention does not show
            return super().attend(q, k, v)
        q, k, v = in_autocast(q, k, v)
        return flash(q, k, v.to(q.dtype))


class FlashOrSoftmaxHeads(FlashHeads, SoftmaxAttention):
    """FlashAttention, and with ALiBi the next best."""


@torch.compiler.disable  # its tiles are described on the host, which the compiler cannot follow
def flash(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    attended: Tensor = FlashAttention.apply(q, k, v, True)
    return attended


SWAPS = (
    ("linear", layers.Linear, KernelLinear),
    ("norm", layers.RMSNorm, KernelRMSNorm),
    ("attention", CausalMultiHeadSelfAttention, FlashHeads),
    ("softmax", CausalMultiHeadSelfAttention, SoftmaxAttention),
    ("softmax", FlashHeads, FlashOrSoftmaxHeads),
)
"""Name, the class that is replaced, and by which. In this order: attention may become two things one after the other."""
