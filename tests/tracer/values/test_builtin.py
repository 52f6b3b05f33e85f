"""Pictures of Python's own values, one row a kind."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import itertools
import math
import pathlib
import re
import sys
import time
import types
from typing import Any

import pytest

from tracer.format.schema import (
    Bytes,
    Complex,
    Cut,
    Definition,
    Float,
    Instance,
    Int,
    LongText,
    Mapping,
    Opaque,
    Sequence,
)
from tracer.values import Limits, picture


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Word(enum.StrEnum):
    YES = "yes"


class Access(enum.Flag):
    READ = 1
    WRITE = 2


Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Config:
    layers: int
    name: str = "small"


@dataclasses.dataclass(slots=True)
class Slotted:
    a: int
    b: list[int]


class Plain:
    def __init__(self) -> None:
        self.a = 1
        self._b = "two"

    @property
    def c(self) -> int:
        raise AssertionError("a property was called")


class Halved:
    __slots__ = ("first", "second")

    def __init__(self) -> None:
        self.first = 1


class Described:
    def asdict(self) -> dict[str, int]:
        return {"width": 3}


class Token(str):
    pass


class Count(int):
    pass


def sequence(name: str, *items: Any, length: int | None = None) -> Sequence:
    return Sequence(type=name, items=list(items), length=len(items) if length is None else length)


def function(a, /, b: int, *rest, p: float = 0.1, **options) -> str:  # type: ignore[no-untyped-def]
    return ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2**53 - 1, 2**53 - 1),
        (2**53, Int(text="9007199254740992")),
        (-(2**70), Int(text="-1180591620717411303424")),
        (0.5, 0.5),
        (1.0, Float(value=1.0)),
        (1e300, Float(value=1e300)),
        (math.nan, Float(value="nan")),
        (-math.inf, Float(value="-inf")),
        (1 + 2j, Complex(real=1.0, imag=2.0)),
        (complex(math.nan, 1), Complex(real="nan", imag=1.0)),
        ("naïve 東", "naïve 東"),
        ("a\ud800b", "a\ufffdb"),
        (b"a'\x00\"", Bytes(text="a\\'\\x00\"", length=4)),
        (bytearray(b"ab"), Bytes(text="ab", length=2, type="bytearray")),
        (memoryview(b"ab"), Bytes(text="ab", length=2, type="memoryview")),
        ([1, [2.5]], sequence("list", 1, sequence("list", 2.5))),
        ((), sequence("tuple")),
        (collections.deque([1], maxlen=3), sequence("deque", 1)),
        (range(5, 0, -2), sequence("range", 5, 3, 1)),
        (array.array("d", [0.5]), sequence("array", 0.5)),
        ({"a": 1}.keys(), sequence("dict_keys", "a")),
        ({3, 1, 2}, sequence("set", 1, 2, 3)),
        (frozenset("ba"), sequence("frozenset", "a", "b")),
        ({("b", 1), ("a", 2)}, sequence("set", sequence("tuple", "a", 2), sequence("tuple", "b", 1))),
        ({1.5, None, "a", -2.0}, sequence("set", Float(value=-2.0), 1.5, "a", None)),
        ({"a": 1, 2: None}, Mapping(type="dict", entries=[("a", 1), (2, None)], length=2)),
        (collections.Counter("aab"), Mapping(type="Counter", entries=[("a", 2), ("b", 1)], length=2)),
        (collections.defaultdict(int, a=1), Mapping(type="defaultdict", entries=[("a", 1)], length=1)),
        (types.MappingProxyType({1: 2}), Mapping(type="mappingproxy", entries=[(1, 2)], length=1)),
        (Color.RED, Opaque(type="Color", text="Color.RED")),
        (Level.HIGH, Opaque(type="Level", text="Level.HIGH")),
        (Word.YES, Opaque(type="Word", text="Word.YES")),
        (Access.READ | Access.WRITE, Opaque(type="Access", text="Access.READ|WRITE")),
        (Token("x"), Opaque(type="Token", text="'x'")),
        (Count(5), Opaque(type="Count", text="5")),
        (Point(1, 2), Instance(type="Point", fields=[("x", 1), ("y", 2)], length=2)),
        (Config(2), Instance(type="Config", fields=[("layers", 2), ("name", "small")], length=2)),
        (Slotted(1, [2]), Instance(type="Slotted", fields=[("a", 1), ("b", sequence("list", 2))], length=2)),
        (Plain(), Instance(type="Plain", fields=[("a", 1), ("_b", "two")], length=2)),
        (Halved(), Instance(type="Halved", fields=[("first", 1)], length=1)),
        (types.SimpleNamespace(a=1), Instance(type="SimpleNamespace", fields=[("a", 1)], length=1)),
        (Described(), Mapping(type="Described", entries=[("width", 3)], length=1)),
        (datetime.date(2026, 1, 2), Opaque(type="date", text="2026-01-02")),
        (pathlib.PurePosixPath("a/b"), Opaque(type="PurePosixPath", text="a/b")),
        (fractions.Fraction(1, 3), Opaque(type="Fraction", text="1/3")),
        (decimal.Decimal("0.10"), Opaque(type="Decimal", text="0.10")),
        (re.compile("a+"), Opaque(type="Pattern", text="re.compile('a+')")),
        (re.match("a+", "aa"), Opaque(type="Match", text="<re.Match object; span=(0, 2), match='aa'>")),
        (ValueError("no such file"), Opaque(type="ValueError", text="no such file")),
        (KeyError(3), Opaque(type="KeyError", text="3")),
        (
            OSError(2, "gone"),
            Instance(type="FileNotFoundError", fields=[("args", sequence("tuple", 2, "gone"))], length=1),
        ),
        (list[int], Opaque(type="GenericAlias", text="list[int]")),
        (object(), Opaque(type="object", text="<object object>")),
        (iter([1]), Opaque(type="list_iterator", text="<list_iterator object>")),
        (len, Definition(type="function", name="len", signature="(obj, /)")),
        (str.join, Definition(type="method", name="str.join")),
        (
            function,
            Definition(
                type="function", name="function", signature="(a, /, b: int, *rest, p: float = 0.1, **options) -> str"
            ),
        ),
        (functools.cache(function), picture(function)),
        (Config, Definition(type="class", name="Config")),
        (math, Definition(type="module", name="math")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_kinds(value: object, expected: object) -> None:
    assert picture(value) == expected


def test_ordered_dict_follows_its_own_order() -> None:
    value = collections.OrderedDict(a=1, b=2)
    value.move_to_end("a")
    assert picture(value) == Mapping(type="OrderedDict", entries=[("b", 2), ("a", 1)], length=2)


def test_struct_time_has_fields() -> None:
    shown = picture(time.gmtime(0))
    assert isinstance(shown, Instance)
    assert dict(shown.fields)["tm_year"] == 1970


def test_methods_lose_self() -> None:
    class Model:
        def step(self, x: int) -> None: ...

    assert picture(Model().step) == Definition(type="method", name="Model.step", signature="(x: int) -> None")


@pytest.mark.parametrize(
    ("value", "head", "tail", "digits"),
    [
        (10**100_000, "1" + "0" * 39, "0" * 20, 100_001),
        (10**100_000 - 1, "9" * 40, "9" * 20, 100_000),
        (10**700 + 7, "1" + "0" * 39, "0" * 19 + "7", 701),
        (-(3 * 10**5000 + 12), "-3" + "0" * 39, "0" * 18 + "12", 5001),
    ],
    ids=["power", "below a power", "above a power", "negative"],
)
def test_very_long_integers_keep_their_ends_and_their_length(value: int, head: str, tail: str, digits: int) -> None:
    assert picture(value) == Int(text=f"{head}…{tail}", digits=digits)


def test_long_integers_agree_with_python_where_python_can_write_them() -> None:
    previous = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        for value in [7**800, 2**2_000, 2**2_001 - 1, 3**9_999, math.factorial(2_000)]:
            text = str(value)
            assert picture(value) == Int(text=f"{text[:40]}…{text[-20:]}", digits=len(text))
    finally:
        sys.set_int_max_str_digits(previous)


def test_the_digit_limit_of_the_program_does_not_matter() -> None:
    previous = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert picture(10**598) == Int(text="1" + "0" * 598)
        assert isinstance(picture(10**10_000), Int)
        assert sys.get_int_max_str_digits() == 640
    finally:
        sys.set_int_max_str_digits(previous)


def test_long_strings_and_bytes_are_cut() -> None:
    assert picture("é" * 3_000) == LongText(text="é" * 2_000, length=3_000)
    shown = picture(b"\x00" * 3_000)
    assert isinstance(shown, Bytes)
    assert shown.length == 3_000
    assert shown.text == "\\x00" * 500


def test_a_cut_through_an_escape_takes_the_whole_escape() -> None:
    assert picture(b"ab\x00", Limits(characters=4)) == Bytes(text="ab", length=3)


def test_iterators_generators_and_files_are_not_consumed(tmp_path: pathlib.Path) -> None:
    def numbers() -> Any:
        yield 1
        yield 2

    generator, iterator, counter = numbers(), iter([1, 2]), itertools.count()
    path = tmp_path / "file"
    path.write_text("text")
    with path.open() as file:
        for value in (generator, iterator, counter, file, map(str, iterator), zip(iterator, strict=False)):
            picture(value)
        assert file.read() == "text"
    assert picture(generator) == Opaque(type="generator", text="numbers, not started")
    assert (next(generator), next(iterator), next(counter)) == (1, 1, 0)
    suspended = picture(generator)
    assert isinstance(suspended, Opaque)
    assert suspended.text is not None
    assert suspended.text.startswith("numbers, suspended at line ")
    assert list(generator) == [2]
    assert picture(generator) == Opaque(type="generator", text="numbers, finished")


def test_definitions_lead_to_their_source_where_the_record_has_it() -> None:
    def locate(name: str) -> int | None:
        return 4 if name == __file__ else None

    for value in (function, Config, Plain):
        shown = picture(value, locate=locate)
        assert isinstance(shown, Definition)
        assert shown.file == 4
        assert shown.line is not None
        source = pathlib.Path(__file__).read_text().splitlines()[shown.line - 1]
        assert source.startswith((f"def {shown.name}", f"class {shown.name}"))
    outside = picture(pathlib.Path.exists, locate=locate)
    assert isinstance(outside, Definition)
    assert (outside.file, outside.line) == (None, None)


def test_cuts() -> None:
    cyclic: list[Any] = [1]
    cyclic.append({"back": cyclic})
    assert picture(cyclic) == sequence(
        "list", 1, Mapping(type="dict", entries=[("back", Cut(reason="cycle", type="list"))], length=1)
    )
    shared = [1]
    assert picture([shared, shared]) == sequence("list", sequence("list", 1), sequence("list", 1))
    assert picture([[[]]], Limits(depth=1)) == sequence("list", Cut(reason="depth", type="list"))
    assert picture([[]], Limits(depth=1)) == sequence("list", sequence("list"))
    assert picture(list(range(1000)), Limits(items=2)) == sequence("list", 0, 1, length=1000)
    assert picture([[1], [2]], Limits(nodes=2)) == sequence(
        "list", Cut(reason="budget", type="list"), Cut(reason="budget", type="list")
    )


def test_a_large_first_item_leaves_room_for_the_next() -> None:
    shown = picture([list(range(90)) for _ in range(20)], Limits(nodes=100))
    assert isinstance(shown, Sequence)
    sizes = [len(item.items) for item in shown.items[:2] if isinstance(item, Sequence)]
    assert len(sizes) == 2
    assert all(size > 0 for size in sizes)


def test_large_sets_show_their_least_items() -> None:
    assert picture({str(number) for number in range(1000)}, Limits(items=3)) == sequence(
        "set", "0", "1", "10", length=1000
    )
