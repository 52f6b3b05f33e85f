"""What `/api/traces` says of each trace: enough for a start page, from the head of the file alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from tracer.format.schema import FORMAT, VERSION, Summary
from tracer.server.files import open_inside
from tracer.server.sources import Sources

__all__ = ["ListedOutcome", "ListedTrace", "Listing"]

LARGEST = 1 << 30
"""Bytes. A larger file is named but not looked into: it would have to be held in memory."""

LONGEST_TEXT = 500
"""Characters of a title or a message that a list has room for."""


class ListedOutcome(msgspec.Struct):
    status: str
    message: str


class ListedTrace(msgspec.Struct, omit_defaults=True):
    """One file of the folder. `README.md` beside this file describes the fields to whoever reads the list."""

    name: str
    url: str
    title: str
    steps: int | None
    seconds: float | None
    outcome: ListedOutcome | None
    modified: str
    bytes: int
    problem: str | None = None
    changed: bool = False


class Head(msgspec.Struct):
    """As much of a trace as the list needs. What it does not name is passed over, though it must be JSON."""

    format: str | None = None
    version: int = 0
    summary: msgspec.Raw = msgspec.Raw(b"null")
    files: msgspec.Raw = msgspec.Raw(b"null")
    steps: msgspec.Raw = msgspec.Raw(b"null")


# Made once, before any thread of the server: msgspec crashes when two are the first to read a type at once.
HEAD = msgspec.json.Decoder(Head)
SUMMARY = msgspec.json.Decoder(Summary)
ROWS = msgspec.json.Decoder(list[msgspec.Raw])


class Unreadable(Exception):
    """The file cannot be shown. The message is the sentence that says why."""


class Listing:
    """The traces in a folder. A file is read again only when it has changed."""

    def __init__(self, folder: Path, sources: Sources) -> None:
        self.folder = folder
        self.sources = sources
        self.known: dict[str, tuple[tuple[int, int, int], ListedTrace]] = {}

    def to_json(self) -> bytes:
        return msgspec.json.encode(self.traces())

    def traces(self) -> list[ListedTrace]:
        """What there is, sorted by name. A folder that does not exist, or may not be read, holds nothing."""
        fresh: dict[str, tuple[tuple[int, int, int], ListedTrace]] = {}
        for file_name in self.names():
            file = open_inside(self.folder, file_name)
            if file is None:
                continue
            with file:
                status = os.fstat(file.fileno())
                state = (status.st_ino, status.st_mtime_ns, status.st_size)
                known = self.known.get(file_name)
                if known and known[0] == state:
                    fresh[file_name] = known
                else:
                    data = file.readall() if status.st_size <= LARGEST else None
                    fresh[file_name] = (state, listed(file_name, status, data))
                    self.sources.note(file_name, state, data or b"")
            fresh[file_name][1].changed = self.sources.has_news(file_name)
        self.known = fresh
        return [entry for _, entry in fresh.values()]

    def names(self) -> Iterator[str]:
        try:
            yield from sorted(path.name for path in self.folder.iterdir() if path.suffix == ".json")
        except OSError:
            return


def listed(file_name: str, status: os.stat_result, data: bytes | None) -> ListedTrace:
    name = file_name.removesuffix(".json")
    entry = ListedTrace(
        name=name,
        url=f"var/traces/{quote(file_name)}",
        title=name,
        steps=None,
        seconds=None,
        outcome=None,
        modified=datetime.fromtimestamp(int(status.st_mtime), UTC).isoformat().replace("+00:00", "Z"),
        bytes=status.st_size,
    )
    try:
        if data is None:
            raise Unreadable(f"The file has {status.st_size / 2**30:.1f} GiB, more than the viewer can open.")
        describe(entry, data)
    except Unreadable as problem:
        entry.problem = str(problem)
    return entry


def describe(entry: ListedTrace, data: bytes) -> None:
    """Fill in what the file says of itself. Raises Unreadable."""
    try:
        head = HEAD.decode(data)
    except msgspec.ValidationError:
        raise Unreadable("The file is JSON but not a trace.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "truncated" in str(error) and data.lstrip()[:1] == b"{":
            raise Unreadable("The file ends in the middle: make the trace again, or copy it again.") from None
        raise Unreadable("The file is not JSON, so it is no trace.") from None
    if head.format is None and bytes(head.files)[:1] == b"{" and bytes(head.steps)[:1] == b"[":
        entry.title = f"{entry.name}: an edtrace trace"
        entry.steps = count(head.steps)
        return
    if head.format != FORMAT:
        raise Unreadable("The file is JSON but not a trace.")
    if head.version > VERSION:
        raise Unreadable(
            f"The trace has version {head.version} of the format and this viewer reads up to {VERSION}: update this project."
        )
    try:
        summary = SUMMARY.decode(head.summary)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("The trace is damaged: its summary is not as it should be; make it again.") from None
    entry.title = summary.title[:LONGEST_TEXT] or entry.name
    entry.steps = summary.steps
    entry.seconds = summary.seconds
    entry.outcome = ListedOutcome(summary.outcome.status, summary.outcome.message[:LONGEST_TEXT])


def count(steps: msgspec.Raw) -> int | None:
    try:
        return len(ROWS.decode(steps))
    except (msgspec.DecodeError, RecursionError):
        return None
