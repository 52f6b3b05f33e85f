"""Which pieces of tensor memory are alive, how large they are, and where: by storage, so that views cost nothing.

A storage is known by a weak reference to its Python object, which torch keeps for as long as the memory lives, whoever holds
it: a name of the lecture's, the graph of the backward pass, a list in C++. Its end is told by that reference, exactly then.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

from tracer.values.objects import class_dict_value
from tracer.values.types import derives

__all__ = ["ACTIVATIONS", "GRADIENTS", "OPTIMIZER", "OTHER", "PARAMETER", "PARAMETERS", "Held", "Peak", "Storages"]

PARAMETERS, GRADIENTS, OPTIMIZER, ACTIVATIONS, OTHER = range(5)
"""What memory is for, in the order of the record's columns."""

FOUND = -1
"""No role: memory that was there before anything was known of it."""

UNSEEN, TENSOR, PARAMETER = range(3)
"""Kinds of class: its tensors have no memory of their own, or none that could be known; they have; and are parameters."""


class Held(weakref.ref[Any]):
    """A storage that is alive, or was: `size` bytes on `device`. `key` is its place in `Storages.known`; `is_new`: nobody has
    asked what it is for; `mark` is for whoever counts."""

    __slots__ = ("device", "is_new", "key", "mark", "role", "size")

    device: str
    is_new: bool
    key: int
    mark: int
    role: int
    size: int


class Peak:
    """The most bytes that were alive at once, on all devices together, since it was made; `bytes` is by how much that is more
    than were alive at first. What is found later to have been there already is part of both."""

    __slots__ = ("high", "start")

    def __init__(self, start: int) -> None:
        self.start = self.high = start

    @property
    def bytes(self) -> int:
        return self.high - self.start


class Storages:
    """Every known storage once, and sums of their sizes: `figures[device]` by role, `live[device]` in all.

    `risen[device]` is the most that were alive since it was last emptied. `found` counts the bytes that were alive before
    anything was known of them, and `arrived[device]` those since it was last emptied. `moved`: something has changed since
    that was last set to False; `lost[role]` the same of storages of a role that were freed. `torch` is the module, once there
    is one.

    Whoever calls holds the one lock that all of this is under. The end of a storage needs none: it may come at any moment, on
    any thread, and is only put down in `freed`, until `settle` takes it up.
    """

    def __init__(self) -> None:
        self.torch: Any = None
        self.known: dict[int, Held] = {}
        self.kinds: dict[type, int] = {}
        self.freed: deque[Held] = deque()
        self.figures: dict[str, list[int]] = {}
        self.live: dict[str, int] = {}
        self.risen: dict[str, int] = {}
        self.peaks: list[Peak] = []
        self.found = 0
        self.arrived: dict[str, int] = {}
        self.lost = [False] * 5
        self.moved = False
        self._devices: dict[Any, str] = {}

    def settle(self) -> None:
        """Take up what was freed."""
        freed = self.freed
        while freed:
            self._forget(freed.popleft())

    def find(self, tensor: Any, made_as: int = FOUND) -> Held | None:
        """The storage of a tensor, known from now on; None if it has none, or none of its own.

        `made_as`: an operation has just made or changed it, and that is its role if it is new; otherwise it was there.
        """
        cls = type(tensor)
        if not self.kinds.get(cls) and not self.kind(cls):
            return None
        try:
            storage = tensor.untyped_storage()
        except Exception:  # sparse, not initialised, of a backend without storages
            return None
        held = self.known.get(id(storage))
        if held is not None and held.size == storage.nbytes() and held() is storage:
            return held
        return self._note(storage, made_as)

    def assign(self, held: Held, role: int) -> None:
        """`held` is for something else than was thought."""
        if held.role != role and self.known.get(held.key) is held:
            figures = self.figures[held.device]
            figures[held.role] -= held.size
            figures[role] += held.size
            held.role = role
            self.moved = True

    def kind(self, cls: type) -> int:
        """UNSEEN, TENSOR or PARAMETER: what tensors of a class are."""
        known = self.kinds.get(cls)
        if known is not None:
            return known
        torch = self.torch
        kind = UNSEEN
        if cls is torch.Tensor or (
            derives(cls, torch.Tensor)
            and class_dict_value(cls, "__torch_dispatch__") is torch._C._disabled_torch_dispatch_impl
        ):
            kind = PARAMETER if derives(cls, torch.nn.Parameter) else TENSOR
        self.kinds[cls] = kind
        return kind

    def _note(self, storage: Any, made_as: int) -> Held | None:
        """`storage` is new, or its size is."""
        key, size = id(storage), storage.nbytes()
        held = self.known.get(key)
        if held is not None:
            if held() is storage:
                self._grow(held.device, held.role, size - held.size)
                held.size = size
                return held
            self._forget(held)  # it has just gone, and this one has taken its place
        device = self._devices.get(storage.device) or self._device(storage.device)
        if not size or device == "meta":
            return None
        if device not in self.figures:
            self.figures[device] = [0] * 5
            self.live[device] = 0
        held = self.known[key] = Held(storage, self.freed.append)
        held.key, held.size, held.device, held.mark, held.is_new = key, size, device, 0, True
        if made_as == FOUND:
            held.role = OTHER
            self._arrive(device, size)
        else:
            held.role = made_as
            self._grow(device, made_as, size)
        return held

    def _device(self, device: Any) -> str:
        """The name of a device that is met for the first time."""
        name = self._devices[device] = str(device)
        return name

    def _arrive(self, device: str, size: int) -> None:
        """Memory has turned up that was there all the time: whatever was alive at once was so together with this."""
        self.figures[device][OTHER] += size
        self.live[device] += size
        self.moved = True
        self.found += size
        self.arrived[device] = self.arrived.get(device, 0) + size
        if device in self.risen:
            self.risen[device] += size
        for peak in self.peaks:
            peak.start += size
            peak.high += size

    def _grow(self, device: str, role: int, size: int) -> None:
        self.figures[device][role] += size
        self.live[device] = alive = self.live[device] + size
        self.moved = True
        if alive > self.risen.get(device, 0):
            self.risen[device] = alive
        if self.peaks:
            total = sum(self.live.values())
            for peak in self.peaks:
                if total > peak.high:
                    peak.high = total

    def _forget(self, held: Held) -> None:
        if self.known.get(held.key) is held:
            del self.known[held.key]
            self.figures[held.device][held.role] -= held.size
            self.live[held.device] -= held.size
            self.lost[held.role] = self.moved = True
