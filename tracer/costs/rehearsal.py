"""What it costs that operations come to a dispatch mode at all, so that it can be taken out of the lecture's time.

That cannot be seen from inside the mode: it is what torch does on the way there and back, and what is slower for not being in
the processor's caches any more. So some operations of our own are run with and without a mode that counts them.

Imports torch: for whoever knows that a lecture did.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import perf_counter_ns
from typing import Any

import torch

from tracer.costs.formulas import flops_of
from tracer.costs.mode import CountingMode, insert, remove, without_modes
from tracer.costs.operations import Operation, tensors_in

__all__ = ["ALONE", "BACKWARD", "FORWARD", "entry_costs"]

ALONE, FORWARD, BACKWARD = range(3)
"""What an operation is to autograd: nothing; recorded; part of a backward pass."""

TURNS, LAYERS = 5, 20

Costs = tuple[int, int, int]

_costs: Costs | None = None


def entry_costs() -> Costs:
    """Nanoseconds for an operation to come to a mode and go on from there: ALONE, FORWARD and BACKWARD.

    Measured once, in some milliseconds, with all modes of the lecture off. To be asked where the lecture's operations run, so
    that what these suffer from a trace function is part of it.
    """
    global _costs
    if _costs is None:
        _costs = 0, 0, 0
        with suppress(RuntimeError):  # within some transformation of the lecture's
            _costs = _measured()
    return _costs


class _Counter:
    """Counts as one does for a lecture, and keeps nothing."""

    rehearses: Callable[[], None] | None = None

    def __init__(self) -> None:
        self.counts = True
        self.inside = 0
        self.heard = 0
        self.own = 0
        self._rows: dict[Any, int] = {}

    def ran(self, operation: Operation, args: Any, kwargs: Any, out: Any) -> None:
        flops, formula = flops_of(operation, args, kwargs, out)
        moved = operation.bytes(args, kwargs, out, operation.inputs(args, kwargs), tensors_in((out,)))
        key = operation.name, formula
        self._rows[key] = self._rows.get(key, 0) + flops + moved

    def excluded(self, entered: int, begun: int, ended: int) -> None:
        self.heard += 1
        self.own += perf_counter_ns() - ended + begun - entered

    def failed(self, error: Exception) -> None:
        raise error


def _measured() -> Costs:
    costs: list[int] = []
    with without_modes(), torch._C.DisableTorchFunction(), torch.inference_mode(False):
        for case in (ALONE, FORWARD, BACKWARD):
            with torch.set_grad_enabled(case != ALONE):
                alone = min(_timed(case, None) for _ in range(TURNS))
                counters = [_Counter() for _ in range(TURNS)]
                through, heard = min((_timed(case, counter) - counter.own, counter.heard) for counter in counters)
            costs.append(max(0, through - alone) // max(1, heard))
    return costs[0], costs[1], costs[2]


def _timed(case: int, counter: _Counter | None) -> int:
    """Nanoseconds of some small products and what follows them, or of the way back through these."""
    weight = torch.ones(2, 2, device="cpu", requires_grad=case != ALONE)

    def forward() -> Any:
        x = weight
        for _ in range(LAYERS):
            x = torch.relu(x @ weight)
        return x

    run: Callable[[], Any] = forward().sum().backward if case == BACKWARD else forward
    mode = None if counter is None else CountingMode(counter)
    if mode is not None:
        insert(mode)
    begun = perf_counter_ns()
    try:
        run()
        return perf_counter_ns() - begun
    finally:
        if mode is not None:
            remove(mode)
