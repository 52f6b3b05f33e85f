"""Data parallel: any number of ranks comes to what one process with the whole batch comes to."""

import pytest
import torch
from torch import nn

from lectures.lm.optimizers import AdamW
from lectures.lm.parallel.buckets import make_buckets
from lectures.lm.parallel.collectives import rank_and_size
from lectures.lm.parallel.data import DDP, average_gradients
from tests.lectures.lm.parallel.models import (
    OPTIONS,
    STEPS,
    Awkward,
    assert_same_state,
    batch,
    language_model,
    loss_of,
    part,
    token_loss,
    tokens,
    trained_awkward,
    trained_language_model,
)

WAYS = {
    "one message": {"bucket_bytes": 1e9, "overlap": False},
    "small buckets": {"bucket_bytes": 200, "overlap": True},
    "one each": {"bucket_bytes": 0, "overlap": True},
}


def case_trains(group, way):
    rank, size = rank_and_size(group)
    model = DDP(Awkward(seed=rank), group, **WAYS[way])  # rank 0's is what counts
    optimizer = AdamW(model.parameters(), **OPTIONS)
    for step in range(STEPS):
        optimizer.zero_grad()
        loss_of(model, part(batch(step), rank, size), step == STEPS - 1).backward()
        model.synchronize()
        if step < STEPS - 1:
            assert model.module.sometimes.weight.grad is None
        assert model.module.never.grad is None
        optimizer.step()
    return model.module.state_dict()


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_it_trains_as_one_process_does(workers, size):
    expected = trained_awkward()
    for way in WAYS if size == 4 else ["small buckets"]:
        for state in workers.run(case_trains, size, way):
            assert_same_state(state, expected)


def case_language_model(group, plain):
    rank, size = rank_and_size(group)
    model = language_model()
    parallel = None if plain else DDP(model, group, bucket_bytes=1_000)
    optimizer = AdamW(model.parameters(), **OPTIONS)
    for step in range(STEPS):
        optimizer.zero_grad()
        token_loss(parallel or model, part(tokens(step), rank, size)).backward()
        if parallel is None:
            average_gradients(model, group)
        else:
            parallel.synchronize()
        optimizer.step()
    return model.state_dict()


@pytest.mark.parametrize("plain", [True, False])
def test_a_transformer_with_tied_embeddings(workers, plain):
    expected = trained_language_model()
    for state in workers.run(case_language_model, 4, plain):
        assert_same_state(state, expected)


def case_used_by_one(group):
    rank, size = rank_and_size(group)
    model = DDP(Awkward(seed=0), group, bucket_bytes=300)
    loss_of(model, part(batch(0), rank, size), sometimes=rank == 1).backward()
    ours = model.module.sometimes.bias.grad
    ours = torch.zeros(7, dtype=torch.float64) if ours is None else ours.clone()
    model.synchronize()
    return ours, model.module.sometimes.bias.grad


def test_a_parameter_that_one_rank_used_counts_as_zero_elsewhere(workers):
    results = workers.run(case_used_by_one, 3)
    total = sum(before for before, _ in results)
    assert total.any()
    for _, after in results:
        torch.testing.assert_close(after, total / 3)


def case_accumulates(group):
    rank, size = rank_and_size(group)
    model = DDP(Awkward(seed=0), group, bucket_bytes=300)
    model.eval()  # buffers stay: both halves see the same
    first, second = part(batch(0), rank, size).chunk(2)
    with model.accumulate():
        (loss_of(model, first) / 2).backward()
    (loss_of(model, second) / 2).backward()
    model.synchronize()
    return [p.grad for p in model.module.parameters()]


def test_gradients_of_several_passes_add_up(workers):
    model = Awkward(seed=0)
    for step in range(2):
        halves = [rank_part.chunk(2)[step] for rank_part in batch(0).chunk(2)]
        (loss_of(model, torch.cat(halves)) / 2).backward()
    for gradients in workers.run(case_accumulates, 2):
        for ours, parameter in zip(gradients, model.parameters(), strict=True):
            assert (ours is None) == (parameter.grad is None)
            if ours is not None:
                torch.testing.assert_close(ours, parameter.grad, rtol=1e-12, atol=1e-13)


def case_forgets(group):
    model = DDP(Awkward(seed=0), group, bucket_bytes=300)
    loss_of(model, batch(0)).backward()
    with pytest.raises(RuntimeError, match=r"call synchronize\(\) after each"):
        loss_of(model, batch(1)).backward()
    model.synchronize()


def test_a_forgotten_synchronize_is_said(workers):
    workers.run(case_forgets, 2)


def case_order(group):
    model = nn.Sequential(*(nn.Linear(4, 4, bias=False) for _ in range(3)))
    parallel = DDP(model, group, bucket_bytes=0)
    seen = []
    model[0].weight.register_hook(lambda gradient: seen.append(len(parallel.sending)))
    parallel(torch.ones(2, 4)).sum().backward()
    return seen


def test_the_last_layers_are_on_their_way_before_the_first_has_its_gradient(workers):
    assert workers.run(case_order, 2) == [[2], [2]]


def case_messages(group, overlap):
    model = nn.Sequential(*(nn.Linear(4, 4, bias=False) for _ in range(3)))
    parallel = DDP(model, group, bucket_bytes=0, overlap=overlap)
    before_backward_ended = []
    for _ in range(2):
        parallel(torch.ones(2, 4)).sum().backward()
        before_backward_ended.append(len(parallel.messages) if parallel.sending else 0)
        parallel.synchronize()
    return before_backward_ended, [(m.bucket, m.nbytes, m.start <= m.end) for m in parallel.messages]


@pytest.mark.parametrize("overlap", [True, False])
def test_messages_of_the_last_step_know_their_times(workers, overlap):
    for early, messages in workers.run(case_messages, 2, overlap):
        assert early == ([3, 3] if overlap else [0, 0])
        assert messages == [(bucket, 4 * (16 + 1), True) for bucket in range(3)]  # a weight and its flag


def test_buckets_hold_each_trained_parameter_once_and_the_last_first():
    model = Awkward(seed=0)
    buckets = make_buckets([*model.parameters(), *model.parameters()], 300)
    flat = [id(p) for bucket in buckets for p in bucket]
    assert flat == [id(p) for p in reversed(list(model.parameters())) if p.requires_grad]
    assert all(len(bucket) == 1 or sum(p.nbytes for p in bucket) <= 300 for bucket in buckets)
    mixed = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2, dtype=torch.float64))]
    assert len(make_buckets(mixed, 1e9)) == 2


def test_nothing_to_train_is_said():
    with pytest.raises(ValueError, match="DDP found no parameter that wants a gradient"):
        DDP(nn.Tanh())
