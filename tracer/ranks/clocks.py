"""One clock for all ranks. On one machine they read the same one; across machines, the difference is measured.

A rank asks rank 0 for the time, through the store by which they have met: the answer was given between asking and hearing it,
so half of that time is what the difference may be wrong by. The quickest of several answers counts.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from datetime import timedelta
from functools import cache
from time import perf_counter_ns
from typing import Any

__all__ = ["agree", "clocks"]

QUESTIONS = 12
"""Times that a rank asks, where its clock is another one than that of rank 0."""
PATIENCE = timedelta(seconds=20)
"""What a rank that is not recorded, and never answers, may cost."""


@cache
def clocks() -> str:
    """A name of the clock that this process reads: the same for all that read the same one."""
    with suppress(OSError):
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
        with suppress(OSError):  # in a namespace of its own, time is another
            boot += " " + os.readlink("/proc/self/ns/time")
        return boot
    return socket.gethostname()


def agree(store: Any, rank: int, size: int) -> tuple[str, int, int]:
    """A name for the process group that its members share; what brings this process's clock to that of rank 0, in nanoseconds,
    and by how much that may be wrong. Every member has to call it. Raises what the store raises when one does not."""
    from torch.distributed import PrefixStore

    store = PrefixStore("executable-lecture", store)
    before = store.timeout
    store.set_timeout(PATIENCE)
    try:
        if rank == 0:
            name = os.urandom(8).hex()
            store.set("world", f"{name}\n{clocks()}")
            for other in range(1, size):
                if store.get(f"clock/{other}").decode() != clocks():
                    _answer(store, other)
            return name, 0, 0
        name, clock = store.get("world").decode().split("\n")
        store.set(f"clock/{rank}", clocks())
        return name, *((0, 0) if clock == clocks() else _ask(store, rank))
    finally:
        store.set_timeout(before)


def _answer(store: Any, other: int) -> None:
    for question in range(QUESTIONS):
        store.get(f"ask/{other}/{question}")
        store.set(f"time/{other}/{question}", str(perf_counter_ns()))


def _ask(store: Any, rank: int) -> tuple[int, int]:
    """What brings this process's clock to that of rank 0, and by how much that may be wrong."""
    found = []
    for question in range(QUESTIONS):
        asked = perf_counter_ns()
        store.set(f"ask/{rank}/{question}", "")
        there = int(store.get(f"time/{rank}/{question}"))
        heard = perf_counter_ns()
        found.append(((heard - asked + 1) // 2, there - (asked + heard) // 2))
    error, offset = min(found)
    return offset, error
