"""Expert parallel against the mixture on one process, with experts and tokens that the ranks cannot share evenly."""

import pytest
import torch
from torch import nn

from lectures.lm.parallel.buckets import balanced_range
from lectures.lm.parallel.collectives import rank_and_size
from lectures.lm.parallel.experts import ExpertParallel, MixtureOfExperts, all_to_all_rows

WIDTH = 4


def mixture(num_experts, top_k, seed=8):
    torch.manual_seed(seed)
    return MixtureOfExperts(WIDTH, 6, num_experts, top_k, dtype=torch.float64)


def tokens(rank):
    """Of each rank another number; the last one has none."""
    generator = torch.Generator().manual_seed(rank)
    return torch.randn((5, 3, 8, 0)[rank], WIDTH, dtype=torch.float64, generator=generator)


def case(group, num_experts, top_k, inside, skewed):
    rank, _ = rank_and_size(group)
    whole = mixture(num_experts, top_k)
    if skewed:
        skew(whole)
    layer = ExpertParallel(whole, group)
    x = tokens(rank).requires_grad_(inside)
    y = layer(x[None])[0]
    assert y.shape == x.shape
    y.sin().sum().backward()
    layer.synchronize()
    assert layer.load.sum() == len(x) * top_k
    experts = [[p.grad for p in expert.parameters()] for expert in layer.experts]
    return y.detach(), x.grad, layer.router.weight.grad, experts


def skew(layer):
    """The last expert for tokens of a positive sum, the first for the others, none for those between."""
    with torch.no_grad():
        layer.router.weight.copy_(torch.arange(float(len(layer.experts)))[:, None] / 10)


@pytest.mark.parametrize(
    ("size", "num_experts", "top_k", "inside", "skewed"),
    [
        (1, 3, 2, True, False),
        (2, 5, 2, True, False),
        (4, 6, 3, True, False),
        (4, 3, 1, False, False),
        (3, 3, 1, False, True),
    ],
)
def test_outputs_and_gradients_are_those_of_the_whole(workers, size, num_experts, top_k, inside, skewed):
    results = workers.run(case, size, num_experts, top_k, inside, skewed)
    whole = mixture(num_experts, top_k)
    if skewed:
        skew(whole)
    inputs = [tokens(rank).requires_grad_() for rank in range(size)]
    outputs = whole(torch.cat(inputs))
    (outputs.sin().sum() / size).backward()
    for (y, x_grad, router, _), x, expected in zip(
        results, inputs, outputs.split([len(x) for x in inputs]), strict=True
    ):
        torch.testing.assert_close(y, expected.detach(), rtol=1e-12, atol=1e-13)
        torch.testing.assert_close(router, whole.router.weight.grad, rtol=1e-11, atol=1e-13)
        if inside:  # the gradient of the rank's own loss, not of the average
            torch.testing.assert_close(x_grad, x.grad * size, rtol=1e-11, atol=1e-13)
    gradients = [of_expert for *_, experts in results for of_expert in experts]
    assert len(gradients) == num_experts
    for ours, expert in zip(gradients, whole.experts, strict=True):
        for gradient, parameter in zip(ours, expert.parameters(), strict=True):
            assert (gradient is None) == (parameter.grad is None)  # nobody came
            if gradient is not None:
                torch.testing.assert_close(gradient, parameter.grad, rtol=1e-11, atol=1e-13)


def case_rows(group):
    rank, size = rank_and_size(group)
    rows = torch.tensor([[10.0 * rank + to] for to in range(size) for _ in range(to)], requires_grad=True)
    came = all_to_all_rows(rows, list(range(size)), [rank] * size, group)
    came.sum().backward()
    return came.detach().flatten().tolist(), rows.grad.flatten().tolist()


def test_rows_go_where_they_are_sent(workers):
    for rank, (came, back) in enumerate(workers.run(case_rows, 3)):
        assert came == [10.0 * of + rank for of in range(3) for _ in range(rank)]
        assert back == [1.0] * 3


def test_experts_are_shared_evenly():
    assert [balanced_range(6, rank, 4) for rank in range(4)] == [(0, 2), (2, 4), (4, 5), (5, 6)]
    assert [balanced_range(1, rank, 2) for rank in range(2)] == [(0, 1), (1, 1)]


def test_a_mixture_of_one_expert_is_the_expert():
    layer = mixture(1, 1)
    x = torch.randn(2, 3, WIDTH, dtype=torch.float64)
    torch.testing.assert_close(layer(x), layer.experts[0](x))
    with pytest.raises(ValueError, match="between 1 and all 2 experts, not to 3"):
        mixture(2, 3)


def test_a_token_gets_its_experts_by_their_weights():
    layer = mixture(4, 2)
    x = torch.randn(1, WIDTH, dtype=torch.float64)
    weights, chosen = nn.functional.linear(x, layer.router.weight)[0].topk(2)
    expected = sum(w * layer.experts[i](x) for w, i in zip(weights.softmax(0), chosen.tolist(), strict=True))
    torch.testing.assert_close(layer(x), expected)
