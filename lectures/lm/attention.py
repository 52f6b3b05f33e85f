"""Causal self-attention with several heads, with rotary positions or without, and the cache that makes decoding cheap."""

from __future__ import annotations

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn

from lectures.lm.functional import causal_mask, scaled_dot_product_attention
from lectures.lm.layers import Dtype, Linear, Place, RotaryPositionalEmbedding

__all__ = ["CausalMultiHeadSelfAttention", "KVCache", "alibi_slopes"]

Hidden = Float[Tensor, "... time d_model"]
Heads = Float[Tensor, "... head time d_k"]
Positions = Int[Tensor, "... time"]
Slopes = Float[Tensor, "head"]


class KVCache:
    """The keys and values of one layer for what has been read so far: (batch, kv_head, time, d_k) each.

    Room for `capacity` positions is taken at once, when the first arrive, so that a step of decoding copies nothing old.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.length = 0
        self._keys: Tensor | None = None
        self._values: Tensor | None = None

    def append(self, keys: Heads, values: Heads) -> tuple[Heads, Heads]:
        """Add those of new positions; returns all there are now. Raises ValueError when there is no room."""
        end = self.length + keys.shape[-2]
        if end > self.capacity:
            raise ValueError(f"The cache has room for {self.capacity} positions, not for {end}.")
        if self._keys is None or self._values is None:
            room = (*keys.shape[:-2], self.capacity, keys.shape[-1])
            self._keys, self._values = keys.new_empty(room), values.new_empty(room)
        self._keys[..., self.length : end, :] = keys
        self._values[..., self.length : end, :] = values
        self.length = end
        return self._keys[..., :end, :], self._values[..., :end, :]


class CausalMultiHeadSelfAttention(nn.Module):  # type: ignore[misc]
    """Every position reads from itself and those before it, once for each head (Vaswani et al., 2017, arXiv 1706.03762).

    `num_kv_heads`: fewer keys and values than queries, each shared by a group of heads (Ainslie et al., 2023, arXiv
    2305.13245). `rope` turns queries and keys by their positions. `alibi` instead takes from each score in proportion to the
    distance (Press et al., 2021, arXiv 2108.12409).
    """

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        rope: RotaryPositionalEmbedding | None = None,
        num_kv_heads: int | None = None,
        bias: bool = False,
        alibi: bool = False,
        *,
        device: Place = None,
        dtype: Dtype = None,
    ) -> None:
        super().__init__()
        num_kv_heads = num_kv_heads or num_heads
        if d_model % num_heads:
            raise ValueError(f"d_model = {d_model} cannot be split among {num_heads} heads.")
        if num_heads % num_kv_heads:
            raise ValueError(f"{num_heads} heads cannot share {num_kv_heads} heads of keys and values evenly.")
        self.num_heads, self.num_kv_heads, self.rope, self.alibi = num_heads, num_kv_heads, rope, alibi
        d_kv = d_model // num_heads * num_kv_heads
        self.q_proj = Linear(d_model, d_model, bias, device=device, dtype=dtype)
        self.k_proj = Linear(d_model, d_kv, bias, device=device, dtype=dtype)
        self.v_proj = Linear(d_model, d_kv, bias, device=device, dtype=dtype)
        self.output_proj = Linear(d_model, d_model, bias, device=device, dtype=dtype)

    def forward(self, x: Hidden, token_positions: Positions | None = None, cache: KVCache | None = None) -> Hidden:
        """`x` (…, time, d_model) → the same shape. `token_positions` (…, time) are for `rope`; left out: those that follow.

        With a `cache`, `x` is what is new, and reads from all that came before as well.
        """
        past = cache.length if cache else 0
        q = rearrange(self.q_proj(x), "... time (head d_k) -> ... head time d_k", head=self.num_heads)
        k = rearrange(self.k_proj(x), "... time (head d_k) -> ... head time d_k", head=self.num_kv_heads)
        v = rearrange(self.v_proj(x), "... time (head d_k) -> ... head time d_k", head=self.num_kv_heads)
        if self.rope is not None:
            if token_positions is None and past:
                token_positions = torch.arange(past, past + x.shape[-2], device=x.device)
            q, k = self.rope(q, token_positions), self.rope(k, token_positions)
        if cache is not None:
            k, v = cache.append(k, v)
        mixed = rearrange(self.attend(q, k, v), "... head time d_k -> ... time (head d_k)")
        return self.output_proj(mixed)

    def attend(self, q: Heads, k: Heads, v: Heads) -> Heads:
        """Causal attention of the last positions, `q` (…, head, time, d_k), to all, `k` and `v` (…, kv_head, time, d_k)."""
        group = self.num_heads // self.num_kv_heads
        if group > 1:
            k, v = (x.repeat_interleave(group, dim=-3) for x in (k, v))
        mask = causal_mask(q.shape[-2], k.shape[-2], q.device)
        if not self.alibi:
            return scaled_dot_product_attention(q, k, v, mask)
        return scaled_dot_product_attention(q, k, v, mask, bias=self._distances(q, k))

    def _distances(self, q: Heads, k: Heads) -> Tensor:
        """What ALiBi adds to the scores: (head, query, key)."""
        keys = torch.arange(k.shape[-2], device=q.device)
        behind = keys - keys[k.shape[-2] - q.shape[-2] :, None]  # 0 for oneself, −1 for the position before …
        return (alibi_slopes(self.num_heads, q.device)[:, None, None] * behind).to(q.dtype)


def alibi_slopes(num_heads: int, device: Place = None) -> Slopes:
    """What ALiBi takes from a score for each position of distance, by head: from 2^(−8/n) to 2^(−8), evenly in the exponent."""
    return 2.0 ** (-8.0 * torch.arange(1, num_heads + 1, device=device) / num_heads)
