"""The recorder: steps, values, outputs and prints, as they happen, into the journal.

One recorder is active at a time; the authoring functions find it through `active()`. Whatever goes wrong in here ends the
recording, never the lecture.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tracer.failures import describe_failure
from tracer.format.journal import Journal
from tracer.format.schema import (
    FORMAT,
    VERSION,
    Failure,
    Machine,
    Notice,
    Outcome,
    Output,
    Provenance,
    Target,
    Value,
)
from tracer.format.struct import to_json
from tracer.looks import Looks
from tracer.ranks.clocks import clocks
from tracer.ranks.place import ALONE, Place
from tracer.rows import Rows
from tracer.sources.files import Sources, Statement, VisibleFile
from tracer.values import picture
from tracer.values.limits import UNASKED

if TYPE_CHECKING:
    from tracer.events.steps import Steps

__all__ = ["Recorder", "active"]

LONGEST_PRINT = 100_000
"""Characters of stdout and stderr kept from one step; a lecture that prints without end must not fill the disk."""

_active: Recorder | None = None


def active() -> Recorder | None:
    """The recorder of the lecture that is running, or None when it runs without the tracer."""
    return _active


@dataclass
class _Print:
    """What one step has written to one stream since the last other thing was recorded."""

    step: int = -1
    at: int = -1
    stream: int = 0
    text: list[str] = field(default_factory=list)


class Recorder:
    """Writes the journal of one run. Made by `tracer.run`; lectures reach it only through the authoring functions.

    `output` is the folder of the trace; stored files lie in `files`, beside it when it is called `traces`, else inside it.
    `calm`: nothing waits to be written before the next step opens. `place`: which of several processes this is. Raises OSError
    if the journal cannot be made.
    """

    def __init__(
        self, name: str, output: Path, root: Path, base: Path, records_locals: bool = False, place: Place = ALONE
    ) -> None:
        self.name = name
        self.output = output
        beside = output.parent if output.name == "traces" else output
        self.files = beside / "files"
        self.cache = beside / "cache"
        self.records_locals = records_locals
        self.step_count = 0
        self.last_start = 0
        self.calm = False
        self.closed = False
        self.problem: str | None = None
        self.notices: list[Notice] = []
        self.clock = time.time()
        self.journal = Journal.create(output, name)
        self.rows = Rows(self.journal)
        self.looks = Looks(self)
        self._writing = _Writing(self)
        self.sources = Sources(root, base, self._file_opened, self.rows.lock)
        self._steps: Steps | None = None
        self._calls = 0
        self._statements = 0
        self._print = _Print()
        self._printed_by = (-1, 0)
        self._early: list[Output] = []
        self._noticed: set[tuple[Statement | None, str]] = set()
        self._threads: dict[int, tuple[threading.Thread, int]] = {}
        self.place = place
        self.is_rank = place.rank >= 0
        self.run = place.run or os.urandom(8).hex()
        self._collectives = 0
        self._groups = 0

    def begin(self, entry: Path, provenance: Provenance, steps: Steps, zero: int) -> None:
        """Write the opening. `zero` is the clock base on the scale of the steps' times (ns)."""
        global _active
        opening = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "clock": self.clock,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "run": self.run,
            "place": self.place.as_json(),
            "zero": zero,
            "clocks": clocks(),
            "provenance": provenance,
        }
        self.journal.row("trace", opening)
        self._steps = steps
        self.last_start = zero
        self.sources.of_path(str(entry))
        _active = self

    def end(self, outcome: Outcome, seconds: float, provenance: Provenance) -> None:
        """Write the ending and close the journal. Raises OSError if that fails."""
        with self.rows.lock:
            if not self.closed:
                self._stop_printing()
                for notice in self.looks.unavailable():
                    self._notice(notice)
            ending = {"outcome": outcome, "seconds": seconds, "provenance": provenance, "at": time.perf_counter_ns()}
            self.journal.row("end", ending)
            self._let_go()
            self.journal.close()

    def discard(self) -> None:
        """Nothing ran: leave no journal behind."""
        self._let_go()
        self.journal.discard()

    def keep(self) -> None:
        """There will be no ending, but something ran: leave the journal to whoever finishes it."""
        self._let_go()
        self.journal.close()

    def forget(self) -> None:
        """In a forked child: the record belongs to the parent."""
        self._let_go()
        self.journal.abandon()

    def fail(self, error: Exception) -> None:
        """A fault of ours: recording ends here, the lecture goes on, and the outcome says so."""
        if self.closed:
            return
        if isinstance(error, OSError):
            self.problem = (
                f"The record could not be written ({error.strerror or error}); it ends at step {self.step_count}."
            )
        else:
            self.problem = (
                f"The tracer itself failed at step {self.step_count} ({type(error).__name__}: {error}); "
                "the record ends there. Please report this."
            )
        self.closed = True
        self.calm = False

    # ------------------------------------------------------------------------------------------ what the steps tell it
    # Called by `Steps` with the lock held.

    def open_step(self, statement: int, call: int, now: int) -> int:
        """Row of a step, on its way to the disk before its statement runs."""
        step = self.step_count
        since = max(0, now - self.last_start)
        if step and self._print.text:
            self._stop_printing()
        self.journal.add(b'["+",%d,%d,%d]\n' % (statement, call, since))
        self.last_start += since
        self.step_count = step + 1
        if step == 0:
            self._print.step = self._print.at = 0
            early, self._early = self._early, []
            for output in early:
                self._show(output, step)
        self.calm = not self._print.text
        return step

    def close_step(self, step: int, duration: int, end: int) -> None:
        self.journal.add(b'["-",%d,%d,%d]\n' % (step, duration, end))

    def elided(self, statement: Statement) -> None:
        """From its last recorded step on, `statement` has run `skipped` more times. A later row replaces this one."""
        self.rows.add("elided", statement.index, statement.recorded, statement.skipped)

    def open_call(self, function: int, parent: int) -> int:
        self.journal.add(b'["calls",%d,%d,%d]\n' % (function, parent, self._track()))
        self._calls += 1
        return self._calls - 1

    def resume_call(self, call: int, parent: int) -> None:
        self.rows.add("resumes", call, self.step_count, parent)

    def add_function(self, name: str, file: int, line: int, end_line: int) -> int:
        return self.rows.distinct("functions", self.rows.string(name), file, line, end_line)

    def add_statement(self, statement: Statement) -> int:
        self.rows.add("statements", statement.file.index, statement.line, statement.end_line, statement.loop_end)
        self._statements += 1
        return self._statements - 1

    def raised(self, step: int, exception: BaseException) -> int:
        """`exception` leaves `step`; returns its row. Its traceback is the steps that it leaves: only what ends the run is
        described in full."""
        failure = self.failure(exception)
        self.rows.add("raised", step, failure)
        return failure

    def raised_again(self, step: int, failure: int) -> None:
        """The exception that has the row `failure` leaves `step`."""
        self.rows.add("raised", step, failure)

    def failure(self, exception: BaseException) -> int:
        return self.add_failure(exception, with_traceback=False)[0]

    def add_failure(self, exception: BaseException, with_traceback: bool = True) -> tuple[int, Failure]:
        """The number of a row that describes `exception` as it stands now. No reference to it is kept."""
        failure = describe_failure(exception, self.sources, with_traceback)
        return self.rows.encoded("failures", to_json(failure)), failure

    # --------------------------------------------------------------------------------------- what the authoring functions use

    @property
    def steps(self) -> Steps | None:
        """Whoever tells it of steps: there from the beginning of the run on."""
        return self._steps

    def emit(self, output: Output) -> None:
        """Show `output` at the current step; before the first step, at that one."""
        with self._writing:
            if self.closed:
                return
            step = self._current_step()
            if step < 0:
                self._early.append(output)
            else:
                self._show(output, step)

    def notice(self, message: str, once: bool = False) -> None:
        """Warn the author, at the current line; with `once`, only the first time that it comes there."""
        with self._writing:
            if once:
                activation = self._steps.current() if self._steps else None
                place = (activation.statement if activation else None, message)
                if place in self._noticed:
                    return
                self._noticed.add(place)
            self._notice(self.notice_here(message))

    def notice_here(self, message: str) -> Notice:
        """A notice of the current line, for `add_notice`."""
        activation = self._steps.current() if self._steps else None
        if activation is None or activation.statement is None:
            return Notice(message=message)
        statement = activation.statement
        return Notice(message=message, file=statement.file.index, line=statement.line, step=activation.step)

    def add_notice(self, notice: Notice) -> None:
        """Warn the author, wherever the notice says."""
        with self._writing:
            self._notice(notice)

    def add_machines(self, machines: list[Machine]) -> None:
        """The machines that costs may be held against."""
        with self._writing:
            if not self.closed:
                for machine in machines:
                    self.journal.row("machines", machine)

    def store(self, data: bytes, suffix: str) -> str:
        """Keep `data` in a file named by its content; returns its place relative to the trace. Raises OSError."""
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
        with self.rows.lock:
            file = self.sources.of_path(path)
        return None if file is None else Target(file=file.index, line=line, name=name)

    def locate(self, path: str) -> int | None:
        """The index of the file at a path, or None if it is not a visible one."""
        file = self.sources.of_path(path)
        return None if file is None else file.index

    def picture(self, value: object) -> Value:
        """A bounded picture of a value."""
        return picture(value, UNASKED, self.locate)

    def printed(self, stream: int, text: str) -> None:
        """The lecture wrote `text` to stdout (0) or stderr (1)."""
        with self._writing:
            if self.closed or not text:
                return
            place = (self._current_step(), self.step_count - 1, stream)
            if (self._print.step, self._print.at, self._print.stream) != place:
                if self._print.step >= 0:
                    self._stop_printing()
                self._print = _Print(*place, self._print.text)  # what came before the first step goes to that step
            self.calm = False
            before = self._printed_by[1] if self._printed_by[0] == place[0] else 0
            self._printed_by = (place[0], before + len(text))
            if before < LONGEST_PRINT:
                self._print.text.append(text[: LONGEST_PRINT - before])
                if before + len(text) > LONGEST_PRINT:
                    self._print.text.append(f"\n… cut after {LONGEST_PRINT:,} characters of this step\n")

    def where(self) -> str:
        """The line of the main thread that runs now, for the terminal. May be asked from any thread."""
        activation = self._steps.current(threading.main_thread().ident) if self._steps else None
        statement = activation.statement if activation else None
        return f"{statement.file.source.path}:{statement.line}" if statement else ""

    # ------------------------------------------------------------------------------------------ what a rank tells of itself

    def became_rank(self, rank: int, world_size: int, world: str, offset: int, error: int) -> None:
        """This process joined a process group. `world` is a name that the members of the group share; `offset` brings this
        process's clock to that of rank 0, give or take `error` (nanoseconds; -1: not known)."""
        content = {"rank": rank, "world_size": world_size, "world": world, "offset": offset, "error": error}
        with self._writing:
            if not self.closed:
                self.journal.row("rank", content)
                self.is_rank = True

    def recording_took(self, took: int) -> None:
        """Until now, recording has taken `took` nanoseconds: what brings the steps' times to a clock on the wall."""
        with self._writing:
            if not self.closed:
                self.journal.row("recording", max(0, self.step_count - 1), took)

    def worked_on(self, device: str) -> None:
        """What this rank's collectives work on."""
        with self._writing:
            if not self.closed:
                self.journal.row("device", device)

    def add_group(self, key: str, ranks: list[int]) -> int:
        """The number of a process group; all of its members give the same key."""
        with self._writing:
            if not self.closed:
                self.journal.row("groups", key, ranks)
                self._groups += 1
        return self._groups - 1

    def collective_begins(self, step: int, name: str, operation: str, cells: tuple[int, ...], took: int) -> int:
        """A row of `collectives`; returns its number. `cells` are its columns from `group` to `asynchronous`; recording had
        taken `took` nanoseconds by now."""
        with self._writing:
            if not self.closed:
                self.journal.row("recording", self.step_count - 1, took)
                names = self.rows.string(name), self.rows.string(operation)
                self.rows.add("collectives", step, *names, *cells, -1, -1, -1)
                self._collectives += 1
        return self._collectives - 1

    def collective_tells(self, what: str, *cells: int) -> None:
        """Complete a row of `collectives`: its number, and what there is to say of it."""
        with self._writing:
            if not self.closed:
                self.rows.add(what, *cells)

    # ---------------------------------------------------------------------------------------------------------- rows

    def _current_step(self) -> int:
        activation = self._steps.current() if self._steps else None
        return activation.step if activation else -1

    def _show(self, output: Output, step: int) -> None:
        self.rows.add("shown", step, self.step_count - 1, self.rows.encoded("outputs", to_json(output)))

    def _notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        if not self.closed:
            self.journal.row("notices", notice)

    def _stop_printing(self) -> None:
        current, self._print = self._print, _Print()
        if current.text and current.step >= 0:
            self.rows.add("printed", current.step, current.at, current.stream, self.rows.text("".join(current.text)))

    def _track(self) -> int:
        """The number of the lane that runs here. Threads' numbers may be used again, so a lane is known by its name, too."""
        thread = threading.current_thread()
        known = self._threads.get(id(thread))
        if known is not None and known[0] is thread:
            return known[1]
        main = thread is threading.main_thread()
        library = isinstance(thread, threading._DummyThread)  # that Python did not start
        name = self.rows.string("main" if main else "a library's thread" if library else thread.name)
        host = self.rows.string(socket.gethostname())
        number = self.rows.distinct(
            "tracks", self.place.rank, os.getpid(), 0 if main else threading.get_native_id(), name, host
        )
        self._threads[id(thread)] = thread, number
        return number

    def _file_opened(self, file: VisibleFile) -> None:
        with self._writing:
            if not self.closed:
                self.journal.row("files", file.source)
                for line, problem in file.problems:
                    self._notice(Notice(message=problem, file=file.index, line=line))

    def _let_go(self) -> None:
        global _active
        self.closed = True
        self.calm = False
        if _active is self:
            _active = None


class _Writing:
    """`with recorder._writing:` several rows as one piece; a fault inside ends the recording, not the lecture."""

    __slots__ = ("_recorder",)

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        self._recorder.rows.lock.acquire()

    def __exit__(self, _kind: type | None, error: BaseException | None, _traceback: TracebackType | None) -> bool:
        self._recorder.rows.lock.release()
        if isinstance(error, Exception):
            with suppress(Exception):
                self._recorder.fail(error)
            return True
        return False
