"""Whatever is wrong with a trace, the reader says so in a sentence; and what it lets through is sound."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracer.format.damage import damaged_bytes, damaged_trees
from tracer.format import schema
from tracer.format.reader import TraceProblem, read_trace

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
TEXTS = [path.read_text() for path in sorted(GOLDEN.glob("*.json"))]

bounded = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def judged(path: Path, data: bytes) -> str:
    """What the reader says of these bytes; empty if they are a trace, which is then walked through as a viewer does."""
    path.write_bytes(data)
    try:
        trace = read_trace(path)
    except TraceProblem as problem:
        sentence = str(problem)
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 600
        return sentence.replace(str(path), "It")
    walk(trace)
    return ""


def walk(trace: schema.Trace) -> None:
    """Go to every step, up its stack, and to everything it left behind. Raises IndexError or AssertionError."""
    resumes = list(zip(trace.resumes.call, trace.resumes.step, trace.resumes.parent, strict=True))
    parents = list(trace.calls.parent)
    for step, (statement, call) in enumerate(zip(trace.steps.statement, trace.steps.call, strict=True)):
        assert trace.files[trace.statements.file[statement]].text is not None
        assert min(statement, call, trace.statements.file[statement]) >= 0
        while resumes and resumes[0][1] <= step:
            resumed, _, parents[resumed] = resumes.pop(0)
        depth = 0
        while (parent := parents[call]) >= 0:
            assert parent < step
            call = trace.steps.call[parent]
            depth += 1
            assert depth <= len(trace.calls.parent)
    for name, value in zip(trace.bindings.name, trace.bindings.value, strict=True):
        assert trace.strings[name] is not None
        assert value == -1 or (value >= 0 and trace.values[value : value + 1])


@bounded
@given(data=st.data())
def test_damaged_bytes(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    judged(tmp_path / "trace.json", data.draw(damaged_bytes(text.encode())))


@bounded
@given(data=st.data())
def test_damaged_contents(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    judged(tmp_path / "trace.json", data.draw(damaged_trees(text)))


def test_undamaged_they_pass(tmp_path: Path) -> None:
    assert [judged(tmp_path / "trace.json", text.encode()) for text in TEXTS] == [""] * len(TEXTS)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "It is empty"),
        (b"  \n", "It is empty"),
        (b"\x00" * 4096, "It is not JSON"),
        (b"\xff\xfe{}", "It is not JSON"),
        (gzip.compress(TEXTS[-1].encode()), "It is not JSON"),
        (b"[" * 100_000, "It is JSON but not a trace"),
        (b'{"format":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "It is JSON"),
        (b'{"x":' * 100_000 + b"0" + b"}" * 100_000, "nested too deeply"),
        (b'{"format": "executable-lecture"}', "does not say which version"),
        (b'{"format": "executable-lecture", "version": 0}', "does not say which version"),
        (b'{"format": "executable-lecture", "version": 1%s}' % (b"0" * 18), "Update the engine"),
        (b'{"format": "executable-lecture", "version": 1, "version": 3%s}' % (b"0" * 9000), "It "),
        (TEXTS[-1].encode()[:-3], "It is cut off"),
        (TEXTS[-1].replace('"files":[', '"files":[' + "[" * 100_000, 1).encode(), "It is"),
        (
            TEXTS[-1].replace('"notices":[', '"notices":[' + "[" * 5000 + "]" * 5000 + ",", 1).encode(),
            "trace",
        ),
        (TEXTS[-1].replace("A golden lecture", "\udcff").encode(errors="surrogateescape"), "It is"),
    ],
)
def test_what_is_no_trace_at_all(tmp_path: Path, data: bytes, sentence: str) -> None:
    assert sentence in judged(tmp_path / "trace.json", data)


def change(**columns: Any) -> bytes:
    """The golden trace with columns (`table__column`) replaced, by a list or by what a function makes of it."""
    document = json.loads(TEXTS[-1])
    for name, value in columns.items():
        table, _, column = name.partition("__")
        holder, key = (document[table], column) if column else (document, table)
        holder[key] = value(holder[key]) if callable(value) else value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("damaged", "sentence"),
    [
        (change(calls__parent=lambda parents: [-1, 5, *parents[2:]]), "call 1 begins before the step that made it"),
        (change(calls__parent=lambda parents: [0, *parents[1:]]), "call 0 begins before the step that made it"),
        (change(resumes__step=lambda steps: [steps[0] - 1, *steps[1:]]), "goes on before the step that resumed it"),
        (change(resumes__step=lambda steps: [10**2, *steps[1:]]), "resumes is out of order"),
        (change(resumes__parent=lambda parents: [*parents[:-1], parents[-1] - 2]), "is its own caller"),
        (change(steps__end=lambda ends: [5, *ends[1:]]), "steps.end holds 5"),
        (change(steps__start=lambda starts: [*starts[1:], -1]), "steps.start holds -1"),
        (change(steps__start=lambda starts: [10**17, *starts[1:]], entry=7), "entry holds 7"),
        (change(steps__statement=lambda column: column[1:]), "the columns of steps differ in length"),
        (change(statements__line=lambda lines: [0, *lines[1:]]), "statements.line holds 0"),
        (change(strings=[]), "but there are 0 strings"),
        (change(notices=[{"message": "", "step": 10**6}]), "a notice holds 1000000"),
        (change(summary__outcome={"status": "failed", "failure": 9}), "summary.outcome.failure holds 9"),
        (change(elided__statement=[0], elided__step=[1], elided__count=[1]), "which it did not execute"),
        (change(elided__statement=[0, 0], elided__step=[0, 0], elided__count=[1, 1]), "names a statement twice"),
        (change(elided__statement=[0], elided__step=[0], elided__count=[0]), "elided.count holds 0"),
        (change(files=[]), "files"),
    ],
)
def test_what_contradicts_itself(tmp_path: Path, damaged: bytes, sentence: str) -> None:
    assert sentence in judged(tmp_path / "trace.json", damaged)


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    for path, sentence in [
        (tmp_path / "nothing", "No such file"),
        (tmp_path, "not a file"),
        (Path("a\0b"), "no name of a file"),
        (Path("/dev/zero"), "not a file"),
    ]:
        with pytest.raises(TraceProblem, match=sentence):
            read_trace(path)
