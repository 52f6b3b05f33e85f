"""Holding a kernel against the same function in float64, with its gradients, on random numbers of awkward shapes."""

from collections.abc import Callable

import torch
from torch import Tensor

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
WIDTHS = (1, 2, 33, 64, 700)
"""Of rows: one column, fewer than a block, not a multiple of one, exactly one."""

TOLERANCE = {torch.float32: 2e-6, torch.float16: 2e-3, torch.bfloat16: 1.6e-2}
"""‖ours − reference‖ / ‖reference‖: some ten units in the last place."""


def numbers(*shape: int, dtype: torch.dtype = torch.float32, seed: int = 0, scale: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(shape, generator=generator) * scale).to(DEVICE, dtype)


def assert_close(ours: Tensor, reference: Tensor, dtype: torch.dtype, what: str = "result", tiny: float = 1e-6) -> None:
    assert ours.shape == reference.shape, what
    difference = (ours.double() - reference.double()).norm().item()
    bound = TOLERANCE[dtype] * max(reference.double().norm().item(), tiny)
    assert difference <= bound, f"{what}: {difference:.2e} where {bound:.2e} are allowed"


def assert_same_function(
    ours: Callable[..., Tensor], reference: Callable[..., Tensor], *inputs: Tensor, tiny: float = 1e-3
) -> None:
    """The results of both, and the gradients of every floating input for a random gradient of the result.

    `tiny`: a reference below this norm is 0 but for rounding.
    """
    dtype = inputs[0].dtype
    mine = [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]
    theirs = [x.detach().double().requires_grad_() if x.is_floating_point() else x for x in inputs]
    out, expected = ours(*mine), reference(*theirs)
    assert_close(out, expected, dtype, tiny=tiny)
    grad = numbers(*out.shape, seed=7).to(out.dtype)
    out.backward(grad)
    expected.backward(grad.double())
    for index, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        if a.is_floating_point():
            assert_close(a.grad, b.grad, dtype, f"gradient of input {index}", tiny)
