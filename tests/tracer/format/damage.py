"""Ways of damaging a trace or a journal, as hypothesis draws them. Shared by the tests of what reads them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

HOSTILE: list[Any] = [
    None,
    True,
    -1,
    -2,
    0,
    1,
    4,
    7,
    2**31,
    -(2**63),
    2**64,
    10**30,
    10**4000,
    0.5,
    1.0,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "0",
    "\x00",
    "é" * 5000,
    [],
    [0],
    [[]],
    [None],
    {},
    {"kind": "text"},
    {"kind": "nothing"},
    {"__proto__": {"length": 1}},
    {"length": 2**53, "kind": "sequence", "type": "list", "items": []},
    {"kind": "tensor", "type": "Tensor", "shape": [2**40, 2**40], "dtype": "float32", "elements": [1.0]},
]
"""What may stand anywhere in a damaged file."""

JUNK = [
    b"\x00" * 64,
    b"\xff\xfe",
    b"\\n\\u001b[31m",
    b"\\ud800",
    b'"\\n":',
    b'"',
    b"[" * 100_000,
    b"}",
    b"\n",
    b"-",
    b"NaN",
    b"9" * 30,
    b"e999",
]
"""What may be written into the middle of one."""


def cells(document: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Every place in a document: what holds it, and its key or index there. Breadth first: what is near the top is early."""
    found: list[tuple[Any, Any]] = []
    holders: list[Any] = [document]
    for holder in holders:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                holders.append(holder[key])
    return found


@st.composite
def damaged_trees(draw: st.DrawFn, text: str) -> bytes:
    """The document with one to three places in it replaced, removed, doubled, or a little off."""
    document = json.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        places = cells(document)
        tables = {id(column) for table in document.values() if isinstance(table, dict) for column in table.values()}
        in_columns = [place for place in places if id(place[0]) in tables]
        holder, key = draw(st.sampled_from(draw(st.sampled_from([places, in_columns or places, places[:200]]))))
        how = draw(st.sampled_from(["replace", "remove", "double", "off", "off"]))
        if how == "remove":
            del holder[key]
        elif how == "double" and isinstance(holder, list):
            holder.insert(key, deepcopy(holder[key]))
        elif how == "off" and type(holder[key]) is int:
            holder[key] += draw(st.sampled_from([-1, 1, 2, -3, 40]))
        else:
            holder[key] = deepcopy(draw(st.sampled_from(HOSTILE)))  # what stands in the list must stay as it is
    return json.dumps(document).encode()


@st.composite
def damaged_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes cut off, with some flipped, taken out, put in twice, or overwritten by something else."""
    size = len(data)
    how = draw(st.sampled_from(["cut", "flip", "take", "repeat", "write"]))
    start = draw(st.integers(0, size - 1))
    if how == "cut":
        return data[:start]
    if how == "flip":
        changed = bytearray(data)
        for place in draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=8)):
            changed[place] ^= 1 << draw(st.integers(0, 7))
        return bytes(changed)
    end = min(size, start + draw(st.integers(1, 400)))
    if how == "take":
        return data[:start] + data[end:]
    if how == "repeat":
        return data[:end] + data[start:]
    return data[:start] + draw(st.sampled_from(JUNK)) + data[start:]
