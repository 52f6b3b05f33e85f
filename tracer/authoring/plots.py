"""`plot`: charts, as a Vega-Lite specification or as a matplotlib figure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import described, jsonable, plain_text
from tracer.authoring.recording import active, missing

if TYPE_CHECKING:
    from tracer.authoring.recording import Recorder

__all__ = ["plot"]

VIEWS = ("mark", "layer", "facet", "repeat", "concat", "hconcat", "vconcat", "spec")
"""What makes a dict a Vega-Lite view: one of these (https://vega.github.io/vega-lite/docs/spec.html)."""


def plot(spec: Any, alt: str | None = None) -> None:
    """Show a chart: a Vega-Lite specification (a dict), anything with `to_dict()` that gives one (Altair), or a matplotlib
    figure or axes. `alt` says in words what is to be seen.

    Numbers, dates and missing values of numpy and pandas inside a specification become plain JSON. Raises TypeError for
    what is no chart and ValueError for a dict that is no Vega-Lite specification; one that holds what JSON cannot say leaves a
    placeholder.
    """
    if alt is not None and not isinstance(alt, str):
        raise TypeError(f"plot() takes alt as a string, not {described(alt)}.")
    recorder = active()
    if "matplotlib.figure" in sys.modules:
        from tracer.authoring.drawing import drawing_of, figure_in

        if (figure := figure_in(spec)) is not None:
            if recorder is not None:
                from tracer.authoring.images import show_drawing

                draw = drawing_of("plot", figure)
                assert draw is not None
                show_drawing(recorder, "plot", draw, None, None, alt)
            return
    if isinstance(spec, dict):
        _check_view(spec)
    elif not callable(getattr(spec, "to_dict", None)):
        raise TypeError(
            "plot() takes a Vega-Lite specification as a dict, an object whose to_dict() gives one, or a matplotlib figure, "
            f"not {described(spec)}."
        )
    if recorder is not None:
        _show(recorder, spec, alt)


def _show(recorder: Recorder, spec: Any, alt: str | None) -> None:
    from tracer.format.schema import Plot

    try:
        if not isinstance(spec, dict):
            spec = spec.to_dict()
            _check_view(spec)
        plain = jsonable("plot", spec, "spec")
    except Exception as error:  # whatever a chart says of itself, or holds
        reason = (
            str(error) if isinstance(error, TypeError | ValueError) else f"{type(error).__name__}: {str(error)[:200]}"
        )
        missing(recorder, "plot", "a chart", plain_text(reason))
        return
    if url := _data_url(plain):
        recorder.notice(
            f"plot() reads its data from {url[:200]!r}, which a page without network cannot; give it as values."
        )
    recorder.emit(Plot(spec=plain, alt=_in_words(plain) if alt is None else plain_text(alt)))


def _check_view(spec: Any) -> None:
    if not isinstance(spec, dict) or not any(view in spec for view in VIEWS):
        raise ValueError(f"plot() was given no Vega-Lite specification: it has none of {', '.join(VIEWS)}.")


def _data_url(spec: Any) -> str | None:
    """The first address that a specification reads data from, in any of its views."""
    if isinstance(spec, dict):
        data = spec.get("data")
        if isinstance(data, dict) and isinstance(data.get("url"), str):
            return str(data["url"])
        found = (_data_url(value) for key, value in spec.items() if key in (*VIEWS, "transform", "lookup", "from"))
    elif isinstance(spec, list):
        found = (_data_url(item) for item in spec)
    else:
        return None
    return next((url for url in found if url), None)


def _in_words(spec: dict[str, Any]) -> str:
    """What a chart shows: its description, else its title, else the fields on its axes."""
    title = spec.get("title")
    title = title.get("text") if isinstance(title, dict) else title
    title = " ".join(str(line) for line in title) if isinstance(title, list) else title
    for words in (spec.get("description"), title):
        if isinstance(words, str) and words:
            return words[:500]
    encoding = spec.get("encoding")
    x, y = (_field(encoding.get(axis)) for axis in "xy") if isinstance(encoding, dict) else ("", "")
    return f"{y} against {x}" if x and y else "A chart"


def _field(channel: Any) -> str:
    if not isinstance(channel, dict):
        return ""
    return str(channel.get("title") or channel.get("field") or channel.get("aggregate") or "")[:100]
