"""Data parallel: every rank has the whole model and its own part of the batch; gradients are averaged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from lectures.lm.parallel.buckets import make_buckets, pack, require_gradients, unpack
from lectures.lm.parallel.collectives import Group, broadcast_state

__all__ = ["DDP", "Message", "average_gradients"]


@torch.no_grad()  # type: ignore[untyped-decorator]
def average_gradients(module: nn.Module, group: Group = None) -> None:
    """The plain way: after the backward pass, one all-reduce for each parameter. All ranks must have used the same parameters."""
    for parameter in module.parameters():
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad, group=group)
            parameter.grad /= dist.get_world_size(group)


@dataclass
class Message:
    """A bucket on its way, from when to when, in seconds of `time.time`: the host's, also where a GPU does the work."""

    bucket: int
    nbytes: int
    start: float
    end: float = 0.0


class DDP(nn.Module):  # type: ignore[misc]
    """`module`, whose gradients are averaged over the ranks bucket by bucket while the backward pass still goes on.

        model = DDP(model)
        model(x).backward()
        model.synchronize()  # waits for what is still on its way
        optimizer.step()

    Every rank's loss is the mean over its part of the batch, and the parts are equally large: then it trains as one process
    with the whole batch would. Parameters and buffers start as those of rank 0; before each forward pass in training, buffers
    are again what rank 0 has. A parameter that no rank used has no gradient; one that some used counts as 0 on the others.
    `overlap=False` sends the same buckets, but only in `synchronize`. (Li et al., 2020, arXiv 2006.15704, is torch's.)
    """

    def __init__(
        self, module: nn.Module, group: Group = None, *, bucket_bytes: float = 25e6, overlap: bool = True
    ) -> None:
        super().__init__()
        require_gradients(module.parameters(), "DDP")
        broadcast_state(module, group)
        self.module, self.group, self.overlap = module, group, overlap
        self.buckets = make_buckets(module.parameters(), bucket_bytes)
        self.sending: list[tuple[Tensor, Any]] = []  # of the first buckets, in order
        self.messages: list[Message] = []
        """Of the last step, in order."""
        self.ready: set[int] = set()  # parameters, by id
        self.accumulating = False
        for parameter in (p for bucket in self.buckets for p in bucket):
            parameter.register_post_accumulate_grad_hook(self._gradient_is_there)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        if self.training and torch.is_grad_enabled() and not self.accumulating:
            broadcast_state(self.module, self.group, buffers_only=True)
        return self.module(*inputs, **options)

    @contextmanager
    def accumulate(self) -> Iterator[None]:
        """Within, backward passes only add up: nothing is sent before the first one outside."""
        self.accumulating = True
        try:
            yield
        finally:
            self.accumulating = False

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def synchronize(self) -> None:
        """After the backward pass and before the optimizer: afterwards all gradients are the average over the ranks."""
        while len(self.sending) < len(self.buckets):
            self._send(self.buckets[len(self.sending)])
        size = dist.get_world_size(self.group)
        for bucket, (flat, work), message in zip(self.buckets, self.sending, self.messages, strict=True):
            work.wait()
            message.end = message.end or time.time()
            for parameter, gradient in zip(bucket, unpack(flat, bucket), strict=True):
                if gradient is None:
                    parameter.grad = None
                elif parameter.grad is None:
                    parameter.grad = gradient / size
                else:
                    torch.div(gradient, size, out=parameter.grad)
        self.sending.clear()
        self.ready.clear()

    def _gradient_is_there(self, parameter: Tensor) -> None:
        """Called by autograd for each parameter, once a backward pass, when all of its gradient has been added up."""
        if self.accumulating:
            return
        if id(parameter) in self.ready:
            raise RuntimeError(
                "A second backward pass: call synchronize() after each, or put the first into accumulate()."
            )
        self.ready.add(id(parameter))
        # In one order on all ranks, whatever becomes ready first: the first message of one must meet the first of the others.
        while self.overlap and len(self.sending) < len(self.buckets):
            bucket = self.buckets[len(self.sending)]
            if not all(id(p) in self.ready for p in bucket):
                break
            self._send(bucket)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _send(self, bucket: list[Tensor]) -> None:
        if not self.sending:
            self.messages = []
        flat = pack([parameter.grad for parameter in bucket], bucket)
        message = Message(len(self.sending), flat.nbytes, time.time())
        work = dist.all_reduce(flat, group=self.group, async_op=True)
        if flat.device.type == "cpu":  # when it was there, whenever somebody asks for it
            work.get_future().add_done_callback(lambda _: setattr(message, "end", time.time()))
        self.sending.append((flat, work))
        self.messages.append(message)
