"""Other processes that a lecture starts. Those that may become ranks record themselves; the others run as they would without
the tracer, unrecorded, and the record says so."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.format.runs import has_rank, siblings
from tracer.imports import when_imported

if TYPE_CHECKING:
    from tracer.format.schema import Notice, Outcome
    from tracer.ranks.spawned import Lane
    from tracer.recorder import Recorder

__all__ = ["Children", "children_told_of"]

NOT_RECORDED = "Other processes are started here; what runs in them is not recorded."
CALL = ("_target", "_args", "_kwargs")
"""What a process of multiprocessing is to call, until it has started."""
PATIENCE = 3.0
"""Seconds that a process gets to end after it was told so."""


class Started(NamedTuple):
    """A process of the lecture's own code, and the notice that holds if it becomes no rank."""

    process: Any
    notice: Notice | None


class Children:
    """The processes that a lecture starts to run its own functions: each is given what it takes to record itself.

    `lane` makes that (None: they are not to be recorded), for the launch and the rank that a process belongs to.
    """

    def __init__(self, recorder: Recorder, lane: Callable[[int, int], Lane] | None) -> None:
        self._recorder = recorder
        self._lane = lane
        self._started: list[Started] = []
        self._launch = 0
        self._last = -1

    def prepare(self, process: Any) -> bool:
        """Have a process record itself, if it runs a function of the lecture's; True if so."""
        from tracer.ranks.spawned import Traced, runs_the_lecture, torch_rank

        call: list[Any] = [getattr(process, name, None) for name in CALL]
        target, args, kwargs = call
        sources = self._recorder.sources
        if self._lane is None or target is None or not runs_the_lecture(target, args, sources.is_visible):
            return False
        rank = torch_rank(target, args)
        if rank >= 0:
            if rank <= self._last:
                self._launch += 1
            self._last = rank
        lane = self._lane(self._launch if rank >= 0 else -1, rank)
        process._target, process._args, process._kwargs = Traced(lane, target, args, kwargs), (), {}
        return True

    def started(self, process: Any, notice: Notice | None) -> None:
        self._started.append(Started(process, notice))

    def wait(self) -> None:
        """Wait for those that Python would wait for at its end."""
        for process, _ in self._started:
            with suppress(ValueError, AssertionError):  # the lecture has closed it, or is itself a child of its
                if not process.daemon:
                    process.join()

    def end(self) -> dict[Path, Outcome | None]:
        """End those that still run: daemons, or all when the lecture has failed.

        Returns the journals that they left, with how each ended as far as only the parent knows; what became no rank is
        noticed where it was started.
        """
        if not self._started:
            return {}
        for process, _ in self._started:
            with suppress(ValueError, AssertionError):
                if process.is_alive():
                    process.terminate()
        return self._journals(self._outcomes())

    def _outcomes(self) -> dict[int, Outcome | None]:
        """How the processes ended, by their numbers. Those that do not end when told are killed."""
        from tracer.supervise import outcome_of

        deadline = time.monotonic() + PATIENCE
        found: dict[int, Outcome | None] = {}
        for process, _ in self._started:
            with suppress(ValueError, AssertionError):
                process.join(max(0.0, deadline - time.monotonic()))
                if process.exitcode is None:
                    process.kill()
                    process.join()
                found[process.pid] = outcome_of(process.exitcode)
        return found

    def _journals(self, outcomes: dict[int, Outcome | None]) -> dict[Path, Outcome | None]:
        journals = {}
        ranks = set()
        for path in siblings(self._recorder.journal.path):
            number = _process_of(path)
            journals[path] = outcomes.get(number)
            if has_rank(path):
                ranks.add(number)
        for process, notice in self._started:
            with suppress(ValueError, AssertionError):
                if process.pid not in ranks and notice is not None:
                    self._recorder.add_notice(notice)
        return journals


@contextmanager
def children_told_of(
    recorder: Recorder,
    in_child: Callable[[], None],
    lane: Callable[[int, int], Lane] | None = None,
) -> Iterator[Children]:
    """Within: a forked process does `in_child` first, and one that runs the lecture's functions records itself, as a `lane` of
    this record. Where others are forked or spawned, a notice stands."""
    children = Children(recorder, lane)
    preparing = False

    def told() -> None:
        if not recorder.closed and not preparing:
            recorder.notice(NOT_RECORDED, once=True)

    def forked() -> None:
        if not recorder.closed:
            in_child()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_parent=told, after_in_child=forked)
    patched: list[tuple[Any, Any]] = []

    def patch(module: ModuleType) -> None:
        """Spawning a process forks nothing; `start()` is where each of multiprocessing's begins."""
        base: Any = module.BaseProcess
        start = base.start

        @functools.wraps(start)
        def passed_on(self: Any) -> Any:
            nonlocal preparing
            before = {name: self.__dict__.get(name) for name in CALL}
            if recorder.closed or not children.prepare(self):
                told()
                return start(self)
            preparing = True
            try:
                result = start(self)
            finally:
                preparing = False
                for name, value in before.items():  # `start` has deleted them, so that nothing is kept alive
                    if name in self.__dict__:
                        setattr(self, name, value)
            children.started(self, recorder.notice_here(NOT_RECORDED))
            return result

        patched.append((base, start))
        base.start = passed_on

    with when_imported({"multiprocessing.process": patch}):
        try:
            yield children
        finally:
            for base, start in patched:
                base.start = start


def _process_of(journal: Path) -> int:
    """The process that wrote it, by its name."""
    number = journal.name.removesuffix(".journal").rpartition(".")[2].partition("-")[0]
    return int(number) if number.isdecimal() else -1
