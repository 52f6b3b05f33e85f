from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
import threading
import warnings
from pathlib import Path
from types import CodeType

import pytest

import tracer
from tracer.sources.files import Sources, VisibleFile


@pytest.fixture
def opened() -> list[VisibleFile]:
    return []


@pytest.fixture
def sources(tmp_path: Path, opened: list[VisibleFile]) -> Sources:
    return Sources(tmp_path, tmp_path.parent, opened.append)


def code_of(path: str) -> CodeType:
    return compile("x = 1", path, "exec")


def test_a_file_is_opened_once_and_known_by_the_name_its_code_has(
    sources: Sources, opened: list[VisibleFile], tmp_path: Path
) -> None:
    path = tmp_path / "talk.py"
    path.write_text("x = 1\n")
    (tmp_path.parent / "link.py").symlink_to(path)
    file = sources.of_code(code_of(str(path)))
    assert file is not None
    assert sources.of_code(code_of(str(tmp_path.parent / "link.py"))) is file
    assert sources.files == opened == [file]
    assert sources.visible == {str(path): file, str(tmp_path.parent / "link.py"): file}
    assert (file.index, file.source.path) == (0, f"{tmp_path.name}/talk.py")


@pytest.mark.parametrize(
    "name",
    [
        "<string>",
        "<frozen importlib._bootstrap>",
        "",
        "nowhere.py",
        "a\0b.py",
        "\ud800.py",
        "x" * 5000 + ".py",
        sysconfig.__file__,
        ".hidden/talk.py",
        "site-packages/talk.py",
        "notes.txt",
    ],
)
def test_what_is_not_visible(sources: Sources, tmp_path: Path, name: str) -> None:
    for folder in (".hidden", "site-packages"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "talk.py").write_text("x = 1\n")
    (tmp_path / "notes.txt").write_text("x = 1\n")
    assert sources.of_path(name) is None
    if "\0" not in name:
        assert sources.of_path(str(tmp_path / name)) is None
        assert sources.of_code(code_of(name)) is None
    assert sources.files == []


def test_a_current_folder_that_is_gone_makes_names_invisible_and_nothing_else(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "talk.py").write_text("x = 1\n")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert sources.of_code(code_of("<string>")) is None
    assert sources.of_code(code_of("other.py")) is None
    assert sources.of_code(code_of(str(tmp_path / "talk.py"))) is not None


@pytest.mark.parametrize("root", [Path("/"), Path(tracer.__file__).parents[1], Path(tracer.__file__).parent])
def test_the_engine_and_the_libraries_are_never_visible(root: Path, opened: list[VisibleFile]) -> None:
    sources = Sources(root, root, opened.append)
    assert sources.of_path(tracer.__file__) is None
    assert sources.of_path(os.path.realpath(tracer.__file__)) is None
    assert sources.of_path(sysconfig.__file__) is None
    assert sources.of_path(os.path.realpath(pytest.__file__)) is None


def test_a_lecture_at_the_top_of_the_file_system_is_visible(tmp_path: Path, opened: list[VisibleFile]) -> None:
    (tmp_path / "talk.py").write_text("x = 1\n")
    file = Sources(Path("/"), Path("/"), opened.append).of_path(str(tmp_path / "talk.py"))
    assert file is not None
    assert file.source.path == str(tmp_path / "talk.py").removeprefix("/")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"x = 1\r\ny = 2\rz = 3", "x = 1\ny = 2\nz = 3"),
        (b"# coding: latin-1\nx = '\xe9'\n", "# coding: latin-1\nx = 'é'\n"),
        (b"x = 1\n\x0cy = '\xc2\x85\xe2\x80\xa8'\n", "x = 1\n\x0cy = '\x85\u2028'\n"),
    ],
)
def test_the_text_is_what_the_interpreter_reads_and_the_hash_that_of_the_bytes(
    sources: Sources, tmp_path: Path, data: bytes, text: str
) -> None:
    (tmp_path / "talk.py").write_bytes(data)
    file = sources.of_path(str(tmp_path / "talk.py"))
    assert file is not None
    assert file.source.text == text
    assert file.source.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        b"x = \xff\n",
        b"# coding: no-such\n",
        b"# coding: rot13\nk = 1\n",
        b"x = (\n",
        b"x = 1\0\n",
        b"x = " + b"-" * 100_000 + b"1\n",
    ],
)
def test_what_cannot_be_read_is_not_visible(sources: Sources, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "talk.py").write_bytes(data)
    assert sources.of_path(str(tmp_path / "talk.py")) is None
    assert sources.files == []


@pytest.mark.skipif(sys.platform == "darwin", reason="a file system that refuses such names")
def test_a_path_that_is_no_text_is_shown_as_text(sources: Sources, tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.py")
    Path(path).write_text("x = 1\n")
    file = sources.of_path(path)
    assert file is not None
    assert file.source.path == f"{tmp_path.name}/b\ufffd.py"


def test_an_unreadable_inspect_is_a_problem_of_its_line(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(f"x = 1  # @inspect x+\ny = 2  # @inspect {'-' * 100_000}y\n")
    file = sources.of_path(str(tmp_path / "talk.py"))
    assert file is not None
    assert [line for line, _ in file.problems] == [1, 2]


def test_reading_a_file_warns_of_nothing_and_forgets_no_warning(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text("x = '\\d'\n")
    registry: dict[str, object] = {}

    def warn() -> None:
        warnings.warn_explicit("once a place", UserWarning, "talk.py", 1, registry=registry)

    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        warn()
        assert sources.of_path(str(tmp_path / "talk.py")) is not None
        warn()
    assert [str(each.message) for each in shown] == ["once a place"]


def test_threads_that_meet_a_file_at_once_open_it_once(tmp_path: Path) -> None:
    names = [str(tmp_path / f"m{number}.py") for number in range(20)]
    for name in names:
        Path(name).write_text("x = 1\n" * 200)
    opened: list[VisibleFile] = []
    sources = Sources(tmp_path, tmp_path, opened.append)
    barrier = threading.Barrier(4)

    def open_all() -> None:
        barrier.wait()
        for name in names:
            sources.of_path(name)

    threads = [threading.Thread(target=open_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [file.index for file in opened] == list(range(20))
    assert sources.files == opened
