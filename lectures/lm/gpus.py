"""What a GPU consists of, as its maker says, and what follows from that by counting: occupancy, waves, the roofline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

__all__ = ["GPUS", "WARP", "Gpu", "Occupancy", "Waves", "attainable", "occupancy", "tiles_of", "waves"]

WARP = 32
"""Threads that are given the same instruction at the same time."""

KB, MB, GB = 2**10, 2**20, 10**9


@dataclass(frozen=True)
class Gpu:
    """One kind of GPU. Sizes in bytes, of one multiprocessor where the name says `each`; speeds per second, dense, not sparse."""

    name: str
    year: int
    multiprocessors: int
    registers_each: int
    l1_each: int
    shared_each: int  # the part of l1_each that programs can have for themselves
    l2: int | None
    memory: int
    bandwidth: float
    bf16: float
    fp32: float
    sources: Mapping[str, str] = field(repr=False)
    warps_each: int = 64
    blocks_each: int = 32

    @property
    def ridge(self) -> float:
        """FLOPs in bfloat16 that can be done while one byte comes from memory."""
        return self.bf16 / self.bandwidth


AMPERE = "https://images.nvidia.com/aem-dam/en-zz/Solutions/data-center/nvidia-ampere-architecture-whitepaper.pdf"
HOPPER = "https://resources.nvidia.com/en-us-tensor-core/gtc22-whitepaper-hopper"
TUNING = "https://docs.nvidia.com/cuda/hopper-tuning-guide/index.html"

GPUS = {
    gpu.name: gpu
    for gpu in (
        Gpu("A100", 2020, 108, 256 * KB, 192 * KB, 164 * KB, 40 * MB, 80 * GB, 2.039e12, 312e12, 19.5e12, {
            "compute, memory": "https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf",
            "multiprocessors, registers, caches": AMPERE,
        }),
        Gpu("H100", 2022, 132, 256 * KB, 256 * KB, 228 * KB, 50 * MB, 80 * GB, 3.35e12, 989.4e12, 66.9e12, {
            "compute, memory": "https://resources.nvidia.com/en-us-tensor-core/nvidia-tensor-core-gpu-datasheet",
            "multiprocessors, registers, caches": HOPPER,
            "what a multiprocessor holds": TUNING,
        }),
        Gpu("H200", 2023, 132, 256 * KB, 256 * KB, 228 * KB, None, 141 * GB, 4.8e12, 989.4e12, 66.9e12, {
            "compute, memory": "https://www.nvidia.com/en-us/data-center/h200/",
            "multiprocessors, registers, L1 (the H100's chip)": HOPPER,
        }),
        Gpu("B200", 2024, 148, 256 * KB, 256 * KB, 228 * KB, 126 * MB, 180 * GB, 8.0e12, 2250e12, 80e12, {
            "memory (an eighth of a DGX B200)": "https://www.nvidia.com/en-us/data-center/dgx-b200/",
            "compute (HGX B200)": "https://glennklockwood.com/garden/processors/B200",
            "multiprocessors, L1": "https://chipsandcheese.com/p/nvidias-b200-keeping-the-cuda-juggernaut",
            "L2, registers, shared memory (the driver's answers)": "https://github.com/pytorch/ao/pull/4002",
        }),
    )
}  # fmt: skip
"""The SXM modules, each figure from the place that `sources` names. What no source was found for is None."""


@dataclass(frozen=True)
class Occupancy:
    """Blocks and warps that a multiprocessor holds at a time, the share of the warps that it has room for, and what is full."""

    blocks: int
    warps: int
    share: float
    full: str


def occupancy(gpu: Gpu, threads: int, registers: int, shared: int = 0) -> Occupancy:
    """For blocks of so many `threads`, each thread with so many 32-bit `registers`, each block with `shared` bytes.

    Registers are dealt out to warps in lots of 256, and a block's shared memory has 1 KB more (NVIDIA, Hopper Tuning Guide).
    Raises ValueError for a block that does not fit at all.
    """
    warps = ceil(threads / WARP)
    registers_of_warp = ceil(registers * WARP / 256) * 256
    room = {
        "warps": gpu.warps_each // warps,
        "blocks": gpu.blocks_each,
        "registers": gpu.registers_each // 4 // registers_of_warp // warps,
    }
    if shared:
        room["shared memory"] = gpu.shared_each // (shared + KB)
    full = min(room, key=lambda name: room[name])
    if room[full] == 0:
        raise ValueError(
            f"A block of {threads} threads with {registers} registers each and {shared:,} bytes does not fit into the {full}."
        )
    return Occupancy(room[full], room[full] * warps, room[full] * warps / gpu.warps_each, full)


@dataclass(frozen=True)
class Waves:
    """Rounds in which so many tiles are worked off, tiles of the last one, and the share of the machine that has work."""

    rounds: int
    last: int
    share: float


def waves(tiles: int, at_once: int) -> Waves:
    """`tiles` that take equally long, `at_once` of them side by side."""
    rounds = ceil(tiles / at_once)
    return Waves(rounds, tiles - (rounds - 1) * at_once, tiles / (rounds * at_once))


def tiles_of(rows: int, columns: int, tile_rows: int, tile_columns: int) -> int:
    """Tiles that cover a matrix; those at the edges may stick out."""
    return ceil(rows / tile_rows) * ceil(columns / tile_columns)


def attainable(intensity: float, peak: float, bandwidth: float) -> float:
    """The roofline: FLOP/s that a program with so many FLOPs a byte can reach at most (Williams et al., 2009)."""
    return min(peak, intensity * bandwidth)
