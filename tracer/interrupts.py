"""Ctrl-C and a polite kill, while a lecture runs: they end the lecture between two rows of the record, never inside one.

A signal that finds the engine at work is kept until the row being written is whole. Should no row be in the making (the
engine only looked whether a library's function is visible), the signal comes again a moment later.
"""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["Interrupts"]

ENGINE = str(Path(__file__).parent) + os.sep
OUTERMOST = str(Path(__file__).with_name("run.py"))
AGAIN = 0.002
"""Seconds until a signal that found us at work comes again."""


class Interrupts:
    """A context manager around the lecture; `name` is the signal that ended it, if one did."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.name: str | None = None
        self.pending = False
        self.lecture_over = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._arrived) for number in self.SIGNALS}
        return self

    def __exit__(self, *_error: object) -> None:
        self.restore()

    def restore(self) -> None:
        """Give the signals back to whoever had them, but for those the lecture has taken since."""
        for number, handler in self._before.items():
            if signal.getsignal(number) == self._arrived:
                signal.signal(number, handler)
        self._before = {}

    def deliver(self) -> None:
        """Raise the KeyboardInterrupt that was kept, if this is the main thread."""
        if self.pending and threading.current_thread() is threading.main_thread():
            self.pending = False
            raise KeyboardInterrupt

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if self.lecture_over:
            return  # its trace is being completed
        self.name = signal.Signals(number).name
        self.pending = _engine_is_at_work(frame)
        if not self.pending:
            raise KeyboardInterrupt
        _thread.start_new_thread(self._send_again, (number,))

    def _send_again(self, number: int) -> None:
        time.sleep(AGAIN)
        if self.pending:
            _thread.interrupt_main(signal.Signals(number))


def _engine_is_at_work(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename != OUTERMOST:
        if frame.f_code.co_filename.startswith(ENGINE):
            return True
        frame = frame.f_back
    return False
