"""The public face as a whole: what it exports, what importing it costs, and a lecture that uses all of it, run for real."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tracer
from tests.tracer.recording import Recording
from tracer.format import schema

LECTURE = """
    from tracer import (Reference, code, graph, image, link, make_graph, note, plot, quiz, system_text, table, text,
                        url_reference, video)
    import helper

    early = url_reference("http://127.0.0.1:1/early", title="Early")

    def main():
        text("# Title")
        for word in ["lo", "w"]:
            text(word)
        text("a\\nb", verbatim=True), note("Say it slowly."), quiz("Two?", [1, 2], answer=2)
        image("missing.png", width=200)
        video("missing.mp4")
        link(helper.double)
        link(early)
        link(Reference(title="T", url="https://example.org"))
        plot({"mark": "bar", "data": {"values": [{"x": float("nan")}]}})
        graph(make_graph(["a", "b"], [("a", "b")]))
        table([{"word": "low", "count": 5}])
        code(helper.double)
        system_text(["echo", "hello"])
        return helper.double(2)

    if __name__ == "__main__":
        print(main())
"""
HELPER = "def double(x):\n    return 2 * x\n"

EDTRACE = {
    "text": ["message", "style", "verbatim"],
    "image": ["url", "style", "width"],
    "video": ["url", "style", "width"],
    "link": ["arg", "style"],
    "plot": ["spec"],
    "graph": ["spec", "style"],
    "make_graph": ["nodes", "edges", "layout", "stylesheet", "width", "height"],
    "note": ["message"],
    "system_text": ["command"],
    "url_reference": ["url"],
    "Reference": ["title", "authors", "organization", "date", "url", "description", "notes"],
}
"""The parameters of edtrace 0.1.20, in their order; `link` and `url_reference` also take a reference's fields by name."""


def test_signatures_are_a_superset_of_edtraces() -> None:
    for name, parameters in EDTRACE.items():
        ours = inspect.signature(getattr(tracer, name)).parameters
        assert list(ours)[: len(parameters)] == parameters, name
        for extra in list(ours.values())[len(parameters) :]:
            assert extra.default is not extra.empty or extra.kind is extra.VAR_KEYWORD, name
    for name in ("link", "url_reference"):
        assert any(
            each.kind is each.VAR_KEYWORD for each in inspect.signature(getattr(tracer, name)).parameters.values()
        )


def test_exactly_the_interface_is_exported() -> None:
    assert set(tracer.__all__) == {*EDTRACE, "code", "costs", "expect", "quiz", "table"}
    for name in tracer.__all__:
        assert getattr(tracer, name).__doc__


@pytest.mark.parametrize(
    "use", ["", "from tracer import *; text('x'); table([[1]]); link('https://arxiv.org/abs/2005.14165')"]
)
def test_importing_and_untraced_use_load_no_library(use: str) -> None:
    heavy = (
        "torch",
        "numpy",
        "matplotlib",
        "fastapi",
        "pandas",
        "PIL",
        "msgspec",
        "rich",
        "urllib.request",
        "tracer.recorder",
    )
    program = f"import tracer\n{use}\nimport sys\nprint([name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_lecture_that_uses_everything(
    record: Callable[..., Recording], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helper.py").write_text(HELPER)
    recording = record(LECTURE)
    assert recording.result.outcome.status == "finished"
    shown = recording.shown()
    kinds = [type(output).__name__ for output in shown]
    assert kinds == (
        ["Words"] * 4
        + [
            "Note",
            "Quiz",
            "Placeholder",
            "Placeholder",
            "Link",
            "Link",
            "Link",
            "Plot",
            "Graph",
            "Table",
            "Code",
            "Words",
        ]
    )
    assert [output.text for output in shown[:4] if isinstance(output, schema.Words)] == ["# Title", "lo", "w", "a\nb"]
    to_source, early = shown[8], shown[9]
    assert isinstance(to_source, schema.Link)
    assert to_source.target is not None
    assert recording.trace.files[to_source.target.file].path.endswith("helper.py")
    assert isinstance(early, schema.Link)
    assert early.label == "[Early]"
    assert shown[-1] == schema.Words(text="hello", verbatim=True)
    lines = LECTURE.splitlines()
    told = {lines[notice.line - 1].strip(): notice.message for notice in recording.trace.notices}
    assert told == {
        'image("missing.png", width=200)': "image(missing.png): there is no file missing.png.",
        'video("missing.mp4")': "video(missing.mp4): there is no file missing.mp4.",
    }


def test_outputs_belong_to_the_step_that_made_them(record: Callable[..., Recording]) -> None:
    trace = record(
        """
        from tracer import text

        def helper():
            text("inside")

        def main():
            for n in range(2):
                text(n)
            helper()
        """
    ).trace
    lines = [trace.statements.line[trace.steps.statement[step]] for step in trace.shown.step]
    assert lines == [9, 9, 5]
    assert len(set(trace.shown.step)) == 3


def test_the_same_lecture_as_a_plain_program(tmp_path: Path) -> None:
    import textwrap

    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "lecture.py").write_text(textwrap.dedent(LECTURE))
    root = Path(tracer.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "lecture.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("4\n", "")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == ["helper.py", "lecture.py"]


def test_wrong_arguments_end_the_lecture_with_a_sentence(record: Callable[..., Recording]) -> None:
    recording = record(
        """
        from tracer import text

        def main():
            text("before")
            text(["no text"])
        """
    )
    assert recording.result.outcome.status == "failed"
    assert recording.trace.failures[0].message == "text() takes a string or a number, not a list."
    assert isinstance(recording.shown()[0], schema.Words)
