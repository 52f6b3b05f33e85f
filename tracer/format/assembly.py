"""The rows of a journal, put together: they become the columns and lists of a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tracer.format.claims import group_of, moment, of_type, opening_of_part, rank_of
from tracer.format.journal import UNAVAILABLE, read_rows
from tracer.format.schema import END_NEXT, END_OPEN, FORMAT, ROLE_INSPECTED, VERSION, Outcome

__all__ = ["STEPS", "TABLES", "Assembly", "NewerJournal", "NotAJournal", "Part"]

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

ENDED, WAITED, PEER = "collective_end", "collective_wait", "collective_peer"
"""Rows that complete one of `collectives`: what it took; who waited for it, from when on, how long; whom it met."""
PRIVATE = frozenset({"rank", "device", "recording", "groups", ENDED, WAITED, PEER})
"""Rows of a process that may be a rank: what merging asks of it, and of its part in collectives."""

LONGEST_TITLE = 500
"""Characters of a line in which a title is looked for."""

SENSELESS = (ArithmeticError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What comes of a row that is none of a journal's."""


class NotAJournal(ValueError):
    """The file is no journal, or nothing in it can be used. The message is a sentence."""


class NewerJournal(NotAJournal):
    """The journal is of a newer engine than this one."""


@dataclass
class Part:
    """What a journal says of its process among the others of a run; all of it is missing in journals of before version 6.

    `run` is the same for all processes of one run; `zero` is the clock base, in nanoseconds on the process's own clock, `clock`
    the same moment in seconds since 1970, and `clocks` names that clock: processes that name the same read the same one.
    `place` is where its launcher put it and `rank` what it said when it joined a process group. `recording` are pairs of a step
    and the nanoseconds that recording had taken until then. `ended` is when it ended, on its own clock (None: it did not say).
    `groups` are the process groups that it worked in: a key that all members share, and their ranks.
    """

    run: str
    host: str
    process: int
    clock: float
    zero: int
    clocks: str
    place: dict[str, Any]
    rank: dict[str, Any] | None = None
    device: str = ""
    ended: int | None = None
    recording: list[tuple[int, int]] = field(default_factory=list)
    groups: list[tuple[str, list[int]]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its rank, or -1."""
        rank: int = (self.rank or self.place).get("rank", -1)
        return rank


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
        self.part = Part("", "", 0, 0.0, 0, "", {})
        rows = islice(read_rows(journal), limit)
        self._header = header = _opening(journal, rows)
        self.part = Part(**opening_of_part(header))
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
            "groups": [ranks for _, ranks in self.part.groups],
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
                _, ending = row
                self.part.ended = moment(of_type(ending, dict).get("at", 0)) or None
                self._ending = ending
            elif kind in PRIVATE:
                self._private(kind, row)
            else:
                _, content = row
                lists[kind].append(content)
            self.rows += 1

    def _private(self, kind: str, row: list[Any]) -> None:
        """What only `merging` asks for, and what completes a row that is there."""
        part, collectives = self.part, dict(zip(TABLES["collectives"], self._tables["collectives"], strict=True))
        if kind == "rank":
            _, content = row
            part.rank = rank_of(content)
        elif kind == "device":
            _, device = row
            part.device = of_type(device, str)
        elif kind == "recording":
            _, step, took = row
            part.recording.append((_not_below_0(step), moment(took)))
        elif kind == "groups":
            _, key, ranks = row
            part.groups.append((of_type(key, str), group_of(ranks)))
        elif kind == ENDED:
            _, number, duration = row
            collectives["duration"][_not_below_0(number)] = duration
        elif kind == PEER:
            _, number, group, sequence, peer = row
            collectives["group"][_not_below_0(number)] = group
            collectives["sequence"][number] = sequence
            collectives["peer"][number] = peer
        else:
            _, number, step, start, duration = row
            collectives["waited_step"][_not_below_0(number)] = step
            collectives["waited_start"][number] = start
            collectives["waited_duration"][number] = duration

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


def _not_below_0(index: Any) -> int:
    """An index that does not count from the end."""
    if of_type(index, int) < 0:
        raise IndexError(index)
    return int(index)


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
    try:
        opening_of_part(header)
        whole = isinstance(name, str) and "provenance" in header
    except (KeyError, ValueError):
        whole = False
    if not whole:
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
