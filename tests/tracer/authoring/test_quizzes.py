"""`quiz`: what reaches the record, and what is refused with a sentence."""

from __future__ import annotations

import pytest

from tests.tracer.authoring.keeping import Keeping
from tracer import quiz
from tracer.format import schema


def test_a_choice_is_kept_as_its_index(kept: Keeping) -> None:
    quiz("How many *bytes*?", [2, 4.0, "eight"], answer="eight", why="$8$, that is.")
    assert kept.only(schema.Quiz) == schema.Quiz("How many *bytes*?", ["2", "4.0", "eight"], 2, "$8$, that is.")


def test_without_choices_the_answer_is_the_explanation(kept: Keeping) -> None:
    quiz("Why?", answer="Because.", why="And so on.")
    assert kept.only(schema.Quiz) == schema.Quiz("Why?", [], -1, "Because.\n\nAnd so on.")


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ((3,), {"answer": 1}, "takes its question as a string, not"),
        (("Q", "ab"), {"answer": "a"}, "takes choices as a list, not"),
        (("Q", ["a", "b"]), {"answer": "c"}, "takes as answer one of its choices, 'a', 'b', not 'c'"),
        (("Q", [1, "1"]), {"answer": 1}, "the same choice twice"),
        (("Q", ["a"]), {"answer": "a", "why": None}, "takes its why as a string"),
    ],
)
def test_what_is_no_quiz_is_refused(kept: Keeping, arguments: tuple, options: dict, sentence: str) -> None:
    with pytest.raises((TypeError, ValueError), match=sentence):
        quiz(*arguments, **options)
    assert kept.shown == []
