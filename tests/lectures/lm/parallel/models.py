"""A model with all that goes wrong, its data, and how one process trains it."""

import torch
from torch import nn

from lectures.lm.model import TransformerLM
from lectures.lm.optimizers import AdamW

STEPS = 3
BATCH = 12
"""Which 1, 2, 3 and 4 ranks can share."""
OPTIONS = {"lr": 1e-2, "weight_decay": 0.1}


class Awkward(nn.Module):
    """Sizes that no number of ranks divides; a weight used twice, now and then, never, one frozen; a buffer that counts."""

    def __init__(self, seed):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.into = nn.Linear(5, 7)
            self.block = nn.Sequential(nn.Linear(7, 7), nn.Tanh(), nn.Linear(7, 7))
            self.out = nn.Linear(7, 5)
            self.scale = nn.Parameter(torch.rand(()))
            self.sometimes = nn.Linear(7, 7)
            self.never = nn.Parameter(torch.rand(3))
            self.frozen = nn.Parameter(torch.rand(7), requires_grad=False)
        self.out.weight = nn.Parameter(self.into.weight.detach().T.clone())
        self.block[2].weight = self.block[0].weight  # tied
        self.register_buffer("seen", torch.zeros(()))
        self.double()

    def forward(self, x, sometimes=False):
        self.seen += 1
        hidden = self.block(self.into(x).tanh()) * self.frozen + self.seen
        if sometimes:
            hidden = hidden + self.sometimes(hidden)
        return self.out(hidden) * self.scale


def batch(step):
    generator = torch.Generator().manual_seed(100 + step)
    return torch.randn(BATCH, 5, dtype=torch.float64, generator=generator)


def part(x, rank, size):
    return x.chunk(size)[rank]


def loss_of(model, x, sometimes=False):
    return (model(x, sometimes) - x.flip(-1)).square().mean()


def language_model(seed=0):
    """Tied embeddings, rotary tables as buffers."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = TransformerLM(11, 6, 8, 2, 2, 12, tie_embeddings=True, dtype=torch.float64)
    return model


def tokens(step):
    return torch.randint(11, (BATCH, 7), generator=torch.Generator().manual_seed(step))


def token_loss(model, ids):
    return nn.functional.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())


def trained_awkward(steps=STEPS):
    """One process, the whole batch: the state that any number of ranks must come to. The last step uses `sometimes`."""
    model = Awkward(seed=0)
    optimizer = AdamW(model.parameters(), **OPTIONS)
    for step in range(steps):
        optimizer.zero_grad()
        loss_of(model, batch(step), step == STEPS - 1).backward()
        optimizer.step()
    return model.state_dict()


def trained_language_model(steps=STEPS):
    model = language_model()
    optimizer = AdamW(model.parameters(), **OPTIONS)
    for step in range(steps):
        optimizer.zero_grad()
        token_loss(model, tokens(step)).backward()
        optimizer.step()
    return model.state_dict()


def assert_same_state(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, tensor in theirs.items():
        torch.testing.assert_close(
            ours[name], tensor, rtol=1e-10, atol=1e-12, msg=lambda words, n=name: f"{n}: {words}"
        )
