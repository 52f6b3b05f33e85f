"""A tour of what the viewer shows: tensors, memory, change, and what every line costs.

python execute.py -m tour
"""

import math
from typing import Any

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from lectures.lm.bpe import train_bpe_naive
from lectures.lm.tokenizer import Tokenizer
from tracer import costs, expect, note, text

Sequences = Float[Tensor, "batch time channel"]
Scores = Float[Tensor, "batch head query key"]
Heads = Float[Tensor, "batch head time channel"]


def main() -> None:
    text("# A tour: seeing inside")
    text(
        "This lecture shows what a recorded run lets you see. Step through it with the arrow keys; the values stand beside the "
        "code, and whatever a line changed is marked there. Everything on the page was computed by the lines you see."
    )
    note("Ten minutes: one stop a section. Press `c` for what lines cost and `m` for memory before the last two.")
    torch.manual_seed(0)
    numbers()
    shapes()
    memory()
    values()
    history()
    block_costs()
    training_memory()
    text("That was the tour. Change a number in `lectures/tour.py`, run it again, and see what changes.")


def numbers() -> None:
    text("## The bits of a number")
    text(
        "A float is a sign, an exponent and a mantissa. `bfloat16` has the exponent of `float32` and only 7 bits of mantissa: "
        "it reaches as far and sees less. Choose a number of a tensor to see its bits."
    )
    weights = torch.tensor([1.0, 1.0078125, 256.0, 0.1], dtype=torch.bfloat16)  # @inspect weights
    update = torch.tensor([0.001, 0.001, 0.5, 0.0001], dtype=torch.bfloat16)  # @inspect update
    moved = weights + update  # @inspect moved
    lost = int((moved == weights).sum())  # @inspect lost
    text(
        f"{lost} of {len(weights)} weights did not move: the update is smaller than half the distance to the next number. "
        "That is why optimizers keep a copy of the weights in `float32`."
    )
    text("Small numbers vanish altogether. Gradients of `float16` are scaled up for this reason:")
    gradient = torch.tensor([1e-3, 1e-5, 1e-7, 1e-9])  # @inspect gradient
    half = gradient.to(torch.float16)  # @inspect half
    brain = gradient.to(torch.bfloat16)  # @inspect brain
    eighth = gradient.to(torch.float8_e4m3fn)  # @inspect eighth
    text(f"In `float16` {int((half == 0).sum())} of them is zero, in `bfloat16` {int((brain == 0).sum())}, in `float8_e4m3fn` "
         f"{int((eighth.float() == 0).sum())}.")  # fmt: skip
    ratio = half / half  # @inspect ratio
    overflow = torch.tensor([300.0, 70_000.0]).to(torch.float16) * 300  # @inspect overflow
    assert ratio.isnan().any()
    assert overflow.isinf().any()


def shapes() -> None:
    text("## Shapes, with names")
    text(
        "Where an annotation or an einops pattern names the axes, the lens shows the names, each in its own colour wherever it "
        "stands on the page."
    )
    x = torch.randn(2, 12, 32)
    scores = attention_scores(x, heads=4)  # @inspect scores
    weights = scores.softmax(dim=-1)  # @full weights
    text(
        "Causal attention: no weight lies above the diagonal, and every row sums to one. Pick a head below the picture."
    )
    rows = weights.sum(dim=-1)  # @inspect rows.shape, rows.min().item(), rows.max().item()
    assert torch.allclose(rows, torch.ones_like(rows))


def attention_scores(x: Sequences, heads: int) -> Scores:
    """Scores of causal self-attention of `x` with itself, (batch, head, query, key)."""
    split: Heads = rearrange(x, "batch time (head channel) -> batch head time channel", head=heads)  # @inspect split
    scores = torch.einsum("bhqc,bhkc->bhqk", split, split) / math.sqrt(split.shape[-1])
    future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(diagonal=1)  # @inspect future
    return scores.masked_fill(future, -torch.inf)


def memory() -> None:
    text("## One memory, many names")
    text("A transpose copies nothing: it is another way to walk through the same memory. So is a slice.")
    x = torch.arange(24.0).reshape(4, 6)  # @inspect x
    transposed = x.T  # @inspect transposed
    rows = x[1:3]  # @inspect rows
    column = x[:, 2]  # @inspect column
    text("Write through one of them, and all of them change:")
    column.fill_(-1)
    text("`contiguous()` makes a copy of its own, which no longer follows:")
    copied = transposed.contiguous()  # @inspect copied
    x.zero_()
    assert rows.sum() == 0
    assert copied.sum() != 0  # @clear column, rows


def values() -> None:
    text("## Any other value")
    tokenizer = train_tokenizer()  # @stepover
    ids = tokenizer.encode("The theory of the tensor: then there were three.")  # @stepover @tokens ids tokenizer
    network = nn.Sequential(nn.Embedding(512, 32), nn.LayerNorm(32), nn.Linear(32, 512, bias=False))
    network[2].weight = network[0].weight  # @inspect network
    runs = [
        {"name": name, "rate": rate, "loss": 4 / (1 + rate)} for name, rate in (("a", 0.1), ("b", 0.3))
    ]  # @inspect runs
    config: dict[str, dict[str, Any]] = {
        "model": {"width": 32, "heads": 4},
        "optimizer": {"name": "AdamW", "betas": (0.9, 0.95)},
    }  # @inspect config
    config["model"]["width"] = 64  # @inspect config
    prompt = "def f(x):\n\treturn x  \n"  # @inspect prompt
    assert len(ids) > len(runs) and prompt  # noqa: PT018 @clear ids, network, runs, config, prompt


def train_tokenizer() -> Tokenizer:
    words = "the theory of the tensor then there were three other things to gather there "
    return Tokenizer(*train_bpe_naive(words * 4, num_merges=40))


def history() -> None:
    text("## Change and history")
    text(
        "A small network learns to add. Its loss is inspected on every turn of the loop, so it draws its own curve; the loop "
        "has a control of its own, and a table of its turns."
    )
    inputs = torch.rand(64, 2)
    targets = inputs.sum(dim=1, keepdim=True)
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    turns = 40
    for _ in range(turns):
        loss = nn.functional.mse_loss(model(inputs), targets)  # @inspect loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        weight = model[0].weight  # @inspect weight
    text(f"After {turns} turns the loss is {loss.item():.5f}.")
    assert weight.shape == (16, 2)


class Block(nn.Module):  # type: ignore[misc]
    """A transformer block, pre-norm, without dropout: attention, then a feed-forward network four times as wide."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.before_feedforward = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Sequences) -> Sequences:
        x = x + self.attend(self.before_attention(x))
        return x + self.feed_forward(self.before_feedforward(x))

    def attend(self, x: Sequences) -> Sequences:
        qkv = self.qkv(x)
        q, k, v = rearrange(
            qkv, "batch time (three head channel) -> three batch head time channel", three=3, head=self.heads
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(diagonal=1)
        weights = scores.masked_fill(future, -torch.inf).softmax(dim=-1)
        mixed = rearrange(weights @ v, "batch head time channel -> batch time (head channel)")
        return self.out(mixed)

    def feed_forward(self, x: Sequences) -> Sequences:
        hidden = self.up(x)
        activated = nn.functional.gelu(hidden)
        return self.down(activated)


def block_costs() -> None:
    text("## What every line costs")
    text(
        "Time is recorded always; FLOPs, bytes and memory where you ask for them. The work of the backward pass is charged to "
        "the line of the forward pass that caused it."
    )
    batch, time, width = 4, 128, 128
    block = Block(width, heads=4)
    x = torch.randn(batch, time, width)
    parameters = sum(p.numel() for p in block.parameters() if p.ndim == 2)  # @inspect parameters
    attention = 2 * 2 * batch * time * time * width  # @inspect attention
    text(
        "Predict before you measure: $2NP$ FLOPs forward for $N$ tokens and $P$ parameters, and the two products of attention."
    )
    with expect(flops=2 * batch * time * parameters + attention, label="forward"):
        y = block(x)
    with expect(flops=2 * (2 * batch * time * parameters + attention), tolerance=0.1, label="backward"):
        y.square().mean().backward()
    text(
        "Twice as much backward, to the last FLOP: every product has two operands, and each wants a gradient, which is a product "
        "of the same size. Even the first one's input does, since the parameters of the norm lie before it."
    )


def training_memory() -> None:
    text("## Where the memory goes")
    text(
        "With AdamW in `float32` every parameter takes 16 bytes: itself, its gradient, and two moments of 4 bytes each."
    )
    with costs():
        model = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 256))
        optimizer = torch.optim.AdamW(model.parameters())
        x = torch.randn(64, 256)
        for _ in range(3):
            loss = (model(x) - x).square().mean()  # @inspect loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    count = sum(p.numel() for p in model.parameters())
    text(
        f"{count:,} parameters: {16 * count / 2**20:.1f} MiB while the gradients are there, and the activations on top."
    )


if __name__ == "__main__":
    main()
