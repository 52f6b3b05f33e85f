"""The recorder: steps, values, outputs and prints, as they happen, into the journal.

Everything long is interned here (strings, values, outputs, files, functions, statements), so that a row is a handful of
small integers. One recorder is active at a time; authoring functions find it through `active()`.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tracer.failures import describe_failure
from tracer.format.journal import Journal
from tracer.format.schema import (
    FORMAT,
    ROLE_ARGUMENT,
    ROLE_INSPECTED,
    ROLE_LOCAL,
    ROLE_RETURNED,
    VERSION,
    Failure,
    Notice,
    Opaque,
    Outcome,
    Output,
    Provenance,
    Target,
    Value,
)
from tracer.format.struct import to_json
from tracer.sources.expressions import Unavailable
from tracer.sources.files import Sources, Statement, VisibleFile
from tracer.values import Limits, picture

if TYPE_CHECKING:
    from tracer.events.steps import Steps

__all__ = ["Recorder", "active"]

INSPECTED = Limits(synchronize=True)
UNASKED = Limits()
LONGEST_PRINT = 100_000
"""Characters of stdout or stderr kept from one step; a lecture that prints without end must not fill the disk."""

_active: Recorder | None = None


def active() -> Recorder | None:
    """The recorder of the lecture that is running, or None when it runs without the tracer."""
    return _active


@dataclass
class _Print:
    """What the current step has written to one stream so far."""

    step: int = -1
    at: int = -1
    stream: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0


class Recorder:
    """Writes the journal of one run. Made by `tracer.run`; lectures reach it only through the authoring functions.

    `output` is the folder of the trace; stored files lie in `files`, beside it when it is called `traces`, else inside it.
    """

    def __init__(self, name: str, output: Path, root: Path, base: Path, records_locals: bool = False) -> None:
        self.name = name
        self.output = output
        self.files = (output.parent if output.name == "traces" else output) / "files"
        self.cache = (output.parent if output.name == "traces" else output) / "cache"
        self.records_locals = records_locals
        self.step_count = 0
        self.closed = False
        self.engine_problem: str | None = None
        self.notices: list[Notice] = []
        self.journal = Journal(output / f"{name}.{os.getpid()}.journal")
        self.clock = time.time()
        self.steps: Steps | None = None
        self.sources = Sources(root, base, self._file_opened)
        self._lock = threading.RLock()
        self._interned: dict[str, dict[Any, int]] = {
            "strings": {},
            "values": {},
            "outputs": {},
            "functions": {},
            "tracks": {},
        }
        self._calls = 0
        self._statements = 0
        self._failures = 0
        self._last_start = 0
        self._last_failure: tuple[BaseException, int] | None = None
        self._print = _Print()
        self._early: list[Output] = []
        self._unavailable: dict[tuple[int, str], Notice | None] = {}
        self._rank = int(os.environ.get("RANK", "-1")) if os.environ.get("RANK", "-1").lstrip("-").isdigit() else -1

    def begin(self, entry: Path, provenance: Provenance, steps: Steps, zero: int) -> None:
        """Write the opening. `zero` is the clock base on the scale of the steps' times (ns)."""
        global _active
        opening = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "clock": self.clock,
            "provenance": provenance,
        }
        self.journal.row("trace", opening)
        self.steps = steps
        self._last_start = zero
        self.sources.of_path(str(entry))
        self.journal.flush()
        _active = self

    def end(self, outcome: Outcome, seconds: float, provenance: Provenance) -> None:
        """Write the ending and close the journal."""
        self._stop_printing()
        for notice in self._unavailable.values():
            if notice is not None:
                self._notice(notice)
        if not self.closed:
            self.journal.row("end", {"outcome": outcome, "seconds": seconds, "provenance": provenance})
        self.close()

    def close(self) -> None:
        """Let go of the journal; what comes after is not recorded."""
        global _active
        self.closed = True
        if _active is self:
            _active = None
        self.journal.close()

    def forget(self) -> None:
        """In a forked child: the record belongs to the parent."""
        global _active
        self.closed = True
        _active = None

    # ------------------------------------------------------------------------------------------ what the steps tell it

    def open_step(self, statement: int, call: int, now: int) -> int:
        """Row of a step, on disk before its statement runs."""
        step = self.step_count
        if self._print.text:
            self._stop_printing()
        since = max(0, now - self._last_start)
        self._last_start += since
        self.journal.raw(b'["+",%d,%d,%d]\n' % (statement, call, since))
        self.step_count = step + 1
        if self._early:
            early, self._early = self._early, []
            for output in early:
                self._show(output, step)
        self.journal.flush()
        return step

    def close_step(self, step: int, duration: int, end: int) -> None:
        self.journal.raw(b'["-",%d,%d,%d]\n' % (step, duration, end))

    def open_call(self, function: int, parent: int) -> int:
        track = self._intern("tracks", (self._rank, os.getpid(), self._thread()))
        self.journal.raw(b'["calls",%d,%d,%d]\n' % (function, parent, track))
        self._calls += 1
        return self._calls - 1

    def resume_call(self, call: int, parent: int) -> None:
        self.journal.raw(b'["resumes",%d,%d,%d]\n' % (call, self.step_count, parent))

    def add_function(self, name: str, file: int, line: int, end_line: int) -> int:
        key = (name, file, line, end_line)
        known = self._interned["functions"].get(key)
        if known is None:
            known = self._interned["functions"][key] = len(self._interned["functions"])
            self.journal.row("functions", self._string(name), file, line, end_line)
        return known

    def add_statement(self, statement: Statement) -> int:
        self.journal.raw(b'["statements",%d,%d,%d]\n' % (statement.file.index, statement.line, statement.end_line))
        self._statements += 1
        return self._statements - 1

    def inspect(self, step: int, statement: Statement, frame: FrameType, final: bool) -> None:
        """Record what the directives of `statement` ask for. `final`: it ran to its end, so its names should exist."""
        variables: Mapping[str, Any] = frame.f_locals
        for expression in statement.inspect:
            key = (statement.index, expression.text)
            try:
                value = expression.value(frame, variables)  # type: ignore[arg-type]
            except Unavailable as error:
                if final and key not in self._unavailable:
                    self._unavailable[key] = Notice(
                        message=f"@inspect: {error}", file=statement.file.index, line=statement.line, step=step
                    )
                continue
            self._unavailable[key] = None
            self._bind(step, expression.text, self._value(value, INSPECTED), ROLE_INSPECTED)
        for name in statement.clear:
            self._bind(step, name, -1, ROLE_INSPECTED)

    def record_locals(self, step: int, frame: FrameType, seen: dict[str, int] | None) -> dict[str, int]:
        """Record the local variables that differ from `seen`; returns what is seen now."""
        now: dict[str, int] = {}
        for name, value in dict(frame.f_locals).items():
            if not name.startswith("__"):
                index = now[name] = self._value(value, UNASKED)
                if seen is None or seen.get(name) != index:
                    self._bind(step, name, index, ROLE_LOCAL)
        for name in (seen or {}).keys() - now.keys():
            self._bind(step, name, -1, ROLE_LOCAL)
        return now

    def arguments(self, step: int, frame: FrameType) -> None:
        """Record what a call was made with, before its first step runs. `self` and `cls` say little and cost much."""
        code = frame.f_code
        count = code.co_argcount + code.co_kwonlyargcount
        count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
        if count:
            variables = frame.f_locals
            for name in code.co_varnames[:count]:
                if name in variables and name not in ("self", "cls"):
                    self._bind(step, name, self._value(variables[name], UNASKED), ROLE_ARGUMENT)

    def returned(self, step: int, value: object) -> None:
        self._bind(step, "", self._value(value, UNASKED), ROLE_RETURNED)

    def raised(self, step: int, exception: BaseException) -> None:
        """`exception` leaves `step`. Its traceback is the steps that it leaves; only what ends the run is described in full."""
        if self._last_failure is None or self._last_failure[0] is not exception:
            self._last_failure = (exception, self.add_failure(exception, with_traceback=False)[0])
        self.journal.raw(b'["raised",%d,%d]\n' % (step, self._last_failure[1]))

    def add_failure(self, exception: BaseException, with_traceback: bool = True) -> tuple[int, Failure]:
        """A row that describes `exception` as it stands now."""
        failure = describe_failure(exception, self.sources, with_traceback)
        self.journal.row("failures", failure)
        self._failures += 1
        return self._failures - 1, failure

    def fail_engine(self, error: Exception) -> None:
        """A fault in the engine itself: recording ends here, the lecture goes on, and the outcome says so."""
        if isinstance(error, OSError):
            self.engine_problem = (
                f"The record could not be written ({error.strerror or error}); it ends at step {self.step_count}."
            )
        else:
            self.engine_problem = (
                f"The tracer itself failed at step {self.step_count} ({type(error).__name__}: {error}); "
                "the record ends there. Please report this."
            )
        try:
            self.journal.flush()
        except OSError:
            self.journal._pending.clear()
        self.closed = True

    # --------------------------------------------------------------------------------------- what the authoring functions use

    def emit(self, output: Output) -> None:
        """Show `output` at the current step; before the first step, at that one."""
        with self._lock:
            if self.closed:
                return
            step = self.current_step()
            if step < 0:
                self._early.append(output)
            else:
                self._show(output, step)

    def notice(self, message: str) -> None:
        """Warn the author, at the current line."""
        step = self.current_step()
        statement = self._current_statement()
        file, line = (statement.file.index, statement.line) if statement else (-1, 0)
        with self._lock:
            self._notice(Notice(message=message, file=file, line=line, step=step))

    def store(self, data: bytes, suffix: str) -> str:
        """Keep `data` in a file named by its content; returns its place relative to the trace."""
        name = hashlib.sha256(data).hexdigest()[:32] + suffix
        path = self.files / name
        if not path.exists():
            self.files.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{name}.{os.getpid()}.tmp")
            temporary.write_bytes(data)
            temporary.replace(path)
        return os.path.relpath(path, self.output).replace(os.sep, "/")

    def target(self, path: str, line: int, name: str) -> Target | None:
        """A place in recorded source, or None if the file is not a visible one."""
        file = self.sources.of_path(path)
        return None if file is None else Target(file=file.index, line=line, name=name)

    def picture(self, value: object) -> Value:
        """A bounded picture of a value."""
        return picture(value, UNASKED, self._locate)

    def printed(self, stream: int, text: str) -> None:
        """The lecture wrote `text` to stdout (0) or stderr (1)."""
        with self._lock:
            if self.closed or not text:
                return
            place = (self.current_step(), self.step_count - 1, stream)
            if (self._print.step, self._print.at, self._print.stream) != place:
                self._stop_printing()
                self._print = _Print(*place)
            current = self._print
            if current.length < LONGEST_PRINT:
                current.text.append(text[: LONGEST_PRINT - current.length])
                if current.length + len(text) > LONGEST_PRINT:
                    current.text.append(f"\n… cut after {LONGEST_PRINT:,} characters of this step\n")
            current.length += len(text)

    def where(self) -> str:
        """The line that runs now, for the terminal. May be asked from any thread; main-thread lines are meant."""
        stack = self.steps.stack(threading.main_thread().ident) if self.steps else []
        for activation in reversed(stack):
            if activation.statement is not None:
                statement = activation.statement
                return f"{statement.file.source.path}:{statement.line}"
        return ""

    def current_step(self) -> int:
        return self.steps.current_step() if self.steps else -1

    # ---------------------------------------------------------------------------------------------------------- rows

    def _current_statement(self) -> Statement | None:
        stack = self.steps.stack() if self.steps else []
        return next((each.statement for each in reversed(stack) if each.statement), None)

    def _show(self, output: Output, step: int) -> None:
        index = self._intern_json("outputs", to_json(output))
        self.journal.raw(b'["shown",%d,%d,%d]\n' % (step, self.step_count - 1, index))
        self.journal.flush()

    def _notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        if not self.closed:
            self.journal.row("notices", notice)

    def _bind(self, step: int, name: str, value: int, role: int) -> None:
        self.journal.raw(
            b'["bindings",%d,%d,%d,%d,%d]\n' % (step, self.step_count - 1, self._string(name), value, role)
        )

    def _value(self, value: object, limits: Limits) -> int:
        seen = picture(value, limits, self._locate)
        try:
            encoded = to_json(seen)
        except (TypeError, ValueError) as error:
            encoded = to_json(Opaque(type=type(value).__name__, problem=f"cannot be shown ({type(error).__name__})"))
        return self._intern_json("values", encoded)

    def _intern_json(self, table: str, encoded: bytes) -> int:
        interned = self._interned[table]
        key = encoded if len(encoded) <= 64 else hashlib.blake2b(encoded, digest_size=16).digest()
        known = interned.get(key)
        if known is None:
            known = interned[key] = len(interned)
            self.journal.raw(b'["%b",%b]\n' % (table.encode(), encoded))
        return known

    def _string(self, text: str) -> int:
        interned = self._interned["strings"]
        known = interned.get(text)
        if known is None:
            known = interned[text] = len(interned)
            self.journal.row("strings", text)
        return known

    def _intern(self, table: str, row: tuple[int, ...]) -> int:
        interned = self._interned[table]
        known = interned.get(row)
        if known is None:
            known = interned[row] = len(interned)
            self.journal.row(table, *row)
        return known

    def _stop_printing(self) -> None:
        current, self._print = self._print, _Print()
        if current.text and not self.closed:
            text = "".join(current.text).encode("utf-8", "replace").decode()
            self.journal.row("printed", current.step, current.at, current.stream, self._string(text))

    def _file_opened(self, file: VisibleFile) -> None:
        if self.closed:
            return
        self.journal.row("files", file.source)
        for line, problem in file.problems:
            self._notice(Notice(message=problem, file=file.index, line=line))

    def _locate(self, path: str) -> int | None:
        file = self.sources.of_path(path)
        return None if file is None else file.index

    @staticmethod
    def _thread() -> int:
        return 0 if threading.current_thread() is threading.main_thread() else threading.get_native_id()
