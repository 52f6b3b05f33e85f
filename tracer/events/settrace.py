"""`sys.settrace` as an event source: Python 3.11.

Its 'call' means start or resume, its 'return' means return, yield or unwind; which one is told by the opcode at which the
frame stands. A known frame is recognised by its own trace function, so no table of frames is kept.
"""

from __future__ import annotations

import opcode
import sys
import threading
from _thread import get_ident
from types import CodeType, FrameType
from typing import Any

from tracer.events.importing import RestingImports
from tracer.events.room import DEEP, is_at_the_edge
from tracer.events.steps import NOT_ACTIVATIONS, Activation, Steps

__all__ = ["SettraceSource"]

RETURNS = frozenset(opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in opcode.opmap)
YIELDS = frozenset(opcode.opmap[name] for name in ("YIELD_VALUE", "INSTRUMENTED_YIELD_VALUE") if name in opcode.opmap)


NOT_A_HEADER = frozenset(opcode.opmap[name] for name in ("LIST_APPEND", "POP_TOP", "NOP"))
"""With these the last `except*` puts together what is left unhandled, and a `break` leaves an `async for`: 3.11 says then
once more that it is at the header, which never begins so."""


TOO_DEEP = (
    "The recursion above met Python's limit, and what handled that is not recorded; "
    "Python 3.12 and later can record it."
)


class SettraceSource:
    """Feeds `steps` between `start` and `stop`, on every thread started meanwhile too."""

    name = "sys.settrace"

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._previous_threads: Any = None
        self._trace = self._trace_function()
        self._imports = RestingImports(self._trace, steps.sources.is_visible)

    def start(self) -> None:
        """Begin. Raises RuntimeError if a debugger or coverage tool has the trace function."""
        if sys.gettrace() is not None:
            raise RuntimeError(
                "another tool (a debugger or a coverage tool) already traces this process with sys.settrace; "
                "stop it, or use Python 3.12 or later, where both can run."
            )
        self._previous_threads = threading.gettrace()
        threading.settrace(self._trace)
        self._steps.interrupts.pause, self._steps.interrupts.go_on = self._pause, self._go_on
        self._imports.start()
        self._go_on()

    def stop(self) -> bool:
        ours = sys.gettrace() is self._trace
        sys.settrace(None)
        threading.settrace(self._previous_threads)
        self._imports.stop()
        return ours

    # An exception that leaves a trace function ends tracing: what is meant for the lecture must be raised elsewhere.

    @staticmethod
    def _pause() -> None:
        sys.settrace(None)

    def _go_on(self) -> None:
        sys.settrace(self._trace)

    def _trace_function(self) -> Any:
        """What the interpreter calls for every call there is: a closure, which is the cheapest that Python can do."""
        steps = self._steps
        sources = steps.sources
        invisible = sources.invisible
        go_on = self._resume

        def trace(frame: FrameType, _event: str, _argument: Any) -> Any:
            code = frame.f_code
            if code.co_filename in invisible:
                return None
            file = sources.of_code(code)
            if file is None or code.co_name in NOT_ACTIVATIONS:
                return None
            known = getattr(frame.f_trace, "__self__", None)
            if type(known) is _Local:
                return go_on(known, frame)
            stack = steps.stack()
            if steps.is_muted(stack):
                return None
            if len(stack) >= DEEP and is_at_the_edge():
                frame.f_trace = _Edge(steps, trace)
                sys.settrace(None)
                return None
            return _Local(steps, steps.enter(code, file)).trace

        return trace

    def _resume(self, known: _Local, frame: FrameType) -> Any:
        if known.activation.suspended:
            self._link(frame.f_back)
            self._steps.resume(known.activation, None)
        known.fresh = True
        return known.trace

    def _link(self, frame: FrameType | None) -> None:
        """An exception thrown into a generator goes past those that wait for it: they are its callers all the same."""
        known = getattr(frame.f_trace, "__self__", None) if frame is not None else None
        if frame is not None and type(known) is _Local and known.activation.suspended:
            self._link(frame.f_back)
            self._steps.link(known.activation)


class _Local:
    """The trace function of one frame."""

    __slots__ = ("activation", "fresh", "raised_at", "steps", "told_again", "uncounted")

    def __init__(self, steps: Steps, activation: Activation) -> None:
        self.steps = steps
        self.activation = activation
        self.told_again = activation.file.told_again
        self.uncounted = activation.file.uncounted
        self.fresh = False
        self.raised_at = -1

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        activation = self.activation
        if activation.suspended:  # after an exception was thrown into what it waited for
            self.steps.resume(activation, None)
        if event == "line":
            line = frame.f_lineno
            if activation.skipping and line in self.uncounted and not self.steps.interrupts.pending:
                return self.trace
            self.fresh = False
            once_more = line in self.told_again and _opcode_at(frame.f_code, frame.f_lasti) in NOT_A_HEADER
            if not once_more and self.steps.line(activation, line, frame):
                self.uncounted.add(line)
        elif event == "exception":
            self.raised_at = frame.f_lasti
            if self.fresh:  # raised at the yield where it stood, before any line
                activation.closing = isinstance(argument[1], GeneratorExit)
            self.steps.raised(activation, argument[1])
        elif event == "return":
            standing = _opcode_at(frame.f_code, frame.f_lasti)
            exception, activation.exception = activation.exception, None
            if standing in RETURNS:
                self.steps.leave(activation, frame, argument)
            elif standing in YIELDS and (exception is None or self.raised_at != frame.f_lasti):
                self.steps.suspend(activation, frame)
            else:
                self.steps.unwind(activation, frame, exception)
        return self.trace


class _Edge:
    """Stands in for the trace function of a frame so near to the recursion limit that a trace function might find no room:
    its RecursionError would end tracing for good. Nothing is traced until that frame is gone, and this with it."""

    __slots__ = ("ident", "steps", "trace")

    def __init__(self, steps: Steps, trace: Any) -> None:
        self.ident = get_ident()
        self.steps = steps
        self.trace = trace

    def __call__(self, _frame: FrameType, _event: str, _argument: Any) -> Any:
        return self

    def __del__(self) -> None:
        if get_ident() != self.ident or sys.gettrace() is not None or self.steps.recorder.closed:
            return
        alive = set()
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            alive.add(id(getattr(getattr(frame.f_trace, "__self__", None), "activation", None)))
            frame = frame.f_back
        stack = self.steps.stack()
        gone = [activation for activation in stack if id(activation) not in alive]
        stack[:] = [activation for activation in stack if id(activation) in alive]
        if gone:
            self.steps.lost(gone, RecursionError("maximum recursion depth exceeded"))
            self.steps.recorder.notice(TOO_DEEP)
        sys.settrace(self.trace)


def _opcode_at(code: CodeType, offset: int) -> int:
    return code.co_code[offset] if offset >= 0 else -1
