"""What contradicts itself in a decoded trace. The schema says what a column holds; this says what it must lead to.

Whatever passes here opens in the viewer, whose own check (`trace-viewer/src/format/check.ts`) is the same but for what only
the engine's rules ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.format import schema

__all__ = ["faults"]

TABLES = (
    "functions",
    "statements",
    "tracks",
    "calls",
    "resumes",
    "steps",
    "elided",
    "bindings",
    "shown",
    "printed",
    "derived",
    "operations",
    "memory",
    "launches",
    "programs",
    "accesses",
    "collectives",
    "raised",
)
LISTS = ("files", "strings", "values", "outputs", "failures", "arrays", "regions", "groups")

INDICES = (
    ("functions.name", "strings", 0),
    ("functions.file", "files", 0),
    ("statements.file", "files", 0),
    ("tracks.name", "strings", 0),
    ("tracks.host", "strings", 0),
    ("calls.function", "functions", 0),
    ("calls.parent", "steps", -1),
    ("calls.track", "tracks", 0),
    ("resumes.call", "calls", 0),
    ("resumes.parent", "steps", -1),
    ("steps.statement", "statements", 0),
    ("steps.call", "calls", 0),
    ("elided.statement", "statements", 0),
    ("elided.step", "steps", 0),
    ("bindings.step", "steps", 0),
    ("bindings.at", "steps", 0),
    ("bindings.name", "strings", 0),
    ("bindings.value", "values", -1),
    ("shown.step", "steps", 0),
    ("shown.at", "steps", 0),
    ("shown.output", "outputs", 0),
    ("printed.step", "steps", 0),
    ("printed.at", "steps", 0),
    ("printed.text", "strings", 0),
    ("derived.step", "steps", 0),
    ("derived.name", "strings", 0),
    ("derived.source", "strings", 0),
    ("operations.step", "steps", 0),
    ("operations.name", "strings", 0),
    ("operations.formula", "strings", 0),
    ("memory.step", "steps", 0),
    ("memory.device", "strings", 0),
    ("launches.step", "steps", -1),
    ("launches.function", "functions", 0),
    ("programs.call", "calls", 0),
    ("programs.launch", "launches", 0),
    ("accesses.step", "steps", 0),
    ("accesses.array", "arrays", -1),
    ("accesses.region", "regions", -1),
    ("collectives.step", "steps", 0),
    ("collectives.name", "strings", 0),
    ("collectives.operation", "strings", 0),
    ("collectives.group", "groups", -1),
    ("collectives.waited_step", "steps", -1),
    ("raised.step", "steps", 0),
    ("raised.failure", "failures", 0),
)
"""Columns of indices, what they lead to, and the least that may stand there (-1: none)."""

LAST_LINE = 2**31 - 2
HIGHEST = 2**31 - 1
"""Of the numbers of ranks and launches."""
RANGES = (
    ("functions.line", 1, LAST_LINE),
    ("functions.end_line", 1, LAST_LINE),
    ("statements.line", 1, LAST_LINE),
    ("statements.end_line", 1, LAST_LINE),
    ("statements.loop_end", 0, LAST_LINE),
    ("tracks.rank", -1, 2**31 - 1),
    ("steps.start", 0, 2**63),
    ("steps.end", schema.END_NEXT, schema.END_OPEN),
    ("elided.count", 1, 2**63),
    ("bindings.role", schema.ROLE_INSPECTED, schema.ROLE_WRITTEN),
    ("printed.stream", 0, 1),
    ("derived.relation", schema.SAME_OBJECT, schema.OWN_MEMORY),
    ("operations.phase", schema.PHASE_FORWARD, schema.PHASE_BACKWARD),
    ("operations.kind", schema.MAKES, schema.COMMUNICATES),
    ("operations.count", 1, 2**63),
    ("operations.flops", 0, 2**63),
    ("operations.bytes", 0, 2**63),
    *(
        (f"memory.{what}", 0, 2**63)
        for what in ("parameters", "gradients", "optimizer", "activations", "other", "peak")
    ),
    ("memory.allocated", -1, 2**63),
    *((f"{table}.{axis}", 0, 2**31 - 1) for table in ("launches", "programs") for axis in "xyz"),
    ("accesses.kind", schema.ACCESS_LOAD, schema.ACCESS_ATOMIC),
    *((f"accesses.{what}", 0, 2**63) for what in ("elements", "masked", "distinct", "beyond")),
    ("collectives.sequence", 0, 2**63),
    ("collectives.peer", -1, 2**31 - 1),
    ("collectives.bytes", 0, 2**63),
    ("collectives.start", 0, 2**63),
    ("collectives.asynchronous", 0, 1),
    *((f"collectives.{what}", -1, 2**63) for what in ("duration", "waited_start", "waited_duration")),
)
"""Columns of other numbers, from and to."""

LONGEST_WALK = 10_000_000
"""Callers looked at, in all, for cycles that resumptions make: what is nested too deeply for that is believed. A reader of
the call tree must stop in a cycle of its own accord, as the viewer does."""


def faults(trace: schema.Trace) -> Iterator[str]:
    """What is wrong, each as a part of a sentence. Those that come later take for granted that there are none before."""
    sizes = {name: len(getattr(trace, name)) for name in LISTS}
    for table in TABLES:
        yield from _columns(trace, table, sizes)
    if sizes["steps"] != trace.summary.steps:
        yield f"summary.steps is {shown(trace.summary.steps)}, but there are {sizes['steps']}"
    for name, target, least in INDICES:
        yield from _within(_column(trace, name), name, least, sizes[target] - 1, f"there are {sizes[target]} {target}")
    # A run may die between the row that lets a generator go on and the row of the step with which it does.
    yield from _within(trace.resumes.step, "resumes.step", 0, sizes["steps"], f"there are {sizes['steps']} steps")
    for name, least, most in RANGES:
        yield from _within(_column(trace, name), name, least, most, f"it goes from {least} to {most}")
    yield from _single_indices(trace, sizes)
    yield from _elided(trace)
    yield from _kernels(trace)
    yield from _ranks(trace)
    yield from _call_tree(trace)


def shown(number: int) -> str:
    """A number as digits, or how large it is: Python refuses to write out the longest."""
    return str(number) if abs(number) < 10**20 else f"a number of about {number.bit_length() * 3 // 10} digits"


def _column(trace: schema.Trace, name: str) -> Sequence[int]:
    table, field = name.split(".")
    column: Sequence[int] = getattr(getattr(trace, table), field)
    return column


def _columns(trace: schema.Trace, table: str, sizes: dict[str, int]) -> Iterator[str]:
    columns = {name: len(getattr(getattr(trace, table), name)) for name in getattr(trace, table).__struct_fields__}
    sizes[table] = min(columns.values())
    if len(set(columns.values())) > 1:
        yield f"the columns of {table} differ in length ({', '.join(f'{k} {v}' for k, v in columns.items())})"


def _within(column: Sequence[int], name: str, least: int, most: int, reason: str) -> Iterator[str]:
    if column and (min(column) < least or max(column) > most):
        worst = min(column) if min(column) < least else max(column)
        yield f"{name} holds {shown(worst)}, but {reason}"


def _single_indices(trace: schema.Trace, sizes: dict[str, int]) -> Iterator[str]:
    """The indices outside the tables."""
    found = [("entry", trace.entry, "files", 0)]
    if trace.summary.outcome.failure is not None:
        found.append(("summary.outcome.failure", trace.summary.outcome.failure, "failures", 0))
    outcomes = (rank.outcome.failure for rank in trace.ranks)
    found += [("ranks.outcome.failure", failure, "failures", 0) for failure in outcomes if failure is not None]
    found += [("a traceback", line.file, "files", -1) for failure in trace.failures for line in failure.traceback]
    for notice in trace.notices:
        found += [("a notice", notice.file, "files", -1), ("a notice", notice.step, "steps", -1)]
    targets = (output.target for output in trace.outputs if isinstance(output, schema.Link))
    found += [("a link", target.file, "files", 0) for target in targets if target is not None]
    for where, index, target, least in found:
        yield from _within([index], where, least, sizes[target] - 1, f"there are {sizes[target]} {target}")


def _elided(trace: schema.Trace) -> Iterator[str]:
    statements = trace.elided.statement
    if len(set(statements)) < len(statements):
        yield "elided names a statement twice"
    for statement, step in zip(statements, trace.elided.step, strict=True):
        if trace.steps.statement[step] != statement:
            yield f"elided names step {step} for statement {statement}, which it did not execute"
            return


def _kernels(trace: schema.Trace) -> Iterator[str]:
    """Every box has the dimensions of the array that it is of, and lies inside."""
    for number, array in enumerate(trace.arrays):
        bounds = [("launch", 0, len(trace.launches.step) - 1), ("value", 0, len(trace.values) - 1)]
        for name, least, most in bounds:
            index = getattr(array, name)
            yield from _within([] if index is None else [index], f"arrays.{name}", least, most, f"it goes to {most}")
        if len(array.shape) != len(array.strides) or min(array.shape, default=0) < 0 or array.item_bytes < 1:
            yield f"array {number} has no sound shape"
            return
    for number, region in set(zip(trace.accesses.array, trace.accesses.region, strict=True)):
        if region >= 0 and not (number >= 0 and _is_inside(trace.regions[region], trace.arrays[number].shape)):
            yield f"region {region} is none of array {number}"
            return


def _is_inside(region: Sequence[int], shape: Sequence[int]) -> bool:
    ranges = zip(region[::3], region[1::3], region[2::3], shape, strict=False)
    return len(region) == 3 * len(shape) and all(
        0 <= start < stop <= size and step >= 1 for start, stop, step, size in ranges
    )


def _ranks(trace: schema.Trace) -> Iterator[str]:
    """Every rank has a number, and so has every member of a group."""
    for number, rank in enumerate(trace.ranks):
        if not (0 <= rank.rank <= HIGHEST and 0 <= rank.launch <= HIGHEST and rank.clock_error >= -1):
            yield f"rank {number} has no sound numbers"
            return
    for number, group in enumerate(trace.groups):
        if not group or min(group) < 0 or max(group) > HIGHEST:
            yield f"group {number} is none of ranks"
            return


def _call_tree(trace: schema.Trace) -> Iterator[str]:
    """Every call comes after the step that made it, and is never its own caller, however it was resumed."""
    parents = list(trace.calls.parent)
    first: dict[int, int] = {}
    for step, call in enumerate(trace.steps.call):
        first.setdefault(call, step)
    for call, parent in enumerate(parents):
        if parent >= first.get(call, parent + 1):
            yield f"call {call} begins before the step that made it"
            return
    before, walk = 0, LONGEST_WALK
    for call, step, parent in zip(trace.resumes.call, trace.resumes.step, trace.resumes.parent, strict=True):
        if parent >= step:
            yield f"step {step} goes on before the step that resumed it"
            return
        if step < before:
            yield f"resumes is out of order: step {step} comes after step {before}"
            return
        before = step
        parents[call] = parent
        while parent >= 0 and (walk := walk - 1) >= 0:
            above = trace.steps.call[parent]
            if above == call:
                yield f"call {call} is its own caller from step {step} on"
                return
            parent = parents[above]
