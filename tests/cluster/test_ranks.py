"""Lectures of several ranks, on two nodes."""

from __future__ import annotations

import pytest

from tests.cluster.lab import until
from tests.cluster.project import Project
from tracer.format.schema import Trace

pytest.importorskip("torch", reason="torch is not installed")

ALL_REDUCE = """
import torch
import torch.distributed as dist

def main():
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    mine = torch.full((2,), float(rank + 1))
    dist.all_reduce(mine)
    print(f"rank {rank} of {dist.get_world_size()} holds {mine.tolist()}", flush=True)
    dist.destroy_process_group()
"""

EACH_WAITS = ALL_REDUCE.replace("import torch\n", "import time\nfrom pathlib import Path\nimport torch\n", 1).replace(
    "    dist.all_reduce(mine)\n",
    """
    turn = 0
    while not Path.home().joinpath("go").exists():
        turn += 1
        time.sleep(0.05)
    dist.all_reduce(mine)
""",
)
"""Each rank goes on by itself until there is a file ~/go on the cluster."""

STARTS_THEM = EACH_WAITS.replace("import torch\n", "import torch\nimport torch.multiprocessing as mp\n").replace(
    """def main():
    dist.init_process_group("gloo")
""",
    """def main():
    mp.spawn(work, nprocs=2)

def work(rank):
    dist.init_process_group("gloo", init_method="tcp://127.0.0.1:29531", rank=rank, world_size=2)
""",
)

ONE_FAILS = ALL_REDUCE.replace(
    "    dist.all_reduce(mine)\n", "    assert rank != 1, 'rank one gives up'\n    dist.barrier()\n"
)


def lanes(trace: Trace) -> dict[int, list[int]]:
    """Of each rank the lines that it ran, in its order."""
    found: dict[int, list[int]] = {}
    for statement, call in zip(trace.steps.statement, trace.steps.call, strict=True):
        rank = trace.tracks.rank[trace.calls.track[call]]
        found.setdefault(rank, []).append(trace.statements.line[statement])
    return found


def line(source: str, text: str) -> int:
    """The number of the first line of a lecture that holds `text`."""
    return next(number for number, each in enumerate(source.splitlines(), 1) if text in each)


@pytest.fixture(params=["torchrun", "srun"])
def spread(project: Project, request: pytest.FixtureRequest) -> Project:
    """The project, whose lectures run on two nodes, one rank on each."""
    project.settings |= {"launch": request.param, "ranks_per_node": 1}
    project.settings["sbatch"] |= {"nodes": 2, "mem": "2G"}
    return project


def test_two_ranks_on_two_nodes(spread: Project) -> None:
    spread.lecture(ALL_REDUCE)
    done = spread.run("talk")
    for rank in (0, 1):
        assert f"rank {rank} of 2 holds [3.0, 3.0]" in done.out
    assert spread.trace().summary.outcome.status == "finished"


def test_all_ranks_are_seen_while_they_run(spread: Project) -> None:
    """The trace here holds the lane of each, and both go on growing, until the one that the cluster made takes its place."""
    spread.lecture(EACH_WAITS)
    turn = line(EACH_WAITS, "turn += 1")

    def turns() -> dict[int, int]:
        return {} if spread.no_trace() else {rank: ran.count(turn) for rank, ran in lanes(spread.trace()).items()}

    running = spread.start("talk")
    until(lambda: min(turns().get(rank, 0) for rank in (0, 1)) > 0, "both lanes")
    before = turns()
    until(lambda: all(turns()[rank] > before[rank] for rank in (0, 1)), "growing lanes")
    so_far = spread.trace()
    assert so_far.summary.outcome.status == "running"
    assert so_far.summary.outcome.message == "It runs on lab, and this is what has come so far."
    assert [(each.rank, each.outcome.status) for each in so_far.ranks] == [(0, "running"), (1, "running")]
    assert len({each.host for each in so_far.ranks}) == 2
    spread.go()
    spread.ended(running)
    whole = spread.trace()
    assert [(each.rank, each.outcome.status) for each in whole.ranks] == [(0, "finished"), (1, "finished")]
    assert whole.summary.outcome.status == "finished"
    end = line(EACH_WAITS, "destroy_process_group")
    assert all(ran[-1] == end for ran in lanes(whole).values())


def test_ranks_that_the_lecture_starts_are_seen_while_they_run(project: Project) -> None:
    project.lecture(STARTS_THEM)
    project.settings["sbatch"]["mem"] = "2G"
    turn = line(STARTS_THEM, "turn += 1")
    running = project.start("talk")
    until(
        lambda: not project.no_trace() and all(turn in lanes(project.trace()).get(rank, []) for rank in (0, 1)),
        "both lanes",
    )
    so_far = project.trace()
    assert so_far.summary.outcome.status == "running"
    assert lanes(so_far)[-1][-1] == line(STARTS_THEM, "mp.spawn")
    project.go()
    project.ended(running)
    whole = project.trace()
    assert [(each.rank, each.outcome.status) for each in whole.ranks] == [(0, "finished"), (1, "finished")]
    assert whole.summary.outcome.status == "finished"


def test_one_rank_fails(spread: Project) -> None:
    """The other one waits for it in vain, and is ended; the lanes of both hold what ran until then."""
    spread.lecture(ONE_FAILS)
    done = spread.run("talk", status=1)
    assert "rank one gives up" in done.out
    assert "talk: failed with exit status 1: rank 1: AssertionError: rank one gives up" in done.err
    trace = spread.trace()
    assert trace.summary.outcome.status == "failed"
    assert trace.summary.outcome.message == "rank 1: AssertionError: rank one gives up"
    ran = lanes(trace)
    assert sorted(ran) == [0, 1]
    gives_up, waits = line(ONE_FAILS, "assert rank != 1"), line(ONE_FAILS, "dist.barrier()")
    assert ran[1][-1] == gives_up
    assert ran[0] == [*ran[1], waits]
    first, second = trace.ranks
    assert (first.rank, second.rank) == (0, 1)
    assert first.host != second.host
    assert (second.outcome.status, second.outcome.exit_code) == ("failed", 1)
    assert second.outcome.failure is not None
    assert trace.failures[second.outcome.failure].message == "rank one gives up"
    assert first.outcome.status in ("failed", "interrupted", "lost")  # its connection broke, or it was ended first
    assert first.outcome.message != second.outcome.message
    barriers = [
        (trace.tracks.rank[trace.calls.track[trace.steps.call[step]]], duration)
        for step, name, duration in zip(
            trace.collectives.step, trace.collectives.name, trace.collectives.duration, strict=True
        )
        if trace.strings[name] == "barrier"
    ]
    assert [rank for rank, _ in barriers] == [0]
