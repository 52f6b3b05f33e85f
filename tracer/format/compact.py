"""From a journal to a trace: the rows become columns, the journal becomes one document, in one atomic replacement."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tracer.format.journal import read_rows
from tracer.format.schema import END_NEXT, END_OPEN, FORMAT, VERSION, Outcome
from tracer.format.struct import to_json

__all__ = ["compact", "trace_document"]

TABLES: dict[str, tuple[str, ...]] = {
    "functions": ("name", "file", "line", "end_line"),
    "statements": ("file", "line", "end_line"),
    "tracks": ("rank", "process", "thread", "name", "host"),
    "calls": ("function", "parent", "track"),
    "resumes": ("call", "step", "parent"),
    "elided": ("statement", "step", "count"),
    "bindings": ("step", "at", "name", "value", "role"),
    "shown": ("step", "at", "output"),
    "printed": ("step", "at", "stream", "text"),
    "costs": ("step", "measure", "amount"),
    "raised": ("step", "failure"),
}
LISTS = ("files", "strings", "values", "outputs", "failures", "notices")


class NotAJournal(ValueError):
    """The file does not begin as a journal does. The message is a sentence."""


def trace_document(journal: Path, outcome: Outcome | None = None) -> dict[str, Any]:
    """The trace that a journal holds, ready to be encoded. Raises NotAJournal.

    `outcome` is how the run ended, if the journal does not say.
    """
    tables: dict[str, tuple[list[Any], ...]] = {name: tuple([] for _ in columns) for name, columns in TABLES.items()}
    lists: dict[str, list[Any]] = {name: [] for name in LISTS}
    elided: dict[int, list[Any]] = {}
    statement: list[int] = []
    call: list[int] = []
    start: list[int] = []
    duration: list[int] = []
    end: list[int] = []
    rows = read_rows(journal)
    header, ending = _opening(journal, next(rows, None)), None
    for row in rows:
        kind = row[0]
        if len(row) == 2 and kind.__class__ is int:  # the rows of bare integers: see the journal
            duration[-1] = kind
            end[-1] = END_NEXT
            statement.append(row[1])
            call.append(call[-1])
            start.append(kind)
            duration.append(0)
            end.append(END_OPEN)
        elif kind == "+":
            statement.append(row[1])
            call.append(row[2])
            start.append(row[3])
            duration.append(0)
            end.append(END_OPEN)
        elif kind == "-":
            duration[row[1]] = row[2]
            end[row[1]] = row[3]
        elif kind == "elided":
            elided[row[1]] = row[1:]  # the count grows while the run goes on: the last one stands
        elif kind in tables:
            for column, value in zip(tables[kind], row[1:], strict=True):
                column.append(value)
        elif kind in lists:
            lists[kind].append(row[1])
        elif kind == "end":
            ending = row[1]
    if ending is None:
        ending = {
            "outcome": outcome or Outcome(status="lost", message="The process ended without a word.", exit_code=1),
            "seconds": round(sum(start) / 1e9, 6),
            "provenance": header["provenance"],
        }
    for last in elided.values():
        for column, value in zip(tables["elided"], last, strict=True):
            column.append(value)
    named = {name: dict(zip(TABLES[name], columns, strict=True)) for name, columns in tables.items()}
    return {
        "format": FORMAT,
        "version": VERSION,
        "summary": {
            "name": header["name"],
            "title": _title(lists["outputs"]) or header["name"],
            "steps": len(statement),
            "seconds": ending["seconds"],
            "outcome": ending["outcome"],
        },
        "provenance": ending["provenance"],
        "clock": header["clock"],
        "entry": 0,
        "files": lists["files"],
        "strings": lists["strings"],
        "functions": named["functions"],
        "statements": named["statements"],
        "tracks": named["tracks"],
        "calls": named["calls"],
        "resumes": named["resumes"],
        "steps": {"statement": statement, "call": call, "start": start, "duration": duration, "end": end},
        "elided": named["elided"],
        "values": lists["values"],
        "bindings": named["bindings"],
        "outputs": lists["outputs"],
        "shown": named["shown"],
        "printed": named["printed"],
        "costs": named["costs"],
        "failures": lists["failures"],
        "raised": named["raised"],
        "notices": lists["notices"],
    }


def _opening(journal: Path, row: list[Any] | None) -> dict[str, Any]:
    """The first row's content. Raises NotAJournal."""
    header = row[1] if row and len(row) == 2 and row[0] == "trace" else None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise NotAJournal(f"{journal} is not the journal of a lecture.")
    if header.get("version") not in range(1, VERSION + 1):  # the rows of older journals are among those of this version
        raise NotAJournal(f"{journal} is of version {header.get('version')}; this engine reads up to {VERSION}.")
    if not {"name", "clock", "provenance"} <= header.keys():
        raise NotAJournal(f"{journal} is a damaged journal: its first row is not whole.")
    return header


def compact(journal: Path, destination: Path | None = None, outcome: Outcome | None = None) -> Path:
    """Write the trace of a journal to `destination` (default: its lecture's name, beside it) and remove the journal.

    The trace appears whole or not at all, replacing one of that name. Raises NotAJournal and OSError; then the journal stays.
    """
    try:
        document = trace_document(journal, outcome)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, NotAJournal):
            raise
        raise NotAJournal(f"{journal} is a damaged journal: a row in it makes no sense ({error}).") from None
    destination = destination or journal.with_name(f"{document['summary']['name']}.json")
    temporary = destination.with_name(f".{destination.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            # One member a line: the file stays compact, and a pager or a diff can still show its parts.
            members = (to_json(name) + b":" + to_json(value) for name, value in document.items())
            file.write(b"{" + b",\n".join(members) + b"}\n")
        temporary.replace(destination)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    journal.unlink(missing_ok=True)  # somebody else may have completed it, too
    return destination


def _title(outputs: list[dict[str, Any]]) -> str | None:
    """The first top heading the lecture shows."""
    for output in outputs:
        if output["kind"] == "text" and (found := re.search(r"^#{1,2}\s+(.+?)\s*#*$", output["text"], re.MULTILINE)):
            return re.sub(r"[*_`]", "", found.group(1))
    return None
