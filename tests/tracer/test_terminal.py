"""The progress line and the lecture's own output share one terminal; here it is a text that remembers its screen."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
import threading
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from tracer.terminal import Progress, Tee

ROOT = Path(__file__).resolve().parents[2]


class Recorder:
    """As much of a recorder as the progress line asks for. It waits until the line has been asked for once more."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)

    @property
    def step_count(self) -> int:
        self.asked.release()
        return 1

    def where(self) -> str:
        return "talk.py:1"

    def wait(self) -> None:
        """Until progress had its chance twice: the first may have been under way."""
        while self.asked.acquire(blocking=False):
            pass
        for _ in range(3):
            assert self.asked.acquire(timeout=30)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    def screen(self) -> list[str]:
        """Its lines, after every return to the line's start and erasure."""
        return [re.split("\r\x1b\\[K", line)[-1] for line in self.getvalue().split("\n")]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def progress_on(terminal: Terminal, recorder: Recorder) -> Progress:
    with redirect_stderr(terminal):
        return Progress(recorder, quiet=False)  # type: ignore[arg-type]


def tees(terminal: Any, progress: Progress) -> tuple[Tee, Tee]:
    return Tee(terminal, lambda _: None, progress.clear), Tee(terminal, lambda _: None, progress.clear)


def test_progress_is_drawn_between_lines_and_never_in_one(terminal: Terminal) -> None:
    recorder = Recorder()
    with progress_on(terminal, recorder) as progress:
        out, err = tees(terminal, progress)
        recorder.wait()
        assert "1 steps" in terminal.screen()[-1]
        out.write("loading")
        recorder.wait()
        assert terminal.screen() == ["loading"]
        err.write("a whole line, elsewhere\n")
        recorder.wait()
        assert terminal.screen() == ["loadinga whole line, elsewhere", ""]
        out.write(" done\n")
        recorder.wait()
        assert terminal.screen()[1] == " done"
        assert "talk.py:1" in terminal.screen()[-1]
    assert terminal.screen() == ["loadinga whole line, elsewhere", " done", ""]


@pytest.mark.parametrize("act", [Tee.fileno, lambda tee: tee.write("\r50 %"), lambda tee: print("?", end="", file=tee)])
def test_what_may_be_written_past_us_is_left_alone(terminal: Terminal, act: Any) -> None:
    recorder = Recorder()
    with progress_on(terminal, recorder) as progress:
        out, _ = tees(terminal, progress)
        recorder.wait()
        act(out)
        shown = terminal.getvalue()
        recorder.wait()
        assert terminal.getvalue() == shown
        assert "1 steps" not in terminal.screen()[-1]
        out.write("\n")
        recorder.wait()
        assert "1 steps" in terminal.screen()[-1]


def test_a_line_left_unfinished_by_one_run_does_not_concern_the_next(terminal: Terminal) -> None:
    for _ in range(2):
        recorder = Recorder()
        with progress_on(terminal, recorder) as progress:
            recorder.wait()
            assert "1 steps" in terminal.screen()[-1]
            tees(terminal, progress)[0].write("unfinished")


def test_a_tee_is_the_stream_it_stands_in_for() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "utf-8", write_through=True)
    heard: list[str] = []
    tee = Tee(stream, heard.append, lambda: None)
    assert (tee.write("a\n"), tee.write("")) == (2, 0)
    tee.buffer.write(b"b\n")
    tee.close()
    assert (raw.getvalue(), heard) == (b"a\nb\n", ["a\n", ""])
    assert (tee.encoding, tee.isatty(), tee.writable()) == ("utf-8", False, True)
    with pytest.raises(TypeError, match="must be str, not bytes"):
        tee.write(b"c")  # type: ignore[arg-type]
    assert not hasattr(Tee(io.StringIO(), heard.append, lambda: None), "buffer")


def test_the_question_of_input_stays_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(
        "import time\ndef main():\n    time.sleep(0.3)\n    name = input('name? ')\n    print('hello', name)\n"
    )
    master, slave = pty.openpty()
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(tmp_path / "talk.py"), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    output = read(master, until=b"name? ")
    assert b"steps" in output  # progress was drawn before, and taken away
    assert re.split(b"\r\x1b\\[K", output)[-1] == b"name? "
    assert not select.select([master], [], [], 0.4)[0]  # several times the pace of progress
    os.write(master, b"Ada\n")
    assert b"hello Ada\r\n" in read(master, until=None)
    assert process.wait() == 0
    os.close(master)


def read(terminal: int, until: bytes | None) -> bytes:
    """What is written to a terminal up to some words, or to its end."""
    output = b""
    while until is None or until not in output:
        if not select.select([terminal], [], [], 60)[0]:
            break
        try:
            data = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody writes any more
            break
        if not data:
            break
        output += data
    return output
