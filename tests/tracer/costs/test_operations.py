"""Bytes and kinds of single operations, by hand: inputs read once, outputs written once, views free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.costs.counting import Bench, Row
from tracer.format.schema import MAKES, VIEWS, WRITES

torch: Any = pytest.importorskip("torch")
F = torch.nn.functional


def rows_of(run: Callable[..., object], *arguments: object) -> list[Row]:
    """What `run` was counted as, on arguments made before."""
    bench = Bench()
    with bench.counting():
        run(*arguments)
    assert bench.notices == []
    return bench.rows


def f32(*shape: int) -> Any:
    return torch.randn(*shape)


MADE = [
    # a matrix product: both factors, the product
    (lambda a, b: a @ b, [f32(3, 4), f32(4, 5)], "mm", 4 * (3 * 4 + 4 * 5 + 3 * 5)),
    (lambda a: a @ a, [f32(4, 4)], "mm", 4 * (4 * 4 + 4 * 4)),
    (torch.bmm, [f32(2, 3, 4), f32(2, 4, 5)], "bmm", 4 * (2 * 3 * 4 + 2 * 4 * 5 + 2 * 3 * 5)),
    (torch.mv, [f32(3, 4), f32(4)], "mv", 4 * (3 * 4 + 4 + 3)),
    (torch.add, [f32(3, 4), f32(3, 4)], "add", 4 * (12 + 12 + 12)),
    # broadcast: a row is read once, not once a line
    (torch.add, [f32(3, 4), f32(4)], "add", 4 * (12 + 4 + 12)),
    (torch.add, [f32(3, 4), f32(4).expand(3, 4)], "add", 4 * (12 + 4 + 12)),
    (lambda a: a + 1, [f32(3, 4)], "add", 4 * (12 + 12)),
    (torch.relu, [f32(3, 4)], "relu", 4 * (12 + 12)),
    (lambda a: torch.softmax(a, -1), [f32(3, 4)], "_softmax", 4 * (12 + 12)),
    (torch.sum, [f32(3, 4)], "sum", 4 * (12 + 1)),
    (lambda a: a.mean(0), [f32(3, 4)], "mean", 4 * (12 + 4)),
    # it keeps the mean and the reciprocal deviation of each of 3 rows
    (
        lambda x, w, b: F.layer_norm(x, (4,), w, b),
        [f32(3, 4), f32(4), f32(4)],
        "native_layer_norm",
        4 * (12 + 4 + 4 + 12 + 3 + 3),
    ),
    # a table of 100 rows, of which 6 are looked up, by indices of 8 bytes
    (F.embedding, [torch.arange(6), f32(100, 4)], "embedding", 8 * 6 + 4 * (6 * 4 + 6 * 4)),
    (
        lambda a, i: torch.index_select(a, 0, i),
        [f32(100, 4), torch.arange(6)],
        "index_select",
        8 * 6 + 4 * (6 * 4 + 6 * 4),
    ),
    (lambda a, i: a[i], [f32(100, 4), torch.arange(6)], "index", 8 * 6 + 4 * (6 * 4 + 6 * 4)),
    (lambda a, i: a.gather(1, i), [f32(3, 9), torch.zeros(3, 2, dtype=torch.int64)], "gather", 8 * 6 + 4 * (6 + 6)),
    (lambda a, b: torch.cat([a, b]), [f32(3, 4), f32(2, 4)], "cat", 4 * (12 + 8 + 20)),
    (torch.clone, [f32(3, 4)], "clone", 4 * (12 + 12)),
    (lambda a: a.t().contiguous(), [f32(3, 4)], "clone", 4 * (12 + 12)),
    (lambda a: a.to(torch.float64), [f32(3, 4)], "_to_copy", 4 * 12 + 8 * 12),
    (lambda m, a, b: torch.where(m, a, b), [f32(3, 4) > 0, f32(3, 4), f32(4)], "where", 12 + 4 * (12 + 4 + 12)),
    (lambda a: a.max(1), [f32(3, 4)], "max", 4 * 12 + (4 + 8) * 3),
    (lambda a: a.topk(2), [f32(3, 4)], "topk", 4 * 12 + (4 + 8) * 6),
    (lambda: torch.zeros(3, 4), [], "zeros", 4 * 12),
    (lambda: torch.empty(3, 4), [], "empty", 0),
    (torch.zeros_like, [f32(3, 4)], "zeros_like", 4 * 12),
    (torch.empty_like, [f32(3, 4)], "empty_like", 0),
    (lambda a: a.item(), [f32(1)], "_local_scalar_dense", 4),
    # every second column: the elements of the view, not those between
    (lambda a: a[:, ::2] + 1, [f32(3, 8)], "add", 4 * (12 + 12)),
    # windows of 3 over 6 elements: 6 are stored, 12 come out
    (lambda a: a.unfold(0, 3, 1) + 1, [f32(6)], "add", 4 * (6 + 12)),
    (lambda a: a * 2, [torch.ones(3, 4, dtype=torch.bfloat16)], "mul", 2 * (12 + 12)),
    (lambda a: a + a, [torch.eye(4).to_sparse()], "add", 2 * (4 * 4 + 2 * 8 * 4)),
]


@pytest.mark.parametrize(("run", "arguments", "name", "moved"), MADE)
def test_what_makes_tensors(run: Callable[..., object], arguments: list[Any], name: str, moved: int) -> None:
    found = [row for row in rows_of(run, *arguments) if row.name == name]
    assert [(row.kind, row.count, row.bytes) for row in found] == [(MAKES, 1, moved)]


def into_out(a: Any, b: Any, c: Any) -> None:
    torch.add(a, b, out=c)


WRITTEN = [
    (lambda a, b: a.add_(b), [f32(3, 4), f32(3, 4)], "add_", 4 * (12 + 12 + 12)),
    (lambda a, b: a.add_(b), [f32(3, 4), f32(4)], "add_", 4 * (12 + 4 + 12)),
    (lambda a: a.mul_(a), [f32(3, 4)], "mul_", 4 * (12 + 12)),
    (lambda a: a.relu_(), [f32(3, 4)], "relu_", 4 * (12 + 12)),
    (lambda a, b: a.copy_(b), [f32(3, 4), torch.ones(3, 4, dtype=torch.float64)], "copy_", 8 * 12 + 4 * 12),
    (lambda a: a.zero_(), [f32(3, 4)], "zero_", 4 * 12),
    (lambda a: a.fill_(1), [f32(3, 4)], "fill_", 4 * 12),
    (lambda a: a.normal_(), [f32(3, 4)], "normal_", 4 * 12),
    (into_out, [f32(3, 4), f32(3, 4), f32(3, 4)], "add", 4 * (12 + 12 + 12)),
    # a part of a row: what is written, not what it is part of
    (lambda a: a[0, :2].zero_(), [f32(3, 4)], "zero_", 4 * 2),
    # two rows of a hundred are set, and two are added to
    (
        lambda a, i, b: a.index_copy_(0, i, b),
        [f32(100, 4), torch.arange(2), f32(2, 4)],
        "index_copy_",
        8 * 2 + 4 * (8 + 8),
    ),
    (
        lambda a, i, b: a.index_add_(0, i, b),
        [f32(100, 4), torch.arange(2), f32(2, 4)],
        "index_add_",
        8 * 2 + 4 * (8 + 8 + 8),
    ),
    (lambda a, i: a.__setitem__(i, 0.0), [f32(100, 4), torch.arange(2)], "index_put_", 8 * 2 + 4 * (1 + 8)),
    (
        lambda a, i, b: a.scatter_add_(0, i, b),
        [f32(9), torch.arange(2), f32(2)],
        "scatter_add_",
        8 * 2 + 4 * (2 + 2 + 2),
    ),
    (
        lambda a, b: torch._foreach_add_(a, b),
        [[f32(3), f32(4)], [f32(3), f32(4)]],
        "_foreach_add_",
        4 * (7 + 7 + 7),
    ),
    (lambda a: torch._foreach_zero_(a), [[f32(3), f32(4)]], "_foreach_zero_", 4 * 7),
]


@pytest.mark.parametrize(("run", "arguments", "name", "moved"), WRITTEN)
def test_what_writes_in_place(run: Callable[..., object], arguments: list[Any], name: str, moved: int) -> None:
    found = [row for row in rows_of(run, *arguments) if row.name == name]
    assert [(row.kind, row.count, row.bytes) for row in found] == [(WRITES, 1, moved)]


VIEWED = [
    (lambda a: a.transpose(0, 1), "transpose"),
    (lambda a: a.t(), "t"),
    (lambda a: a.view(12), "view"),
    (lambda a: a.reshape(2, 6), "view"),
    (lambda a: a[1:], "slice"),
    (lambda a: a[0], "select"),
    (lambda a: a.expand(2, 3, 4), "expand"),
    (lambda a: a.detach(), "detach"),
    (lambda a: a.split(2), "split"),
    (lambda a: a.unbind(), "unbind"),
    (lambda a: a.diagonal(), "diagonal"),
    (lambda a: a.unsqueeze_(0), "unsqueeze_"),
    (lambda a: torch.ops.aten._unsafe_view(a, [12]), "_unsafe_view"),
]


@pytest.mark.parametrize(("run", "name"), VIEWED)
def test_views_are_free(run: Callable[..., object], name: str) -> None:
    assert [(row.name, row.kind, row.bytes, row.flops) for row in rows_of(run, f32(3, 4))] == [(name, VIEWS, 0, 0)]


def test_operations_that_are_alike_make_one_row_and_others_their_own() -> None:
    bench = Bench()
    a, b = f32(3, 4), f32(4, 5)
    with bench.counting():
        for _ in range(7):
            a @ b
        b @ f32(5, 2)
    assert [(row.formula, row.count, row.flops, row.bytes) for row in bench.rows if row.name == "mm"] == [
        ("2·M·N·K = 2·3·5·4", 7, 7 * 2 * 3 * 5 * 4, 7 * 4 * (12 + 20 + 15)),
        ("2·M·N·K = 2·4·2·5", 1, 2 * 4 * 2 * 5, 4 * (20 + 10 + 8)),
    ]


def test_an_operator_of_a_library_is_named_with_its_namespace() -> None:
    with torch.library._scoped_library("costs_test", "FRAGMENT") as library:
        library.define("twice(Tensor x) -> Tensor")
        library.impl("twice", lambda x: x.clone().mul_(2), "CPU")
        rows = rows_of(torch.ops.costs_test.twice, f32(3, 4))
    assert [(row.name, row.kind, row.bytes) for row in rows] == [("costs_test.twice", MAKES, 4 * (12 + 12))]
