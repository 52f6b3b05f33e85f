"""Lecture 7, run as people run it: four ranks, a lane each, and all that they come to is what one process comes to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
import torch

from lectures import lecture_07
from lectures.lm.accounting import PUBLISHED, parameters
from lectures.lm.parallel.pipeline import bubble, timetable
from tests.lectures.course import entries, title
from tests.lectures.records import Record, recorded

WORLD = 4


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_07", tmp_path_factory.mktemp("traces"))


def rank_of_steps(record: Record) -> list[int]:
    """Of each step, the rank whose it is; -1 is the process that started the ranks."""
    trace = record.trace
    of_call = [trace["tracks"]["rank"][track] for track in trace["calls"]["track"]]
    return [of_call[call] for call in trace["steps"]["call"]]


def operations(record: Record) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """The rows of collectives, by the operation that they are part of."""
    table, ranks = record.trace["collectives"], rank_of_steps(record)
    found = defaultdict(list)
    for row, step in enumerate(table["step"]):
        one = {name: column[row] for name, column in table.items()}
        one["rank"] = ranks[step]
        one["name"] = record.trace["strings"][one["name"]]
        found[one["group"], one["sequence"]].append(one)
    return found


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 7: {title('lecture_07')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) >= 12
    assert len(record.of_kind("image")) >= 3
    assert len(record.of_kind("quiz")) >= 10
    assert len(record.of_kind("link")) >= 15
    assert not record.of_kind("placeholder")
    ranks = rank_of_steps(record)
    seen = sum(rank in (-1, 0) for rank in ranks)  # by a reader who stays on rank 0
    assert 600 <= seen <= 1500


def test_it_has_a_lane_for_each_rank_and_one_for_who_started_them(record: Record) -> None:
    assert set(rank_of_steps(record)) == {-1, *range(WORLD)}
    launches = defaultdict(list)
    for rank in record.trace["ranks"]:
        assert rank["outcome"]["status"] == "finished", rank
        launches[rank["launch"]].append(rank["rank"])
    assert all(sorted(ranks) == list(range(WORLD)) for ranks in launches.values())
    assert len(launches) >= 10
    (entry,) = (entry for entry in entries() if entry.id == "lecture_07")
    assert entry.needs.ranks == WORLD


def test_its_collectives_are_linked_and_none_is_left_open(record: Record) -> None:
    names = defaultdict(int)
    for rows in operations(record).values():
        assert len({row["name"] for row in rows}) == 1 or {row["name"] for row in rows} <= {
            "isend",
            "recv",
            "send",
            "irecv",
        }
        expected = 2 if rows[0]["name"] in ("isend", "recv") else WORLD
        assert sorted(row["rank"] for row in rows) == sorted({row["rank"] for row in rows})
        assert len(rows) == expected, rows
        assert all(row["duration"] >= 0 for row in rows)
        assert all(row["waited_duration"] >= 0 for row in rows if row["asynchronous"]), rows
        names[rows[0]["name"]] += 1
    assert {"all_reduce", "broadcast", "scatter", "reduce", "all_to_all_single", "barrier"} <= set(names)


def test_ranks_hold_what_collectives_promise(record: Record) -> None:
    rows = record.values('panels["all_reduce"]')[-1]
    assert rows == [[60, 64, 68, 72]] * WORLD
    assert len({process for process, _ in record.values("processes")[-1]}) == WORLD


def test_memory_is_what_the_formula_says(record: Record) -> None:
    rows = record.values("rows[-1]")
    assert [row["stage"] for row in rows] == [0, 1, 2, 3]
    assert [row["ratio"] for row in rows] == [1.0] * 4
    totals = [row["measured"] for row in rows]
    assert totals[0] > totals[1] > totals[2] > totals[3]
    assert totals[3] == pytest.approx(totals[0] / WORLD, rel=0.01)


def test_everything_comes_to_what_one_process_comes_to(record: Record) -> None:
    found = record.values("off")
    assert len(found) >= 8 * WORLD
    assert max(found) < 1e-4


def test_a_schedule_says_how_many_microbatches_are_kept(record: Record) -> None:
    kept = record.values("kept_by")
    assert [one["gpipe"] for one in kept] == [2, 4, 8, 16]
    assert [one["1f1b"] for one in kept] == [2, 4, 4, 4]
    measured = record.values("measured")
    assert all(0 < share < 1 for one in measured for share in one.values())


def test_the_ring_completes_a_chunk_a_rank_and_then_all() -> None:
    held = [[10**rank] * WORLD for rank in range(WORLD)]
    assert lecture_07.by_share(held[0][0]) != lecture_07.by_share(1111)
    assert lecture_07.by_owner(23) != lecture_07.by_owner(13)
    assert lecture_07.by_owner(60) == lecture_07.by_owner(72)


def test_spans_of_a_pipeline_start_at_zero() -> None:
    works = timetable("1f1b", 3, 4)
    spans = lecture_07.as_spans(works)
    assert min(span["start"] for span in spans) == 0
    assert [span["place"] for span in spans if span["name"] == "0" and span["kind"] == "forward"] == [
        "stage 0",
        "stage 1",
        "stage 2",
    ]
    late = [replace(work, end=work.end + 9) for work in works if work.stage == 0]
    stages = [lecture_07.Piped([late, [work for work in works if work.stage == stage]], 0, 0.0) for stage in range(3)]
    assert bubble(lecture_07.all_works(stages)) == pytest.approx(2 / 6)


def test_the_bill_adds_up() -> None:
    shape = PUBLISHED["Llama-3-8B"]
    count = sum(parameters(shape).values())
    rows = {row["cut"]: row for row in lecture_07.bill(shape, ranks=4, sequences=2, length=1024)}
    assert rows["data"]["sent"] == pytest.approx(1.5 * 2 * count)
    assert rows["data, stage 3"]["sent"] == pytest.approx(1.5 * rows["data"]["sent"])
    assert rows["data, stage 3"]["held"] == pytest.approx(rows["data"]["held"] / 4)
    assert rows["pipeline"]["sent"] == 2 * 2 * 2 * 1024 * 4096
    assert rows["tensor"]["sent"] == pytest.approx(32 * 4 * 1.5 * 2 * 2 * 1024 * 4096)
    twice = {row["cut"]: row for row in lecture_07.bill(shape, ranks=4, sequences=4, length=1024)}
    assert twice["data"]["sent"] == rows["data"]["sent"]
    assert twice["tensor"]["sent"] == 2 * rows["tensor"]["sent"]


def test_pacing_changes_no_number() -> None:
    x = torch.randn(3, 4, requires_grad=True)
    layer = torch.nn.Linear(4, 4)
    (plain,) = torch.autograd.grad(layer(x).square().sum(), x)
    (paced,) = torch.autograd.grad(lecture_07.Paced(layer, 0.0)(x).square().sum(), x)
    assert torch.equal(plain, paced)
