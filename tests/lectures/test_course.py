"""The table of contents: every lecture, each once, in order."""

from __future__ import annotations

from tests.lectures.course import LECTURES, entries


def test_it_names_the_tour_and_every_lecture() -> None:
    lectures = sorted(path.stem for path in LECTURES.glob("lecture_*.py"))
    assert [entry.id for entry in entries()] == ["tour", *lectures]
    assert [entry.order for entry in entries()] == list(range(len(lectures) + 1))


def test_it_says_what_each_is_about_and_needs() -> None:
    for entry in entries():
        assert entry.summary.endswith(".")
        assert entry.needs.seconds is not None
