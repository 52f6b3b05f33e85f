"""Whatever ends a lecture, its trace opens, holds all that ran, and says how it ended. Real processes, really killed."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tracer.format import schema
from tracer.format.reader import read_trace

ROOT = Path(__file__).resolve().parents[2]

ENDLESS = """
import os
def main():
    x = 0
    print("ready", flush=True)
    while True:
        x += 1
        {body}
"""

BUSY = ENDLESS.format(body="y = x")
"""Nearly all of whose time is spent in the engine, where no signal may strike."""
ASLEEP = "import time\n" + ENDLESS.format(body="time.sleep(0.001)")
IN_A_LIBRARY = "import time\n" + ENDLESS.format(body="time.sleep(1000)")


def start(folder: Path, source: str, *flags: str, wait: bool = True) -> subprocess.Popen[str]:
    """`execute.py` on a lecture, in a process group of its own; when `wait`, once the lecture has said "ready"."""
    (folder / "talk.py").write_text(textwrap.dedent(source))
    command = [
        sys.executable,
        str(ROOT / "execute.py"),
        "-m",
        str(folder / "talk.py"),
        "-o",
        str(folder / "out"),
        *flags,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    if wait:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
    return process


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit status, and what was said on stderr."""
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told, told
    return process.returncode, told


def run(folder: Path, source: str, *flags: str) -> tuple[int, str]:
    return end(start(folder, source, *flags, wait=False))


def trace_of(folder: Path, name: str = "talk") -> schema.Trace:
    """The trace, valid; and no journal is left of it."""
    assert list((folder / "out").glob("*.journal")) == []
    return read_trace(folder / f"out/{name}.json")


def lines(trace: schema.Trace) -> list[int]:
    """The line of every step."""
    return [trace.statements.line[statement] for statement in trace.steps.statement]


# ------------------------------------------------------------------------------------------- what a lecture does itself


@pytest.mark.parametrize(
    ("last", "code", "status", "words"),
    [
        ("os._exit(3)", 3, "failed", "exit status 3"),
        ("os._exit(0)", 0, "finished", "os._exit"),
        ("sys.exit(0)", 0, "finished", "sys.exit"),
        ("sys.exit(5)", 5, "failed", "SystemExit"),
        ("sys.exit('no more')", 1, "failed", "no more"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 137, "lost", "SIGKILL"),
        ("ctypes.string_at(0)", 139, "lost", "SIGSEGV"),
        ("os.abort()", 134, "lost", "SIGABRT"),
        ("threading.Thread(target=os._exit, args=(4,)).start(); time.sleep(60)", 4, "failed", "exit status 4"),
        ("deep(300)", 1, "failed", "ValueError: at the bottom"),
        ("raise KeyboardInterrupt", 130, "interrupted", "Interrupted."),
        ("raise BaseException('all')", 1, "failed", "BaseException: all"),
    ],
)
def test_how_a_lecture_may_end(folder: Path, last: str, code: int, status: str, words: str) -> None:
    source = f"""
    import ctypes, os, signal, sys, threading, time
    def deep(n):
        if n == 0:
            raise ValueError("at the bottom")
        deep(n - 1)
    def main():
        for i in range(50):
            x = i
        {last}
    """
    returned, told = run(folder, source)
    assert returned == code, told
    trace = trace_of(folder)
    assert trace.summary.outcome.status == status
    assert words in trace.summary.outcome.message
    assert trace.summary.outcome.exit_code == code
    assert lines(trace)[:103] == [*[8, 9] * 50, 8, 10, *lines(trace)[102:103]]
    assert (status == "finished" and code == 0) or words in told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


# ------------------------------------------------------------------------------------------------ what others do to it


@pytest.mark.parametrize("source", [ASLEEP, BUSY, IN_A_LIBRARY], ids=["asleep", "busy", "in a library"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_politely(folder: Path, name: str, source: str) -> None:
    process = start(folder, source)
    process.send_signal(getattr(signal, name))
    code, _ = end(process)
    assert code == 130
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "interrupted"
    assert trace.summary.outcome.message == f"Interrupted by {name}."
    assert trace.notices == []


CATCHES = """
import time
def main():
    try:
        x = 0
        print("ready", flush=True)
        while True:
            x += 1
    except KeyboardInterrupt:
        y = 1
    z = 2
"""


def test_a_lecture_may_catch_it_and_is_recorded_to_its_end(folder: Path) -> None:
    process = start(folder, CATCHES)
    process.send_signal(signal.SIGINT)
    code, _ = end(process)
    assert code == 0
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "finished"
    assert lines(trace)[-3:] == [9, 10, 11]
    left = trace.steps.end.index(schema.END_RAISE)
    assert lines(trace)[left] in (7, 8)
    assert trace.raised.step == [left]
    assert trace.notices == []


STUBBORN = """
import time
def main():
    print("ready", flush=True)
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            print("not yet", flush=True)
"""


def test_a_second_ctrl_c_ends_it_at_once(folder: Path) -> None:
    process = start(folder, STUBBORN)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "not yet\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    code, told = end(process)
    assert code == 130
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "interrupted"
    assert "SIGINT, at once" in trace.summary.outcome.message
    assert "SIGINT, at once" in told
    assert lines(trace)[:6] == [4, 5, 6, 7, 8, 9]


def child_of(process: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[0])


def test_killing_the_lecture_s_process(folder: Path) -> None:
    process = start(folder, BUSY)
    os.kill(child_of(process), signal.SIGKILL)
    code, told = end(process)
    assert code == 137
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "lost"
    assert "SIGKILL" in trace.summary.outcome.message
    assert re.search(r"Its last step was \S*talk.py:[678]\.", told)
    assert trace.summary.steps > 100


def test_killing_the_process_that_was_started(folder: Path) -> None:
    process = start(folder, ASLEEP)
    lecture = child_of(process)
    process.kill()
    end(process)
    for _ in range(300):
        if not Path(f"/proc/{lecture}").exists():
            break
        time.sleep(0.1)
    assert trace_of(folder).summary.outcome.message == "Interrupted by SIGTERM."


def test_what_was_killed_with_its_watcher_is_finished_by_the_next_run(folder: Path) -> None:
    process = start(folder, BUSY)
    os.killpg(process.pid, signal.SIGKILL)
    end(process)
    (journal,) = (folder / "out").glob("*.journal")
    rows = len(re.findall(rb'^\[("\+",|[0-9]+,[0-9]+\]$)', journal.read_bytes(), re.MULTILINE))
    (folder / "other.py").write_text("def main():\n    x = 1\n")
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(folder / "other.py"), "-o", str(folder / "out")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "Finished the trace of a run that was killed" in told
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "lost"
    assert trace.summary.steps == rows
    assert trace_of(folder, "other").summary.steps == 1


def test_an_older_run_never_replaces_a_newer_trace(folder: Path) -> None:
    process = start(folder, BUSY)
    os.killpg(process.pid, signal.SIGKILL)
    end(process)
    (journal,) = (folder / "out").glob("*.journal")
    kept = journal.read_bytes()
    run(folder, "def main():\n    x = 1\n")
    (folder / "out" / journal.name).write_bytes(kept)  # as if it came to light only now
    code, told = run(folder, "def main():\n    x = 1\n    y = 2\n")
    assert code == 0
    assert trace_of(folder).summary.steps == 2
    (older,) = (folder / "out").glob("talk.2*.json")
    assert str(older) in told
    assert read_trace(older).summary.outcome.status == "lost"


def test_a_journal_that_is_being_written_is_left_alone(folder: Path) -> None:
    process = start(folder, ASLEEP)
    (folder / "other.py").write_text("def main():\n    x = 1\n")
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(folder / "other.py"), "-o", str(folder / "out")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "Finished" not in told
    assert len(list((folder / "out").glob("talk.*.journal"))) == 1
    process.send_signal(signal.SIGINT)
    end(process)
    assert trace_of(folder).summary.outcome.status == "interrupted"


def test_the_same_lecture_twice_at_once(folder: Path) -> None:
    source = "import os\ndef main():\n    me = os.getpid()  # @inspect me\n    for i in range(20000):\n        x = me\n"
    both = [start(folder, source, wait=False) for _ in range(3)]
    assert [end(process)[0] for process in both] == [0, 0, 0]
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps == 40_002
    assert [trace.values[value] for value in trace.bindings.value] == [trace.tracks.process[0]]


# ------------------------------------------------------------------------------------------------- what it runs out of


def test_a_disk_that_fills_up(folder: Path) -> None:
    """The system refuses room beyond a size, as a full disk does: the lecture goes on, and the record says where it ends."""
    (folder / "talk.py").write_text(BUSY.replace("while True", "while x < 90000") + "    print('through')\n")
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(folder / "talk.py"), "-o", str(folder / "out")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, resource.RLIM_INFINITY)),
    )
    assert done.stdout == "ready\nthrough\n"
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    journals = list((folder / "out").glob("*.journal"))
    if journals:  # there was no room for the trace either
        assert f"python -m tracer compact {journals[0]}" in done.stderr
        subprocess.run([sys.executable, "-m", "tracer", "compact", str(journals[0])], cwd=ROOT, check=True)
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "lost"
    assert "could not be written" in trace.summary.outcome.message
    assert trace.summary.steps > 10_000


@pytest.mark.parametrize("source", [BUSY, IN_A_LIBRARY, STUBBORN], ids=["busy", "in a library", "stubborn"])
def test_max_seconds(folder: Path, source: str) -> None:
    code, told = run(folder, source, "--max-seconds", "0.5")
    assert code == 0
    outcome = trace_of(folder).summary.outcome
    assert outcome.status == "stopped"
    assert outcome.message == "stopped after 0.50 s, as --max-seconds asks"
    assert told.count("stopped") == 1


def test_a_line_over_its_budget_is_counted(folder: Path) -> None:
    source = """
    def f(i):
        return i
    def main():
        for i in range(1000):
            f(i)
        last = i
    """
    run(folder, source, "--max-visits", "100")
    trace = trace_of(folder)
    assert lines(trace) == [*[5, 6, 3] * 100, 7]
    assert [trace.statements.line[statement] for statement in trace.elided.statement] == [5, 6]
    assert trace.elided.count == [901, 900]
    assert trace.elided.step == [297, 298]
    run(folder, source, "--max-visits", "0")
    assert lines(trace_of(folder)) == [*[5, 6, 3] * 1000, 5, 7]


def test_a_pool_that_is_never_shut_down_ends_with_its_work(folder: Path) -> None:
    code, _ = run(
        folder,
        """
        import time
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(2)
        def work(n):
            time.sleep(0.1)
            done = n
        def main():
            for n in range(4):
                pool.submit(work, n)
        """,
    )
    assert code == 0
    assert lines(trace_of(folder)).count(7) == 4


def test_turns_far_over_the_budget_are_counted_no_further_and_what_stands_among_them_is_recorded(folder: Path) -> None:
    source = """
    def main():
        x = 0
        for i in range(2000):
            x += 1
            if i % 500 == 0:
                y = x  # @inspect y
        z = x
    """
    run(folder, source, "--max-visits", "50")
    trace = trace_of(folder)
    assert lines(trace) == [3, 4, 5, 6, 7, *[4, 5, 6] * 49, 7, 7, 7, 8]
    assert trace.elided.count == [501, 501, 501]
    assert [trace.values[value] for value in trace.bindings.value] == [1, 501, 1001, 1501]


def test_native_code_that_heeds_no_signal_is_killed_after_the_second(folder: Path) -> None:
    process = start(
        folder,
        """
        import itertools
        def main():
            print("ready", flush=True)
            sum(itertools.repeat(0))
        """,
    )
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    code, told = end(process)
    assert code == 130
    assert "Interrupted by SIGINT, at once." in told
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "interrupted"
    assert trace.steps.end[-1] == schema.END_OPEN
