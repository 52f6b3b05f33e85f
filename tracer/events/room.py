"""Room on the stack: a lecture deep in recursion leaves the engine none of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["DEEP", "Room"]

DEEP = 64
"""Activations from which on a lecture counts as deep in recursion."""

FRAMES = 80
"""Frames that writing a step may need, the picture of a nested value included."""


class Room:
    """Raises the recursion limit for as long as something is done, and knows when it could not be lowered again."""

    def __init__(self) -> None:
        self._raised_limit = -1

    def make(self, action: Callable[..., None], *arguments: Any) -> None:
        limit = sys.getrecursionlimit()
        if limit == self._raised_limit:
            limit -= FRAMES
        self._raised_limit = limit + FRAMES
        sys.setrecursionlimit(self._raised_limit)
        try:
            action(*arguments)
        finally:
            # Refused while the lecture stands above the limit; then the next step tries again.
            with suppress(RecursionError):
                sys.setrecursionlimit(limit)
