"""Many measurements, each in a fresh process, taken in turns: a burst of other work on the machine then meets every tool."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.tracer.interpreters import PROJECT

HERE = Path(__file__).resolve().parent
PATIENCE = 120  # seconds that one measurement may take


@dataclass
class Runs:
    """What repeated runs of one workload under one tool measured: name of the figure → one number a run."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, measured: dict[str, float]) -> None:
        for name, value in measured.items():
            self.figures.setdefault(name, []).append(value)

    def best(self, figure: str = "seconds") -> float:
        return min(self.figures[figure])

    def median(self, figure: str = "seconds") -> float:
        return statistics.median(self.figures[figure])

    def has(self, figure: str) -> bool:
        return figure in self.figures


class Bench:
    """Runs workers under one interpreter. `problems` collects a sentence for each thing that could not be measured."""

    def __init__(self, python: str) -> None:
        self.python = python
        self.problems: list[str] = []

    def in_turns(
        self, workloads: Sequence[str], tools: Iterable[tuple[str, int]], turns: int = 1
    ) -> dict[tuple[str, str], Runs]:
        """Each workload under each tool in as many processes as the tool's number says: (workload, tool) → its runs.

        Each process runs the workload `turns` times; edtrace, which is slow enough to be measured, once. A pair that
        fails is not tried again, and is not in the result.
        """
        counts = dict(tools)
        found: dict[tuple[str, str], Runs] = {}
        failed: set[tuple[str, str]] = set()
        for turn in range(max(counts.values(), default=0)):
            for workload in workloads:
                for tool, count in counts.items():
                    if turn < count and (workload, tool) not in failed:
                        measured = self.once(tool, workload, 1 if tool == "edtrace" else turns)
                        for one in measured:
                            found.setdefault((workload, tool), Runs()).add(one)
                        if not measured:
                            failed.add((workload, tool))
        return {pair: runs for pair, runs in found.items() if pair not in failed}

    def once(self, tool: str, workload: str, turns: int) -> list[dict[str, float]]:
        """What one process measured in each turn; nothing, after adding to `problems`, if it failed."""
        progress(f"{workload} under {tool}")
        with tempfile.TemporaryDirectory() as folder:
            try:
                done = subprocess.run(
                    self.command(tool, workload, folder, turns),
                    env=environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=PATIENCE,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                self.failed(tool, workload, str(error))
                return []
            if done.returncode:
                self.failed(tool, workload, last_line(done.stderr) or f"exit status {done.returncode}")
                return []
            measured: list[dict[str, float]] = json.loads(Path(folder, "measured.json").read_bytes())
            return measured

    def failed(self, tool: str, workload: str, reason: str) -> None:
        self.problems.append(f"{workload} under {tool} was not measured: {reason.strip().rstrip('.')}.")

    def command(self, tool: str, workload: str, folder: str, turns: int = 1) -> list[str]:
        return [self.python, "-P", str(HERE / "worker.py"), tool, str(workload_path(workload)), folder, str(turns)]


def workload_path(name: str) -> Path:
    return HERE / "workloads" / f"{name}.py"


def environment() -> dict[str, str]:
    """One thread for torch; the project on the path, for the worker is started by its file."""
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}


def last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def progress(text: str) -> None:
    """What is being measured, in place, where a person looks on."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
