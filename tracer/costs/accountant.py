"""Counts what tensor operations cost, and charges it to the step that ran them, or that caused them, in the backward pass.

Off until asked, and then nothing is paid: no mode is on any stack, torch is not even looked for. Torch is never imported here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet

from tracer.costs.compiled import CompiledWatch
from tracer.costs.memory import Ledger
from tracer.costs.thread import Thread
from tracer.costs.triton import KernelCounter
from tracer.sources.files import COUNTED

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.events.steps import Steps

__all__ = ["Accountant", "Counted", "Tally", "accountant_of"]

TIMED_BY_THE_LECTURE = "This is timed by the lecture, so its costs are not counted."


COMPILED = (
    "Compiled: the operations that the compiler left to torch are counted, the kernels that it made itself are not."
)


class Tally:
    """What was counted within a `with`, forward and backward together; to be read when it has ended.

    `peak_bytes`: the most bytes of tensors that were alive at once, less those that were at the start. `partial`:
    how many parts of it were not counted, since they measure time.
    """

    __slots__ = ("bytes", "flops", "partial", "peak_bytes")

    def __init__(self) -> None:
        self.flops = 0
        self.bytes = 0
        self.peak_bytes = 0
        self.partial = 0


class Counted(NamedTuple):
    """What a step came to, with all that it called; `step` is the number of the step that opened next, wherever."""

    step: int
    flops: int
    bytes: int
    peak_bytes: int


def accountant_of(steps: Steps) -> Accountant:
    """The one accountant of a run, made when somebody first asks for it."""
    with steps.recorder.rows.lock:
        if steps.accountant is None:
            steps.accountant = Accountant(steps)
        assert isinstance(steps.accountant, Accountant)
        return steps.accountant


class Accountant:
    """Told of steps by `Steps`; `counts` while operations are counted on any thread.

    What is counted of a step is kept until it closes; then its rows are written, with those of the backward work that it
    caused to be done for others. Whoever changes anything holds the lock of the rows.
    """

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.recorder = steps.recorder
        self.ledger = Ledger(steps.recorder)
        self.counts = False
        self.has_counted = False
        self.lock = steps.recorder.rows.lock
        self.own: dict[int, dict[tuple[str, str, int, int], list[int]]] = {}
        """By step: name, formula, phase and kind of an operation → how often, its FLOPs, its bytes."""
        self.late: dict[int, dict[tuple[str, str, int, int], list[int]]] = {}
        """The same of steps that may have closed long ago: in the backward pass."""
        self._local = threading.local()
        self._threads: WeakSet[Thread] = WeakSet()
        self._watches = KernelCounter(self._kernel, self._uncounted), CompiledWatch(self._compiled)
        self._whole_run = False
        self._failed = False

    # ------------------------------------------------------------------------------------------------ when it counts

    def start(self) -> None:
        """Count from now on, on every thread, from its next step on. Torch is there."""
        with self.lock:
            self._whole_run = True
            self._changed(self._thread())

    def stop(self) -> None:
        """Count no more, and write what is pending."""
        with self.lock:
            self._whole_run = False
            for thread in self._threads:
                thread.counts = False
            here = self._here()
            if here is not None:
                here.withdraw()
            self._threads.clear()
            self._local = threading.local()
            self.counts = False
            for watch in self._watches:
                watch.end()
            self.ledger.stop()
            self._write(self.own)
            self._write(self.late)

    def forget(self) -> None:
        """In a forked child: nothing is counted there. The lock may be held by a thread that does not exist any more."""
        self.counts = False
        for thread in self._threads:
            thread.counts = False

    def begin(self, account: int) -> None:
        """On this thread a statement opens that is to be counted (COUNTED), or around which nothing must be (TIMED)."""
        with self.lock:
            self._span(self._thread(), account, 1)

    def end(self, account: int) -> None:
        """… and closes."""
        with self.lock:
            self._span(self._thread(), account, -1)

    @contextmanager
    def counting(self) -> Iterator[Tally]:
        """Count on this thread, and say how much that was."""
        tally = Tally()
        with self.lock:
            thread = self._thread()
            flops, moved, timings = thread.flops, thread.bytes, thread.timings - thread.timed
            self._span(thread, COUNTED, 1)
            peak = self.ledger.watch()
        if thread.timed:
            self.recorder.notice(TIMED_BY_THE_LECTURE, once=True)
        try:
            yield tally
        finally:
            with self.lock:
                self.ledger.unwatch(peak)
                tally.flops, tally.bytes, tally.peak_bytes = thread.flops - flops, thread.bytes - moved, peak.bytes
                tally.partial = thread.timings - timings
                self._span(thread, COUNTED, -1)  # also where another thread ends the generator in which this began

    def _span(self, thread: Thread, account: int, change: int) -> None:
        if account == COUNTED:
            thread.counted += change
        else:
            thread.timed += change
            if change > 0:
                self._tell_of_timing(thread)
        self._changed(thread)

    def _tell_of_timing(self, thread: Thread) -> None:
        """What would be counted now is not: say so, where the timing begins."""
        thread.timings += 1
        if self._whole_run or thread.counted > 0:
            activation = self.steps.current()
            statement = activation.statement if activation else None
            if statement is not None and statement.file.begins_timing(statement):
                self.recorder.notice(TIMED_BY_THE_LECTURE, once=True)

    def _changed(self, thread: Thread) -> None:
        """Begin or end counting on this thread, as it now asks."""
        thread.settle(self._whole_run)
        counts = any(not other.timed and (self._whole_run or other.counted > 0) for other in self._threads)
        if counts == self.counts:
            return
        self.counts = counts
        for watch in self._watches:
            (watch.begin if counts else watch.end)()
        if counts:
            self.steps.look_closely()
        else:
            self._write(self.late)

    def _here(self) -> Thread | None:
        """The account of this thread; of one of autograd's, that of whoever waits for its backward pass."""
        thread: Thread | None = getattr(self._local, "thread", None)
        return thread or Thread.of_backward()

    def _thread(self) -> Thread:
        """The same, from now on in any case."""
        thread = self._here()
        if thread is None:
            thread = self._local.thread = Thread(self)
            self._threads.add(thread)
        return thread

    # -------------------------------------------------------------------------------------------- what `Steps` tells it

    def opened(self, activation: Activation) -> None:
        """A step has opened, on this thread."""
        thread = self._thread()
        if thread.is_at_odds(self._whole_run):
            thread.settle(self._whole_run)
        thread.opened(activation)
        self.ledger.opened(activation)
        alive = sum((activation.peaks or {}).values()) - self.ledger.found
        activation.counted_from = thread.flops, thread.bytes, alive, thread.timings + thread.timed

    def closed(self, activation: Activation) -> None:
        """That step ends: what it cost is written."""
        thread = self._here()
        step = activation.step
        if step in self.own:
            self._write({step: self.own.pop(step)})
        if thread is not None and not thread.closed(activation):
            self._write(self.late)
        peak = self.ledger.closed(activation)
        begun, activation.counted_from = activation.counted_from, None
        activation.before = None
        if thread is not None and begun is not None:
            flops, moved, alive, timings = begun
            if thread.timings == timings:  # and no timing has begun since, nor before
                activation.before = Counted(
                    self.recorder.step_count,
                    thread.flops - flops,
                    thread.bytes - moved,
                    max(0, peak - self.ledger.found - alive),
                )

    # ---------------------------------------------------------------------------------------- what no mode sees

    def _kernel(self, name: str, kind: int, flops: int, moved: int, formula: str) -> None:
        """An interpreted kernel has done something."""
        thread = self._here()
        if thread is not None:
            thread.charge(name, formula, kind, flops, moved)

    @contextmanager
    def _uncounted(self) -> Iterator[None]:
        """Within: what torch does on this thread is not the lecture's doing."""
        thread = self._here()
        if thread is None or not thread.counts:
            yield
            return
        thread.counts = False
        try:
            yield
        finally:
            thread.counts = True

    def _compiled(self) -> None:
        """Code that inductor made is about to run."""
        thread = self._here()
        if thread is not None and thread.runs_forward():
            self.recorder.notice(COMPILED, once=True)

    def failed(self, error: Exception) -> None:
        """A fault of ours: told once, and the operation goes uncounted."""
        if not self._failed:
            self._failed = True
            self.recorder.notice(
                f"An operation could not be counted ({type(error).__name__}: {error}); the costs shown are too low. "
                "Please report this."
            )

    def _write(self, steps: dict[int, dict[tuple[str, str, int, int], list[int]]]) -> None:
        rows = self.recorder.rows
        self.has_counted = self.has_counted or bool(steps)
        if not self.recorder.closed:
            for step, operations in steps.items():
                for (name, formula, phase, kind), row in operations.items():
                    rows.add("operations", step, rows.string(name), rows.string(formula), phase, kind, *row)
        steps.clear()
