"""Runs of several processes: which journals belong together, and who makes the one trace of them."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tracer.format.compact import alone_in, compact
from tracer.format.journal import orphaned, read_rows
from tracer.format.schema import VERSION, Outcome
from tracer.format.struct import to_json

__all__ = ["Opening", "end_journal", "finish_if_last", "has_rank", "holds_something", "opening_of", "siblings"]

LONGEST_ENDING = 1 << 18
"""Bytes at the end of a journal in which its last row is looked for."""
TRIES, PAUSE = 60, 0.05
"""How often, and after how many seconds, it is looked again whether somebody else has made the trace."""


class Opening(NamedTuple):
    """What the first row of a journal says: the lecture, the run, when it began, on which host.

    `members` is how many processes a launcher started for this run (0: none did), `rank` which of them this is (-1: no rank, or
    not known yet). `is_part`: there are other processes, who started it or were started with it.
    """

    name: str = ""
    run: str = ""
    clock: float = 0.0
    host: str | None = None
    version: int = 0
    rank: int = -1
    members: int = 0
    is_part: bool = False


def opening_of(journal: Path) -> Opening:
    """Nothing is known of what is no journal: all is empty then. Raises OSError."""
    row = next(read_rows(journal), None)
    content = row[1] if row is not None and len(row) == 2 and isinstance(row[1], dict) else {}
    place = content.get("place") or {}
    try:
        if not math.isfinite(content.get("clock", 0)):
            return Opening()
        return Opening(
            name=str(content.get("name", "")),
            run=str(content.get("run", "")),
            clock=float(content.get("clock", 0)),
            host=content.get("host"),
            version=int(content.get("version", 0)),
            rank=int(place.get("rank", -1)),
            members=int(place.get("members", 0)),
            is_part=bool(place),
        )
    except (TypeError, ValueError, OverflowError, AttributeError):
        return Opening()


def siblings(journal: Path) -> list[Path]:
    """The journals of the same run beside `journal`, without it. Of each rank that a launcher placed, the one begun last."""
    mine = opening_of(journal)
    if not mine.run:
        return []
    newest: dict[int | Path, tuple[float, Path]] = {}
    for path in journal.parent.glob("[!.]*.journal"):
        with suppress(OSError):
            other = opening_of(path) if path != journal and path.is_file() else Opening()
            if (other.run, other.name) != (mine.run, mine.name) or not (other.is_part or mine.is_part):
                continue
            key = other.rank if other.members else path
            if not (other.members and other.rank == mine.rank) and other.clock >= newest.get(key, (0.0, path))[0]:
                newest[key] = other.clock, path
    return sorted(path for _, path in newest.values())


def has_rank(journal: Path) -> bool:
    """Whether its process was a rank: a launcher made it one, or it joined a process group. Raises OSError."""
    return opening_of(journal).rank >= 0 or any(row[0] == "rank" for row in read_rows(journal))


def holds_something(journal: Path) -> bool:
    """Whether something ran, in what became part of a record. An old journal is believed to.

    Of a launcher's ranks only steps count: one that could not begin has said so, and how that ended.
    """
    opening = opening_of(journal)
    if opening.version != VERSION:
        return True
    telling = ("+",) if opening.members else ("+", "end")
    ran = any(row[0] in telling for row in read_rows(journal))
    return ran and (not opening.is_part or has_rank(journal))


def end_journal(journal: Path, outcome: Outcome) -> None:
    """Say in the journal of a dead process how that ended, if it did not say so itself. Raises OSError."""
    with orphaned(journal) as is_orphan:
        if not is_orphan or _has_ended(journal):
            return
        rows, size, took = read_rows(journal), 0, 0
        content: dict[str, Any] = {}
        with journal.open("r+b") as file:
            for line, row in zip(file, rows, strict=False):
                size += len(line)
                if row[0] == "trace":
                    content = row[1]
                elif row[0] == "+":
                    took += row[3]
                elif isinstance(row[0], int):
                    took += row[0]
            file.truncate(size)
            file.seek(size)
            ending = {
                "outcome": outcome,
                "seconds": round(took / 1e9, 6),
                "provenance": content["provenance"],
                "at": time.perf_counter_ns(),
            }
            file.write(to_json(["end", ending]) + b"\n")


def finish_if_last(journal: Path) -> Path | None:
    """Make the trace of a run of several processes, if this was the last of them to end; else the last one does.

    `journal` is of a process that a launcher started; it has ended. Where nothing was recorded, no trace is made. Raises
    NotAJournal and OSError; then the journals stay.
    """
    try:
        mine = opening_of(journal)
    except FileNotFoundError:
        return None  # somebody else was faster
    for _ in range(TRIES):
        with ExitStack() as held:
            with alone_in(journal.parent):
                if not journal.exists():
                    return None  # somebody else was faster
                others = siblings(journal)
                try:
                    ended = [held.enter_context(_ended(path)) for path in (journal, *others)]
                except FileNotFoundError:
                    return None
            if all(ended):
                if len(others) + 1 < mine.members:
                    return None
                if not any(map(_has_steps, (journal, *others))):
                    for path in (journal, *others):
                        path.unlink(missing_ok=True)
                    return None
                return compact(journal, others=dict.fromkeys(others))
            if not all(map(_has_ended, (journal, *others))):
                return None
        time.sleep(PAUSE)  # somebody looks at this very moment, and may find the same
    return None


@contextmanager
def _ended(journal: Path) -> Iterator[bool]:
    """Whether a journal is whole, and nobody else's; within, it stays so."""
    with orphaned(journal) as is_orphan:
        yield is_orphan and _has_ended(journal)


def _has_steps(journal: Path) -> bool:
    return any(row[0] == "+" for row in read_rows(journal))


def _has_ended(journal: Path) -> bool:
    """Whether its last row is the one that says how it ended."""
    try:
        with journal.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LONGEST_ENDING))
            ending = file.read().rstrip(b"\0")
    except FileNotFoundError:
        return True  # its trace is made
    last = ending.rstrip(b"\n").rpartition(b"\n")[2]
    if not ending.endswith(b"\n") or not last.startswith(b'["end",'):
        return False
    try:
        json.loads(last)
    except ValueError:
        return False
    return True
