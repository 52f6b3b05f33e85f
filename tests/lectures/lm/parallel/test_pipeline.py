"""Schedules as such, and pipelines of real stages against the whole model."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from lectures.lm.layers import FeedForward
from lectures.lm.parallel.collectives import rank_and_size
from lectures.lm.parallel.pipeline import Pipeline, bubble, orders, split_layers, timetable

SCHEDULES = ["gpipe", "1f1b"]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("stages", "microbatches"), [(1, 3), (2, 1), (4, 4), (4, 2), (3, 8)])
def test_everything_is_done_once_and_in_order(schedule, stages, microbatches):
    works = timetable(schedule, stages, microbatches)
    ends = {(work.stage, work.kind, work.microbatch): work.end for work in works}
    assert len(ends) == len(works) == 2 * stages * microbatches
    for work in works:
        i, stage = work.microbatch, work.stage
        if work.kind == "F" and stage:
            assert work.start >= ends[stage - 1, "F", i]
        if work.kind == "B":
            assert work.start >= ends[stage, "F", i]
            if stage + 1 < stages:
                assert work.start >= ends[stage + 1, "B", i]
    assert bubble(works) == pytest.approx((stages - 1) / (microbatches + stages - 1))


@pytest.mark.parametrize("stage", range(4))
def test_how_many_microbatches_are_kept(stage):
    for schedule, most in (("gpipe", 8), ("1f1b", 4 - stage)):
        kept = [0]
        for kind, _ in orders(schedule, stage, 4, 8):
            kept.append(kept[-1] + (1 if kind == "F" else -1))
        assert max(kept) == most
        assert kept[-1] == 0


def test_an_unknown_schedule_is_said():
    with pytest.raises(ValueError, match="The schedules are gpipe and 1f1b, not 'pipedream'"):
        orders("pipedream", 0, 2, 2)


def layers():
    """Five, of different widths."""
    torch.manual_seed(6)
    widths = [3, 6, 2, 6, 6, 4]
    return [
        nn.Sequential(nn.Linear(a, b), FeedForward(b, 5, bias=True), nn.Tanh()).double() for a, b in pairwise(widths)
    ]


def data(batch):
    generator = torch.Generator().manual_seed(7)
    return (
        torch.randn(batch, 2, 3, dtype=torch.float64, generator=generator),
        torch.randn(batch, 2, 4, dtype=torch.float64, generator=generator),
    )


def case(group, schedule, batch, microbatches):
    rank, size = rank_and_size(group)
    stage = split_layers(layers(), group)
    pipeline = Pipeline(stage, nn.functional.mse_loss, microbatches, schedule, group)
    loss = pipeline.forward_backward(*data(batch))
    assert [(work.kind, work.microbatch) for work in pipeline.works] == orders(schedule, rank, size, microbatches)
    assert all(work.start <= work.end and work.stage == rank for work in pipeline.works)
    assert pipeline.most_kept == (microbatches if schedule == "gpipe" else min(size - rank, microbatches))
    return loss, [parameter.grad for parameter in stage.parameters()]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("size", "batch", "microbatches"), [(1, 4, 2), (2, 7, 3), (3, 6, 6), (4, 11, 8), (4, 4, 2)])
def test_the_loss_and_all_gradients_are_those_of_the_whole(workers, schedule, size, batch, microbatches):
    model = nn.Sequential(*layers())
    x, y = data(batch)
    expected = nn.functional.mse_loss(model(x), y)
    expected.backward()
    results = workers.run(case, size, schedule, batch, microbatches)
    for loss, _ in results:
        torch.testing.assert_close(loss, expected.detach(), rtol=1e-12, atol=0)
    gradients = [gradient for _, of_stage in results for gradient in of_stage]
    for ours, parameter in zip(gradients, model.parameters(), strict=True):
        torch.testing.assert_close(ours, parameter.grad, rtol=1e-11, atol=1e-13)


def case_misused(group):
    with pytest.raises(ValueError, match="1 layers cannot be shared out to 2 stages"):
        split_layers([nn.Linear(2, 2)], group)
    pipeline = Pipeline(nn.Linear(2, 2), nn.functional.mse_loss, 4, group=group)
    with pytest.raises(ValueError, match="A batch of 3 cannot be cut into 4 microbatches"):
        pipeline.forward_backward(torch.ones(3, 2), torch.ones(3, 2))


def test_misuse_is_said(workers):
    workers.run(case_misused, 2)
