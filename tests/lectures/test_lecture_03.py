"""Lecture 3, run as people run it; its figures held to those that were published, and what it says to what it measured."""

from __future__ import annotations

import math

import pytest

from tests.lectures.course import title
from tests.lectures.records import Record, recorded


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_03", tmp_path_factory.mktemp("traces"))


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 3: {title('lecture_03')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) + len(record.of_kind("image")) >= 5
    assert len(record.of_kind("quiz")) >= 4
    assert not record.of_kind("placeholder")


def test_what_was_published(record: Record) -> None:
    assert record.values("planned") == [8_030_261_248]
    rows = {row[0]: row[1] for row in record.of_kind("table")[-1]["rows"]}
    assert rows["GPT-2 small"] == "124,439,808"
    assert rows["Llama-2-7B"] == "6,738,415,616"
    assert record.values("size")[:4] == [524_288, 819_200, 131_072, 327_680]


def test_attention_by_hand(record: Record) -> None:
    weight = 1 / (1 + math.exp(-1 / math.sqrt(2)))
    (weights,) = record.values("weights")
    assert weights["elements"][:6] == [1, 0, 0, pytest.approx(1 - weight), pytest.approx(weight), 0]


def test_what_it_says_of_its_experiments_is_what_they_gave(record: Record) -> None:
    fixed, varied, rope, alibi, learned = record.values("accuracy")
    assert fixed[12] > 0.95
    assert fixed[16] < 0.3  # it had learned the length, not the task
    assert min(varied.values()) > 0.8
    assert rope[16] > alibi[16]
    assert max(rope[36], alibi[36], learned[36]) < 0.7
    final = record.values("final")[-1]
    assert final["before"] < final["after"] - 0.1
    assert record.values("same") == [True]
    before, after = record.values("pre"), record.values("post")
    assert before[0] > 2 * before[-1]
    assert after[-1] > after[0]
