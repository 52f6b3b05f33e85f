"""Kernels that Triton's interpreter runs, for the tests: grids of one to three dimensions, masks, a gather, a forgotten mask."""

import os

os.environ["TRITON_INTERPRET"] = "1"

import torch
import triton
import triton.language as tl

from tracer import text


def main() -> None:
    text("# Inside a kernel")
    torch.manual_seed(0)
    text("## A program for each row")
    x = torch.randn(6, 20)  # @inspect x
    y = torch.empty(6, 20)
    softmax[(6,)](x, y, 20, BLOCK=32)
    assert torch.allclose(y, x.softmax(-1), atol=1e-6)
    text("## A program for each tile of a product")
    a, b = torch.randn(80, 64), torch.randn(64, 112)  # @inspect a, b
    c = torch.empty(80, 112)
    product[(triton.cdiv(80, 32), triton.cdiv(112, 32))](a, b, c, 80, 112, 64, BLOCK=32)
    assert torch.allclose(c, a @ b, atol=1e-4)
    text("## A program for each tile of each slice")
    whole = torch.arange(96.0).reshape(3, 4, 8)  # @inspect whole
    doubled = torch.empty_like(whole)
    double_slices[(2, 2, 3)](whole, doubled)
    assert torch.equal(doubled, 2 * whole)
    text("## Rows that are looked up")
    table, ids = torch.randn(40, 8), torch.randint(0, 40, (6,))  # @inspect ids
    found, uses = torch.empty(6, 8), torch.zeros(40, dtype=torch.int32)
    look_up[(3,)](table, ids, found, uses, D=8, BLOCK=2)
    assert torch.equal(found, table[ids])
    text("## A mask that was forgotten")
    x, y = torch.arange(50.0), torch.zeros(64)
    double[(4,)](x, y, BLOCK=16)


@triton.jit
def softmax(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    column = tl.arange(0, BLOCK)
    inside = column < columns
    x = tl.load(x_ptr + row * columns + column, mask=inside, other=-float("inf"))
    powers = tl.exp(x - tl.max(x, 0))
    tl.store(y_ptr + row * columns + column, powers / tl.sum(powers, 0), mask=inside)


@triton.jit
def product(a_ptr, b_ptr, c_ptr, m, n, k, BLOCK: tl.constexpr):
    row = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    total = tl.zeros([BLOCK, BLOCK], tl.float32)
    for start in range(0, k, BLOCK):
        inner = start + tl.arange(0, BLOCK)
        a = tl.load(a_ptr + row[:, None] * k + inner[None, :], mask=row[:, None] < m, other=0.0)  # @inspect a
        b = tl.load(b_ptr + inner[:, None] * n + column[None, :], mask=column[None, :] < n, other=0.0)
        total = tl.dot(a, b, total)
    inside = (row[:, None] < m) & (column[None, :] < n)
    tl.store(c_ptr + row[:, None] * n + column[None, :], total, mask=inside)


@triton.jit
def double_slices(x_ptr, y_ptr):
    row = tl.program_id(1) * 2 + tl.arange(0, 2)
    column = tl.program_id(0) * 4 + tl.arange(0, 4)
    at = tl.program_id(2) * 32 + row[:, None] * 8 + column[None, :]
    x = tl.load(x_ptr + at)
    tl.store(y_ptr + at, 2 * x)


@triton.jit
def look_up(table_ptr, id_ptr, found_ptr, uses_ptr, D: tl.constexpr, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    channel = tl.arange(0, D)
    ids = tl.load(id_ptr + at)
    rows = tl.load(table_ptr + ids[:, None] * D + channel[None, :])
    tl.store(found_ptr + at[:, None] * D + channel[None, :], rows)
    tl.atomic_add(uses_ptr + ids, 1)


@triton.jit
def double(x_ptr, y_ptr, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at)
    tl.store(y_ptr + at, 2 * x)
