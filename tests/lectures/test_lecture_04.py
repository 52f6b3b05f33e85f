"""Lecture 4, run as people run it: its model learns, what breaks breaks as it says, and its own measures are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from lectures import lecture_04
from lectures.lm.batches import get_batch
from tests.lectures.course import title
from tests.lectures.records import Record, recorded

VOCAB, SMALL_VOCAB = lecture_04.SHAPE.vocab_size, lecture_04.SMALL.vocab_size


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded("lecture_04", tmp_path_factory.mktemp("traces"))


def test_it_shows_what_a_lecture_should(record: Record) -> None:
    assert record.trace["summary"]["title"] == f"Lecture 4: {title('lecture_04')}"
    assert record.trace["notices"] == []
    assert len(record.of_kind("plot")) >= 5
    assert len(record.of_kind("quiz")) >= 5
    assert not record.of_kind("placeholder")
    assert 500 <= len(record.trace["steps"]["statement"]) <= 2500


def test_it_begins_where_it_must_and_learns(record: Record) -> None:
    assert record.values("untrained")[0] == pytest.approx(math.log(VOCAB), abs=0.15)
    on_new_text = record.values("new")
    assert len(on_new_text) == lecture_04.STEPS // lecture_04.EVERY
    assert on_new_text[0] < math.log(VOCAB) - 0.8
    assert on_new_text[-1] < 4.8
    assert record.words().count(f"“{lecture_04.PROMPT}") >= len(on_new_text) + 5
    assert record.values("ours")[0] < record.values("packed")[0] < 2.5  # bits a byte, beside xz
    before, *_, learned = record.values("memorized")[0]
    assert learned < 0.1 < before


def test_what_broke_broke_as_it_says(record: Record) -> None:
    healthy, frequencies = record.values("healthy")[0], record.values("frequencies")[-1]
    assert healthy < frequencies - 0.8
    assert record.values("stuck")[0] > frequencies - 0.2  # the rate was too high
    assert record.values("behind")[0] > record.values("ahead")[0] + 0.4  # no warm-up
    assert record.values("asleep")[0] == pytest.approx(0.43, abs=0.02)  # all of the blocks
    assert record.values("wonderful")[0] < 1.5  # no mask …
    assert record.values("at_the_end")[0] > math.log(SMALL_VOCAB) - 0.5  # … and nothing learned
    assert record.values("moved")[-1] == (0, 30)
    (ward,) = [t for t in record.of_kind("table") if t["columns"][0] == "run"]
    assert {row[0]: row[1] for row in ward["rows"]} == {
        "healthy": "well",
        "rate × 50": "rate too high",
        "no warm-up": "no warm-up",
        "weights × 10": "start too large",
        "weights 0": "part of it dead",
        "no mask": "sees the answer",
    }


def test_what_keeps_it_safe_does(record: Record) -> None:
    assert record.values("difference")[-1] < 1e-6  # of accumulated gradients
    assert record.values("ratio")[1] == pytest.approx(1, abs=0.01)  # of AdamW's steps
    quiet, loud = record.values("decoupled")[0]["elements"]
    assert quiet == pytest.approx(loud, abs=0.1)
    assert 11.5 < record.values("size")[0] < 14  # bytes a parameter
    assert record.values("lost")[0] > 0.02


def test_the_same_seed_gives_the_same_losses() -> None:
    tokens = np.random.default_rng(0).integers(SMALL_VOCAB, size=2000)
    runs = [lecture_04.Training(lecture_04.small_model(), tokens, lecture_04.constant(1e-3)) for _ in range(2)]
    for run in runs:
        run.run(3)
    assert runs[0].losses() == runs[1].losses()
    assert runs[0].history[-1]["rate"] == pytest.approx(1e-3 * 3 / 20)


def test_its_measures() -> None:
    assert lecture_04.share_also_trained_on(10_000, 8) > 0.95
    assert lecture_04.share_also_trained_on(10_000, 8, held_out=0.999) < 0.1
    assert lecture_04.repeats(torch.tensor([[1, 2, 3, 4, 5], [1, 2, 1, 2, 1]])) == pytest.approx((0 + 0.5) / 2)
    assert lecture_04.entropy(torch.full((8,), 1 / 8)) == pytest.approx(3)
    tokens = np.array([0, 0, 0, 1])
    expected = -(math.log(4 / 6) + math.log(2 / 6)) / 2  # each token counted once more
    assert lecture_04.loss_of_frequencies(tokens, np.array([0, 1]), 2) == pytest.approx(expected)


def test_without_the_mask_the_answer_is_seen() -> None:
    assert lecture_04.first_moved(lecture_04.small_model(), 30) == 30
    assert lecture_04.first_moved(lecture_04.without_mask(lecture_04.small_model()), 30) == 0


def test_a_block_of_zeros_gets_no_gradient() -> None:
    inputs, targets = get_batch(np.arange(200) % SMALL_VOCAB, 2, 16, generator=torch.Generator().manual_seed(0))
    as_made, zero = lecture_04.small_model(), lecture_04.scaled(lecture_04.small_model(), 0.0)
    for model in (as_made, zero):
        lecture_04.gradient(model, inputs, targets)
    assert lecture_04.without_gradient(as_made) == 0
    assert lecture_04.without_gradient(zero) > 0.4
