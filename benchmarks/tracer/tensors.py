"""The rows on looking at a tensor: what a lecture with the look costs, less the same lecture without it."""

from __future__ import annotations

from benchmarks.tracer.interpreters import Interpreter
from benchmarks.tracer.runs import Bench
from benchmarks.tracer.table import Row

MOST_MS = 50
MOST_KB = 50


def tensor_rows(bench: Bench, interpreter: Interpreter, repeat: int) -> list[Row]:
    """The first look in a fresh process, always. edtrace writes all elements as text: it is given the smaller tensor only."""
    if "torch" not in interpreter.packages:
        return []
    rows = []
    for size, tools in ((4096, ["ours"]), (512, ["ours", "edtrace"])):
        workload, unseen = f"tensor_{size}", f"tensor_{size}_unseen"
        wanted = [(tool, repeat) for tool in tools if tool == "ours" or tool in interpreter.packages]
        found = bench.in_turns([workload, unseen], wanted)
        time = Row(f"@inspect of {size}×{size} float32: ms")
        space = Row(f"@inspect of {size}×{size} float32: KB")
        figures: dict[str, tuple[float, float]] = {}
        for tool, _ in wanted:
            seen, less = found.get((workload, tool)), found.get((unseen, tool))
            if seen is not None and less is not None:
                ms = (seen.best() - less.best()) * 1e3
                kilobytes = (seen.best("bytes") - less.best("bytes")) / 1e3
                figures[tool] = ms, kilobytes
                time.cells[tool] = f"{ms:.1f} ({(seen.median() - less.median()) * 1e3:.1f})"
                space.cells[tool] = f"{kilobytes:.1f}"
        if len(figures) == 2:
            time.times_ours, space.times_ours = (
                f"{peer / ours:.0f}" for ours, peer in zip(figures["ours"], figures["edtrace"], strict=True)
            )
        if size == 4096 and "ours" in figures:
            time.target, time.met = f"≤ {MOST_MS} ms", figures["ours"][0] <= MOST_MS
            space.target, space.met = f"≤ {MOST_KB} KB", figures["ours"][1] <= MOST_KB
        rows += [time, space]
    return [row for row in rows if row.cells]
