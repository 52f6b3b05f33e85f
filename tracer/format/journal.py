"""The journal: the record as it grows, one JSON array a line, `["table", column, column, …]`.

Every row is in the operating system's hands before the statement it announces runs, so whatever kills the process loses
nothing that had run. A line torn in half at the end is the moment of death, and is dropped by the reader.

Rows are named after the tables and lists of the trace (`["bindings", step, at, name, value, role]`, `["strings", "x"]`);
but for these: `trace` opens the journal, `end` closes it, `+` opens a step (statement, call, start) and `-` ends one
(step, duration, end). What happens most often has the shortest row, `[duration, statement]`: the last step took `duration`
and went on to `statement`, in the same call, at once. `["look", step, at, name, value, name, value, …]` is a row of `bindings`
for each pair of a name and a value that there is, all of them inspected.

The file is written through a window of memory, which is ten times cheaper than a system call a row and as safe: the pages
belong to the file, not to the process. Its room is taken beforehand, so a full disk is an OSError here, not a SIGBUS.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tracer.format.struct import to_json

fcntl: Any
try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None

try:
    from msgspec.json import Decoder
except ImportError:  # a cluster node with little more than torch
    _decode: Callable[[bytes], Any] = json.loads
else:
    _decode = Decoder().decode

__all__ = ["UNAVAILABLE", "Journal", "lock", "orphaned", "read_rows"]

ROOM = 1 << 20
"""Bytes of the window, and by which the file grows. A multiple of every system's page."""
UNAVAILABLE = -2
"""Stands in a `look` for a value that there is not."""
SPARE = 1 << 16
"""Bytes beyond the window that the file has room for: to say how it ended, when the disk is full."""


class Journal:
    """Appends rows to a file, which stays locked for as long as it is being written.

    `write` takes whole lines; it raises ValueError when they do not fit into the window: then `add` makes room.
    """

    write: Callable[[bytes], Any]

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file
        self._identity = _identity(file)
        self._window: mmap.mmap | None = None
        self._lost: list[mmap.mmap] = []
        self._start = 0
        self._end = 0
        lock(file)  # waits, if need be, for whoever looks at this moment whether the new file is an orphan
        self._move(0, ROOM)

    @classmethod
    def create(cls, folder: Path, name: str) -> Journal:
        """A new journal in `folder`, named after the lecture and this process. Raises OSError if it cannot be made."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        for number in range(1000):  # a process of the same number may have left one, on another day or another machine
            path = folder / f"{name}.{os.getpid()}{f'-{number}' if number else ''}.journal"
            try:
                file = os.open(path, flags, 0o644)
            except FileExistsError:
                continue
            try:
                return cls(path, file)
            except OSError:
                os.close(file)
                path.unlink(missing_ok=True)
                raise
        raise FileExistsError(errno.EEXIST, "too many journals of this name", str(path))

    def row(self, table: str, *columns: Any) -> None:
        """Add a row of anything JSON can hold."""
        self.add(to_json([table, *columns]) + b"\n")

    def add(self, line: bytes) -> None:
        """Add lines that are JSON already, with their newlines. Raises OSError if there is no room for them."""
        try:
            self.write(line)
        except ValueError:
            if self._window is None:
                raise OSError(errno.EBADF, "the journal is closed", str(self.path)) from None
            self._move(self._position(), max(ROOM, len(line) + mmap.ALLOCATIONGRANULARITY))
            self.write(line)

    def close(self) -> None:
        """End the file after its last row, and unlock it. Raises OSError if it was taken away and cannot be put back."""
        if self._window is not None:
            size = self._position()
            self._let_go(self._window)
            self._window = None
            if self._is_open():
                try:
                    with suppress(OSError):
                        os.truncate(self._file, size)
                    if not self.path.exists():
                        self._put_back()
                finally:
                    os.close(self._file)

    def abandon(self) -> None:
        """In a forked child: leave the file to the parent."""
        if self._window is not None:
            self._let_go(self._window)
            self._window = None
            if self._is_open():
                os.close(self._file)

    def discard(self) -> None:
        """Close, and remove the file: there was nothing to record."""
        self.abandon()
        self.path.unlink(missing_ok=True)

    def _position(self) -> int:
        assert self._window is not None
        return self._start + self._window.tell()

    def _move(self, position: int, room: int) -> None:
        """Let the window begin at `position` (or a page before it), with `room` bytes of the file behind it.

        Raises OSError if there is no such room; the window is then on the spare room, for what must still be said.
        """
        start = position - position % mmap.ALLOCATIONGRANULARITY
        if not self._is_open():
            self._open_again()
        try:
            os.posix_fallocate(self._file, start, room + SPARE)
        except AttributeError:  # pragma: no cover - macOS
            os.truncate(self._file, start + room + SPARE)
        except OSError:
            left = self._end + SPARE - start
            if self._window is not None and left > 0:
                self._show(start, left, position)
            raise
        self._end = start + room
        self._show(start, room, position)

    def _show(self, start: int, room: int, position: int) -> None:
        try:
            window = mmap.mmap(self._file, room, offset=start)
        except OSError:  # a window needs a descriptor, and the lecture may have taken them all
            if self._window is None:
                raise
            self._let_go(self._window)
            self._window = None
            window = mmap.mmap(self._file, room, offset=start)
        window.seek(position - start)
        if self._window is not None:
            self._let_go(self._window)
        self._window, self._start = window, start
        self.write = window.write

    # A lecture may close every descriptor there is, as daemons do, and open files of its own under the same numbers. A
    # window keeps a descriptor, too, of which closing the window would close the lecture's.

    def _is_open(self) -> bool:
        """Whether the descriptor is still of the journal."""
        try:
            return _identity(self._file) == self._identity
        except OSError:
            return False

    def _let_go(self, window: mmap.mmap) -> None:
        if self._is_open() and window not in self._lost:
            window.close()
        else:
            self._lost.append(window)  # and with it the lock

    def _open_again(self) -> None:
        file = os.open(self.path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
        if _identity(file) != self._identity:
            os.close(file)
            raise FileNotFoundError(errno.ENOENT, "the journal was replaced by another file", str(self.path))
        if self._window is not None:
            self._lost.append(self._window)
        self._file = file

    def _put_back(self) -> None:
        """Somebody removed the file, or its whole folder, while it was being written: only its name is gone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("xb") as copy:
            while content := os.pread(self._file, ROOM, copy.tell()):
                copy.write(content)


def _identity(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_dev, status.st_ino


def lock(file: int) -> None:
    """Wait until nobody else holds `file` (or folder) locked, and lock it until it is closed. Not every file system can."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def orphaned(path: Path) -> Iterator[bool]:
    """Whether no process writes the journal, nor finishes it; then, within, no other one will. Raises OSError if it is gone."""
    file = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    try:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a file system without locks: the name says which process
            yield not _is_alive(path.name.removesuffix(".journal").rpartition(".")[2].partition("-")[0])
            return
        if path.stat().st_ino != os.fstat(file).st_ino:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))  # finished while we opened it
        yield True
    finally:
        os.close(file)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):
        return True
    return True


def read_rows(path: Path) -> Iterator[list[Any]]:
    """The rows of a journal, up to the first line that is not whole."""
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            try:
                row = _decode(line)
            except (ValueError, RecursionError):
                return
            if not isinstance(row, list) or not row:
                return
            yield row
