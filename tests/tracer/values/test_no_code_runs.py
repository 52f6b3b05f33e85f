"""Looking at a value runs nothing that its class, its metaclass or what it holds defines."""

from __future__ import annotations

import array
import collections
import collections.abc
import contextlib
import ctypes
import enum
import functools
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.values.holding import seen, texts
from tracer.format.schema import Bytes, Cut, Definition, Instance, Mapping, Opaque, Sequence
from tracer.values import Limits, picture


def caught(*_: Any, **__: Any) -> Any:
    raise SystemExit("code of the value ran")


class Meta(type):
    """A metaclass that answers every question about its classes with an exit."""

    __getattribute__ = __call__ = __repr__ = __instancecheck__ = __subclasscheck__ = __eq__ = __hash__ = caught  # type: ignore
    __iter__ = __len__ = __bool__ = __contains__ = __getitem__ = caught


CLASSES: list[Any] = [
    Meta("Odd", (), {"__repr__": caught, "__getattribute__": caught, "__eq__": caught, "__hash__": object.__hash__}),
    Meta("OddList", (list,), {}),
]
"""In a list, because pytest asks whatever lies in a module."""


def odd() -> Any:
    made = object.__new__(CLASSES[0])
    object.__setattr__(made, "field", 1)
    return made


def annotated(x=odd(), *, y: int = odd()) -> None: ...  # type: ignore # noqa: B008


annotated.__annotations__ = {"y": CLASSES[0], "return": odd()}


class Asks(collections.abc.Mapping[str, int]):
    __getitem__ = __iter__ = __len__ = caught


class OddModule(types.ModuleType):
    __getattribute__ = caught


class OddEnum(enum.Enum):
    RED = 1
    __repr__ = __str__ = __format__ = caught
    name = value = property(caught)


def under(base: type, made: Any = None) -> Any:
    """A subclass of a builtin that redefines all of it."""
    kept = {"__new__", "__init__", "__class__", "__init_subclass__", "__subclasshook__", "__class_getitem__", "__doc__"}
    members: dict[str, Any] = {
        name: caught if name.startswith("__") else property(caught)
        for name in dir(base)
        if name not in kept and callable(getattr(base, name))
    }
    cls: Any = type(f"My{base.__name__}", (base,), members | {"__class__": property(caught)})
    return base.__new__(cls) if made is None else base.__new__(cls, made)


def cell() -> Any:
    held = odd()
    return (lambda: held).__closure__[0]  # type: ignore[index]


HOSTILE: dict[str, Callable[[], Any]] = {
    "instance": odd,
    "class": lambda: CLASSES[0],
    "in a list": lambda: [odd(), CLASSES[0]],
    "in a set": lambda: {odd(), odd()},
    "in a set with others": lambda: {1, "a", odd()},
    "in a tuple in a set": lambda: {(odd(), 1), (odd(), 2)},
    "as a key": lambda: {odd(): odd()},
    "default and annotation": lambda: annotated,
    "partial": lambda: functools.partial(print, odd(), x=odd()),
    "method of it": lambda: types.MethodType(annotated, odd()),
    "method of a builtin": lambda: list.append.__get__(list.__new__(CLASSES[1])),
    "slice": lambda: slice(odd(), None),
    "mapping": lambda: object.__new__(Asks),
    "view of a mapping": lambda: types.MappingProxyType(object.__new__(Asks)),
    "view of a dict": lambda: types.MappingProxyType(under(dict)),
    "module": lambda: OddModule("odd"),
    "cell": cell,
    "enum": lambda: OddEnum.RED,
    "names of a tuple": lambda: type("Pair", (tuple,), {"_fields": (odd(), "b")})((1, 2)),
    "argument of an exception": lambda: ValueError(odd()),
    "field": lambda: types.SimpleNamespace(held=odd()),
    "weak": lambda: weakref.WeakValueDictionary(),
}


def told(make: Callable[[], Any]) -> Any:
    """The problems that the picture tells, or how taking it failed: a report of pytest's would ask the value itself."""
    try:
        return texts(seen(make()))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_nothing_runs(make: Callable[[], Any]) -> None:
    assert told(make) == []


@pytest.mark.parametrize(
    "base",
    [
        *(
            int,
            str,
            float,
            complex,
            bytes,
            bytearray,
            list,
            tuple,
            dict,
            set,
            frozenset,
            array.array,
            functools.partial,
        ),
        *(collections.deque, collections.OrderedDict, collections.Counter, collections.defaultdict),
    ],
    ids=lambda base: base.__name__,
)
def test_nothing_of_a_subclass_of_a_builtin_runs(base: type) -> None:
    made = {array.array: "i", functools.partial: print}.get(base)
    assert told(lambda: under(base, made)) == []
    assert picture(under(base, made)).type == f"My{base.__name__}"  # type: ignore[union-attr]


def test_a_weak_reference_is_not_asked_what_it_leads_to() -> None:
    class Named:
        @property
        def __name__(self) -> str:
            return caught()  # type: ignore[no-any-return]

    named = Named()
    reference, proxy = weakref.ref(named), weakref.proxy(named)
    assert seen(reference) == Opaque(type="ReferenceType", text="to a Named")
    assert texts(seen(proxy)) == []
    del named
    assert seen(reference) == Opaque(type="ReferenceType", text="dead")


def test_a_class_whose_module_is_no_module() -> None:
    class Lost:
        pass

    sys.modules["odd"] = odd()
    try:
        Lost.__module__ = "odd"
        assert picture(Lost, locate=lambda name: 0) == Definition(type="class", name="Lost")
    finally:
        del sys.modules["odd"]


def test_nothing_is_inserted_taken_or_moved() -> None:
    table: collections.defaultdict[str, list[int]] = collections.defaultdict(list)
    chain = collections.ChainMap({"a": 1}, table)
    iterator, entries = iter([1, 2]), iter({1: 2}.items())
    for value in (table, chain, iterator, entries, zip(iterator, strict=False), {"a": 1}.keys()):
        seen(value)
    assert not table
    assert (list(iterator), list(entries)) == ([1, 2], [(1, 2)])


def test_coroutines_are_not_started() -> None:
    started: list[int] = []

    async def work() -> None:
        started.append(1)

    async def several() -> Any:
        started.append(1)
        yield 1

    coroutine, generator = work(), several()
    assert seen(coroutine) == Opaque(type="coroutine", text="work, not started")
    assert seen(generator).text == "several, not started"
    assert not started
    coroutine.close()


def test_pointers_are_not_followed() -> None:
    class Pair(ctypes.Structure):
        _fields_ = [("number", ctypes.c_int), ("text", ctypes.c_char_p), ("next", ctypes.POINTER(ctypes.c_int))]

    pair = Pair(3)
    ctypes.c_void_p.from_address(ctypes.addressof(pair) + Pair.text.offset).value = 8  # reading there would be fatal
    text = ctypes.c_char_p()
    ctypes.c_void_p.from_address(ctypes.addressof(text)).value = 8
    elsewhere = Opaque(type="Address", text="not followed")
    assert seen(pair) == Instance(
        type="Pair", fields=[("number", 3), ("text", elsewhere), ("next", elsewhere)], length=3
    )
    assert seen(text) == Opaque(type="c_char_p", text="an address, not followed")
    assert seen((ctypes.c_int * 3)(1, 2)) == Sequence(type="c_int_Array_3", items=[1, 2, 0], length=3)
    assert seen((ctypes.c_char_p * 2)()).items == [elsewhere, elsewhere]
    assert seen(ctypes.c_double(0.5)) == Opaque(type="c_double", text="0.5")


def test_memory_views_and_proxies_say_what_is_in_them() -> None:
    view = memoryview(b"abc")
    view.release()
    assert seen(view) == Opaque(type="memoryview", text="released")
    assert seen(memoryview(array.array("h", [1, -2]))) == Sequence(type="memoryview", items=[1, -2], length=2)
    assert seen(memoryview(b"abcdef")[::-2]) == Bytes(text="fdb", length=3, type="memoryview")
    moved = collections.OrderedDict(a=1, b=2)
    moved.move_to_end("a")
    assert seen(types.MappingProxyType(moved)) == Mapping(type="mappingproxy", entries=[("b", 2), ("a", 1)], length=2)
    assert seen(slice(1, None, 2)) == Opaque(type="slice", text="slice(1, None, 2)")
    assert seen([slice([1], 2)], Limits(depth=1)).items == [Cut(reason="depth", type="slice")]


def test_objects_whose_fields_are_missing_have_none() -> None:
    import dataclasses

    @dataclasses.dataclass(slots=True)
    class Config:
        layers: int

    assert seen(object.__new__(Config)) == Instance(type="Config", fields=[], length=0)


def test_an_exception_tells_what_its_class_says() -> None:
    class Told(Exception):
        def __str__(self) -> str:
            print("noise")
            return "in words"

    assert seen(Told()) == Opaque(type="Told", text="in words")


@pytest.mark.parametrize(
    "make", [type, lambda name, bases, members: Meta(name, bases, members)], ids=["type", "metaclass"]
)
def test_no_reference_is_kept(make: Any) -> None:
    import gc

    def kept() -> list[Any]:
        cls: Any = make("Short", (), {"__repr__": object.__repr__})
        value = object.__new__(cls)
        object.__setattr__(value, "held", {"a": [value]})
        seen(value)
        seen([value, cls])
        with contextlib.suppress(Exception):
            seen({value: cls})
        return [weakref.ref(value), weakref.ref(cls)]

    references = kept()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
