"""Values that raise, exit, print, lie or have no end: the picture is taken all the same, and the program does not notice."""

from __future__ import annotations

import collections
import contextlib
import subprocess
import sys
from typing import Any

import pytest

from tracer.format.schema import Instance, Mapping, Opaque, Sequence
from tracer.format.struct import to_json
from tracer.values import picture


def leave(*_: Any) -> Any:
    raise SystemExit("called")


SPECIAL = ["getattribute", "getattr", "setattr", "repr", "str", "len", "iter", "eq", "hash", "bool", "dir", "reduce_ex"]

Liar: Any = type("Liar", (), {f"__{name}__": leave for name in SPECIAL} | {"__class__": property(leave)})
"""Every way a class has to run code when an instance is looked at."""

Hider: Any = type("Hider", (), {"__dict__": property(leave)})
"""A class that hides the dictionary of its instances: no way leads there but through its code."""


def liar() -> Any:
    made = object.__new__(Liar)
    object.__setattr__(made, "field", 1)
    return made


class Meta(type):
    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(name)

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError("eq")

    __hash__ = None  # type: ignore[assignment]

    @property
    def __mro__(cls) -> Any:
        raise RuntimeError("mro")


class UnderMeta(metaclass=Meta):
    def __init__(self) -> None:
        self.a = 1


def forbid(*_: Any, **__: Any) -> Any:
    raise AssertionError("a method of the value was called")


Subverted = {
    base: type(
        f"My{base.__name__}",
        (base,),
        dict.fromkeys(
            ["__iter__", "__len__", "__getitem__", "__repr__", "__str__", "__eq__", "__lt__", "__contains__"], forbid
        )
        | ({"items": forbid, "keys": forbid} if issubclass(base, dict) else {})
        | {"__hash__": base.__hash__},
    )
    for base in (list, tuple, set, frozenset, dict, collections.deque, str, bytes, int, float)
}


def test_nothing_of_a_hostile_object_runs() -> None:
    assert picture(liar()) == Instance(type="Liar", fields=[("field", 1)], length=1)
    assert picture(UnderMeta()) == Instance(type="UnderMeta", fields=[("a", 1)], length=1)
    assert picture(Hider()) == Instance(type="Hider", fields=[], length=0)
    to_json(picture([liar(), {1: liar()}, UnderMeta, Liar]))


@pytest.mark.parametrize("base", Subverted, ids=lambda base: base.__name__)
def test_subclasses_are_read_past_their_methods(base: Any) -> None:
    content: Any = {list: [1], dict: {1: 2}, str: "x", bytes: b"x", int: 5, float: 0.5}.get(base, (1,))
    shown: Any = picture(Subverted[base](content))
    assert shown.type == f"My{base.__name__}"
    assert not getattr(shown, "problem", None)
    assert getattr(shown, "length", 1) == 1


class Teller:
    """A class without fields: only its `__repr__` can say anything."""

    __slots__ = ()
    error: BaseException = SystemExit(3)

    def __repr__(self) -> str:
        print("noise")
        print("noise", file=sys.stderr)
        raise self.error


@pytest.mark.parametrize(
    "error", [SystemExit(3), RecursionError("deep"), GeneratorExit(), ValueError("bad\nworse"), MemoryError()], ids=repr
)
def test_a_repr_that_prints_and_raises(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    Teller.error = error
    out, err = sys.stdout, sys.stderr
    shown = picture([Teller()])
    assert isinstance(shown, Sequence)
    teller = shown.items[0]
    assert isinstance(teller, Opaque)
    assert teller.problem is not None
    assert teller.problem.startswith(f"its __repr__ raised {type(error).__name__}")
    assert "\n" not in teller.problem
    assert (sys.stdout, sys.stderr) == (out, err)
    assert capsys.readouterr() == ("", "")


def test_a_keyboard_interrupt_goes_through() -> None:
    Teller.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        picture([Teller()])


def test_other_threads_may_print_meanwhile(capsys: pytest.CaptureFixture[str]) -> None:
    import threading

    class Waits:
        __slots__ = ()

        def __repr__(self) -> str:
            print("hidden")
            thread = threading.Thread(target=print, args=("heard",))
            thread.start()
            thread.join()
            return "done"

    assert picture(Waits()) == Opaque(type="Waits", text="done")
    assert capsys.readouterr().out == "heard\n"


def test_a_repr_that_does_not_return_a_string_or_returns_too_much() -> None:
    class Wrong:
        __slots__ = ()

        def __repr__(self) -> Any:
            return 3

    class Long:
        __slots__ = ()

        def __repr__(self) -> str:
            return "x\udc80" * 100_000

    wrong, long = picture(Wrong()), picture(Long())
    assert isinstance(wrong, Opaque)
    assert wrong.problem is not None
    assert isinstance(long, Opaque)
    assert long.cut
    assert long.text == "x\ufffd" * 1_000


def test_asdict_that_fails_or_lies_gives_the_fields() -> None:
    class Fails:
        def __init__(self) -> None:
            self.a = 1

        def asdict(self) -> Any:
            print("noise")
            raise SystemExit

    class Lies(Fails):
        def asdict(self) -> Any:
            return 3

    class Cyclic(Fails):
        def asdict(self) -> Any:
            return {"me": self}

    shown = picture(Fails())
    assert isinstance(shown, Instance)
    assert shown.fields == [("a", 1)]
    assert isinstance(picture(Lies()), Instance)
    cyclic = picture(Cyclic())
    assert isinstance(cyclic, Mapping)
    assert to_json(cyclic).count(b"cycle") == 1


def test_deep_wide_and_odd_values_end() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    strange = type("x" * 10_000, (), {})()
    strange.__dict__.update({"a" * 10_000: 1, "\ud800": 2})
    for value in (deep, [[0] * 1000] * 1000, {i: {i: i} for i in range(1000)}, "x" * 10**7, strange, range(10**30)):
        assert len(to_json(picture(value))) < 50_000
    while deep:  # freed one by one: a deep chain overflows the stack of some versions when freed at once
        deep = deep.pop()


def test_at_the_end_of_the_stack() -> None:
    inside: list[RecursionError] = []
    taken: list[Any] = []

    def fall() -> None:
        try:
            taken.append(picture([{"a": [1]}]))
        except RecursionError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                inside.append(error)
        fall()

    with contextlib.suppress(RecursionError):
        fall()
    assert not inside  # one where `picture` itself could not be called is the caller's
    assert len(taken) > 100
    assert len({to_json(shown) for shown in taken}) > 1  # the last ones could not be taken, and say so


def test_looking_imports_nothing() -> None:
    program = """
import sys
from tracer.values import picture
class Tensor: pass
Tensor.__module__ = "torch"
for value in (1, 2.5, "x", [1, {2: 3}], {1, 2}, object(), Tensor(), len, sys): picture(value)
print([name for name in ("numpy", "torch", "pandas", "sympy", "matplotlib", "PIL") if name in sys.modules])
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"
