"""The Triton kernels beside torch eager, `torch.compile` and the library's kernel, in one run, on a GPU.

    python -m benchmarks.kernels [--only attention,matmul] [--json FILE]

Times are medians of many runs between device events (`triton.testing.do_bench`), of random numbers, after a warm-up; the
smallest and the largest of three such medians are given as well. What goes through memory once is held against a
device-to-device copy, what multiplies against torch's product of two matrices, both measured in the same run. Every result is
held against the reference in float64, or in float32 where that does not fit, before it is timed.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import triton

from benchmarks.kernels import rows
from benchmarks.kernels.rows import Case

REPEATS = 3


@dataclass(frozen=True)
class Measured:
    """`rate` is in the unit of its case; memory is what is allocated beyond the inputs, at its highest."""

    case: str
    version: str
    milliseconds: float
    fastest: float
    slowest: float
    rate: float
    peak_bytes: int
    error: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help=f"some of: {', '.join(rows.CASES)}")
    parser.add_argument("--json", type=Path, help="write the figures, with where they come from, to this file as well")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("Kernels are measured on a GPU, and there is none here.")
        return 2
    names = [name for name in options.only.split(",") if name] or list(rows.CASES)
    for name in names:
        if name not in rows.CASES:
            parser.error(f"there is no {name!r}: there are {', '.join(rows.CASES)}")
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, triton {triton.__version__}\n")
    measured: list[Measured] = []
    for name in names:
        for case in rows.CASES[name]():
            measured += report(case)
            torch.compiler.reset()
            torch.cuda.empty_cache()
    if options.json:
        content = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "triton": triton.__version__,
                   "command": "python -m benchmarks.kernels", "rows": [asdict(row) for row in measured]}  # fmt: skip
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def report(case: Case) -> list[Measured]:
    print(
        f"**{case.name}**\n\n| | ms | {case.unit} | of the first | memory beyond its inputs | error |\n|---|---|---|---|---|---|"
    )
    done: list[Measured] = []
    for version, function in case.versions.items():
        row = measure(case, version, function)
        done.append(row)
        spread = f"{row.milliseconds:.3f} ({row.fastest:.3f}–{row.slowest:.3f})"
        share = row.rate / done[0].rate
        print(f"| {version} | {spread} | {row.rate:,.3g} | {share:.0%} | {row.peak_bytes / 1e6:,.0f} MB | {row.error:.1e} |",
              flush=True)  # fmt: skip
    print()
    return done


def measure(case: Case, version: str, function: Callable[[], Any]) -> Measured:
    error = case.error(function()) if case.error else 0.0
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = function()
    torch.cuda.synchronize()
    peak = torch.cuda.max_memory_allocated() - before
    del result
    medians = [triton.testing.do_bench(function, warmup=25, rep=100, return_mode="median") for _ in range(REPEATS)]
    middle = statistics.median(medians)
    return Measured(case.name, version, middle, min(medians), max(medians), case.amount / middle * 1e3, peak, error)


if __name__ == "__main__":
    raise SystemExit(main())
