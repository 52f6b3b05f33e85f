from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.directives import NAMES, read_directives, split_arguments


def found(source: str) -> list[tuple[str, list[str]]]:
    return [(directive.name, directive.arguments) for directive in read_directives(source).found]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# @inspect x", [("inspect", ["x"])]),
        ("# @inspect x y", [("inspect", ["x", "y"])]),
        ("# @inspect x, y", [("inspect", ["x", "y"])]),
        ("#@inspect x,y @hide", [("inspect", ["x", "y"]), ("hide", [])]),
        ("# the pair @inspect pair @stepover", [("inspect", ["pair"]), ("stepover", [])]),
        ("# @inspect x.shape x[0] len(x)", [("inspect", ["x.shape", "x[0]", "len(x)"])]),
        ('# @inspect d["a b"], f(a, b)', [("inspect", ['d["a b"]', "f(a, b)"])]),
        ("# @clear x y", [("clear", ["x", "y"])]),
        ("# @animate", [("animate", [])]),
        ("# mail me@hide.org", []),
        ("# as @torch.compile does", []),
    ],
)
def test_what_a_comment_says(comment: str, expected: list[tuple[str, list[str]]]) -> None:
    assert found(f"x = 1  {comment}\n") == expected
    assert read_directives(f"x = 1  {comment}\n").problems == []


def test_a_string_neither_makes_nor_hides_a_directive() -> None:
    assert found('text("# @hide")\n') == []
    assert found('text("## H")  # @hide\n') == [("hide", [])]
    assert found('text("""\n# @hide\n""")  # @animate\n') == [("animate", [])]


def test_the_columns_cover_exactly_the_comment() -> None:
    source = "x = f(1)  # @inspect x, y @hide\n"
    first, second = read_directives(source).found
    line = source.splitlines()[0]
    assert line[first.column : first.end_column] == "# @inspect x, y"
    assert line[second.column : second.end_column] == "@hide"
    kept = "x = 1  # why @inspect x"
    only = read_directives(kept).found[0]
    assert kept[: only.column] == "x = 1  # why "


@pytest.mark.parametrize(
    ("comment", "word"),
    [("# @inspct x", "@inspect"), ("# @step-over", "@stepover"), ("# @Hide", "@hide"), ("# note @anmate", "@animate")],
)
def test_a_misspelt_directive_is_reported_with_its_line(comment: str, word: str) -> None:
    problems = read_directives(f"\nx = 1  {comment}\n").problems
    assert len(problems) == 1
    assert problems[0][0] == 2
    assert word in problems[0][1]


def test_an_unknown_word_that_opens_a_trailing_comment_is_reported() -> None:
    assert "there are @inspect" in read_directives("x = 1  # @bananas\n").problems[0][1]
    assert read_directives("# @bananas are not directives\n").problems == []


def test_inspect_without_a_name_is_reported() -> None:
    assert read_directives("x = 1  # @inspect\n").problems == [(1, "@inspect names no variable; write `# @inspect x`.")]


@given(st.text())
def test_any_text_is_survived(source: str) -> None:
    for directive in read_directives(source).found:
        assert directive.name in NAMES


@given(
    st.lists(st.from_regex(r"[a-z_][a-z_0-9]{0,5}(\.[a-z]{1,3}|\[[0-9, ]{1,4}\]|\([a-z, ]{0,4}\))?", fullmatch=True))
)
def test_arguments_survive_either_separator(names: list[str]) -> None:
    assert split_arguments(" ".join(names)) == names
    assert split_arguments(", ".join(names)) == names
