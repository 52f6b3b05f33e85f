"""A journal that was torn, or damaged anywhere, becomes the trace of what lies before the damage, or is refused in a sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracer.format.damage import HOSTILE, damaged_bytes
from tests.tracer.format.test_damage import bounded, walk
from tests.tracer.recording import record
from tracer.format import schema
from tracer.format.assembly import PRIVATE
from tracer.format.compact import NotAJournal, compact
from tracer.format.reader import read_trace

LECTURE = """
    import shutil, sys
    from tracer import text, note, table
    from tracer.recorder import active

    def main():
        text("# A journal")
        note("kept while it runs")
        total = 0
        for value in turns(3):
            total += value  # @inspect total, value
        try:
            fails(0)
        except ZeroDivisionError as error:
            said = str(error)  # @inspect said
        print("printed", said)
        print("to stderr", file=sys.stderr)
        for i in range(9):
            total += i
        table([[1, 2.0], ["x", None]])
        copied = shutil.copy(active().journal.path, "{copy}")

    def turns(n):
        for i in range(n):
            yield {{"i": i, "square": [i, i * i]}}["square"][1]

    def fails(x):
        return 1 / x
"""
FINISHED = schema.Outcome(status="finished")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What is on disk while the last statement of the lecture runs: its rows, and room for more."""
    folder = tmp_path_factory.mktemp("journal")
    copy = folder / "copy.journal"
    record(folder, LECTURE.format(copy=copy), max_visits=5)
    return copy.read_bytes()


@pytest.fixture(scope="module")
def ended(journal: bytes) -> bytes:
    """The same with the last row of a run that finished."""
    rows = journal.rstrip(b"\0")
    provenance = json.loads(rows.split(b"\n")[0])[1]["provenance"]
    ending = {"outcome": {"status": "finished"}, "seconds": 0.5, "provenance": provenance}
    return rows + json.dumps(["end", ending]).encode() + b"\n"


@pytest.fixture
def finish(tmp_path: Path) -> Callable[[bytes], schema.Trace | None]:
    """`finish(data)`: the trace that is made of a journal, judged; None when it is refused, in a sentence, and kept."""

    def finish(data: bytes) -> schema.Trace | None:
        path, destination = tmp_path / "talk.1.journal", tmp_path / "talk.json"
        path.write_bytes(data)
        try:
            assert compact(path, destination) == destination
        except NotAJournal as problem:
            is_sentence = str(problem).isprintable() and str(problem).endswith(".")
            assert is_sentence
            assert path.read_bytes() == data
            assert not destination.exists()
            return None
        finally:
            assert sorted(os.listdir(tmp_path)) in (["talk.json"], ["talk.1.journal"])
        trace = read_trace(destination)
        destination.unlink()
        walk(trace)
        return trace

    return finish


def begins_like(trace: schema.Trace, whole: schema.Trace, data: bytes, rows: int) -> bool:
    """Whether the steps that the first `rows` rows opened are there, as they were."""
    lines = data.split(b"\n")[:rows]
    steps = sum(line.startswith(b'["+"') or line[1:2].isdigit() for line in lines)
    return all(
        column[:steps] == before[:steps] and len(column) >= steps
        for column, before in (
            (trace.steps.statement, whole.steps.statement),
            (trace.steps.call, whole.steps.call),
        )
    )


Finish = Callable[[bytes], schema.Trace | None]


def test_a_journal_becomes_the_trace_of_all_that_ran(journal: bytes, ended: bytes, finish: Finish) -> None:
    torn, whole = finish(journal), finish(ended)
    assert torn is not None
    assert whole is not None
    assert torn.steps == whole.steps
    assert (torn.summary.outcome.status, whole.summary.outcome) == ("lost", FINISHED)
    assert torn.summary.title == "A journal"
    assert [torn.failures[failure].type for failure in torn.raised.failure] == ["ZeroDivisionError"] * 2
    source = torn.files[0].text.splitlines()
    lines = [source[torn.statements.line[statement] - 1].strip() for statement in torn.elided.statement]
    assert lines == ["for i in range(9):", "total += i"]
    assert all(1 <= count <= most for count, most in zip(torn.elided.count, (5, 4), strict=True))  # lower bounds


def test_of_a_count_that_grew_the_last_one_stands(journal: bytes, finish: Finish) -> None:
    before = finish(journal)
    assert before is not None
    counted = before.elided
    rows = [["elided", counted.statement[0], counted.step[0], count] for count in (7, 70, 700)]
    after = finish(journal.rstrip(b"\0") + b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    assert after is not None
    assert after.elided.statement == counted.statement
    assert after.elided.count == [700, counted.count[1]]


def test_torn_anywhere(journal: bytes, ended: bytes, finish: Finish) -> None:
    whole = finish(ended)
    assert whole is not None
    rows = journal.rstrip(b"\0")
    first = rows.index(b"\n", rows.index(b"\n") + 1)
    for length in range(0, len(rows), 37):
        trace = finish(rows[:length] + bytes(length % 3 * 100))
        assert (trace is None) == (length <= first)
        if trace is not None:
            assert begins_like(trace, whole, rows, rows[:length].count(b"\n"))
            assert trace.summary.outcome.status == "lost"


@bounded
@given(data=st.data())
def test_with_damaged_bytes(journal: bytes, ended: bytes, finish: Finish, data: st.DataObject) -> None:
    whole = finish(ended)
    assert whole is not None
    damaged = data.draw(damaged_bytes(ended))
    trace = finish(damaged)
    same = (place for place, (one, other) in enumerate(zip(ended, damaged, strict=False)) if one != other)
    rows = ended[: next(same, min(len(ended), len(damaged)))].count(b"\n")
    assert trace is not None or rows < 2
    if trace is not None:
        assert begins_like(trace, whole, ended, rows)


@bounded
@given(data=st.data())
def test_with_a_damaged_row(ended: bytes, finish: Finish, data: st.DataObject) -> None:
    whole = finish(ended)
    assert whole is not None
    lines = ended.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    row = json.loads(lines[at])
    how = data.draw(
        st.sampled_from(["replace", "replace", "replace", "off", "drop", "add", "double", "swap", "remove"])
    )
    place = data.draw(st.integers(0, len(row) - 1))
    if how == "replace":
        row[place] = data.draw(st.sampled_from(HOSTILE))
    elif how == "off" and type(row[place]) is int:
        row[place] += data.draw(st.sampled_from([-100, -2, -1, 1, 2, 100]))
    elif how == "drop":
        del row[place]
    elif how == "add":
        row.append(data.draw(st.sampled_from(HOSTILE)))
    changed = json.dumps(row).encode() + b"\n"
    lines[at : at + 1] = {"double": [changed, changed], "swap": lines[at : at + 2][::-1], "remove": []}.get(
        how, [changed]
    )
    trace = finish(b"".join(lines))
    assert trace is not None or at < 2
    if trace is not None and at >= 2:
        assert begins_like(trace, whole, ended, at)


@pytest.mark.parametrize("kind", ["end", *sorted(PRIVATE)])
def test_a_row_without_sense_ends_what_is_read(kind: str, journal: bytes, finish: Finish) -> None:
    whole = finish(journal)
    assert whole is not None
    rows = journal.rstrip(b"\0")
    for content in HOSTILE:
        trace = finish(rows + json.dumps([kind, content]).encode() + b"\n")
        assert trace is not None
        assert trace.steps == whole.steps


@pytest.mark.parametrize(
    "header",
    [
        {"name": "../talk"},
        {"name": ".."},
        {"name": "a\0b"},
        {"name": 3},
        {"name": None},
        {"version": 99},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"format": "another"},
        {"clock": "noon"},
        {"place": "here"},
        {"place": {"rank": 0}},
        {"place": {"rank": None, "members": 2, "launch": 0}},
        {"zero": "noon"},
        {"run": 3},
        {"clocks": None},
    ],
)
def test_a_journal_that_does_not_begin_as_one_is_refused(
    header: dict[str, object], ended: bytes, finish: Finish
) -> None:
    opening, rest = ended.split(b"\n", 1)
    changed = json.dumps(["trace", json.loads(opening)[1] | header]).encode()
    assert finish(changed + b"\n" + rest) is None


def test_a_journal_of_version_1_is_finished(ended: bytes, finish: Finish) -> None:
    trace = finish(ended.replace(b'"version":%d' % schema.VERSION, b'"version":1', 1))
    assert trace is not None
    assert trace.version == schema.VERSION


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 5000, b"[" * 100_000 + b"\n", b'["trace"]\n', b"{}\n", b"[[]]\n", b"\xff\n"]
)
def test_what_is_no_journal_is_refused(data: bytes, finish: Finish) -> None:
    assert finish(data) is None


def test_titles_are_found_in_any_line_at_no_great_cost(ended: bytes, finish: Finish) -> None:
    """A line of blanks must not take the square of its length to look through."""
    untitled = ended.replace(b'"name":"program"', b'"name":"talk"')
    for title, text in (("a", "# a" + " " * 200_000 + "b"), ("Two words", "x\n## Two *words* ##\n"), ("talk", "#none")):
        trace = finish(untitled.replace(b'"# A journal"', json.dumps(text).encode(), 1))
        assert trace is not None
        assert trace.summary.title == title
