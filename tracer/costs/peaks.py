"""What a processor or a GPU can do, measured: the fastest matrix product of each dtype, the fastest large copy.

These are peaks that a program can reach, not those of a data sheet. Nothing is left changed: neither the random numbers nor
the settings of torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any

import torch

from tracer.format.schema import Machine
from tracer.provenance import hardware

__all__ = ["devices", "identity", "measured"]

SIZES = {"cpu": (128, 256, 512, 1024, 2048), "cuda": (2048, 4096, 8192)}
"""Of the square matrices, from small to large: the larger, the nearer to the peak, as far as the time allows."""
ENOUGH = 512
"""The size from which on a product says how long the next one will take: on a busy machine small ones wait, not compute."""
DTYPES = {
    "cpu": ("float32", "bfloat16", "float64"),
    "cuda": ("float32", "tensorfloat32", "bfloat16", "float16", "float64"),
}
TRIALS = 3
PATIENCE = 0.2
"""Seconds for each dtype, and for the copy: so that one device takes about a second."""
LARGEST_COPY = {"cpu": 1 << 28, "cuda": 1 << 30}
"""Bytes: more than any cache holds."""


def devices(touch_gpu: bool = False) -> list[torch.device]:
    """The processor, and the GPU in use. `touch_gpu`: also one that nobody has used yet."""
    found = [torch.device("cpu")]
    with suppress(Exception):  # a driver that does not work is no GPU
        if torch.cuda.is_initialized() or (touch_gpu and torch.cuda.is_available()):
            found.append(torch.device("cuda", torch.cuda.current_device()))
    return found


def identity(device: torch.device) -> str:
    """What the figures of a device depend on: its name, the version of torch, the number of threads."""
    return f"{_name(device)}; torch {torch.__version__}"


def measured(device: torch.device) -> Machine:
    """The figures of a device, in about a second. Raises what torch does when there is no memory left."""
    rates: dict[str, float] = {}
    seconds = _seconds_on_gpu if device.type == "cuda" else _seconds
    with torch.inference_mode(), torch.autocast(device.type, enabled=False):
        for name in DTYPES[device.type]:
            with suppress(Exception), _float32_as(name):  # this device has no such product
                rates[name] = _product_rate(name, device, seconds)
        if device.type == "cuda":
            memory = torch.cuda.get_device_properties(device).total_memory
        else:
            memory = hardware().memory_bytes
        size, rate = _copy_rate(device, memory, seconds)
    return Machine(
        name=_name(device),
        flops_per_second=rates,
        bytes_per_second=rate,
        memory_bytes=memory,
        source=f"measured with torch {torch.__version__}: the fastest of a few square matrix products, "
        f"and a copy of {size >> 20} MiB (bytes read and written)",
        measured=True,
    )


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        name: str = torch.cuda.get_device_name(device)
        return name
    threads = torch.get_num_threads()
    return f"{hardware().processor}, {threads} thread{'s' * (threads != 1)}"


def _product_rate(name: str, device: torch.device, seconds: Callable[[Callable[[], Any]], float]) -> float:
    """FLOP/s of the fastest product, 2·n³ FLOPs each."""
    dtype = torch.float32 if name == "tensorfloat32" else getattr(torch, name)
    generator = torch.Generator(device).manual_seed(
        0
    )  # random, as zeros take less power; and of nobody else's generator
    begun, best = perf_counter(), 0.0
    for size in SIZES[device.type]:
        left, right = (
            torch.randn(size, size, generator=generator, device=device, dtype=torch.float32).to(dtype) for _ in range(2)
        )
        out = torch.empty(size, size, device=device, dtype=dtype)
        took = _least(lambda: torch.mm(left, right, out=out), seconds, PATIENCE)  # noqa: B023
        best = max(best, 2 * size**3 / took)
        next_takes = 8 * 2 * size**3 / best * (TRIALS + 1)
        spent = perf_counter() - begun
        if spent > 4 * PATIENCE or (size >= ENOUGH and spent + next_takes > PATIENCE):
            break
    return best


def _copy_rate(
    device: torch.device, memory: int | None, seconds: Callable[[Callable[[], Any]], float]
) -> tuple[int, float]:
    """The bytes that were copied, and bytes per second, each read and written."""
    size = min(LARGEST_COPY[device.type], (memory or 1 << 30) // 16)
    source = torch.zeros(size, device=device, dtype=torch.uint8)
    target = torch.empty(size, device=device, dtype=torch.uint8)
    return size, 2 * size / _least(lambda: target.copy_(source), seconds, PATIENCE)


def _least(run: Callable[[], Any], seconds: Callable[[Callable[[], Any]], float], patience: float) -> float:
    """The least time of a few runs after one that warms up; of fewer when they take longer than `patience`."""
    begun = perf_counter()
    run()
    least = seconds(run)
    for _ in range(TRIALS - 1):
        if perf_counter() - begun > patience:
            break
        least = min(least, seconds(run))
    return max(least, 1e-9)


def _seconds(run: Callable[[], Any]) -> float:
    begun = perf_counter()
    run()
    return perf_counter() - begun


def _seconds_on_gpu(run: Callable[[], Any]) -> float:
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    start.record()
    run()
    end.record()
    torch.cuda.synchronize()
    milliseconds: float = start.elapsed_time(end)
    return milliseconds / 1e3


@contextmanager
def _float32_as(name: str) -> Iterator[None]:
    """Within: float32 products on a GPU are computed as such, or as tensorfloat32 if that is the name."""
    settings: Any = torch.backends.cuda.matmul
    is_new = hasattr(settings, "fp32_precision")  # since torch 2.9
    setting = "fp32_precision" if is_new else "allow_tf32"
    as_such, as_tf32 = ("ieee", "tf32") if is_new else (False, True)
    before = getattr(settings, setting)
    setattr(settings, setting, as_tf32 if name == "tensorfloat32" else as_such)
    try:
        yield
    finally:
        setattr(settings, setting, before)
