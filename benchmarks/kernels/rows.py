"""What is measured: each case with its versions, the first of which is the ceiling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from lectures.lm import functional, layers
from lectures.lm.kernels.cross_entropy import cross_entropy
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.gelu import gelu
from lectures.lm.kernels.matmul import matmul
from lectures.lm.kernels.rmsnorm import rmsnorm
from lectures.lm.kernels.softmax import softmax

Version = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """`amount` a run, in what `unit` counts a second; `error` holds a result against the reference."""

    name: str
    unit: str
    amount: float
    versions: dict[str, Version]
    error: Callable[[Any], float] | None = None


def against(reference: Tensor) -> Callable[[Any], float]:
    """‖result − reference‖ / ‖reference‖ in float64, over the first tensors of both if they are several."""

    def error(result: Any) -> float:
        ours = result if isinstance(result, Tensor) else result[0]
        ours = ours[: len(reference)] if reference.ndim else ours
        return float((ours.double() - reference).norm() / reference.norm())

    return error


def random(*shape: int, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    return torch.randn(*shape, device="cuda", dtype=dtype)


def gelus() -> Iterator[Case]:
    x, room = random(16_384, 16_384, dtype=torch.float32), random(16_384, 16_384, dtype=torch.float32)
    compiled = torch.compile(functional.gelu)
    yield Case("gelu, 16384² float32", "TB/s", 2 * x.nbytes / 1e12, {
        "device copy": lambda: room.copy_(x),
        "eager, operation by operation": lambda: functional.gelu(x),
        "torch's": lambda: F.gelu(x),
        "torch.compile": lambda: compiled(x),
        "ours": lambda: gelu(x),
    })  # fmt: skip


def softmaxes() -> Iterator[Case]:
    for rows, columns in ((16_384, 16_384), (4_096, 65_536)):
        x, room = random(rows, columns, dtype=torch.float32), random(rows, columns, dtype=torch.float32)
        compiled = torch.compile(lambda x: functional.softmax(x, -1))
        yield Case(f"softmax, {rows} rows of {columns} float32", "TB/s", 2 * x.nbytes / 1e12, {
            "device copy": lambda x=x, room=room: room.copy_(x),
            "eager, operation by operation": lambda x=x: functional.softmax(x, -1),
            "torch's": lambda x=x: F.softmax(x, -1),
            "torch.compile": lambda x=x, compiled=compiled: compiled(x),
            "ours": lambda x=x: softmax(x),
        })  # fmt: skip
        del x, room


def norms() -> Iterator[Case]:
    rows, d = 65_536, 4_096
    x, room = random(rows, d), random(rows, d)
    norm = layers.RMSNorm(d, device="cuda", dtype=torch.bfloat16)
    weight, compiled = norm.weight, torch.compile(norm)
    with torch.no_grad():
        yield Case(f"rmsnorm, {rows} rows of {d} bfloat16", "TB/s", 2 * x.nbytes / 1e12, {
            "device copy": lambda: room.copy_(x),
            "eager, operation by operation": lambda: norm(x),
            "torch's": lambda: F.rms_norm(x, (d,), weight, 1e-5),
            "torch.compile": lambda: compiled(x),
            "ours": lambda: rmsnorm(x, weight),
        }, against(F.rms_norm(x[:64].double(), (d,), weight.double(), 1e-5)))  # fmt: skip
    x.requires_grad_()
    grad = random(rows, d)

    def back(y: Tensor) -> Version:
        return lambda: torch.autograd.grad(y, (x, weight), grad, retain_graph=True)

    yield Case(f"rmsnorm backward, {rows} rows of {d} bfloat16", "TB/s", 3 * x.nbytes / 1e12, {
        "device copy, half as much again": lambda: (room.copy_(grad), room[: rows // 2].copy_(grad[: rows // 2])),
        "eager, operation by operation": back(norm(x)),
        "torch's": back(F.rms_norm(x, (d,), weight, 1e-5)),
        "torch.compile": back(compiled(x)),
        "ours": back(rmsnorm(x, weight)),
    })  # fmt: skip


def products() -> Iterator[Case]:
    for size in (4096, 8192):
        a, b = random(size, size), random(size, size)
        amount, error = 2 * size**3 / 1e12, against(a[:64].double() @ b.double())
        yield Case(f"matmul, {size}³ bfloat16", "TFLOP/s", amount, {
            "torch's (cuBLAS)": lambda a=a, b=b: a @ b,
            "ours": lambda a=a, b=b: matmul(a, b, torch.bfloat16),
        }, error)  # fmt: skip
        yield Case(f"matmul, {size}³ bfloat16, result in float32", "TFLOP/s", amount, {
            "torch's (cuBLAS)": lambda a=a, b=b: torch.mm(a, b, out_dtype=torch.float32),
            "ours": lambda a=a, b=b: matmul(a, b),
        }, error)  # fmt: skip


def attentions() -> Iterator[Case]:
    for batch, heads, time, d in ((4, 16, 4096, 128), (4, 16, 4096, 64), (1, 16, 16_384, 128)):
        q, k, v = (random(batch, heads, time, d).requires_grad_() for _ in range(3))
        grad = random(batch, heads, time, d)
        amount = 4 * batch * heads * time * time * d / 2 / 1e12  # the half that a causal mask leaves
        flex = torch.compile(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
        name = f"B{batch} H{heads} S{time} D{d} bfloat16, causal"

        def library(backend: SDPBackend, q: Tensor = q, k: Tensor = k, v: Tensor = v) -> Tensor:
            with sdpa_kernel(backend):
                return F.scaled_dot_product_attention(q, k, v, is_causal=True)

        forwards: dict[str, Version] = {
            "torch's flash": lambda library=library: library(SDPBackend.FLASH_ATTENTION),
            "torch's cuDNN": lambda library=library: library(SDPBackend.CUDNN_ATTENTION),
            "ours": lambda q=q, k=k, v=v: FlashAttention.apply(q, k, v, True),
        }
        if time <= 4096:
            forwards["eager, scores in memory"] = lambda q=q, k=k, v=v: eager(q, k, v)
            forwards["torch.compile"] = lambda q=q, k=k, v=v, flex=flex: flex(q, k, v)
        with torch.no_grad():
            rows = [x[:1, :, :256].double() for x in (q, k, v)]
            yield Case(f"attention forward, {name}", "TFLOP/s", amount, forwards, head_error(eager(*rows)))
        backwards = {}
        for version, function in list(forwards.items())[:3]:
            out = function()
            backwards[version] = lambda out=out, q=q, k=k, v=v, grad=grad: torch.autograd.grad(
                out, (q, k, v), grad, retain_graph=True
            )
        if time <= 4096:
            reference = backwards["torch's cuDNN"]()[0].double()
            yield Case(f"attention backward, {name}", "TFLOP/s", 2.5 * amount, backwards, against(reference))
        else:
            yield Case(f"attention backward, {name}", "TFLOP/s", 2.5 * amount, backwards)
        del q, k, v, grad, backwards, forwards


def eager(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return functional.scaled_dot_product_attention(q, k, v, functional.causal_mask(q.shape[-2], k.shape[-2], q.device))


def head_error(reference: Tensor) -> Callable[[Any], float]:
    """Under a causal mask the first outputs depend on the first inputs alone."""
    time = reference.shape[-2]
    return lambda result: float((result[:1, :, :time].double() - reference).norm() / reference.norm())


def losses() -> Iterator[Case]:
    rows, vocab = 8_192, 128_256
    logits, targets = random(rows, vocab), torch.randint(vocab, (rows,), device="cuda")
    compiled = torch.compile(lambda x, t: F.cross_entropy(x.float(), t))

    def step(loss: Callable[[Tensor, Tensor], Tensor]) -> Version:
        """Forward and backward. What overwrites its logits goes on with what it left: other numbers, the same work."""

        def run() -> Tensor:
            leaf = logits.detach().requires_grad_()
            result = loss(leaf, targets)
            result.backward()
            return result.detach()

        return run

    parts = [F.cross_entropy(x.double(), t) for x, t in zip(logits.split(256), targets.split(256), strict=True)]
    yield Case(f"cross-entropy forward and backward, {rows} rows of {vocab} bfloat16", "GB/s", 2 * logits.nbytes / 1e9, {
        "torch's, eager": step(F.cross_entropy),
        "torch's, eager, in float32": step(lambda x, t: F.cross_entropy(x.float(), t)),
        "torch.compile, in float32": step(compiled),
        "ours": step(cross_entropy),
        "ours, over the logits": step(lambda x, t: cross_entropy(x, t, overwrite_logits=True)),
    }, against(torch.stack(parts).mean()))  # fmt: skip


CASES: dict[str, Callable[[], Iterator[Case]]] = {
    "gelu": gelus,
    "softmax": softmaxes,
    "rmsnorm": norms,
    "matmul": products,
    "attention": attentions,
    "cross_entropy": losses,
}
