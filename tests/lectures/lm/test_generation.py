"""Sampling: the distribution that was asked for, the same tokens with the cache and without."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lectures.lm.functional import softmax
from lectures.lm.generation import generate, next_token_probabilities
from lectures.lm.model import TransformerLM

CONTEXT = 10


def small_model(seed: int, **options: object) -> TransformerLM:
    torch.manual_seed(seed)
    return TransformerLM(13, CONTEXT, 8, 2, 4, 12, dtype=torch.float64, **options)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    prompt=st.integers(1, 14),
    new=st.integers(0, 14),
    batch=st.sampled_from([None, 1, 3]),
    options=st.sampled_from(
        [{"temperature": 0}, {}, {"temperature": 0.5, "top_k": 3}, {"top_p": 0.7}, {"top_k": 5, "top_p": 0.9}]
    ),
    kind=st.sampled_from([{}, {"num_kv_heads": 1}, {"positions": "learned"}, {"positions": "alibi"}]),
)
def test_the_cache_changes_no_token(seed, prompt, new, batch, options, kind):
    model = small_model(seed, **kind)
    tokens = torch.randint(13, (prompt,) if batch is None else (batch, prompt))
    with_cache, without = (
        generate(model, tokens, new, **options, use_cache=use, generator=torch.Generator().manual_seed(seed))
        for use in (True, False)
    )
    assert torch.equal(with_cache, without)
    assert with_cache.shape == (*tokens.shape[:-1], prompt + new)
    assert torch.equal(with_cache[..., :prompt], tokens)


def test_greedy_takes_the_likeliest_and_samples_follow_the_probabilities():
    model = small_model(0)
    prompt = torch.tensor([1, 2, 3])
    likeliest = model(prompt)[-1].argmax()
    assert generate(model, prompt, 1, temperature=0)[-1] == likeliest
    wanted = softmax(model(prompt)[-1], -1)
    many = generate(model, prompt.expand(20_000, 3), 1, generator=torch.Generator().manual_seed(0))[:, -1]
    shares = torch.bincount(many, minlength=13) / 20_000
    assert (shares - wanted).abs().max() < 0.02


def test_a_stop_token_ends_each_row():
    model = small_model(3)
    prompt = torch.randint(13, (4, 2))
    free = generate(model, prompt, 30, generator=torch.Generator().manual_seed(1))
    stop = int(free[0, 4])
    stopped = generate(model, prompt, 30, stop_token=stop, generator=torch.Generator().manual_seed(1))
    for row, other in zip(stopped[:, 2:], free[:, 2:], strict=True):
        ends = (row == stop).nonzero()
        first = int(ends[0]) if len(ends) else len(row) - 1
        assert torch.equal(row[: first + 1], other[: first + 1])
        assert len(ends) == 0 or (row[first:] == stop).all()


def test_generation_leaves_the_model_as_it_was_and_wants_a_prompt():
    model = small_model(0).train()
    generate(model, torch.tensor([1]), 2)
    assert model.training
    with pytest.raises(ValueError, match="prompt of at least one token"):
        generate(model, torch.tensor([], dtype=torch.long), 2)


logits_strategy = st.lists(st.floats(-20, 20), min_size=1, max_size=12).map(
    lambda x: torch.tensor(x, dtype=torch.float64)
)


@settings(max_examples=80, deadline=None)
@given(logits=logits_strategy, temperature=st.floats(0.1, 5), k=st.integers(1, 14), p=st.floats(0.01, 1))
def test_probabilities_after_temperature_top_k_and_top_p(logits, temperature, k, p):
    plain = softmax(logits / temperature, -1)
    assert torch.allclose(next_token_probabilities(logits, temperature), plain, atol=1e-12)
    kept = next_token_probabilities(logits, temperature, top_k=k)
    assert (kept > 0).sum() <= k
    assert torch.isclose(kept.sum(), torch.tensor(1.0, dtype=torch.float64))
    assert all(share <= plain[kept > 0].min() + 1e-12 for share in plain[kept == 0])
    nucleus = next_token_probabilities(logits, temperature, top_p=p)
    chosen = nucleus > 0
    assert plain[chosen].sum() >= min(p, 1) - 1e-9
    assert plain[chosen].sum() - plain[chosen].min() < p + 1e-9  # one fewer would not have been enough
    torch.testing.assert_close(nucleus[chosen], plain[chosen] / plain[chosen].sum())


def test_ties_temperature_zero_and_bad_settings():
    logits = torch.tensor([1.0, 2.0, 2.0, 2.0])
    assert next_token_probabilities(logits, 0).tolist() == [0, 1, 0, 0]
    assert next_token_probabilities(logits, top_k=2).tolist() == [0, 0.5, 0.5, 0]
    for options, words in (
        ({"temperature": -1}, "temperature must not be negative"),
        ({"top_k": 0}, "top_k must be at least 1"),
        ({"top_p": 0}, "top_p must be above 0"),
        ({"top_p": 1.5}, "at most 1"),
    ):
        with pytest.raises(ValueError, match=words):
            next_token_probabilities(logits, **options)
