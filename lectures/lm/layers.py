"""Layers with parameters: linear maps, embeddings, norms, feed-forward networks, rotary positions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from lectures.lm.functional import gelu, silu

__all__ = [
    "Embedding",
    "FeedForward",
    "LayerNorm",
    "Linear",
    "RMSNorm",
    "RotaryPositionalEmbedding",
    "SwiGLU",
    "truncated_normal",
]

Inputs = Float[Tensor, "... d_in"]
Outputs = Float[Tensor, "... d_out"]
Hidden = Float[Tensor, "... d_model"]
TokenIds = Int[Tensor, "..."]
Heads = Float[Tensor, "... time d_k"]
Positions = Int[Tensor, "... time"]

Dtype: TypeAlias = torch.dtype | None
Place: TypeAlias = torch.device | str | None


class Linear(nn.Module):  # type: ignore[misc]
    """y = x Wᵀ (+ b). `weight` is (out_features, in_features), so that a row holds what one output reads."""

    def __init__(
        self, in_features: int, out_features: int, bias: bool = False, *, device: Place = None, dtype: Dtype = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features, device=device, dtype=dtype))
        self.bias = nn.Parameter(torch.zeros(out_features, device=device, dtype=dtype)) if bias else None
        # Glorot and Bengio, 2010: keeps the size of signals through the layer, forward and backward alike.
        truncated_normal(self.weight, std=math.sqrt(2 / (in_features + out_features)))

    def forward(self, x: Inputs) -> Outputs:
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias.to(y.dtype)  # autocast makes y narrow: so it stays


class Embedding(nn.Module):  # type: ignore[misc]
    """A row of `weight` (num_embeddings, embedding_dim) for each id."""

    def __init__(self, num_embeddings: int, embedding_dim: int, *, device: Place = None, dtype: Dtype = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_embeddings, embedding_dim, device=device, dtype=dtype))
        truncated_normal(self.weight, std=1.0)

    def forward(self, token_ids: TokenIds) -> Hidden:
        return self.weight[token_ids]


class RMSNorm(nn.Module):  # type: ignore[misc]
    """x / √(mean(x²) + eps) · weight, over the last dimension (Zhang and Sennrich, 2019, arXiv 1910.07467).

    In float32 or wider: the squares of a bfloat16 have no figures to spare.
    """

    def __init__(self, d_model: int, eps: float = 1e-5, *, device: Place = None, dtype: Dtype = None) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model, device=device, dtype=dtype))

    def forward(self, x: Hidden) -> Hidden:
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        rms = torch.sqrt(wide.square().mean(dim=-1, keepdim=True) + self.eps)
        return (wide / rms * self.weight).to(x.dtype)


class LayerNorm(nn.Module):  # type: ignore[misc]
    """(x − mean) / √(variance + eps) · weight + bias, over the last dimension (Ba et al., 2016, arXiv 1607.06450)."""

    def __init__(self, d_model: int, eps: float = 1e-5, *, device: Place = None, dtype: Dtype = None) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model, device=device, dtype=dtype))
        self.bias = nn.Parameter(torch.zeros(d_model, device=device, dtype=dtype))

    def forward(self, x: Hidden) -> Hidden:
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        centred = wide - wide.mean(dim=-1, keepdim=True)
        deviation = torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + self.eps)
        return (centred / deviation * self.weight + self.bias).to(x.dtype)


class SwiGLU(nn.Module):  # type: ignore[misc]
    """W2 (silu(W1 x) · W3 x): W3 x passes where the gate W1 x lets it (Shazeer, 2020, arXiv 2002.05202)."""

    def __init__(self, d_model: int, d_ff: int, *, device: Place = None, dtype: Dtype = None) -> None:
        super().__init__()
        self.w1 = Linear(d_model, d_ff, device=device, dtype=dtype)
        self.w2 = Linear(d_ff, d_model, device=device, dtype=dtype)
        self.w3 = Linear(d_model, d_ff, device=device, dtype=dtype)

    def forward(self, x: Hidden) -> Hidden:
        gate = silu(self.w1(x))
        return self.w2(gate * self.w3(x))


class FeedForward(nn.Module):  # type: ignore[misc]
    """W2 f(W1 x), the plain feed-forward network of the first transformers; `activation` is f."""

    def __init__(
        self,
        d_model: int,
        d_ff: int,
        activation: Callable[[Tensor], Tensor] = gelu,
        bias: bool = False,
        *,
        device: Place = None,
        dtype: Dtype = None,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.w1 = Linear(d_model, d_ff, bias, device=device, dtype=dtype)
        self.w2 = Linear(d_ff, d_model, bias, device=device, dtype=dtype)

    def forward(self, x: Hidden) -> Hidden:
        return self.w2(self.activation(self.w1(x)))


class RotaryPositionalEmbedding(nn.Module):  # type: ignore[misc]
    """Turns the pairs (x₀, x₁), (x₂, x₃), … of a vector at position p by the angles p·theta^(−2i/d_k).

    (Su et al., 2021, arXiv 2104.09864.) The product of two turned vectors depends on how far apart they stand, not on where.
    """

    cos: Tensor
    sin: Tensor

    def __init__(self, theta: float, d_k: int, max_seq_len: int, *, device: Place = None, dtype: Dtype = None) -> None:
        super().__init__()
        if d_k % 2:
            raise ValueError(f"Pairs are turned, so d_k must be even, not {d_k}.")
        self.theta, self.d_k, self.max_seq_len = theta, d_k, max_seq_len
        cos, sin = self._table(device or torch.get_default_device(), dtype or torch.get_default_dtype())
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Heads, token_positions: Positions | None = None) -> Heads:
        """`x` (…, time, d_k), with any leading dimensions; `token_positions` (…, time), with the first of these or none.

        Positions are below `max_seq_len`; left out, they are 0, 1, 2, …
        """
        if token_positions is None:
            cos, sin = self.cos[: x.shape[-2]], self.sin[: x.shape[-2]]
        else:
            cos, sin = self.cos[token_positions], self.sin[token_positions]
            shared = (1,) * (x.ndim - cos.ndim)  # such as heads, which have the same positions
            cos = cos.reshape(*cos.shape[:-2], *shared, *cos.shape[-2:])
            sin = sin.reshape(*sin.shape[:-2], *shared, *sin.shape[-2:])
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        first, second = wide[..., 0::2], wide[..., 1::2]
        turned = torch.stack((first * cos - second * sin, first * sin + second * cos), dim=-1)
        return turned.flatten(-2).to(x.dtype)

    def _table(self, device: torch.device | str, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Cosine and sine of every angle, (max_seq_len, d_k / 2) each, in float32 or wider; worked out in float64."""
        pairs = torch.arange(0, self.d_k, 2, device="cpu", dtype=torch.float64)
        positions = torch.arange(self.max_seq_len, device="cpu", dtype=torch.float64)
        angles = positions[:, None] * self.theta ** (-pairs / self.d_k)
        wide = torch.promote_types(dtype, torch.float32)
        return angles.cos().to(device, wide), angles.sin().to(device, wide)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """`.to(…)` and its like: the table goes along, but is never rounded, since a large angle would be another one."""
        super()._apply(fn, recurse)
        self.cos, self.sin = self._table(self.cos.device, self.cos.dtype)
        return self


def truncated_normal(weight: Tensor, std: float) -> None:
    """Fill with normal random numbers, those beyond three standard deviations drawn again."""
    nn.init.trunc_normal_(weight, mean=0.0, std=std, a=-3 * std, b=3 * std)
