"""However large a value is, its picture is small: at most `Limits.bytes` of JSON."""

from __future__ import annotations

import collections
import fractions
import functools
import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Cut, Definition, Int, Opaque, Sequence
from tracer.format.struct import to_json
from tracer.values import Limits, picture


def function(a="y" * 100, b="y" * 100, c="y" * 100, d="y" * 100, e="y" * 100) -> None: ...  # type: ignore[no-untyped-def]


function.__annotations__ = dict.fromkeys("abcde", "x" * 100)


def named(name: str) -> Any:
    return type(name, (), {})()


def with_fields(count: int, name: str) -> Any:
    made = named("Wide")
    made.__dict__.update({f"{name}{number}": number for number in range(count)})
    return made


class Fails:
    __slots__ = ()

    def __repr__(self) -> str:
        raise ValueError("\1" * 1_000)


LARGE: dict[str, Callable[[], Any]] = {
    "long list": lambda: list(range(10**6)),
    "long dict": lambda: {number: number for number in range(10**5)},
    "long set": lambda: set(range(300_000)),
    "set of long tuples": lambda: {(number, *range(1_000)) for number in range(200)},
    "long deque": lambda: collections.deque(range(10**5)),
    "ordered": lambda: collections.OrderedDict.fromkeys(range(10**5)),
    "range": lambda: range(10**30),
    "repeat": lambda: itertools.repeat([1] * 10**6),
    "slice": lambda: slice([1] * 10**6, None),
    "digits": lambda: [10**100_000 + number for number in range(50)],
    "fractions": lambda: [fractions.Fraction(10**100_000, 3)] * 50,
    "text": lambda: "é" * 10**7,
    "texts": lambda: ["x" * 5_000] * 100,
    "escapes": lambda: ["\0" * 5_000] * 100,
    "short escapes": lambda: {number: ["\0" * 40] * 100 for number in range(4)},
    "quotes": lambda: [['"' * 40] * 100] * 4,
    "emoji": lambda: ["😀" * 2_000] * 100,
    "surrogates": lambda: ["\ud800" * 2_000] * 100,
    "bytes": lambda: [b"\xff" * 5_000] * 100,
    "memory": lambda: memoryview(bytes(10**7)),
    "keys": lambda: {f"k{number}" * 1_000: "v" * 10_000 for number in range(1_000)},
    "signatures": lambda: [[function] * 100] * 4,
    "class names": lambda: [[named("\1" * 150) for _ in range(100)] for _ in range(4)],
    "field names": lambda: [with_fields(100, "\1" * 100) for _ in range(5)],
    "fields": lambda: with_fields(100_000, "a"),
    "named tuple": lambda: collections.namedtuple("Many", [f"f{number}" for number in range(5_000)])(*range(5_000)),
    "failures": lambda: [[Fails()] * 100] * 4,
    "errors": lambda: [[ValueError("\1" * 1_000)] * 100] * 4,
    "partials": lambda: functools.reduce(lambda inner, _: functools.partial(inner, "x" * 100), range(1_000), print),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_a_large_value_has_a_small_picture(make: Callable[[], Any]) -> None:
    seen(make())


def deep(step: Callable[[Any], Any]) -> Any:
    value: Any = None
    for _ in range(10_000):
        value = step(value)
    return value


class Link:
    __slots__ = ("next",)

    def __init__(self, following: Any) -> None:
        self.next = following


@pytest.mark.parametrize(
    "step",
    [lambda value: [value], lambda value: (value,), lambda value: {"a": value}, Link],
    ids=["list", "tuple", "dict", "object"],
)
def test_depth_ends_in_a_cut(step: Callable[[Any], Any]) -> None:
    value = deep(step)
    data = to_json(seen(value))
    assert data.count(b'"kind":"cut","reason":"depth"') == 1
    while value is not None:  # freed one by one: a deep chain overflows the stack of some versions when freed at once
        value = value.next if isinstance(value, Link) else value["a"] if isinstance(value, dict) else value[0]


@pytest.mark.parametrize("most", [2_000, 10_000, 50_000])
def test_the_bound_on_bytes_holds_whatever_the_other_bounds_are(most: int) -> None:
    wide = Limits(depth=10, items=10_000, nodes=100_000, characters=10**4, bytes=most)
    shown = seen([["\0" * 500] * 50] * 50, wide)
    assert isinstance(shown, Sequence)
    assert shown.length == 50


def test_what_no_limit_makes_small_enough_is_named_only() -> None:
    def odd(a: int, b: int, c: int, d: int) -> None: ...

    odd.__annotations__ = dict.fromkeys("abcd", "\1" * 1_000)
    odd.__qualname__ = "\1" * 1_000
    assert seen(odd, Limits(bytes=1_000)) == Opaque(type="function", cut=True, problem="its picture would be too large")
    assert isinstance(seen(odd), Definition)


def test_integers_of_many_digits() -> None:
    assert seen(10**100_000) == Int(text="1" + "0" * 39 + "…" + "0" * 20, digits=100_001)
    assert seen(fractions.Fraction(10**5_000, 3)) == Opaque(
        type="Fraction", text="1" + "0" * 39 + "…" + "0" * 20 + "/3"
    )


def test_a_set_too_large_to_be_sorted_shows_some_of_its_items() -> None:
    value = set(range(200_000))
    shown = seen(value)
    assert shown.length == 200_000
    assert set(shown.items) < value


def test_what_classes_define_is_not_waited_for_again_and_again() -> None:
    asked: list[int] = []

    class Slow:
        __slots__ = ()

        def __repr__(self) -> str:
            asked.append(1)
            time.sleep(0.11)
            return "slow"

    shown: Any = picture([Slow() for _ in range(50)])
    assert len(asked) == 1
    assert [item.text for item in shown.items[:2]] == ["slow", None]
    assert shown.items[1].problem == "its __repr__ was not asked: those before it took too long"


def test_cycles_of_every_kind() -> None:
    class Plain:
        pass

    plain: Any = Plain()
    plain.me = plain
    table: dict[str, Any] = {}
    table["me"] = table
    line: collections.deque[Any] = collections.deque()
    line.append(line)
    around: list[Any] = []
    around.append((around,))
    error = ValueError()
    error.args = (error,)
    bound = functools.partial(print)
    bound.__setstate__((print, (bound,), {}, {}))  # type: ignore[attr-defined]
    for value in (plain, table, line, around, error, bound, slice(around, None)):
        assert to_json(seen(value)).count(b'"reason":"cycle"') == 1
    assert seen([around, around]).items[0].items[0].items[0] == Cut(reason="cycle", type="list")
