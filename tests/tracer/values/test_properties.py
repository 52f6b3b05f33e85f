"""What holds for every value: the picture is valid, bounded, repeatable, and the value stays as it was."""

from __future__ import annotations

import collections
import decimal
import functools
import json
import math
import struct
import sys
import types
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracer.values.holding import seen
from tracer.format import schema
from tracer.format.struct import Struct, to_json
from tracer.values import Limits, picture
from tracer.values.arrays import grid, scattered, shortest

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**700), max_value=10**700),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(), max_size=60),
    st.binary(max_size=60),
    st.dates(),
    st.fractions(),
)
hashable = st.one_of(scalars, st.lists(scalars, max_size=4).map(tuple))


class Says:
    """An instance without fields, whose text is whatever it was made with; an exception is raised."""

    __slots__ = ()
    told: Any = ""

    def __repr__(self) -> str:
        print("noise")
        if isinstance(self.told, BaseException):
            raise type(self.told)(*self.told.args)  # an exception raised twice keeps the frames of both
        return self.told  # type: ignore[no-any-return]


class Slotted:
    __slots__ = ("first", "second")


class Token(str):
    __iter__ = __len__ = __repr__ = None  # type: ignore[assignment]


class Row(list[Any]):
    __iter__ = __len__ = __getitem__ = __repr__ = None  # type: ignore[assignment]


def says(told: Any) -> Any:
    return type("Says" + chr(0x1F600 + len(str(told)) % 40), (Says,), {"__slots__": (), "told": told})()


def slotted(value: Any) -> Any:
    made = Slotted()
    made.first = value
    return made


def fields(held: dict[str, Any]) -> Any:
    made: Any = type("Held", (), {})()
    made.__dict__.update(held)
    return made


@st.composite
def knotted(draw: Any, inner: Any) -> Any:
    """A list or a dict that holds itself among other things."""
    held = draw(st.lists(inner, max_size=3))
    table: dict[Any, Any] = {"held": held, "\ud800": None}
    table["me"] = table
    held.append(draw(st.sampled_from([held, table, (held,), [table, held]])))
    return held


odd = st.one_of(
    st.sampled_from(["", "x" * 10**6, "\0\ud800", 3, None, ValueError("\ud800"), SystemExit(), RecursionError()]).map(
        says
    ),
    st.text(st.characters(), max_size=60).map(Token),
    st.just(range(10**30)),
    st.just(iter([1, 2])),
    st.just(10**100_000),
    st.builds(decimal.Decimal, st.floats()),
    st.builds(slice, st.integers(), st.text()),
    st.binary(max_size=60).map(memoryview),
    st.sampled_from([len, print, Says, Slotted, sys, math, says, (n for n in range(3)), NotImplemented, ..., object()]),
)
"""What has no plain content, or will not tell it."""

values: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        hashable,
        st.lists(values, max_size=8),
        st.lists(values, max_size=8).map(collections.deque),
        st.dictionaries(hashable, values, max_size=6),
        st.sets(hashable, max_size=10),
        st.frozensets(hashable, max_size=10),
    )
)
hostile: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        odd,
        values,
        st.lists(hostile, max_size=6),
        st.lists(hostile, max_size=6).map(Row),
        st.lists(hostile, max_size=6).map(tuple),
        st.dictionaries(hashable, hostile, max_size=5),
        st.dictionaries(hashable, hostile, max_size=5).map(types.MappingProxyType),
        st.dictionaries(st.text(st.characters(), max_size=20), hostile, max_size=5).map(fields),
        hostile.map(slotted),
        hostile.map(lambda value: functools.partial(print, value)),
        st.lists(hostile, max_size=3).map(lambda held: ValueError(*held)),
        knotted(hostile),
    )
)
small = st.builds(
    Limits,
    depth=st.integers(0, 5),
    items=st.integers(0, 20),
    nodes=st.integers(0, 60),
    characters=st.integers(0, 50),
)
plain = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(),
        st.text(st.characters(codec="utf-8"), max_size=40),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), inner, max_size=5),
    ),
    max_leaves=12,
)
wide = Limits(depth=20, nodes=10_000, bytes=10**6)


def nodes(shown: Any) -> int:
    """How many values a picture holds."""
    if isinstance(shown, schema.Sequence):
        return 1 + sum(map(nodes, shown.items))
    if isinstance(shown, schema.Mapping):
        return 1 + sum(nodes(key) + nodes(value) for key, value in shown.entries)
    if isinstance(shown, schema.Instance):
        return 1 + sum(nodes(value) for _, value in shown.fields)
    return 1


def depth(shown: Any) -> int:
    inner: list[Any] = []
    if isinstance(shown, schema.Sequence):
        inner = shown.items
    elif isinstance(shown, schema.Mapping):
        inner = [part for entry in shown.entries for part in entry]
    return 1 + max(map(depth, inner)) if inner else 0


@settings(deadline=None, max_examples=200)
@given(values, small)
def test_every_picture_is_valid_bounded_repeatable_and_leaves_the_value_alone(value: Any, limits: Limits) -> None:
    before = repr(value)
    shown = picture(value, limits)
    encoded = to_json(shown)
    assert to_json(picture(value, limits)) == encoded
    assert repr(value) == before
    json.loads(encoded, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    decoded = msgspec.json.decode(encoded, type=schema.Value, strict=True)
    assert to_json(decoded) == encoded
    if isinstance(shown, Struct):
        assert type(decoded) is type(shown)
    assert nodes(shown) <= limits.nodes + 1
    assert depth(shown) <= limits.depth


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(hostile, st.one_of(st.just(Limits()), small))
def test_no_value_is_too_odd(value: Any, limits: Limits) -> None:
    shown = seen(value, limits)
    assert nodes(shown) <= limits.nodes + 1


def content(shown: Any) -> Any:
    """The value that a picture says, of the kinds that `plain` has."""
    if isinstance(shown, schema.Sequence):
        assert shown.length == len(shown.items)
        return {"list": list, "tuple": tuple}[shown.type](map(content, shown.items))
    if isinstance(shown, schema.Mapping):
        return {content(key): content(value) for key, value in shown.entries}
    return float(shown.value) if isinstance(shown, schema.Float) else shown


@settings(deadline=None, max_examples=200)
@given(plain)
def test_a_small_value_is_shown_whole(value: Any) -> None:
    assert repr(content(seen(value, wide))) == repr(value)


@settings(deadline=None, max_examples=100)
@given(st.sets(hashable, max_size=12))
def test_sets_look_the_same_in_whatever_order_they_were_filled(items: set[Any]) -> None:
    other: set[Any] = set()
    for item in sorted(items, key=repr):
        other.add(item)
    assert picture(frozenset(items)) == picture(frozenset(other)) or any(item != item for item in items)


@given(st.integers(min_value=-(10**900), max_value=10**900))
def test_integers_keep_ends_and_length(value: int) -> None:
    text = str(value)
    shown = picture(value)
    if isinstance(shown, schema.Int) and shown.digits is not None:
        head, tail = shown.text.split("…")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert shown.digits == len(text.lstrip("-"))
    else:
        assert (shown.text if isinstance(shown, schema.Int) else str(shown)) == text


@settings(max_examples=300)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_is_written_so_that_a_float32_reads_it_back(value: float) -> None:
    short = shortest(value, 24)
    assert struct.pack("f", short) == struct.pack("f", value)


@settings(max_examples=300)
@given(st.floats(width=16, allow_nan=False, allow_infinity=False))
def test_and_so_is_a_float16(value: float) -> None:
    assert struct.pack("e", shortest(value, 11)) == struct.pack("e", value)


def test_short_floats_stay_short() -> None:
    for form, bits, given_values in (
        ("f", 24, (0.1, 0.3, 1e-5, 123.456, 3.141592, 6.02e23)),
        ("e", 11, (0.1, 0.3, 2.72)),
    ):
        for value in given_values:
            (stored,) = struct.unpack(form, struct.pack(form, value))
            assert shortest(stored, bits) == value


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(16, 2000), st.integers(1, 40))
def test_a_grid_is_bounded_and_names_the_elements_it_takes(shape: list[int], room: int, side: int) -> None:
    chosen = grid(shape, room, side)
    rows, columns = len(chosen.row_indices), len(chosen.column_indices)
    assert 1 <= rows * columns <= room
    taken = [range(size)[piece] for size, piece in zip(shape, chosen.slices, strict=True)]
    assert math.prod(map(len, taken)) == rows * columns
    assert list(taken[-1]) == chosen.column_indices
    assert chosen.row_indices[0] == 0
    assert chosen.row_indices == sorted(set(chosen.row_indices))
    assert chosen.row_indices[-1] < math.prod(shape[:-1])
    last = 0
    for index, size in zip((axis[-1] for axis in taken[:-1]), shape[:-1], strict=True):
        last = last * size + index
    assert chosen.row_indices[-1] == last


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=3))
def test_samples_for_statistics_are_bounded_and_not_empty(shape: list[int]) -> None:
    count = math.prod(len(range(size)[piece]) for size, piece in zip(shape, scattered(shape), strict=True))
    assert 1 <= count <= 65_536
    assert count > 1_000 or math.prod(shape) <= 65_536 or min(shape) > 1_000
