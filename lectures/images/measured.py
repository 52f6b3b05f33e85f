"""Vega-Lite specifications of measurements: the roofline with its dots, steps, and what ran when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from lectures.images.charts import SCHEMA

__all__ = ["roofline_chart", "timeline_chart"]

Row = Mapping[str, Any]
Spec = dict[str, Any]

INTENSITY, RATE = "FLOPs per byte", "TFLOP/s"


def roofline_chart(
    dots: Sequence[Row],
    peak: float,
    bandwidth: float,
    *,
    left: Sequence[str] = (),
    right: Sequence[str] = (),
    unit: str = RATE,
    scale: float = 1e12,
    height: int = 360,
) -> Spec:
    """The roof that `peak` (FLOP/s) and `bandwidth` (bytes/s) make, and dots under it.

    Each dot has `name`, `kind`, `intensity` (FLOPs a byte) and `rate` (FLOP/s); both axes are logarithmic. The dots named in
    `left` and `right` have their name written on that side; all have it where one points at them.
    """
    ridge = peak / bandwidth
    first = min([0.1, *(dot["intensity"] / 4 for dot in dots)])
    last = max([8 * ridge, *(12 * dot["intensity"] for dot in dots)])  # room for names
    roof = [{INTENSITY: at, unit: min(peak, at * bandwidth) / scale} for at in (first, ridge, last)]
    rows = [
        {INTENSITY: dot["intensity"], unit: dot["rate"] / scale, "operation": dot["name"], "kind": dot["kind"]}
        for dot in dots
    ]
    least = min(row[unit] for row in (*rows, *roof))
    most = max(row[unit] for row in (*rows, *roof))
    x, y = _log_axis(INTENSITY, first, last), _log_axis(unit, least / 1.5, 1.6 * most)
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    marked: Spec = {"field": "kind", "type": "nominal", "title": None, "sort": kinds, "legend": {"orient": "bottom"}}
    tooltip = [
        {"field": "operation"},
        {"field": INTENSITY, "type": "quantitative", "format": ".3~g"},
        {"field": unit, "type": "quantitative", "format": ".3~g"},
    ]
    layers: list[Spec] = [
        {
            "data": {"values": roof},
            "mark": {"type": "line", "strokeWidth": 2, "color": "#888"},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": marked, "shape": marked, "tooltip": tooltip},
        },
    ]
    for names, align, away in ((left, "right", -9), (right, "left", 9)):
        named = [row for row in rows if row["operation"] in names]
        if named:
            layers.append(
                {
                    "data": {"values": named},
                    "mark": {"type": "text", "align": align, "dx": away, "baseline": "middle"},
                    "encoding": {"x": x, "y": y, "text": {"field": "operation"}},
                }
            )
    return {"$schema": SCHEMA, "width": "container", "height": height, "layer": layers}


def _log_axis(name: str, least: float, most: float) -> Spec:
    scale = {"type": "log", "domain": [least, most], "nice": False}
    tens = [10.0**power for power in range(ceil(log10(least)), floor(log10(most)) + 1)]  # a line for each, and no more
    return {
        "field": name,
        "type": "quantitative",
        "title": name,
        "scale": scale,
        "axis": {"format": "~g", "values": tens},
    }


def timeline_chart(spans: Sequence[Row], *, height: int = 150) -> Spec:
    """Bars in time: each span has `place`, `name`, `start` and `end` in microseconds."""
    places = list(dict.fromkeys(span["place"] for span in spans))
    names = list(dict.fromkeys(span["name"] for span in spans))
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "data": {"values": [dict(span) for span in spans]},
        "mark": {"type": "bar", "cornerRadius": 2},
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "title": "microseconds"},
            "x2": {"field": "end"},
            "y": {"field": "place", "type": "nominal", "title": None, "sort": places},
            "color": {"field": "name", "type": "nominal", "title": None, "sort": names},
            "tooltip": [{"field": "name"}, {"field": "start", "format": ".1f"}, {"field": "end", "format": ".1f"}],
        },
    }
