"""ZeRO's three stages: the training of one process, with the memory of the formula."""

import gc
import weakref

import pytest
import torch
from torch import nn

from lectures.lm.model import count_parameters
from lectures.lm.optimizers import SGD, AdamW, clip_gradients
from lectures.lm.parallel.buckets import pack_shards, shard_range, unpack_shards
from lectures.lm.parallel.collectives import rank_and_size
from lectures.lm.parallel.fsdp import FSDP, Unit
from lectures.lm.parallel.memory import held_bytes, zero_memory
from lectures.lm.parallel.zero import ShardedOptimizer, clip_sharded_gradients
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


def start(model, stage, group, kind=AdamW, bucket_bytes=400, **options):
    """What is called, and its optimizer."""
    if stage == 3:
        units = [model.block, model.out] if isinstance(model, Awkward) else getattr(model, "layers", ())
        model = FSDP(model, units, group)
        return model, kind(model.parameters(), **options)
    return model, ShardedOptimizer(
        model.parameters(), kind, stage=stage, group=group, bucket_bytes=bucket_bytes, **options
    )


def state_of(model):
    return model.full_state_dict() if isinstance(model, FSDP) else model.state_dict()


def case_trains(group, stage, bucket_bytes):
    rank, size = rank_and_size(group)
    model, optimizer = start(Awkward(seed=rank), stage, group, bucket_bytes=bucket_bytes, **OPTIONS)
    if stage < 3:
        model.frozen = nn.Parameter(Awkward(seed=0).frozen, requires_grad=False)  # not the optimizer's to send
    for step in range(STEPS):
        optimizer.zero_grad()
        loss_of(model, part(batch(step), rank, size), step == STEPS - 1).backward()
        optimizer.step()
    return state_of(model)


@pytest.mark.parametrize("stage", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_it_trains_as_one_process_does(workers, size, stage):
    expected = trained_awkward()
    for bucket_bytes in (0, 400, 1e9) if size == 4 and stage == 2 else (400,):
        for state in workers.run(case_trains, size, stage, bucket_bytes):
            assert_same_state(state, expected)


def case_language_model(group, stage):
    rank, size = rank_and_size(group)
    model, optimizer = start(language_model(rank), stage, group, **OPTIONS)
    for step in range(STEPS):
        optimizer.zero_grad()
        token_loss(model, part(tokens(step), rank, size)).backward()
        optimizer.step()
    return state_of(model)


@pytest.mark.parametrize("stage", [2, 3])
def test_a_transformer_with_tied_embeddings(workers, stage):
    expected = trained_language_model()
    for state in workers.run(case_language_model, 4, stage):
        assert_same_state(state, expected)


def case_memory(group, stage, width):
    rank, size = rank_and_size(group)
    model = nn.Sequential(*(nn.Linear(width, width) for _ in range(3)))
    numbers, shapes = count_parameters(model), [p.numel() for p in model.parameters()]
    called, optimizer = start(model, stage, group)
    called(torch.ones(2, width)).sum().backward()
    if stage < 3:
        optimizer.synchronize()
        shards = optimizer.shards.values()
        before = held_bytes(model.parameters(), optimizer.optimizer, [s.grad for s in shards] if stage == 2 else ())
        optimizer.optimizer.step()  # makes the state; the gradients are still there
        held = held_bytes(model.parameters(), optimizer.optimizer, [s.grad for s in shards] if stage == 2 else ())
    else:
        before = held_bytes(called.parameters(), optimizer)
        optimizer.step()
        held = held_bytes(called.parameters(), optimizer)
    assert before.optimizer == 0
    mine = sum(end - first for first, end in (shard_range(count, rank, size) for count in shapes))
    return numbers, mine, held


@pytest.mark.parametrize("stage", [1, 2, 3])
@pytest.mark.parametrize("width", [8, 7])
def test_the_memory_of_a_rank(workers, stage, width):
    shares = []
    for numbers, mine, held in workers.run(case_memory, 4, stage, width):
        assert held.parameters == 4 * (mine if stage == 3 else numbers)
        assert held.gradients == 4 * (mine if stage >= 2 else numbers)
        assert held.optimizer == 8 * mine
        if width == 8:  # 4 ranks divide every parameter
            assert held == zero_memory(numbers, 4, stage)
        shares.append(mine)
    assert sum(shares) == numbers
    assert max(shares) - numbers / 4 < 6  # less than one for each of the six parameters


def test_the_formula_has_the_figures_of_the_paper():
    mixed = {"parameter_bytes": 2, "gradient_bytes": 2, "optimizer_bytes": 12}
    figures = [round(zero_memory(7.5e9, 64, stage, **mixed).total / 1e9, 1) for stage in range(4)]
    assert figures == [120.0, 31.4, 16.6, 1.9]
    with pytest.raises(ValueError, match="The stages of ZeRO are 0"):
        zero_memory(1, 1, 4)


def case_freed(group):
    model = language_model()
    largest = max(sum(p.nbytes for p in layer.parameters()) for layer in model.layers)
    total = sum(p.nbytes for p in model.parameters())
    root = total - sum(p.nbytes for layer in model.layers for p in layer.parameters())
    fsdp = FSDP(model, model.layers, group)
    seen = []
    gather = Unit.gathered
    Unit.gathered = lambda unit, shards: [seen.append(weakref.ref(t)) or t for t in gather(unit, shards)]
    try:
        loss = token_loss(fsdp, tokens(0))
        gc.collect()
        after_forward = sum(ref() is not None for ref in seen)
        loss.backward()
    finally:
        Unit.gathered = gather
    again = len(seen) // sum(len(unit.shards) for unit in fsdp.units)
    alive = sum(ref() is not None for ref in seen)
    return after_forward, alive, again, fsdp.account.bytes_now, fsdp.account.bytes_most, root + largest, total


def test_whole_parameters_are_there_only_while_they_are_used(workers):
    for after_forward, alive, again, now, most, expected, total in workers.run(case_freed, 2):
        assert (after_forward, alive, now) == (0, 0, 0)
        assert again == 2  # forward and backward
        assert most == expected < total


def case_clips(group, stage):
    rank, size = rank_and_size(group)
    model, optimizer = start(Awkward(seed=0), stage, group, SGD, lr=1.0)
    loss_of(model, part(batch(0), rank, size)).backward()
    if stage == 3:
        norm = clip_sharded_gradients(model.parameters(), 0.1, group)
    else:
        norm = optimizer.clip_gradients(0.1)
    optimizer.step()
    return norm, state_of(model)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_gradients_are_clipped_by_the_norm_over_all_shards(workers, stage):
    model = Awkward(seed=0)
    optimizer = SGD(model.parameters(), lr=1.0)
    loss_of(model, batch(0)).backward()
    expected = clip_gradients(model.parameters(), 0.1)
    optimizer.step()
    for norm, state in workers.run(case_clips, 4, stage):
        torch.testing.assert_close(norm, expected, rtol=1e-12, atol=0)
        assert_same_state(state, model.state_dict())


def case_groups(group):
    """Weight decay for matrices only; two backward passes that add up, which stage 1 can."""
    rank, size = rank_and_size(group)
    model = nn.Sequential(nn.Linear(5, 3), nn.Linear(3, 5)).double()
    with torch.no_grad():
        for index, p in enumerate(model.parameters()):
            p.copy_(torch.arange(p.numel()).view(p.shape) / 10 + index)
    groups = [
        {"params": [model[0].weight, model[1].weight], "weight_decay": 0.5},
        {"params": [model[0].bias, model[1].bias]},
    ]
    if size == 1:
        optimizer = AdamW(groups, lr=0.1, weight_decay=0.0)
    else:
        optimizer = ShardedOptimizer(iter(groups), AdamW, group=group, lr=0.1, weight_decay=0.0)
    for step in range(2):
        for _ in range(2):
            model(part(batch(step), rank, size)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert [g["weight_decay"] for g in optimizer.param_groups] == [0.5, 0.0]
    return model.state_dict()


def test_groups_of_parameters_and_gradients_that_add_up(workers):
    [expected] = workers.run(case_groups, 1)
    for state in workers.run(case_groups, 3):
        assert_same_state(state, expected)


def case_misused(group):
    model = nn.Linear(4, 4)
    optimizer = ShardedOptimizer(model.parameters(), SGD, stage=2, group=group, lr=0.1)
    model(torch.ones(4)).sum().backward()
    with pytest.raises(RuntimeError, match=r"second backward pass before step\(\)"):
        model(torch.ones(4)).sum().backward()
    optimizer.step()
    with pytest.raises(ValueError, match="stage 3 is FSDP"):
        ShardedOptimizer(model.parameters(), SGD, stage=3, group=group)
    with pytest.raises(ValueError, match="no parameter that wants a gradient"):
        ShardedOptimizer([], SGD, group=group)
    with pytest.raises(ValueError, match="1 of the units of FSDP are no part"):
        FSDP(model, [nn.Linear(2, 2)], group)
    with pytest.raises(ValueError, match="has one dtype"):
        FSDP(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double()), (), group)


def test_misuse_is_said(workers):
    workers.run(case_misused, 2)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_shards_put_together_are_what_was_cut(size):
    tensors = [torch.rand(3, 5), torch.rand(()), torch.rand(0), torch.rand(7)]
    rows = pack_shards([*tensors[:3], None], tensors, size)
    assert (rows[:, -4:] == torch.tensor([1.0, 1.0, 1.0, 0.0])).all()
    *whole, missing = unpack_shards(rows[:, :-4], tensors)
    assert all(map(torch.equal, whole, tensors[:3]))
    assert not missing.any()
