"""The kernels run on a GPU where there is one, else in Triton's interpreter, which is chosen while Triton is imported."""

import pytest
import torch

if not torch.cuda.is_available():
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRITON_INTERPRET", "1")
        import lectures.lm.kernels.cross_entropy
        import lectures.lm.kernels.flash_attention
        import lectures.lm.kernels.gelu
        import lectures.lm.kernels.linear
        import lectures.lm.kernels.matmul
        import lectures.lm.kernels.rmsnorm
        import lectures.lm.kernels.simple
        import lectures.lm.kernels.softmax  # noqa: F401


@pytest.fixture(autouse=True)
def interpreted(monkeypatch):
    """Parts of Triton are imported at the first launch."""
    if not torch.cuda.is_available():
        monkeypatch.setenv("TRITON_INTERPRET", "1")
