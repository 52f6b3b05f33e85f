"""Run a lecture under the tracer: find it, import it, call its `main()`, and leave a trace whatever happens."""

from __future__ import annotations

import errno
import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from tracer.children import Children, children_told_of
from tracer.events import event_source
from tracer.events.compiled import RULES, leave_the_engine_out
from tracer.events.steps import Steps, StopRun
from tracer.failures import failure_text
from tracer.find import Lecture, LectureProblem, find_lecture, load_main
from tracer.format.compact import compact
from tracer.format.runs import end_journal, finish_if_last
from tracer.format.schema import Failure, Machine, Notice, Outcome, Provenance
from tracer.imports import when_imported
from tracer.interrupts import Interrupts
from tracer.kernels.recording import Kernels
from tracer.provenance import ProvenanceGatherer
from tracer.ranks.collectives import Collectives
from tracer.ranks.place import ALONE, Place
from tracer.ranks.spawned import Lane
from tracer.recorder import Recorder
from tracer.terminal import Progress, Tee

if TYPE_CHECKING:
    from tracer.costs.accountant import Accountant

__all__ = ["LectureProblem", "Options", "Result", "run_lane", "run_lecture"]


MAX_VISITS = 100_000
"""Turns of one statement that are recorded, unless a run asks for more or fewer: some two megabytes of trace."""

LOOKS_EVERY = 0.5
"""Seconds between two looks at whether the file is there that asks a run to stop."""


@dataclass(frozen=True)
class Options:
    """How to run: where the trace goes, what is recorded beyond what the lecture asks for, and when to stop.

    The lecture ends after `max_steps` or `max_seconds`; of each statement `max_visits` turns are recorded (None: no end).
    `costs`: all tensor operations are counted, not only those that the lecture asks for.
    """

    output: Path
    inspect_all: bool = False
    max_steps: int | None = None
    max_seconds: float | None = None
    max_visits: int | None = MAX_VISITS
    costs: bool = False
    quiet: bool = False
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a run. `seconds` is the lecture's time, from the start of `main()` to its end.

    `outcome` is how this process ended, `whole` how all of its ranks did, and `steps` those of all. A rank that ended before
    others has made no trace at `path` yet: `whole` is None then.
    """

    path: Path
    outcome: Outcome
    steps: int
    seconds: float
    failure: str | None
    notices: list[tuple[str, Notice]]
    whole: Outcome | None


def run_lecture(typed: str, project: Path, options: Options, place: Place = ALONE) -> Result:
    """Run the lecture that `typed` names and write its trace. Raises LectureProblem if it cannot start or be written.

    Raises MemoryError if the lecture left too little to write the trace: the journal is whole then, and anybody may finish
    it. A child that the lecture forks, and that returns from `main()` like its parent, leaves by SystemExit. `place`: which of
    the ranks this is that a launcher started, if it did.
    """
    lecture = find_lecture(typed, project)
    gatherer = ProvenanceGatherer(list(options.arguments), lecture.path.parent, place.world_size)
    recorder = _recorder(lecture, options, place)
    process = os.getpid()
    with Interrupts() as interrupts:
        steps = Steps(recorder, interrupts, options.max_steps, options.max_visits)
        try:
            at_start = gatherer.provenance(final=False)
            recorder.begin(lecture.path, at_start, steps, perf_counter_ns())

            def lane(launch: int, rank: int) -> Lane:
                where = Place(recorder.run, rank, launch=launch, started_by_lecture=True)
                return Lane(lecture.name, recorder.output, lecture.root, lecture.path, options, where, at_start)

            with Progress(recorder, options.quiet) as progress, _in_place_of_a_script(lecture, recorder, progress):
                main = load_main(lecture, project)
                gatherer.settle()
                ended_by, seconds, others = _run(main, steps, interrupts, options, lane)
                shown = _shown_by_the_lecture(ended_by)
                _add_machines(steps, measure=not isinstance(ended_by, KeyboardInterrupt))
        except BaseException as error:
            if os.getpid() == process:
                (recorder.keep if recorder.step_count or place.members else recorder.discard)()
                gatherer.settle()
                if place.members:
                    _leave_to_others(recorder.journal.path, error)
            raise
        if os.getpid() != process:
            raise ended_by or SystemExit(0)
        outcome, failure = _outcome(recorder, steps, interrupts, ended_by)
        path = _finish(recorder, outcome, seconds, gatherer, at_start, others)
    files = recorder.sources.files
    notices = [(files[notice.file].path if notice.file >= 0 else recorder.name, notice) for notice in recorder.notices]
    told = None if failure is None or shown else failure_text(failure)
    count, whole = recorder.step_count, outcome
    if path is not None and (others or place.members):
        summary = json.loads(path.read_bytes())["summary"]
        count, whole = summary["steps"], Outcome(**summary["outcome"])
    made = path or recorder.output / f"{recorder.name}.json"
    return Result(made, outcome, count, seconds, told, notices, None if path is None else whole)


def _leave_to_others(journal: Path, error: BaseException) -> None:
    """This rank of several could not even begin, and says so in its journal: the others make the trace, or it was the last."""
    status: Literal["interrupted", "failed"] = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
    with suppress(OSError, ValueError):
        end_journal(journal, Outcome(status=status, message=str(error), exit_code=1))
        finish_if_last(journal)


def run_lane(lane: Lane, main: Callable[[], Any]) -> None:
    """Run `main` in a process that a lecture started, recorded as a lane of the lecture's trace; raises what it raises.

    If the process becomes no rank, nothing is left of that. Of the signals it leaves all but Ctrl-C as they are.
    """
    try:
        recorder = Recorder(lane.name, lane.output, lane.root, lane.root.parent, lane.options.inspect_all, lane.place)
    except OSError:  # the parent has said so, or is about to
        main()
        return
    with Interrupts(only=("SIGINT",)) as interrupts:
        steps = Steps(recorder, interrupts, lane.options.max_steps, lane.options.max_visits)
        recorder.begin(lane.entry, lane.provenance, steps, perf_counter_ns())
        with Progress(recorder, quiet=True) as progress, _shown_and_recorded(recorder, progress):
            error, seconds, _ = _run(main, steps, interrupts, lane.options, None)
        if lane.place.rank < 0 and not recorder.is_rank:
            recorder.discard()
        else:
            with suppress(OSError):  # whoever finishes the journal says what there is to say
                recorder.end(_outcome_of_lane(recorder, steps, interrupts, error), round(seconds, 6), lane.provenance)
    if isinstance(error, StopRun):
        raise SystemExit(0) from None
    if error is not None:
        raise error


def _outcome_of_lane(recorder: Recorder, steps: Steps, interrupts: Interrupts, error: BaseException | None) -> Outcome:
    """As that of a lecture, but that torch swallows the Ctrl-C that ended a rank, and exits when it has told of an exception."""
    if error is None and interrupts.name:
        error = KeyboardInterrupt()
    if isinstance(error, SystemExit) and error.code == 1 and recorder.place.rank >= 0:
        error = error.__context__ or error
    return _outcome(recorder, steps, interrupts, error)[0]


def _recorder(lecture: Lecture, options: Options, place: Place) -> Recorder:
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        output = options.output.resolve()
        return Recorder(lecture.name, output, lecture.root, lecture.root.parent, options.inspect_all, place)
    except OSError as error:
        reason = "it is not a folder" if isinstance(error, FileExistsError) else error.strerror
        raise LectureProblem(f"Cannot write to {options.output}: {reason}; choose another folder with -o.") from None


def _run(
    main: Callable[[], Any],
    steps: Steps,
    interrupts: Interrupts,
    options: Options,
    lane: Callable[[int, int], Lane] | None,
) -> tuple[BaseException | None, float, dict[Path, Outcome | None]]:
    """Call `main` under the event source; returns what ended it early, the seconds it took, and the journals of the processes
    that it started, which record themselves as `lane` says (None: they do not)."""
    recorder = steps.recorder
    source = event_source(steps)
    error: BaseException | None = None

    def in_child() -> None:
        """A forked child runs untraced, with the signals as they were: the journal is its parent's."""
        recorder.forget()
        source.stop()
        if steps.accountant is not None:
            _accountant(steps).forget()
        interrupts.restore(in_child=True)

    def dynamo_imported(rules: ModuleType) -> None:
        steps.compiling = leave_the_engine_out(rules)

    def torch_imported(_torch: ModuleType) -> None:
        try:
            accountant = _accountant(steps)  # there also for `# @costs`, which nobody else heeds
            if options.costs:
                accountant.start()
        except Exception as error:  # a torch that has changed inside
            recorder.notice(f"Costs cannot be counted with this version of torch ({type(error).__name__}: {error}).")

    begun = perf_counter_ns()
    collectives = Collectives(steps)
    with (
        collectives.recorded(),
        when_imported({RULES: dynamo_imported, "torch": torch_imported, **collectives.actions()}),
        children_told_of(recorder, in_child, lane) as children,
        _deadline(steps, options.max_seconds),
        _asked_to_stop(steps),
    ):
        interrupts.begin()
        try:
            source.start()
        except RuntimeError as problem:
            raise LectureProblem(f"The tracer cannot start: {problem}") from None
        kernels = steps.kernels = Kernels(steps)
        kernels.begin()
        try:
            main()
            _wait_for_threads(steps)
            children.wait()
        except BaseException as raised:
            error = raised
        others = _ended(children)
        interrupts.lecture_over = True
        kernels.end()
        if not source.stop() and error is None:
            recorder.notice(
                "The trace function was taken away before the end (by a debugger, by sys.settrace, or by an exception that "
                "was raised where it ran, and caught); what ran after that is not recorded."
            )
    seconds = (perf_counter_ns() - begun) / 1e9
    try:
        steps.finish(error)
    finally:
        if steps.accountant is not None:
            _accountant(steps).stop()
    return error, seconds, others


def _ended(children: Children) -> dict[Path, Outcome | None]:
    """The journals of the processes that the lecture started, which have ended now; a further Ctrl-C ends those at once."""
    try:
        return children.end()
    except KeyboardInterrupt:
        return children.end()


def _accountant(steps: Steps) -> Accountant:
    from tracer.costs.accountant import accountant_of  # not before torch is there, or the lecture asks

    return accountant_of(steps)


def _add_machines(steps: Steps, measure: bool) -> None:
    """Where costs were counted: the machines to hold them against. This one is measured now, if it never was."""
    if steps.accountant is None or not _accountant(steps).has_counted:
        return
    from tracer.costs.machines import MachinesProblem, published, this_machine

    recorder = steps.recorder
    machines: list[Machine] = []
    with suppress(Exception):  # no memory left, a GPU that does not answer: no reason to lose the trace
        machines += this_machine(recorder.cache, measure)
    try:
        machines += published()
    except MachinesProblem as problem:
        recorder.notice(str(problem))
    recorder.add_machines(machines)


@contextmanager
def _deadline(steps: Steps, seconds: float | None) -> Iterator[None]:
    """Stops the lecture after `seconds`, wherever it is."""
    if seconds is None:
        yield
        return
    message = f"stopped after {seconds_text(seconds)}, as --max-seconds asks"
    timer = threading.Timer(seconds, steps.stop, (message,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _asked_to_stop(steps: Steps) -> Iterator[None]:
    """Stops the lecture, wherever it is, once the file that TRACER_STOP_FILE names is there; what it says is why.

    A file, since it reaches every rank on every node, through whatever launched them; signals do not.
    """
    file = os.environ.get("TRACER_STOP_FILE")
    if not file:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOKS_EVERY):
            with suppress(OSError):
                why = Path(file).read_text(encoding="utf-8", errors="replace").strip()
                steps.stop(why[:200] or "stopped, as was asked for")
                return

    threading.Thread(target=watch, name="stop-file", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _wait_for_threads(steps: Steps) -> None:
    """A program ends when its threads have ended, but for daemons. Those of a pool never do: they have, with their work."""
    queues = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    for thread in threading.enumerate():
        if thread.daemon or thread in (threading.main_thread(), threading.current_thread()):
            continue
        queue = queues.get(thread)
        if queue is None:
            thread.join()
            continue
        idle = 0
        while thread.is_alive() and idle < 3:  # looked at several times: it may just be taking up its next work
            time.sleep(0.002)
            idle = idle + 1 if queue.empty() and not steps.stacks.get(thread.ident or 0) else 0


def _shown_by_the_lecture(error: BaseException | None) -> bool:
    """Whether the lecture has a way of its own to show what ended it, a `sys.excepthook`, and has done so."""
    if error is None or isinstance(error, SystemExit | KeyboardInterrupt | StopRun):
        return False
    if sys.excepthook is sys.__excepthook__:
        return False
    ours = error.__traceback__
    try:
        sys.excepthook(type(error), error, ours and ours.tb_next)
    except BaseException:
        return False
    return True


def _finish(
    recorder: Recorder,
    outcome: Outcome,
    seconds: float,
    gatherer: ProvenanceGatherer,
    at_start: Provenance,
    others: dict[Path, Outcome | None],
) -> Path | None:
    """Write the trace, with the lanes of the journals `others`; None where other ranks have not ended yet.

    Raises LectureProblem, and MemoryError: the journal then holds all, and anybody may compact it.
    """
    journal = recorder.journal.path
    try:
        provenance = gatherer.provenance(final=True)
    except Exception:  # no memory is left, or the lecture has replaced a function that this takes
        provenance = at_start
    try:
        recorder.end(outcome, round(seconds, 6), provenance)
        return finish_if_last(journal) if recorder.place.members else compact(journal, others=others)
    except OSError as problem:
        remedy = "make room" if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "put that right"
        raise LectureProblem(
            f"The trace could not be written ({problem.strerror or problem}). What was recorded is kept in {journal}; "
            f"{remedy} and run `python -m tracer compact {shlex.quote(str(journal))}`."
        ) from None


def _outcome(
    recorder: Recorder, steps: Steps, interrupts: Interrupts, error: BaseException | None
) -> tuple[Outcome, Failure | None]:
    """How the run ended, from what ended it; with the failure to show, if it is one."""
    if recorder.problem is not None:
        return Outcome(status="lost", message=recorder.problem, exit_code=1), None
    if steps.limit is not None and (error is None or isinstance(error, StopRun)):
        return Outcome(status="stopped", message=steps.limit), None
    if error is None:
        return Outcome(status="finished"), None
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return Outcome(status="finished", message="The lecture ended itself with sys.exit()."), None
    index, failure = recorder.add_failure(error)
    if isinstance(error, KeyboardInterrupt):
        message = f"Interrupted by {interrupts.name}." if interrupts.name else "Interrupted."
        return Outcome(status="interrupted", message=message, failure=index, exit_code=130), None
    message = _message(failure)
    code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
    return Outcome(status="failed", message=message, failure=index, exit_code=code & 0xFF or 1), failure


def _message(failure: Failure) -> str:
    return f"{failure.type}: {failure.message}" if failure.message else failure.type


@contextmanager
def _in_place_of_a_script(lecture: Lecture, recorder: Recorder, progress: Progress) -> Iterator[None]:
    """What a script may expect: its own name in sys.argv; stdout and stderr, which are recorded and still shown."""
    before = sys.argv
    sys.argv = [str(lecture.path)]
    try:
        with _shown_and_recorded(recorder, progress):
            yield
    finally:
        sys.argv = before


@contextmanager
def _shown_and_recorded(recorder: Recorder, progress: Progress) -> Iterator[None]:
    """Within, what is printed is recorded."""
    before = sys.stdout, sys.stderr, sys.excepthook
    if sys.stdout is not None:  # as it is where stdout was closed when Python started
        sys.stdout = Tee(sys.stdout, lambda text: recorder.printed(0, text), progress.clear)
    if sys.stderr is not None:
        sys.stderr = Tee(sys.stderr, lambda text: recorder.printed(1, text), progress.clear)
    try:
        yield
    finally:
        sys.stdout, sys.stderr, sys.excepthook = before


def seconds_text(seconds: float) -> str:
    """A duration for a person: `0.31 s`, `42 s`, `3 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
