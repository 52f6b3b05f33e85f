"""What interpreted kernels load, store and compute, against counts made by hand.

In processes of their own: Triton reads TRITON_INTERPRET when it is imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.format.reader import read_trace

pytest.importorskip("torch")
pytest.importorskip("triton")
ROOT = Path(__file__).resolve().parents[3]

START = """
import json
from contextlib import contextmanager, nullcontext
from tracer.costs.triton import KernelCounter

counts, apart = {}, []

def count(name, kind, flops, moved, formula):
    row = counts.setdefault(name, [0, 0, 0, kind, formula])
    row[0] += 1; row[1] += flops; row[2] += moved

@contextmanager
def uncounted():
    apart.append("in")
    yield
    apart.append("out")

counter = KernelCounter(count, uncounted)
counter.begin()
counter.begin()
"""
LIBRARIES = "import torch, triton, triton.language as tl\n"
END = """
counter.end()
print(json.dumps(counts))
"""

MAKES, WRITES = 0, 2


def counted(folder: Path, source: str, libraries: str = LIBRARIES) -> dict[str, list[object]]:
    """By operation: how often, FLOPs, bytes, kind, formula."""
    path = folder / "kernels.py"
    path.write_text(START + libraries + source + END)
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(path)], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, list[object]] = json.loads(done.stdout.splitlines()[-1])
    return result


ADD = """
@triton.jit
def add(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = at < n
    x = tl.load(x_ptr + at, mask=mask)
    y = tl.load(y_ptr + at, mask=mask, other=0)
    total = x.to(tl.float32) + y.to(tl.float32)  # the interpreter would add the bits of a bfloat16
    tl.store(out_ptr + at, total.to(x.dtype), mask=mask)
"""


@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 4), ("float16", 2), ("bfloat16", 2), ("int8", 1), ("int64", 8), ("float64", 8)]
)
def test_vector_addition_counts_what_the_mask_lets_through(tmp_path: Path, dtype: str, size: int) -> None:
    source = f"""
{ADD}
x, y, out = (torch.ones(1000, dtype=torch.{dtype}) for _ in range(3))
add[(8,)](x, y, out, 1000, BLOCK=128)  # the last of the programs has 24 masked elements
assert out.tolist() == [2] * 1000
assert apart == ["in", "out"] * 2
"""
    assert counted(tmp_path, source) == {
        "tl.load": [16, 0, 2 * 1000 * size, MAKES, ""],
        "tl.store": [8, 0, 1000 * size, WRITES, ""],
    }


def test_a_matrix_product(tmp_path: Path) -> None:
    source = """
@triton.jit
def product(a_ptr, b_ptr, c_ptr, N: tl.constexpr):
    rows, columns = tl.arange(0, N)[:, None], tl.arange(0, N)[None, :]
    a = tl.load(a_ptr + rows * N + columns)
    b = tl.load(b_ptr + rows * N + columns)
    tl.store(c_ptr + rows * N + columns, tl.dot(a, b))

a, b, c = torch.randn(16, 16), torch.randn(16, 16), torch.empty(16, 16)
product[(1,)](a, b, c, N=16)
torch.testing.assert_close(c, a @ b)
"""
    assert counted(tmp_path, source) == {
        "tl.load": [2, 0, 2048, MAKES, ""],
        "tl.dot": [1, 8192, 0, MAKES, "2·M·N·K = 2·16·16·16"],
        "tl.store": [1, 0, 1024, WRITES, ""],
    }


def test_a_batch_of_products_and_sides_that_differ(tmp_path: Path) -> None:
    source = """
@triton.jit
def product(a_ptr, b_ptr, c_ptr, B: tl.constexpr, M: tl.constexpr, N: tl.constexpr, K: tl.constexpr):
    i, m, n, k = tl.arange(0, B)[:, None, None], tl.arange(0, M), tl.arange(0, N), tl.arange(0, K)
    a = tl.load(a_ptr + i * M * K + m[None, :, None] * K + k[None, None, :])
    b = tl.load(b_ptr + i * K * N + k[None, :, None] * N + n[None, None, :])
    tl.store(c_ptr + i * M * N + m[None, :, None] * N + n[None, None, :], tl.dot(a, b))

a, b, c = torch.randn(4, 16, 32), torch.randn(4, 32, 64), torch.empty(4, 16, 64)
product[(1,)](a, b, c, B=4, M=16, N=64, K=32)
torch.testing.assert_close(c, a @ b)
"""
    assert counted(tmp_path, source) == {
        "tl.load": [2, 0, 4 * 4 * (16 * 32 + 32 * 64), MAKES, ""],
        "tl.dot": [1, 2 * 4 * 16 * 64 * 32, 0, MAKES, "2·B·M·N·K = 2·4·16·64·32"],
        "tl.store": [1, 0, 4 * 4 * 16 * 64, WRITES, ""],
    }


def test_atomics_read_and_write(tmp_path: Path) -> None:
    source = """
@triton.jit
def total(x_ptr, sum_ptr, most_ptr, flag_ptr, n, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n)
    tl.atomic_add(sum_ptr + at * 0, x, mask=at < n)
    tl.atomic_max(most_ptr + at * 0, x.to(tl.int32), mask=at < n)
    tl.atomic_cas(flag_ptr, 0, 1)
    tl.atomic_cas(flag_ptr, 0, 1)

x = torch.arange(50.0)
sum_, most, flag = torch.zeros(1), torch.zeros(1, dtype=torch.int32), torch.zeros(1, dtype=torch.int32)
total[(1,)](x, sum_, most, flag, 50, BLOCK=64)
assert (sum_.item(), most.item(), flag.item()) == (1225, 49, 1)
"""
    assert counted(tmp_path, source) == {
        "tl.load": [1, 0, 200, MAKES, ""],
        "tl.atomic_add": [1, 0, 2 * 200, WRITES, ""],
        "tl.atomic_max": [1, 0, 2 * 200, WRITES, ""],
        "tl.atomic_cas": [2, 0, 4 + 4 + 4, WRITES, ""],  # only the first one finds a 0 to replace
    }


def test_scalars_and_conditions(tmp_path: Path) -> None:
    source = """
@triton.jit
def first(x_ptr, out_ptr):
    if tl.load(x_ptr):
        tl.store(out_ptr, tl.load(x_ptr + 1))

x, out = torch.tensor([True, True]), torch.zeros(1, dtype=torch.bool)
first[(1,)](x, out)
assert out.item()
"""
    assert counted(tmp_path, source) == {
        "tl.load": [2, 0, 2, MAKES, ""],
        "tl.store": [1, 0, 1, WRITES, ""],
    }


def test_block_pointers_and_descriptors_end_where_the_tensor_does(tmp_path: Path) -> None:
    source = """
@triton.jit
def by_block(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    x = tl.make_block_ptr(x_ptr, (n,), (1,), (tl.program_id(0) * BLOCK,), (BLOCK,), (0,))
    out = tl.make_block_ptr(out_ptr, (n,), (1,), (tl.program_id(0) * BLOCK,), (BLOCK,), (0,))
    tl.store(out, tl.load(x, boundary_check=(0,), padding_option="zero"), boundary_check=(0,))

@triton.jit
def by_descriptor(x_ptr, out_ptr, M, N, SIDE: tl.constexpr):
    x = tl.make_tensor_descriptor(x_ptr, [M, N], [N, 1], [SIDE, SIDE])
    out = tl.make_tensor_descriptor(out_ptr, [M, N], [N, 1], [SIDE, SIDE])
    row, column = tl.program_id(0) * SIDE, tl.program_id(1) * SIDE
    out.store([row, column], x.load([row, column]))

x, out = torch.arange(100.0), torch.zeros(100)
by_block[(2,)](x, out, 100, BLOCK=64)
assert torch.equal(x, out)
x, out = torch.randn(20, 24), torch.zeros(20, 24)
by_descriptor[(2, 2)](x, out, 20, 24, SIDE=16)
assert torch.equal(x, out)
"""
    moved = 4 * (100 + 20 * 24)
    assert counted(tmp_path, source) == {
        "tl.load": [6, 0, moved, MAKES, ""],
        "tl.store": [6, 0, moved, WRITES, ""],
    }


def test_the_interpreter_is_as_it_was_and_errors_are_the_kernels(tmp_path: Path) -> None:
    source = f"""
from triton.runtime import interpreter
counter.end()
classes = interpreter.InterpreterBuilder, interpreter.GridExecutor
before = [dict(vars(cls)) for cls in classes]
counter.end()
counter.begin()
assert [dict(vars(cls)) for cls in classes] != before
{ADD}
x = torch.ones(100)
try:
    add[(1,)](x, x, "no pointer", 100, BLOCK=128)
except Exception as error:
    assert type(error).__name__ == "InterpreterError", error
else:
    raise AssertionError
counter.end()
assert [dict(vars(cls)) for cls in classes] == before
seen = dict(counts)
add[(1,)](x, x, x, 100, BLOCK=128)
assert counts == seen, "nothing is counted after the end"

counter.begin()
ours = interpreter.InterpreterBuilder.create_dot
theirs = lambda *args: ours(*args)
interpreter.InterpreterBuilder.create_dot = theirs
counter.end()
assert interpreter.InterpreterBuilder.create_dot is theirs
"""
    assert set(counted(tmp_path, source)) == {"tl.load"}


def test_triton_is_not_imported_for_it_nor_missed(tmp_path: Path) -> None:
    assert counted(tmp_path, 'import sys; assert "triton.runtime.interpreter" not in sys.modules', "") == {}


LECTURE = f"""
import torch, triton, triton.language as tl
{ADD}
def main():
    x, y, out = torch.ones(1000), torch.ones(1000), torch.empty(1000)
    add[(8,)](x, y, out, 1000, BLOCK=128)
"""


def test_a_lectures_kernel_is_charged_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(LECTURE)
    command = [
        sys.executable,
        str(ROOT / "execute.py"),
        "-m",
        str(tmp_path / "talk.py"),
        "-o",
        str(tmp_path),
        "--costs",
    ]
    environment = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    trace = read_trace(tmp_path / "talk.json")
    lines, found = trace.files[0].text.splitlines(), dict[tuple[str, str], list[int]]()
    table = trace.operations
    for step, name, count, moved in zip(table.step, table.name, table.count, table.bytes, strict=True):
        line = lines[trace.statements.line[trace.steps.statement[step]] - 1].strip()
        sums = found.setdefault((line, trace.strings[name]), [0, 0])
        sums[0] += count
        sums[1] += moved
    made = found.pop(("x, y, out = torch.ones(1000), torch.ones(1000), torch.empty(1000)", "ones"))
    assert made == [2, 8000]
    assert {key: sums for key, sums in found.items() if sums[1]} == {
        ("x = tl.load(x_ptr + at, mask=mask)", "tl.load"): [8, 4000],
        ("y = tl.load(y_ptr + at, mask=mask, other=0)", "tl.load"): [8, 4000],
        ("tl.store(out_ptr + at, total.to(x.dtype), mask=mask)", "tl.store"): [8, 4000],
    }
