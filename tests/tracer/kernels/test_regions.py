"""Which elements lie at which addresses, against a list of all of them."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

np = pytest.importorskip("numpy")
from tracer.kernels.regions import Memory, Touched, distinct, touched  # noqa: E402

START = 4096
"""The address at which the memory of an array begins."""


def elements(memory: Memory) -> dict[int, list[tuple[int, ...]]]:
    """Every address at which an element begins, and the elements there: several where an axis is expanded."""
    found: dict[int, list[tuple[int, ...]]] = {}
    for index in product(*map(range, memory.shape)):
        offset = sum(i * stride for i, stride in zip(index, memory.strides, strict=True))
        found.setdefault(memory.address + offset * memory.item_bytes, []).append(index)
    return found


def by_hand(addresses: list[int], memory: Memory) -> tuple[list[int] | None, int, int, list[bool]]:
    there = elements(memory)
    inside = [address in there for address in addresses]
    indices = [index for address in addresses for index in there.get(address, ())]
    region: list[int] = []
    for along in zip(*indices, strict=True):
        steps = sorted(set(along))
        step = math.gcd(*(later - earlier for earlier, later in pairwise(steps)))
        region += [steps[0], steps[-1] + 1, step or 1]
    known = {address for address in addresses if address in there}
    return (region if indices else None), sum(inside), len(known), inside


def told(addresses: list[int], found: Touched) -> tuple[list[int] | None, int, int, list[bool]]:
    inside = [True] * len(addresses) if found.inside is None else found.inside.tolist()
    return found.region, found.elements, found.distinct, inside


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    """Views of an array that lies in memory in any order of its axes: slices, every so-many-th element, expanded axes."""
    shape = draw(st.lists(st.integers(1, 5), min_size=0, max_size=4))
    order = draw(st.permutations(range(len(shape))))
    strides, stride = [0] * len(shape), 1
    for axis in reversed(order):
        strides[axis] = stride
        stride *= shape[axis] + draw(st.integers(0, 2))
    offset = 0
    for axis, size in enumerate(shape):
        first, step = draw(st.integers(0, size - 1)), draw(st.integers(1, 3))
        last = draw(st.integers(first, size))
        offset += first * strides[axis]
        shape[axis] = len(range(first, last, step))
        strides[axis] *= step
        if draw(st.integers(0, 9)) == 0:
            strides[axis] = 0
    item_bytes = draw(st.sampled_from([1, 2, 4, 8]))
    return Memory(START + offset * item_bytes, tuple(shape), tuple(strides), item_bytes)


@st.composite
def looked_up(draw: st.DrawFn) -> tuple[Memory, list[int]]:
    memory = draw(memories())
    near = st.integers(-20, 150).map(lambda offset: START + offset * memory.item_bytes)
    inside = st.sampled_from(sorted(elements(memory)) or [START])
    return memory, draw(st.lists(st.one_of(inside, inside, inside, near), max_size=40))


@given(looked_up())
def test_any_addresses_in_any_view(case: tuple[Memory, list[int]]) -> None:
    memory, addresses = case
    assert told(addresses, touched(np.array(addresses, dtype=np.uint64), memory)) == by_hand(addresses, memory)


@given(memories(), st.data())
def test_a_tile_is_the_box_that_it_was_asked_for(memory: Memory, data: st.DataObject) -> None:
    if 0 in memory.shape or 0 in memory.strides:
        return
    ranges = []
    for size in memory.shape:
        first, step = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, 2))
        ranges.append(range(first, data.draw(st.integers(first + 1, size)), step))
    offsets = [sum(i * s for i, s in zip(index, memory.strides, strict=True)) for index in product(*ranges)]
    addresses = np.array([memory.address + offset * memory.item_bytes for offset in offsets], dtype=np.uint64)
    found = touched(addresses, memory)
    box = [(r[0], r[-1] + 1, r.step if len(r) > 1 else 1) for r in ranges]
    assert (found.region, found.inside) == ([number for three in box for number in three], None)
    assert found.elements == found.distinct == math.prod(map(len, ranges))


def test_any_byte_of_an_element_touches_it() -> None:
    memory = Memory(START, (2, 3), (3, 1), 4)
    found = touched(np.array([START + 5, START + 23, START + 24], dtype=np.uint64), memory)
    assert told([0, 0, 0], found) == ([0, 2, 1, 1, 3, 1], 2, 2, [True, True, False])


def test_addresses_at_the_ends_of_memory_are_outside() -> None:
    memory = Memory(START, (4,), (1,), 4)
    found = touched(np.array([0, 2**64 - 4, START - 1, START + 16, 2**63], dtype=np.uint64), memory)
    assert told([0] * 5, found) == (None, 0, 0, [False] * 5)


@given(st.lists(st.integers(0, 2**20) | st.integers(0, 8), max_size=60))
def test_how_many_different_ones(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, dtype=np.uint64)) == len(set(numbers))


def numbers_of(memory: Memory) -> Any:
    return np.array(sorted(elements(memory)), dtype=np.uint64)


def test_nothing_but_an_array_of_one_element() -> None:
    for shape, region in (((), []), ((1,), [0, 1, 1]), ((1, 1), [0, 1, 1] * 2)):
        memory = Memory(START, shape, (7,) * len(shape), 8)
        assert touched(numbers_of(memory), memory) == Touched(region, 1, 1, None)
