"""Reading a trace back: decoded, validated against the schema, and judged whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tracer.format import schema
from tracer.format.upgrade import upgrade

__all__ = ["TraceProblem", "read_trace"]


class TraceProblem(ValueError):
    """The file is no trace that this engine can read. The message is one sentence for a person."""


class _Marker(msgspec.Struct):
    """Just enough of a file to tell what it claims to be."""

    format: str | None = None
    version: int | None = None
    steps: msgspec.Raw = msgspec.Raw(b"null")
    files: msgspec.Raw = msgspec.Raw(b"null")


def read_trace(path: Path) -> schema.Trace:
    """The trace in a file. Raises TraceProblem, whose message says what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TraceProblem(f"{path} cannot be read: {error.strerror}.") from None
    try:
        marker = msgspec.json.decode(data, type=_Marker)
    except msgspec.ValidationError:
        raise TraceProblem(f"{path} is JSON but not a trace.") from None
    except RecursionError:
        raise TraceProblem(f"{path} is JSON nested too deeply to be a trace.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if "truncated" in str(error) and data.lstrip()[:1] == b"{":
            raise TraceProblem(f"{path} is cut off: its end is missing. Make it again or copy it again.") from None
        raise TraceProblem(f"{path} is not JSON: {error}.") from None
    if marker.format != schema.FORMAT:
        if bytes(marker.steps)[:1] == b"[" and bytes(marker.files)[:1] == b"{":
            raise TraceProblem(f"{path} is an edtrace trace, which the viewer opens but this command does not judge.")
        raise TraceProblem(f"{path} is JSON but not a trace: its `format` is not {schema.FORMAT!r}.")
    if marker.version is None or marker.version < 1:
        raise TraceProblem(f"{path} is JSON but not a trace: it does not say which version of the format it follows.")
    if marker.version > schema.VERSION:
        raise TraceProblem(
            f"{path} is a trace of version {marker.version}; this engine reads up to {schema.VERSION}. Update the engine."
        )
    try:
        trace = _decoded(data, marker.version)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TraceProblem(f"{path} is a damaged trace: {error}.") from None
    for fault in faults(trace):
        raise TraceProblem(f"{path} is a damaged trace: {fault}.")
    return trace


def _decoded(data: bytes, version: int) -> schema.Trace:
    if version == schema.VERSION:
        return msgspec.json.decode(data, type=schema.Trace)
    document = msgspec.json.decode(data)
    upgrade(document)
    return msgspec.convert(document, schema.Trace)


def faults(trace: schema.Trace) -> Iterator[str]:
    """What contradicts itself in a decoded trace: columns of unequal length, indices that lead nowhere, cycles."""
    sizes: dict[str, int] = {}
    for table in ("functions", "statements", "tracks", "calls", "resumes", "steps", "bindings", "shown", "printed"):
        yield from _columns(trace, table, sizes)
    for table in ("costs", "raised", "elided"):
        yield from _columns(trace, table, sizes)
    if sizes["steps"] != trace.summary.steps:
        yield f"summary.steps is {trace.summary.steps}, but there are {sizes['steps']}"
    for name in ("files", "strings", "values", "outputs", "failures"):
        sizes[name] = len(getattr(trace, name))
    if trace.entry >= max(sizes["files"], 1) or trace.entry < 0:
        yield "entry leads to no file"
    for column, target, least in (
        ("functions.name", "strings", 0),
        ("tracks.name", "strings", 0),
        ("tracks.host", "strings", 0),
        ("functions.file", "files", 0),
        ("statements.file", "files", 0),
        ("calls.function", "functions", 0),
        ("calls.parent", "steps", -1),
        ("calls.track", "tracks", 0),
        ("resumes.call", "calls", 0),
        ("resumes.step", "steps", 0),
        ("resumes.parent", "steps", -1),
        ("steps.statement", "statements", 0),
        ("steps.call", "calls", 0),
        ("bindings.step", "steps", 0),
        ("bindings.at", "steps", 0),
        ("bindings.name", "strings", 0),
        ("bindings.value", "values", -1),
        ("shown.step", "steps", 0),
        ("shown.at", "steps", 0),
        ("shown.output", "outputs", 0),
        ("printed.step", "steps", -1),
        ("printed.at", "steps", -1),
        ("printed.text", "strings", 0),
        ("costs.step", "steps", 0),
        ("costs.measure", "strings", 0),
        ("elided.statement", "statements", 0),
        ("elided.step", "steps", 0),
        ("raised.step", "steps", 0),
        ("raised.failure", "failures", 0),
    ):
        table, field = column.split(".")
        yield from _within(getattr(getattr(trace, table), field), column, least, sizes[target], target)
    yield from _elided(trace, sizes["steps"])
    if min(trace.steps.start, default=0) < 0:
        yield "steps.start goes back in time"
    yield from _call_tree(trace)


def _columns(trace: schema.Trace, table: str, sizes: dict[str, int]) -> Iterator[str]:
    columns = {name: len(getattr(getattr(trace, table), name)) for name in getattr(trace, table).__struct_fields__}
    sizes[table] = min(columns.values())
    if len(set(columns.values())) > 1:
        yield f"the columns of {table} differ in length ({', '.join(f'{k} {v}' for k, v in columns.items())})"


def _within(column: Sequence[int], name: str, least: int, size: int, target: str) -> Iterator[str]:
    if column and (min(column) < least or max(column) >= size):
        worst = min(column) if min(column) < least else max(column)
        yield f"{name} holds {worst}, but there are {size} {target}"


def _elided(trace: schema.Trace, steps: int) -> Iterator[str]:
    statements = trace.elided.statement
    if len(set(statements)) < len(statements):
        yield "elided names a statement twice"
    if min(trace.elided.count, default=1) < 1:
        yield f"elided.count holds {min(trace.elided.count)}"
    for statement, step in zip(statements, trace.elided.step, strict=False):
        if 0 <= step < steps and trace.steps.statement[step] != statement:
            yield f"elided names step {step} for statement {statement}, which it did not execute"
            return


def _call_tree(trace: schema.Trace) -> Iterator[str]:
    """Every call must come after the step that made it, so that the call tree has no cycle."""
    first: dict[int, int] = {}
    for step, call in enumerate(trace.steps.call):
        first.setdefault(call, step)
    for call, parent in enumerate(trace.calls.parent):
        if parent >= first.get(call, parent + 1):
            yield f"call {call} begins before the step that made it"
            return
    for step, parent in zip(trace.resumes.step, trace.resumes.parent, strict=True):
        if parent >= step:
            yield f"step {step} goes on before the step that resumed it"
            return
