"""What compilers make of lecture 6's functions: Triton's PTX, the Triton code that torch.compile writes, and what both cost."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lectures.lm import functional
from lectures.lm.kernels import simple
from lectures.lm.ptx import cleaned

__all__ = ["calls", "generated", "kernels_launched", "ptx"]

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NARROW = torch.bfloat16 if DEVICE == "cuda" else torch.float16


def ptx(tiny: bool) -> dict[str, Any]:
    """The PTX of the simple gelu, for a count that 16 divides and for one that it does not, and of the simple product."""
    x = torch.randn(8192, device=DEVICE)
    y = torch.empty_like(x)
    size = 64 if tiny else 512
    a, b, c = torch.randn(3, size, size, device=DEVICE, dtype=NARROW)
    gelu, matmul = simple.gelu_kernel, simple.matmul_kernel
    return {
        "gelu": described(gelu, gelu[(16,)](x, y, 8192, BLOCK=512)),
        "gelu, an odd count": described(gelu, gelu[(16,)](x, y, 8191, BLOCK=512)),
        "matmul": described(matmul, matmul[(4, 4)](
            a, b, c, size, size, size, BLOCK_M=128, BLOCK_N=128, BLOCK_K=64, GROUP=8, num_warps=8, num_stages=3,
        )),
    }  # fmt: skip


def described(kernel: Any, launched: Any) -> dict[str, Any]:
    """The source, with the number of its first line, beside what was made of it; interpreted, nothing was."""
    lines, first = inspect.getsourcelines(kernel.fn)
    source = {"source": [line.rstrip() for line in lines], "first_line": first}
    if launched is None:
        return {**source, "ptx": "", "registers": 0, "shared_bytes": 0, "warps": 0}
    return {
        **source, "ptx": cleaned(launched.asm["ptx"]), "registers": launched.n_regs,
        "shared_bytes": launched.metadata.shared, "warps": launched.metadata.num_warps,
    }  # fmt: skip


def generated(tiny: bool) -> dict[str, Any]:
    """The Triton kernels that torch.compile writes for gelu and for softmax, and the seconds of each first call."""
    found = {}
    for name, function, shape in (("gelu", functional.gelu, (2**20,)), ("softmax", softmax, (256, 1024))):
        x = torch.randn(shape, device=DEVICE)
        torch.compiler.reset()
        began = time.perf_counter()
        kernels = [] if tiny else written(function, x)
        seconds = time.perf_counter() - began
        found[name] = {"kernels": kernels, "first_call_seconds": seconds}
    began = time.perf_counter()
    simple.gelu_kernel[(1,)](x, torch.empty_like(x), 64, BLOCK=64)  # a block that nothing has been compiled for
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return {**found, "triton_first_launch_seconds": time.perf_counter() - began}


def written(function: Callable[[Tensor], Tensor], x: Tensor) -> list[str]:
    """The source of each kernel, from its `@triton.jit` on, without what was remembered from earlier runs."""
    from torch._inductor.utils import fresh_inductor_cache, run_and_get_code

    with fresh_inductor_cache():
        _, code = run_and_get_code(torch.compile(function, dynamic=False), x)
    return [
        match.group(1).strip() for text in code for match in re.finditer(r"(@triton\.jit\n.*?)'''", text, re.DOTALL)
    ]


def softmax(x: Tensor) -> Tensor:
    return functional.softmax(x, -1)


def calls(tiny: bool) -> dict[str, Any]:
    """Microseconds that a call keeps the host busy, for 1,024 numbers: what a kernel costs before it does anything."""
    x = torch.randn(1024, device=DEVICE)
    torch.compiler.reset()
    fused = torch.compile(functional.gelu, dynamic=False, backend="eager" if tiny else "inductor")
    versions: dict[str, Callable[[], Any]] = {
        "eager": partial(functional.gelu, x),
        "torch's": partial(F.gelu, x),
        "torch.compile": partial(fused, x),
        "Triton": partial(simple.gelu, x),
    }
    if DEVICE == "cuda":
        versions["a CUDA graph of the kernel"] = recorded(partial(simple.gelu, x))
    return {"numbers": 1024, "microseconds": {name: on_the_host(run, tiny) for name, run in versions.items()}}


def recorded(run: Callable[[], Any]) -> Callable[[], Any]:
    run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    replay: Callable[[], Any] = graph.replay
    return replay


def on_the_host(run: Callable[[], Any], tiny: bool) -> float:
    """The least of several rounds of many calls each, the wait at the end included."""
    rounds, count = (2, 3) if tiny else (7, 500)
    best = float("inf")
    for _ in range(rounds + 1):
        began = time.perf_counter()
        for _ in range(count):
            run()
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        best = min(best, (time.perf_counter() - began) / count)
    return 1e6 * best


def kernels_launched(tiny: bool) -> dict[str, Any]:
    """The names of the kernels that one call launches, as torch's profiler saw them; on a CPU, of torch's operations."""
    time_, d = (16, 16) if tiny else (1024, 64)
    x = torch.randn(64, time_, device=DEVICE)
    q, k, v = torch.randn(3, 2, 4, time_, d, device=DEVICE, dtype=NARROW)
    mask = functional.causal_mask(time_, time_, DEVICE)
    attend = partial(functional.scaled_dot_product_attention, mask=mask)
    found: dict[str, Any] = {}
    for name, function, inputs in (
        ("gelu", functional.gelu, (x,)), ("softmax", softmax, (x,)), ("attention", attend, (q, k, v)),
        ("product and gelu", product_and_gelu, (x, x.T.contiguous())),
    ):  # fmt: skip
        torch.compiler.reset()
        fused = torch.compile(function, dynamic=False, backend="eager" if tiny else "inductor")
        found[name] = {
            "eager": launched(partial(function, *inputs)),
            "torch.compile": launched(partial(fused, *inputs)),
        }
    return found


def product_and_gelu(a: Tensor, b: Tensor) -> Tensor:
    return functional.gelu(a @ b)


def launched(run: Callable[[], Any]) -> list[str]:
    from torch.profiler import ProfilerActivity, profile

    for _ in range(3):
        run()
    on_gpu = DEVICE == "cuda"
    with profile(activities=[ProfilerActivity.CUDA if on_gpu else ProfilerActivity.CPU]) as seen:
        run()
        if on_gpu:
            torch.cuda.synchronize()
    names = [str(event.name) for event in seen.events()]
    if on_gpu:
        kinds = (torch.autograd.DeviceType.CUDA,)
        names = [str(event.name) for event in seen.events() if event.device_type in kinds]
    return [name for name in names if not name.startswith(("Activity Buffer", "ProfilerStep", "Memset", "cuda"))][:40]
