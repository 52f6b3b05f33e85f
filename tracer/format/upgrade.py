"""Traces of older versions, brought to this one: one upgrader a version, and none is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracer.format.schema import VERSION

__all__ = ["upgrade"]


def upgrade(document: dict[str, Any]) -> None:
    """Bring the JSON of a trace to this version, in place. Its version is a whole number from 1 to this one.

    Whether it was a sound trace is for the reader to judge, afterwards.
    """
    for version in range(document["version"], VERSION):
        UPGRADERS[version](document)
        document["version"] = version + 1


def _from_1(document: dict[str, Any]) -> None:
    """Version 2 adds the statements that ran on unrecorded. In version 1 every one was recorded."""
    document["elided"] = {"statement": [], "step": [], "count": []}


UPGRADERS: dict[int, Callable[[dict[str, Any]], None]] = {1: _from_1}
