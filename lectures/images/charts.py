"""Vega-Lite specifications for the few kinds of chart the lectures need. Colors and fonts are left to the viewer's theme.

`rows` are dicts with one entry for each field. A field's name is its axis title, so name it as a reader should see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lectures.images.tokens import spelled

__all__ = ["bar_chart", "line_chart", "pair_chart"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

Row = Mapping[str, Any]
Spec = dict[str, Any]


def line_chart(
    rows: Sequence[Row],
    x: str,
    y: str,
    color: str | None = None,
    *,
    log_x: bool = False,
    log_y: bool = False,
    from_zero: bool = True,
    height: int = 240,
) -> Spec:
    """Lines with a dot at each row: `y` over `x`, one line for each value of `color`."""
    encoding: Spec = {
        "x": _axis(x, log_x, from_zero=False, ticks=sorted({row[x] for row in rows}) if log_x else None),
        "y": _axis(y, log_y, from_zero),
        "tooltip": [_field(name) for name in rows[0]],
    }
    if color:
        legend = {"symbolType": "stroke", "symbolSize": 400, "symbolOpacity": 1}  # a piece of the line, as it is dashed
        for channel in ("color", "strokeDash"):  # the dashes tell the lines apart without color, too
            encoding[channel] = {**_field(color), "sort": None, "legend": legend}
    return _spec(rows, {"type": "line", "point": True}, encoding, height)


def bar_chart(
    rows: Sequence[Row],
    x: str,
    y: str,
    color: str | None = None,
    *,
    horizontal: bool = False,
    longest: float | None = None,
    height: int | None = None,
) -> Spec:
    """Bars of length `y`, one for each `x` in the order of the rows; `color` splits a bar. The axis ends at `longest`."""
    category: Spec = {**_field(x), "sort": None, "axis": {"labelAngle": 0, "labelLimit": 220}}
    length = _axis(y, log=False, from_zero=True)
    if longest is not None:
        length["scale"]["domainMax"] = longest
    encoding: Spec = {"tooltip": [_field(name) for name in rows[0]]}
    encoding["y" if horizontal else "x"] = category
    encoding["x" if horizontal else "y"] = length
    if color:
        encoding["color"] = {**_field(color), "sort": None}
    if height is None:
        height = 22 * len({row[x] for row in rows}) + 20 if horizontal else 220
    return _spec(rows, {"type": "bar"}, encoding, height)


def pair_chart(counts: Mapping[tuple[str, str], int]) -> Spec:
    """Bars: how often each pair of neighbors occurs, in the order given; the most frequent stand out."""
    most = max(counts.values())
    rows = [
        {"pair": spelled(pair), "count": count, "rank": "most frequent" if count == most else "others"}
        for pair, count in counts.items()
    ]
    return bar_chart(rows, x="pair", y="count", color="rank", height=150)


def _spec(rows: Sequence[Row], mark: Spec, encoding: Spec, height: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "data": {"values": [dict(row) for row in rows]},
        "mark": mark,
        "encoding": encoding,
    }


def _axis(name: str, log: bool, from_zero: bool, ticks: Sequence[float] | None = None) -> Spec:
    scale: Spec = {"type": "log", "nice": False} if log else {"zero": from_zero}
    axis: Spec = (
        {"values": list(ticks), "labelOverlap": True} if ticks else {"tickCount": 6, "format": "~s"} if log else {}
    )
    return {"field": _escaped(name), "title": name, "type": "quantitative", "scale": scale, "axis": axis}


def _field(name: str) -> Spec:
    return {"field": _escaped(name), "title": name}


def _escaped(name: str) -> str:
    """A field name as Vega-Lite takes it literally: a dot or a bracket would otherwise mean a nested field."""
    return name.replace(".", "\\.").replace("[", "\\[").replace("]", "\\]")
