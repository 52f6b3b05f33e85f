"""A training step of GPT-2 small, of the library's own `TransformerLM` and of torch's own modules, in one run.

    python -m benchmarks.training [--batch 16] [--time 1024] [--steps 20] [--json FILE]

Parameters in float32, matrix products in bfloat16 (autocast), AdamW, gradients clipped; each model eager and through
`torch.compile`, all from the same numbers, on the same random tokens; on a GPU `TransformerLM` with our Triton kernels as well.
A step is timed on the clock between two synchronisations; the median counts. MFU is 6·N·D and attention's share
(`lectures.lm.accounting`, scores counted whole) over the published dense peak of the machine; beside it the fastest product of
two large matrices in this very run, which is what a program can hope for. Without a GPU the shape is small and everything in
float32, and it says so.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.training.peer import TorchGPT2
from lectures.lm.accounting import PUBLISHED, ModelShape, training_flops_per_token
from lectures.lm.functional import cross_entropy
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import AdamW, clip_gradients
from tracer.costs.machines import published

Loss = Callable[[Tensor, Tensor], Tensor]
WARMUP = 4
KERNELS = {False: ("attention", "norm", "activation", "loss"), True: ("attention", "loss")}
"""By whether the rest is compiled, which makes one kernel of an activation too. Products stay torch's: they are as fast."""


@dataclass(frozen=True)
class Row:
    """`peak_bytes` is of the device's allocator; on a CPU there is none."""

    model: str
    step_ms: float
    slowest_ms: float
    tokens_per_second: float
    flops_per_second: float
    peak_bytes: int
    first_loss: float
    last_loss: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=16, help="sequences in a batch (default: 16)")
    parser.add_argument("--time", type=int, default=1024, help="tokens in a sequence (default: 1024)")
    parser.add_argument("--steps", type=int, default=20, help="timed steps of each (default: 20)")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    shape, batch, length = PUBLISHED["GPT-2 small"], options.batch, options.time
    if not torch.cuda.is_available():
        shape, batch, length = replace(shape, num_layers=2, vocab_size=4096), 2, 256
        print("No GPU: two layers, a vocabulary of 4,096, two sequences of 256 tokens, everything in float32.")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    name = torch.cuda.get_device_name() if device.type == "cuda" else platform.machine()
    peak, ceiling = published_peak(name), product_ceiling(device)
    per_token = training_flops_per_token(shape, length)
    rows = [measured(*variant, shape, batch, length, options.steps, per_token) for variant in variants(shape, device)]
    report(name, shape, batch, length, rows, peak, ceiling)
    if options.json:
        provenance = {"device": name, "torch": torch.__version__, "python": platform.python_version(),
                      "shape": asdict(shape), "batch": batch, "time": length, "flops_per_token": per_token,
                      "published_peak": peak, "product_ceiling": ceiling}  # fmt: skip
        content = provenance | {"rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def variants(shape: ModelShape, device: torch.device) -> Iterator[tuple[str, nn.Module, torch.optim.Optimizer, Loss]]:
    """Name, model, optimizer, and the loss of inputs and targets. One at a time: two do not share the memory."""
    for compiled in (False, True):
        how = "compiled" if compiled else "eager"

        ours = built(shape, device)
        optimizer: torch.optim.Optimizer = AdamW(ours.parameters(), lr=3e-4)
        yield f"TransformerLM, {how}", ours, optimizer, loss_of(ours, cross_entropy, compiled)

        theirs = TorchGPT2(built(shape, device), shape).to(device)
        optimizer = torch.optim.AdamW(theirs.parameters(), lr=3e-4, fused=device.type == "cuda")
        yield f"torch's own modules, {how}", theirs, optimizer, loss_of(theirs, torch_loss, compiled)

        del theirs
        if device.type == "cuda":
            from lectures.lm.kernels.cross_entropy import cross_entropy as kernel_loss

            ours = built(shape, device, kernels=KERNELS[compiled])
            optimizer = AdamW(ours.parameters(), lr=3e-4)
            loss = loss_of(torch.compile(ours) if compiled else ours, partial(kernel_loss, overwrite_logits=True))
            yield f"TransformerLM, our kernels, {how}", ours, optimizer, loss


def built(shape: ModelShape, device: torch.device, **options: Any) -> TransformerLM:
    torch.manual_seed(0)
    return TransformerLM(**shape.arguments(), **options, device=device)


def loss_of(model: nn.Module, criterion: Loss, compiled: bool = False) -> Loss:
    """The loss of a model on inputs and targets; compiled as one, model and criterion together."""

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        with torch.autocast(inputs.device.type, dtype=torch.bfloat16, enabled=inputs.is_cuda):
            logits = model(inputs)
        return criterion(logits, targets)

    return torch.compile(loss) if compiled else loss


def torch_loss(logits: Tensor, targets: Tensor) -> Tensor:
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


def measured(
    name: str,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_of: Loss,
    shape: ModelShape,
    batch: int,
    length: int,
    steps: int,
    flops_per_token: int,
) -> Row:
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(shape.vocab_size, (batch, length + 1), generator=generator).to(device)
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    parameters = list(model.parameters())
    clip = clip_gradients if isinstance(model, TransformerLM) else torch.nn.utils.clip_grad_norm_

    def step() -> Tensor:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(inputs, targets)
        loss.backward()
        clip(parameters, 1.0)
        optimizer.step()
        return loss.detach()

    clean(device)
    first = step().item()
    for _ in range(WARMUP):
        last = step()
    times = []
    for _ in range(steps):
        synchronize(device)
        began = time.perf_counter()
        last = step()
        synchronize(device)
        times.append(time.perf_counter() - began)
    seconds = statistics.median(times)
    used = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    rate = batch * length / seconds
    row = Row(name, seconds * 1e3, max(times) * 1e3, rate, rate * flops_per_token, used, first, last.item())
    print(f"  {name}: {row.step_ms:.1f} ms", flush=True)
    return row


def clean(device: torch.device) -> None:
    gc.collect()
    torch.compiler.reset()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def published_peak(name: str) -> float | None:
    """Dense bfloat16 FLOP/s from the data sheet of the machine that `name` begins like, None where there is none."""
    model = next((word for word in name.split() if word[:1] in "ABH" and word[1:].isdigit()), None)
    rates = (machine.flops_per_second for machine in published() if model and model in machine.name.split())
    return next((rate["bfloat16"] for rate in rates), None)


def product_ceiling(device: torch.device, size: int = 8192) -> float:
    """FLOP/s of the fastest of a few products of two square matrices of random numbers, as the models multiply them."""
    dtype = torch.bfloat16
    if device.type == "cpu":
        size, dtype = 1024, torch.float32
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    times = []
    for _ in range(12):
        synchronize(device)
        began = time.perf_counter()
        a @ b
        synchronize(device)
        times.append(time.perf_counter() - began)
    return 2 * size**3 / min(times[2:])


def report(
    name: str, shape: ModelShape, batch: int, length: int, rows: list[Row], peak: float | None, ceiling: float
) -> None:
    count = count_parameters(TransformerLM(**shape.arguments(), device="meta"))
    print(
        f"\n{name}, torch {torch.__version__}: {count:,} parameters, {batch} × {length} tokens a step, bfloat16 products"
    )
    print(f"product of two large matrices here: {ceiling / 1e12:.0f} TFLOP/s; published peak: "
          f"{f'{peak / 1e12:.0f} TFLOP/s' if peak else 'none known'}\n")  # fmt: skip
    print("| | ms a step | slowest | tokens/s | TFLOP/s | MFU | of the product | peak memory | loss, first and last |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        mfu = f"{row.flops_per_second / peak:.1%}" if peak else "–"
        memory = f"{row.peak_bytes / 1e9:.1f} GB" if row.peak_bytes else "–"
        print(
            f"| {row.model} | {row.step_ms:.1f} | {row.slowest_ms:.1f} | {row.tokens_per_second:,.0f} | "
            f"{row.flops_per_second / 1e12:.1f} | {mfu} | {row.flops_per_second / ceiling:.1%} | {memory} | "
            f"{row.first_loss:.4f}, {row.last_loss:.4f} |"
        )


if __name__ == "__main__":
    raise SystemExit(main())
