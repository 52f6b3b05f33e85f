"""The kernels to read first, held against float64 on shapes that no block divides."""

import math

import pytest
import torch
from torch.nn import functional as F

from lectures.lm.kernels import simple
from tests.lectures.lm.kernels.agreement import DEVICE, DTYPES, assert_close, numbers

MULTIPLIED = [torch.float16] if DEVICE == "cpu" else [torch.float16, torch.bfloat16]
"""Of float32 a GPU multiplies ten bits, and of bfloat16 the interpreter nothing that makes sense."""


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1,), (40,), (3, 1000)])
def test_gelu(shape, dtype):
    x = numbers(*shape, dtype=dtype, scale=3)
    assert_close(simple.gelu(x, block=16), F.gelu(x.double()), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("columns", [1, 10, 64, 333])
def test_softmax_of_a_whole_row_and_of_blocks(columns, dtype):
    x = numbers(3, columns, dtype=dtype, scale=30)
    expected = F.softmax(x.double(), -1)
    assert_close(simple.softmax(x), expected, dtype)
    assert_close(simple.long_softmax(x, block=16), expected, dtype)


def test_masked_scores_at_the_end_of_a_row_and_huge_ones_are_no_trouble():
    x = torch.tensor([[3e38, 3e38, -math.inf, -3e38, *[-math.inf] * 30], [*range(34)]], device=DEVICE)
    expected = F.softmax(x.double(), -1)
    assert_close(simple.softmax(x), expected, x.dtype)
    assert_close(simple.long_softmax(x, block=4), expected, x.dtype)


def test_the_backward_pass_of_softmax():
    x, grad = numbers(3, 21).requires_grad_(), numbers(3, 21, seed=1)
    p = torch.softmax(x, -1)
    dx = torch.empty_like(p)
    simple.softmax_backward_kernel[(3,)](p.detach(), grad, dx, 21, BLOCK=32)
    assert_close(dx, torch.autograd.grad(p, x, grad)[0], x.dtype)


@pytest.mark.parametrize("group", [1, 2, 8])
@pytest.mark.parametrize(("m", "k", "n"), [(1, 1, 1), (48, 32, 40), (65, 33, 100)])
def test_matmul_in_every_order(m, k, n, group):
    for dtype in MULTIPLIED:
        a, b = numbers(m, k, dtype=dtype), numbers(k, n, dtype=dtype, seed=1)
        assert_close(simple.matmul(a, b, (16, 16, 16), group, warps=4), a.double() @ b.double(), dtype)


@pytest.mark.parametrize("tile", [(16, 16), (32, 16), (16, 32)])
@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("time", [1, 40, 64])
def test_flash_attention(time, is_causal, tile):
    for dtype in MULTIPLIED:
        q, k, v = (numbers(2, time, 16, dtype=dtype, seed=seed) for seed in range(3))
        out, log_sum_exp = simple.flash_attention(q, k, v, is_causal, tile, warps=4)
        expected = F.scaled_dot_product_attention(q.double(), k.double(), v.double(), is_causal=is_causal)
        assert_close(out, expected, dtype)
        scores = q.double() @ k.double().mT / 4
        if is_causal:
            scores = scores.masked_fill(torch.ones(time, time, device=DEVICE).triu(1).bool(), -math.inf)
        assert_close(log_sum_exp, scores.logsumexp(-1), dtype)


def test_what_would_be_read_wrongly_is_refused():
    with pytest.raises(ValueError, match="contiguous"):
        simple.gelu(numbers(4, 8).T)
    if DEVICE == "cpu":
        x = numbers(16, 16, dtype=torch.bfloat16)
        with pytest.raises(ValueError, match="float16 or float32"):
            simple.matmul(x, x)
