"""Ctrl-C, a polite kill and the run's own limits: they end the lecture between two rows of the record, never inside one.

What is to end it is an exception, raised in the lecture's code. A signal that finds the engine at work is kept until the
row being written is whole; what a value's own class does for its picture is cut short for it. Should no row be in the
making (the engine only looked whether a library's function is visible), or the lecture stand in a library for long, the
signal comes again a moment later.
"""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["Interrupts"]

ENGINE = str(Path(__file__).parent) + os.sep
OUTERMOST = str(Path(__file__).with_name("run.py"))
GUARD = str(Path(__file__).with_name("values") / "guard.py")
PASSED_ON = "passed_on"
"""Functions of this name are ours and only stand between: below them the lecture runs, or a library on its behalf."""
AGAIN = 0.002
"""Seconds until a signal that found us at work comes again."""
SECOND = 0.3
"""Seconds from which on another signal is a second one. Closer together, one was sent to the process and to its group."""


class Interrupted(Exception):
    """Ends a `__repr__`, or the expression of an `@inspect`, that runs when the lecture is to end."""


class _Trip(int):
    """`_Trip(SIGINT).now` makes the signal arrive at the next place where Python looks for signals, which is no longer
    here: Python looks after a call, but not after reading an attribute."""

    now = property(_thread.interrupt_main)


class Interrupts:
    """A context manager around a run; `name` is the signal that ended its lecture, if one did.

    From `begin()` on, when the lecture is to start, signals come here. Once it is over (`lecture_over`), its trace is being
    written: another signal then ends that, at once, as it would any program.

    `only`: the signals taken. A rank in native code would not heed SIGTERM: one that its lecture started leaves it alone.

    `pending` is what waits to be raised in the lecture. An event source that must not raise it where it is told of it sets
    `pause` and `go_on`: between the two it tells nothing, and the exception is raised by a signal's handler.
    """

    def __init__(self, only: tuple[str, ...] = ("SIGINT", "SIGTERM", "SIGHUP")) -> None:
        self._signals = tuple(getattr(signal, name) for name in only if hasattr(signal, name))
        self.name: str | None = None
        self.pending: BaseException | None = None
        self.pause: Callable[[], None] | None = None
        self.go_on: Callable[[], None] | None = None
        self.lecture_over = False
        self._before: dict[int, Any] = {}
        self._first = 0.0
        self._paused = False
        self._sent = False
        self._sending = False

    def __enter__(self) -> Interrupts:
        return self

    def begin(self) -> None:
        """Take the signals, but for those that are ignored, as under nohup."""
        if threading.current_thread() is threading.main_thread():
            self._before = {
                number: signal.signal(number, self._arrived)
                for number in self._signals
                if signal.getsignal(number) is not signal.SIG_IGN
            }

    def __exit__(self, *_error: object) -> None:
        self.restore()

    def restore(self, in_child: bool = False) -> None:
        """Give the signals back to whoever had them, but for those the lecture has taken since."""
        self.pending = None
        while self._sending and not in_child:  # a signal of ours must not meet another handler
            time.sleep(AGAIN / 4)
        for number, handler in self._before.items():
            if signal.getsignal(number) == self._arrived:
                signal.signal(number, handler)
        self._before = {}

    def interrupt(self, exception: BaseException) -> None:
        """Have `exception` raised in the lecture, in the main thread. May be called from any thread."""
        if self.lecture_over:
            return
        self.pending = exception
        if threading.current_thread() is not threading.main_thread():
            self._send_soon()

    def deliver(self) -> None:
        """Raise what is pending, or see to it that it is raised at once where that does no harm."""
        if self.lecture_over:
            self.pending = None
        elif threading.current_thread() is not threading.main_thread():
            if self.pending is not None and not isinstance(self.pending, KeyboardInterrupt):
                raise self.pending
        elif self.pause is None or signal.getsignal(signal.SIGINT) != self._arrived:
            self._raise()
        else:
            self.pause()
            self._paused = self._sent = True
            self._send_soon()  # for a lecture that enters a library right here, and stays
            _ = _Trip(signal.SIGINT).now

    def _raise(self) -> None:
        exception, self.pending = self.pending, None
        self._sent = False
        if self._paused and self.go_on is not None:
            self._paused = False
            self.go_on()
        if exception is not None:
            raise exception

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        ours, self._sent = self._sent, False
        if not ours:
            now = time.monotonic()
            if self.name is not None and now - self._first <= SECOND:
                pass
            elif self.lecture_over:
                self.restore()
                os.kill(os.getpid(), number)
            elif self.name is None:
                self.name, self._first = signal.Signals(number).name, now
                self.pending = KeyboardInterrupt()
            else:  # at once, then: whoever finds the journal completes it
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)
        if self.pending is None or self.lecture_over:
            return
        engine = _engine_at_work(frame)
        if engine is None:
            self._raise()
        else:
            self._send_soon()
            if engine is not frame and engine.f_code.co_filename == GUARD:
                raise Interrupted

    def _send_soon(self) -> None:
        if not self._sending:
            self._sending = True
            _thread.start_new_thread(self._send_again, ())

    def _send_again(self) -> None:
        while True:
            time.sleep(AGAIN)
            if self.pending is None or signal.getsignal(signal.SIGINT) != self._arrived:
                break
            self._sent = True
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        self._sending = False


def _engine_at_work(frame: FrameType | None) -> FrameType | None:
    """The engine's innermost frame, unless the lecture runs."""
    while frame is not None and frame.f_code.co_filename != OUTERMOST:
        if frame.f_code.co_filename.startswith(ENGINE) and frame.f_code.co_name != PASSED_ON:
            return frame
        frame = frame.f_back
    return None
