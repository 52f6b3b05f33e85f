"""Lecture 2, run as people run it; its figures held to those that were worked out elsewhere, by hand or in print."""

from __future__ import annotations

import pytest

from lectures import lecture_02
from tests.lectures.course import title
from tests.lectures.records import Record, recorded


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_02", tmp_path_factory.mktemp("traces"))


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 2: {title('lecture_02')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) + len(record.of_kind("image")) >= 5
    assert len(record.of_kind("quiz")) >= 5
    assert not record.of_kind("placeholder")


def test_the_napkin(record: Record) -> None:
    assert record.values("days") == [pytest.approx(143.9, abs=0.05), pytest.approx(19.65, abs=0.05)]
    assert record.values("largest") == [40e9]
    assert record.values("total") == [6e22]
    assert record.values("needed")[-1] == 84
    assert record.values("training")[-1] == pytest.approx(8.4e20)


def test_floats_and_sums(record: Record) -> None:
    assert record.values("total16") == [pytest.approx(9.9531, abs=1e-4)]
    assert record.values("mixed") == [pytest.approx(10.0021, abs=1e-4)]
    assert record.values("brain16") == [4.0]  # half a step to the next number is more than a hundredth there


def test_predictions_were_right(record: Record) -> None:
    expectations = record.of_kind("expectation")
    assert len(expectations) >= 4
    for expectation in expectations:
        for item in expectation["items"]:
            assert item["measured"] == item["expected"], expectation["label"]


def test_memory_is_what_was_worked_out(record: Record) -> None:
    assert record.values("ratio") == [8, 12, 16]
    assert record.values("size")[:2] == [128, 4 * 12288 * 12288 * 4]
    (largest,) = record.values("per_layer")
    assert largest == pytest.approx(2048 * 12288 * (34 + 5 * 96 * 2048 / 12288))


def test_without_the_tracer_it_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lecture_02.on_a_napkin()
    lecture_02.views()
    assert capsys.readouterr() == ("", "")
