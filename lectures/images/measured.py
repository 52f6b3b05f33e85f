"""Vega-Lite specifications of measurements: the roofline with its dots, steps, and what ran when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lectures.images.charts import SCHEMA

__all__ = ["roofline_chart", "timeline_chart"]

Row = Mapping[str, Any]
Spec = dict[str, Any]

INTENSITY, RATE = "FLOPs per byte", "TFLOP/s"


def roofline_chart(
    dots: Sequence[Row], peak: float, bandwidth: float, *, unit: str = RATE, scale: float = 1e12, height: int = 340
) -> Spec:
    """The roof that `peak` (FLOP/s) and `bandwidth` (bytes/s) make, and dots under it.

    Each dot has `name`, `kind`, `intensity` (FLOPs a byte) and `rate` (FLOP/s); both axes are logarithmic.
    """
    ridge = peak / bandwidth
    left = min([0.1, *(dot["intensity"] for dot in dots)])
    right = max([10 * ridge, *(2 * dot["intensity"] for dot in dots)])
    roof = [(left, left * bandwidth), (ridge, peak), (right, peak)]
    line = [{INTENSITY: at, unit: rate / scale} for at, rate in roof]
    rows = [
        {INTENSITY: dot["intensity"], unit: dot["rate"] / scale, "operation": dot["name"], "kind": dot["kind"]}
        for dot in dots
    ]
    x: Spec = {"field": INTENSITY, "type": "quantitative", "title": INTENSITY}
    y: Spec = {"field": unit, "title": unit, "type": "quantitative"}
    scale_x = {
        "scale": {"type": "log", "domain": [left, right], "nice": False},
        "axis": {"format": "~s", "tickCount": 6},
    }
    least = min(row[unit] for row in (*rows, *line))
    scale_y = {"scale": {"type": "log", "domain": [least / 1.5, 1.6 * peak / scale], "nice": False},
               "axis": {"format": "~s", "tickCount": 6}}  # fmt: skip
    x, y = {**x, **scale_x}, {**y, **scale_y}
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    marked = {"field": "kind", "title": None, "sort": kinds}
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "layer": [
            {
                "data": {"values": line},
                "mark": {"type": "line", "strokeWidth": 2, "color": "#888"},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {**marked, "type": "nominal"},
                    "shape": {**marked, "type": "nominal"},
                    "tooltip": [
                        {"field": "operation"},
                        {"field": INTENSITY, "type": "quantitative", "format": ".3~s"},
                        {"field": unit, "type": "quantitative", "format": ".3~s"},
                    ],
                },
            },
        ],
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
