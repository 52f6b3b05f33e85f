"""The record of one run of a lecture: the one source of truth for its shape.

Everything else that describes the record is generated from this package by `python -m tracer.format.generate`: the JSON
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

from tracer.format.schema.code import (
    Directive,
    Functions,
    SourceFile,
    Statements,
)
from tracer.format.schema.execution import (
    END_NEXT,
    END_OPEN,
    END_RAISE,
    END_RETURN,
    END_YIELD,
    ROLE_ARGUMENT,
    ROLE_INSPECTED,
    ROLE_LOCAL,
    ROLE_RETURNED,
    Bindings,
    Calls,
    Costs,
    Elided,
    Failure,
    Notice,
    Printed,
    Raised,
    Resumes,
    Shown,
    Steps,
    TracebackLine,
    Tracks,
)
from tracer.format.schema.outputs import (
    Code,
    Edge,
    Graph,
    Image,
    Link,
    Node,
    Note,
    Output,
    Placeholder,
    Plot,
    Reference,
    Style,
    Table,
    Target,
    Video,
    Words,
)
from tracer.format.schema.record import (
    Hardware,
    Outcome,
    Provenance,
    Summary,
    Trace,
)
from tracer.format.schema.values import (
    Bytes,
    Complex,
    Cut,
    Definition,
    Float,
    Formula,
    Instance,
    Int,
    LongText,
    Mapping,
    Opaque,
    Picture,
    Records,
    Sequence,
    Stats,
    Storage,
    Tensor,
    Value,
)

__all__ = [
    "END_NEXT",
    "END_OPEN",
    "END_RAISE",
    "END_RETURN",
    "END_YIELD",
    "FORMAT",
    "ROLE_ARGUMENT",
    "ROLE_INSPECTED",
    "ROLE_LOCAL",
    "ROLE_RETURNED",
    "VERSION",
    "Bindings",
    "Bytes",
    "Calls",
    "Code",
    "Complex",
    "Costs",
    "Cut",
    "Definition",
    "Directive",
    "Edge",
    "Elided",
    "Failure",
    "Float",
    "Formula",
    "Functions",
    "Graph",
    "Hardware",
    "Image",
    "Instance",
    "Int",
    "Link",
    "LongText",
    "Mapping",
    "Node",
    "Note",
    "Notice",
    "Opaque",
    "Outcome",
    "Output",
    "Picture",
    "Placeholder",
    "Plot",
    "Printed",
    "Provenance",
    "Raised",
    "Records",
    "Reference",
    "Resumes",
    "Sequence",
    "Shown",
    "SourceFile",
    "Statements",
    "Stats",
    "Steps",
    "Storage",
    "Style",
    "Summary",
    "Table",
    "Target",
    "Tensor",
    "Trace",
    "TracebackLine",
    "Tracks",
    "Value",
    "Video",
    "Words",
]

FORMAT = "executable-lecture"
VERSION = 2
