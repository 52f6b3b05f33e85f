"""The study of tokenizers: what it measures is what it says, it pays the same for all, and it repeats itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lectures.lm.accounting import ModelShape, training_flops_per_token
from lectures.lm.functional import bits_per_byte, cross_entropy
from lectures.lm.model import TransformerLM
from lectures.lm.tokenizer_study import (
    compare_tokenizers,
    loss_on_text,
    steps_for,
    train_tokenizers,
    windows,
)

TEXT = "the cat sat on the mat, and the dog sat on the log. then they ran to the tree.\n" * 20
OTHER = "the dog ran to the mat, and the cat sat on the tree. é\n" * 4
TINY = ModelShape(vocab_size=0, context_length=16, d_model=16, num_layers=1, num_heads=2, d_ff=24)


def tiny(**changes):
    arguments = {"vocab_size": 270, "shape": TINY, "training_flops": 1e8, "batch_size": 4, **changes}
    return compare_tokenizers(TEXT, OTHER, **arguments)


@settings(deadline=None)
@given(length=st.integers(1, 200), context=st.integers(1, 40))
def test_every_token_but_the_first_is_predicted_once(length, context):
    context = min(context, max(length - 1, 1))
    predicted = []
    for start, new in windows(length, context):
        assert start >= 0
        assert start + context < length
        last = start + context
        predicted += range(last - new + 1, last + 1)
        if start > 0:
            assert context - new >= context // 2 - 1  # how many come before the first that is new
    assert predicted == list(range(1, length))


@pytest.mark.parametrize("length", [1, 2, 9, 17, 18, 60])
def test_the_loss_on_a_text_is_that_of_each_token_with_what_stands_before_it(length):
    torch.manual_seed(0)
    model = TransformerLM(**replace(TINY, vocab_size=11).arguments())
    ids = np.random.default_rng(0).integers(0, 11, length)
    total = math.log(11)
    for position in range(1, length):
        # Windows begin at 0, 8, 16, …, the last as late as it can; the first that predicts a position counts.
        starts = [*range(0, max(length - 16, 1), 8), max(0, length - 17)]
        start = next(start for start in starts if start < position <= start + 16)
        logits = model(torch.from_numpy(ids[start:position])[None])[0, -1]
        total += cross_entropy(logits, torch.tensor(ids[position])).item()
    assert loss_on_text(model, ids) == pytest.approx(total / length, rel=1e-5)


def test_a_model_that_knows_nothing_has_the_loss_of_a_guess():
    model = TransformerLM(**replace(TINY, vocab_size=256).arguments())
    torch.nn.init.zeros_(model.lm_head.weight)
    assert loss_on_text(model, np.arange(100)) == pytest.approx(math.log(256))


def test_what_is_compared():
    results = tiny()
    assert [result.name for result in results] == ["bytes", "BPE", "unigram"]
    assert [result.vocab_size for result in results] == [256, 270, 270]
    tokenizers = train_tokenizers(TEXT, 270)
    for result in results:
        assert result.bits_per_byte == pytest.approx(bits_per_byte(result.loss, result.bytes_per_token))
        assert result.bits_per_byte < 6  # it has learned something
        assert result.tokens == result.steps * 4 * 16
        shape = replace(TINY, vocab_size=result.vocab_size)
        flops_of_a_step = training_flops_per_token(shape) * 4 * 16
        assert result.steps * flops_of_a_step <= 1e8 < (result.steps + 1) * flops_of_a_step
        assert result.parameters == sum(p.numel() for p in TransformerLM(**shape.arguments()).parameters())
        encoded = tokenizers[result.name].encode(OTHER)
        assert result.bytes_per_token == pytest.approx(len(OTHER.encode()) / len(encoded))
        assert tokenizers[result.name].decode(encoded) == OTHER
    by_bytes, by_bpe, by_unigram = results
    assert by_bytes.bytes_per_token == 1 < min(by_bpe.bytes_per_token, by_unigram.bytes_per_token)
    assert by_bytes.steps > by_bpe.steps == by_unigram.steps  # a larger vocabulary makes a step dearer, …
    assert by_bytes.training_bytes == by_bytes.tokens < by_bpe.training_bytes  # … and still reads more


def test_the_same_arguments_give_the_same_results_and_leave_torch_alone():
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    first = tiny(training_flops=2e7)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    torch.manual_seed(7)  # whatever happened before
    assert tiny(training_flops=2e7) == first
    assert tiny(training_flops=2e7, seed=1) != first


def test_bad_arguments_are_one_sentence():
    with pytest.raises(ValueError, match="vocab_size is 200, but the 256 bytes alone are more"):
        tiny(vocab_size=200)
    with pytest.raises(ValueError, match="the validation text is empty"):
        compare_tokenizers(TEXT, "", shape=TINY)
    with pytest.raises(ValueError, match="100 FLOPs do not pay for one step of"):
        steps_for(replace(TINY, vocab_size=256), 100, 4)
    with pytest.raises(ValueError, match="hold no stretch of 16 and the token after it"):
        compare_tokenizers("short", OTHER, shape=TINY, vocab_size=256)
