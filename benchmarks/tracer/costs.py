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
    """How often: `processes` of each tool, of edtrace (a hundred times slower) `slow`; `turns` in each.

    A quick one leaves out what needs torch, and edtrace on all but the first program.
    """

    processes: int
    slow: int
    turns: int
    quick: bool

    def tools(self, interpreter: Interpreter, *more: str, edtrace: bool = True) -> list[tuple[str, int]]:
        counts = dict.fromkeys(("untraced", *more, "bare", "ours", *PEERS), self.processes)
        counts["edtrace"] = min(self.processes, self.slow) if edtrace else 0
        return [(tool, count) for tool, count in counts.items() if tool not in PEERS or tool in interpreter.packages]


def cost_rows(bench: Bench, interpreter: Interpreter, plan: Plan) -> list[Row]:
    stepped = ["loop", "values", "calls"]
    later = interpreter.minor >= 12
    idle = () if later else ("idle",)
    unseen = ["invisible_python"]
    if "torch" in interpreter.packages and not plan.quick:
        unseen.append("invisible_torch")
    found: Found = {}
    for workload in stepped:
        tools = plan.tools(interpreter, edtrace=workload == "loop" or not plan.quick)
        found |= bench.in_turns([workload], tools, plan.turns)
    for workload in unseen:
        found |= bench.in_turns([workload], plan.tools(interpreter, *idle, edtrace=not plan.quick), plan.turns)
    fast = 2 if interpreter.minor >= 13 else 3
    rows = [
        per_step(found, "loop", "tight loop, no values: µs a step", fast),
        per_step(found, "values", "three small values at each step: µs a step", 8),
        per_step(found, "calls", "naive Fibonacci: µs a step", None),
        least_ratio(found, stepped, 30),
        whole_run(found, "loop", "tight loop, until its trace is written: µs a step"),
        bytes_per_step(found, "loop", "tight loop: bytes of trace a step"),
        invisible(found, "invisible_python", "invisible Python, many calls: ms", 1.05 if later else 3),
        idle_floor(found, "invisible_python"),
        invisible(found, "invisible_torch", "invisible eager-torch training: ms", 1.05 if later else 1.25),
        idle_floor(found, "invisible_torch"),
    ]
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
        if name == workload and tool != "idle":
            row.cells[tool] = f"{runs.best() * 1e3:.0f} ({runs.median() * 1e3:.0f})"
    untraced, ours, peer = (found.get((workload, tool)) for tool in ("untraced", "ours", "edtrace"))
    if untraced is None or ours is None:
        return row
    best, median = ours.best() / untraced.best(), ours.median() / untraced.median()
    row.times_untraced = f"{best:.2f} ({median:.2f})"
    row.times_ours = ratio_text(peer.best() / ours.best() if peer else None)
    row.target, row.met = f"≤ {target:g} × untraced", best <= target
    return row


def idle_floor(found: Found, workload: str) -> Row:
    """What no tool that uses `sys.settrace` can go below: a function in C, told of calls alone, that does nothing."""
    row = Row("… a trace function in C that does nothing: ms")
    idle, untraced = found.get((workload, "idle")), found.get((workload, "untraced"))
    if idle is not None and untraced is not None:
        row.cells["bare"] = f"{idle.best() * 1e3:.0f} ({idle.median() * 1e3:.0f})"
        row.label = f"{row.label}, {idle.best() / untraced.best():.2f} × untraced"
    return row


def ratio_text(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
