"""Ranks that somebody else starts: torchrun, srun, `--ranks`. Each records itself, and the last one makes the one trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracer.ranks.running import JOINS, SPAWNS, Recorded, end, execute, free_port, start, write
from tracer.format.orphans import finish_orphans
from tracer.format.reader import read_trace

pytest.importorskip("torch.distributed").is_available() or pytest.skip("torch without it", allow_module_level=True)

FINE = """
def work(rank):
    numbers = torch.ones(2) * (rank + 1)
    dist.all_reduce(numbers)  # @inspect numbers
    print(f"rank {rank} has {numbers.tolist()}", flush=True)
"""
RAISES = """
def work(rank):
    dist.barrier()
    if rank == 1:
        raise ValueError("rank 1 has had enough")
    print("ready", flush=True)
    dist.recv(torch.zeros(1), src=1)
"""
AGAIN = """
import os


def main():
    attempt = int(os.environ["TORCHELASTIC_RESTART_COUNT"])  # @inspect attempt
    if os.environ["RANK"] == "1" and attempt == 0:
        raise ValueError("not at the first attempt")
"""
WAITS = """
def work(rank):
    processes = [None, None]
    dist.all_gather_object(processes, os.getpid())
    if rank == 0:
        dist.recv(torch.zeros(1), src=1)
    time.sleep(1)
    print(f"ready {processes[0]}", flush=True)
    time.sleep(1000)
"""


def test_torchrun(tmp_path: Path) -> None:
    lecture = write(tmp_path, JOINS, FINE)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    static = ["--nnodes", "1", "--node-rank", "0", "--master-addr", "127.0.0.1", "--master-port", free_port()]
    code, out, err = end(start([*launcher, *static, *execute(lecture)[1:]]))
    assert code == 0, err
    assert sorted(out.splitlines()) == ["rank 0 has [3.0, 3.0]", "rank 1 has [3.0, 3.0]"]
    recorded = Recorded.of(lecture)
    trace = recorded.trace
    assert trace.summary.outcome.status == "finished"
    assert [rank.rank for rank in trace.ranks] == [0, 1]
    assert sorted(trace.tracks.rank) == [0, 1]
    assert trace.provenance.world_size == 2
    assert recorded.lines_of(0) == recorded.lines_of(1)
    assert recorded.bound("numbers", 0) == recorded.bound("numbers", 1) == [[3, 3]]
    assert [len(rows) for rows in recorded.operations("all_reduce")[0, 1]] == [2]
    assert f"talk: finished; {trace.summary.steps:,} steps" in err


def test_an_attempt_that_failed_stays_beside_the_next_one(tmp_path: Path) -> None:
    lecture = write(tmp_path, AGAIN)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts", "1"]
    meeting = ["--rdzv-backend", "c10d", "--rdzv-endpoint", f"127.0.0.1:{free_port()}"]
    code, _, err = end(start([*launcher, *meeting, *execute(lecture)[1:]]))
    assert code == 0, err
    first, last = (read_trace(tmp_path / "out" / name) for name in ("talk.attempt-0.json", "talk.json"))
    assert [rank.outcome.status for rank in last.ranks] == ["finished", "finished"]
    assert first.summary.outcome.message == "rank 1: ValueError: not at the first attempt"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["talk.attempt-0.json", "talk.json"]


def test_srun_says_it_in_its_own_way(tmp_path: Path) -> None:
    """Two tasks of a step, as Slurm describes them to each: the lecture asks for torch's variables alone."""
    lecture = write(tmp_path, JOINS, FINE)
    shared = {
        "SLURM_JOB_ID": free_port(),
        "SLURM_STEP_ID": "0",
        "SLURM_STEP_NUM_TASKS": "2",
        "SLURM_STEP_NODELIST": "localhost",
    }
    tasks = [start(execute(lecture), SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank), **shared) for rank in range(2)]
    for task in tasks:
        code, _, err = end(task)
        assert code == 0, err
    assert [rank.rank for rank in Recorded.of(lecture).trace.ranks] == [0, 1]


def test_one_that_raises_ends_the_others(tmp_path: Path) -> None:
    lecture = write(tmp_path, JOINS, RAISES)
    code, _, err = end(start([*execute(lecture), "--ranks", "2"]))
    assert code == 1
    assert "rank 1 has had enough" in err
    recorded = Recorded.of(lecture)
    trace = recorded.trace
    assert (trace.summary.outcome.status, trace.summary.outcome.exit_code) == ("failed", 1)
    assert trace.summary.outcome.message == "rank 1: ValueError: rank 1 has had enough"
    assert trace.ranks[0].outcome.status in ("failed", "interrupted")
    assert recorded.lines_of(0)[-1] == "dist.recv(torch.zeros(1), src=1)"


def test_one_that_is_killed(tmp_path: Path) -> None:
    lecture = write(tmp_path, JOINS, WAITS)
    process = start([*execute(lecture), "--ranks", "2"])
    assert process.stdout is not None
    os.kill(int(process.stdout.readline().split()[1]), signal.SIGKILL)
    code, _, err = end(process)
    assert code == 137, err
    recorded = Recorded.of(lecture)
    assert recorded.trace.summary.outcome.status == "lost"
    assert recorded.trace.summary.outcome.message.startswith("rank 0: The process was killed")
    assert recorded.trace.ranks[1].outcome.status in ("interrupted", "failed")
    (hung,) = recorded.collectives("recv")
    assert (hung["rank"], hung["duration"]) == (0, -1)


def test_interrupted(tmp_path: Path) -> None:
    lecture = write(tmp_path, JOINS, WAITS)
    process = start([*execute(lecture), "--ranks", "2"])
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = end(process)
    assert code == 130, err
    trace = Recorded.of(lecture).trace
    assert trace.summary.outcome.status == "interrupted"
    assert [rank.outcome.status for rank in trace.ranks] == ["interrupted", "interrupted"]


def test_what_all_of_them_leave_when_they_are_killed(tmp_path: Path) -> None:
    """Nobody is left to make the trace: the next run does, once all are gone."""
    lecture = write(tmp_path, JOINS, WAITS)
    process = start([*execute(lecture), "--ranks", "2"])
    assert process.stdout is not None
    process.stdout.readline()
    assert finish_orphans(lecture.parent / "out") == []  # they are still written
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (told,) = finish_orphans(lecture.parent / "out")
    assert told.startswith("Finished the trace of a run that was killed")
    trace = Recorded.of(lecture).trace
    assert [(rank.rank, rank.outcome.status) for rank in trace.ranks] == [(0, "lost"), (1, "lost")]


def test_a_lecture_that_cannot_start_leaves_no_trace(tmp_path: Path) -> None:
    lecture = write(tmp_path, "import no_such_package\ndef main(): pass")
    code, _, err = end(start([*execute(lecture), "--ranks", "2"]))
    assert code == 1
    assert "no_such_package" in err
    assert list((tmp_path / "out").iterdir()) == []


def test_a_lecture_that_starts_its_ranks_is_no_rank_itself(tmp_path: Path) -> None:
    """Even with the variables of a launcher of one process around it."""
    lecture = write(tmp_path, SPAWNS, FINE)
    code, _, err = end(start(execute(lecture), PORT=free_port(), SLURM_PROCID="0", SLURM_NTASKS="4"))
    assert code == 0, err
    assert sorted(Recorded.of(lecture).trace.tracks.rank) == [-1, 0, 1]


@pytest.mark.skipif(
    subprocess.run(["unshare", "--time", "--fork", "true"], capture_output=True, check=False).returncode != 0
    if os.path.exists("/usr/bin/unshare")
    else True,
    reason="needs a clock of its own for a process: Linux, unshare and root",
)
def test_a_rank_with_another_clock(tmp_path: Path) -> None:
    """As on another machine: rank 1 reads a clock that is an hour ahead."""
    lecture = write(tmp_path, JOINS, FINE)
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "WORLD_SIZE": "2"}
    ahead = ["unshare", "--time", "--monotonic", "3600", "--fork", *execute(lecture)]
    ranks = [start(command, RANK=str(rank), **shared) for rank, command in enumerate([execute(lecture), ahead])]
    for process in ranks:
        code, _, err = end(process)
        assert code == 0, err
    recorded = Recorded.of(lecture)
    first, second = recorded.trace.ranks
    assert (first.clock_offset, first.clock_error) == (0, 0)
    hour = 3600 * 10**9
    assert 0 < second.clock_error < hour
    assert abs(second.clock_offset + hour) <= second.clock_error
    (rows,) = recorded.operations("all_reduce")[0, 1]
    came = max(row["start"] for row in rows)
    assert all(row["start"] + row["duration"] + 2 * second.clock_error >= came for row in rows)
