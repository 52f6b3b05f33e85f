"""Whole arrays, exactly: every bit pattern of the small formats comes back from its decimals; and the names of axes."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Mapping, Tensor
from tracer.values import encoded
from tracer.values.limits import FULL

torch: Any = pytest.importorskip("torch")
numpy: Any = pytest.importorskip("numpy")

SMALL = [
    name
    for name in ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu")
    if hasattr(torch, name)
]


def elements(value: Any) -> list[float]:
    """What a reader of the JSON gets: every element as a double."""
    shown = json.loads(encoded(value, FULL))
    assert "picture" not in shown
    return [float(cell) for cell in shown["elements"]]


def doubles(values: list[float]) -> list[bytes]:
    """By their bits, so that -0.0 is not 0.0; every nan is one."""
    return [struct.pack("<d", math.nan if math.isnan(value) else value) for value in values]


@pytest.mark.parametrize(("dtype", "bits"), [("bfloat16", 16), ("float16", 16), *((name, 8) for name in SMALL)])
def test_every_pattern_comes_back(dtype: str, bits: int) -> None:
    numbers = torch.arange(2**bits, dtype=torch.int32).to(torch.int16 if bits == 16 else torch.uint8)
    exact = numbers.view(getattr(torch, dtype))
    again = torch.tensor(elements(exact), dtype=torch.float64)
    assert doubles(again.to(exact.dtype).to(torch.float64).tolist()) == doubles(exact.to(torch.float64).tolist())


def test_every_half_of_numpy_comes_back() -> None:
    exact = numpy.arange(2**16, dtype=numpy.uint16).view(numpy.float16)
    again = numpy.array(elements(exact)).astype(numpy.float16)
    assert doubles(again.astype(float).tolist()) == doubles(exact.astype(float).tolist())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_ends_of_the_wide_formats_come_back(dtype: str) -> None:
    finfo = numpy.finfo(dtype)
    ends = [0.0, finfo.smallest_subnormal, finfo.tiny, finfo.max, finfo.eps, 1 - finfo.epsneg, 1 + finfo.eps, math.inf]
    exact = numpy.array(ends + [-end for end in ends] + [math.nan, 1e23, 0.1, 16777217.0], dtype)
    random = numpy.random.default_rng(0).integers(0, 2**32, 40_000, dtype=numpy.uint64)
    words = random[:20_000] << 32 | random[20_000:]
    patterns = words.view("float64") if dtype == "float64" else words.astype("uint32").view("float32")
    with numpy.errstate(all="ignore"):
        for values in (exact, patterns):
            assert doubles(numpy.array(elements(values)).astype(dtype).astype(float).tolist()) == doubles(
                values.astype(float).tolist()
            )
            read = torch.tensor(elements(torch.from_numpy(values)), dtype=torch.float64).to(getattr(torch, dtype))
            assert doubles(read.tolist()) == doubles(values.astype(float).tolist())


def test_the_largest_array_that_is_whole() -> None:
    longest = numpy.full((256, 256), -1.2345678901234567e-101)
    assert len(seen(longest, FULL).elements) == 65_536
    assert len(seen(torch.full((65_536,), -(2**62)), FULL).elements) == 65_536
    above = seen(torch.zeros(257, 257), FULL)
    assert above.elements is None
    assert 10_000 < len(above.picture.cells) <= 65_536
    assert above.stats is not None


def test_other_values_are_wide_but_bounded() -> None:
    assert len(seen(list(range(5_000)), FULL).items) == 1_000
    assert len(seen("x" * 100_000, FULL).text) == 50_000
    deep = seen({"a": [[["b"] * 100] * 100] * 100, "t": [torch.zeros(100, 100)] * 20}, FULL)
    assert isinstance(deep, Mapping)


# ------------------------------------------------------------------------------------------------------- names of axes


def dimensions(value: Any, names: tuple[str, ...]) -> list[str] | None:
    shown: dict[str, Any] = json.loads(encoded(value, dimensions=names))
    return shown.get("dimensions") if isinstance(shown, dict) else None


@pytest.mark.parametrize(
    ("shape", "names", "found"),
    [
        ((2, 3), ("batch", "seq"), ["batch", "seq"]),
        ((2, 3), ("batch", ""), ["batch", ""]),
        ((2, 3), ("", ""), None),
        ((2, 3), ("batch", "seq", "d"), None),
        ((2, 3), ("batch",), None),
        ((), ("batch",), None),
        ((), (), None),
        ((2, 3, 4), ("...", "d"), ["", "", "d"]),
        ((2, 3, 4), ("b", "...", "d"), ["b", "", "d"]),
        ((2, 3), ("b", "...", "d"), ["b", "d"]),
        ((2,), ("b", "...", "d"), None),
        ((2, 3, 4), ("*batch", "d"), ["batch0", "batch1", "d"]),
        ((2, 3), ("*batch", "d"), ["batch", "d"]),
        ((2,), ("*batch", "d"), ["d"]),
        ((50, 60), ("b" * 100, "\ud800"), ["b" * 60, "\ufffd"]),
    ],
)
def test_axes_are_named_where_there_are_as_many(
    shape: tuple[int, ...], names: tuple[str, ...], found: list[str] | None
) -> None:
    assert dimensions(torch.zeros(shape), names) == found
    assert dimensions(numpy.zeros(shape), names) == found


def test_only_arrays_have_axes() -> None:
    for value in (1, 0.5, "x", None, [1, 2], [[0.5] * 20] * 20, {"a": torch.zeros(2)}, torch.nn.Linear(2, 2)):
        assert encoded(value, dimensions=("a", "b")) == encoded(value)
    assert Tensor(type="Tensor", shape=[2], dtype="float32").dimensions is None
