"""How long something takes: warmed up, waited for, out of the caches, as a median with its spread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

__all__ = ["Timing", "benchmark"]

FLUSH_BYTES = 256 * 2**20
"""What is written between two runs to push everything else out of the GPU's L2 cache: several times its size."""

HEAD_START = 400_000
"""Cycles that the GPU idles before each run, about 0.2 ms: meanwhile the host queues all that the run consists of."""


@dataclass(frozen=True)
class Timing:
    """Milliseconds of a run: the median of `runs`, and the two ends."""

    milliseconds: float
    fastest: float
    slowest: float
    runs: int

    @property
    def seconds(self) -> float:
        return self.milliseconds / 1000


def benchmark(
    function: Callable[[], Any],
    *,
    warmup: int = 3,
    runs: int = 20,
    device: str | None = None,
    cold: bool = True,
    head_start: bool = True,
) -> Timing:
    """Times `function` on `device` ("cuda" where there is one).

    On a GPU the time is the device's own, between two events in its queue. `cold`: nothing of the last run is left in its L2
    cache. `head_start`: the host has queued the run before it begins, so that launches are not counted, which is what one wants
    to know of a kernel; False for a program of many, which may well wait for the host. On a CPU the time is the clock's.
    """
    on_gpu = (device or ("cuda" if torch.cuda.is_available() else "cpu")).startswith("cuda")
    for _ in range(warmup):
        function()
    return summed_up(on_device(function, runs, cold, head_start) if on_gpu else on_clock(function, runs))


def on_clock(function: Callable[[], Any], runs: int) -> list[float]:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - began))
    return times


def on_device(function: Callable[[], Any], runs: int, cold: bool, head_start: bool) -> list[float]:
    flushed = torch.empty(FLUSH_BYTES if cold else 0, dtype=torch.int8, device="cuda")
    begins = [torch.cuda.Event(enable_timing=True) for _ in range(runs)]
    ends = [torch.cuda.Event(enable_timing=True) for _ in range(runs)]
    for begin, end in zip(begins, ends, strict=True):
        if cold:
            flushed.zero_()
        if head_start:
            torch.cuda._sleep(HEAD_START)
        begin.record()
        function()
        end.record()
    torch.cuda.synchronize()  # only now have the events happened
    return [begin.elapsed_time(end) for begin, end in zip(begins, ends, strict=True)]


def summed_up(times: list[float]) -> Timing:
    return Timing(statistics.median(times), min(times), max(times), len(times))
