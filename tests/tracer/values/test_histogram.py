"""Histograms of arrays: 32 equal bins of the finite elements, the same for torch and NumPy."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.tracer.values.holding import seen
from tracer.format.schema import Stats
from tracer.values import Limits

torch: Any = pytest.importorskip("torch")
numpy: Any = pytest.importorskip("numpy")


def both(array: Any, limits: Limits | None = None) -> Stats:
    """Of an array, the same as of the tensor on its memory."""
    stats = seen(array, limits or Limits()).stats
    again = seen(torch.from_numpy(array), limits or Limits()).stats
    assert (stats.histogram, stats.approximate) == (again.histogram, again.approximate)
    return stats  # type: ignore[no-any-return]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "uint8", "int8"])
@pytest.mark.parametrize("shape", [(257,), (40, 50), (3, 200, 700)])
def test_it_counts_what_numpy_counts(dtype: str, shape: tuple[int, ...]) -> None:
    generator = numpy.random.default_rng(1)
    array = (generator.standard_normal(shape) * 40).astype(dtype)
    stats = both(array)
    expected, edges = numpy.histogram(array.astype(float), 32, (float(array.min()), float(array.max())))
    assert sum(stats.histogram or []) == array.size
    assert not stats.approximate
    # NumPy settles what rounding leaves open at an edge; whatever lies well inside a bin is counted there.
    inside = numpy.abs(array.astype(float).reshape(-1, 1) - edges).min(axis=1) > 1e-9
    differing = numpy.abs(expected - numpy.array(stats.histogram)).sum() // 2
    assert differing <= (~inside).sum()


def test_the_ends_belong_to_the_outer_bins() -> None:
    array = numpy.repeat(numpy.arange(33.0), 10)
    assert both(array).histogram == [10] * 31 + [20]


def test_what_is_not_finite_is_not_counted() -> None:
    array = numpy.linspace(-1, 1, 1_000)
    array[::10], array[1::10] = math.nan, -math.inf
    stats = both(array)
    assert (sum(stats.histogram or []), stats.nan, stats.inf) == (800, 100, 100)


def test_masked_elements_are_not_counted() -> None:
    array = numpy.ma.masked_greater(numpy.arange(1_000.0), 499)
    assert sum(seen(array).stats.histogram) == 500


def test_of_a_sample_it_is_scaled_up() -> None:
    stats = both(numpy.random.default_rng(2).random(200_000), Limits(exact=20_000))
    assert stats.approximate
    assert sum(stats.histogram or []) == pytest.approx(200_000, abs=32)
    assert min(stats.histogram or []) > 4_000


@pytest.mark.parametrize(
    "array",
    [
        numpy.full(1_000, 2.5),
        numpy.full(1_000, math.nan),
        numpy.zeros((100, 100), bool),
        numpy.arange(1_000) % 2 == 0,
        numpy.array([-1.7e308, 1.7e308] * 500),
        numpy.array([0.0, 5e-324] * 500),
        numpy.array([math.nan] * 950 + [1.0, 2.0] * 25),
    ],
)
def test_there_is_none_where_there_is_nothing_to_see(array: Any) -> None:
    assert both(array).histogram is None


def test_there_is_none_of_what_is_held_whole() -> None:
    assert seen(torch.randn(256)).stats is None


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn"])
def test_of_dtypes_that_only_torch_has(dtype: str) -> None:
    tensor = torch.linspace(-3, 3, 1_000).to(getattr(torch, dtype))
    assert sum(seen(tensor).stats.histogram) == 1_000


def test_extremes_are_binned() -> None:
    for scale in (1e-300, 1e300):
        assert sum(both(numpy.linspace(-scale, scale, 640)).histogram or []) == 640
    wide = numpy.arange(-(2**62), 2**62, 2**54)
    assert both(wide).histogram == [16] * 32
