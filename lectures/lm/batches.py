"""Tokens on disk, and batches drawn from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from lectures.lm.layers import Place

__all__ = ["get_batch", "open_tokens", "write_tokens"]

Batch = Int[Tensor, "batch time"]
WRITTEN_AT_ONCE = 1 << 20


def get_batch(
    dataset: NDArray[np.integer], batch_size: int, context_length: int, device: Place = None,
    generator: torch.Generator | None = None,
) -> tuple[Batch, Batch]:  # fmt: skip
    """Inputs and targets, (batch_size, context_length) each, from random places; a target is the token after its input.

    `dataset` is one row of token ids, in memory or mapped from a file: only what is drawn is read. `generator` decides the
    places; it lives on the CPU, whatever the device.
    """
    places = len(dataset) - context_length
    if places <= 0:
        raise ValueError(f"{len(dataset)} tokens hold no stretch of {context_length} and the token after it.")
    starts = torch.randint(places, (batch_size,), generator=generator).tolist()
    rows = np.stack([dataset[start : start + context_length + 1] for start in starts]).astype(np.int64)
    tokens = torch.from_numpy(rows)
    if device is not None and torch.device(device).type == "cuda":
        tokens = tokens.pin_memory().to(device, non_blocking=True)  # copied while the device computes
    elif device is not None:
        tokens = tokens.to(device)
    return tokens[:, :-1], tokens[:, 1:]


def write_tokens(token_ids: Iterable[int], path: Path | str, vocab_size: int) -> int:
    """Write ids to a `.npy` file that `open_tokens` maps, two bytes each where that is enough; returns how many.

    The file has its name only once it is whole. Memory stays small however many there are.
    """
    path = Path(path)
    dtype: np.dtype[Any] = np.dtype(np.uint16 if vocab_size <= 1 << 16 else np.uint32)
    partial = path.with_name(path.name + ".part")
    count = 0
    with partial.open("wb") as file:
        write_header(file, dtype, 0)
        for chunk in chunks(iter(token_ids)):
            file.write(np.asarray(chunk, dtype=dtype).tobytes())
            count += len(chunk)
        file.seek(0)
        write_header(file, dtype, count)
    partial.replace(path)
    return count


def open_tokens(path: Path | str) -> NDArray[np.integer]:
    """Token ids as one row that lies in the file, not in memory."""
    tokens: NDArray[np.integer] = np.load(path, mmap_mode="r", allow_pickle=False)
    if tokens.ndim != 1 or tokens.dtype.kind != "u":
        raise ValueError(f"{path} holds no row of token ids, but {tokens.dtype} of shape {tokens.shape}.")
    return tokens


def chunks(items: Iterator[int]) -> Iterator[list[int]]:
    while chunk := list(islice(items, WRITTEN_AT_ONCE)):
        yield chunk


def write_header(file: IO[bytes], dtype: np.dtype[Any], count: int) -> None:
    """As long whatever the count is: NumPy leaves room in it for one that grows."""
    np.lib.format.write_array_header_1_0(file, {"descr": dtype.str, "fortran_order": False, "shape": (count,)})
