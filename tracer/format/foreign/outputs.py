"""Renderings of foreign traces, as outputs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

__all__ = ["joined", "to_output", "words"]

VERBATIM = {"whiteSpace": "pre", "fontFamily": "monospace"}

Element = dict[str, Any]


def to_output(rendering: Element, target_of: Callable[[Element, str], Element | None]) -> Element:
    """The rendering as JSON of this format. `target_of` finds a place in the recorded source, if it is there."""
    kind, data = rendering.get("type"), rendering.get("data")
    text = words(data)
    style = _style(rendering.get("style"))
    styled = {"style": style} if style else {}
    if kind == "markdown":
        if _is_verbatim(rendering.get("style")):
            return {"kind": "text", "text": text, "verbatim": True}
        return {"kind": "text", "text": text, **styled}
    if kind in ("image", "video"):
        return {"kind": kind, "source": _from_root(text), **styled}
    if kind == "note":
        return {"kind": "note", "text": text}
    if kind == "link":
        return {**_link(rendering, text, target_of), **styled}
    if kind == "plot" and isinstance(data, dict):
        return {"kind": "plot", "spec": data}
    if kind == "graph" and isinstance(data, dict):
        return {**_graph(data), **styled}
    if kind not in ("plot", "graph") and isinstance(data, str):
        return {"kind": "text", "text": text, "verbatim": True, **styled}  # what it is of a type that came later
    return {
        "kind": "placeholder",
        "of": words(kind) or "output",
        "label": text,
        "reason": "This viewer cannot show it.",
    }


def joined(renderings: list[Element]) -> list[Element]:
    """The renderings, with verbatim text in one piece: it comes as one rendering a line."""
    whole: list[Element] = []
    lines: list[str] = []

    def join() -> None:
        if lines:
            whole.append({"type": "markdown", "data": "\n".join(lines), "style": VERBATIM})
            lines.clear()

    for rendering in renderings:
        if rendering.get("type") == "markdown" and _is_verbatim(rendering.get("style")):
            lines.append(words(rendering.get("data")))
        else:
            join()
            whole.append(rendering)
    join()
    return whole


def words(value: Any) -> str:
    """What can be said in words: a string, a number, or true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _is_verbatim(style: Any) -> bool:
    return isinstance(style, dict) and all(style.get(key) == value for key, value in VERBATIM.items())


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _style(style: Any) -> Element:
    given = style if isinstance(style, dict) else {}
    return {key: value for key, value in given.items() if isinstance(value, str) or _is_finite(value)}


def _link(rendering: Element, text: str, target_of: Callable[[Element, str], Element | None]) -> Element:
    inside, outside = rendering.get("internal_link"), rendering.get("external_link")
    target = target_of(inside, text) if isinstance(inside, dict) else None
    if target:
        return {"kind": "link", "label": text or target["name"], "target": target}
    reference = _reference(outside) if isinstance(outside, dict) else None
    known = reference or {}
    label = text or known.get("title") or known.get("url") or _place_of(inside) or "link"
    return {"kind": "link", "label": label, **({} if reference is None else {"reference": reference})}


def _place_of(link: Any) -> str:
    """A source that is not in the trace is named, at least."""
    if not isinstance(link, dict) or not words(link.get("path")):
        return ""
    return f"{words(link.get('path'))}:{words(link.get('line_number'))}"


def _reference(link: Element) -> Element:
    known = ("title", "organization", "date", "url", "description", "notes")
    found: Element = {key: link[key] for key in known if isinstance(link.get(key), str)}
    if isinstance(link.get("authors"), list):
        found["authors"] = [author for author in link["authors"] if isinstance(author, str)]
    return found


def _from_root(path: str) -> str:
    """Foreign traces name pictures from the root of the project; a trace of ours from its own folder, `var/traces`."""
    return path if re.match(r"[a-z]+:|/", path, re.IGNORECASE) else f"../../{path}"


def _graph(data: Element) -> Element:
    """A graph comes in Cytoscape's form: `{data: {id, label, …}, position: {x, y}, classes}`."""
    made: Element = {
        "kind": "graph",
        "nodes": [_node(node) for node in _list(data.get("nodes"))],
        "edges": [_edge(edge) for edge in _list(data.get("edges"))],
    }
    layout = _object(data.get("layout")).get("name")
    if isinstance(layout, str) and layout != "preset":
        made["layout"] = layout
    for name, usual in (("width", 500), ("height", 200)):
        size: Any = data.get(name)
        if _is_finite(size) and 1 <= size <= 10_000 and int(size) != usual:
            made[name] = int(size)
    stylesheet = _list(data.get("stylesheet"))
    return {**made, **({"stylesheet": stylesheet} if stylesheet else {})}


def _node(node: Element) -> Element:
    fields, at = _object(node.get("data")), _object(node.get("position"))
    name = words(fields.get("id"))
    made: Element = {"id": name, "label": words(fields.get("label")) or name}
    if _is_finite(at.get("x")) and _is_finite(at.get("y")):
        made |= {"x": at["x"], "y": at["y"]}
    return {**made, **_classes(node), **_further(fields, ("id", "label"))}


def _edge(edge: Element) -> Element:
    fields = _object(edge.get("data"))
    made = {"source": words(fields.get("source")), "target": words(fields.get("target"))}
    if words(fields.get("label")):
        made["label"] = words(fields.get("label"))
    return {**made, **_classes(edge), **_further(fields, ("id", "source", "target", "label"))}


def _classes(element: Element) -> Element:
    return {"classes": words(element["classes"])} if words(element.get("classes")) else {}


def _further(fields: Element, known: tuple[str, ...]) -> Element:
    more = {
        key: value
        for key, value in fields.items()
        if key not in known and (isinstance(value, str | bool) or _is_finite(value))
    }
    return {"data": more} if more else {}


def _object(value: Any) -> Element:
    return value if isinstance(value, dict) else {}


def _list(elements: Any) -> list[Element]:
    return [element for element in elements if isinstance(element, dict)] if isinstance(elements, list) else []
