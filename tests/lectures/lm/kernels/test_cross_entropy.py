import math

import pytest
import torch
from torch.nn import functional as F

from lectures.lm.kernels import cross_entropy as module
from lectures.lm.kernels.cross_entropy import cross_entropy
from tests.lectures.lm.kernels.agreement import DEVICE, DTYPES, assert_close, assert_same_function, numbers


def reference(logits, targets):
    return F.cross_entropy(logits.flatten(0, -2), targets.flatten())


def overwriting(logits, targets):
    return cross_entropy(logits * 1, targets, overwrite_logits=True)


def ids(*shape, vocab):
    return torch.randint(vocab, shape, generator=torch.Generator().manual_seed(3)).to(DEVICE)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [cross_entropy, overwriting])
@pytest.mark.parametrize("vocab", [2, 33, 64, 300])
def test_it_is_torchs(monkeypatch, dtype, function, vocab):
    monkeypatch.setattr(module, "BLOCK", 64)  # several blocks a row
    assert_same_function(function, reference, numbers(2, 5, vocab, dtype=dtype, scale=4), ids(2, 5, vocab=vocab))


@pytest.mark.parametrize("function", [cross_entropy, overwriting])
def test_masked_and_huge_logits(monkeypatch, function):
    monkeypatch.setattr(module, "BLOCK", 64)
    logits = numbers(3, 200)
    logits[0, :100] = -math.inf  # a whole block of it
    logits[1] += 1e30
    logits[2, 7] = 1e4
    targets = torch.tensor([150, 3, 7], device=DEVICE)
    leaf = logits.clone().requires_grad_()
    loss = function(leaf, targets)
    loss.backward()
    expected = logits.double().requires_grad_()
    theirs = reference(expected, targets)
    theirs.backward()
    assert_close(loss, theirs, torch.float32)
    assert_close(leaf.grad, expected.grad, torch.float32)


def test_overwritten_logits_are_the_gradient_and_no_second_tensor_is_made():
    logits = numbers(4, 40).requires_grad_()
    made = logits * 1
    places = []
    made.register_hook(lambda grad: places.append(grad.data_ptr()))
    cross_entropy(made, ids(4, vocab=40), overwrite_logits=True).backward()
    assert places == [made.data_ptr()]


@pytest.mark.parametrize("overwrite", [False, True])
def test_rows_may_lie_apart(overwrite):
    """As a padded product leaves them."""
    room = numbers(4, 48)
    room[:, 40:] = 99
    leaf = room.clone().requires_grad_()
    cross_entropy((leaf * 1)[:, :40], ids(4, vocab=40), overwrite_logits=overwrite).backward()
    expected = room[:, :40].double().requires_grad_()
    reference(expected, ids(4, vocab=40)).backward()
    assert_close(leaf.grad[:, :40], expected.grad, torch.float32)
    assert not leaf.grad[:, 40:].any()


def test_logits_stay_where_no_gradient_is_wanted():
    logits = numbers(4, 40)
    before = logits.clone()
    cross_entropy(logits, ids(4, vocab=40), overwrite_logits=True)
    assert torch.equal(logits, before)


def test_what_does_not_fit_is_said():
    with pytest.raises(ValueError, match=r"want targets of shape \(4,\), not \(5,\)"):
        cross_entropy(numbers(4, 40), ids(5, vocab=40))
    with pytest.raises(ValueError, match="do not lie row by row"):
        cross_entropy(numbers(40, 4).T, ids(4, vocab=40), overwrite_logits=True)
