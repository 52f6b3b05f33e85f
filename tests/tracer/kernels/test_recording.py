"""Launches, programs and what belongs to them: which are recorded, which are not, and what is said of those left out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.tracer.kernels.recorded import line_of, program_of, run, seen
from tracer.format.schema import MAKES, ROLE_ARGUMENT, Sequence, Tensor, Trace
from tracer.kernels.interpreter import Listener, leave, listen

pytest.importorskip("torch")
pytest.importorskip("triton")

ADD = """
import torch, triton, triton.language as tl

@triton.jit
def add(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n)
    if tl.program_id(0) < 3:
        store(y_ptr, at, x, n)

@triton.jit
def store(y_ptr, at, x, n):
    tl.store(y_ptr + at, x + 1, mask=at < n)
"""


def launches(trace: Trace) -> list[tuple[str, str, tuple[int, int, int]]]:
    """The line that launched, the kernel, the grid."""
    table = trace.launches
    return [
        (line_of(trace, step), trace.strings[trace.functions.name[function]], (x, y, z))
        for step, function, x, y, z in zip(table.step, table.function, table.x, table.y, table.z, strict=True)
    ]


def places(trace: Trace, launch: int) -> list[tuple[int, int, int]]:
    table = trace.programs
    rows = zip(table.launch, table.x, table.y, table.z, strict=True)
    return [(x, y, z) for of, x, y, z in rows if of == launch]


def given_places(trace: Trace) -> list[object]:
    rows = zip(trace.bindings.name, trace.bindings.value, trace.bindings.role, strict=True)
    found = [
        trace.values[value]
        for name, value, role in rows
        if (trace.strings[name], role) == ("program_id", ROLE_ARGUMENT)
    ]
    return [tuple(value.items) for value in found if isinstance(value, Sequence)]


TWICE = """
def main():
    x, y = torch.arange(20.0), torch.zeros(20)
    for turn in range(2):
        add[(4,)](x, y, 20, BLOCK=8)
    add[lambda options: (triton.cdiv(20, options["BLOCK"]), 2)](x, y, 20, BLOCK=16)  # every program twice
    print(y.tolist())
"""


@pytest.mark.parametrize("everything", [False, True])
def test_launches_arrays_and_programs(tmp_path: Path, everything: bool) -> None:
    trace = run(tmp_path, ADD + TWICE, inspect_all=everything)
    second = 'add[lambda options: (triton.cdiv(20, options["BLOCK"]), 2)](x, y, 20, BLOCK=16)'
    first = "add[(4,)](x, y, 20, BLOCK=8)"
    assert launches(trace) == [(first, "add", (4, 1, 1))] * 2 + [(second, "add", (2, 2, 1))]
    assert places(trace, 0) == places(trace, 1) == [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)]
    assert places(trace, 2) == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0)]
    assert given_places(trace) == [place for launch in range(3) for place in places(trace, launch)]
    for row, call in enumerate(trace.programs.call):
        assert trace.calls.parent[call] == trace.launches.step[trace.programs.launch[row]]
    pictures = [
        (array.name, array.shape, array.dtype, array.item_bytes, elements(trace, array.value)) for array in trace.arrays
    ]
    x, after = [float(i) for i in range(20)], [float(i + 1) for i in range(20)]
    assert pictures[0] == ("x_ptr", [20], "float32", 4, x)
    assert pictures[1::2] == [("y_ptr", [20], "float32", 4, y) for y in ([0.0] * 20, after, after)]
    rows = seen(trace)
    assert {row.place for row in rows if row.line == "tl.store(y_ptr + at, x + 1, mask=at < n)"} == {
        place for launch in range(3) for place in places(trace, launch) if place[0] < 3
    }
    masked = [(row.array, row.region, row.elements, row.masked) for row in rows if row.place == (2, 0, 0)]
    assert masked[:2] == [("x_ptr", [16, 20, 1], 4, 4), ("y_ptr", [16, 20, 1], 4, 4)]
    nothing = [(row.array, row.region, row.elements, row.masked) for row in rows if row.place == (3, 0, 0)]
    assert nothing == [("x_ptr", None, 0, 8)] * 2


def elements(trace: Trace, value: int | None) -> list[float] | None:
    picture = None if value is None else trace.values[value]
    assert isinstance(picture, Tensor)
    return picture.elements  # type: ignore[return-value]


def test_what_is_stepped_over_leaves_nothing_and_is_not_looked_at(tmp_path: Path) -> None:
    source = """
def main():
    x, y = torch.arange(20.0), torch.zeros(20)
    add[(4,)](x, y, 20, BLOCK=8)  # @stepover
    by_library(x, y)  # @stepover
    assert y[19] == 20

def by_library(x, y):
    add[(4,)](x, y, 20, BLOCK=8)
"""
    patch = """
from tracer.kernels import recording, launches
def never(*arguments): raise AssertionError("looked at")
launches.given = recording.Kernels._accessed = recording.Kernels._redirected = never
"""
    trace = run(tmp_path, ADD + source, patch)
    assert (launches(trace), trace.arrays, trace.programs.call, seen(trace)) == ([], [], [], [])
    assert trace.notices == []


def test_a_helper_that_is_stepped_over_is_charged_to_the_line_that_calls_it(tmp_path: Path) -> None:
    source = ADD.replace("store(y_ptr, at, x, n)\n\n", "store(y_ptr, at, x, n)  # @stepover\n\n", 1)
    trace = run(tmp_path, source + TWICE)
    assert {row.line for row in seen(trace) if row.kind == 1} == {"store(y_ptr, at, x, n)"}
    assert len([row for row in seen(trace) if row.kind == 1]) == 3 + 3 + 4


def test_a_kernel_that_fails_and_the_next_one(tmp_path: Path) -> None:
    source = """
@triton.jit
def fails(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at)
    if tl.program_id(0) == 1:
        x = x + tl.arange(0, 2 * BLOCK)
    tl.store(y_ptr + at, x)

def main():
    x, y = torch.arange(32.0), torch.zeros(32)
    try:
        fails[(4,)](x, y, 32, BLOCK=8)
    except Exception as error:
        print(type(error).__name__)
    try:
        add[(4,)]("no array", y, 32, BLOCK=8)
    except Exception as error:
        print(type(error).__name__)
    add[(4,)](x, y, 32, BLOCK=8)
    fails[(4,)](x, y, 32, BLOCK=8)
"""
    trace = run(tmp_path, ADD + source, outcome="failed")
    assert [name for _, name, _ in launches(trace)] == ["fails", "add", "add", "fails"]
    assert [len(places(trace, launch)) for launch in range(4)] == [2, 1, 4, 2]
    found = [(row.line.split("(")[0], row.array, row.place[0]) for row in seen(trace)]
    failing = [("x = tl.load", "x_ptr", 0), ("tl.store", "y_ptr", 0), ("x = tl.load", "x_ptr", 1)]
    assert found[:3] == found[-3:] == failing
    assert trace.notices == []


def test_accesses_beyond_the_room_for_them_are_counted(tmp_path: Path) -> None:
    patch = "from tracer.kernels import recording; recording.MOST_ACCESSES = 5; recording.MOST_PICTURES = 3"
    trace = run(tmp_path, ADD + TWICE, patch)
    assert len(trace.accesses.step) == 5
    (notice,) = trace.notices
    assert notice.message == (
        "From here on, 17 accesses of kernels to memory are not in the record, which has room for 5. "
        "Kernels behind `# @stepover` take none of it."
    )
    assert line_of(trace, notice.step) == "tl.store(y_ptr + at, x + 1, mask=at < n)"
    assert [array.value is None for array in trace.arrays] == [False] * 3 + [True] * 3
    assert len(trace.programs.call) == 12


def test_turns_that_are_not_recorded_have_no_accesses(tmp_path: Path) -> None:
    trace = run(tmp_path, ADD + TWICE, max_visits=3)
    assert places(trace, 0) == [(0, 0, 0), (1, 0, 0), (2, 0, 0)]
    assert len(trace.launches.step) == 1
    assert [row.kind for row in seen(trace)] == [0, 1] * 3
    assert trace.elided.count
    assert trace.notices == []


def test_the_bytes_of_the_costs_are_those_of_the_accesses(tmp_path: Path) -> None:
    trace = run(tmp_path, ADD + TWICE, costs=True)
    counted: dict[int, int] = {}
    operations = trace.operations
    for step, name, moved in zip(operations.step, operations.name, operations.bytes, strict=True):
        if trace.strings[name].startswith("tl."):
            counted[step] = counted.get(step, 0) + moved
    touched: dict[int, int] = {}
    rows = trace.accesses
    for step, array, number in zip(rows.step, rows.array, rows.elements, strict=True):
        touched[step] = touched.get(step, 0) + number * trace.arrays[array].item_bytes
    assert {step: moved for step, moved in counted.items() if moved} == {
        step: moved for step, moved in touched.items() if moved
    }
    assert sum(touched.values()) == 3 * 2 * 20 * 4 + 20 * 4 * 2
    assert MAKES in operations.kind


def test_a_backward_pass_launches_too(tmp_path: Path) -> None:
    source = """
class Plus(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return plus(x)

    @staticmethod
    def backward(ctx, grad):
        return plus(grad.contiguous())

def plus(x):
    y = torch.empty_like(x)
    add[(1,)](x, y, 4, BLOCK=4)
    return y

def main():
    x = torch.zeros(4, requires_grad=True)
    Plus.apply(x).sum().backward()
    print(x.grad.tolist())
"""
    trace = run(tmp_path, ADD + source)
    assert [line for line, _, _ in launches(trace)] == ["add[(1,)](x, y, 4, BLOCK=4)"] * 2
    callers = [
        trace.strings[trace.functions.name[trace.calls.function[trace.steps.call[trace.calls.parent[call]]]]]
        for call in (trace.steps.call[step] for step in trace.launches.step)
    ]
    assert callers == ["Plus.forward", "Plus.backward"]
    assert [program_of(trace, step) for step in trace.accesses.step] == [0, 0, 1, 1]


def test_a_lecture_computes_what_it_computes_without_the_tracer(tmp_path: Path) -> None:
    """Nor does it keep what a kernel was given from being freed."""
    source = """
import gc, weakref

def main():
    x, y = torch.arange(20.0), torch.zeros(20)
    seen = weakref.ref(x)
    try:
        add[(4,)](x, None, 20, BLOCK=8)
    except Exception:
        pass
    add[(4,)](x, y, 20, BLOCK=8)
    del x
    gc.collect()
    assert seen() is None
    assert y.tolist() == [float(i) for i in range(1, 21)]
"""
    run(tmp_path, ADD + source)


def test_a_kernel_that_is_stepped_over_can_be_interrupted(tmp_path: Path) -> None:
    source = """
import os, signal

PROGRAMS = 5000

@triton.jit
def ended(x_ptr):
    if tl.program_id(0) == 3:
        interrupt()
    tl.store(x_ptr + tl.program_id(0), 1)

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

def main():
    x = torch.zeros(PROGRAMS)
    try:
        ended[(PROGRAMS,)](x)  # @stepover
    finally:
        print(x.sum().item() < PROGRAMS)
"""
    trace = run(tmp_path, ADD + source, outcome="interrupted")
    assert "".join(trace.strings[text] for text in trace.printed.text) == "True\n"


def test_without_triton_there_is_nothing(tmp_path: Path) -> None:
    patch = "sys.modules['triton'] = None"
    source = "def main():\n    try:\n        import triton\n    except ImportError:\n        print('none')\n"
    trace = run(tmp_path, source, patch)
    assert (trace.launches.step, trace.arrays, trace.accesses.step, trace.notices) == ([], [], [], [])


def test_an_interpreter_that_has_changed_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods that are gone are not missed; those that take other arguments work, and nothing is said of them."""

    class InterpreterBuilder:
        def create_masked_load(self, everything: object) -> object:
            return everything

    heard: list[object] = []

    class All(Listener):
        def heard(self, event: object) -> None:
            heard.append(event)

    module = SimpleNamespace(InterpreterBuilder=InterpreterBuilder)
    monkeypatch.setitem(__import__("sys").modules, "triton.runtime.interpreter", module)
    before = InterpreterBuilder.create_masked_load
    listener = All()
    listen(listener)
    try:
        assert InterpreterBuilder.create_masked_load is not before
        assert InterpreterBuilder().create_masked_load("x") == "x"
    finally:
        leave(listener)
    assert InterpreterBuilder.create_masked_load is before
    assert heard == []
