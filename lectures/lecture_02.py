"""Lecture 2: where memory and FLOPs go: floats, tensors, matrix products, gradients, optimizers, activations.

python execute.py -m lecture_02
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from einops import einsum, rearrange, reduce
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart
from lectures.images.memory import bit_layout, strided_walk
from lectures.lm.accounting import PUBLISHED, activation_bytes_per_layer, flops, parameters, training_bytes
from lectures.lm.functional import cross_entropy
from lectures.lm.layers import Linear
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import SGD, AdaGrad, AdamW
from lectures.lm.training import best_device
from lectures.references import cite
from tracer import expect, image, note, plot, quiz, table, text

H100_BF16 = 989.4e12
"""FLOP/s of one H100 SXM, dense, in bfloat16 (NVIDIA's data sheet)."""

A100_BF16 = 312e12
GB = 10**9
DAY = 24 * 60 * 60

# Speed is measured on a GPU where there is one, with matrices that are large there.
DEVICE = torch.device(best_device())
MACHINE, LARGE = "one core of the machine that ran this lecture", 512
if DEVICE.type == "cuda":
    MACHINE, LARGE = f"the GPU of the machine that ran this lecture, an {torch.cuda.get_device_name()}", 8192

Batch = Float[Tensor, "batch width"]
Sequences = Float[Tensor, "batch time channel"]


def main() -> None:
    text("# Lecture 2: Where memory and FLOPs go")
    text(
        "A large model is a large bill, and the bill has two lines: **memory** and **FLOPs**. Both can be worked out on a "
        "napkin "
        "before anything is built, to within a few percent, and this lecture does: it predicts, then measures, and every "
        "prediction stands beside its measurement. Whoever can do this reads a hardware announcement, a training budget or "
        "their own out-of-memory error with different eyes."
    )
    note(
        "Seventy-five minutes. Napkin questions ten, floats ten, tensors and views fifteen, matrix products and MFU fifteen, "
        "gradients and optimizers fifteen, activations and mixed precision ten. "
        "Have the class write down a number before each reveal."
    )
    torch.set_num_threads(1)  # one core: whatever else this machine does, what is measured below can be compared
    torch.manual_seed(0)
    overview()
    on_a_napkin()

    # Memory
    floats()
    tensors()
    views()
    named_dimensions()

    # Compute
    matrix_products()
    utilization()
    gradients()

    # Training
    initialization()
    optimizers()
    activations()
    mixed_precision()

    pitfalls()
    summing_up()


def overview() -> None:
    text("## In this lecture")
    text(
        "**Six key concepts**\n"
        "1. *Accounting*: count bytes and FLOPs before you run.\n"
        "2. *Precision*: what a number of 32, 16 or 8 bits can say.\n"
        "3. *Views*: many tensors, one memory.\n"
        "4. *Named dimensions*: say what an axis is, not where it stands.\n"
        "5. *Forward 2, backward 4*: six FLOPs for each parameter and token.\n"
        "6. *State*: a parameter in training is more than a parameter."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. Why `bfloat16`, when `float16` has more digits?\n"
        "2. Where does the 6 in $6ND$ come from?\n"
        "3. A GPU is half idle and you are told that this is *good*. Why?\n"
        "4. What, beside the parameters, fills the memory?"
    )


def on_a_napkin() -> None:
    text("## On a napkin")
    text(
        "Two questions that people are paid to answer. Guess first; by the end of the lecture each line below is earned."
    )

    quiz(
        "How long does it take to train a model of 70 billion parameters on 15 trillion tokens with 1,024 H100 GPUs?",
        ["about a week", "about a month", "about five months", "about two years"],
        answer="about five months",
        why="$6ND$ FLOPs, at half of what the GPUs could do at best. The lines below work it out.",
    )
    needed = 6 * 70e9 * 15e12  # FLOPs @inspect needed
    per_second = 1024 * H100_BF16 * 0.5  # at half of the peak @inspect per_second
    days = needed / per_second / DAY  # @inspect days
    text(f"**{days:.1f} days.** The 6 and the 0.5 are what this lecture is about.")

    text(
        "The second: what is the largest model that eight GPUs of 80 GB can train with AdamW, if nothing clever is done? A "
        "parameter takes four bytes, its gradient four, and AdamW keeps two more numbers for each:"
    )
    bytes_per_parameter = sum(training_bytes(1).values())  # @inspect bytes_per_parameter
    largest = 8 * 80 * GB / bytes_per_parameter  # @inspect largest
    text(
        f"**{largest / 1e9:.0f} billion** parameters, and not one activation: a real run needs room for these, too. So the "
        "answer is "
        "an upper bound, which is often all one wants: a model of 70 billion will *not* fit, whatever happens."
    )
    text("The same two lines, for anything one reads about:")
    budgets()  # @stepover


def budgets() -> None:
    rows = []
    for name, tokens in (("GPT-2 XL", 10e9), ("Llama-2-7B", 2e12), ("Llama-3-8B", 15e12), ("Llama-3-70B", 15e12)):
        count = sum(parameters(PUBLISHED[name]).values())
        training = 6 * count * tokens
        rows.append(
            {
                "model": name,
                "parameters": f"{count:,}",
                "tokens": f"{tokens:.0e}",
                "FLOPs": f"{training:.1e}",
                "on 1,024 H100": spoken(training / (1024 * H100_BF16 * 0.5)),
                "GB to train": round(sum(training_bytes(count).values()) / GB),
            }
        )
    table(
        rows,
        caption="Budgets: parameters counted from the published shapes, tokens as their authors say (GPT-2's is a guess).",
    )


def spoken(seconds: float) -> str:
    return f"{seconds / DAY:.1f} days" if seconds > DAY else f"{seconds / 60:.0f} minutes"


def floats() -> None:
    text("## Floats, bit by bit")
    text(
        "Nearly everything that a model holds is floating-point numbers. One is a sign, an exponent and a fraction, as in "
        "$-1.75 \\times 2^{3}$: the exponent's bits decide how far the numbers *reach*, the fraction's how *fine* they are."
    )
    image(
        bit_layout(
            {"float32": (8, 23), "float16": (5, 10), "bfloat16": (8, 7), "float8 e4m3": (4, 3), "float8 e5m2": (5, 2)}
        ),
        alt="Five formats as bars of bits: bfloat16 has the eight exponent bits of float32 and seven for the fraction.",
    )  # @stepover
    formats = [torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2]
    rows = []
    for dtype in formats:
        info = torch.finfo(dtype)
        row = {
            "format": str(dtype)[6:],
            "bytes": info.bits // 8,
            "largest": f"{info.max:.4g}",
            "least normal": f"{info.tiny:.2e}",
            "step at 1": f"{info.eps:.4g}",
        }
        rows.append(row)  # @inspect row
    table(rows, caption="What each can say. The step at 1 is the distance to the next number.")

    text(
        "`float16` and `bfloat16` both take two bytes. Training broke on the first and runs on the second: gradients are "
        "small, and "
        f"small is where the exponent decides ({cite(ref.KALAMKAR_2019)})."
    )  # @stepover
    quiz(
        "A gradient of $10^{-8}$ is stored in `float16`, in `bfloat16` and in `float8_e4m3fn`. Which of them still know that "
        "it is "
        "not zero?",
        ["all three", "only float16, it has the finer steps", "only bfloat16", "none"],
        answer="only bfloat16",
        why="It has float32's eight bits of exponent. Fine steps do not help a number that is below the least one.",
    )
    gradient = torch.tensor([1e-2, 1e-4, 1e-6, 1e-8])  # @inspect gradient
    half = gradient.to(torch.float16)  # @inspect half
    brain = gradient.to(torch.bfloat16)  # @inspect brain
    eighth = gradient.to(torch.float8_e4m3fn)  # @inspect eighth
    assert half[-1] == 0
    assert brain[-1] > 0
    assert eighth[-1] == 0
    text(f"What `bfloat16` kept of it is {brain[-1].item():.3e}: right to three digits, which is all that it has.")

    text("### Small plus large")
    text(
        "Too few digits are a danger of their own when many small numbers are added up. A hundredth, a thousand times:"
    )
    total32 = accumulate(0.01, 1000, torch.float32, torch.float32)  # @stepover @inspect total32
    total16 = accumulate(0.01, 1000, torch.float16, torch.float16)  # @stepover @inspect total16
    brain16 = accumulate(0.01, 1000, torch.bfloat16, torch.bfloat16)  # @stepover @inspect brain16
    mixed = accumulate(0.01, 1000, torch.float16, torch.float32)  # @stepover @inspect mixed
    text(
        f"In `float32` {total32:.4f}, in `float16` {total16:.4f}, and in `bfloat16` **{brain16:.2f}**: there the sum stands "
        "still, once a "
        "hundredth is less than half of the step to the next number. With numbers of 16 bits and a *sum* of 32 all is well: "
        f"{mixed:.4f}. This is what hardware does inside a matrix product, and why optimizers keep their state in `float32`."
    )
    curve = stalling(0.01, 1000)  # @stepover
    plot(
        line_chart(curve, x="numbers added", y="sum", color="sum kept in"),
        alt="The sum grows in a line in float32 and float16; in bfloat16 it stops growing early.",
    )  # @stepover


def accumulate(value: float, count: int, dtype: torch.dtype, sum_dtype: torch.dtype) -> float:
    number, total = torch.tensor(value, dtype=dtype), torch.zeros((), dtype=sum_dtype)
    for _ in range(count):
        total += number
    return total.item()


def stalling(value: float, count: int) -> list[dict[str, Any]]:
    return [
        {"numbers added": n, "sum": accumulate(value, n, dtype, dtype), "sum kept in": str(dtype)[6:]}
        for dtype in (torch.float32, torch.float16, torch.bfloat16)
        for n in range(0, count + 1, count // 10)
    ]


def tensors() -> None:
    text("## Tensors hold everything")
    text(
        "Parameters, gradients, the state of the optimizer, the data, the activations between layers: all are tensors. What "
        "a tensor "
        "costs follows from two things, how many numbers and how many bytes for each:"
    )
    x = torch.zeros(4, 8)  # @inspect x
    size = memory_bytes(x)  # @inspect size
    assert size == 4 * 8 * 4
    text("One matrix of GPT-3's feed-forward network, which has 96 layers with two such matrices each:")
    matrix = torch.empty(4 * 12288, 12288, device="meta")  # the meta device knows shapes, and holds no numbers
    size = memory_bytes(matrix)  # @inspect size
    text(
        f"**{size / 2**30:.2f} GiB** in `float32`, or {size / GB:.2f} GB: mind which of the two is meant, a gibibyte is "
        f"$2^{{30}}$ bytes and "
        "7% larger. In `bfloat16` it would be half."
    )


def memory_bytes(x: Tensor) -> int:
    return x.numel() * x.element_size()


def views() -> None:
    text("## Storage and strides: many tensors, one memory")
    text(
        "Memory has no rows and columns. A tensor is a *walk* through a row of numbers: where it starts, and how many "
        "numbers to "
        "skip for one step along each axis, its **strides**."
    )
    x = torch.arange(12.0).reshape(3, 4)  # @inspect x
    offset = 2 * x.stride(0) + 1 * x.stride(1)  # of x[2, 1] @inspect offset
    assert x.untyped_storage().nbytes() == 12 * 4
    assert x.flatten()[offset] == x[2, 1]
    image(
        strided_walk((3, 4), (4, 1)),
        alt="A row of twelve cells in memory; one step along a row is one cell, one step down a column is four.",
    )  # @stepover
    text("So a transpose moves nothing. It exchanges the strides, and is another walk through the same memory:")
    y = x.T  # @inspect y
    middle = x[:, 1:3]  # @inspect middle
    assert y.stride() == (1, 4)
    assert middle.storage_offset() == 1
    text("That is why slices, transposes and reshapes are free, however large the tensor. It is also a trap:")
    quiz(
        "`y = x.T` was made above. Now `x[0, 1] = -5` runs. What is `y[1, 0]`?",
        ["1, as when y was made", "−5", "an error: x has a view", "4"],
        answer="−5",
        why="x and y are two walks through one memory. Nothing in Python says so: you have to know which operations make "
        "views.",
    )
    x[0, 1] = -5
    assert y[1, 0] == -5
    text("A copy has a memory of its own. It costs memory and time, and is safe:")
    copy = x.T.contiguous()  # @inspect copy
    x[0, 1] = 100
    assert copy[1, 0] == -5

    text("### A bug that raises nothing")
    text(
        "Someone wants to mask some positions, keeps the original to compare, and does not copy it. The comparison says that "
        "nothing "
        "happened:"
    )
    scores = torch.tensor([0.2, 1.5, -0.3, 0.9])
    before = scores  # the bug: a second name, not a second tensor @inspect before
    scores[2:] = -torch.inf  # @inspect scores
    unchanged = torch.equal(before, scores)  # @inspect unchanged
    assert unchanged
    text(
        "`before = scores.clone()` is the cure. And one that does raise, because not every walk can be described by strides:"
    )
    try:
        y.view(12)  # @inspect y.is_contiguous()
    except RuntimeError as error:
        complaint = str(error).split(".")[0]  # @inspect complaint
    text(f"> {complaint}\n\n`reshape` would copy here, silently. `view` promises not to, and so it has to refuse.")


def named_dimensions() -> None:
    text("## Say what an axis is")
    text(
        "`x.transpose(-2, -1)` works until someone adds an axis. Names say what is meant, and are checked: einops does so "
        f"({cite(ref.ROGOZHNIKOV_2022)}). Attention's scores, the old way and by name:"
    )  # @stepover
    x: Sequences = torch.randn(2, 6, 8)  # @inspect x
    scores = x @ x.transpose(-2, -1)
    named = einsum(x, x, "batch query channel, batch key channel -> batch query key")  # @inspect named
    assert torch.allclose(scores, named)
    text(
        "Whatever is not named on the right is summed over. Splitting and joining axes, and taking means, read the same way:"
    )
    heads = rearrange(x, "batch time (head channel) -> batch head time channel", head=2)  # @inspect heads
    pooled = reduce(x, "batch time channel -> batch channel", "mean")  # @inspect pooled
    text("And what does not fit is refused, with the names:")
    try:
        rearrange(x, "batch time (head channel) -> batch head time channel", head=3)
    except Exception as error:
        complaint = str(error).split("\n")[-1].strip()  # @inspect complaint
    assert heads.shape == (2, 2, 6, 4)
    assert pooled.shape == (2, 8)
    text(f"> {complaint}")


def matrix_products() -> None:
    text("## Counting FLOPs")
    text(
        "A FLOP is one floating-point operation: an addition or a multiplication. **FLOPs** are a count; **FLOP/s** are a "
        "speed, and "
        "have to do with hardware. An $M \\times K$ matrix times a $K \\times N$ one: each of the $M \\cdot N$ results takes "
        "$K$ products and "
        "about $K$ sums,"
    )
    text("$$\\text{FLOPs} = 2 \\cdot M \\cdot N \\cdot K.$$")
    m, k, n = 64, 256, 128
    a, b = torch.randn(m, k), torch.randn(k, n)
    with expect(flops=2 * m * n * k, bytes=4 * (m * k + k * n + m * n), label="a matrix product"):
        a @ b
    text(
        "To the last FLOP. Everything else in a network, activations, norms, softmax, costs a few FLOPs for each number, "
        "where a matrix "
        "product costs hundreds: so one counts the matrix products, and is right to within a percent. A batch of $B$ rows "
        "through a "
        "layer of $P = D_\\text{in} \\cdot D_\\text{out}$ parameters takes"
    )
    text("$$2 \\cdot B \\cdot D_\\text{in} \\cdot D_\\text{out} = 2 \\cdot B \\cdot P \\text{ FLOPs:}$$")
    text("two for each parameter and each row. That is the 2 in $2NP$. A whole transformer, predicted by formula:")
    shape = replace(
        PUBLISHED["GPT-2 small"], vocab_size=1000, context_length=64, d_model=96, num_layers=2, num_heads=4, d_ff=384
    )
    model = TransformerLM(**shape.arguments())  # @stepover
    tokens = torch.randint(1000, (2, 64))
    predicted = flops(shape, batch=2)  # @stepover @inspect predicted
    with expect(flops=sum(predicted.values()), label="forward"):
        model(tokens)  # @stepover
    share = 100 * predicted["scores and mixing"] / sum(predicted.values())  # @inspect share
    text(
        f"The part that two per parameter leaves out is attention's, {share:.0f}% here: every query meets every key, "
        "whatever the "
        "parameters. It grows with the square of the context, and at 2D tokens it has caught up with the projections."
    )
    lengths = [256, 1024, 4096, 16_384]
    rows = where_flops_go(lengths)  # @stepover
    plot(
        bar_chart(rows, x="context", y="share of FLOPs (%)", color="part", longest=100),
        alt="Stacked bars for Llama-3-8B: attention's scores take a few percent at 1,024 tokens and a third at 16,384.",
    )  # @stepover


def where_flops_go(lengths: list[int]) -> list[dict[str, Any]]:
    rows = []
    for length in lengths:
        parts = flops(PUBLISHED["Llama-3-8B"], 1, length)
        for part, count in parts.items():
            rows.append(
                {"context": f"{length:,}", "part": part, "share of FLOPs (%)": 100 * count / sum(parts.values())}
            )
    return rows


def utilization() -> None:
    text("## From FLOPs to seconds")
    text(
        "The machine has a peak, in FLOP/s, that its maker prints. How much of it your program gets is its **model FLOPs "
        "utilization**: "
        f"the FLOPs that the *model* needs, by the time it took, by the peak ({cite(ref.CHOWDHERY_2022)}). Here, now, on "
        f"{MACHINE}: large matrix products show what it can do at best."
    )  # @stepover
    peak = best_rate(LARGE)  # FLOP/s, measured @stepover @inspect peak
    text(f"**{peak / 1e9:,.1f} GFLOP/s** in `float32`. Now the same number of FLOPs, in products of different sizes:")
    rows = rates([LARGE >> halvings for halvings in range(5, -1, -1)])  # @stepover @inspect rows[0]
    plot(
        line_chart(rows, x="side of the matrices", y="GFLOP/s", log_x=True),
        alt="Speed over the size of the matrices: small ones reach a fraction of what large ones do.",
    )  # @stepover
    smallest = rows[0]["GFLOP/s"] * 1e9 / peak  # @inspect smallest
    text(
        f"Products of {LARGE >> 5} by {LARGE >> 5} reach {smallest:.0%} of it. The FLOPs are the same, but each call has its "
        "price, and each number that is fetched from memory is used only a few times. *The count says what must be done; the "
        "shape decides how fast it can be.*"
    )
    quiz(
        "A team reports an MFU of 0.5 for their training run. Is that good?",
        ["no, half of the money is lost", "yes", "it depends on the learning rate"],
        answer="yes",
        why="The peak assumes nothing but large matrix products from registers. Norms, softmax, optimizer steps, "
        "communication and "
        "the memory's speed all take their part: 0.4 to 0.6 is what good teams report.",
    )
    text("A training step of a small network, measured likewise:")
    width = batch = LARGE // 2
    network = nn.Sequential(Linear(width, 4 * width), nn.ReLU(), Linear(4 * width, width)).to(DEVICE)  # @stepover
    step_flops = 6 * batch * count_parameters(network)  # @stepover @inspect step_flops
    x: Batch = torch.randn(batch, width, device=DEVICE, requires_grad=True)  # as from a layer below
    seconds = median_time(lambda: network(x).square().mean().backward())  # @stepover @inspect seconds
    mfu = step_flops / seconds / peak  # @inspect mfu
    text(f"An MFU of **{mfu:.2f}**, there, in `float32`.")


def best_rate(side: int) -> float:
    """FLOP/s of the product of two large matrices, square, wide or deep: the best of several."""
    half = side // 2
    found = []
    for rows, inner, columns in ((side, side, side), (half, half, 2 * side), (half, 2 * side, half)):
        a, b = torch.randn(rows, inner, device=DEVICE), torch.randn(inner, columns, device=DEVICE)
        found.append(2 * rows * inner * columns / min(timings(lambda a=a, b=b: a @ b, repeats=8)))
    return max(found)


def rates(sides: list[int]) -> list[dict[str, float]]:
    """GFLOP/s for matrices of these sides, with about as many FLOPs for each."""
    rows = []
    for side in sides:
        count = max(1, (sides[-1] // side) ** 3 // 16)
        a, b = torch.randn(2, side, side, device=DEVICE)

        def products(count: int = count, a: Tensor = a, b: Tensor = b) -> None:
            for _ in range(count):
                a @ b

        seconds = min(timings(products, repeats=3))
        rows.append({"side of the matrices": side, "GFLOP/s": 2 * side**3 * count / seconds / 1e9})
    return rows


def timings(function: Callable[[], Any], repeats: int) -> list[float]:
    """Seconds of each of several calls, after one that warms up."""
    function()
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()  # a launch returns before its kernel has run
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - began)
    return seconds


def median_time(function: Callable[[], Any]) -> float:
    return sorted(timings(function, repeats=9))[4]


def gradients() -> None:
    text("## Backward takes twice as much")
    text(
        "Forward through a layer is one product, $Y = X W$. Backward, the gradient $G = \\partial L / \\partial Y$ arrives, "
        "and *two* things are "
        "wanted: how the loss depends on the parameters, to change them, and how it depends on the input, to pass on."
    )
    text("$$\\frac{\\partial L}{\\partial W} = X^\\top G \\qquad\\qquad \\frac{\\partial L}{\\partial X} = G W^\\top$$")
    text("Two products of the same size. So backward takes $4BP$ where forward takes $2BP$. Two layers, by hand first:")
    batch, d = 32, 64
    x: Batch = torch.randn(batch, d)
    w1, w2 = torch.randn(d, d) / d**0.5, torch.randn(d, d) / d**0.5
    hidden = x @ w1  # @inspect hidden
    y = hidden @ w2
    loss = y.square().mean()  # @inspect loss
    grad_y = 2 * y / y.numel()
    grad_w2 = hidden.T @ grad_y  # @inspect grad_w2
    grad_hidden = grad_y @ w2.T  # passed on to the first layer
    grad_w1 = x.T @ grad_hidden  # @inspect grad_w1
    text("And by autograd, which does the same:")
    first, second = w1.clone().requires_grad_(), w2.clone().requires_grad_()
    loss = (x @ first @ second).square().mean()
    loss.backward()
    assert torch.allclose(first.grad, grad_w1, atol=1e-6)
    assert torch.allclose(second.grad, grad_w2, atol=1e-6)
    quiz(
        "By hand it took three products backward, not four. Which one was left out?",
        [
            "the gradient of the loss",
            "the gradient of the input x",
            "the gradient of the second layer",
            "none: it took four",
        ],
        answer="the gradient of the input x",
        why="Nobody wants it: x is data. In a deep network that is one product of very many, and backward is twice forward.",
    )
    shape = replace(
        PUBLISHED["Llama-2-7B"],
        vocab_size=500,
        context_length=48,
        d_model=64,
        num_layers=3,
        num_heads=4,
        num_kv_heads=4,
        d_ff=172,
    )
    model = TransformerLM(**shape.arguments())  # @stepover
    tokens = torch.randint(500, (2, 49))
    forward = sum(flops(shape, batch=2).values())  # @stepover @inspect forward
    with expect(flops=forward, label="forward: 2 for each parameter and token, and attention"):
        logits = model(tokens[:, :-1])  # @stepover
    with expect(flops=2 * forward, label="backward: twice that"):
        cross_entropy(logits, tokens[:, 1:]).backward()  # @stepover
    text(
        "**2 + 4 = 6.** For $N$ parameters and $D$ tokens training takes about $6ND$ FLOPs, and the first question on the "
        "napkin is answered "
        f"({cite(ref.KAPLAN_2020)}). A model of 10 billion parameters on a trillion tokens:"
    )  # @stepover
    total = 6 * 10e9 * 1e12  # @inspect total
    text(f"$6 \\cdot 10^{{10}} \\cdot 10^{{12}}$ = **{total:.0e} FLOPs**.")


def initialization() -> None:
    text("## How large should a weight be, to begin with?")
    text(
        "Each output of a layer is a sum of $D$ products. If weights and inputs are about 1 in size, the sum is about "
        "$\\sqrt{D}$, and after "
        "$L$ layers $D^{L/2}$. Thirty layers of width 256, with weights of different sizes:"
    )
    width, depth = 256, 30
    rows = sizes_over_depth(width, depth, {"1": 1.0, "1/√D": width**-0.5, "half of that": width**-0.5 / 2})  # @stepover
    plot(
        line_chart(rows, x="layer", y="size of a number (log₁₀)", color="size of a weight", from_zero=False),
        alt="With weights of size 1 the numbers grow to 10^36 in 30 layers, with half of 1/√D they vanish, with 1/√D they stay.",
    )  # @stepover
    final = {
        row["size of a weight"]: row["size of a number (log₁₀)"] for row in rows if row["layer"] == depth
    }  # @inspect final
    text(
        f"With 1 the numbers end at $10^{{{final['1']:.0f}}}$, with half of $1/\\sqrt{{D}}$ at "
        f"$10^{{{final['half of that']:.0f}}}$, where no gradient "
        f"survives. Only $1/\\sqrt{{D}}$ keeps them ({cite(ref.GLOROT_2010)}). Our `Linear` draws its weights so, and cuts "
        "off what is beyond three "
        "standard deviations: one weight in 370 would be there."
    )  # @stepover
    layer = Linear(width, width)
    weight = layer.weight.detach()  # @inspect weight, weight.std().item()
    assert weight.abs().max() <= 3 * width**-0.5


def sizes_over_depth(width: int, depth: int, scales: dict[str, float]) -> list[dict[str, Any]]:
    rows = []
    for name, scale in scales.items():
        x = torch.randn(16, width, dtype=torch.float64)
        for layer in range(depth + 1):
            size = math.log10(x.square().mean().sqrt().item())
            rows.append({"layer": layer, "size of a number (log₁₀)": size, "size of a weight": name})
            x = x @ (scale * torch.randn(width, width, dtype=torch.float64))
    return rows


def optimizers() -> None:
    text("## Optimizers, and what they remember")
    text(
        "Plain gradient descent remembers nothing. AdaGrad keeps, for each parameter, the sum of its squared gradients "
        f"({cite(ref.DUCHI_2011)}); AdamW two running means ({cite(ref.KINGMA_2014)}; {cite(ref.LOSHCHILOV_2017)}). All of "
        "it is as large as the "
        "parameters. Step into one of them to see all there is to it:"
    )  # @stepover
    target = torch.tensor([1.0, -2.0])
    weight = nn.Parameter(torch.zeros(2))
    optimizer = AdamW([weight], lr=0.5, weight_decay=0.0)
    for turn in range(12):
        loss = ((weight - target) * torch.tensor([1.0, 0.1])).square().sum()  # @inspect loss
        optimizer.zero_grad()
        loss.backward()
        if turn == 0:
            optimizer.step()
        else:
            optimizer.step()  # @stepover
        point = weight.detach().clone()  # @inspect point
    text(
        "Look at `point` after the first step: both of its numbers moved by the learning rate, though one gradient was a "
        "fiftieth of the other. Dividing by the root of the squares does that, and it is why Adam wants little tuning."
    )
    assert point.shape == (2,)
    quiz(
        "A billion parameters in `float32`, trained with Adam: how much memory do parameters, gradients and optimizer take?",
        ["4 GB", "8 GB", "12 GB", "16 GB"],
        answer="16 GB",
        why="4 bytes for the parameter, 4 for its gradient, 4 + 4 for the two means.",
    )
    rows = []
    for name in ("sgd", "adagrad", "adamw"):
        parts = training_bytes(10**9, name)
        rows += [
            {"optimizer": name, "part": part, "GB": size / GB} for part, size in parts.items() if size
        ]  # @inspect parts
    plot(
        bar_chart(rows, x="optimizer", y="GB", color="part", horizontal=True),
        alt="Bars for a billion parameters: 8 GB with SGD, 12 with AdaGrad, 16 with AdamW.",
    )  # @stepover
    text("Predicted; and counted, in a real step of a real model:")
    model = TransformerLM(300, 16, 32, 2, 2, 84)  # @stepover
    count = count_parameters(model)  # @stepover @inspect count
    for make in (SGD, AdaGrad, AdamW):
        held = bytes_in_training(model, make)  # @stepover
        ratio = held / count  # @inspect ratio
    assert ratio == 16


def bytes_in_training(model: nn.Module, make: type[torch.optim.Optimizer]) -> int:
    """Bytes of parameters, gradients and optimizer state after a step."""
    optimizer = make(model.parameters())
    model.zero_grad()
    tokens = torch.randint(300, (2, 16))
    cross_entropy(model(tokens), tokens).backward()
    optimizer.step()
    state = [v for s in optimizer.state.values() for v in s.values() if isinstance(v, Tensor)]
    return sum(memory_bytes(t) for t in (*model.parameters(), *(p.grad for p in model.parameters()), *state))


def activations() -> None:
    text("## The part that people forget")
    text(
        "To work out $X^\\top G$ in the backward pass, $X$ must still be there. So forward *keeps* the input of every "
        "product until backward has "
        "come by: the **activations**. They grow with the batch and the context, and not with the optimizer. Autograd can be "
        "asked what "
        "it keeps:"
    )
    shape = replace(
        PUBLISHED["Llama-2-7B"],
        vocab_size=256,
        context_length=128,
        d_model=64,
        num_layers=4,
        num_heads=4,
        num_kv_heads=4,
        d_ff=172,
    )
    model = TransformerLM(**shape.arguments())  # @stepover
    tokens = torch.randint(256, (4, 128))
    kept = saved_bytes(lambda: model(tokens))  # @stepover @inspect kept
    state = sum(training_bytes(count_parameters(model)).values())  # @stepover @inspect state
    text(
        f"**{kept / 1e6:.0f} MB** of activations for four sequences of 128 tokens, beside {state / 1e6:.1f} MB for "
        "parameters, gradients and AdamW "
        "together. Small models are all activations; large ones are not, but never leave them out."
    )
    gpt3 = replace(PUBLISHED["GPT-2 XL"], d_model=12_288, num_layers=96, num_heads=96, context_length=2048)
    per_layer = activation_bytes_per_layer(gpt3, batch=1)  # @stepover @inspect per_layer
    text(
        f"For GPT's block in 16 bits there is a formula, $sbh(34 + 5as/h)$ ({cite(ref.KORTHIKANTI_2022)}): for GPT-3, a "
        "single sequence of 2,048 "
        f"tokens leaves {per_layer / GB:.1f} GB in each of its 96 layers, {96 * per_layer / GB:.0f} GB in all."
    )  # @stepover

    text("### Forget, and work it out again")
    text(
        "**Checkpointing** keeps only the input of each block, and runs the block once more when backward comes to it "
        f"({cite(ref.CHEN_2016)}). One forward pass more: 8 FLOPs for each parameter and token in place of 6. Measured on "
        "the model above:"
    )  # @stepover
    rows = []
    for every in (0, 1, 2, 4):
        bytes_kept, seconds = with_checkpoints(model, tokens, every)  # @stepover
        row = {
            "checkpoints": name_of(every),
            "MB kept": round(bytes_kept / 1e6, 1),
            "ms a step": round(1000 * seconds, 1),
        }
        rows.append(row)  # @inspect row
    table(rows, caption="Four blocks: what forward keeps, and what a step takes.")
    saved, slower = rows[0]["MB kept"] / rows[1]["MB kept"], rows[1]["ms a step"] / rows[0]["ms a step"]
    text(
        f"A checkpoint for each block keeps **{saved:.0f} times** less and takes {slower:.2f} times as long; 8/6 is "
        f"{8 / 6:.2f}. "
        "(What is kept between the checkpoints while one block runs again is not in the table: it is one block's worth.)"
    )


def saved_bytes(forward: Callable[[], Tensor]) -> int:
    """Bytes of all that autograd keeps for the backward pass, each storage once; parameters are there anyway."""
    storages: dict[int, int] = {}

    def keep(x: Tensor) -> Tensor:
        if not isinstance(x, nn.Parameter) and not isinstance(x._base, nn.Parameter):
            storages[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        loss = forward().square().mean()  # held, so that nothing is freed and its place taken by another
        total = sum(storages.values())
    del loss
    return total


def with_checkpoints(model: TransformerLM, tokens: Tensor, every: int) -> tuple[int, float]:
    """Bytes kept and seconds for a step, with a checkpoint at each `every` blocks; 0: none."""

    def forward() -> Tensor:
        x = model.token_embeddings(tokens)
        layers = list(model.layers)
        for start in range(0, len(layers), every or 1):
            block = nn.Sequential(*layers[start : start + (every or 1)])
            x = checkpoint(block, x, use_reentrant=False) if every else block(x)
        return model.lm_head(model.ln_final(x))

    def step() -> None:
        model.zero_grad()
        forward().square().mean().backward()

    return saved_bytes(forward), median_time(step)


def name_of(every: int) -> str:
    return {0: "none", 1: "each block"}.get(every, f"every {every} blocks")


def mixed_precision() -> None:
    text("## Mixed precision: does it fit?")
    text(
        "Products in 16 bits are faster, and activations half as large; parameters in 16 bits are too coarse to be updated: "
        "the update is lost, "
        "as the sum was above. So one keeps a copy in `float32` to update, and works with a copy of 16 bits "
        f"({cite(ref.MICIKEVICIUS_2017)})."
    )  # @stepover
    weight = torch.tensor(1.0, dtype=torch.bfloat16)
    master = torch.tensor(1.0)
    for _ in range(8):
        weight -= 0.001  # @inspect weight
        master -= 0.001  # @inspect master
    text(f"After eight updates the copy of 16 bits is at {weight.item()}, the one of 32 at {master.item():.3f}.")
    text("Now a plan. A model of 7 billion parameters on one H100 with 80 GB, in mixed precision; will it fit?")
    parts = training_bytes(7 * GB, dtype="bfloat16", states="bfloat16", master=True)  # @inspect parts
    needed = sum(parts.values()) / GB  # @inspect needed
    quiz(
        "Parameters and gradients 14 GB each, Adam's means in `bfloat16` 28 GB, the copy in `float32` 28 GB. Does the model "
        "train on 80 GB?",
        ["yes, just", "no", "yes, with a small batch"],
        answer="no",
        why="84 GB before the first activation. No batch is small enough: shard it over more GPUs, or keep less.",
    )
    text(
        f"**{needed:.0f} GB**: it does not. And if it did, how long would 20 billion tokens take, at half of the peak?"
    )
    training = 6 * 7e9 * 20e9  # @inspect training
    days = training / (0.5 * H100_BF16) / DAY  # @inspect days
    text(f"{training:.1e} FLOPs: **{days:.1f} days**.")
    text("The same in numbers per parameter, for the ways in use:")
    rows = []
    for name, options in (
        ("float32, SGD", {"optimizer": "sgd"}),
        ("float32, AdamW", {}),
        ("mixed, AdamW", {"dtype": "bfloat16", "master": True}),
        ("mixed, means in 16 bits", {"dtype": "bfloat16", "states": "bfloat16", "master": True}),
    ):
        parts = training_bytes(GB, **options)  # @stepover
        rows += [{"training in": name, "part": part, "bytes a parameter": size / GB} for part, size in parts.items()]
    plot(
        bar_chart(rows, x="training in", y="bytes a parameter", color="part", horizontal=True),
        alt="Bytes a parameter: 8 with SGD, 16 with AdamW in float32, 16 in mixed precision, 12 with its means in 16 bits.",
    )  # @stepover
    text(
        "Mixed precision with AdamW takes *as much* for its state as `float32` does. What it saves is time, and half of the "
        "activations. "
    )


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **FLOPs or FLOP/s.** A count and a speed. A model has FLOPs, a machine has FLOP/s; “an H100 has 989 TFLOPs” means "
        "the second.\n"
        "- **The sparse peak.** Data sheets lead with a number that assumes half of the weights are zero: twice the dense "
        "one.\n"
        "- **Forgotten activations.** Parameters, gradients and optimizer fit, and the first batch does not.\n"
        "- **Views.** A slice, a transpose, an `expand` share memory. Before writing in place, ask whose memory it is.\n"
        "- **Backward is dearer than forward.** Twice: timing the forward pass says a third of the story.\n"
        "- **GB or GiB.** 80 GB are 74.5 GiB, and the driver takes some of them."
    )
    slow = A100_BF16 / H100_BF16  # @inspect slow
    text(
        f"And a speed belongs to a machine *and* a format: the same count takes {1 / slow:.1f} times as long on an A100 as "
        "on an H100."
    )


def summing_up() -> None:
    text("## What to remember")
    text(
        "- Forward $2NP$, backward $4NP$: training takes $6ND$ FLOPs, and attention on top.\n"
        "- AdamW in `float32`: 16 bytes a parameter, then the activations.\n"
        "- `bfloat16` reaches as far as `float32` and sees three digits: sums and state want more.\n"
        "- A tensor is a walk through memory. Views are free; know when you have one.\n"
        "- MFU says how much of the machine you got. Half is good."
    )
    text(
        "Next: what these FLOPs are spent *on*. Lecture 3 builds the transformer, piece by piece, and counts each piece as "
        "we did here."
    )


if __name__ == "__main__":
    main()
