"""The journal: the record as it grows, one JSON array a line, `["table", column, column, …]`.

Lines are handed to the operating system before the statement they announce runs, so whatever kills the process loses
nothing that had run. A line torn in half at the end is the moment of death, and is dropped by the reader.

Rows are named after the tables and lists of the trace (`["bindings", step, at, name, value, role]`, `["strings", "x"]`);
but for these: `trace` opens the journal, `end` closes it, `+` opens a step (statement, call, start) and `-` ends one
(step, duration, end).
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tracer.format.struct import to_json

__all__ = ["Journal", "read_rows"]

try:
    from msgspec.json import Decoder
except ImportError:  # a cluster node with little more than torch
    _decode: Callable[[bytes], Any] = json.loads
else:
    _decode = Decoder().decode

LARGEST_PENDING = 1 << 16


class Journal:
    """Appends rows to a file."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file
        self._pending: list[bytes] = []
        self._size = 0

    @classmethod
    def create(cls, folder: Path, name: str) -> Journal:
        """A new journal in `folder`, named after the lecture and this process. Raises OSError if it cannot be made."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        for number in range(1000):  # a process of the same number may have left one, on another day or another machine
            path = folder / f"{name}.{os.getpid()}{f'-{number}' if number else ''}.journal"
            try:
                return cls(path, os.open(path, flags, 0o644))
            except FileExistsError:
                continue
        raise FileExistsError(errno.EEXIST, "too many journals of this name", str(path))

    def row(self, table: str, *columns: Any) -> None:
        """Add a row of anything JSON can hold."""
        self.raw(to_json([table, *columns]) + b"\n")

    def raw(self, line: bytes) -> None:
        """Add a line that is JSON already, with its newline."""
        self._pending.append(line)
        self._size += len(line)
        if self._size > LARGEST_PENDING:
            self.flush()

    def flush(self) -> None:
        """Hand what was added to the operating system."""
        if self._pending:
            data = b"".join(self._pending)
            self._pending.clear()
            self._size = 0
            while data:
                data = data[os.write(self._file, data) :]

    def close(self) -> None:
        if self._file >= 0:
            try:
                self.flush()
            finally:
                os.close(self._file)
                self._file = -1

    def abandon(self) -> None:
        """In a forked child: leave the file to the parent, with what was not written yet."""
        self._pending.clear()
        self._size = 0
        self.close()

    def discard(self) -> None:
        """Close, and remove the file: there was nothing to record."""
        self._pending.clear()
        self.close()
        self.path.unlink(missing_ok=True)


def read_rows(path: Path) -> Iterator[list[Any]]:
    """The rows of a journal, up to the first line that is not whole."""
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            try:
                row = _decode(line)
            except ValueError:
                return
            if not isinstance(row, list) or not row:
                return
            yield row
