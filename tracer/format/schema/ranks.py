"""What the ranks of a distributed run said to each other."""

from __future__ import annotations

from tracer.format.struct import Struct


class Collectives(Struct):
    """Table: the times that a rank took part in a collective operation, sent or received, in the order in which they began.

    `step` called it; its rank is that of the step's call. `name` (`all_reduce`, `send`, …) and `operation` (`sum`, `avg`, …;
    empty where nothing is reduced) are strings. Rows with the same `group` (a row of `groups`) and `sequence` are one and the
    same operation, seen by each of its ranks. What one rank sends to another has a group of its own, for each direction and
    tag: the two ranks, sender first. `peer` is the other rank (-1: the whole group takes part, or the rank does not know yet).
    `bytes` are those that this rank hands over; of one that hands over none, those that it has room for.

    `start` is in nanoseconds since the clock base, on the clock that all ranks share, and `duration` what the call took (-1:
    it never returned). With `asynchronous` 1 the call only began the operation: `waited_step` then waited for its end, from
    `waited_start` on, for `waited_duration` (all three -1: nobody did; only the last one: that never ended).
    """

    step: list[int]
    name: list[int]
    operation: list[int]
    group: list[int]
    sequence: list[int]
    peer: list[int]
    bytes: list[int]
    start: list[int]
    duration: list[int]
    asynchronous: list[int]
    waited_step: list[int]
    waited_start: list[int]
    waited_duration: list[int]
