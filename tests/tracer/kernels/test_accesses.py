"""What kernels touch, line by line: rows of the record against what was caught below the engine (`oracle.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracer.kernels.recorded import Seen, agree_with_the_oracle, run, seen, with_library

pytest.importorskip("torch")
pytest.importorskip("triton")

LIBRARIES = """
import torch, triton, triton.language as tl
from tests.tracer.kernels import oracle
"""

WAYS = """
from triton.tools.tensor_descriptor import TensorDescriptor

@triton.jit
def copy_rows(x_ptr, y_ptr, M, N, x_row, x_column, BM: tl.constexpr, BN: tl.constexpr):
    row = tl.program_id(0) * BM + tl.arange(0, BM)
    column = tl.program_id(1) * BN + tl.arange(0, BN)
    inside = (row[:, None] < M) & (column[None, :] < N)
    x = tl.load(x_ptr + row[:, None] * x_row + column[None, :] * x_column, mask=inside)
    tl.store(y_ptr + row[:, None] * N + column[None, :], x, mask=inside)

def views():
    for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.int8, torch.int64, torch.float64, torch.bool):
        x = torch.ones(20, 9, dtype=dtype)
        copied(x)
    x = torch.arange(600.0).reshape(20, 30)
    for view in (x.T, x[3:, ::4], x[::3, 5:], x.T[::2, 1:7], x[:, 7:8], x[:1], x[4:5, 6:7]):
        copied(view)
    qkv = torch.randn(12, 3, 8)
    copied(qkv[:, 1])
    copied(x[:0])

def copied(x):
    y = torch.empty(x.shape, dtype=x.dtype)
    grid = (triton.cdiv(x.shape[0], 8) or 1, triton.cdiv(x.shape[1], 4))
    copy_rows[grid](x, y, *x.shape, *x.stride(), BM=8, BN=4)
    assert torch.equal(x, y)

@triton.jit
def look_up(table_ptr, id_ptr, out_ptr, n, D: tl.constexpr, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    ids = tl.load(id_ptr + at, mask=at < n)
    d = tl.arange(0, D)
    rows = tl.load(table_ptr + ids[:, None] * D + d[None, :], mask=at[:, None] < n)
    tl.store(out_ptr + at[:, None] * D + d[None, :], rows, mask=at[:, None] < n)

@triton.jit
def atomics(x_ptr, sum_ptr, most_ptr, flag_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n)
    tl.atomic_add(sum_ptr + at % 3, x, mask=at < n)
    tl.atomic_max(most_ptr, tl.max(x, 0).to(tl.int32))
    tl.atomic_cas(flag_ptr, 0, 1)

def scattered():
    table, ids = torch.randn(50, 16), torch.randint(0, 50, (13,))
    out = torch.empty(13, 16)
    look_up[(4,)](table, ids, out, 13, D=16, BLOCK=4)
    assert torch.equal(out, table[ids])
    x, sums = torch.arange(50.0), torch.zeros(3)
    most, flag = torch.zeros(1, dtype=torch.int32), torch.zeros((), dtype=torch.int32)
    atomics[(4,)](x, sums, most, flag, 50, BLOCK=16)
    assert (sums.sum(), most.item(), flag.item()) == (1225, 49, 1)

@triton.jit
def by_block(x_ptr, y_ptr, M, N, BM: tl.constexpr, BN: tl.constexpr):
    place = (tl.program_id(0) * BM, 0)
    x = tl.make_block_ptr(x_ptr, (M, N), (N, 1), place, (BM, BN), (1, 0))
    y = tl.make_block_ptr(y_ptr, (M, N), (N, 1), place, (BM, BN), (1, 0))
    for _ in range(0, N, BN):
        tl.store(y, tl.load(x, boundary_check=(0, 1), padding_option="zero"), boundary_check=(0, 1))
        x, y = tl.advance(x, (0, BN)), tl.advance(y, (0, BN))

@triton.jit
def by_descriptor(x_tiles, y_ptr, M, N, BM: tl.constexpr, BN: tl.constexpr):
    y_tiles = tl.make_tensor_descriptor(y_ptr, [M, N], [N, 1], [BM, BN])
    row, column = tl.program_id(0) * BM, tl.program_id(1) * BN
    y_tiles.store([row, column], x_tiles.load([row, column]))

def tiled():
    x, y = torch.randn(20, 13), torch.empty(20, 13)
    by_block[(3,)](x, y, 20, 13, BM=8, BN=8)
    assert torch.equal(x, y)
    x, y = torch.randn(20, 24), torch.empty(20, 24)
    by_descriptor[(2, 2)](TensorDescriptor.from_tensor(x, [16, 16]), y, 20, 24, BM=16, BN=16)
    assert torch.equal(x, y)
    part = TensorDescriptor(x, [10, 12], [24, 1], [16, 16])  # a corner of it
    by_descriptor[(1, 1)](part, y, 20, 24, BM=16, BN=16)

@triton.jit
def in_three(x_ptr, y_ptr, X, Y, Z, BLOCK: tl.constexpr):
    at = tl.program_id(0) * Y * Z + tl.program_id(1) * Z + tl.program_id(2) * BLOCK + tl.arange(0, BLOCK)
    doubled(x_ptr, y_ptr, at)

@triton.jit
def doubled(x_ptr, y_ptr, at):
    tl.store(y_ptr + at, twice(tl.load(x_ptr + at)))

@triton.jit
def twice(x):
    return x * 2

def in_place():
    x = torch.arange(48.0).reshape(2, 3, 8)
    in_three[(2, 3, 2)](x, x, 2, 3, 8, BLOCK=4)
    assert torch.equal(x, 2 * torch.arange(48.0).reshape(2, 3, 8))

@triton.jit
def of_tuple(pair, y_ptr, n, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    tl.store(y_ptr + at, tl.load(pair[0] + at, mask=at < n) + tl.load(pair[1] + at, mask=at < n), mask=at < n)

def paired():
    a, b, y = torch.ones(5), torch.ones(5), torch.empty(5)
    of_tuple[(1,)]((a, b), y, 5, BLOCK=8)
    assert y.tolist() == [2] * 5
"""


def test_every_way_to_reach_memory(tmp_path: Path) -> None:
    calls = "\ndef main():\n    views(); scattered(); tiled(); in_place(); paired()\n    oracle.write()\n"
    trace = run(tmp_path, LIBRARIES + WAYS + calls)
    agree_with_the_oracle(trace, tmp_path)
    assert set(trace.accesses.beyond) == {0}
    rows = seen(trace)
    assert [row.array for row in rows if row.line.startswith("tl.store(y_ptr + at, twice")] == ["x_ptr", "y_ptr"] * 12
    names = [row.array for row in rows if "pair[0]" in row.line]
    assert names == ["pair[0]", "pair[1]", "y_ptr"]
    assert {row.array for row in rows if "y_tiles.store" in row.line} == {"x_tiles", "y_ptr"}
    assert {(row.array, row.kind) for row in rows if "atomic" in row.line} == {
        ("sum_ptr", 2),
        ("most_ptr", 2),
        ("flag_ptr", 2),
    }


def test_the_courses_kernels_on_random_shapes(tmp_path: Path) -> None:
    with_library(tmp_path)
    source = """
import random
from torch import randn
from lectures.lm.kernels import simple
from lectures.lm.kernels.cross_entropy import cross_entropy
from lectures.lm.kernels.flash_attention import FlashAttention
from lectures.lm.kernels.gelu import gelu
from lectures.lm.kernels.matmul import matmul
from lectures.lm.kernels.rmsnorm import rmsnorm
from lectures.lm.kernels.softmax import softmax

def main():
    draw = random.Random(0)
    for most in (40, 8):
        m, n, k, d = (draw.randint(1, most) for _ in range(4))
        a, b = randn(m, k), randn(k, n)
        torch.testing.assert_close(matmul(a, b), a @ b, atol=1e-4, rtol=1e-4)
        matmul(a.T.contiguous().T.bfloat16(), randn(n, k).T.bfloat16(), torch.bfloat16)
        simple.matmul(a, b, block=(16, 32, 16), group=2)
        x = randn(m, n, requires_grad=True)
        softmax(x).sum().backward()
        gelu(x).sum().backward()
        rmsnorm(x, torch.ones(n, requires_grad=True)).sum().backward()
        cross_entropy(x, torch.randint(0, n, (m,))).backward()
        q, kv = randn(2, 3, m, d), randn(2, 1, m, d)
        q.requires_grad_()
        FlashAttention.apply(q, kv, kv.clone(), draw.random() < 0.5).sum().backward()
        simple.flash_attention(*(randn(2, m, 16) for _ in range(3)), tile=(16, 32))
        simple.long_softmax(randn(3, 3 * n), block=32)
    oracle.write()
"""
    trace = run(tmp_path, LIBRARIES + source)
    launches = agree_with_the_oracle(trace, tmp_path)
    assert set(trace.accesses.beyond) == {0}
    assert len(launches) == 2 * 17
    assert len(trace.programs.call) == sum(x * y * z for x, y, z in (launch["grid"] for launch in launches))


ASTRAY = """
@triton.jit
def unmasked(x_ptr, y_ptr, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at)
    tl.store(y_ptr + at, x)

@triton.jit
def either(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    source = tl.where(at < n, x_ptr + at, y_ptr + at - n)
    tl.store(out_ptr + at, tl.load(source))

@triton.jit
def through(table_ptr, out_ptr, BLOCK: tl.constexpr):
    x_ptr = tl.load(table_ptr).to(tl.pointer_type(tl.float32))
    at = tl.arange(0, BLOCK)
    tl.store(out_ptr + at, tl.load(x_ptr + at))

@triton.jit
def as_bytes(x_ptr, out_ptr, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    tl.store(out_ptr + at, tl.load(x_ptr.to(tl.pointer_type(tl.int8)) + at))

@triton.jit
def bits(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.arange(0, BLOCK)
    tl.store(out_ptr + at, tl.load(x_ptr + at), mask=at < n)

def main():
    room = torch.zeros(200)
    x, y = room[:100], room[100:]  # side by side, so that what lies behind x is y
    unmasked[(4,)](x, torch.empty(128), BLOCK=32)
    x, y, out = torch.ones(5), torch.zeros(3), torch.empty(8)
    either[(1,)](x, y, out, 5, BLOCK=8)
    assert out.tolist() == [1] * 5 + [0] * 3
    x, out = torch.arange(8.0), torch.empty(8)
    through[(1,)](torch.tensor([x.data_ptr()]), out, BLOCK=8)
    assert torch.equal(x, out)
    as_bytes[(1,)](x, torch.empty(32, dtype=torch.int8), BLOCK=32)
    bits[(1,)](torch.ones(12, dtype=torch.bool), torch.empty(12, dtype=torch.bool), 12, BLOCK=16)
"""


def test_pointers_that_go_astray_or_come_from_elsewhere(tmp_path: Path) -> None:
    rows = seen(run(tmp_path, LIBRARIES + ASTRAY))
    loads = [row for row in rows if row.kind == 0]
    assert row_of(loads[3]) == ("x_ptr", [96, 100, 1], 4, 28)
    assert [row_of(row) for row in loads[4:6]] == [("x_ptr", [0, 5, 1], 5, 0), ("y_ptr", [0, 3, 1], 3, 0)]
    assert [row_of(row) for row in loads[6:8]] == [("table_ptr", [0, 1, 1], 1, 0), ("", None, 8, 0)]
    assert (row_of(loads[8]), loads[8].distinct) == (("x_ptr", [0, 8, 1], 32, 0), 8)
    assert row_of(loads[9]) == ("x_ptr", [0, 12, 1], 12, 4)
    assert len(loads) == 10
    assert [row_of(row) for row in rows if row.kind == 1 and row.beyond] == []


def row_of(row: Seen) -> tuple[str, list[int] | None, int, int]:
    return row.array, row.region, row.elements, row.beyond
