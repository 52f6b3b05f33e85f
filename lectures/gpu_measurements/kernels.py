"""What lecture 6 shows of kernels: the same function eager, compiled and in Triton, over sizes, tiles and orders of tiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from lectures.lm import functional
from lectures.lm.benchmark import benchmark
from lectures.lm.kernels import simple
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.matmul import matmul

__all__ = [
    "attention_lengths", "attention_training", "ceilings", "gelu_odd", "gelu_sizes", "matmul_groups", "matmul_sizes",
    "matmul_tiles", "product_errors", "softmax_widths",
]  # fmt: skip

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NARROW = torch.bfloat16 if DEVICE == "cuda" else torch.float16  # the interpreter cannot multiply bfloat16

Version = Callable[[], Any]


def random(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, device=DEVICE, dtype=dtype)


def timed(versions: Mapping[str, Version], tiny: bool) -> dict[str, dict[str, float]]:
    """Version → its times, and `peak_bytes`: what it allocates, its result included."""
    return {name: {**asdict(benchmark(run, runs=2 if tiny else 20)), **peak(run)} for name, run in versions.items()}


def peak(run: Version) -> dict[str, float]:
    if DEVICE == "cpu":
        return {"peak_bytes": 0}
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = run()
    torch.cuda.synchronize()
    del result
    return {"peak_bytes": torch.cuda.max_memory_allocated() - before}


def compiled(function: Callable[..., Any], tiny: bool) -> Callable[..., Any]:
    """For one shape: nothing that another one left. Tiny, only as far as no compiler of C++ is wanted."""
    torch.compiler.reset()
    fused: Callable[..., Any] = torch.compile(function, dynamic=False, backend="eager" if tiny else "inductor")
    return fused


def ceilings(tiny: bool) -> dict[str, Any]:
    """The two that every kernel meets: the fastest of some copies, read and written, and the product of two large matrices."""
    size = 64 if tiny else 8192
    a, b = random(size, size, dtype=NARROW), random(size, size, dtype=NARROW)
    copies = []
    for power in (10, 12) if tiny else (26, 27, 28):
        x, room = random(2**power), random(2**power)
        timing = benchmark(partial(room.copy_, x))
        copies.append({"bytes": 2 * x.nbytes, "bytes_per_second": 2 * x.nbytes / timing.seconds, **asdict(timing)})
    product = benchmark(partial(torch.matmul, a, b))
    return {
        "bytes_per_second": max(copy["bytes_per_second"] for copy in copies), "copies": copies,
        "flops_per_second": 2 * size**3 / product.seconds, "product": asdict(product),
    }  # fmt: skip


def gelu_sizes(tiny: bool) -> dict[str, Any]:
    """float32 numbers from a few to many: operation by operation, torch's own, compiled, and the simple kernel."""
    rows = []
    for power in (8, 10) if tiny else (12, 16, 20, 22, 24, 26, 28):
        x = random(2**power)
        fused = compiled(functional.gelu, tiny)
        versions: dict[str, Version] = {
            "eager": partial(functional.gelu, x),
            "torch's": partial(F.gelu, x),
            "torch.compile": partial(fused, x),
            "Triton": partial(simple.gelu, x),
        }
        rows.append({"numbers": x.numel(), "versions": timed(versions, tiny)})
    return {"rows": rows}


def gelu_odd(tiny: bool) -> dict[str, Any]:
    """Two counts that differ by one: 16 divides the first, and the compiler may read four numbers at a time."""
    count = 2**10 if tiny else 2**28
    x = random(count)
    return {
        str(numbers.numel()): asdict(benchmark(partial(simple.gelu, numbers), runs=2 if tiny else 20))
        for numbers in (x, x[:-1])
    }


def softmax_widths(tiny: bool) -> dict[str, Any]:
    """As many float32 numbers in rows that grow: how long a row one program can hold."""
    rows = []
    numbers = 2**8 if tiny else 2**27
    for columns in (64, 128) if tiny else (128, 512, 2048, 8192, 32_768, 65_536):
        x = random(numbers // columns, columns)
        fused = compiled(functional.softmax, tiny)
        versions: dict[str, Version] = {
            "eager": partial(functional.softmax, x, -1),
            "torch's": partial(F.softmax, x, -1),
            "torch.compile": partial(fused, x, -1),
            "Triton, a row at once": partial(simple.softmax, x),
            "Triton, in blocks": partial(simple.long_softmax, x, min(4096, columns)),
        }
        rows.append({"columns": columns, "rows": len(x), "versions": timed(versions, tiny)})
    return {"rows": rows}


def matmul_sizes(tiny: bool) -> dict[str, Any]:
    """Square matrices: cuBLAS, the simple kernel in two orders of its tiles, and the one that uses what the machine has."""
    rows = []
    for size in (32,) if tiny else (512, 1024, 2048, 4096, 8192):
        a, b = random(size, size, dtype=NARROW), random(size, size, dtype=NARROW)
        fused = compiled(torch.matmul, tiny)
        block = (16, 16, 16) if tiny else (128, 128, 64)
        versions: dict[str, Version] = {
            "cuBLAS": partial(torch.matmul, a, b),
            "torch.compile": partial(fused, a, b),
            "Triton, row by row": partial(simple.matmul, a, b, block),
            "Triton, grouped": partial(simple.matmul, a, b, block, 8),
            "Triton, tuned": partial(matmul, a, b, NARROW),
        }
        rows.append({"size": size, "versions": timed(versions, tiny)})
    return {"rows": rows}


def matmul_tiles(tiny: bool) -> dict[str, Any]:
    """The same product with tiles of different sizes. A tile that does not fit the machine has no time, and says why."""
    size = 32 if tiny else 4096
    a, b = random(size, size, dtype=NARROW), random(size, size, dtype=NARROW)
    blocks = [(16, 16, 16, 4), (32, 32, 16, 4)] if tiny else [
        (16, 16, 64, 4), (32, 32, 64, 4), (64, 64, 64, 4), (128, 64, 64, 4), (128, 128, 64, 4), (128, 128, 64, 8),
        (128, 256, 64, 8), (256, 128, 64, 8), (256, 256, 64, 8),
    ]  # fmt: skip
    rows = []
    for m, n, k, warps in blocks:
        row: dict[str, Any] = {"block": [m, n, k], "warps": warps, "size": size}
        run = partial(simple.matmul, a, b, (m, n, k), 8, warps)
        try:
            row |= {**asdict(benchmark(run, runs=2 if tiny else 20)), **resources(a, b, (m, n, k), warps)}
        except Exception as error:
            row["refused"] = str(error).splitlines()[0]
        rows.append(row)
    return {"rows": rows}


def resources(a: Tensor, b: Tensor, block: tuple[int, int, int], warps: int) -> dict[str, int]:
    """Registers of a thread, those spilled to memory, and the shared memory of a program; 0 where interpreted."""
    (m, k), n = a.shape, b.shape[1]
    c = torch.empty(m, n, device=a.device, dtype=a.dtype)
    kernel = simple.matmul_kernel[(n // block[1], m // block[0])](
        a, b, c, m, n, k, BLOCK_M=block[0], BLOCK_N=block[1], BLOCK_K=block[2], GROUP=8, num_warps=warps, num_stages=3
    )
    if kernel is None:
        return {"registers": 0, "spilled": 0, "shared_bytes": 0}
    return {"registers": kernel.n_regs, "spilled": kernel.n_spills, "shared_bytes": kernel.metadata.shared}


def matmul_groups(tiny: bool) -> dict[str, Any]:
    """Two products larger than the L2 cache, their tiles in groups of so many rows."""
    block = (16, 16, 16) if tiny else (128, 128, 64)
    rows = []
    for size in (32,) if tiny else (8192, 16_384):
        a, b = random(size, size, dtype=NARROW), random(size, size, dtype=NARROW)
        for group in (1, 2) if tiny else (1, 2, 4, 8, 16, 32, 64):
            timing = benchmark(partial(simple.matmul, a, b, block, group), runs=2 if tiny else 10)
            rows.append({"size": size, "group": group, **asdict(timing)})
    return {"block": list(block), "resident": resident(a, b, block), "rows": rows}


def resident(a: Tensor, b: Tensor, block: tuple[int, int, int], warps: int = 8) -> int:
    """Programs that the GPU holds at once, by their registers and their shared memory; interpreted, one."""
    if DEVICE == "cpu":
        return 1
    machine, used = torch.cuda.get_device_properties(0), resources(a, b, block, warps)
    by_registers = int(machine.regs_per_multiprocessor) // (used["registers"] * 32 * warps)
    by_memory = int(machine.shared_memory_per_multiprocessor) // used["shared_bytes"]
    return int(machine.multi_processor_count) * min(by_registers, by_memory)


def product_errors(tiny: bool) -> dict[str, Any]:
    """‖result − float64‖ / ‖float64‖ of a product: float32 by three ways of multiplying, and narrow numbers in and out."""
    size = 64 if tiny else 1024
    a, b = random(size, size), random(size, size)
    exact = a.double() @ b.double()
    half_a, half_b = a.to(NARROW), b.to(NARROW)
    half_exact = half_a.double() @ half_b.double()

    def error(result: Tensor, reference: Tensor) -> float:
        return float((result.double() - reference).norm() / reference.norm())

    block = (16, 16, 16) if tiny else (64, 64, 32)
    return {
        "float32, torch": error(a @ b, exact),
        "float32, tl.dot as it is (TF32)": error(simple.matmul(a, b, block), exact),
        "float32, tl.dot in three products": error(matmul(a, b), exact),
        "narrow in, float32 out": error(matmul(half_a, half_b), half_exact),
        "narrow in, narrow out": error(simple.matmul(half_a, half_b, block), half_exact),
        "format": str(NARROW).removeprefix("torch."),
    }


def attention_lengths(tiny: bool) -> dict[str, Any]:
    """Causal attention forward over 16,384 tokens in sequences that grow; 16 heads of 128."""
    heads, d, tokens = (1, 16, 32) if tiny else (16, 128, 16_384)
    rows = []
    for time in (32,) if tiny else (512, 1024, 2048, 4096, 8192, 16_384):
        q, k, v = (random(tokens // time, heads, time, d, dtype=NARROW) for _ in range(3))
        flat = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
        fused = compiled(eager, tiny)
        versions: dict[str, Version] = {
            "eager": partial(eager, q, k, v),
            "torch.compile": partial(fused, q, k, v),
            "Triton, simple": partial(
                simple.flash_attention, *flat, is_causal=True, tile=(16, 16) if tiny else (128, 64)
            ),
            "Triton, tuned": partial(FlashAttention.apply, q, k, v, True),
        }
        if DEVICE == "cuda":
            versions["torch's flash"] = partial(library, SDPBackend.FLASH_ATTENTION, q, k, v)
            versions["cuDNN"] = partial(library, SDPBackend.CUDNN_ATTENTION, q, k, v)
        rows.append({"time": time, "batch": tokens // time, "versions": timed(versions, tiny)})
    return {"heads": heads, "d": d, "rows": rows}


def attention_training(tiny: bool) -> dict[str, Any]:
    """Forward and backward, causal, batch 4, 16 heads of 128, 4,096 tokens."""
    batch, heads, time, d = (1, 2, 32, 16) if tiny else (4, 16, 4096, 128)
    q, k, v = (random(batch, heads, time, d, dtype=NARROW).requires_grad_() for _ in range(3))
    grad = random(batch, heads, time, d, dtype=NARROW)

    def step(attend: Callable[..., Tensor]) -> Version:
        return lambda: torch.autograd.grad(attend(q, k, v), (q, k, v), grad)

    versions = {
        "eager": step(eager),
        "torch.compile": step(compiled(eager, tiny)),
        "Triton, tuned": step(lambda q, k, v: FlashAttention.apply(q, k, v, True)),
    }
    if DEVICE == "cuda":
        versions["torch's flash"] = step(partial(library, SDPBackend.FLASH_ATTENTION))
        versions["cuDNN"] = step(partial(library, SDPBackend.CUDNN_ATTENTION))
    return {"batch": batch, "heads": heads, "time": time, "d": d, "versions": timed(versions, tiny)}


def eager(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return functional.scaled_dot_product_attention(q, k, v, functional.causal_mask(q.shape[-2], k.shape[-2], q.device))


def library(backend: SDPBackend, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    with sdpa_kernel(backend):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
