"""Journals that nobody writes any more become traces, each once and none in the place of a newer one."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tracer.recording import record
from tracer.format.journal import Journal
from tracer.format.orphans import StillWritten, finish, finish_orphans
from tracer.format.reader import read_trace

ROOT = Path(__file__).resolve().parents[3]

LECTURE = """
import shutil
from tracer.recorder import active
def main():
    x = 1
    shutil.copy(active().journal.path, "{copy}")
"""
FAR = 999_999_999
"""No process has this number."""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("journal")
    record(folder, LECTURE.format(copy=folder / "copy"))
    return (folder / "copy").read_bytes().rstrip(b"\0").splitlines(keepends=True)


Orphan = Callable[..., Path]


@pytest.fixture
def orphan(rows: list[bytes], tmp_path: Path) -> Orphan:
    """`orphan("talk.7", name="talk", …)`: a journal of that file name, its first row changed so."""

    def orphan(stem: str, **changes: object) -> Path:
        _, opening = json.loads(rows[0])
        path = tmp_path / f"{stem}.journal"
        path.write_bytes(json.dumps(["trace", {**opening, **changes}]).encode() + b"\n" + b"".join(rows[1:]))
        return path

    return orphan


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_newest_has_the_name_and_none_replaces_another(orphan: Orphan, tmp_path: Path) -> None:
    for number, clock in enumerate([1000.0, 3000.5, 1000.2, 1000.9]):
        orphan(f"talk.{number}", name="talk", clock=clock)
    told = finish_orphans(tmp_path)
    assert len(told) == len(names(tmp_path)) == 4
    clocks = {read_trace(path).clock: path.name for path in tmp_path.iterdir()}
    assert clocks[3000.5] == "talk.json"
    assert set(clocks) == {1000.0, 3000.5, 1000.2, 1000.9}


def test_two_that_finish_the_same_ones_at_once(orphan: Orphan, tmp_path: Path) -> None:
    for number in range(60):
        orphan(f"talk.{number}", name="talk", clock=1000.0)
    program = (
        "import sys; from pathlib import Path; from tracer.format.orphans import finish_orphans\n"
        "print(*finish_orphans(Path(sys.argv[1])), sep='\\n')"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = "".join(process.communicate(timeout=60)[0] for process in both)
    assert told.count("Finished") == len(names(tmp_path)) == 60
    assert all(name.endswith(".json") for name in names(tmp_path))


def test_one_that_is_written_is_left_alone(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path, "talk")
    assert finish_orphans(tmp_path) == []
    with pytest.raises(StillWritten, match=r"is being written, or finished by another command\.$"):
        finish(journal.path)
    command = [sys.executable, "-m", "tracer", "compact", str(journal.path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    journal.discard()


def test_one_of_another_machine_is_left_to_that(orphan: Orphan, tmp_path: Path) -> None:
    path = orphan(f"talk.{FAR}", name="talk", host="another.example")
    assert finish_orphans(tmp_path) == []
    assert path.exists()
    assert finish(path) == tmp_path / "talk.json"  # by hand it can be


def test_where_no_file_can_be_locked_the_number_of_the_process_tells(
    orphan: Orphan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    journal = Journal.create(tmp_path, "talk")
    orphan(f"other.{FAR}", name="other")
    assert len(finish_orphans(tmp_path)) == 1
    assert names(tmp_path) == {f"talk.{os.getpid()}.journal", "other.json"}
    journal.discard()


@pytest.mark.parametrize("name", ["../evil", "a/b", "..", ".hidden", "", "x\0y", "x" * 300, 5, None])
def test_names_that_are_none(orphan: Orphan, tmp_path: Path, name: object) -> None:
    path = orphan("odd.7", name=name)
    (told,) = finish_orphans(tmp_path)
    assert told.isprintable()
    assert told.endswith(".")
    assert names(tmp_path) == {path.name}


@pytest.mark.parametrize("name", ["\x1b[31mred", "new\nline", "\u202egnp", 'it\'s "$(x)"'])
def test_names_that_no_terminal_should_see(orphan: Orphan, tmp_path: Path, name: str) -> None:
    orphan("odd.7", name=name)
    (told,) = finish_orphans(tmp_path)
    assert told.isprintable()
    assert names(tmp_path) == {f"{name}.json"}


def test_one_of_a_newer_engine_is_not_to_be_removed(orphan: Orphan, tmp_path: Path) -> None:
    path = orphan("talk.7", version=99)
    (told,) = finish_orphans(tmp_path)
    assert "version 99" in told
    assert "emove" not in told
    assert path.exists()


def test_what_only_has_the_name_of_one(tmp_path: Path) -> None:
    (tmp_path / "folder.1.journal").mkdir()
    os.mkfifo(tmp_path / "pipe.1.journal")
    (tmp_path / "gone.1.journal").symlink_to(tmp_path / "nothing")
    assert finish_orphans(tmp_path) == []


def test_the_server_finishes_them_when_it_starts(orphan: Orphan, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    orphan(f"talk.{FAR}", name="talk", clock=1000.0)
    written = Journal.create(tmp_path, "other")
    command = [sys.executable, "-m", "tracer", "serve", "talk", "--traces", str(tmp_path), "--port", "0", "--no-open"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stderr is not None
        assert server.stderr.readline() == f"Finished the trace of a run that was killed: {tmp_path / 'talk.json'}\n"
        assert "talk.json" in server.stdout.readline()  # no trace of that name: it would have refused to start
    finally:
        server.kill()
        server.communicate()
    assert names(tmp_path) == {"talk.json", written.path.name}
    written.discard()


def test_one_in_which_nothing_was_recorded_is_removed(orphan: Orphan, rows: list[bytes], tmp_path: Path) -> None:
    path = orphan("talk.7", name="talk")
    steps = [number for number, row in enumerate(rows) if row.startswith(b'["+"')]
    path.write_bytes(b"".join(rows[: steps[0]]))
    assert finish_orphans(tmp_path) == []
    assert names(tmp_path) == set()
