"""The language model: transformer blocks between an embedding and a projection onto the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from lectures.lm.attention import CausalMultiHeadSelfAttention, KVCache
from lectures.lm.functional import gelu, silu
from lectures.lm.layers import (
    Dtype,
    Embedding,
    FeedForward,
    LayerNorm,
    Linear,
    Place,
    RMSNorm,
    RotaryPositionalEmbedding,
    SwiGLU,
    truncated_normal,
)

__all__ = ["TransformerBlock", "TransformerLM", "count_parameters"]

Hidden = Float[Tensor, "... time d_model"]
TokenIds = Int[Tensor, "... time"]
Logits = Float[Tensor, "... time vocab"]

Norm = Literal["rms", "layer", "none"]
Order = Literal["pre", "post"]
FFN = Literal["swiglu", "gelu", "silu"]
Positions = Literal["rope", "learned", "alibi", "none"]


class TransformerBlock(nn.Module):  # type: ignore[misc]
    """Attention, then a feed-forward network, each added to what comes in: x + f(norm(x)) (Xiong et al., 2020, arXiv 2002.04745).

    `order="post"` is the first transformers' norm(x + f(x)).
    """

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        d_ff: int,
        rope: RotaryPositionalEmbedding | None = None,
        *,
        num_kv_heads: int | None = None,
        norm: Norm = "rms",
        order: Order = "pre",
        ffn: FFN = "swiglu",
        bias: bool = False,
        alibi: bool = False,
        eps: float = 1e-5,
        device: Place = None,
        dtype: Dtype = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype}
        self.order = order
        self.ln1 = make_norm(norm, d_model, eps, **place)
        self.attn = CausalMultiHeadSelfAttention(d_model, num_heads, rope, num_kv_heads, bias, alibi, **place)
        self.ln2 = make_norm(norm, d_model, eps, **place)
        self.ffn: nn.Module
        if ffn == "swiglu":
            self.ffn = SwiGLU(d_model, d_ff, **place)
        else:
            self.ffn = FeedForward(d_model, d_ff, {"gelu": gelu, "silu": silu}[ffn], bias, **place)

    def forward(self, x: Hidden, token_positions: Tensor | None = None, cache: KVCache | None = None) -> Hidden:
        """`x` (…, time, d_model) → the same shape; `token_positions` and `cache` as attention has them."""
        if self.order == "post":
            x = self.ln1(x + self.attn(x, token_positions, cache))
            return self.ln2(x + self.ffn(x))
        x = x + self.attn(self.ln1(x), token_positions, cache)
        return x + self.ffn(self.ln2(x))


class TransformerLM(nn.Module):  # type: ignore[misc]
    """Token ids (…, time) → logits of the token that follows each, (…, time, vocab_size).

    As it stands it is Llama's architecture (Touvron et al., 2023, arXiv 2302.13971); the options lead back to GPT-2 (Radford et
    al., 2019): `norm="layer"`, `ffn="gelu"`, `positions="learned"`, `bias=True`, `tie_embeddings=True`. `kernels` names parts
    that Triton kernels compute, or is "all" (`lectures.lm.kernels.switch`).
    """

    def __init__(
        self,
        vocab_size: int,
        context_length: int,
        d_model: int,
        num_layers: int,
        num_heads: int,
        d_ff: int,
        rope_theta: float = 10_000.0,
        *,
        num_kv_heads: int | None = None,
        norm: Norm = "rms",
        order: Order = "pre",
        ffn: FFN = "swiglu",
        positions: Positions = "rope",
        bias: bool = False,
        tie_embeddings: bool = False,
        kernels: str | Iterable[str] = (),
        eps: float = 1e-5,
        device: Place = None,
        dtype: Dtype = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype}
        self.vocab_size, self.context_length = vocab_size, context_length
        self.token_embeddings = Embedding(vocab_size, d_model, **place)
        self.position_embeddings = Embedding(context_length, d_model, **place) if positions == "learned" else None
        if self.position_embeddings is not None:
            truncated_normal(self.position_embeddings.weight, std=0.02)  # a hint beside the word, not as loud as it
        rope = None
        if positions == "rope":  # one table for all layers
            rope = RotaryPositionalEmbedding(rope_theta, d_model // num_heads, context_length, **place)
        self.layers = nn.ModuleList(
            TransformerBlock(
                d_model,
                num_heads,
                d_ff,
                rope,
                num_kv_heads=num_kv_heads,
                norm=norm,
                order=order,
                ffn=ffn,
                bias=bias,
                alibi=positions == "alibi",
                eps=eps,
                **place,
            )
            for _ in range(num_layers)
        )
        self.ln_final = make_norm(norm if order == "pre" else "none", d_model, eps, **place)
        self.lm_head = Linear(d_model, vocab_size, **place)
        if tie_embeddings:
            # The rows are read as embeddings and as outputs; drawn small enough for the second (Press and Wolf, 2016,
            # arXiv 1608.05859, tie them).
            self.token_embeddings.weight = self.lm_head.weight
        if kernels:
            from lectures.lm.kernels.switch import use_kernels  # wants Triton, which is not everywhere

            use_kernels(self, kernels)

    def forward(self, token_ids: TokenIds, caches: list[KVCache] | None = None) -> Logits:
        """With `caches`, one a layer, `token_ids` are what is new. Raises ValueError when the context is too short for all."""
        past = caches[0].length if caches else 0
        end = past + token_ids.shape[-1]
        if end > self.context_length:
            raise ValueError(f"{end} tokens do not fit a context of {self.context_length}: crop them to the last ones.")
        x = self.token_embeddings(token_ids)
        if self.position_embeddings is not None:
            x = x + self.position_embeddings(torch.arange(past, end, device=token_ids.device))
        for index, layer in enumerate(self.layers):
            x = layer(x, None, caches[index] if caches else None)
        return self.lm_head(self.ln_final(x))

    def new_caches(self) -> list[KVCache]:
        """Empty caches, one a layer, with room for the whole context."""
        return [KVCache(self.context_length) for _ in self.layers]


def make_norm(norm: Norm, d_model: int, eps: float, **place: Any) -> nn.Module:
    if norm == "none":
        return nn.Identity()
    return (RMSNorm if norm == "rms" else LayerNorm)(d_model, eps, **place)


def count_parameters(model: nn.Module, *, embeddings: bool = True) -> int:
    """How many numbers training adjusts, shared ones once. `embeddings=False` leaves those out that are only looked up."""
    without: Iterable[nn.Module] = () if embeddings else (m for m in model.modules() if isinstance(m, Embedding))
    looked_up = {id(parameter) for module in without for parameter in module.parameters()}
    if not embeddings and isinstance(model, TransformerLM) and model.token_embeddings.weight is model.lm_head.weight:
        looked_up.discard(id(model.lm_head.weight))  # multiplied with as well
    return sum(parameter.numel() for parameter in model.parameters() if id(parameter) not in looked_up)
