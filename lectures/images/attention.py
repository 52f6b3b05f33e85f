"""Pictures of attention, drawn by code: `attention_picture` and `rotation_picture`. Each is a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lectures.images.panels import FAINT, INK

__all__ = ["attention_picture", "rotation_picture"]


def attention_picture(layers: Mapping[str, Any]) -> Any:
    """A Figure with a square for each head: attention weights (head, query, key), one row for each layer; dark is much."""
    from matplotlib.figure import Figure

    heads = max(len(weights) for weights in layers.values())
    figure = Figure(figsize=(2.4 * heads + 0.2, 2.5 * len(layers)), dpi=144, facecolor="white", layout="constrained")
    grid = figure.subplots(len(layers), heads, squeeze=False)
    for row, (name, weights) in zip(grid, layers.items(), strict=True):
        for head, axes in enumerate(row):
            axes.imshow(weights[head], cmap="Blues", vmin=0, vmax=1)
            axes.set_title(f"{name}, head {head + 1}", fontsize=9, color=INK)
            axes.set_xlabel("looks at", fontsize=8, color=FAINT)
            axes.set_ylabel("position", fontsize=8, color=FAINT)
            axes.tick_params(labelsize=7, colors=FAINT)
    return figure


def rotation_picture(turned: Any) -> Any:
    """A Figure with a circle for each pair of numbers: where it points at each position; `turned` is (position, d)."""
    from matplotlib.figure import Figure

    positions, d = turned.shape
    figure = Figure(figsize=(2.4 * d / 2, 2.6), dpi=144, facecolor="white", layout="constrained")
    for pair, axes in enumerate(figure.subplots(1, d // 2, squeeze=False)[0]):
        for position in range(positions):
            x, y = (float(turned[position, 2 * pair + i]) for i in (0, 1))
            shade = 0.25 + 0.75 * position / max(positions - 1, 1)
            axes.annotate(
                "", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": (0.06, 0.36, 0.55, shade), "lw": 1.4}
            )
            if pair == 0 or position in (0, positions - 1):
                axes.text(1.18 * x, 1.18 * y, str(position), fontsize=8, color=INK, ha="center", va="center")
        axes.set(xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), aspect="equal")
        axes.set_title(f"pair {pair + 1}", fontsize=9, color=INK)
        axes.axhline(0, color="#d5d8de", lw=0.7, zorder=0)
        axes.axvline(0, color="#d5d8de", lw=0.7, zorder=0)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure
