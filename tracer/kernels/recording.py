"""Kernels in the record: launches, their arrays, the programs that were stepped into, and what each of their lines touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from types import FrameType
from typing import TYPE_CHECKING, Any

from tracer.format.schema import KernelArray, Notice
from tracer.format.struct import to_json
from tracer.kernels.interpreter import Access, Listener, Product, Redirection, grid, leave, listen, place
from tracer.values import encoded
from tracer.values.limits import UNASKED

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.events.steps import Steps
    from tracer.kernels.launches import Array, Launch

__all__ = ["Kernels"]

MOST_ACCESSES = 200_000
"""Rows of the table `accesses`: some ten megabytes of trace."""

MOST_PICTURES = 1_000
"""Arrays that are pictured as they were at a launch."""


class Kernels(Listener):
    """Told of kernels by Triton's interpreter, and by `Steps` of the calls that may be their programs.

    Nothing is recorded of a kernel that is not stepped into, and next to nothing is done for it.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._recorder = steps.recorder
        self._rows = steps.recorder.rows
        self._launch: Launch | None = None
        self._launches = 0
        self._pictures = MOST_PICTURES
        self._left = MOST_ACCESSES
        self._missed = 0
        self._missed_first = Notice(message="")
        self._failed = False

    def begin(self) -> None:
        """Record from now on; Triton may be imported at any time."""
        listen(self)

    def end(self) -> None:
        """Record no more, and say what was left out."""
        leave(self)
        self._launch = None
        if self._missed:
            missed, self._missed = self._missed, 0
            self._missed_first.message = (
                f"From here on, {missed:,} accesses of kernels to memory are not in the record, which has room for "
                f"{MOST_ACCESSES:,}. Kernels behind `# @stepover` take none of it."
            )
            self._recorder.add_notice(self._missed_first)

    # --------------------------------------------------------------------------------------------- what `Steps` tells it

    def entered(self, activation: Activation, function: int, frame: FrameType) -> None:
        """The first step of a call of `function` has opened: it may be a program's."""
        launch = self._launch
        if launch is None or activation.code is not launch.code:
            return
        stack = self._steps.stack()
        if len(stack) != launch.depth + 1 or stack[-1] is not activation:
            return
        if launch.row < 0:
            self._begin(launch, function, frame.f_locals)
        x, y, z = where = place()
        self._rows.add("programs", activation.call, launch.row, x, y, z)
        self._recorder.looks.argument(activation, "program_id", where)
        launch.program = activation

    def _begin(self, launch: Launch, function: int, arguments: Mapping[str, Any]) -> None:
        """Write the rows of a launch, before its first program has done anything."""
        from tracer.kernels.launches import Array

        self._rows.add("launches", launch.step, function, *grid())
        launch.row = self._launches
        self._launches += 1
        for one in launch.given:
            array = KernelArray(
                launch=launch.row,
                name=one.label,
                shape=list(one.memory.shape),
                strides=list(one.memory.strides),
                dtype=one.dtype,
                item_bytes=one.memory.item_bytes,
                value=self._picture(one.tensor(), one.memory.shape),
            )
            number = self._rows.encoded("arrays", to_json(array))
            launch.take(Array(number, one.memory), arguments.get(one.name), one.path)

    def _picture(self, tensor: Any, shape: tuple[int, ...]) -> int | None:
        """The number of its picture; None where that would be of another shape."""
        if tensor is None or tuple(tensor.shape) != shape or self._pictures <= 0:
            return None
        self._pictures -= 1
        return self._rows.value(encoded(tensor, UNASKED, self._recorder.locate))

    # ----------------------------------------------------------------------------------------- what the interpreter tells

    @property
    def hears(self) -> bool:
        return self._launch is not None and self._launch.program is not None

    def launching(self, function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> None:
        self._launch = None
        stack = self._steps.stack()
        if self._recorder.closed or self._steps.is_muted(stack):
            return
        from tracer.kernels.launches import Launch, given  # with NumPy, which is there by now

        entered = perf_counter_ns()
        step = stack[-1].step if stack else -1
        self._launch = Launch(function.__code__, len(stack), step, given(function, arguments, options))
        self._steps.exclude(perf_counter_ns() - entered)

    def landed(self) -> None:
        self._launch = None

    def heard(self, event: Access | Product | Redirection) -> None:
        launch = self._launch
        if launch is None or isinstance(event, Product):
            return
        entered = perf_counter_ns()
        try:
            if isinstance(event, Access):
                self._accessed(launch, event)
            else:
                self._redirected(launch, event)
        except Exception as error:
            self._fail(error)
        finally:
            self._steps.exclude(perf_counter_ns() - entered)

    def _redirected(self, launch: Launch, event: Redirection) -> None:
        arrays = {launch.array_of(source.dtype) for source in event.sources}
        launch.point(event.made.dtype, arrays.pop() if len(arrays) == 1 else None)

    def _accessed(self, launch: Launch, access: Access) -> None:
        activation = self._reached(launch)
        if activation is None or self._recorder.closed:
            return
        if self._left <= 0:
            self._miss(activation)
            return
        addresses = access.pointers.data
        masked = addresses.size - access.elements
        addresses = addresses[access.mask] if masked else addresses.ravel()
        array = launch.array_of(access.pointers.dtype)
        rows = _in_array(addresses, array) if array is not None else _in_any(addresses, launch.arrays)
        with self._rows.lock:
            for number, region, elements, distinct, beyond in rows:
                box = -1 if region is None else self._rows.encoded("regions", to_json(region))
                row = (activation.step, access.kind, number, box, elements, masked, distinct, beyond)
                self._rows.add("accesses", *row)
                self._left -= 1

    def _reached(self, launch: Launch) -> Activation | None:
        """The activation whose step has run what was heard; None if that is no recorded step of a program."""
        stack = self._steps.stack()
        if len(stack) <= launch.depth or stack[launch.depth] is not launch.program:
            return None
        for activation in reversed(stack[launch.depth :]):
            if activation.skipping:
                return None
            if activation.step >= 0 and not activation.muted:
                return activation
        return None

    def _miss(self, activation: Activation) -> None:
        if not self._missed and activation.statement is not None:
            statement = activation.statement
            self._missed_first = Notice(
                message="", file=statement.file.index, line=statement.line, step=activation.step
            )
        self._missed += 1

    def _fail(self, error: Exception) -> None:
        """A fault of ours, or a Triton that has changed: told once."""
        if not self._failed:
            self._failed = True
            self._recorder.notice(
                f"What a kernel touched could not be recorded ({type(error).__name__}: {error}). Please report this."
            )


Row = tuple[int, list[int] | None, int, int, int]
"""Array, region, elements, distinct, beyond."""


def _in_array(addresses: Any, array: Array) -> list[Row]:
    """All of them are meant for this array."""
    from tracer.kernels.regions import touched

    found = touched(addresses, array.memory)
    return [(array.number, found.region, found.elements, found.distinct, addresses.size - found.elements)]


def _in_any(addresses: Any, arrays: list[Array]) -> list[Row]:
    """Nobody knows which array they are meant for: each is in the first one that it may be in."""
    from tracer.kernels.regions import distinct, touched

    rows: list[Row] = []
    for array in arrays:
        found = touched(addresses, array.memory)
        if found.elements:
            rows.append((array.number, found.region, found.elements, found.distinct, 0))
            addresses = addresses[:0] if found.inside is None else addresses[~found.inside]
    if addresses.size or not rows:
        rows.append((-1, None, addresses.size, distinct(addresses), 0))
    return rows
