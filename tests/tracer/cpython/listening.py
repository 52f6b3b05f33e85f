"""CPython's expectations of its own trace events, and what the engine's event source says of the same programs.

`Lib/test/test_sys_settrace.py` runs small functions under `sys.settrace` and compares (line, event) pairs with lists written
by CPython's developers. Here its methods run with the engine in the place of `sys.settrace`, and both sides are brought to
what the engine promises: statements for lines, calls without the frames of expressions, no 'exception' (a step's end).
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
import unittest
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from tracer.events import EventSource, event_source
from tracer.events.steps import EXPRESSION_FRAMES, Steps
from tracer.interrupts import Interrupts
from tracer.recorder import Recorder
from tracer.sources.statements import StatementTable

__all__ = ["Harness", "comparing_names"]

Event = tuple[int, str]
"""An absolute line and 'call', 'line' or 'return', as `sys.settrace` has them: a generator that goes on is called, one that
yields returns."""

COMPARING = {"run_test", "run_test2", "run_and_compare", "compare_events"}
"""The helpers of TraceTestCase that lead to a comparison of events."""


def comparing_names(cases: type[unittest.TestCase]) -> list[str]:
    """The methods of TraceTestCase that compare events. The others are about sys.settrace itself."""
    names = unittest.defaultTestLoader.getTestCaseNames(cases)
    return [name for name in names if COMPARING & set(getattr(cases, name).__code__.co_names)]


class Listener(Steps):
    """The engine's core, which also keeps what its event source tells."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder, Interrupts())
        self.events: list[Event] = []
        self._at: dict[Any, int] = {}

    def enter(self, code: CodeType, *more: Any) -> Any:
        activation = super().enter(code, *more)
        self._at[activation] = code.co_firstlineno
        self.events.append((code.co_firstlineno, "call"))
        return activation

    def resume(self, activation: Any, *more: Any) -> Any:
        self.events.append((self._at[activation], "call"))
        return super().resume(activation, *more)

    def line(self, activation: Any, line: int, frame: FrameType) -> Any:
        self._at[activation] = line
        self.events.append((line, "line"))
        return super().line(activation, line, frame)

    def suspend(self, activation: Any, frame: FrameType) -> Any:
        self._ended(frame)
        return super().suspend(activation, frame)

    def leave(self, activation: Any, frame: FrameType, value: Any) -> Any:
        self._ended(frame)
        return super().leave(activation, frame, value)

    def unwind(self, activation: Any, frame: FrameType, *more: Any) -> Any:
        self._ended(frame)
        return super().unwind(activation, frame, *more)

    def _ended(self, frame: FrameType) -> None:
        self.events.append((frame.f_lineno, "return"))


class Harness:
    """A copy of the test module in `folder`, where its functions are visible to the engine as a lecture's would be."""

    def __init__(self, original: ModuleType, folder: Path) -> None:
        text = Path(str(original.__file__)).read_text(encoding="utf-8")
        path = folder / "settrace_programs.py"
        path.write_text(text, encoding="utf-8")
        self._table = StatementTable(text)
        (folder / "traces").mkdir()
        self._recorder = Recorder("settrace_programs", folder / "traces", folder, folder)
        self._listener = Listener(self._recorder)
        self._source: EventSource | None = None
        self._expressions = set(_expression_lines(compile(text, str(path), "exec")))
        self.module = _imported(path)
        self.module.sys = _Sys(self._set_trace)  # type: ignore[attr-defined]

    def run(self, name: str) -> str:
        """Run one method of TraceTestCase. What differs from CPython's expectation; nothing if nothing does."""
        instead = {"compare_events": self._compare, "assertEqual": _nothing}
        case = type("Case", (self.module.TraceTestCase,), instead)(name)
        result = unittest.TestResult()
        try:
            case.run(result)
        finally:
            self._set_trace(None)
        if result.skipped:
            raise unittest.SkipTest(result.skipped[0][1])
        assert self._recorder.problem is None, self._recorder.problem
        return "\n".join(text for _, text in result.failures + result.errors)

    def close(self) -> None:
        self._recorder.discard()

    def _set_trace(self, function: Callable[..., Any] | None) -> None:
        if self._source is not None:
            self._source.stop()
            self._source = None
        sys.settrace(None)
        if function is not None:
            self._listener = Listener(self._recorder)
            self._source = event_source(self._listener)
            self._source.start()

    def _compare(self, line_offset: int, _events: object, expected: list[Event]) -> None:
        """In the place of TraceTestCase.compare_events, whose `_events` nobody has collected."""
        wanted = self._normal((line + line_offset, event) for line, event in expected)
        seen = self._normal(self._listener.events)
        if wanted != seen:
            difference = difflib.ndiff(
                [f"{line - line_offset} {event}" for line, event in wanted],
                [f"{line - line_offset} {event}" for line, event in seen],
            )
            raise AssertionError("CPython expects (-), the engine saw (+):\n" + "\n".join(difference))

    def _normal(self, events: Iterable[Event]) -> list[Event]:
        """Lines as first lines of statements, one after the other in a call merged; frames of expressions left out."""
        normal: list[Event] = []
        stack: list[int | None] = [0]  # per frame the statement it is in, 0 before the first; None: an expression's
        for line, event in events:
            statement = self._table.at(line)[0]
            if event == "call":
                stack.append(None if line in self._expressions else 0)
            inside = stack[-1]
            if event == "return" and len(stack) > 1:
                stack.pop()
            if event == "exception" or inside is None or (event == "line" and inside == statement):
                continue
            if event == "line":
                stack[-1] = statement
            normal.append((statement, event))
        return normal


def _nothing(*_: object) -> None:
    """In the place of assertEqual: what the interpreter's own C tracer saw, this harness included, is not compared."""


class _Sys:
    """`sys` to the test module: the real one, but `settrace` starts and stops the engine."""

    def __init__(self, set_trace: Callable[[Callable[..., Any] | None], None]) -> None:
        self._set_trace = set_trace
        self._function: Callable[..., Any] | None = None

    def settrace(self, function: Callable[..., Any] | None) -> None:
        self._function = function
        self._set_trace(function)

    def gettrace(self) -> Callable[..., Any] | None:
        return self._function

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def _expression_lines(code: CodeType) -> Iterable[int]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name in EXPRESSION_FRAMES:
                yield constant.co_firstlineno
            yield from _expression_lines(constant)


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
