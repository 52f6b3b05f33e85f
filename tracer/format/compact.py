"""From a journal to a trace: the journal becomes one document, in one atomic replacement."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracer.format.assembly import SENSELESS, Assembly, NewerJournal, NotAJournal
from tracer.format.claims import moment
from tracer.format.journal import lock
from tracer.format.merging import Piece, merged
from tracer.format.schema import Outcome
from tracer.format.struct import to_json

__all__ = ["NotAJournal", "alone_in", "compact"]


def compact(
    journal: Path,
    destination: Path | None = None,
    outcome: Outcome | None = None,
    replaces_newer: bool = True,
    others: Mapping[Path, Outcome | None] | None = None,
) -> Path:
    """Write the trace of a journal to `destination` (default: its lecture's name, beside it) and remove the journal.

    `outcome` is how the run ended, if the journal does not say. The trace appears whole or not at all, replacing one of that
    name; without `replaces_newer` one that was written after the run began stays, and the time of that beginning is added to
    the name. Of a damaged journal it holds what lies before the damage. Raises NotAJournal and OSError; then the journal stays.

    `others` are journals of further processes of the same run, with how each ended, if it does not say: what the ranks among
    them recorded becomes part of the trace, and they are removed, too. Where a launcher starts all ranks again when one fails,
    the trace of an attempt that failed is there a second time, as `NAME.attempt-0.json`: the next one takes its name.
    """
    document, attempt = _together(journal, outcome, others or {})
    destination = destination or journal.with_name(f"{document['summary']['name']}.json")
    temporary = destination.with_name(f".{destination.name[:100]}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            # One member a line: the file stays compact, and a pager or a diff can still show its parts.
            members = (to_json(name) + b":" + to_json(value) for name, value in document.items())
            file.write(b"{" + b",\n".join(members) + b"}\n")
        with alone_in(destination.parent):
            if not replaces_newer:
                destination = _beside_newer(destination, document["clock"])
            if attempt >= 0 and document["summary"]["outcome"]["status"] not in ("finished", "running"):
                _also_as(temporary, destination.with_name(f"{destination.stem}.attempt-{attempt}.json"))
            temporary.replace(destination)
    except BaseException:  # Ctrl-C, too
        temporary.unlink(missing_ok=True)
        raise
    for path in (journal, *(others or {})):
        path.unlink(missing_ok=True)  # somebody else may have completed it, too
    return destination


def _together(
    journal: Path, outcome: Outcome | None, others: Mapping[Path, Outcome | None]
) -> tuple[dict[str, Any], int]:
    """The trace of a run: of its journal, and of the ranks among its other ones. Of those that are damaged, what can be used.

    With it which attempt of its launcher it was, -1 if that makes only one. Who speaks for the run is the journal's process, if
    that was no rank, or else the lowest rank in which anything ran.
    """
    pieces: list[Piece] = []
    first: NotAJournal | None = None
    missing: list[str] = []
    for path, ended in ((journal, outcome), *others.items()):
        try:
            piece = _sound_piece(path, ended)
        except NewerJournal:
            raise
        except NotAJournal as problem:
            first = first or problem
            if not isinstance(problem, _Unused):
                missing.append(str(problem).replace(str(path), path.name))
            continue
        if piece[1].number >= 0 or not piece[1].place:  # what another process did that was no rank is not recorded
            pieces.append(piece)
    pieces.sort(key=lambda piece: (not piece[0]["files"], piece[1].number))
    if not pieces or not pieces[0][0]["files"]:
        raise first or NotAJournal(f"{journal} is a damaged journal: nothing in it can be used.")
    if len(pieces) == 1 and pieces[0][1].number < 0:
        document = pieces[0][0]
    else:
        try:
            document = merged(pieces)
        except SENSELESS:
            raise NotAJournal(
                f"{journal} and the journals of its run contradict each other: nothing is made of them."
            ) from None
    document["notices"] += [{"message": f"What another process recorded is missing here. {each}"} for each in missing]
    return document, pieces[0][1].place.get("attempt", -1)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
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


def _also_as(trace: Path, name: Path) -> None:
    copy = trace.with_name(f"{trace.name}.copy")
    try:
        shutil.copyfile(trace, copy)
        copy.replace(name)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


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


def _sound_piece(journal: Path, outcome: Outcome | None) -> Piece:
    """The trace of a journal alone or, when it is damaged, of the longest beginning of it that is sound."""
    ended = outcome or Outcome(status="lost", message="The process ended without a word.", exit_code=1)
    assembly = Assembly(journal)
    part = assembly.part
    document = None if assembly.stopped else _judged(assembly, ended)
    if document is None:
        damaged = Outcome(status="lost", message="The journal is damaged: what followed is lost.", exit_code=1)
        sound, unsound = 0, assembly.rows + 1
        while unsound - sound > 1:  # what is sound up to some row is sound up to every row before it
            rows = (sound + unsound) // 2
            assembly = Assembly(journal, rows)
            beginning = _judged(assembly, damaged)
            if beginning is None:
                unsound = rows
            else:
                sound, document, part = rows, beginning, assembly.part
    if document is None:
        raise NotAJournal(f"{journal} is a damaged journal: nothing in it can be used.")
    if not (document["files"] or part.number >= 0):
        raise _Unused(f"{journal} is a damaged journal: nothing in it can be used.")
    return document, part


class _Unused(NotAJournal):
    """Of a process in which nothing ran, and that was no rank."""


def _judged(assembly: Assembly, outcome: Outcome) -> dict[str, Any] | None:
    """The trace, or None if the reader would not take it. One that has no file yet has not begun, and passes."""
    try:
        document = assembly.document(outcome)
        if assembly.part.run:
            _check_moments(document)
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


def _check_moments(document: dict[str, Any]) -> None:
    """Those that merging brings to another clock. Raises SENSELESS."""
    moment(sum(document["steps"]["start"]))
    for name in ("start", "waited_start"):
        moment(max(document["collectives"][name], default=0))
