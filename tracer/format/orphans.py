"""Journals that nobody writes any more: of runs that were killed together with whoever watched them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from tracer.format.assembly import NewerJournal, NotAJournal
from tracer.format.compact import compact
from tracer.format.journal import orphaned, read_rows
from tracer.format.schema import VERSION, Outcome

__all__ = ["NothingRecorded", "StillWritten", "finish", "finish_orphans"]


class NothingRecorded(ValueError):
    """The run was killed before the first step of its lecture. The message is a sentence."""


class StillWritten(ValueError):
    """A run writes the journal, or somebody else finishes it. The message is a sentence."""


def finish_orphans(folder: Path) -> list[str]:
    """Make the traces of the orphans in `folder`; a sentence on each, what is no journal or cannot be finished included.

    A journal from another machine is left alone: whether that still writes it, not every file system tells.
    """
    sentences = []
    journals = [path for path in folder.glob("[!.]*.journal") if path.is_file()]
    for journal in sorted(journals, key=_began, reverse=True):  # the newest gets the name that all of them would have
        try:
            if _opening(journal).get("host", socket.gethostname()) != socket.gethostname():
                continue
            path = finish(journal)
        except (FileNotFoundError, StillWritten, NothingRecorded):
            continue  # somebody else was faster, or there is nothing to finish
        except OSError as error:
            sentences.append(f"{journal} is of a run that was killed, and cannot be finished: {error.strerror}.")
        except NewerJournal as problem:
            sentences.append(str(problem))
        except NotAJournal as problem:
            sentences.append(f"{problem} Remove it, if nothing is missing.")
        else:
            sentences.append(f"Finished the trace of a run that was killed: {path}")
    return ["".join(sign if sign.isprintable() else "\ufffd" for sign in sentence) for sentence in sentences]


def finish(journal: Path, outcome: Outcome | None = None) -> Path:
    """Make the trace of an orphan, beside it; returns its path. `outcome` is how the run ended, if the journal does not say.

    A newer trace of the lecture stays. Raises StillWritten, NotAJournal and OSError; then the journal stays. One in which
    nothing was recorded is removed: NothingRecorded.
    """
    with orphaned(journal) as is_orphan:
        if not is_orphan:
            raise StillWritten(f"{journal} is being written, or finished by another command.")
        if _opening(journal).get("version") == VERSION and not any(
            row[0] in ("+", "end") for row in read_rows(journal)
        ):
            journal.unlink()
            raise NothingRecorded(f"{journal} held nothing, and was removed: its lecture had not begun.")
        return compact(journal, outcome=outcome, replaces_newer=False)


def _opening(journal: Path) -> dict[str, Any]:
    """What the first row says; nothing, if that is no journal's: then `compact` says what is wrong."""
    row = next(read_rows(journal), None)
    return row[1] if row is not None and len(row) == 2 and isinstance(row[1], dict) else {}


def _began(journal: Path) -> float:
    """When the run began, in seconds since 1970; 0 if that is not to be learnt."""
    try:
        return float(_opening(journal)["clock"])
    except (OSError, KeyError, TypeError, ValueError, OverflowError):
        return 0.0
