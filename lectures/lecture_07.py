"""Lecture 7: many machines, one model: collectives, data, sharded, tensor, pipeline, sequence and expert parallel.

python execute.py -m lecture_07

The lecture starts four processes on this machine, again and again, each recorded as a lane of the trace. They talk through
gloo; where there are four GPUs, through NCCL with a GPU each.
"""

import copy
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart
from lectures.images.ranks import by_owner, by_share, cut_matrices, heat_chart, rank_panels, work_chart
from lectures.lm.accounting import PUBLISHED, ModelShape, parameters
from lectures.lm.gpus import GPUS
from lectures.lm.layers import FeedForward
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import AdamW
from lectures.lm.parallel.collectives import all_gather_rows, rank_and_size, reduce_scatter_rows
from lectures.lm.parallel.data import DDP, average_gradients
from lectures.lm.parallel.experts import ExpertParallel, MixtureOfExperts
from lectures.lm.parallel.fsdp import FSDP
from lectures.lm.parallel.links import LINKS, fit_line
from lectures.lm.parallel.memory import Held, held_bytes, zero_memory
from lectures.lm.parallel.pipeline import Pipeline, Work, bubble, split_layers, timetable
from lectures.lm.parallel.ranks import best_backend, run_ranks
from lectures.lm.parallel.ring import exchange, ring_all_reduce, ring_bytes
from lectures.lm.parallel.tensor import TensorParallelMLP
from lectures.lm.parallel.zero import ShardedOptimizer
from lectures.references import cite
from tracer import code, graph, image, link, make_graph, note, plot, quiz, table, text

WORLD = 4

H100 = GPUS["H100"]
LLAMA = PUBLISHED["Llama-3-70B"]
REACHED = 0.4
"""Of the FLOP/s on the data sheet, in training: a good run."""
GB = 10**9
KB, MB = 2**10, 2**20
YEAR = 365.25 * 24 * 60 * 60

Row = dict[str, Any]
Rows = list[Row]
Stage = Literal[0, 1, 2, 3]
Schedule = Literal["gpipe", "1f1b"]


def main() -> None:
    text("# Lecture 7: Many machines, one model")
    text(
        "A model that is worth training fits into no machine, and if it did, nobody would live to see it trained. So "
        "it is cut up, and there are astonishingly few ways to do that: along the batch, along the layers, along "
        "the width, along the sequence, along the experts. Each has a price, paid in messages. This lecture runs "
        "every one of them, on **four real processes** that the next lines start on this machine, and holds each to "
        "one standard: *it must come to what a single process comes to.*"
    )
    text(
        "Each process, a **rank**, is recorded. You are looking at rank 0. Press `z` to see all four side by side, "
        "`;` and `,` to go to the same line on the next and the previous one."
    )
    note(
        "Ninety minutes. Collectives and ring twenty, cost of messages ten, data parallel and ZeRO twenty-five, "
        "tensor and pipeline twenty-five, experts and the recipe ten. Show the ring with the ranks' pane open, one "
        "round at a time, and let the class say what each rank holds next."
    )
    torch.set_num_threads(1)
    torch.manual_seed(0)
    overview()
    on_a_napkin()

    # Talking
    four_processes()
    collectives()
    the_ring()
    how_long()

    # Cutting the batch
    data_parallel()
    overlapping()
    sharding()

    # Cutting the model
    tensor_parallel()
    sequence_parallel()
    pipeline_parallel()
    expert_parallel()

    # Putting it together
    which_where()
    pitfalls()
    summing_up()


def overview() -> None:
    text("## In this lecture")
    text(
        "**Six key concepts**\n"
        "1. *Collectives*: a handful of ways in which ranks exchange tensors; everything else is made of them.\n"
        "2. *Start-up and bandwidth*: two numbers say how long a message takes.\n"
        "3. *Replicate or shard*: what every rank holds can be held once by all together, for messages.\n"
        "4. *Overlap*: a message that travels while one computes costs nothing.\n"
        "5. *Bubbles*: who waits for the rank before does nothing.\n"
        "6. *Near and far*: much talk inside a server, little between servers."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. Why does it take hardly longer to sum a large tensor over a thousand ranks than over eight?\n"
        "2. ZeRO saves memory without more bytes on the wire. How can that be?\n"
        "3. Which ways of cutting get cheaper with a larger batch, and which do not?\n"
        "4. Every rank has the same code. How can that deadlock?"
    )


def on_a_napkin() -> None:
    text("## Why one is not enough")
    text(
        "Llama 3 has a model of 70 billion parameters, trained on 15 trillion tokens. What would one H100 say to that?"
    )
    count = sum(parameters(LLAMA).values())  # @stepover @inspect count
    quiz(
        "With AdamW in mixed precision, each parameter takes 16 bytes while it is trained (Lecture 2). How many "
        "H100s, of 80 GB each, does it take only to *hold* the model, before a single activation?",
        ["2", "5", "15", "120"],
        answer="15",
        why="70.6 billion times 16 bytes are 1.13 TB.",
    )
    state = 16 * count  # bytes: 2 for the parameter, 2 for its gradient, 12 for the optimizer @inspect state
    gpus = state / H100.memory  # @inspect gpus
    years = 6 * count * 15e12 / (REACHED * H100.bf16) / YEAR  # @inspect years
    text(
        f"**{gpus:.1f}** of them for {state / 1e12:.2f} TB. And **{years:.0f} years**, at {REACHED:.0%} of the FLOP/s "
        "on its data sheet. Two different needs: *memory*, which sharding meets, and *time*, which only more "
        "arithmetic meets. What stands in the way is the third quantity, the distance between machines:"
    )
    rows = [{"from": "own memory", "GB/s": H100.bandwidth / GB}] + [
        {"from": one.name, "GB/s": one.bandwidth / GB} for one in LINKS.values()
    ]  # @stepover
    plot(
        bar_chart(rows, x="from", y="GB/s", horizontal=True),
        alt="Bars to scale: an H100's own memory longest, NVLink a seventh of it, PCIe and InfiniBand hardly visible.",
    )  # @stepover
    text("In one direction, as published: " + sources() + ".")  # @stepover
    near = H100.bandwidth / LINKS["NVLink 4"].bandwidth  # @inspect near
    far = LINKS["NVLink 4"].bandwidth / LINKS["InfiniBand NDR"].bandwidth  # @inspect far
    text(
        f"To the neighbour in the same server it is {near:.0f} times as far as to one's own memory, and to the next "
        f"server again **{far:.0f} times**. The whole craft is to know which traffic goes where."
    )


def sources() -> str:
    return "; ".join(f"[{one.name}]({one.source}), between {one.between}" for one in LINKS.values())


def four_processes() -> None:
    text("## Four processes")
    text(
        "Each rank is a process of its own, and runs the *same* program. Nothing is shared: a variable of one means "
        "nothing to the others. What differs is a number, the **rank**; from it each works out its part."
    )
    processes = on_ranks(hello)  # @stepover @inspect processes
    assert len({number for number, _ in processes}) == WORLD
    text(
        f"Four process numbers, four results, brought back by rank. They talk through *{best_backend(WORLD)}*. (On GPUs "
        "this would be NCCL, with a GPU each; the program is the same.)"
    )


def on_ranks(function: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What each of four ranks returns: on this machine's cores, or on its GPUs, where there are four."""
    return run_ranks(function, WORLD, *arguments, backend=best_backend(WORLD))


def hello() -> tuple[int, str]:
    rank, size = rank_and_size()  # @stepover @inspect rank size
    words = f"rank {rank} of {size}"  # @inspect words
    return os.getpid(), words


def collectives() -> None:
    text("## What ranks can do together")
    text(
        "Ranks could send each other letters, one to one. Nearly always, though, all of them want something "
        "*together*, and these **collectives** have names. Every rank calls the same function at the same point of "
        "its program; it returns when that rank has its result."
    )
    text(
        "Let each rank hold four numbers, whose tens say whose they are: rank 2 has 20, 21, 22, 23. Step into the "
        "ranks, or look at all of them below."
    )
    held = on_ranks(every_collective)  # @stepover
    panels = {name: [one[name] for one in held] for name in held[0]}  # @inspect panels["all_reduce"]
    image(
        rank_panels({name.replace("_", "-"): rows for name, rows in panels.items()}, by_owner, across=4),
        alt="Eight panels of four ranks: the numbers that each holds before, and after each of seven collectives.",
    )  # @stepover
    assert all(row == panels["all_reduce"][0] for row in panels["all_reduce"])
    assert [row[0] for row in panels["reduce_scatter"]] == panels["all_reduce"][0]
    text(
        "Colours say whose a number was; sums are orange.\n"
        "- *broadcast*, *scatter*: from rank 0 to all, the same to each or a part to each.\n"
        "- *all-gather*: everybody's first number, to everybody.\n"
        "- *reduce*: sums to one rank. *All-reduce*: the same sums to all.\n"
        "- *reduce-scatter*: sums, and each rank gets one of them.\n"
        "- *all-to-all*: number $j$ of rank $i$ becomes number $i$ of rank $j$. It is a transpose."
    )
    quiz(
        "Two of these, one after the other, do what an all-reduce does. Which?",
        ["reduce, scatter", "reduce-scatter, all-gather", "all-gather, all-to-all"],
        answer="reduce-scatter, all-gather",
        why="First everyone has one complete sum, then everyone gets all of them. Reduce and broadcast would do, too, "
        "but rank 0 would have to take in and give out everything alone.",
    )
    text(
        "Remember this one. All-reduce is how gradients are averaged, and *it comes apart in the middle*. Half of this "
        "lecture is what one can do between its two halves."
    )


def every_collective() -> dict[str, list[int | None]]:
    rank, size = rank_and_size()  # @stepover
    mine = 10 * rank + torch.arange(size)  # @inspect mine
    held: dict[str, list[int | None]] = {"before": mine.tolist()}

    whole = mine.clone()
    dist.broadcast(whole, src=0)  # @inspect whole
    held["broadcast"] = whole.tolist()

    part = torch.empty_like(mine[:1])  # @clear whole
    dist.scatter(part, list(mine.split(1)) if rank == 0 else None, src=0)  # @inspect part
    held["scatter"] = [*part.tolist(), None, None, None]

    gathered = all_gather_rows(mine[0])  # @clear part @inspect gathered
    held["all_gather"] = gathered.tolist()

    total = mine.clone()  # @clear gathered
    dist.reduce(total, dst=0)  # of the other ranks nobody says what they have then @inspect total
    held["reduce"] = total.tolist() if rank == 0 else [None] * size

    one, _ = reduce_scatter_rows(mine)  # @clear total @inspect one
    held["reduce_scatter"] = [one.item(), None, None, None]

    total = mine.clone()  # @clear one
    dist.all_reduce(total)  # @inspect total
    held["all_reduce"] = total.tolist()
    assert torch.equal(all_gather_rows(one), total)  # @stepover

    turned = torch.empty_like(mine)  # @clear total
    dist.all_to_all_single(turned, mine)  # @inspect turned
    held["all_to_all"] = turned.tolist()
    return held


def the_ring() -> None:
    text("## An all-reduce out of letters")
    text(
        "How would you do it with nothing but *send* and *receive*? If all send their tensor to rank 0, which adds up and "
        "answers, rank 0 drowns. Instead, let them stand in a **ring**. Cut the tensor into as many chunks as there "
        "are ranks. In each round every rank sends one chunk to the next one and adds what comes from the one before "
        "to its own."
    )
    text(
        "To see whose numbers are in a sum, rank $r$ holds $10^r$, four times: 1101 then means that ranks 0, 2 and 3 "
        "are in it. Step through rank 0, with `z`, and watch the sums go round."
    )
    histories = on_ranks(ring_step_by_step)  # @stepover
    titles = ["at first", "round 1", "round 2", "round 3", "round 4", "round 5", "round 6"]
    rounds = {title: [history[turn] for history in histories] for turn, title in enumerate(titles)}
    assert all(set(row) == {1111} for row in rounds["round 6"])
    image(
        rank_panels(rounds, by_share, across=3),
        alt="Seven panels: in three rounds one chunk of each rank grows to 1111, in three more all chunks do.",
    )  # @stepover
    text(
        "After three rounds each rank has *one* chunk complete: that was the **reduce-scatter**. In three more the "
        "complete chunks go round once: the **all-gather**. In every round every rank sent and received, and nobody "
        f"was in the middle. No algorithm sends less ({cite(ref.PATARASUK_2009)})."
    )  # @stepover
    quiz(
        "A tensor of $S$ bytes on $n$ ranks. How many bytes does each rank send in all?",
        ["$S$", "$(n-1)\\,S$", "$2\\,\\frac{n-1}{n}\\,S$", "$2\\,n\\,S$"],
        answer="$2\\,\\frac{n-1}{n}\\,S$",
        why="$2(n-1)$ rounds, a chunk of $S/n$ in each. For many ranks that is $2S$, however many they are.",
    )
    rows = []
    for size in (2, 4, 8, 16, 32, 64):
        ring = ring_bytes(size, 1.0)  # in units of the tensor @stepover @inspect ring
        star = size - 1.0  # what rank 0 gives out, if all goes through it @inspect star
        rows += [
            {"ranks": size, "tensors sent by the busiest rank": ring, "way": "ring"},
            {"ranks": size, "tensors sent by the busiest rank": star, "way": "through rank 0"},
        ]
    plot(
        line_chart(rows, x="ranks", y="tensors sent by the busiest rank", color="way", log_x=True, log_y=True),
        alt="Through rank 0 it grows with the number of ranks; in the ring it stays below two.",
    )  # @stepover
    text(
        "The library has it for tensors of any shape (`lectures/lm/parallel/ring.py`). Against torch's own, on ten "
        "thousand random numbers:"
    )
    differences = on_ranks(ring_against_torch, 10_000)  # @stepover @inspect differences
    assert max(differences) < 1e-5
    text(
        f"They differ by {max(differences):.0e}, since floats do not add up the same in every order. But *every rank has "
        "the same bits*, because each chunk was summed in one place: ranks that drift apart by a last digit a step "
        "would be different models after a day."
    )


def ring_step_by_step() -> list[list[int]]:
    rank, size = rank_and_size()  # @stepover
    held = torch.full((size,), 10**rank)  # @inspect held
    chunks = list(held.split(1))  # views of it
    history = [held.tolist()]
    for turn in range(1, size):  # the sums go round: reduce-scatter
        ours, theirs = chunks[(rank - turn) % size], chunks[(rank - turn - 1) % size]
        theirs += exchange(ours, torch.empty_like(theirs), None)  # @inspect held
        history.append(held.tolist())
    for turn in range(size - 1):  # what is complete goes round: all-gather
        ours, theirs = chunks[(rank - turn) % size], chunks[(rank - turn - 1) % size]
        exchange(ours, theirs, None)  # @inspect held
        history.append(held.tolist())
    return history


def ring_against_torch(count: int) -> float:
    torch.manual_seed(dist.get_rank())
    x = torch.randn(count)  # @inspect x
    y = x.clone()
    ring_all_reduce(x)  # @stepover @inspect x
    dist.all_reduce(y)  # @inspect y
    same = all_gather_rows(x)  # @stepover
    assert all(torch.equal(row, x) for row in same)
    return (x - y).abs().max().item()


def how_long() -> None:
    text("## How long a message takes")
    text(
        "Two numbers are enough to a first approximation: every message has a **start-up time** $\\alpha$, and then "
        f"each byte costs $\\beta$ ({cite(ref.THAKUR_2005)}):"
    )  # @stepover
    text("$$t(S) = \\alpha + \\beta S.$$")
    text("Measured here, now: all-reduces of four ranks, from a kilobyte to sixteen megabytes, the fastest of several.")
    sizes = [KB << power for power in range(0, 15, 2)]
    seconds = on_ranks(time_all_reduce, sizes)[0]  # @stepover @inspect seconds
    line = fit_line(sizes, seconds)  # @stepover @inspect line.latency line.bandwidth line.half_size
    rows = []
    for size, took in zip(sizes, seconds, strict=True):
        rows.append({"kilobytes": size // KB, "milliseconds": 1000 * took, "what": "measured"})
        rows.append(
            {"kilobytes": size // KB, "milliseconds": 1000 * line.seconds(size), "what": "α + β·S"}
        )  # @stepover
    plot(
        line_chart(rows, x="kilobytes", y="milliseconds", color="what", log_x=True, log_y=True),
        alt="Time over size, both logarithmic: flat for small messages, then in proportion; the fitted line follows.",
    )  # @stepover
    text(
        f"$\\alpha$ = **{1e6 * line.latency:.0f} µs**, and $1/\\beta$ = **{line.bandwidth / 1e6:.0f} MB/s**. Below "
        f"{line.half_size / KB:.0f} KB, where both parts are equal, one mostly pays for starting. To compare networks, "
        "what counts is how many bytes went over each link. For a ring that is $2(n-1)/n$ of the tensor, and their "
        "rate is called *bus bandwidth*:"
    )
    carried = ring_bytes(WORLD, sizes[-1])  # bytes that a rank sent for the largest @stepover @inspect carried
    bus = carried / seconds[-1]  # bytes a second @inspect bus
    slower = LINKS["NVLink 4"].bandwidth / bus  # @inspect slower
    text(
        f"{bus / 1e9:.2f} GB/s, here, through *{best_backend(WORLD)}*. NVLink, on paper, can do **{slower:,.0f} times** that."
    )
    quiz(
        "A model has 400 parameter tensors, most of them small. Their gradients are to be summed over the ranks. One "
        "message each, or copy them into one long tensor first?",
        ["one each, copying costs time", "copy first", "no difference, the bytes are the same"],
        answer="copy first",
        why="The bytes are the same, but 400 start-up times are not one.",
    )
    each = 400 * line.seconds(4 * KB)  # seconds, for tensors of 1,024 numbers @stepover @inspect each
    together = line.seconds(400 * 4 * KB)  # @stepover @inspect together
    text(
        f"By the line above: {1000 * each:.0f} ms against {1000 * together:.1f} ms. Such long tensors are called *buckets*."
    )
    text("### On real wires")
    count = sum(parameters(LLAMA).values())  # @stepover
    rows = []
    for name in ("NVLink 4", "InfiniBand NDR", "Ethernet, 10 Gb/s"):
        sent = ring_bytes(8, 2 * count)  # its gradients in bfloat16, over eight ranks @stepover @inspect sent
        rows.append({"over": name, "GB sent by each": round(sent / GB), "s": round(sent / LINKS[name].bandwidth, 1)})
    table(rows, caption="One all-reduce of the gradients of Llama-3-70B over eight ranks, at the published speeds.")
    text(
        "Once in every step. Half a second is nothing beside a step of ten seconds; five seconds are half of it; "
        "three minutes are the end of the idea. Hence the interest in what follows: sending *less*, sending it "
        "*meanwhile*, and sending it where the wires are *short*."
    )


def time_all_reduce(sizes: list[int]) -> list[float]:
    best = []
    for size in sizes:
        x = torch.ones(size // 4)
        best.append(fastest(lambda x=x: dist.all_reduce(x)))  # @stepover @inspect size best
    return best


def fastest(collective: Callable[[], Any], turns: int = 12) -> float:
    """Seconds that it takes at best, if all ranks begin together."""
    took = []
    for _ in range(turns + 1):  # one more: the first one makes connections
        dist.barrier()
        wait_for_device()
        start = time.perf_counter()
        collective()
        wait_for_device()
        took.append(time.perf_counter() - start)
    return min(took[1:])


def wait_for_device() -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def data_parallel() -> None:
    text("## Data parallel: cut the batch")
    text(
        "The simplest cut. Every rank has the *whole* model, and its own part of the batch. The gradient of a mean "
        "over the batch is the mean of the gradients of its parts, so the ranks average their gradients, and then "
        "each takes the same step. All stay the same for ever."
    )
    code(average_gradients, caption="All there is to it, from lectures/lm/parallel/data.py.")
    text("On each rank: the whole batch on one process first, to compare; then its quarter, and the average.")
    differences = on_ranks(quarter_of_the_batch)  # @stepover @inspect differences
    assert max(differences) < 1e-6
    text(
        f"The largest difference to the gradient of one process is **{max(differences):.0e}**. With the ranks side by "
        "side you can see that `before` differs on all four, and that `gradient`, after the average, does not."
    )
    quiz(
        "The parts of the batch were equally large. Suppose rank 3 has only half as many examples as the others. The "
        "mean of the four gradients is…",
        ["still the gradient of the whole batch", "wrong: rank 3's examples count twice"],
        answer="wrong: rank 3's examples count twice",
        why="A mean of means is the mean only if all parts are equally large. With sequences of many lengths, sum the "
        "losses and divide by the number of tokens of *all* ranks.",
    )


def network(width: int = 16, depth: int = 3) -> nn.Sequential:
    torch.manual_seed(1)  # the same on all ranks
    layers = [layer for _ in range(depth) for layer in (nn.Linear(width, width), nn.Tanh())]
    return nn.Sequential(*layers)


def examples(count: int = 32, width: int = 16) -> tuple[Tensor, Tensor]:
    torch.manual_seed(2)
    x = torch.randn(count, width)
    return x, x.flip(-1)


def quarter_of_the_batch() -> float:
    rank, size = rank_and_size()  # @stepover
    x, y = examples()  # @stepover
    alone = network()  # @stepover
    F.mse_loss(alone(x), y).backward()

    model = network()  # @stepover
    ours, wanted = x.chunk(size)[rank], y.chunk(size)[rank]  # @inspect ours.shape
    loss = F.mse_loss(model(ours), wanted)  # @inspect loss
    loss.backward()
    gradient = model[0].weight.grad
    before = gradient.clone()  # @inspect before
    average_gradients(model)  # @inspect gradient
    assert not torch.equal(before, gradient)
    off = largest_difference(gradients(model), gradients(alone))  # @stepover @inspect off
    return off


def gradients(module: nn.Module) -> list[Tensor]:
    return [parameter.grad for parameter in module.parameters() if parameter.grad is not None]


def largest_difference(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    return max((a - b).abs().max().item() for a, b in zip(ours, theirs, strict=True))


def overlapping() -> None:
    text("### Meanwhile")
    text(
        "The backward pass ends with the first layer. The gradients of the *last* layer were ready long before, and could "
        f"have been on their way. So put gradients into buckets, the last layers first, and send a bucket as soon "
        f"as it is full, while the backward pass goes on ({cite(ref.LI_2020)}). Three ways, the same numbers:"
    )  # @stepover
    text(
        "*What the bars are.* Six layers of a million parameters each. Four ranks on a laptop share its cores, so "
        "computing and sending would fight for them. Therefore each layer takes, by *waiting*, "
        f"{1000 * 2 * PACE:.0f} ms for its backward pass, as if a device of its own did it; messages and their "
        "times are real."
    )
    ways = ["one by one", "buckets", "meanwhile"]
    seen = on_ranks(steps_in_time, ways)[0]  # @stepover
    spans = [span for way in ways for span in seen[way][0]]  # @stepover
    took = {way: max(span["end"] for span in seen[way][0]) for way in ways}  # ms @inspect took
    plot(
        work_chart(spans, height=230),
        alt="Rank 0, three ways: the backward passes of six layers in time, and the messages, after them or beside them.",
    )  # @stepover
    assert max(off for _, off in seen.values()) < 1e-5
    computing = 6 * 2 * PACE * 1000  # ms @inspect computing
    waiting = took["buckets"] - computing  # @inspect waiting
    left = max(0.0, took["meanwhile"] - computing)  # @inspect left
    text(
        f"From the loss to the last average: {took['one by one']:.0f} ms with a message for each parameter, "
        f"{took['buckets']:.0f} with buckets, **{took['meanwhile']:.0f}** with buckets that go out meanwhile. The "
        f"backward pass alone takes {computing:.0f}. So messages cost {waiting:.0f} ms when they wait for its end, and "
        f"{left:.0f} ms when they do not. Only the *last* bucket can never hide, since nothing is left to compute: it had "
        "better not be large."
        + (
            "\n\nNothing was won this time: the machine had other work, and a step waits for the slowest rank. Run the lecture "
            "again when it is quiet."
            if took["meanwhile"] >= took["buckets"]
            else ""
        )
    )
    quiz(
        "On rank 1 the gradients of layer 2 happen to be ready before those of layer 3. May it send them first?",
        ["yes, whatever is ready", "no"],
        answer="no",
        why="Collectives meet in the order in which they are called. If rank 0 sends layer 3 while rank 1 sends layer 2, "
        "they are summed into each other, or both wait for ever. Buckets go out in one order on all ranks.",
    )


PACE = 0.010
"""Seconds of a layer's forward pass, where layers are paced; the backward pass takes twice as long."""


class Paced(nn.Module):  # type: ignore[misc]
    """A layer that takes a given time by waiting, as the host does while a device computes."""

    def __init__(self, layer: nn.Module, seconds: float = PACE) -> None:
        super().__init__()
        self.layer, self.seconds = layer, seconds

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = Wait.apply(self.layer(x), self.seconds)
        return y


class Wait(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(context: Any, x: Tensor, seconds: float) -> Tensor:
        context.seconds = seconds
        time.sleep(seconds)
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        time.sleep(2 * context.seconds)
        return gradient, None


def steps_in_time(ways: list[str]) -> dict[str, tuple[Rows, float]]:
    found = {}
    for way in ways:
        found[way] = step_in_time(way)  # @stepover @inspect way
    return found


def step_in_time(way: str, width: int = 1024, depth: int = 6) -> tuple[Rows, float]:
    """Who did what when in a backward pass, in ms from its start; and how far its gradients are from those of one process."""
    rank, size = rank_and_size()
    alone, (x, y) = network(width, depth), examples(32, width)
    F.mse_loss(alone(x), y).backward()
    layers = network(width, depth)
    model = nn.Sequential(*(Paced(layer) if isinstance(layer, nn.Linear) else layer for layer in layers))
    ready: list[float] = []
    for layer in layers[::2]:
        layer.weight.register_post_accumulate_grad_hook(lambda _: ready.append(time.time()))
    ddp = DDP(model, bucket_bytes=9e6, overlap=way == "meanwhile") if way != "one by one" else None
    best: Rows = []
    for _ in range(4):  # the quickest counts: other programs want the processor, too
        ready.clear()
        model.zero_grad()
        loss = F.mse_loss((ddp or model)(x.chunk(size)[rank]), y.chunk(size)[rank])
        dist.barrier()
        start = time.time()
        loss.backward()
        if ddp:
            ddp.synchronize()
            sent = [(in_words(message.nbytes), message.start, message.end) for message in ddp.messages]
        else:
            sent = one_by_one(model)
        done = [(str(depth - i), *times) for i, times in enumerate(zip([start, *ready], ready, strict=False))]
        spans = [
            {
                "place": f"{way}: {what}",
                "kind": kind,
                "name": name,
                "start": 1e3 * (begin - start),
                "end": 1e3 * (end - start),
            }
            for what, kind, some in (("layers", "computes", done), ("messages", "all-reduce", sent))
            for name, begin, end in some
        ]
        best = min((spans, best), key=lambda spans: max((span["end"] for span in spans), default=float("inf")))
    return best, largest_difference(gradients(model), gradients(alone))


def one_by_one(model: nn.Module) -> list[tuple[str, float, float]]:
    """As `average_gradients`, with the times of its messages."""
    sent = []
    for parameter in model.parameters():
        begin = time.time()
        dist.all_reduce(parameter.grad)
        parameter.grad /= dist.get_world_size()
        sent.append((in_words(parameter.nbytes), begin, time.time()))
    return sent


def in_words(size: int) -> str:
    return f"{size / MB:.0f} MB" if size >= MB else f"{size / KB:.0f} KB"


def sharding() -> None:
    text("## Sharding: hold everything once")
    text(
        "Data parallel buys time, and no memory at all: four ranks hold four copies of everything. Of the 16 bytes for a "
        "parameter, the optimizer has most, and each rank updates the same numbers in the same way. What a waste. "
        f"Let each rank do a quarter of it ({cite(ref.RAJBHANDARI_2019)}):"
    )  # @stepover
    text(
        "- **Stage 1** (ZeRO-1): each rank has the *optimizer's state* of its quarter of the parameters, updates that, and "
        "the new quarters go round.\n"
        "- **Stage 2**: it also keeps only its quarter of the *gradients*.\n"
        "- **Stage 3** (FSDP): it keeps only its quarter of the *parameters*, too. Whole ones are there only while a "
        f"layer runs ({cite(ref.ZHAO_2023)})."
    )  # @stepover
    text("With $P$ parameters in `float32` on $n$ ranks, AdamW, in bytes:")
    text(
        "$$\\text{stage 0: } 16P \\qquad \\text{1: } 8P + \\tfrac{8P}{n} \\qquad \\text{2: } 4P + \\tfrac{12P}{n} "
        "\\qquad \\text{3: } \\tfrac{16P}{n}$$"
    )
    text(
        "A small transformer now trains for three steps in each stage, on four ranks. Each rank counts the memory "
        "behind its parameters, gradients and optimizer state, and compares its parameters with those of one "
        "process that saw the whole batch:"
    )
    rows, bars = [], []
    for stage in (0, 1, 2, 3):
        results = on_ranks(train_sharded, stage)  # @stepover
        held, count, off, peak = results[0]  # of rank 0 @inspect stage held.total off
        formula = zero_memory(count, WORLD, stage)  # @stepover @inspect formula.total
        assert max(result[2] for result in results) < 1e-4
        rows.append(
            {
                "stage": stage,
                "parameters": kilobytes(held.parameters),
                "gradients": kilobytes(held.gradients),
                "optimizer": kilobytes(held.optimizer),
                "measured": kilobytes(held.total),
                "formula": kilobytes(formula.total),
                "ratio": round(held.total / formula.total, 4),
                "off by": f"{off:.0e}",
            }
        )  # @stepover @inspect rows[-1]
        bars += memory_bars(stage, held, formula)  # @stepover
    table(
        rows,
        caption=f"What rank 0 holds after training, in KB; {count:,} parameters, {WORLD} ranks. Off by: from one process.",
    )  # @stepover
    plot(
        bar_chart(bars, x="stage", y="KB", color="part", horizontal=True),
        alt="Stacked bars, measured and by formula, for four stages: they agree, and shrink from 16 to 4 bytes a parameter.",
    )  # @stepover
    text(
        "To the byte. (What is not in it: activations; in stage 1 the shard of averaged gradients that exists "
        f"during `step`; and in stage 3 the layer that is whole just now. At most {kilobytes(peak):,} KB of parameters were, of "
        f"{kilobytes(4 * count):,} in all.)"
    )
    text("### What does it cost?")
    quiz(
        "Stage 2 needs each rank to have the sum of *its* gradients, and afterwards everybody's new parameters. How many "
        "bytes does a rank send, compared with the all-reduce of plain data parallel?",
        ["half", "the same", "one and a half times", "twice"],
        answer="the same",
        why="Reduce-scatter, then all-gather: those are the two halves of an all-reduce. The optimizer moved in between.",
    )
    rows = []
    for name, halves in (("data parallel", 2), ("stages 1 and 2", 2), ("stage 3", 3)):
        sent = halves * (WORLD - 1) / WORLD  # in units of the parameters @inspect sent
        rows.append({"way": name, "halves of an all-reduce": halves, "parameters sent by a rank": sent})
    table(
        rows, caption="Per step. Stage 3 gathers parameters twice, forward and backward, and scatters gradients once."
    )
    text(
        "Stages 1 and 2 are *free*: memory for nothing. Stage 3 costs half as much again, and hides it by gathering "
        "the next layer while this one runs. In mixed precision (2 + 2 + 12 bytes), for real models:"
    )
    rows = []
    for name in ("Llama-3-8B", "Llama-3-70B", "Llama-3.1-405B"):
        count = sum(parameters(PUBLISHED[name]).values())  # @stepover
        row: Row = {"model": name}
        for stage in (0, 1, 2, 3):
            gigabytes = mixed_memory(count, 64, stage) / GB  # @stepover
            row[f"stage {stage}"] = f"{gigabytes:,.0f}" + (" ✓" if gigabytes * GB < H100.memory else "")
        rows.append(row)  # @inspect row
    table(rows, caption="GB on each of 64 ranks, without activations. ✓: less than the 80 GB of an H100.")
    paper = [round(mixed_memory(7.5e9, 64, stage) / GB, 1) for stage in (0, 1, 2, 3)]  # @stepover @inspect paper
    assert paper == [120.0, 31.4, 16.6, 1.9]
    text(
        f"(For 7.5 billion parameters on 64 ranks, the example of the paper, the formula says {paper}, as the paper does.)"
    )


def mixed_memory(count: float, size: int, stage: int) -> float:
    return zero_memory(count, size, stage, parameter_bytes=2, gradient_bytes=2, optimizer_bytes=12).total


def kilobytes(size: float) -> int:
    return round(size / KB)


def memory_bars(stage: int, held: Held, formula: Held) -> Rows:
    return [
        {"stage": f"{stage}, {which}", "KB": getattr(one, part) / KB, "part": part}
        for which, one in (("measured", held), ("formula", formula))
        for part in ("parameters", "gradients", "optimizer")
    ]


OPTIONS = {"lr": 1e-3, "weight_decay": 0.1}


def train_sharded(stage: Stage, steps: int = 3) -> tuple[Held, int, float, float]:
    """What this rank holds after training; the model's parameters; how far they are from one process's; the most whole bytes."""
    rank, size = rank_and_size()  # @stepover
    expected = trained_alone(steps)  # @stepover
    whole = language_model()  # @stepover
    count = count_parameters(whole)  # @stepover @inspect count
    model, optimizer = started(whole, stage)  # @stepover
    for step in range(steps):
        optimizer.zero_grad()  # @stepover
        mine = tokens(step).chunk(size)[rank]  # @stepover @inspect mine.shape
        token_loss(model, mine).backward()  # @stepover
        if stage in (0, 2):  # the others do it in their step, or have done it
            (model if stage == 0 else optimizer).synchronize()  # @stepover
        held = memory_now(model, optimizer)  # @stepover @inspect held.gradients
        gradient_bytes = held.gradients
        optimizer.step()  # @stepover
    held = memory_now(model, optimizer)  # @stepover
    held = Held(held.parameters, gradient_bytes, held.optimizer)  # @stepover @inspect held
    state = model.full_state_dict() if isinstance(model, FSDP) else whole.state_dict()  # @stepover
    off = largest_difference([state[name] for name in expected], list(expected.values()))  # @stepover @inspect off
    return held, count, off, model.account.bytes_most if isinstance(model, FSDP) else 4 * count


def started(whole: TransformerLM, stage: Stage) -> tuple[nn.Module, Any]:
    """What is to be called, and its optimizer."""
    if stage == 0:
        return DDP(whole), AdamW(whole.parameters(), **OPTIONS)
    if stage == 3:
        model = FSDP(whole, units=whole.layers)
        return model, AdamW(model.parameters(), **OPTIONS)
    return whole, ShardedOptimizer(whole.parameters(), AdamW, stage=stage, **OPTIONS)


def memory_now(model: nn.Module, optimizer: Any) -> Held:
    if isinstance(optimizer, ShardedOptimizer):
        shards = [shard.grad for shard in optimizer.shards.values()] if optimizer.stage == 2 else []
        return held_bytes(model.parameters(), optimizer.optimizer, shards)
    return held_bytes(model.parameters(), optimizer)


def language_model() -> TransformerLM:
    torch.manual_seed(3)
    return TransformerLM(vocab_size=64, context_length=16, d_model=64, num_layers=4, num_heads=4, d_ff=192)


def tokens(step: int) -> Tensor:
    torch.manual_seed(100 + step)
    return torch.randint(64, (8, 17))


def token_loss(model: nn.Module, ids: Tensor) -> Tensor:
    return F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())


def trained_alone(steps: int) -> dict[str, Tensor]:
    """What one process comes to with the whole batch."""
    model = language_model()
    optimizer = AdamW(model.parameters(), **OPTIONS)
    for step in range(steps):
        optimizer.zero_grad()
        token_loss(model, tokens(step)).backward()
        optimizer.step()
    state: dict[str, Tensor] = model.state_dict()
    return state


def tensor_parallel() -> None:
    text("## Tensor parallel: cut the matrices")
    text(
        "Sharding cuts what is *stored*; every rank still computes with whole matrices. **Tensor parallel** cuts the "
        "computation. All ranks work on the same batch, each with a part of every matrix. Where to cut? A feed-forward "
        f"network is $Y = f(X W_1)\\,W_2$ ({cite(ref.SHOEYBI_2019)}):"
    )  # @stepover
    image(
        cut_matrices(
            {"X": (8, 6), "W₁": (6, 12), "f(X W₁)": (8, 12), "W₂": (12, 6), "Y": (8, 6)},
            {"W₁": "columns", "f(X W₁)": "columns", "W₂": "rows"},
            WORLD,
            ["×", "→", "×", "Σ"],
        ),
        alt="X is whole, W₁ is cut by columns, so is what comes out of it, W₂ by rows; the sum over the ranks is Y.",
    )  # @stepover
    text(
        "First by columns: each rank gets some hidden units, *whole*, so $f$ can be applied without asking anybody. Then by "
        "rows: each rank's hidden units meet their rows of $W_2$, and give a part of a sum. One all-reduce at the end."
    )
    quiz(
        "Why not cut $W_1$ by rows, too?",
        answer="Then each rank had a part of a *sum* before $f$, and $f$ of a sum is not the sum of the $f$s. It would "
        "take an all-reduce in the middle.",
    )
    results = on_ranks(quarter_of_the_width)  # @stepover
    offs = [off for off, _ in results]  # output, gradients of input and weights: the largest difference @inspect offs
    shapes = results[0][1]  # @inspect shapes
    assert max(offs) < 1e-5
    text(
        f"Outputs and gradients are those of one process, to {max(offs):.0e}. A rank has {shapes['w1']} of $W_1$ and "
        f"{shapes['w2']} of $W_2$, a quarter each. Attention is cut in the same way, by heads. In all, a "
        "transformer layer has **four all-reduces** of its activations: two forward, two backward. Nobody can go on before "
        "each is through. This is the most talkative of all cuts, and it stays within a server."
    )


def quarter_of_the_width() -> tuple[float, dict[str, tuple[int, ...]]]:
    rank, size = rank_and_size()  # @stepover
    torch.manual_seed(4)
    whole = FeedForward(8, 16)  # @stepover
    x = torch.randn(2, 8, 8)  # batch, time, d_model @inspect x.shape
    x_alone, x_cut = x.clone().requires_grad_(), x.clone().requires_grad_()
    y_alone = whole(x_alone)  # @stepover
    y_alone.square().sum().backward()

    model = TensorParallelMLP(whole)  # @stepover @inspect model.w1.weight.shape model.w2.weight.shape
    y = model(x_cut)  # @inspect y
    y.square().sum().backward()  # @stepover
    pairs = [
        (y, y_alone),
        (x_cut.grad, x_alone.grad),
        (model.w1.weight.grad, whole.w1.weight.grad.chunk(size)[rank]),
        (model.w2.weight.grad, whole.w2.weight.grad.chunk(size, dim=1)[rank]),
    ]
    off = largest_difference(*zip(*pairs, strict=True))  # @stepover @inspect off
    return off, {"w1": tuple(model.w1.weight.shape), "w2": tuple(model.w2.weight.shape)}


def sequence_parallel() -> None:
    text("### And what lies between: sequence parallel")
    text(
        "Between the cut matrices stand norms and residuals. They are not cut: every rank computes and keeps the same "
        "activations. But each token is normalized by itself, so there one can cut along the **sequence** "
        f"({cite(ref.KORTHIKANTI_2022)}). The all-reduce comes apart again: *all-gather* the stretches before the matrices, "
        "*reduce-scatter* after them. The same bytes, and nothing is held twice."
    )  # @stepover
    results = on_ranks(quarter_of_the_sequence)  # @stepover
    offs = [off for off, _ in results]  # @inspect offs
    assert max(offs) < 1e-5
    text(
        f"Each rank took and gave {results[0][1]} instead of (2, 8, 8), and all are right to {max(offs):.0e}. What it saves is "
        "memory for activations. Per layer, in bytes, for $s$ tokens of width $h$ on $t$ ranks, attention scores "
        "recomputed: $34sh$ whole, $sh(10 + 24/t)$ tensor parallel, $34sh/t$ with the sequence cut as well."
    )
    rows = []
    for ranks in (1, 2, 4, 8):
        unit = LLAMA.num_layers * 8192 * LLAMA.d_model / GB  # s·h of all layers, one sequence of 8,192 @inspect unit
        rows += [
            {"ranks": ranks, "GB of activations": unit * (10 + 24 / ranks), "cut": "tensor"},
            {"ranks": ranks, "GB of activations": unit * 34 / ranks, "cut": "tensor and sequence"},
        ]
    plot(
        line_chart(rows, x="ranks", y="GB of activations", color="cut", log_x=True),
        alt="From 182 GB at one rank both fall; tensor parallel alone levels off at 70, with the sequence cut it goes on to 23.",
    )  # @stepover
    text(
        "(Formulas of the paper, for GPT's layer; shapes of Llama-3-70B.) Where sequences are so long that *attention* "
        "does not fit, its keys and values can go round a ring as the chunks did above, while each rank works on its "
        f"stretch of queries: context parallel, or ring attention ({cite(ref.LIU_2023)})."
    )  # @stepover


def quarter_of_the_sequence() -> tuple[float, tuple[int, ...]]:
    rank, size = rank_and_size()  # @stepover
    torch.manual_seed(4)
    whole = FeedForward(8, 16)  # @stepover
    x = torch.randn(2, 8, 8)  # batch, time, d_model
    y_alone = whole(x)  # @stepover
    model = TensorParallelMLP(whole, sequence_parallel=True)  # @stepover
    stretch = x.chunk(size, dim=1)[rank]  # @inspect stretch.shape
    y = model(stretch)  # @inspect y.shape
    off = largest_difference([y], [y_alone.chunk(size, dim=1)[rank]])  # @stepover @inspect off
    return off, tuple(y.shape)


def pipeline_parallel() -> None:
    text("## Pipeline parallel: cut the depth")
    text(
        "The most obvious cut comes late: layers 1 to 20 here, 21 to 40 there. Each rank is a **stage**; what is sent "
        "is one tensor of activations forward, and its gradient backward. Very little. The trouble is another: while "
        "stage 3 works, what do the others do? They wait. So the batch is cut into **microbatches**, and stage 0 begins with "
        f"the second while stage 1 has the first ({cite(ref.HUANG_2018)})."
    )  # @stepover
    quiz(
        "4 stages, 4 microbatches, all stages equally fast. What part of its time does a stage wait?",
        ["a quarter", "three sevenths", "three quarters"],
        answer="three sevenths",
        why="The last stage can begin after three others have had the first microbatch, and the first one has to wait for "
        "three backward at the end: $(p-1)$ of $(m+p-1)$ turns.",
    )
    text(
        "The **bubble**, with $p$ stages and $m$ microbatches: $\\frac{p-1}{m+p-1}$. Now for real. The layers are paced "
        f"again: {1000 * STAGE_PACE:.0f} ms forward, twice that backward. Each stage notes when it worked."
    )
    cases: list[tuple[Schedule, int]] = [
        (schedule, count) for schedule in ("gpipe", "1f1b") for count in (2, 4, 8, 16)
    ]  # @stepover
    stages = on_ranks(pipelines, cases)  # @stepover
    found = {case: [one[case] for one in stages] for case in cases}  # by case, then by stage @stepover
    works = all_works(found["gpipe", 4])  # @stepover
    plot(
        work_chart(as_spans(works), height=150),
        alt="GPipe: four stages in time, four microbatches forward, then all backward, with gaps at both ends.",
    )  # @stepover
    idle = bubble(works)  # @stepover @inspect idle
    kept = [stage.most_kept for stage in found["gpipe", 4]]  # microbatches @stepover @inspect kept
    text(
        f"*GPipe*, measured: a bubble of **{idle:.1%}**. The stages keep the activations of up to {kept} microbatches."
    )
    works = all_works(found["1f1b", 4])  # @stepover
    plot(
        work_chart(as_spans(works), height=150),
        alt="1F1B: four stages in time; forward and backward take turns as soon as the last stage has begun.",
    )  # @stepover
    idle = bubble(works)  # @stepover @inspect idle
    kept = [stage.most_kept for stage in found["1f1b", 4]]  # @stepover @inspect kept
    text(f"*1F1B*, measured: a bubble of **{idle:.1%}**, and up to {kept} microbatches.")
    text(
        "Both wait equally long. **1F1B** (one forward, one backward) goes backward as soon as it can "
        f"({cite(ref.NARAYANAN_2021)}). That saves no time, but memory: stage 3 never keeps more than one microbatch, while "
        "GPipe keeps them all. More microbatches, smaller bubble, and with 1F1B the memory does not grow:"
    )  # @stepover
    rows, curve = [], []
    for count in (2, 4, 8, 16):
        predicted = (WORLD - 1) / (count + WORLD - 1)  # @inspect count predicted
        measured = {schedule: bubble(all_works(found[schedule, count])) for schedule in ("gpipe", "1f1b")}  # @stepover
        kept_by = {
            schedule: max(stage.most_kept for stage in found[schedule, count]) for schedule in ("gpipe", "1f1b")
        }  # @stepover @inspect measured kept_by
        rows.append(
            {
                "microbatches": count,
                "predicted": f"{predicted:.1%}",
                "GPipe": f"{measured['gpipe']:.1%}",
                "1F1B": f"{measured['1f1b']:.1%}",
                "kept, GPipe": kept_by["gpipe"],
                "kept, 1F1B": kept_by["1f1b"],
            }
        )  # @stepover
        curve += [
            {"microbatches": count, "bubble (%)": 100 * share, "what": what}
            for what, share in (("(p−1)/(m+p−1)", predicted), ("GPipe", measured["gpipe"]), ("1F1B", measured["1f1b"]))
        ]  # @stepover
    table(
        rows, caption="The bubble of four stages, predicted and measured, and the most microbatches that a stage kept."
    )
    plot(
        line_chart(curve, x="microbatches", y="bubble (%)", color="what", log_x=True),
        alt="The bubble falls from 60 % at two microbatches to 16 % at sixteen; both schedules lie above the formula.",
    )  # @stepover
    assert all(bubble(timetable(schedule, 4, 8)) - 3 / 11 < 1e-9 for schedule in ("gpipe", "1f1b"))  # @stepover
    offs = [stage.off for case in cases for stage in found[case]]  # @stepover
    assert max(offs) < 1e-5
    text(
        "What is measured beyond the formula is what it leaves out: the messages, and stages that are not equally fast. "
        f"And the gradients? Those of one process, in all eight runs, to {max(offs):.0e}."
    )
    quiz(
        "A pipeline of 16 stages is to wait at most a tenth of its time. How many microbatches does a batch need?",
        ["16", "64", "135", "256"],
        answer="135",
        why="$15 / (m + 15) \\le 0.1$ wants $m \\ge 135$. Deep pipelines eat batch size.",
    )


STAGE_PACE = 0.020


class Piped:
    """What a stage tells of a batch."""

    def __init__(self, runs: list[list[Work]], most_kept: int, off: float) -> None:
        self.runs, self.most_kept, self.off = runs, most_kept, off


def pipelines(cases: list[tuple[Schedule, int]]) -> dict[tuple[Schedule, int], Piped]:
    found = {}
    look_inside()
    for schedule, microbatches in cases:
        found[schedule, microbatches] = pipelined(schedule, microbatches)  # @stepover @inspect schedule microbatches
    return found


def look_inside() -> None:
    """The same with two microbatches, to be stepped through."""
    x, y = examples(8, 4)  # @stepover
    stage = split_layers(pipeline_layers(4, pace=0.0))  # this rank's layer @stepover @inspect stage
    pipeline = Pipeline(stage, F.mse_loss, microbatches=2, schedule="1f1b")  # @stepover @inspect pipeline.order
    pipeline.forward_backward(x, y)  # @inspect pipeline.most_kept


def pipeline_layers(width: int, pace: float = STAGE_PACE) -> list[nn.Module]:
    torch.manual_seed(5)
    return [Paced(nn.Sequential(nn.Linear(width, width), nn.Tanh()), pace) for _ in range(WORLD)]


def pipelined(schedule: Schedule, microbatches: int, width: int = 16) -> Piped:
    x, y = examples(32, width)
    alone = nn.Sequential(*pipeline_layers(width, pace=0.0))
    F.mse_loss(alone(x), y).backward()
    stage = split_layers(pipeline_layers(width))
    pipeline = Pipeline(stage, F.mse_loss, microbatches, schedule)
    runs = []
    for _ in range(2):
        stage.zero_grad()
        dist.barrier()
        pipeline.forward_backward(x, y)
        runs.append(pipeline.works)
    off = largest_difference(gradients(stage), gradients(alone[dist.get_rank()]))
    return Piped(runs, pipeline.most_kept, off)


def all_works(stages: Sequence[Piped]) -> list[Work]:
    """What all stages did in the quickest of the runs: other programs want the processor, too."""
    runs = [[work for stage in stages for work in stage.runs[turn]] for turn in range(len(stages[0].runs))]
    return min(runs, key=lambda works: max(work.end for work in works) - min(work.start for work in works))


def as_spans(works: Sequence[Work]) -> Rows:
    """In milliseconds from the first start, a row for each stage."""
    first = min(work.start for work in works)
    return [
        {
            "place": f"stage {work.stage}",
            "kind": "forward" if work.kind == "F" else "backward",
            "name": str(work.microbatch),
            "start": 1000 * (work.start - first),
            "end": 1000 * (work.end - first),
        }
        for work in works
    ]


def expert_parallel() -> None:
    text("## Expert parallel: cut the experts")
    text(
        "In a **mixture of experts** a layer has many feed-forward networks, and a small *router* chooses two of them "
        f"for each token ({cite(ref.SHAZEER_2017)}). Parameters grow, FLOPs do not. The experts are the natural place "
        "to cut: each rank has some of them, and its own part of the batch. Tokens travel to their experts and back: "
        f"two all-to-alls ({cite(ref.LEPIKHIN_2020)}). Unlike all collectives so far, *nobody knows the sizes beforehand*."
    )  # @stepover
    results = on_ranks(quarter_of_the_experts)  # @stepover
    offs = [off for _, off in results]  # @inspect offs
    assert max(offs) < 1e-5
    loads = [load for load, _ in results]  # of each rank: tokens for each expert @inspect loads
    experts = len(loads[0])
    cells = [
        {"rank": rank, "expert": expert, "tokens": load[expert]}
        for rank, load in enumerate(loads)
        for expert in range(experts)
    ]  # @stepover
    plot(
        heat_chart(cells, x="expert", y="rank", value="tokens"),
        alt="Rows for ranks, columns for experts: how many of each rank's tokens went where; some experts get far more.",
    )  # @stepover
    text(
        f"The result is that of one process, to {max(offs):.0e}. Each rank had {EXPERT_TOKENS} tokens about a topic of its "
        f"own, and {2 * EXPERT_TOKENS} choices. Experts $2r$ and $2r + 1$ live on rank $r$, so this is what the "
        "all-to-all has to carry:"
    )
    sent = [
        [EXPERT_WIDTH * 4 * sum(load[2 * to : 2 * to + 2]) for to in range(WORLD)] for load in loads
    ]  # bytes, by sender and receiver @inspect sent
    cells = [
        {"from rank": rank, "to rank": to, "bytes": size}
        for rank, row in enumerate(sent)
        for to, size in enumerate(row)
    ]  # @stepover
    plot(
        heat_chart(cells, x="to rank", y="from rank", value="bytes"),
        alt="Four by four: bytes from each rank to each rank; the columns are not equally dark.",
    )  # @stepover
    came = [sum(row[to] for row in sent) for to in range(WORLD)]  # @inspect came
    most = max(came) * WORLD / sum(came)  # @inspect most
    text(
        f"The busiest rank gets **{most:.2f} times** its share, and everybody waits for it. That is why mixtures are "
        "trained with a loss that asks for balance, or with a bias that is turned against crowded experts, or with a "
        "capacity beyond which tokens are dropped."
    )
    quiz(
        "Every token goes to one expert only, and all go to experts on rank 2. How much faster are four ranks than one?",
        ["four times", "not at all"],
        answer="not at all",
        why="Rank 2 does everything, the others wait. Balance is not a nicety, it is the speed-up.",
    )


EXPERT_WIDTH, EXPERT_TOKENS = 16, 64


def quarter_of_the_experts() -> tuple[list[int], float]:
    rank, size = rank_and_size()  # @stepover
    torch.manual_seed(6)
    whole = MixtureOfExperts(EXPERT_WIDTH, 32, num_experts=2 * size, top_k=2)  # @stepover
    topics = torch.randn(size, EXPERT_WIDTH)
    around = torch.randn(size, EXPERT_TOKENS, EXPERT_WIDTH)
    mine = topics[rank] + around[rank]  # this rank's tokens @inspect mine.shape
    y_alone = whole(mine)  # all experts here @stepover
    model = ExpertParallel(copy.deepcopy(whole))  # two of them here @stepover @inspect len(model.experts)
    y = model(mine)  # @inspect y.shape model.load
    off = largest_difference([y], [y_alone])  # @stepover @inspect off
    return model.load.tolist(), off


def which_where() -> None:
    text("## Which, where?")
    text(
        "Put numbers on all of it. Llama-3-70B on 8 GPUs, a batch of 8 sequences of 8,192 tokens, activations and "
        "gradients in two bytes. What does each cut *alone* have to send, and how does that compare with computing?"
    )
    found = bill(LLAMA, ranks=8, sequences=8, length=8192)  # @stepover @inspect found[0]
    computing = compute_seconds(LLAMA, ranks=8, tokens_=8 * 8192)  # @stepover @inspect computing
    table(
        [
            {
                "cut": row["cut"],
                "GB held": round(row["held"] / GB),
                "GB sent": round(row["sent"] / GB, 1),
                "messages": row["messages"],
                "NVLink (s)": round(row["NVLink 4"], 2),
                "InfiniBand (s)": round(row["InfiniBand NDR"], 2),
                "while computing?": row["hides"],
            }
            for row in found
        ],
        caption=f"Per rank and step: training state, bytes sent, all at published speeds. Computing takes {computing:.1f} s at "
        f"{REACHED:.0%} of the peak.",
    )  # @stepover
    bars = [
        {"cut and wire": f"{row['cut']}, {wire.split()[0]}", "seconds": row[wire]}
        for row in found
        for wire in ("NVLink 4", "InfiniBand NDR")
    ] + [{"cut and wire": "(computing)", "seconds": computing}]  # @stepover
    plot(
        bar_chart(bars, x="cut and wire", y="seconds", horizontal=True),
        alt="Tensor parallel over InfiniBand takes longer than computing; pipeline hardly shows; data parallel lies between.",
    )  # @stepover
    worst = next(row for row in found if row["cut"] == "tensor")
    share = worst["InfiniBand NDR"] / computing  # @inspect share
    text(
        f"Tensor parallel over InfiniBand: {share:.1f} times as long as computing, and nothing to hide it behind. Within a "
        "server it is bearable. A pipeline hardly sends anything, and can go anywhere. Data parallel lies between, "
        "can be hidden, and has one more virtue: its bytes do not grow with the batch."
    )
    text("### Batch size is a resource")
    text(
        "Data parallel sends $2 \\cdot 2P$ bytes a step, and computes $6P$ FLOPs for each token. The parameters cancel. How "
        "many tokens must a rank have in a step, so that sending takes no longer than computing?"
    )
    needed = {}
    for name in ("NVLink 4", "InfiniBand NDR", "Ethernet, 10 Gb/s"):
        needed[name] = (4 / LINKS[name].bandwidth) / (6 / (REACHED * H100.bf16))  # tokens @inspect needed
    table(
        [{"over": name, "tokens for each rank": f"{count:,.0f}"} for name, count in needed.items()],
        caption=f"Any model, many H100s at {REACHED:.0%} of their peak.",
    )
    batch = 10_000 * needed["InfiniBand NDR"]  # tokens @inspect batch
    text(
        f"Whoever has ten thousand GPUs on InfiniBand needs **{batch / 1e6:.0f} million** tokens a step, if data parallel is all "
        "that they do. But beyond some batch size more examples hardly make a better step "
        f"({cite(ref.MCCANDLISH_2018)}). So the batch is *spent*: on data parallel, on microbatches against bubbles. When it "
        "is gone, the model has to be cut."
    )  # @stepover
    text("### The usual recipe")
    text(
        "1. Does it fit? If not, **shard** (stage 1 or 2 for nothing, stage 3 for half as much again).\n"
        "2. Still not, or the activations do not? **Tensor and sequence parallel**, up to the 8 GPUs of a server, not "
        "beyond.\n"
        "3. Still not? **Pipeline** between servers, with many microbatches.\n"
        "4. Experts? **Expert parallel**, where the wires are short.\n"
        "5. Everything that is left: **data parallel**, until the batch is spent."
    )


def compute_seconds(shape: ModelShape, ranks: int, tokens_: int) -> float:
    return 6 * sum(parameters(shape).values()) * tokens_ / ranks / (REACHED * H100.bf16)


def bill(shape: ModelShape, ranks: int, sequences: int, length: int) -> Rows:
    """What each way of cutting, alone, holds and sends on a rank in one step; and how long that takes at published speeds.

    Bytes: two for each parameter, gradient and activation that is sent; rings everywhere.
    """
    count = sum(parameters(shape).values())
    share = (ranks - 1) / ranks
    weights = 2 * count
    activations = 2 * sequences * length * shape.d_model  # of the whole batch, at one place of the model
    state, layers = 16 * count, shape.num_layers
    ways = [
        ("data", state, 2 * share * weights, 1, "yes"),
        ("data, stage 3", state / ranks, 3 * share * weights, 3 * layers, "yes"),
        ("tensor", state / ranks, 4 * layers * 2 * share * activations, 4 * layers, "no"),
        ("pipeline", state / ranks, 2 * activations, 2 * sequences, "yes"),
    ]
    return [
        {
            "cut": cut,
            "held": held,
            "sent": sent,
            "messages": messages,
            "hides": hides,
            **{name: sent / LINKS[name].bandwidth for name in ("NVLink 4", "InfiniBand NDR")},
        }
        for cut, held, sent, messages, hides in ways
    ]


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **A collective in an `if`.** `if rank == 0: dist.all_reduce(x)` waits for ever. So does a rank that has one batch "
        "less, or that skips a step whose loss is not finite.\n"
        "- **Another order.** Two ranks that call the same collectives in another order exchange the wrong tensors, and "
        "if the shapes happen to agree, *nobody notices*.\n"
        "- **The same seed everywhere** draws the same examples and the same dropout on all ranks; *different* seeds "
        "make different models, unless one is broadcast.\n"
        "- **A mean of means** over parts of different sizes.\n"
        "- **Clipping by the norm of a shard.** The norm is that of all shards: an all-reduce of one number.\n"
        "- **The slowest rank.** Everybody waits for it: a loader that stalls, a hot GPU, a crowded expert.\n"
        "- **Timing one rank.** It says how long it waited, not who was late. Look at all lanes.\n"
        "- **Touching a tensor that is on its way.** After `async_op=True` it is not yours until `wait()`."
    )
    quiz(
        "A run on 64 ranks hangs after some hours, without an error. Where do you look first?",
        ["at the loss", "at which collective each rank is in", "at the memory"],
        answer="at which collective each rank is in",
        why="63 of them are in one call, and one is somewhere else: that one has the bug. The ranks' pane shows just that.",
    )


def summing_up() -> None:
    text("## What to remember")
    text(
        "- All-reduce = reduce-scatter + all-gather. ZeRO puts the optimizer in between.\n"
        "- A ring sends $2(n-1)/n$ of the tensor, however many ranks there are.\n"
        "- $\\alpha + \\beta S$: fewer, larger messages; buckets.\n"
        "- Bytes a parameter: 16, $8 + 8/n$, $4 + 12/n$, $16/n$ in the four stages, and measured just so.\n"
        "- Tensor: four all-reduces of activations a layer; within a server. By columns, then by rows.\n"
        "- Pipeline: bubble $(p-1)/(m+p-1)$. 1F1B saves memory, not time.\n"
        "- Experts: two all-to-alls, and balance is the speed-up.\n"
        "- Batch size is spent on data parallel and on microbatches. Then the model has to be cut."
    )
    text("What is cut, what is sent, and how it hangs together:")
    graph(
        make_graph(
            [
                {"id": "batch", "label": "the batch", "x": 60, "y": 30},
                {"id": "state", "label": "the state", "x": 60, "y": 90},
                {"id": "width", "label": "the width", "x": 60, "y": 150},
                {"id": "sequence", "label": "the sequence", "x": 60, "y": 210},
                {"id": "depth", "label": "the depth", "x": 60, "y": 270},
                {"id": "experts", "label": "the experts", "x": 60, "y": 330},
                {"id": "all_reduce", "label": "all-reduce", "x": 300, "y": 60},
                {"id": "halves", "label": "its two halves", "x": 300, "y": 150},
                {"id": "send", "label": "send, receive", "x": 300, "y": 270},
                {"id": "all_to_all", "label": "all-to-all", "x": 300, "y": 330},
            ],
            [
                ("batch", "all_reduce", "gradients"),
                ("state", "halves", "gradients, parameters"),
                ("width", "all_reduce", "activations"),
                ("sequence", "halves", "activations"),
                ("depth", "send", "activations"),
                ("experts", "all_to_all", "tokens"),
                ("all_reduce", "halves", "is"),
            ],
            width=370,
            height=360,
        )
    )  # @stepover
    text("The library that the ranks ran is short, and made to be read:")
    link(ring_all_reduce)
    link(DDP)
    link(ShardedOptimizer)
    link(FSDP)
    link(Pipeline)
    link(ExpertParallel)
    text("And the papers:")
    for paper in (
        ref.PATARASUK_2009,
        ref.LI_2020,
        ref.RAJBHANDARI_2019,
        ref.ZHAO_2023,
        ref.SHOEYBI_2019,
        ref.KORTHIKANTI_2022,
        ref.HUANG_2018,
        ref.NARAYANAN_2021,
        ref.LEPIKHIN_2020,
        ref.LIU_2023,
    ):
        link(paper)
    text(
        "**Try it.** Put `if dist.get_rank() != 3:` before the `all_reduce` of `every_collective`, and look at the trace: who "
        "waits for whom? Make rank 2 of `step_in_time` sleep for 50 ms, and find the straggler. And put your own model "
        "and your own wires into `bill`.\n"
        "\n"
        "Next: now that we can train something large, *how* large should it be, and on how much data? Lecture 8 fits "
        "scaling laws."
    )


if __name__ == "__main__":
    main()
