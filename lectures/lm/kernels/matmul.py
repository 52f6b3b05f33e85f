"""The product of two matrices in Triton: a tile of the result at a time, in an order that keeps what is read in the cache.

As many programs as there are multiprocessors, each makes one tile after the other, so that the next tile's first loads fly
while the last one's numbers are written. A tile reads BLOCK_K columns of `a` and rows of `b` at a time and sums in float32.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor
from triton.tools.tensor_descriptor import TensorDescriptor

from lectures.lm.kernels.launch import checked_device, processors
from lectures.lm.kernels.product import product

__all__ = ["matmul"]

GROUP = 16
"""Rows of tiles that are gone through together, column by column."""


def matmul(a: Tensor, b: Tensor, out_dtype: torch.dtype = torch.float32) -> Tensor:
    """`a` (m, k) · `b` (k, n) → (m, n) in `out_dtype`, summed in float32. Either may be a transposed view. No gradient."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0] or a.dtype != b.dtype:
        raise ValueError(
            f"matmul wants (m, k) and (k, n) of one dtype, not {tuple(a.shape)} of {a.dtype} and {tuple(b.shape)} of {b.dtype}."
        )
    checked_device(a, b)
    (m, k), n = a.shape, b.shape[1]
    per_line = 16 // torch.empty((), dtype=out_dtype).element_size()
    c = torch.empty(m, triton.cdiv(n, per_line) * per_line, device=a.device, dtype=out_dtype)
    if k == 0:
        return c.zero_()[:, :n]
    block_m, block_n, block_k, warps, stages = TILES[a.element_size() > 2, c.element_size() > 2]
    a_flipped, b_flipped = a.stride(1) != 1 and a.stride(0) == 1, b.stride(1) != 1 and b.stride(0) == 1
    a_block = [block_k, block_m] if a_flipped else [block_m, block_k]
    b_block = [block_n, block_k] if b_flipped else [block_k, block_n]
    count = triton.cdiv(m, block_m) * triton.cdiv(n, block_n)
    matmul_kernel[(min(count, processors(a.device)),)](
        TensorDescriptor.from_tensor(readable(a.T if a_flipped else a), a_block),
        TensorDescriptor.from_tensor(readable(b.T if b_flipped else b), b_block),
        TensorDescriptor.from_tensor(c, [block_m, block_n // 2]),
        m, n, k, A_FLIPPED=a_flipped, B_FLIPPED=b_flipped,
        BLOCK_M=block_m, BLOCK_N=block_n, BLOCK_K=block_k, GROUP=GROUP, num_warps=warps, num_stages=stages,
    )  # fmt: skip
    return c[:, :n]


TILES = {
    (False, False): (128, 256, 64, 8, 4),
    (False, True): (128, 256, 64, 8, 3),
    (True, False): (64, 64, 32, 4, 3),
    (True, True): (64, 64, 32, 4, 3),
}
"""By whether operands, and the result, take more than 16 bits: rows and columns of a tile, columns of `a` at a time, warps,
stages. The fastest of some twenty on an H100; more stages do not fit its shared memory."""


def readable(x: Tensor) -> Tensor:
    """`x` as the copy engine can read it: rows that begin at multiples of 16 bytes. A copy where it is not so already."""
    per_line = 16 // x.element_size()
    if x.stride(1) == 1 and x.stride(0) % per_line == 0 and x.stride(0) and x.data_ptr() % 16 == 0:
        return x
    room = torch.zeros(x.shape[0], triton.cdiv(x.shape[1], per_line) * per_line, device=x.device, dtype=x.dtype)
    room[:, : x.shape[1]] = x
    return room[:, : x.shape[1]]


@triton.jit
def matmul_kernel(
    a_tiles, b_tiles, c_tiles, m, n, k,
    A_FLIPPED: tl.constexpr, B_FLIPPED: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr, GROUP: tl.constexpr,
):  # fmt: skip
    """Every so-many-th tile of the result."""
    across, down = tl.cdiv(n, BLOCK_N), tl.cdiv(m, BLOCK_M)
    for tile in tl.range(tl.program_id(0), across * down, tl.num_programs(0), flatten=True):
        row, column = place(tile, down, across, GROUP)
        row, column = row * BLOCK_M, column * BLOCK_N
        total = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
        for start in range(0, k, BLOCK_K):
            if A_FLIPPED:
                a = a_tiles.load([start, row]).T
            else:
                a = a_tiles.load([row, start])
            if B_FLIPPED:
                b = b_tiles.load([column, start]).T
            else:
                b = b_tiles.load([start, column])
            total = product(a, b, total)
        # Written half by half: a whole tile in float32 takes more shared memory than the loads leave.
        left, right = tl.split(total.reshape(BLOCK_M, 2, BLOCK_N // 2).permute(0, 2, 1))
        c_tiles.store([row, column], left.to(c_tiles.dtype))
        c_tiles.store([row, column + BLOCK_N // 2], right.to(c_tiles.dtype))


@triton.jit
def place(tile, down, across, GROUP: tl.constexpr):
    """Row and column of a tile: GROUP rows of tiles go together, column by column, and so share what they read."""
    in_group = GROUP * across
    first = tile // in_group * GROUP
    height = tl.minimum(GROUP, down - first)
    return first + tile % in_group % height, tile % in_group // height
