"""The walk through a value: what is opened, how far, and what is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from tracer.format.schema import Cut, LongText, Opaque, Value
from tracer.values.guard import explain
from tracer.values.limits import Limits
from tracer.values.numbers import EXACT, number
from tracer.values.registry import handler_of
from tracer.values.text import clean
from tracer.values.types import type_name

__all__ = ["Walker", "picture"]

_DEFAULT = Limits()
_SHORT = 40  # characters of a string too short to be worth counting
_LOST = Opaque(type="object", problem="the picture could not be taken")  # made beforehand: the stack may be at its end
_EVEN_SHARE = 20  # nodes left below which siblings are no longer held back for


def picture(value: object, limits: Limits = _DEFAULT, locate: Callable[[str], int | None] | None = None) -> Value:
    """A bounded picture of `value` as it is now. Never raises (but for a KeyboardInterrupt).

    `locate(filename)` is the index of a source file in the record, or None; functions and classes then lead to their line.
    """
    if value is None or type(value) is bool or (type(value) is int and -EXACT < value < EXACT):
        return value
    try:
        walker = Walker(limits, locate)
        return walker.see(value, limits.depth)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return _LOST


class Walker:
    """One walk: the limits, what is left of them, and which containers are open above.

    Three things run out: nodes, characters of strings, cells of arrays. Whatever lies inside a container may take at most
    half of what is left of each, so that a large first item leaves room for the items after it.
    """

    __slots__ = ("cells", "characters", "exact", "inside_module", "limits", "locate", "nodes", "open")

    def __init__(self, limits: Limits, locate: Callable[[str], int | None] | None = None) -> None:
        self.limits = limits
        self.locate = locate
        self.nodes = limits.nodes
        self.characters = 10 * limits.characters
        self.cells = limits.side * limits.side
        self.exact = limits.exact
        self.inside_module = False
        self.open: set[int] = set()

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
        self.characters -= min(length, room)
        return clean(text, room), length > room

    def string(self, text: str, depth: int) -> str | LongText:
        shown, cut = self.text(text, depth)
        return LongText(text=shown, length=str.__len__(text)) if cut else shown

    def array_room(self, depth: int) -> int:
        """How many cells an array may take."""
        return self.cells // 2 if depth < self.limits.depth else self.cells
