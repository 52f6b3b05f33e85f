"""The clocks of several processes, brought to one: by how much each is moved, and when its steps began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from tracer.format.assembly import Part

__all__ = ["offsets_of", "real_times"]


def offsets_of(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """What brings the clock of each process to that of the first, and by how much that may be wrong (-1: not known)."""
    measured: dict[str, tuple[int, int]] = {}
    for part in parts:
        if part.rank is not None and part.clocks and part.rank.get("error", -1) >= 0:
            measured.setdefault(part.clocks, (part.rank["offset"], part.rank["error"]))
    first = parts[0]
    if first.clocks not in measured:
        measured[first.clocks] = 0, 0
    here = measured[first.clocks][0]
    found = []
    for part in parts:
        if part.clocks == first.clocks:
            found.append((0, 0))
        elif part.clocks in measured:
            offset, error = measured[part.clocks]
            found.append((offset - here, error + measured[first.clocks][1]))
        else:  # it met nobody: the times of day are all there is
            found.append((first.zero - part.zero + round((part.clock - first.clock) * 1e9), -1))
    return found


def real_times(document: dict[str, Any], part: Part, offset: int) -> Iterator[int]:
    """When each step opened: nanoseconds since the common base, with what recording had taken until then.

    Between two steps in which the record says how much that was, it is spread over the time between them.
    """
    lecture = list(accumulate(document["steps"]["start"]))
    known: dict[
        int, tuple[int, int]
    ] = {}  # by the step: what it had been when that was first said in it, and when last
    for step, took in part.recording:
        known[step] = known.get(step, (took, took))[0], took
    known.setdefault(len(lecture), (part.recording[-1][1],) * 2 if part.recording else (0, 0))
    before = done = first = 0
    for last, (until, after) in sorted(known.items()):
        begun = lecture[first] if first < len(lecture) else 0
        span = (lecture[last] if last < len(lecture) else begun) - begun
        for step in range(first, min(last, len(lecture) - 1) + 1):
            share = (lecture[step] - begun) / span if span > 0 else 0.0
            time = lecture[step] + done + round((until - done) * share) + part.zero + offset
            before = max(before, time)
            yield before
        first, done = last + 1, after
