from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tracer.sources.expressions import Expression, Unavailable

SHARED = 7


def here() -> FrameType:
    return sys._getframe(1)


def value(text: str, frame: FrameType) -> Any:
    return Expression(text).value(frame, frame.f_locals)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xs", [1, 2]),
        ("SHARED", 7),
        ("len", len),
        ("xs[0] + SHARED", 8),
        ("sum(v * n for v in xs)", 30),
        ("[v * n for v in xs]", [10, 20]),
        ("{v: [w + n for w in xs] for v in xs}", {1: [11, 12], 2: [11, 12]}),
        ("sorted(xs, key=lambda v: -v * n * SHARED)", [2, 1]),
        ("(m := n + 1) * m", 121),
        ("[last := v for v in xs][-1] + last", 4),
    ],
)
def test_an_expression_sees_the_variables_of_its_frame(text: str, expected: object) -> None:
    xs, n = [1, 2], 10
    assert value(text, here()) == expected
    assert (xs, n) == ([1, 2], 10)


def test_an_assignment_in_an_expression_changes_no_variable() -> None:
    y = 4
    assert value("(y := 5)", here()) == 5
    assert y == 4
    assert value("[(SHARED := v) for v in (1,)]", here()) == [1]
    assert SHARED == 7


class Keeper:
    __shared = "of the class"
    in_body = Expression("__shared").value(sys._getframe(), sys._getframe().f_locals)

    def __init__(self) -> None:
        self.__x = 1

    def read(self, text: str) -> Any:
        __local = 2
        return value(text, here())

    def read_inside(self, text: str) -> Any:
        def inner() -> Any:
            return value(text, here()), self

        return inner()[0]


class _Quiet(Keeper):
    def __init__(self) -> None:
        super().__init__()
        self.__x = "mine"

    def read(self, text: str) -> Any:
        return value(text, here()), self.__x


def test_private_names_are_those_of_the_class_around() -> None:
    keeper = Keeper()
    assert Keeper.in_body == "of the class"
    assert keeper.read("self.__x") == 1
    assert keeper.read("__local") == 2
    assert keeper.read("[__local + each for each in [self.__x]]") == [3]
    assert keeper.read("self.__class__") is Keeper
    assert keeper.read_inside("self.__x") == 1
    assert _Quiet().read("self.__x") == ("mine", "mine")
    expression = Expression("self.__x")  # one expression, two classes: each time the name of the one it stands in
    for self in (keeper, _Quiet()):
        with pytest.raises(Unavailable, match="AttributeError"):
            expression.value(here(), {"self": self})


class Mute(Exception):
    def __str__(self) -> str:
        raise KeyError("no words")


class Base(BaseException):
    pass


def throw(kind: type[BaseException], *arguments: object) -> None:
    raise kind(*arguments)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nowhere", "there is no variable `nowhere` here."),
        ("nowhere + 1", "`nowhere + 1`: name 'nowhere' is not defined."),
        ("1 / 0", "`1 / 0` raised ZeroDivisionError: division by zero."),
        ("throw(Mute)", "`throw(Mute)` raised Mute."),
        ("throw(Base, 'x')", "`throw(Base, 'x')` raised Base: x."),
        ("throw(SystemExit, 3)", "`throw(SystemExit, 3)` raised SystemExit."),
        ("throw(ValueError, chr(0xd800))", "`throw(ValueError, chr(0xd800))` raised ValueError: \ufffd."),
    ],
)
def test_what_has_no_value_is_told_in_a_sentence_that_can_be_written(text: str, sentence: str) -> None:
    with pytest.raises(Unavailable) as told:
        value(text, here())
    assert str(told.value) == sentence
    str(told.value).encode()


def test_an_expression_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert value("print('aside')", here()) is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("act", [lambda: Expression("SHARED is 7"), lambda: Expression(r"'\d'")])
def test_an_expression_warns_of_nothing(act: Callable[[], object]) -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        act()
        assert not shown
        filters = list(warnings.filters)
        warnings.simplefilter("error")
        act()
    assert ("ignore", None, Warning, None, 0) not in filters


@pytest.mark.parametrize("text", ["x +", "x = 1", "", "(" * 5000, "\0"])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises((SyntaxError, ValueError, MemoryError, RecursionError)):
        Expression(text)
