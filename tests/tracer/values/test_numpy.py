"""NumPy's arrays and scalars."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest

from tracer.format.schema import Opaque, Records, Sequence, Tensor
from tracer.format.struct import to_json
from tracer.values import Limits, picture

np = pytest.importorskip("numpy")


def tensor(value: Any, limits: Limits | None = None) -> Tensor:
    shown = picture(value, limits or Limits())
    assert isinstance(shown, Tensor)
    return shown


@pytest.mark.parametrize(
    ("array", "dtype", "elements"),
    [
        (np.array([1, 2], dtype="int8"), "int8", [1, 2]),
        (np.array([2**63 - 1, 0]), "int64", ["9223372036854775807", 0]),
        (np.array([2**64 - 1], dtype="uint64"), "uint64", ["18446744073709551615"]),
        (np.array([True, False]), "bool", [True, False]),
        (np.array([0.1, 1, np.nan, -np.inf], dtype="float32"), "float32", [0.1, 1.0, "nan", "-inf"]),
        (np.array([0.1, 65504], dtype="float16"), "float16", [0.1, 65504.0]),
        (np.array([1 / 3]), "float64", [1 / 3]),
        (np.array([0.5], dtype="longdouble"), str(np.dtype("longdouble")), [0.5]),
        (np.array([0.1 - 2j, complex("nan")], dtype="complex64"), "complex64", ["0.1-2j", "nan+0j"]),
        (np.array(["ab", "\ud800"]), "<U2", ["ab", "\ufffd"]),
        (np.array([b"a\x01"]), "|S2", ["a\\x01"]),
        (np.array(["2026-01-02"], dtype="datetime64[D]"), "datetime64[D]", ["2026-01-02"]),
        (np.array([0.5], dtype=">f4"), ">f4", [0.5]),
        (np.array(7), "int64", [7]),
        (np.zeros((0, 3)), "float64", []),
        (np.ma.array([1, 2], mask=[False, True]), "int64", [1, None]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_dtypes(array: Any, dtype: str, elements: list[Any]) -> None:
    shown = tensor(array)
    assert (shown.shape, shown.dtype, shown.elements) == (list(array.shape), dtype, elements)
    assert shown.problem is None
    to_json(shown)


def test_scalars_keep_their_dtype() -> None:
    assert picture(np.float32(0.1)) == Tensor(type="float32", shape=[], dtype="float32", elements=[0.1])
    assert picture(np.float64(1)) == Tensor(type="float64", shape=[], dtype="float64", elements=[1.0])
    assert picture(np.bool_(True)) == Tensor(
        type=type(np.bool_(True)).__name__, shape=[], dtype="bool", elements=[True]
    )
    assert picture(np.str_("a")) == Opaque(type="str_", text="'a'")
    assert picture(np.datetime64("2026-01-02")) == Opaque(type="datetime64", text="2026-01-02")


def test_structured_and_object_arrays() -> None:
    records = np.array([(1, 0.5), (2, 1.5)], dtype=[("id", "i4"), ("loss", "f8")])
    assert picture(records) == Records(
        type="ndarray", columns=["id", "loss"], rows=[[1, 0.5], [2, 1.5]], row_count=2, column_count=2
    )
    assert picture(np.array([1, "a", None], dtype=object)) == Sequence(type="ndarray", items=[1, "a", None], length=3)
    row = Sequence(type="ndarray", items=[1, None], length=2)
    assert picture(np.array([[1, None]], dtype=object)) == Sequence(type="ndarray", items=[row], length=1)
    assert picture(np.array("a", dtype=object)) == Sequence(type="ndarray", items=["a"], length=1)
    cyclic = np.empty(1, dtype=object)
    cyclic[0] = cyclic
    assert b"cycle" in to_json(picture(cyclic))


def test_strides_and_storage_tell_a_view_from_a_copy() -> None:
    array = np.arange(12.0).reshape(3, 4)
    view, transposed, copy = tensor(array[1:, ::2]), tensor(array.T), tensor(array.copy())
    whole = tensor(array)
    assert view.storage is not None
    assert whole.storage is not None
    assert transposed.storage is not None
    assert copy.storage is not None
    assert whole.storage.id == view.storage.id == transposed.storage.id != copy.storage.id
    assert (view.storage.offset, view.strides) == (32, [4, 2])
    assert (whole.storage.bytes, whole.strides, transposed.strides) == (96, [4, 1], [1, 4])
    assert transposed.elements == array.T.reshape(-1).tolist()


def test_memory_that_is_used_again_has_another_number() -> None:
    ids = set()
    for _ in range(50):
        storage = tensor(np.zeros(1000)).storage
        assert storage is not None
        ids.add(storage.id)
    assert len(ids) == 50


def test_large_arrays_show_a_sample_and_statistics() -> None:
    array = np.random.default_rng(0).normal(2, 3, (300, 500))
    array[0, 0], array[1, 1], array[2, 2] = np.nan, np.inf, 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = tensor(array)
    assert shown.elements is None
    assert shown.picture is not None
    assert shown.stats is not None
    for at, cell in enumerate(shown.picture.cells):
        row = shown.picture.row_indices[at // shown.picture.columns]
        column = shown.picture.column_indices[at % shown.picture.columns]
        expected = float(array[row, column])
        assert cell == (float(f"{expected:.5g}") if math.isfinite(expected) else repr(expected))
    finite = array[np.isfinite(array)]
    assert (shown.stats.nan, shown.stats.inf, shown.stats.zeros, shown.stats.approximate) == (1, 1, 1, False)
    for name in ("min", "max", "mean", "std"):
        assert getattr(shown.stats, name) == pytest.approx(getattr(finite, name)(), rel=1e-8)


def test_statistics_of_a_huge_array_are_approximate_and_scaled() -> None:
    array = np.zeros((3000, 2000), dtype="float32")
    array[:, ::2] = 1
    stats = tensor(array).stats
    assert stats is not None
    assert stats.approximate
    assert stats.zeros == pytest.approx(3_000_000, rel=0.02)
    assert stats.mean == pytest.approx(0.5, abs=0.01)


def test_all_nan_and_all_masked() -> None:
    for array in (np.full(300, np.nan), np.ma.masked_all(300)):
        stats = tensor(array).stats
        assert stats is not None
        assert (stats.min, stats.mean) == (None, None)


def test_a_list_of_large_arrays_stays_small() -> None:
    arrays = [np.random.default_rng(0).normal(size=(100, 100)) for _ in range(60)]
    assert len(to_json(picture(arrays))) < 50_000
