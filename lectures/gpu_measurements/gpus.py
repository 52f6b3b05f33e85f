"""What lecture 5 shows of a GPU: its two ceilings, its roofline, its waves, and what goes wrong when one measures."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import torch

from lectures.lm.benchmark import benchmark

__all__ = ["copies"]

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def copies(tiny: bool) -> dict[str, Any]:
    """A copy from memory to memory, of different sizes: the speed of memory, and of what lies before it."""
    rows = []
    for power in range(16, 19) if tiny else range(16, 32):
        source = torch.randn(2**power // 4, device=DEVICE)
        target = torch.empty_like(source)
        timing = benchmark(partial(target.copy_, source), runs=3 if tiny else 30, cold=False)
        rows.append({"bytes": source.nbytes, **asdict(timing)})
    return {"rows": rows}
