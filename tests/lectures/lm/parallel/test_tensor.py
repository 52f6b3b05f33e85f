"""Tensor and sequence parallel: every rank's output and gradients are those of the whole network, cut."""

import pytest
import torch
from torch import nn

from lectures.lm.layers import FeedForward, RMSNorm
from lectures.lm.parallel.buckets import shard_range
from lectures.lm.parallel.collectives import rank_and_size
from lectures.lm.parallel.tensor import TensorParallelMLP, scatter_sequence, sum_gradients

WIDTH, HIDDEN, TIME = 5, 11, 12


class Block(nn.Module):
    """With a norm and a residual, so that gradients go on behind it."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.norm = RMSNorm(WIDTH, dtype=torch.float64)
        self.mlp = FeedForward(WIDTH, HIDDEN, bias=True, dtype=torch.float64)
        nn.init.normal_(self.mlp.w1.bias)
        nn.init.normal_(self.mlp.w2.bias)
        nn.init.normal_(self.norm.weight)

    def forward(self, x):
        return x + self.mlp(self.norm(x))


def data():
    generator = torch.Generator().manual_seed(4)
    x, upstream = torch.randn(2, 2, TIME, WIDTH, dtype=torch.float64, generator=generator)
    return x, upstream


def case(group, sequence_parallel):
    rank, size = rank_and_size(group)
    block = Block()
    block.mlp = TensorParallelMLP(block.mlp, group, sequence_parallel=sequence_parallel)
    x, upstream = data()
    if sequence_parallel:
        x, upstream = (tensor.chunk(size, dim=-2)[rank] for tensor in (x, upstream))
    x = x.clone().requires_grad_()
    y = block(x)
    y.backward(upstream)
    if sequence_parallel:
        sum_gradients([block.norm.weight, block.mlp.w2.bias], group)
    gradients = {name: parameter.grad for name, parameter in block.named_parameters()}
    return y.detach(), x.grad, gradients, block.mlp.w1.weight.nbytes


@pytest.mark.parametrize("sequence_parallel", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_outputs_and_gradients_are_those_of_the_whole(workers, size, sequence_parallel):
    block, (x, upstream) = Block(), data()
    x.requires_grad_()
    expected = block(x)
    expected.backward(upstream)
    for rank, (y, x_grad, gradients, nbytes) in enumerate(workers.run(case, size, sequence_parallel)):

        def cut(tensor, rank=rank):
            return tensor.chunk(size, dim=-2)[rank] if sequence_parallel else tensor

        first, end = shard_range(HIDDEN, rank, size)
        assert nbytes == (end - first) * WIDTH * 8
        mlp = block.mlp
        pairs = [
            (y, cut(expected)),
            (x_grad, cut(x.grad)),
            (gradients["norm.weight"], block.norm.weight.grad),
            (gradients["mlp.w1.weight"], mlp.w1.weight.grad[first:end]),
            (gradients["mlp.w1.bias"], mlp.w1.bias.grad[first:end]),
            (gradients["mlp.w2.weight"], mlp.w2.weight.grad[:, first:end]),
            (gradients["mlp.w2.bias"], mlp.w2.bias.grad),
        ]
        for ours, theirs in pairs:
            torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-12)


def case_uneven(group):
    mlp = TensorParallelMLP(Block().mlp, group, sequence_parallel=True)
    y = mlp(torch.ones(1, 3, WIDTH, dtype=torch.float64))  # 2 stretches of 3 are 6: fine
    assert y.shape == (1, 3, WIDTH)
    with pytest.raises(ValueError, match="A sequence of 3 cannot be cut into 2 equal stretches"):
        scatter_sequence(torch.ones(3, WIDTH), group)


def test_stretches_must_be_equal(workers):
    workers.run(case_uneven, 2)
