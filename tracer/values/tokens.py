"""Token ids with the text of each, as a decoder of the lecture gives it: what a `@tokens` asks for."""

from __future__ import annotations

import array
import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import Any

from tracer.format.schema import Opaque, Sequence, Tokens, Value
from tracer.format.struct import to_json
from tracer.values import numpy as of_numpy
from tracer.values import torch as of_torch
from tracer.values.guard import explain
from tracer.values.limits import INSPECTED, Limits
from tracer.values.mapped import GONE
from tracer.values.text import clean
from tracer.values.types import derives, type_name
from tracer.values.walker import Walker

__all__ = ["encoded_tokens"]

MOST = 2_000
"""Token ids of one picture."""
ROWS = 20
"""Rows of a batch, which share these ids."""
PIECE = 100
"""Characters of the text of one token."""
_TOLD = 20  # ids that are told when their texts are not known

_LISTS: tuple[type, ...] = (list, tuple, range, bytes, bytearray, deque, array.array)


def encoded_tokens(ids: Any, decoder: Any, limits: Limits = INSPECTED) -> bytes:
    """The JSON of `ids` with the text of each, at most `limits.bytes` long. Never raises (but for a KeyboardInterrupt).

    `ids` is one id, a list of them (or a tuple, a 1-d tensor or array, …), or a batch: a list of lists, a tensor of two axes.
    `decoder` has a method `decode_bytes` or `decode`, which is called with `[id]`; or it is looked up (a dictionary, a list);
    or it is called with an id. The text may be a `str` or `bytes`: what of these is no UTF-8 appears as `\\xNN`.
    """
    try:
        shown = _tokens(Walker(limits), ids, decoder)
        data = to_json(shown)
        most = MOST
        while len(data) > limits.bytes and most:
            most //= 2
            data = to_json(_shortened(shown, most))
        return data
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the lecture's own classes may raise anything
        return to_json(Opaque(type=type_name(type(ids)), problem=f"its tokens are not shown: {explain(error)}"))


class _NoTokens(Exception):
    """Why something has no token ids, in words."""


@dataclass(slots=True)
class _Row:
    """The first ids of one text, and how many there are."""

    type: str
    ids: list[int]
    length: int


def _tokens(walker: Walker, ids: Any, decoder: Any) -> Value:
    name = type_name(type(ids))
    try:
        rows, length = _rows(walker, ids)
    except _NoTokens as problem:
        return Opaque(type=name, problem=str(problem))
    batch = length is not None
    if batch and rows:
        for row in rows:
            del row.ids[MOST // len(rows) :]
    pieces: dict[int, str] = {}
    try:
        walker.run(
            _decode, decoder, [token for row in rows for token in row.ids], pieces, perf_counter() + walker.patience
        )
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        told = rows[0].ids[:_TOLD] if rows else []
        why = str(error) if type(error) is _NoTokens else f"the decoder raised {explain(error)}"
        return Opaque(type=name, text=str(told), cut=bool(rows) and len(told) < rows[0].length, problem=why)
    shown = [_with_texts(row, pieces) for row in rows]
    return Sequence(type=name, items=list(shown), length=length) if length is not None else shown[0]


def _with_texts(row: _Row, pieces: dict[int, str]) -> Tokens:
    """A row as far as its texts are known: a slow decoder was not waited for."""
    known = next((at for at, token in enumerate(row.ids) if token not in pieces), len(row.ids))
    ids = row.ids[:known]
    return Tokens(type=row.type, ids=ids, pieces=[pieces[token] for token in ids], length=row.length)


def _shortened(shown: Value, most: int) -> Value:
    """Fewer of the same."""
    if type(shown) is Tokens:
        return Tokens(type=shown.type, ids=shown.ids[:most], pieces=shown.pieces[:most], length=shown.length)
    if type(shown) is Sequence:
        count = min(len(shown.items), most)
        items = [_shortened(item, most // count) for item in shown.items[:count]]
        return Sequence(type=shown.type, items=items, length=shown.length)
    return shown


# ------------------------------------------------------------------------------------------------------------------ ids


def _rows(walker: Walker, ids: Any) -> tuple[list[_Row], int | None]:
    """The ids by rows, and how many rows there are if it is a batch. Raises _NoTokens."""
    axes = _axes(ids)
    if axes is not None:
        return _of_array(walker, ids, axes)
    if type(ids) is int:
        return [_Row("int", [_integer(walker, ids)], 1)], None
    items, length = _items(ids)
    first = next(iter(items), None)
    if _is_list(first) or _axes(first):
        rows = []
        for item in items[:ROWS]:
            found, inner = _rows(walker, item)
            if inner is not None:
                raise _NoTokens("token ids are a list, or a list of lists; this one is nested deeper")
            rows += found
        return rows, length
    return [_Row(type_name(type(ids)), [_integer(walker, item) for item in items], length)], None


def _is_list(value: object) -> bool:
    return any(derives(type(value), base) for base in _LISTS)


def _items(value: Any) -> tuple[list[Any], int]:
    """The first items of a list of any kind, and its length, by the methods of the builtin that it is."""
    base: Any = next((base for base in _LISTS if derives(type(value), base)), None)
    if base is None:
        raise _NoTokens(
            f"`@tokens` shows integer ids: a list, a tensor, an array of them; this is a {type_name(type(value))}"
        )
    items: Iterable[Any] = base.__iter__(value)
    return list(islice(items, MOST)), base.__len__(value)


def _axes(value: object) -> int | None:
    """How many axes a tensor or array has; None for anything else."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and derives(type(value), torch.Tensor):
        with torch._C.DisableTorchFunction():
            return int(torch.Tensor.dim(value))
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and derives(type(value), numpy.ndarray):
        return len(numpy.ndarray.__dict__["shape"].__get__(value))
    return None


def _of_array(walker: Walker, value: Any, axes: int) -> tuple[list[_Row], int | None]:
    if axes > 2:
        raise _NoTokens(f"token ids have one axis, or two for a batch; this has {axes}")
    name, counts = type_name(type(value)), (ROWS, MOST)[2 - axes :]
    torch: Any = sys.modules.get("torch")
    if torch is not None and derives(type(value), torch.Tensor):
        picture, found = of_torch.corner(walker, value, counts)
        shape, dtype = picture.shape, picture.dtype
        if found is None:
            raise _NoTokens(picture.problem or "its elements are not read")
    else:
        numpy: Any = sys.modules["numpy"]
        plain = numpy.ndarray.view(value, numpy.ndarray)
        shape, dtype = list(plain.shape), str(plain.dtype)
        if not of_numpy.extent(plain)[2]:
            raise _NoTokens(GONE)
        found = plain[tuple(map(slice, counts))].tolist()
    lists = found if axes == 2 else [found if axes else [found]]
    if any(type(item) is not int for row in lists for item in row):
        raise _NoTokens(f"token ids are integers; this holds {clean(dtype, 60)}")
    rows = [_Row(name, row, shape[-1] if shape else 1) for row in lists]
    return rows, shape[0] if axes == 2 else None


def _integer(walker: Walker, value: Any) -> int:
    """An id: an int, or a number of torch's or NumPy's that is whole."""
    cls = type(value)
    if derives(cls, int) and cls is not bool:
        whole: int = int.__index__(value)
    elif _axes(value) == 0:
        whole = _of_array(walker, value, 0)[0][0].ids[0]
    else:
        numpy: Any = sys.modules.get("numpy")
        if numpy is None or not derives(cls, numpy.integer):
            raise _NoTokens(f"token ids are integers; this holds a {type_name(cls)}")
        whole = int(value)
    if not -(2**53) < whole < 2**53:
        raise _NoTokens("token ids are integers below 2**53; this holds a larger one")
    return whole


# ---------------------------------------------------------------------------------------------------------------- texts


def _decode(decoder: Any, ids: list[int], pieces: dict[int, str], until: float) -> None:
    """Fill in the text of each id, as far as there is time. Raises _NoTokens, and what the decoder raises."""
    tell = _teller(decoder)
    for token in ids:
        if token not in pieces:
            pieces[token] = _text(tell(token), token)
            if perf_counter() > until:
                return


def _teller(decoder: Any) -> Callable[[int], Any]:
    for name in ("decode_bytes", "decode"):
        method = getattr(decoder, name, None)
        if callable(method):
            return lambda token: method([token])
    if hasattr(type(decoder), "__getitem__"):
        is_dict = derives(type(decoder), dict)

        def look_up(token: int) -> Any:
            try:
                if is_dict and not dict.__contains__(decoder, token):
                    raise KeyError(token)  # a defaultdict is not given an entry
                return decoder[token]
            except (KeyError, IndexError):
                raise _NoTokens(f"the decoder has no text for the token id {token}") from None

        return look_up
    if callable(decoder):
        return lambda token: decoder(token)
    raise _NoTokens(
        f"a {type_name(type(decoder))} is no decoder: it has no `decode`, and cannot be looked up or called"
    )


def _text(found: Any, token: int) -> str:
    cls = type(found)
    if derives(cls, str):
        text = clean(str.__str__(found), PIECE + 1)
    elif derives(cls, bytes) or derives(cls, bytearray):
        text = bytes(found[: 4 * PIECE]).decode("utf-8", "backslashreplace")
    else:
        raise _NoTokens(f"the decoder gives no text for the token id {token}, but a {type_name(cls)}")
    return text if len(text) <= PIECE else text[: PIECE - 1] + "…"
