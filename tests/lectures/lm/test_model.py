"""Attention, blocks, the model and its cache: against torch's own modules, in every configuration that there is."""

import itertools

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional as F

from lectures.lm.attention import CausalMultiHeadSelfAttention, KVCache, alibi_slopes
from lectures.lm.layers import RotaryPositionalEmbedding
from lectures.lm.model import TransformerBlock, TransformerLM, count_parameters

F64 = {"dtype": torch.float64}
SMALL = {"vocab_size": 17, "context_length": 12, "d_model": 8, "num_layers": 2, "num_heads": 4, "d_ff": 12}


def randn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, **F64, generator=torch.Generator().manual_seed(sum(shape)))


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-12)


def ids(*shape: int) -> torch.Tensor:
    return torch.randint(SMALL["vocab_size"], shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize("bias", [False, True])
def test_attention_equals_torchs_module(bias):
    ours = CausalMultiHeadSelfAttention(8, 4, bias=bias, **F64)
    theirs = nn.MultiheadAttention(8, 4, bias=bias, batch_first=True, **F64)
    projections = (ours.q_proj, ours.k_proj, ours.v_proj)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([p.weight for p in projections]))
        theirs.out_proj.weight.copy_(ours.output_proj.weight)
        if bias:
            for layer in (*projections, ours.output_proj):
                nn.init.normal_(layer.bias)
            theirs.in_proj_bias.copy_(torch.cat([p.bias for p in projections]))
            theirs.out_proj.bias.copy_(ours.output_proj.bias)
    x = randn(3, 5, 8)
    expected, _ = theirs(x, x, x, attn_mask=nn.Transformer.generate_square_subsequent_mask(5, **F64), is_causal=True)
    close(ours(x), expected)
    close(ours(x[0]), expected[0])
    close(ours(x[:, None]), expected[:, None])
    assert gradcheck(ours, (randn(1, 3, 8).requires_grad_(),))


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_grouped_queries_equal_torchs(kv_heads):
    rope = RotaryPositionalEmbedding(10_000.0, 2, 12, **F64)
    layer, x = CausalMultiHeadSelfAttention(8, 4, rope, kv_heads, **F64), randn(3, 5, 8)
    q, k, v = (p(x).unflatten(-1, (-1, 2)).transpose(1, 2) for p in (layer.q_proj, layer.k_proj, layer.v_proj))
    mixed = F.scaled_dot_product_attention(rope(q), rope(k), v, is_causal=True, enable_gqa=True)
    close(layer(x), layer.output_proj(mixed.transpose(1, 2).flatten(-2)))


def test_alibi_takes_from_scores_by_distance():
    assert alibi_slopes(8).tolist() == [2.0**-i for i in range(1, 9)]
    layer, x = CausalMultiHeadSelfAttention(8, 4, alibi=True, **F64), randn(2, 5, 8)
    q, k, v = (p(x).unflatten(-1, (4, 2)).transpose(1, 2) for p in (layer.q_proj, layer.k_proj, layer.v_proj))
    bias = torch.full((4, 5, 5), -torch.inf, **F64)
    for head, query, key in itertools.product(range(4), range(5), range(5)):
        if key <= query:
            bias[head, query, key] = -(2.0 ** (-8 * (head + 1) / 4)) * (query - key)
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    close(layer(x), layer.output_proj(mixed.transpose(1, 2).flatten(-2)))


def test_attention_says_what_cannot_be_split():
    with pytest.raises(ValueError, match="10 cannot be split among 4 heads"):
        CausalMultiHeadSelfAttention(10, 4)
    with pytest.raises(ValueError, match="4 heads cannot share 3"):
        CausalMultiHeadSelfAttention(8, 4, num_kv_heads=3)


@pytest.mark.parametrize("order", ["pre", "post"])
def test_a_block_equals_torchs_encoder_layer(order):
    ours = TransformerBlock(8, 2, 12, norm="layer", order=order, ffn="gelu", bias=True, **F64)
    theirs = nn.TransformerEncoderLayer(8, 2, 12, 0.0, F.gelu, batch_first=True, norm_first=order == "pre", **F64)
    for parameter in ours.parameters():
        nn.init.normal_(parameter, std=0.3)
    state = ours.state_dict()
    names = {
        "linear1": "ffn.w1",
        "linear2": "ffn.w2",
        "norm1": "ln1",
        "norm2": "ln2",
        "self_attn.out_proj": "attn.output_proj",
    }
    wanted = {f"{t}.{kind}": state[f"{o}.{kind}"] for t, o in names.items() for kind in ("weight", "bias")}
    for kind in ("weight", "bias"):
        wanted[f"self_attn.in_proj_{kind}"] = torch.cat([state[f"attn.{p}_proj.{kind}"] for p in "qkv"])
    theirs.load_state_dict(wanted)
    x = randn(2, 5, 8)
    close(ours(x), theirs(x, nn.Transformer.generate_square_subsequent_mask(5, **F64), is_causal=True))


OPTIONS = [
    {},
    {"num_kv_heads": 2},
    {"norm": "layer", "ffn": "gelu", "positions": "learned", "bias": True, "tie_embeddings": True},
    {"positions": "alibi", "ffn": "silu"},
    {"positions": "none", "norm": "none", "order": "post"},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_no_position_reads_from_a_later_one(options):
    model, tokens = TransformerLM(**SMALL, **options, **F64), ids(2, 10)
    logits = model(tokens)
    assert logits.shape == (2, 10, 17)
    changed = tokens.clone()
    changed[:, 6] = (changed[:, 6] + 1) % 17
    other = model(changed)
    close(other[:, :6], logits[:, :6])
    assert not torch.allclose(other[:, 6], logits[:, 6])


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("pieces", [[10], [1] * 10, [4, 1, 3, 2]])
def test_a_cache_gives_the_same_logits(options, pieces):
    model, tokens = TransformerLM(**SMALL, **options, **F64), ids(3, 10)
    caches = model.new_caches()
    read = torch.cat([model(piece, caches) for piece in tokens.split(pieces, dim=1)], dim=1)
    close(read, model(tokens))
    assert [cache.length for cache in caches] == [10, 10]


def test_a_cache_and_a_context_say_when_they_are_full():
    model = TransformerLM(**SMALL)
    with pytest.raises(ValueError, match="13 tokens do not fit a context of 12"):
        model(ids(1, 13))
    caches = model.new_caches()
    model(ids(1, 12), caches)
    with pytest.raises(ValueError, match="13 tokens do not fit"):
        model(ids(1, 1), caches)
    with pytest.raises(ValueError, match="room for 2 positions, not for 3"):
        KVCache(2).append(randn(1, 1, 3, 2), randn(1, 1, 3, 2))


def test_parameters_are_counted_once():
    untied, tied = TransformerLM(**SMALL), TransformerLM(**SMALL, tie_embeddings=True)
    assert count_parameters(untied) - count_parameters(tied) == 17 * 8
    assert count_parameters(untied) - count_parameters(untied, embeddings=False) == 17 * 8
    assert count_parameters(tied, embeddings=False) == count_parameters(tied)


def test_the_model_learns_and_compiles_to_the_same():
    torch.manual_seed(0)
    model, tokens = TransformerLM(**SMALL), ids(4, 12)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(tokens), model(tokens))
