"""The rows of the record on their way into the journal: what is long is written once and referred to by its number.

One lock makes several rows one piece: whoever writes holds it, on whatever thread.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from tracer.format.journal import Journal

__all__ = ["Rows"]

LONGEST_KEY = 64
"""Bytes up to which a thing is its own key; beyond, its digest is, so that what was written need not be kept."""

MOST_KNOWN = 1 << 17
"""Contents that are remembered. A run that makes more forgets them, and may write one a second time: better than memory
that grows with every step."""


class Rows:
    """Tables and interned lists over a journal. A number is given out only after its row was written."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.lock = threading.RLock()
        self._numbers: dict[str, dict[Any, int]] = {"strings": {}}
        self._counts: dict[str, int] = {}
        self._values: dict[bytes, int] = {}
        self._value_count = 0

    def add(self, table: str, *columns: int) -> None:
        """A row of integers."""
        self.journal.add(f'["{table}",{",".join(map(str, columns))}]\n'.encode())

    def string(self, text: str) -> int:
        """The number of a string, such as a name: the same for ever."""
        number = self._numbers["strings"].get(text)
        return self._string(text, text) if number is None else number

    def text(self, text: str) -> int:
        """The number of a string that is not likely to come again."""
        number = self._numbers["strings"].get(text)
        return self._string(text) if number is None else number

    def value(self, content: bytes) -> int:
        """The number of a value, given as JSON. Made at every step: so it is spelt out."""
        known = self._values
        number = known.get(content if len(content) <= LONGEST_KEY else _digest(content))
        if number is None:
            if len(known) >= MOST_KNOWN:
                known.clear()
            self.journal.add(b'["values",%b]\n' % content)
            number = self._value_count
            self._value_count = number + 1
            known[content if len(content) <= LONGEST_KEY else _digest(content)] = number
        return number

    def encoded(self, table: str, content: bytes) -> int:
        """The number of an output or a failure, given as JSON."""
        numbers = self._numbers.setdefault(table, {})
        if len(numbers) >= MOST_KNOWN:
            numbers.clear()
        key = content if len(content) <= LONGEST_KEY else _digest(content)
        number = numbers.get(key)
        if number is None:
            self.journal.add(b'["%b",%b]\n' % (table.encode(), content))
            number = numbers[key] = self._count(table)
        return number

    def distinct(self, table: str, *columns: int) -> int:
        """The number of a row of integers that is written only once."""
        numbers = self._numbers.setdefault(table, {})
        number = numbers.get(columns)
        if number is None:
            self.add(table, *columns)
            number = numbers[columns] = self._count(table)
        return number

    def _string(self, text: str, key: str | None = None) -> int:
        self.journal.row("strings", text.encode("utf-8", "replace").decode())
        number = self._count("strings")
        if key is not None:
            self._numbers["strings"][key] = number
        return number

    def _count(self, table: str) -> int:
        number = self._counts.get(table, 0)
        self._counts[table] = number + 1
        return number


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
