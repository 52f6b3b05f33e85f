"""What holds for arrays and tensors of every dtype, shape and stride: the elements are right, the description is, and the
program notices nothing."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracer.values.holding import seen
from tracer.format.schema import Tensor
from tracer.values import Limits

np = pytest.importorskip("numpy")
hnp = pytest.importorskip("hypothesis.extra.numpy")

NUMBERS = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
)
OTHERS = st.one_of(
    hnp.byte_string_dtypes(max_len=10),
    hnp.unicode_string_dtypes(max_len=10),
    hnp.datetime64_dtypes(),
    hnp.timedelta64_dtypes(),
)
anything = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@st.composite
def views(draw: Any, dtypes: Any = NUMBERS) -> Any:
    """An array and a view of it: sliced, reversed, transposed, broadcast, read-only."""
    dtype = draw(dtypes)
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=9))
    array = draw(hnp.arrays(dtype, shape))
    if shape and draw(st.booleans()):
        array = array[draw(hnp.basic_indices(shape, allow_ellipsis=False))]
    if not isinstance(array, np.ndarray):
        return np.asarray(array)
    if draw(st.booleans()):
        array = array.transpose(draw(st.permutations(range(array.ndim))))
    if draw(st.booleans()):
        array = np.broadcast_to(array, (draw(st.integers(1, 4)), *array.shape))
    return array


def read_back(elements: list[Any], array: Any) -> Any:
    """The array that a picture's elements say."""
    kind = array.dtype.kind
    if kind in "iu":
        return np.array([int(element) for element in elements], dtype=array.dtype).reshape(array.shape)
    if kind in "fc":
        numbers = [complex(element) if kind == "c" else float(element) for element in elements]
        with np.errstate(all="ignore"):
            return np.array(numbers).astype(array.dtype).reshape(array.shape)
    return np.array(elements, dtype=array.dtype).reshape(array.shape)


@anything
@given(views())
def test_few_numbers_are_shown_whole(array: Any) -> None:
    shown = seen(array)
    assert isinstance(shown, Tensor)
    assert (shown.shape, shown.dtype, shown.problem) == (list(array.shape), str(array.dtype), None)
    if shown.elements is not None and array.dtype.itemsize <= 16:
        again = read_back(shown.elements, array)
        assert np.array_equal(again, array, equal_nan=array.dtype.kind in "fc")
    else:
        assert array.size > 64 or array.dtype.itemsize > 16


@anything
@given(views(OTHERS))
def test_strings_and_dates(array: Any) -> None:
    shown = seen(array)
    assert shown.shape == list(array.shape)
    if shown.elements is not None and array.dtype.kind in "mM":
        assert shown.elements == array.reshape(-1).astype(str).tolist()


@anything
@given(views(st.one_of(NUMBERS, OTHERS)), st.integers(1, 500), st.integers(1, 12), st.integers(0, 2_000))
def test_every_array_within_every_limit(array: Any, elements: int, side: int, exact: int) -> None:
    shown = seen(array, Limits(elements=elements, side=side, exact=exact))
    if shown.elements is not None:
        assert len(shown.elements) == array.size
        assert array.size <= elements
    if shown.picture is not None:
        assert len(shown.picture.cells) == shown.picture.rows * shown.picture.columns <= side * side


@anything
@given(views(hnp.floating_dtypes(sizes=(16, 32, 64))))
def test_statistics_are_those_of_the_finite_elements(array: Any) -> None:
    shown = seen(array, Limits(elements=0))
    if array.size == 0:
        assert shown.elements == []
        return
    with np.errstate(all="ignore"):
        numbers = array.astype("float64").reshape(-1)
    finite = numbers[np.isfinite(numbers)]
    stats = shown.stats
    assert (stats.nan, stats.inf) == (np.isnan(numbers).sum(), np.isinf(numbers).sum())
    assert stats.zeros == (finite == 0).sum()
    assert not stats.approximate
    if finite.size:
        assert float(stats.min) == pytest.approx(finite.min(), rel=1e-8)
        assert float(stats.max) == pytest.approx(finite.max(), rel=1e-8)
    else:
        assert stats.min is stats.mean is stats.std is None


@anything
@given(hnp.arrays(hnp.array_dtypes(max_size=4), hnp.array_shapes(max_dims=2, max_side=4)))
def test_records_of_any_fields(array: Any) -> None:
    seen(array)
    seen(array.reshape(-1)[0])


@anything
@given(st.one_of(NUMBERS, OTHERS).flatmap(lambda dtype: hnp.arrays(dtype, ()).map(lambda array: array[()])))
def test_scalars(value: Any) -> None:
    seen(value)
    seen([value, {"x": value}])


# --------------------------------------------------------------------------------------------------------------- tensors

REAL = [
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
]
WHOLE = ["int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64", "bool"]
COMPLEX = ["complex64", "complex128"]


@st.composite
def tensors(draw: Any, torch: Any, dtypes: list[str]) -> Any:
    """A tensor with random bits, seen through views, with or without a gradient."""
    dtype = getattr(torch, draw(st.sampled_from(dtypes)))
    shape = draw(st.lists(st.integers(0, 7), max_size=4))
    count = math.prod(shape)
    if dtype is torch.bool:
        value = torch.tensor(draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype=dtype)
    else:
        raw = draw(st.binary(min_size=count * dtype.itemsize, max_size=count * dtype.itemsize))
        value = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(dtype) if raw else torch.empty(0, dtype=dtype)
    value = value.reshape(shape)
    if (dtype.is_floating_point or dtype.is_complex) and draw(st.booleans()):
        value.requires_grad_()
    for _ in range(draw(st.integers(0, 3))):
        value = draw(st.sampled_from(VIEWS))(value)
    return value


VIEWS: list[Any] = [
    lambda value: value[1:] if value.dim() else value,
    lambda value: value[..., ::2] if value.dim() else value,
    lambda value: value.transpose(0, -1) if value.dim() else value,
    lambda value: value.unsqueeze(0).expand(3, *value.shape),
    lambda value: value.unsqueeze(-1),
    lambda value: value.conj() if value.is_complex() else value,
    lambda value: value.conj().imag if value.is_complex() else value,
    lambda value: value.detach(),
]


@settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_tensors_of_any_view(data: Any) -> None:
    torch: Any = pytest.importorskip("torch")
    value = data.draw(tensors(torch, REAL + WHOLE + COMPLEX))
    before = (value._version, value.requires_grad, value.grad_fn, value.is_leaf, value.stride(), value.data_ptr())
    kept = value.detach().clone()
    shown = seen(value)
    after = (value._version, value.requires_grad, value.grad_fn, value.is_leaf, value.stride(), value.data_ptr())
    assert before == after
    assert same(torch, value, kept)
    assert (shown.shape, shown.dtype) == (list(value.shape), str(value.dtype).removeprefix("torch."))
    assert shown.problem is None
    assert shown.strides == list(value.stride())
    if shown.elements is None:
        assert shown.picture is not None
        assert value.numel() > 256
        return
    if value.dtype.is_complex:
        again = torch.tensor([complex(element) for element in shown.elements], dtype=torch.complex128)
    elif value.dtype.is_floating_point:
        again = torch.tensor([float(element) for element in shown.elements], dtype=torch.float64)
    else:
        again = torch.tensor([int(element) for element in shown.elements], dtype=value.dtype)
    assert same(torch, again.to(value.dtype).reshape(value.shape), kept)


def same(torch: Any, left: Any, right: Any) -> bool:
    """Whether two tensors hold the same numbers; NaN is NaN."""
    kind = torch.complex128 if right.dtype.is_complex else torch.float64 if right.dtype.is_floating_point else None
    left, right = left.detach(), right.detach()
    if kind is None:
        return bool(torch.equal(left, right))
    left, right = left.to(kind).resolve_conj(), right.to(kind).resolve_conj()
    return bool(torch.allclose(left, right, rtol=0, atol=0, equal_nan=True))


def test_a_generator_of_warnings_stays_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen(np.array([np.finfo("f4").max, np.nan, 1e-45], dtype="f4"))
        seen(np.array([np.nan, np.inf] * 200, dtype="f2"))
        seen(np.array([], dtype="f8"))
        seen(np.full(300, np.finfo("longdouble").max))
