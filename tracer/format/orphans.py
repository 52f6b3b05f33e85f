"""Journals that nobody writes any more: of runs that were killed together with whoever watched them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tracer.format.compact import compact
from tracer.format.journal import is_being_written, read_rows

__all__ = ["destination", "finish_orphans"]


def finish_orphans(folder: Path) -> list[str]:
    """Make the traces of the orphans in `folder`; a sentence on each, what is no journal or cannot be finished included.

    A trace that is newer stays; then the older one is named after the moment at which it began, too.
    """
    sentences = []
    for journal in sorted(folder.glob("[!.]*.journal")):
        try:
            if is_being_written(journal):
                continue
            path = compact(journal, destination(journal))
        except FileNotFoundError:
            continue  # somebody else was faster
        except OSError as error:
            sentences.append(f"{journal} is of a run that was killed, and cannot be finished: {error.strerror}.")
        except ValueError as problem:
            sentences.append(f"{problem} Remove it, if nothing is missing.")
        else:
            sentences.append(f"Finished the trace of a run that was killed: {path}")
    return sentences


def destination(journal: Path) -> Path | None:
    """Where the trace of a journal belongs: beside it, and not in the place of a newer one. None if it does not say."""
    opening: Any = next(read_rows(journal), None)
    try:
        name, clock = opening[1]["name"], float(opening[1]["clock"])
        path = journal.with_name(f"{Path(name).name}.json")
        began = time.strftime("%Y%m%d-%H%M%S", time.localtime(clock))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None  # and `compact` says what is wrong
    if not path.exists() or path.stat().st_mtime < clock:
        return path
    return path.with_name(f"{path.stem}.{began}.json")
