"""The functions of a transformer that hold no parameters: softmax, activations, attention, the loss."""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = [
    "bits_per_byte",
    "causal_mask",
    "cross_entropy",
    "gelu",
    "perplexity",
    "scaled_dot_product_attention",
    "silu",
    "softmax",
]

Numbers = Float[Tensor, "..."]
Queries = Float[Tensor, "... query d_k"]
Keys = Float[Tensor, "... key d_k"]
Values = Float[Tensor, "... key d_v"]
Mixed = Float[Tensor, "... query d_v"]
Scores = Float[Tensor, "... query key"]
Mask = Bool[Tensor, "... query key"]
Logits = Float[Tensor, "... vocab"]
Targets = Int[Tensor, "..."]
Scalar = Float[Tensor, ""]


def softmax(x: Numbers, dim: int) -> Numbers:
    """Shares that sum to 1 along `dim`, in proportion to e^x; the shape stays.

    Subtracting the largest number first changes no share, and keeps e^x from overflowing.
    """
    shifted = x - x.amax(dim=dim, keepdim=True)
    powers = torch.exp(shifted)
    return powers / powers.sum(dim=dim, keepdim=True)


def silu(x: Numbers) -> Numbers:
    """x · σ(x), element by element (Elfwing et al., 2017, arXiv 1702.03118)."""
    return x * torch.sigmoid(x)


def gelu(x: Numbers) -> Numbers:
    """x · Φ(x), element by element, Φ the normal distribution (Hendrycks and Gimpel, 2016, arXiv 1606.08415)."""
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def causal_mask(queries: int, keys: int, device: torch.device | str | None = None) -> Mask:
    """True where a query may look: at itself and what came before. The last query stands at the last key."""
    query = torch.arange(keys - queries, keys, device=device)[:, None]
    return query >= torch.arange(keys, device=device)


def scaled_dot_product_attention(
    q: Queries, k: Keys, v: Values, mask: Mask | None = None, bias: Scores | None = None
) -> Mixed:
    """Mix the values, for each query in proportion to e^(q·k / √d_k) (Vaswani et al., 2017, arXiv 1706.03762).

    `q` (…, query, d_k), `k` (…, key, d_k), `v` (…, key, d_v), with leading dimensions that broadcast → (…, query, d_v).
    `mask` is True where a query may look; one that may look nowhere has no answer: NaN. `bias` is added to the scores.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = softmax(scores, dim=-1)
    return weights @ v


def cross_entropy(logits: Logits, targets: Targets) -> Scalar:
    """The mean of −log p(target), in nats, over all leading dimensions: `logits` (…, vocab), `targets` (…).

    In float32 or wider whatever the logits are in, since a sum over a large vocabulary needs the mantissa.
    """
    if targets.shape != logits.shape[:-1]:
        raise ValueError(f"Logits of shape {tuple(logits.shape)} want targets of shape {tuple(logits.shape[:-1])}, "
                         f"not {tuple(targets.shape)}.")  # fmt: skip
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    shifted = logits - logits.amax(dim=-1, keepdim=True)
    chosen = shifted.gather(-1, targets[..., None]).squeeze(-1)
    return (torch.log(torch.exp(shifted).sum(dim=-1)) - chosen).mean()


def perplexity(loss: float) -> float:
    """e to the mean loss in nats: among how many equally likely tokens the model hesitates."""
    return math.exp(loss)


def bits_per_byte(loss_nats_per_token: float, bytes_per_token: float) -> float:
    """A mean loss in nats per token as bits per byte: ÷ ln 2 makes bits of nats, ÷ bytes per token spreads them."""
    bits_per_token = loss_nats_per_token / math.log(2)
    return bits_per_token / bytes_per_token
