"""What counting costs: a run whose tensor operations are counted, beside one that is only recorded, and torch's own counter.

    python -m benchmarks.tracer.accounting [--quick]

The operations are small, so that what is measured is the counting: FLOPs, bytes and live memory of each, charged to its step.
Torch's counter counts FLOPs alone. Every measurement is a fresh process, and the tools take turns; times are processor time of
`main()`, the best of all, on one thread.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from benchmarks.tracer.interpreters import this
from benchmarks.tracer.runs import Bench, Runs, progress

MOST_US = 40
WORKLOADS = {"invisible_torch": "training an MLP", "counted_block": "a transformer block"}
TOOLS = ("untraced", "ours", "costs", "flop_counter")


@dataclass(frozen=True)
class Counted:
    """One workload. Times in µs an operation: `ours` over the same run recorded, `library` over the same run alone."""

    operations: int
    ours: float
    library: float
    flops: int
    library_flops: int

    @property
    def ratio(self) -> float:
        return self.ours / self.library


def counted(found: dict[tuple[str, str], Runs], workload: str) -> Counted | None:
    runs = {tool: found.get((workload, tool)) for tool in TOOLS}
    if any(run is None for run in runs.values()):
        return None
    seconds = {tool: run.best() for tool, run in runs.items() if run is not None}
    costs, library = found[workload, "costs"], found[workload, "flop_counter"]
    operations = costs.best("operations")
    return Counted(
        int(operations),
        (seconds["costs"] - seconds["ours"]) / operations * 1e6,
        (seconds["flop_counter"] - seconds["untraced"]) / operations * 1e6,
        int(costs.best("flops")),
        int(library.best("flops")),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one process a tool")
    processes = 1 if parser.parse_args().quick else 3
    own = this()
    if "torch" not in own.packages:
        print(f"torch is not installed for {own.path}: there is nothing to count.")
        return 1
    bench = Bench(own.path)
    found = bench.in_turns(list(WORKLOADS), [(tool, processes) for tool in TOOLS], turns=3)
    progress("")
    print(f"\nPython {own.version}, torch {own.packages['torch']}\n")
    print(f"{'':22}{'operations':>12}{'ours, µs':>12}{'torch’s, µs':>14}{'ours/torch’s':>14}{'to reach':>12}  met")
    met = True
    for workload, title in WORKLOADS.items():
        row = counted(found, workload)
        if row is None:
            continue
        met = met and row.ours <= MOST_US
        figures = f"{row.operations:>12,}{row.ours:>12.1f}{row.library:>14.1f}{row.ratio:>14.2f}{f'≤ {MOST_US} µs':>12}"
        print(f"{title:22}{figures}  {'yes' if row.ours <= MOST_US else 'NO'}")
        print(f"  {row.flops:,} FLOPs; torch's counter says {row.library_flops:,}")
    for problem in bench.problems:
        print(problem)
    return 0 if met and not bench.problems else 1


if __name__ == "__main__":
    sys.exit(main())
