"""On 3.11 the imports of libraries are not traced, and nobody can tell."""

from __future__ import annotations

import sys
import textwrap
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.tracer.recording import Recording, record

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="sys.monitoring needs none of this")


@pytest.fixture
def libraries(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that are not visible."""
    folder = tmp_path_factory.mktemp("libraries")
    monkeypatch.syspath_prepend(str(folder))
    return folder


def write(folder: Path, name: str, source: str) -> None:
    (folder / f"{name}.py").write_text(textwrap.dedent(source))


def steps_of(recording: Recording) -> list[str]:
    return [line.strip() for line in recording.drawing().splitlines()]


def test_a_library_is_imported_untraced_and_the_lecture_goes_on_traced(tmp_path: Path, libraries: Path) -> None:
    write(libraries, "resting_a", "import sys, resting_b\nseen = sys.gettrace()")
    write(libraries, "resting_b", "import sys\nseen = sys.gettrace()")
    recording = record(
        tmp_path,
        """
        import sys
        def main():
            import resting_a
            seen = (resting_a.seen, resting_a.resting_b.seen)  # @inspect seen
            kind = type(resting_a.__spec__).__name__  # @inspect kind
            inner()
        def inner():
            return sys.gettrace() is None
        """,
    )
    assert steps_of(recording)[-2:] == ["inner() returns", "return sys.gettrace() is None returns"]
    assert [value.items for value in recording.bound("seen")] == [[None, None]]  # type: ignore[attr-defined]
    assert recording.bound("kind") == [ModuleSpec.__name__]


def test_an_import_that_fails_has_the_traceback_it_always_had(tmp_path: Path, libraries: Path) -> None:
    write(libraries, "resting_c", "import resting_d")
    write(libraries, "resting_d", "1 / 0")
    source = """
        import sys, traceback
        def main():
            try:
                import resting_c
            except ZeroDivisionError:
                told = traceback.format_exc()  # @inspect told
                files = told.count("File ")  # @inspect files
            after()
        def after():
            pass
    """
    recording = record(tmp_path, source)
    assert recording.bound("files") == [3]
    assert steps_of(recording)[-1] == "pass returns"


def test_what_a_library_calls_of_the_lecture_while_it_is_imported_is_traced_where_it_is_imported(
    tmp_path: Path, libraries: Path
) -> None:
    write(tmp_path, "visible_part", "def made():\n    return 1\nx = made()")
    recording = record(
        tmp_path,
        """
        def main():
            import visible_part
            return visible_part.x
        """,
    )
    assert "return 1 returns" in steps_of(recording)
