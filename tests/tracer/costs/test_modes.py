"""The dispatch mode among others: where it lies, when it is there, what it leaves alone."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from tests.tracer.costs.counting import Bench
from tracer.sources.files import COUNTED, TIMED

torch: Any = pytest.importorskip("torch")
from torch._subclasses.fake_tensor import FakeTensorMode  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

A, B = torch.ones(3, 4), torch.ones(4, 5)
PRODUCT = 2 * 3 * 5 * 4


def modes() -> list[Any]:
    return [torch._C._get_dispatch_stack_at(index) for index in range(torch._C._len_torch_dispatch_stack())]


class Listening(TorchDispatchMode):  # type: ignore[misc]
    """A mode of a lecture's own: it hears names and changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.heard.append(func._overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.fixture
def bench() -> Any:
    bench = Bench()
    yield bench
    bench.accountant.stop()
    assert modes() == []


# ------------------------------------------------------------------------------------------------ when it is there


def test_nothing_is_there_until_it_is_asked_for_and_after_it_ends(bench: Bench) -> None:
    assert modes() == []
    with bench.step(0):
        A @ B
        bench.accountant.begin(COUNTED)
        assert len(modes()) == 1
        A @ B
        bench.accountant.end(COUNTED)
        assert modes() == []
        assert not bench.accountant.counts
        A @ B
    bench.accountant.stop()
    assert bench.flops == PRODUCT


def test_it_is_gone_while_something_is_timed(bench: Bench) -> None:
    accountant = bench.accountant
    with bench.step(0):
        accountant.start()
        A @ B
        accountant.begin(TIMED)
        assert modes() == []
        A @ B
        accountant.begin(COUNTED)  # a line called by the timed one: that wins
        assert modes() == []
        A @ B
        accountant.end(COUNTED)
        accountant.end(TIMED)
        assert len(modes()) == 1
        A @ B
    accountant.stop()
    assert bench.flops == 2 * PRODUCT


def test_spans_may_end_in_any_order(bench: Bench) -> None:
    accountant = bench.accountant
    with bench.step(0):
        for account, there in [(COUNTED, 1), (TIMED, 0), (COUNTED, 0)]:
            accountant.begin(account)
            assert len(modes()) == there
        for account, there in [(COUNTED, 0), (TIMED, 1), (COUNTED, 0)]:
            accountant.end(account)
            assert len(modes()) == there


def test_it_comes_and_goes_below_the_modes_of_the_lecture(bench: Bench) -> None:
    accountant, mine = bench.accountant, Listening()
    with bench.step(0):
        accountant.begin(COUNTED)
        with mine:
            assert modes()[1:] == [mine]
            accountant.begin(TIMED)
            assert modes() == [mine]
            A @ B
            accountant.end(TIMED)
            assert modes()[1:] == [mine]
            A @ B
        assert len(modes()) == 1
        mine.heard.append("|")
        mine.__enter__()
        accountant.end(COUNTED)  # the lecture's mode outlives the span
        assert modes() == [mine]
        A @ B
        mine.__exit__(None, None, None)
    accountant.stop()
    assert mine.heard == ["mm", "mm", "|", "mm"]
    assert bench.flops == PRODUCT


def test_an_operation_that_fails_leaves_all_in_place(bench: Bench) -> None:
    with bench.counting():
        with pytest.raises(RuntimeError, match="cannot be multiplied"):
            A @ A
        assert len(modes()) == 1
        A @ B
    assert bench.flops == PRODUCT
    assert bench.notices == []


def test_a_tally_sums_forward_and_backward(bench: Bench) -> None:
    w = torch.ones(4, 5, requires_grad=True)
    with bench.step(0):
        (A @ w).sum().backward()
        with bench.accountant.counting() as outer:
            y = A @ w
            with bench.accountant.counting() as inner:
                y.sum().backward()
            assert len(modes()) == 1
        A @ w
    assert (outer.flops, inner.flops) == (2 * PRODUCT, PRODUCT)
    assert outer.bytes - inner.bytes == 4 * (12 + 20 + 15)
    assert outer.peak_bytes >= 4 * (15 + 20)  # the product, and in the end the gradient
    assert not outer.partial


def test_a_tally_within_a_timed_line_says_why_it_is_empty(bench: Bench) -> None:
    with bench.step(0):
        bench.accountant.begin(TIMED)
        with bench.accountant.counting() as tally:
            A @ B
        bench.accountant.end(TIMED)
    assert (tally.flops, tally.bytes, tally.partial) == (0, 0, True)
    assert len(bench.notices) == 1


def test_threads_count_from_their_first_step_on(bench: Bench) -> None:
    def work() -> None:
        A @ B
        with bench.step(1):
            A @ B

    with bench.counting():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [(row.step, row.flops) for row in bench.rows] == [(1, PRODUCT)]


def test_a_span_is_of_its_thread(bench: Bench) -> None:
    def work() -> None:
        with bench.step(1):
            A @ B

    with bench.step(0):
        bench.accountant.begin(COUNTED)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        bench.accountant.end(COUNTED)
    bench.accountant.stop()
    assert bench.rows == []


def test_a_span_that_another_thread_ends_was_of_the_one_that_began_it(bench: Bench) -> None:
    """As of a generator that is handed on."""
    inside = bench.accountant.counting()
    with bench.step(0):
        tally = inside.__enter__()
        A @ B
    ending = threading.Thread(target=inside.__exit__, args=(None, None, None))
    ending.start()
    ending.join()
    assert not bench.accountant.counts
    with bench.step(1):
        A @ B
    assert tally.flops == bench.flops > 0
    with bench.step(2), bench.accountant.counting() as again:
        A @ B
    assert again.flops == tally.flops
    bench.accountant.stop()
    assert {row.step for row in bench.rows} == {0, 2}


def test_no_room_on_the_stack_to_count_is_no_fault_and_tracing_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise RecursionError

    def trace(*_: object) -> None:
        return None

    with bench.counting():
        A @ B
        thread = bench.accountant._thread()
        monkeypatch.setattr(thread, "excluded", no_room)
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            with pytest.raises(RecursionError):
                A @ B
            assert sys.gettrace() is trace
        finally:
            sys.settrace(before)
        monkeypatch.undo()
        monkeypatch.setattr(thread, "ran", no_room)
        A @ B
        monkeypatch.undo()
    assert bench.notices == []


# ------------------------------------------------------------------------------------------- what others do meanwhile


def test_modes_of_the_lecture_hear_what_they_would_hear_without(bench: Bench) -> None:
    def run() -> list[str]:
        with Listening() as mode:
            w = torch.ones(4, 4, requires_grad=True)
            torch.nn.functional.linear(A, w).relu().sum().backward()
            with torch.inference_mode():
                torch.nn.functional.linear(A, w)
        return mode.heard

    alone = run()
    with bench.counting():
        assert run() == alone
    with Listening() as outer, bench.counting():
        before = list(outer.heard)
        assert run() == alone
        assert outer.heard == before + alone


def test_a_flop_counter_of_the_lecture_counts_the_same(bench: Bench) -> None:
    with bench.counting(), FlopCounterMode(display=False) as counter:
        with torch.inference_mode():
            torch.matmul(A, B)
        A @ B
    assert counter.get_total_flops() == bench.flops == 2 * PRODUCT


def test_tensors_without_elements_cost_nothing(bench: Bench) -> None:
    with bench.counting():
        with FakeTensorMode() as mode:
            fake = torch.ones(3, 4)
            fake @ torch.ones(4, 5)
            mode.from_tensor(A) @ torch.empty(4, 5)
        fake @ fake.t()
        meta = torch.ones(3, 4, device="meta")
        meta @ meta.t()
        torch._foreach_add_([meta], 1)
    assert [row for row in bench.rows if row.flops or row.bytes] == []


def test_transforms_and_autocast(bench: Bench) -> None:
    x = torch.ones(7, 3, 4)
    w = torch.ones(4, 5)
    with bench.counting():
        torch.vmap(lambda one: one @ w)(x)
    assert bench.flops == 7 * PRODUCT

    bench = Bench()
    with bench.counting():
        torch.func.grad(lambda v: (A @ v).sum())(w)
        torch.func.jacrev(lambda v: A[:1] @ v)(w)
        torch.func.hessian(lambda v: (A @ v).pow(2).sum())(w)
    assert bench.notices == []
    with FlopCounterMode(display=False) as counter:
        torch.func.grad(lambda v: (A @ v).sum())(w)
        torch.func.jacrev(lambda v: A[:1] @ v)(w)
        torch.func.hessian(lambda v: (A @ v).pow(2).sum())(w)
    assert bench.flops == counter.get_total_flops() > 0

    bench = Bench()
    with bench.counting(), torch.autocast("cpu", torch.bfloat16):
        A @ B
    moved = {row.name: row.bytes for row in bench.rows}
    assert moved == {"_to_copy": 4 * 32 + 2 * 32, "mm": 2 * (12 + 20 + 15)}


class Wrapping(torch.Tensor):  # type: ignore[misc, name-defined]
    """A tensor that has another, and does everything twice."""

    @staticmethod
    def __new__(cls, inner: Any) -> Any:
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        bare = [arg.inner if isinstance(arg, cls) else arg for arg in args]
        func(*bare, **(kwargs or {}))
        return cls(func(*bare, **(kwargs or {})))


class Named(torch.Tensor):  # type: ignore[misc, name-defined]
    """A tensor with another class and nothing else."""


def test_of_a_wrapper_what_it_runs_is_counted(bench: Bench) -> None:
    with bench.counting():
        assert isinstance(Wrapping(A) @ B, Wrapping)
    assert bench.flops == 2 * PRODUCT
    bench = Bench()
    with bench.counting():
        assert isinstance(A.as_subclass(Named) @ B, Named)
    assert bench.flops == PRODUCT


def test_control_flow_operators_run_what_they_run(bench: Bench) -> None:
    from torch._higher_order_ops.cond import cond_op

    with bench.counting():
        out = cond_op(torch.tensor(True), lambda a, b: (a @ b,), lambda a, b: ((a @ b) * 2,), (A, B))
    assert out[0].shape == (3, 5)
    assert bench.flops == PRODUCT


# ---------------------------------------------------------------------------------------------------- faults, and time


def test_a_fault_of_ours_is_told_once_and_nobody_else_feels_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracer.costs.operations import Operation

    def fail(*_: object) -> int:
        raise ValueError("no")

    monkeypatch.setattr(Operation, "bytes", fail)
    with bench.counting():
        assert (A @ B).shape == (A @ B).shape == (3, 5)
    assert [notice.partition("(")[2][:14] for notice in bench.notices] == ["ValueError: no"]


def test_the_time_of_counting_is_taken_out_but_never_more_than_passed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of the test's own: an operation comes in at 100, runs from 120 to 150, and is counted by 175."""
    mode, thread = sys.modules["tracer.costs.mode"], sys.modules["tracer.costs.thread"]
    times = iter([0, 100, 120, 150, 175, 180, 181, 182, 190])
    with bench.counting():
        monkeypatch.setattr(mode, "perf_counter_ns", lambda: next(times))
        monkeypatch.setattr(thread, "perf_counter_ns", lambda: next(times))
        [counted] = [other.counter for other in modes()]
        counted.rehearses = None
        counted._entries, counted._left, bench.excluded = (40, 0, 0), next(times), 0
        A @ B
        assert bench.excluded == (120 - 100) + (175 - 150) + 40
        bench.excluded = 0
        A @ B  # 5 between the two, 1 inside: no 40 can have been our doing
        assert bench.excluded == (181 - 180) + (190 - 182) + 5 + 1
        monkeypatch.undo()
