"""`costs` and `expect`: what a block of the lecture costs, counted, and held against what its author predicts."""

from __future__ import annotations

import math
import sys
from contextlib import ExitStack
from numbers import Real
from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import described, plain_text
from tracer.authoring.recording import active

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Protocol

    from tracer.authoring.recording import Recorder
    from tracer.events.steps import Steps
    from tracer.format.schema import Expected

    class Count(Protocol):
        """What was counted of a block, or of a statement."""

        @property
        def flops(self) -> int: ...
        @property
        def bytes(self) -> int: ...
        @property
        def peak_bytes(self) -> int: ...


__all__ = ["costs", "expect"]

MEASURES = {"flops": "FLOPs", "bytes": "bytes", "peak_bytes": "peak bytes", "seconds": "seconds"}
EXACT_INTEGER = 2**53

NOT_COUNTED = (
    "The statement before was not counted: put `# @costs` on it, run with --costs, or write "
    "`with expect(…):` around it."
)
NO_TORCH = "No tensor operation was counted: torch is not imported."
PARTIAL = "Some of it measures time, and was not counted."
ONLY_OF_A_BLOCK = "Seconds are measured of a block: write `with expect(seconds=…):` around it."


def costs(count: bool = True) -> Counting:
    """`with costs():` counts the tensor operations inside, charged to their lines; `with costs(False):` counts none there.

    Without the tracer it does nothing. Raises TypeError for anything but True and False.
    """
    if not isinstance(count, bool):
        raise TypeError(f"costs() takes True (count inside) or False (count nothing there), not {described(count)}.")
    return Counting(count)


class Counting:
    """What `costs()` returns."""

    def __init__(self, count: bool) -> None:
        self._count = count
        self._entered: list[ExitStack] = []

    def __enter__(self) -> None:
        inside = ExitStack()
        steps = _steps()
        if steps is not None:
            if self._count:
                _count(steps, inside)
            else:
                _leave_uncounted(steps, inside)
        self._entered.append(inside)

    def __exit__(self, *_error: object) -> None:
        self._entered.pop().close()


class Expecting:
    """What `expect()` returns: entered by `with`, it is about that block; dropped, about the statement before."""

    def __init__(self, expected: dict[str, int | float], tolerance: float, label: str) -> None:
        self._expected = expected
        self._tolerance = tolerance
        self._label = label
        self._entered: list[_Block] = []
        # Nobody says whether this will be entered. If not, it is gone at the end of the statement: `__del__` tells.
        self._before: Count | None = None
        self._alone = active()
        steps = _steps()
        if steps is not None and (stack := steps.stack()):
            caller = stack[-1]
            before = None if caller.muted or caller.skipping else caller.before
            self._before = before if before is not None and before.step == caller.step else None

    def __enter__(self) -> None:
        self._alone = None
        self._entered.append(_Block("seconds" in self._expected))

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        measured, reason = self._entered.pop().end()
        if kind is not None:
            measured, reason = None, f"{kind.__qualname__} ended it before it was done."
        if (recorder := active()) is not None:
            self._show(recorder, measured, reason)

    def __del__(self) -> None:
        recorder: Recorder | None = getattr(self, "_alone", None)
        self._alone = None
        if recorder is not None and not sys.is_finalizing() and recorder is active():
            if "seconds" in self._expected:
                self._show(recorder, None, ONLY_OF_A_BLOCK)
            elif self._before is None:
                self._show(recorder, None, NO_TORCH if "torch" not in sys.modules else NOT_COUNTED)
            else:
                self._show(recorder, {name: getattr(self._before, name) for name in self._expected}, "")

    def _show(self, recorder: Recorder, measured: dict[str, int | float] | None, reason: str) -> None:
        from tracer.format.schema import Expectation, Expected

        items = [
            Expected(measure=name, expected=expected, measured=None if measured is None else _jsonable(measured[name]))
            for name, expected in self._expected.items()
        ]
        recorder.emit(Expectation(items=items, tolerance=self._tolerance, label=self._label, reason=reason))
        missed = [_miss(item) for item in items if _is_missed(item, self._tolerance)]
        if missed:
            of = f" ({self._label})" if self._label else ""
            recorder.notice(f"expect(){of}: {'; '.join(missed)}.", once=True)


def expect(
    *,
    flops: Any = None,
    bytes: Any = None,
    peak_bytes: Any = None,
    seconds: Any = None,
    tolerance: float = 0.05,
    label: str = "",
) -> Expecting:
    """Hold what a block costs against a prediction, and show both with their ratio.

        with expect(flops=6 * N * D):
            loss = model(x)
            loss.backward()

    counts all that the block runs and calls, forward and backward both. As a statement of its own it is about the one before
    it, if that was counted (`# @costs`, `--costs`). `flops` (a count), `bytes` (moved: each operation's inputs read and outputs
    written), `peak_bytes` (the most that were alive, above what was alive at the start) and `seconds` (of a block, by the clock;
    alone, since counting slows what it counts) are numbers of 0 or more. A ratio of measured to expected that is further than
    `tolerance` from 1 is a miss, and the author is told. Without the tracer it does nothing but check its arguments.

    Raises TypeError for what is no number, ValueError for one that is negative or not finite, for `seconds` beside others, and
    for nothing at all.
    """
    given = {"flops": flops, "bytes": bytes, "peak_bytes": peak_bytes, "seconds": seconds}
    expected = {name: _number(name, value) for name, value in given.items() if value is not None}
    if not expected:
        raise ValueError("expect() takes at least one of flops=, bytes=, peak_bytes= and seconds=.")
    if "seconds" in expected and len(expected) > 1:
        raise ValueError(
            "expect() takes seconds= alone: counting slows what it counts. Write a second expect() for the rest."
        )
    if not isinstance(label, str):
        raise TypeError(f"expect() takes its label as a string, not {described(label)}.")
    return Expecting(expected, float(_number("tolerance", tolerance)), plain_text(label)[:500])


class _Block:
    """A block that is measured: from when this is made until `end()`."""

    def __init__(self, is_timed: bool) -> None:
        self._inside = ExitStack()
        self._steps = _steps()
        self._count: Count | None = None
        self._begun = 0
        if self._steps is None:
            return
        if is_timed:
            _leave_uncounted(self._steps, self._inside)
            _wait_for_gpu()
            self._begun = self._steps.clock()
        else:
            self._count = _count(self._steps, self._inside)

    def end(self) -> tuple[dict[str, int | float] | None, str]:
        """What was measured, or why nothing was."""
        if self._steps is None:
            return None, ""
        if self._count is None:
            _wait_for_gpu()
            seconds = (self._steps.clock() - self._begun) / 1e9
            self._inside.close()
            return {"seconds": seconds}, ""
        self._inside.close()
        if "torch" not in sys.modules:
            return None, NO_TORCH
        if getattr(self._count, "partial", 0):
            return None, PARTIAL
        return {name: getattr(self._count, name) for name in MEASURES if name != "seconds"}, ""


def _steps() -> Steps | None:
    recorder = active()
    return None if recorder is None else recorder.steps


def _count(steps: Steps, inside: ExitStack) -> Count:
    from tracer.costs.accountant import accountant_of

    return inside.enter_context(accountant_of(steps).counting())


def _leave_uncounted(steps: Steps, inside: ExitStack) -> None:
    from tracer.costs.accountant import accountant_of
    from tracer.sources.files import TIMED

    accountant = accountant_of(steps)
    accountant.begin(TIMED)
    inside.callback(accountant.end, TIMED)


def _wait_for_gpu() -> None:
    """Have the GPU in use finish: its work is done when that is, not when it was asked for."""
    torch: Any = sys.modules.get("torch")
    try:
        if torch is not None and torch.cuda.is_initialized() and not torch.cuda.is_current_stream_capturing():
            torch.cuda.synchronize()
    except Exception:  # what is wrong there, the lecture will be told itself
        pass


def _number(name: str, value: Any) -> int | float:
    """A plain number of 0 or more. Raises TypeError or ValueError with a sentence."""
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):  # of numpy, of torch
        value = value.item()
    real: Any = Real  # also Fraction, and numbers of sympy
    if isinstance(value, bool) or not isinstance(value, real):
        raise TypeError(f"expect() takes {name} as a number, not {described(value)}.")
    try:
        number = int(value) if isinstance(value, int) else float(value)
        is_finite = math.isfinite(number)
    except OverflowError:
        raise ValueError(f"expect() takes {name} as a number that a float can hold, not one so large.") from None
    if not is_finite or number < 0:
        raise ValueError(f"expect() takes {name} as a number of 0 or more, not {number}.")
    return _jsonable(number)


def _jsonable(number: int | float) -> int | float:
    """Integers that no reader of JSON can hold exactly become floats."""
    return float(number) if isinstance(number, int) and number >= EXACT_INTEGER else number


def _is_missed(item: Expected, tolerance: float) -> bool:
    if item.measured is None:
        return False
    return abs(item.measured - item.expected) > tolerance * item.expected


def _miss(item: Expected) -> str:
    """A miss in words. A time is different on every turn, and is not named: the same words are told only once."""
    name = MEASURES[item.measure]
    if item.measure == "seconds":
        return "it took longer or shorter than expected, by more than the tolerance"
    assert item.measured is not None
    ratio = f", {item.measured / item.expected:.3g} times as many" if item.expected else ""
    return f"{item.measured:,} {name} were measured where {item.expected:,} were expected{ratio}"
