"""Tokens on disk and batches from them: right whatever the sizes, little memory, the same for the same generator."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lectures.lm import batches
from lectures.lm.batches import get_batch, open_tokens, write_tokens


@settings(max_examples=40, deadline=None)
@given(length=st.integers(2, 60), context=st.integers(1, 59), size=st.integers(1, 5), seed=st.integers(0, 99))
def test_targets_are_the_tokens_after_the_inputs(length, context, size, seed):
    dataset = np.arange(length, dtype=np.uint16) * 3
    if length <= context:
        with pytest.raises(ValueError, match=f"{length} tokens hold no stretch of {context}"):
            get_batch(dataset, size, context)
        return
    inputs, targets = get_batch(dataset, size, context, "cpu", torch.Generator().manual_seed(seed))
    assert inputs.shape == targets.shape == (size, context)
    assert inputs.dtype == targets.dtype == torch.int64
    assert torch.equal(targets, inputs + 3)
    again, _ = get_batch(dataset, size, context, "cpu", torch.Generator().manual_seed(seed))
    assert torch.equal(inputs, again)


def test_every_place_is_drawn_alike():
    dataset = np.arange(12, dtype=np.uint16)
    inputs, _ = get_batch(dataset, 9_000, 4, generator=torch.Generator().manual_seed(0))
    counts = torch.bincount(inputs[:, 0])
    assert len(counts) == 8  # the last place leaves room for the last target
    assert (counts - 9_000 / 8).abs().max() < 5 * (9_000 / 8) ** 0.5


@pytest.mark.parametrize(("vocab", "dtype"), [(256, "<u2"), (65_536, "<u2"), (65_537, "<u4")])
def test_tokens_come_back_from_a_file_that_is_mapped(tmp_path, vocab, dtype, monkeypatch):
    monkeypatch.setattr(batches, "WRITTEN_AT_ONCE", 7)  # many chunks of a short file
    ids = [id % vocab for id in range(0, 400_000, 4_001)]
    path = tmp_path / "tokens.npy"
    assert write_tokens(iter(ids), path, vocab) == len(ids)
    tokens = open_tokens(path)
    assert isinstance(tokens, np.memmap)
    assert tokens.dtype == dtype
    assert tokens.tolist() == ids
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_row_of_tokens_is_told(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"x.npy holds no row of token ids, but float64 of shape \(2, 2\)"):
        open_tokens(tmp_path / "x.npy")
