"""Room on the stack: a lecture deep in recursion leaves the engine none of its own, and must meet its limit where it would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["DEEP", "is_at_the_edge", "with_room"]

DEEP = 64
"""Activations from which on a lecture counts as deep in recursion."""

EDGE = 12
"""Frames below the recursion limit from which on nothing is recorded: a limit can only be lowered to above where one stands."""

FRAMES = 80
"""Frames that writing a step may need, the picture of a nested value included."""


def with_room(action: Callable[..., None], *arguments: Any) -> None:
    """Do `action` under a limit that is higher for as long; at the edge, where it could not be lowered again, do not."""
    if is_at_the_edge():
        return
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + FRAMES)
    try:
        action(*arguments)
    finally:
        sys.setrecursionlimit(limit)


def is_at_the_edge() -> bool:
    """Whether the recursion limit is so near that room could be taken, but not given back."""
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(1, limit - EDGE))  # refused to whoever stands beyond that
    except RecursionError:
        return True
    sys.setrecursionlimit(limit)
    return False
