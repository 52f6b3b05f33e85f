"""Which lectures have changed since a trace was recorded of them.

A trace names its files and their hashes, and may say anything: only Python files under the lectures of this project are
looked at, and all that is told of one is whether it is still the file that the trace itself describes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TypeVar

import msgspec

from tracer.format.schema import FORMAT
from tracer.server.files import open_inside

__all__ = ["ChangedSources", "Sources"]

LARGEST_TRACE = 1 << 30
LARGEST_SOURCE = 1 << 24
"""Bytes. What is larger is not looked at."""

MOST_FILES = KEPT = 1000
"""Files of a trace that are compared; traces and hashes that are remembered."""

State = tuple[int, int, int]
"""Of a file: what is the same as long as nobody has written to it."""


class RecordedFile(msgspec.Struct):
    path: str
    sha256: str = ""


class Head(msgspec.Struct):
    """As much of a trace as is needed; what it does not name is passed over."""

    format: str = ""
    files: list[RecordedFile] = []


HEAD = msgspec.json.Decoder(Head)
"""Made once, before any thread of the server: msgspec crashes when two are the first to read a type at once."""


class ChangedSources(msgspec.Struct):
    """Paths as the trace has them: of files that hold something else now, and of those that are not there any more."""

    changed: list[str]
    gone: list[str]


class Sources:
    """Compares the files that traces of one folder name with those that are there now. Remembers what has not changed."""

    def __init__(self, traces: Path, lectures: Path) -> None:
        self.traces = traces
        self.lectures = lectures
        self.recorded: dict[str, tuple[State, list[RecordedFile]]] = {}
        self.hashes: dict[str, tuple[State, str]] = {}

    def to_json(self, name: str) -> bytes | None:
        """What is told of the trace `NAME.json`, or None if there is no such trace."""
        answer = self.compare(name) if name.endswith(".json") else None
        return None if answer is None else msgspec.json.encode(answer)

    def has_news(self, name: str) -> bool:
        """Whether a file that the trace `NAME.json` names is another one now, or gone."""
        found = self.compare(name)
        return found is not None and bool(found.changed or found.gone)

    def note(self, name: str, state: State, data: bytes) -> None:
        """Be told what a trace holds by whoever has just read it."""
        remember(self.recorded, name, (state, files_in(data)))

    def compare(self, name: str) -> ChangedSources | None:
        files = self.files_of(name)
        if files is None:
            return None
        changed, gone = [], []
        for file in files:
            relative = file.path.removeprefix("lectures/")
            if relative == file.path or not relative.endswith(".py") or not file.sha256:
                continue
            now = self.hash_of(relative)
            if now is None:
                gone.append(file.path)
            elif now != file.sha256:
                changed.append(file.path)
        return ChangedSources(changed, gone)

    def files_of(self, name: str) -> list[RecordedFile] | None:
        """The files that a trace names; none, where it cannot be read. None if it is not there."""
        file = open_inside(self.traces, name)
        if file is None:
            return None
        with file:
            status = os.fstat(file.fileno())
            state = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = self.recorded.get(name)
            if known and known[0] == state:
                return known[1]
            found = files_in(file.readall()) if status.st_size <= LARGEST_TRACE else []
            remember(self.recorded, name, (state, found))
            return found

    def hash_of(self, relative: str) -> str | None:
        """The hash of a file of the lectures, or None if there is none that may be looked at."""
        file = open_inside(self.lectures, relative)
        if file is None:
            return None
        with file:
            status = os.fstat(file.fileno())
            if status.st_size > LARGEST_SOURCE:
                return ""  # no source that was ever recorded
            state = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = self.hashes.get(relative)
            if known and known[0] == state:
                return known[1]
            digest = hashlib.sha256(file.readall()).hexdigest()
            remember(self.hashes, relative, (state, digest))
            return digest


def files_in(data: bytes) -> list[RecordedFile]:
    """The files that a trace names; none, where it cannot be read: the viewer says what is wrong with it."""
    try:
        head = HEAD.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return head.files[:MOST_FILES] if head.format == FORMAT else []


Kept = TypeVar("Kept")


def remember(known: dict[str, Kept], key: str, value: Kept) -> None:
    known[key] = value
    while len(known) > KEPT:
        known.pop(next(iter(known)), None)
