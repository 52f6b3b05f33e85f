"""The journals of the processes of one run become one trace: lanes side by side, on one clock."""

from __future__ import annotations

import heapq
import json
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import accumulate, count, repeat
from typing import Any

from tracer.format.assembly import STEPS, TABLES, Part
from tracer.format.one_clock import offsets_of, real_times
from tracer.format.struct import to_json

__all__ = ["Piece", "merged"]

Piece = tuple[dict[str, Any], Part]
"""The trace of one process alone, and what its journal says of it besides."""

Numbers = Sequence[Sequence[int]]
"""For each process, what the numbers of its own trace became."""

AT_ONCE = 1_000_000_000
"""Nanoseconds within which the failures of several ranks are those of one moment: the others heard of it first."""


def merged(pieces: Sequence[Piece]) -> dict[str, Any]:
    """One trace of all processes. The first is who speaks for the run: who started the others, or else the lowest rank.

    The steps stand in the order of the common clock; each process keeps the order of its own. Raises what comes of a trace
    that is not sound.
    """
    main, part = pieces[0]
    clocks = offsets_of([part for _, part in pieces])
    base = min(part.zero + offset for (_, part), (offset, _) in zip(pieces, clocks, strict=True))
    merging = _Merging(pieces, [offset - base for offset, _ in clocks])
    ranks = merging.ranks(clocks)
    if part.number < 0:
        outcome = merging.outcome(0)
    else:
        outcome = _overall(ranks, [part for _, part in pieces], clocks)
    sizes = [size for document, part in pieces if (size := _world_size(document, part))]
    provenance = _plain(main["provenance"]) | ({"world_size": max(sizes)} if sizes else {})
    return {
        "format": main["format"],
        "version": main["version"],
        "summary": main["summary"] | {"steps": len(merging.steps["call"]), "outcome": outcome},
        "provenance": provenance,
        "clock": main["clock"] - (part.zero + clocks[0][0] - base) / 1e9,
        "entry": merging.files[0][main["entry"]] if merging.files[0] else 0,
        "files": merging.shared["files"],
        "strings": merging.shared["strings"],
        **{name: merging.tables[name] for name in ("functions", "statements", "tracks", "calls", "resumes")},
        "steps": merging.steps,
        "elided": merging.tables["elided"],
        "values": merging.shared["values"],
        "bindings": merging.tables["bindings"],
        "outputs": merging.shared["outputs"],
        **{name: merging.tables[name] for name in ("shown", "printed", "derived", "operations", "memory")},
        "machines": merging.shared["machines"],
        "launches": merging.tables["launches"],
        "arrays": merging.shared["arrays"],
        "programs": merging.tables["programs"],
        "regions": merging.shared["regions"],
        "accesses": merging.tables["accesses"],
        "ranks": [rank for rank, _ in ranks],
        "groups": merging.groups,
        "collectives": merging.tables["collectives"],
        "failures": merging.shared["failures"],
        "raised": merging.tables["raised"],
        "notices": merging.notices(),
    }


class _Merging:
    """The columns and lists of the one trace. `offsets`: what brings each process's own clock to the common one, from its
    base on (nanoseconds)."""

    def __init__(self, pieces: Sequence[Piece], offsets: Sequence[int]) -> None:
        self.documents = [document for document, _ in pieces]
        self.parts = [part for _, part in pieces]
        self.offsets = offsets
        names = ("files", "strings", "values", "outputs", "failures", "machines", "arrays", "regions")
        self.shared: dict[str, list[Any]] = {name: [] for name in names}
        self._known: dict[str, dict[Hashable, int]] = {}
        self._storages: dict[tuple[int, int], int] = {}
        self.tables: dict[str, dict[str, list[int]]] = {}
        self._order_steps()
        self.files = [[self._add("files", file) for file in document["files"]] for document in self.documents]
        self._strings = [[self._add("strings", text, text) for text in each["strings"]] for each in self.documents]
        self._failures = [
            [self._add("failures", self._failure(each, files)) for each in document["failures"]]
            for document, files in zip(self.documents, self.files, strict=True)
        ]
        self._values = [
            [self._add("values", self._value(which, value)) for value in document["values"]]
            for which, document in enumerate(self.documents)
        ]
        for document in self.documents:
            for machine in document["machines"]:
                self._add("machines", machine)
        self._merge_calls()
        self._merge_tables()

    # ------------------------------------------------------------------------------------------------------------- steps

    def _order_steps(self) -> None:
        """In the order of the common clock. `self._steps` leads from a process's step to its row."""
        times = [array("q", real_times(*each)) for each in zip(self.documents, self.parts, self.offsets, strict=True)]
        self._steps = [array("q", bytes(8 * len(each))) for each in times]
        self._order = (
            array("q"),
            array("i"),
        )  # the time of each row, and whose it is: of a process the steps stay in order
        streams = (zip(each, repeat(which), range(len(each)), strict=False) for which, each in enumerate(times))
        for row, (time, which, step) in enumerate(heapq.merge(*streams)):
            self._steps[which][step] = row
            self._order[0].append(time)
            self._order[1].append(which)

    def _merge_calls(self) -> None:
        """Functions, statements, lanes and calls; the calls in the order of their first steps. And then the steps."""
        functions = self._distinct("functions", {"name": self._strings, "file": self.files})
        self._statements = self._distinct("statements", {"file": self.files})
        tracks = self._distinct("tracks", {"name": self._strings, "host": self._strings}, self._rank_of_track)
        self._functions = functions
        self._calls = [[-1] * len(document["calls"]["function"]) for document in self.documents]
        columns: dict[str, list[int]] = {name: [] for name in TABLES["calls"]}
        self.tables["calls"] = columns

        def began(which: int, call: int) -> int:
            number = self._calls[which][call]
            if number < 0:
                number = self._calls[which][call] = len(columns["function"])
                calls = self.documents[which]["calls"]
                columns["function"].append(functions[which][calls["function"][call]])
                columns["parent"].append(_at(self._steps[which], calls["parent"][call]))
                columns["track"].append(tracks[which][calls["track"][call]])
            return number

        self.steps: dict[str, list[int]] = {name: [] for name in STEPS}
        before = 0
        own = [count() for _ in self.documents]
        for time, which in zip(*self._order, strict=True):
            step = next(own[which])
            steps = self.documents[which]["steps"]
            self.steps["statement"].append(self._statements[which][steps["statement"][step]])
            self.steps["call"].append(began(which, steps["call"][step]))
            self.steps["start"].append(time - before)
            self.steps["duration"].append(steps["duration"][step])
            self.steps["end"].append(steps["end"][step])
            before = time
        for which, calls in enumerate(self._calls):
            for call in range(len(calls)):  # those that died before their first step
                began(which, call)

    def _rank_of_track(self, which: int, row: dict[str, int]) -> dict[str, int]:
        return row | {"rank": self.parts[which].number}

    # ------------------------------------------------------------------------------------------------------------ tables

    def _merge_tables(self) -> None:
        step, after = self._steps, [each + array("q", [len(self._order[0])]) for each in self._steps]
        names, values = self._strings, self._values
        self.tables["resumes"] = self._rows("resumes", {"call": self._calls, "step": after, "parent": step})
        self.tables["elided"] = self._elided()
        at = {"step": step, "at": step}
        self.tables["bindings"] = self._rows("bindings", {**at, "name": names, "value": values}, "at")
        outputs = [
            [self._add("outputs", self._output(each, files)) for each in document["outputs"]]
            for document, files in zip(self.documents, self.files, strict=True)
        ]
        self.tables["shown"] = self._rows("shown", {**at, "output": outputs}, "at")
        self.tables["printed"] = self._rows("printed", {**at, "text": names}, "at")
        self.tables["derived"] = self._rows("derived", {"step": step, "name": names, "source": names})
        self.tables["operations"] = self._rows("operations", {"step": step, "name": names, "formula": names})
        self.tables["memory"] = self._rows("memory", {"step": step, "device": names})
        self.tables["raised"] = self._rows("raised", {"step": step, "failure": self._failures})
        self._merge_kernels(step)
        self._merge_collectives(step, names)

    def _merge_kernels(self, step: Numbers) -> None:
        launches = self._numbers([len(document["launches"]["step"]) for document in self.documents])
        self.tables["launches"] = self._in_turn("launches", {"step": step, "function": self._functions})
        arrays = self._numbers([len(document["arrays"]) for document in self.documents])
        for which, document in enumerate(self.documents):
            for given in document["arrays"]:
                value = given.get("value")
                moved = {} if value is None else {"value": self._values[which][value]}
                self.shared["arrays"].append(given | {"launch": launches[which][given["launch"]]} | moved)
        regions = [[self._add("regions", region) for region in document["regions"]] for document in self.documents]
        self.tables["programs"] = self._in_turn("programs", {"call": self._calls, "launch": launches})
        self.tables["accesses"] = self._rows("accesses", {"step": step, "array": arrays, "region": regions})

    def _merge_collectives(self, step: Numbers, names: Numbers) -> None:
        """Those that share a group and a sequence are one. Times come to the common clock."""
        self.groups: list[list[int]] = []
        known: dict[str, int] = {}
        groups = []
        for part in self.parts:
            numbers = []
            for key, ranks in part.groups:
                if key not in known:
                    known[key] = len(self.groups)
                    self.groups.append(ranks)
                numbers.append(known[key])
            groups.append(numbers)
        for document, offset in zip(self.documents, self.offsets, strict=True):
            for name in ("start", "waited_start"):
                column = document["collectives"][name]
                column[:] = [time if time < 0 else max(0, time + offset) for time in column]
        leads_to = {"step": step, "name": names, "operation": names, "group": groups, "waited_step": step}
        self.tables["collectives"] = self._rows("collectives", leads_to, "start")

    def _elided(self) -> dict[str, list[int]]:
        """A row a statement: all that its ranks left out, from the last of their steps on."""
        rows: dict[int, list[int]] = {}
        for which, document in enumerate(self.documents):
            for statement, step, left_out in _rows_of(document, "elided"):
                number, step = self._statements[which][statement], self._steps[which][step]
                row = rows.setdefault(number, [number, step, 0])
                row[1], row[2] = max(row[1], step), row[2] + left_out
        return _columns("elided", rows.values())

    def _rows(self, table: str, leads_to: dict[str, Numbers], by: str = "step") -> dict[str, list[int]]:
        """The rows of all, with their indices moved, in the order of the column `by`, as far as each process's own allows."""
        column = TABLES[table].index(by)

        def stream(which: int) -> Iterator[tuple[int, int, int, list[int]]]:
            key = -1
            for number, row in enumerate(self._moved(table, leads_to, which)):
                key = max(key, row[column])
                yield key, which, number, row

        return _columns(table, (row for *_, row in heapq.merge(*map(stream, range(len(self.documents))))))

    def _in_turn(self, table: str, leads_to: dict[str, Numbers]) -> dict[str, list[int]]:
        """The rows of one process after those of the other, so that their numbers are known beforehand."""
        return _columns(
            table, (row for which in range(len(self.documents)) for row in self._moved(table, leads_to, which))
        )

    def _moved(self, table: str, leads_to: dict[str, Numbers], which: int) -> Iterator[list[int]]:
        maps = [leads_to[name][which] if name in leads_to else None for name in TABLES[table]]
        for row in _rows_of(self.documents[which], table):
            yield [cell if map is None else _at(map, cell) for cell, map in zip(row, maps, strict=True)]

    def _distinct(
        self,
        table: str,
        leads_to: dict[str, Numbers],
        change: Callable[[int, dict[str, int]], dict[str, int]] = lambda _, row: row,
    ) -> list[list[int]]:
        """Make `table` of the rows that differ; returns, for each process, which row each of its own became."""
        names = TABLES[table]
        found: dict[tuple[int, ...], int] = {}
        numbers = []
        for which in range(len(self.documents)):
            rows = (dict(zip(names, row, strict=True)) for row in self._moved(table, leads_to, which))
            numbers.append([found.setdefault(tuple(change(which, row).values()), len(found)) for row in rows])
        self.tables[table] = _columns(table, found)
        return numbers

    # ------------------------------------------------------------------------------------------------------------- lists

    def _add(self, name: str, content: Any, key: Hashable = None) -> int:
        """The number of a content that is there only once."""
        known = self._known.setdefault(name, {})
        key = to_json(content) if key is None else key
        number = known.get(key)
        if number is None:
            number = known[key] = len(self.shared[name])
            self.shared[name].append(content)
        return number

    def _numbers(self, counts: list[int]) -> list[list[int]]:
        """Those that the rows of each process get, when they stand one process after the other."""
        starts = accumulate([0, *counts])
        return [list(range(start, start + count)) for start, count in zip(starts, counts, strict=False)]

    def _value(self, which: int, value: Any) -> Any:
        """A value with its files and its storages moved: memory is of one process alone."""
        if isinstance(value, list):
            return [self._value(which, item) for item in value]
        if not isinstance(value, dict):
            return value
        value = {name: self._value(which, part) for name, part in value.items()}
        if value.get("kind") == "definition" and value.get("file") is not None:
            value["file"] = self.files[which][value["file"]]
        storage = value.get("storage")
        if isinstance(storage, dict) and "id" in storage:
            number = self._storages.setdefault((which, storage["id"]), len(self._storages) + 1)
            value["storage"] = storage | {"id": number}
        return value

    def _output(self, output: dict[str, Any], files: list[int]) -> dict[str, Any]:
        target = output.get("target")
        if output["kind"] != "link" or not target:
            return output
        return output | {"target": target | {"file": files[target["file"]]}}

    def _failure(self, failure: dict[str, Any], files: list[int]) -> dict[str, Any]:
        return failure | {"traceback": [line | {"file": _at(files, line["file"])} for line in failure["traceback"]]}

    def notices(self) -> list[dict[str, Any]]:
        """What every rank was told at the same line is said once."""
        found: dict[bytes, dict[str, Any]] = {}
        for which, document in enumerate(self.documents):
            for given in document["notices"]:
                notice = _plain(given)
                place = to_json([notice["message"], *(notice.get(name) for name in ("file", "line"))])
                if "file" in notice:
                    notice["file"] = _at(self.files[which], notice["file"])
                if "step" in notice:
                    notice["step"] = _at(self._steps[which], notice["step"])
                found.setdefault(place, notice)
        return list(found.values())

    def outcome(self, which: int) -> dict[str, Any]:
        """How one of the processes ended."""
        outcome = _plain(self.documents[which]["summary"]["outcome"])
        if outcome.get("failure") is not None:
            outcome["failure"] = self._failures[which][outcome["failure"]]
        return outcome

    def ranks(self, clocks: Sequence[tuple[int, int]]) -> list[tuple[dict[str, Any], int]]:
        """A row for each process that was a rank, and which one it is; in the order of launches and ranks."""
        launches: dict[Hashable, int] = {}
        taken: set[tuple[int, int]] = set()
        found = []
        for which in sorted(range(len(self.parts)), key=lambda which: self.parts[which].zero + clocks[which][0]):
            part = self.parts[which]
            if part.number < 0:
                continue
            # Those that the lecture started say which time that was; those of a launcher were started once, all of them.
            placed = part.place.get("launch", -1)
            of = placed if placed >= 0 or part.place.get("members") else (part.rank or {}).get("world", "")
            launch = launches.setdefault(of, len(launches))
            while (launch, part.number) in taken:  # two say that they are this rank: the later one was started again
                launch += 1
            taken.add((launch, part.number))
            rank = {
                "rank": part.number,
                "launch": launch,
                "host": part.host,
                "process": part.process,
                "device": part.device,
                "outcome": self.outcome(which),
                "clock_offset": clocks[which][0],
                "clock_error": clocks[which][1],
            }
            found.append((rank, which))
        return sorted(found, key=lambda one: (one[0]["launch"], one[0]["rank"]))


def _overall(
    ranks: Sequence[tuple[dict[str, Any], int]], parts: Sequence[Part], clocks: Sequence[tuple[int, int]]
) -> dict[str, Any]:
    """How the run ended, where only its ranks can say: as the one did that ended badly first, and took the others along.

    It goes on while any of them does.
    """

    def when(one: tuple[dict[str, Any], int]) -> int:
        rank, which = one
        ended = parts[which].ended
        time = 1 << 62 if ended is None else ended + clocks[which][0]
        return time - AT_ONCE if rank["outcome"]["status"] == "lost" else time

    for rank, _ in ranks:
        if rank["outcome"]["status"] == "running":
            return dict(rank["outcome"])
    for kinds in (("stopped",), ("lost", "failed"), ("interrupted",)):
        ended = [one for one in ranks if one[0]["outcome"]["status"] in kinds]
        if ended:
            rank = min(ended, key=when)[0]
            outcome: dict[str, Any] = rank["outcome"]
            message = outcome.get("message", "")
            return outcome | {"message": f"rank {rank['rank']}: {message}" if message else f"rank {rank['rank']}"}
    return {"status": "finished"}


def _world_size(document: dict[str, Any], part: Part) -> int:
    size = (part.rank or part.place).get("world_size") or _plain(document["provenance"]).get("world_size")
    return size or 0


def _rows_of(document: dict[str, Any], table: str) -> Iterable[tuple[int, ...]]:
    return zip(*(document[table][name] for name in TABLES[table]), strict=True)


def _columns(table: str, rows: Iterable[Sequence[int]]) -> dict[str, list[int]]:
    columns: list[list[int]] = [[] for _ in TABLES[table]]
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    return dict(zip(TABLES[table], columns, strict=True))


def _at(numbers: Sequence[int], index: int) -> int:
    return index if index < 0 else numbers[index]


def _plain(content: Any) -> dict[str, Any]:
    """A struct of the record as it stands in a file; of what comes from a journal, a copy."""
    plain: dict[str, Any] = json.loads(to_json(content))
    return plain
