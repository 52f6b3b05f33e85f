"""The clock: runs what it says, as often as it says, and sums up right."""

from __future__ import annotations

import pytest
import torch

from lectures.lm.benchmark import benchmark, summed_up


def test_it_warms_up_and_counts_the_rest() -> None:
    calls: list[int] = []
    timing = benchmark(lambda: calls.append(1), warmup=4, runs=7, device="cpu")
    assert len(calls) == 11
    assert timing.runs == 7
    assert 0 <= timing.fastest <= timing.milliseconds <= timing.slowest
    assert timing.seconds == timing.milliseconds / 1000


def test_one_long_run_does_not_move_the_median() -> None:
    timing = summed_up([3.0, 1.0, 2.0, 100.0, 2.5])
    assert (timing.milliseconds, timing.fastest, timing.slowest) == (2.5, 1.0, 100.0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("cold", [True, False])
@pytest.mark.parametrize("head_start", [True, False])
def test_on_a_gpu_it_is_the_work_that_is_timed(cold: bool, head_start: bool) -> None:
    x = torch.randn(4096, 4096, device="cuda")
    calls: list[int] = []
    timing = benchmark(lambda: (calls.append(1), x @ x), warmup=1, runs=5, cold=cold, head_start=head_start)
    assert len(calls) == 6
    assert 0 < timing.fastest <= timing.milliseconds <= timing.slowest
