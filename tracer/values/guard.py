"""Running what a value's own class defines, where there is no way around it: it may raise, exit, print or lie."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from tracer.values.text import clean
from tracer.values.types import type_name

__all__ = ["OutOfPatience", "explain", "run_quietly"]


class OutOfPatience(Exception):
    """What classes define has run long enough for one picture."""


class _Mute:
    """A stream that swallows what one thread writes and passes on what the others do."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._thread = get_ident()

    def write(self, text: str) -> int:
        if get_ident() == self._thread:
            return len(text)
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the enclosed code prints out of the program's output: the program itself never printed it."""
    out, err = sys.stdout, sys.stderr
    muted_out, muted_err = _Mute(out), _Mute(err)
    sys.stdout, sys.stderr = muted_out, muted_err
    try:
        yield
    finally:
        if sys.stdout is muted_out:
            sys.stdout = out
        if sys.stderr is muted_err:
            sys.stderr = err


def run_quietly(function: Callable[..., Any], *arguments: object) -> Any:
    with _quiet():
        return function(*arguments)


def explain(error: BaseException) -> str:
    """An exception in one line, without calling its `__str__`, which may be the value's own."""
    arguments = BaseException.__dict__["args"].__get__(error)
    if len(arguments) == 1 and type(arguments[0]) is str and arguments[0]:
        return f"{type_name(type(error))}: {clean(arguments[0].partition(chr(10))[0], 200)}"
    return type_name(type(error))
