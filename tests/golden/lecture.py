# ruff: noqa: F841, PT018 - what it binds is there to be recorded

"""A small lecture with a bit of everything that a record can hold. `make.py` records it; what it says does not matter."""

import dataclasses
import sys
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
import triton
import triton.language as tl
from einops import rearrange

from tracer import code, expect, graph, image, link, make_graph, note, plot, quiz, table, text


@dataclasses.dataclass
class Point:
    x: float
    y: float


class Stack:
    depth = 0

    def push(self, item: object) -> "Stack":
        self.depth += 1
        return self


def main() -> None:
    text("# A golden lecture")
    note("Words for the speaker.")
    outputs()
    values()
    arrays()
    tokens_and_modules()
    costs_of_lines()
    kernels()
    calls()
    failures()
    printing()
    turns()
    text("The end: $e^{i\\pi} + 1 = 0$.", style={"color": "teal"})


def outputs() -> None:
    text("as it is: *not* emphasised", verbatim=True)
    image(np.array([[0, 128], [255, 64]], dtype=np.uint8), width=120, alt="four squares")
    link(title="A page", url="https://example.org/page", authors=["A", "B"], date="2024-05")
    link(fibonacci)
    plot({"data": {"values": [{"x": 0, "y": 1}, {"x": 1, "y": 2.5}]}, "mark": "line", "encoding": {
        "x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}}, alt="a line")  # fmt: skip
    graph(make_graph(["a", {"id": "b", "label": "β"}], [("a", "b")], layout="dagre", height=90))
    table([["a", 1, None], ["b", 2.0, True]], columns=["name", "number", "flag"], caption="A table")
    code("def f(x):\n    return x + 1\n", caption="A listing")
    quiz("How many bytes has a number in `float32`?", [2, 4, 8], answer=4, why="32 bits.")
    image(Path("missing.png"))


def values() -> None:
    small = (None, True, 3, 0.5, 1.0, "é\n")  # @inspect small
    large = 2**200  # @inspect large
    odd = [float("nan"), float("-inf"), 1 - 2j, 10**2000]  # @inspect odd
    words = "abc " * 2000  # @inspect words
    raw = b"\x00bytes"  # @inspect raw
    nested = {
        "list": [1, [2, [3, [4, [5, [6, [7]]]]]]],
        ("a", 1): {1, 2, 3},
        "many": list(range(1000)),
    }  # @inspect nested
    cycle: list[object] = [1]
    cycle.append(cycle)  # @inspect cycle
    point = Point(1.0, -2.0)  # @inspect point, point.x
    third = Fraction(1, 3)  # @inspect third
    function = fibonacci  # @inspect function, Stack, dataclasses
    numbers = squares(3)  # @inspect numbers
    small = ()  # @inspect small @clear large
    del small, point, third, function, numbers, odd, words, raw, nested


def arrays() -> None:
    tiny = torch.arange(6, dtype=torch.float32).reshape(2, 3)  # @inspect tiny
    view = tiny.T[1:]  # @inspect view
    big = torch.arange(4096).reshape(64, 64)  # @inspect big
    half = torch.tensor([1.0, float("nan"), float("inf")], dtype=torch.bfloat16)  # @inspect half
    weight = torch.nn.Parameter(torch.ones(2))  # @inspect weight
    loss = (weight * 3).sum()  # @inspect loss
    meta = torch.empty(3, 4, device="meta")  # @inspect meta
    grid = np.eye(3, dtype=np.int16)  # @inspect grid
    scalar = np.float64(0.25)  # @inspect scalar
    assert view.numel() + big.numel() + half.numel() + grid.size + meta.ndim > 0 and loss and scalar


def tokens_and_modules() -> None:
    words = {0: "a", 1: b"\xc3", 2: " word"}
    ids = [2, 0, 1]  # @tokens ids words
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    network[1].weight = network[0].weight  # @inspect network
    layer = Layer(torch.zeros(2))  # @inspect layer.weight
    layer.weight.data += 1
    every = torch.arange(300)  # @full every
    many = torch.arange(24.0).reshape(2, 3, 4)
    split = rearrange(many, "batch time (head channel) -> batch head time channel", head=2)  # @inspect split
    assert len(ids) == len(words) and network and every.numel() and split.numel()


@dataclasses.dataclass
class Layer:
    weight: torch.Tensor


def costs_of_lines() -> None:
    weight = torch.nn.Parameter(torch.ones(3, 2))
    with expect(flops=2 * 4 * 3 * 2, bytes=100, label="a product"):
        product = torch.ones(4, 3) @ weight
    product.sum().backward()  # @costs


def kernels() -> None:
    x, y = torch.arange(6.0).reshape(2, 3), torch.zeros(2, 3)
    double_rows[(2,)](x, y, 3, BLOCK=4)
    double_rows[(2,)](x, y, 3, BLOCK=4)  # @stepover


@triton.jit
def double_rows(x_ptr, y_ptr, columns, BLOCK: tl.constexpr):
    at = tl.program_id(0) * columns + tl.arange(0, BLOCK)
    inside = tl.arange(0, BLOCK) < columns
    tl.store(y_ptr + at, 2 * tl.load(x_ptr + at, mask=inside), mask=inside)


def calls() -> None:
    total = fibonacci(4)  # @inspect total
    for square in squares(3):  # @inspect square
        total += square
    pair = [Stack().push(item).depth for item in range(2)]  # @inspect pair
    stepped_over = fibonacci(3)  # @stepover
    thread = threading.Thread(target=in_a_thread, name="worker")
    run(thread)  # @stepover
    secret = pair and stepped_over  # @hide
    assert secret


def fibonacci(n: int) -> int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def squares(n: int) -> Iterator[int]:
    for i in range(n):
        yield i * i


def run(thread: threading.Thread) -> None:
    """In one step, so that the steps of both threads always come in the same order."""
    thread.start()
    thread.join()


def in_a_thread() -> None:
    text("Words from a thread.")
    place = threading.current_thread().name  # @inspect place
    assert place


def failures() -> None:
    try:
        divide(1, 0)
    except ZeroDivisionError as error:
        message = str(error)  # @inspect message
    try:
        {}["key"]
    except KeyError:
        pass
    finally:
        message = "done"
    generator = squares(5)
    next(generator)
    generator.close()
    absent = 1  # @inspect absent, nowhere
    assert message and absent


def turns() -> None:
    total = 0
    for i in range(50):  # more than are recorded
        total += fibonacci(i % 2)


def divide(a: int, b: int) -> float:
    with Closing():
        return a / b


class Closing:
    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None:
        print("closed")


def printing() -> None:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    for i in range(3):
        print(i, end=" ")
