"""The record of one run of a lecture: the one source of truth for its shape.

Everything else that describes the record is generated from this file by `python -m tracer.format.generate`: the JSON
Schema (`tracer/format/trace.schema.json`), the viewer's types (`trace-viewer/src/format/generated.ts`) and
`docs/trace-format.md`. A test fails when they drift.

Three ideas carry the format:

* **Long things are columns.** Steps, calls, bindings, … are tables: parallel arrays of small integers. Row *i* of a table
  is element *i* of each of its columns. Strings, values, outputs and files are stored once and referred to by index.
* **A step is one execution of one statement**, open from the moment its line starts until its activation moves on. The
  steps of whatever it calls lie between, so the call tree is `calls.parent`, and nothing of the stack is stored per step.
* **What a step leaves behind says when.** A binding, an output, a line of stdout belongs to a `step` and carries `at`: the
  newest step (of any thread) that had opened when it was recorded. For a plain statement `at == step`; for one that calls
  visible code `at` is the last step of that code, so a reader knows what was known on the way in and what only on the way
  out. Rows stand in the order of recording: `at` never decreases within a table.

Integers that would not survive JavaScript (|n| ≥ 2**53), NaN and infinities travel as strings. -1 means "none" in any
column of indices. Every change of the format, an added field too, is a new version: readers refuse what they do not know.
"""

from __future__ import annotations

from typing import Any, Literal, Union

from tracer.format.struct import Struct

__all__ = ["FORMAT", "VERSION", "Output", "Trace", "Value"]

FORMAT = "executable-lecture"
VERSION = 1

# --------------------------------------------------------------------------------------------------------------- values


class Int(Struct, tag_field="kind", tag="int"):
    """An integer outside ±2**53, as decimal digits; `digits` is its full length when the middle was cut out."""

    text: str
    digits: int | None = None


class Float(Struct, tag_field="kind", tag="float"):
    """A float that plain JSON would lose: a whole number (1.0 is not 1), or `nan`, `inf`, `-inf`."""

    value: float | str


class Complex(Struct, tag_field="kind", tag="complex"):
    real: float | str
    imag: float | str


class LongText(Struct, tag_field="kind", tag="text"):
    """The beginning of a string of `length` characters (a string that fits is a bare JSON string)."""

    text: str
    length: int


class Bytes(Struct, tag_field="kind", tag="bytes"):
    """Bytes, shown as Python does between the quotes of `b'…'`; `length` counts all of them."""

    text: str
    length: int
    type: str = "bytes"


class Sequence(Struct, tag_field="kind", tag="sequence"):
    """A list, tuple, set, deque, range, …: its first items and its whole length (-1: unknown)."""

    type: str
    items: list[Value]
    length: int


class Mapping(Struct, tag_field="kind", tag="mapping"):
    """A dict or what behaves like one: its first entries, key and value, and its whole length."""

    type: str
    entries: list[tuple[Value, Value]]
    length: int


class Instance(Struct, tag_field="kind", tag="instance"):
    """An object by its fields: a dataclass, a named tuple, a plain instance, a module. `length` counts all the fields."""

    type: str
    fields: list[tuple[str, Value]]
    length: int


class Stats(Struct):
    """Of an array's finite elements; `nan` and `inf` count the others. `approximate`: from a strided sample."""

    min: float | str | None = None
    max: float | str | None = None
    mean: float | str | None = None
    std: float | str | None = None
    zeros: int = 0
    nan: int = 0
    inf: int = 0
    approximate: bool = False


class Storage(Struct):
    """Which memory an array looks into: arrays with one `id` share it. Sizes in bytes, `offset` in bytes from its start."""

    id: int
    bytes: int
    offset: int = 0


class Picture(Struct):
    """A bounded look at a large array: `rows` × `columns` elements, row by row, taken every so many of the last two axes.

    Leading axes are flattened into the rows. `row_indices`/`column_indices` say which element each cell is.
    """

    rows: int
    columns: int
    row_indices: list[int]
    column_indices: list[int]
    cells: list[float | int | bool | str | None]


class Tensor(Struct, tag_field="kind", tag="tensor"):
    """A tensor or array at one moment. `elements` holds every element in row-major order when there are few, else `picture`.

    Non-finite elements are the strings `nan`, `inf`, `-inf`. `strides` count elements, not bytes. `origin` names what
    produced it (torch's grad_fn). `problem` says why there is no data (another device, a fake tensor, …).
    """

    type: str
    shape: list[int]
    dtype: str
    device: str | None = None
    strides: list[int] | None = None
    storage: Storage | None = None
    requires_grad: bool = False
    origin: str | None = None
    dimensions: list[str] | None = None
    elements: list[float | int | bool | str | None] | None = None
    picture: Picture | None = None
    stats: Stats | None = None
    problem: str | None = None


class Records(Struct, tag_field="kind", tag="records"):
    """A data frame or a list of like records: its first rows and columns, and its whole size."""

    type: str
    columns: list[str]
    rows: list[list[Value]]
    row_count: int
    column_count: int
    index: list[Value] | None = None


class Formula(Struct, tag_field="kind", tag="formula"):
    """A symbolic expression, as LaTeX and as text."""

    type: str
    latex: str
    text: str


class Definition(Struct, tag_field="kind", tag="definition"):
    """A function, method, class or module. `file` (an index) and `line` lead to its source when that is in the record."""

    type: str
    name: str
    signature: str | None = None
    file: int | None = None
    line: int | None = None


class Opaque(Struct, tag_field="kind", tag="opaque"):
    """Anything else: its type and, if `repr` gave one, a bounded text. `cut`: more was left out. `problem`: why there is none."""

    type: str
    text: str | None = None
    cut: bool = False
    problem: str | None = None


class Cut(Struct, tag_field="kind", tag="cut"):
    """Stands where a picture was stopped: by `depth`, by `budget`, or by a `cycle` back to an object already open above."""

    reason: Literal["depth", "budget", "cycle"]
    type: str


Value = Union[  # noqa: UP007 - a forward-referenced union that msgspec resolves
    None,
    bool,
    int,
    float,
    str,
    Int,
    Float,
    Complex,
    LongText,
    Bytes,
    Sequence,
    Mapping,
    Instance,
    Tensor,
    Records,
    Formula,
    Definition,
    Opaque,
    Cut,
]
"""A bounded picture of any Python value at one moment. Whatever JSON can say exactly is plain JSON: None, True, 3, 0.5, "x"."""

# -------------------------------------------------------------------------------------------------------------- outputs

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


Output = Union[Words, Image, Video, Link, Plot, Graph, Table, Code, Note, Placeholder]  # noqa: UP007

# ----------------------------------------------------------------------------------------------------- sources and code


class Directive(Struct):
    """A `# @name arguments` comment. Columns count characters from 0: the comment spans `column` to `end_column` of `line`."""

    name: Literal["inspect", "clear", "stepover", "hide", "animate"]
    arguments: list[str]
    line: int
    column: int
    end_column: int


class SourceFile(Struct):
    """A visible file: where it was (relative to the project), what was in it, and which lines are `@hide`-den (1-based).

    Lines end at a line feed and nothing else. `sha256` is of the file's bytes; `text` is decoded, without a byte-order mark.
    """

    path: str
    sha256: str
    text: str
    hidden: list[int]
    directives: list[Directive]


class Functions(Struct):
    """Table: the functions, methods and class bodies of the visible files that ran. `name` is the qualified name (a string)."""

    name: list[int]
    file: list[int]
    line: list[int]
    end_line: list[int]


class Statements(Struct):
    """Table: the statements that ran. `line` to `end_line` (1-based) is the statement, or the header of a compound one."""

    file: list[int]
    line: list[int]
    end_line: list[int]


# ------------------------------------------------------------------------------------------------------------ what ran


class Tracks(Struct):
    """Table: the lanes of execution, one a thread of a process of a rank. `rank` is -1 outside distributed runs.

    `process` and `thread` are the system's numbers (0: the main thread); `name` (of the thread) and `host` are strings.
    """

    rank: list[int]
    process: list[int]
    thread: list[int]
    name: list[int]
    host: list[int]


class Calls(Struct):
    """Table: the activations, in the order in which each ran its first line.

    `parent` is the step that made the call (-1 for the lecture's `main` and for what a library or a thread started on its
    own). The first step of a call is the first one that names it.
    """

    function: list[int]
    parent: list[int]
    track: list[int]


class Resumes(Struct):
    """Table: the times a suspended generator or coroutine went on. From `step` on, its parent is `parent`."""

    call: list[int]
    step: list[int]
    parent: list[int]


END_NEXT, END_RETURN, END_YIELD, END_RAISE, END_OPEN = range(5)
"""How a step ended. A step that yielded and went on later is re-ended by what came then; OPEN: the run stopped inside it."""


class Steps(Struct):
    """Table: one row a step, in the order in which they opened.

    `start` is in nanoseconds since the step before (the first: since the clock base); `duration` in nanoseconds, with all
    that the step called and without the time it was suspended; `end`: 0 went on to the next statement, 1 returned, 2
    yielded, 3 was left by an exception, 4 never ended. The time that recording itself took is in neither.
    """

    statement: list[int]
    call: list[int]
    start: list[int]
    duration: list[int]
    end: list[int]


ROLE_INSPECTED, ROLE_RETURNED, ROLE_LOCAL, ROLE_ARGUMENT = range(4)
"""Why a binding was recorded: `@inspect` asked for it, the call returned it, every variable was asked for (`-I`), or the
call was made with it."""


class Bindings(Struct):
    """Table: after `step`, `name` (a string: a variable or an inspected expression) was `value` (-1: no longer shown,
    whatever its role).

    `role`: 0 inspected, 1 returned (its name is empty), 2 a local variable, 3 an argument, as it was before the first step
    of its call ran. Rows are in the order of recording.
    """

    step: list[int]
    at: list[int]
    name: list[int]
    value: list[int]
    role: list[int]


class Shown(Struct):
    """Table: the outputs, each by the step that made it."""

    step: list[int]
    at: list[int]
    output: list[int]


class Printed(Struct):
    """Table: what was written to stdout (`stream` 0) and stderr (1); `text` is a string."""

    step: list[int]
    at: list[int]
    stream: list[int]
    text: list[int]


class Costs(Struct):
    """Table: what a step cost in `measure` (a string, its unit in its name, such as `cuda_allocated_bytes`)."""

    step: list[int]
    measure: list[int]
    amount: list[float | int]


class TracebackLine(Struct):
    """One frame of a traceback, outermost first. `file` is an index, or -1 outside the record, then `path` names it."""

    file: int
    path: str
    line: int
    function: str
    text: str


class Failure(Struct):
    """An exception: its type, its message and its traceback. `cause` is what it was raised from."""

    type: str
    message: str
    traceback: list[TracebackLine]
    cause: str | None = None


class Raised(Struct):
    """Table: `step` was left by the exception `failure`. One that passes through several calls has a row in each."""

    step: list[int]
    failure: list[int]


class Notice(Struct):
    """Something the author should know, at a place in the source and, if it is about a moment, at a step (else -1)."""

    message: str
    file: int = -1
    line: int = 0
    step: int = -1


# ----------------------------------------------------------------------------------------------------------- the record


class Hardware(Struct):
    machine: str
    processor: str
    cores: int
    gpus: list[str]
    memory_bytes: int | None = None


class Provenance(Struct):
    """What ran, where, with what: enough to judge a number in the lecture and to run it again."""

    arguments: list[str]
    started: str
    python: str
    platform: str
    hardware: Hardware
    packages: dict[str, str]
    engine: str
    seed: int | None = None
    commit: str | None = None
    modified: bool | None = None
    world_size: int | None = None


class Outcome(Struct):
    """How the run ended: `finished`; `failed` by an exception; `interrupted` by Ctrl-C or a signal; `stopped` at a limit;
    `lost` when the process died without a word. `failure` indexes the exception, `exit_code` is the process's."""

    status: Literal["finished", "failed", "interrupted", "stopped", "lost"]
    message: str = ""
    failure: int | None = None
    exit_code: int = 0


class Summary(Struct):
    """What a list of traces shows of this one."""

    name: str
    title: str
    steps: int
    seconds: float
    outcome: Outcome


class Trace(Struct):
    """The whole record. `clock` is the moment of the clock base, in seconds since 1970; `entry` the file of the lecture."""

    format: str
    version: int
    summary: Summary
    provenance: Provenance
    clock: float
    entry: int
    files: list[SourceFile]
    strings: list[str]
    functions: Functions
    statements: Statements
    tracks: Tracks
    calls: Calls
    resumes: Resumes
    steps: Steps
    values: list[Value]
    bindings: Bindings
    outputs: list[Output]
    shown: Shown
    printed: Printed
    costs: Costs
    failures: list[Failure]
    raised: Raised
    notices: list[Notice]
