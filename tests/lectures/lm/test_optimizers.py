"""Optimizers, clipping and schedules: against torch's own, step by step."""

import math

import pytest
import torch
from torch import nn

from lectures.lm.optimizers import SGD, AdaGrad, AdamW, clip_gradients
from lectures.lm.schedules import cosine_schedule, warmup_stable_decay_schedule

PAIRS = [
    (SGD, torch.optim.SGD, {"lr": 0.1}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    (AdaGrad, torch.optim.Adagrad, {"lr": 0.1}),
    (AdaGrad, torch.optim.Adagrad, {"lr": 0.1, "weight_decay": 0.05}),
    (AdamW, torch.optim.AdamW, {"lr": 1e-2}),
    (AdamW, torch.optim.AdamW, {"lr": 1e-2, "betas": (0.5, 0.7), "eps": 1e-3, "weight_decay": 0.3}),
]


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2), nn.Linear(2, 2)).double()


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    generator = torch.Generator().manual_seed(2)
    for step in range(steps):
        x = torch.randn(8, 3, dtype=torch.float64, generator=generator)
        optimizer.zero_grad()
        hidden = model[:3](x) if step % 3 else model(x)  # the last layer has no gradient now and then
        hidden.square().mean().backward()
        optimizer.step()


@pytest.mark.parametrize(("ours", "theirs", "options"), PAIRS)
def test_a_hundred_steps_equal_torchs(ours, theirs, options):
    one, other = network(), network()
    train(one, ours(one.parameters(), **options), 100)
    train(other, theirs(other.parameters(), **options), 100)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "options", "numbers"), [(SGD, {}, 0), (SGD, {"momentum": 0.9}, 1), (AdaGrad, {}, 1), (AdamW, {}, 2)]
)
def test_what_they_keep_for_each_parameter(kind, options, numbers):
    model = network()
    optimizer = kind(model.parameters(), **options)
    train(model, optimizer, 2)
    kept = sum(v.numel() for state in optimizer.state.values() for v in state.values() if isinstance(v, torch.Tensor))
    assert kept == numbers * sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("kind", [SGD, AdaGrad, AdamW])
def test_closures_are_run_and_settings_checked(kind):
    weight = nn.Parameter(torch.tensor([3.0]))
    optimizer = kind([weight], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = weight.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9.0
    assert weight.item() < 3.0
    with pytest.raises(ValueError, match="lr must not be negative, as -1 is"):
        kind([weight], lr=-1)


def test_betas_below_one():
    with pytest.raises(ValueError, match="betas must be at least 0 and below 1"):
        AdamW([nn.Parameter(torch.ones(1))], betas=(0.9, 1.0))


@pytest.mark.parametrize("limit", [0.01, 1.0, 1e6])
def test_clipping_equals_torchs(limit):
    one, other = network(), network()
    for model in (one, other):
        model[:3](torch.full((4, 3), 2.0, dtype=torch.float64)).sum().backward()
    torch.testing.assert_close(
        clip_gradients(one.parameters(), limit), nn.utils.clip_grad_norm_(other.parameters(), limit)
    )
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            torch.testing.assert_close(a.grad, b.grad)
    assert clip_gradients([], 1.0).item() == 0


def test_cosine_schedule():
    lr = [cosine_schedule(it, 1.0, 0.1, 10, 110) for it in range(200)]
    assert lr[:11] == pytest.approx([it / 10 for it in range(11)])
    assert lr[60] == pytest.approx(0.55)
    assert lr[35] == pytest.approx(0.1 + 0.9 * (1 + math.cos(math.pi / 4)) / 2)
    assert lr[110:] == [0.1] * 90
    assert lr[10:] == sorted(lr[10:], reverse=True)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(torch.optim.SGD([nn.Parameter(torch.ones(1))], 1.0), 100, 0.1)
    for it in range(100):
        assert lr[10 + it] == pytest.approx(theirs.get_last_lr()[0])
        theirs.optimizer.step()
        theirs.step()
    assert cosine_schedule(0, 1.0, 0.1, 0, 10) == 1.0


def test_warmup_stable_decay_schedule():
    lr = [warmup_stable_decay_schedule(it, 1.0, 0.0, 10, 100, 25) for it in range(120)]
    assert lr[:11] == pytest.approx([it / 10 for it in range(11)])
    assert lr[10:76] == [1.0] * 66
    assert lr[75 + 16] == pytest.approx(1 - 0.8)
    assert lr[100:] == [0.0] * 20
    assert warmup_stable_decay_schedule(5, 1.0, 0.0, 0, 10, 0) == 1.0
