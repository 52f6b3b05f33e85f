"""Ranks that are started, the ring against gloo's own collectives, and how much of it goes over the wire."""

import pytest
import torch
import torch.distributed as dist

from lectures.lm.parallel.collectives import all_gather_rows, rank_and_size, reduce_scatter_rows
from lectures.lm.parallel.ranks import best_backend, run_ranks
from lectures.lm.parallel.ring import ring_all_reduce, ring_bytes, ring_reduce_scatter


def numbers(rank, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(rank))


def case_all_reduce(group, shape, transposed):
    tensor = numbers(dist.get_rank(group), *shape)
    tensor = tensor.T if transposed else tensor
    reference = tensor.clone()
    dist.all_reduce(reference, group=group)
    assert ring_all_reduce(tensor, group) is tensor
    torch.testing.assert_close(tensor, reference, rtol=1e-14, atol=1e-14)
    assert (all_gather_rows(tensor, group) == tensor).all()  # on every rank, to the last bit
    return tensor


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_ring_sums_tensors_of_any_shape(workers, size):
    for shape, transposed in [((8,), False), ((7, 3), True), ((2,), False), ((), False), ((0,), False)]:
        results = workers.run(case_all_reduce, size, shape, transposed)
        expected = sum(numbers(rank, *shape) for rank in range(size))
        torch.testing.assert_close(results[-1], expected.T if transposed else expected, rtol=1e-14, atol=1e-14)


def case_halves(group):
    rank, size = rank_and_size(group)
    rows = numbers(rank, size, 5)
    ours = ring_reduce_scatter(list(rows.clone()), group).clone()
    theirs, _ = reduce_scatter_rows(rows, group)
    torch.testing.assert_close(ours, theirs, rtol=1e-14, atol=1e-14)
    dist.all_reduce(rows, group=group)
    torch.testing.assert_close(all_gather_rows(ours, group), rows, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("size", [2, 4])
def test_reduce_scatter_and_all_gather_are_the_two_halves(workers, size):
    workers.run(case_halves, size)


def case_bytes(group, count):
    sent = []
    isend = dist.isend
    dist.isend = lambda tensor, **where: sent.append(tensor.nbytes) or isend(tensor, **where)
    try:
        ring_all_reduce(torch.ones(count, dtype=torch.float64), group)
    finally:
        dist.isend = isend
    return sum(sent), len(sent)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_rank_sends_what_the_formula_says(workers, size):
    for total, messages in workers.run(case_bytes, size, 24):
        assert total == pytest.approx(ring_bytes(size, 24 * 8))
        assert messages == 2 * (size - 1)


def sum_of_ranks(offset):
    tensor = torch.tensor([float(dist.get_rank() + offset)])
    dist.all_reduce(tensor)
    return dist.get_rank(), tensor


def fails_on_one(_):
    if dist.get_rank() == 1:
        raise ValueError("no more data")
    dist.barrier()


def test_results_come_back_by_rank_and_failures_with_their_words():
    assert run_ranks(sum_of_ranks, 2, 10) == [(0, torch.tensor([21.0])), (1, torch.tensor([21.0]))]
    with pytest.raises(RuntimeError, match=r"Rank 1 failed:(?s:.*)ValueError: no more data"):
        run_ranks(fails_on_one, 2, 0)
    with pytest.raises(ValueError, match="at least one rank"):
        run_ranks(sum_of_ranks, 0, 1)


def number_of_rank():
    return dist.get_rank()


def test_ranks_that_are_done_at_once_wait_for_each_other():
    """Without a collective of their own, one would be gone while others still connect to it."""
    for _ in range(3):
        assert run_ranks(number_of_rank, 4) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("gpus", "nccl", "expected"), [(0, True, "gloo"), (3, True, "gloo"), (4, True, "nccl"), (8, False, "gloo")]
)
def test_a_gpu_for_each_rank_or_none(monkeypatch, gpus, nccl, expected):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(dist, "is_nccl_available", lambda: nccl)
    assert best_backend(4) == expected
