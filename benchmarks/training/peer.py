"""The same GPT-2 written with torch's own modules: what `TransformerLM` is measured against."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lectures.lm.accounting import ModelShape
from lectures.lm.model import TransformerLM

__all__ = ["TorchGPT2"]


class Block(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        d = shape.d_model
        self.num_heads = shape.num_heads
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.output = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.w1, self.w2 = nn.Linear(d, shape.d_ff), nn.Linear(shape.d_ff, d)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in self.qkv(self.ln1(x)).chunk(3, -1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).flatten(-2))
        return x + self.w2(F.gelu(self.w1(self.ln2(x))))


class TorchGPT2(nn.Module):  # type: ignore[misc]
    """Token ids (batch, time) → logits (batch, time, vocab), with the parameters of a `TransformerLM` of GPT-2's shape."""

    def __init__(self, model: TransformerLM, shape: ModelShape) -> None:
        super().__init__()
        self.tokens = nn.Embedding(shape.vocab_size, shape.d_model)
        self.positions = nn.Embedding(shape.context_length, shape.d_model)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.num_layers))
        self.ln_final = nn.LayerNorm(shape.d_model)
        self.lm_head = nn.Linear(shape.d_model, shape.vocab_size, bias=False)
        self.lm_head.weight = self.tokens.weight
        self._take(model)

    def forward(self, token_ids: Tensor) -> Tensor:
        x = self.tokens(token_ids) + self.positions.weight[: token_ids.shape[-1]]
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_final(x))

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _take(self, model: TransformerLM) -> None:
        """The numbers of `model`, so that both have the same loss."""
        self.tokens.weight.copy_(model.token_embeddings.weight)
        self.positions.weight.copy_(model.position_embeddings.weight)
        self.ln_final.load_state_dict(model.ln_final.state_dict())
        for block, layer in zip(self.blocks, model.layers, strict=True):
            block.ln1.load_state_dict(layer.ln1.state_dict())
            block.ln2.load_state_dict(layer.ln2.state_dict())
            projections = (layer.attn.q_proj, layer.attn.k_proj, layer.attn.v_proj)
            block.qkv.weight.copy_(torch.cat([projection.weight for projection in projections]))
            block.qkv.bias.copy_(torch.cat([projection.bias for projection in projections]))
            block.output.load_state_dict(layer.attn.output_proj.state_dict())
            block.w1.load_state_dict(layer.ffn.w1.state_dict())
            block.w2.load_state_dict(layer.ffn.w2.state_dict())
