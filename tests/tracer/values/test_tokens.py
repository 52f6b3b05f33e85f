"""Token ids with their texts: every kind of ids, every kind of decoder, and what is wrong with either."""

from __future__ import annotations

import array
import json
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tracer.format import schema
from tracer.format.schema import Opaque, Sequence, Tokens
from tracer.values import Limits
from tracer.values.tokens import MOST, PIECE, encoded_tokens

VOCABULARY = {0: b"He", 1: b"llo", 2: b" w\xc3\xb6rld", 3: b"\xe2\x80", 4: "\n"}


def shown(ids: Any, decoder: Any = VOCABULARY, limits: Limits | None = None) -> Any:
    limits = limits or Limits()
    data = encoded_tokens(ids, decoder, limits)
    assert len(data) <= limits.bytes
    return msgspec.json.decode(data, type=schema.Value)


class Text:
    def decode(self, ids: list[int]) -> str:
        return "".join(chr(97 + number) for number in ids)


class Both(Text):
    def decode_bytes(self, ids: list[int]) -> bytes:
        return bytes(0xF0 + number for number in ids)


@pytest.mark.parametrize(
    ("decoder", "pieces"),
    [
        (VOCABULARY, ["He", "llo", " wörld", "\\xe2\\x80", "\n"]),
        (Text(), list("abcde")),
        (Both(), ["\\xf0", "\\xf1", "\\xf2", "\\xf3", "\\xf4"]),
        (list("vwxyz"), list("vwxyz")),
        (lambda number: str(number) * 2, ["00", "11", "22", "33", "44"]),
        (bytearray.fromhex, None),
    ],
)
def test_decoders(decoder: Any, pieces: list[str] | None) -> None:
    found = shown([0, 1, 2, 3, 4], decoder)
    if pieces is None:
        assert isinstance(found, Opaque)
    else:
        assert found == Tokens(type="list", ids=[0, 1, 2, 3, 4], pieces=pieces, length=5)


class Numbers(list[int]):
    def __iter__(self) -> Any:
        raise AssertionError

    __len__ = __getitem__ = __iter__


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        ([0, 1], "list"),
        ((0, 1), "tuple"),
        (range(2), "range"),
        (deque([0, 1]), "deque"),
        (array.array("H", [0, 1]), "array"),
        (b"\x00\x01", "bytes"),
        (Numbers([0, 1]), "Numbers"),
    ],
)
def test_ids(ids: Any, name: str) -> None:
    assert shown(ids) == Tokens(type=name, ids=[0, 1], pieces=["He", "llo"], length=2)


def test_one_id_and_none() -> None:
    assert shown(1) == Tokens(type="int", ids=[1], pieces=["llo"], length=1)
    assert shown([]) == Tokens(type="list", ids=[], pieces=[], length=0)


def test_a_batch_is_a_sequence_of_rows() -> None:
    row = Tokens(type="list", ids=[1, 0], pieces=["llo", "He"], length=2)
    assert shown([[1, 0]] * 50) == Sequence(type="list", items=[row] * 20, length=50)
    long = shown([[0] * 5_000] * 4)
    assert [(len(each.ids), each.length) for each in long.items] == [(500, 5_000)] * 4
    assert shown([[], [1]]).items[0] == Tokens(type="list", ids=[], pieces=[], length=0)


def test_tensors_and_arrays() -> None:
    torch: Any = pytest.importorskip("torch")
    numpy: Any = pytest.importorskip("numpy")
    for made in (torch.tensor, numpy.array):
        name = type(made([0])).__name__
        assert shown(made([0, 1])) == Tokens(type=name, ids=[0, 1], pieces=["He", "llo"], length=2)
        assert shown(made(1)) == Tokens(type=name, ids=[1], pieces=["llo"], length=1)
        batch = shown(made([[0, 1], [1, 2]]))
        assert [each.pieces for each in batch.items] == [["He", "llo"], ["llo", " wörld"]]
        assert "one axis" in shown(made([[[0]]])).problem
        assert "float" in shown(made([0.5])).problem
        assert shown([made(0), made(1)]).pieces == ["He", "llo"]
        long = shown(made([0] * 3_000))
        assert (len(long.ids), long.length) == (MOST, 3_000)
    assert shown([numpy.int64(0), numpy.uint8(1)]).pieces == ["He", "llo"]
    assert "meta" in shown(torch.zeros(3, dtype=torch.int64, device="meta")).problem
    counted = torch.utils.flop_counter.FlopCounterMode(display=False) if hasattr(torch.utils, "flop_counter") else None
    state = torch.random.get_rng_state()
    with counted or torch.no_grad():
        assert shown(torch.tensor([[0, 1]])[:, 1:]).items[0].ids == [1]
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("ids", "problem"),
    [
        (None, "this is a NoneType"),
        ("text", "this is a str"),
        ([1.0], "holds a float"),
        ([True], "holds a bool"),
        ([None, 1], "holds a NoneType"),
        ([2**60], "below 2**53"),
        ([[[1]]], "nested deeper"),
        ([[1], 2], None),
        ([1, 99], "no text for the token id 99"),
    ],
)
def test_what_are_no_ids(ids: Any, problem: str | None) -> None:
    found = shown(ids)
    if problem is None:
        assert isinstance(found, Sequence)  # a row of one
    else:
        assert isinstance(found, Opaque)
        assert problem in (found.problem or "")


def raising(error: BaseException) -> Callable[[int], str]:
    def decode(_number: int) -> str:
        raise error

    return decode


@pytest.mark.parametrize(
    ("decoder", "problem"),
    [
        (raising(ValueError("no such token")), "the decoder raised ValueError: no such token"),
        (raising(SystemExit(3)), "the decoder raised SystemExit"),
        (lambda number: number, "gives no text for the token id 1, but a int"),
        (3, "a int is no decoder"),
        (None, "is no decoder"),
    ],
)
def test_what_is_no_decoder(decoder: Any, problem: str) -> None:
    found = shown([1, 2, 3], decoder)
    assert (type(found), found.text) == (Opaque, "[1, 2, 3]")
    assert problem in found.problem


def test_an_interrupt_is_the_readers() -> None:
    with pytest.raises(KeyboardInterrupt):
        encoded_tokens([1], raising(KeyboardInterrupt()))


def test_a_dictionary_gets_no_entries() -> None:
    texts: defaultdict[int, str] = defaultdict(str, {1: "a"})
    assert "no text for the token id 2" in shown([1, 2], texts).problem
    assert dict(texts) == {1: "a"}


def test_what_a_decoder_prints_is_swallowed(capsys: pytest.CaptureFixture[str]) -> None:
    out = sys.stdout
    assert shown([1], lambda number: print("loud") or "x").pieces == ["x"]
    assert sys.stdout is out
    assert capsys.readouterr().out == ""


def test_a_slow_decoder_is_not_waited_for() -> None:
    calls = []

    def slow(number: int) -> str:
        calls.append(number)
        time.sleep(0.04)
        return str(number)

    found = shown(list(range(1_000)), slow)
    assert found.length == 1_000
    assert 1 <= len(found.ids) == len(calls) < 20


def test_a_token_is_decoded_once() -> None:
    calls = []
    found = shown([7] * 500 + [8], lambda number: calls.append(number) or "x")
    assert (len(found.ids), calls) == (501, [7, 8])


def test_long_texts_and_narrow_limits() -> None:
    found = shown([1], lambda number: "x" * 10**6)
    assert found.pieces == ["x" * (PIECE - 1) + "…"]
    assert shown([1], lambda number: "\ud800\u2028").pieces == ["\ufffd\u2028"]
    few = shown(list(range(2_000)), lambda number: "\x00" * 90, Limits(bytes=1_000))
    assert few.length == 2_000
    assert len(few.ids) == len(few.pieces) < 10
    rows = shown([[0] * 100] * 20, lambda number: "\x00" * 90, Limits(bytes=1_000))
    assert rows.length == 20
    assert json.loads(encoded_tokens([0], lambda number: b"\xff" * 500))["pieces"][0].endswith("…")
