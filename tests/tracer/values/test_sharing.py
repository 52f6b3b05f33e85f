"""Two arrays have one `Storage.id` exactly when they look into one memory, at the offset that torch says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.format.schema import Tensor
from tracer.values import picture
from tracer.values.shared import storage_number

torch = pytest.importorskip("torch")

MAKES: dict[str, Callable[[Any], Any]] = {
    "transpose": lambda x: x.transpose(0, -1),
    "slice": lambda x: x[..., 1:],
    "every second": lambda x: x[::2],
    "reshape": lambda x: x.reshape(-1, 1),
    "expand": lambda x: x[:1].expand(3, *x.shape[1:]),
    "detach": lambda x: x.detach(),
    "contiguous": lambda x: x.contiguous(),
    "clone": lambda x: x.clone(),
    "add": lambda x: x + 1,
    "to numpy and back": lambda x: torch.from_numpy(x.numpy()),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "other type": lambda x: x.to(torch.float64),
    "view as bytes": lambda x: x.contiguous().view(torch.uint8).to(torch.float32),
}


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(sorted(MAKES))), min_size=1, max_size=8))
def test_an_id_is_the_same_memory(steps: list[tuple[int, str]]) -> None:
    tensors = [torch.arange(24.0).reshape(4, 6), torch.zeros(3, 5)]
    for source, how in steps:
        made = MAKES[how](tensors[source % len(tensors)])
        if made.numel() and made.ndim <= 4:
            tensors.append(made)
    shown = [picture(tensor) for tensor in tensors]
    for tensor, seen in zip(tensors, shown, strict=True):
        assert isinstance(seen, Tensor)
        assert seen.storage is not None
        assert seen.storage.bytes == tensor.untyped_storage().nbytes()
        assert seen.storage.offset == tensor.data_ptr() - tensor.untyped_storage().data_ptr()
        assert storage_number(tensor) == seen.storage.id
    for tensor, seen in zip(tensors, shown, strict=True):
        for other, of_other in zip(tensors, shown, strict=True):
            shares = tensor.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()
            assert (seen.storage.id == of_other.storage.id) == shares  # type: ignore[union-attr]
