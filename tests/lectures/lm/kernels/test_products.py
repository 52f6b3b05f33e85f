"""matmul and the linear layer made of it."""

import pytest
import torch
from torch.nn import functional as F

from lectures.lm.kernels.linear import linear
from lectures.lm.kernels.matmul import matmul
from tests.lectures.lm.kernels.agreement import DTYPES, assert_close, assert_same_function, numbers

SHAPES = [(1, 1, 1), (1, 40, 7), (130, 1, 33), (140, 300, 70), (64, 64, 64)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n", "k"), SHAPES)
def test_matmul_is_torchs_whatever_lies_transposed(dtype, m, n, k):
    a, b = numbers(m, k, dtype=dtype), numbers(k, n, dtype=dtype, seed=1)
    for left in (a, a.T.contiguous().T):
        for right in (b, b.T.contiguous().T):
            result = matmul(left, right)
            assert result.dtype == torch.float32
            assert_close(result, a.double() @ b.double(), torch.float32)


def test_matmul_rounds_once_to_the_dtype_asked_for():
    a, b = numbers(70, 33, dtype=torch.bfloat16), numbers(33, 20, dtype=torch.bfloat16, seed=1)
    assert_close(matmul(a, b, torch.bfloat16), a.double() @ b.double(), torch.bfloat16)


def test_matmul_of_views_that_cannot_be_read_in_place():
    a = numbers(40, 60)[::2, 1:40:3]
    b = numbers(13, 5, seed=1).expand(13, 5)
    assert_close(matmul(a, b), a.double() @ b.double(), torch.float32)
    row = numbers(1, 5).expand(13, 5)
    assert_close(matmul(a, row), a.double() @ row.double(), torch.float32)


def test_matmul_over_nothing_is_zero():
    assert matmul(numbers(3, 0), numbers(0, 5)).tolist() == [[0.0] * 5] * 3


def test_what_cannot_be_multiplied_is_said():
    with pytest.raises(ValueError, match=r"not \(2, 3\) of torch.float32 and \(4, 5\)"):
        matmul(numbers(2, 3), numbers(4, 5))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("biased", [True, False])
def test_linear_is_torchs(dtype, biased):
    x, weight, bias = (
        numbers(2, 9, 24, dtype=dtype),
        numbers(17, 24, dtype=dtype, seed=1),
        numbers(17, dtype=dtype, seed=2),
    )
    if biased:
        assert_same_function(linear, F.linear, x, weight, bias)
    else:
        assert_same_function(linear, F.linear, x, weight)
