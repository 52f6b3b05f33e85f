"""From the bytes of a source file to the text that the interpreter makes of them, and reading that text in silence."""

from __future__ import annotations

import io
import os
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from tracer.values.text import clean

__all__ = ["UNREADABLE", "decoded", "shown_path", "without_warnings"]

UNREADABLE = (OSError, SyntaxError, ValueError, LookupError, RecursionError, MemoryError)
"""What reading and parsing a file may raise: a codec that is none, nesting too deep for the parser, and the usual."""


def decoded(data: bytes) -> str:
    """The text of Python source: by its coding comment, without a byte-order mark, every line ended by a line feed.

    Raises one of UNREADABLE.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return clean(io.TextIOWrapper(io.BytesIO(data), encoding).read())


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path that can be written anywhere: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


@contextmanager
def without_warnings() -> Iterator[None]:
    """Parse and compile without a word: the interpreter warns of the same lines when it compiles them itself.

    `warnings.catch_warnings` would make it forget which warnings it has shown, so that a lecture in its middle would show
    some again. The filter is put in place past the function that does that.
    """
    filters = cast("list[object]", warnings.filters)
    ignoring = ("ignore", None, Warning, None, 0)
    filters.insert(0, ignoring)
    try:
        yield
    finally:
        filters.remove(ignoring)
