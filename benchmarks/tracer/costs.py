"""The rows on what tracing costs while a lecture runs: a step, a value, a call, and the code that is not seen."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.tracer.interpreters import Interpreter
from benchmarks.tracer.runs import Bench, Runs
from benchmarks.tracer.table import Row

PEERS = ("edtrace", "coverage", "viztracer")

Found = dict[tuple[str, str], Runs]


@dataclass(frozen=True)
class Plan:
    """How often: every tool but edtrace `repeat` times, that one (a hundred times slower) `slow`; with torch, `torch` times.

    A quick one leaves out what needs torch, and edtrace on all but the first program.
    """

    repeat: int
    slow: int
    torch: int
    quick: bool

    def tools(self, interpreter: Interpreter, repeat: int, edtrace: bool = True) -> list[tuple[str, int]]:
        counts = dict.fromkeys(("untraced", "bare", "ours", *PEERS), repeat)
        counts["edtrace"] = min(repeat, self.slow) if edtrace else 0
        return [(tool, count) for tool, count in counts.items() if tool not in PEERS or tool in interpreter.packages]


def cost_rows(bench: Bench, interpreter: Interpreter, plan: Plan) -> list[Row]:
    stepped = ["loop", "values", "calls"]
    found: Found = {}
    for workload in (*stepped, "invisible_python"):
        edtrace = workload == "loop" or not plan.quick
        found |= bench.in_turns([workload], plan.tools(interpreter, plan.repeat, edtrace))
    has_torch = "torch" in interpreter.packages and not plan.quick
    if has_torch:
        found |= bench.in_turns(["invisible_torch"], plan.tools(interpreter, plan.torch))
    later = interpreter.minor >= 12
    fast = 2 if interpreter.minor >= 13 else 3
    rows = [
        per_step(found, "loop", "tight loop, no values: µs a step", fast),
        per_step(found, "values", "three small values at each step: µs a step", 8),
        per_step(found, "calls", "naive Fibonacci: µs a step", None),
        least_ratio(found, stepped, 30),
        whole_run(found, "loop", "tight loop, until its trace is written: µs a step"),
        bytes_per_step(found, "loop", "tight loop: bytes of trace a step"),
        invisible(found, "invisible_python", "invisible Python, many calls: ms", 1.05 if later else 3),
    ]
    if has_torch:
        rows.append(invisible(found, "invisible_torch", "invisible eager-torch training: ms", 1.05 if later else 1.25))
    return [row for row in rows if row.cells]


def per_step(found: Found, workload: str, label: str, target: float | None) -> Row:
    """µs over untraced, for each statement that is executed: for all tools the number of steps that ours records."""
    row = Row(label)
    untraced, ours = found.get((workload, "untraced")), found.get((workload, "ours"))
    if untraced is None or ours is None:
        return row
    steps = ours.best("steps")
    row.cells["untraced"] = f"{untraced.best() / steps * 1e6:.3f}"
    for (name, tool), runs in found.items():
        if name == workload and tool != "untraced":
            best, median = over(runs, untraced, steps)
            row.cells[tool] = f"{best:.2f} ({median:.2f})"
    row.times_untraced = f"{ours.best() / untraced.best():.0f}"
    row.times_ours = ratio_text(edtrace_over_ours(found, workload))
    if target is not None:
        row.target, row.met = f"≤ {target:g} µs", over(ours, untraced, steps)[0] <= target
    return row


def over(runs: Runs, untraced: Runs, steps: float) -> tuple[float, float]:
    """Best and median of what a tool takes for a step beyond the untraced time, in µs."""
    best = (runs.best() - untraced.best()) / steps * 1e6
    return best, (runs.median() - untraced.median()) / steps * 1e6


def edtrace_over_ours(found: Found, workload: str) -> float | None:
    """How many times the engine's time on a program edtrace takes on it; None if one of the three did not run."""
    untraced, ours, peer = (found.get((workload, tool)) for tool in ("untraced", "ours", "edtrace"))
    if untraced is None or ours is None or peer is None:
        return None
    return (peer.best() - untraced.best()) / (ours.best() - untraced.best())


def least_ratio(found: Found, workloads: list[str], target: float) -> Row:
    ratios = [ratio for workload in workloads if (ratio := edtrace_over_ours(found, workload)) is not None]
    if not ratios:
        return Row("")
    text = ", ".join(f"{ratio:.0f}" for ratio in ratios)
    row = Row("times less than edtrace, on each of these programs", {"ours": text}, target=f"≥ {target:g}")
    row.met = min(ratios) >= target
    return row


def whole_run(found: Found, workload: str, label: str) -> Row:
    row = Row(label)
    ours, untraced = found.get((workload, "ours")), found.get((workload, "untraced"))
    if ours is None or untraced is None:
        return row
    steps, cost = ours.best("steps"), {}
    for tool in ("ours", "edtrace"):
        runs = found.get((workload, tool))
        if runs is not None:
            cost[tool] = (runs.best("whole") - untraced.best()) / steps * 1e6
            row.cells[tool] = f"{cost[tool]:.2f} ({(runs.median('whole') - untraced.median()) / steps * 1e6:.2f})"
    row.times_ours = ratio_text(cost["edtrace"] / cost["ours"] if "edtrace" in cost else None)
    return row


def bytes_per_step(found: Found, workload: str, label: str) -> Row:
    row = Row(label)
    sizes = {}
    for tool in ("ours", "edtrace"):
        runs = found.get((workload, tool))
        if runs is not None:
            sizes[tool] = runs.best("bytes") / runs.best("steps")
            row.cells[tool] = f"{sizes[tool]:.0f}"
    if len(sizes) == 2:
        row.times_ours = ratio_text(sizes["edtrace"] / sizes["ours"])
    return row


def invisible(found: Found, workload: str, label: str, target: float) -> Row:
    """Milliseconds of the whole run."""
    row = Row(label)
    for (name, tool), runs in found.items():
        if name == workload:
            row.cells[tool] = f"{runs.best() * 1e3:.0f} ({runs.median() * 1e3:.0f})"
    untraced, ours, peer = (found.get((workload, tool)) for tool in ("untraced", "ours", "edtrace"))
    if untraced is None or ours is None:
        return row
    best, median = ours.best() / untraced.best(), ours.median() / untraced.median()
    row.times_untraced = f"{best:.2f} ({median:.2f})"
    row.times_ours = ratio_text(peer.best() / ours.best() if peer else None)
    row.target, row.met = f"≤ {target:g} × untraced", best <= target
    return row


def ratio_text(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
