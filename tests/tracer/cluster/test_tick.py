"""The question that is asked again and again, put to a real bash on this machine, and its answer."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tracer.cluster.host import Host, Lost
from tracer.cluster.tick import CHUNK, Attempt, Queue, Wanted, tick

HERE = Host(None)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run, with an awkward name."""
    folder = tmp_path / "a 'run' $HOME"
    (folder / "code/var/traces").mkdir(parents=True)
    return folder


def test_files_of_a_run_that_has_ended(run: Path) -> None:
    (run / "started").write_text("7 1\n")
    (run / "exit_code").write_text("7 1 3\n")
    (run / "warned").touch()
    (run / "code/var/files").mkdir()
    (run / "code/var/files/a.png").touch()
    seen = tick(HERE, "slurm", [Wanted("talk-1", str(run), 7)], ask_queue=False)[0]
    assert (seen.started, seen.ended, seen.warned, seen.files) == (Attempt(7, 1), (Attempt(7, 1), 3), True, 1)
    assert not seen.asked


def test_the_log_comes_from_where_it_was_left_byte_for_byte(run: Path) -> None:
    data = bytes(range(256)) * 20 + "später\r\n\x1b[0m".encode()
    (run / "job.log").write_bytes(data)
    have = b""
    for _ in range(2):
        have += tick(HERE, "slurm", [Wanted("talk-1", str(run), 7, log=len(have))], ask_queue=False)[0].log
    assert have == data


def test_a_long_log_comes_in_pieces(run: Path) -> None:
    data = os.urandom(CHUNK + 1000)
    (run / "job.log").write_bytes(data)
    first = tick(HERE, "slurm", [Wanted("talk-1", str(run), 7)], ask_queue=False)[0]
    assert (len(first.log), first.log_size) == (CHUNK, len(data))
    rest = tick(HERE, "slurm", [Wanted("talk-1", str(run), 7, log=CHUNK)], ask_queue=False)[0]
    assert first.log + rest.log == data


def test_a_journal_ends_where_its_room_begins(run: Path) -> None:
    name = "a talk.12.journal"
    journal = run / "code/var/traces" / name
    rows = b'["trace",{}]\n["+",0,0,1]\n'
    journal.write_bytes(rows + bytes(100_000))
    assert tick(HERE, "slurm", [Wanted("talk-1", str(run), 7)], False)[0].journals == {name: rows}
    with journal.open("r+b") as file:
        file.seek(len(rows))
        file.write(b"[5,0]\n")
    wanted = Wanted("talk-1", str(run), 7, journals={name: len(rows), "other.1.journal": 3})
    assert tick(HERE, "slurm", [wanted], False)[0].journals == {name: b"[5,0]\n"}
    assert tick(HERE, "slurm", [wanted], False, streams=False)[0].journals == {}


def test_several_runs_and_one_that_is_gone(run: Path, tmp_path: Path) -> None:
    (run / "started").write_text("7 0\n")
    wanted = [Wanted("a", str(tmp_path / "nowhere"), 1), Wanted("b", str(run), 7)]
    gone, there = tick(HERE, "slurm", wanted, ask_queue=False)
    assert gone.gone
    assert there.started == Attempt(7, 0)


def test_without_slurm_a_process_is_the_job(run: Path) -> None:
    process = subprocess.Popen(["sleep", "60"])
    try:
        seen = tick(HERE, "none", [Wanted("talk-1", str(run), process.pid)], ask_queue=True)[0]
        assert seen.asked
        assert seen.queue is not None
        assert seen.queue.state == "RUNNING"
        process.kill()
        while Path(f"/proc/{process.pid}/stat").read_text().split()[2] != "Z":
            pass
        seen = tick(HERE, "none", [Wanted("talk-1", str(run), process.pid)], ask_queue=True)[0]
        assert (seen.asked, seen.queue) == (True, None)  # a dead process that nobody has looked after is dead
    finally:
        process.kill()
        process.wait()


def test_what_slurm_says(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    answers = {
        "squeue": "echo 'talk-1 7|RUNNING|None|2026-11-22T01:02:03|n1'; echo 'talk-1 8|PENDING|Priority|N/A|'; "
        "echo 'talk-12 7|PENDING|Resources|N/A|'",
        "sacct": "echo 'CANCELLED by 1000|0:15|None'",
    }
    for name, body in answers.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    host = Host(None)
    host._setting = ""  # no login shell: it would set a PATH of its own
    wanted = [Wanted("talk-1", str(run), 7, deep=True), Wanted("other", str(run), 9)]
    seen, unknown = tick(host, "slurm", wanted, ask_queue=True)
    assert seen.queue == Queue("RUNNING", "None", "2026-11-22T01:02:03", "n1")
    assert seen.books == Queue("CANCELLED", "None", code=143)
    assert (unknown.asked, unknown.queue, unknown.books) == (True, None, None)
    (tools / "squeue").write_text("#!/bin/sh\nexit 1\n")
    assert not tick(host, "slurm", wanted, ask_queue=True)[0].asked


def test_an_answer_that_is_damaged_is_no_answer(run: Path) -> None:
    (run / "started").write_text("garbage\n")
    with pytest.raises(Lost, match="garbled"):
        tick(HERE, "slurm", [Wanted("talk-1", str(run), 7)], ask_queue=False)
