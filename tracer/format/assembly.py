"""The rows of a journal, put together: they become the columns and lists of a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tracer.format.journal import UNAVAILABLE, read_rows
from tracer.format.schema import END_NEXT, END_OPEN, FORMAT, ROLE_INSPECTED, VERSION, Outcome

__all__ = ["TABLES", "Assembly", "NewerJournal", "NotAJournal"]

TABLES: dict[str, tuple[str, ...]] = {
    "functions": ("name", "file", "line", "end_line"),
    "statements": ("file", "line", "end_line", "loop_end"),
    "tracks": ("rank", "process", "thread", "name", "host"),
    "calls": ("function", "parent", "track"),
    "resumes": ("call", "step", "parent"),
    "elided": ("statement", "step", "count"),
    "bindings": ("step", "at", "name", "value", "role"),
    "shown": ("step", "at", "output"),
    "printed": ("step", "at", "stream", "text"),
    "derived": ("step", "name", "source", "relation"),
    "operations": ("step", "name", "formula", "phase", "kind", "count", "flops", "bytes"),
    "memory": (
        "step",
        "device",
        "parameters",
        "gradients",
        "optimizer",
        "activations",
        "other",
        "peak",
        "allocated",
    ),
    "launches": ("step", "function", "x", "y", "z"),
    "programs": ("call", "launch", "x", "y", "z"),
    "accesses": ("step", "kind", "array", "region", "elements", "masked", "distinct", "beyond"),
    "collectives": (
        "step",
        "name",
        "operation",
        "group",
        "sequence",
        "peer",
        "bytes",
        "start",
        "duration",
        "asynchronous",
        "waited_step",
        "waited_start",
        "waited_duration",
    ),
    "raised": ("step", "failure"),
}
LISTS = ("files", "strings", "values", "outputs", "failures", "notices", "machines", "arrays", "regions")
STEPS = ("statement", "call", "start", "duration", "end")

LONGEST_TITLE = 500
"""Characters of a line in which a title is looked for."""

SENSELESS = (ArithmeticError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What comes of a row that is none of a journal's."""


class NotAJournal(ValueError):
    """The file is no journal, or nothing in it can be used. The message is a sentence."""


class NewerJournal(NotAJournal):
    """The journal is of a newer engine than this one."""


class Assembly:
    """What the first `limit` rows of a journal make (None: all of them), or those before the first that makes no sense.

    `rows` is how many were taken; `stopped` says that there was one after them that makes no sense. Indices and types are
    not looked at: that is for whoever judges the whole. Raises NotAJournal and OSError.
    """

    def __init__(self, journal: Path, limit: int | None = None) -> None:
        self.rows = 1
        self.stopped = False
        self._tables: dict[str, tuple[list[Any], ...]] = {name: tuple([] for _ in TABLES[name]) for name in TABLES}
        self._lists: dict[str, list[Any]] = {name: [] for name in LISTS}
        self._steps: tuple[list[Any], ...] = tuple([] for _ in STEPS)
        self._elided: dict[int, list[Any]] = {}
        self._ending: Any = None
        rows = islice(read_rows(journal), limit)
        self._header = _opening(journal, rows)
        try:
            self._add(rows)
        except SENSELESS:
            self.stopped = True

    def document(self, outcome: Outcome) -> dict[str, Any]:
        """The trace, ready to be encoded. `outcome` is how the run ended, if the journal does not say. May raise SENSELESS."""
        steps = dict(zip(STEPS, self._steps, strict=True))
        ending = self._ending or {
            "outcome": outcome,
            "seconds": round(sum(steps["start"]) / 1e9, 6),
            "provenance": self._header["provenance"],
        }
        named = {name: dict(zip(TABLES[name], columns, strict=True)) for name, columns in self._tables.items()}
        elided = [list(column) for column in zip(*self._elided.values(), strict=True)] or [[], [], []]
        named["elided"] = dict(zip(TABLES["elided"], elided, strict=True))
        lists = self._lists
        return {
            "format": FORMAT,
            "version": VERSION,
            "summary": {
                "name": self._header["name"],
                "title": _title(lists["outputs"]) or self._header["name"],
                "steps": len(steps["call"]),
                "seconds": ending["seconds"],
                "outcome": ending["outcome"],
            },
            "provenance": ending["provenance"],
            "clock": self._header["clock"],
            "entry": 0,
            "files": lists["files"],
            "strings": lists["strings"],
            "functions": named["functions"],
            "statements": named["statements"],
            "tracks": named["tracks"],
            "calls": named["calls"],
            "resumes": named["resumes"],
            "steps": steps,
            "elided": named["elided"],
            "values": lists["values"],
            "bindings": named["bindings"],
            "outputs": lists["outputs"],
            "shown": named["shown"],
            "printed": named["printed"],
            "derived": named["derived"],
            "operations": named["operations"],
            "memory": named["memory"],
            "machines": lists["machines"],
            "launches": named["launches"],
            "arrays": lists["arrays"],
            "programs": named["programs"],
            "regions": lists["regions"],
            "accesses": named["accesses"],
            "ranks": [],
            "groups": [],
            "collectives": named["collectives"],
            "failures": lists["failures"],
            "raised": named["raised"],
            "notices": lists["notices"],
        }

    def _add(self, rows: Iterator[list[Any]]) -> None:
        tables, lists = self._tables, self._lists
        statement, call, start, duration, end = self._steps
        for row in rows:
            kind = row[0]
            if len(row) == 2 and kind.__class__ is int:  # the shortest row: see the journal
                duration[-1] = kind
                end[-1] = END_NEXT
                statement.append(row[1])
                call.append(call[-1])
                start.append(kind)
                duration.append(0)
                end.append(END_OPEN)
            elif kind == "+":
                _, of, within, since = row
                statement.append(of)
                call.append(within)
                start.append(since)
                duration.append(0)
                end.append(END_OPEN)
            elif kind == "-":
                _, step, took, how = row
                if step < 0:
                    raise IndexError(step)
                duration[step] = took
                end[step] = how
            elif kind == "look":
                self._look(row)
            elif kind in tables:
                _, *cells = row
                columns = tables[kind]
                if kind == "statements" and len(cells) == 3:  # of a journal of version 1 or 2
                    cells.append(0)
                if len(cells) != len(columns):
                    raise ValueError(kind)
                if kind == "elided":
                    self._elided[cells[0]] = cells  # the count grows while the run goes on: the last one stands
                else:
                    for column, cell in zip(columns, cells, strict=True):
                        column.append(cell)
            elif kind == "end":
                _, self._ending = row
            else:
                _, content = row
                lists[kind].append(content)
            self.rows += 1

    def _look(self, row: list[Any]) -> None:
        """All that `@inspect` showed at one step: a row of `bindings` each."""
        _, step, at, *cells = row
        names, values = cells[::2], cells[1::2]
        if len(names) != len(values):
            raise ValueError(row)
        if UNAVAILABLE in values:
            there = [(name, value) for name, value in zip(names, values, strict=True) if value != UNAVAILABLE]
            names, values = [name for name, _ in there], [value for _, value in there]
        count = len(names)
        steps, moments, of, seen, roles = self._tables["bindings"]
        steps += [step] * count
        moments += [at] * count
        of += names
        seen += values
        roles += [ROLE_INSPECTED] * count


def _opening(journal: Path, rows: Iterator[list[Any]]) -> dict[str, Any]:
    """The first row's content. Raises NotAJournal."""
    try:
        _, header = row = next(rows)
    except (StopIteration, ValueError, RecursionError):
        row, header = [], None
    if row[:1] != ["trace"] or not isinstance(header, dict) or header.get("format") != FORMAT:
        raise NotAJournal(f"{journal} is not the journal of a lecture.")
    version = header.get("version")
    if type(version) is not int or version < 1:
        raise NotAJournal(f"{journal} is a damaged journal: it does not say which version of the format it follows.")
    if version > VERSION:  # the rows of older journals are among those of this version
        raise NewerJournal(
            f"{journal} is of version {version} of the format, and this engine reads up to {VERSION}: update this project."
        )
    name = header.get("name")
    if not isinstance(name, str) or not {"clock", "provenance"} <= header.keys():
        raise NotAJournal(f"{journal} is a damaged journal: its first row is not whole.")
    if (
        not name or Path(name).name != name or name.startswith(".") or "\0" in name
    ):  # the trace is written to a file of this name
        raise NotAJournal(f"{journal} is a damaged journal: its lecture has no proper name.")
    return header


def _title(outputs: list[dict[str, Any]]) -> str | None:
    """The first top heading the lecture shows."""
    for output in outputs:
        if output["kind"] == "text" and not output.get("verbatim"):
            for line in output["text"].split("\n"):
                if found := re.match(r" {0,3}#{1,2}\s+(\S.*)", line[:LONGEST_TITLE]):
                    return re.sub(r"[*_`]", "", re.sub(r"\s#+$", "", found[1].rstrip()))
    return None
