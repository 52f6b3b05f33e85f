"""What is removed of runs that are over, and why a run failed for want of room. The cluster is this machine."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest

from tracer.cluster import submitting
from tracer.cluster.clean import clean
from tracer.cluster.host import Host, Lost
from tracer.cluster.project import Project
from tracer.cluster.room import lacked_room
from tracer.cluster.runs import Followed, Run, RunFolder, UnknownRun, known_runs, new_id

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures/talk.py").write_text("def main():\n    pass\n")
    return Project(tmp_path, tmp_path / "clusters.yaml")


def over(project: Project, status: int | None = 0) -> RunFolder:
    """A run of this project, with a folder on the cluster."""
    run = Run(
        id=new_id("talk"), lecture="talk.py", name="talk", cluster="campus", host=None, scheduler="none",
        root=str(project.folder / "there"), poll_seconds=1, every_seconds=1, began=len(known_runs(project.runs)),
        words="completed", status=status,
    )  # fmt: skip
    folder = RunFolder(project.runs / run.id, run)
    folder.save()
    Path(run.remote).mkdir(parents=True)
    return folder


def test_the_latest_stay(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    first, second, third = over(project), over(project), over(project)
    assert clean(project, [], 2, True) == 0
    assert not first.path.exists()
    assert not Path(first.run.remote).exists()
    assert Path(second.run.remote).exists()
    assert third.path.exists()
    assert "Removed 1 run " in capfd.readouterr().err
    assert clean(project, [], 2, True) == 0
    assert "the latest 2 stay, and `--keep 0` removes those, too" in capfd.readouterr().err


def test_what_has_not_ended_stays(project: Project) -> None:
    running = over(project, status=None)
    with pytest.raises(UnknownRun, match="has not ended"):
        clean(project, [running.run.id], 0, True)
    assert clean(project, [], 0, True) == 0
    assert Path(running.run.remote).exists()


def test_what_another_shell_is_bringing_there_stays(project: Project) -> None:
    folder = over(project, status=3)
    folder.follow()
    assert clean(project, [], 0, True) == 0
    with pytest.raises(Followed):
        clean(project, [folder.run.id], 0, True)
    assert Path(folder.run.remote).exists()
    folder.leave()
    assert clean(project, [], 0, True) == 0
    assert not Path(folder.run.remote).exists()


@needs_rsync
def test_an_upload_that_is_dropped_for_good_is_known(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise Lost("the upload was cut off again and again")

    monkeypatch.setattr(submitting, "upload", cut)
    asked = argparse.Namespace(
        verb="submit", lectures=["talk"], local=True, set=[], cluster=None, dry_run=False, passed_on=()
    )
    assert submitting.run(project, asked) == 3
    (folder,) = known_runs(project.runs)
    assert (folder.run.phase, folder.run.status, folder.run.job) == ("dropped", 3, None)
    assert Path(folder.run.remote).exists()
    assert clean(project, [], 0, True) == 0
    assert not Path(folder.run.remote).exists()
    assert known_runs(project.runs) == []


@pytest.mark.parametrize(
    ("log", "lacked"),
    [
        ("The trace could not be written (No space left on device). What was recorded is kept in /there/x;", True),
        ("OSError: [Errno 28] No space left on device: 'data.bin'", True),
        ("OSError: [Errno 122] Disk quota exceeded: '{root}/runs/x/code/data.bin'", True),
        ("OSError: [Errno 28] No space left on device: '/tmp/data.bin'", False),
        ("OSError: [Errno 28] No space left on device", False),  # nor is the disk full now
        ("IndexError: list index out of range", False),
    ],
)
def test_whether_there_was_no_room(project: Project, log: str, lacked: bool) -> None:
    folder = over(project, status=None)
    folder.grow(folder.log, log.replace("{root}", folder.run.root).encode() + b"\n[job] Exit status 1.\n")
    assert lacked_room(folder, Host(None), "", left_word=True) is lacked
    assert lacked_room(folder, Host(None), log.replace("{root}", folder.run.root), left_word=True) is lacked


def test_where_it_left_no_word_room_is_looked_for(project: Project) -> None:
    folder = over(project, status=None)
    assert not lacked_room(folder, Host(None), "", left_word=False)
    assert list(Path(folder.run.remote).iterdir()) == []
    (Path(folder.run.remote) / ".room").symlink_to("/dev/full")
    assert lacked_room(folder, Host(None), "", left_word=False)
