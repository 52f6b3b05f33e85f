"""Pictures of how numbers lie in memory, drawn by code: `bit_layout` and `strided_walk`. Each is a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from lectures.images.panels import FAINT, PASTELS, cell, panel

__all__ = ["bit_layout", "strided_walk"]

SIGN, EXPONENT, FRACTION = PASTELS[3], PASTELS[1], PASTELS[0]


def bit_layout(formats: Mapping[str, tuple[int, int]]) -> Any:
    """A Figure with a row of bits for each format: name → bits of the exponent, bits of the fraction; the sign comes first."""
    widest = max(1 + exponent + fraction for exponent, fraction in formats.values())
    height = len(formats) * 2.5 + 1.4
    figure, axes = panel(widest, height, inches_per_unit=0.148)  # as wide as a telephone can show
    for row, (name, (exponent, fraction)) in enumerate(formats.items()):
        y = height - 0.4 - 2.5 * row - 1.6
        axes.text(0, y + 1.45, name, color=FAINT, fontsize=8.5, family="DejaVu Sans", va="center")
        for bit in range(1 + exponent + fraction):
            kind = 0 if bit == 0 else 1 if bit <= exponent else 2
            cell(axes, bit, y, 1, (SIGN, EXPONENT, FRACTION)[kind], "sef"[kind], size=7.5)
    for x, color, word in ((0, SIGN, "sign"), (5, EXPONENT, "exponent: reach"), (16, FRACTION, "fraction: fineness")):
        cell(axes, x, 0.0, 1, color, "", size=8)
        axes.text(x + 1.3, 0.45, word, color=FAINT, fontsize=8.5, family="DejaVu Sans", va="center")
    return figure


def strided_walk(shape: Sequence[int], strides: Sequence[int]) -> Any:
    """A Figure of a 2-d tensor above the memory it walks through; each element has the color of its row in both.

    `strides` are in elements. Memory ends with the last element that the tensor reads.
    """
    rows, columns = shape
    end = 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    width = max(end, columns + 6)
    height = rows + 2.8
    figure, axes = panel(width, height, inches_per_unit=0.39)
    colors = dict.fromkeys(range(end), "#eeeff2")
    for row, column in product(range(rows), range(columns)):
        at = row * strides[0] + column * strides[1]
        colors[at] = PASTELS[row % len(PASTELS)]
        cell(axes, column, height - 1.2 - row, 1, colors[at], f"{row},{column}", size=9)
    words = [
        f"shape {tuple(shape)}",
        f"strides {tuple(strides)}",
        "element r,c lies at",
        f"{strides[0]}·r + {strides[1]}·c",
    ]
    for line, word in enumerate(words):
        axes.text(
            columns + 0.6,
            height - 0.65 - 0.62 * line,
            word,
            color=FAINT,
            fontsize=9.5,
            family="DejaVu Sans",
            va="center",
        )
    axes.text(0, 1.62, "memory", color=FAINT, fontsize=9, family="DejaVu Sans")
    for at, color in colors.items():
        cell(axes, at, 0.4, 1, color, str(at), size=9)
    return figure
