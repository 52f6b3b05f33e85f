"""The tracer together with what torch does to programs: compiled code, backward passes, workers, interpreted kernels."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tracer.recording import Recording
from tracer.children import NOT_RECORDED
from tracer.format.reader import read_trace
from tracer.format.schema import Tensor

pytest.importorskip("torch")
Record = Callable[..., Recording]
ROOT = Path(__file__).resolve().parents[2]


def functions(recording: Recording) -> list[str]:
    return [recording.trace.strings[name] for name in recording.trace.functions.name]


def told_at(recording: Recording) -> list[int]:
    """The lines of the notices on other processes."""
    return [notice.line for notice in recording.trace.notices if notice.message == NOT_RECORDED]


COMPILED = """
import torch
import torch._dynamo

def double(x):
    return x * 2

@torch.compile(backend="{backend}", fullgraph=True)
def whole(x):
    y = torch.sin(x)
    return double(y) + 1

@torch.compile(backend="{backend}")
def in_two(x):
    y = x + 1
    print("a break in the graph")
    return y * 2

def main():
    torch._dynamo.reset(); torch._dynamo.utils.counters.clear()
    x = torch.ones(4)
    a = whole(x)
    a = whole(x)  # @inspect a
    b = in_two(x)
    c = torch._dynamo.utils.counters["graph_break"].total()  # @inspect c
    graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]  # @inspect graphs
"""


@pytest.mark.parametrize("backend", ["eager", "inductor"])
def test_a_compiled_function_is_one_step_that_says_so(record: Record, backend: str) -> None:
    recording = record(COMPILED.format(backend=backend))
    assert recording.result.outcome.status == "finished", recording.result
    assert recording.trace.notices == []
    drawn = [
        *["torch._dynamo.reset(); torch._dynamo.utils.counters.clear()", "x = torch.ones(4)"],
        *["a = whole(x)", f'  @torch.compile(backend="{backend}", fullgraph=True) returns'] * 2,
        *[
            "b = in_two(x)",
            f'  @torch.compile(backend="{backend}") returns',
            '    print("a break in the graph") returns',
        ],
        'c = torch._dynamo.utils.counters["graph_break"].total()',
        'graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"] returns',
    ]
    assert recording.drawing() == "\n".join(drawn)
    assert functions(recording) == ["main", "whole [compiled]", "in_two [compiled]", "in_two [compiled, from line 16]"]
    # As many graphs, and as many breaks in them, as without the tracer, whose own functions are no part of any.
    assert recording.bound("c") == [1]
    assert recording.bound("graphs") == [3]


def test_backward_passes_and_hooks_belong_to_the_line_that_asks_for_them(record: Record) -> None:
    recording = record(
        """
        import torch

        class Square(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            def backward(ctx, gradient):
                (x,) = ctx.saved_tensors
                return 2 * x * gradient

        def halve(gradient):
            return gradient / 2

        def main():
            w = torch.tensor([3.0], requires_grad=True)
            w.register_hook(halve)
            y = Square.apply(w)
            y.backward()
            slope = w.grad.item()  # @inspect slope
        """
    )
    assert recording.bound("slope") == [3.0] or str(recording.bound("slope")) == "[Float(value=3.0)]"
    assert (
        recording.drawing()
        == textwrap.dedent(
            """
            w = torch.tensor([3.0], requires_grad=True)
            w.register_hook(halve)
            y = Square.apply(w)
              ctx.save_for_backward(x)
              return x * x returns
            y.backward()
              (x,) = ctx.saved_tensors
              return 2 * x * gradient returns
              return gradient / 2 returns
            slope = w.grad.item() returns
            """
        ).strip()
    )


def run(folder: Path, source: str) -> tuple[Recording, str]:
    """As a program of its own: it forks, and spawns what imports it."""
    (folder / "talk.py").write_text(textwrap.dedent(source))
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(folder / "talk.py"), "-o", str(folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert list((folder / "out").glob("*.journal")) == []
    return Recording(read_trace(folder / "out/talk.json"), None), done.stdout  # type: ignore[arg-type]


LOADED = """
import torch
from torch.utils.data import DataLoader, Dataset

class Squares(Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, i):
        return torch.tensor(i * i)

def main():
    print([batch.tolist() for batch in DataLoader(Squares(), batch_size=3)])
    for _ in range(2):
        print([batch.tolist() for batch in DataLoader(Squares(), batch_size=3, num_workers=2)])
"""


def test_workers_of_a_data_loader_run_unrecorded_and_the_line_says_so(tmp_path: Path) -> None:
    recording, out = run(tmp_path, LOADED)
    assert out == "[[0, 1, 4], [9, 16, 25]]\n" * 3
    assert recording.drawing().count("return torch.tensor(i * i)") == 6
    assert told_at(recording) == [15]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_other_processes(tmp_path: Path, method: str) -> None:
    recording, out = run(
        tmp_path,
        f"""
        import multiprocessing, os

        def work(queue, n):
            for i in range(10):
                n += i
            queue.put(n)

        def main():
            context = multiprocessing.get_context("{method}")
            queue = context.Queue()
            process = context.Process(target=work, args=(queue, 1))
            process.start()
            print(queue.get())
            process.join()
            print(process.exitcode)
        """,
    )
    assert out == "46\n0\n"
    assert "n += i" not in recording.drawing()
    assert told_at(recording) == [13]


def test_a_fork_of_the_lecture_itself(tmp_path: Path) -> None:
    recording, out = run(
        tmp_path,
        """
        import os, sys

        def main():
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                print("child", flush=True)
            else:
                os.waitpid(child, 0)
                print("parent")
        """,
    )
    assert out == "child\nparent\n"
    assert recording.drawing().endswith('print("parent") returns')
    assert told_at(recording) == [6]


KERNEL = """
import os
os.environ["TRITON_INTERPRET"] = "1"
import torch, triton
import triton.language as tl

@triton.jit
def add(x_pointer, y_pointer, n, BLOCK: tl.constexpr):
    program = tl.program_id(0)
    at = program * BLOCK + tl.arange(0, BLOCK)  # @inspect at
    inside = at < n
    x = tl.load(x_pointer + at, mask=inside)  # @inspect x
    tl.store(y_pointer + at, x + 1, mask=inside)

def main():
    x, y = torch.arange(6.0), torch.zeros(6)
    add[(2,)](x, y, 6, BLOCK=4)
    print(y.tolist())
"""


def test_an_interpreted_kernel_is_stepped_into_program_by_program(tmp_path: Path) -> None:
    pytest.importorskip("triton")
    recording, out = run(tmp_path, KERNEL)
    assert out == "[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\n"
    program = [
        "  program = tl.program_id(0)",
        "  at = program * BLOCK + tl.arange(0, BLOCK)",
        "  inside = at < n",
        "  x = tl.load(x_pointer + at, mask=inside)",
        "  tl.store(y_pointer + at, x + 1, mask=inside) returns",
    ]
    drawn = ["x, y = torch.arange(6.0), torch.zeros(6)", "add[(2,)](x, y, 6, BLOCK=4)", *program, *program]
    assert recording.drawing() == "\n".join([*drawn, "print(y.tolist()) returns"])
    seen = [value for value in [*recording.bound("at"), *recording.bound("x")] if isinstance(value, Tensor)]
    assert [(value.type, value.dtype, value.shape, value.elements) for value in seen] == [
        ("tl.tensor", "int32", [4], [0, 1, 2, 3]),
        ("tl.tensor", "int32", [4], [4, 5, 6, 7]),
        ("tl.tensor", "fp32", [4], [0, 1, 2, 3]),
        ("tl.tensor", "fp32", [4], [4, 5, 0, 0]),
    ]
    places = [value.items for value in recording.bound("program_id")]  # type: ignore[attr-defined]
    assert places == [[0, 0, 0], [1, 0, 0]]
