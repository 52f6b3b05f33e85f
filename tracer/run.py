"""Run a lecture under the tracer: find it, import it, call its `main()`, and leave a trace whatever happens."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from tracer.events.steps import Steps, StopRun
from tracer.failures import failure_text
from tracer.find import LectureProblem, find_lecture, load_main
from tracer.format.compact import compact
from tracer.format.schema import Failure, Notice, Outcome
from tracer.provenance import ProvenanceGatherer
from tracer.recorder import Recorder
from tracer.terminal import Progress, Tee

__all__ = ["LectureProblem", "Options", "Result", "run_lecture"]


@dataclass(frozen=True)
class Options:
    """How to run. `source` names the event source: "monitoring" or "settrace"; None takes the best this Python has."""

    output: Path
    inspect_all: bool = False
    max_steps: int | None = None
    quiet: bool = False
    arguments: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True)
class Result:
    """What came of a run. `seconds` is the lecture's time, from the start of `main()` to its end."""

    path: Path
    outcome: Outcome
    steps: int
    seconds: float
    failure: str | None
    notices: list[tuple[str, Notice]]


def run_lecture(typed: str, project: Path, options: Options) -> Result:
    """Run the lecture that `typed` names and write its trace. Raises LectureProblem if it cannot start."""
    lecture = find_lecture(typed, project)
    gatherer = ProvenanceGatherer(list(options.arguments), lecture.path.parent)
    recorder = _recorder(lecture.name, lecture.root, options)
    steps = Steps(recorder, recorder.sources, options.max_steps)
    source = _event_source(steps, options.source)
    try:
        recorder.begin(lecture.path, gatherer.provenance(final=False), steps, perf_counter_ns())
        main = load_main(lecture, project)
        gc.freeze()  # what was imported will not be collected: do not look through it again and again
        _leave_forks_alone(recorder, source)
        with Progress(recorder, options.quiet) as progress, _captured(recorder, progress):
            begun = perf_counter_ns()
            error = _run(main, steps, source)
            seconds = (perf_counter_ns() - begun) / 1e9
    except (LectureProblem, KeyboardInterrupt):
        recorder.closed = True
        recorder.journal.discard()
        recorder.close()
        raise
    finally:
        gc.unfreeze()
    return _finish(recorder, gatherer, error, seconds)


def _recorder(name: str, root: Path, options: Options) -> Recorder:
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        return Recorder(name, options.output.resolve(), root, root.parent, records_locals=options.inspect_all)
    except FileExistsError as error:
        raise LectureProblem(
            f"Cannot write to {options.output}: {error.filename} is in the way; choose another with -o."
        ) from None
    except OSError as error:
        raise LectureProblem(
            f"Cannot write to {options.output}: {error.strerror}; choose another folder with -o."
        ) from None


def _event_source(steps: Steps, wanted: str | None) -> Any:
    if wanted is None:
        wanted = "monitoring" if hasattr(sys, "monitoring") else "settrace"
    if wanted == "monitoring":
        from tracer.events.monitoring import MonitoringSource

        return MonitoringSource(steps)
    from tracer.events.settrace import SettraceSource

    return SettraceSource(steps)


def _run(main: Callable[[], Any], steps: Steps, source: Any) -> BaseException | None:
    """Call `main` under the event source; returns what ended it early."""
    error: BaseException | None = None
    with _signals(steps):
        try:
            source.start()
        except RuntimeError as problem:
            raise LectureProblem(f"The tracer cannot start: {problem}") from None
        try:
            main()
        except BaseException as raised:
            error = raised
        finally:
            source.stop()
        steps.finish(error)
    return error


def _finish(recorder: Recorder, gatherer: ProvenanceGatherer, error: BaseException | None, seconds: float) -> Result:
    outcome, failure = _outcome(recorder, error)
    journal = recorder.journal.path
    try:
        recorder.end(outcome, round(seconds, 6), gatherer.provenance(final=True))
        path = compact(journal)
    except OSError as problem:
        raise LectureProblem(
            f"The trace could not be written ({problem.strerror or problem}). What was recorded is kept in {journal}; "
            f"make room and run `python -m tracer compact {journal}`."
        ) from None
    files = recorder.sources.files
    notices = [(files[notice.file].path if notice.file >= 0 else recorder.name, notice) for notice in recorder.notices]
    return Result(path, outcome, recorder.step_count, seconds, failure_text(failure) if failure else None, notices)


def _outcome(recorder: Recorder, error: BaseException | None) -> tuple[Outcome, Failure | None]:
    """How the run ended, from what ended it."""
    if recorder.engine_problem is not None:
        return Outcome(status="lost", message=recorder.engine_problem, exit_code=1), None
    if error is None:
        return Outcome(status="finished"), None
    if isinstance(error, StopRun):
        return Outcome(status="stopped", message=str(error)), None
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return Outcome(status="finished", message="The lecture ended itself with sys.exit()."), None
    index, failure = recorder.add_failure(error)
    if isinstance(error, KeyboardInterrupt):
        return Outcome(status="interrupted", message="Interrupted.", failure=index, exit_code=130), None
    message = f"{failure.type}: {failure.message}" if failure.message else failure.type
    code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
    return Outcome(status="failed", message=message, failure=index, exit_code=code & 0xFF or 1), failure


@contextmanager
def _captured(recorder: Recorder, progress: Progress) -> Iterator[None]:
    """sys.stdout and sys.stderr are recorded, and still shown."""
    before = sys.stdout, sys.stderr
    sys.stdout = Tee(before[0], lambda text: recorder.printed(0, text), progress.clear)
    sys.stderr = Tee(before[1], lambda text: recorder.printed(1, text), progress.clear)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def _signals(steps: Steps) -> Iterator[None]:
    """Ctrl-C and a polite kill end the lecture between two rows of the record, never inside one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(name, lambda *_: steps.interrupt()) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _leave_forks_alone(recorder: Recorder, source: Any) -> None:
    """A forked child runs untraced: the journal belongs to the process that opened it."""

    def in_child() -> None:
        if not recorder.closed:
            recorder.forget()
            source.stop()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)


def seconds_text(seconds: float) -> str:
    """A duration for a person: `0.31 s`, `42 s`, `3 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
