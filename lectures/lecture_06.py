"""Lecture 6: writing kernels in Triton: gelu, softmax, matrix products and FlashAttention, from inside; and what compilers do.

python execute.py -m lecture_06
"""

import inspect
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart
from lectures.images.kernels import masked_blocks, score_tiles, tile_orders
from lectures.images.measured import roofline_chart
from lectures.lm import functional
from lectures.lm.kernels.flash_attention_tiles import FlashAttentionTiles
from lectures.lm.ptx import Instruction, inner_loop, instructions, opcodes, shortened
from lectures.measurements import Measurement, kept, measured
from lectures.references import cite
from tracer import code, expect, graph, image, link, make_graph, note, plot, quiz, table, text

# Kernels are stepped into, so Triton's interpreter runs them, on the CPU, whatever this machine has; it is chosen while Triton
# is imported. What was measured ran compiled, on a GPU.
os.environ["TRITON_INTERPRET"] = "1"
try:
    import triton
    import triton.language as tl
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "Lecture 6 steps into Triton kernels, and Triton is not installed: `pip install triton`, which there is for Linux. "
        "Elsewhere, open a recorded trace of this lecture: viewing it needs nothing.",
        name="triton",
    ) from None

from lectures.lm.kernels import simple
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.softmax import long_softmax_kernel

Numbers = Float[Tensor, "number"]
Rows = Float[Tensor, "row column"]
Left = Float[Tensor, "m k"]
Right = Float[Tensor, "k n"]
Heads = Float[Tensor, "head time channel"]
Table = list[dict[str, Any]]

TRILLION = 1e12


def main() -> None:
    text("# Lecture 6: Writing kernels in Triton")
    text(
        "A **kernel** is a small function that a GPU runs thousands of times at once, each time on another piece of the data. "
        "Every operation that you ever called on a GPU launched one, and somebody else had written it. Today we write them: "
        "first one of six lines, at the end the one that made long contexts possible. They are ordinary Python "
        "functions, and Triton has an interpreter; so we step *inside*, program by program, on whatever machine this is."
    )
    note(
        "Eighty minutes. The first kernel fifteen: stay in it until everyone can say what `at` holds in program 2. Softmax "
        "fifteen, with the derivation on the board. Products fifteen, FlashAttention twenty, compilers ten, the rest five. "
        "Open the kernel lens on the projector, and walk through the programs with the class."
    )
    torch.set_num_threads(1)
    torch.manual_seed(0)
    overview()

    # One block at a time
    five_kernels_for_one()
    the_first_kernel()
    without_a_mask()
    how_fast_it_is()

    # Rows
    a_row_a_program()
    the_running_maximum()
    rows_in_blocks()

    # Tiles
    products_in_tiles()
    how_large_a_tile()
    the_order_of_tiles()

    # Both at once
    what_attention_writes()
    flash_attention_in_torch()
    flash_attention_in_triton()
    how_long_a_context()
    backward()

    # What compilers do
    reading_ptx()
    the_compiler_that_writes_kernels()
    on_the_roofline()

    numerics()
    pitfalls()
    summing_up()


def overview() -> None:
    text("## In this lecture")
    text(
        "**In short.** A GPU computes faster than it reads. A good kernel reads each number once, does all that is to be done "
        "with it, and writes the result once. Whatever has to be read more often is cut into tiles that fit where reading is "
        "cheap. The art is to find an order of work that allows it; the rest is arithmetic on indices."
    )
    text(
        "**Six key concepts**\n"
        "1. *Program*: one run of the kernel. All that tells it from the others is its number.\n"
        "2. *Mask*: blocks have 2, 4, 8, 16, … elements, data have not.\n"
        "3. *Fusion*: several operations for one trip through memory.\n"
        "4. *Running maximum*: softmax without having seen the end of the row.\n"
        "5. *Tile*: a number that is loaded once and used many times.\n"
        "6. *Recomputation*: forgetting, and working it out again, can be faster than remembering."
    )
    graph(
        make_graph(
            [
                {"id": "fusion", "label": "fusion", "x": 90, "y": 30},
                {"id": "running", "label": "running maximum", "x": 90, "y": 120},
                {"id": "tiles", "label": "tiles", "x": 270, "y": 120},
                {"id": "flash", "label": "FlashAttention", "x": 180, "y": 210},
                {"id": "again", "label": "recomputation", "x": 180, "y": 300},
            ],
            [
                ("fusion", "running", "softmax"),
                ("fusion", "tiles", "products"),
                ("running", "flash"),
                ("tiles", "flash"),
                ("flash", "again", "backward"),
            ],
            width=370,
            height=330,
        )
    )  # @stepover
    text(
        "**Questions to keep in mind**\n"
        "1. Five operations or one kernel: the FLOPs are the same. Why is one of them five times as fast?\n"
        "2. The first exponential of a softmax needs the maximum of the whole row. How can one begin without it?\n"
        "3. Attention over $T$ tokens has $T^2$ scores. How can it do with memory that grows as $T$?\n"
        "4. If a compiler can write kernels, when is it worth your time?"
    )


# ------------------------------------------------------------------------------------------------------------ one block


def five_kernels_for_one() -> None:
    text("## Five kernels where one would do")
    text(
        "GELU, $x \\cdot \\Phi(x)$, is in every feed-forward network. Lecture 3 wrote it down as one writes formulas: "
        "`0.5 * x * (1 + torch.erf(x / math.sqrt(2)))`. torch runs that *eagerly*, one operation after the other, and each "
        "is a kernel that reads its input from memory and writes its output there. Count them, then let the tracer count:"
    )
    x: Numbers = torch.randn(40)  # @inspect x
    reads, writes = 6, 5  # of x's size: four operations read one tensor, the last reads two @inspect reads writes
    with expect(bytes=(reads + writes) * x.nbytes, label="x / √2, erf, 1 +, 0.5 ·, and the product of two"):
        functional.gelu(x)  # @stepover
    text(
        f"**{reads + writes} trips** through memory for what needs two, one in and one out. A GPU can do dozens of operations "
        "in the time in which one number arrives, so what it computes here is nearly free. What it *moves* is the bill."
    )
    sizes = measured("kernels.gelu_sizes")  # @stepover
    large = sizes.data["rows"][-1]["versions"]
    faster = large["eager"]["milliseconds"] / large["Triton"]["milliseconds"]
    quiz(
        f"GELU of {sizes.data['rows'][-1]['numbers'] / 1e6:,.0f} million numbers on a GPU: how many times as fast is one "
        "kernel as those five?",
        ["just as fast, the FLOPs are the same", "twice", "about five times", "fifty times"],
        answer="about five times",
        why=f"The count of trips says {(reads + writes) / 2}; {sizes.words()}, it was {faster:.2f}.",
    )  # @stepover


def the_first_kernel() -> None:
    text("## The first kernel")
    text(
        "In Triton one writes what happens to a **block** of numbers. The kernel is then launched on a **grid**: one "
        "*program* for each block. All programs run the same lines with the same arguments. Each asks for its own number "
        "first, `tl.program_id(0)`, and finds from it which elements are its own."
    )
    text("Blocks have a power of two of elements. Forty numbers in blocks of sixteen:")
    image(
        masked_blocks(40, 16),
        alt="Three programs: the first two have sixteen numbers each, the third eight, and eight places that are crossed out.",
    )  # @stepover
    quiz(
        "A thousand numbers in blocks of 256. How many programs are there, and how many lanes of the last are masked?",
        ["3 programs, none masked", "4 programs, 24 masked", "4 programs, 232 masked"],
        answer="4 programs, 24 masked",
        why="$4 \\cdot 256 = 1024$: 24 too many.",
    )
    x: Numbers = torch.randn(40)  # @inspect x
    y: Numbers = torch.full_like(x, torch.nan)
    grid = (triton.cdiv(x.numel(), 16),)  # rounded up @inspect grid
    text(
        "**Step into the launch.** Every line of the kernel runs three times, once in each program; the kernel lens draws "
        "the grid and the elements that a line touches, and takes you from a line in one program to the same line in the "
        "next (press `)`, and `(` to go back). Look at `at` in program 2, then at `inside`."
    )
    with expect(bytes=2 * x.nbytes, label="one read and one write of each number"):
        simple.gelu_kernel[grid](x, y, x.numel(), BLOCK=16)  # @inspect y
    assert torch.allclose(y, F.gelu(x), atol=1e-6)
    text(
        "- `x_ptr` is an address, where x begins. `x_ptr + at` is a block of sixteen addresses: there are no tensors in a "
        "kernel, and no shapes, only addresses and what you compute from them.\n"
        "- `tl.load(…, mask=inside)` reads where the mask says so. What a masked lane then holds, nobody should look at.\n"
        "- Between load and store everything is in **registers**, next to the arithmetic. That is where five operations "
        "cost as much as one.\n"
        "- `BLOCK` is a `tl.constexpr`: known when the kernel is compiled, which is done once for each value. "
        "`count` is an argument like any other."
    )
    text(
        "A block is shared out among warps, threads and registers by halving, so its size must be a power of two. Triton insists:"
    )
    try:
        simple.gelu_kernel[(1,)](x, y, 40, BLOCK=40)  # @stepover
    except Exception as error:
        complaint = str(error.__cause__ or error).strip().splitlines()[-1]  # @inspect complaint
    text(f"> {complaint}")


@triton.jit  # type: ignore[untyped-decorator]
def careless_kernel(x_ptr, y_ptr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)  # @inspect at
    x = tl.load(x_ptr + at)
    tl.store(y_ptr + at, x * x)


def without_a_mask() -> None:
    text("### What the mask is for")
    text(
        "And without one? Suppose that memory holds our forty results, and beside them eight numbers that are somebody "
        "else's. A kernel that squares, and forgot to ask where the data end:"
    )
    memory = torch.full((48,), 7.0)
    y, neighbour = memory[:40], memory[40:]  # @inspect neighbour
    x: Numbers = torch.arange(48.0)[:40]
    careless_kernel[(3,)](x, y, BLOCK=16)  # @inspect y
    damaged = (neighbour != 7).sum().item()  # @inspect damaged
    text(
        f"The forty results are right. {damaged} numbers of the neighbour's are gone, and nothing was raised: only the lens "
        "beside the code has noticed. On a GPU it is the same: the page belongs to your process, so the hardware does not "
        "mind. One meets such a bug as a loss that is wrong now and then, somewhere else. With 48 numbers all tests would "
        "have passed: *test on sizes that no block divides.*"
    )
    assert damaged == 8
    assert torch.equal(y, x.square())


def how_fast_it_is() -> None:
    text("### How fast it is")
    sizes = measured("kernels.gelu_sizes")  # @stepover
    calls = measured("compilers.calls")  # @stepover
    text(
        "Bytes that must move, by the time that it took, is a speed, and it can be held against what memory gives. The same "
        f"function in four versions, from a few numbers to many ({sizes.words()}):"
    )  # @stepover
    rows = speeds(sizes.data["rows"], "numbers", lambda row: 8 * row["numbers"])  # @stepover
    plot(
        line_chart(rows, x="numbers", y="TB/s", color="version", log_x=True),
        alt="All versions are slow for few numbers; from ten million on, one kernel is several times as fast as eager torch.",
    )  # @stepover
    best = {row["version"]: row["TB/s"] for row in rows if row["numbers"] == rows[-1]["numbers"]}  # @inspect best
    text(
        f"At the right, our six lines reach {best['Triton']:.2f} TB/s: all that the memory of this GPU has. They are as fast "
        f"as torch's own kernel, and as what `torch.compile` makes of the formula ({best['torch.compile']:.2f}). There is "
        "nothing left to gain. At the left nobody is fast: too few numbers to keep the machine busy. And what that chart "
        "does not show is the time until a kernel is launched at all. A call of each, for "
        f"{calls.data['numbers']:,} numbers, as the *host* sees it:"
    )
    table(
        [
            {"version": name, "microseconds a call": round(value, 1)}
            for name, value in calls.data["microseconds"].items()
        ],
        caption=f"What a call keeps the host busy, {calls.words()}.",
    )  # @stepover
    micro = calls.data["microseconds"]
    text(
        f"Here torch's own operation wins, with {micro[TORCHS]:.0f} µs: a launch of Triton goes through Python "
        f"({micro['Triton']:.0f} µs), a compiled function checks first whether its assumptions still hold "
        f"({micro['torch.compile']:.0f} µs). For small tensors that is all there is to it, and the cure is to record the "
        f"launches once and replay them as a **CUDA graph**: {micro['a CUDA graph of the kernel']:.1f} µs."
    )


TORCHS = "torch's"


def speeds(rows: Sequence[dict[str, Any]], field: str, amount: Callable[[dict[str, Any]], float]) -> Table:
    """Bytes that must move, by the time: a row for each size and version, in TB/s."""
    return [
        {field: row[field], "TB/s": amount(row) / (timing["milliseconds"] / 1e3) / TRILLION, "version": version}
        for row in rows
        for version, timing in row["versions"].items()
    ]


# ----------------------------------------------------------------------------------------------------------------- rows


def a_row_a_program() -> None:
    text("## Softmax: a row for each program")
    text(
        "GELU looks at one number at a time. Softmax has to see a whole row: its maximum, so that no exponential overflows, "
        "then the sum of the exponentials. Eager torch goes through memory for each. For $M$ rows of $N$ numbers:"
    )
    m, n = 4, 10
    x: Rows = 3 * torch.randn(m, n)  # @inspect x
    reads = 5 * m * n + 2 * m  # max, minus, exp, sum, divide: and the two that take a column as well @inspect reads
    writes = 3 * m * n + 2 * m  # @inspect writes
    with expect(bytes=4 * (reads + writes), label="5MN + 2M reads, 3MN + 2M writes"):
        functional.softmax(x, dim=-1)  # @stepover
    text(
        "A program can hold a row in its registers, if the row is not too long: then it is read once and written once."
    )
    quiz(
        "A row has ten numbers, a block sixteen lanes. What should the six masked lanes hold?",
        ["0", "−∞", "anything, they are masked"],
        answer="−∞",
        why="It is never the maximum, and $e^{-\\infty} = 0$ adds nothing to the sum. A 0 would be the maximum of a row of "
        "negative numbers, and add six times $e^{0-m}$. A mask guards loads and stores; *reductions* see every lane.",
    )
    y: Rows = torch.empty_like(x)
    with expect(bytes=2 * x.nbytes, label="MN reads, MN writes"):
        simple.softmax_kernel[(m,)](x, y, n, BLOCK=16)  # @inspect y
    assert torch.allclose(y, x.softmax(dim=-1), atol=1e-6)
    ratio = (reads + writes) / (2 * m * n)  # @inspect ratio
    text(
        f"{ratio:.1f} times fewer bytes. In the kernel, find where the masked lanes are filled (`other=`), and check in "
        "`powers` that they came to nothing."
    )


def the_running_maximum() -> None:
    text("### Softmax without knowing the end")
    text(
        "A row of a vocabulary has 128,000 numbers, and a row of attention's scores as many as the context has tokens: too "
        "many for the registers of one program. Then the row comes in pieces. But every exponential needs the maximum "
        "*of the whole row*, which is only known at its end. One pass for the maximum, one for the sum, one to write: three "
        "reads. It can be done with two, and in attention, as we shall see, with one."
    )
    text(
        "The idea: begin with the maximum *so far*, and repair the sum whenever that grows "
        f"({cite(ref.MILAKOV_2018)}). After $n$ numbers let"
    )  # @stepover
    text("$$m_n = \\max_{i \\le n} x_i \\qquad\\qquad s_n = \\sum_{i \\le n} e^{x_i - m_n}.$$")
    text("Take the last term out of the sum, and write what is left with the maximum that we had before:")
    text(
        "$$\\begin{aligned} s_n &= \\sum_{i < n} e^{x_i - m_n} + e^{x_n - m_n} \\\\ "
        "&= \\sum_{i < n} e^{x_i - m_{n-1}} \\cdot e^{m_{n-1} - m_n} + e^{x_n - m_n} \\\\ "
        "&= s_{n-1} \\cdot e^{m_{n-1} - m_n} + e^{x_n - m_n}. \\end{aligned}$$"
    )
    text(
        "So the new sum follows from the old one. The factor $e^{m_{n-1} - m_n}$ is the **correction**: 1 as long as the "
        "maximum stays, smaller than 1 when it grows. Two numbers are all that one has to remember. On real numbers, line by "
        "line:"
    )
    row = [1.0, 3.0, 2.0, 5.0, 4.0]  # @inspect row
    _, total = running(row)  # @inspect total
    exact = sum(math.exp(x - max(row)) for x in row)  # in two passes @inspect exact
    assert math.isclose(total, exact, rel_tol=1e-15)

    text("**What breaks without the correction?** Each exponential is then taken under the maximum of its own moment.")
    quiz(
        "Without the correction, what does the sum come to for a row of $n$ numbers in *ascending* order?",
        ["the right sum", "$n$", "infinity", "1"],
        answer="$n$",
        why="Every number is the maximum when it comes, so each adds $e^0 = 1$, whatever the numbers are.",
    )
    ascending, descending = sorted(row), sorted(row, reverse=True)
    wrong = without_correction(ascending)  # @stepover @inspect wrong
    lucky = without_correction(descending)  # @stepover @inspect lucky
    shares = [math.exp(x - 5) / wrong for x in ascending]  # @inspect shares
    assert wrong == len(row)
    assert math.isclose(lucky, exact)
    text(
        f"The shares then sum to {sum(shares):.2f}, not to 1. On the same numbers in *descending* order the sum is right: the "
        "first is the maximum already, and no correction is ever needed. A test whose row happens to begin with its largest "
        "number proves nothing."
    )
    rising = torch.randn(60) + torch.arange(60) / 12  # new maxima keep coming
    curve = over_a_row(rising.tolist())  # @stepover
    plot(
        line_chart(curve, x="numbers seen", y="sum", color="kept"),
        alt="The corrected sum falls whenever a new maximum comes and ends at the true one; the uncorrected one only grows.",
    )  # @stepover
    text("Wherever the lower line falls, a new maximum has come, and all that was summed before counts for less.")

    text("### Any order, any number of workers")
    text(
        "The same correction joins the results of two *halves* that were worked through apart, and it does not matter where "
        "the row is cut. So a row can be shared out among programs, warps or whole GPUs, which is what is done when one "
        "query meets a very long context."
    )
    left, right = running(row[:2]), running(row[2:])  # @stepover @inspect left right
    joined = merge(left, right)  # @inspect joined
    cuts = [merge(running(row[:at]), running(row[at:])) for at in range(1, len(row))]  # @stepover @inspect cuts
    assert all(math.isclose(total, exact) for _, total in cuts)
    assert joined[0] == 5


def running(row: Sequence[float]) -> tuple[float, float]:
    """The maximum, and the sum of e^(x − maximum), in one pass."""
    largest, total = -math.inf, 0.0
    for x in row:
        grown = max(largest, x)  # @inspect x grown
        correction = math.exp(largest - grown)  # @inspect correction
        total = total * correction + math.exp(x - grown)  # @inspect total
        largest = grown
    return largest, total


def without_correction(row: Sequence[float]) -> float:
    largest, total = -math.inf, 0.0
    for x in row:
        largest = max(largest, x)
        total += math.exp(x - largest)
    return total


def merge(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Maximum and sum of two pieces of a row together."""
    largest = max(one[0], other[0])  # @inspect largest
    total = sum(total * math.exp(maximum - largest) for maximum, total in (one, other))  # @inspect total
    return largest, total


def over_a_row(row: Sequence[float]) -> Table:
    return [
        {"numbers seen": n, "sum": total, "kept": kept}
        for n in range(1, len(row) + 1)
        for kept, total in (("without the correction", without_correction(row[:n])), ("corrected", running(row[:n])[1]))
    ]


def rows_in_blocks() -> None:
    text("### Long rows, block by block")
    text(
        "In the kernel a *block* takes the place of a number: its maximum first, then one correction for the whole block. "
        "Two rows of forty, sixteen at a time; the last block of each has eight lanes masked."
    )
    x: Rows = 3 * torch.randn(2, 40)  # @inspect x
    y: Rows = torch.empty_like(x)
    with expect(bytes=3 * x.nbytes, label="two reads and a write"):
        simple.long_softmax_kernel[(2,)](x, y, 40, BLOCK=16)  # @inspect y
    assert torch.allclose(y, x.softmax(dim=-1), atol=1e-6)
    text(
        "The second loop reads the row again, because what it is to be divided by was not known before. (If the row still "
        "lies in the cache, that costs little.) How the versions compare when rows grow, the number of numbers being the "
        "same:"
    )
    widths = measured("kernels.softmax_widths")  # @stepover
    rows = speeds(widths.data["rows"], "columns", lambda row: 8 * row["columns"] * row["rows"])  # @stepover
    plot(
        line_chart(rows, x="columns", y="TB/s", color="version", log_x=True),
        alt="TB/s of softmax over the length of a row: our kernels are fast in the middle and slower at both ends, the compiler "
        "only at the right one; eager torch is slow everywhere.",
    )  # @stepover
    narrow, middle, wide = (by_version(rows, "columns", columns) for columns in (128, 2048, 65_536))  # @stepover
    text(
        f"({widths.words()}; bytes counted once in and once out.) In the middle, a row a program is all one can wish: "
        f"{middle['Triton, a row at once']:.2f} TB/s. At the left it is not: with 128 columns a program has little to do, and "
        f"{1 - narrow['Triton, a row at once'] / middle['Triton, a row at once']:.0%} of the time goes on coming and going "
        f"({narrow['Triton, a row at once']:.2f}). The compiler gives each program *several* rows there "
        f"({narrow['torch.compile']:.2f}); so could we. At the right a row no longer fits, and "
        f"everyone who reads it twice is at two thirds ({wide['torch.compile']:.2f} and {wide['Triton, in blocks']:.2f}): "
        "three trips in place of two, as counted."
    )  # @stepover


def by_version(rows: Table, field: str, value: Any, measure: str = "TB/s") -> dict[str, float]:
    return {row["version"]: row[measure] for row in rows if row[field] == value}


# ---------------------------------------------------------------------------------------------------------------- tiles


def products_in_tiles() -> None:
    text("## Matrix products: tiles")
    text(
        "Softmax touches every number once. A matrix product does not: an $M \\times K$ matrix times a $K \\times N$ one needs "
        "each row of $A$ for all $N$ columns. If every result fetched its own row and column, there would be $2MNK$ reads; "
        "if nothing had to be fetched twice, $MK + KN$. For 48 × 32 times 32 × 40:"
    )
    m, n, k = 48, 40, 32
    each_its_own = 2 * m * n * k  # numbers @inspect each_its_own
    nothing_twice = m * k + k * n  # @inspect nothing_twice
    text(
        f"{each_its_own / nothing_twice:.0f} times as many. In between lie **tiles**: a program makes a whole tile of the "
        "result, 16 × 16 here. It takes sixteen columns of $A$ and sixteen rows of $B$ at a time, and uses every number that "
        "it loads sixteen times."
    )
    quiz(
        "Tiles of the result grow from 16 × 16 to 32 × 32. What happens to the numbers that are loaded in all?",
        ["a quarter", "half", "as many as before", "twice as many"],
        answer="half",
        why="There are a quarter of the tiles, and each loads twice as much: a tile of side $t$ loads $2tK$ for $t^2$ results.",
    )
    a: Left = torch.randn(m, k)  # @inspect a
    b: Right = torch.randn(k, n)  # @inspect b
    c = torch.empty(m, n)
    grid = (triton.cdiv(n, 16), triton.cdiv(m, 16))  # across, down @inspect grid
    text(
        "Nine programs, three across and three down. The right-hand tiles stand over the edge: 40 is not a multiple of 16. "
        "Step in, and follow one program through its two turns: *which* tile of $A$, which of $B$? Then go to its neighbour. "
        "What do they share?"
    )
    loaded = 3 * m * k + 3 * k * n  # every row of A for three columns of tiles, and the other way round @inspect loaded
    with expect(
        bytes=4 * (loaded + m * n),
        flops=9 * 2 * 2 * 16**3,
        label="each matrix three times, the result once; nine programs of two turns",
    ):
        simple.matmul_kernel[grid](a, b, c, m, n, k, BLOCK_M=16, BLOCK_N=16, BLOCK_K=16, GROUP=1)  # @inspect c
    assert torch.allclose(c, a @ b, atol=1e-4)
    wasted = 1 - 2 * m * n * k / (9 * 2 * 2 * 16**3)  # @inspect wasted
    text(
        f"{each_its_own / loaded:.0f} times fewer loads than each for itself. And look at the FLOPs: {wasted:.0%} of them "
        "multiplied zeros that stand for what lies beyond the edge. A masked lane saves memory, not arithmetic. That is why "
        "model widths are multiples of 64 or 128."
    )
    text(
        "Two things in that kernel are new. `row[:, None]` and `column[None, :]` make a *rectangle* of addresses, as "
        "broadcasting does in torch. And `tl.dot(a, b, total)` is no loop: on a GPU it becomes the instruction of the "
        "**tensor core**, which multiplies whole tiles and adds up in `float32`."
    )


def how_large_a_tile() -> None:
    text("### How large should a tile be?")
    text(
        "A tile of $m \\times n$ results loads $(m + n)k$ numbers for $2mnk$ FLOPs. In `bfloat16` that is "
        "$mn/(m+n)$ FLOPs a byte: the larger, the better, until it no longer fits. What a program adds up must stay in "
        "registers, of which a thread has 255 at most. A program of eight warps has 256 threads."
    )
    tiles = measured("kernels.matmul_tiles")  # @stepover
    rows = tile_table(tiles)  # @stepover
    quiz(
        "A tile of 256 × 256 results, eight warps: how many sums must each thread hold?",
        ["64", "128", "256", "1,024"],
        answer="256",
        why="$256 \\cdot 256 / (8 \\cdot 32)$. That alone is more than the 255 registers that a thread can have: some of them "
        "are *spilled* to memory, in every turn.",
    )
    table(
        rows, caption=f"The product of two matrices of {tiles.data['rows'][0]['size']}² in bfloat16, {tiles.words()}."
    )  # @stepover
    plot(
        bar_chart(rows, x="tile", y="TFLOP/s", horizontal=True),
        alt="TFLOP/s by tile: growing with the tile up to 128 by 256, and collapsing at 256 by 256, which spills.",
    )  # @stepover
    best = max(rows, key=lambda row: row["TFLOP/s"])  # @stepover
    refused = "refused" in tiles.data["rows"][-1]  # by a machine with less shared memory
    then = "is refused: it does not fit" if refused else f"brings it down to {rows[-1]['TFLOP/s']:.0f} TFLOP/s"
    text(
        f"From 16 × 16 to {best['tile']} the speed grows {best['TFLOP/s'] / rows[0]['TFLOP/s']:.0f}-fold; then one more "
        f"doubling {then}. No line of the kernel changed, only numbers at its head. "
        "Nobody can work out the best of them beforehand, and so one tries: `triton.autotune` runs a list of configurations "
        "on the first call for a new shape, and keeps the fastest."
    )


def tile_table(tiles: Measurement) -> Table:
    return [
        {
            "tile": f"{row['block'][0]} × {row['block'][1]} ({row['warps']} warps)",
            "FLOPs a byte": round(row["block"][0] * row["block"][1] / (row["block"][0] + row["block"][1])),
            "sums a thread": row["block"][0] * row["block"][1] // (32 * row["warps"]),
            "registers": row["registers"],
            "spilled": row["spilled"],
            "shared KB": round(row["shared_bytes"] / 1024),
            "TFLOP/s": round(2 * row["size"] ** 3 / (row["milliseconds"] / 1e3) / TRILLION),
        }
        for row in tiles.data["rows"]
        if "milliseconds" in row
    ]


def the_order_of_tiles() -> None:
    text("### In which order?")
    text(
        "Programs that run at the same time share the **L2 cache**. If nine of them run at once and go along a row of tiles, "
        "they share one row of $A$, and need nine columns of $B$. In a square of three by three they need three of each. Nine "
        "by nine tiles, and the first nine programs:"
    )
    plain = row_order(9, 9)  # @stepover
    grouped = group_order(9, 9, 3)  # @stepover
    image(
        tile_orders((9, 9), {"row by row": plain, "three rows together": grouped}, wave=9),
        alt="The first nine programs in a row, touching ten strips of A and B; and in a square, touching six.",
    )  # @stepover
    orders = measured("kernels.matmul_groups")  # @stepover
    row_blocks = 9 * strips(plain[:9])  # each strip has nine tiles @inspect row_blocks @stepover
    group_blocks = 9 * strips(grouped[:9])  # @inspect group_blocks @stepover
    assert (row_blocks, group_blocks) == (90, 54)
    text(
        f"{row_blocks} tiles to load, or {group_blocks}, for the same work. In our kernel that is the line with "
        "`tl.swizzle2d`: it only renumbers the programs. Now as it is on the real machine. "
        f"Matrices of 8,192² and 16,384² in tiles of 128 × 128, of which this GPU holds {orders.data['resident']} at once:"
    )
    rows = order_table(orders)  # @stepover
    table(rows, caption=f"Counted, and {orders.words()}. The strips are what one wave needs of A and B.")  # @stepover
    plot(
        line_chart(rows, x="rows in a group", y="TFLOP/s", color="matrices", log_x=True),
        alt="TFLOP/s over the size of a group: level for matrices of 8,192; for 16,384 low at one and at 64 rows, high between.",
    )  # @stepover
    large = {row["rows in a group"]: row for row in rows if row["matrices"] == "16384²"}
    small = {row["rows in a group"]: row for row in rows if row["matrices"] == "8192²"}
    best = max(large, key=lambda group: large[group]["TFLOP/s"])  # @inspect best
    gain, no_gain = (rows[best]["TFLOP/s"] / rows[1]["TFLOP/s"] for rows in (large, small))
    text(
        f"With 16,384² groups of {best} give **{gain:.2f} times** the speed of row by row. With 8,192² they give "
        f"{no_gain:.2f}: there a wave is {small[1]['FLOPs a byte']:.0f} FLOPs for each byte that memory must deliver even row "
        f"by row, more than the {ridge():.0f} at which memory and tensor cores of this GPU take equally long. There was "
        "nothing to mend. Count first, then optimize."
    )  # @stepover
    text(
        f"And the count is not the whole truth. With 16,384², groups of 64 need fewer strips than groups of two "
        f"({large[64]['strips']} against {large[2]['strips']}), so they should be faster. They reach "
        f"{large[64]['TFLOP/s']:.0f} TFLOP/s, where those of two reach {large[2]['TFLOP/s']:.0f}. To the memory a strip of "
        "$A$ is not a strip of $B$: of the one, 64 tiles are thousands of rows that lie 32 kB apart. A model that explains most "
        "of what one sees is worth having; one that is never held against the machine is not."
    )


def row_order(down: int, across: int) -> list[tuple[int, int]]:
    return [(row, column) for row in range(down) for column in range(across)]


def group_order(down: int, across: int, group: int) -> list[tuple[int, int]]:
    """`group` rows of tiles together, column by column: what `tl.swizzle2d` makes of the numbers."""
    return sorted(row_order(down, across), key=lambda tile: (tile[0] // group, tile[1], tile[0]))


def strips(tiles: Sequence[tuple[int, int]]) -> int:
    """Rows of tiles of A and columns of tiles of B that these tiles need, each once."""
    return len({row for row, _ in tiles}) + len({column for _, column in tiles})


def order_table(orders: Measurement) -> Table:
    rows = []
    side, _, _ = orders.data["block"]
    resident = orders.data["resident"]
    for row in orders.data["rows"]:
        tiles = row["size"] // side
        wave = strips(group_order(tiles, tiles, row["group"])[:resident])
        flops, moved = resident * 2 * side * side, wave * side * 2  # for each column of A
        rows.append(
            {
                "matrices": f"{row['size']}²",
                "rows in a group": row["group"],
                "strips": wave,
                "FLOPs a byte": round(flops / moved),
                "TFLOP/s": round(2 * row["size"] ** 3 / (row["milliseconds"] / 1e3) / TRILLION),
            }
        )
    return rows


def ridge() -> float:
    """FLOPs a byte at which memory and tensor cores of the measured machine take equally long."""
    ceilings = measured("kernels.ceilings").data
    return float(ceilings["flops_per_second"] / ceilings["bytes_per_second"])


# ------------------------------------------------------------------------------------------------------------ attention


def what_attention_writes() -> None:
    text("## Attention: what it writes and need not")
    text(
        "Attention is two products with a softmax between them, $\\text{softmax}(QK^\\top / \\sqrt d)\\, V$. Run as it is "
        "written, the scores go to memory, come back to be masked, go again, come back for each step of softmax. They are "
        "$T \\times T$ for every head, where $Q$, $K$, $V$ and the result are $T \\times d$."
    )
    lengths = measured("kernels.attention_lengths")  # @stepover
    last = lengths.data["rows"][-1]
    time, heads, d = last["time"], lengths.data["heads"], lengths.data["d"]
    score_bytes = 2 * heads * time**2  # in bfloat16, for one sequence @inspect score_bytes
    result_bytes = 2 * heads * time * d  # @inspect result_bytes
    quiz(
        f"One sequence of {time:,} tokens, {heads} heads of {d}, `bfloat16`. How much larger are the scores than the result?",
        ["about as large", "16 times", "128 times", "1,024 times"],
        answer="128 times",
        why=f"$T / d$: {score_bytes / 1e9:.1f} GB of scores, for a result of {result_bytes / 1e6:.0f} MB. And eager torch "
        "holds several copies of them at once.",
    )
    text(f"What was allocated, {lengths.words()}, for 16,384 tokens in sequences that grow:")  # @stepover
    rows = [
        {"tokens in a sequence": row["time"], "GB": timing["peak_bytes"] / 1e9, "version": version}
        for row in lengths.data["rows"]
        for version, timing in row["versions"].items()
        if version in ("eager", "torch.compile", "Triton, simple")
    ]
    plot(
        line_chart(rows, x="tokens in a sequence", y="GB", color="version", log_x=True, log_y=True),
        alt="Eager attention doubles with the length; so does the compiled one, at a quarter of it; the kernel stays level.",
    )  # @stepover
    eager = last["versions"]["eager"]["peak_bytes"] / 1e9
    text(
        f"{eager:.0f} GB, to be read a few times over, in order to make {result_bytes / 1e6:.0f} MB. Nobody wants the scores. "
        "They exist because softmax needs a whole row before it can say anything. Or so it seemed: we have a softmax that "
        "goes by blocks."
    )


def flash_attention_in_torch() -> None:
    text("### The idea, in torch")
    text(
        f"**FlashAttention** ({cite(ref.DAO_2022)}, {cite(ref.DAO_2023)}) puts the two halves of this lecture together. Take "
        "a *tile* of queries. Go through keys and values tile by tile; keep, for each query, the running maximum $m$, the "
        "running sum $s$, and the running mixture $o$ of values. The mixture is a sum of the same exponentials, so it takes "
        "the same correction:"
    )  # @stepover
    text(
        "$$\\begin{aligned} m' &= \\max(m, \\max_j x_j) \\qquad & s' &= s\\, e^{m - m'} + \\textstyle\\sum_j e^{x_j - m'} \\\\ "
        "& & o' &= o\\, e^{m - m'} + \\textstyle\\sum_j e^{x_j - m'} v_j \\end{aligned}$$"
    )
    text(
        "At the end, $o / s$ is the result, exactly. No approximation was made, only another order of summation. And the row "
        "is *not* read twice, as softmax had to: what is divided at the end is not the scores but their mixture, which is "
        "small. In torch's operations first, 128 queries and keys in tiles of 64, causal: three tiles of scores, since the "
        "fourth lies in the future. Step in, and watch `correction`."
    )
    q, k, v = torch.randn(3, 1, 128, 16)  # @inspect q
    tiled: Heads = FlashAttentionTiles.apply(q, k, v, True)  # @inspect tiled
    exact = F.scaled_dot_product_attention(q.double(), k.double(), v.double(), is_causal=True)  # @stepover
    worst = (tiled - exact).abs().max().item()  # @inspect worst
    assert worst < 1e-5


def flash_attention_in_triton() -> None:
    text("### The kernel")
    time, d, tile = 56, 16, 16
    text(
        f"Now as a kernel: a program makes one tile of queries of one head. {time} tokens in tiles of {tile} are four "
        "programs, and the causal mask leaves them unequal work. The loop simply *ends* where no query of the tile may look "
        "any further:"
    )
    image(
        score_tiles(time, tile, tile),
        alt="Sixteen tiles of scores: four on the diagonal are masked, six below it are whole, six above it are never run.",
    )  # @stepover
    q: Heads = torch.randn(1, time, d)  # @inspect q
    k: Heads = torch.randn(1, time, d)
    v: Heads = torch.randn(1, time, d)
    out, log_sum_exp = torch.empty_like(q), torch.empty(1, time)
    seen = [min(time, (program + 1) * tile) for program in range(4)]  # keys that each program loads @inspect seen
    moved = 4 * (2 * time * d + time + 2 * sum(seen) * d)  # q, out; the log-sum-exp; keys and values @inspect moved
    text(
        "Step in at program 2, which has three turns: the first two tiles are whole, the third is cut by the mask. In which "
        "turn does `correction` matter most, and why is it always 0 in the first?"
    )
    with expect(bytes=moved, flops=10 * 2 * 2 * tile * tile * d, label="each query once; keys as far as they are seen"):
        simple.flash_attention_kernel[(4, 1)](
            q, k, v, out, log_sum_exp, time, d**-0.5, CAUSAL=True, D=d, ROWS=tile, COLUMNS=tile
        )  # @inspect out
    expected = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # @stepover
    assert torch.allclose(out, expected, atol=1e-5)
    text(
        f"There is no tensor of {time} × {time} anywhere. A tile of scores is born in registers, turned into weights, "
        "multiplied with the values, and forgotten. Of the scores one number a query is written, the **log-sum-exp** "
        "$m + \\ln s$; you will see what for."
    )
    quiz(
        "In the first turn `largest` is −∞. Why does `tl.exp(largest - grown)` do no harm?",
        answer="$e^{-\\infty - m} = 0$, and what it multiplies is 0 as well. It would do harm if `grown` were −∞ too, "
        "which happens when a whole tile is masked for a query: $-\\infty - (-\\infty)$ is no number. Under a causal mask "
        "the first tile always has a key that may be seen.",
    )


def how_long_a_context() -> None:
    text("### What it gives")
    lengths = measured("kernels.attention_lengths")  # @stepover
    heads, d = lengths.data["heads"], lengths.data["d"]
    rows = [
        {
            "tokens in a sequence": row["time"],
            "TFLOP/s": 2 * heads * row["batch"] * row["time"] ** 2 * d / (timing["milliseconds"] / 1e3) / TRILLION,
            "version": version,
        }
        for row in lengths.data["rows"]
        for version, timing in row["versions"].items()
    ]  # the half of 4·T²·d that the mask leaves
    plot(
        line_chart(rows, x="tokens in a sequence", y="TFLOP/s", color="version", log_x=True),
        alt="TFLOP/s over the length: eager lowest and level, the compiled one a little above it, the kernels climbing high.",
    )  # @stepover
    lines = len(inspect.getsource(simple.flash_attention_kernel.fn).splitlines())  # @inspect lines
    longest = by_version(rows, "tokens in a sequence", lengths.data["rows"][-1]["time"], "TFLOP/s")  # @stepover
    text(
        f"({lengths.words()}; causal, forward.) Eager attention is stuck at {longest['eager']:.0f} TFLOP/s. What we have just "
        f"stepped through, {lines} lines of pointers and masks, reaches {longest['Triton, simple']:.0f}: "
        f"**{longest['Triton, simple'] / longest['eager']:.0f} times** as much. The same algorithm, with tiles that the "
        "machine's copy engine fetches by itself, with exponentials in base 2, and with the unmasked tiles in a loop of "
        f"their own, {longest['Triton, tuned']:.0f}; NVIDIA's own, {longest['cuDNN']:.0f}. The first factor is the idea. The "
        "second is work, and it ages with the hardware."
    )  # @stepover
    text("The tuned one is in the library, with its backward pass:")
    link(FlashAttention)


def backward() -> None:
    text("## Writing the backward pass")
    text(
        "A kernel has no autograd: what is between load and store, nobody recorded. One writes the derivative as a second "
        "kernel, and joins the two by a `torch.autograd.Function`. For softmax, $p_i = e^{x_i} / \\sum_j e^{x_j}$, and a "
        "gradient $g$ that arrives:"
    )
    text(
        "$$\\frac{\\partial p_j}{\\partial x_i} = p_j (\\delta_{ij} - p_i) \\qquad\\Rightarrow\\qquad "
        "\\mathrm{d}x_i = \\sum_j g_j\\, p_j (\\delta_{ij} - p_i) = p_i \\Big(g_i - \\sum_j g_j p_j\\Big)."
        "$$"
    )
    text("One sum a row, then one product: again a row for each program. Held against autograd:")
    x: Rows = torch.randn(2, 10).requires_grad_()
    p = x.softmax(dim=-1)
    grad: Rows = torch.randn(2, 10)
    dx = torch.empty_like(grad)
    simple.softmax_backward_kernel[(2,)](p.detach(), grad, dx, 10, BLOCK=16)  # @inspect dx
    p.backward(grad)
    assert torch.allclose(dx, x.grad, atol=1e-6)

    text("### What should one remember?")
    text(
        "GELU's derivative needs `x`, softmax's needs `p`. Attention's, too, needs its weights, all $T^2$ of them: should "
        "they go to memory after all? No. Keep the log-sum-exp $L$ of each row, and with it a weight can be made again from "
        "its score alone,"
    )
    text("$$p_{ij} = e^{x_{ij} - L_i}, \\qquad L_i = m_i + \\ln s_i,$$")
    text(
        "without maximum, sum or correction. And $\\sum_j g_j p_j$, the sum over a whole row that softmax's gradient wants, "
        "follows from what is there anyway: with $g_j = \\mathrm{d}o \\cdot v_j$,"
    )
    text("$$\\sum_j p_j\\, (\\mathrm{d}o \\cdot v_j) = \\mathrm{d}o \\cdot \\sum_j p_j v_j = \\mathrm{d}o \\cdot o.$$")
    q, k, v = (torch.randn(1, 128, 16).requires_grad_() for _ in range(3))
    out = FlashAttentionTiles.apply(q, k, v, True)  # @stepover
    d_out: Heads = torch.randn_like(out)
    common = (d_out * out).sum(dim=-1)  # @inspect common
    weights = torch.softmax((q @ k.mT / 4).masked_fill(torch.ones(128, 128).triu(1).bool(), -math.inf), dim=-1)
    by_rows = (weights * (d_out @ v.mT)).sum(dim=-1)  # the long way @inspect by_rows
    assert torch.allclose(common, by_rows, atol=1e-5)
    text(
        "Step into the backward pass: `weights` are made again, tile by tile, and five products stand where forward had two."
    )
    out.backward(d_out)
    exact_q, exact_k, exact_v = (x.detach().double().requires_grad_() for x in (q, k, v))
    F.scaled_dot_product_attention(exact_q, exact_k, exact_v, is_causal=True).backward(d_out.double())  # @stepover
    pairs = ((q, exact_q), (k, exact_k), (v, exact_v))
    worst = max((ours.grad - exact.grad).abs().max().item() for ours, exact in pairs)  # @inspect worst
    assert worst < 1e-4
    training = measured("kernels.attention_training")  # @stepover
    versions = training.data["versions"]
    quiz(
        "To make the scores again is one more product: seven in a training step, two forward and five backward, where six "
        "would do. How does its time compare with that of a step that keeps them?",
        ["slower, more FLOPs take longer", "about the same", "several times faster"],
        answer="several times faster",
        why=f"{training.words()}: {versions['eager']['milliseconds']:.1f} ms with scores in memory, "
        f"{versions['Triton, tuned']['milliseconds']:.1f} ms with our kernels. FLOPs are cheap, trips are not.",
    )  # @stepover
    table(
        [
            {
                "forward and backward": name,
                "ms": round(timing["milliseconds"], 1),
                "GB beyond the inputs": round(timing["peak_bytes"] / 1e9, 2),
            }
            for name, timing in versions.items()
        ],
        caption=f"Causal attention, batch {training.data['batch']}, {training.data['heads']} heads of {training.data['d']}, "
        f"{training.data['time']:,} tokens; {training.words()}.",
    )  # @stepover


# ------------------------------------------------------------------------------------------------------------ compilers


def reading_ptx() -> None:
    text("## Reading what the compiler made")
    text(
        "Triton compiles a kernel to **PTX**, NVIDIA's assembly: what *one thread* does. Nobody writes it by hand; reading "
        "it now and then is worth a lot, for it shows what happened to one's intentions. Our first kernel, compiled on the "
        "GPU machine for blocks of 512 and four warps, so that each of 128 threads has four numbers:"
    )
    made = kept("compilers.ptx")  # also where there is a GPU: the words below are about this one @stepover
    gelu = made.data["gelu"]
    listing = instructions(gelu["ptx"])  # @stepover
    source = source_lines(gelu)  # @stepover
    table(
        by_source(listing, source),
        caption=f"Each line of the kernel, and the instructions that it became; {made.words()}.",
    )  # @stepover
    text("The lines about *which numbers*, in full:")
    code(excerpt(listing, until="ld.global"), language="text")  # @stepover
    text(
        "- `%ctaid.x` is the program's number, `%tid.x` the thread's. `shl … 9` multiplies by 512, the block; `shl … 2` by "
        "four, since each thread has four numbers *side by side*.\n"
        "- `setp.lt` compares with `count` and leaves the answer in the **predicate** `%p1`. That is the mask.\n"
        "- `@%p1 ld.global.v4.b32` is the load: four numbers, 16 bytes, in one instruction, *if* `%p1`. Where it is false "
        "nothing is read, and no branch was taken.\n"
        "- Then come `mul`, `fma` (a product and a sum in one), `ex2.approx` (two to the power of), and at the end "
        "`st.global.v4.b32` under its own predicate."
    )
    quiz(
        "One predicate guards four numbers. How can the compiler know that they are all inside, or all outside?",
        [
            "it cannot: the last numbers are lost",
            "`count` was a multiple of 16 when it was compiled",
            "the block is a power of two",
        ],
        answer="`count` was a multiple of 16 when it was compiled",
        why="Triton looks at the arguments: integers that 16 divides get a kernel of their own. Call it with an odd count, "
        "and another kernel is compiled.",
    )
    odd = instructions(made.data["gelu, an odd count"]["ptx"])  # @stepover
    code(
        excerpt(odd, until="ld.global"), language="text", caption="The same kernel for a count that 16 does not divide."
    )  # @stepover
    loads = {
        name: sum(count for opcode, count in opcodes(found).items() if opcode.startswith("ld.global"))
        for name, found in (("a multiple of 16", listing), ("any other", odd))
    }  # @stepover @inspect loads
    alignment = measured("kernels.gelu_odd")  # @stepover
    (whole, even), (_, uneven) = ((int(count), timing["milliseconds"]) for count, timing in alignment.data.items())
    text(
        f"{loads['any other']} loads of four bytes in place of {loads['a multiple of 16']} of sixteen, and as many "
        "predicates. Every load is a request to be handed on, and a warp wants few and wide ones. What it costs, with "
        f"{whole:,} numbers and with one less: {even:.3f} ms and {uneven:.3f} ms ({alignment.words()})."
    )  # @stepover
    fused = sum(
        count for opcode, count in opcodes(listing).items() if opcode.startswith("fma")
    )  # @inspect fused @stepover
    text(
        f"And `tl.erf`? There is no such instruction. It became a polynomial, {fused // 4} `fma` for each number, with two "
        "sets of coefficients: one for small numbers, one for large, chosen by a branch (`bra`). Threads of a warp that "
        "disagree wait for each other. It does not matter here: while the memory takes its time, arithmetic is free."
    )

    text("### The tensor core")
    matmul = made.data["matmul"]
    product = instructions(matmul["ptx"])  # @stepover
    loop = inner_loop(product, "wgmma")  # @stepover
    text(
        f"The product's kernel has {len(product)} instructions, of which the loop over $k$ holds {len(loop)}. Its lines, by what "
        "made them:"
    )
    table(
        by_source(loop, source_lines(matmul)), caption="The loop over k, compiled for tiles of 128 × 128 × 64."
    )  # @stepover
    text("The arithmetic of a whole turn is in these:")
    code(tensor_core_lines(loop), language="text")  # @stepover
    products = sum(one.text.startswith("wgmma.mma") for one in loop)  # @inspect products
    text(
        f"- `wgmma.mma_async … m64n128k16`: four warps together multiply a 64 × 16 tile by a 16 × 128 one. {products} of them "
        "make 64 columns of $A$; the eight warps of a program are two such groups, so $128 \\times 128$ in all. "
        f"{2 * 64 * 128 * 16:,} FLOPs are *one* instruction.\n"
        "- Its operands are `%rd…`: descriptors of **shared memory**, not registers. Its result is in 64 registers a thread, "
        "in `float32`.\n"
        "- `cp.async` copies from memory to shared memory while the thread goes on. The loop fetches the tiles of *two turns "
        "ahead* (`num_stages=3`), and `cp.async.wait_group` waits only for what is wanted now. You wrote a load and a "
        "product; the compiler made a pipeline of them."
    )


def source_lines(kernel: dict[str, Any]) -> dict[int, str]:
    """Each line of the kernel by its number, without its comment and without the arguments of loads and stores."""
    lines = (line.split("  #")[0].strip() for line in kernel["source"])
    return {
        kernel["first_line"] + offset: re.sub(r"(kernel|load|store)\(.*\)", r"\1(…)", line)
        for offset, line in enumerate(lines)
    }


def by_source(listing: Sequence[Instruction], source: dict[int, str]) -> Table:
    """A row for each line of the source that became something, in the source's order, with its most frequent instructions."""
    rows = []
    for line in sorted(set(source) & {one.line for one in listing}):
        made = [one for one in listing if one.line == line and not one.label]
        kinds: Counter[str] = Counter()
        for opcode, count in opcodes(made).items():
            kinds[kind(opcode)] += count
        if kinds and not source[line].startswith("@"):
            names = ", ".join(f"{count} {name}" for name, count in kinds.most_common(4))
            rows.append({"line": source[line], "instructions": kinds.total(), "mostly": names})
    return rows


def kind(opcode: str) -> str:
    """ "fma" of "fma.rn.ftz.f32"; of what moves something or multiplies tiles, the second word as well."""
    words = opcode.split(".")
    return ".".join(words[: 2 if words[0] in ("ld", "st", "cp", "wgmma") else 1])


def excerpt(listing: Sequence[Instruction], until: str) -> str:
    """From the beginning to the last instruction named so."""
    last = max(index for index, one in enumerate(listing) if until in one.text)
    return "\n".join(shortened(one.text.expandtabs(1)) for one in listing[: last + 1] if not one.label)


def tensor_core_lines(loop: Sequence[Instruction]) -> str:
    wanted = ("wgmma", "cp.async", "fence.proxy", "bar.sync")
    return "\n".join(shortened(one.text.expandtabs(1), 3) for one in loop if one.text.startswith(wanted))


def the_compiler_that_writes_kernels() -> None:
    text("## The compiler that writes kernels")
    text(
        "`torch.compile` does by itself what we did for GELU: it watches a function run once, writes down the operations as "
        f"a graph, and makes fused Triton kernels of it ({cite(ref.ANSEL_2024)}). A compiler of our own that only looks "
        "shows what such a graph is:"
    )  # @stepover
    graphs: list[str] = []

    def look(captured: torch.fx.GraphModule, _inputs: list[Tensor]) -> Callable[..., Any]:
        graphs.append(captured.code.strip())
        as_it_is: Callable[..., Any] = captured.forward
        return as_it_is

    watched = torch.compile(functional.gelu, backend=look)  # @stepover
    watched(torch.randn(8))  # @stepover
    code(graphs[0], caption="What torch.compile saw of our gelu.")
    quiz(
        "The compiled function is called with 8 numbers, then 9, then 10. How often is a graph compiled?",
        ["once", "twice", "three times"],
        answer="twice",
        why="The first is for exactly 8. When 9 come, the size is made a variable, and that one serves for 10 and 11 as well.",
    )
    for size in (9, 10, 11):
        watched(torch.randn(size))  # @stepover
    compiled = len(graphs)  # @inspect compiled
    assert compiled == 2
    text("And where it cannot look ahead, it gives up in the middle, and makes two graphs with Python between them:")
    graphs.clear()
    torch.compile(asks_for_a_value, backend=look)(torch.randn(8))  # @stepover
    pieces = len(graphs)  # @inspect pieces
    assert pieces == 2
    text(
        f"`if x.sum() > 0` asks for a *number*, so the graph must be run as far as that. {pieces} graphs, and what lies on "
        "both sides of the gap cannot be fused. `fullgraph=True` makes it an error, which is what one wants to know."
    )
    written = measured("compilers.generated")  # @stepover
    text(f"The kernel that it wrote for `gelu`, kept from the GPU machine ({written.words()}):")  # @stepover
    code(written.data["gelu"]["kernels"][0], language="python")
    text(
        "You can read every line of it. It is the kernel that we wrote, without the mask, since for this one size none is "
        f"needed. Its first call took {written.data['gelu']['first_call_seconds']:.1f} s, in a process in which the compiler was "
        f"warm already; that of our kernel {written.data['triton_first_launch_seconds']:.1f} s."
    )

    text("### Where it wins, and where it does not")
    launched = measured("compilers.kernels_launched")  # @stepover
    table(
        [
            {"function": name, "kernels, eager": len(found["eager"]), "compiled": len(found["torch.compile"])}
            for name, found in launched.data.items()
        ],
        caption=f"Kernels that one call launches, {launched.words()}.",
    )  # @stepover
    rows = compared()  # @stepover
    table(rows, caption=f"Milliseconds, {measured('kernels.gelu_sizes').words()}.")  # @stepover
    attention = rows[-1]
    names = launched.data["attention"]["torch.compile"]
    fused = next(name for name in names if name.startswith("triton"))  # @inspect fused
    text(
        "- **It wins** wherever operations follow each other on the same numbers: GELU, norms, softmax, an optimizer's step. "
        "It even knows today's trick, as the name of the kernel says that it made for softmax: "
        f"`{launched.data['softmax']['torch.compile'][0]}`.\n"
        "- **It does not lose** on products: it calls the same library as eager torch, and at best fuses what follows.\n"
        f"- **It does not invent algorithms.** Of attention it made {len(names)} kernels: the two products, and one for "
        f"everything between them, `{fused}`. That is {attention['eager'] / attention['torch.compile']:.1f} times as fast as "
        f"eager; FlashAttention is {attention['eager'] / attention['Triton']:.0f} times. To see that the scores need not "
        "exist, somebody had to derive the correction.\n"
        "- **It does not pay** for tiny inputs, for code that runs once, or for shapes that never repeat."
    )


def asks_for_a_value(x: Tensor) -> Tensor:
    y = x * 2
    if y.sum() > 0:
        return y + 1
    return y - 1


def compared() -> Table:
    """A large case of each function, in milliseconds: eager, compiled, and by the best of our kernels."""
    rows = []
    for name, measurement, ours in (
        ("gelu, 268 million numbers", "kernels.gelu_sizes", "Triton"),
        ("softmax, rows of 2,048", "kernels.softmax_widths", "Triton, a row at once"),
        ("matrix product, 8,192²", "kernels.matmul_sizes", "Triton, tuned"),
        ("attention, 16,384 tokens", "kernels.attention_lengths", "Triton, tuned"),
    ):
        cases = measured(measurement).data["rows"]
        case = next((case for case in cases if case.get("columns") == 2048), cases[-1])
        times = {version: round(timing["milliseconds"], 2) for version, timing in case["versions"].items()}
        rows.append(
            {
                "function": name,
                "eager": times.get("eager", times.get("cuBLAS")),
                "torch.compile": times["torch.compile"],
                "Triton": times[ours],
            }
        )
    return rows


def on_the_roofline() -> None:
    text("## All of it on one roof")
    ceilings = measured("kernels.ceilings")  # @stepover
    memory, peak = ceilings.data["bytes_per_second"], ceilings.data["flops_per_second"]
    text(
        "A kernel that does $I$ FLOPs for each byte that *must* move can reach at most $\\min(\\text{peak}, I \\cdot "
        f"\\text{{bandwidth}})$ FLOP/s: the **roofline** ({cite(ref.WILLIAMS_2009)}). Here both were measured, not read off a "
        f"data sheet: {memory / TRILLION:.2f} TB/s in a copy, {peak / TRILLION:.0f} TFLOP/s in a product of two large "
        "matrices. Each dot is one of today's kernels; the distance to the roof is what is left to gain."
    )  # @stepover
    dots = roofline_dots()  # @stepover
    plot(
        roofline_chart(dots, peak, memory),
        alt="Log-log plot: the roof rises with intensity, then is level. Fused gelu and softmax touch it, eager ones lie a "
        "factor of five below; attention by FlashAttention is near the flat part, eager attention far below.",
    )  # @stepover
    text(
        f"({ceilings.words()}.) From left to right: gelu and softmax, both in one place; the product of two 8,192² matrices; "
        "attention. Versions of one function stand above each other: what must be done is the same, and how much of the "
        f"machine one gets differs by up to {widest_gap(dots):.0f} times. Left of the bend, count bytes; right of it, feed the "
        "tensor cores. And attention shows that an *algorithm* can be on the wrong side: its scores, written and read, put it "
        "far below a roof that it could have reached all along."
    )  # @stepover


def widest_gap(dots: Table) -> float:
    """The fastest version of a function by its slowest, where that is most."""
    rates: dict[float, list[float]] = {}
    for dot in dots:
        rates.setdefault(dot["intensity"], []).append(dot["rate"])
    return max(max(found) / min(found) for found in rates.values())


def roofline_dots() -> Table:
    """For each version of each function: FLOPs that it needs for each byte that must move, and the FLOP/s that it reached."""
    gelu = measured("kernels.gelu_sizes").data["rows"][-1]
    soft = next(row for row in measured("kernels.softmax_widths").data["rows"] if row["columns"] == 2048)
    product = measured("kernels.matmul_sizes").data["rows"][-1]
    attention = measured("kernels.attention_lengths").data
    last = attention["rows"][-1]
    numbers, size, time = gelu["numbers"], product["size"], last["time"]
    heads, d = attention["heads"] * last["batch"], attention["d"]
    cells = soft["rows"] * soft["columns"]
    cases = (
        ("gelu", gelu, 5 * numbers, 8 * numbers),  # an operation each, as in the formula
        ("softmax", soft, 5 * cells, 8 * cells),
        ("product", product, 2 * size**3, 3 * 2 * size**2),
        ("attention", last, 2 * heads * time**2 * d, 4 * 2 * heads * time * d),
    )
    return [
        {
            "name": f"{name}, {version}",
            "kind": version
            if version in ("eager", "torch.compile")
            else "Triton"
            if "Triton" in version
            else "library",
            "intensity": flops / moved,
            "rate": flops / (timing["milliseconds"] / 1e3),
        }
        for name, case, flops, moved in cases
        for version, timing in case["versions"].items()
    ]


# ----------------------------------------------------------------------------------------------- what can go wrong, the end


def numerics() -> None:
    text("## Numbers that bite")
    text(
        "**Narrow in, wide inside.** Load 16 bits, work in `float32`, round once at the store. It costs nothing, as memory "
        "sees 16 bits. What it gives, on a row of 4,096 equal shares:"
    )
    row = torch.zeros(1, 4096, dtype=torch.bfloat16)
    wide = simple.softmax(row)[0, 0].item()  # @stepover @inspect wide
    narrow = stays_narrow(row)[0, 0].item()  # @stepover @inspect narrow
    assert wide == 1 / 4096
    assert narrow != wide
    text(
        f"1/4096 is {1 / 4096:.3g}. Summed in `bfloat16` each share comes to {narrow:.3g}: the sum got stuck at 256, where "
        "adding 1 no longer changes it."
    )
    text(
        "**Products have a format of their own.** The error of a product of two matrices of 1,024², by how it is multiplied:"
    )
    errors = measured("kernels.product_errors")  # @stepover
    rows = [
        {"product": name, "relative error": f"{error:.1e}"} for name, error in errors.data.items() if name != "format"
    ]
    table(rows, caption=f"Against float64, {errors.words()}; narrow is {errors.data['format']}.")  # @stepover
    text(
        "`tl.dot` of `float32` goes through the tensor cores as **TF32** unless one says otherwise: ten bits of fraction. "
        '`input_precision="tf32x3"` makes three products of halves, and gets nearly all of them back. Our library asks for '
        "it."
    )
    text("**Huge values** are harmless, thanks to the maximum. **A row of nothing but −∞** is not:")
    hard = torch.tensor([[1e4, 1e4 - 1, -1e4, -math.inf], [-math.inf] * 4])  # @inspect hard
    result = simple.softmax(hard)  # @stepover @inspect result
    assert result[1].isnan().all()
    text(
        "The second row has no answer: shares of nothing. torch says NaN as well. But there is a case that *has* one, and in "
        "which a running maximum stumbles: a row that **begins** with a block of −∞, as under a mask for padding."
    )
    masked: Rows = torch.cat((torch.full((1, 16), -math.inf), torch.randn(1, 16)), dim=1)
    stumbles = simple.long_softmax(masked, block=16)  # @stepover @inspect stumbles
    careful = torch.empty_like(masked)
    long_softmax_kernel[(1,)](masked, careful, 32, BLOCK=16)  # @stepover @inspect careful
    assert stumbles.isnan().any()
    assert torch.allclose(careful, masked.softmax(dim=-1))
    text(
        "$e^{-\\infty - (-\\infty)}$ is NaN, and a NaN in a running sum stays. The library's kernel subtracts 0 while nothing "
        "but −∞ has been seen:"
    )
    code('safe = tl.where(grown == -float("inf"), 0.0, grown)')


def stays_narrow(row: Tensor) -> Tensor:
    """A softmax that adds one number after the other in the row's own format, as careless code would."""
    powers = torch.exp(row - row.amax(dim=-1, keepdim=True))
    total = torch.zeros((), dtype=row.dtype)
    for power in powers[0]:
        total += power
    return powers / total


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **The mask forgotten**, or right for the load and missing at the store. Test on 1, 2, 33, 700; never on 1,024 "
        "alone.\n"
        "- **`other` forgotten.** A mask keeps a lane from memory, not from a maximum or a sum.\n"
        "- **A tensor that is not contiguous.** A pointer knows no strides. Pass them, or make it contiguous; see below.\n"
        "- **The correction forgotten on one of the two**: sum *and* mixture. It is right on rows whose maximum comes first.\n"
        "- **Offsets in 32 bits.** `row * columns` overflows at two billion elements, and wraps around without a word.\n"
        "- **Timing the compiler.** The first call compiles, and so does the first one of every new configuration.\n"
        "- **Timing launches.** Of small inputs one measures Python.\n"
        "- **A fast kernel that is wrong.** Hold it against float64, on awkward shapes, before you look at the clock."
    )
    x: Rows = torch.arange(6.0).reshape(2, 3)
    turned = x.T  # three rows of two, in the same memory @inspect turned
    y = torch.empty(3, 2)
    simple.softmax_kernel[(3,)](turned, y, 2, BLOCK=2)  # @stepover @inspect y
    right = turned.softmax(dim=-1)  # @inspect right
    assert not torch.allclose(y, right)
    text(
        "Every row sums to 1, and every number is wrong: the kernel read the memory in the order in which it lies there. The "
        "functions of our library refuse such a tensor, or copy it:"
    )
    try:
        simple.softmax(turned)  # @stepover
    except ValueError as error:
        complaint = str(error)  # @inspect complaint
    text(f"> {complaint}")
    offset = torch.tensor(70_000, dtype=torch.int32) * torch.tensor(40_000, dtype=torch.int32)  # @inspect offset
    text(
        f"And where does row 70,000 begin, in rows of 40,000 numbers? In 32 bits, at {offset.item():,}: before the beginning."
    )


def summing_up() -> None:
    text("## What to remember")
    text(
        "- A program owns a block of the result, and finds it from its number. Masks guard the edges; `other` guards "
        "reductions.\n"
        "- Left of the roofline's bend only trips through memory count: fuse until there is one in and one out.\n"
        "- The sum under a running maximum can be corrected: $s' = s\\,e^{m-m'} + \\dots$ So softmax goes by blocks.\n"
        "- Tiles divide the traffic of a product by their side, until registers run out.\n"
        "- FlashAttention is both. It saves no FLOPs; it spares $T^2$ numbers the trip.\n"
        "- Backward: keep one number a row, and make the rest again.\n"
        "- Compilers fuse. Algorithms are yours."
    )
    text(
        "**The four questions.** (1) Because five operations make eleven trips through memory where two would do. (2) With the "
        "maximum so far, and a correction whenever it grows. (3) By never writing the scores: tiles, a running maximum, and "
        "for the way back one number a row. (4) When the order of the work has to change. To join what stands side by side, "
        "a compiler is enough."
    )
    text("**To read on.**")
    link(ref.TILLET_2019)
    link(ref.MILAKOV_2018)
    link(ref.DAO_2022)
    link(ref.DAO_2023)
    link(ref.ANSEL_2024)
    text(
        "**Try it.** Take the correction out of `simple.long_softmax_kernel`, and run its tests: which of them notice? Give "
        "`softmax_kernel` several rows a program, as the compiler does for narrow ones. On a GPU: change `num_stages` of the "
        "product, and find the change in its PTX.\n\n"
        "Next: one GPU is full. Lecture 7 takes many, and there the memory that is far away is somebody else's."
    )


if __name__ == "__main__":
    main()
