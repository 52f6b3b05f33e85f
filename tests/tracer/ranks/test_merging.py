"""Journals of several ranks become one trace, whatever became of some of them. No process group is needed for that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tracer.recording import record
from tracer.format.journal import Journal
from tracer.format.orphans import NothingRecorded, StillWritten, finish, finish_orphans
from tracer.format.reader import read_trace
from tracer.format.runs import end_journal, finish_if_last, siblings
from tracer.format.schema import Outcome

LECTURE = """
import shutil
from tracer import link, text
from tracer.recorder import active
def main():
    text("# Every rank says this")
    link(helper)
    for i in range(9):
        n = helper(i)  # @inspect n, helper
    try:
        helper("x") + 1
    except TypeError:
        print("caught")
    shutil.copy(active().journal.path, "{copy}")
def helper(i):
    return i
"""
KILLED = Outcome(status="lost", message="killed", exit_code=137)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("journal")
    record(folder, LECTURE.format(copy=folder / "copy"), max_visits=4)
    return (folder / "copy").read_bytes().rstrip(b"\0").splitlines(keepends=True)


Rank = Callable[..., Path]


@pytest.fixture
def rank(rows: list[bytes], tmp_path: Path) -> Rank:
    """`rank(1, of=2, …)`: the journal of a rank that a launcher started, its first row changed so; `more` rows follow it."""

    def rank(
        number: int, of: int = 2, more: tuple[object, ...] = (), until: int | None = None, **changes: object
    ) -> Path:
        _, opening = json.loads(rows[0])
        place = {"rank": number, "world_size": of, "members": of, "launch": -1}
        opening |= {"process": 100 + number, "place": place, "run": "r", "name": "talk", **changes}
        added = [json.dumps(row).encode() + b"\n" for row in more]
        path = tmp_path / f"talk.{900_000_000 + number}.journal"
        path.write_bytes(b"".join([json.dumps(["trace", opening]).encode() + b"\n", *added, *rows[1:until]]))
        return path

    return rank


def test_the_last_one_makes_the_trace(rank: Rank, tmp_path: Path) -> None:
    first, second = rank(0), rank(1)
    end_journal(first, Outcome(status="finished"))
    assert finish_if_last(first) is None  # the other one has not ended
    assert siblings(first) == [second]
    end_journal(second, KILLED)
    assert finish_if_last(second) == tmp_path / "talk.json"
    assert finish_if_last(first) is None  # somebody else was faster
    assert [path.name for path in tmp_path.iterdir()] == ["talk.json"]
    trace = read_trace(tmp_path / "talk.json")
    assert [(each.rank, each.outcome.status) for each in trace.ranks] == [(0, "finished"), (1, "lost")]
    assert trace.summary.outcome == Outcome(status="lost", message="rank 1: killed", exit_code=137)
    assert trace.summary.steps == len(trace.steps.call)
    assert (trace.tracks.rank, trace.provenance.world_size) == ([0, 1], 2)


def test_one_that_never_began_is_waited_for(rank: Rank) -> None:
    first = rank(0, of=3)
    end_journal(first, Outcome(status="finished"))
    end_journal(rank(1, of=3), Outcome(status="finished"))
    assert finish_if_last(first) is None


def test_what_ranks_share_is_there_once(rank: Rank, tmp_path: Path) -> None:
    alone = read_trace(finish(rank(0, of=1)))
    rank(0)
    both = read_trace(finish(rank(1)))
    for shared in ("files", "strings", "functions", "statements", "values", "outputs", "failures"):
        assert getattr(both, shared) == getattr(alone, shared)
    steps, calls = alone.summary.steps, len(alone.calls.parent)
    assert (both.summary.steps, len(both.calls.parent)) == (2 * steps, 2 * calls)
    assert len(both.bindings.step) == 2 * len(alone.bindings.step)
    assert both.bindings.at == sorted(both.bindings.at)
    assert both.elided.count == [2 * count for count in alone.elided.count]
    assert len(both.elided.count) > 0
    by_rank: dict[int, list[int]] = {0: [], 1: []}
    for statement, call in zip(both.steps.statement, both.steps.call, strict=True):
        by_rank[both.tracks.rank[both.calls.track[call]]].append(statement)
    assert by_rank[0] == by_rank[1] == alone.steps.statement
    assert list(tmp_path.glob("*.journal")) == []


def test_clocks_that_were_compared(rank: Rank) -> None:
    """Rank 1 began 5 ms after rank 0; its clock is another one."""
    met = {"world_size": 2, "world": "w"}
    rank(0, zero=1_000_000, clocks="a", more=(["rank", {"rank": 0, "offset": 0, "error": 0, **met}],))
    second = rank(
        1, zero=9_000_000_000, clocks="b", more=(["rank", {"rank": 1, "offset": -8_994_000_000, "error": 7, **met}],)
    )
    trace = read_trace(finish(second))
    assert [(each.clock_offset, each.clock_error) for each in trace.ranks] == [(0, 0), (-8_994_000_000, 7)]
    opened, now = {}, 0
    for since, call in zip(trace.steps.start, trace.steps.call, strict=True):
        now += since
        opened.setdefault(trace.tracks.rank[trace.calls.track[call]], now)
    assert opened[1] - opened[0] == 5_000_000


def test_clocks_that_were_not(rank: Rank) -> None:
    """The times of day are believed, and the trace says that nobody knows how far."""
    rank(0, zero=1_000_000, clocks="a", clock=1000.0)
    trace = read_trace(finish(rank(1, zero=5_000_000, clocks="b", clock=1000.25)))
    assert [(each.clock_offset, each.clock_error) for each in trace.ranks] == [(0, 0), (246_000_000, -1)]


def test_ranks_that_are_not_whole(rank: Rank, rows: list[bytes]) -> None:
    """One has lost its end, one never began, one is no journal at all."""
    rank(0, of=4, until=len(rows) // 2)
    rank(1, of=4, until=1)
    rank(2, of=4).write_bytes(b'["trace",')
    trace = read_trace(finish(rank(3, of=4)))
    assert [each.rank for each in trace.ranks] == [0, 1, 3]
    assert {trace.tracks.rank[track] for track in trace.calls.track} == {0, 3}


def test_of_two_journals_of_a_rank_the_later_one_counts(rank: Rank, tmp_path: Path) -> None:
    """The earlier one is of another attempt, under the same name."""
    rank(1, clock=1000.0).rename(tmp_path / "talk.7.journal")
    rank(1, clock=2000.0)
    first = rank(0, clock=2000.0)
    assert [path.name for path in siblings(first)] == ["talk.900000001.journal"]


def test_while_one_is_written_none_is_finished(rank: Rank, rows: list[bytes], tmp_path: Path) -> None:
    first = rank(0)
    journal = Journal.create(tmp_path, "talk")
    journal.add(rank(1).read_bytes())
    (tmp_path / "talk.900000001.journal").unlink()
    assert finish_orphans(tmp_path) == []
    with pytest.raises(StillWritten, match="is of a run that goes on"):
        finish(first)
    journal.close()
    assert len(finish_orphans(tmp_path)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["talk.json"]


def test_those_of_another_machine_are_left_to_that(rank: Rank, tmp_path: Path) -> None:
    first = rank(0)
    rank(1, host="another.example")
    assert finish_orphans(tmp_path) == []
    trace = read_trace(finish(first))  # by hand they can be
    assert {each.host for each in trace.ranks} > {"another.example"}


def test_a_process_that_became_no_rank_leaves_nothing(rank: Rank, tmp_path: Path) -> None:
    path = rank(0, place={"rank": -1, "world_size": None, "members": 0, "launch": -1})
    with pytest.raises(NothingRecorded):
        finish(path)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_ran_the_trace_of_before_stays(rank: Rank, tmp_path: Path) -> None:
    (tmp_path / "talk.json").write_text("before")
    for number in range(2):
        path = rank(number, until=1)
        end_journal(path, Outcome(status="failed", message="no module", exit_code=1))
    assert finish_if_last(path) is None
    assert {path.name for path in tmp_path.iterdir()} == {"talk.json"}
    assert (tmp_path / "talk.json").read_text() == "before"


def test_of_ranks_of_which_none_began_nothing_is_left(rank: Rank, tmp_path: Path) -> None:
    """One could not begin, and said so; the other was killed before it could."""
    end_journal(rank(0, until=1), Outcome(status="failed", message="there is no such package", exit_code=1))
    with pytest.raises(NothingRecorded):
        finish(rank(1, until=1))
    assert not list(tmp_path.glob("talk.*"))
