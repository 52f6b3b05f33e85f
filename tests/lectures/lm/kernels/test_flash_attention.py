"""Both FlashAttentions, in torch's own operations and in Triton, against attention that writes its scores."""

import pytest
import torch

from lectures.lm.functional import causal_mask, scaled_dot_product_attention
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.flash_attention_tiles import FlashAttentionTiles
from tests.lectures.lm.kernels.agreement import DEVICE, DTYPES, assert_close, assert_same_function, numbers

BOTH = pytest.mark.parametrize("attention", [FlashAttention, FlashAttentionTiles])
CAUSAL = pytest.mark.parametrize("is_causal", [False, True])


def reference(q, k, v, is_causal):
    if q.ndim > 3:
        k, v = (x.repeat_interleave(q.shape[-3] // k.shape[-3], dim=-3) for x in (k, v))
    mask = causal_mask(q.shape[-2], k.shape[-2], q.device) if is_causal else None
    return scaled_dot_product_attention(q, k, v, mask)


@BOTH
@CAUSAL
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("queries", "keys"),
    [
        ((3, 70, 24), (3, 70, 24)),
        ((2, 4, 33, 16), (2, 2, 33, 16)),
        ((1, 2, 1, 64), (1, 1, 129, 64)),
        ((1, 2, 65, 8), (1, 2, 130, 8)),
        ((2, 1, 1, 1), (2, 1, 1, 1)),
    ],
    ids=["no heads, odd sizes", "shared keys", "one query", "more keys than queries", "one of everything"],
)
def test_it_is_attention(attention, is_causal, dtype, queries, keys):
    assert_same_function(
        lambda q, k, v: attention.apply(q, k, v, is_causal),
        lambda q, k, v: reference(q, k, v, is_causal),
        numbers(*queries, dtype=dtype),
        numbers(*keys, dtype=dtype, seed=1),
        numbers(*keys, dtype=dtype, seed=2),
        tiny=0.1 if keys[-2] == 1 else 1e-3,  # of a single key, the gradient of its score is 0
    )


@BOTH
def test_scores_of_hundreds_do_not_overflow(attention):
    q, k, v = (numbers(1, 2, 80, 16, seed=seed, scale=20) for seed in range(3))
    assert_close(attention.apply(q, k, v, True), reference(q.double(), k.double(), v.double(), True), torch.float32)


@BOTH
def test_heads_may_lie_anywhere(attention):
    """As `rearrange` leaves them: (batch, time, head, d) seen as (batch, head, time, d)."""
    q, k, v = (numbers(2, 40, 3, 16, seed=seed).transpose(1, 2) for seed in range(3))
    assert_close(attention.apply(q, k, v, True), reference(q.double(), k.double(), v.double(), True), torch.float32)


@BOTH
def test_what_is_kept_for_the_backward_pass_has_no_scores(attention):
    q, k, v = (numbers(1, 2, 96, 16, seed=seed).requires_grad_() for seed in range(3))
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x.numel()) or x, lambda x: x):
        attention.apply(q, k, v, True)
    assert sum(kept) == 4 * q.numel() + 2 * 96


@BOTH
def test_what_does_not_fit_is_said(attention):
    x = torch.zeros(2, 3, 8, 16, device=DEVICE)
    with pytest.raises(ValueError, match="wants q"):
        attention.apply(x, x, x[..., :8], False)
    with pytest.raises(ValueError, match="a multiple"):
        attention.apply(x, x[:, :2], x[:, :2], False)
    with pytest.raises(ValueError, match="the first would see none"):
        attention.apply(x, x[..., :4, :], x[..., :4, :], True)
