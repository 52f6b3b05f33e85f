"""What ran: the tables of calls and steps, and what the steps left behind."""

from __future__ import annotations

from tracer.format.struct import Struct


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
    yielded, 3 was left by an exception, which left the call too or was handled in it (a row of `raised` has it), 4 never
    ended. The time that recording itself took is in neither.
    """

    statement: list[int]
    call: list[int]
    start: list[int]
    duration: list[int]
    end: list[int]


class Elided(Struct):
    """Table: what ran and was not recorded, because it was over the run's budget of visits (`--max-visits`).

    From `step` (its last recorded execution) on, `statement` ran `count` more times, with all that it called. At most one
    row a statement. The count is a lower bound of a run that was killed, and where it is above ten times the recorded turns:
    no more are counted.
    """

    statement: list[int]
    step: list[int]
    count: list[int]


ROLE_INSPECTED, ROLE_RETURNED, ROLE_LOCAL, ROLE_ARGUMENT, ROLE_WRITTEN = range(5)
"""Why a binding was recorded: `@inspect` asked for it, the call returned it, every variable was asked for (`-I`), the call was
made with it, or an array that had been inspected was found changed though nothing asked for it."""


class Bindings(Struct):
    """Table: after `step`, `name` (a string: a variable or an inspected expression) was `value` (-1: no longer shown,
    whatever its role).

    `role`: 0 inspected, 1 returned (its name is empty), 2 a local variable, 3 an argument, as it was before the first step
    of its call ran, 4 an inspected array that was written to, by whatever name. Rows are in the order of recording.
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


SAME_OBJECT, SAME_MEMORY, OWN_MEMORY = range(3)
"""How an array is related to another: it is that very object; it looks into the same memory, as a view does; it does not."""


class Derived(Struct):
    """Table: `step` gave `name` an array, and read `source` (both strings), an array too, to make it.

    `relation`: 0 it is the same object, 1 it looks into the same memory, 2 into memory of its own.
    """

    step: list[int]
    name: list[int]
    source: list[int]
    relation: list[int]


PHASE_FORWARD, PHASE_BACKWARD = range(2)
"""When an operation ran: as its step did, or later, in the backward pass, on behalf of what the step did."""

MAKES, VIEWS, WRITES, COMMUNICATES = range(4)
"""What an operation does about memory: it makes new tensors; it only looks at memory that was there; it writes to it; it
sends it to other ranks, or receives it."""


class Operations(Struct):
    """Table: the tensor operations that `step` itself ran, where costs were counted; those of the calls it made are theirs.

    `name` and `formula` are strings, `formula` what the FLOPs are computed by (`2·M·N·K = 2·64·32·16`; "" where there are
    none). Backward work (`phase` 1) is charged to the forward step that caused it. `kind`: 0 makes new tensors, 1 a view, 2
    writes in place, 3 communicates. The operation ran `count` times; `flops` and `bytes` are of all of them together. `bytes`
    is the unfused algorithmic count: every input read once, every output written once, views free; of what communicates, what
    this rank hands over.
    """

    step: list[int]
    name: list[int]
    formula: list[int]
    phase: list[int]
    kind: list[int]
    count: list[int]
    flops: list[int]
    bytes: list[int]


class Memory(Struct):
    """Table: bytes of the tensors that were alive on `device` (a string) when `step` ended, by what they are for.

    A row holds until the next one of its device. `peak` is the most that were alive at once while the step ran, with all that
    it called. `allocated` is what the device's own allocator says, or -1.
    """

    step: list[int]
    device: list[int]
    parameters: list[int]
    gradients: list[int]
    optimizer: list[int]
    activations: list[int]
    other: list[int]
    peak: list[int]
    allocated: list[int]


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
    """Table: `step` was left by the exception `failure`. One that passes through several calls has a row in each; one that a
    call handles itself has a row for the statement in which it came up."""

    step: list[int]
    failure: list[int]


class Notice(Struct):
    """Something the author should know, at a place in the source and, if it is about a moment, at a step (else -1)."""

    message: str
    file: int = -1
    line: int = 0
    step: int = -1
