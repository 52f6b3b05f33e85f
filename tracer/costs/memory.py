"""Live tensor memory by role, as the steps of a lecture change it.

The dispatch mode tells of every operation it sees; from then on its tensors' storages are known until they are freed, and so
are tensors that were there before, from their first use on. What an operation takes for itself while it runs is not seen, nor
is what has no storage of its own: sparse, meta and fake tensors, and subclasses that compute their elements in Python.

Roles: see `roles.py`; activations are what was made from what requires grad while gradients were recorded, and still lives.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracer.costs.roles import Roles
from tracer.costs.storages import ACTIVATIONS, OTHER, PARAMETER, PARAMETERS, Peak, Storages

if TYPE_CHECKING:
    from tracer.events.activation import Activation
    from tracer.recorder import Recorder

__all__ = ["Ledger", "Peak"]

MANY = 1_000
"""Tensors made within one step, after which it is time to see what they have become."""

UNKNOWN = -1
"""Of the device's allocator: there is none that could be asked."""


class Ledger:
    """Bytes of live tensors, by device and role. Writes the record's table `memory`.

    Between `start()` and `stop()` it is told of operations (`ran`) and of the steps around them (`opened`, `closed`). Whoever
    calls may hold the lock of the record's rows: it is the ledger's, too. Nothing is raised into the lecture.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._lock = recorder.rows.lock
        self._storages = Storages()
        self._roles = Roles(self._storages)
        self._started = False
        self._written: dict[str, list[int]] = {}
        self._open: dict[int, list[Activation]] = {}

    def start(self) -> None:
        """From now on. Torch must have been imported; without effect if it has started."""
        with self._lock:
            torch: Any = sys.modules.get("torch")
            if not self._started and torch is not None:
                self._started = True
                self._storages.torch = torch
                self._roles.start()

    def stop(self) -> None:
        """Until now: torch has nothing left of ours. What is known stays known."""
        with self._lock:
            self._started = False
            self._roles.stop()
            self._open.clear()

    @property
    def live(self) -> dict[str, int]:
        """Bytes that are alive now, by device."""
        with self._lock:
            self._storages.settle()
            return dict(self._storages.live)

    @property
    def found(self) -> int:
        """Bytes that turned out, so far, to have been alive before anything was known of them."""
        return self._storages.found

    def watch(self) -> Peak:
        """Note the highest sum of live bytes from now on, until it is given to `unwatch`."""
        peak = Peak(sum(self.live.values()))
        with self._lock:
            self._storages.peaks.append(peak)
        return peak

    def unwatch(self, peak: Peak) -> None:
        with self._lock:
            if peak in self._storages.peaks:
                self._storages.peaks.remove(peak)

    def ran(self, outputs: Sequence[Any], inputs: Sequence[Any], backward: bool) -> bool:
        """An operation has made or changed `outputs` from `inputs`, tensors both; `backward`: in the backward pass.

        True if autograd has recorded it. To be called with the lock of the record held.
        """
        if not self._started:
            self.start()
        storages, roles = self._storages, self._roles
        find = storages.find
        if storages.freed:
            storages.settle()
        in_graph = from_others = False
        for tensor in inputs:
            held = find(tensor)
            if held is None:
                continue
            role = held.role
            if tensor.requires_grad:
                in_graph = True
                if role == PARAMETERS:
                    reference = roles.parameters.get(id(tensor))
                    if reference is None or reference() is not tensor:
                        roles.learn(tensor, held, backward)
                else:
                    from_others = True
                    if role == OTHER or tensor.is_leaf:
                        roles.learn(tensor, held, backward)
            elif role == OTHER and storages.kinds[type(tensor)] == PARAMETER:  # a frozen one
                roles.learn(tensor, held, backward)
        recorded = in_graph and storages.torch.is_grad_enabled()
        role = ACTIVATIONS if recorded else OTHER
        for tensor in outputs:
            held = find(tensor, role)
            if held is None:
                continue
            if held.is_new:
                held.is_new = False
                roles.made(tensor, held, backward, from_others)
            elif recorded and held.role == OTHER:  # written to
                storages.assign(held, ACTIVATIONS)
        if backward:
            roles.unsure = True
        if len(roles.young) > MANY:  # all within one step
            self._settle()
        return recorded

    # ----------------------------------------------------------------------------------------------------- steps
    # Called with the lock of the record held.

    def opened(self, activation: Activation) -> None:
        """A step has opened: its peak is that of what is alive now, until more is."""
        storages = self._storages
        storages.settle()
        self._hand_out()
        stack = self._open.get(get_ident())
        if stack is None:
            stack = self._open[get_ident()] = []
        if activation in stack:
            del stack[stack.index(activation) :]  # those above it went away unseen
        stack.append(activation)
        activation.peaks = dict(storages.live)

    def closed(self, activation: Activation) -> int:
        """That step ends: a row for every device where something has changed, or was alive for a while.

        Returns the most bytes that were alive while it ran, on all devices.
        """
        self._settle()
        self._hand_out()
        peaks, activation.peaks = activation.peaks or {}, None
        stack = self._open.get(get_ident(), [])
        if activation in stack:
            del stack[stack.index(activation) :]
        if stack:
            _raise(stack[-1], peaks)
        for device, figures in self._storages.figures.items():
            alive = sum(figures)
            peak = max(peaks.get(device, 0), alive)
            if peak > alive or self._written.get(device) != figures:
                self._written[device] = list(figures)
                rows = self._recorder.rows
                rows.add("memory", activation.step, rows.string(device), *figures, peak, self._allocated(device))
        return sum(peaks.values())

    def _hand_out(self) -> None:
        """Tell the steps that are open now, the innermost of each thread, what was alive since the last time."""
        risen, arrived = self._storages.risen, self._storages.arrived
        if arrived:
            for stack in self._open.values():
                for activation in stack:
                    peaks = activation.peaks or {}
                    for device, size in arrived.items():
                        peaks[device] = peaks.get(device, 0) + size
            arrived.clear()
        if risen:
            for stack in self._open.values():
                if stack:
                    _raise(stack[-1], risen)
            risen.clear()

    def _settle(self) -> None:
        storages = self._storages
        storages.settle()
        if storages.moved:
            with storages.torch._C.DisableTorchFunction():  # a mode of the lecture's is not to hear of this
                self._roles.settle()
            storages.moved = False

    def _allocated(self, device: str) -> int:
        """What CUDA's allocator says, without waiting for the device; -1 for another one."""
        if not device.startswith("cuda"):
            return UNKNOWN
        torch = self._storages.torch
        try:
            if not torch.cuda.is_initialized():
                return UNKNOWN
            try:
                index = int(device.partition(":")[2] or torch.cuda.current_device())
                stats = torch._C._cuda_memoryStats(index)
                return int(stats["allocated_bytes"]["all"]["current"])
            except (AttributeError, KeyError, TypeError):  # the public function takes seven times as long
                return int(torch.cuda.memory_allocated(device))
        except Exception:  # an allocator of the lecture's own may not say
            return UNKNOWN


def _raise(activation: Activation, peaks: dict[str, int]) -> None:
    known = activation.peaks
    if known is not None:
        for device, peak in peaks.items():
            if peak > known.get(device, 0):
                known[device] = peak
