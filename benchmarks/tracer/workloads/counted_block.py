"""One visible step, and behind it a small transformer block, forward and backward: operations by the thousand."""

from typing import Any

import torch
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

torch.set_num_threads(1)
WIDTH, HEADS = 32, 4


def train(steps: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 8, WIDTH)
    sizes = [(WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)]
    weights: list[Any] = [(torch.randn(size) / WIDTH).requires_grad_() for size in sizes]
    for _ in range(steps):
        mixes, joins, grows, shrinks = weights
        parts = (layer_norm(x, (WIDTH,)) @ mixes).view(2, 8, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(*parts, is_causal=True).transpose(1, 2).reshape(2, 8, WIDTH)
        h = x + mixed @ joins
        y = h + gelu(layer_norm(h, (WIDTH,)) @ grows) @ shrinks
        y.pow(2).mean().backward()
        with torch.no_grad():
            for weight in weights:
                weight -= 0.01 * weight.grad
                weight.grad = None


train(3)  # what torch does once and for all is no part of the loop


def main() -> None:
    train(150)  # @stepover
