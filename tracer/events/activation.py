"""One dynamic call of a visible function, and what can be told of it from its code and its statements."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.sources.files import Statement, VisibleFile

__all__ = ["Activation", "one_statement", "runs_compiled", "was_left"]

_ITERATES = re.compile(r"\b(?:for|await|yield|async)\b")
_RERAISES = re.compile(r"\s*raise\s*(?:#.*)?")


class Activation:
    """`call` and `step` are rows of the record (-1: none yet); the times are in nanoseconds, without the engine's own.

    `plain`: its step is open and asks for nothing at its end but its time. `skipping`: it stands in a statement that is
    no longer recorded, and `step` is the last one that was. `closing`: it was resumed by GeneratorExit and has run no line
    since. `exception` is what was raised in it and has neither been caught nor left it yet.
    """

    __slots__ = (
        "by_line",
        "call",
        "closing",
        "code",
        "elapsed",
        "exception",
        "file",
        "locals_seen",
        "muted",
        "opened",
        "parent",
        "plain",
        "resumed",
        "skipping",
        "statement",
        "step",
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
        self.plain = False
        self.skipping = False
        self.resumed = False
        self.closing = False
        self.exception: BaseException | None = None
        self.locals_seen: dict[str, int] | None = None


def one_statement(statement: Statement) -> Mapping[int, Statement]:
    """Lines to statements for code whose line numbers mean nothing: all are `statement`."""
    return defaultdict(lambda: statement)


def runs_compiled(code: CodeType) -> bool:
    """Whether `code` is what torch.compile made of a function: it bears the function's name, and lines that do not run."""
    module = sys.modules.get("torch._dynamo.convert_frame")
    made: Any = getattr(module, "output_codes", ())
    try:
        return code in made
    except Exception:  # no part of torch's interface: whatever it has become, the lecture goes on
        return False


def was_left(statement: Statement, exception: BaseException | None) -> BaseException | None:
    """The exception that took a call out of `statement` into one that handles it; None if it simply came there.

    `exception` is what was raised there. The end of an iterator is raised, too, inside a statement that iterates; and an
    exception raised again is told by no interpreter.
    """
    text = statement.file.text_of(statement)
    if exception is None:
        return sys.exception() if _RERAISES.fullmatch(text) else None
    if isinstance(exception, StopIteration | StopAsyncIteration) and _ITERATES.search(text):
        return None
    return exception
