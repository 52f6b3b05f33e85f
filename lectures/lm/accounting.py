"""What a transformer comes to before it is built: parameters, memory and FLOPs, by component, exact.

P(arameters), bytes and FLOPs of `TransformerLM` as it stands in `model.py`; tests hold them against the model itself and
against torch's own FLOP counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lectures.lm.model import FFN, Norm, Positions

__all__ = [
    "BYTES",
    "OPTIMIZER_STATES",
    "PUBLISHED",
    "ModelShape",
    "activation_bytes_per_layer",
    "flops",
    "kv_cache_bytes_per_token",
    "parameters",
    "training_bytes",
    "training_flops_per_token",
]

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "float8": 1}
"""Bytes of a number, by dtype."""

OPTIMIZER_STATES = {"sgd": 0, "momentum": 1, "adagrad": 1, "adamw": 2}
"""Numbers that an optimizer keeps for each parameter."""


@dataclass(frozen=True)
class ModelShape:
    """What decides how large a transformer is. The fields are those of `TransformerLM`."""

    vocab_size: int
    context_length: int
    d_model: int
    num_layers: int
    num_heads: int
    d_ff: int
    num_kv_heads: int | None = None
    norm: Norm = "rms"
    ffn: FFN = "swiglu"
    positions: Positions = "rope"
    bias: bool = False
    tie_embeddings: bool = False

    @property
    def d_head(self) -> int:
        return self.d_model // self.num_heads

    @property
    def d_kv(self) -> int:
        """Width of all keys, or of all values, of a position."""
        return self.d_head * (self.num_kv_heads or self.num_heads)

    def arguments(self) -> dict[str, Any]:
        """For `TransformerLM(**shape.arguments())`."""
        return dict(vars(self))


def parameters(shape: ModelShape) -> dict[str, int]:
    """Parameters by component; their sum is `count_parameters(TransformerLM(…))`. A tied output costs nothing."""
    d, d_ff, layers = shape.d_model, shape.d_ff, shape.num_layers
    attention = 2 * d * d + 2 * d * shape.d_kv
    matrices = 3 if shape.ffn == "swiglu" else 2
    feed_forward = matrices * d * d_ff
    if shape.bias:
        attention += 2 * d + 2 * shape.d_kv
        feed_forward += d_ff + d if shape.ffn != "swiglu" else 0
    norm = {"rms": d, "layer": 2 * d, "none": 0}[shape.norm]
    return {
        "token embeddings": shape.vocab_size * d,
        "position embeddings": shape.context_length * d if shape.positions == "learned" else 0,
        "attention": layers * attention,
        "feed-forward": layers * feed_forward,
        "norms": (2 * layers + 1) * norm,
        "output": 0 if shape.tie_embeddings else shape.vocab_size * d,
    }


def flops(shape: ModelShape, batch: int = 1, time: int | None = None) -> dict[str, int]:
    """FLOPs of the matrix products of one forward pass over `batch` sequences of `time` tokens, by component.

    A product of M×K by K×N takes 2·M·N·K. The scores of attention are counted whole: masked ones are computed, too. Backward
    takes twice as much: each product has two operands, and each wants its gradient.
    """
    time = time or shape.context_length
    tokens, d = batch * time, shape.d_model
    matrices = 3 if shape.ffn == "swiglu" else 2
    return {
        "projections": 2 * tokens * shape.num_layers * (2 * d * d + 2 * d * shape.d_kv),
        "scores and mixing": 2 * tokens * shape.num_layers * 2 * time * d,
        "feed-forward": 2 * tokens * shape.num_layers * matrices * d * shape.d_ff,
        "output": 2 * tokens * d * shape.vocab_size,
    }


def training_flops_per_token(shape: ModelShape, time: int | None = None) -> int:
    """Forward and backward, a token: 6 for each parameter that it is multiplied with, and attention on top.

    (Kaplan et al., 2020, arXiv 2001.08361, section 2.1, where the second part is left out.)
    """
    time = time or shape.context_length
    return 3 * sum(flops(shape, 1, time).values()) // time


def training_bytes(
    count: int,
    optimizer: str = "adamw",
    *,
    dtype: str = "float32",
    gradients: str | None = None,
    states: str = "float32",
    master: bool = False,
) -> dict[str, int]:
    """Bytes that `count` parameters take while they are trained, activations left out, by role.

    `dtype` is that of the parameters, `gradients` (the same, if left out) and `states` those of gradients and of what the
    optimizer keeps; `master`: a copy of the parameters in float32 beside them, as mixed precision has it (Micikevicius et al.,
    2017, arXiv 1710.03740).
    """
    return {
        "parameters": count * BYTES[dtype],
        "gradients": count * BYTES[gradients or dtype],
        "optimizer": count * OPTIMIZER_STATES[optimizer] * BYTES[states],
        "master copy": count * BYTES["float32"] if master else 0,
    }


def activation_bytes_per_layer(shape: ModelShape, batch: int, time: int | None = None) -> int:
    """Bytes kept for the backward pass by one layer in 16 bits: s·b·h·(34 + 5·a·s/h), for GPT's block with dropout.

    (Korthikanti et al., 2022, arXiv 2205.05198, equation 2; s is `time`, b `batch`, h `d_model`, a `num_heads`.)
    """
    time = time or shape.context_length
    return batch * time * (34 * shape.d_model + 5 * shape.num_heads * time)


def kv_cache_bytes_per_token(shape: ModelShape, dtype: str = "bfloat16") -> int:
    """Bytes of keys and values that each token of a context adds while decoding."""
    return 2 * shape.num_layers * shape.d_kv * BYTES[dtype]


def gpt2(d_model: int, num_layers: int, num_heads: int) -> ModelShape:
    return ModelShape(
        50_257, 1_024, d_model, num_layers, num_heads, 4 * d_model,
        norm="layer", ffn="gelu", positions="learned", bias=True, tie_embeddings=True,
    )  # fmt: skip


def llama(vocab: int, context: int, d_model: int, d_ff: int, num_layers: int, num_heads: int, kv: int) -> ModelShape:
    return ModelShape(vocab, context, d_model, num_layers, num_heads, d_ff, num_kv_heads=kv)


PUBLISHED = {
    "GPT-2 small": gpt2(768, 12, 12),
    "GPT-2 medium": gpt2(1024, 24, 16),
    "GPT-2 large": gpt2(1280, 36, 20),
    "GPT-2 XL": gpt2(1600, 48, 25),
    "Llama-2-7B": llama(32_000, 4_096, 4096, 11_008, 32, 32, 32),
    "Llama-2-13B": llama(32_000, 4_096, 5120, 13_824, 40, 40, 40),
    "Llama-2-70B": llama(32_000, 4_096, 8192, 28_672, 80, 64, 8),
    "Llama-3-8B": llama(128_256, 8_192, 4096, 14_336, 32, 32, 8),
    "Llama-3-70B": llama(128_256, 8_192, 8192, 28_672, 80, 64, 8),
    "Llama-3.1-405B": llama(128_256, 131_072, 16_384, 53_248, 126, 128, 8),
    "Mistral-7B": llama(32_000, 32_768, 4096, 14_336, 32, 32, 8),
}
"""Shapes of published models, from the configurations that their authors released (Radford et al., 2019; Touvron et al., 2023,
arXiv 2307.09288; Grattafiori et al., 2024, arXiv 2407.21783; Jiang et al., 2023, arXiv 2310.06825)."""
