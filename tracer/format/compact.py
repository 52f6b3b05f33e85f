"""From a journal to a trace: the journal becomes one document, in one atomic replacement."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracer.format.assembly import SENSELESS, Assembly, NotAJournal
from tracer.format.journal import lock
from tracer.format.schema import Outcome
from tracer.format.struct import to_json

__all__ = ["NotAJournal", "compact"]


def compact(
    journal: Path, destination: Path | None = None, outcome: Outcome | None = None, replaces_newer: bool = True
) -> Path:
    """Write the trace of a journal to `destination` (default: its lecture's name, beside it) and remove the journal.

    `outcome` is how the run ended, if the journal does not say. The trace appears whole or not at all, replacing one of that
    name; without `replaces_newer` one that was written after the run began stays, and the time of that beginning is added to
    the name. Of a damaged journal it holds what lies before the damage. Raises NotAJournal and OSError; then the journal stays.
    """
    document = _sound_document(journal, outcome)
    destination = destination or journal.with_name(f"{document['summary']['name']}.json")
    temporary = destination.with_name(f".{destination.name[:100]}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            # One member a line: the file stays compact, and a pager or a diff can still show its parts.
            members = (to_json(name) + b":" + to_json(value) for name, value in document.items())
            file.write(b"{" + b",\n".join(members) + b"}\n")
        with _alone_in(destination.parent):
            if not replaces_newer:
                destination = _beside_newer(destination, document["clock"])
            temporary.replace(destination)
    except BaseException:  # Ctrl-C, too
        temporary.unlink(missing_ok=True)
        raise
    journal.unlink(missing_ok=True)  # somebody else may have completed it, too
    return destination


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else names a trace in `folder` meanwhile."""
    try:
        directory = os.open(folder, os.O_RDONLY)
    except PermissionError:  # it may not be listed; and on Windows no folder can be opened
        yield
        return
    try:
        lock(directory)
        yield
    finally:
        os.close(directory)


def _beside_newer(path: Path, clock: float) -> Path:
    if not path.exists() or path.stat().st_mtime < clock:
        return path
    try:
        stem = f"{path.stem}.{time.strftime('%Y%m%d-%H%M%S', time.localtime(clock))}"
    except (ValueError, OverflowError, OSError):  # no moment that a calendar has
        stem = f"{path.stem}.older"
    older, number = path.with_name(f"{stem}.json"), 1
    while older.exists():  # several may have begun in the same second
        older, number = path.with_name(f"{stem}-{number}.json"), number + 1
    return older


def _sound_document(journal: Path, outcome: Outcome | None) -> dict[str, Any]:
    """The trace of a journal or, when it is damaged, of the longest beginning of it that is sound."""
    ended = outcome or Outcome(status="lost", message="The process ended without a word.", exit_code=1)
    assembly = Assembly(journal)
    document = None if assembly.stopped else _judged(assembly, ended)
    if document is None:
        damaged = Outcome(status="lost", message="The journal is damaged: what followed is lost.", exit_code=1)
        sound, unsound = 0, assembly.rows + 1
        while unsound - sound > 1:  # what is sound up to some row is sound up to every row before it
            rows = (sound + unsound) // 2
            beginning = _judged(Assembly(journal, rows), damaged)
            if beginning is None:
                unsound = rows
            else:
                sound, document = rows, beginning
    if document is None or not document["files"]:
        raise NotAJournal(f"{journal} is a damaged journal: nothing in it can be used.")
    return document


def _judged(assembly: Assembly, outcome: Outcome) -> dict[str, Any] | None:
    """The trace, or None if the reader would not take it. One that has no file yet has not begun, and passes."""
    try:
        document = assembly.document(outcome)
    except SENSELESS:
        return None
    try:
        import msgspec
    except ImportError:  # a cluster node with little more than torch, where reading is not possible either
        return document
    from tracer.format.faults import faults
    from tracer.format.schema import Trace

    try:
        trace = msgspec.convert(document, Trace)
    except (msgspec.ValidationError, RecursionError):
        return None
    return None if trace.files and any(faults(trace)) else document
