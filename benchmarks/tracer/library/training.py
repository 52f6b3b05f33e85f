"""An eager training loop as a library has it: a small MLP, cross entropy, AdamW. Never visible to a tracer."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Block(nn.Module):  # type: ignore[misc,unused-ignore]
    """x + MLP(norm(x)). x: [batch, width]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.down(nn.functional.gelu(self.up(self.norm(x))))
        return out


def train(steps: int, width: int = 64, depth: int = 4, batch: int = 64, classes: int = 10) -> float:
    """The last loss of `steps` updates on random labels."""
    torch.manual_seed(0)
    model = nn.Sequential(*(Block(width) for _ in range(depth)), nn.Linear(width, classes))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    x, y = torch.randn(batch, width), torch.randint(classes, (batch,))
    loss = torch.tensor(0.0)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    last: float = loss.item()
    return last
