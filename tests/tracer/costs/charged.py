"""What the lines of a recorded program were charged."""

from __future__ import annotations

from collections import Counter

from tests.tracer.recording import Recording
from tracer.format.schema import PHASE_BACKWARD


def line_of(recording: Recording, step: int) -> str:
    """The source of a step's line, without its comment."""
    trace = recording.trace
    statement = trace.steps.statement[step]
    source = trace.files[trace.statements.file[statement]].text.splitlines()
    return source[trace.statements.line[statement] - 1].split("  #")[0].strip()


def flops_by_line(recording: Recording) -> dict[str, tuple[int, int]]:
    """FLOPs of every line that has any: as it ran, and in the backward pass on its behalf."""
    rows = recording.trace.operations
    found: dict[str, tuple[int, int]] = {}
    for step, phase, flops in zip(rows.step, rows.phase, rows.flops, strict=True):
        if flops:
            line = line_of(recording, step)
            forward, backward = found.get(line, (0, 0))
            found[line] = (forward, backward + flops) if phase == PHASE_BACKWARD else (forward + flops, backward)
    return found


def operations(recording: Recording, line: str, phase: int | None = None) -> Counter[str]:
    """How often each operation was counted for a line."""
    trace, found = recording.trace, Counter[str]()
    rows = trace.operations
    for step, name, when, count in zip(rows.step, rows.name, rows.phase, rows.count, strict=True):
        if line_of(recording, step) == line and phase in (None, when):
            found[trace.strings[name]] += count
    return found


def total_flops(recording: Recording) -> int:
    return sum(recording.trace.operations.flops)
