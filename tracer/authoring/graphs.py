"""`make_graph` and `graph`: nodes and edges, as a picture that can be moved and zoomed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import Style, check_style, described, jsonable, plain_text
from tracer.authoring.recording import active

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["graph", "make_graph"]

DEFAULT_LAYOUT = "breadthfirst"
"""For graphs whose nodes have no positions."""


def make_graph(
    nodes: Sequence[Any],
    edges: Sequence[Any],
    layout: str | dict[str, Any] = "preset",
    stylesheet: list[dict[str, Any]] | None = None,
    width: int = 500,
    height: int = 200,
) -> dict[str, Any]:
    """A graph for `graph` to show.

    * `nodes`: dicts with `id`, and as you like `label` (else the id), `x` and `y` (position, for the layout "preset"),
      `classes` (for the stylesheet); or just ids;
    * `edges`: dicts with `source`, `target` and, as you like, `label`, `classes`; or tuples (source, target[, label]);
    * `layout`: the name of a layout ("preset" takes the positions of the nodes; when these are missing, the edges arrange
      them), or a dict of its options with its `name`;
    * `stylesheet`: Cytoscape's, `[{"selector": "node.hot", "style": {"background-color": "gold"}}]`;
    * `width`, `height`: in pixels.

    Raises TypeError or ValueError for anything else, such as an edge to a node that is not there.
    """
    checked_nodes = [_node(node) for node in _items("nodes", nodes)]
    checked_edges = [_edge(edge) for edge in _items("edges", edges)]
    _check_ends(checked_nodes, checked_edges)
    return {
        "nodes": checked_nodes,
        "edges": checked_edges,
        "layout": {"name": layout} if isinstance(layout, str) else layout,
        "stylesheet": stylesheet or [],
        "width": width,
        "height": height,
    }


def graph(spec: dict[str, Any] | None, style: Style | None = None) -> None:
    """Show a graph made by `make_graph`; nothing when `spec` is None. Raises TypeError or ValueError for anything else."""
    checked = check_style("graph", style)
    if spec is None:
        return
    if not isinstance(spec, dict) or "nodes" not in spec:
        raise TypeError(f"graph() takes what make_graph() returns, or None, not {described(spec)}.")
    nodes = [_node(node) for node in _items("nodes", spec["nodes"])]
    edges = [_edge(edge) for edge in _items("edges", spec.get("edges", []))]
    _check_ends(nodes, edges)
    layout = _layout(spec.get("layout", "preset"))
    width, height = (_size(name, spec.get(name, usual)) for name, usual in (("width", 500), ("height", 200)))
    stylesheet = _stylesheet(spec.get("stylesheet"))
    if (recorder := active()) is None:
        return
    from tracer.format.schema import Edge, Graph, Node

    if layout == "preset" and not all("position" in node for node in nodes):
        layout = DEFAULT_LAYOUT
    recorder.emit(
        Graph(
            nodes=[
                Node(
                    id=node["data"]["id"],
                    label=node["data"]["label"],
                    x=node.get("position", {}).get("x"),
                    y=node.get("position", {}).get("y"),
                    classes=node.get("classes", ""),
                    data=_further(node["data"], "id", "label"),
                )
                for node in nodes
            ],
            edges=[
                Edge(
                    source=edge["data"]["source"],
                    target=edge["data"]["target"],
                    label=edge["data"].get("label", ""),
                    classes=edge.get("classes", ""),
                    data=_further(edge["data"], "source", "target", "label"),
                )
                for edge in edges
            ],
            layout=layout,
            width=width,
            height=height,
            stylesheet=stylesheet,
            style=checked,
        )
    )


# Nodes and edges travel in Cytoscape's form, {"data": {…}, "position": {…}, "classes": "…"}, which is also what authors
# who build a graph by hand write; both functions read that form and the short one.


def _items(what: str, items: Any) -> list[Any]:
    if isinstance(items, list | tuple):
        return list(items)
    raise TypeError(f"make_graph() takes {what} as a list, not {described(items)}.")


def _node(node: Any) -> dict[str, Any]:
    flat = _flat(node) if isinstance(node, dict) else {"id": node}
    if flat.get("id") is None or isinstance(flat["id"], dict | list):
        raise ValueError(f'make_graph() takes nodes such as {{"id": "a"}}, not {node!r:.120}.')
    result = _element(flat, ("id",))
    result["data"]["label"] = _string(flat["label"] if flat.get("label") is not None else flat["id"])
    x, y = flat.get("x"), flat.get("y")
    if x is not None and y is not None:
        result["position"] = {"x": _coordinate(x, node), "y": _coordinate(y, node)}
    return result


def _edge(edge: Any) -> dict[str, Any]:
    if isinstance(edge, list | tuple) and len(edge) in (2, 3):
        edge = dict(zip(("source", "target", "label"), edge, strict=False))
    flat = _flat(edge) if isinstance(edge, dict) else {}
    if flat.get("source") is None or flat.get("target") is None:
        raise ValueError(f'make_graph() takes edges such as {{"source": "a", "target": "b"}}, not {edge!r:.120}.')
    result = _element(flat, ("id", "source", "target"))
    if flat.get("label") is not None:
        result["data"]["label"] = _string(flat["label"])
    return result


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """The short form of a node or an edge, whichever form it came in."""
    flat = dict(item)
    for nested in ("data", "position"):
        inner = flat.pop(nested, None)
        if isinstance(inner, dict):
            flat = {**inner, **flat}
    return flat


def _element(flat: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Cytoscape's form, with `names` as the strings that it wants them to be."""
    data = {key: value for key, value in flat.items() if key not in ("x", "y", "classes")}
    data.update({name: _string(flat[name]) for name in names if name in flat})
    result: dict[str, Any] = {"data": data}
    if classes := flat.get("classes"):
        result["classes"] = " ".join(map(_string, classes)) if isinstance(classes, list | tuple) else _string(classes)
    return result


def _further(data: dict[str, Any], *known: str) -> dict[str, Any] | None:
    """The plain fields of a node or an edge beyond the `known` ones, for its stylesheet."""
    further = jsonable("graph", {key: value for key, value in data.items() if key not in known}, "its data")
    plain = {key: value if isinstance(value, int | float | None) else _string(value) for key, value in further.items()}
    return plain or None


def _string(value: Any) -> str:
    return plain_text(value if isinstance(value, str) else str(value))


def _coordinate(value: Any, node: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"make_graph() takes finite numbers as x and y, unlike {node!r:.120}.")
    return number


def _check_ends(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> None:
    ids: set[str] = set()
    for node in nodes:
        if node["data"]["id"] in ids:
            raise ValueError(f"make_graph() was given two nodes with the id {node['data']['id']!r:.80}.")
        ids.add(node["data"]["id"])
    for edge in edges:
        for end in (edge["data"]["source"], edge["data"]["target"]):
            if end not in ids:
                raise ValueError(f"make_graph() was given an edge to {end!r:.80}, and no node with that id.")


def _layout(layout: Any) -> str:
    name = layout.get("name") if isinstance(layout, dict) else layout
    if not isinstance(name, str):
        raise TypeError(
            f'make_graph() takes layout as a name such as "circle", or a dict with its name, not {layout!r:.80}.'
        )
    return plain_text(name)


def _size(name: str, size: Any) -> int:
    if not isinstance(size, int | float) or isinstance(size, bool) or not 1 <= size <= 100_000:
        raise ValueError(f"make_graph() takes {name} as a number of pixels, not {size!r:.80}.")
    return round(size)


def _stylesheet(stylesheet: Any) -> list[dict[str, Any]] | None:
    if not stylesheet:
        return None
    if not isinstance(stylesheet, list | tuple) or not all(isinstance(rule, dict) for rule in stylesheet):
        raise TypeError(
            f"make_graph() takes stylesheet as a list of dicts with selector and style, not {stylesheet!r:.80}."
        )
    plain: list[dict[str, Any]] = jsonable("graph", list(stylesheet), "stylesheet")
    return plain
