"""Lecture 3: the transformer, piece by piece: attention, positions, norms, feed-forward networks, and what each costs.

python execute.py -m lecture_03
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lectures import references as ref
from lectures.images.attention import attention_picture, rotation_picture
from lectures.images.charts import bar_chart, line_chart
from lectures.lm.accounting import PUBLISHED, ModelShape, flops, kv_cache_bytes_per_token, parameters
from lectures.lm.attention import CausalMultiHeadSelfAttention, alibi_slopes
from lectures.lm.batches import get_batch
from lectures.lm.functional import causal_mask, cross_entropy, gelu, scaled_dot_product_attention, silu, softmax
from lectures.lm.layers import Embedding, FeedForward, LayerNorm, RMSNorm, RotaryPositionalEmbedding, SwiGLU
from lectures.lm.model import Order, Positions, TransformerBlock, TransformerLM, count_parameters
from lectures.lm.optimizers import AdamW, clip_gradients
from lectures.lm.tokenizer import Tokenizer, train_bpe
from lectures.lm.training import best_device
from lectures.references import cite
from tracer import graph, image, make_graph, note, plot, quiz, table, text

OPTICKS = Path(__file__).parent / "data" / "opticks.txt"
DEVICE = torch.device(best_device())  # models train on a GPU where there is one

Hidden = Float[Tensor, "time d_model"]
Queries = Float[Tensor, "query d_k"]
Keys = Float[Tensor, "key d_k"]
Weights = Float[Tensor, "query key"]
HeadWeights = Float[Tensor, "head query key"]


def main() -> None:
    text("# Lecture 3: The transformer, piece by piece")
    text(
        "Since 2017 nearly every language model is a stack of the same block: each position looks around (*attention*), then "
        "thinks "
        "for itself (*feed-forward*). What goes into that block today is the outcome of a long series of small choices. We "
        "build each "
        "piece, feed it real numbers, look inside, and where two choices compete, let them."
    )
    note(
        "Seventy-five minutes. Attention twenty, positions twenty, norms and feed-forward fifteen, grouped queries and the "
        "cache ten, "
        "the whole model ten. The four small trainings run in seconds; do not wait for them, step over."
    )
    torch.set_num_threads(1)  # models this small gain nothing from a second core, and lose by waiting for it
    torch.manual_seed(0)
    overview()
    tokenizer, tokens = real_tokens()

    # Looking around
    embeddings(tokenizer, tokens)
    attention_by_hand()
    why_the_root()
    heads()
    finder = a_head_that_learned_something()

    # Where am I?
    without_positions()
    rotary_positions()
    positions_compared(tokens, finder)

    # Thinking for oneself
    norms()
    before_or_after(tokens)
    feed_forward(tokens)

    # What it costs
    grouped_queries_and_the_cache()
    the_whole_model()
    pitfalls()
    summing_up()


def overview() -> None:
    text("## In this lecture")
    graph(
        make_graph(
            [
                {"id": "out", "label": "norm, output", "x": 90, "y": 30},
                {"id": "a2", "label": "+", "x": 90, "y": 100},
                {"id": "ffn", "label": "feed-forward", "x": 280, "y": 120},
                {"id": "n2", "label": "norm", "x": 280, "y": 180},
                {"id": "a1", "label": "+", "x": 90, "y": 220},
                {"id": "attn", "label": "attention", "x": 280, "y": 260},
                {"id": "n1", "label": "norm", "x": 280, "y": 320},
                {"id": "embed", "label": "embedding", "x": 90, "y": 350},
                {"id": "ids", "label": "token ids", "x": 90, "y": 420},
            ],
            [
                ("ids", "embed"), ("embed", "n1"), ("n1", "attn"), ("attn", "a1"), ("embed", "a1"), ("a1", "n2"),
                ("n2", "ffn"), ("ffn", "a2"), ("a1", "a2"), ("a2", "out"),
            ],
            width=370,
            height=450,
        )
    )  # @stepover  # fmt: skip
    text(
        "Everything between *embedding* and the last norm is one block, and is repeated: 12 times in GPT-2 small, 126 times "
        "in the "
        "largest Llama. The straight line at the left, from plus to plus, is the **residual stream**: each piece reads "
        "from it and adds to it. Read it from the bottom up."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. Why divide by $\\sqrt{d_k}$?\n"
        "2. Attention is a sum. How can it know the order of words?\n"
        "3. Norm before or after: why did everyone change sides?\n"
        "4. Which part of the model fills the memory when it answers you?"
    )


def real_tokens() -> tuple[Tokenizer, np.ndarray]:
    text("Today's text is Newton's *Opticks*, cut by a tokenizer as Lecture 1 built it, with 512 entries:")
    vocab, merges = train_bpe(OPTICKS, 512)  # @stepover
    tokenizer = Tokenizer(vocab, merges)
    ids = tokenizer.encode("Light is a heterogeneous mixture of rays.")  # @stepover @tokens ids tokenizer
    tokens = np.array(tokenizer.encode(OPTICKS.read_text(encoding="utf-8")))  # @stepover @inspect len(tokens)
    assert len(ids) < len(tokens)
    return tokenizer, tokens


def embeddings(tokenizer: Tokenizer, tokens: np.ndarray) -> None:
    text("## From ids to vectors")
    text(
        "An id says nothing by itself. The first layer is a table: a row of numbers for each entry of the vocabulary, learned."
    )
    table_of_vectors = Embedding(512, 8)
    ids = torch.tensor(tokenizer.encode("the light"))  # @stepover @inspect ids
    x: Hidden = table_of_vectors(ids)  # @inspect x
    assert torch.equal(x[0], table_of_vectors.weight[ids[0]])
    text(
        "From here on the model works with `x`: a vector for each position. Attention mixes the vectors of different positions."
    )


def attention_by_hand() -> None:
    text("## Attention, by hand")
    text(
        "A position asks a question, its **query**. Every position offers a **key**, what it can be found by, and a "
        "**value**, what it "
        "has to say. How well query and key agree, their product, decides how much of the value is taken. Three positions, "
        "two numbers each:"
    )
    q: Queries = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])  # @inspect q
    k: Keys = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # @inspect k
    v = torch.tensor([[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]])  # @inspect v
    scores: Weights = q @ k.T  # @inspect scores
    text(
        "A language model predicts what comes *next*, so no position may look ahead. The **causal mask** takes those scores "
        "away:"
    )
    allowed = causal_mask(3, 3)  # @stepover @inspect allowed
    masked: Weights = scores.masked_fill(~allowed, -math.inf)  # @inspect masked
    quiz(
        "What will the first row of weights be, after softmax?",
        ["[1, 0, 0]", "[⅓, ⅓, ⅓]", "[0.58, 0.21, 0.21]"],
        answer="[1, 0, 0]",
        why="The first position sees only itself, so whatever its score is, all of the weight is there.",
    )
    weights: Weights = softmax(masked / math.sqrt(2), dim=-1)  # @stepover @inspect weights
    mixed = weights @ v  # @inspect mixed
    assert torch.allclose(weights.sum(dim=-1), torch.ones(3))
    text(
        "Each row is a mixture of the values that its position may see. That is all of it; step into our function, which "
        "does the same:"
    )
    result = scaled_dot_product_attention(q, k, v, allowed)  # @inspect result
    assert torch.allclose(result, mixed)


def why_the_root() -> None:
    text("### Why divide by √d?")
    text(
        "A product of two vectors of $d$ random numbers is a sum of $d$ terms: its size grows as $\\sqrt{d}$. Softmax of "
        "large numbers is "
        "nearly all on one of them, and a function that hardly changes has no gradient to learn from. Sixteen keys, measured:"
    )
    rows = []
    for d in (4, 16, 64, 256, 1024):
        plain, divided = largest_weight(d, 1.0), largest_weight(d, math.sqrt(d))  # @stepover @inspect plain divided
        rows += [
            {"d": d, "largest weight": plain, "scores": "as they are"},
            {"d": d, "largest weight": divided, "scores": "divided by √d"},
        ]
    plot(
        line_chart(rows, x="d", y="largest weight", color="scores", log_x=True),
        alt="Without the root the largest weight goes to 1 as d grows; with it, it stays near 0.25.",
    )  # @stepover


def largest_weight(d: int, divisor: float) -> float:
    """The mean over random queries of the largest of their attention weights over 16 random keys."""
    generator = torch.Generator().manual_seed(d)
    q, k = torch.randn(500, d, generator=generator), torch.randn(16, d, generator=generator)
    return softmax(q @ k.T / divisor, dim=-1).amax(dim=-1).mean().item()


def heads() -> None:
    text("### Many heads")
    text(
        "One mixture for each position is little. So the vector is split among **heads**, each with queries, keys and values "
        "of its own, and "
        "the results are put side by side again. The cost is the same as that of one wide head:"
    )
    layer = CausalMultiHeadSelfAttention(d_model=8, num_heads=2)
    x: Hidden = torch.randn(5, 8)
    y: Hidden = layer(x)  # @inspect y
    changed = x.clone()
    changed[3] += 1.0  # the fourth position says something else
    moved = (layer(changed) - y).abs().sum(dim=-1)  # @stepover @inspect moved
    assert (moved[:3] == 0).all()
    text("Changing the fourth position moved it and the one after it, and nothing before: the mask holds.")


def a_head_that_learned_something() -> TransformerLM:
    text("### A head that has learned something")
    text(
        "What do trained heads look at? Give a small model of two layers sequences in which random tokens are *repeated*: to "
        "guess what "
        f"comes next, one must find the same token earlier and see what followed it. First with {FIXED} tokens, twice, always:"
    )
    model, losses = train_on_repetitions([FIXED], steps=80)  # @stepover
    plot(
        line_chart(losses, x="step", y="loss on the repeated half (nats)"),
        alt="The loss on the repeated half falls from pure guessing to nearly nothing within a few dozen steps.",
    )  # @stepover
    chance = math.log(REPEATED_VOCAB)  # @inspect chance
    final = losses[-1]["loss on the repeated half (nats)"]  # @inspect final
    text(f"From {chance:.2f} nats, pure guessing, to **{final:.2f}**: solved. But *what* has it learned?")
    quiz(
        "The model predicts the repeated half without a mistake. What has it learned?",
        [
            "to find the same token earlier, and see what followed it",
            f"to look {FIXED - 1} positions back",
            "the sequences by heart",
        ],
        answer=f"to look {FIXED - 1} positions back",
        why="By heart it cannot be: each sequence is new. The other two look alike as long as every sequence has the same "
        "length. Try "
        "other lengths.",
    )
    accuracy = accuracies(model, [FIXED - 4, FIXED, FIXED + 4])  # @stepover @inspect accuracy
    text(
        f"With {FIXED + 4} tokens in place of {FIXED} it is right in {accuracy[FIXED + 4]:.0%} of all cases. It has learned "
        "the length of our "
        "sequences, and nothing else. A model learns what is enough, not what we meant: the data was to blame. So vary the "
        "length:"
    )
    model, losses = train_on_repetitions(VARIED)  # @stepover
    plot(
        line_chart(losses, x="step", y="loss on the repeated half (nats)"),
        alt="With sequences of many lengths the loss stays high for a hundred steps, then falls within a few dozen.",
    )  # @stepover
    accuracy = accuracies(model, [6, 8, 12, 16])  # @stepover @inspect accuracy
    sequence = repeated(14, 1, torch.Generator().manual_seed(7))[0, :-1]  # @stepover @inspect sequence
    first, second = patterns(model, sequence)  # @stepover
    image(
        attention_picture({"layer 1": first, "layer 2": second}),
        alt="Attention weights: in the first layer a head looks one back, in the second far back, along a line.",
    )  # @stepover
    one_back = offset_weight(first, 1)  # of each head @stepover @inspect one_back
    after_the_copy = offset_weight(second[:, 14:], -1)  # from the middle on @stepover @inspect after_the_copy
    text(
        f"Right in {min(accuracy.values()):.0%} or more, whatever the length. Look at what the heads do: in the second layer "
        "one "
        f"looks at the token *after* the earlier copy of its own (with a weight of {max(after_the_copy):.2f}), which it can "
        "only find "
        f"because a head of the first layer looks one back ({max(one_back):.2f}), and so tells each position what came "
        "before it. "
        f"These are **induction heads** ({cite(ref.OLSSON_2022)}), found in models of every size: a first step of learning "
        "from the "
        "prompt. Nobody programmed them."
    )  # @stepover
    return model


FIXED, VARIED, REPEATED_VOCAB = 12, range(5, 17), 24


def repeated(length: int, batch: int, generator: torch.Generator) -> Tensor:
    """Sequences of `length` random tokens, twice, and the first once more: the target of the last."""
    half = torch.randint(REPEATED_VOCAB, (batch, length), generator=generator)
    return torch.cat((half, half, half[:, :1]), dim=1)


def train_on_repetitions(
    lengths: Sequence[int], steps: int = 400, positions: Positions = "rope"
) -> tuple[TransformerLM, list[dict[str, float]]]:
    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(3)
    model = TransformerLM(REPEATED_VOCAB, 128, 48, 2, 2, 96, positions=positions).to(DEVICE)
    optimizer = AdamW(model.parameters(), lr=4e-3, betas=(0.9, 0.98), weight_decay=0.01)
    losses = []
    for step in range(steps + 1):
        length = lengths[int(torch.randint(len(lengths), (1,), generator=generator))]
        tokens = repeated(length, 32, generator).to(DEVICE)
        loss = cross_entropy(model(tokens[:, :-1])[:, length:], tokens[:, length + 1 :])
        if step % (steps // 20) == 0:
            losses.append({"step": step, "loss on the repeated half (nats)": loss.item()})
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), 1.0)
        optimizer.step()
    return model, losses


@torch.no_grad()
def accuracies(model: TransformerLM, lengths: Sequence[int]) -> dict[int, float]:
    """How often the likeliest token of the repeated half is right, by length."""
    found = {}
    for length in lengths:
        tokens = repeated(length, 64, torch.Generator().manual_seed(1)).to(DEVICE)
        guesses = model(tokens[:, :-1])[:, length:].argmax(dim=-1)
        found[length] = (guesses == tokens[:, length + 1 :]).float().mean().item()
    return found


@torch.no_grad()
def patterns(model: TransformerLM, tokens: Tensor) -> list[HeadWeights]:
    """The attention weights of each layer for a sequence, (head, query, key)."""
    x, found = model.token_embeddings(tokens.to(DEVICE)), []
    mask = causal_mask(len(tokens), len(tokens), DEVICE)
    for block in model.layers:
        attn, inside = block.attn, block.ln1(x)
        q, k = (p(inside).unflatten(-1, (attn.num_heads, -1)).transpose(0, 1) for p in (attn.q_proj, attn.k_proj))
        q, k = (attn.rope(y) if attn.rope else y for y in (q, k))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        found.append(softmax(scores.masked_fill(~mask, -math.inf), dim=-1).cpu())
        x = block(x)
    return found


def offset_weight(weights: HeadWeights, offset: int) -> list[float]:
    """The mean weight along a diagonal of each head: at `offset` positions back, or from the first query of a part on."""
    return [head.diagonal(-offset).mean().item() for head in weights]


def without_positions() -> None:
    text("## Where am I?")
    text(
        "Attention is a weighted sum, and sums have no order. Exchange two words that both lie in the past, and see what the "
        "last one notices:"
    )
    layer = CausalMultiHeadSelfAttention(d_model=8, num_heads=2)
    x: Hidden = torch.randn(4, 8)
    swapped = x[[1, 0, 2, 3]]
    difference = (layer(x)[-1] - layer(swapped)[-1]).abs().max().item()  # @stepover @inspect difference
    assert difference < 1e-6
    text(
        "Nothing, but for rounding. *The dog bites the man* and *the man bites the dog* would be the same. Positions must "
        "come in somehow."
    )


def rotary_positions() -> None:
    text("### Rotary positions")
    text(
        "RoPE *turns* queries and keys: the numbers of a vector are taken in pairs, each pair is a point in a plane, and at "
        "position $p$ it is turned "
        f"by the angle $p\\,\\theta^{{-2i/d}}$ ({cite(ref.SU_2021)}). The first pair turns fast, the last one very slowly, "
        "as the hands of a clock."
    )  # @stepover
    rope = RotaryPositionalEmbedding(theta=25.0, d_k=4, max_seq_len=64)  # small, so that both turns can be seen
    x = torch.tensor([[1.0, 0.0, 1.0, 0.0]]).expand(6, 4)  # the same vector at six positions @inspect x
    turned = rope(x)  # @inspect turned
    image(
        rotation_picture(turned), alt="The first pair turns by one radian a position, the second by a fifth of one."
    )  # @stepover
    lengths = turned.norm(dim=-1)  # @inspect lengths
    assert torch.allclose(lengths, x.norm(dim=-1))
    text(
        "Lengths stay. What changes is the angle *between* a query and a key, and that depends only on how far apart they "
        "stand. The same "
        "query and key, at three places of one distance:"
    )
    wide = RotaryPositionalEmbedding(10_000.0, 64, 4096)  # @stepover
    q, k = torch.randn(1, 64), torch.randn(1, 64)
    for place in (0, 100, 4000):
        product = score_at(wide, q, k, place + 9, place)  # @stepover @inspect product
    text(
        "So the model is told distances, not places, without a single parameter. For vectors that agree, the product falls "
        "off with distance:"
    )
    rows = [
        {"distance": distance, "product": score_at(wide, q, q, distance, 0) / score_at(wide, q, q, 0, 0)}
        for distance in range(0, 257, 4)
    ]  # @stepover
    plot(
        line_chart(rows, x="distance", y="product"),
        alt="The product of a vector with itself, turned: it falls off, in waves.",
    )  # @stepover
    assert math.isfinite(product)


def score_at(rope: RotaryPositionalEmbedding, q: Tensor, k: Tensor, q_position: int, k_position: int) -> float:
    """The product of a query and a key, (1, d) each, that stand at these positions."""
    return (rope(q, torch.tensor([q_position])) @ rope(k, torch.tensor([k_position])).T).item()


def positions_compared(tokens: np.ndarray, finder: TransformerLM) -> None:
    text("### RoPE, ALiBi, learned: at equal compute")
    text(
        "Older models *add* a learned vector for each position to the embedding. ALiBi takes from each score in proportion "
        "to the distance, "
        f"with a slope for each head ({cite(ref.PRESS_2021)}):"
    )  # @stepover
    slopes = alibi_slopes(4)  # @stepover @inspect slopes
    assert slopes.shape == (4,)
    text("Which is best? The same small model, the same text, the same number of steps, and only the positions differ:")
    kinds: tuple[Positions, ...] = ("rope", "alibi", "learned", "none")
    curves = []
    for kind in kinds:
        losses = train_small(tokens, positions=kind)  # @stepover
        curves += [{"step": step, "loss (nats)": loss, "positions": kind} for step, loss in losses]
    plot(
        line_chart(curves, x="step", y="loss (nats)", color="positions", from_zero=False),
        alt="Validation loss over the steps of training for four ways of telling positions: they lie close together.",
    )  # @stepover
    final = {
        kind: [row["loss (nats)"] for row in curves if row["positions"] == kind][-1] for kind in kinds
    }  # @inspect final
    best = min(final, key=lambda kind: final[kind])
    text(
        f"*{best}* leads, and only {max(final.values()) - min(final.values()):.2f} nats lie between the best and the worst; "
        "another seed moves each by a few "
        "hundredths. In its first steps a model of text hardly looks beyond the last words, and any of the four will do, "
        "even none: the mask "
        "itself tells a position how many came before it. The differences show where something *far back* must be found. "
        "That was the task of "
        f"repeated tokens, trained on up to {VARIED[-1]}. Here it is again, and now with longer sequences than any that were "
        "trained:"
    )
    rows = []
    for kind in ("rope", "alibi", "learned"):
        model = finder if kind == "rope" else train_on_repetitions(VARIED, positions=kind)[0]  # @stepover
        accuracy = accuracies(model, [6, 8, 12, 16, 20, 24, 36, 48])  # @stepover @inspect kind, accuracy
        rows += [{"length": n, "right (%)": 100 * share, "positions": kind} for n, share in accuracy.items()]
    plot(
        line_chart(rows, x="length", y="right (%)", color="positions"),
        alt="Share of right guesses over the length of the sequence, for RoPE, ALiBi and learned positions.",
    )  # @stepover
    at = {(row["positions"], row["length"]): row["right (%)"] for row in rows}
    text(
        f"At the longest trained length, 16, RoPE is right in **{at['rope', 16]:.0f}%**, ALiBi in {at['alibi', 16]:.0f}%, "
        "learned positions in "
        f"{at['learned', 16]:.0f}%. At 36, more than twice as long, all fall: to {at['rope', 36]:.0f}, "
        f"{at['alibi', 36]:.0f} and {at['learned', 36]:.0f}%. "
        "RoPE finds exact places far back, and breaks at angles it has never seen; ALiBi blurs what is far, and degrades "
        "gently; that is what "
        "it was made for. RoPE won: it is nearly free, and its $\\theta$ can be raised when a model is to be taught a longer "
        "context."
    )


TRAINED_LENGTH = 48


def train_small(
    tokens: np.ndarray, steps: int = 96, width: int = 64, layers: int = 2, seed: int = 0, **options: Any
) -> list[tuple[int, float]]:
    """The validation loss of a small model of these tokens as it trains: (step, nats)."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    split = int(0.9 * len(tokens))
    model = TransformerLM(512, TRAINED_LENGTH, width, layers, 4, **{"d_ff": 176, **options}).to(DEVICE)
    optimizer = AdamW(model.parameters(), lr=4e-3, betas=(0.9, 0.95), weight_decay=0.1)
    losses = []
    for step in range(steps + 1):
        if step % (steps // 8) == 0:
            losses.append((step, validation_loss(model, tokens[split:])))
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * min(1.0, (step + 1) / 20) * (1 - 0.9 * step / steps)
        inputs, targets = get_batch(tokens[:split], 16, TRAINED_LENGTH, DEVICE, generator)
        loss = cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), 1.0)
        optimizer.step()
    return losses


@torch.no_grad()
def validation_loss(model: TransformerLM, tokens: np.ndarray) -> float:
    inputs, targets = get_batch(tokens, 48, TRAINED_LENGTH, DEVICE, torch.Generator().manual_seed(1))
    return cross_entropy(model(inputs), targets).item()


def norms() -> None:
    text("## Norms: keeping numbers in their size")
    text(
        "Layers add to the residual stream, and it grows. A norm scales what a piece reads to a fixed size. LayerNorm "
        f"({cite(ref.BA_2016)}) takes away "
        f"the mean and divides by the deviation; RMSNorm ({cite(ref.ZHANG_2019)}) only divides by the root of the mean square:"
    )  # @stepover
    x = torch.tensor([[3.0, 4.0, 0.0, 5.0], [300.0, 400.0, 0.0, 500.0]])  # @inspect x
    rms = RMSNorm(4)(x)  # @inspect rms
    layer = LayerNorm(4)(x)  # @stepover @inspect layer
    assert torch.allclose(rms[0], rms[1], atol=1e-4)
    assert torch.allclose(layer.mean(dim=-1), torch.zeros(2), atol=1e-5)
    text(
        "A hundred times as large, and the same afterwards. Nothing was found to be lost without the mean, and one pass over "
        "the numbers is saved. Why care, "
        "when a norm is hardly any FLOPs? Because it moves as many bytes as anything else:"
    )
    share = norm_share(PUBLISHED["Llama-2-7B"])  # @stepover @inspect share
    text(
        f"In Llama-2-7B the norms are {share:.2%} of the FLOPs of a forward pass. {cite(ref.IVANOV_2020)} found "
        "normalizations at about 0.2% of the FLOPs "
        "and *a quarter of the time*: time is decided by memory there. Lecture 5 is about that."
    )  # @stepover
    half = torch.tensor([300.0], dtype=torch.float16)
    square = half * half  # @inspect square
    assert square.isinf()
    text("And norms are worked out in `float32`: the square of a harmless 300 is already infinite in `float16`.")


def norm_share(shape: ModelShape) -> float:
    """FLOPs of the norms (about 4 a number) by those of all matrix products, in a forward pass."""
    time_ = shape.context_length
    norms = (2 * shape.num_layers + 1) * time_ * shape.d_model * 4
    return norms / sum(flops(shape, 1, time_).values())


def before_or_after(tokens: np.ndarray) -> None:
    text("### Before or after?")
    text(
        "The first transformers put the norm *after* the sum, on the residual stream itself; today it stands *before* each "
        "piece, off the "
        f"stream ({cite(ref.XIONG_2020)}). Both keep numbers in their size. The difference is in the gradients: how large is "
        "that of the "
        "*last* block, before the first step of training, in models of different depth?"
    )  # @stepover
    rows = []
    for depth in (2, 4, 8, 16, 32):
        pre = last_gradient("pre", depth)  # @stepover @inspect pre
        post = last_gradient("post", depth)  # @stepover @inspect post
        rows += [
            {"blocks": depth, "gradient": pre, "norm": "before"},
            {"blocks": depth, "gradient": post, "norm": "after"},
        ]
    plot(
        line_chart(rows, x="blocks", y="gradient", color="norm", log_x=True),
        alt="Gradient of the last block over depth: with norms before the pieces it shrinks, with norms after the sums it grows.",
    )  # @stepover
    text(
        "With norms before, each block is one of many that add to the stream, and the deeper the model the smaller its "
        "share: about "
        "$1/\\sqrt{L}$. With norms after, the last block keeps all of its influence however deep the model is, and a step "
        "that is right for "
        "the others throws it too far."
    )
    quiz(
        "Twelve blocks, a large learning rate, no warm-up: which one trains?",
        ["the one with norms before", "the one with norms after", "both", "neither"],
        answer="the one with norms before",
        why="Its gradients are even, and the stream is an uninterrupted sum: each layer has a straight way back. The other "
        "needs to be "
        "warmed up with small steps first.",
    )
    curves = []
    for order, name in (("pre", "before"), ("post", "after")):
        losses = train_deep(tokens, order)  # @stepover
        curves += [{"step": step, "loss (nats)": loss, "norm": name} for step, loss in losses]
    plot(
        line_chart(curves, x="step", y="loss (nats)", color="norm", from_zero=False),
        alt="Twelve blocks trained without warm-up: with norms before, the loss goes on falling; with norms after it gets stuck.",
    )  # @stepover
    final = {
        name: [r["loss (nats)"] for r in curves if r["norm"] == name][-1] for name in ("before", "after")
    }  # @inspect final
    text(
        f"**{final['before']:.2f}** nats with norms before, **{final['after']:.2f}** after. This is why everyone changed sides."
    )


def last_gradient(order: Order, depth: int) -> float:
    """The norm of the gradient of the last feed-forward network, at the start of training."""
    torch.manual_seed(1)
    model = TransformerLM(64, 32, 48, depth, 4, 128, order=order, norm="layer", ffn="gelu")
    tokens = torch.randint(64, (8, 33))
    cross_entropy(model(tokens[:, :-1]), tokens[:, 1:]).backward()
    return math.sqrt(sum(p.grad.square().sum().item() for p in model.layers[-1].ffn.parameters()))


def train_deep(tokens: np.ndarray, order: Order, steps: int = 60) -> list[tuple[int, float]]:
    """The loss of a narrow model of twelve blocks at a large learning rate, from the first step on: (step, nats)."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = TransformerLM(512, 48, 48, 12, 4, 128, order=order, norm="layer", ffn="gelu").to(DEVICE)
    optimizer = AdamW(model.parameters(), lr=5e-3, betas=(0.9, 0.95))
    losses, recent = [], []
    for step in range(1, steps + 1):
        inputs, targets = get_batch(tokens, 12, 48, DEVICE, generator)
        loss = cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recent.append(loss.item())
        if step % 10 == 0:
            losses.append((step, sum(recent) / len(recent)))
            recent = []
    return losses


def feed_forward(tokens: np.ndarray) -> None:
    text("## Thinking for oneself: the feed-forward network")
    text(
        "Two thirds of a model's parameters are here. Up to several times the width, a bend, and down again, for each "
        "position alone. The bend has changed:"
    )
    x = torch.linspace(-4, 4, 81)
    bends = {"ReLU": torch.relu(x), "GELU": gelu(x), "SiLU": silu(x)}  # @stepover
    curves = [
        {"x": round(a, 2), "f(x)": b, "f": name}
        for name, y in bends.items()
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]  # @stepover
    plot(
        {**line_chart(curves, x="x", y="f(x)", color="f"), "mark": "line"},
        alt="ReLU has a corner at zero; GELU and SiLU dip below zero and are smooth.",
    )  # @stepover
    text(
        f"And a **gate** was added ({cite(ref.SHAZEER_2020)}): two ways up, one of which decides how much of the other "
        "passes. That makes three matrices in place of two, "
        "so the width in between is cut to two thirds, and the parameters stay:"
    )  # @stepover
    d = 96
    plain = count_parameters(FeedForward(d, 4 * d))  # @stepover @inspect plain
    gated = count_parameters(SwiGLU(d, 8 * d // 3))  # @stepover @inspect gated
    assert plain == gated
    network = SwiGLU(2, 3)
    y = network(torch.tensor([[1.0, -1.0]]))  # @inspect y
    text("Equal parameters, equal steps, three seeds each. Does the gate help a model this small?")
    losses: dict[str, list[float]] = {"gelu": [], "swiglu": []}
    for seed in range(3):
        for kind, d_ff in (("gelu", 264), ("swiglu", 176)):
            curve = train_small(tokens, seed=seed, ffn=kind, d_ff=d_ff)  # @stepover
            loss = curve[-1][1]  # @inspect kind, loss
            losses[kind].append(loss)
    means = {kind: sum(values) / len(values) for kind, values in losses.items()}  # @inspect means
    gain = means["gelu"] - means["swiglu"]  # @inspect gain
    spread = max(max(v) - min(v) for v in losses.values())  # @inspect spread
    verdict = "more than" if abs(gain) > spread else "less than"
    text(
        f"SwiGLU is {'ahead' if gain > 0 else 'behind'} by {abs(gain):.3f} nats, which is {verdict} what the seed does "
        f"({spread:.3f}). "
        "Only the second number makes the first one mean anything: without it, the luck of one seed looks like a discovery. "
        "Why gates "
        "help, nobody knows; Shazeer's paper closes by crediting divine benevolence."
    )
    assert y.shape == (1, 2)


def grouped_queries_and_the_cache() -> None:
    text("## Answering: the cache, and why heads share keys")
    text(
        "A model that answers writes one token at a time. Each new token needs the keys and values of all before it, and "
        "these never change: so keep them. "
        "That is the **KV cache**. With it a step reads one position instead of all:"
    )
    model = TransformerLM(64, 128, 64, 2, 4, 176).to(DEVICE)  # @stepover
    tokens = torch.randint(64, (1, 128)).to(DEVICE)
    whole = model(tokens)  # @stepover
    caches = model.new_caches()
    pieces = []
    for position in range(128):
        logits = model(tokens[:, position : position + 1], caches)  # @stepover
        pieces.append(logits)
    same = torch.allclose(torch.cat(pieces, dim=1), whole, atol=1e-4)  # @inspect same
    assert same
    with_cache, without = decode_seconds(model, tokens)  # @stepover @inspect with_cache without
    text(
        f"The same logits. For the last token: {1000 * with_cache:.1f} ms with the cache, {1000 * without:.1f} ms without."
    )
    text("But the cache has to lie somewhere. Bytes for each token of context, in `bfloat16`:")
    rows = []
    for name in ("Llama-2-7B", "Llama-2-13B", "Llama-3-8B", "Llama-3-70B"):
        shape = PUBLISHED[name]
        size = kv_cache_bytes_per_token(shape)  # @stepover @inspect size
        rows.append(
            {
                "model": name,
                "heads": shape.num_heads,
                "of keys and values": shape.num_kv_heads,
                "KiB a token": size // 1024,
                "GB for 32 contexts of 8,192": round(size * 8192 * 32 / 1e9, 1),
            }
        )
    table(rows, caption="What the cache takes beside the model.")
    quiz(
        "Llama-3-8B has about as many layers and as wide vectors as Llama-2-7B. Why is its cache four times smaller?",
        [
            "its numbers are smaller",
            "four heads share each key and value",
            "it forgets old tokens",
            "it has fewer layers",
        ],
        answer="four heads share each key and value",
        why="32 heads of queries, 8 of keys and values: grouped-query attention.",
    )
    text(
        f"**Grouped queries** ({cite(ref.AINSLIE_2023)}): several heads ask different questions of the *same* keys and "
        "values. The cache shrinks by the size of the group, the "
        "product of queries with keys stays as it is. Sharing one for all is the extreme:"
    )  # @stepover
    for kv_heads in (8, 2, 1):
        layer = CausalMultiHeadSelfAttention(64, 8, num_kv_heads=kv_heads)  # @stepover
        size = count_parameters(layer)  # @stepover @inspect kv_heads, size


@torch.no_grad()
def decode_seconds(model: TransformerLM, tokens: Tensor) -> tuple[float, float]:
    """Seconds for the last token's logits: with a cache that holds the others, and without."""

    def cached() -> Callable[[], Tensor]:
        caches = model.new_caches()
        model(tokens[:, :-1], caches)
        return lambda: model(tokens[:, -1:], caches)

    with_cache = min(seconds(cached()) for _ in range(5))
    return with_cache, min(seconds(lambda: model(tokens)) for _ in range(5))


def seconds(function: Callable[[], Any]) -> float:
    began = time.perf_counter()
    function()
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def the_whole_model() -> None:
    text("## All together")
    text("A block, small enough to see all of it. Step in: norm, attention, sum; norm, feed-forward, sum.")
    rope = RotaryPositionalEmbedding(10_000.0, 4, 16)  # @stepover
    block = TransformerBlock(8, 2, 24, rope)  # @stepover
    x: Hidden = torch.randn(5, 8)
    y: Hidden = block(x)  # @inspect y
    assert y.shape == x.shape
    text("And a model is embedding, blocks, norm, output:")
    model = TransformerLM(
        vocab_size=50, context_length=16, d_model=8, num_layers=2, num_heads=2, d_ff=24
    )  # @stepover @inspect model
    logits = model(torch.tensor([3, 14, 15, 9]))  # @stepover @inspect logits
    assert logits.shape == (4, 50)
    text(
        "The same class with other numbers is GPT-2 or Llama. Their authors published the shapes; the counts below are "
        "computed from these, and the model "
        "itself, built without memory, has exactly as many parameters:"
    )
    rows, parts = [], []
    for name in ("GPT-2 small", "GPT-2 XL", "Llama-2-7B", "Llama-3-8B", "Llama-3-70B", "Llama-3.1-405B"):
        by_component = parameters(PUBLISHED[name])  # @stepover @inspect by_component
        total = sum(by_component.values())
        shares = {part.removesuffix(" embeddings"): f"{count / total:.1%}" for part, count in by_component.items()}
        rows.append({"model": name, "parameters": f"{total:,}", **shares})
        parts += [
            {"model": name, "part": part, "share (%)": 100 * count / total} for part, count in by_component.items()
        ]
    table(rows, caption="Parameters, and the share of each component; token and position are the embeddings.")
    plot(
        bar_chart(parts, x="model", y="share (%)", color="part", horizontal=True, longest=100),
        alt="Shares of parameters: in GPT-2 small a third is embeddings; in large models four fifths is feed-forward.",
    )  # @stepover
    planned = planned_parameters("Llama-3-8B")  # @stepover @inspect planned
    assert planned == sum(parameters(PUBLISHED["Llama-3-8B"]).values())
    text(f"**{planned:,}** for Llama-3-8B. And where the FLOPs of a forward pass go, at each model's full context:")
    compute = []
    for name in ("GPT-2 small", "GPT-2 XL", "Llama-2-7B", "Llama-3-8B", "Llama-3-70B"):
        shape = replace(PUBLISHED[name], context_length=min(PUBLISHED[name].context_length, 8192))
        by_component = flops(shape)  # @stepover
        total = sum(by_component.values())
        compute += [
            {"model": name, "part": part, "share of FLOPs (%)": 100 * count / total}
            for part, count in by_component.items()
        ]
    plot(
        bar_chart(compute, x="model", y="share of FLOPs (%)", color="part", horizontal=True, longest=100),
        alt="Shares of FLOPs: the output head weighs in small models, the feed-forward network in large ones.",
    )  # @stepover


def planned_parameters(name: str) -> int:
    """Of the model as built, on the meta device: shapes without numbers."""
    with torch.device("meta"):
        return count_parameters(TransformerLM(**PUBLISHED[name].arguments()))


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **The mask forgotten.** The loss falls beautifully, to nearly nothing: the model copies the answer. Generation is "
        "rubbish. Test that a later token "
        "changes no earlier logit.\n"
        "- **RoPE in two layouts.** Pairs of neighbours (as here) or halves of the vector: both work, mixing them silently "
        "ruins loaded weights.\n"
        "- **Positions after the cache.** A new token stands at the end, not at 0. Test that the cache gives the same logits.\n"
        "- **A softmax in 16 bits**, a norm in 16 bits: small errors in every layer, all in one direction.\n"
        "- **Comparing at unequal cost.** A gate adds a matrix, grouped queries take some away: hold parameters or FLOPs "
        "equal, and say which.\n"
        "- **One seed.** See above."
    )


def summing_up() -> None:
    text("## What to remember")
    text(
        "- Attention: weights from queries and keys, a mixture of values, no looking ahead, $\\sqrt{d_k}$ for the gradient's "
        "sake.\n"
        "- Positions come in by turning queries and keys; the product then knows distances.\n"
        "- Norms stand before the pieces, so that the stream is never interrupted.\n"
        "- Most parameters and FLOPs are in the feed-forward network; most memory, when answering, can be in the cache.\n"
        "- Today's block: RMSNorm before, RoPE, grouped queries, SwiGLU, no biases."
    )
    text(
        "Next: Lecture 4 trains it. Everything is there: the model, the loss, the optimizer. What can go wrong, will, and we "
        "shall watch."
    )


if __name__ == "__main__":
    main()
