"""From a journal to a trace: the journal becomes one document, in one atomic replacement."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tracer.format.assembly import SENSELESS, Assembly, NotAJournal
from tracer.format.schema import Outcome
from tracer.format.struct import to_json

__all__ = ["NotAJournal", "compact"]


def compact(journal: Path, destination: Path | None = None, outcome: Outcome | None = None) -> Path:
    """Write the trace of a journal to `destination` (default: its lecture's name, beside it) and remove the journal.

    `outcome` is how the run ended, if the journal does not say. The trace appears whole or not at all, replacing one of that
    name; of a damaged journal it holds what lies before the damage. Raises NotAJournal and OSError; then the journal stays.
    """
    document = _sound_document(journal, outcome)
    destination = destination or journal.with_name(f"{document['summary']['name']}.json")
    temporary = destination.with_name(f".{destination.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            # One member a line: the file stays compact, and a pager or a diff can still show its parts.
            members = (to_json(name) + b":" + to_json(value) for name, value in document.items())
            file.write(b"{" + b",\n".join(members) + b"}\n")
        temporary.replace(destination)
    except BaseException:  # Ctrl-C, too
        temporary.unlink(missing_ok=True)
        raise
    journal.unlink(missing_ok=True)  # somebody else may have completed it, too
    return destination


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
