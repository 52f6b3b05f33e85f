"""What every kernel needs before it is launched: a device that can run it, and sizes that are powers of two."""

from __future__ import annotations

import os

import torch
import triton
from torch import Tensor

from lectures.lm.kernels.interpreter import mend_loops

__all__ = ["INTERPRETED", "checked_device", "in_autocast", "processors", "tile_width"]

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
"""Whether kernels are run by NumPy, line by line: decided when this is imported, since Triton decides then."""

if INTERPRETED:
    mend_loops()


def checked_device(*tensors: Tensor) -> None:
    """Raises ValueError, in a sentence, unless all tensors are where a kernel can reach them."""
    places = {tensor.device for tensor in tensors}
    if len(places) > 1:
        raise ValueError(f"All tensors must be on one device, not on {', '.join(sorted(map(str, places)))}.")
    if not INTERPRETED and not all(tensor.is_cuda for tensor in tensors):
        raise ValueError(
            "Triton kernels run on a GPU: move the tensors there (`.cuda()`), or set the environment variable "
            "TRITON_INTERPRET=1 before the first import of lectures.lm.kernels, to run them on the CPU."
        )


def in_autocast(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Within `torch.autocast`, the tensors in its dtype, which is what torch does for its own products; else as they are."""
    device = tensors[0].device.type
    if not torch.is_autocast_enabled(device):
        return tensors
    narrow = torch.get_autocast_dtype(device)
    return tuple(tensor.to(narrow) for tensor in tensors)


def processors(device: torch.device) -> int:
    """How many multiprocessors work side by side; a few, when interpreted."""
    return int(torch.cuda.get_device_properties(device).multi_processor_count) if device.type == "cuda" else 4


def tile_width(columns: int) -> int:
    """The least power of two that holds `columns`, at least 16: what a tensor core, or the copy engine, takes."""
    return max(16, int(triton.next_power_of_2(columns)))
