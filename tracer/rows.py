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


class Rows:
    """Tables and interned lists over a journal. A number is given out only after its row was written."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.lock = threading.RLock()
        self._numbers: dict[str, dict[Any, int]] = {}

    def add(self, table: str, *columns: int) -> None:
        """A row of integers."""
        self.journal.raw(b'["%b",%b]\n' % (table.encode(), b",".join(b"%d" % column for column in columns)))

    def string(self, text: str) -> int:
        """The number of a string."""
        encoded = text.encode("utf-8", "replace")
        key = encoded if len(encoded) <= LONGEST_KEY else hashlib.blake2b(encoded, digest_size=16).digest()
        return self._number("strings", key, "strings", encoded.decode())

    def encoded(self, table: str, content: bytes) -> int:
        """The number of a value, an output or a failure, given as JSON."""
        numbers = self._numbers.setdefault(table, {})
        key = content if len(content) <= LONGEST_KEY else hashlib.blake2b(content, digest_size=16).digest()
        number = numbers.get(key)
        if number is None:
            self.journal.raw(b'["%b",%b]\n' % (table.encode(), content))
            number = numbers[key] = len(numbers)
        return number

    def distinct(self, table: str, *columns: int) -> int:
        """The number of a row of integers that is written only once."""
        return self._number(table, columns, table, *columns)

    def _number(self, table: str, key: Any, *row: Any) -> int:
        numbers = self._numbers.setdefault(table, {})
        number = numbers.get(key)
        if number is None:
            self.journal.row(*row)
            number = numbers[key] = len(numbers)
        return number
