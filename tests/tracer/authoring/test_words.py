from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.tracer.authoring.keeping import Keeping
from tracer import code, note, text
from tracer.authoring import plain
from tracer.format import schema


def test_text_is_passed_on_untouched(kept: Keeping) -> None:
    text("# A *title* with $x^2$ and <b>tags</b>\n\n$$\\sum_i x_i$$")
    words = kept.only(schema.Words)
    assert words.text == "# A *title* with $x^2$ and <b>tags</b>\n\n$$\\sum_i x_i$$"
    assert not words.verbatim
    assert words.style is None


def test_verbatim_text_is_one_output_with_its_newlines(kept: Keeping) -> None:
    text("a  b\n\n  c\n", verbatim=True)
    words = kept.only(schema.Words)
    assert words.text == "a  b\n\n  c\n"
    assert words.verbatim


def test_style_comes_second_as_in_edtrace(kept: Keeping) -> None:
    style = {"color": "red", "marginTop": 20, "opacity": 0.5}
    text("x", style)
    assert kept.only(schema.Words).style == style


@pytest.mark.parametrize(("number", "shown"), [(3, "3"), (0.5, "0.5"), (np.int64(7), "7"), (Fraction(1, 3), "1/3")])
def test_numbers_are_shown_as_python_prints_them(kept: Keeping, number: object, shown: str) -> None:
    text(number)  # type: ignore[arg-type]
    assert kept.only(schema.Words).text == shown


class Loud(str):
    def __str__(self) -> str:
        return "LOUD"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\ud83d\ude00", "😀"),
        ("a\ud800b", "a�b"),
        ("\udfff", "�"),
        ("zero \0 stays", "zero \0 stays"),
        (Loud("soft"), "soft"),
    ],
)
def test_hostile_strings_become_text_that_json_can_carry(kept: Keeping, given: str, shown: str) -> None:
    text(given)
    note(given)
    code(given)
    assert [output.text for output in kept.shown] == [shown] * 3  # type: ignore[union-attr]


def test_endless_text_is_cut_and_the_author_told(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "LONGEST_TEXT", 10)
    text("x" * 11)
    assert kept.only(schema.Words).text == "x" * 10
    assert kept.said == ["text() was given 11 characters; only the first 10 are shown."]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (None, "text() takes a string or a number, not None."),
        (["a"], "text() takes a string or a number, not a list."),
        (b"a", "text() takes a string or a number, not a bytes object."),
    ],
)
def test_text_refuses_what_is_no_text(wrong: object, sentence: str) -> None:
    with pytest.raises(TypeError) as error:
        text(wrong)  # type: ignore[arg-type]
    assert str(error.value) == sentence


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("style", ["color: red", {"a": None}, {1: "a"}, {"a": float("nan")}, {"a": True}, {"a": {}}])
def test_style_must_be_css_properties(style: object) -> None:
    with pytest.raises(TypeError, match=r"text\(\) takes .*style"):
        text("x", style=style)  # type: ignore[arg-type]


def test_note_is_for_the_speaker(kept: Keeping) -> None:
    note("Ask: *why* bytes?")
    assert kept.only(schema.Note).text == "Ask: *why* bytes?"


def test_code_loses_the_margin_that_triple_quotes_gave_it(kept: Keeping) -> None:
    code(
        """
        for pair in counts:
            merge(pair)
        """,
        language="pseudo",
        caption="The loop",
    )
    listing = kept.only(schema.Code)
    assert listing.text == "for pair in counts:\n    merge(pair)"
    assert (listing.language, listing.caption) == ("pseudo", "The loop")


class Example:
    def method(self) -> int:
        return 1


def test_code_of_a_function_or_class_is_its_source(kept: Keeping) -> None:
    code(Example.method)
    code(Example().method)
    code(Example)
    method, bound, whole = (output.text for output in kept.shown if isinstance(output, schema.Code))
    assert method == bound == "def method(self) -> int:\n    return 1"
    assert whole.startswith("class Example:\n    def method")


def test_code_of_what_is_written_in_c_says_so(kept: Keeping) -> None:
    code(len)
    placeholder = kept.only(schema.Placeholder)
    assert (placeholder.of, placeholder.label) == ("code", "len")
    assert "written in C" in placeholder.reason
    assert kept.said == ["code(len): it is written in C and has no Python source to show."]


@pytest.mark.usefixtures("either_way")
def test_code_refuses_what_has_no_source() -> None:
    with pytest.raises(TypeError, match=r"code\(\) takes a string, or a function, class or module .* not an int\."):
        code(3)
    with pytest.raises(TypeError, match="language and its caption as strings"):
        code("x", language=None)  # type: ignore[arg-type]
