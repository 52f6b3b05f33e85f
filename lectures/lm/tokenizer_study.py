"""Which tokenizer makes the better language model? One transformer on bytes, on BPE and on unigram pieces, for the same FLOPs.

    for result in compare_tokenizers(train_text, validation_text, vocab_size=512):
        print(result.name, result.bits_per_byte)

*Compared by bits per byte.* A loss per token says little across tokenizers: a longer token is harder to predict, and there are
fewer of them. Bits per byte is the same loss, spread over the bytes of the text, which are the same for all.

*At equal FLOPs*, forward and backward, with everything counted that differs: a larger vocabulary makes the output, and so every
token, more expensive, and pays for fewer of them; longer tokens make a text shorter, and let the same number read more of it.
Equal steps would give the larger vocabularies more text for nothing, equal text would give the bytes more compute.

The model knows one way to cut a text, the one that `encode` takes. The probability of the text is the sum over all ways, so what
is measured is a little more than what the model would need (Cao and Rimell, 2021, arXiv 2109.02550).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lectures.lm.accounting import ModelShape, training_flops_per_token
from lectures.lm.batches import get_batch
from lectures.lm.bpe_fast import learn_merges_fast
from lectures.lm.functional import bits_per_byte, cross_entropy
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import AdamW, clip_gradients
from lectures.lm.schedules import cosine_schedule
from lectures.lm.tokenizer import ByteTokenizer, Tokenizer, build_vocabulary, compression_ratio, count_pretokens
from lectures.lm.unigram import UnigramTokenizer, learn_pieces, training_words, unigram_vocabulary

__all__ = [
    "SHAPE",
    "TokenizerResult",
    "compare_tokenizers",
    "loss_on_text",
    "steps_for",
    "study_tokenizer",
    "train_model",
    "train_tokenizers",
    "windows",
]

AnyTokenizer = ByteTokenizer | Tokenizer

SHAPE = ModelShape(vocab_size=0, context_length=64, d_model=64, num_layers=2, num_heads=2, d_ff=176)
"""The model that is the same for all; its vocabulary is filled in by each tokenizer."""

TRAINING_FLOPS = 2.5e11
"""About ten seconds on one core."""

WARMUP = 0.1  # share of the steps
EVALUATED_AT_ONCE = 32  # windows


@dataclass(frozen=True)
class TokenizerResult:
    """What one tokenizer, and the model trained on it, came to. Two results are equal whatever time they took."""

    name: str
    vocab_size: int
    bytes_per_token: float
    """Of the validation text."""
    parameters: int
    steps: int
    tokens: int
    """Read in training, one as often as it was read."""
    training_bytes: int
    """The text that those tokens are, about: tokens times bytes per token of the training text."""
    seconds: float = field(compare=False)
    """Training the model, without the tokenizer and without the evaluation."""
    loss: float
    """On the validation text, in nats per token."""
    bits_per_byte: float


def compare_tokenizers(
    train_text: str,
    validation_text: str,
    *,
    vocab_size: int = 512,
    shape: ModelShape = SHAPE,
    training_flops: float = TRAINING_FLOPS,
    batch_size: int = 16,
    learning_rate: float = 1e-2,
    seed: int = 0,
) -> list[TokenizerResult]:
    """Train bytes, BPE and unigram on `train_text`, then a model of the same shape on each, and measure all on `validation_text`.

    `vocab_size` is that of BPE and unigram; bytes have 256. Every model gets `training_flops`, the same order of random numbers
    and one thread, so that the same arguments give the same results on one machine; torch is left as it was found.

    Errors: ValueError for a vocabulary below 256, an empty validation text, a training text shorter than a context, and too few
    FLOPs for a step.
    """
    tokenizers = train_tokenizers(train_text, vocab_size)
    return [
        study_tokenizer(
            name,
            tokenizer,
            train_text,
            validation_text,
            shape=shape,
            training_flops=training_flops,
            batch_size=batch_size,
            learning_rate=learning_rate,
            seed=seed,
        )
        for name, tokenizer in tokenizers.items()
    ]


def train_tokenizers(text: str, vocab_size: int) -> dict[str, AnyTokenizer]:
    """Bytes, BPE and unigram by name, the last two trained on the text to the same size."""
    if vocab_size < ByteTokenizer.vocab_size:
        raise ValueError(f"vocab_size is {vocab_size}, but the 256 bytes alone are more; ask for at least 256")
    pretokens = count_pretokens(text)
    learned = vocab_size - ByteTokenizer.vocab_size
    merges = learn_merges_fast(pretokens, learned)
    scores = learn_pieces(training_words(pretokens), learned)
    return {
        "bytes": ByteTokenizer(),
        "BPE": Tokenizer(build_vocabulary(merges), merges),
        "unigram": UnigramTokenizer(unigram_vocabulary(scores), scores),
    }


def study_tokenizer(
    name: str,
    tokenizer: AnyTokenizer,
    train_text: str,
    validation_text: str,
    *,
    shape: ModelShape = SHAPE,
    training_flops: float = TRAINING_FLOPS,
    batch_size: int = 16,
    learning_rate: float = 1e-2,
    seed: int = 0,
) -> TokenizerResult:
    """One line of the comparison: train a model on what the tokenizer makes of the text, and measure it."""
    if not validation_text:
        raise ValueError("the validation text is empty; give some text to measure on")
    shape = replace(shape, vocab_size=tokenizer.vocab_size)
    train_ids, validation_ids = (np.array(tokenizer.encode(text)) for text in (train_text, validation_text))
    bytes_per_token = compression_ratio(validation_text, validation_ids.tolist())
    steps = steps_for(shape, training_flops, batch_size)
    tokens = steps * batch_size * shape.context_length
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        began = time.perf_counter()
        model = train_model(shape, train_ids, steps, batch_size, learning_rate, seed)
        seconds = time.perf_counter() - began
        loss = loss_on_text(model, validation_ids)
    return TokenizerResult(
        name=name,
        vocab_size=tokenizer.vocab_size,
        bytes_per_token=bytes_per_token,
        parameters=count_parameters(model),
        steps=steps,
        tokens=tokens,
        training_bytes=round(tokens * compression_ratio(train_text, train_ids.tolist())),
        seconds=seconds,
        loss=loss,
        bits_per_byte=bits_per_byte(loss, bytes_per_token),
    )


def steps_for(shape: ModelShape, training_flops: float, batch_size: int) -> int:
    """How many whole steps a budget pays for. Errors: ValueError if it is not one."""
    flops_of_a_step = training_flops_per_token(shape) * batch_size * shape.context_length  # @inspect flops_of_a_step
    steps = int(training_flops // flops_of_a_step)  # @inspect steps
    if steps < 1:
        raise ValueError(
            f"{training_flops:.3g} FLOPs do not pay for one step of {flops_of_a_step:.3g}; give more, or take a smaller model"
        )
    return steps


def train_model(
    shape: ModelShape, token_ids: NDArray[np.int64], steps: int, batch_size: int, learning_rate: float, seed: int = 0
) -> TransformerLM:
    """A new model after `steps` of AdamW on batches from random places; the rate warms up and falls to a tenth in a cosine."""
    model = TransformerLM(**shape.arguments())
    optimizer = AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.1)
    places = torch.Generator().manual_seed(seed)
    for step in range(1, steps + 1):
        rate = cosine_schedule(step, learning_rate, learning_rate / 10, round(WARMUP * steps), steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        inputs, targets = get_batch(token_ids, batch_size, shape.context_length, generator=places)
        loss = cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), 1.0)
        optimizer.step()
    return model


@torch.no_grad()  # type: ignore[untyped-decorator]
def loss_on_text(model: TransformerLM, token_ids: NDArray[np.int64]) -> float:
    """The mean loss over a whole text, in nats per token: each token predicted once, from at least half a context before it.

    The text goes through the model in windows that overlap by half, and of each only what is new counts; the first window
    counts whole. The very first token has nothing before it and counts as ln(vocabulary): a guess among all.
    """
    context = min(model.context_length, len(token_ids) - 1)
    total = math.log(model.vocab_size)
    spans = list(windows(len(token_ids), context)) if context else []
    for index in range(0, len(spans), EVALUATED_AT_ONCE):
        some = spans[index : index + EVALUATED_AT_ONCE]
        rows: Tensor = torch.from_numpy(np.stack([token_ids[start : start + context + 1] for start, _ in some]))
        logits = model(rows[:, :-1])
        for row, (_, new) in enumerate(some):
            total += new * cross_entropy(logits[row, -new:], rows[row, -new:]).item()
    return total / len(token_ids)


def windows(length: int, context: int) -> Iterator[tuple[int, int]]:
    """Where windows of `context` tokens begin, and how many predictions, the last ones, are new in each.

    A window that begins at s predicts the tokens s + 1 to s + context; together they predict 1 to length − 1, each once.
    """
    stride = max(1, context // 2)
    predicted = 1
    while predicted < length:
        end = min(length, max(predicted + stride, context + 1))
        yield end - 1 - context, end - predicted
        predicted = end


@contextmanager
def one_thread() -> Iterator[None]:
    """Within: one thread, which is as fast for small matrices, and sums in the same order on every machine of a kind."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
