"""What lecture 5 shows of a GPU: its memories, its ceilings, its waves, and what goes wrong when one measures."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.profiler import ProfilerActivity, profile

from lectures.lm import functional, layers
from lectures.lm.benchmark import benchmark, on_clock, summed_up
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.gelu import gelu
from lectures.lm.kernels.launch import processors
from lectures.lm.kernels.matmul import matmul
from lectures.lm.kernels.rmsnorm import rmsnorm
from lectures.lm.kernels.softmax import softmax
from lectures.lm.model import TransformerBlock

from ._probes import chase_kernel, in_flight_kernel, read_again_kernel, strided_kernel, tile_kernel

# In the order in which they run: the first wants a process in which nothing has run yet.
__all__ = [  # noqa: RUF022
    "first_calls",
    "bandwidth",
    "latency",
    "host_copies",
    "in_flight",
    "strides",
    "waves",
    "sawtooth",
    "alignment",
    "precisions",
    "roofline",
    "unsynchronized",
    "launches",
    "warm_inputs",
    "fusion",
    "profiled",
    "timeline",
    "sustained",
]

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
LINE = 128
Rows = list[dict[str, Any]]


def timed(
    function: Callable[[], Any], tiny: bool, runs: int = 20, cold: bool = True, head_start: bool = True, **more: Any
) -> dict[str, Any]:
    """A row: what is given, and the time."""
    return {**more, **asdict(benchmark(function, warmup=5, runs=2 if tiny else runs, cold=cold, head_start=head_start))}


def random(*shape: int, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    return torch.randn(*shape, device=DEVICE, dtype=dtype)


def compiled(function: Callable[..., Any], tiny: bool) -> Callable[..., Any]:
    faster: Callable[..., Any] = torch.compile(function, backend="eager" if tiny else "inductor")
    return faster


def wait() -> None:
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def on_host(function: Callable[[], Any]) -> float:
    """Milliseconds by the host's clock, waiting for nothing."""
    return on_clock(function, 1)[0]


def and_wait(function: Callable[[], Any]) -> float:
    """Milliseconds by the host's clock until the device is done."""
    wait()
    return on_clock(lambda: (function(), wait()), 1)[0]


def first_calls(tiny: bool) -> dict[str, Any]:
    """The first call of each of three things, and the ones after: what the first pays for is not in the next."""
    import torch._inductor.config as inductor

    inductor.force_disable_caches = True  # else a compiler that ran yesterday has left its work on the disk
    size = 64 if tiny else 4096
    a, b, x = random(size, size), random(size, size), random(size, size, dtype=torch.float32)
    ways = {"matrix product": lambda: a @ b, "our gelu, in Triton": lambda: gelu(x)}
    rows = []
    for name, function in ways.items():
        first = and_wait(function)
        rows.append(timed(function, tiny, name=name, first=first))
    function = compiled(functional.gelu, tiny)
    first = and_wait(lambda: function(x))
    return {"rows": [*rows, timed(lambda: function(x), tiny, name="torch.compile of gelu", first=first)]}


def bandwidth(tiny: bool) -> dict[str, Any]:
    """Bytes a second that all multiprocessors together read of the same memory, over and over, by how much of it there is."""
    block, programs = (256, 4) if tiny else (8192, processors(DEVICE))
    rows = []
    out = torch.empty(programs * block, device=DEVICE)
    small = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16]
    large = [3 * 2**n // 2 for n in range(4, 15)] + [2**n for n in range(5, 16)]
    for blocks in (2, 3) if tiny else sorted({*small, *large}):
        x = random(blocks * block, dtype=torch.float32)
        turns = 6 if tiny else max(2048, blocks)
        launch = partial(
            read_again_kernel[(programs,)], x, out, blocks, turns, BLOCK=block, num_warps=4 if tiny else 32
        )
        rows.append(timed(launch, tiny, 5, False, bytes=x.nbytes, bytes_read=turns * out.nbytes))
    return {"rows": rows, "programs": programs}


def latency(tiny: bool) -> dict[str, Any]:
    """Nanoseconds from one load to the next that depends on it, by how much memory the loads wander about in."""
    rows = []
    hops = 50 if tiny else 50_000
    for size in [2**12, 2**14] if tiny else [2**14, 2**16, 2**17, 3 * 2**16, 2**18, *(2**n for n in range(19, 31))]:
        lines = size // LINE
        order = torch.randperm(lines, device=DEVICE)
        table = torch.zeros(lines, LINE // 4, dtype=torch.int32, device=DEVICE)
        table[order, 0] = (order.roll(-1) * (LINE // 4)).int()  # one ring through all lines
        place = torch.zeros(1, dtype=torch.int32, device=DEVICE)
        launch = partial(chase_kernel[(1,)], table, place, num_warps=1)
        launch(min(lines, 400_000))  # once around, so that what can be held is held
        rows.append(timed(lambda launch=launch: launch(hops), tiny, 5, False, bytes=size, hops=hops))
        del table, order
    return {"rows": rows}


def host_copies(tiny: bool) -> dict[str, Any]:
    """Bytes a second between the host's memory and the device's, which the operating system may move about or may not."""
    on_gpu = DEVICE.type == "cuda"
    numbers = 2**10 if tiny else 2**26
    there = random(numbers, dtype=torch.float32)
    rows = []
    for name, pinned in (("pageable", False), ("pinned", on_gpu)):
        here = torch.randn(numbers, pin_memory=pinned)
        for way, target, source in (("to the device", there, here), ("to the host", here, there)):
            copy = partial(target.copy_, source, non_blocking=pinned)
            rows.append(timed(copy, tiny, 5, False, memory=name, way=way, bytes=here.nbytes))
    return {"rows": rows}


def in_flight(tiny: bool) -> dict[str, Any]:
    """Bytes a second by how many warps read, when each thread waits for its last load before the next."""
    everywhere = processors(DEVICE)
    total = 2**14 if tiny else 2**28
    zeros = torch.zeros(total + 2**23, dtype=torch.int32, device=DEVICE)
    rows = []
    for loads in (1, 4):
        for warps in (1, 2) if tiny else (1, 2, 4, 8, 16, 32, 64):
            together = 2 if warps == 64 else 1  # more than 32 programs do not fit on a multiprocessor
            programs, block = everywhere * warps // together, 32 * together * loads
            step = programs * block
            turns = total // step if loads * warps > 8 else total // step // 4
            out = torch.empty(step, dtype=torch.int32, device=DEVICE)
            launch = partial(in_flight_kernel[(programs,)], zeros, out, turns, step, BLOCK=block, num_warps=together)
            rows.append(timed(launch, tiny, 5, warps=warps, loads=loads, bytes=4 * turns * step))
    return {"rows": rows, "multiprocessors": everywhere}


def strides(tiny: bool) -> dict[str, Any]:
    """Reading as many numbers, each a stride from the next."""
    block, count = (256, 2**12) if tiny else (2048, 2**26)
    steps = (1, 2, 8) if tiny else (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32)
    x = random(count * steps[-1], dtype=torch.float32)
    out = torch.empty(count // block, device=DEVICE)
    rows = []
    for stride in steps:
        launch = partial(strided_kernel[(count // block,)], x, out, stride, BLOCK=block, num_warps=8)
        rows.append(timed(launch, tiny, 9, stride=stride, bytes_wanted=4 * count))
    return {"rows": rows}


def waves(tiny: bool) -> dict[str, Any]:
    """The time for so many tiles of one size, each of which takes a multiprocessor for itself."""
    across = processors(DEVICE)
    m, n, k, inner, rows_of_tiles = (16, 16, 32, 16, 2) if tiny else (128, 256, 4096, 64, 4)
    most = 6 if tiny else 4 * across + 8
    edges = [around for wave in range(1, 5) for around in range(wave * across - 3, wave * across + 5)]
    counts = [1, 6] if tiny else sorted({1, *range(across // 4, most, across // 4), *edges})
    a, b = random(rows_of_tiles * m, k), random(k, n)
    c = torch.empty(most * m, n, dtype=torch.bfloat16, device=DEVICE)
    options = {"ROWS": rows_of_tiles, "BLOCK_M": m, "BLOCK_N": n, "BLOCK_K": inner, "num_warps": 8, "num_stages": 3}
    rows = [timed(partial(tile_kernel[(tiles,)], a, b, c, k, **options), tiny, tiles=tiles) for tiles in counts]
    return {"rows": rows, "multiprocessors": across, "tile": [m, n], "inner": k}


def sawtooth(tiny: bool) -> dict[str, Any]:
    """Products of square matrices of bfloat16 whose side grows by 64 at a time: our kernel with its one tile, and cuBLAS."""
    rows = []
    for side in (32, 64) if tiny else range(1024, 4353, 64):
        a, b = random(side, side), random(side, side)
        for name, product in (("cuBLAS", lambda a, b: a @ b), ("ours", lambda a, b: matmul(a, b, torch.bfloat16))):
            rows.append(timed(lambda a=a, b=b, product=product: product(a, b), tiny, 15, side=side, version=name))
    return {"rows": rows, "multiprocessors": processors(DEVICE), "tile": [128, 256]}


def alignment(tiny: bool) -> dict[str, Any]:
    """Sides near 4,096, and GPT-2's output layer with its 50,257 tokens, bare and padded to a multiple of 64."""
    rows = []
    for side in (31, 32) if tiny else range(4090, 4105):
        a, b = random(side, side), random(side, side)
        rows.append(timed(lambda a=a, b=b: a @ b, tiny, side=side))
    tokens, width = (8, 16) if tiny else (8192, 768)
    hidden = random(tokens, width)
    heads = []
    for vocab in (101, 128) if tiny else (50_257, 50_264, 50_304):
        weight = random(vocab, width)
        heads.append(timed(lambda weight=weight: hidden @ weight.T, tiny, vocab=vocab))
    return {"rows": rows, "output_layer": heads, "tokens": tokens, "width": width}


def precisions(tiny: bool) -> dict[str, Any]:
    """One product in each format that the machine has units for."""
    size = 32 if tiny else 8192
    rows = []
    wide = random(size, size, dtype=torch.float32)
    for name, narrow in (("float32", False), ("float32 cut to tf32", True)):
        torch.backends.cuda.matmul.allow_tf32 = narrow
        rows.append(timed(lambda: wide @ wide, tiny, 10, format=name, bits=32))
    torch.backends.cuda.matmul.allow_tf32 = False
    for dtype in (torch.float16, torch.bfloat16):
        x = wide.to(dtype)
        rows.append(timed(lambda x=x: x @ x, tiny, 20, format=str(dtype)[6:], bits=16))
    one = torch.ones((), device=DEVICE)
    eighth, flipped = wide.to(torch.float8_e4m3fn), wide.T.contiguous().to(torch.float8_e4m3fn).T
    product = partial(torch._scaled_mm, eighth, flipped, one, one, out_dtype=torch.bfloat16)
    rows.append(timed(product, tiny, 20, format="float8 e4m3", bits=8))
    return {"rows": rows, "side": size}


def roofline(tiny: bool) -> dict[str, Any]:
    """Operations with what they have to compute and the least that they have to move; and the two ceilings."""
    rows: Rows = []

    def add(name: str, kind: str, flops: float, moved: float, function: Callable[[], Any]) -> None:
        rows.append(timed(function, tiny, name=name, kind=kind, flops=flops, bytes=moved))

    side = 64 if tiny else 16_384
    x, room = random(side, side, dtype=torch.float32), random(side, side, dtype=torch.float32)
    copy = timed(lambda: room.copy_(x), tiny, bytes=2 * x.nbytes)
    for name, ops, eager, fused in (
        ("gelu", 5, lambda: functional.gelu(x), lambda: gelu(x)),
        ("softmax", 5, lambda: functional.softmax(x, -1), lambda: softmax(x)),
    ):
        add(f"{name}, eager", "eager", ops * x.numel(), 2 * x.nbytes, eager)
        add(f"{name}, one kernel", "fused", ops * x.numel(), 2 * x.nbytes, fused)
    y = x.to(torch.bfloat16)
    norm = layers.RMSNorm(side, device=DEVICE, dtype=torch.bfloat16)
    with torch.no_grad():
        add("rmsnorm, eager", "eager", 4 * y.numel(), 2 * y.nbytes, lambda: norm(y))
        add("rmsnorm, one kernel", "fused", 4 * y.numel(), 2 * y.nbytes, lambda: rmsnorm(y, norm.weight))
    if not tiny:
        vector = random(side, 1)
        add("matrix times vector", "product", 2 * y.numel(), y.nbytes, lambda: y @ vector)
    for n in (32,) if tiny else (256, 512, 1024, 2048, 4096, 8192):
        a, b = random(n, n), random(n, n)
        add(f"product, {n:,}", "product", 2 * n**3, 3 * a.nbytes, lambda a=a, b=b: a @ b)
    batch, heads, time_, d = (1, 2, 32, 16) if tiny else (4, 16, 4096, 128)
    q, k, v = (random(batch, heads, time_, d) for _ in range(3))
    flops = 4 * batch * heads * time_**2 * d / 2  # the half that a causal mask leaves
    add("attention, one kernel", "fused", flops, 4 * q.nbytes, lambda: FlashAttention.apply(q, k, v, True))
    mask = functional.causal_mask(time_, time_, DEVICE)
    eager = partial(functional.scaled_dot_product_attention, q, k, v, mask)
    add("attention, eager", "eager", flops, 4 * q.nbytes, eager)
    last = q[:, :, -1:]
    one = partial(F.scaled_dot_product_attention, last, k, v)
    add("attention of one query", "fused", 4 * batch * heads * time_ * d, 2 * k.nbytes, one)
    if not tiny:
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            best = partial(F.scaled_dot_product_attention, q, k, v, is_causal=True)
            add("attention, cuDNN", "fused", flops, 4 * q.nbytes, best)
    return {"rows": rows, "copy": copy}


def unsynchronized(tiny: bool) -> dict[str, Any]:
    """One product timed by the host's clock without and with waiting, and by the device's own events."""
    size = 32 if tiny else 8192
    a, b = random(size, size), random(size, size)
    a @ b
    wait()
    without = []
    for _ in range(10):
        without.append(on_host(lambda: a @ b))
        wait()
    waited = [and_wait(lambda: a @ b) for _ in range(10)]
    return {
        "flops": 2 * size**3,
        "side": size,
        "without": asdict(summed_up(without)),
        "waited": asdict(summed_up(waited)),
        "events": asdict(benchmark(lambda: a @ b, runs=2 if tiny else 20)),
    }


def launches(tiny: bool) -> dict[str, Any]:
    """Adding 1 to a single number, a hundred times over: what a launch takes, one by one and replayed as a graph."""
    x = torch.zeros(1, device=DEVICE)
    count, runs = (5, 2) if tiny else (100, 20)

    def many() -> None:
        for _ in range(count):
            x.add_(1)

    def many_waited() -> None:
        for _ in range(count):
            x.add_(1)
            wait()

    def each(function: Callable[[], Any]) -> dict[str, Any]:
        function()
        return asdict(summed_up([and_wait(function) / count for _ in range(runs)]))

    ways = {"waiting after each": each(many_waited), "one after the other": each(many)}
    if DEVICE.type == "cuda":
        graph = torch.cuda.CUDAGraph()
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            many()
        wait()
        with torch.cuda.graph(graph):
            many()
        ways["replayed as a graph"] = each(graph.replay)
    return {"count": count, "each": ways}


def warm_inputs(tiny: bool) -> dict[str, Any]:
    """gelu of inputs that the last run has left in the cache, and of inputs that it has not."""
    rows = []
    for size in (2**10,) if tiny else [2**n for n in range(20, 29)]:
        x = random(size // 4, dtype=torch.float32)
        for name, cold in (("left in the cache", False), ("from memory", True)):
            rows.append(timed(lambda x=x: gelu(x), tiny, 30, cold, bytes=2 * size, inputs=name))
        del x
    return {"rows": rows}


def sustained(tiny: bool) -> dict[str, Any]:
    """One product over and over for seconds, of random numbers and of zeros, with the clock and the power meanwhile."""
    size, seconds = (32, 0.02) if tiny else (8192, 3.0)
    kinds = {"random": random(size, size), "zeros": torch.zeros(size, size, dtype=torch.bfloat16, device=DEVICE)}
    found: dict[str, Any] = {}
    for name, a in kinds.items():
        single = benchmark(lambda a=a: a @ a, runs=3, cold=False)
        count = max(20, int(1000 * seconds / single.milliseconds))
        if DEVICE.type == "cuda":
            time.sleep(3)  # cool down, and let the clock go up again
            times, states = timed_and_watched(lambda a=a: a @ a, count)
        else:
            times, states = on_clock(lambda a=a: a @ a, count), []
        group = max(1, count // 60)
        means = [sum(times[at : at + group]) / group for at in range(0, count - group + 1, group)]
        found[name] = {"group": group, "milliseconds": means, "states": states}
    return {"flops": 2 * size**3, "side": size, "kinds": found, "limits": limits() if DEVICE.type == "cuda" else {}}


def timed_and_watched(function: Callable[[], Any], count: int) -> tuple[list[float], Rows]:
    """Milliseconds of each of `count` runs in a row, and what the device says of itself while they run."""
    events = [torch.cuda.Event(enable_timing=True) for _ in range(count + 1)]
    began = time.perf_counter()
    events[0].record()
    for event in events[1:]:
        function()
        event.record()
    states = []
    while not events[-1].query():
        seconds = time.perf_counter() - began
        states.append({"seconds": seconds, "mhz": torch.cuda.clock_rate(), "watts": torch.cuda.power_draw() / 1000})
        time.sleep(0.04)
    return [one.elapsed_time(other) for one, other in pairwise(events)], states


def limits() -> dict[str, float]:
    """The highest clock of the multiprocessors, in MHz, and the most power that the device may draw, in watts."""
    command = ["nvidia-smi", "--query-gpu=clocks.max.sm,power.limit", "--format=csv,noheader,nounits", "--id=0"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.split(",")
    return {"mhz": float(said[0]), "watts": float(said[1])}


def fusion(tiny: bool) -> dict[str, Any]:
    """gelu in four ways, from a few numbers to very many; of the largest, also the memory beyond input and output."""
    rows = []
    for power in (8, 10) if tiny else range(10, 29, 2):
        x = random(2**power, dtype=torch.float32)
        torch.compiler.reset()  # else the second size makes the compiler write for sizes that it does not know
        at_once = compiled(functional.gelu, tiny)
        versions = {"eager": functional.gelu, "torch's own": F.gelu, "compiled": at_once, "ours, in Triton": gelu}
        for name, function in versions.items():
            row = timed(lambda function=function, x=x: function(x), tiny, 20, version=name, numbers=x.numel())
            if DEVICE.type == "cuda":
                wait()
                torch.cuda.reset_peak_memory_stats()
                before = torch.cuda.memory_allocated()
                y = function(x)
                wait()
                row["bytes_beyond"] = torch.cuda.max_memory_allocated() - before - y.nbytes
                del y
            rows.append(row)
    return {"rows": rows}


def block(tiny: bool) -> tuple[torch.nn.Module, Tensor]:
    """A block of GPT-2 small with our layers, and a batch for it."""
    width, heads, batch, length = (32, 2, 1, 16) if tiny else (768, 12, 16, 1024)
    module = TransformerBlock(width, heads, 4 * width, ffn="gelu", device=DEVICE, dtype=torch.bfloat16)
    return module, random(batch, length, width)


def profiled(tiny: bool) -> dict[str, Any]:
    """The profiler's table for a transformer block, forward, eager and compiled: kernels by the time that they took."""
    module, x = block(tiny)
    found = {}
    with torch.no_grad():
        for name, function in (("eager", module), ("compiled", compiled(module, tiny))):
            timing = timed(lambda function=function: function(x), tiny, 20, False, False)
            with profile(activities=activities()) as profiler:
                for _ in range(3):
                    function(x)
                wait()
            found[name] = {**timing, "rows": table_of(profiler, 3)}
    return {"shape": list(x.shape), "versions": found}


def activities() -> list[ProfilerActivity]:
    return [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if DEVICE.type == "cuda" else [])]


def table_of(profiler: Any, steps: int, most: int = 14) -> Rows:
    """What took the device's time (on a CPU: the processor's), a step: name, calls, microseconds; the longest first."""
    on_gpu = DEVICE.type == "cuda"
    rows = []
    for row in profiler.key_averages():
        spent = row.self_device_time_total if on_gpu else row.self_cpu_time_total
        if spent > 0 and (not on_gpu or str(row.device_type).endswith("CUDA")):
            rows.append({"name": row.key, "calls": row.count / steps, "microseconds": spent / steps})
    rows.sort(key=lambda row: -row["microseconds"])
    rest = rows[most:]
    if rest:
        rows = [*rows[:most], {"name": "all others", "calls": sum(row["calls"] for row in rest),
                               "microseconds": sum(row["microseconds"] for row in rest)}]  # fmt: skip
    return rows


def timeline(tiny: bool) -> dict[str, Any]:
    """What host and device did when, while gelu ran in five operations, on few numbers and on many."""
    found = {}
    for name, power in (("few", 8 if tiny else 14), ("many", 9 if tiny else 26)):
        x = random(2**power, dtype=torch.float32)
        for _ in range(3):
            functional.gelu(x)
        wait()
        with profile(activities=activities()) as profiler:
            functional.gelu(x)  # the profiler's own beginnings
            wait()
            time.sleep(0.01)
            functional.gelu(x)
            wait()
        events = []
        for event in profiler.events():
            place = "device" if str(event.device_type).endswith("CUDA") else "host"
            span = {"start": event.time_range.start, "microseconds": event.time_range.end - event.time_range.start}
            events.append({"place": place, "name": event.name, **span})
        second = [event["start"] for event in events if event["name"] == "aten::div"][-1]
        second = max(event["start"] for event in events if event["name"] == "aten::mul" and event["start"] < second)
        events = [event for event in events if event["start"] >= second]
        began = min(event["start"] for event in events)
        found[name] = [{**event, "start": event["start"] - began} for event in events]
    return {"numbers": {"few": 2 ** (8 if tiny else 14), "many": 2 ** (9 if tiny else 26)}, "events": found}
