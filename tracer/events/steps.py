"""The core: activations in, steps out. Both event sources feed it, and nothing here knows which one did.

An activation is one dynamic call of a visible function, class body or generator. Per thread there is a stack of them; the
top is the nearest visible caller of whatever runs, so no Python stack is ever walked. Its open step is the parent of the
calls made meanwhile.

A statement is recorded as often as the run's budget for one statement allows. Turns beyond that are counted, with nothing
else done for them or for what they call, so that a long loop neither fills the disk nor the reader's patience.
"""

from __future__ import annotations

import sys
import threading
from _thread import get_ident
from collections.abc import Callable
from inspect import CO_OPTIMIZED
from time import perf_counter_ns
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from tracer.events import accounts
from tracer.events.activation import Activation, arguments_of, was_left
from tracer.events.budget import TOLD_EVERY, Budget
from tracer.events.compiled import compiled_name, one_statement
from tracer.events.room import DEEP, with_room
from tracer.events.snapshots import let_go
from tracer.format.schema import END_NEXT, END_RAISE, END_RETURN, END_YIELD
from tracer.sources.files import ANYTHING, CLOCK, ONLY_TIME, TIMED

if TYPE_CHECKING:
    from tracer.events.accounts import Accountant
    from tracer.events.compiled import Switch
    from tracer.interrupts import Interrupts
    from tracer.kernels.recording import Kernels
    from tracer.recorder import Recorder
    from tracer.sources.files import Statement, VisibleFile

__all__ = ["NOT_ACTIVATIONS", "Activation", "Steps", "StopRun"]

EXPRESSION_FRAMES = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
"""Frames of expressions: inlined by some versions and not by others, so never activations of their own. What they call
belongs to the statement around them."""

NOT_ACTIVATIONS = EXPRESSION_FRAMES | {"<module>"}
"""Nor are module bodies: importing is one step of whoever imports."""


class StopRun(BaseException):
    """Ends the lecture from within, at a limit. Not an Exception, so that `except Exception` does not swallow it."""


class Steps:
    """Turns activations and lines into the recorder's steps.

    Event sources call `enter`, `resume`, `line`, `suspend`, `leave` and `unwind`; each returns at once and never raises
    anything into the lecture but what is meant for it: `StopRun`, and a KeyboardInterrupt that had to wait.

    `max_steps` ends the run; `max_visits` is the budget of each statement (None or 0: no end to either). `limit` is the limit
    that ended the run, in words; `compiling` switches torch.compile off while the engine works, once there is such a thing;
    `accountant` counts what the steps cost, and `kernels` records what kernels do, if anybody does.
    """

    def __init__(
        self,
        recorder: Recorder,
        interrupts: Interrupts,
        max_steps: int | None = None,
        max_visits: int | None = None,
    ) -> None:
        self.recorder = recorder
        self.interrupts = interrupts
        self.sources = recorder.sources
        self.limit: str | None = None
        self.compiling: Switch | None = None
        self.accountant: Accountant | None = None
        self.kernels: Kernels | None = None
        self._limit = max_steps if max_steps is not None else 1 << 62
        self.budget = Budget(recorder, max_visits)
        self.stacks: dict[int, list[Activation]] = {}
        self._unnamed: dict[int, list[int]] = {}
        self._functions: dict[int, tuple[CodeType, int, bool, tuple[str, ...]]] = {}
        self._overhead = 0
        self._journal = recorder.journal
        self._acquire = recorder.rows.lock.acquire
        self._release = recorder.rows.lock.release

    def stack(self, ident: int | None = None) -> list[Activation]:
        """The visible activations of this thread (or of the one that `ident` names), outermost first."""
        ident = ident or get_ident()
        stack = self.stacks.get(ident)
        if stack is None:
            stack = self.stacks[ident] = []
        return stack

    def is_muted(self, stack: list[Activation]) -> bool:
        """Whether what is called now is not to be stepped into."""
        if not stack:
            return False
        top = stack[-1]
        return top.muted or top.skipping or (top.statement is not None and top.statement.stepover)

    # ----------------------------------------------------------------------------------------------- what sources tell

    def enter(self, code: CodeType, file: VisibleFile) -> Activation:
        """A visible call begins."""
        stack = self.stack()
        callers = stack or self._callers_of_thread()
        activation = Activation(code, file, callers[-1].step if callers else -1, self.is_muted(callers))
        stack.append(activation)
        return activation

    def resume(self, activation: Activation, thrown: BaseException | None) -> None:
        """A suspended generator or coroutine goes on, by `next`/`send` or by an exception (`thrown`) at its yield."""
        stack = self.stack()
        activation.suspended = False
        activation.muted = self.is_muted(stack)
        activation.parent = stack[-1].step if stack else -1
        activation.resumed = True
        activation.ending = ANYTHING
        activation.exception = thrown
        activation.closing = isinstance(thrown, GeneratorExit)
        activation.opened = perf_counter_ns() - self._overhead
        stack.append(activation)

    def link(self, activation: Activation) -> None:
        """`activation` waits for a generator into which an exception is thrown: it is its caller, though it does not run."""
        self.resume(activation, None)
        activation.linked = True

    def line(self, activation: Activation, line: int, frame: FrameType) -> bool:
        """`activation` reaches `line`. True if the source need not tell of this line again: its turns are not counted now.

        The way of most steps through here is the first: the step before ends as this one opens, and one short row says both.
        Whatever else there is to do is done by `_open`.
        """
        if activation.muted:
            return False
        try:
            statement: Statement | None = activation.by_line[line]
        except KeyError:
            statement = None
        if statement is None:
            self._guarded(self._first_time, activation, line, frame)
            return False
        if statement is activation.statement:
            return False  # another line of the same statement
        left = statement.left
        if left > 1:
            recorder = self.recorder
            ending = activation.ending
            if ending and recorder.calm and not self.interrupts.pending:
                entered = perf_counter_ns()
                self._acquire()
                try:
                    step = activation.step + 1
                    now = entered - self._overhead
                    # Another thread may have opened a step meanwhile, or have moved the clock.
                    if (
                        recorder.step_count == step
                        and step < self._limit
                        and now >= activation.opened
                        and (ending == ONLY_TIME or self._looked(activation, statement, frame))
                    ):
                        self._journal.write(b"[%d,%d]\n" % (now - activation.opened, statement.index))
                        recorder.step_count = step + 1
                        recorder.last_start = activation.opened = now
                        activation.step = step
                        activation.statement = statement
                        activation.ending = statement.ending
                        statement.left = left - 1
                        return False
                except ValueError:  # the journal's window is full: the long way makes room
                    activation.looked = ending != ONLY_TIME
                finally:
                    self._release()
                    self._overhead += perf_counter_ns() - entered
        elif statement.skipped and activation.skipping and not self.interrupts.pending:
            activation.statement = statement
            activation.exception = None
            if statement.skipped > self.budget.counted:  # what is counted is charged to a line, which must be known
                return self.accountant is None or not self.accountant.counts
            statement.skipped += 1
            if not statement.skipped & TOLD_EVERY:
                self._guarded(self.budget.tell, statement)
            return False
        activation.closing = False
        self._guarded(self._open, activation, statement, frame)
        return False

    def raised(self, activation: Activation, exception: BaseException) -> None:
        """An exception is raised in `activation`, or arrives there from a call. It may be caught in the same place."""
        activation.exception = exception
        activation.ending = ANYTHING
        if self._unnamed and get_ident() in self._unnamed:  # some sources learn only here what left the calls below
            self._guarded(self._name, exception)

    def suspend(self, activation: Activation, frame: FrameType) -> None:
        """A generator yields or a coroutine waits."""
        self._pop(activation)
        activation.suspended = True
        activation.linked = False
        activation.exception = None
        if activation.step >= 0 and not activation.muted:
            self._guarded(self._close, activation, frame, END_YIELD)
        stack = self.stack()
        if stack and stack[-1].linked and frame.f_back is not None:  # whoever waits for it waits again
            self.suspend(stack[-1], frame.f_back)

    def leave(self, activation: Activation, frame: FrameType, value: Any) -> None:
        """`activation` returns `value`."""
        self._pop(activation)
        self._go_on_alone()
        if activation.step >= 0 and not activation.muted:
            self._guarded(self._return, activation, frame, value)

    def unwind(self, activation: Activation, frame: FrameType, exception: BaseException | None) -> None:
        """An exception leaves `activation`."""
        self._pop(activation)
        self._go_on_alone()
        # A generator that is closed where it stood has run no line since; some versions do not even resume it.
        if (activation.step >= 0 or activation.skipping) and not activation.muted and not activation.closing:
            self._guarded(self._raise, activation, frame, exception)

    # ---------------------------------------------------------------------------------------------------- what they do

    def _open(self, now: int, activation: Activation, statement: Statement, frame: FrameType) -> None:
        recorder = self.recorder
        if activation.step >= 0:
            self._end_before(now, activation, statement, frame)
        if self._unnamed:
            self._unnamed.pop(get_ident(), None)  # whatever left those steps was caught
        if recorder.step_count >= self._limit:
            self.stop(self.limit or f"stopped after {self._limit:,} steps, as --max-steps asks")
            return
        if statement.index < 0:
            statement.index = recorder.add_statement(statement)
            statement.allow(self.budget.visits)
        if statement.left <= 0:
            self.budget.skip(activation, statement)
            return
        first = activation.call < 0
        self._open_step(now, activation, statement)
        if first:
            self._begun(activation, frame)

    def _begun(self, activation: Activation, frame: FrameType) -> None:
        """The first step of a call has opened."""
        function, _, names = self._function(activation)
        if not self.recorder.records_locals:
            self.recorder.looks.arguments(activation, frame, names)
            if names:
                let_go(frame)
            if activation.watched is not None:
                activation.ending = ANYTHING
        if self.kernels is not None:
            self.kernels.entered(activation, function, frame)

    def _first_time(self, now: int, activation: Activation, line: int, frame: FrameType) -> None:
        """Nothing has come to `line` yet."""
        statement = activation.file.statement(line)
        if statement is not activation.statement:
            activation.closing = False
            self._open(now, activation, statement, frame)

    def _begin_call(self, activation: Activation, statement: Statement) -> None:
        function, is_compiled, _ = self._function(activation)
        if is_compiled:
            activation.by_line = one_statement(statement)
        activation.call = self.recorder.open_call(function, activation.parent)

    def _function(self, activation: Activation) -> tuple[int, bool, tuple[str, ...]]:
        """Of the function that `activation` is a call of: its row, whether torch.compile made it, its arguments' names."""
        code, file = activation.code, activation.file
        known = self._functions.get(id(code))
        if known is None:
            name, line = compiled_name(code), code.co_firstlineno
            function = self.recorder.add_function(name or code.co_qualname, file.index, line, file.function_end(line))
            known = code, function, name is not None, arguments_of(code)
            self._functions[id(code)] = known  # with the code itself: what is gone leaves its id to others
        return known[1:]

    def _open_step(self, now: int, activation: Activation, statement: Statement) -> None:
        if activation.call < 0:
            self._begin_call(activation, statement)
        elif activation.resumed:
            self.recorder.resume_call(activation.call, activation.parent)
        activation.resumed = False
        activation.statement = statement
        activation.skipping = False
        activation.elapsed = 0
        activation.opened = now
        activation.step = self.recorder.open_step(statement.index, activation.call, now)
        if statement.left > 0:
            statement.recorded = activation.step
            statement.take_turn()
        closely = self.recorder.records_locals or (activation.watched is not None and statement.account != TIMED)
        activation.ending = ANYTHING if closely else statement.ending
        if self.accountant is not None:
            accounts.begin(self.accountant, activation, statement)

    def _looked(self, activation: Activation, statement: Statement, frame: FrameType) -> bool:
        """Look at the values that the step before asks for, if nothing speaks against doing that on the short way.

        While the lecture measures time the way is short, and what else there is to do is done when `statement` ends that.
        """
        if statement.account != TIMED and (activation.accounted or activation.ending == CLOCK):
            return False
        if activation.ending == CLOCK:
            return True
        before = activation.statement
        if before is None or self.compiling or len(self.stack()) >= DEEP:
            return False
        try:
            self.recorder.looks.inspect(activation, before, frame, final=True)
            let_go(frame)
        except RecursionError:
            return False
        except Exception as error:  # a fault of ours must not become one of the lecture
            self.recorder.fail(error)
        if activation.watched is not None:  # from here on its steps are looked at closely
            activation.looked = True
            return False
        return not self.recorder.closed

    def _end_before(self, now: int, activation: Activation, statement: Statement, frame: FrameType) -> None:
        """End the step that `activation` was in, at the opening of `statement`."""
        exception, activation.exception = activation.exception, None
        if activation.skipping:
            return
        if statement.takes_up and activation.statement is not None:
            exception = was_left(activation.statement, statement, exception)
            if exception is not None:
                self._close(now, activation, frame, END_RAISE)
                failure = self.recorder.raised(activation.step, exception)
                # What `except*` leaves unhandled is raised again as another group.
                activation.failure = -1 if statement.line in statement.file.stars else failure
                return
        self._close(now, activation, frame, END_NEXT)
        if statement.is_except or statement.raises_again:
            handled = sys.exception()
            if handled is not None:
                activation.failure = self.recorder.failure(handled)

    def _close(self, now: int, activation: Activation, frame: FrameType, end: int) -> None:
        if activation.skipping and end == END_YIELD:
            return
        if not activation.skipping:
            activation.elapsed += max(0, now - activation.opened)
        activation.opened = now
        if self.accountant is not None:
            accounts.settle(self.accountant, activation)
        self.recorder.close_step(activation.step, activation.elapsed, end)
        statement = activation.statement
        looks = self.recorder.looks
        looked, activation.looked = activation.looked, False
        asked = statement is not None and statement.reads_values and not looked
        watched, records_locals = activation.watched is not None, self.recorder.records_locals
        if not (asked or watched or records_locals):
            return
        if asked and statement is not None:
            looks.inspect(activation, statement, frame, final=end in (END_NEXT, END_RETURN))
        if watched:
            looks.written(activation, frame)
        if records_locals:
            activation.locals_seen = looks.local_variables(activation.step, frame, activation.locals_seen)
        let_go(frame)

    def _return(self, now: int, activation: Activation, frame: FrameType, value: Any) -> None:
        self._close(now, activation, frame, END_RETURN)
        if value is not None and activation.code.co_flags & CO_OPTIMIZED:  # a class body's value is nobody's
            self.recorder.looks.returned(activation, value)

    def _raise(self, now: int, activation: Activation, frame: FrameType, exception: BaseException | None) -> None:
        if activation.skipping and activation.statement is not None:  # where it happened is worth a step
            self._open_step(now, activation, activation.statement)
        self._close(now, activation, frame, END_RAISE)
        ended = activation.exception
        if isinstance(ended, StopIteration | StopAsyncIteration) and getattr(exception, "__cause__", None) is ended:
            exception = ended  # made a RuntimeError on its way out of a generator
        if exception is None and activation.failure >= 0:  # what it had taken up is raised again
            self.recorder.raised_again(activation.step, activation.failure)
        elif exception is None:
            self._unnamed.setdefault(get_ident(), []).append(activation.step)
        else:
            self._name(now, exception)
            self.recorder.raised(activation.step, exception)

    def _name(self, _now: int, exception: BaseException) -> None:
        for step in self._unnamed.pop(get_ident(), ()):
            self.recorder.raised(step, exception)

    def _callers_of_thread(self) -> list[Activation]:
        """Who waits for this thread, if Python did not start it: autograd runs the backward pass of a GPU on its own."""
        main = threading.main_thread().ident
        if get_ident() == main or not isinstance(threading.current_thread(), threading._DummyThread):
            return []
        return self.stack(main)

    def lost(self, activations: list[Activation], exception: BaseException | None) -> None:
        """These have ended unseen, near the recursion limit; by `exception`, or by what the caller is about to be told of."""
        for activation in reversed(activations):
            if activation.step >= 0 and not activation.muted:
                self._guarded(self._end_unseen, activation, exception)

    def _end_unseen(self, _now: int, activation: Activation, exception: BaseException | None) -> None:
        if self.accountant is not None:
            accounts.settle(self.accountant, activation)
        self.recorder.close_step(activation.step, activation.elapsed, END_RAISE)
        if exception is not None:
            self.recorder.raised(activation.step, exception)
        else:
            self._unnamed.setdefault(get_ident(), []).append(activation.step)

    def _pop(self, activation: Activation) -> None:
        stack = self.stack()
        while stack and stack.pop() is not activation:
            pass  # an activation above it went away unseen

    def _go_on_alone(self) -> None:
        """What the caller waited for has ended: if an exception was thrown through it, it runs itself from here on."""
        stack = self.stack()
        if stack:
            stack[-1].linked = False

    def _guarded(self, action: Callable[..., None], *arguments: Any) -> None:
        """Do `action` as one piece, alone among threads, its own time not charged to the lecture."""
        entered = perf_counter_ns()
        recorder, compiling = self.recorder, self.compiling
        before = compiling(None) if compiling else None
        try:
            with recorder.rows.lock:
                if not recorder.closed:
                    if len(self.stack()) < DEEP:
                        action(entered - self._overhead, *arguments)
                    else:
                        with_room(action, entered - self._overhead, *arguments)
        except RecursionError:
            pass  # no room even so: the lecture is about to be told the same
        except Exception as error:  # a fault of ours must not become one of the lecture
            recorder.fail(error)
        finally:
            if compiling:
                compiling(before)
            self._overhead += perf_counter_ns() - entered
        if self.interrupts.pending:
            self.interrupts.deliver()

    # ------------------------------------------------------------------------------------------------- what others ask

    def current(self, ident: int | None = None) -> Activation | None:
        """The innermost activation with an open step on this thread (or the one that `ident` names), if there is one."""
        for activation in reversed(self.stack(ident)):
            if activation.step >= 0 and not activation.muted:
                return activation
        return None

    def look_closely(self) -> None:
        """Take the short way past none of the steps that are open now."""
        for stack in list(self.stacks.values()):
            for activation in stack:
                activation.ending = ANYTHING

    def clock(self) -> int:
        """The time by which the lecture is charged, in nanoseconds: it stands still while the engine works."""
        return perf_counter_ns() - self._overhead

    def exclude(self, nanoseconds: int) -> None:
        """Take time that was the engine's out of what is charged to the lecture."""
        self._overhead += nanoseconds

    def stop(self, message: str) -> None:
        """End the run at a limit: now, and at every further step. May be called from any thread."""
        self.limit = message
        self._limit = 0
        self.interrupts.interrupt(StopRun(message))

    def finish(self, exception: BaseException | None) -> None:
        """The run is over: end the steps that are still open on this thread as `exception` (if any) left them."""
        self._guarded(self._finish, exception)
        self.stack().clear()

    def _finish(self, now: int, exception: BaseException | None) -> None:
        self.budget.tell_all()
        if exception is None:
            return
        self._name(now, exception)
        for activation in reversed(self.stack()):
            if activation.step >= 0 and not activation.muted:
                elapsed = activation.elapsed + max(0, now - activation.opened)
                if self.accountant is not None:
                    accounts.settle(self.accountant, activation)
                self.recorder.close_step(activation.step, elapsed, END_RAISE)
                self.recorder.raised(activation.step, exception)
