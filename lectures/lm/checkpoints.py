"""Checkpoints: all that a run needs to go on as if it had never stopped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

__all__ = ["load_checkpoint", "save_checkpoint"]


def save_checkpoint(
    model: nn.Module,
    optimizer: Optimizer,
    iteration: int,
    path: Path | str,
    generator: torch.Generator | None = None,
) -> None:
    """Write parameters, optimizer state, iteration and the state of the random generators to `path`, whole or not at all.

    `generator`: one that decides the batches.
    """
    path = Path(path)
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "iteration": iteration,
        "random": random_states(generator),
    }
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())  # the name must not come to the disk before what it names
    partial.replace(path)


def load_checkpoint(
    path: Path | str, model: nn.Module, optimizer: Optimizer | None = None, generator: torch.Generator | None = None
) -> int:
    """Bring everything back as it was saved; returns the iteration. Nothing but tensors and plain values is read."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    if optimizer is not None:
        optimizer.load_state_dict(state["optimizer"])
    random = state["random"]
    torch.set_rng_state(random["torch"])
    if random["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(random["cuda"])
    if generator is not None and random["generator"] is not None:
        generator.set_state(random["generator"])
    return int(state["iteration"])


def random_states(generator: torch.Generator | None) -> dict[str, Any]:
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "generator": None if generator is None else generator.get_state(),
    }
