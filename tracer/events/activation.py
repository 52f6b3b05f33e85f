"""One dynamic call of a visible function, and what can be told of it from its code and its statements."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import CodeType
from typing import TYPE_CHECKING

from tracer.sources.files import ANYTHING

if TYPE_CHECKING:
    from tracer.costs.accountant import Counted
    from tracer.looks import Watched
    from tracer.sources.files import Statement, VisibleFile

__all__ = ["Activation", "arguments_of", "was_left"]

_ITERATES = re.compile(r"\b(?:for|await|yield|async)\b")


class Activation:
    """`call` and `step` are rows of the record (-1: none yet); the times are in nanoseconds, without the engine's own.

    `ending` says what its open step asks for at its end; `looked`: its values were looked at. `skipping`: it stands in a
    statement that is no longer recorded, and `step` is the last one that was. `closing`: it was resumed by GeneratorExit and
    has run no line since. `exception` is what was raised in it and has neither been caught nor left it yet; `failure` (a row
    of the record) is what it last took up. `suspended`: it stands at a yield. `linked`: it does not, only because an exception
    was thrown through it, into the generator that it waits for. `watched` are the arrays that it has looked at, by name.
    `accounted` is what its open step has asked the accountant for, and `peaks` the most bytes of tensors, by device, that were
    alive at once while that step ran, for as long as these are counted; `counted_from` is what was counted on its thread when
    the step opened, and `before` what the step before it came to.
    """

    __slots__ = (
        "accounted",
        "before",
        "by_line",
        "call",
        "closing",
        "code",
        "counted_from",
        "elapsed",
        "ending",
        "exception",
        "failure",
        "file",
        "linked",
        "locals_seen",
        "looked",
        "muted",
        "opened",
        "parent",
        "peaks",
        "resumed",
        "skipping",
        "statement",
        "step",
        "suspended",
        "watched",
    )

    def __init__(self, code: CodeType, file: VisibleFile, parent: int, muted: bool) -> None:
        self.code = code
        self.file = file
        self.by_line: Mapping[int, Statement] = file.by_line
        self.parent = parent
        self.muted = muted
        self.call = -1
        self.step = -1
        self.statement: Statement | None = None
        self.opened = 0
        self.elapsed = 0
        self.ending = ANYTHING
        self.skipping = False
        self.resumed = False
        self.looked = False
        self.closing = False
        self.suspended = False
        self.linked = False
        self.failure = -1
        self.exception: BaseException | None = None
        self.watched: dict[str, Watched] | None = None
        self.accounted = 0
        self.peaks: dict[str, int] | None = None
        self.counted_from: tuple[int, int, int, int] | None = None
        self.before: Counted | None = None
        self.locals_seen: dict[str, int] | None = None


def arguments_of(code: CodeType) -> tuple[str, ...]:
    """The names of a function's arguments, but for `self` and `cls`, which say little and cost much."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    return tuple(name for name in code.co_varnames[:count] if name not in ("self", "cls"))


def was_left(before: Statement, now: Statement, exception: BaseException | None) -> BaseException | None:
    """The exception that took a call from `before` to `now`, which takes it up; None if it simply went there.

    `exception` is what was raised in `before`. The end of an iterator is raised, too, inside a statement that iterates; and
    of what is raised again, by a bare `raise` or at the end of a `finally`, no interpreter tells.
    """
    ends_an_iterator = isinstance(exception, StopIteration | StopAsyncIteration)
    if exception is None or (ends_an_iterator and _ITERATES.search(before.file.text_of(before))):
        raised_again = before.raises_again or (now.is_except and not before.is_except)
        return sys.exception() if raised_again else None
    return exception
