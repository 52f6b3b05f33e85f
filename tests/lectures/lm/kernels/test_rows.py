"""gelu, softmax, rmsnorm: kernels that go through memory once."""

import math

import pytest
import torch
from torch.nn import functional as F

from lectures.lm.kernels import softmax as softmax_module
from lectures.lm.kernels.gelu import gelu
from lectures.lm.kernels.rmsnorm import rmsnorm
from lectures.lm.kernels.softmax import softmax
from tests.lectures.lm.kernels.agreement import DEVICE, DTYPES, WIDTHS, assert_close, assert_same_function, numbers


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", [1, 2047, 2048, 2049])
def test_gelu_is_torchs(dtype, count):
    assert_same_function(gelu, F.gelu, numbers(count, dtype=dtype, scale=3))


def test_gelu_of_what_is_no_ordinary_number():
    x = torch.tensor([0.0, 1e30, -1e30, math.inf, math.nan], device=DEVICE)
    assert gelu(x)[:4].tolist() == [0.0, pytest.approx(1e30), 0.0, math.inf]
    assert gelu(x)[4].isnan()


def test_gelu_of_a_view_keeps_its_shape():
    x = numbers(6, 10).T[::2]
    assert_close(gelu(x), F.gelu(x), torch.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("columns", WIDTHS)
def test_softmax_is_torchs(dtype, columns):
    assert_same_function(softmax, lambda x: F.softmax(x, dim=-1), numbers(3, columns, dtype=dtype, scale=4))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("columns", [65, 128, 200])
def test_softmax_of_rows_longer_than_a_block(monkeypatch, dtype, columns):
    monkeypatch.setattr(softmax_module, "LONGEST", 32)
    monkeypatch.setattr(softmax_module, "LONG", {"BLOCK": 64, "num_warps": 1})
    assert_same_function(softmax, lambda x: F.softmax(x, dim=-1), numbers(3, columns, dtype=dtype, scale=4))


@pytest.mark.parametrize("longest", [32, 4096])
def test_softmax_of_masked_and_huge_numbers(monkeypatch, longest):
    monkeypatch.setattr(softmax_module, "LONGEST", longest)
    monkeypatch.setattr(softmax_module, "LONG", {"BLOCK": 64, "num_warps": 1})
    x = numbers(4, 150)
    x[0, :100] = -math.inf
    x[1] = 3e38
    x[2, 70] = 3e38
    assert_close(softmax(x), F.softmax(x.double(), dim=-1), torch.float32)
    x[3] = -math.inf
    assert softmax(x)[3].isnan().all()


@pytest.mark.parametrize("dim", [0, 1, -2, -1])
def test_softmax_along_any_dimension(dim):
    x = numbers(3, 5, 4)
    assert_close(softmax(x, dim), F.softmax(x, dim=dim), torch.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("d", [33, 64, 700])
def test_rmsnorm_is_torchs(dtype, d):
    assert_same_function(
        rmsnorm,
        lambda x, w: F.rms_norm(x, (d,), w, 1e-5),
        numbers(2, 9, d, dtype=dtype),
        numbers(d, dtype=dtype, seed=1),
    )


def test_rmsnorm_of_more_rows_than_programs():
    assert_same_function(rmsnorm, lambda x, w: F.rms_norm(x, (40,), w, 1e-5), numbers(50, 40), numbers(40, seed=1))


def test_rmsnorm_of_huge_numbers_and_of_zeros():
    weight = torch.ones(40, device=DEVICE)
    x = torch.stack((numbers(40) * 1e15, torch.zeros(40, device=DEVICE)))
    assert_close(rmsnorm(x, weight), F.rms_norm(x.double(), (40,), weight.double(), 1e-5), torch.float32)


def test_what_does_not_fit_is_said():
    with pytest.raises(ValueError, match=r"must be \(8,\), not \(9,\)"):
        rmsnorm(numbers(2, 8), numbers(9))
    with pytest.raises(ValueError, match="65,536 at most"):
        rmsnorm(numbers(1, 65_537), numbers(65_537))
