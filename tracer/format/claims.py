"""What a journal says of its process, for others to reckon with: who it is, when it was, with whom it spoke.

Each of these functions returns what it was given, if that can be, and raises ValueError or KeyError if it cannot: a rank beyond
the number of ranks, a moment in another century. What follows may then add and compare without a second look.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["FAR", "group_of", "moment", "of_type", "opening_of_part", "rank_of"]

FAR = 1 << 61
"""Nanoseconds that nothing lasts, nor lies from any clock's base: 73 years. Sums of a few of them fit into 64 bits."""
HIGHEST_RANK = (1 << 31) - 1
HIGHEST_PROCESS = 1 << 53
PLACE = {"rank": int, "members": int, "launch": int}
RANK = {"rank": int, "world_size": int, "world": str, "offset": int, "error": int}
OPENING = {"run": str, "host": str, "process": int, "zero": int, "clocks": str}


def of_type(content: Any, kind: type) -> Any:
    """`content`, if it is of that very type."""
    if type(content) is not kind:
        raise ValueError(content)
    return content


def moment(nanoseconds: Any) -> int:
    """A moment on some clock, or the distance of two."""
    if not -FAR < of_type(nanoseconds, int) < FAR:
        raise ValueError(nanoseconds)
    return int(nanoseconds)


def rank_of(content: Any) -> dict[str, Any]:
    """What a process says when it joins its first process group."""
    found = _having(content, RANK)
    _check_rank(found["rank"], 0, found["world_size"])
    moment(found["offset"])
    if moment(found["error"]) < -1:
        raise ValueError(found)
    return found


def group_of(ranks: Any) -> list[int]:
    """The members of a process group."""
    for rank in of_type(ranks, list):
        _check_rank(rank, 0, None)
    if not ranks:
        raise ValueError(ranks)
    return list(ranks)


def opening_of_part(header: Mapping[str, Any]) -> dict[str, Any]:
    """What the first row of a journal says of its process. In journals of before version 6 nothing."""
    found = {key: of_type(header.get(key, kind()), kind) for key, kind in OPENING.items()}
    clock = header["clock"]
    if type(clock) not in (int, float) or not math.isfinite(clock):
        raise ValueError(clock)
    place = header.get("place") or {}
    if place:
        _having(place, PLACE)
        _check_rank(place["rank"], -1, place.get("world_size"))
        _check_rank(place.get("attempt", 0), 0, None)
    if found["run"] and not 0 <= found["process"] <= HIGHEST_PROCESS:
        raise ValueError(found)
    if found["run"] and not abs(clock) < FAR / 1e9:
        raise ValueError(clock)
    moment(found["zero"])
    return {**found, "clock": clock, "place": place}


def _check_rank(rank: Any, least: int, world_size: Any) -> None:
    beyond = HIGHEST_RANK + 1 if world_size is None else of_type(world_size, int)
    if not least <= of_type(rank, int) < min(beyond, HIGHEST_RANK + 1):
        raise ValueError(rank)


def _having(content: Any, keys: Mapping[str, type]) -> dict[str, Any]:
    """`content`, if it is a mapping with a value of the right type for each of `keys`."""
    mapping: dict[str, Any] = of_type(content, dict)
    for key, kind in keys.items():
        of_type(mapping[key], kind)
    return mapping
