"""Traces under their names: as they grow, at the end, and never in the place of something newer."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from tracer.cluster.host import Host
from tracer.cluster.results import fetch, partial, rescue
from tracer.cluster.runs import Followed, Run, RunFolder, UnknownRun, identity, known_runs, new_id, pick
from tracer.format.reader import read_trace
from tracer.format.schema import Outcome
from tracer.format.struct import to_json
from tracer.run import Options, run_lecture

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
PROJECT = Path(__file__).resolve().parents[3]
LOST = Outcome(status="lost", message="On campus it was lost.", exit_code=3)


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    return tmp_path / "here/var/traces"


@pytest.fixture
def folder(tmp_path: Path, traces: Path) -> RunFolder:
    return begun(tmp_path, traces)


def begun(tmp_path: Path, traces: Path) -> RunFolder:
    """A run of the lecture `talk` that begins now; its cluster is a folder."""
    run = Run(
        id=new_id("talk"), lecture="talk.py", name="talk", cluster="campus", host=None, scheduler="slurm",
        root=str(tmp_path / "cluster"), poll_seconds=1, every_seconds=1, began=time.time(),
        before=identity(traces / "talk.json"),
    )  # fmt: skip
    folder = RunFolder(traces.parent / "cluster" / run.id, run)
    folder.save()
    (Path(run.remote) / "code/var").mkdir(parents=True)
    return folder


def recorded(tmp_path: Path, turns: int = 3) -> tuple[bytes, bytes]:
    """A real trace of a lecture, and its journal as it was just before."""
    (tmp_path / "talk.py").write_text(f"def main():\n    for i in range({turns}):\n        x = i  # @inspect x\n")
    kept = []

    def keeping(journal: Path, **_more: object) -> Path:
        kept.append(journal.read_bytes())
        return original(journal)

    import tracer.run as run

    original, run.compact = run.compact, keeping  # type: ignore[assignment, attr-defined]
    try:
        path = run_lecture(str(tmp_path / "talk.py"), PROJECT, Options(output=tmp_path / "out", quiet=True)).path
    finally:
        run.compact = original  # type: ignore[attr-defined]
    return path.read_bytes(), kept[0]


@needs_rsync
def test_a_trace_grows_and_is_replaced_by_the_real_one(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    whole, journal = recorded(tmp_path)
    told: list[str] = []
    rows = journal.splitlines(keepends=True)
    ending = next(at for at, row in enumerate(rows) if row.startswith(b'["end"'))
    folder.grow(folder.journals / "talk.1.journal", b"".join(rows[: ending - 2]))
    partial(folder, traces, told.append)
    first = read_trace(traces / "talk.json").summary
    assert first.outcome.status == "running"
    folder.grow(folder.journals / "talk.1.journal", b"".join(rows[ending - 2 : ending]))
    partial(folder, traces, told.append)
    assert read_trace(traces / "talk.json").summary.steps > first.steps
    remote = Path(folder.run.remote) / "code/var/traces/talk.json"
    remote.parent.mkdir()
    remote.write_bytes(whole)
    found = fetch(folder, Host(None), traces, told.append)
    assert found.trace == traces / "talk.json"
    assert (traces / "talk.json").read_bytes() == whole
    assert not told
    assert [path.name for path in traces.iterdir()] == ["talk.json"]


def test_before_the_first_step_there_is_no_trace(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    _, journal = recorded(tmp_path)
    first = journal.index(b'\n["+"') + 1
    folder.grow(folder.journals / "talk.1.journal", journal[:first])
    partial(folder, traces, print)
    assert rescue(folder, traces, LOST, print).trace is None
    assert not traces.exists()
    folder.grow(folder.journals / "talk.1.journal", journal[first : journal.index(b"\n", first) + 1])
    partial(folder, traces, print)
    assert read_trace(traces / "talk.json").summary.steps > 0


def of_rank(journal: bytes, rank: int, of: int) -> bytes:
    """The journal as a launcher's rank would have written it, without its end."""
    first, *rows = journal.splitlines(keepends=True)
    _, opening = json.loads(first)
    place = {"rank": rank, "world_size": of, "members": of, "launch": -1}
    opening |= {"process": 100 + rank, "place": place, "run": "r"}
    ending = next(at for at, row in enumerate(rows) if row.startswith(b'["end"'))
    return b"".join([json.dumps(["trace", opening]).encode() + b"\n", *rows[:ending]])


def test_the_ranks_grow_together(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    """Of rank 0 not a line is here yet, rank 2 has failed: the run goes on while any of them does."""
    _, journal = recorded(tmp_path)
    failed = {"outcome": {"status": "failed", "message": "no", "exit_code": 1}, "seconds": 1.0, "at": 1}
    failed["provenance"] = json.loads(journal.splitlines()[0])[1]["provenance"]
    folder.grow(folder.journals / "talk.100.journal", b'["trace",')
    folder.grow(folder.journals / "talk.101.journal", of_rank(journal, 1, 3))
    folder.grow(folder.journals / "talk.102.journal", of_rank(journal, 2, 3) + to_json(["end", failed]) + b"\n")
    partial(folder, traces, print)
    so_far = read_trace(traces / "talk.json")
    assert [(each.rank, each.outcome.status) for each in so_far.ranks] == [(1, "running"), (2, "failed")]
    assert so_far.summary.outcome.status == "running"
    assert so_far.summary.outcome.message == "It runs on campus, and this is what has come so far."
    (folder.journals / "talk.100.journal").write_bytes(of_rank(journal, 0, 3))
    partial(folder, traces, print)
    assert [each.rank for each in read_trace(traces / "talk.json").ranks] == [0, 1, 2]
    ended = rescue(folder, traces, LOST, print)
    assert ended.summary is not None
    assert ended.summary.outcome.message == "rank 2: no"  # it is known when that was, and of the others nothing


def test_a_journal_without_a_step_makes_no_trace(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    partial(folder, traces, print)
    folder.grow(folder.journals / "talk.1.journal", b'["trace",')
    partial(folder, traces, print)
    assert not traces.exists()


def test_what_was_replaced_meanwhile_stays(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    _, journal = recorded(tmp_path)
    told: list[str] = []
    folder.grow(folder.journals / "talk.1.journal", journal)
    traces.mkdir(parents=True)
    (traces / "talk.json").write_text("newer")  # since the run began
    for _ in range(2):
        rescue(folder, traces, LOST, told.append)
    assert (traces / "talk.json").read_text() == "newer"
    beside = traces / f"talk.{folder.run.id.removeprefix('talk-')}.json"
    assert read_trace(beside).summary.name == "talk"
    assert len(told) == 1
    assert beside.name in told[0]


def test_what_was_there_before_is_replaced(tmp_path: Path, traces: Path) -> None:
    _, journal = recorded(tmp_path)
    traces.mkdir(parents=True)
    (traces / "talk.json").write_text("older")
    folder = begun(tmp_path, traces)
    folder.grow(folder.journals / "talk.1.journal", journal)
    assert rescue(folder, traces, LOST, print).trace == traces / "talk.json"


def test_of_two_runs_at_once_the_first_has_the_name(tmp_path: Path, traces: Path) -> None:
    _, journal = recorded(tmp_path)
    runs = [begun(tmp_path, traces), begun(tmp_path, traces)]
    for run in runs:
        run.grow(run.journals / "talk.1.journal", journal)
    names = [str(rescue(run, traces, LOST, lambda _: None).trace) for run in (runs[0], runs[1], runs[0], runs[1])]
    assert names[0] == names[2] == str(traces / "talk.json")
    assert names[1] == names[3] != names[0]


@needs_rsync
def test_a_run_that_left_only_a_journal_is_told_how_it_ended(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    _, journal = recorded(tmp_path)
    rows = journal.splitlines(keepends=True)
    remote = Path(folder.run.remote) / "code/var/traces"
    remote.mkdir()
    (remote / "talk.9.journal").write_bytes(b"".join(row for row in rows if not row.startswith(b'["end"')))
    assert fetch(folder, Host(None), traces, print).trace is None
    found = rescue(folder, traces, LOST, print)
    assert found.summary is not None
    assert (found.summary.outcome.status, found.summary.outcome.message) == ("lost", LOST.message)


@needs_rsync
def test_a_trace_that_does_not_open_is_not_put_under_the_name(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    remote = Path(folder.run.remote) / "code/var/traces/talk.json"
    remote.parent.mkdir()
    remote.write_text('{"format": "executable-lec')
    found = fetch(folder, Host(None), traces, print)
    assert found.trace is None
    assert "cut off" in found.problem
    assert not (traces / "talk.json").exists()


@needs_rsync
def test_pictures_come_along_and_what_is_there_stays(tmp_path: Path, folder: RunFolder, traces: Path) -> None:
    remote = Path(folder.run.remote) / "code/var/files"
    remote.mkdir()
    (remote / "ab.png").write_bytes(b"new")
    (remote / "cd.png").write_bytes(b"new")
    here = traces.parent / "files"
    here.mkdir(parents=True)
    (here / "ab.png").write_bytes(b"old")
    fetch(folder, Host(None), traces, print)
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {"ab.png": b"old", "cd.png": b"new"}


@needs_rsync
def test_a_run_that_never_began_leaves_nothing(folder: RunFolder, traces: Path) -> None:
    assert fetch(folder, Host(None), traces, print).trace is None


def test_runs_are_found_by_name_beginning_and_lecture(tmp_path: Path, traces: Path) -> None:
    first = begun(tmp_path, traces)
    time.sleep(0.01)
    second = begun(tmp_path, traces)
    known = known_runs(traces.parent / "cluster")
    assert [each.run.id for each in known] == [first.run.id, second.run.id]
    assert pick(known, ["talk"])[0].run.id == second.run.id
    assert pick(known, [first.run.id])[0].run.id == first.run.id
    with pytest.raises(UnknownRun, match="list"):
        pick(known, ["walk"])
    with pytest.raises(UnknownRun, match="write more of it"):
        pick(known, ["talk-"])


def test_one_shell_follows_a_run(folder: RunFolder) -> None:
    folder.follow()
    another = RunFolder(folder.path, folder.run)
    with pytest.raises(Followed, match="logs"):
        another.follow()
    folder.leave()
    another.follow()
    another.leave()


def test_names_of_runs_may_stand_in_any_path() -> None:
    assert new_id("tälk/../ $x").startswith("t_lk______x-")
    assert os.sep not in new_id("a/b")
