"""What tracing costs: the engine beside edtrace, a bare callback, coverage and viztracer, on the same programs in one run.

    python -m benchmarks.tracer [--quick] [--markdown] [--python PATH …]

Every measurement is a fresh process; the tools take turns on a program, so that other work on the machine meets all of them.
A cell is the best of its runs, and the median in brackets; ratios and targets are judged by the best. Times are processor time,
user and system, from the call of `main()` to its return, where nothing else is said; those of a step are over untraced, for
each execution of a visible statement. The garbage collector runs as Python starts it, torch on one thread. The
bare callback, coverage and viztracer see the same file as the engine does and do far less: the callback appends line numbers
to a list, coverage remembers which lines ran, viztracer which functions.

Other interpreters (those of --python; else the later versions that PATH or pyenv has) get the rows that need no package but
msgspec.
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks.tracer.costs import PEERS, Plan, cost_rows
from benchmarks.tracer.endurance import killed_row, million_rows
from benchmarks.tracer.interpreters import Interpreter, others, this
from benchmarks.tracer.processes import text_rows
from benchmarks.tracer.runs import Bench, progress
from benchmarks.tracer.table import Row, as_markdown, as_text
from benchmarks.tracer.tensors import tensor_rows


def main() -> int:
    options = parse()
    own = this()
    problems = [
        f"{package} is not installed for {own.path}; its column stays empty (see benchmarks/requirements.txt)."
        for package in PEERS
        if package not in own.packages
    ]
    if "torch" not in own.packages:
        problems.append(f"torch is not installed for {own.path}; the rows that need it are left out.")
    found, missing = others(options.python, own)
    problems += missing
    table(own, options.quick, options.markdown, problems, own=True)
    for interpreter in found:
        table(interpreter, options.quick, options.markdown, problems, own=False)
    for problem in problems:
        print(problem)
    return 0


def table(interpreter: Interpreter, quick: bool, markdown: bool, problems: list[str], own: bool) -> None:
    """Measure on one interpreter and print."""
    bench = Bench(interpreter.path)
    plan = Plan(processes=1, slow=1, turns=3, quick=True) if quick else Plan(processes=2, slow=1, turns=3, quick=False)
    rows: list[Row] = cost_rows(bench, interpreter, plan)
    if own and not quick:
        rows += tensor_rows(bench, interpreter, repeat=2)
        rows += million_rows(bench, repeat=2)
    rows += killed_row(bench, trials=2 if quick else 5)
    rows += text_rows(bench, interpreter, repeat=2 if quick else 3)
    progress("")
    problems += bench.problems
    peers = [package for package in PEERS if package in interpreter.packages]
    columns = [("untraced", "untraced"), ("bare", f"bare {interpreter.source}"), ("ours", "ours")]
    columns += [(peer, f"{peer} {interpreter.packages.get(peer, '')}".strip()) for peer in (PEERS if own else peers)]
    title = f"Python {interpreter.version}, {interpreter.source}"
    if own and "torch" in interpreter.packages:
        title += f", torch {interpreter.packages['torch']}"
    title += f", {len(os.sched_getaffinity(0))} cores"
    print(f"\n{title}\n")
    print(as_markdown(rows, columns) if markdown else as_text(rows, columns))
    print(flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="under a minute: fewer runs, without torch and the million steps"
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--python", nargs="+", default=[], metavar="PATH", help="other interpreters to measure on")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
