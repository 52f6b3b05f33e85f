"""What the authoring functions put on the page."""

from __future__ import annotations

from typing import Any, Union

from tracer.format.schema.values import Value
from tracer.format.struct import Struct

Style = dict[str, Union[str, int, float]]  # noqa: UP007
"""CSS properties in camelCase, as the author wrote them; the viewer applies a safe list of them."""


class Words(Struct, tag_field="kind", tag="text"):
    """`text()`: Markdown with `$…$` and `$$…$$`, or, when `verbatim`, characters exactly as they are."""

    text: str
    verbatim: bool = False
    style: Style | None = None


class Image(Struct, tag_field="kind", tag="image"):
    """`image()`: `source` is relative to the trace file. `width`/`height` in pixels reserve its room before it has loaded."""

    source: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    style: Style | None = None


class Video(Struct, tag_field="kind", tag="video"):
    source: str
    alt: str = ""
    style: Style | None = None


class Reference(Struct):
    """What a link leads to: a paper, a post, a page. `date` as YYYY, YYYY-MM or YYYY-MM-DD."""

    title: str | None = None
    authors: list[str] | None = None
    organization: str | None = None
    date: str | None = None
    url: str | None = None
    description: str | None = None
    notes: str | None = None


class Target(Struct):
    """A place in the recorded source."""

    file: int
    line: int
    name: str


class Link(Struct, tag_field="kind", tag="link"):
    """`link()`: `label` leads either out (`reference`) or to a place in the source (`target`)."""

    label: str
    reference: Reference | None = None
    target: Target | None = None
    style: Style | None = None


class Plot(Struct, tag_field="kind", tag="plot"):
    """`plot()`: a Vega-Lite specification."""

    spec: dict[str, Any]
    alt: str = ""


class Node(Struct):
    """`data` holds the author's further fields, which the stylesheet may select by or show."""

    id: str
    label: str
    x: float | None = None
    y: float | None = None
    classes: str = ""
    data: dict[str, Union[str, float, bool, None]] | None = None  # noqa: UP007


class Edge(Struct):
    source: str
    target: str
    label: str = ""
    classes: str = ""
    data: dict[str, Union[str, float, bool, None]] | None = None  # noqa: UP007


class Graph(Struct, tag_field="kind", tag="graph"):
    """`graph()`: nodes and edges; `layout` is "preset" (positions given) or the name of a layout. Sizes in pixels.

    `stylesheet` is Cytoscape's, `[{"selector": "node.hot", "style": {…}}]`; the viewer reads colours, shapes and widths.
    """

    nodes: list[Node]
    edges: list[Edge]
    layout: str = "preset"
    width: int = 500
    height: int = 200
    stylesheet: list[dict[str, Any]] | None = None
    style: Style | None = None


class Table(Struct, tag_field="kind", tag="table"):
    """`table()`: the first rows of `row_count`."""

    columns: list[str]
    rows: list[list[Value]]
    row_count: int
    caption: str = ""


class Code(Struct, tag_field="kind", tag="code"):
    """`code()`: a listing that is shown, not run."""

    text: str
    language: str = "python"
    caption: str = ""


class Note(Struct, tag_field="kind", tag="note"):
    """`note()`: Markdown for the speaker; hidden from readers unless they ask."""

    text: str


class Placeholder(Struct, tag_field="kind", tag="placeholder"):
    """Stands for an output that could not be made: of which kind it was to be, what it was, and why it is not here."""

    of: str
    label: str
    reason: str


class Expected(Struct):
    """One quantity: `measure` is `flops`, `bytes`, `peak_bytes` or `seconds`; `measured` is None where it was not counted."""

    measure: str
    expected: float | int
    measured: float | int | None = None


class Expectation(Struct, tag_field="kind", tag="expectation"):
    """`expect()`: what the author predicted and what was measured. A ratio (measured / expected) further than `tolerance` from
    1 is a miss. `reason` says why something was not measured."""

    items: list[Expected]
    tolerance: float
    label: str = ""
    reason: str = ""


class Quiz(Struct, tag_field="kind", tag="quiz"):
    """`quiz()`: a question whose answer the reader sees when they ask for it. All of it is Markdown.

    `answer` is the index of the right one of `choices`, or -1 where there are none; then `explanation` answers the question.
    """

    question: str
    choices: list[str]
    answer: int
    explanation: str = ""


Output = Union[Words, Image, Video, Link, Plot, Graph, Table, Code, Note, Placeholder, Expectation, Quiz]  # noqa: UP007
