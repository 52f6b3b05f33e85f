"""Lectures of several ranks, on two nodes."""

from __future__ import annotations

import pytest

from tests.cluster.project import Project

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

ONE_FAILS = ALL_REDUCE.replace(
    "    dist.all_reduce(mine)\n", "    assert rank != 1, 'rank one gives up'\n    dist.barrier()\n"
)


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


def test_one_rank_fails(spread: Project) -> None:
    """The other one waits for it in vain, and is ended; both traces hold what ran until then."""
    spread.lecture(ONE_FAILS)
    done = spread.run("talk", status=1)
    assert "rank one gives up" in done.out
    assert "talk: failed" in done.err
    assert spread.trace().summary.outcome.status != "finished"
