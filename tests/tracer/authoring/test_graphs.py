from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.tracer.authoring.keeping import Keeping
from tracer import graph, make_graph
from tracer.format import schema


def test_a_graph_with_all_that_edtraces_has(kept: Keeping) -> None:
    spec = make_graph(
        nodes=[
            {
                "id": "a",
                "label": "Start",
                "x": 0,
                "y": np.float32(1.5),
                "classes": "hot big",
                "weight": np.int8(3),
                "best": True,
            },
            {"id": 2, "x": 50, "y": 0},
        ],
        edges=[{"source": "a", "target": 2, "label": "goes", "classes": "thick"}],
        layout="preset",
        stylesheet=[{"selector": "node.hot", "style": {"background-color": "gold", "width": np.int64(9)}}],
        width=300,
        height=100,
    )
    graph(spec, {"margin": 3})
    assert kept.only(schema.Graph) == schema.Graph(
        nodes=[
            schema.Node(id="a", label="Start", x=0.0, y=1.5, classes="hot big", data={"weight": 3, "best": True}),
            schema.Node(id="2", label="2", x=50.0, y=0.0),
        ],
        edges=[schema.Edge(source="a", target="2", label="goes", classes="thick")],
        layout="preset",
        width=300,
        height=100,
        stylesheet=[{"selector": "node.hot", "style": {"background-color": "gold", "width": 9}}],
        style={"margin": 3},
    )


def test_make_graph_returns_cytoscapes_form() -> None:
    spec = make_graph(
        [{"id": 1, "x": 2, "y": 3, "weight": 4}], [{"source": 1, "target": 1, "label": "l"}], {"name": "grid"}
    )
    assert spec == {
        "nodes": [{"data": {"id": "1", "label": "1", "weight": 4}, "position": {"x": 2.0, "y": 3.0}}],
        "edges": [{"data": {"source": "1", "target": "1", "label": "l"}}],
        "layout": {"name": "grid"},
        "stylesheet": [],
        "width": 500,
        "height": 200,
    }


def test_ids_and_pairs_are_enough(kept: Keeping) -> None:
    graph(make_graph(["lo", "low", 3], [("lo", "low"), ["low", 3, "then"]]))
    shown = kept.only(schema.Graph)
    assert [node.id for node in shown.nodes] == ["lo", "low", "3"]
    assert shown.edges[1] == schema.Edge(source="low", target="3", label="then")
    assert shown.layout == "breadthfirst"  # without positions there is nothing preset


@pytest.mark.parametrize("layout", ["circle", {"name": "circle", "radius": 3}])
def test_layouts(kept: Keeping, layout: Any) -> None:
    graph(make_graph(["a"], [], layout))
    assert kept.only(schema.Graph).layout == "circle"


def test_nothing_is_shown_of_none(kept: Keeping) -> None:
    graph(None)
    graph(None, style={"a": 1})
    assert kept.shown == []


def test_strings_are_made_plain(kept: Keeping) -> None:
    graph(make_graph([{"id": "\ud800", "label": "\udfff", "classes": ["a", "b"]}], [("\ud800", "\ud800")]))
    assert kept.only(schema.Graph).nodes == [schema.Node(id="�", label="�", classes="a b")]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("nodes", "edges", "sentence"),
    [
        (["a", "a"], [], "two nodes with the id 'a'"),
        (["a"], [("a", "b")], "an edge to 'b', and no node with that id"),
        ([{"label": "x"}], [], "takes nodes such as"),
        (["a"], [("a",)], "takes edges such as"),
        (["a"], [{"source": "a"}], "takes edges such as"),
        ([{"id": "a", "x": float("nan"), "y": 0}], [], "finite numbers as x and y"),
        ([{"id": "a", "x": "left", "y": 0}], [], "finite numbers as x and y"),
        ("ab", [], "takes nodes as a list, not a str"),
        (["a"], None, "takes edges as a list, not None"),
    ],
)
def test_graphs_that_are_none(nodes: Any, edges: Any, sentence: str) -> None:
    with pytest.raises((TypeError, ValueError), match=sentence):
        make_graph(nodes, edges)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    "change",
    [
        {"width": -1},
        {"height": "tall"},
        {"layout": 3},
        {"layout": {}},
        {"stylesheet": ["x"]},
        {"stylesheet": [{"a": object()}]},
    ],
)
def test_graph_checks_what_make_graph_was_given(change: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^(make_)?graph\(\) "):
        graph({**make_graph(["a"], []), **change})
    with pytest.raises(TypeError, match="what make_graph"):
        graph([1])  # type: ignore[arg-type]
