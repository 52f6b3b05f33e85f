"""Lecture 5: GPUs and how to measure them: memories, warps, waves, lines, tiles, the roofline, honest clocks, and fusion.

python execute.py -m lecture_05

What is shown of a GPU was measured on one and kept (`lectures/measurements.py`); where this runs on a GPU it is measured anew.
"""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart
from lectures.images.machine import lanes_picture, memories_to_scale, tiles_over_time, warp_reads
from lectures.images.measured import roofline_chart, timeline_chart
from lectures.lm import benchmark as benchmarking
from lectures.lm.benchmark import benchmark
from lectures.lm.functional import gelu, softmax
from lectures.lm.gpus import GPUS, WARP, attainable, occupancy, tiles_of, waves
from lectures.lm.layers import RMSNorm
from lectures.lm.traffic import bytes_moved, stretches, tile_traffic
from lectures.measurements import Measurement, measured
from lectures.references import cite
from tracer import code, expect, graph, image, link, make_graph, note, plot, quiz, table, text

H100 = GPUS["H100"]
KB, MB, GB = 2**10, 2**20, 10**9
TERA = 1e12

Row = dict[str, Any]
Rows = list[Row]


def main() -> None:
    text("# Lecture 5: GPUs and how to measure them")
    slow, fast, numbers, words = two_programs()  # @stepover
    text(
        f"Two programs compute the same function, gelu, of the same {numbers / 1e6:.0f} million numbers on the same "
        f"GPU. One takes **{slow:.2f} ms**, the other **{fast:.2f} ms**. They do the same arithmetic, to the last "
        "FLOP, and the slow one is the one that everybody writes first. By the end of this lecture you will have "
        "predicted its time to within a few percent, from one number about the machine and a count that fits on a "
        "napkin."
    )
    text(f"*{words}*")
    note(
        "Ninety minutes. The machine and its warps twenty, waves, lines and tiles thirty, roofline ten, how to "
        "measure fifteen, profiler and fusion fifteen. Everything hangs on the predictions: have the class commit to "
        "a number first."
    )
    torch.set_num_threads(1)
    torch.manual_seed(0)
    overview()
    on_a_napkin()

    # The machine
    memories()
    warps()
    enough_in_flight()
    waves_of_tiles()

    # What goes over the wire
    lines()
    odd_numbers()
    tiling()
    the_roofline()

    # Honest clocks
    how_to_measure()
    what_goes_wrong()
    profiling()

    # What follows
    fusion()
    fewer_bits()
    pitfalls()
    summing_up()


def two_programs() -> tuple[float, float, int, str]:
    found = measured("gpus.fusion")
    largest = max(row["numbers"] for row in found.data["rows"])
    of = {row["version"]: row["milliseconds"] for row in found.data["rows"] if row["numbers"] == largest}
    return of["eager"], min(of.values()), largest, sentence(found)


def sentence(found: Measurement) -> str:
    words = found.words()
    return words[0].upper() + words[1:] + "."


def overview() -> None:
    text("## In this lecture")
    text(
        "**Six key concepts**\n"
        "1. *The hierarchy*: small and near is fast, large and far is slow, and the far one is where the model lives.\n"
        "2. *Latency is hidden, not removed*: by having enough on its way.\n"
        "3. *Waves*: a machine with 132 workers does 133 equal jobs in the time of 264.\n"
        "4. *Lines and tiles*: memory comes in pieces; a number that was fetched should be used often.\n"
        "5. *The roofline*: FLOPs per byte decide which of two ceilings you will hit.\n"
        "6. *Measuring is a craft*: most first measurements of a GPU are wrong, and each in a way that has a name."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. A GPU can do hundreds of operations for each number that it fetches. Which programs can use that?\n"
        "2. Why may a matrix with one more row take half as long again?\n"
        "3. Your kernel runs at 50 PFLOP/s. What did you forget?\n"
        "4. When does rewriting five operations as one help fivefold, and when not at all?"
    )


def on_a_napkin() -> None:
    text("## On a napkin")
    text(
        f"An H100 multiplies and adds at {H100.bf16 / TERA:.0f} TFLOP/s in `bfloat16`, says its data sheet, and moves "
        f"{H100.bandwidth / TERA} TB/s from its memory. Both numbers are huge. What matters is their *ratio*:"
    )
    to_fetch = 2 / H100.bandwidth  # seconds for one number of two bytes @inspect to_fetch
    meanwhile = H100.bf16 * to_fetch  # FLOPs that it could have done @inspect meanwhile
    ridge = H100.bf16 / H100.bandwidth  # FLOPs a byte @inspect ridge
    text(
        f"**{meanwhile:.0f} operations** while a single number comes in: {ridge:.0f} for each byte. A program that "
        "does less with what it fetches does not use this machine's arithmetic, it uses its memory, and should be "
        "judged by that."
    )
    quiz(
        "Two long vectors in `bfloat16` are added. What share of the advertised FLOP/s can that reach at best?",
        ["all of it, an addition is the simplest operation", "half", "about 5 %", "less than a tenth of a percent"],
        answer="less than a tenth of a percent",
        why="One FLOP for six bytes: two read for each operand, two written. The lines below work it out.",
    )
    intensity = 1 / 6  # FLOPs a byte @inspect intensity
    best = attainable(intensity, H100.bf16, H100.bandwidth)  # FLOP/s @inspect best
    share = best / H100.bf16  # @inspect share
    text(
        f"{best / TERA:.2f} TFLOP/s, or **{share:.2%}**. No cleverness helps: the bytes have to be moved. That "
        f"arithmetic outgrows memory was noticed long ago ({cite(ref.WULF_1995)}). Four generations:"
    )  # @stepover
    machines()  # @stepover
    grown = H100.ridge / GPUS["A100"].ridge  # @inspect grown
    text(
        f"From the A100 to the H100 the ratio in the last row grew {grown:.1f}-fold: what was bound by FLOPs on "
        "the one may be bound by bytes on the other, without a line of it changed. Since then, memory has kept pace."
    )


def machines() -> None:
    gpus = GPUS.values()
    features = {
        "year": lambda gpu: gpu.year,
        "multiprocessors": lambda gpu: gpu.multiprocessors,
        "registers, each": lambda gpu: f"{gpu.registers_each // KB} KB",
        "L1, shared, each": lambda gpu: f"{gpu.l1_each // KB} KB",
        "L2": lambda gpu: f"{gpu.l2 // MB} MB" if gpu.l2 else "?",
        "memory": lambda gpu: f"{gpu.memory // GB} GB",
        "TB/s": lambda gpu: f"{gpu.bandwidth / TERA:.2f}",
        "float32 TFLOP/s": lambda gpu: f"{gpu.fp32 / TERA:.1f}",
        "bfloat16 TFLOP/s": lambda gpu: f"{gpu.bf16 / TERA:.0f}",
        "FLOPs a byte": lambda gpu: f"{gpu.ridge:.0f}",
    }
    rows = [[name, *(str(feature(gpu)) for gpu in gpus)] for name, feature in features.items()]
    columns = ["", *(gpu.name for gpu in gpus)]
    table(
        rows,
        columns=columns,
        caption="SXM modules; dense, in float32 without tensor cores. The last row is a quotient. ?: no source was found.",
    )
    parts = [
        f"{gpu.name}: " + ", ".join(f"[{what}]({url})" for what, url in gpu.sources.items()) for gpu in GPUS.values()
    ]
    text("Where the figures come from: " + "; ".join(parts) + ".")


def memories() -> None:
    text("## The machine is a hierarchy of memories")
    text(
        "A GPU is a hundred or so **multiprocessors** (SMs) around one memory. Each has its arithmetic units, among "
        "them the **tensor cores**, which multiply small matrices; 256 KB of **registers**; and as much fast memory "
        "again, split between a cache, **L1**, and **shared memory** that programs manage themselves. All of them "
        "share the **L2** cache, and behind it lies the **memory** that the data sheet means (HBM). How much is that "
        "together?"
    )
    quiz(
        "How much do the *registers* of all multiprocessors of an H100 hold together?",
        ["33 KB", "33 MB", "3.3 GB"],
        answer="33 MB",
        why="132 times 256 KB. As much as all L1 caches, and two thirds of L2. A core of a CPU has one or two "
        "kilobytes of them.",
    )
    registers = H100.multiprocessors * H100.registers_each  # bytes @inspect registers
    nearest = H100.multiprocessors * H100.l1_each  # bytes @inspect nearest
    share = (registers + nearest + H100.l2) / H100.memory  # @inspect share
    image(
        memories_to_scale(
            {"memory": H100.memory, "L2 cache": H100.l2, "all L1 and shared": nearest, "all registers": registers}
        ),
        alt="A large square for 80 GB of memory, in it three specks: 50 MB of L2, 33 MB of L1 and shared memory, 33 "
        "MB of registers.",
    )  # @stepover
    text(
        f"All that is fast together is **{share:.2%}** of all that there is. The weights of a model, its activations, "
        "its optimizer live in the large square. To be computed with, a number has to come into one of the specks; "
        "the art is to bring it there rarely."
    )

    text("### How far is far?")
    text(
        "Nobody has to believe a data sheet. A loop whose every load needs the result of the one before "
        "measures how long a trip takes, and the more memory it wanders about in, the farther it has to go:"
    )
    trips = measured("gpus.latency")  # @stepover
    rows = [
        {"memory wandered in (KB)": row["bytes"] / KB, "ns a trip": 1e6 * row["milliseconds"] / row["hops"]}
        for row in trips.data["rows"]
    ]  # @stepover
    plot(
        line_chart(rows, x="memory wandered in (KB)", y="ns a trip", log_x=True),
        alt="A staircase with three plateaus, for L1, L2 and memory; a small step lies between the last two.",
    )  # @stepover
    text(f"*{sentence(trips)}*")  # @stepover
    l1 = trip_time(trips.data["rows"], 64 * KB)  # ns @stepover @inspect l1
    l2 = trip_time(trips.data["rows"], 8 * MB)  # @stepover @inspect l2
    memory = trip_time(trips.data["rows"], 512 * MB)  # @stepover @inspect memory
    lost = memory * 1e-9 * H100.bf16  # FLOPs @inspect lost
    light = memory * 1e-9 * 299_792_458  # metres @inspect light
    text(
        f"Three plateaus, three memories: {l1:.0f} ns, {l2:.0f} ns, {memory:.0f} ns. (Between the last two lies a "
        f"step of its own. L2 consists of two halves, and one of them is farther away.) In {memory:.0f} ns light gets "
        f"{light:.0f} metres, and the tensor cores could do **{lost / 1e6:.0f} million** FLOPs."
    )

    text("### How wide is the pipe?")
    text(
        "Latency is one half. The other: all multiprocessors read the same memory again and again, as fast as they can."
    )
    pipes = measured("gpus.bandwidth")  # @stepover
    rows = [
        {"memory read again and again (KB)": row["bytes"] / KB, "TB/s": row["bytes_read"] / row["milliseconds"] / 1e9}
        for row in pipes.data["rows"]
    ]  # @stepover
    plot(
        line_chart(rows, x="memory read again and again (KB)", y="TB/s", log_x=True),
        alt="A plateau for what fits into L1, one of half the height for L2, then a long fall to the speed of memory.",
    )  # @stepover
    text(f"*{sentence(pipes)}*")  # @stepover
    host = measured("gpus.host_copies")  # @stepover
    wide, narrow = pipe(pipes.data["rows"], 128 * KB), pipe(pipes.data["rows"], GB)  # bytes a second @stepover
    to_host = max(row["bytes"] / row["milliseconds"] * 1e3 for row in host.data["rows"])  # @stepover
    speeds = [
        {"from": "L1 of all multiprocessors", "TB/s": wide / TERA},
        {"from": "L2", "TB/s": pipe(pipes.data["rows"], 8 * MB) / TERA},
        {"from": "memory", "TB/s": narrow / TERA},
        {"from": "the host's memory", "TB/s": to_host / TERA},
    ]  # @stepover
    plot(
        bar_chart(speeds, x="from", y="TB/s", horizontal=True),
        alt="Bars to scale: L1 longest, L2 half, memory a sixth, the host's memory hardly visible.",
    )  # @stepover
    text(
        f"The same distances, in bytes per second: near memory is **{wide / narrow:.0f} times** as fast as far "
        f"memory, and far memory {narrow / to_host:.0f} times as fast as what lies beyond the plug. (Our loop also "
        "spends instructions on finding its way, so L1 can do more than it shows.) Keep the shape in mind: *every "
        "step outward, less by a factor.*"
    )


def trip_time(rows: Rows, size: int) -> float:
    """Nanoseconds of a trip at the measured size nearest to this one."""
    row = min(rows, key=lambda row: abs(row["bytes"] - size))
    return 1e6 * row["milliseconds"] / row["hops"]


def pipe(rows: Rows, size: int) -> float:
    """Bytes a second at the measured size nearest to this one."""
    row = min(rows, key=lambda row: abs(row["bytes"] - size))
    return row["bytes_read"] / row["milliseconds"] * 1e3


def warps() -> None:
    text("## Thirty-two threads, one instruction")
    text(
        "A multiprocessor does not run threads, it runs **warps**: 32 threads that are given the same instruction at "
        f"the same time, each with its own numbers ({cite(ref.LINDHOLM_2008)}). What happens when the threads of a "
        "warp do not agree on where to go? Here is a warp of eight, doubling what is positive and negating the rest:"
    )  # @stepover
    numbers = [3, -1, 4, -1, 5, -9, 2, -6]
    results = [0] * len(numbers)
    positive = [number > 0 for number in numbers]  # one instruction: all compare @inspect positive
    issued = [("compare", [True] * 8)]
    for lane, takes_part in enumerate(positive):  # second instruction: double. All get it,
        if takes_part:  # and those who do not want it sit it out
            results[lane] = 2 * numbers[lane]  # @inspect results
    issued.append(("double", positive))
    for lane, takes_part in enumerate(positive):  # third instruction: negate
        if not takes_part:
            results[lane] = -numbers[lane]  # @inspect results
    issued.append(("negate", [not takes_part for takes_part in positive]))
    assert results == [6, 1, 8, 1, 10, 9, 4, 6]
    image(
        lanes_picture(issued), alt="Three instructions over eight threads: all compare, four double, the others negate."
    )  # @stepover
    busy = sum(sum(active) for _, active in issued) / (len(issued) * 8)  # @inspect busy
    text(
        f"Both branches are issued to everybody, and {busy:.0%} of the places did something. This is **divergence**. "
        "What it costs depends on who disagrees with whom:"
    )
    quiz(
        "64 threads, two warps. Half of the threads take a left branch of 10 instructions, half a right one of 10. "
        "When is it cheaper: if even threads go left and odd ones right, or if the first 32 go left and the others "
        "right?",
        ["the same, half go each way", "even and odd", "first and second half"],
        answer="first and second half",
        why="A warp that agrees with itself skips the other branch. Divergence happens within a warp, never between "
        "two.",
    )
    even_and_odd = issue_slots([thread % 2 == 0 for thread in range(64)], left=10, right=10)  # @inspect even_and_odd
    in_halves = issue_slots([thread < 32 for thread in range(64)], left=10, right=10)  # @inspect in_halves
    one_alone = issue_slots([thread == 7 for thread in range(64)], left=10, right=10)  # @inspect one_alone
    assert (even_and_odd, in_halves, one_alone) == (40, 20, 30)
    text(
        f"{even_and_odd} against {in_halves} instructions; and a single thread that goes its own way costs its whole "
        f"warp the detour ({one_alone}). In the kernels of a language model this hardly happens: all threads do the "
        "same to different numbers, and masks take the place of branches."
    )


def issue_slots(goes_left: Sequence[bool], left: int, right: int) -> int:
    """Instructions issued to all warps, if a branch is skipped only where a whole warp does not want it."""
    total = 0
    for start in range(0, len(goes_left), WARP):
        warp = goes_left[start : start + WARP]  # @stepover
        total += left * any(warp) + right * (not all(warp))  # @inspect total
    return total


def enough_in_flight() -> None:
    text("## Latency is hidden, not removed")
    text(
        "A trip to memory takes hundreds of nanoseconds, whatever one does. A CPU fights that with large caches and "
        "by guessing ahead. A GPU does something simpler: while one warp waits, it runs another. Switching costs "
        "nothing, since the registers of *all* warps that are under way are there at the same time. That is what the "
        "33 MB are for."
    )
    text(
        "How many warps fit is called **occupancy**. Warps come in *blocks*, and a block is let in only if "
        "everything that it needs is free. Step into the first; it is the least of a few quotients:"
    )
    light = occupancy(H100, threads=256, registers=32)  # @inspect light
    heavy = occupancy(H100, threads=256, registers=168)  # @stepover @inspect heavy
    tile = occupancy(
        H100, threads=256, registers=232, shared=144 * KB
    )  # a tile of a matrix product @stepover @inspect tile
    assert (light.share, heavy.blocks, tile.blocks) == (1.0, 1, 1)
    text(
        f"A light kernel fills all {H100.warps_each} places. Five times the registers, and {heavy.warps} warps "
        f"remain; a tile of a matrix product takes the whole multiprocessor for {tile.warps}. Is that bad? Not by "
        "itself. The question is not how many warps there are, but whether there are **enough bytes on their way**. "
        "How many are enough has been known since 1961: what is in a queue is the rate of arrivals times the waiting "
        f"time ({cite(ref.LITTLE_1961)})."
    )  # @stepover
    reads, trips = measured("gpus.in_flight"), measured("gpus.latency")  # @stepover
    copy = measured("gpus.roofline").data["copy"]  # @stepover
    bandwidth = copy["bytes"] / copy["milliseconds"] * 1e3  # bytes a second, measured @inspect bandwidth
    latency = trip_time(trips.data["rows"], 512 * MB) * 1e-9  # seconds, measured @stepover @inspect latency
    on_the_way = bandwidth * latency  # bytes @inspect on_the_way
    each = on_the_way / reads.data["multiprocessors"]  # bytes for a multiprocessor @inspect each
    warps_needed = each / (WARP * 4)  # if each thread waits for one number of 4 bytes @inspect warps_needed
    text(
        f"**{on_the_way / 1e6:.1f} MB** have to be under way at every moment, {each / 1e3:.1f} kB for each "
        f"multiprocessor. If every thread waits for one number at a time, that is {warps_needed:.0f} warps, "
        f"practically all that fit. If it asks for four before it waits, {warps_needed / 4:.0f} will do. A "
        "prediction; now the machine:"
    )
    rows = []
    for row in reads.data["rows"]:
        name = "1 load" if row["loads"] == 1 else f"{row['loads']} loads"
        flying = row["warps"] * WARP * 4 * row["loads"] * reads.data["multiprocessors"]  # bytes
        predicted = min(bandwidth, flying / latency)
        seen = row["bytes"] / row["milliseconds"] * 1e3
        rows.append({"warps": row["warps"], "TB/s": predicted / TERA, "what": f"{name}, predicted"})
        rows.append(
            {"warps": row["warps"], "TB/s": seen / TERA, "what": f"{name}, measured"}
        )  # @inspect predicted seen
    plot(
        line_chart(rows, x="warps", y="TB/s", color="what", log_x=True),
        alt="Bandwidth grows in proportion to the warps, four times sooner with four loads, up to that of a copy.",
    )  # @stepover
    text(f"*{sentence(reads)}*")  # @stepover
    text(
        "A formula for queues at a counter predicts a GPU. It also says what to do when occupancy is low: not fewer "
        "registers at all cost, but more loads before the first wait. *Sixteen bytes a load instead of four* does it "
        "too, and both are why good kernels run well with a handful of warps."
    )


def waves_of_tiles() -> None:
    text("## Waves")
    text(
        "A kernel's work is cut into equal pieces, one block each; say, tiles of a matrix. Multiprocessors take the "
        "next one when they are done. Seventeen tiles, eight multiprocessors, each of which holds one tile at a "
        "time:"
    )
    free_at = [0] * 8  # when each multiprocessor will be free
    given_to = []
    for _ in range(17):
        given_to.append(free_at.index(min(free_at)))  # @inspect given_to
        free_at[given_to[-1]] += 1  # @inspect free_at
    finished = max(free_at)  # @inspect finished
    found = waves(17, 8)  # @inspect found
    assert finished == found.rounds == 3
    image(
        tiles_over_time(17, 8),
        alt="Two full columns of eight tiles, and a third column in which only one multiprocessor has a tile.",
    )  # @stepover
    text(
        f"The last tile has the machine to itself, and the machine was busy for {found.share:.0%} of the time. With "
        "one tile less it would have been done a third earlier. On a real GPU:"
    )
    a100 = GPUS["A100"].multiprocessors
    tiles_before = tiles_of(1792, 1792, 256, 128)  # @stepover @inspect tiles_before
    tiles_after = tiles_of(1793, 1793, 256, 128)  # one row and one column more @stepover @inspect tiles_after
    before, after = waves(tiles_before, a100), waves(tiles_after, a100)  # @stepover @inspect before after
    assert (before.rounds, after.rounds) == (1, 2)
    quiz(
        f"An A100 has {a100} multiprocessors. A product of side 1,792 makes {tiles_before} tiles of 256 × 128, one of "
        f"side 1,793 makes {tiles_after}. How much longer should the second take?",
        ["0.1 %, it has 0.2 % more FLOPs", "about 20 %, as many tiles more", "twice as long"],
        answer="twice as long",
        why="98 tiles fit into one wave, 120 need a second one, which is nearly empty and takes as long as a full one.",
    )
    text("Does that happen? Tiles of one size, from a single one to hundreds. How many multiprocessors has this GPU?")
    stairs = measured("gpus.waves")  # @stepover
    rows = [
        {"tiles": row["tiles"], "microseconds": 1000 * row["milliseconds"]} for row in stairs.data["rows"]
    ]  # @stepover
    plot(
        line_chart(rows, x="tiles", y="microseconds"),
        alt="A staircase: level for as many tiles as there are multiprocessors, then a step, and so on.",
    )  # @stepover
    text(f"*{sentence(stairs)}*")  # @stepover
    across = stairs.data["multiprocessors"]
    full = time_of_tiles(stairs.data["rows"], across)  # ms @stepover @inspect full
    one_more = time_of_tiles(stairs.data["rows"], across + 1)  # @stepover @inspect one_more
    text(
        f"{across} tiles in {1000 * full:.0f} µs, {across + 1} in **{1000 * one_more:.0f} µs**. And inside a matrix "
        "product, whose side grows by 64 at a time? Our kernel from `lectures/lm/kernels` always uses tiles of 128 × "
        "256. Its prediction is nothing but the share of the machine that has work, times the best that it reached:"
    )
    teeth = measured("gpus.sawtooth")  # @stepover
    rows = sawtooth(teeth)  # @stepover
    plot(
        line_chart(rows, x="side of the matrices", y="TFLOP/s", color="what", from_zero=False),
        alt="A sawtooth: the speed climbs, and falls where one more wave begins; the prediction has the same teeth.",
    )  # @stepover
    text(f"*{sentence(teeth)}*")  # @stepover
    at = {row["side of the matrices"]: row["TFLOP/s"] for row in rows if row["what"] == "ours, measured"}
    dropped = at[2112] / at[2048]  # @inspect dropped
    tiles = {side: tiles_of(side, side, *teeth.data["tile"]) for side in (2048, 2112)}  # @stepover @inspect tiles
    before = waves(tiles[2048], teeth.data["multiprocessors"])  # @stepover @inspect before
    after = waves(tiles[2112], teeth.data["multiprocessors"])  # @stepover @inspect after
    expected = after.share / before.share  # @inspect expected
    text(
        f"From side 2,048 to 2,112 the speed falls to {dropped:.0%}, and counting tiles says {expected:.0%}. The "
        "library's line has teeth as well, only smaller ones: it has many kernels, with tiles of many shapes, and "
        "picks one for each size. *Sizes of a model are not free choices*: it pays to know where the next wave "
        "begins."
    )


def time_of_tiles(rows: Rows, tiles: int) -> float:
    return next(row["milliseconds"] for row in rows if row["tiles"] == tiles)


def sawtooth(teeth: Measurement, least: int = 1536) -> Rows:
    """TFLOP/s over the side of a product: our kernel, what its waves predict, and the library."""
    rows = []
    speed = {
        (row["side"], row["version"]): 2 * row["side"] ** 3 / row["milliseconds"] / 1e9
        for row in teeth.data["rows"]
        if row["side"] >= least
    }
    sides = sorted({side for side, _ in speed})
    share = {
        side: waves(tiles_of(side, side, *teeth.data["tile"]), teeth.data["multiprocessors"]).share for side in sides
    }
    best = max(speed[side, "ours"] / share[side] for side in sides)
    for name, of in (
        ("ours, measured", lambda side: speed[side, "ours"]),
        ("ours, from waves alone", lambda side: best * share[side]),
        ("the library", lambda side: speed[side, "cuBLAS"]),
    ):
        rows += [{"side of the matrices": side, "TFLOP/s": of(side), "what": name} for side in sides]
    return rows


def lines() -> None:
    text("## Memory comes in lines")
    text(
        "Nobody can fetch four bytes. Memory is moved in **lines** of 128 bytes, each of four parts of 32. When the "
        "32 threads of a warp load 32 neighbours, their addresses fall into one line, and one transaction serves "
        "them all: the load is **coalesced**. When they load every second number, the same 32 numbers lie in two "
        "lines. Count it:"
    )
    for stride in (1, 2, 8, 32):
        addresses = [4 * stride * thread for thread in range(WARP)]  # of floats @inspect stride addresses
        touched = stretches(addresses, 128)  # @stepover @inspect touched
        parts = stretches(addresses, 32)  # @stepover @inspect parts
    assert (touched, parts) == (32, 32)
    image(
        warp_reads([1, 2, 4, 8, 16, 32]),
        alt="Rows of memory cells for strides from 1 to 32: the larger the stride, the more cells are touched, and "
        "the paler.",
    )  # @stepover
    text(
        "The same 128 bytes are *wanted* in every row. What is *moved* grows with the stride: two lines, four, "
        "eight, …, until each thread has a line for itself. But how much is really moved for a number that stands "
        "alone: a whole line of 128 bytes, or a part of 32, or something else?"
    )
    quiz(
        "Reading every 32nd number of four bytes, alone. How much slower is that than reading neighbours, per number?",
        ["8 times: 32 bytes for 4", "16 times: 64 bytes for 4", "32 times: 128 bytes for 4"],
        answer="16 times: 64 bytes for 4",
        why="No theory would tell. It is what the memory of this machine does, and the plot below is how one finds "
        "out.",
    )
    reads = measured("gpus.strides")  # @stepover
    rows, errors = pieces_compared(reads, pieces=(32, 64, 128))  # @stepover @inspect errors
    plot(
        line_chart(rows, x="stride", y="GB/s of wanted bytes", color="what", log_x=True, log_y=True),
        alt="Three predictions part where pieces are no longer used whole; the measured line follows one of them.",
    )  # @stepover
    text(f"*{sentence(reads)}*")  # @stepover
    piece = min(errors, key=lambda size: errors[size])  # @inspect piece
    text(
        f"The measured line follows the prediction for **{piece} bytes** (it is never off by more than "
        f"{errors[piece]:.0%}; the one for 32 is, by {errors[32]:.0%}). Caches keep lines of 128 bytes and parts of "
        f"32; on the way from this memory, it turns out, the smallest piece is {piece}. The rule for programs is the "
        "same in all three cases: *neighbouring threads, neighbouring addresses.* A matrix that is read down its "
        "columns, a list of structures, an index that jumps: each pays for bytes that nobody wanted."
    )


def pieces_compared(reads: Measurement, pieces: Sequence[int]) -> tuple[Rows, dict[int, float]]:
    """GB/s of wanted bytes over the stride, measured and if memory came in pieces of so many bytes; and how far each is off."""
    seen = {row["stride"]: row["bytes_wanted"] / row["milliseconds"] / 1e6 for row in reads.data["rows"]}
    curves, errors = {}, {}
    for piece in pieces:
        predicted = {stride: seen[1] * useful_share(stride, piece) for stride in seen}
        errors[piece] = max(abs(predicted[stride] / seen[stride] - 1) for stride in seen)
        curves[f"if {piece} bytes are moved"] = predicted
    curves["measured"] = seen
    rows = [
        {"stride": stride, "GB/s of wanted bytes": value, "what": what}
        for what, curve in curves.items()
        for stride, value in curve.items()
    ]
    return rows, errors


def useful_share(stride: int, piece: int, item: int = 4) -> float:
    """Bytes wanted by bytes moved, if memory comes in aligned pieces of this size."""
    addresses = [item * stride * number for number in range(256)]
    return 256 * item / (stretches(addresses, piece) * piece)


def odd_numbers() -> None:
    text("### The price of 50,257")
    text(
        "GPT-2 has a vocabulary of 50,257 tokens. A row of its logits in `bfloat16` takes 100,514 bytes, so that row "
        "after row begins somewhere else within a line. Padded with 47 tokens that do not exist there are 50,304, "
        "which is 786 × 64:"
    )
    for vocab in (50_257, 50_264, 50_304):
        row_bytes = 2 * vocab
        aligned_to = row_bytes & -row_bytes  # the largest power of two that divides it @inspect vocab aligned_to
    assert aligned_to == 256
    quiz(
        "Is the output layer of the larger model slower or faster?",
        ["slower, by a tenth of a percent", "the same", "faster, by a few percent", "faster, several times"],
        answer="faster, several times",
        why="The fast kernels move 16 bytes an instruction, or whole boxes by a copy engine, and both want rows that "
        "begin at multiples of 16 bytes. Otherwise the library falls back on a kernel from another age.",
    )
    found = measured("gpus.alignment")  # @stepover
    rows = [
        {"vocabulary": f"{row['vocab']:,}", "ms": round(row["milliseconds"], 3)} for row in found.data["output_layer"]
    ]  # @inspect rows
    bare, *_, padded = found.data["output_layer"]
    slower = bare["milliseconds"] / padded["milliseconds"]  # @inspect slower
    tokens, width = found.data["tokens"], found.data["width"]
    table(rows, caption=f"The product of {tokens:,} × {width} and {width} × vocabulary. {sentence(found)}")  # @stepover
    text(f"**{slower:.1f} times.** Square products whose side is near 4,096, in the same run:")
    rows = [
        {"side": row["side"], "TFLOP/s": 2 * row["side"] ** 3 / row["milliseconds"] / 1e9} for row in found.data["rows"]
    ]  # @stepover
    plot(
        bar_chart(rows, x="side", y="TFLOP/s"),
        alt="Bars of speed: high only at the multiples of eight, a third as high at even sides, lowest at odd ones.",
    )  # @stepover
    text(
        "Multiples of eight, or nothing: eight numbers of two bytes are 16 bytes. It is the cheapest speed-up there "
        "is, and it is worth more than most clever ones. *Round up your sizes.*"
    )


def tiling() -> None:
    text("## Fetch once, use often")
    text(
        "A matrix product of side $N$ needs $2N^3$ FLOPs and has only $3N^2$ numbers. There is plenty to do with "
        "each number, *if* it is still there when it is needed again. Written as it is defined, it is not. Here are "
        "matrices that count how often they are read:"
    )
    size = 4
    a, b = Counted(size), Counted(size)  # @stepover
    plain_product(a, b)
    naive = a.reads + b.reads  # @inspect naive
    assert naive == 2 * size**3
    text(
        f"{naive} reads for {2 * size**2} numbers: each is fetched {size} times, $2N^3$ in all. Now with a **tile** "
        "of the result at a time. A tile's rows and columns are brought near, in pieces, and everything that can be "
        "done with a piece is done before the next:"
    )
    a, b = Counted(size), Counted(size)  # @stepover
    tiled_product(a, b, tile=2)
    tiled = a.reads + b.reads  # @inspect tiled
    assert tiled == 2 * size**3 // 2
    text(
        f"**{tiled}**: half, with tiles of side two. A number is fetched once for each *tile* that needs it, not once "
        "for each *result*, so tiles of side $T$ divide the reads by $T$. This is the oldest trick of fast "
        f"arithmetic ({cite(ref.LAM_1991)}), and shared memory and registers are there for it."
    )  # @stepover
    text("How large does a tile have to be? A product of side 4,096 in `bfloat16`, all bytes counted:")
    rows = []
    for rows_of, columns_of in ((1, 1), (16, 16), (64, 64), (128, 128), (128, 256), (256, 256), (1024, 1024)):
        traffic = tile_traffic(4096, 4096, 4096, rows_of, columns_of)  # @stepover
        held = 4 * rows_of * columns_of / KB  # its sums, in float32
        row = {
            "tile": f"{rows_of} × {columns_of}",
            "moved (GB)": round((traffic.read + traffic.written) / GB, 3),
            "FLOPs a byte": round(traffic.intensity, 1),
            "its sums take (KB)": round(held, 3) if held < 1 else round(held),
        }
        rows.append(row)  # @inspect row
    table(rows, caption="What tiles read and write, and the FLOPs that they do for each byte.")
    quiz(
        f"The ridge of an H100 is at {H100.ridge:.0f} FLOPs a byte, and the sums of a tile have to fit into 256 KB of "
        "registers. Is there a tile that is large enough?",
        ["yes, 128 × 256", "yes, 256 × 256", "no"],
        answer="no",
        why="256 × 256 takes all registers and reaches 120 or so. The tile that it would take has a side of some 600.",
    )
    pipes = measured("gpus.bandwidth")  # @stepover
    from_l2 = pipe(pipes.data["rows"], 8 * MB)  # bytes a second, measured @stepover @inspect from_l2
    tile = tile_traffic(4096, 4096, 4096, 128, 256).intensity  # FLOPs a byte @stepover @inspect tile
    reachable = tile * from_l2  # FLOP/s @inspect reachable
    text(
        "And yet products come near the peak. The rescue is L2: tiles that are worked on at the same time share rows "
        "and columns, and only the first one to ask fetches them from memory. Out of L2, which we measured at "
        f"{from_l2 / TERA:.1f} TB/s, tiles of 128 × 256 can do {tile:.0f} × {from_l2 / TERA:.1f} = "
        f"**{reachable / TERA:.0f} TFLOP/s**, and that is about where the fastest products of this lecture end. A "
        "hierarchy of memories wants a hierarchy of tiles. Lecture 6 writes them, and puts their *order* to work, "
        "too."
    )


class Counted:
    """A square matrix of numbers that counts how often one of them is read."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.reads = 0

    def read(self, row: int, column: int) -> int:
        self.reads += 1
        return row + column


def plain_product(a: Counted, b: Counted) -> list[list[int]]:
    c = [[0] * a.size for _ in range(a.size)]
    for row in range(a.size):
        for column in range(a.size):
            for k in range(a.size):
                c[row][column] += a.read(row, k) * b.read(k, column)  # @stepover
    return c  # @inspect c a.reads


def tiled_product(a: Counted, b: Counted, tile: int) -> list[list[int]]:
    c = [[0] * a.size for _ in range(a.size)]
    for top in range(0, a.size, tile):
        for left in range(0, a.size, tile):
            for start in range(0, a.size, tile):
                near_a = [
                    [a.read(top + i, start + k) for k in range(tile)] for i in range(tile)
                ]  # @stepover @inspect near_a
                near_b = [
                    [b.read(start + k, left + j) for j in range(tile)] for k in range(tile)
                ]  # @stepover @inspect near_b
                for i in range(tile):
                    for j in range(tile):
                        c[top + i][left + j] += sum(near_a[i][k] * near_b[k][j] for k in range(tile))
    return c  # @inspect c a.reads


def the_roofline() -> None:
    text("## The roofline")
    text(
        "Two ceilings, then: FLOP/s, and bytes per second times the FLOPs that a program does with a byte, its "
        "**arithmetic intensity**. The lower one counts. Drawn over the intensity they make a roof, and every "
        f"program is a dot under it ({cite(ref.WILLIAMS_2009)}):"
    )  # @stepover
    text("$$\\text{FLOP/s} \\le \\min(\\text{peak},\\ \\text{intensity} \\times \\text{bandwidth})$$")
    most = {}
    for intensity in (1, 100, 1000):
        most[intensity] = attainable(intensity, H100.bf16, H100.bandwidth) / TERA  # TFLOP/s @inspect most
    assert most[1000] == H100.bf16 / TERA
    text(
        "The roof below is not the data sheet's but what was measured: a copy from memory to memory, and the fastest "
        "product. A dot stands at the FLOPs that its operation *has* to do by the bytes that it *has* to move, "
        "however it was programmed, so that two programs for one thing stand above each other."
    )
    found = measured("gpus.roofline")  # @stepover
    dots = as_dots(found.data["rows"])  # @stepover
    peak = max(dot["rate"] for dot in dots)  # FLOP/s @stepover @inspect peak
    copy = found.data["copy"]
    bandwidth = copy["bytes"] / copy["milliseconds"] * 1e3  # bytes a second @inspect bandwidth
    plot(
        roofline_chart(
            dots,
            peak,
            bandwidth,
            left=["attention, eager", "product, 256", "product, 1,024", "attention, one kernel"],
            right=["gelu, eager", "gelu, one kernel", "rmsnorm, eager", "rmsnorm, one kernel", "product, 8,192"],
        ),
        alt="A roof of a slope and a level line. Fused operations lie on the slope, eager ones below; large products "
        "at the top.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    of = {dot["name"]: dot["rate"] for dot in dots}  # @stepover
    on_roof = of["gelu, one kernel"] / attainable(0.625, peak, bandwidth)  # @stepover @inspect on_roof
    of_peak = of["gelu, one kernel"] / H100.bf16  # @inspect of_peak
    attention = of["attention, one kernel"] / of["attention, eager"]  # @inspect attention
    text(
        "Read it from left to right.\n"
        f"- *On the slope*: gelu, softmax, rmsnorm as one kernel each reach {on_roof:.0%} of what is possible, and "
        f"{of_peak:.1%} of what the data sheet promises. Nothing is wrong with them.\n"
        "- *Below the slope*: the same functions, operation by operation. They move more than they have to.\n"
        "- *One query against a long past*, and a matrix times a vector: one FLOP a byte. This is what generating "
        "text does, token by token, and why it is slow.\n"
        "- *Under the level part*: small products have the intensity, and not the size to fill the machine. Waves "
        "again.\n"
        f"- *Attention*: the same FLOPs in one kernel, {attention:.0f} times as fast, because its scores never go to "
        "memory."
    )
    quiz(
        "Which of these would a GPU with twice the FLOP/s and the same memory speed up?",
        ["gelu", "generating text with a batch of one", "a product of two matrices of side 8,192", "all three"],
        answer="a product of two matrices of side 8,192",
        why="Only that dot hangs under the level part of the roof. The others hang under the slope, and the slope is "
        "memory.",
    )

    text("### A roof for this machine")
    text(
        "Every machine has one. One core of the processor that runs this lecture, measured now, in a few seconds, in "
        "`float32`:"
    )
    here = live_dots()  # @stepover
    own_peak = max(dot["rate"] for dot in here)  # FLOP/s @stepover @inspect own_peak
    own_bandwidth = copy_bandwidth()  # bytes a second @stepover @inspect own_bandwidth
    plot(
        roofline_chart(
            here,
            own_peak,
            own_bandwidth,
            left=["gelu, eager", "gelu, one kernel"],
            right=["matrix times vector", "product, 16", "product, 1,024"],
            unit="GFLOP/s",
            scale=1e9,
        ),
        alt="The same picture for one core of a processor: a lower roof, with a ridge further to the left.",
    )  # @stepover
    own_ridge = own_peak / own_bandwidth  # FLOPs a byte @inspect own_ridge
    above = above_the_roof(here, own_peak, own_bandwidth)  # @stepover @inspect above
    text(
        f"{own_peak / 1e9:.0f} GFLOP/s and {own_bandwidth / 1e9:.0f} GB/s: its ridge is at **{own_ridge:.0f}** FLOPs "
        f"a byte, where the GPU's was at {peak / bandwidth:.0f}. A GPU is more lopsided than a CPU, which is why this "
        "lecture is about memory."
    )
    if above:
        text(
            f"(A dot above its roof, *{above[0]}*? No miracle: what it read was still in a cache, which is faster "
            "than memory. This is the fourth of the mistakes that are coming.)"
        )


def as_dots(rows: Rows) -> Rows:
    """Rows with FLOPs, bytes and a time as dots of a roofline."""
    kinds = {"eager": "operation by operation", "fused": "one kernel", "product": "matrix product"}
    return [
        {
            "name": row["name"],
            "kind": kinds[row["kind"]],
            "intensity": row["flops"] / row["bytes"],
            "rate": row["flops"] / row["milliseconds"] * 1e3,
        }
        for row in rows
    ]


def live_dots() -> Rows:
    """The same operations, smaller, on one core of this machine."""
    x = torch.randn(1024, 1024)
    vector = torch.randn(1024, 1)
    many = x.numel()
    cases: list[tuple[str, str, float, float, Callable[[], Any]]] = [
        ("gelu, eager", "eager", 5 * many, 2 * x.nbytes, lambda: gelu(x)),
        ("gelu, one kernel", "fused", 5 * many, 2 * x.nbytes, lambda: F.gelu(x)),
        ("softmax, eager", "eager", 5 * many, 2 * x.nbytes, lambda: softmax(x, -1)),
        ("softmax, one kernel", "fused", 5 * many, 2 * x.nbytes, lambda: F.softmax(x, -1)),
        ("matrix times vector", "product", 2 * many, x.nbytes, lambda: x @ vector),
    ]
    for side in (16, 32, 64, 128, 256, 512, 1024):
        a, b = torch.randn(2, side, side)
        cases.append((f"product, {side:,}", "product", 2 * side**3, 3 * a.nbytes, lambda a=a, b=b: a @ b))
    rows = []
    for name, kind, flops, moved, function in cases:
        timing = benchmark(function, runs=9, device="cpu")
        rows.append({"name": name, "kind": kind, "flops": flops, "bytes": moved, "milliseconds": timing.milliseconds})
    return as_dots(rows)


def above_the_roof(dots: Rows, peak: float, bandwidth: float) -> list[str]:
    """Names of dots that are clearly faster than the roof allows."""
    return [dot["name"] for dot in dots if dot["rate"] > 1.1 * attainable(dot["intensity"], peak, bandwidth)]


def copy_bandwidth(size: int = 2**26) -> float:
    """Bytes a second, read and written, of a copy on one core of this machine, too large for its caches."""
    source = torch.randn(size // 4)
    target = torch.empty_like(source)
    return 2 * size / benchmark(lambda: target.copy_(source), runs=7, device="cpu").seconds


def how_to_measure() -> None:
    text("## An honest clock")
    text(
        "All of the above stands on measurements, and measurements of fast machines go wrong in many ways. First "
        "what a good one looks like. Here is a matrix product, sixty times, with nothing but a clock around it:"
    )
    a, b = torch.randn(2, 256, 256)
    times = [microseconds(lambda: a @ b) for _ in range(60)]  # @stepover @inspect times
    rows = [{"run": run, "microseconds": value} for run, value in enumerate(times, start=1)]  # @stepover
    plot(
        line_chart(rows, x="run", y="microseconds"),
        alt="Sixty times in a row: the first ones are longer, then a floor with single spikes.",
    )  # @stepover
    first, middle, mean = (
        times[0],
        statistics.median(times),
        statistics.fmean(times),
    )  # @stepover @inspect first middle mean
    least, most = min(times), max(times)  # @inspect least most
    text(
        f"Anything between {least:.0f} and {most:.0f} µs; the first took {first / middle:.1f} times as long as the "
        f"middle one. The mean, {mean:.0f} µs, has all of that in it, the **median**, {middle:.0f} µs, has not. So: "
        "*warm up* and throw that away; *repeat*; take the *median*; and give the *spread*, or nobody can tell a "
        f"gain from noise ({cite(ref.HOEFLER_2015)}). In one function:"
    )  # @stepover
    timing = benchmark(lambda: a @ b, warmup=3, runs=5, device="cpu")  # @inspect timing
    assert timing.fastest <= timing.milliseconds <= timing.slowest
    text("On a GPU there is more to it. Each line of this is there because of one of the mistakes below:")
    code(benchmarking.on_device, caption="How `benchmark` times on a GPU.")


def microseconds(function: Callable[[], Any]) -> float:
    began = time.perf_counter()
    function()
    return 1e6 * (time.perf_counter() - began)


def what_goes_wrong() -> None:
    text("## Seven ways to measure nonsense")
    text("Each was made on purpose, and kept with its number.")

    text("### 1. Not waiting")
    found = measured("gpus.unsynchronized")  # @stepover
    flops, side = found.data["flops"], found.data["side"]
    quiz(
        f"The product of two matrices of side {side:,}, with `time.perf_counter()` before and after it. What does the "
        "clock say?",
        ["about right", "much too long", "far too short"],
        answer="far too short",
        why="A launch puts the kernel into a queue and returns. The clock measured how long it takes to ask.",
    )
    asked = flops / found.data["without"]["milliseconds"] * 1e3  # FLOP/s @inspect asked
    waited = flops / found.data["waited"]["milliseconds"] * 1e3  # FLOP/s, until the device is done @inspect waited
    text(
        f"**{asked / 1e15:.0f} PFLOP/s**, {asked / H100.bf16:.0f} times what the maker promises, from one GPU. With "
        f"`torch.cuda.synchronize()` before the second look at the clock: {waited / TERA:.0f} TFLOP/s. The device's "
        f"own clock, events in its queue, says {flops / found.data['events']['milliseconds'] / 1e9:.0f}. *If it beats "
        "the peak, you measured the queue.*"
    )

    text("### 2. The first call")
    found = measured("gpus.first_calls")  # @stepover
    rows = [
        {"what": row["name"], "first call (ms)": round(row["first"], 1), "later (ms)": round(row["milliseconds"], 3),
         "ratio": f"{row['first'] / row['milliseconds']:,.0f}"}
        for row in found.data["rows"]
    ]  # @stepover  # fmt: skip
    compiled = found.data["rows"][-1]
    table(rows, caption=f"In a process in which nothing had run before. {sentence(found)}")  # @stepover
    text(
        "The first product loads a library; the first Triton kernel and the first compiled function call a compiler. "
        f"Averaged over ten calls, that compiling makes a kernel of {1000 * compiled['milliseconds']:.0f} µs look "
        f"{compiled['first'] / compiled['milliseconds'] / 10:,.0f} times slower than it is. A new shape may compile "
        "again."
    )

    text("### 3. Launching more than computing")
    found = measured("gpus.launches")  # @stepover
    each = {
        way: 1000 * row["milliseconds"] for way, row in found.data["each"].items()
    }  # microseconds @stepover @inspect each
    rows = [{"way": way, "microseconds": value} for way, value in each.items()]  # @stepover
    plot(
        bar_chart(rows, x="way", y="microseconds", horizontal=True),
        alt="Adding one to one number: longest if one waits after each, half of that in a row, very short as a graph.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    text(
        "Adding 1 to a single number, a hundred times. Asked for one by one, each takes "
        f"{each['one after the other']:.0f} µs; replayed as a **graph**, one launch for all of them, "
        f"{each['replayed as a graph']:.1f} µs, which is what the addition itself takes. Whoever times small "
        "operations one by one measures Python, and so does a model whose operations are small."
    )

    text("### 4. Inputs that are still in the cache")
    found = measured("gpus.warm_inputs")  # @stepover
    rows = [
        {"MB in and out": row["bytes"] / MB, "TB/s": row["bytes"] / row["milliseconds"] / 1e9, "inputs": row["inputs"]}
        for row in found.data["rows"]
    ]  # @stepover
    plot(
        line_chart(rows, x="MB in and out", y="TB/s", color="inputs", log_x=True),
        alt="As long as inputs fit into the cache, repeated runs look faster; beyond that the two lines meet.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    better = max(
        (warm["TB/s"] / cold["TB/s"], warm["MB in and out"]) for warm, cold in zip(rows[::2], rows[1::2], strict=True)
    )  # @stepover @inspect better
    text(
        f"A benchmark that runs one input over and over finds it in L2: at {better[1]:.0f} MB gelu looks "
        f"{better[0]:.1f} times as fast as it will be in a model, where other things have passed through in between. "
        "So write a few hundred megabytes of something else before each run."
    )

    text("### 5. Zeros, and 6. a machine that gets tired")
    found = measured("gpus.sustained")  # @stepover
    quiz(
        f"A product of side {found.data['side']:,} over and over for three seconds, of random numbers and of zeros. "
        "The same instructions, the same bytes. Which is faster?",
        ["neither", "random numbers", "zeros"],
        answer="zeros",
        why="A bit that does not change takes no energy to change. The chip has a limit of power, and meets it by "
        "slowing its clock.",
    )
    curves, states = over_time(found)  # @stepover
    plot(
        line_chart(curves, x="seconds", y="TFLOP/s", color="numbers", from_zero=False),
        alt="Zeros: a level line, high up. Random numbers: a good start, then a wavy line well below.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    zeros, drawn = states["zeros"], states["random"]  # watts and MHz @stepover @inspect zeros drawn
    fastest, slowest = extremes(curves, "random")  # @stepover @inspect fastest slowest
    text(
        f"Random numbers draw {drawn['watts']:.0f} W of the {found.data['limits'].get('watts', 0):.0f} W that are "
        f"allowed, and the clock goes down to {drawn['mhz']:.0f} MHz; zeros draw {zeros['watts']:.0f} W. Never time "
        f"zeros. And see the line of random numbers: {fastest:.0f} TFLOP/s in the first moment, {slowest:.0f} later, "
        "on a GPU that did nothing else. A measurement of a few milliseconds is one of a rested machine. "
        "*Training is not.*"
    )

    text("### 7. One number")
    text(
        "A difference of three percent between two kernels, each timed once, means nothing on the machine whose line "
        "you have just seen. Measure both in turns, several times, and look whether the spreads overlap. All times "
        "that this lecture keeps are medians, with the fastest and the slowest run beside them in the files."
    )


def over_time(found: Measurement) -> tuple[Rows, dict[str, dict[str, float]]]:
    """TFLOP/s over the seconds, for each kind of numbers; and the power and the clock, as medians of what was seen."""
    rows, states = [], {}
    for name, kind in found.data["kinds"].items():
        seconds = 0.0
        for milliseconds in kind["milliseconds"]:
            rows.append({"seconds": seconds, "TFLOP/s": found.data["flops"] / milliseconds / 1e9, "numbers": name})
            seconds += kind["group"] * milliseconds / 1e3
        seen = kind["states"] or [{"mhz": 0.0, "watts": 0.0}]
        states[name] = {what: statistics.median(state[what] for state in seen) for what in ("mhz", "watts")}
    return rows, states


def extremes(rows: Rows, numbers: str) -> tuple[float, float]:
    of = [row["TFLOP/s"] for row in rows if row["numbers"] == numbers]
    return max(of), min(of)


def profiling() -> None:
    text("## Where does the time go? Ask a profiler")
    found = measured("gpus.profiled")  # @stepover
    batch, length, width = found.data["shape"]
    eager, compiled = found.data["versions"]["eager"], found.data["versions"]["compiled"]
    text(
        f"One block of GPT-2 small as Lecture 3 built it, forward, {batch} sequences of {length:,} tokens, width "
        f"{width}, in `bfloat16`: **{eager['milliseconds']:.2f} ms**. `torch.profiler` lists what the device did "
        "meanwhile:"
    )
    rows = kernel_table(eager["rows"])  # @stepover
    quiz(
        "Before you look: a block has six matrix products of weights and two in attention. What share of the time do "
        "products take?",
        ["nearly all", "about half", "about a seventh"],
        answer="about a seventh",
        why="Attention's scores, a number for each head, query and key, are written and read again by every small "
        "step.",
    )
    table(rows, caption=f"Kernels by time, one forward pass. {sentence(found)}")  # @stepover
    kinds = by_kind(eager["rows"])  # microseconds @stepover @inspect kinds
    total = sum(kinds.values())  # @inspect total
    share = kinds["matrix product"] / total  # @inspect share
    scores = 2 * batch * 12 * length**2  # bytes: a number for each head, query and key @inspect scores
    text(
        "Line by line: a *division* of the scores by $\\sqrt{d}$ leads the list, then the *mask*, then *adding*, "
        "multiplying, copying, exponentials, maxima. None of them computes anything to speak of; each reads or "
        f"writes the {scores / 1e6:.0f} MB of the scores, or both. Matrix products, the FLOPs, take **{share:.0%}**. A "
        "profile is read from the top: the first line names what to fix, and here nearly all of the first ten say the same "
        "thing. Now through `torch.compile`, which puts neighbours together:"
    )
    rows = kernel_table(compiled["rows"])  # @stepover
    table(rows, caption=f"The same, compiled: {compiled['milliseconds']:.2f} ms. {sentence(found)}")  # @stepover
    faster = eager["milliseconds"] / compiled["milliseconds"]  # @inspect faster
    compiled_kinds = by_kind(compiled["rows"])  # @stepover
    compiled_share = compiled_kinds["matrix product"] / sum(compiled_kinds.values())  # @inspect compiled_share
    text(
        f"**{faster:.1f} times** as fast. The products take what they took; everything else melted into a few kernels "
        f"with long names that list what went into them, and products are {compiled_share:.0%} of the time. What is "
        "left of attention is that its scores still exist. Lecture 6 makes them disappear."
    )

    text("### What the table cannot show")
    text(
        "The table has no gaps in it. A timeline does: here is gelu, five operations, on few numbers. Above the "
        "host, who asks; below the device, who works:"
    )
    lines_of = measured("gpus.timeline")  # @stepover
    few = spans(lines_of.data["events"]["few"])  # @stepover
    plot(
        timeline_chart(few),
        alt="The host is busy all the time, asking for one operation after the other; the device has five specks of "
        "work.",
    )  # @stepover
    many = spans(lines_of.data["events"]["many"])  # @stepover
    idle_few, idle_many = idle_share(few), idle_share(many)  # @stepover @inspect idle_few idle_many
    numbers = lines_of.data["numbers"]
    text(
        f"With {numbers['few']:,} numbers the device idles {idle_few:.0%} of the time, waiting to be asked: this "
        "program is bound by *launches*, and no better kernel will help it. The same with "
        f"{numbers['many'] / 1e6:.0f} million:"
    )
    plot(
        timeline_chart(many),
        alt="The host is done early, and waits; the device works through five long kernels without a gap.",
    )  # @stepover
    text(f"*{sentence(lines_of)}*")  # @stepover
    text(
        f"Now the host runs ahead, and the device idles {idle_many:.0%}. (The profiler itself slows the host down, so "
        "the first picture exaggerates.) Three things can bound a program, *launches, bytes, FLOPs*, and before "
        "improving anything one has to know which."
    )


def kernel_table(rows: Rows) -> Rows:
    total = sum(row["microseconds"] for row in rows)
    return [
        {
            "kernel": plain_name(row["name"]),
            "µs": round(row["microseconds"]),
            "share": f"{row['microseconds'] / total:.0%}",
            "calls": round(row["calls"]),
            "kind": kind_of(row["name"]),
        }
        for row in rows
    ]


NAMES = {
    "DivFunctor": "divide",
    "masked_fill": "mask",
    "CUDAFunctor_add": "add",
    "MulFunctor": "multiply",
    "exp_kernel": "exponential",
    "direct_copy": "copy, convert",
    "Memcpy": "copy",
    "MaxNanFunctor": "maximum of rows",
    "sum_functor": "sum of rows",
    "Memset": "set to zero",
}
NO_WORK = {
    "triton",
    "poi",
    "per",
    "red",
    "fused",
    "unsafe",
    "view",
    "fill",
    "prepare",
    "online",
    "not",
    "to",
    "unsqueeze",
}
"""Words in the names of compiled kernels that are no operations, or parts of the word before."""


def plain_name(name: str) -> str:
    """What a kernel does, from the name that a library or a compiler gave it."""
    if name.startswith("triton"):
        return ", ".join(word for word in name.split("_") if word and word not in NO_WORK and not word.isdigit())
    if tile := re.search(r"_(\d+)x(\d+)_", name):
        return f"product, tiles of {tile[1]} × {tile[2]}"
    return next((words for part, words in NAMES.items() if part in name), name[:40])


def kind_of(name: str) -> str:
    if name.startswith(("nvjet", "sm90_xmma", "cutlass", "ampere_", "void cutlass", "gemm")) or "gemm" in name:
        return "matrix product"
    return "fused" if name.startswith("triton") else "others" if name == "all others" else "single operation"


def by_kind(rows: Rows) -> dict[str, float]:
    """Microseconds of each kind of kernel."""
    kinds = {"matrix product": 0.0}
    for row in rows:
        kinds[kind_of(row["name"])] = kinds.get(kind_of(row["name"]), 0.0) + row["microseconds"]
    return {name: round(value, 1) for name, value in kinds.items()}


def spans(events: Rows) -> Rows:
    """What the host asked for and what the device did, in the order of their beginnings; waiting and bookkeeping left out."""
    asked = [event for event in events if event["place"] == "host" and event["name"].startswith("aten::")]
    did = [event for event in events if event["place"] == "device"]
    asked.sort(key=lambda event: event["start"])
    did.sort(key=lambda event: event["start"])
    names = [f"{turn}. {event['name'].removeprefix('aten::')}" for turn, event in enumerate(asked, start=1)]
    rows = []
    for place, some in (("host asks", asked), ("device works", did)):
        for name, event in zip(names, some, strict=False):
            end = event["start"] + event["microseconds"]
            rows.append({"place": place, "name": name, "start": round(event["start"], 2), "end": round(end, 2)})
    return rows


def idle_share(rows: Rows) -> float:
    """How much of the time from its first kernel to its last the device had nothing to do."""
    work = [(row["start"], row["end"]) for row in rows if row["place"] == "device works"]
    whole = max(end for _, end in work) - min(start for start, _ in work)
    return max(0.0, 1 - sum(end - start for start, end in work) / whole)


def fusion() -> None:
    text("## Why one kernel beats five")
    text(
        "Back to the beginning: gelu, $x \\cdot \\Phi(x)$, in five operations or in one. All that was said comes "
        "together here. What do the five move? Each reads its operands from memory and writes its result there, "
        "since that is where tensors live:"
    )
    x = torch.randn(256, 256)
    moved = bytes_moved(lambda: gelu(x))  # @stepover
    rows = []
    for one in moved:
        row = {"operation": one.operation, "reads": one.read // x.nbytes, "writes": one.written // x.nbytes}
        rows.append(row)  # @inspect row
    table(rows, caption="Counted while it ran, in units of the input.")
    units = sum(one.read + one.written for one in moved) / x.nbytes  # @inspect units
    with expect(bytes=11 * x.nbytes, label="gelu in five operations"):
        gelu(x)  # @stepover
    assert units == 11
    quiz(
        "Eleven times the input goes over the wire. A kernel that does it all at once reads it and writes it: two. "
        "How much faster will it be?",
        ["not at all, the FLOPs are the same", "twice", "five and a half times", "eleven times"],
        answer="five and a half times",
        why="Far below the ridge, time is bytes. 11 / 2 = 5.5.",
    )
    found, roof = measured("gpus.fusion"), measured("gpus.roofline")  # @stepover
    of = fastest_and_eager(found)  # milliseconds, of the most numbers @stepover @inspect of
    ratio = of["eager"] / of["ours, in Triton"]  # @inspect ratio
    copy = roof.data["copy"]
    bandwidth = copy["bytes"] / copy["milliseconds"] * 1e3  # bytes a second @inspect bandwidth
    predicted = 1e3 * units * 4 * 2**28 / bandwidth  # ms for 2²⁸ numbers of four bytes @inspect predicted
    text(
        f"**{ratio:.2f}** against our kernel in Triton. And in milliseconds: eleven times a gigabyte at the speed of "
        f"a copy makes {predicted:.2f} ms, measured were {of['eager']:.2f}. That is the promise of the first "
        f"paragraph kept: {abs(predicted / of['eager'] - 1):.1%} off, from a count and one number about the machine."
    )
    rows = [
        {"numbers": row["numbers"], "microseconds": 1000 * row["milliseconds"], "gelu": row["version"]}
        for row in found.data["rows"]
    ]  # @stepover
    plot(
        line_chart(rows, x="numbers", y="microseconds", color="gelu", log_x=True, log_y=True),
        alt="Flat at first, then in proportion; eager stays above the three others, which lie on one line.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    text(
        "Three ways to write it as one kernel, and they lie on one line: torch's own, the compiler's, ours. It does "
        "not matter who fuses, only *that* someone does. The left part is flat: there it is not bytes but the few "
        "microseconds that a kernel takes to begin and end, five times over or once. And there is memory: the five "
        f"operations keep {most_beyond(found) / GB:.1f} GB of intermediate results that the one never makes."
    )  # @stepover

    text("### Does the count carry over?")
    text("Softmax and rmsnorm, as Lecture 3 wrote them. Bytes counted here, time predicted from them, and measured:")
    comparison = predicted_and_measured(roof, bandwidth)  # @stepover @inspect comparison[0]
    table(
        comparison,
        caption="Operation by operation and in one kernel. 1 is the input, read or written once. " + sentence(roof),
    )  # @stepover
    worst = max(comparison, key=lambda row: row["measured (ms)"] / row["predicted (ms)"])  # @stepover
    excess = worst["measured (ms)"] / worst["predicted (ms)"]  # @inspect excess
    text(
        f"Never faster than predicted by more than a trifle, and at worst {excess:.1f} times as long "
        f"({worst['function']}, which sums along rows: a reduction is harder to keep fed than a copy). The count is a "
        f"*floor*, and a floor that one can nearly stand on. In a layer of BERT, {cite(ref.IVANOV_2020)} found two "
        "fifths of the time in such operations, with a fifth of a percent of the FLOPs."
    )  # @stepover
    text(
        "When does fusion *not* help? When the operation beside is a large product, which has work for every byte; "
        "when the whole is bound by launches, where a graph is enough; and when what is fused has to be computed "
        "twice. Then it is a trade, and the roofline says which way."
    )


def fastest_and_eager(found: Measurement) -> dict[str, float]:
    most = max(row["numbers"] for row in found.data["rows"])
    return {row["version"]: round(row["milliseconds"], 3) for row in found.data["rows"] if row["numbers"] == most}


def most_beyond(found: Measurement) -> int:
    """Bytes beyond input and output, at the most."""
    return max(row.get("bytes_beyond", 0) for row in found.data["rows"])


def predicted_and_measured(roof: Measurement, bandwidth: float) -> Rows:
    """Milliseconds from counted bytes beside those measured, for three functions in two ways each."""
    small = {"gelu": torch.randn(64, 64), "softmax": torch.randn(64, 64), "rmsnorm": torch.randn(64, 64).bfloat16()}
    norm = RMSNorm(64, dtype=torch.bfloat16)
    functions = {"gelu": gelu, "softmax": lambda x: softmax(x, -1), "rmsnorm": norm}
    least = {row["name"]: row for row in roof.data["rows"]}
    rows = []
    for name, function in functions.items():
        x = small[name]
        with torch.no_grad():
            moved = bytes_moved(lambda function=function, x=x: function(x))
        units = round(sum(one.read + one.written for one in moved) / x.nbytes)
        for way, count in (("eager", units), ("one kernel", 2)):
            row = least[f"{name}, {way}"]
            predicted = 1e3 * count * row["bytes"] / 2 / bandwidth
            rows.append({"function": f"{name}, {way}", "moves": count, "predicted (ms)": round(predicted, 2),
                         "measured (ms)": round(row["milliseconds"], 2)})  # fmt: skip
    return rows


def fewer_bits() -> None:
    text("## Fewer bits, twice over")
    text(
        "There is one more way to move fewer bytes: smaller numbers. It helps on both sides of the ridge. Half the "
        "bits are half the bytes, and the tensor cores do twice as many products of half the width. One product, in "
        "every format:"
    )
    found = measured("gpus.precisions")  # @stepover
    side = found.data["side"]
    rows = [
        {"format": row["format"], "TFLOP/s": 2 * side**3 / row["milliseconds"] / 1e9} for row in found.data["rows"]
    ]  # @stepover
    plot(
        bar_chart(rows, x="format", y="TFLOP/s", horizontal=True),
        alt="Bars that grow as the numbers get smaller: float32 shortest, tf32, then float16 and bfloat16, float8 "
        "longest.",
    )  # @stepover
    text(f"*{sentence(found)}*")  # @stepover
    rate = {row["format"]: row["TFLOP/s"] for row in rows}  # @stepover
    step = rate["bfloat16"] / rate["float32"]  # @inspect step
    text(
        f"From `float32`, which the tensor cores do not take, to `bfloat16`: **{step:.0f} times**. `tf32` cuts the "
        "fraction of a `float32` to ten bits on the way into the tensor core. That is a line of code "
        "(`torch.backends.cuda.matmul.allow_tf32 = True`) worth knowing about in both directions: it is fast, and it "
        "is not `float32` any more. What the missing bits do to sums, Lecture 2 showed."
    )


def pitfalls() -> None:
    text("## Pitfalls")
    text(
        "- **Counting FLOPs of what is bound by bytes.** Twice the FLOPs in the same pass cost nothing; one pass "
        "more costs all.\n"
        "- **The peak as yardstick for everything.** gelu at 0.2 % of the peak may be perfect. Compare with *its* "
        "ceiling.\n"
        "- **Occupancy as a goal.** Enough bytes on their way is the goal. Full occupancy with one load a thread is "
        "not enough.\n"
        "- **A wave too many.** Look at tiles by multiprocessors before you look at code.\n"
        "- **Odd sizes.** 50,257. Multiples of 64 cost nothing.\n"
        "- **A hidden wait.** `.item()`, `print(loss)`, `if tensor > 0` make the host wait, and the device idle "
        "after it.\n"
        "- **Zeros, warm caches, first calls, no waiting.** See above. Each looks like a discovery.\n"
        "- **Profiling what is not running.** The step that compiles is not the step that trains."
    )
    quiz(
        "A colleague made an elementwise kernel 10 % faster: 3.3 TB/s on an H100 whose copies reach 3.0. What do you "
        "say?",
        ["well done", "which of the seven mistakes was it?"],
        answer="which of the seven mistakes was it?",
        why="Faster than a copy of the same bytes is not a good kernel but a wrong count or a wrong clock; most "
        "likely inputs that were still in L2.",
    )


def summing_up() -> None:
    text("## What to remember")
    text(
        "- The fast memories are a seventh of a percent of the memory. Bring numbers there rarely, use them often.\n"
        "- Bytes on their way = bandwidth × latency. A megabyte, at every moment.\n"
        "- Tiles by multiprocessors, rounded up: that is the time. One too many costs a wave.\n"
        "- Neighbouring threads, neighbouring addresses; sizes that are multiples of 64.\n"
        "- Intensity decides: under the slope count bytes, under the level part count FLOPs.\n"
        "- Warm up, wait, flush, repeat, median, spread. If it beats the ceiling, the clock is wrong.\n"
        "- Fusion moves fewer bytes. How many fewer can be counted before a line is written."
    )
    text("And where to look first, when a program is too slow:")
    graph(
        make_graph(
            [
                {"id": "idle", "label": "does the device idle?", "x": 100, "y": 30},
                {"id": "launches", "label": "launches", "x": 290, "y": 30},
                {"id": "left", "label": "left of the ridge?", "x": 100, "y": 120},
                {"id": "bytes", "label": "bytes", "x": 290, "y": 120},
                {"id": "flops", "label": "FLOPs", "x": 100, "y": 210},
            ],
            [
                ("idle", "launches", "yes"),
                ("idle", "left", "no"),
                ("left", "bytes", "yes"),
                ("left", "flops", "no"),
            ],
            width=370,
            height=240,
        )
    )  # @stepover
    text(
        "- *Launches*: fewer and larger operations, a graph; find the hidden wait.\n"
        "- *Bytes*: fuse, coalesce, use fewer bits; is it as far below a copy as you think?\n"
        "- *FLOPs*: sizes that fill waves, tiles, tensor cores, again fewer bits."
    )
    text("The table of machines, the counts and the clock are small modules; put in your own GPU, your own shapes:")
    link(occupancy)
    link(tile_traffic)
    link(ref.WILLIAMS_2009)
    link(ref.IVANOV_2020)
    text(
        "**Try it.** Where does the next wave begin for the width of *your* model, on *your* GPU? Change the numbers "
        "in `waves_of_tiles`. With a GPU at hand, run the lecture there: every plot is measured anew, and the two "
        "recordings can be compared.\n"
        "\n"
        "Next: we know what a kernel should move, and when. Lecture 6 writes them, from gelu to FlashAttention, and "
        "steps inside."
    )


if __name__ == "__main__":
    main()
