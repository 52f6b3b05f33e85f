"""What a person sees in the terminal while a lecture runs: one line that moves, and the lecture's own output untouched."""

from __future__ import annotations

import io
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from tracer.recorder import Recorder

__all__ = ["GONE", "Progress", "Tee", "say"]

_unended: set[int] = set()
"""The streams (by id) that the lecture left in the middle of a line, or may have: all write to one terminal."""


GONE = (OSError, ValueError)
"""What writing raises when nobody reads any more, or the stream was closed: that must not end a run."""


def say(text: str) -> None:
    """Tell the person something, on stderr, if that is there."""
    if sys.stderr is not None:
        with suppress(*GONE):
            print(text, file=sys.stderr)


class Progress:
    """Step count, rate and current line: redrawn in place on a terminal, a plain line now and then elsewhere.

    Used as a context manager around the run. With `quiet` it shows nothing; nor while the lecture's own output stands in
    the middle of a line, such as a question that waits for its answer.
    """

    def __init__(self, recorder: Recorder, quiet: bool) -> None:
        self._recorder = recorder
        self._stream: TextIO = sys.stderr
        self._quiet = quiet or self._stream is None or self._stream.closed
        self._terminal = not self._quiet and self._stream.isatty()
        self._every = 0.1 if self._terminal else 10.0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._drawn = False
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        _unended.clear()
        if not self._quiet:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self.clear()

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        with self._lock:
            if self._drawn:
                self._drawn = False
                self._write("\r\x1b[K")

    def _watch(self) -> None:
        begun, before, steps_before = time.monotonic(), time.monotonic(), 0
        while not self._stop.wait(self._every):
            now, steps = time.monotonic(), self._recorder.step_count
            rate, before, steps_before = (steps - steps_before) / (now - before), now, steps
            line = f"{steps:,} steps  {now - begun:.0f} s  {rate:,.0f}/s  {self._recorder.where()}"
            with self._lock:
                if _unended:
                    continue
                if self._terminal:
                    self._write("\r\x1b[K" + line[: shutil.get_terminal_size().columns - 1])
                    self._drawn = True
                else:
                    self._write(line + "\n")

    def _write(self, text: str) -> None:
        with suppress(*GONE):
            self._stream.write(text)
            self._stream.flush()


class Tee(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr: what is written is recorded and still shown.

    Whatever else the stream offers (`buffer`, `fileno`, `encoding`, …) is the original's.
    """

    def __init__(self, original: TextIO, record: Callable[[str], None], before: Callable[[], None]) -> None:
        self._original = original
        self._record = record
        self._before = before

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._take_line()
        self._record(text)
        written = self._original.write(text)
        if text.endswith("\n"):
            _unended.discard(id(self))
        return written

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        self._original.flush()

    def isatty(self) -> bool:
        return self._original.isatty()

    def fileno(self) -> int:
        self._take_line()  # `input()` and child processes write past us
        return self._original.fileno()

    def close(self) -> None:
        pass  # a lecture that closes its stdout must not close ours

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._original.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._original.errors

    @property
    def buffer(self) -> Any:
        self._take_line()
        return self._original.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def _take_line(self) -> None:
        """The terminal's line is the lecture's from now on, until a line feed is written here."""
        _unended.add(id(self))  # first: no progress may be drawn between the two
        self._before()
