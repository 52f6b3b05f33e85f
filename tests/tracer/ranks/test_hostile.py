"""Journals of ranks that lie: about who they are, when it was, and with whom they spoke.

Each time there is a trace that reads, or one sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracer.format.damage import HOSTILE
from tests.tracer.format.test_damage import bounded, walk
from tests.tracer.recording import record
from tracer.format.compact import NotAJournal, compact
from tracer.format.reader import read_trace
from tracer.format.runs import siblings
from tracer.format.schema import Trace

LECTURE = """
import shutil
from tracer import note
from tracer.recorder import active
def main():
    for value in turns(3):
        total = value  # @inspect total
    try:
        1 / 0
    except ZeroDivisionError:
        print("caught")
    shutil.copy(active().journal.path, "{copy}")
def turns(n):
    yield from range(n)
"""
NUMBERS = [
    -1,
    -2,
    0,
    1,
    2,
    5,
    2**31 - 1,
    2**31,
    2**53,
    2**61,
    2**62,
    2**63,
    -(2**62),
    -(2**63),
    10**30,
    10**4000,
    1e300,
]
"""Beside what is hostile everywhere: what a number of ranks, a moment or a length may be said to be."""
Rows = list[list[Any]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    folder = tmp_path_factory.mktemp("journal")
    record(folder, LECTURE.format(copy=folder / "copy"))
    return [json.loads(row) for row in (folder / "copy").read_bytes().rstrip(b"\0").splitlines()]


def rank(recorded: Rows, number: int, of: int = 3) -> Rows:
    """The journal of a rank that met the others, spoke with all of them and with its neighbour, and ended."""
    opening, *rows = deepcopy(recorded)
    place = {"rank": number, "world_size": of, "members": of, "launch": -1}
    known = {"run": "r", "name": "talk", "host": f"n{number}", "clocks": f"n{number}", "zero": 10**9 * (number + 1)}
    opening[1] |= {"process": 100 + number, "place": place, **known}
    name = sum(row[0] == "strings" for row in rows)
    said: Rows = [
        ["rank", {"rank": number, "world_size": of, "world": "w", "offset": -(10**9) * number, "error": 5}],
        ["device", "cpu"],
        ["recording", 2, 1000],
        ["strings", "all_reduce"],
        ["strings", "sum"],
        ["groups", "w/all", list(range(of))],
        ["groups", f"w/{number}", [number, (number + 1) % of]],
        ["collectives", 1, name, name + 1, 0, 0, -1, 64, 5000 + number, 300, 0, -1, -1, -1],
        ["collectives", 2, name, name + 1, 1, 0, -1, 64, 9000 + number, -1, 1, -1, -1, -1],
        ["collective_end", 1, 800],
        ["collective_wait", 1, 3, 9500, 100],
        ["collective_peer", 1, 1, 0, (number + 1) % of],
        ["recording", 5, 4000],
    ]
    ending = {"outcome": {"status": "finished"}, "seconds": 0.1, "provenance": opening[1]["provenance"], "at": 10**10}
    return [["trace", opening[1]], *rows, *said, ["end", ending]]


Merge = Callable[..., Trace | None]


@pytest.fixture
def merge(tmp_path: Path) -> Merge:
    """`merge(rows, rows, …)`: the trace of these journals, judged; None when they are refused, in a sentence, and kept."""

    def merge(*journals: Rows) -> Trace | None:
        paths = [tmp_path / f"talk.{number}.journal" for number in range(len(journals))]
        for path, rows in zip(paths, journals, strict=True):
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        for path in paths:
            siblings(path)  # it looks at all of them, and believes none
        destination = tmp_path / "talk.json"
        said = ""
        try:
            compact(paths[0], destination, others=dict.fromkeys(paths[1:]))
        except NotAJournal as problem:
            said = str(problem)
        if said:
            assert re.fullmatch(r"[ -~]+\.", said)
            assert all(path.exists() for path in paths)
            assert not destination.exists()
            return None
        trace = read_trace(destination)
        destination.unlink()
        walk(trace)
        seen_by_the_viewer(trace)
        return trace

    return merge


def seen_by_the_viewer(trace: Trace) -> None:
    """Numbers that JavaScript holds, and one process of a launch for each rank."""
    processes = [(each.launch, each.rank) for each in trace.ranks]
    assert len(set(processes)) == len(processes)
    numbers = [number for each in trace.ranks for number in (each.rank, each.launch)]
    numbers += [member for group in trace.groups for member in group]
    assert all(0 <= number < 2**31 for number in numbers)
    table = trace.collectives
    moments = [*trace.steps.start, *table.start, *table.waited_start]
    moments += [moment for each in trace.ranks for moment in (each.clock_offset, each.clock_error)]
    assert all(abs(moment) < 2**63 for moment in moments)
    assert abs(trace.clock) < 1e12


def test_ranks_that_tell_the_truth(recorded: Rows, merge: Merge) -> None:
    trace = merge(*(rank(recorded, number) for number in range(3)))
    assert trace is not None
    assert [each.rank for each in trace.ranks] == [0, 1, 2]
    assert trace.notices == []
    assert trace.groups == [[0, 1, 2], [0, 1], [1, 2], [2, 0]]
    assert [each.clock_error for each in trace.ranks] == [0, 10, 10]


def changed(rows: Rows, kind: str, /, **content: object) -> Rows:
    """With keys of the first row of a kind changed; `place_…`: those of its place."""
    row = next(row for row in rows if row[0] == kind)
    for key, value in content.items():
        holder = row[1]["place"] if key.startswith("place_") else row[1]
        holder[key.removeprefix("place_")] = value
    return rows


def numbers(trace: Trace | None) -> list[int]:
    assert trace is not None
    return [each.rank for each in trace.ranks]


@pytest.mark.parametrize("number", [-2, 3, 2**31, 10**30, 1.0, "1", None, True])
@pytest.mark.parametrize("kind", ["trace", "rank"])
def test_a_rank_that_there_cannot_be(recorded: Rows, merge: Merge, kind: str, number: object) -> None:
    """Of a whole journal nothing can be used, and the trace says so; where only what follows is at fault, what came before is."""
    liar = rank(recorded, 1)
    changed(liar, kind, **{"place_rank" if kind == "trace" else "rank": number})
    trace = merge(rank(recorded, 0), liar, rank(recorded, 2))
    assert trace is not None
    if kind == "trace":
        assert numbers(trace) == [0, 2]
        (notice,) = trace.notices
        assert notice.message == (
            "What another process recorded is missing here. "
            "talk.1.journal is a damaged journal: its first row is not whole."
        )
        assert merge(liar) is None
    else:
        assert numbers(trace) == [0, 1, 2]
        assert (trace.ranks[1].outcome.status, trace.ranks[1].outcome.message) == (
            "lost",
            "The journal is damaged: what followed is lost.",
        )


def test_two_that_say_they_are_the_same_rank(recorded: Rows, merge: Merge) -> None:
    """They are told apart as two that were started one after the other are; no step is lost."""
    both = merge(rank(recorded, 0), rank(recorded, 1), changed(rank(recorded, 1), "trace", process=7))
    assert both is not None
    assert [(each.rank, each.launch, each.process) for each in both.ranks] == [(0, 0, 100), (1, 0, 101), (1, 1, 7)]
    alone = merge(rank(recorded, 0, of=1))
    assert alone is not None
    assert both.summary.steps == 3 * alone.summary.steps


def test_world_sizes_that_disagree(recorded: Rows, merge: Merge) -> None:
    journals = [rank(recorded, 0, of=2), rank(recorded, 1, of=3), rank(recorded, 2, of=5)]
    trace = merge(*journals)
    assert numbers(trace) == [0, 1, 2]
    assert trace is not None
    assert trace.provenance.world_size == 5


@pytest.mark.parametrize("members", [[0, 99], [2**31 - 1], [0, 0, 0], [5, 4]])
def test_members_that_nobody_knows(recorded: Rows, merge: Merge, members: list[int]) -> None:
    liar = rank(recorded, 1)
    next(row for row in liar if row[0] == "groups")[1:] = ["w/odd", members]
    trace = merge(rank(recorded, 0), liar)
    assert trace is not None
    assert members in trace.groups
    assert trace.notices == []


@pytest.mark.parametrize("members", [[], [-1], [2**31], [10**30], ["0"], None, {}])
def test_members_that_there_cannot_be(recorded: Rows, merge: Merge, members: object) -> None:
    liar = rank(recorded, 1)
    next(row for row in liar if row[0] == "groups")[2] = members
    trace = merge(rank(recorded, 0), liar)
    assert numbers(trace) == [0, 1]
    assert trace is not None
    assert members not in trace.groups
    assert [each.outcome.status for each in trace.ranks] == ["finished", "lost"]


@pytest.mark.parametrize("column", [1, 4, 11])
@pytest.mark.parametrize("index", [10**6, -7, 10**30])
def test_collectives_of_steps_and_groups_that_there_are_not(
    recorded: Rows, merge: Merge, column: int, index: int
) -> None:
    liar = rank(recorded, 1)
    next(row for row in liar if row[0] == "collectives")[column] = index
    trace = merge(rank(recorded, 0), liar)
    assert numbers(trace) == [0, 1]
    assert trace is not None
    assert len(trace.collectives.step) == 2  # those of rank 0


@pytest.mark.parametrize("kind", ["collective_end", "collective_wait", "collective_peer"])
@pytest.mark.parametrize("number", [-1, 2, 10**30])
def test_the_end_of_a_collective_that_there_is_not(recorded: Rows, merge: Merge, kind: str, number: int) -> None:
    liar = rank(recorded, 1)
    next(row for row in liar if row[0] == kind)[1] = number
    trace = merge(rank(recorded, 0), liar)
    assert trace is not None
    assert len(trace.collectives.step) == 4
    assert [each.outcome.status for each in trace.ranks] == ["finished", "lost"]


@pytest.mark.parametrize("key", ["clock", "zero"])
@pytest.mark.parametrize("moment", [float("nan"), float("inf"), 1e300, 2**62, -(2**62), 10**30, "noon"])
def test_clocks_that_nobody_can_reckon_with(recorded: Rows, merge: Merge, key: str, moment: object) -> None:
    liar = changed(rank(recorded, 1), "trace", **{key: moment})
    trace = merge(rank(recorded, 0), liar, rank(recorded, 2))
    assert numbers(trace) == [0, 2]
    assert trace is not None
    assert "talk.1.journal" in trace.notices[0].message


@pytest.mark.parametrize("key", ["offset", "error"])
@pytest.mark.parametrize("moment", [float("nan"), 1e300, 2**62, -(2**62), 10**30, None])
def test_a_comparison_of_clocks_that_cannot_be(recorded: Rows, merge: Merge, key: str, moment: object) -> None:
    trace = merge(rank(recorded, 0), changed(rank(recorded, 1), "rank", **{key: moment}), rank(recorded, 2))
    assert numbers(trace) == [0, 1, 2]
    assert trace is not None
    assert [each.clock_error for each in trace.ranks] == [0, -1, 10]


def test_steps_that_last_for_ever(recorded: Rows, merge: Merge) -> None:
    """Each number may be, their sum may not: what came before is kept."""
    liar = rank(recorded, 1)
    opened = [row for row in liar if row[0] == "+"]
    for row in opened[-2:]:
        row[3] = 2**60
    trace = merge(rank(recorded, 0), liar)
    assert numbers(trace) == [0, 1]
    assert trace is not None
    assert trace.ranks[1].outcome.status == "lost"


@bounded
@given(data=st.data())
def test_with_a_hostile_cell(recorded: Rows, merge: Merge, data: st.DataObject) -> None:
    """In what ranks say of themselves, and in their collectives."""
    journals = [rank(recorded, number) for number in range(3)]
    special = ("trace", "rank", "device", "recording", "groups", "end", "collectives")
    for _ in range(data.draw(st.integers(1, 3))):
        rows = data.draw(st.sampled_from(journals))
        row = data.draw(st.sampled_from([row for row in rows if str(row[0]).startswith((*special, "collective_"))]))
        holder: Any = row
        key: Any = data.draw(st.integers(1, len(row) - 1))
        while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else list(range(len(holder)))))
        holder[key] = deepcopy(data.draw(st.sampled_from([*NUMBERS, *HOSTILE])))
    merge(*journals)


@bounded
@given(data=st.data())
def test_with_rows_moved_and_lost(recorded: Rows, merge: Merge, data: st.DataObject) -> None:
    journals = [rank(recorded, number) for number in range(3)]
    for _ in range(data.draw(st.integers(1, 4))):
        rows, others = data.draw(st.sampled_from(journals)), data.draw(st.sampled_from(journals))
        at = data.draw(st.integers(0, len(rows) - 1))
        how = data.draw(st.sampled_from(["lose", "double", "cut", "swap", "borrow"]))
        if how == "lose" and len(rows) > 1:
            del rows[at]
        elif how == "double":
            rows.insert(at, deepcopy(rows[at]))
        elif how == "cut":
            del rows[at + 1 :]
        elif how == "swap":
            rows[at : at + 2] = rows[at : at + 2][::-1]
        else:
            rows.insert(at, deepcopy(data.draw(st.sampled_from(others))))
    merge(*journals)
