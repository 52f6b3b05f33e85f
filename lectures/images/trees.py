"""`merge_tree`: how byte-pair encoding put one token together, as a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer import make_graph

__all__ = ["merge_tree"]

ACROSS, DOWN, MARGIN = 56, 58, 30  # pixels: from byte to byte, from level to level, around


def merge_tree(token: bytes, merges: Sequence[tuple[bytes, bytes]]) -> Any:
    """A graph with `token` at the top, under each token the two it was merged from, and its single bytes at the leaves."""
    made_from = {left + right: (left, right) for left, right in merges}
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []

    def grow(part: bytes, start: int) -> int:
        """Add the tree of `part`, which begins at byte `start` of the token, and return its height."""
        name, height = f"{start}-{start + len(part)}", 0
        if part in made_from:
            left, right = made_from[part]
            middle = start + len(left)
            height = 1 + max(grow(left, start), grow(right, middle))
            edges.append({"source": name, "target": f"{start}-{middle}"})
            edges.append({"source": name, "target": f"{middle}-{start + len(part)}"})
        label = part.decode("utf-8", errors="replace").replace(" ", "␣")
        nodes.append({"id": name, "label": label, "x": MARGIN + ACROSS * (start + (len(part) - 1) / 2), "y": height})
        return height

    top = grow(token, 0)
    for node in nodes:
        node["y"] = MARGIN + DOWN * (top - node["y"])
    width, height = 2 * MARGIN + ACROSS * (len(token) - 1), 2 * MARGIN + DOWN * top
    return make_graph(nodes, edges, width=width, height=height)
