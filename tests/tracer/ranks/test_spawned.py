"""Ranks that a lecture starts itself: one trace, a lane for each, and what they said to each other."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tracer.ranks.running import HANGS, SPAWNS, Recorded, end, environment, execute, free_port, run, start, write

pytest.importorskip("torch.distributed").is_available() or pytest.skip("torch without it", allow_module_level=True)

EVERYTHING = """
def work(rank):
    numbers = torch.arange(3.0) + rank  # @inspect numbers
    if rank == 1:
        time.sleep(2)  # late
    dist.all_reduce(numbers)  # @inspect numbers
    groups(rank)
    pairs(rank)
    overlap(rank)


def groups(rank):
    ends = dist.new_group([0, 2])
    if rank != 1:
        dist.broadcast(torch.zeros(4), src=0, group=ends)
        dist.all_reduce(torch.ones(1), op=dist.ReduceOp.MAX, group=ends)
    dist.all_gather([torch.zeros(2) for _ in range(3)], torch.ones(2))
    dist.all_gather_into_tensor(torch.zeros(6), torch.ones(2))
    dist.reduce(torch.ones(5), dst=0, op=dist.ReduceOp.PRODUCT)
    dist.gather(torch.ones(2), [torch.zeros(2) for _ in range(3)] if rank == 0 else None, dst=0)
    dist.scatter(torch.zeros(2), [torch.ones(2) for _ in range(3)] if rank == 0 else None, src=0)
    dist.all_to_all_single(torch.zeros(3), torch.arange(3.0))
    dist.reduce_scatter_tensor(torch.zeros(1), torch.arange(3.0))
    dist.barrier()
    dist.all_gather_object([None] * 3, {"rank": rank})


def pairs(rank):
    box = torch.zeros(2)
    if rank == 0:
        dist.send(torch.ones(2), dst=1)
        dist.send(torch.ones(2), dst=1, tag=7)
        dist.send(torch.ones(2), dst=2)
    elif rank == 1:
        dist.recv(box, src=0)
        dist.recv(box, src=0, tag=7)
    else:
        sender = dist.recv(box)  # @inspect sender
    dist.barrier()  # or the next message of rank 1 could be the one that rank 2 takes from whoever sends
    ring = [dist.P2POp(dist.isend, torch.ones(1), (rank + 1) % 3), dist.P2POp(dist.irecv, torch.zeros(1), (rank - 1) % 3)]
    for request in dist.batch_isend_irecv(ring):
        request.wait()


def overlap(rank):
    pieces = [torch.ones(2) * rank for _ in range(2)]
    works = [dist.all_reduce(piece, async_op=True) for piece in pieces]
    product = torch.ones(8, 8) @ torch.ones(8, 8)
    works[0].wait()
    nobody_waits = works[1]
"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    lecture = write(tmp_path_factory.mktemp("ranks"), SPAWNS, EVERYTHING, ranks=3)
    code, _, err = run(lecture)
    assert code == 0, err
    assert "not recorded" not in err
    return Recorded.of(lecture)


def test_there_is_a_lane_for_each_rank_and_for_who_started_them(everything: Recorded) -> None:
    trace = everything.trace
    assert trace.summary.outcome.status == "finished"
    assert trace.provenance.world_size == 3
    assert sorted(trace.tracks.rank) == [-1, 0, 1, 2]
    assert len(set(trace.tracks.process)) == 4
    assert [rank.rank for rank in trace.ranks] == [0, 1, 2]
    assert {(rank.launch, rank.device, rank.outcome.status) for rank in trace.ranks} == {(0, "cpu", "finished")}
    assert {(rank.clock_offset, rank.clock_error) for rank in trace.ranks} == {(0, 0)}  # they read one clock
    assert {rank.process for rank in trace.ranks} < set(trace.tracks.process)


def test_each_rank_is_recorded_as_a_lecture_is(everything: Recorded) -> None:
    lines = [everything.lines_of(rank) for rank in range(3)]
    assert lines[0][:3] == lines[1][:3]
    assert everything.lines_of(-1)[-1] == "done = True"
    assert "time.sleep(2)" in lines[1]
    assert "time.sleep(2)" not in lines[0] + lines[2]
    for rank in range(3):
        before, after = everything.bound("numbers", rank)[:2]
        assert (before, after) == ([rank, rank + 1, rank + 2], [3, 6, 9])
    trace = everything.trace
    by_rank: dict[int, set[int]] = {}
    for step, value in zip(trace.bindings.step, trace.bindings.value, strict=True):
        storage = getattr(trace.values[value], "storage", None)
        if storage is not None:
            by_rank.setdefault(everything.rank_of(step), set()).add(storage.id)
    assert by_rank[0].isdisjoint(by_rank[1] | by_rank[2])  # memory is of one process alone


def test_a_collective_links_the_ranks_and_shows_who_came_late(everything: Recorded) -> None:
    first = everything.operations("all_reduce")[0, 1, 2][0]
    assert sorted(row["rank"] for row in first) == [0, 1, 2]
    trace = everything.trace
    assert {(trace.strings[row["operation"]], row["bytes"], row["asynchronous"]) for row in first} == {("sum", 12, 0)}
    assert max(first, key=lambda row: row["start"])["rank"] == 1
    left = min(row["start"] + row["duration"] for row in first)
    assert left >= max(row["start"] for row in first)  # nobody leaves before the last has come: the clocks agree
    starts = trace.collectives.start
    assert starts == sorted(starts)


def test_steps_stand_on_the_clock_of_the_collectives(everything: Recorded) -> None:
    trace, now, opened = everything.trace, 0, []
    for since in trace.steps.start:
        assert since >= 0
        now += since
        opened.append(now)
    for step, began in zip(trace.collectives.step, trace.collectives.start, strict=True):
        assert opened[step] <= began
    last_to_come = max(everything.operations("all_reduce")[0, 1, 2][0], key=lambda row: row["start"])["start"]
    for step in range(len(opened)):
        if everything.source_of(step) == "groups(rank)":
            assert opened[step] > last_to_come  # what comes after is after on every lane


@pytest.mark.parametrize(
    ("name", "ranks", "operation", "size"),
    [
        ("broadcast", (0, 2), "", 16),
        ("all_gather", (0, 1, 2), "", 8),
        ("all_gather_into_tensor", (0, 1, 2), "", 8),
        ("reduce", (0, 1, 2), "product", 20),
        ("gather", (0, 1, 2), "", 8),
        ("all_to_all_single", (0, 1, 2), "", 12),
        ("reduce_scatter_tensor", (0, 1, 2), "sum", 12),
        ("barrier", (0, 1, 2), "", 0),
    ],
)
def test_every_kind(everything: Recorded, name: str, ranks: tuple[int, ...], operation: str, size: int) -> None:
    found = everything.operations(name)[ranks]
    assert [row["rank"] for row in sorted(found[0], key=lambda row: row["rank"])] == list(ranks)
    assert {everything.trace.strings[row["operation"]] for row in found[0]} == {operation}
    assert {row["bytes"] for row in found[0]} == {size}
    assert all(row["duration"] >= 0 and row["peer"] == -1 for row in found[0])


def test_what_a_rank_that_gives_nothing_has_room_for(everything: Recorded) -> None:
    (scattered,) = everything.operations("scatter")[0, 1, 2]
    assert {row["rank"]: row["bytes"] for row in scattered} == {0: 24, 1: 8, 2: 8}


def test_groups_of_some_ranks_only(everything: Recorded) -> None:
    (smaller,) = everything.operations("all_reduce")[0, 2]
    assert sorted(row["rank"] for row in smaller) == [0, 2]
    assert {everything.trace.strings[row["operation"]] for row in smaller} == {"max"}
    assert everything.trace.groups.count([0, 1, 2]) == 1


def test_pairs_meet(everything: Recorded) -> None:
    sends = {(row["group"], row["sequence"]): row for row in everything.collectives("send")}
    receives = {(row["group"], row["sequence"]): row for row in everything.collectives("recv")}
    assert sends.keys() == receives.keys()
    groups = everything.trace.groups
    for key, sent in sends.items():
        received = receives[key]
        assert groups[sent["group"]] == [sent["rank"], received["rank"]]
        assert (sent["peer"], received["peer"]) == (received["rank"], sent["rank"])
        assert sent["bytes"] == received["bytes"] == 8
    assert sorted(groups[group] for group, _ in sends) == [[0, 1], [0, 1], [0, 2]]  # a tag has a group of its own
    ring = {(row["rank"], row["peer"]) for row in everything.collectives("isend")}
    assert ring == {(0, 1), (1, 2), (2, 0)}
    assert all(row["asynchronous"] and row["waited_duration"] >= 0 for row in everything.collectives("irecv"))


def test_what_is_asynchronous_says_who_waited(everything: Recorded) -> None:
    waited, left = everything.operations("all_reduce")[0, 1, 2][1:]
    for row in waited:
        assert row["asynchronous"] == 1
        assert everything.source_of(row["step"]).startswith("works = [dist.all_reduce")
        assert everything.source_of(row["waited_step"]) == "works[0].wait()"
        assert everything.rank_of(row["waited_step"]) == row["rank"]
        assert row["waited_start"] >= row["start"] + row["duration"]
    assert {(row["waited_step"], row["waited_start"], row["waited_duration"]) for row in left} == {(-1, -1, -1)}


def test_the_lecture_does_what_it_does_untraced(tmp_path: Path) -> None:
    program = """
    import sys


    def work(rank):
        torch.manual_seed(rank)
        numbers = torch.randn(100)
        dist.all_reduce(numbers)
        gathered = [torch.zeros(100) for _ in range(RANKS)]
        dist.all_gather(gathered, numbers * torch.rand(1))
        work = dist.all_reduce(numbers, async_op=True)
        done = work.wait()
        sums = numbers.sum().item(), torch.stack(gathered).sum().item()
        say(f"{rank}: {done} {type(work).__name__} {sums!r}")
        try:
            dist.send(numbers, dst=rank)
        except ValueError as error:
            say(f"{rank}: {error}")
        say(f"{rank}: {torch.rand(1).item()!r}")


    def say(line):
        sys.stdout.write(line + "\\n")  # as one piece: others write, too
        sys.stdout.flush()


    if __name__ == "__main__":
        main()
    """
    lecture = write(tmp_path, SPAWNS, program)
    code, traced, err = run(lecture)
    assert code == 0, err
    plain = subprocess.run(
        [sys.executable, str(lecture)],
        env=environment(PORT=free_port()),
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=True,
    )
    assert sorted(traced.splitlines()) == sorted(plain.stdout.splitlines())
    assert len(plain.stdout.splitlines()) == 6


def test_a_rank_that_raises(tmp_path: Path) -> None:
    body = """
    def work(rank):
        dist.barrier()
        if rank == 1:
            raise ValueError("rank 1 has had enough")
        dist.all_reduce(torch.ones(1))
    """
    lecture = write(tmp_path, SPAWNS, body)
    code, _, err = run(lecture, METHOD="spawn")
    assert code == 1
    assert "rank 1 has had enough" in err
    recorded = Recorded.of(lecture)
    trace = recorded.trace
    assert trace.summary.outcome.status == "failed"
    assert "ProcessRaisedException" in trace.summary.outcome.message
    assert trace.ranks[1].outcome.message == "ValueError: rank 1 has had enough"
    failure = trace.failures[trace.ranks[1].outcome.failure or 0]
    assert [line.function for line in failure.traceback if line.file >= 0] == ["rank_main", "work"]
    assert trace.ranks[0].outcome.status in ("interrupted", "failed")
    assert recorded.lines_of(0)[-1] == "dist.all_reduce(torch.ones(1))"
    ended = [recorded.source_of(step) for step in trace.raised.step if recorded.rank_of(step) == 1]
    assert ended[0] == 'raise ValueError("rank 1 has had enough")'


def test_a_rank_that_is_killed(tmp_path: Path) -> None:
    body = """
    def work(rank):
        dist.barrier()
        if rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        dist.all_reduce(torch.ones(1))
    """
    lecture = write(tmp_path, SPAWNS, body)
    code, _, _ = run(lecture)
    assert code == 1
    recorded = Recorded.of(lecture)
    outcome = recorded.trace.ranks[1].outcome
    assert (outcome.status, outcome.exit_code) == ("lost", 137)
    assert recorded.lines_of(1)[-1] == "os.kill(os.getpid(), signal.SIGKILL)"
    hung = recorded.collectives("all_reduce")
    assert [row["rank"] for row in hung] == [0]


def test_interrupted(tmp_path: Path) -> None:
    body = """
    def work(rank):
        dist.barrier()
        if rank == 0:
            dist.recv(torch.zeros(1), src=1)
        time.sleep(1)
        print("ready", flush=True)
        time.sleep(1000)
    """
    lecture = write(tmp_path, SPAWNS, body)
    process = start(execute(lecture), PORT=free_port())
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    code, _, err = end(process)
    assert code == 130, err
    recorded = Recorded.of(lecture)
    assert recorded.trace.summary.outcome.status == "interrupted"
    assert [rank.outcome.status for rank in recorded.trace.ranks] == ["interrupted", "interrupted"]
    (waits,) = recorded.collectives("recv")
    assert recorded.source_of(waits["step"]) == "dist.recv(torch.zeros(1), src=1)"


def test_who_started_them_is_killed(tmp_path: Path) -> None:
    body = """
    def work(rank):
        dist.barrier()
        if rank == 0:
            os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(1000)
    """
    lecture = write(tmp_path, SPAWNS, body)
    code, _, err = run(lecture)
    assert code == 137, err
    trace = Recorded.of(lecture).trace
    assert trace.summary.outcome.status == "lost"
    assert [rank.rank for rank in trace.ranks] == [0, 1]


def test_plain_processes_forked_and_spawned_twice(tmp_path: Path) -> None:
    lecture = write(
        tmp_path,
        """
        import multiprocessing
        import torch
        import torch.distributed as dist
        from torch.utils.data import DataLoader


        def main():
            for method in ("fork", "spawn"):
                context = multiprocessing.get_context(method)
                ranks = [context.Process(target=rank_main, args=(rank, f"{__file__}.{method}")) for rank in range(2)]
                for process in ranks:
                    process.start()
                for process in ranks:
                    process.join()
            other = multiprocessing.Process(target=no_rank)
            other.start()
            other.join()
            batches = [batch.sum().item() for batch in DataLoader(list(range(4)), num_workers=1)]  # @inspect batches


        def rank_main(rank, file):
            dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2)
            dist.all_reduce(torch.ones(1) * rank)
            dist.destroy_process_group()


        def no_rank():
            print("no rank")
        """,
    )
    code, out, err = run(lecture)
    assert code == 0, err
    assert out == "no rank\n"
    recorded = Recorded.of(lecture)
    trace = recorded.trace
    assert [(rank.launch, rank.rank) for rank in trace.ranks] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert len(trace.groups) == 2
    assert all(len(rows) == 2 for rows in recorded.operations("all_reduce")[0, 1])
    assert 'print("no rank")' not in recorded.lines_of(-1)
    told = re.findall(r"talk.py:(\d+): Other processes are started here; what runs in them is not recorded", err)
    lines = trace.files[0].text.splitlines()
    assert [lines[int(line) - 1].split("  #")[0].strip()[:14] for line in told] == ["batches = [bat", "other.start()"]
