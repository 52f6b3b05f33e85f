"""An exception as the record and the terminal show it: in the lecture's own lines, outermost first."""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from types import TracebackType

from tracer.format.schema import Failure, TracebackLine
from tracer.sources.files import Sources

__all__ = ["describe_failure", "failure_text"]

MOST_LINES = 60
MOST_CHARACTERS = 4_000
ENGINE = os.path.dirname(__file__)
OURS = tuple(os.path.join(ENGINE, name) for name in ("events" + os.sep, "interrupts.py", "terminal.py"))
"""Where Ctrl-C and the run's limits are raised, and what stands in for stdout: no traceback of a lecture goes on into them."""
BETWEEN = os.path.join(ENGINE, "ranks") + os.sep
"""What stands between a lecture and a function of torch.distributed: left out of the traceback, which goes on below."""
LIBRARIES = sorted({sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")}, key=len, reverse=True)


def describe_failure(exception: BaseException, sources: Sources, with_traceback: bool = True) -> Failure:
    """The type, message and traceback of `exception`, from the first visible frame on."""
    lines: list[TracebackLine] = []
    entry: TracebackType | None = exception.__traceback__ if with_traceback else None
    while entry is not None:
        code = entry.tb_frame.f_code
        if code.co_filename.startswith(OURS):
            break
        file = sources.of_code(code)
        if file is not None or (lines and not code.co_filename.startswith(BETWEEN)):
            lines.append(
                TracebackLine(
                    file=-1 if file is None else file.index,
                    path=_shown(code.co_filename) if file is None else file.source.path,
                    line=entry.tb_lineno or 0,
                    function=code.co_qualname,
                    text=linecache.getline(code.co_filename, entry.tb_lineno or 0).strip()[:200],
                )
            )
        entry = entry.tb_next
    if len(lines) > MOST_LINES:
        lines = lines[: MOST_LINES // 2] + lines[-MOST_LINES // 2 :]
    cause = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return Failure(
        type=_name(exception),
        message=_message(exception),
        traceback=lines,
        cause=None if cause is None else f"{_name(cause)}: {_message(cause)}",
    )


def failure_text(failure: Failure) -> str:
    """A failure for the terminal."""
    parts = [f"  {line.path}:{line.line} in {line.function}\n    {line.text}" for line in failure.traceback]
    return "\n".join([*parts, f"{failure.type}: {failure.message}" if failure.message else failure.type])


def _name(exception: BaseException) -> str:
    kind = type(exception)
    return (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )


def _message(exception: BaseException) -> str:
    try:
        text = (
            traceback.format_exception_only(exception)[-1].strip()
            if isinstance(exception, SyntaxError)
            else str(exception)
        )
    except Exception:
        return "(its message could not be read)"
    return text.encode("utf-8", "replace").decode()[:MOST_CHARACTERS]


def _shown(path: str) -> str:
    for library in LIBRARIES:
        if path.startswith(library + os.sep):
            return path[len(library) + 1 :].replace(os.sep, "/")
    return os.path.basename(path)
