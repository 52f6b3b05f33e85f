"""What is counted on one thread: its dispatch mode, the steps that made its graph, the spans that ask for an account."""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from tracer.costs.origins import NOBODY, Origins
from tracer.format.schema import PHASE_BACKWARD, PHASE_FORWARD, VIEWS

if TYPE_CHECKING:
    from tracer.costs.accountant import Accountant
    from tracer.costs.mode import CountingMode
    from tracer.costs.operations import Operation
    from tracer.events.activation import Activation

__all__ = ["Thread"]


class Thread:
    """The account of one thread. `counted` and `timed` are the spans of either kind that it is in; `inside` the operations.

    `flops` and `bytes` are of all that was ever counted there, `timings` how often that was interrupted to measure time.

    Autograd takes a thread's modes along to its own threads, so a backward pass on a GPU is accounted here as well.
    """

    def __init__(self, accountant: Accountant) -> None:
        self.counts = True
        self.counted = 0
        self.timed = 0
        self.inside = 0
        self.flops = 0
        self.bytes = 0
        self.timings = 0
        self._accountant = accountant
        self._steps = accountant.steps
        self._stacks = accountant.steps.stacks
        self._ledger = accountant.ledger
        self._lock = accountant.lock
        self._own, self._late = accountant.own, accountant.late
        self._ident = get_ident()
        self._mode: CountingMode | None = None
        self._in_place = False
        self._within: dict[int, int] = {}
        """Steps that opened within a node of the graph, such as lines of a `backward` → the number of that node."""
        self._node: Callable[[], Any] = _no_node
        self._flops: Any = None
        self._tensor: Any = None
        self._tensors: Any = None
        self._records: Any = None
        self._claim: Any = None
        self._origin: Any = None
        self.rehearses: Callable[[], None] | None = None
        self._entries = 0, 0, 0
        self._entry = 0
        self._left = 0

    @staticmethod
    def of_backward() -> Thread | None:
        """The account of whoever waits for the backward pass that this thread, autograd's own, works for."""
        if _no_torch():
            return None
        from tracer.costs.mode import is_among_the_modes

        mode = is_among_the_modes()
        return mode.counter if mode is not None else None  # type: ignore[return-value]

    # ----------------------------------------------------------------------------------------------- on and off

    def is_at_odds(self, whole_run: bool) -> bool:
        return self._in_place != (not self.timed and (whole_run or self.counted > 0))

    def settle(self, whole_run: bool) -> None:
        """Have the mode on this thread's stack if the thread is to be counted, and only then.

        On another thread, which cannot reach that stack, only have the mode count, or hand on.
        """
        if get_ident() != self._ident:
            self.counts = self._in_place and not self.is_at_odds(whole_run)
            return
        self.counts = True
        if not self.is_at_odds(whole_run) or self.inside or _no_torch():
            return
        if self._in_place:
            self.withdraw()
            return
        from tracer.costs.mode import insert

        if self._mode is None:
            self._prepare()
        assert self._mode is not None
        self._claim(NOBODY)  # what was made while nothing was counted
        self._left = perf_counter_ns()
        insert(self._mode)
        self._in_place = True

    def withdraw(self) -> None:
        """Take the mode off this thread's stack."""
        if self._in_place and self._mode is not None:
            from tracer.costs.mode import remove

            remove(self._mode)
            self._in_place = False

    def _prepare(self) -> None:
        import torch

        from tracer.costs.formulas import flops_of
        from tracer.costs.mode import CountingMode
        from tracer.costs.operations import tensors_in

        self._flops = flops_of
        self._tensor = torch.Tensor
        self._tensors = tensors_in
        self._node = torch._C._current_autograd_node
        self._records = torch.is_grad_enabled
        self.rehearses = self._rehearse
        origins = Origins(torch._C._autograd._get_sequence_nr)
        self._claim, self._origin = origins.claim, origins.step
        self._mode = CountingMode(self)

    def _rehearse(self) -> None:
        """Learn, at the first operation that is none of a backward pass, what it costs to be counted."""
        if self._node() is None:
            from tracer.costs.rehearsal import entry_costs

            self.rehearses = None
            try:
                self._entries = entry_costs()
            except Exception as error:  # a fault of ours must not become one of the lecture
                self.failed(error)

    # --------------------------------------------------------------------------------------------------- steps

    def opened(self, activation: Activation) -> None:
        """A step has opened: the nodes made until now are its caller's."""
        if self._in_place:
            node = self._node()
            if node is not None:
                self._within[activation.step] = node._sequence_nr()
            caller = NOBODY
            for other in reversed(self._steps.stack()):
                if other is not activation and other.step >= 0 and not other.muted:
                    caller = _charged(other)
                    break
            self._claim(caller)

    def closed(self, activation: Activation) -> bool:
        """That step ends: the nodes made until now are its own. True if it was part of a backward pass."""
        if self._in_place:
            self._claim(activation.step)
        return self._within.pop(activation.step, None) is not None

    # ---------------------------------------------------------------------------------------------- operations

    def ran(self, operation: Operation, args: Any, kwargs: Any, out: Any) -> None:
        """An operation has run: charge it, to the step that runs or, in the backward pass, to the one that caused it."""
        flops, formula = self._flops(operation, args, kwargs, out)
        inputs = operation.inputs(args, kwargs)
        outputs = (out,) if type(out) is self._tensor else self._tensors((out,))
        moved = operation.bytes(args, kwargs, out, inputs, outputs) if operation.kind != VIEWS else 0
        node = self._node()
        with self._lock:
            self._charge(node, operation.name, formula, operation.kind, flops, moved)
            recorded = self._ledger.ran(outputs, inputs, node is not None)
        self._entry = self._entries[recorded if node is None else 2]

    def charge(self, name: str, formula: str, kind: int, flops: int, moved: int) -> None:
        """Something that no mode sees has run: charge it likewise."""
        if self._in_place and self.counts:
            with self._lock:
                self._charge(self._node(), name, formula, kind, flops, moved)

    def runs_forward(self) -> bool:
        """Whether what runs now is counted, and no backward pass."""
        return self._in_place and self.counts and self._node() is None

    def _charge(self, node: Any, name: str, formula: str, kind: int, flops: int, moved: int) -> None:
        """To the step that runs or, within a node of the graph in its backward pass, to the one that made the node."""
        stack = self._stacks.get(get_ident())
        activation = stack[-1] if stack else None
        if activation is None or activation.step < 0 or activation.muted:
            activation = self._steps.current()
            if activation is None and node is not None:
                activation = self._steps.current(self._ident)
        late = False
        if activation is None:
            step = NOBODY
        elif activation.skipping:
            late, step = True, _charged(activation)
        else:
            step = activation.step
        phase = PHASE_FORWARD
        if node is None:
            self._claim(step)
        else:
            number = node._sequence_nr()
            if self._within.get(step) != number:  # no line that runs within the node
                phase = PHASE_BACKWARD
                caused = self._origin(number)
                if caused != NOBODY:
                    late, step = True, caused
            if self._records():  # what is made now may run back in turn
                self._claim(step)
        if step != NOBODY:
            steps = self._late if late else self._own
            rows = steps.get(step)
            if rows is None:
                rows = steps[step] = {}
            key = name, formula, phase, kind
            row = rows.get(key)
            if row is None:
                rows[key] = [1, flops, moved]
            else:
                row[0] += 1
                row[1] += flops
                row[2] += moved
        self.flops += flops
        self.bytes += moved

    def excluded(self, entered: int, begun: int, ended: int) -> None:
        """Take out of the lecture's time what an operation took longer for being counted."""
        # What lies between two operations, and within this one, has at most all been our doing.
        entry, around, left = self._entry, ended - begun, self._left
        if entered > left:
            around += entered - left
        self._left = now = perf_counter_ns()
        self._steps.exclude(now - ended + begun - entered + (entry if entry < around else around))

    def failed(self, error: Exception) -> None:
        self._accountant.failed(error)


def _charged(activation: Activation) -> int:
    """The step that pays for what runs in `activation` now: of turns that are not recorded, the last that was."""
    if activation.skipping and activation.statement is not None:
        return activation.statement.recorded
    return activation.step


def _no_torch() -> bool:
    """Whether torch is not there, or not yet whole."""
    torch = sys.modules.get("torch")
    return torch is None or getattr(getattr(torch, "__spec__", None), "_initializing", False)


def _no_node() -> None:
    return None
