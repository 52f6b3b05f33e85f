"""Pictures of several ranks: the numbers that each holds, who has which part of a matrix, who works when, who sends how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lectures.images.charts import SCHEMA
from lectures.images.machine import label, mixed
from lectures.images.panels import FAINT, INK, PASTELS, cell, panel

__all__ = ["by_owner", "by_share", "cut_matrices", "heat_chart", "rank_panels", "work_chart"]

GREY = "#e8e9ec"
Rows = Sequence[Sequence[int | None]]
Row = Mapping[str, Any]
Spec = dict[str, Any]


def rank_panels(panels: Mapping[str, Rows], color: Callable[[int], str], across: int) -> Any:
    """A Figure of panels, `across` of them side by side, each with a title and what the ranks hold: a row of numbers a rank.

    None is a place where a rank holds nothing. `color` says how a number is filled.
    """
    ranks = len(next(iter(panels.values())))
    most = max(len(row) for rows in panels.values() for row in rows)
    digits = max(len(str(number)) for rows in panels.values() for row in rows for number in row if number is not None)
    wide = 0.55 * digits + 0.55
    across_units, down_units = most * wide + 1.5, ranks + 1.7
    lines = -(-len(panels) // across)
    inches = 4.7 / (across * across_units)  # as wide as a telephone can show
    figure, axes = panel(across * across_units - 0.6, lines * down_units, inches, units_high=max(1.0, 0.19 / inches))
    for index, (title, rows) in enumerate(panels.items()):
        x, y = index % across * across_units, (lines - 1 - index // across) * down_units
        label(axes, x + 0.75, y + ranks + 0.75, title, 7.5)
        for rank, row in enumerate(rows):
            at = y + (ranks - 1 - rank) + 0.05
            label(axes, x, at + 0.45, str(rank), 7, FAINT)
            for place, number in enumerate(row):
                fill, words = (GREY, "") if number is None else (color(number), str(number))
                cell(axes, x + 0.75 + place * wide, at, wide, fill, words, size=7)
    return figure


def by_owner(number: int, size: int = 4) -> str:
    """Of numbers whose tens say which rank they come from: its pastel; of sums, a stronger color of their own."""
    return PASTELS[number // 10] if number // 10 < size and number % 10 < size else "#f0b95e"


def by_share(number: int, size: int = 4) -> str:
    """Of sums of powers of ten, one a rank: the darker, the more ranks are in it."""
    return mixed("#e6eff9", "#7fb0e3", (str(number).count("1") - 1) / (size - 1))


def cut_matrices(
    matrices: Mapping[str, tuple[int, int]], cuts: Mapping[str, str], ranks: int, symbols: Sequence[str] = ()
) -> Any:
    """A Figure of matrices side by side, (rows, columns) each, and between them `symbols`.

    A matrix is cut into a stripe for each rank by "columns" or by "rows"; one that is named in no cut is whole on all.
    """
    unit = 0.16
    gap = 3.2
    width = sum(columns for _, columns in matrices.values()) + gap * (len(matrices) - 1)
    height = max(rows for rows, _ in matrices.values())
    figure, axes = panel(width + 0.4, height + 3.2, inches_per_unit=min(unit, 4.6 / (width + 0.4)))
    x = 0.2
    for index, (name, (rows, columns)) in enumerate(matrices.items()):
        y = (height - rows) / 2 + 0.2
        cut = cuts.get(name, "")
        for rank in range(ranks if cut else 1):
            stripe = PASTELS[rank % len(PASTELS)] if cut else GREY
            if cut == "rows":
                box(axes, x, y + rows - (rank + 1) * rows / ranks, columns, rows / ranks, stripe)
                label(axes, x + columns / 2 - 0.3, y + rows - (rank + 0.5) * rows / ranks, str(rank), 7)
            elif cut == "columns":
                box(axes, x + rank * columns / ranks, y, columns / ranks, rows, stripe)
                label(axes, x + (rank + 0.5) * columns / ranks - 0.3, y + rows / 2, str(rank), 7)
            else:
                box(axes, x, y, columns, rows, stripe)
                label(axes, x + columns / 2 - 0.9, y + rows / 2, "all", 7, FAINT)
        axes.text(
            x + columns / 2, height + 1.6, name, color=INK, fontsize=8.5, family="DejaVu Sans", ha="center", va="center",
            parse_math=False,
        )  # fmt: skip
        if index < len(symbols):
            label(axes, x + columns + gap / 2 - 0.6, height / 2 + 0.2, symbols[index], 10)
        x += columns + gap
    return figure


def box(axes: Any, x: float, y: float, width: float, height: float, color: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, facecolor=color, edgecolor="white", linewidth=1.2))


def work_chart(spans: Sequence[Row], *, unit: str = "milliseconds", height: int = 150) -> Spec:
    """Who did what when: each span has `place` (a row), `kind` (its color), `name`, `start`, `end`; wide ones show their name."""
    places = list(dict.fromkeys(span["place"] for span in spans))
    kinds = list(dict.fromkeys(span["kind"] for span in spans))
    long = 0.03 * (max(span["end"] for span in spans) - min(span["start"] for span in spans))
    values = [
        {**span, "middle": (span["start"] + span["end"]) / 2, "label": span["name"] if wide(span, long) else ""}
        for span in spans
    ]
    y = {"field": "place", "type": "nominal", "title": None, "sort": places}
    color = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": kinds, "range": ["#8fbbe8", "#f0b46a", "#9ccf95"][: len(kinds)]},
        "legend": {"orient": "top", "symbolType": "square"},
    }
    tooltip = [
        {"field": "name"},
        {"field": "kind"},
        {"field": "start", "format": ".1f"},
        {"field": "end", "format": ".1f"},
    ]
    bars = {
        "mark": {"type": "bar", "cornerRadius": 2, "stroke": "#5c626d", "strokeWidth": 0.4},
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "title": unit},
            "x2": {"field": "end"},
            "y": y,
            "color": color,
            "tooltip": tooltip,
        },
    }
    names = {
        "mark": {"type": "text", "fontSize": 10, "color": INK},
        "encoding": {
            "x": {"field": "middle", "type": "quantitative"},
            "y": y,
            "text": {"field": "label"},
        },
    }
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "data": {"values": values},
        "layer": [bars, names],
    }


def wide(span: Row, long: float) -> bool:
    """Whether its name fits into it."""
    return bool(span["end"] - span["start"] > long * len(span["name"]))


def heat_chart(rows: Sequence[Row], x: str, y: str, value: str, *, height: int = 150) -> Spec:
    """A field of cells, the darker the greater `value`, which is written in each."""
    most = max(row[value] for row in rows)
    across = {"field": x, "type": "ordinal", "title": x, "axis": {"labelAngle": 0}}
    down = {"field": y, "type": "ordinal", "title": y}
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "data": {"values": [dict(row) for row in rows]},
        "encoding": {"x": across, "y": down},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "white"},
                "encoding": {
                    "color": {
                        "field": value,
                        "type": "quantitative",
                        "scale": {"domain": [0, most], "range": ["#eef4fb", "#5b9bd5"]},
                        "legend": None,
                    },
                    "tooltip": [{"field": name} for name in (y, x, value)],
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "color": INK},
                "encoding": {"text": {"field": value, "type": "quantitative"}},
            },
        ],
    }
