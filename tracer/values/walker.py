"""The walk through a value: what is opened, how far, and what is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from time import perf_counter
from typing import Any

from tracer.format.schema import Cut, LongText, Opaque, Sequence, Tensor, Value
from tracer.format.struct import to_json
from tracer.values.arrays import named
from tracer.values.guard import OutOfPatience, explain, run_quietly
from tracer.values.limits import Limits
from tracer.values.numbers import EXACT, number
from tracer.values.registry import handler_of
from tracer.values.text import clean
from tracer.values.types import type_name

__all__ = ["Walker", "encoded", "picture"]

_DEFAULT = Limits()
_SHORT = 40  # characters of a string too short to be worth counting
_FEW = 16  # items of a list that is looked at without a walk
_EVEN_SHARE = 20  # nodes left below which siblings are no longer held back for
_PATIENCE = 0.1  # seconds in which what classes define may run for one picture
_LOST = Opaque(type="object", problem="the picture could not be taken")  # made beforehand: the stack may be at its end
_LOST_JSON = to_json(_LOST)

Locate = Callable[[str], int | None]


def picture(value: Any, limits: Limits = _DEFAULT, locate: Locate | None = None) -> Value:
    """A bounded picture of `value` as it is now. Never raises (but for a KeyboardInterrupt).

    `locate(filename)` is the index of a source file in the record, or None; functions and classes then lead to their line.
    """
    kind = type(value)
    if value is None or kind is bool or (kind is int and -EXACT < value < EXACT):
        return value  # type: ignore[no-any-return]
    try:
        if kind is float:
            return number(value)
        if kind is str and len(value) <= _SHORT and value.isascii():
            return value  # type: ignore[no-any-return]
        return _take(value, limits, locate)[0]
    except KeyboardInterrupt:
        raise
    except BaseException:
        return _LOST


def encoded(
    value: Any, limits: Limits = _DEFAULT, locate: Locate | None = None, dimensions: tuple[str, ...] | None = None
) -> bytes:
    """The JSON of the picture of `value`: valid whatever the value is, and at most `limits.bytes` long. Never raises either.

    `dimensions` names the axes of an array, if it has as many (`"..."` and `"*name"` stand for any number of them).

    This is what a recorder asks for at every step, so the commonest values come first and take no walk.
    """
    kind = type(value)
    try:
        if kind is int:
            if -EXACT < value < EXACT:
                return b"%d" % value
        elif kind is str:
            if len(value) <= _SHORT and value.isascii():
                return to_json(value)
        elif kind is float:
            return to_json(number(value))
        elif kind is bool:
            return b"true" if value else b"false"
        elif value is None:
            return b"null"
        elif (kind is list or kind is tuple) and len(value) <= _FEW <= limits.nodes:
            shown = _few(kind, value, limits)
            if shown is not None:
                return to_json(shown)
        return _take(value, limits, locate, dimensions)[1]
    except KeyboardInterrupt:
        raise
    except BaseException:
        return _LOST_JSON


def _few(kind: type, value: Any, limits: Limits) -> Sequence | None:
    """What a walk gives for a few plain values in a list or tuple; None if they are not plain."""
    if limits.items < _FEW or limits.depth < 1:
        return None
    items: list[Value] = []
    for item in value:
        kind_of_item = type(item)
        if kind_of_item is int:
            if not -EXACT < item < EXACT:
                return None
        elif kind_of_item is float:
            item = number(item)
        elif kind_of_item is str:
            if len(item) > _SHORT or not item.isascii():
                return None
        elif item is not None and kind_of_item is not bool:
            return None
        items.append(item)
    return Sequence(type="list" if kind is list else "tuple", items=items, length=len(items))


def _take(
    value: Any, limits: Limits, locate: Locate | None, dimensions: tuple[str, ...] | None = None
) -> tuple[Value, bytes]:
    """The picture and its JSON: taken within narrower limits as often as it is too long."""
    walker = Walker(limits, locate)
    while True:
        shown = walker.see(value, limits.depth)
        if dimensions and type(shown) is Tensor:
            shown.dimensions = named(dimensions, len(shown.shape))
        data = to_json(shown)
        if len(data) <= limits.bytes:
            return shown, data
        if walker.limits.nodes == 0:
            break
        walker = walker.narrower()
    shown = Opaque(type=type_name(type(value)), cut=True, problem="its picture would be too large")
    return shown, to_json(shown)


class Walker:
    """One walk: the limits, what is left of them, and which containers are open above.

    Several things run out: nodes, characters of strings, cells of arrays, elements read for statistics, parts of formulas,
    patience with what classes define. Whatever lies inside a container may take at most half of what is left of each, so
    that a large first item leaves room for the items after it.
    """

    __slots__ = (
        "cells",
        "characters",
        "exact",
        "inside_module",
        "limits",
        "locate",
        "nodes",
        "open",
        "parts",
        "patience",
    )

    def __init__(self, limits: Limits, locate: Locate | None = None, patience: float = _PATIENCE) -> None:
        self.limits = limits
        self.locate = locate
        self.nodes = limits.nodes
        self.characters = 10 * limits.characters
        self.cells = limits.side * limits.side
        self.exact = limits.exact
        self.parts = limits.nodes
        self.patience = patience
        self.inside_module = False
        self.open: set[int] = set()

    def narrower(self) -> Walker:
        """Another walk for a smaller picture of the same."""
        return Walker(self.limits.narrower(), self.locate, self.patience)

    def see(self, value: object, depth: int) -> Value:
        """The picture of one value, `depth` containers deep at most, by the handler of its class."""
        try:
            return handler_of(type(value))(self, value, depth)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # what its class runs may raise anything, SystemExit included
            return Opaque(type=type_name(type(value)), problem=f"not shown: {explain(error)}")

    def children(self, parent: object, items: Iterable[object], length: int, depth: int) -> list[Value]:
        """The pictures of the first items of a container that `stopped` let through; each takes a node."""
        count = min(length, self.limits.items, self.nodes)
        self.nodes -= count
        self.open.add(id(parent))
        try:
            return [
                item if type(item) is int and -EXACT < item < EXACT else self.child(item, depth)
                for item in islice(items, count)
            ]
        finally:
            self.open.discard(id(parent))

    def pairs(
        self, parent: object, items: Iterable[tuple[object, object]], length: int, depth: int
    ) -> list[tuple[Value, Value]]:
        """The same for the entries of a mapping, key and value; each takes two nodes."""
        count = min(length, self.limits.items, self.nodes // 2)
        self.nodes -= 2 * count
        self.open.add(id(parent))
        try:
            return [(self.child(key, depth), self.child(item, depth)) for key, item in islice(items, count)]
        finally:
            self.open.discard(id(parent))

    def fields(
        self, parent: object, items: Iterable[tuple[str, object]], length: int, depth: int
    ) -> list[tuple[str, Value]]:
        """The same for the fields of an instance; each takes a node."""
        count = min(length, self.limits.items, self.nodes)
        self.nodes -= count
        self.open.add(id(parent))
        try:
            return [(clean(name, 100), self.child(item, depth)) for name, item in islice(items, count)]
        finally:
            self.open.discard(id(parent))

    def child(self, value: object, depth: int) -> Value:
        """The picture of something inside a container that was seen at `depth`; what is plain JSON takes the short way."""
        kind = type(value)
        if kind is int:
            if -EXACT < value < EXACT:  # type: ignore[operator]
                return value  # type: ignore[return-value]
        elif kind is str:
            if len(value) <= _SHORT and value.isascii():  # type: ignore[arg-type, attr-defined]
                return value  # type: ignore[return-value]
        elif kind is float:
            return number(value)  # type: ignore[arg-type]
        elif value is None or kind is bool:
            return value  # type: ignore[return-value]
        held = self.nodes // 2 if self.nodes > _EVEN_SHARE else 0
        self.nodes -= held
        try:
            return self.see(value, depth - 1)
        finally:
            self.nodes += held

    def stopped(self, value: object, length: int, depth: int, name: str) -> Cut | None:
        """Why a container must not be opened, if so. An empty one always may."""
        if id(value) in self.open:
            return Cut(reason="cycle", type=name)
        if length == 0:
            return None
        if depth <= 0:
            return Cut(reason="depth", type=name)
        if self.nodes <= 1:
            return Cut(reason="budget", type=name)
        return None

    def text(self, text: str, depth: int) -> tuple[str, bool]:
        """As much of a text as there is room for, and whether that was not all of it."""
        length = str.__len__(text)
        room = self.limits.characters
        if depth < self.limits.depth:
            room = min(room, max(_SHORT, self.characters // 2))
        shown = clean(text, room)
        # What counts is the room in the record, where one character may take up to six bytes.
        self.characters -= len(shown) if shown.isascii() and shown.isprintable() else len(to_json(shown))
        return shown, length > room

    def string(self, text: str, depth: int) -> str | LongText:
        shown, cut = self.text(text, depth)
        return LongText(text=shown, length=str.__len__(text)) if cut else shown

    def array_room(self, depth: int) -> int:
        """How many cells an array may take."""
        return self.cells // 2 if depth < self.limits.depth else self.cells

    def statistics_room(self, depth: int) -> int:
        """How many elements may be read for the statistics of an array."""
        return self.exact // 2 if depth < self.limits.depth else self.exact

    def run(self, function: Callable[..., Any], *arguments: object) -> Any:
        """The result of what a class defines, quietly, and only as long as there is patience left: nothing can stop it
        once it runs, but many of a kind are not waited for. Raises OutOfPatience, and whatever it raises.
        """
        if self.patience <= 0:
            raise OutOfPatience
        before = perf_counter()
        try:
            return run_quietly(function, *arguments)
        finally:
            self.patience -= perf_counter() - before
