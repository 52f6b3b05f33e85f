"""From what is typed to a `main` that can be called, and a sentence for everything that is none."""

from __future__ import annotations

import os
import pickle
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tracer.find import LectureProblem, find_lecture, load_main


@pytest.fixture(autouse=True)
def _forget(tmp_path: Path) -> Iterator[None]:
    """Modules of the test are forgotten, those of other tests not known, and the path is as it was."""
    sys.modules.pop("talk", None)
    before = dict(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - set(before[0]):
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
    sys.path[:] = before[1]


Load = Callable[[str], Callable[[], Any]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(typed)`: find and load, in a project at `tmp_path`."""
    return lambda typed: load_main(find_lecture(typed, tmp_path), tmp_path)


def write(path: Path, source: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source))
    return str(path)


def problem(load: Load, typed: str) -> str:
    with pytest.raises(LectureProblem) as told:
        load(typed)
    sentence = str(told.value)
    sentence.encode()
    return sentence


# --------------------------------------------------------------------------------------------------------- names


def test_lectures_of_one_name_in_two_folders_are_two(load: Load, tmp_path: Path) -> None:
    a = write(tmp_path / "a/talk.py", "def main():\n    return 'A'\n")
    b = write(tmp_path / "b/talk.py", "def main():\n    return 'B'\n")
    assert [load(a)(), load(b)(), load(a)(), load(b)()] == ["A", "B", "A", "B"]
    assert load(a) is load(a)


@pytest.mark.parametrize("name", ["json", "tracer", "random", "code", "__main__", "my.talk", "01-intro é", "class"])
def test_a_lecture_may_have_any_name(load: Load, tmp_path: Path, name: str) -> None:
    before = sys.modules.get(name)
    assert load(write(tmp_path / f"elsewhere/{name}.py", "def main():\n    return 'mine'\n"))() == "mine"
    if before is not None:
        assert sys.modules[name] is before


def test_a_lecture_in_the_project_keeps_its_dotted_name(load: Load, tmp_path: Path) -> None:
    sys.modules.pop("lectures", None)
    write(tmp_path / "lectures/__init__.py", "")  # a package that comes before any other `lectures` on the path
    write(tmp_path / "lectures/part/talk_xyz.py", "def main():\n    return __name__\n")
    write(tmp_path / "lectures/v1.5 talk.py", "def main():\n    return __name__\n")
    try:
        assert load("part/talk_xyz")() == "lectures.part.talk_xyz"
        assert load("lectures.part.talk_xyz")() == "lectures.part.talk_xyz"
        assert load("v1.5 talk")() == "v1_5 talk"
        assert find_lecture("v1.5 talk.py", tmp_path).root == tmp_path / "lectures"
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "lectures"]:
            del sys.modules[name]


def test_a_lecture_finds_what_lies_beside_it_and_pickles_its_own(load: Load, tmp_path: Path) -> None:
    write(tmp_path / "c/beside_it.py", "WORD = 'sibling'\n")
    source = """
    from dataclasses import dataclass
    import pickle
    import beside_it
    @dataclass
    class Row:
        word: str
    def main():
        return pickle.loads(pickle.dumps(Row(beside_it.WORD)))
    """
    row = load(write(tmp_path / "c/talk.py", source))()
    assert row.word == "sibling"
    assert pickle.loads(pickle.dumps(row)) == row


def test_a_failed_import_leaves_no_half_module(load: Load, tmp_path: Path) -> None:
    path = write(tmp_path / "c/half_made.py", "X = 1\nraise ValueError('not yet')\n")
    assert "half_made.py:2: importing it raised ValueError: not yet" in problem(load, path)
    assert "half_made" not in sys.modules
    write(tmp_path / "c/half_made.py", "def main():\n    return 'made, this time'\n")
    assert load(path)() == "made, this time"


# ------------------------------------------------------------------------------------------------ one clear sentence


@pytest.mark.parametrize(
    "typed", ["/", "", ".", "..", "...", ".py", "x" * 300, "a\0b", "\udcff", "a/" * 3000 + "b", "~"]
)
def test_what_names_no_file(load: Load, typed: str) -> None:
    assert problem(load, typed).startswith("There is no lecture ")


def test_a_current_folder_that_is_gone(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "talk.py", "def main():\n    return 1\n")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "There is no lecture 'nothing'" in problem(load, "nothing")
    assert load(path)() == 1


def test_a_folder_whose_name_is_no_text(load: Load, tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/b\xff")
    path = write(Path(folder) / "ta\udcfflk.py", "def main():\n    return 1\n")
    assert find_lecture(path, tmp_path).name == "ta\ufffdlk"
    assert load(path)() == 1
    assert "b\ufffd" in problem(load, write(Path(folder) / "none.py", "x = 1\n"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", ["talk.py has no main()", "def main():"]),
        ("main = 3\n", ["talk.py has no main()"]),
        ("main = int\n", ["talk.py: its main is no function"]),
        ("main = dict\n", ["talk.py: its main is no function"]),
        ("def main(x, *, y, z=1):\n    pass\n", ["main() asks for x, y,"]),
        ("async def main():\n    pass\n", ["main() is async", "asyncio.run("]),
        ("async def main():\n    yield 1\n", ["main() is async"]),
        ("def main():\n    yield 1\n", ["main() is a generator", "def main():"]),
        ("import sys\nsys.exit('no torch today')\n", ["talk.py:2:", "ends the program", "no torch today", "main()"]),
        ("raise GeneratorExit\n", ["talk.py:1: importing it raised GeneratorExit"]),
        ("class E(Exception):\n  def __str__(self): 1/0\nraise E\n", ["talk.py:3: importing it raised E"]),
        ("raise ValueError('\\ud800')\n", ["talk.py:1: importing it raised ValueError: \ufffd"]),
        ("raise SyntaxError\n", ["talk.py:1: invalid syntax."]),
        ("raise ImportError\n", ["talk.py:1: importing it raised ImportError"]),
        ("raise ModuleNotFoundError\n", ["talk.py:1: importing it raised ModuleNotFoundError"]),
        ("import json.nothing\n", ["talk.py:1: importing it raised", "json.nothing"]),
        ("import not_there_at_all\n", ["talk.py:1: the package 'not_there_at_all' is not installed"]),
        ("import PIL_not.x, yaml\n", ["'PIL_not' is not installed"]),
        ("from talk import main\n", ["talk.py:1: importing it raised ImportError: cannot import name 'main'"]),
        ("def main():\n    x = (1\n", ["talk.py:2: '(' was never closed."]),
        ("x = " + "-" * 100_000 + "1\n", ["talk.py is nested too deeply"]),
    ],
)
def test_what_cannot_start(load: Load, tmp_path: Path, source: str, words: list[str]) -> None:
    sentence = problem(load, write(tmp_path / "c/talk.py", source))
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    "data",
    [b"x = '\xff'\n", b"# coding: no-such\n", b"# coding: rot13\nx\n", b"\xff\xfe\0", b"\n\nx = '\xff'\n", b"x\0"],
)
def test_what_is_no_text(load: Load, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "talk.py").write_bytes(data)
    assert "talk.py" in problem(load, str(tmp_path / "talk.py"))


def test_ctrl_c_while_importing_is_not_a_problem_of_the_lecture(load: Load, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(write(tmp_path / "c/talk.py", "raise KeyboardInterrupt\n"))


def test_a_warning_of_the_compiler_shows_as_often_as_untraced(load: Load, tmp_path: Path) -> None:
    path = write(tmp_path / "c/talk.py", "def main():\n    return 1 is 1\n")
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        load(path)
    assert [each.category for each in shown] == [SyntaxWarning]
