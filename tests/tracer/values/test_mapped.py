"""Memory that has gone away while something still looks into it: to read it would end the process, so nothing is read."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracer.format.schema import Module, Opaque, Sequence, Tensor
from tracer.values import picture
from tracer.values.mapped import GONE, is_there
from tracer.values.shared import state_of
from tracer.values.tokens import encoded_tokens

SIZE = 1 << 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.write_bytes(bytes(SIZE))
    return path


def mapped(path: Path) -> mmap.mmap:
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), 0)


def test_a_file_that_was_cut_short_is_there_up_to_its_last_page(path: Path) -> None:
    whole = mapped(path)
    address = ctypes.addressof(ctypes.c_char.from_buffer(whole))
    assert is_there(address, SIZE)
    os.truncate(path, mmap.PAGESIZE)
    assert is_there(address, mmap.PAGESIZE)
    assert not is_there(address, mmap.PAGESIZE + 1)
    assert not is_there(8, 8)


def floats(path: Path) -> Any:
    np = pytest.importorskip("numpy")
    return np.memmap(path, dtype="float32", mode="r")


def array(path: Path) -> Any:
    return pytest.importorskip("numpy").asarray(floats(path))


def backwards(path: Path) -> Any:
    return array(path)[::-1]


def record(path: Path) -> Any:
    np = pytest.importorskip("numpy")
    return np.memmap(path, dtype=[("a", "f4"), ("b", "f4")], mode="r")[0]


def series(path: Path) -> Any:
    return pytest.importorskip("pandas").Series(floats(path), copy=False)


def from_numpy(path: Path) -> Any:
    np, torch = pytest.importorskip("numpy"), pytest.importorskip("torch")
    return torch.from_numpy(np.memmap(path, dtype="float32", mode="c"))


def tensor(path: Path) -> Any:
    torch = pytest.importorskip("torch")
    return torch.from_file(str(path), size=SIZE // 4, dtype=torch.float32, shared=True)


def seen_as_another(path: Path) -> Any:
    return memoryview(mapped(path)).cast("f")[::-2]


def of_ctypes(path: Path) -> Any:
    return (ctypes.c_float * 100).from_buffer(mapped(path))


@pytest.mark.parametrize(
    "made", [floats, array, backwards, record, series, from_numpy, tensor, seen_as_another, of_ctypes]
)
def test_what_looks_into_a_file_is_shown_until_that_is_cut_short(path: Path, made: Callable[[Path], Any]) -> None:
    value = made(path)
    assert getattr(picture(value), "problem", None) is None
    os.truncate(path, 0)
    shown = picture(value)
    assert isinstance(shown, Tensor | Opaque)
    assert shown.problem == GONE


@pytest.mark.parametrize("made", [array, backwards, from_numpy, tensor])
def test_an_array_that_is_looked_after_says_that_it_has_changed(path: Path, made: Callable[[Path], Any]) -> None:
    value = made(path)
    before = state_of(value)
    assert before is not None
    assert before[1] != 0
    os.truncate(path, 0)
    after = state_of(value)
    assert after is not None
    assert after[1] == 0


def test_a_parameter_that_is_a_mapped_file(path: Path) -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(2, 2)
    layer.weight = torch.nn.Parameter(tensor(path)[:4])
    os.truncate(path, 0)
    shown = picture(layer)
    assert isinstance(shown, Module)
    assert isinstance(weight := dict(shown.fields)["weight"], Tensor)
    assert weight.problem == GONE


@pytest.mark.parametrize("made", [array, tensor])
def test_token_ids_in_a_mapped_file(path: Path, made: Callable[[Path], Any]) -> None:
    value = made(path)
    os.truncate(path, 0)
    assert GONE.encode() in encoded_tokens(value, {0: "a"})


def test_a_buffer_that_was_closed_under_an_array() -> None:
    np = pytest.importorskip("numpy")
    buffer = mmap.mmap(-1, SIZE)
    value = np.ndarray((SIZE // 4,), "float32", buffer)
    buffer.close()
    shown = picture(value)
    assert isinstance(shown, Tensor)
    assert shown.problem == GONE


def test_memory_of_its_own_is_read_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    np, torch = pytest.importorskip("numpy"), pytest.importorskip("torch")
    monkeypatch.setattr(os, "pipe", lambda: pytest.fail("asked"))
    own = np.arange(6.0)
    for value in (own, own[::-1][1:], own.reshape(2, 3).T, torch.ones(3), torch.ones(2, 3).T[1:]):
        assert state_of(value) is not None
        assert isinstance(picture(value), Tensor)
    assert isinstance(picture(np.array([1, "a"], dtype=object)[::-1]), Sequence)
