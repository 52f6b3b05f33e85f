"""Backward work is charged to the forward line that caused it, once, and to the line that runs it if there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tracer.costs.charged import flops_by_line, operations, total_flops
from tests.tracer.recording import Recording
from tracer.format.schema import PHASE_BACKWARD, PHASE_FORWARD, Int

pytest.importorskip("torch")

Count = Callable[..., Recording]


def library(recording: Recording) -> int:
    """What FlopCounterMode told the program itself."""
    [value] = recording.bound("library")
    return value.value if isinstance(value, Int) else int(value)  # type: ignore[call-overload, no-any-return]


def test_each_forward_line_gets_its_own(count: Count) -> None:
    recording = count(
        """
        import torch
        from torch.utils.flop_counter import FlopCounterMode

        def hidden(x, w):
            h = x @ w
            return h.relu_()

        def main():
            x = torch.ones(4, 8)
            w, v = torch.ones(8, 16, requires_grad=True), torch.ones(16, 2, requires_grad=True)
            with FlopCounterMode(display=False) as counter:
                h = hidden(x, w)
                y = h @ v
                loss = y.sum()
                loss.backward()
            library = counter.get_total_flops()  # @inspect library
        """
    )
    forward = {"h = x @ w": 2 * 4 * 16 * 8, "y = h @ v": 2 * 4 * 2 * 16}
    assert flops_by_line(recording) == {
        "h = x @ w": (forward["h = x @ w"], forward["h = x @ w"]),  # for the weights; x needs no gradient
        "y = h @ v": (forward["y = h @ v"], 2 * forward["y = h @ v"]),
    }
    assert total_flops(recording) == library(recording)
    assert operations(recording, "return h.relu_()", PHASE_BACKWARD)["threshold_backward"] == 1
    assert operations(recording, "loss.backward()", PHASE_FORWARD) == {"ones_like": 1}
    assert set(operations(recording, "loss.backward()", PHASE_BACKWARD)) == {"detach"}  # gradients put in their place
    assert recording.trace.notices == []


def test_turns_of_a_loop_are_told_apart(count: Count) -> None:
    recording = count(
        """
        import torch

        def main():
            w = torch.ones(2, 2, requires_grad=True)
            h = torch.ones(3, 2)
            for turn in range(3):
                h = h @ w
            h.sum().backward()
        """
    )
    rows = recording.trace.operations
    backward = [
        (step, flops)
        for step, phase, flops in zip(rows.step, rows.phase, rows.flops, strict=True)
        if phase == PHASE_BACKWARD and flops
    ]
    product = 2 * 3 * 2 * 2
    by_step: dict[int, int] = {}
    for step, flops in backward:
        by_step[step] = by_step.get(step, 0) + flops
    assert len(by_step) == 3
    assert [by_step[step] for step in sorted(by_step)] == [product, 2 * product, 2 * product]


def test_a_backward_of_the_lecture_is_charged_to_its_lines(count: Count) -> None:
    recording = count(
        """
        import torch
        from torch.utils.flop_counter import FlopCounterMode

        class Product(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, w):
                ctx.save_for_backward(x, w)
                return x @ w

            @staticmethod
            def backward(ctx, gradient):
                x, w = ctx.saved_tensors
                of_x = gradient @ w.T
                return of_x, x.T @ gradient

        def main():
            x = torch.ones(4, 8, requires_grad=True)
            w = torch.ones(8, 2, requires_grad=True)
            with FlopCounterMode(display=False) as counter:
                y = x @ torch.eye(8)
                z = Product.apply(y, w)
                z.sum().backward()
            library = counter.get_total_flops()  # @inspect library
        """
    )
    assert flops_by_line(recording) == {
        "y = x @ torch.eye(8)": (2 * 4 * 8 * 8, 2 * 4 * 8 * 8),
        "return x @ w": (2 * 4 * 2 * 8, 0),
        "of_x = gradient @ w.T": (2 * 4 * 8 * 2, 0),
        "return of_x, x.T @ gradient": (2 * 8 * 2 * 4, 0),
    }
    assert total_flops(recording) == library(recording)


def test_a_backward_of_a_library_is_charged_to_the_line_that_applied_it(count: Count) -> None:
    recording = count(
        """
        import torch

        class Product(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, w):
                ctx.save_for_backward(x, w)
                return x @ w

            @staticmethod
            def backward(ctx, gradient):
                x, w = ctx.saved_tensors
                return gradient @ w.T, x.T @ gradient

        def main():
            x, w = torch.ones(4, 8, requires_grad=True), torch.ones(8, 2, requires_grad=True)
            before = x * 2
            y = Product.apply(before, w)  # @stepover
            y.sum().backward()  # @stepover
        """
    )
    assert flops_by_line(recording) == {"y = Product.apply(before, w)": (2 * 4 * 2 * 8, 2 * 2 * 4 * 2 * 8)}
    assert operations(recording, "before = x * 2", PHASE_BACKWARD)["mul"] == 1


def test_hooks_are_charged_to_their_own_lines(count: Count) -> None:
    recording = count(
        """
        import torch

        def tall(gradient):
            return gradient @ torch.eye(2)

        def main():
            w = torch.ones(2, 2, requires_grad=True)
            w.register_hook(tall)
            y = torch.ones(3, 2) @ w
            y.sum().backward()
        """
    )
    assert flops_by_line(recording) == {
        "y = torch.ones(3, 2) @ w": (2 * 3 * 2 * 2, 2 * 3 * 2 * 2),
        "return gradient @ torch.eye(2)": (2 * 2 * 2 * 2, 0),
    }


CHECKPOINTED = """
import torch
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

def layer(x, w):
    return torch.relu(x @ w) @ w

def main():
    x, w = torch.ones(4, 8), torch.ones(8, 8, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        y = checkpoint(layer, x, w, use_reentrant={reentrant}){comment}
        y.sum().backward(){comment}
    library = counter.get_total_flops()  # @inspect library
"""


def test_what_a_checkpoint_computes_again_is_charged_to_the_lines_that_run_again(count: Count) -> None:
    recording = count(CHECKPOINTED.format(reentrant=False, comment=""))
    product = 2 * 4 * 8 * 8
    # The second product is not computed again: nothing needs it. Backward, the first has one gradient, the second two.
    assert flops_by_line(recording) == {"return torch.relu(x @ w) @ w": (3 * product, 3 * product)}
    assert total_flops(recording) == library(recording)


def test_what_a_library_computes_again_is_backward_work_of_the_line_that_called_it(count: Count) -> None:
    recording = count(CHECKPOINTED.format(reentrant=False, comment="  # @stepover"))
    product = 2 * 4 * 8 * 8
    lines = flops_by_line(recording)
    assert lines == {"y = checkpoint(layer, x, w, use_reentrant=False)": (2 * product, (1 + 3) * product)}
    assert total_flops(recording) == library(recording)


def test_reentrant_checkpoints_count_nothing_twice(count: Count) -> None:
    recording = count(
        CHECKPOINTED.format(reentrant=True, comment="").replace(
            "torch.ones(4, 8),", "torch.ones(4, 8, requires_grad=True),"
        )
    )
    product = 2 * 4 * 8 * 8
    assert flops_by_line(recording) == {"return torch.relu(x @ w) @ w": (2 * 2 * product, 4 * product)}
    assert total_flops(recording) == library(recording)


def test_second_derivatives_are_charged_to_the_first_lines(count: Count) -> None:
    recording = count(
        """
        import torch
        from torch.utils.flop_counter import FlopCounterMode

        def main():
            w = torch.ones(3, 3, requires_grad=True)
            with FlopCounterMode(display=False) as counter:
                y = (w @ w).pow(2).sum()
                [slope] = torch.autograd.grad(y, w, create_graph=True)
                penalty = slope.pow(2).sum()
                penalty.backward()
            library = counter.get_total_flops()  # @inspect library
        """
    )
    assert set(flops_by_line(recording)) == {"y = (w @ w).pow(2).sum()"}
    assert total_flops(recording) == library(recording)
    assert operations(recording, "penalty = slope.pow(2).sum()", PHASE_BACKWARD)["pow"] >= 1


def test_a_graph_made_before_counting_began_is_charged_to_the_line_that_runs_it_back(count: Count) -> None:
    recording = count(
        """
        import torch

        def main():
            w = torch.ones(2, 2, requires_grad=True)
            y = torch.ones(3, 2) @ w
            z = (y @ w).sum()  # @costs
            z.backward()  # @costs
        """,
        costs=False,
    )
    product = 2 * 3 * 2 * 2
    assert flops_by_line(recording) == {
        "z = (y @ w).sum()": (product, 2 * product),
        "z.backward()": (0, product),
    }


def test_a_graph_of_another_thread(count: Count) -> None:
    recording = count(
        """
        import threading
        import torch

        def learn(x, w):
            y = x @ w
            y.sum().backward()

        def main():
            w = torch.ones(2, 2, requires_grad=True)
            z = torch.ones(5, 2) @ w
            thread = threading.Thread(target=learn, args=(torch.ones(3, 2), w))
            thread.start()
            thread.join()
            z.sum().backward()
        """
    )
    assert flops_by_line(recording) == {
        "y = x @ w": (2 * 3 * 2 * 2, 2 * 3 * 2 * 2),
        "z = torch.ones(5, 2) @ w": (2 * 5 * 2 * 2, 2 * 5 * 2 * 2),
    }


def test_turns_over_the_budget_are_charged_to_the_last_that_is_recorded(count: Count) -> None:
    recording = count(
        """
        import torch

        def main():
            w = torch.ones(2, 2, requires_grad=True)
            h = torch.ones(3, 2)
            for turn in range(6):
                h = h @ w
                h = h + 1
            h.sum().backward()
        """,
        max_visits=2,
    )
    product = 2 * 3 * 2 * 2
    assert flops_by_line(recording) == {"h = h @ w": (6 * product, 11 * product)}
    assert operations(recording, "h = h + 1", PHASE_FORWARD) == {"add": 6}


def test_turns_that_nobody_even_counts_are_charged_to_their_own_lines(count: Count) -> None:
    recording = count(
        """
        import torch

        def main():
            x = torch.ones(2, 2)
            for turn in range(40):
                y = x @ x
                z = x[:1] @ x
        """,
        max_visits=1,
    )
    assert flops_by_line(recording) == {"y = x @ x": (40 * 16, 0), "z = x[:1] @ x": (40 * 8, 0)}
