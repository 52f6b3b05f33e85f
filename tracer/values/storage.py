"""Small numbers for pieces of memory, so that a reader sees which arrays share one.

An address alone does not identify memory: it is used again after a free. So each number is kept together with watches that
tell whether the memory is still the same; when none does, the address gets a new number. Numbers are never used again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count

__all__ = ["storage_id"]

Watch = Callable[[], bool]
"""True as long as the owner of the memory lives. It must not keep the owner alive."""

_numbers = count(1)
_known: dict[tuple[str, int], tuple[int, dict[Hashable, Watch]]] = {}
_SWEEP = 4_096


def storage_id(device: str, address: int, owner: Hashable, watch: Callable[[], Watch]) -> int:
    """The number of the memory at `address`, which `owner` (a key) holds; `watch()` starts watching over that owner.

    Memory that several objects hold (an array and the tensor made from it) keeps its number while any of them lives.
    """
    key = (device, address)
    known = _known.get(key)
    if known is not None:
        number, watches = known
        ours = watches.get(owner)
        if ours is not None and ours():
            return number
        if any(alive() for alive in watches.values()):
            watches[owner] = watch()
            return number
    if len(_known) >= _SWEEP:
        _forget_the_dead()
    number = next(_numbers)
    _known[key] = (number, {owner: watch()})
    return number


def _forget_the_dead() -> None:
    for key, (_, watches) in list(_known.items()):
        if not any(alive() for alive in watches.values()):
            del _known[key]
