"""Accounting: parameters, FLOPs and bytes worked out on paper equal those of the model, and those that were published."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from lectures.lm.accounting import (
    PUBLISHED,
    ModelShape,
    activation_bytes_per_layer,
    flops,
    kv_cache_bytes_per_token,
    parameters,
    training_bytes,
    training_flops_per_token,
)
from lectures.lm.functional import cross_entropy
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import SGD, AdaGrad, AdamW

KNOWN = {
    "GPT-2 small": 124_439_808,
    "GPT-2 medium": 354_823_168,
    "GPT-2 large": 774_030_080,
    "GPT-2 XL": 1_557_611_200,
    "Llama-2-7B": 6_738_415_616,
    "Llama-2-13B": 13_015_864_320,
    "Llama-2-70B": 68_976_648_192,
    "Llama-3-8B": 8_030_261_248,
    "Llama-3-70B": 70_553_706_496,
    "Llama-3.1-405B": 405_853_388_800,
    "Mistral-7B": 7_241_732_096,
}


def planned(shape: ModelShape) -> TransformerLM:
    """The model, without memory for its numbers."""
    with torch.device("meta"):
        return TransformerLM(**shape.arguments())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_models_have_as_many_parameters_as_was_published(name):
    assert sum(parameters(PUBLISHED[name]).values()) == KNOWN[name]
    if KNOWN[name] < 1e10:
        assert count_parameters(planned(PUBLISHED[name])) == KNOWN[name]


shapes = st.builds(
    ModelShape,
    vocab_size=st.integers(2, 40),
    context_length=st.integers(1, 20),
    d_model=st.just(16),
    num_layers=st.integers(1, 3),
    num_heads=st.just(4),
    d_ff=st.integers(1, 50),
    num_kv_heads=st.sampled_from([None, 1, 2, 4]),
    norm=st.sampled_from(["rms", "layer"]),
    ffn=st.sampled_from(["swiglu", "gelu", "silu"]),
    positions=st.sampled_from(["rope", "learned", "alibi", "none"]),
    bias=st.booleans(),
    tie_embeddings=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(shape=shapes, batch=st.integers(1, 3))
def test_parameters_and_flops_are_those_of_the_model(shape, batch):
    model = planned(shape)
    assert sum(parameters(shape).values()) == count_parameters(model)
    tokens = torch.zeros(batch, shape.context_length, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as forward:
        loss = cross_entropy(model(tokens), tokens)
    assert sum(flops(shape, batch).values()) == forward.get_total_flops()
    with FlopCounterMode(display=False) as backward:
        loss.backward()
    assert backward.get_total_flops() == 2 * forward.get_total_flops()
    assert training_flops_per_token(shape) * shape.context_length == 3 * sum(flops(shape, 1).values())


def test_shares_of_gpt2_grow_towards_the_feed_forward_network():
    """Of GPT-2's widths with a gated network, as worked out by others: 49.8, 59.9, 64.2, 66.9 %."""
    shares = []
    for name in ("small", "medium", "large", "XL"):
        shape = dataclasses.replace(PUBLISHED[f"GPT-2 {name}"], ffn="swiglu")
        parts = flops(shape)
        shares.append(round(100 * parts["feed-forward"] / sum(parts.values()), 1))
    assert shares == [49.8, 59.9, 64.2, 66.9]


def test_bytes_of_training():
    one = 10**9
    assert sum(training_bytes(one).values()) == 16e9
    assert sum(training_bytes(one, "sgd").values()) == 8e9
    assert sum(training_bytes(one, "adagrad").values()) == 12e9
    mixed = training_bytes(7 * one, dtype="bfloat16", states="bfloat16", master=True)
    assert sum(mixed.values()) == 84e9
    assert sum(training_bytes(one, dtype="bfloat16", master=True).values()) == 16e9


@pytest.mark.parametrize(("optimizer", "name"), [(SGD, "sgd"), (AdaGrad, "adagrad"), (AdamW, "adamw")])
def test_bytes_are_those_that_training_takes(optimizer, name):
    model = TransformerLM(11, 8, 8, 2, 2, 12)
    trained = optimizer(model.parameters())
    cross_entropy(model(torch.zeros(1, 8, dtype=torch.long)), torch.zeros(1, 8, dtype=torch.long)).backward()
    trained.step()
    held = [t for p in model.parameters() for t in (p, p.grad)]
    held += [v for state in trained.state.values() for v in state.values() if isinstance(v, torch.Tensor)]
    assert sum(t.nbytes for t in held) == sum(training_bytes(count_parameters(model), name).values())


def test_caches_and_activations():
    per_token = {name: kv_cache_bytes_per_token(PUBLISHED[name]) for name in PUBLISHED}
    assert per_token["Llama-2-7B"] == 524_288
    assert per_token["Llama-2-13B"] == 819_200
    assert per_token["Llama-3-8B"] == 131_072
    assert per_token["Llama-3-70B"] == 327_680
    shape = ModelShape(17, 12, 8, 2, 4, 12, num_kv_heads=2)
    model = TransformerLM(**shape.arguments(), dtype=torch.bfloat16)
    caches = model.new_caches()
    model(torch.zeros(3, 1, dtype=torch.long), caches)
    room = sum(x.nbytes for cache in caches for x in (cache._keys, cache._values))
    assert room == 3 * 12 * kv_cache_bytes_per_token(shape)
    h, a, s = 2048, 16, 1024
    assert activation_bytes_per_layer(ModelShape(1, s, h, 1, a, 1), 2) == s * 2 * h * (34 + 5 * a * s / h)
