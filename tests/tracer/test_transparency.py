"""A lecture does, prints and returns what it would without the tracer. Real processes: each program runs both ways."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tracer.format import schema
from tracer.format.reader import read_trace

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=folder, timeout=60, check=False
    )


def both(folder: Path, source: str) -> tuple[schema.Trace, str]:
    """Run `source` untraced and traced. They print the same and end alike; returns the trace and the traced one's stderr."""
    for name in ("plain", "traced"):
        (folder / name).mkdir()
        (folder / name / "talk.py").write_text(textwrap.dedent(source))
    call = f"import sys; sys.path[:0] = [{str(ROOT)!r}, ''];import talk;talk.main()"
    plain = run(folder / "plain", "-c", call)
    traced = run(folder / "traced", str(ROOT / "execute.py"), "-m", "talk", "-o", "out", "--quiet")
    assert traced.stdout == plain.stdout
    assert traced.returncode == plain.returncode, traced.stderr
    assert "execute.py" not in traced.stderr, traced.stderr
    assert list((folder / "traced/out").glob("*.journal")) == []
    return read_trace(folder / "traced/out/talk.json"), traced.stderr


# -------------------------------------------------------------------------------------- what the engine must not lean on


def test_a_lecture_that_closes_every_descriptor_keeps_its_own_files(tmp_path: Path) -> None:
    """As daemons do. What it then opens has the numbers that the journal's had, and is left alone."""
    source = """
    import os
    def main():
        os.closerange(3, 100)
        mine = [open(f"mine{i}", "w+") for i in range(6)]
        for i in range(60_000):
            x = i
        for i in range(60_000):
            x = i
        for file in mine:
            file.write("hello")
            file.flush()
        print([os.fstat(file.fileno()).st_size for file in mine])
    """
    trace, told = both(tmp_path, source)
    assert told == ""
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps > 240_000


def test_a_lecture_that_takes_every_descriptor(tmp_path: Path) -> None:
    source = """
    import resource
    def main():
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
        mine = []
        try:
            while True:
                mine.append(open("/dev/null"))
        except OSError as error:
            print(error)
        for i in range(90_000):
            x = i
        mine.clear()
    """
    trace, told = both(tmp_path, source)
    assert told == ""
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps > 180_000


def test_the_folder_of_the_trace_removed_meanwhile(tmp_path: Path) -> None:
    source = """
    import shutil
    def main():
        shutil.rmtree("out", ignore_errors=True)
        for i in range(60_000):
            x = i
    """
    trace, told = both(tmp_path, source)
    assert told == ""
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps == 120_002


def test_functions_that_the_engine_takes_replaced_by_the_lecture(tmp_path: Path) -> None:
    source = """
    import builtins, os, platform
    from unittest import mock
    def main():
        with (
            mock.patch("time.perf_counter_ns", return_value=0),
            mock.patch("time.monotonic", return_value=0.0),
            mock.patch("builtins.print", lambda *_: None),
            mock.patch("os.open", side_effect=OSError("no")),
            mock.patch("os.getpid", return_value=1),
            mock.patch("builtins.len", lambda _: 42),
            mock.patch("builtins.isinstance", lambda *_: True),
        ):
            x = [1, 2]  # @inspect x
            print("not shown")
        os.cpu_count = platform.python_version = builtins.open = None
        print(x)
    """
    trace, told = both(tmp_path, source)
    assert told == ""
    assert trace.summary.outcome.status == "finished"
    (shown,) = trace.bindings.value
    assert "1" in str(trace.values[shown])


def test_a_value_is_not_asked_for_its_class(tmp_path: Path) -> None:
    source = """
    asked = []
    class Odd:
        @property
        def __class__(self):
            asked.append(1)
            return int
    def main():
        odd = Odd()  # @inspect odd
        same = odd  # @inspect same
        print(asked)
    """
    both(tmp_path, source)


# ----------------------------------------------------------------------------------------------------- what a lecture sets


def test_an_exception_hook_of_the_lecture_shows_what_ended_it(tmp_path: Path) -> None:
    source = """
    import sys, traceback
    def hook(kind, error, trace):
        print("mine:", kind.__name__, error, [line.name for line in traceback.extract_tb(trace)][-2:])
    def f():
        raise ValueError("no")
    def main():
        sys.excepthook = hook
        f()
    """
    trace, told = both(tmp_path, source)
    assert told.count("\n") == 1
    assert told.startswith("talk: failed (ValueError: no)")
    assert trace.summary.outcome.status == "failed"


def test_a_process_that_dies_after_its_lecture_ends_as_it_would(tmp_path: Path) -> None:
    source = """
    import atexit, os
    def main():
        atexit.register(os._exit, 7)
        x = 1
    """
    trace, _ = both(tmp_path, source)
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps == 2


def test_memory_that_a_lecture_has_used_up(tmp_path: Path) -> None:
    """Whoever watches it writes the trace."""
    source = """
    import resource
    kept = []
    def main():
        for i in range(60_000):
            x = i
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
        size = 1 << 26
        while size > 64:
            try:
                kept.append(bytearray(size))
            except MemoryError:
                size //= 2
    """
    (tmp_path / "talk.py").write_text(textwrap.dedent(source))
    done = run(tmp_path, str(ROOT / "execute.py"), "-m", "talk", "-o", "out", "--quiet")
    assert "execute.py" not in done.stderr
    assert "its trace holds the 120," in done.stderr
    assert read_trace(tmp_path / "out/talk.json").summary.steps > 120_000
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.json"]


# ------------------------------------------------------------------------------------------------------ where it is shown


@pytest.mark.parametrize("elsewhere", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", "2>&1 | true"])
def test_nobody_to_tell(tmp_path: Path, elsewhere: str) -> None:
    """A closed stream, a full disk behind it, a reader that went away: the lecture runs and leaves its trace."""
    (tmp_path / "talk.py").write_text("import os\ndef main():\n    os.system('echo x')\n    x = 1\n")
    command = f'"{sys.executable}" "{ROOT / "execute.py"}" -m talk -o out {elsewhere}'
    subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    trace = read_trace(tmp_path / "out/talk.json")
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps == 2


def on_a_terminal(folder: Path, source: str) -> tuple[int, int]:
    """Start `source` as the leader of a session on a terminal of its own, and wait for "ready": its process, the terminal."""
    (folder / "talk.py").write_text(textwrap.dedent(source))
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, str(ROOT / "execute.py"), "-m", "talk", "-o", "out"])
    shown = b""
    while b"ready\r\n" not in shown:
        shown += os.read(terminal, 1000)
    time.sleep(0.3)  # a signal on the very brink of a system call goes unnoticed until that ends, traced or not
    return process, terminal


ASLEEP = """
import time
def main():
    print("ready")
    time.sleep(1000)
"""


def test_ctrl_c_at_a_terminal(tmp_path: Path) -> None:
    process, terminal = on_a_terminal(tmp_path, ASLEEP)
    os.write(terminal, b"\x03")
    shown = b""
    with suppress(OSError):  # the terminal of a session that has ended
        while read := os.read(terminal, 1000):
            shown += read
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 130
    assert b"talk: interrupted (Interrupted by SIGINT.)" in shown
    assert read_trace(tmp_path / "out/talk.json").summary.outcome.message == "Interrupted by SIGINT."


def test_a_terminal_that_is_closed(tmp_path: Path) -> None:
    process, terminal = on_a_terminal(tmp_path, ASLEEP)
    os.close(terminal)
    os.waitpid(process, 0)
    trace = read_trace(tmp_path / "out/talk.json")
    assert trace.summary.outcome.message == "Interrupted by SIGHUP."
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.json"]


def test_a_run_that_is_suspended_goes_on(tmp_path: Path) -> None:
    """Ctrl-Z and `fg`: the terminal stops both processes, and the shell lets both go on."""
    source = """
    def main():
        print("ready", flush=True)
        input()
        x = 1
    """
    (tmp_path / "talk.py").write_text(textwrap.dedent(source))
    command = [sys.executable, str(ROOT / "execute.py"), "-m", "talk", "-o", "out", "--quiet"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGSTOP, signal.SIGCONT):
        os.killpg(process.pid, number)
        time.sleep(0.1)
    process.communicate("\n", timeout=60)
    assert process.returncode == 0
    assert read_trace(tmp_path / "out/talk.json").summary.steps == 3


# ------------------------------------------------------------------------------------------------------- at a bad moment


def test_a_signal_while_a_value_describes_itself(tmp_path: Path) -> None:
    """Its class may take for ever; the lecture has been told to end."""
    source = """
    import time
    class Slow:
        def __repr__(self):
            print("asked")
            time.sleep(1000)
    def main():
        slow = Slow()
        print("ready")
        seen = slow  # @inspect seen
        never = 1
    """
    process, terminal = on_a_terminal(tmp_path, source)
    os.write(terminal, b"\x03")
    with suppress(OSError):
        while os.read(terminal, 1000):
            pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 130
    trace = read_trace(tmp_path / "out/talk.json")
    assert trace.summary.outcome.message == "Interrupted by SIGINT."
    assert trace.summary.steps == 4
    assert "Interrupted" in str(trace.values)


@pytest.mark.parametrize("death", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 15)"])
def test_one_that_dies_while_it_starts_leaves_the_trace_of_before(tmp_path: Path, death: str) -> None:
    talk = tmp_path / "talk.py"
    talk.write_text("def main():\n    x = 1\n")
    command = (str(ROOT / "execute.py"), "-m", "talk", "-o", "out")
    assert run(tmp_path, *command).returncode == 0
    talk.write_text(f"import os\n{death}\ndef main():\n    x = 1\n")
    assert "Nothing was recorded." in run(tmp_path, *command).stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.json"]
    assert read_trace(tmp_path / "out/talk.json").summary.steps == 1


def test_where_the_trace_belongs_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out/talk.json").mkdir(parents=True)
    (tmp_path / "talk.py").write_text("def main():\n    x = 1\n")
    done = run(tmp_path, str(ROOT / "execute.py"), "-m", "talk", "-o", "out", "--quiet")
    assert done.returncode == 1
    (journal,) = (tmp_path / "out").glob("*.journal")
    assert done.stderr == (
        f"The trace could not be written (Is a directory). What was recorded is kept in {journal}; "
        f"put that right and run `python -m tracer compact {journal}`.\n"
    )
