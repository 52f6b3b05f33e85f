"""`execute.py --ranks N`: N ranks of a lecture on this machine, each a process of its own that records itself, as under torchrun.

They find each other at a port of this machine that was free a moment ago. When one of them fails the others are told to end;
whoever does not is killed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from tracer.ranks.place import RUN

__all__ = ["launch"]

PATIENCE = 5.0
"""Seconds that ranks get to end after they were told so: more than each of them gives its lecture."""
POLL = 0.02


class Told(BaseException):
    """This process was sent a signal that ends it."""


def launch(ranks: int, program: Path, arguments: Sequence[str]) -> int:
    """Run `program` with `arguments` as so many ranks, and wait for all. Returns the exit status of the first that failed, 0 if
    none did, and 128 and its number if a signal ended it all."""
    shared = {
        RUN: os.urandom(8).hex(),
        "WORLD_SIZE": str(ranks),
        "LOCAL_WORLD_SIZE": str(ranks),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }
    processes: list[subprocess.Popen[bytes]] = []
    code = 0
    with _told_of_signals():
        try:
            for rank in range(ranks):
                own = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
                command = [sys.executable, str(program), *arguments]
                processes.append(subprocess.Popen(command, env={**os.environ, **shared, **own}))
            code = _first_failure(processes)
        except (KeyboardInterrupt, Told) as told:
            code = 128 + (told.args[0] if told.args else signal.SIGINT)
        with suppress(KeyboardInterrupt, Told):  # told a second time: at once, then
            _end(processes)
        for process in processes:
            process.kill()
            process.wait()
    return code


def _first_failure(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one fails, or all have ended; the exit status of that one, or 0."""
    while True:
        codes = [process.poll() for process in processes]
        for code in codes:
            if code:
                return 128 - code if code < 0 else code
        if None not in codes:
            return 0
        time.sleep(POLL)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(process.poll() is None for process in processes):
        time.sleep(POLL)


@contextmanager
def _told_of_signals() -> Iterator[None]:
    """Within, SIGTERM and SIGHUP are exceptions, as Ctrl-C is."""

    def tell(number: int, _frame: FrameType | None) -> None:
        raise Told(number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
