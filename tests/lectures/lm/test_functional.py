"""Softmax, activations, attention and the loss: equal to torch's own in float64, and right where numbers are hard."""

import math

import pytest
import torch
from torch.autograd import gradcheck
from torch.nn import functional as F

from lectures.lm.functional import (
    bits_per_byte,
    causal_mask,
    cross_entropy,
    gelu,
    perplexity,
    scaled_dot_product_attention,
    silu,
    softmax,
)


def randn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (1, 1, 1, 7)])
def test_functions_equal_torchs(shape):
    x = randn(*shape)
    for dim in range(-x.ndim, x.ndim):
        torch.testing.assert_close(softmax(x, dim), F.softmax(x, dim), rtol=1e-14, atol=0)
    torch.testing.assert_close(silu(x), F.silu(x), rtol=1e-13, atol=1e-16)
    torch.testing.assert_close(gelu(x), F.gelu(x), rtol=1e-13, atol=1e-16)


def test_softmax_of_huge_numbers_is_finite():
    x = torch.tensor([1e4, 1e4 + math.log(3), -1e30])
    torch.testing.assert_close(softmax(x, -1), torch.tensor([0.25, 0.75, 0.0]), rtol=1e-3, atol=0)


@pytest.mark.parametrize("function", [silu, gelu, lambda x: softmax(x, -1)])
def test_gradients(function):
    assert gradcheck(function, (randn(3, 4).requires_grad_(),))


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
@pytest.mark.parametrize(("queries", "keys"), [(5, 5), (1, 6), (3, 7)])
def test_attention_equals_torchs(leading, queries, keys):
    q, k, v = randn(*leading, queries, 4), randn(*leading, keys, 4), randn(*leading, keys, 6)
    mask = causal_mask(queries, keys)
    for used in (None, mask):
        ours = scaled_dot_product_attention(q, k, v, used)
        torch.testing.assert_close(
            ours, F.scaled_dot_product_attention(q, k, v, attn_mask=used), rtol=1e-12, atol=1e-14
        )
    bias = randn(queries, keys)
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.masked_fill(~mask, -math.inf))
    torch.testing.assert_close(scaled_dot_product_attention(q, k, v, mask, bias), expected, rtol=1e-12, atol=1e-14)


def test_attention_has_gradients():
    q, k, v = (randn(2, 4, 3).mul(scale).requires_grad_() for scale in (1, 2, 3))
    assert gradcheck(lambda *qkv: scaled_dot_product_attention(*qkv, causal_mask(4, 4)), (q, k, v))


def test_causal_mask_lets_the_last_query_see_all():
    assert causal_mask(2, 4).tolist() == [[True, True, True, False], [True] * 4]


@pytest.mark.parametrize("leading", [(4,), (2, 3), (2, 1, 3), ()])
def test_cross_entropy_equals_torchs(leading):
    logits = randn(*leading, 11) * 5
    targets = torch.randint(11, leading, generator=torch.Generator().manual_seed(1))
    expected = F.cross_entropy(logits.reshape(-1, 11), targets.reshape(-1))
    torch.testing.assert_close(cross_entropy(logits, targets), expected, rtol=1e-13, atol=0)


def test_cross_entropy_is_stable_exact_in_bfloat16_and_has_gradients():
    logits, targets = torch.tensor([[1e4, 0.0], [-1e4, 1e4]]), torch.tensor([0, 0])
    assert cross_entropy(logits, targets).item() == 1e4
    low = randn(64, 1000).to(torch.bfloat16)
    targets = torch.arange(64)
    assert cross_entropy(low, targets).dtype == torch.float32
    torch.testing.assert_close(cross_entropy(low, targets), F.cross_entropy(low.float(), targets))
    assert gradcheck(lambda x: cross_entropy(x, targets[:6].reshape(2, 3)), (randn(2, 3, 7).requires_grad_(),))


def test_cross_entropy_says_which_shape_it_wants():
    with pytest.raises(ValueError, match=r"want targets of shape \(2,\), not \(3,\)"):
        cross_entropy(randn(2, 5), torch.zeros(3, dtype=torch.long))


def test_perplexity_of_a_uniform_guess_is_the_number_of_choices():
    loss = cross_entropy(torch.zeros(3, 50), torch.tensor([0, 7, 49])).item()
    assert perplexity(loss) == pytest.approx(50)


def test_bits_per_byte():
    assert bits_per_byte(math.log(256), 1.0) == pytest.approx(8)  # a guess among all bytes
    assert bits_per_byte(math.log(2), 4.0) == pytest.approx(1 / 4)
