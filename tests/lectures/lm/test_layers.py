"""Layers: equal to torch's own in float64, initialised as they say, true in low precision and on any leading dimensions."""

import math

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional as F

from lectures.lm.functional import gelu
from lectures.lm.layers import Embedding, FeedForward, LayerNorm, Linear, RMSNorm, RotaryPositionalEmbedding, SwiGLU

F64 = {"dtype": torch.float64}
LEADING = [(), (3,), (2, 3), (2, 1, 3)]


def randn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, **F64, generator=torch.Generator().manual_seed(sum(shape)))


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("leading", LEADING)
@pytest.mark.parametrize("bias", [False, True])
def test_linear(leading, bias):
    ours, theirs = Linear(4, 6, bias, **F64), nn.Linear(4, 6, bias, **F64)
    assert ours.weight.shape == (6, 4)
    ours.load_state_dict(theirs.state_dict())
    x = randn(*leading, 4)
    close(ours(x), theirs(x))
    assert gradcheck(ours, (randn(2, 4).requires_grad_(),))


def test_a_bias_does_not_make_wide_what_autocast_made_narrow():
    layer, theirs = Linear(4, 3, bias=True), nn.Linear(4, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert layer(torch.ones(2, 4)).dtype == theirs(torch.ones(2, 4)).dtype == torch.bfloat16


@pytest.mark.parametrize("leading", LEADING)
def test_embedding(leading):
    ours, theirs = Embedding(9, 4, **F64), nn.Embedding(9, 4, **F64)
    ours.load_state_dict(theirs.state_dict())
    ids = torch.randint(9, leading)
    close(ours(ids), theirs(ids))


@pytest.mark.parametrize("leading", LEADING)
def test_norms(leading):
    x = randn(*leading, 8) * 3 + 1
    for ours, theirs in (
        (RMSNorm(8, **F64), nn.RMSNorm(8, eps=1e-5, **F64)),
        (LayerNorm(8, **F64), nn.LayerNorm(8, **F64)),
    ):
        for parameter in ours.parameters():
            nn.init.normal_(parameter)
        theirs.load_state_dict(ours.state_dict())
        close(ours(x), theirs(x))
        assert gradcheck(ours, (randn(2, 8).requires_grad_(),))


@pytest.mark.parametrize("norm", [RMSNorm, LayerNorm])
def test_norms_work_in_float32_whatever_comes(norm):
    x = (torch.randn(4, 256, generator=torch.Generator().manual_seed(0)) * 300).to(
        torch.float16
    )  # squares beyond 65,504
    y = norm(256)(x)
    assert y.dtype == torch.float16
    assert y.isfinite().all()
    torch.testing.assert_close(y.double(), norm(256, **F64)(x.double()), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("leading", LEADING)
def test_feed_forward_networks(leading):
    x, swiglu = randn(*leading, 6), SwiGLU(6, 10, **F64)
    w1, w2, w3 = (layer.weight for layer in (swiglu.w1, swiglu.w2, swiglu.w3))
    assert [tuple(w.shape) for w in (w1, w2, w3)] == [(10, 6), (6, 10), (10, 6)]
    close(swiglu(x), F.linear(F.silu(F.linear(x, w1)) * F.linear(x, w3), w2))
    plain = FeedForward(6, 10, gelu, True, **F64)
    theirs = nn.Sequential(nn.Linear(6, 10, **F64), nn.GELU(), nn.Linear(10, 6, **F64))
    theirs.load_state_dict(dict(zip(theirs.state_dict(), plain.state_dict().values(), strict=True)))
    close(plain(x), theirs(x))
    assert gradcheck(swiglu, (randn(2, 6).requires_grad_(),))


def test_weights_are_drawn_from_a_truncated_normal():
    torch.manual_seed(0)
    std = math.sqrt(2 / 1000)
    weight = Linear(600, 400).weight
    assert weight.abs().max() <= 3 * std
    assert weight.std().item() == pytest.approx(0.9866 * std, rel=0.01)  # what cutting at three deviations leaves
    assert Embedding(500, 100).weight.abs().max() <= 3


# --------------------------------------------------------------------------------------------------- rotary positions


def turned_by_complex_numbers(x: torch.Tensor, positions: torch.Tensor, theta: float) -> torch.Tensor:
    """The definition: pairs are complex numbers, multiplied by e^(i·p·theta^(−2k/d)); positions broadcast against x[..., 0]."""
    d = x.shape[-1]
    rates = theta ** (-torch.arange(0, d, 2, **F64) / d)
    turn = torch.polar(torch.ones((), **F64), positions[..., None].double() * rates)
    return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous()) * turn).flatten(-2)


@pytest.mark.parametrize("leading", [(), (1,), (7,), (8,), (2, 3), (5, 2, 3)])
def test_rope_turns_pairs_on_any_leading_dimensions(leading):
    rope, x = RotaryPositionalEmbedding(10_000.0, 6, 50, **F64), randn(*leading, 11, 6)
    close(rope(x), turned_by_complex_numbers(x, torch.arange(11), 10_000.0))
    close(rope(x, torch.arange(30, 41)), turned_by_complex_numbers(x, torch.arange(30, 41), 10_000.0))


def test_rope_has_positions_of_every_sequence_that_heads_share():
    rope, x = RotaryPositionalEmbedding(100.0, 4, 40, **F64), randn(3, 2, 5, 4)
    positions = torch.randint(40, (3, 5), generator=torch.Generator().manual_seed(0))
    close(rope(x, positions), turned_by_complex_numbers(x, positions[:, None], 100.0))
    close(rope(x[:, 0], positions), rope(x, positions)[:, 0])


def test_rope_makes_products_depend_on_the_distance_alone():
    rope, q, k = RotaryPositionalEmbedding(10_000.0, 16, 4096, **F64), randn(1, 16), randn(1, 16)
    at = lambda x, p: rope(x, torch.tensor([p]))  # noqa: E731
    products = [(at(q, p + 7) * at(k, p)).sum().item() for p in (0, 1, 1000, 4000)]
    assert products == pytest.approx([products[0]] * 4, rel=1e-9)
    assert (at(q, 9) * at(k, 0)).sum().item() != pytest.approx(products[0])
    assert gradcheck(lambda x: rope(x), (randn(2, 3, 16).requires_grad_(),))


def test_rope_keeps_its_table_exact_through_casts():
    rope = RotaryPositionalEmbedding(10_000.0, 8, 5000)
    exact = rope.cos.clone()
    assert torch.equal(rope.to(torch.bfloat16).cos, exact)
    assert torch.equal(rope.double().float().cos, exact)
    with torch.device("meta"):
        planned = RotaryPositionalEmbedding(10_000.0, 8, 5000)
    assert torch.equal(planned.to_empty(device="cpu").cos, exact)
    x = torch.randn(5000, 8).to(torch.bfloat16)
    assert rope(x).dtype == torch.bfloat16
    assert not rope.state_dict()


def test_rope_wants_pairs():
    with pytest.raises(ValueError, match="must be even, not 5"):
        RotaryPositionalEmbedding(10_000.0, 5, 10)
