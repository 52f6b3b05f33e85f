"""Pictures of a GPU, drawn by code: its memories to scale, what a warp reads, tiles over time. Each is a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Any

from lectures.images.panels import FAINT, INK, PASTELS, cell, panel

__all__ = ["lanes_picture", "memories_to_scale", "tiles_over_time", "warp_reads"]

BLUE, GREY = PASTELS[0], "#e8e9ec"


def memories_to_scale(sizes: Mapping[str, int]) -> Any:
    """A Figure with a square for each memory, as large in area as it is in bytes: the largest whole, the others inside it."""
    (whole, largest), *others = sorted(sizes.items(), key=lambda item: -item[1])
    side = 100.0
    figure, axes = panel(side, side, inches_per_unit=0.034)
    square(axes, 0, 0, side, BLUE)
    label(axes, 4, side - 6, f"{whole}: {in_words(largest)}", 9.5)
    y = side - 20
    for (name, size), color in zip(others, ("#e8a33d", "#6fae63", "#d1606f"), strict=False):
        width = side * sqrt(size / largest)
        square(axes, 6, y - width / 2, width, color, edge=INK)
        label(axes, 12, y, f"{name}: {in_words(size)}", 9.5)
        y -= 12
    label(axes, 4, 5, "areas to scale", 8, FAINT)
    return figure


def warp_reads(strides: Sequence[int], line: int = 128, part: int = 32) -> Any:
    """A Figure with a row for each stride: memory in parts of 32 bytes, those that a warp of 32 threads touches in color.

    How dark a part is says how much of it was wanted. Four parts are a line; of a long row only the beginning is shown.
    """
    shown = 32  # parts
    figure, axes = panel(shown + 6, 2.1 * len(strides) + 1.7, inches_per_unit=0.12)
    for row, stride in enumerate(strides):
        y = 2.1 * (len(strides) - row) - 0.9
        wanted = dict.fromkeys(range(shown), 0)
        for thread in range(32):
            at = 4 * stride * thread // part
            if at < shown:
                wanted[at] += 4
        label(axes, 0, y + 0.5, f"every {stride}." if stride > 1 else "each", 8, INK)
        for at, count in wanted.items():
            share = count / part
            square(axes, 6 + at + 0.06, y, 0.88, mixed("#f3d5a8", "#b25e00", share) if count else GREY)
            if at % (line // part) == 0:
                axes.plot([6 + at, 6 + at], [y - 0.25, y + 1.1], color=FAINT, linewidth=0.8)
    label(axes, 6, 2.1 * len(strides) + 1.1, "one cell: 32 bytes; between two strokes: a line of 128", 8, FAINT)
    return figure


def tiles_over_time(tiles: int, at_once: int) -> Any:
    """A Figure: a row for each multiprocessor, a box for each tile, in the order in which they are handed out."""
    rounds = ceil(tiles / at_once)
    width = 4.2
    figure, axes = panel(rounds * width + 4.4, at_once + 1.1, inches_per_unit=0.24)
    for row in range(at_once):
        y = at_once - 1 - row + 0.1
        label(axes, 0, y + 0.45, f"SM {row}", 8, FAINT)
        for turn in range(rounds):
            number = turn * at_once + row
            color, word = (PASTELS[turn % len(PASTELS)], str(number)) if number < tiles else (GREY, "")
            cell(axes, 3.2 + turn * width, y, width, color, word, size=8)
    label(axes, 3.2, at_once + 0.6, "time →", 8, FAINT)
    return figure


def lanes_picture(issued: Sequence[tuple[str, Sequence[bool]]]) -> Any:
    """A Figure: a row for each instruction that a warp was given, a cell for each of its threads, filled where it takes part."""
    lanes = len(issued[0][1])
    figure, axes = panel(lanes + 11, len(issued) + 0.2, inches_per_unit=0.2)
    for row, (name, active) in enumerate(issued):
        y = len(issued) - 1 - row
        label(axes, 0, y + 0.45, name, 8, INK)
        for lane, takes_part in enumerate(active):
            square(axes, 11 + lane, y + 0.05, 0.88, "#8cc084" if takes_part else GREY)
    return figure


def square(axes: Any, x: float, y: float, side: float, color: str, edge: str | None = None) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), side, side, facecolor=color, edgecolor=edge or "none", linewidth=0.4))


def label(axes: Any, x: float, y: float, words: str, size: float, color: str = INK) -> None:
    axes.text(x, y, words, color=color, fontsize=size, family="DejaVu Sans", va="center", parse_math=False)


def mixed(light: str, dark: str, share: float) -> str:
    """A color between two, both as #rrggbb."""
    pairs = [(int(light[i : i + 2], 16), int(dark[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def in_words(size: int) -> str:
    """As data sheets have it: GB of memory are powers of ten, MB of caches powers of two."""
    return f"{size / 10**9:.0f} GB" if size >= 10**9 else f"{size / 2**20:.0f} MB"
