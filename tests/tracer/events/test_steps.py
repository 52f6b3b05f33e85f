"""What a step is, drawn: one line a step, indented by call depth.

Every Python, by either source of events, must draw the same picture."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable

import pytest

from tests.tracer.recording import Recording
from tracer.events.settrace import TOO_DEEP
from tracer.format import schema

Record = Callable[..., Recording]

PROGRAMS = {
    "a loop shows its header on every turn": (
        """
        def main():
            total = 0
            for i in range(2):
                total += i
        """,
        """
        total = 0
        for i in range(2):
        total += i
        for i in range(2):
        total += i
        for i in range(2): returns
        """,
    ),
    "a statement of many lines is one step": (
        """
        def main():
            x = max(
                1,
                2,
            )
            for i in range(3): x += i
            y = [
                i
                for i in range(3)
            ]
        """,
        """
        x = max(
        for i in range(3): x += i
        y = [ returns
        """,
    ),
    "calls lie inside the step that makes them": (
        """
        def f(n):
            if n == 0:
                return 0
            return 1 + f(n - 1)

        def main():
            f(1)
            return [f(i) for i in range(2)]
        """,
        """
        f(1)
          if n == 0:
          return 1 + f(n - 1) returns
            if n == 0:
            return 0 returns
        return [f(i) for i in range(2)] returns
          if n == 0:
          return 0 returns
          if n == 0:
          return 1 + f(n - 1) returns
            if n == 0:
            return 0 returns
        """,
    ),
    "a lambda and a sort key are part of their statement": (
        """
        def key(x):
            return -x

        def main():
            f = lambda x: key(x)
            f(1)
            sorted([1, 2], key=key)
        """,
        """
        f = lambda x: key(x)
        f(1)
          return -x returns
        sorted([1, 2], key=key) returns
          return -x returns
          return -x returns
        """,
    ),
    "a generator goes on where whoever resumes it stands": (
        """
        def numbers():
            x = 1
            yield x
            x = 2
            yield x

        def main():
            g = numbers()
            a = next(g)
            b = next(g)
            for c in g:
                pass
        """,
        """
        g = numbers()
        a = next(g)
          x = 1
          yield x
        b = next(g)
          x = 2
          yield x returns
        for c in g: returns
        """,
    ),
    "yield from and close": (
        """
        def inner():
            try:
                yield 1
            finally:
                print("closed")

        def outer():
            yield from inner()

        def main():
            g = outer()
            next(g)
            g.close()
        """,
        """
        g = outer()
        next(g)
          yield from inner() yields
            try:
            yield 1 raises
        g.close() returns
          print("closed") raises
        """,
    ),
    "with is seen on the way in and on the way out": (
        """
        class Manager:
            def __enter__(self):
                return 1
            def __exit__(self, *error):
                return False

        def main():
            with Manager() as m:
                x = m
            y = 2
        """,
        """
        with Manager() as m:
          return 1 returns
        x = m
        with Manager() as m:
          return False returns
        y = 2 returns
        """,
    ),
    "an exception leaves the calls it passes through": (
        """
        def f():
            raise ValueError("no")

        def g():
            try:
                f()
            finally:
                x = 1

        def main():
            try:
                g()
            except KeyError:
                pass
            except ValueError as error:
                x = str(error)
            else:
                x = 2
        """,
        """
        try:
        g() raises
          try:
          f() raises
            raise ValueError("no") raises
          x = 1 raises
        except KeyError:
        except ValueError as error:
        x = str(error) returns
        """,
    ),
    "classes, properties and decorators": (
        """
        def deco(f):
            return f

        def main():
            class A:
                x = 1

                @property
                def y(self):
                    return self.x

            @deco
            def g():
                return A().y

            return g()
        """,
        """
        class A:
          class A:
          x = 1
          @property returns
        @deco
          return f returns
        return g() returns
          return A().y returns
            return self.x returns
        """,
    ),
    "match": (
        """
        def main():
            for x in (1, [2]):
                match x:
                    case [y] if y > 1:
                        z = y
                    case int():
                        z = 0
        """,
        """
        for x in (1, [2]):
        match x:
        case [y] if y > 1:
        case int():
        z = 0
        for x in (1, [2]):
        match x:
        case [y] if y > 1:
        z = y
        for x in (1, [2]): returns
        """,
    ),
    "stepover: nothing that the line calls is seen": (
        """
        def f():
            return g()

        def g():
            return 1

        def main():
            x = f()  # @stepover
            y = f()
        """,
        """
        x = f()
        y = f() returns
          return g() returns
            return 1 returns
        """,
    ),
    "async": (
        """
        import asyncio

        async def work(n):
            await asyncio.sleep(0)
            return n

        async def all_work():
            return await work(1) + await work(2)

        def main():
            asyncio.run(all_work())
        """,
        """
        asyncio.run(all_work()) returns
          return await work(1) + await work(2) returns
            await asyncio.sleep(0)
            return n returns
            await asyncio.sleep(0)
            return n returns
        """,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_steps(record: Record, name: str) -> None:
    program, expected = PROGRAMS[name]
    drawing = record(program).drawing()
    assert drawing == textwrap.dedent(expected).strip("\n"), f"\n{drawing}"


def test_values_are_those_after_the_line(record: Record) -> None:
    recording = record(
        """
        def main():
            x = [1]  # @inspect x
            x.append(2)  # @inspect x len(x) x[-1]
            for i in range(2):  # @inspect i
                pass
            # a comment
            y = {
                "a": x,
            }  # @inspect y["a"][0]
            x = 3  # @clear x
        """
    )
    first, second = recording.bound("x")[:2]
    assert [getattr(value, "items", None) for value in (first, second)] == [[1], [1, 2]]
    assert recording.bound("x")[2] == "(cleared)"
    assert recording.bound("len(x)") == [2]
    assert recording.bound("x[-1]") == [2]
    assert recording.bound("i") == [0, 1, 1]
    assert recording.bound('y["a"][0]') == [1]
    assert recording.result.notices == []


def test_what_a_call_returned_is_recorded(record: Record) -> None:
    recording = record(
        "def f(x):\n    return x + 1\n\ndef nothing():\n    pass\n\ndef main():\n    f(1)\n    nothing()\n"
    )
    assert recording.bound("") == [2]


def test_a_value_of_a_calling_step_is_known_after_its_callees(record: Record) -> None:
    bindings = record(
        "def f():\n    a = 1\n    return a\n\ndef main():\n    x = f()  # @inspect x\n    y = x\n"
    ).trace.bindings
    assert (bindings.step[-1], bindings.at[-1]) == (0, 2)


def test_inspect_all_records_changes_only(record: Record) -> None:
    recording = record("def main():\n    x = 1\n    y = 2\n    x = 3\n    del y\n    z = x\n", inspect_all=True)
    assert recording.bound("x") == [1, 3]
    assert recording.bound("y") == [2, "(cleared)"]


def test_a_name_that_never_exists_is_a_notice_at_its_line(record: Record) -> None:
    notices = record(
        "def main():\n    x = 1  # @inspect y\n    for i in []:  # @inspect x.z\n        pass\n"
    ).trace.notices
    assert [(notice.line, notice.step) for notice in notices] == [(2, 0), (3, 1)]
    assert "`y`" in notices[0].message
    assert "`x.z`" in notices[1].message


def test_a_name_that_exists_later_is_no_notice(record: Record) -> None:
    program = "def main():\n    for n in (0, 1):\n        for i in range(n):  # @inspect i\n            pass\n"
    assert record(program).trace.notices == []


def test_what_is_printed_belongs_to_its_step(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    recording = record(
        "import sys\ndef main():\n    for i in range(2):\n        print('turn', i)\n    print('bad', file=sys.stderr)\n"
    )
    assert recording.printed() == "turn 0\nturn 1\n"
    assert recording.printed(1) == "bad\n"
    assert recording.trace.printed.step == [1, 3, 5]
    assert capsys.readouterr().out == "turn 0\nturn 1\n"


def test_threads_have_tracks_of_their_own(record: Record) -> None:
    recording = record(
        """
        import threading

        def work(n):
            x = n
            return x

        def main():
            threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        """
    )
    trace = recording.trace
    assert len(trace.tracks.thread) == 4
    assert sorted(trace.calls.track) == [0, 1, 2, 3]
    assert [text for text in recording.drawing().splitlines() if text.strip() == "x = n"] == ["x = n"] * 3


def test_only_files_of_the_lecture_are_visible(record: Record, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "helper_module.py").write_text("def double(x):\n    return 2 * x\n")
    (folder / "site-packages").mkdir()
    (folder / "site-packages" / "library_module.py").write_text("def call(f):\n    y = f()\n    return y\n")
    recording = record(
        """
        import sys
        from pathlib import Path
        sys.path.insert(0, str(Path(__file__).parent / "site-packages"))
        import helper_module
        import library_module

        def main():
            x = library_module.call(lambda: helper_module.double(4))
        """
    )
    assert [file.path.rsplit("/", 1)[-1] for file in recording.trace.files] == ["program.py", "helper_module.py"]
    assert recording.drawing() == (
        "x = library_module.call(lambda: helper_module.double(4)) returns\n  return 2 * x returns"
    )


def test_what_a_call_was_made_with_is_known_before_its_first_step(record: Record) -> None:
    recording = record(
        """
        class A:
            def f(self, x, *rest, y=2, **more):
                x = 0
                return x

        def main():
            A().f(1, 5, z=3)
        """
    )
    assert recording.bound("x") == [1]
    assert recording.bound("y") == [2]
    assert recording.bound("rest") != []
    assert recording.bound("more") != []
    assert recording.bound("self") == []
    bindings = recording.trace.bindings
    assert bindings.step[0] == bindings.at[0] == 1


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.settrace is not told of threads that Python did not start")
def test_a_thread_that_python_did_not_start_works_for_whoever_waits(record: Record) -> None:
    recording = record(
        """
        import _thread

        def work():
            return 1

        def main():
            begin, end = _thread.allocate_lock(), _thread.allocate_lock()
            begin.acquire(), end.acquire()
            _thread.start_new_thread(lambda: (begin.acquire(), work(), end.release()), ())
            begin.release(), end.acquire()
            x = 2
        """
    )
    waits = "begin.release(), end.acquire()"
    assert recording.drawing().splitlines()[3:] == [waits, "  return 1 returns", "x = 2 returns"]


DEEP = """
import sys

def down(n):
    down(n + 1)

def main():
    try:
        down(0)
    except RecursionError:
        limit = sys.getrecursionlimit()  # @inspect limit
    after = 1
"""


def test_a_lecture_that_meets_the_recursion_limit_is_recorded_behind_it(record: Record) -> None:
    recording = record(DEEP)
    drawn = recording.drawing().splitlines()
    assert drawn[2:4] == ["  down(n + 1) raises", "    down(n + 1) raises"]
    assert drawn[-1] == "after = 1 returns"
    assert len(drawn) > sys.getrecursionlimit() - 300
    assert len(recording.trace.raised.step) >= recording.trace.steps.end.count(schema.END_RAISE)
    if sys.version_info >= (3, 12):
        assert drawn[1] == "down(0) raises"
        assert recording.bound("limit") == [sys.getrecursionlimit()]
        assert recording.trace.notices == []
    else:
        assert [notice.message for notice in recording.trace.notices] == [TOO_DEEP]
