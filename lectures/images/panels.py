"""What the pictures of cells share: an empty figure on white, and a labelled cell. Dark letters on pastel read the same on a
light and a dark page.
"""

from __future__ import annotations

from typing import Any

__all__ = ["FAINT", "INK", "PASTELS", "cell", "panel"]

INK = "#22252b"
FAINT = "#5c626d"
PASTELS = ["#cfe3f7", "#fde2c0", "#d5ecd0", "#f6d3d8", "#e3d8f3", "#f8efb8"]
"""Neighbouring cells take the next color; dark ink on each of them has a contrast above 10."""


def panel(columns: float, rows: float, inches_per_unit: float, units_high: float = 1.0) -> tuple[Any, Any]:
    """An empty white figure, and axes on it that span `columns` by `rows` units."""
    # Imported here: a lecture that draws nothing should not wait for matplotlib.
    from matplotlib.figure import Figure

    margin = 0.12  # inches
    width = columns * inches_per_unit + 2 * margin
    height = rows * inches_per_unit * units_high + 2 * margin
    figure = Figure(figsize=(width, height), dpi=144, facecolor="white")
    axes = figure.add_axes((margin / width, margin / height, 1 - 2 * margin / width, 1 - 2 * margin / height))
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)
    axes.axis("off")
    return figure, axes


def cell(axes: Any, x: float, y: float, width: float, color: str, label: str, size: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x + 0.04, y), width - 0.08, 1.0, facecolor=color, edgecolor="none"))
    axes.text(
        x + width / 2, y + 0.46, label, color=INK, fontsize=size, family="DejaVu Sans Mono", ha="center", va="center",
        parse_math=False,
    )  # fmt: skip
