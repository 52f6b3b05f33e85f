"""`sys.monitoring` as an event source: Python 3.12 and later.

Discovery is a global PY_START that disables itself for every piece of invisible code, so invisible code costs nothing.
Visible code gets the other events for itself alone.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from types import CodeType, FrameType
from typing import Any

from tracer.events.steps import NOT_ACTIVATIONS, Activation, Steps

__all__ = ["MonitoringSource"]

monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
DISABLE: Any = monitoring.DISABLE

PREFERRED_TOOL_IDS = (4, 3)
"""Ids without a fixed meaning; 0, 1, 2 and 5 belong to debuggers, coverage, profilers and optimizers."""


class MonitoringSource:
    """Feeds `steps` between `start` and `stop`, on every thread."""

    name = "sys.monitoring"

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._tool = -1
        self._instrumented: dict[int, CodeType] = {}
        # By id of the frame: a reference would keep a dropped generator alive. A stale entry is overwritten before it
        # can be mistaken, since a new frame at that address starts before it resumes.
        self._suspended: dict[int, Activation] = {}
        self._stacks = steps.stacks
        self._uncounted: set[int] = set()

    def start(self) -> None:
        """Begin. Raises RuntimeError if no tool id is free."""
        free = [tool for tool in PREFERRED_TOOL_IDS if monitoring.get_tool(tool) is None]
        if not free:
            raise RuntimeError("other tools hold every free slot of sys.monitoring; stop one of them.")
        self._tool = free[0]
        monitoring.use_tool_id(self._tool, "executable-lectures")
        events = monitoring.events
        for event, callback in (
            (events.PY_START, self._on_start),
            (events.PY_RESUME, self._on_resume),
            (events.PY_THROW, self._on_throw),
            (events.LINE, self._on_line),
            (events.PY_YIELD, self._on_yield),
            (events.PY_RETURN, self._on_return),
            (events.PY_UNWIND, self._on_unwind),
            (events.RAISE, self._on_raise),
        ):
            monitoring.register_callback(self._tool, event, callback)
        monitoring.set_events(self._tool, events.PY_START | events.PY_THROW | events.PY_UNWIND | events.RAISE)
        monitoring.restart_events()

    def stop(self) -> bool:
        if self._tool < 0:
            return True
        monitoring.set_events(self._tool, 0)
        for code in self._instrumented.values():
            monitoring.set_local_events(self._tool, code, 0)
        for event in ("PY_START", "PY_RESUME", "PY_THROW", "LINE", "PY_YIELD", "PY_RETURN", "PY_UNWIND", "RAISE"):
            monitoring.register_callback(self._tool, getattr(monitoring.events, event), None)
        monitoring.free_tool_id(self._tool)
        self._tool = -1
        return True

    # ------------------------------------------------------------------------------------------------------ callbacks

    def _on_start(self, code: CodeType, _offset: int) -> Any:
        file = self._steps.sources.of_code(code)
        if file is None or code.co_name in NOT_ACTIVATIONS:
            return DISABLE
        if id(code) not in self._instrumented:
            self._instrumented[id(code)] = code
            events = monitoring.events
            monitoring.set_local_events(
                self._tool, code, events.LINE | events.PY_RETURN | events.PY_YIELD | events.PY_RESUME
            )
        self._steps.enter(code, file)
        return None

    def _on_resume(self, code: CodeType, _offset: int) -> None:
        self._go_on(code, sys._getframe(1), None)

    def _on_throw(self, code: CodeType, _offset: int, exception: BaseException) -> None:
        if id(code) in self._instrumented:
            self._go_on(code, sys._getframe(1), exception)

    def _go_on(self, code: CodeType, frame: FrameType, thrown: BaseException | None) -> None:
        activation = self._suspended.get(id(frame))
        if activation is None or activation.code is not code:
            file = self._steps.sources.of_code(code)
            if file is not None:
                self._steps.enter(code, file)
        elif activation.suspended:
            if thrown is not None:
                self._link(frame.f_back)
            self._steps.resume(activation, thrown)
        elif thrown is not None:
            self._steps.raised(activation, thrown)

    def _link(self, frame: FrameType | None) -> None:
        """An exception thrown into a generator goes past those that wait for it: they are its callers all the same."""
        activation = self._suspended.get(id(frame))
        if frame is not None and activation is not None and activation.suspended and activation.code is frame.f_code:
            self._link(frame.f_back)
            self._steps.link(activation)

    def _on_line(self, code: CodeType, line: int) -> Any:
        try:
            activation: Activation | None = self._stacks[get_ident()][-1]
        except LookupError:
            return None
        if activation is not None and activation.code is not code:
            activation = self._top(code)
        if activation is not None:
            if self._uncounted:
                return self._among_uncounted(activation, line, sys._getframe(1))
            if self._steps.line(activation, line, sys._getframe(1)):
                self._uncounted.add(id(code))
                return DISABLE
        return None

    def _among_uncounted(self, activation: Activation, line: int, frame: FrameType) -> Any:
        """While there are lines that are no longer told of: a step that opens among them needs one of them to end it."""
        recorded = self._steps.recorder.step_count
        if self._steps.line(activation, line, frame):
            self._uncounted.add(id(activation.code))
            return DISABLE
        if id(activation.code) in self._uncounted and self._steps.recorder.step_count > recorded:
            self._uncounted.clear()
            monitoring.restart_events()
        return None

    def _on_raise(self, code: CodeType, _offset: int, exception: BaseException) -> None:
        if id(code) in self._instrumented:
            activation = self._top(code)
            if activation is not None:
                self._steps.raised(activation, exception)

    def _on_yield(self, code: CodeType, _offset: int, _value: Any) -> None:
        activation = self._top(code)
        if activation is not None:
            frame = sys._getframe(1)
            self._suspended[id(frame)] = activation
            self._steps.suspend(activation, frame)

    def _on_return(self, code: CodeType, _offset: int, value: Any) -> None:
        activation = self._top(code)
        if activation is not None:
            self._steps.leave(activation, sys._getframe(1), value)

    def _on_unwind(self, code: CodeType, _offset: int, exception: BaseException) -> None:
        if id(code) in self._instrumented:
            activation = self._top(code)
            if activation is not None:
                self._steps.unwind(activation, sys._getframe(1), exception)

    def _top(self, code: CodeType) -> Activation | None:
        """The activation that runs `code`. Above it may be some whose end could not be told: there was no room on the stack."""
        stack = self._steps.stack()
        for place in range(len(stack) - 1, -1, -1):
            if stack[place].code is code:
                gone = stack[place + 1 :]
                if gone:
                    del stack[place + 1 :]
                    self._steps.lost(gone, None)
                return stack[place]
        return None
