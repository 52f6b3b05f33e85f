"""A model whose parts are computed by kernels is the same model."""

import copy

import pytest
import torch

from lectures.lm.functional import cross_entropy
from lectures.lm.generation import generate
from lectures.lm.kernels.cross_entropy import cross_entropy as fused_cross_entropy
from lectures.lm.kernels.switch import KERNELS, KernelLinear, KernelRMSNorm, use_kernels
from lectures.lm.model import TransformerLM
from tests.lectures.lm.kernels.agreement import DEVICE, assert_close

SHAPE = {"vocab_size": 50, "context_length": 40, "d_model": 32, "num_layers": 2, "num_heads": 4, "d_ff": 40}
OPTIONS = {
    "llama": {"num_kv_heads": 2},
    "gpt-2": {"norm": "layer", "ffn": "gelu", "positions": "learned", "bias": True, "tie_embeddings": True},
    "alibi": {"positions": "alibi", "ffn": "gelu"},
}


def pair(options, kernels):
    torch.manual_seed(0)
    plain = TransformerLM(**SHAPE, **options, device=DEVICE)
    return plain, use_kernels(copy.deepcopy(plain), kernels)


def tokens(*shape):
    return torch.randint(50, shape, generator=torch.Generator().manual_seed(1)).to(DEVICE)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("kernels", ["all", *KERNELS])
def test_loss_and_gradients_are_the_same(options, kernels):
    plain, fused = pair(options, kernels)
    ids = tokens(3, 34)
    cross_entropy(plain(ids[:, :-1]), ids[:, 1:]).backward()
    loss = fused_cross_entropy(fused(ids[:, :-1]), ids[:, 1:], overwrite_logits=True)
    loss.backward()
    for (name, a), b in zip(plain.named_parameters(), fused.parameters(), strict=True):
        # Not of the bias of keys: it changes all scores of a query alike, so its gradient is rounding and nothing else.
        bound = 1e-4 * max(a.grad.norm().item(), 1e-3)
        assert (a.grad - b.grad).norm().item() < bound, name


def test_each_name_changes_what_it_says():
    kinds = lambda model: {type(module).__name__ for module in model.modules()}  # noqa: E731
    assert "KernelLinear" in kinds(pair({}, "linear")[1])
    assert "KernelRMSNorm" in kinds(pair({}, "norm")[1])
    assert "FlashHeads" in kinds(pair({}, "attention")[1])
    assert "SoftmaxAttention" in kinds(pair({}, "softmax")[1])
    assert "FlashOrSoftmaxHeads" in kinds(pair({}, "all")[1])
    activations = {
        m.activation.__module__ for m in pair({"ffn": "gelu"}, "activation")[1].modules() if hasattr(m, "activation")
    }
    assert activations == {"lectures.lm.kernels.gelu"}


def test_the_switch_of_the_model():
    model = TransformerLM(**SHAPE, kernels=["norm", "linear"], device=DEVICE)
    assert isinstance(model.ln_final, KernelRMSNorm)
    assert isinstance(model.lm_head, KernelLinear)
    with pytest.raises(ValueError, match="no kernel called 'attentoin': there are attention, softmax"):
        TransformerLM(**SHAPE, kernels=["attentoin"])


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_attention_is_in_the_dtype_of_autocast(options, monkeypatch):
    """As torch's own is: in float32 the tensor cores would take many times as long."""
    _, fused = pair(options, ["attention", "norm"])
    seen = []
    original = type(fused.layers[0].attn).attend

    def attend(self, q, k, v):
        seen.append(original(self, q, k, v).dtype)
        return original(self, q, k, v)

    monkeypatch.setattr(type(fused.layers[0].attn), "attend", attend)
    with torch.autocast(DEVICE, dtype=torch.bfloat16):
        fused(tokens(2, 9))
    assert set(seen) == {torch.bfloat16}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_cache_gives_the_same_tokens(options):
    plain, fused = pair(options, "all")
    prompt = tokens(2, 5)
    expected = generate(plain, prompt, 6, temperature=0)
    assert torch.equal(generate(fused, prompt, 6, temperature=0), expected)


def test_parameters_stay_and_a_checkpoint_fits():
    plain, fused = pair({}, "all")
    fused.load_state_dict(plain.state_dict())
    assert_close(fused(tokens(2, 9)), plain(tokens(2, 9)), torch.float32, tiny=1)
