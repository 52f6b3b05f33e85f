"""The core: activations in, steps out. Both event sources feed it, and nothing here knows which one did.

An activation is one dynamic call of a visible function, class body or generator. Per thread there is a stack of them; the
top is the nearest visible caller of whatever runs, so no Python stack is ever walked. Its open step is the parent of the
calls made meanwhile.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter_ns
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from tracer.format.schema import END_NEXT, END_RAISE, END_RETURN, END_YIELD

if TYPE_CHECKING:
    from tracer.interrupts import Interrupts
    from tracer.recorder import Recorder
    from tracer.sources.files import Statement, VisibleFile

__all__ = ["Activation", "Steps", "StopRun"]

EXPRESSION_FRAMES = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
"""Frames of expressions: inlined by some versions and not by others, so never activations of their own. What they call
belongs to the statement around them."""

NOT_ACTIVATIONS = EXPRESSION_FRAMES | {"<module>"}
"""Nor are module bodies: importing is one step of whoever imports."""

DEEP = 64
"""Activations from which on a lecture counts as deep in recursion."""

ROOM = 80
"""Frames that writing a step may need, the picture of a nested value included."""


class StopRun(BaseException):
    """Ends the lecture from within, at a limit. Not an Exception, so that `except Exception` does not swallow it."""


class Activation:
    """One dynamic call. `call` and `step` are rows of the record (-1: none yet)."""

    __slots__ = (
        "call",
        "code",
        "elapsed",
        "exception",
        "file",
        "locals_seen",
        "muted",
        "opened",
        "parent",
        "resumed",
        "statement",
        "step",
        "thrown",
    )

    def __init__(self, code: CodeType, file: VisibleFile, parent: int, muted: bool) -> None:
        self.code = code
        self.file = file
        self.parent = parent
        self.muted = muted
        self.call = -1
        self.step = -1
        self.statement: Statement | None = None
        self.opened = 0
        self.elapsed = 0
        self.resumed = False
        self.thrown = False
        self.exception: BaseException | None = None
        self.locals_seen: dict[str, int] | None = None


class Steps:
    """Turns activations and lines into the recorder's steps.

    Event sources call `enter`, `resume`, `line`, `suspend`, `leave` and `unwind`; each returns at once and never raises
    anything into the lecture but what is meant for it: `StopRun`, and a KeyboardInterrupt that had to wait.
    """

    def __init__(self, recorder: Recorder, interrupts: Interrupts, max_steps: int | None = None) -> None:
        self.recorder = recorder
        self.interrupts = interrupts
        self.sources = recorder.sources
        self.limit_reached = False
        self._limit = max_steps if max_steps is not None else 1 << 62
        self._stacks: dict[int, list[Activation]] = {}
        self._unnamed: dict[int, list[int]] = {}
        self._raised_limit = -1
        self._overhead = 0

    def stack(self, ident: int | None = None) -> list[Activation]:
        """The visible activations of this thread (or of the one that `ident` names), outermost first."""
        ident = ident or threading.get_ident()
        stack = self._stacks.get(ident)
        if stack is None:
            stack = self._stacks[ident] = []
        return stack

    def is_muted(self, stack: list[Activation]) -> bool:
        """Whether what is called now is not to be stepped into."""
        if not stack:
            return False
        top = stack[-1]
        return top.muted or (top.statement is not None and top.statement.stepover)

    # ----------------------------------------------------------------------------------------------- what sources tell

    def enter(self, code: CodeType, file: VisibleFile) -> Activation:
        """A visible call begins."""
        stack = self.stack()
        activation = Activation(code, file, stack[-1].step if stack else -1, self.is_muted(stack))
        stack.append(activation)
        return activation

    def resume(self, activation: Activation, thrown: bool) -> None:
        """A suspended generator or coroutine goes on, by `next`/`send` or (`thrown`) by an exception at its yield."""
        stack = self.stack()
        activation.muted = self.is_muted(stack)
        activation.parent = stack[-1].step if stack else -1
        activation.resumed = True
        activation.thrown = thrown
        activation.opened = perf_counter_ns() - self._overhead
        stack.append(activation)

    def line(self, activation: Activation, line: int, frame: FrameType) -> None:
        """`activation` reaches `line`."""
        if activation.muted:
            return
        statement = activation.file.statement(line)
        if statement is activation.statement and activation.step >= 0:
            return  # another line of the same statement
        activation.thrown = False
        self._guarded(self._open, activation, statement, frame)

    def suspend(self, activation: Activation, frame: FrameType) -> None:
        """A generator yields or a coroutine waits."""
        self._pop(activation)
        if activation.step >= 0 and not activation.muted:
            self._guarded(self._close, activation, frame, END_YIELD)

    def leave(self, activation: Activation, frame: FrameType, value: Any) -> None:
        """`activation` returns `value`."""
        self._pop(activation)
        if activation.step >= 0 and not activation.muted:
            self._guarded(self._return, activation, frame, value)

    def unwind(self, activation: Activation, frame: FrameType, exception: BaseException | None) -> None:
        """An exception leaves `activation`."""
        self._pop(activation)
        # A generator that is closed where it stood has run no line since; some versions do not even resume it.
        if activation.step >= 0 and not activation.muted and not activation.thrown:
            self._guarded(self._raise, activation, frame, exception)

    def named(self, exception: BaseException) -> None:
        """What left the calls below is `exception`: some sources learn it only when it reaches the caller."""
        if threading.get_ident() in self._unnamed:
            self._guarded(self._name, exception)

    # ---------------------------------------------------------------------------------------------------- what they do

    def _open(self, now: int, activation: Activation, statement: Statement, frame: FrameType) -> None:
        recorder = self.recorder
        if activation.step >= 0:
            self._close(now, activation, frame, END_NEXT)
        self._unnamed.pop(threading.get_ident(), None)  # whatever left those steps was caught
        if recorder.step_count >= self._limit:
            self.limit_reached = True
            raise StopRun(f"stopped after {self._limit:,} steps, as --max-steps asks")
        first = activation.call < 0
        if first:
            activation.call = recorder.open_call(self._function(activation), activation.parent)
            activation.resumed = False
        if activation.resumed:
            activation.resumed = False
            recorder.resume_call(activation.call, activation.parent)
        if statement.index < 0:
            statement.index = recorder.add_statement(statement)
        activation.statement = statement
        activation.elapsed = 0
        activation.opened = now
        activation.step = recorder.open_step(statement.index, activation.call, now)
        if first and not recorder.records_locals:
            recorder.arguments(activation.step, frame)

    def _close(self, now: int, activation: Activation, frame: FrameType, end: int) -> None:
        activation.elapsed += max(0, now - activation.opened)
        activation.opened = now
        self.recorder.close_step(activation.step, activation.elapsed, end)
        statement = activation.statement
        if statement is not None and statement.reads_values:
            self.recorder.inspect(activation.step, statement, frame, final=end in (END_NEXT, END_RETURN))
        if self.recorder.records_locals:
            activation.locals_seen = self.recorder.record_locals(activation.step, frame, activation.locals_seen)

    def _return(self, now: int, activation: Activation, frame: FrameType, value: Any) -> None:
        self._close(now, activation, frame, END_RETURN)
        if value is not None:
            self.recorder.returned(activation.step, value)

    def _raise(self, now: int, activation: Activation, frame: FrameType, exception: BaseException | None) -> None:
        self._close(now, activation, frame, END_RAISE)
        if exception is None:
            self._unnamed.setdefault(threading.get_ident(), []).append(activation.step)
        else:
            self._name(now, exception)
            self.recorder.raised(activation.step, exception)

    def _name(self, _now: int, exception: BaseException) -> None:
        for step in self._unnamed.pop(threading.get_ident(), ()):
            self.recorder.raised(step, exception)

    def _function(self, activation: Activation) -> int:
        code, file = activation.code, activation.file
        first = code.co_firstlineno
        return self.recorder.add_function(code.co_qualname, file.index, first, file.function_end(first))

    def _pop(self, activation: Activation) -> None:
        stack = self.stack()
        while stack and stack.pop() is not activation:
            pass  # an activation above it went away unseen

    def _guarded(self, action: Callable[..., None], *arguments: Any) -> None:
        """Do `action` as one piece, alone among threads, its own time not charged to the lecture."""
        entered = perf_counter_ns()
        recorder = self.recorder
        try:
            with recorder.rows.lock:
                if not recorder.closed:
                    if len(self.stack()) < DEEP:
                        action(entered - self._overhead, *arguments)
                    else:
                        self._with_room(action, entered - self._overhead, *arguments)
        except RecursionError:
            pass  # no room even so: the lecture is about to be told the same
        except Exception as error:  # a fault of ours must not become one of the lecture
            recorder.fail(error)
        finally:
            self._overhead += perf_counter_ns() - entered
        if self.interrupts.pending:
            self.interrupts.deliver()

    def _with_room(self, action: Callable[..., None], *arguments: Any) -> None:
        """A lecture deep in recursion leaves us no room of our own: take some for as long as we need it."""
        limit = sys.getrecursionlimit()
        if limit == self._raised_limit:
            limit -= ROOM
        self._raised_limit = limit + ROOM
        sys.setrecursionlimit(self._raised_limit)
        try:
            action(*arguments)
        finally:
            # Refused while the lecture stands above the limit; then the next step tries again.
            with suppress(RecursionError):
                sys.setrecursionlimit(limit)

    def current(self, ident: int | None = None) -> Activation | None:
        """The innermost activation with an open step on this thread (or the one that `ident` names), if there is one."""
        for activation in reversed(self.stack(ident)):
            if activation.step >= 0 and not activation.muted:
                return activation
        return None

    def finish(self, exception: BaseException | None) -> None:
        """The run is over: end the steps that are still open on this thread as `exception` (if any) left them."""
        if exception is not None:
            self._guarded(self._finish, exception)
        self.stack().clear()

    def _finish(self, now: int, exception: BaseException) -> None:
        self._name(now, exception)
        for activation in reversed(self.stack()):
            if activation.step >= 0 and not activation.muted:
                elapsed = activation.elapsed + max(0, now - activation.opened)
                self.recorder.close_step(activation.step, elapsed, END_RAISE)
                self.recorder.raised(activation.step, exception)
