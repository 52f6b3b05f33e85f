"""What a rank holds of a model in training: counted, and by the formulas of ZeRO (Rajbhandari et al., 2019, arXiv 1910.02054)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor
from torch.optim import Optimizer

__all__ = ["Held", "held_bytes", "zero_memory"]


@dataclass(frozen=True)
class Held:
    """Bytes of one rank, without activations and buffers."""

    parameters: float
    gradients: float
    optimizer: float

    @property
    def total(self) -> float:
        return self.parameters + self.gradients + self.optimizer


def zero_memory(
    count: float,
    size: int,
    stage: int,
    *,
    parameter_bytes: float = 4,
    gradient_bytes: float = 4,
    optimizer_bytes: float = 8,
) -> Held:
    """`count` parameters over `size` ranks. Stage 0 shares nothing, 1 the optimizer's state, 2 gradients too, 3 parameters too.

    The bytes for each parameter are AdamW's in float32; mixed precision with a master copy has 2, 2 and 12.
    """
    if stage not in (0, 1, 2, 3):
        raise ValueError(f"The stages of ZeRO are 0 (nothing is sharded) to 3, not {stage}.")
    return Held(
        count * parameter_bytes / (size if stage >= 3 else 1),
        count * gradient_bytes / (size if stage >= 2 else 1),
        count * optimizer_bytes / (size if stage >= 1 else 1),
    )


def held_bytes(parameters: Iterable[Tensor], optimizer: Optimizer, gradients: Iterable[Tensor | None] = ()) -> Held:
    """What is there now. `gradients` are those that are not the `.grad` of a parameter; what shares memory counts once."""
    parameters = list(parameters)
    found = [parameter.grad for parameter in parameters] + list(gradients)
    state = [value for values in optimizer.state.values() for value in values.values() if isinstance(value, Tensor)]
    return Held(storage_bytes(parameters), storage_bytes(g for g in found if g is not None), storage_bytes(state))


def storage_bytes(tensors: Iterable[Tensor]) -> int:
    """The memory that is kept alive by them, not only what they show of it."""
    storages = {(s := tensor.untyped_storage()).data_ptr(): s.nbytes() for tensor in tensors if tensor.numel()}
    return sum(storages.values())
