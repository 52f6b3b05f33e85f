"""Journals that nobody writes any more: of runs that were killed together with whoever watched them."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

from tracer.format.assembly import NewerJournal, NotAJournal
from tracer.format.compact import compact
from tracer.format.journal import orphaned
from tracer.format.runs import holds_something, opening_of, siblings
from tracer.format.schema import Outcome

__all__ = ["NothingRecorded", "StillWritten", "finish", "finish_orphans"]


class NothingRecorded(ValueError):
    """The run was killed before the first step of its lecture. The message is a sentence."""


class StillWritten(ValueError):
    """A run writes the journal, or somebody else finishes it. The message is a sentence."""


AGAIN = 0.05
"""Seconds after which it is looked again whether a process still writes."""


def finish_orphans(folder: Path, but: Collection[str] = ()) -> list[str]:
    """Make the traces of the orphans in `folder`; a sentence on each, what is no journal or cannot be finished included.

    A journal from another machine is left alone: whether that still writes it, not every file system tells. So are those of
    the runs `but`, which have only just begun.
    """
    sentences = []
    journals = [path for path in folder.glob("[!.]*.journal") if path.is_file()]
    for journal in sorted(journals, key=_began, reverse=True):  # the newest gets the name that all of them would have
        try:
            family = [opening_of(path) for path in (journal, *siblings(journal))]
            if {each.host for each in family} - {None, socket.gethostname()} or family[0].run in but:
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


def finish(journal: Path, outcome: Outcome | None = None, patience: float = 0.0) -> Path:
    """Make the trace of an orphan, beside it; returns its path. `outcome` is how the run ended, if the journal does not say.

    A newer trace of the lecture stays. Raises StillWritten, NotAJournal and OSError; then the journal stays. One in which
    nothing was recorded is removed: NothingRecorded. The other processes of its run become part of the trace. They are waited
    for, for as long as `patience` (seconds); those that still write then are left out, but without any patience that is
    StillWritten, too.
    """
    deadline = time.monotonic() + patience
    with ExitStack() as held:
        if not held.enter_context(orphaned(journal)):
            raise StillWritten(f"{journal} is being written, or finished by another command.")
        family = [journal]
        for path in siblings(journal):
            while not (is_orphan := _taken(path, held)) and time.monotonic() < deadline:
                time.sleep(AGAIN)
            if is_orphan:
                family.append(path)
            elif not patience:
                raise StillWritten(f"{journal} is of a run that goes on: {path} is being written, or finished.")
        if not any(map(holds_something, family)):
            for path in family:
                path.unlink(missing_ok=True)
            raise NothingRecorded(f"{journal} held nothing, and was removed: its lecture had not begun.")
        others = dict.fromkeys(family[1:])
        return compact(journal, outcome=outcome, replaces_newer=False, others=others)


def _taken(journal: Path, held: ExitStack) -> bool:
    """Whether nobody writes the journal; then nobody will until `held` lets go of it."""
    try:
        return held.enter_context(orphaned(journal))
    except FileNotFoundError:
        return False


def _began(journal: Path) -> float:
    """When the run began, in seconds since 1970; 0 if that is not to be learnt."""
    try:
        return opening_of(journal).clock
    except OSError:
        return 0.0
