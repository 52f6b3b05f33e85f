"""The front door, as a user meets it: `python execute.py -m …` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tracer.format import schema
from tracer.format.reader import read_trace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def execute(folder: Path, source: str | None, *flags: str, name: str = "talk") -> subprocess.CompletedProcess[str]:
    if source is not None:
        (folder / f"{name}.py").write_text(textwrap.dedent(source))
    command = [
        sys.executable,
        str(ROOT / "execute.py"),
        "-m",
        str(folder / f"{name}.py"),
        "-o",
        str(folder / "out"),
        *flags,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def trace_of(folder: Path, name: str = "talk") -> schema.Trace:
    return read_trace(folder / "out" / f"{name}.json")


def assert_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode != 0
    assert "Traceback (most recent call last)" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_a_run_says_where_to_look(folder: Path) -> None:
    result = execute(folder, "from tracer import text\ndef main():\n    text('# Hello')\n    print('out')\n")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "out\n"
    assert "finished; 2 steps" in result.stderr
    assert "talk.json" in result.stderr
    trace = trace_of(folder)
    assert trace.summary.title == "Hello"
    assert trace.summary.outcome.status == "finished"
    assert trace.provenance.python.startswith("3.")
    assert list((folder / "out").iterdir()) == [folder / "out/talk.json"]


def test_quiet_says_nothing(folder: Path) -> None:
    result = execute(folder, "def main():\n    x = 1\n", "--quiet")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_text_lecture_imports_nothing_heavy(folder: Path) -> None:
    result = execute(
        folder,
        """
        import sys
        from tracer import text
        def main():
            text("hello")
            print(sorted({"torch", "numpy", "matplotlib", "fastapi", "rich", "pandas"} & set(sys.modules)))
        """,
    )
    assert result.stdout == "[]\n"


def test_several_lectures_one_after_the_other(folder: Path) -> None:
    (folder / "second.py").write_text("def main():\n    y = 2\n")
    (folder / "talk.py").write_text("def main():\n    x = 1\n")
    command = [sys.executable, str(ROOT / "execute.py"), "-m", "talk.py", "second", "-o", "out"]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["second.json", "talk.json"]


def test_a_lecture_of_the_project_is_found_by_name_or_path(tmp_path: Path) -> None:
    from tracer.find import find_lecture

    for typed in ("lecture_01", "lecture_01.py", "lectures/lecture_01.py", "lectures.lecture_01"):
        found = find_lecture(typed, ROOT)
        assert (found.path, found.module) == (ROOT / "lectures/lecture_01.py", "lectures.lecture_01")


def test_a_failing_lecture_leaves_what_had_run(folder: Path) -> None:
    result = execute(folder, "def f(x):\n    return 1 / x\n\ndef main():\n    a = 1\n    f(0)\n    b = 2\n")
    assert result.returncode == 1
    assert "ZeroDivisionError: division by zero" in result.stderr
    assert "return 1 / x" in result.stderr
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "failed"
    assert trace.steps.end == [schema.END_NEXT, schema.END_RAISE, schema.END_RAISE]
    assert trace.raised.step == [2, 1]
    assert trace.summary.outcome.failure is not None
    failure = trace.failures[trace.summary.outcome.failure]
    assert [(line.file, line.line, line.function) for line in failure.traceback] == [(0, 6, "main"), (0, 2, "f")]


def test_sys_exit(folder: Path) -> None:
    result = execute(folder, "import sys\ndef main():\n    x = 1\n    sys.exit()\n")
    assert result.returncode == 0
    assert trace_of(folder).summary.outcome.status == "finished"
    result = execute(folder, "import sys\ndef main():\n    x = 1\n    sys.exit(3)\n")
    assert result.returncode == 3
    assert trace_of(folder).summary.outcome.exit_code == 3


def test_max_steps_ends_a_lecture_that_never_does(folder: Path) -> None:
    result = execute(folder, "def main():\n    x = 0\n    while True:\n        x += 1\n", "--max-steps", "100")
    assert result.returncode == 0
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "stopped"
    assert trace.summary.steps == 100
    assert "--max-steps" in trace.summary.outcome.message


def test_running_again_replaces_the_trace_whole(folder: Path) -> None:
    execute(folder, "def main():\n    x = 1\n")
    before = (folder / "out/talk.json").stat().st_ino
    execute(folder, "def main():\n    x = 1\n    y = 2\n")
    assert (folder / "out/talk.json").stat().st_ino != before
    assert trace_of(folder).summary.steps == 2


def test_random_numbers_and_output_are_those_of_an_untraced_run(folder: Path) -> None:
    source = """
    import random
    def main():
        random.seed(1)
        x = [random.random() for _ in range(3)]  # @inspect x
        print(x, random.random())
    """
    traced = execute(folder, source).stdout
    plain = subprocess.run(
        [sys.executable, "-c", "import talk; talk.main()"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    assert traced == plain


def test_a_forked_child_leaves_the_record_alone(folder: Path) -> None:
    result = execute(
        folder,
        """
        import multiprocessing

        def work(x):
            y = x * 2
            return y

        def main():
            with multiprocessing.get_context("fork").Pool(2) as pool:
                r = pool.map(work, range(4))  # @inspect r
            z = 1
        """,
    )
    assert result.returncode == 0, result.stderr
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "finished"
    assert set(trace.tracks.process) == {trace.tracks.process[0]}


# ------------------------------------------------------------------------------------------------------- bad input


def test_no_such_lecture_names_the_near_misses() -> None:
    command = [sys.executable, str(ROOT / "execute.py"), "-m", "lecture_1"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert_sentence(result, "There is no lecture 'lecture_1'", "Did you mean lecture_01")


def test_no_main(folder: Path) -> None:
    assert_sentence(execute(folder, "x = 1\n"), "talk.py has no main()")


def test_main_with_arguments(folder: Path) -> None:
    assert_sentence(execute(folder, "def main(x):\n    pass\n"), "main() asks for x")


def test_syntax_error(folder: Path) -> None:
    assert_sentence(execute(folder, "def main():\n    x = (1\n"), "talk.py:2", "was never closed", "^")


def test_not_text(folder: Path) -> None:
    (folder / "talk.py").write_bytes(b"\xff\xfe\x00")
    assert_sentence(execute(folder, None), "talk.py")


def test_missing_package(folder: Path) -> None:
    result = execute(folder, "import yaml_not_there\ndef main():\n    pass\n")
    assert_sentence(result, "talk.py:1", "'yaml_not_there' is not installed", "pip install yaml_not_there")


def test_import_that_raises(folder: Path) -> None:
    assert_sentence(execute(folder, "x = {}['k']\ndef main():\n    pass\n"), "talk.py:1", "KeyError: 'k'")
    assert not list((folder / "out").glob("*.journal"))


def test_unwritable_folder(folder: Path) -> None:
    (folder / "out").symlink_to("/proc/self/fdinfo")  # where not even root may make a file
    assert_sentence(execute(folder, "def main():\n    pass\n"), "Cannot write to", "-o")


def test_output_folder_that_is_a_file(folder: Path) -> None:
    (folder / "out").write_text("")
    assert_sentence(execute(folder, "def main():\n    pass\n"), "Cannot write to", "-o")


def test_a_misspelt_directive_is_reported_with_file_and_line(folder: Path) -> None:
    result = execute(folder, "def main():\n    x = 1  # @inspct x\n")
    assert result.returncode == 0
    assert "talk.py:2: @inspct is no directive; did you mean @inspect?" in result.stderr
    assert trace_of(folder).notices[0].line == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"[]\n",
        b'["trace",{"format":"executable-lecture"}]\n',
        b'["trace",{"format":"executable-lecture","version":1}]\n',
        b'["trace",{"format":"executable-lecture","version":1,"name":"x","clock":1,"provenance":{}}]\n["-",5,1,1]\n',
        b'["trace",{"format":"executable-lecture","version":1,"name":"x","clock":1,"provenance":{}}]\n["calls",5]\n',
    ],
)
def test_what_is_no_journal_is_told_in_a_sentence(folder: Path, data: bytes) -> None:
    (folder / "x.journal").write_bytes(data)
    command = [sys.executable, "-m", "tracer", "compact", str(folder / "x.journal")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert_sentence(result, "journal")
    assert (folder / "x.journal").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "is not JSON"),
        (b"", "is empty"),
        (b"[1, 2]", "JSON but not a trace"),
        (b'{"format": "other"}', "JSON but not a trace"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"format": "executable-lecture", "version": 99}', "version 99"),
        (b'{"steps": [], "files": {}, "hidden_line_numbers": {}}', "edtrace"),
        (b'{"format": "executable-lecture", "version": 1, "summary": {', "cut off"),
        (b'{"format": "executable-lecture", "version": 1}', "damaged"),
    ],
)
def test_what_is_no_trace_is_told_in_a_sentence(folder: Path, data: bytes, words: str) -> None:
    (folder / "bad.json").write_bytes(data)
    command = [sys.executable, "-m", "tracer", "check", str(folder / "bad.json")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 1
    assert words in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_damaged_table_is_found(folder: Path) -> None:
    execute(folder, "def f():\n    return 1\n\ndef main():\n    x = f()  # @inspect x\n")
    path = folder / "out/talk.json"
    whole = json.loads(path.read_text())
    assert subprocess.run([sys.executable, "-m", "tracer", "check", str(path)], cwd=ROOT, check=False).returncode == 0
    for table, column, value in (
        ("steps", "statement", 99),
        ("steps", "call", -1),
        ("calls", "parent", 5),
        ("calls", "parent", 1),
        ("bindings", "value", 10),
        ("bindings", "name", -1),
    ):
        damaged = json.loads(json.dumps(whole))
        damaged[table][column][-1] = value
        path.write_text(json.dumps(damaged))
        result = subprocess.run(
            [sys.executable, "-m", "tracer", "check", str(path)], cwd=ROOT, capture_output=True, check=False
        )
        assert result.returncode == 1, (table, column, value)


# ------------------------------------------------------------------------------------- what a lecture may expect of a script


def test_a_forked_child_that_returns_does_not_touch_the_record(folder: Path) -> None:
    result = execute(
        folder,
        """
        import os
        def main():
            x = 1
            if (pid := os.fork()) == 0:
                print("child", flush=True)
                return
            assert os.waitpid(pid, 0)[1] == 0
            print("parent")
        """,
    )
    assert result.returncode == 0, result.stderr
    assert sorted(result.stdout.split()) == ["child", "parent"]
    assert trace_of(folder).summary.outcome.status == "finished"


def test_recursion_reaches_as_deep_as_untraced_and_a_caught_failure_is_no_loss(folder: Path) -> None:
    source = """
    def f(n):
        return 0 if n == 0 else 1 + f(n - 1)
    def main():
        print(f(970))
        try:
            f(10**6)
        except RecursionError:
            print("caught")
    """
    assert execute(folder, source).stdout == "970\ncaught\n"
    trace = trace_of(folder)
    assert trace.summary.outcome.status == "finished"
    assert trace.summary.steps > 1900


def test_what_was_raised_and_caught_is_not_kept_alive(folder: Path) -> None:
    source = """
    import weakref
    class Big:
        pass
    seen = []
    def f():
        big = Big()
        seen.append(weakref.ref(big))
        raise ValueError
    def main():
        try:
            f()
        except ValueError:
            pass
        print(seen[0]() is None)
    """
    assert execute(folder, source).stdout == "True\n"


def test_argv_is_the_lectures_own(folder: Path) -> None:
    result = execute(folder, "import sys\ndef main():\n    print(sys.argv)\n", "--max-steps", "5")
    assert result.stdout == f"[{str(folder / 'talk.py')!r}]\n"


def test_threads_are_waited_for_and_write_whole_rows(folder: Path) -> None:
    result = execute(
        folder,
        """
        import sys, threading
        from tracer import text
        def writer(n):
            for i in range(400):
                text(f"{n} {i}")
        def main():
            sys.setswitchinterval(1e-5)
            for n in range(4):
                threading.Thread(target=writer, args=(n,)).start()
        """,
    )
    assert result.returncode == 0, result.stderr
    trace = trace_of(folder)
    assert len(trace.shown.output) == len(set(trace.shown.output)) == 1600
    assert len({trace.strings[name] for name in trace.tracks.name}) == 5


def test_threads_that_share_a_variable_lose_no_update(folder: Path) -> None:
    source = """
    import sys, threading
    def main():
        sys.setswitchinterval(1e-5)
        lock, n = threading.Lock(), 0
        def work():
            nonlocal n
            for _ in range(500):
                with lock:
                    n += 1
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(n)
    """
    assert execute(folder, source, "-I").stdout == "2000\n"


def test_what_is_printed_on_import_belongs_to_the_first_step(folder: Path) -> None:
    execute(folder, "print('importing')\ndef main():\n    print('running')\n    x = 1\n")
    trace = trace_of(folder)
    assert [trace.strings[text] for text in trace.printed.text] == ["importing\nrunning\n"]
    assert trace.printed.step == [0]


def test_a_file_asks_a_run_to_stop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACER_STOP_FILE", str(folder / "stop"))
    source = """
    import pathlib, time
    def main():
        pathlib.Path("stop").write_text("stopped, since the hour is late\\n")
        while True:
            time.sleep(0.01)
    """
    result = execute(folder, source)
    assert result.returncode == 0
    outcome = trace_of(folder).summary.outcome
    assert (outcome.status, outcome.message) == ("stopped", "stopped, since the hour is late")


def test_a_run_for_elsewhere_does_not_say_where_to_look_here(folder: Path) -> None:
    result = execute(folder, "def main():\n    x = 1\n", "--elsewhere")
    assert "finished; 1 steps" in result.stderr.replace("1 step ", "1 steps ")
    assert "Look at it" not in result.stderr
