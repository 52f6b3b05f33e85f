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


def _from_2(document: dict[str, Any]) -> None:
    """Version 3 adds where loops end, where arrays come from, what operations and memory cost; `costs` was always empty."""
    statements = document.get("statements")
    if isinstance(statements, dict) and isinstance(statements.get("line"), list):
        statements["loop_end"] = [0] * len(statements["line"])
    document.pop("costs", None)
    document["derived"] = {"step": [], "name": [], "source": [], "relation": []}
    operations = ("step", "name", "formula", "phase", "kind", "count", "flops", "bytes")
    document["operations"] = {column: [] for column in operations}
    memory = ("step", "device", "parameters", "gradients", "optimizer", "activations", "other", "peak", "allocated")
    document["memory"] = {column: [] for column in memory}
    document["machines"] = []


def _from_3(document: dict[str, Any]) -> None:
    """Version 4 adds what kernels did to memory, program by program. Before, nobody looked."""
    document["launches"] = {column: [] for column in ("step", "function", "x", "y", "z")}
    document["arrays"] = []
    document["programs"] = {column: [] for column in ("call", "launch", "x", "y", "z")}
    document["regions"] = []
    accesses = ("step", "kind", "array", "region", "elements", "masked", "distinct", "beyond")
    document["accesses"] = {column: [] for column in accesses}


def _from_4(_document: dict[str, Any]) -> None:
    """Version 5 knows runs that go on, as `running`. Before, a trace was made when the run was over."""


def _from_5(document: dict[str, Any]) -> None:
    """Version 6 adds the ranks of distributed runs, and what they said to each other. Before, only one of them was recorded."""
    document["ranks"] = []
    document["groups"] = []
    what = ("step", "name", "operation", "group", "sequence", "peer", "bytes")
    when = ("start", "duration", "asynchronous", "waited_step", "waited_start", "waited_duration")
    document["collectives"] = {column: [] for column in (*what, *when)}


UPGRADERS: dict[int, Callable[[dict[str, Any]], None]] = {1: _from_1, 2: _from_2, 3: _from_3, 4: _from_4, 5: _from_5}
