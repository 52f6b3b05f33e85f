"""What the person at the terminal sees: sentences on stderr, the lectures' own output on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from tracer.terminal import GONE, say

__all__ = ["Logs", "say", "shown", "table"]


def shown(text: str) -> str:
    """A text from the cluster, without what would move the cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


class Logs:
    """The logs of one or several lectures, as they come: one as it is, of several whole lines with the name before each."""

    def __init__(self, names: Sequence[str], shows: bool = True) -> None:
        self._shows = shows
        self._width = max((len(name) for name in names), default=0)
        self._several = len(names) > 1
        self._begun: dict[str, bytes] = {}
        self._open = False

    def show(self, name: str, grown: bytes) -> None:
        if not self._several:
            self._write(grown)
            return
        *lines, rest = (self._begun.get(name, b"") + grown).split(b"\n")
        self._begun[name] = rest
        prefix = f"{name:{self._width}} | ".encode()
        self._write(b"".join(prefix + line + b"\n" for line in lines))

    def end(self, name: str) -> None:
        """Nothing more comes of this one."""
        if rest := self._begun.pop(name, b""):
            self.show(name, b"\n" if self._several and not rest else b"")
            self._write(f"{name:{self._width}} | ".encode() + rest + b"\n")

    def rest(self) -> None:
        """Let the next sentence begin a line of its own."""
        if self._open:
            self._write(b"\n")

    def _write(self, data: bytes) -> None:
        if data and self._shows and sys.stdout is not None:
            self._open = not data.endswith(b"\n")
            with suppress(*GONE):
                sys.stdout.buffer.write(data)
                sys.stdout.flush()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as what is in them."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = ("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)
