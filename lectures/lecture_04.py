"""Lecture 4: the training loop: a minute of training, watched; what keeps it safe, what breaks it, and how to sample from it.

python execute.py -m lecture_04
"""

import copy
import lzma
import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart
from lectures.images.tokens import token_rows
from lectures.lm.accounting import ModelShape, parameters, training_flops_per_token
from lectures.lm.batches import get_batch, open_tokens, write_tokens
from lectures.lm.bpe_fast import learn_merges_fast
from lectures.lm.checkpoints import load_checkpoint, save_checkpoint
from lectures.lm.functional import bits_per_byte, cross_entropy, perplexity, scaled_dot_product_attention
from lectures.lm.generation import generate, next_token_probabilities
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import AdamW, clip_gradients
from lectures.lm.schedules import cosine_schedule, warmup_stable_decay_schedule
from lectures.lm.tokenizer import Merges, Tokenizer, build_vocabulary, count_pretokens
from lectures.lm.tokenizer_study import compare_tokenizers, loss_on_text, train_tokenizers
from lectures.lm.training import Run, best_device, deterministic, evaluate
from lectures.lm.unigram import best_segmentation
from lectures.references import cite
from tracer import image, link, note, plot, quiz, table, text

OPTICKS = Path(__file__).parent / "data" / "opticks.txt"

SHAPE = ModelShape(vocab_size=2048, context_length=64, d_model=128, num_layers=2, num_heads=4, d_ff=344)
STEPS, EVERY, BATCH = 400, 20, 16
PEAK = 6e-3
PROMPT = "The Rays of Light"

SMALL = ModelShape(vocab_size=1024, context_length=48, d_model=64, num_layers=2, num_heads=4, d_ff=176)
SHORT = 100
"""Steps of a run that is made to learn something about training, rather than to train something."""

Tokens = NDArray[np.integer]
Batch = Int[Tensor, "batch time"]
Logits = Float[Tensor, "batch time vocab"]
Rows = list[dict[str, Any]]
Schedule = Callable[[int], float]


def main() -> None:
    text("# Lecture 4: The training loop")
    text(
        "Tokenizer, model, loss, optimizer: everything is built, and none of it has ever learned a thing. Today we switch it "
        "on. We have one book, and **one minute of one processor core**. What can a minute buy?"
    )
    note(
        "Eighty minutes. To the run: thirty. Start it before the break if you run the lecture live. What goes wrong: twenty, "
        "and let the class diagnose each curve before you step. Sampling and tokenizers: fifteen each."
    )
    torch.set_num_threads(1)
    torch.manual_seed(0)
    device = torch.device(best_device())  # a GPU where there is one
    folder = TemporaryDirectory()
    overview()
    on_a_napkin(device)

    # What goes in
    merges = learned_merges()  # @stepover
    tokenizer, train, validation = tokens_on_disk(merges, Path(folder.name))
    batches_of_questions(tokenizer, train)
    small = small_tokens(merges)  # @stepover
    one_step(train)
    how_large_a_batch(small)
    schedules(small)

    # The minute
    model, runs = the_minute(tokenizer, train, validation, device)
    what_a_loss_means(model, tokenizer, validation, runs)

    # Keeping it safe
    clipping(small)
    weight_decay()
    checkpoints(small, Path(folder.name))
    seeds(small)

    # Breaking it
    what_goes_wrong(small, merges)

    # Using it
    sampling(model, tokenizer, validation)
    tokenizers_compared()
    pitfalls()
    summing_up()
    folder.cleanup()


def overview() -> None:
    text("## In this lecture")
    text(
        "**Five key concepts**\n"
        "1. *The loop*: batch, loss, gradient, step; four lines, a million times.\n"
        "2. *The schedule*: the learning rate is a curve, not a number.\n"
        "3. *State*: a run is more than its weights, and can be stopped and resumed to the last digit.\n"
        "4. *Bits per byte*: the only loss that can be compared across tokenizers.\n"
        "5. *Diagnosis*: what breaks has a signature, and most breakage raises no error."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. What is the loss before the first step? It can be known.\n"
        "2. Why is the last tenth of a book a better exam than a random tenth?\n"
        "3. Which is more alarming: a loss that explodes, or one that is wonderful?\n"
        "4. One model has half the loss of another. Why may it still be the worse one?"
    )


def on_a_napkin(device: torch.device) -> None:
    text("## On a napkin: what will a minute buy?")
    text("Three counts decide: how many FLOPs a token takes, how many the machine does, how much text there is.")
    count = sum(parameters(SHAPE).values())  # @stepover @inspect count
    a_token = training_flops_per_token(SHAPE)  # forward and backward @stepover @inspect a_token
    text(
        f"The rule of Lecture 2, $6N$, says {6 * count / 1e6:.1f} million FLOPs a token. Counted exactly it is "
        f"{a_token / 1e6:.1f} million: the embedding is looked up, not multiplied with, and attention comes on top. In a "
        "model this small, neither can be left out. How fast is this machine? One product of two matrices, timed:"
    )
    peak = measured_flops_per_second(device)  # @stepover @inspect peak
    affordable = 0.5 * peak * 60 / a_token  # tokens, at half of that speed @inspect affordable
    planned = STEPS * BATCH * SHAPE.context_length  # tokens @inspect planned
    predicted = planned * a_token / (0.5 * peak)  # seconds @inspect predicted
    text(
        f"At half of that speed, which Lecture 2 called good, a minute buys **{affordable:,.0f} tokens**. We plan {STEPS} "
        f"steps of {BATCH} sequences of {SHAPE.context_length} tokens, {planned:,} in all, which should take "
        f"**{predicted:.1f} seconds**. We shall see. (Why a fixed number of *steps*, and not a minute by the clock? Because "
        "the same steps give the same model, on a busy machine, too.)"
    )
    quiz(
        f"The model has a vocabulary of {SHAPE.vocab_size:,}, its weights are random, and it has seen nothing. What is its "
        "loss, in nats?",
        ["0", "1", f"{math.log(SHAPE.vocab_size):.1f}", f"{SHAPE.vocab_size:,}"],
        answer=f"{math.log(SHAPE.vocab_size):.1f}",
        why="Knowing nothing, it should give each token the same share, $1/V$. The loss is then $-\\ln(1/V) = \\ln V$.",
    )
    torch.manual_seed(0)
    model = TransformerLM(**SHAPE.arguments())  # @stepover
    ids = torch.randint(SHAPE.vocab_size, (16, SHAPE.context_length + 1))
    logits = model(ids[:, :-1]).detach()  # @stepover @inspect logits
    uniform = math.log(SHAPE.vocab_size)  # @inspect uniform
    untrained = cross_entropy(logits, ids[:, 1:]).item()  # @stepover @inspect untrained
    spread = logits.var().item() / 2  # @inspect spread
    text(
        f"**{untrained:.2f}**, and $\\ln V$ is {uniform:.2f}. The little that is left over is {untrained - uniform:.2f}: the "
        f"logits are not all equal, and random opinions cost half of their variance, {spread:.2f}. It is the cheapest test "
        "there is. A model that starts elsewhere has a bug, and one has found it before the first step."
    )


def measured_flops_per_second(device: torch.device, size: int = 1024) -> float:
    """FLOP/s of a product of two square matrices in float32, the best of a few."""
    a, b = torch.randn(2, size, size, device=device)
    return 2 * size**3 / min(timed(lambda: a @ b, device) for _ in range(6))


def timed(work: Callable[[], Any], device: torch.device) -> float:
    """Seconds until the device has done the work."""
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def split_book() -> tuple[str, str]:
    """The book up to the end of a paragraph after nine tenths, and the rest."""
    book = OPTICKS.read_text(encoding="utf-8")
    cut = book.rfind("\n", 0, int(0.9 * len(book))) + 1
    return book[:cut], book[cut:]


def learned_merges() -> Merges:
    """Those of the larger vocabulary; a smaller one has the first of them."""
    return learn_merges_fast(count_pretokens(split_book()[0]), SHAPE.vocab_size - 256)


def tokenizer_of(merges: Merges, vocab_size: int) -> Tokenizer:
    merges = merges[: vocab_size - 256]
    return Tokenizer(build_vocabulary(merges), merges)


def tokens_on_disk(merges: Merges, folder: Path) -> tuple[Tokenizer, Tokens, Tokens]:
    text("## The text becomes one long row")  # @clear merges, folder
    text(
        "Newton's *Opticks* again, cut by a tokenizer as Lecture 1 built it. A training set is nothing but its token ids in "
        "one row, in a file. Nine tenths of the book to learn from; the last tenth, which the tokenizer has not seen either, "
        "to test on:"
    )
    tokenizer = tokenizer_of(merges, SHAPE.vocab_size)  # @stepover @inspect tokenizer.vocab_size
    for name, part in zip(("train", "validation"), split_book(), strict=True):
        ids = tokenizer.encode(part)  # @stepover @inspect name, len(ids)
        write_tokens(ids, folder / f"{name}.npy", tokenizer.vocab_size)  # @stepover
    train = open_tokens(folder / "train.npy")  # @stepover @inspect train
    validation = open_tokens(folder / "validation.npy")  # @stepover @inspect validation
    text(
        f"Two bytes a token, {train.nbytes / 1e3:.0f} kB. The file is **mapped**, not read: it looks like an array, and the "
        "system fetches a page of it when somebody looks there. A training set of terabytes opens as quickly as this one."
    )
    ratio = len(train) / sum(parameters(SHAPE).values())  # @stepover @inspect ratio
    text(
        f"Less than one token for each parameter ({ratio:.2f}), where twenty would be well spent ({cite(ref.HOFFMANN_2022)}). "
        "Ours is a large model of a small world. Keep this in mind when the two curves part."
    )

    text("### Why the *last* tenth?")
    quiz(
        f"Suppose we drew a tenth of all stretches of {SHAPE.context_length} tokens at random for validation, and trained on "
        "the others. Of how many of them would *every* token be seen in training, too?",
        ["none", "about a tenth", "about half", "practically all"],
        answer="practically all",
        why="Stretches overlap. The one that begins one token later is in the training set, nine times out of ten.",
    )
    seen = share_also_trained_on(len(train), SHAPE.context_length)  # @stepover @inspect seen
    text(
        f"**{seen:.1%}**. The exam would consist of the exercises. So split by *position*, better still by document, and best "
        "by time: what matters is how one does on what comes later."
    )
    return tokenizer, train, validation


def share_also_trained_on(tokens: int, length: int, held_out: float = 0.1) -> float:
    """When each stretch goes to validation by chance: the share of those whose tokens are all in training stretches as well."""
    starts = tokens - length + 1
    in_validation = np.random.default_rng(0).random(starts) < held_out
    begins, ends = np.zeros(tokens + 1, int), np.zeros(tokens + 1, int)
    begins[:starts] = ~in_validation
    ends[length : length + starts] = ~in_validation
    covered = np.cumsum(begins - ends)[:tokens] > 0  # by some training stretch
    whole = np.convolve(covered, np.ones(length, int), "valid") == length
    return float(whole[in_validation].mean())


def batches_of_questions(tokenizer: Tokenizer, train: Tokens) -> None:
    text("## A batch is many questions")  # @clear tokenizer, train
    text("A batch is a few stretches from random places. The targets are the same stretch, one token further on:")
    inputs, targets = get_batch(train, 1, 7, generator=torch.Generator().manual_seed(4))
    given, wanted = inputs[0].tolist(), targets[0].tolist()  # @tokens given wanted tokenizer
    image(
        token_rows(
            {"inputs": [tokenizer.vocab[i] for i in given], "targets": [tokenizer.vocab[i] for i in wanted]}, width=60
        ),
        alt="The same stretch of text twice, cut into tokens; the second row begins one token later.",
    )  # @stepover
    questions = [
        {"it sees": tokenizer.decode(given[: n + 1]), "it should say": tokenizer.decode(wanted[n : n + 1])}
        for n in range(0, len(given), 2)
    ]  # @stepover
    table(questions, caption="One sequence is a question at every position. Every other one is shown.")
    a_step = BATCH * SHAPE.context_length  # @inspect a_step
    text(
        f"The causal mask lets one pass through the model answer all of them at once: **{a_step:,} questions in a step**. "
        "The off-by-one hides here. Shift twice and the model learns to predict the token after the next. Do not shift at "
        "all and it learns to copy."
    )


def small_tokens(merges: Merges) -> Tokens:
    """The training text for the short experiments, in a vocabulary of half the size."""
    return np.array(tokenizer_of(merges, SMALL.vocab_size).encode(split_book()[0]))


def one_step(train: Tokens) -> None:
    text("## One step, whole")  # @clear train
    text(
        "Here is the loop, once around. The model is the smallest there can be, one layer and eight numbers a token, so that "
        "everything can be looked at. Step in wherever you like; `weight` shows what the optimizer does to it."
    )
    torch.manual_seed(1)
    model = TransformerLM(SHAPE.vocab_size, 6, d_model=8, num_layers=1, num_heads=2, d_ff=16)  # @stepover
    optimizer = AdamW(model.parameters(), lr=0.01)  # @stepover
    weight = model.layers[0].ffn.w2.weight  # @inspect weight
    inputs, targets = get_batch(train, 2, 6, generator=torch.Generator().manual_seed(4))  # @inspect inputs targets
    logits: Logits = model(inputs)  # @inspect logits
    loss = cross_entropy(logits, targets)  # @inspect loss
    optimizer.zero_grad()
    loss.backward()  # @inspect weight.grad
    norm = clip_gradients(model.parameters(), max_l2_norm=1.0)  # @inspect norm
    optimizer.step()
    after = cross_entropy(model(inputs), targets)  # @stepover @inspect after
    assert after < loss
    assert weight.grad.norm() <= norm
    text(
        f"The loss of this batch went from {loss.item():.3f} to **{after.item():.3f}**. That was training. All the rest is "
        "doing it often, and not breaking it."
    )
    text("In the rest of the lecture these lines stand in a small class, which keeps the books:")
    link(Training)


class Training:
    """A model in training: what it reads, what changes it, and what has happened so far."""

    def __init__(
        self,
        model: TransformerLM,
        tokens: Tokens,
        schedule: Schedule,
        *,
        batch_size: int = 8,
        clip: float = 1.0,
        weight_decay: float = 0.1,
        seed: int = 0,
    ) -> None:
        self.model, self.tokens, self.schedule, self.batch_size, self.clip = model, tokens, schedule, batch_size, clip
        self.optimizer = AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=weight_decay)
        self.generator = torch.Generator().manual_seed(seed)  # decides which places of the text are read
        self.device = next(model.parameters()).device
        self.history: Rows = []
        self.step = 0
        self.seconds = 0.0

    def run(self, steps: int) -> None:
        began = time.perf_counter()
        with deterministic():
            for _ in range(steps):
                length = self.model.context_length
                self.learn(*get_batch(self.tokens, self.batch_size, length, self.device, self.generator))
        self.seconds += time.perf_counter() - began

    def learn(self, inputs: Batch, targets: Batch) -> None:
        self.step += 1
        rate = self.schedule(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = cross_entropy(self.model(inputs), targets)
        self.optimizer.zero_grad()
        loss.backward()
        norm = clip_gradients(self.model.parameters(), self.clip)
        self.optimizer.step()
        self.history.append({"step": self.step, "loss": loss.item(), "norm": norm.item(), "rate": rate})

    def losses(self) -> list[float]:
        return [row["loss"] for row in self.history]


def how_large_a_batch(small: Tokens) -> None:
    text("## How large a batch?")  # @clear small
    text(
        "The gradient of a batch is a guess at the gradient of the whole text. How good a guess? Take 64 sequences, and ask "
        "how far the gradients of smaller batches lie from that of all, as a multiple of its length:"
    )
    model = small_model()  # @stepover
    rows = noise_by_batch_size(model, small)  # @stepover @inspect rows
    plot(
        line_chart(rows, x="sequences in a batch", y="distance from the true gradient", log_x=True, log_y=True),
        alt="On logarithmic axes the distance falls in a straight line: four times the batch, half the distance.",
    )  # @stepover
    noise = {row["sequences in a batch"]: row["distance from the true gradient"] for row in rows}
    text(
        f"A straight line: {noise[1]:.2f} with one sequence, {noise[4]:.2f} with four, {noise[16]:.2f} with sixteen. **Four "
        "times the batch, half the noise**, and four times the price. So a batch should be as large as is needed to see the "
        "direction, and no larger. Late in training, when the true gradient is small and the noise is not, that is more."
    )

    text("### A batch that does not fit")
    text(
        "If the memory holds four sequences and you want sixteen, read four times four and let the gradients add up: "
        "`backward` adds to what is there."
    )
    inputs, targets = get_batch(
        small, 16, SMALL.context_length, generator=torch.Generator().manual_seed(1)
    )  # @stepover
    whole = gradient(model, inputs, targets)  # @stepover @inspect whole
    model.zero_grad()
    for some, wanted in zip(inputs.split(4), targets.split(4), strict=True):
        loss = cross_entropy(model(some), wanted) / 4  # the mean of four means @stepover @inspect loss
        loss.backward()
    summed = flat_gradient(model)  # @stepover @inspect summed
    difference = (summed - whole).abs().max().item()  # @inspect difference
    assert difference < 1e-6
    text(f"The same gradient; the largest difference is {difference:.0e}, which is rounding.")
    quiz(
        "Somebody forgets the `/ 4`. All gradients are four times too large. With AdamW, and without clipping, how much larger "
        "is the step?",
        ["four times", "sixteen times", "twice", "it is the same"],
        answer="it is the same",
        why="AdamW divides the mean of the gradients by the root of the mean of their squares. A common factor cancels.",
    )
    right, wrong = step_taken(model, whole), step_taken(model, 4 * whole)  # @stepover
    ratio = (wrong.norm() / right.norm()).item()  # @inspect ratio
    text(
        f"**{ratio:.4f}** times. So the bug is invisible, until someone changes the optimizer, or clips: then the threshold "
        "means something else than it says. The same bug in SGD is a learning rate four times too high."
    )


def small_model(seed: int = 0, **changes: Any) -> TransformerLM:
    torch.manual_seed(seed)
    return TransformerLM(**{**SMALL.arguments(), **changes})


def gradient(model: nn.Module, inputs: Batch, targets: Batch) -> Tensor:
    model.zero_grad()
    cross_entropy(model(inputs), targets).backward()
    return flat_gradient(model)


def flat_gradient(model: nn.Module) -> Tensor:
    """The gradients of all parameters, in one row."""
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def noise_by_batch_size(model: nn.Module, tokens: Tokens, sequences: int = 64) -> Rows:
    inputs, targets = get_batch(tokens, sequences, SMALL.context_length, generator=torch.Generator().manual_seed(0))
    single = torch.stack([gradient(model, inputs[i : i + 1], targets[i : i + 1]) for i in range(sequences)])
    true = single.mean(dim=0)
    rows = []
    for size in (1, 2, 4, 8, 16):
        batches = single.view(-1, size, single.shape[1]).mean(dim=1)
        # Each batch is a part of what it is compared with, and so lies too near by this factor.
        correction = sequences / (sequences - size)
        distance = math.sqrt(correction * (batches - true).square().sum(dim=1).mean().item()) / true.norm().item()
        rows.append({"sequences in a batch": size, "distance from the true gradient": distance})
    return rows


def step_taken(model: TransformerLM, gradients: Tensor) -> Tensor:
    """What one step of AdamW adds to the parameters, with these gradients, in one row."""
    model = copy.deepcopy(model)
    before = nn.utils.parameters_to_vector(model.parameters()).detach().clone()
    sizes = [p.numel() for p in model.parameters()]
    for parameter, values in zip(model.parameters(), gradients.split(sizes), strict=True):
        parameter.grad = values.view_as(parameter).clone()
    AdamW(model.parameters(), lr=PEAK, weight_decay=0.0).step()
    return nn.utils.parameters_to_vector(model.parameters()).detach() - before


def schedules(small: Tokens) -> None:
    text("## The learning rate is a curve")  # @clear small
    text(
        "Too small, and the minute is over before anything happened. Too large, and it never settles. And what is right at "
        "the start is wrong at the end. Three answers:"
    )
    ways: dict[str, Schedule] = {
        "constant": lambda step: PEAK,
        "warm-up and cosine": cosine,
        "warm-up, stable, decay": lambda step: warmup_stable_decay_schedule(
            step, PEAK, PEAK / 20, 30, STEPS, STEPS // 5
        ),
    }
    rows = [
        {"step": step, "learning rate": rate(step), "schedule": name}
        for name, rate in ways.items()
        for step in range(1, STEPS + 1, 3)
    ]  # @stepover
    plot(
        {
            **line_chart(rows, x="step", y="learning rate", color="schedule"),
            "mark": {"type": "line", "strokeWidth": 2.5},
        },
        alt="A level line; one that rises for 30 steps and falls in half a cosine; one that rises, stays, and falls at the end.",
    )  # @stepover
    text(
        "- **Warm-up.** At first the gradients say little, and AdamW's means have seen nothing. Go slowly.\n"
        f"- **Cosine** ({cite(ref.LOSHCHILOV_2016)}): large steps while there is far to go, small ones to settle. It has to be "
        "told beforehand when to end.\n"
        f"- **Warm-up, stable, decay** ({cite(ref.HU_2024)}): all of the settling at the end. From its level part one can go "
        "on as long as the money lasts, and branch off a finished model at any time."
    )  # @stepover
    quiz(
        "The very first step of AdamW, without warm-up. How far does it move a weight whose gradient is tiny, compared with one "
        "whose gradient is large?",
        ["hardly at all", "half as far", "just as far"],
        answer="just as far",
        why="After one step the mean of the gradients is $g$ and the root of the mean of squares $|g|$. Their quotient is ±1.",
    )
    model = small_model()  # @stepover
    inputs, targets = get_batch(small, 8, SMALL.context_length, generator=torch.Generator().manual_seed(1))  # @stepover
    moved = step_taken(model, gradient(model, inputs, targets)) / PEAK  # in learning rates @stepover @inspect moved
    first = moved.abs().median().item()  # @inspect first
    run = Training(model, small, constant(PEAK))  # @stepover
    run.run(40)  # @stepover
    later = typical_step(run.optimizer)  # @stepover @inspect later
    text(
        f"In the first step the typical weight moves by **{first:.2f}** learning rates, forty steps later by {later:.2f}: by "
        "then the gradients of different batches disagree, and cancel in the mean. So the least informed step is the longest "
        "one. That is what warm-up is for."
    )


def typical_step(optimizer: AdamW) -> float:
    """How far the next step moves a weight, in learning rates, when nothing new is learned: the median of |m| / √v."""
    states = optimizer.state.values()
    return torch.cat([(s["m"] / (s["v"].sqrt() + 1e-12)).abs().flatten() for s in states]).median().item()


def cosine(step: int) -> float:
    return cosine_schedule(step, PEAK, PEAK / 20, 30, STEPS)


def the_minute(
    tokenizer: Tokenizer, train: Tokens, validation: Tokens, device: torch.device
) -> tuple[TransformerLM, Training]:
    text("## The minute")  # @clear tokenizer, train, validation, device
    text(
        f"{STEPS} steps. Every {EVERY} of them we stop and look: at the loss on what was read, at the loss on the part of the "
        f"book that was never read, and at what the model makes of the words *{PROMPT}*. Step, and watch it learn; the key "
        "`}` goes from turn to turn."
    )
    quiz(
        "After the first twenty steps the loss has fallen a good deal. What will the model have learned by then?",
        ["grammar", "which tokens are frequent", "nothing that one could name", "Newton's favourite phrases"],
        answer="which tokens are frequent",
        why="It is the largest gain for the smallest change: some outputs up, the others down, whatever the context says.",
    )
    frequencies = loss_of_frequencies(train, validation, SHAPE.vocab_size)  # @stepover @inspect frequencies
    torch.manual_seed(0)
    model = TransformerLM(**SHAPE.arguments()).to(device)  # @stepover
    run = Training(model, train, cosine, batch_size=BATCH, weight_decay=0.4)  # @stepover
    start = evaluate(model, validation, BATCH, SHAPE.context_length, 4)  # @stepover
    curves = [{"step": 0, "loss (nats)": start, "loss on": "new text"}]  # @hide
    samples = {0: continued(model, tokenizer, PROMPT)}  # @stepover @inspect samples[0]
    for _ in range(STEPS // EVERY):
        run.run(EVERY)  # @stepover
        loss = sum(run.losses()[-EVERY:]) / EVERY  # @stepover @inspect loss
        new = evaluate(model, validation, BATCH, SHAPE.context_length, 4)  # @stepover @inspect new
        rate, norm = (run.history[-1][key] for key in ("rate", "norm"))  # @inspect rate norm
        assert rate > 0 and math.isfinite(norm)  # noqa: PT018 @hide
        samples[run.step] = continued(model, tokenizer, PROMPT)  # @stepover @inspect samples[run.step]
        text(f"**Step {run.step}**, loss {new:.2f} on new text: {quotation(samples[run.step])}")  # @stepover
        curves += [
            {"step": run.step, "loss (nats)": loss, "loss on": "text it reads"},
            {"step": run.step, "loss (nats)": new, "loss on": "new text"},
        ]  # @hide
        plot(loss_so_far(curves, frequencies), alt=f"The losses of the first {run.step} steps.")  # @stepover
    early = (start - frequencies) / (start - new)  # @inspect early
    text(
        f"The first {early:.0%} of the fall are the frequencies of the tokens: the level line is what they alone give, "
        f"{frequencies:.2f} nats. Then come pairs, words, and at last phrases. What else went on?"
    )
    book = [{"step": row["step"], "gradient norm": row["norm"]} for row in run.history[::3]]  # @stepover @hide
    plot(
        {**line_chart(book, x="step", y="gradient norm", height=170), "mark": "line"},
        alt="The norm of the gradient at every third step: it never comes near zero.",
    )  # @stepover
    text(
        "The norm of the gradient does *not* go to zero: the gradient of a batch is mostly noise, and noise stays. That is "
        "why the learning rate has to come down instead."
    )
    speed = run.step * BATCH * SHAPE.context_length / run.seconds  # tokens a second @inspect speed
    achieved = speed * training_flops_per_token(SHAPE)  # FLOP/s @stepover @inspect achieved
    share = achieved / measured_flops_per_second(device)  # @stepover @inspect share
    text(
        f"**{run.seconds:.0f} seconds** of training: {speed:,.0f} tokens a second, {achieved / 1e9:.1f} GFLOP/s, which is "
        f"{share:.0%} of what one large product reaches on this machine. "
        + (
            "The napkin was right."
            if 0.35 < share < 0.75
            else "Not the napkin's half: small products, and all that lies between them, do not run like large ones."
        )
    )
    text("### What it wrote")
    text("The same four words, continued after so many steps:")
    shown = [0, EVERY, 5 * EVERY, 10 * EVERY, STEPS]  # @inspect shown
    text("\n".join(f"- **{step}** {quotation(samples[step])}" for step in shown))  # @stepover
    text("A minute ago these were random numbers.")
    return model, run


def loss_of_frequencies(train: Tokens, validation: Tokens, vocab_size: int) -> float:
    """Nats a token on new text for whoever knows how often each token comes, and nothing else (each counted once more)."""
    counts = np.bincount(train, minlength=vocab_size) + 1
    return float(-np.log(counts / counts.sum())[validation].mean())


def loss_so_far(curves: Rows, frequencies: float) -> dict[str, Any]:
    """The losses on axes that stay where they are while the curves grow."""
    level = [{"step": step, "loss (nats)": frequencies, "loss on": "frequencies alone"} for step in (0, STEPS)]
    spec = line_chart([*curves, *level], x="step", y="loss (nats)", color="loss on", from_zero=False)
    spec["encoding"]["x"]["scale"] = {"domain": [0, STEPS]}
    spec["encoding"]["y"]["scale"] = {"domain": [3, 8]}
    names = ["new text", "text it reads", "frequencies alone"]
    for channel in ("color", "strokeDash"):
        spec["encoding"][channel]["scale"] = {"domain": names}
    return spec


def continued(
    model: TransformerLM, tokenizer: Tokenizer, prompt: str, tokens: int = 32, seed: int = 0, **options: Any
) -> str:
    """The prompt and what the model makes of it; the same seed draws the same numbers."""
    device = next(model.parameters()).device
    ids = torch.tensor(tokenizer.encode(prompt), device=device)
    generator = torch.Generator(device).manual_seed(seed)
    options = options or {"temperature": 0.7, "top_p": 0.9}
    return tokenizer.decode(generate(model, ids, tokens, generator=generator, **options).tolist())


def quotation(sample: str) -> str:
    """As a quotation in Markdown, on one line."""
    return "“" + " ".join(sample.split()).replace("*", "\\*").replace("_", "\\_") + "”"


def what_a_loss_means(model: TransformerLM, tokenizer: Tokenizer, validation: Tokens, run: Training) -> None:
    text("## What does the loss mean?")  # @clear model, tokenizer, validation, run
    loss = loss_on_text(copy.deepcopy(model).cpu(), validation.astype(np.int64))  # @stepover @inspect loss
    text(
        f"On the whole of the last tenth, each token predicted once from at least {SHAPE.context_length // 2} before it, the "
        f"model has **{loss:.2f} nats a token**. That is the optimizer's unit, and nobody else's. Other readings of it:"
    )
    hesitates = perplexity(loss)  # @inspect hesitates
    text(
        f"**Perplexity** $e^{{\\text{{loss}}}}$ = {hesitates:.0f}: the model is as undecided as if it had to choose among "
        f"{hesitates:.0f} equally likely tokens. At the start it was {SHAPE.vocab_size:,}."
    )
    ratio = len(tokenizer.decode(validation.tolist()).encode()) / len(
        validation
    )  # bytes a token @stepover @inspect ratio
    ours = bits_per_byte(loss, ratio)  # @inspect ours
    text(
        f"**Bits a byte.** Nats become bits by dividing by $\\ln 2$, and tokens become bytes by the {ratio:.2f} bytes that "
        f"a token has: **{ours:.2f}**. Nothing about the tokenizer is left in this number. And it is a size: with a model and "
        "an arithmetic coder, text can be stored in just that many bits. Prediction *is* compression "
        f"({cite(ref.DELETANG_2023)}). So let us compare with people who do this for a living:"
    )  # @stepover
    quiz(
        "`xz`, a good compressor, is given the first nine tenths of the book for free, and packs the last tenth. Our model has "
        "trained on the same nine tenths, for a minute. Who needs fewer bits?",
        ["xz, by far", "xz, narrowly", "the model, narrowly", "the model, by far"],
        answer="the model, narrowly",
        why="xz finds repetitions. The model finds what is likely to come, also when it was never there before.",
    )
    first, last = (part.encode() for part in split_book())  # @stepover
    packed = (len(lzma.compress(first + last)) - len(lzma.compress(first))) * 8 / len(last)  # @inspect packed
    unigram = bits_per_byte(
        loss_of_frequencies(run.tokens, validation, SHAPE.vocab_size), ratio
    )  # @stepover @inspect unigram
    rows = [
        {"method": "as it is", "bits a byte": 8.0},
        {"method": "xz alone", "bits a byte": len(lzma.compress(last)) * 8 / len(last)},
        {"method": "frequencies of our tokens", "bits a byte": unigram},
        {"method": "xz, knowing the rest", "bits a byte": packed},
        {"method": "our model, after a minute", "bits a byte": ours},
    ]
    plot(
        bar_chart(rows, x="method", y="bits a byte", horizontal=True),
        alt="Bars of bits a byte for the last tenth of the book: the model after a minute has the shortest.",
    )  # @stepover
    text(
        f"**{ours:.2f} bits against {packed:.2f}.** (The model itself would have to be sent along; xz is a small program. For "
        f"a book it does not pay, for the web it does.) People, guessing letter by letter, were found to need between 0.6 and "
        f"1.3 bits a letter ({cite(ref.SHANNON_1951)}). There is a long way to go."
    )  # @stepover

    text("### Where is it good?")
    text("A mean hides much. The same loss, by how many tokens the model had to go on:")
    by_position = loss_by_position(model, validation)  # @stepover
    rows = [{"tokens seen": n + 1, "loss (nats)": value} for n, value in enumerate(by_position)]
    plot(
        line_chart(rows, x="tokens seen", y="loss (nats)", from_zero=False, log_x=False),
        alt="Loss by position: high at the first token, falling fast over the first few, then slowly.",
    )  # @stepover
    first_half, second_half = mean(by_position[:8]), mean(by_position[-8:])  # @stepover @inspect first_half second_half
    text(
        f"{by_position[0]:.2f} nats with one token to go on, {first_half:.2f} over the first eight, {second_half:.2f} over "
        "the last eight. Every context begins with ignorance, and longer ones pay for it more rarely. So whoever compares "
        "two losses should ask about the context, too."
    )


@torch.no_grad()
def loss_by_position(model: TransformerLM, tokens: Tokens, sequences: int = 192) -> list[float]:
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(1)
    inputs, targets = get_batch(tokens, sequences, model.context_length, device, generator)
    logits = model(inputs)
    return [cross_entropy(logits[:, n], targets[:, n]).item() for n in range(model.context_length)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def clipping(small: Tokens) -> None:
    text("## One bad page")  # @clear small
    text(
        "Somewhere in every large corpus there is a page that is not language: a table, a key, one character ten thousand "
        "times. A small model has trained for a while; now such a batch comes along. How large is its gradient?"
    )
    run = Training(small_model(), small, constant(PEAK), batch_size=8)  # @stepover
    run.run(70)  # @stepover
    usual = run.history[-1]["norm"]  # @inspect usual
    page = torch.randint(256, (8, 1), generator=torch.Generator().manual_seed(3)).expand(8, SMALL.context_length + 1)
    curves = []
    for name, threshold in (("clipped to 1", 1.0), ("as it is", math.inf)):
        torn = copy.deepcopy(run)
        torn.clip = threshold
        curves += after_a_bad_page(torn, page, name)  # @stepover
    outlier = torn.history[run.step]["norm"]  # @inspect outlier
    plot(
        line_chart(curves, x="steps after the bad page", y="loss (nats)", color="gradient", from_zero=False),
        alt="After the bad page the loss of the clipped run goes on falling; the other one rises first and lags behind.",
    )  # @stepover
    text(
        f"**{outlier / usual:.0f} times** the usual norm. *Clipping* scales all gradients down together when their common "
        f"length is above a threshold: the direction stays, the step is bounded ({cite(ref.PASCANU_2013)}). Look when the "
        "damage comes: not in the step itself, but in those after it. AdamW limits the first step, since it divides by the "
        "size of the gradient; but its means *remember* the bad page, one its direction, the other its size, and for twenty "
        "steps good gradients are averaged with a bad one."
    )  # @stepover


def after_a_bad_page(run: Training, page: Batch, name: str) -> Rows:
    """The loss before a page, after it, and as good pages follow."""
    losses = [(-1, small_loss(run.model, run.tokens))]
    run.learn(page[:, :-1], page[:, 1:])
    losses.append((0, small_loss(run.model, run.tokens)))
    for after in range(2, 25, 2):
        run.run(2)
        losses.append((after, small_loss(run.model, run.tokens)))
    return [{"steps after the bad page": step, "loss (nats)": loss, "gradient": name} for step, loss in losses]


def constant(rate: float, warmup: int = 20) -> Schedule:
    return lambda step: rate * min(1.0, step / warmup) if warmup else rate


@torch.no_grad()
def small_loss(model: TransformerLM, small: Tokens) -> float:
    """The loss on the same few stretches each time."""
    inputs, targets = get_batch(small, 32, SMALL.context_length, generator=torch.Generator().manual_seed(7))
    return cross_entropy(model(inputs), targets).item()


def weight_decay() -> None:
    text("## Weight decay, decoupled")
    text(
        "To keep weights from growing without need, pull each a little towards zero at every step. The old way adds "
        "$\\lambda\\theta$ to the gradient. With Adam this goes wrong, because everything in the gradient is divided by the "
        "gradient's size. Two weights, both 1; the gradients of the second are a hundred times as loud. Neither leads anywhere:"
    )
    torch.manual_seed(0)
    noise = torch.randn(200, 2) * torch.tensor([0.1, 10.0])  # @inspect noise
    noise -= noise.mean(dim=0)
    in_gradient = weights_after(noise, lambda_in_gradient=0.1, decoupled=0.0)  # @stepover @inspect in_gradient
    decoupled = weights_after(noise, lambda_in_gradient=0.0, decoupled=0.1)  # @stepover @inspect decoupled
    text(
        f"In the gradient: the quiet weight went to {in_gradient[0]:.2f}, the loud one stayed at {in_gradient[1]:.2f}. "
        f"Decoupled: {decoupled[0]:.2f} and {decoupled[1]:.2f}; both were pulled alike, as was intended "
        f"({cite(ref.LOSHCHILOV_2017)}). That is the W in AdamW, one line of code. In our minute the decay was 0.4, four "
        "times the usual: the text is small, and a model with weights to spare learns it by heart."
    )  # @stepover


def weights_after(gradients: Tensor, lambda_in_gradient: float, decoupled: float) -> Tensor:
    """Where two weights of 1 end under these gradients."""
    weight = nn.Parameter(torch.ones(2))
    optimizer = AdamW([weight], lr=0.01, weight_decay=decoupled)
    for row in gradients:
        weight.grad = row + lambda_in_gradient * weight.detach()
        optimizer.step()
    return weight.detach()


def checkpoints(small: Tokens, folder: Path) -> None:
    text("## Stop, and go on as if nothing had happened")  # @clear small, folder
    text(
        "Machines fail, and clusters take them away. A run that cannot be resumed is a run that will be lost. What has to be "
        "saved? Train 60 steps, save, and train 30 more:"
    )
    path = folder / "checkpoint.pt"
    run = Training(small_model(), small, constant(PEAK))  # @stepover
    run.run(60)  # @stepover
    save_checkpoint(run.model, run.optimizer, run.step, path, run.generator)
    run.run(30)  # @stepover
    went_on = run.losses()[60:]  # @stepover @inspect went_on[:3]
    text("The next day, in another process, with other random numbers, a new model is made, and the file is read:")
    resumed = Training(small_model(seed=99), small, constant(PEAK))  # @stepover
    resumed.step = load_checkpoint(path, resumed.model, resumed.optimizer, resumed.generator)  # @inspect resumed.step
    resumed.run(30)  # @stepover
    again = resumed.losses()  # @stepover @inspect again[:3]
    assert again == went_on
    text(
        "Thirty losses, **equal to the last digit**. An `assert` says so, and the lecture would not be here otherwise."
    )
    size = path.stat().st_size / count_parameters(run.model)  # bytes a parameter @stepover @inspect size
    text(f"The price is {size:.1f} bytes a parameter: the weight itself, and AdamW's two means.")
    quiz(
        "To save space, someone keeps the weights alone. The run is resumed; the model is exactly what it was. What will the "
        "loss do?",
        ["go on as before", "go up for a while", "start again at ln V"],
        answer="go up for a while",
        why="The optimizer has lost its memory, and there is no warm-up: its first steps have full length in all directions.",
    )
    forgetful = Training(small_model(seed=99), small, constant(PEAK))  # @stepover
    forgetful.step = load_checkpoint(path, forgetful.model, None, forgetful.generator)  # @stepover
    forgetful.run(30)  # @stepover
    rows = [
        {"step": 61 + n, "behind by (nats)": value - reference, "resumed": name}
        for name, losses in (("with everything", again), ("with the weights alone", forgetful.losses()))
        for n, (value, reference) in enumerate(zip(losses, went_on, strict=True))
    ]  # @stepover
    plot(
        line_chart(rows, x="step", y="behind by (nats)", color="resumed"),
        alt="Resumed with everything: zero throughout. With the weights alone: above it for all of the thirty steps.",
    )  # @stepover
    lost = max(value - reference for value, reference in zip(forgetful.losses(), went_on, strict=True))  # @inspect lost
    text(
        f"Up to {lost:.2f} nats worse, and the way back takes longer than this picture is wide. The third thing to keep is "
        "the generator that draws the batches: without it the run reads some pages twice and others never."
    )

    text("### The moment of writing")
    text("A checkpoint is written over the one before it. What if the power fails in that very moment?")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])  # the power fails here
    complaint = error_of(lambda: load_checkpoint(path, resumed.model))  # @stepover @inspect complaint
    assert complaint
    text(
        "The new one is not whole, the old one is gone, and with it the run. So `save_checkpoint`, which you could step into "
        "above, writes to another name, makes sure that the disk has it, and then *renames*. A rename happens or does not; "
        "at every moment there is one whole checkpoint under the name."
    )


def error_of(work: Callable[[], Any]) -> str:
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {str(error).split('.')[0]}"
    return ""


def seeds(small: Tokens) -> None:
    text("## The same again?")  # @clear small
    text("A seed decides the first weights and the order of the text. Five short runs, two of them with the same seed:")
    final = {}
    for name, seed in (("seed 0", 0), ("seed 0 again", 0), ("seed 1", 1), ("seed 2", 2), ("seed 3", 3)):
        run = Training(small_model(seed), small, constant(PEAK), seed=seed)  # @stepover
        run.run(40)  # @stepover
        final[name] = small_loss(run.model, small)  # @stepover @inspect name, final[name]
    assert final["seed 0"] == final["seed 0 again"]
    spread = max(final.values()) - min(final.values())  # @inspect spread
    text(
        f"The same seed gives the same loss, to the last digit. Other seeds differ by up to **{spread:.2f} nats**. An idea "
        "that gains less than that, tried once, has gained nothing: it has drawn a ticket."
    )
    text("Even the same seed is a promise for one machine only. The sum of floats depends on the order:")
    one_way, other_way = (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)  # @inspect one_way other_way
    text(
        f"{one_way} and {other_way}. Another number of threads, another GPU, another version: each adds in another order, and "
        "the last digits differ from the first step on. So keep, beside the seed, what it was used with: the versions, the "
        "device, the threads, the hash of the text. A number that nobody can make again is an anecdote."
    )


def what_goes_wrong(small: Tokens, merges: Merges) -> None:
    text("## What goes wrong")  # @clear small, merges
    text(
        "Now we break it, five times, on purpose. The model is the small one, a run takes seconds. First one that is well, "
        "to compare with:"
    )
    well = Training(small_model(), small, constant(PEAK))  # @stepover
    well.run(SHORT)  # @stepover
    healthy = mean(well.losses()[-10:])  # @stepover @inspect healthy
    frequencies = loss_of_frequencies(small, small, SMALL.vocab_size)  # @stepover @inspect frequencies
    patients = {"healthy": well}

    text("### The learning rate is too high")
    quiz(
        f"The rate that is right here is about {PEAK}. What will fifty times as much do?",
        ["learn fifty times as fast", "explode to NaN", "fall, then get stuck"],
        answer="fall, then get stuck",
        why="Norms and clipping keep the numbers finite. So nothing explodes; the model just cannot hold still long enough "
        "to learn anything fine.",
    )
    hot = Training(small_model(), small, constant(50 * PEAK))  # @stepover
    hot.run(SHORT)  # @stepover
    patients["rate × 50"] = hot
    plot(
        against(well, "rate × 50", hot),
        alt="The hot run falls at once, then stays level while the healthy one goes on.",
    )  # @stepover
    stuck = mean(hot.losses()[-10:])  # @stepover @inspect stuck
    text(
        f"It stays at **{stuck:.2f}**. That number is not new: knowing the frequencies of the tokens, and nothing else, gives "
        f"{frequencies:.2f}. A run that is stuck *there* has a model that no longer looks at its input."
    )

    text("### No warm-up")
    text("A high rate, but one that works, if it is reached slowly. With forty steps to get there, and with none:")
    warmed = Training(small_model(num_layers=4), small, constant(0.05, warmup=40))  # @stepover
    warmed.run(SHORT)  # @stepover
    cold = Training(small_model(num_layers=4), small, constant(0.05, warmup=0))  # @stepover
    cold.run(SHORT)  # @stepover
    patients["no warm-up"] = cold
    plot(
        against(warmed, "no warm-up", cold, "warmed up"),
        alt="Without warm-up the loss falls faster at first and then stays far above that of the run that was warmed up.",
    )  # @stepover
    ahead, behind = mean(warmed.losses()[-10:]), mean(cold.losses()[-10:])  # @stepover @inspect ahead behind
    text(
        f"The same model, the same rate, the same text: **{ahead:.2f}** and **{behind:.2f}**. Sixty steps after the warm-up "
        "has ended the damage of the first ten is still there. Large steps in no particular direction have taken the weights "
        "to a place that small ones do not lead out of."
    )

    text("### A bad start")
    text("All weights ten times as large as they should be. And, for the opposite mistake, all of them zero:")
    large = Training(scaled(small_model(), 10.0), small, constant(PEAK))  # @stepover
    large.run(SHORT)  # @stepover
    patients["weights × 10"] = large
    quiz(
        "All matrices are zero. The loss starts at exactly $\\ln V$. What happens then?",
        ["nothing moves, the gradient is zero", "it learns as usual", "it learns something, and is crippled for good"],
        answer="it learns something, and is crippled for good",
        why="The output matrix has a gradient, and the embedding after it. But inside a block every matrix is multiplied with "
        "another that is zero, so none of them ever gets one.",
    )
    zero = Training(scaled(small_model(), 0.0), small, constant(PEAK))  # @stepover
    zero.run(SHORT)  # @stepover
    patients["weights 0"] = zero
    curves = curve(well, "healthy") + curve(large, "weights × 10") + curve(zero, "weights 0")  # @stepover
    plot(
        line_chart(curves, x="step", y="loss (nats)", color="run", from_zero=False),
        alt="Weights ten times too large: the loss begins far too high. Weights zero: it begins right and falls a little late.",
    )  # @stepover
    asleep = without_gradient(zero.model)  # @stepover @inspect asleep
    text(
        f"The large start announces itself: **{large.losses()[0]:.1f}** in place of {math.log(SMALL.vocab_size):.1f}, and it "
        "spends the run on undoing it. The zero start is the nasty one. Its first loss is perfect and the curve looks like "
        f"learning; yet **{asleep:.0%}** of its parameters have a gradient of exactly zero and always will. What is left is "
        "an embedding and an output: a table of which token follows which. No attention, no context, no error message."
    )

    text("### The mask is forgotten")
    text("One line is missing in attention: every position may look ahead.")
    leaky = Training(without_mask(small_model()), small, constant(PEAK))  # @stepover
    leaky.run(SHORT + 80)  # @stepover
    patients["no mask"] = leaky
    plot(
        against(well, "no mask", leaky),
        alt="Without the mask the loss falls below the healthy run's and on towards zero.",
    )  # @stepover
    wonderful = mean(leaky.losses()[-10:])  # @stepover @inspect wonderful
    text(
        f"**{wonderful:.2f} nats**, after {SHORT + 80} steps of a toy. The best model in the history of the field. Now let it "
        "write:"
    )
    tokenizer = tokenizer_of(merges, SMALL.vocab_size)  # @stepover
    nonsense = continued(leaky.model, tokenizer, PROMPT, tokens=30)  # @stepover @inspect nonsense
    text(f"> {quotation(nonsense)}")  # @stepover
    by_position = {
        name: loss_by_position(of.model, small) for name, of in (("healthy", well), ("no mask", leaky))
    }  # @stepover
    rows = [
        {"position": n, "loss (nats)": value, "run": name}
        for name, values in by_position.items()
        for n, value in enumerate(values)
    ]
    plot(
        line_chart(rows, x="position", y="loss (nats)", color="run"),
        alt="By position: without the mask the loss is near zero everywhere, and enormous at the very last position.",
    )  # @stepover
    at_the_end = by_position["no mask"][-1]  # @inspect at_the_end
    text(
        f"There it is. Everywhere but at the last position the answer stands one token to the right, and the model has "
        f"learned to read it off. At the end there is nothing to read: **{at_the_end:.1f} nats**, no better than guessing "
        f"({math.log(SMALL.vocab_size):.1f}). And when it writes, it always stands at the end. The test that finds this in "
        "a second, with any weights: change a token, and see which logits move."
    )
    moved = first_moved(without_mask(small_model()), 30), first_moved(small_model(), 30)  # @stepover @inspect moved
    text(
        f"Token 30 was changed. Without the mask logits move from position {moved[0]} on; with it, from {moved[1]} on. "
        "**A loss that is too good is a leak until proven otherwise.**"
    )

    text("### The ward round")
    text(
        "All patients, by what one can measure without knowing what was done to them. A few questions make the diagnosis:"
    )
    rows = []
    for name, run in patients.items():
        signs = vital_signs(run)  # @stepover @inspect signs
        finding = diagnosis(signs, healthy, frequencies)  # @inspect name, finding
        rows.append({"run": name, "diagnosis": finding, **{sign: round(value, 2) for sign, value in signs.items()}})
    table(
        rows,
        caption="Symptom and cause: the first loss, the mean of the last ten, the share of parameters without a gradient.",
    )


def against(well: Training, name: str, ill: Training, reference: str = "healthy") -> dict[str, Any]:
    """The loss of a broken run beside that of a healthy one."""
    rows = curve(well, reference) + curve(ill, name)
    return line_chart(rows, x="step", y="loss (nats)", color="run", from_zero=False)


def curve(run: Training, name: str, every: int = 5) -> Rows:
    """The mean loss of each few steps."""
    losses = run.losses()
    return [
        {"step": n + every, "loss (nats)": mean(losses[n : n + every]), "run": name}
        for n in range(0, len(losses), every)
    ]


@torch.no_grad()
def scaled(model: TransformerLM, factor: float) -> TransformerLM:
    """With all matrices multiplied, the embedding left as it is."""
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2 and not name.startswith("token_embeddings"):
            parameter.mul_(factor)
    return model


def without_mask(model: TransformerLM) -> TransformerLM:
    for block in model.layers:
        block.attn.attend = scaled_dot_product_attention  # which masks only what it is told to
    return model


def without_gradient(model: TransformerLM) -> float:
    """The share of all parameters whose last gradient was exactly zero, by whole tensors."""
    asleep = sum(p.numel() for p in model.parameters() if not p.grad.any())
    return asleep / count_parameters(model)


@torch.no_grad()
def first_moved(model: TransformerLM, place: int) -> int:
    """The first position whose logits move when the token at `place` is another one."""
    ids = torch.arange(SMALL.context_length)
    other = ids.clone()
    other[place] = 500
    moved = (model(other) - model(ids)).abs().amax(dim=-1)
    return int(torch.nonzero(moved > 1e-6)[0])


def vital_signs(run: Training) -> dict[str, float]:
    losses = run.losses()
    return {"first": losses[0], "last": mean(losses[-10:]), "asleep": without_gradient(run.model)}


def diagnosis(signs: dict[str, float], healthy: float, frequencies: float) -> str:
    if signs["first"] > math.log(SMALL.vocab_size) + 1:
        return "start too large"  # it should know that it knows nothing
    if signs["asleep"] > 0.1:
        return "part of it dead"  # no gradient at all
    if signs["last"] < healthy / 2:
        return "sees the answer"  # too good
    if signs["last"] > frequencies - 0.2:
        return "rate too high"  # does not look at its input
    return "no warm-up" if signs["last"] > healthy + 0.4 else "well"


def sampling(model: TransformerLM, tokenizer: Tokenizer, validation: Tokens) -> None:
    text("## Choosing the next token")  # @clear model, tokenizer, validation
    text(
        "The model does not write. It gives a probability to each token of the vocabulary, and somebody has to choose. Back "
        f"to the model of the minute. After *{PROMPT}*:"
    )
    device = next(model.parameters()).device
    ids = torch.tensor(tokenizer.encode(PROMPT), device=device)  # @stepover @tokens ids tokenizer
    with torch.no_grad():
        logits = model(ids)[-1].cpu()  # @stepover @inspect logits
    p = next_token_probabilities(logits)  # @stepover @inspect p
    nucleus = next_token_probabilities(logits, top_p=0.9)  # @stepover
    kept = int((nucleus > 0).sum())  # @inspect kept
    plot(
        bar_chart(likeliest(p, tokenizer, 14), x="token", y="probability (%)", horizontal=True),
        alt="The fourteen likeliest next tokens as bars, the first a good deal longer than the others.",
    )  # @stepover
    undecided = entropy(p)  # bits @stepover @inspect undecided
    text(
        f"{undecided:.1f} bits of entropy, as much as choosing among {2**undecided:.0f} equally likely tokens. The likeliest "
        f"90 % are shared by {kept} tokens; the other {SHAPE.vocab_size - kept:,} have the last tenth between them. *That "
        "tail* is the problem: each of its tokens is unlikely, and all of them together are not."
    )
    quiz(
        "If a tenth of the probability is on tokens that do not fit, how likely is it that a text of 30 tokens, drawn as the "
        "model says, has none of them?",
        ["90 %", "about half", "about 4 %"],
        answer="about 4 %",
        why=f"$0.9^{{30}}$ = {0.9**30:.3f}. And after the first misfit the model reads a text that makes no sense, and goes on "
        "from there.",
    )
    text(
        "So one interferes. **Temperature** divides the logits: below 1 the likely become likelier. **Top-k** keeps the $k$ "
        "likeliest. **Top-p** keeps the fewest that have a share of $p$ between them "
        f"({cite(ref.HOLTZMAN_2019)}). Step into one:"
    )  # @stepover
    drawn_from = next_token_probabilities(logits, temperature=0.8, top_k=50, top_p=0.9)  # @inspect drawn_from
    assert math.isclose(drawn_from.sum().item(), 1.0, rel_tol=1e-4)
    curves = []
    for temperature in (0.5, 1.0, 1.5):
        shares = next_token_probabilities(logits, temperature).sort(descending=True).values.cumsum(0)  # @stepover
        curves += [
            {"tokens kept": k, "share (%)": 100 * shares[k - 1].item(), "temperature": str(temperature)}
            for k in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
        ]
    plot(
        line_chart(curves, x="tokens kept", y="share (%)", color="temperature", log_x=True),
        alt="Cumulative share over the number of tokens, for three temperatures: the lower, the sooner it reaches 100 %.",
    )  # @stepover
    text("Top-k cuts this picture at a vertical line, top-p at a level one. Why the second is wiser, over new text:")
    sizes = nucleus_sizes(model, validation)  # @stepover @inspect sizes
    counted = by_size(sizes)  # @stepover
    plot(
        bar_chart(counted, x="tokens in the nucleus", y="contexts (%)"),
        alt="How many tokens make up 90 %: anything from one to several hundreds.",
    )  # @stepover
    text(
        f"Anything between {int(sizes.min())} and {int(sizes.max())} tokens, for the same 90 %. No single $k$ fits both the "
        "middle of a word and the beginning of a sentence."
    )

    text("### The same beginning, six ways")
    quiz(
        "*Greedy*: always take the likeliest token. What will a small model write?",
        ["its best text", "the same phrase, over and over", "the training text"],
        answer="the same phrase, over and over",
        why="A phrase that has just been said makes itself likelier, and there is no chance that leads out.",
    )
    ways = {
        "greedy": {"temperature": 0.0},
        "temperature 0.5": {"temperature": 0.5},
        "as the model says": {"temperature": 1.0},
        "temperature 1.5": {"temperature": 1.5},
        "top-k 20": {"top_k": 20},
        "top-p 0.9": {"top_p": 0.9},
    }
    rows = []
    for name, options in ways.items():
        writes = continued(model, tokenizer, PROMPT, tokens=50, **options)  # @stepover @inspect name, writes
        text(f"**{name}**: {quotation(writes)}")  # @stepover
        texts = drawn_texts(model, ids, options)  # eight of them @stepover
        said_before, bits = repeats(texts), surprise(model, texts)  # @stepover @inspect said_before bits
        rows.append({"text": name, "said before (%)": 100 * said_before, "surprise (bits a token)": bits})
    newton = get_batch(validation, 64, SHAPE.context_length, device, torch.Generator().manual_seed(2))[0]  # @stepover
    said_before, bits = repeats(newton), surprise(model, newton)  # @stepover @inspect said_before bits
    rows.append({"text": "Newton", "said before (%)": 100 * said_before, "surprise (bits a token)": bits})
    text(
        "Which of them is most like Newton? Two measures: how often a pair of tokens has been said before in the same text,"
    )
    plot(
        bar_chart(rows, x="text", y="said before (%)", horizontal=True),
        alt="Bars: greedy text repeats itself far more than any other; Newton repeats himself rarely.",
    )  # @stepover
    text("and how much the model is surprised by what was written:")
    plot(
        bar_chart(rows, x="text", y="surprise (bits a token)", horizontal=True),
        alt="Bars: greedy text surprises the model least, temperature 1.5 most; Newton lies between.",
    )  # @stepover
    text(
        f"Nearest to him in the first is *{nearest(rows, 'said before (%)')}*, in the second "
        f"*{nearest(rows, 'surprise (bits a token)')}*. "
        f"Greedy text surprises its own author by {rows[0]['surprise (bits a token)']:.1f} bits a token; Newton's takes "
        f"{bits:.1f}. *Good text is not the likeliest text.* Whoever has something to say is not predictable, and a sampler "
        "that allows no surprise has nothing to say."
    )

    text("### The cache changes nothing")
    text("Lecture 3 built a cache of keys and values. It must give the very same tokens, only sooner:")
    began = time.perf_counter()
    cached = generate(model, ids, 56, temperature=0)  # @stepover
    middle = time.perf_counter()
    uncached = generate(model, ids, 56, temperature=0, use_cache=False)  # @stepover
    faster = (time.perf_counter() - middle) / (middle - began)  # @inspect faster
    assert torch.equal(cached, uncached)
    text(f"The same {len(cached)} tokens, {faster:.1f} times as fast, in a context of only {SHAPE.context_length}.")


def likeliest(p: Tensor, tokenizer: Tokenizer, count: int) -> Rows:
    """With their ranks, and a dot for each space."""
    order = p.argsort(descending=True)[:count].tolist()
    names = [repr(tokenizer.decode([token]))[1:-1].replace(" ", "·") for token in order]
    return [
        {"token": f"{rank}. {name}", "probability (%)": 100 * p[token].item()}
        for rank, (name, token) in enumerate(zip(names, order, strict=True), start=1)
    ]


def entropy(p: Tensor) -> float:
    """In bits."""
    p = p[p > 0]
    return max(0.0, -(p * p.log2()).sum().item())


@torch.no_grad()
def nucleus_sizes(model: TransformerLM, tokens: Tokens, top_p: float = 0.9) -> Tensor:
    """How many tokens top-p keeps, at every position of a few sequences."""
    device = next(model.parameters()).device
    inputs, _ = get_batch(tokens, 8, model.context_length, device, torch.Generator().manual_seed(5))
    return (next_token_probabilities(model(inputs).cpu(), top_p=top_p) > 0).sum(dim=-1).flatten()


def by_size(sizes: Tensor) -> Rows:
    edges = {"1": 1, "2–7": 2, "8–31": 8, "32–127": 32, "128–511": 128, "512 +": 512}
    bounds = [*edges.values(), math.inf]
    return [
        {"tokens in the nucleus": name, "contexts (%)": 100 * ((sizes >= low) & (sizes < high)).float().mean().item()}
        for name, (low, high) in zip(edges, pairwise(bounds), strict=True)
    ]


def drawn_texts(model: TransformerLM, prompt: Tensor, options: dict[str, Any]) -> Tensor:
    """Eight texts as long as the context."""
    generator = torch.Generator(prompt.device).manual_seed(1)
    room = model.context_length + 1 - len(prompt)
    return generate(model, prompt.expand(8, -1), room, generator=generator, **options)


def nearest(rows: Rows, measure: str) -> str:
    """Which text is most like the last one."""
    *others, newton = rows
    return str(min(others, key=lambda row: abs(row[measure] - newton[measure]))["text"])


@torch.no_grad()
def surprise(model: TransformerLM, texts: Tensor) -> float:
    """Bits a token that the model needs for them, as it is."""
    return cross_entropy(model(texts[:, :-1])[:, 3:], texts[:, 4:]).item() / math.log(2)


def repeats(texts: Tensor) -> float:
    shares = []
    for row in texts.tolist():
        pairs = list(pairwise(row))
        shares.append(1 - len(set(pairs)) / len(pairs))
    return mean(shares)


def tokenizers_compared() -> None:
    text("## Which tokenizer makes the better model?")
    text(
        "Lecture 1 judged tokenizers by how short they make a text. What counts is the model. So: the same model on bytes, on "
        "BPE, and on a third kind. A **unigram** tokenizer goes the other way round: it begins with too many pieces, gives "
        "each a probability, and throws out those that are missed least. To encode, it takes the *likeliest* way to cut a "
        f"word, not the first that the merges find ({cite(ref.KUDO_2018)})."
    )  # @stepover
    first, last = split_book()  # @stepover
    cutters = train_tokenizers(first, vocab_size=512)  # @stepover
    words = " whiteness is refrangible"
    cuts = {
        name: [cutter.decode([i]).encode() for i in cutter.encode(words)] for name, cutter in cutters.items()
    }  # @stepover @inspect cuts
    image(token_rows(cuts), alt="A few words cut into bytes, by BPE and by unigram.")  # @stepover
    text(
        "BPE goes by the order in which pairs were merged, and cuts where history left it. Unigram looks for the likeliest "
        "whole, and often finds what a reader would call parts of the word. Step in: at every position it keeps the best way "
        "to get there."
    )
    pieces = best_segmentation(b" whiteness", cutters["unigram"].scores)  # @inspect pieces
    assert b"".join(pieces) == b" whiteness"
    text(
        "How shall we compare? Not at equal steps: a token of BPE is more text than a byte, so it would read more. Not on "
        "equal text: bytes would get several times the compute. **Equal FLOPs.** A vocabulary of 512 makes the output more "
        "expensive, and that counts, too."
    )
    results = compare_tokenizers(first, last, vocab_size=512, training_flops=2e11)  # @stepover
    table(
        [
            {
                "tokenizer": r.name,
                "entries": r.vocab_size,
                "bytes a token": round(r.bytes_per_token, 2),
                "steps": r.steps,
                "read (kB)": round(r.training_bytes / 1e3),
                "seconds": round(r.seconds, 1),
                "loss (nats)": round(r.loss, 2),
            }
            for r in results
        ],
        caption="Equal FLOPs; the loss is on the last tenth of the book, in nats a token.",
    )  # @stepover
    least = min(results, key=lambda r: r.loss)  # @stepover
    best = min(results, key=lambda r: r.bits_per_byte)  # @stepover
    quiz(
        f"The model on {least.name} has by far the lowest loss. Is it the best model?",
        ["yes", "no", "the table does not say"],
        answer="the table does not say",
        why="The losses are per token, and the tokens are not the same thing. Divide by what a token is worth.",
    )
    rows = []
    for result in results:
        per_byte = bits_per_byte(result.loss, result.bytes_per_token)  # @inspect result.name, per_byte
        rows.append({"tokenizer": result.name, "bits a byte": per_byte})
    plot(
        bar_chart(rows, x="tokenizer", y="bits a byte", horizontal=True),
        alt="Bits a byte for three tokenizers.",
    )  # @stepover
    text(
        f"By this measure **{best.name}** is the best, with {best.bits_per_byte:.2f} bits a byte; {least.name}, with the "
        f"lowest loss per token, needs {least.bits_per_byte:.2f}. Between BPE ({results[1].bits_per_byte:.3f}) and unigram "
        f"({results[2].bits_per_byte:.3f}) one run decides nothing: remember the seeds. The distance to bytes is another "
        "matter. For the same FLOPs they have read "
        f"{results[1].training_bytes / results[0].training_bytes:.1f} times less of the book."
    )


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **Loss per token across tokenizers.** See above. Bits a byte, always.\n"
        "- **`zero_grad` forgotten.** Gradients add up over steps. It trains, badly, and raises nothing.\n"
        "- **Off by one.** Targets shifted twice, or not at all. Look at one batch, decoded, with your own eyes.\n"
        "- **Validation that is not.** Overlapping stretches, duplicated documents, a tokenizer trained on the exam.\n"
        "- **Resuming with half the state.** Optimizer, generator, step: all of it, or the curve has a scar.\n"
        "- **Comparing at different points of the schedule.** A run that has not settled looks worse than it is.\n"
        "- **A mean that hides the tail.** Look at the norm, the largest loss of a batch, the loss by position.\n"
        "- **One seed.** The difference you see may be the difference between two tickets."
    )
    text(
        "Before a long run, three minutes: is the first loss $\\ln V$? Does a later token change no earlier logit? Can the "
        "model learn *one batch* by heart? If it cannot, more data will not help:"
    )
    memorized = one_batch_by_heart()  # @stepover @inspect memorized
    text(f"Ours: from {memorized[0]:.2f} to **{memorized[-1]:.3f}** nats in {len(memorized) - 1} steps. It can.")


def one_batch_by_heart() -> list[float]:
    """The losses on one random batch, over and over."""
    ids = torch.randint(SMALL.vocab_size, (4, 17), generator=torch.Generator().manual_seed(0))
    run = Training(small_model(), ids.numpy().ravel(), constant(PEAK))
    for _ in range(41):
        run.learn(ids[:, :-1], ids[:, 1:])
    return run.losses()


def summing_up() -> None:
    text("## What to remember")
    text(
        "- The loop is four lines. Know its first loss before you start it: $\\ln V$.\n"
        "- Split by position, count in bits a byte, and know your seed's spread before you claim a gain.\n"
        "- Four times the batch, half the noise. Noise stays, so the learning rate has to fall.\n"
        "- A checkpoint is weights, optimizer, generator and step, written so that a whole one is always there.\n"
        "- Most breakage raises no error. Too good is as suspicious as too bad.\n"
        "- The likeliest text is not good text. Cut the tail, keep the surprise."
    )
    text("The library has all of this as a program, with a configuration, a log and a folder for each run:")
    link(Run)
    text(
        "**Try it.** Change `PEAK`, or `STEPS`, at the top of this file and run it again; compare the two recordings side by "
        "side. Which of the numbers above move by more than a seed?\n\n"
        "Next: our minute reached a part of the machine's speed. Where did the rest go? Lecture 5 opens the machine."
    )


if __name__ == "__main__":
    main()
