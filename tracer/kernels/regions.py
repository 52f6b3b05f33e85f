"""Which elements of an array lie at given addresses: the smallest box around them, and how many they are.

An element of index i lies at the array's address + Σ iₐ·strideₐ. Going back, the axis of the largest stride takes as much of an
offset as it can, then the next one: that finds the index in every array whose elements lie in memory in order of some of its
axes, and in its views. Where elements share memory (an expanded axis has stride 0) all indices there count as touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Memory", "Touched", "distinct", "touched"]

Offsets = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

ROOM = 4
"""Cells that may be counted in, a touched element, before they are sorted instead."""


@dataclass(frozen=True)
class Memory:
    """Where the elements of an array lie. Strides count elements, and none is below 0."""

    address: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    item_bytes: int


@dataclass(frozen=True)
class Touched:
    """`region`: for each dimension the first index, the one behind the last, and the step between; None if nothing is inside.

    `elements` lie inside, each as often as it was addressed, `distinct` of them different; `inside` says which.
    """

    region: list[int] | None
    elements: int
    distinct: int
    inside: Flags | None


def touched(addresses: Any, memory: Memory) -> Touched:
    """What lies at `addresses` (a flat array of uint64, in bytes). `inside` is None where all of them are in the array."""
    if not addresses.size:
        return Touched(None, 0, 0, None)
    if 0 in memory.shape:
        return Touched(None, 0, 0, np.zeros(addresses.shape, dtype=bool))
    offsets = (addresses - np.uint64(memory.address)).view(np.int64) // memory.item_bytes
    inside: Flags | None = None
    end = sum((size - 1) * stride for size, stride in zip(memory.shape, memory.strides, strict=True))
    if offsets.min() < 0 or offsets.max() > end:
        inside = (offsets >= 0) & (offsets <= end)
        offsets = offsets[inside]
    indices, rest = _indices(offsets, memory)
    if rest.any():  # between the elements, as the next array of an interleaved one is
        there = rest == 0
        offsets = offsets[there]
        indices = {axis: index[there] for axis, index in indices.items()}
        if inside is None:
            inside = there
        else:
            inside[inside] = there
    if not offsets.size:
        return Touched(None, 0, 0, inside)
    region: list[int] = []
    for axis, size in enumerate(memory.shape):
        region += _range(indices[axis]) if axis in indices else [0, size, 1]
    return Touched(region, offsets.size, distinct(offsets), inside)


def distinct(numbers: Any) -> int:
    """How many different ones there are in a flat array."""
    if (numbers[1:] > numbers[:-1]).all():  # as those of a tile are, gone through row by row
        return int(numbers.size)
    least = numbers.min()
    span = int(numbers.max() - least) + 1
    if span <= ROOM * numbers.size:
        return int(np.count_nonzero(np.bincount((numbers - least).astype(np.int64))))
    return int(np.unique(numbers).size)


def _indices(offsets: Offsets, memory: Memory) -> tuple[dict[int, Offsets], Offsets]:
    """The index along each axis that has one to tell, and what is left of the offsets: 0 for an element of the array."""
    axes = [axis for axis, size in enumerate(memory.shape) if size > 1 and memory.strides[axis]]
    indices: dict[int, Offsets] = {}
    rest = offsets
    for axis in sorted(axes, key=lambda axis: memory.strides[axis], reverse=True):
        size, stride = memory.shape[axis], memory.strides[axis]
        index = rest // stride if stride > 1 else rest
        if index.size and index.max() >= size:
            index = np.minimum(index, size - 1)
        rest = rest - index * stride
        indices[axis] = index
    return indices, rest


def _range(index: Offsets) -> list[int]:
    """First, behind the last, and the step of the indices along an axis."""
    least, most = int(index.min()), int(index.max())
    if most - least < 2:
        return [least, most + 1, 1]
    if most - least < ROOM * index.size:
        counts = np.bincount(index - least)
        if counts.all():
            return [least, most + 1, 1]
        taken = np.flatnonzero(counts)
    else:
        taken = np.unique(index)
    return [least, most + 1, int(np.gcd.reduce(taken[1:] - taken[:-1]))]
