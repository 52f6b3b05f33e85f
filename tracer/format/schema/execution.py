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
