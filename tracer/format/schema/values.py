"""Pictures of Python values."""

from __future__ import annotations

from typing import Literal, Union

from tracer.format.struct import Struct


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
    """Of an array's finite elements; `nan` and `inf` count the others. `approximate`: from a strided sample.

    `histogram` counts them in equal bins from `min` to `max`, both included; there is none where these are equal.
    """

    min: float | str | None = None
    max: float | str | None = None
    mean: float | str | None = None
    std: float | str | None = None
    zeros: int = 0
    nan: int = 0
    inf: int = 0
    histogram: list[int] | None = None
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
    produced it (torch's grad_fn). `dimensions` are the names of its axes, where an annotation or an einops pattern of the
    lecture gives them. `problem` says why there is no data (another device, a fake tensor, …).
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


class Tokens(Struct, tag_field="kind", tag="tokens"):
    """Token ids with the text of each (`@tokens`), and how many there are. Bytes that are no text appear as `\\xNN`."""

    type: str
    ids: list[int]
    pieces: list[str]
    length: int


class Parameter(Struct):
    """A parameter of a module. `same_as` names the earlier one that is the very same tensor."""

    name: str
    shape: list[int]
    dtype: str
    count: int
    trainable: bool = True
    same_as: str | None = None


class Module(Struct, tag_field="kind", tag="module"):
    """A neural network module by its fields, as an instance is, with the first of its `row_count` parameters, those of its
    submodules included. The totals count elements (and bytes) of every tensor once, whatever number of names it has.
    """

    type: str
    fields: list[tuple[str, Value]]
    length: int
    parameters: list[Parameter]
    row_count: int
    parameter_count: int
    trainable_count: int
    parameter_bytes: int
    buffer_bytes: int = 0


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
    Tokens,
    Module,
    Records,
    Formula,
    Definition,
    Opaque,
    Cut,
]
"""A bounded picture of any Python value at one moment. Whatever JSON can say exactly is plain JSON: None, True, 3, 0.5, "x"."""
