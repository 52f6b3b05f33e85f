"""Small kernels that ask a GPU one question each. What they compute is of no interest, how long they take is."""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["chase_kernel", "in_flight_kernel", "read_again_kernel", "strided_kernel", "tile_kernel"]


@triton.jit
def read_again_kernel(x_ptr, out_ptr, blocks, turns, BLOCK: tl.constexpr):
    """All programs read the same `blocks` times BLOCK numbers, over and over, each from its own place on: how fast are they?"""
    program, programs = tl.program_id(0).to(tl.int64), tl.num_programs(0)
    inside = tl.arange(0, BLOCK)
    total = tl.zeros([BLOCK], tl.float32)
    first = program * blocks // programs
    for turn in range(turns):
        total += tl.load(x_ptr + (first + turn) % blocks * BLOCK + inside)
    tl.store(out_ptr + program * BLOCK + inside, total)


@triton.jit
def chase_kernel(next_ptr, place_ptr, hops):
    """One thread's worth of work: each address is known only when the last load has come back. How long is a trip?"""
    at = tl.load(place_ptr)
    for _ in range(hops):
        at = tl.load(next_ptr + at)
    tl.store(place_ptr, at)


@triton.jit
def in_flight_kernel(zeros_ptr, out_ptr, turns, step, BLOCK: tl.constexpr):
    """As many chases side by side as there are threads: every load of a thread waits for its last one (which was 0)."""
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    place = at
    for _ in range(turns):
        at += step + tl.load(zeros_ptr + at)
    tl.store(out_ptr + place, at)


@triton.jit
def strided_kernel(x_ptr, out_ptr, stride, BLOCK: tl.constexpr):
    """Every stride-th number: a sum for each BLOCK of them."""
    program = tl.program_id(0).to(tl.int64)
    at = (program * BLOCK + tl.arange(0, BLOCK)) * stride
    tl.store(out_ptr + program, tl.sum(tl.load(x_ptr + at), 0))


@triton.jit
def tile_kernel(
    a_ptr, b_ptr, c_ptr, k, ROWS: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr
):
    """A tile of BLOCK_M × BLOCK_N, so large that a multiprocessor holds one at a time.

    ROWS rows of tiles are read in turn, so few that all is found in the cache.
    """
    program = tl.program_id(0).to(tl.int64)
    inside, columns = tl.arange(0, BLOCK_M), tl.arange(0, BLOCK_N)
    rows = program % ROWS * BLOCK_M + inside
    total = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for start in range(0, k, BLOCK_K):
        inner = start + tl.arange(0, BLOCK_K)
        a = tl.load(a_ptr + rows[:, None] * k + inner[None, :])
        b = tl.load(b_ptr + inner[:, None] * BLOCK_N + columns[None, :])
        total = tl.dot(a, b, total)
    places = (program * BLOCK_M + inside)[:, None] * BLOCK_N + columns[None, :]
    tl.store(c_ptr + places, total.to(c_ptr.dtype.element_ty))
