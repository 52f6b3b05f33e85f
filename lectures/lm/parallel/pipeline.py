"""Pipeline parallel: each rank has some of the layers; microbatches pass from rank to rank.

GPipe (Huang et al., 2018, arXiv 1811.06965) runs all microbatches forward, then all backward. 1F1B (Narayanan et al., 2019, arXiv
1806.03377 and 2104.04473) goes backward as soon as it can: it waits just as long, but keeps the activations of at most as many
microbatches as there are stages behind it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor, nn

from lectures.lm.parallel.buckets import balanced_range
from lectures.lm.parallel.collectives import Group, rank_and_size

__all__ = ["Pipeline", "Work", "bubble", "orders", "split_layers", "timetable"]

Schedule: TypeAlias = Literal["gpipe", "1f1b"]
Order: TypeAlias = list[tuple[Literal["F", "B"], int]]
"""Forward or backward, of which microbatch, one after the other."""


@dataclass(frozen=True)
class Work:
    """What a stage did, from when to when; in seconds of `time.time` where it was measured."""

    stage: int
    kind: Literal["F", "B"]
    microbatch: int
    start: float
    end: float


def orders(schedule: Schedule, stage: int, stages: int, microbatches: int) -> Order:
    """In which order `stage` does its work."""
    if schedule not in ("gpipe", "1f1b"):
        raise ValueError(f"The schedules are gpipe and 1f1b, not {schedule!r}.")
    ahead = microbatches if schedule == "gpipe" else min(stages - stage - 1, microbatches)
    order: Order = [("F", i) for i in range(ahead)]
    for i in range(microbatches - ahead):
        order += [("F", ahead + i), ("B", i)]
    return order + [("B", i) for i in range(microbatches - ahead, microbatches)]


def timetable(
    schedule: Schedule, stages: int, microbatches: int, forward: float = 1.0, backward: float = 2.0
) -> list[Work]:
    """When each piece of work is done if all stages are equally fast and messages take no time, by start."""
    waiting = [orders(schedule, stage, stages, microbatches) for stage in range(stages)]
    free = [0.0] * stages
    done: dict[tuple[int, str, int], float] = {}
    found: list[Work] = []
    while any(waiting):
        for stage, order in enumerate(waiting):
            while order:
                kind, i = order[0]
                if kind == "F":
                    needs = (stage - 1, "F", i) if stage else None
                else:
                    needs = (stage + 1, "B", i) if stage + 1 < stages else (stage, "F", i)
                if needs and needs not in done:
                    break
                start = max(free[stage], done[needs] if needs else 0.0)
                free[stage] = done[stage, kind, i] = start + (forward if kind == "F" else backward)
                found.append(Work(stage, kind, i, start, free[stage]))
                order.pop(0)
    return sorted(found, key=lambda work: (work.start, work.stage))


def bubble(works: Sequence[Work]) -> float:
    """The part of the time, from the first start to the last end, in which a stage does nothing, averaged over the stages.

    With equal stages, p of them, and m microbatches it is (p − 1) / (m + p − 1), whichever schedule.
    """
    stages = len({work.stage for work in works})
    whole = max(work.end for work in works) - min(work.start for work in works)
    return 1 - sum(work.end - work.start for work in works) / (whole * stages)


def split_layers(layers: Sequence[nn.Module], group: Group = None) -> nn.Sequential:
    """This rank's stage: consecutive layers, the numbers differing by one at most. ValueError for more ranks than layers."""
    rank, size = rank_and_size(group)  # @stepover
    if size > len(layers):
        raise ValueError(f"{len(layers)} layers cannot be shared out to {size} stages: each needs one.")
    first, end = balanced_range(len(layers), rank, size)
    return nn.Sequential(*layers[first:end])


class Pipeline:
    """Trains `stage`, this rank's layers, together with those of the ranks before and after it.

        pipeline = Pipeline(split_layers(model.layers), loss, microbatches=8, schedule="1f1b")
        value = pipeline.forward_backward(x, y)  # the same x and y on all ranks
        optimizer.step()

    `loss(output, target)` is a mean over the first dimension. `x` (batch, …) is read by the first rank and `y` (batch, …) by the
    last; a batch that cannot be cut evenly has smaller microbatches at its end. Gradients are those of the whole batch's loss,
    added to what is there. A stage takes and gives one floating tensor, of up to six dimensions, whose shape is sent
    before it.
    """

    def __init__(
        self,
        stage: nn.Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        microbatches: int,
        schedule: Schedule = "1f1b",
        group: Group = None,
    ) -> None:
        self.stage, self.loss, self.group = stage, loss, group
        self.rank, self.size = rank_and_size(group)
        self.microbatches = microbatches
        self.order = orders(schedule, self.rank, self.size, microbatches)
        self.works: list[Work] = []
        """Of the last batch, without the waiting."""
        self.most_kept = 0
        """How many microbatches had activations here at once."""

    def forward_backward(self, x: Tensor, y: Tensor) -> Tensor:
        """The loss (), on all ranks, with gradients in the parameters of every stage."""
        if len(x) < self.microbatches:
            raise ValueError(f"A batch of {len(x)} cannot be cut into {self.microbatches} microbatches.")
        inputs, targets = x.tensor_split(self.microbatches), y.tensor_split(self.microbatches)
        self.works, self.most_kept = [], 0
        self.sending: list[tuple[Any, Tensor]] = []  # a message must stay until it is through
        kept: dict[int, tuple[Tensor, Tensor]] = {}  # microbatch: what came in, what went out
        value = x.new_zeros(()) if x.is_floating_point() else torch.zeros((), device=x.device)
        for kind, i in self.order:
            if kind == "F":
                came = inputs[i] if self.rank == 0 else self._receive(self.rank - 1, x.device).requires_grad_()
                start = time.time()
                went = self.stage(came)
                if self.rank == self.size - 1:
                    went = self.loss(went, targets[i]) * (len(targets[i]) / len(y))
                    value = value + went.detach()
                self._did(kind, i, start)
                if self.rank < self.size - 1:
                    self._send(went.detach(), self.rank + 1)
                kept[i] = came, went
                self.most_kept = max(self.most_kept, len(kept))
            else:
                gradient = None if self.rank == self.size - 1 else self._receive(self.rank + 1, x.device)
                came, went = kept.pop(i)
                start = time.time()
                torch.autograd.backward(went, gradient)
                self._did(kind, i, start)
                if self.rank > 0:
                    self._send(came.grad, self.rank - 1)
        for work, _ in self.sending:
            work.wait()
        self.sending.clear()
        value = value.to(torch.float64)  # whatever the stages compute in
        dist.broadcast(value, group=self.group, group_src=self.size - 1)
        return value

    def _did(self, kind: Literal["F", "B"], microbatch: int, start: float) -> None:
        self.works.append(Work(self.rank, kind, microbatch, start, time.time()))

    def _send(self, tensor: Tensor, to: int) -> None:
        """Without waiting: of two neighbours that both wait until the other one listens, neither would."""
        header = torch.tensor([DTYPES.index(tensor.dtype), tensor.ndim, *tensor.shape, *[0] * (6 - tensor.ndim)])
        for message in (header.to(tensor.device), tensor.contiguous()):
            self.sending.append((dist.isend(message, group=self.group, group_dst=to), message))

    def _receive(self, of: int, device: torch.device) -> Tensor:
        header = torch.zeros(8, dtype=torch.int64, device=device)
        dist.recv(header, group=self.group, group_src=of)
        dtype, ndim, *shape = header.tolist()
        tensor = torch.empty(shape[:ndim], dtype=DTYPES[dtype], device=device)
        dist.recv(tensor, group=self.group, group_src=of)
        return tensor


DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
"""Of what is sent, by number."""
