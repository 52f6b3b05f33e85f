"""Counting leaves torch.compile as it is: as many graphs, no more breaks; what it cannot see of them, it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tracer.costs.charged import flops_by_line, line_of, operations
from tests.tracer.recording import Recording
from tracer.costs.accountant import COMPILED

pytest.importorskip("torch")

COMPILES = """
import torch
import torch._dynamo
from torch._dynamo.utils import counters

@torch.compile(backend="{backend}", fullgraph=True)
def whole(x, w):
    return torch.sin(x @ w).sum()

@torch.compile(backend="{backend}")
def in_two(x, w):
    y = x @ w
    print("a break in the graph")
    return y * 2

class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(8, 8)

    def forward(self, x):
        return self.inner(x).relu()

def main():
    torch._dynamo.reset(); counters.clear()
    x, w = torch.ones(4, 8), torch.ones(8, 8, requires_grad=True)
    for turn in range(2):
        loss = whole(x, w)
        loss.backward()
    in_two(x, w)
    layer = torch.compile(torch.nn.Linear(8, 8), backend="{backend}")
    layer(x)
    torch.compile(Layer(), backend="{backend}")(x)
    with torch.no_grad():
        whole(x, w)
    stats = [counters["stats"]["unique_graphs"], counters["stats"]["calls_captured"]]  # @inspect stats
    breaks = counters["graph_break"].total()  # @inspect breaks
    frames = [counters["frames"]["total"], counters["frames"]["ok"]]  # @inspect frames
"""

BACKENDS = ["eager", "aot_eager", "inductor"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_as_much_is_compiled_as_without(count: Callable[..., Recording], backend: str, tmp_path: Path) -> None:
    counted = count(COMPILES.format(backend=backend), name="counted")
    plain = count(COMPILES.format(backend=backend), name="plain", costs=False)
    assert counted.bound("stats") == plain.bound("stats")
    assert counted.bound("breaks") == plain.bound("breaks") == [1]
    assert counted.bound("frames") == plain.bound("frames")
    assert counted.drawing() == plain.drawing()
    product = 2 * 4 * 8 * 8
    lines = flops_by_line(counted)
    # Three calls, two of them with a backward pass, which has one product, since x needs no gradient.
    assert lines[f'@torch.compile(backend="{backend}", fullgraph=True)'] == (3 * product, 2 * product)
    assert sum(forward for forward, _ in lines.values()) == 6 * product
    traced = list(operations(counted, "loss = whole(x, w)"))
    assert traced == []  # what happened while it was compiled is no work
    told = [line_of(counted, notice.step) for notice in counted.trace.notices]
    assert {notice.message for notice in counted.trace.notices} <= {COMPILED}
    if backend == "inductor":
        assert told == [
            f'@torch.compile(backend="{backend}", fullgraph=True)',
            f'@torch.compile(backend="{backend}")',
            'print("a break in the graph")',  # behind it, the rest of that function
            "layer(x)",
            "def forward(self, x):",
        ]
    else:
        assert told == []
        assert operations(counted, f'@torch.compile(backend="{backend}", fullgraph=True)')["sin"] == 3
