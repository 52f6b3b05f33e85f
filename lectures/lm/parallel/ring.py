"""All-reduce from nothing but messages between neighbours on a ring, as Baidu and NCCL have it.

n ranks stand in a ring; each sends to the next and receives from the one before. The tensor is cut into n chunks. In n − 1 rounds
the sums travel round (reduce-scatter): afterwards every rank has one chunk complete. In n − 1 more the complete chunks travel
round (all-gather). Each rank sends 2 (n − 1) / n of the tensor, however many ranks there are, and all links are busy all the time
(Patarasuk and Yuan, 2009: no algorithm sends less).
"""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor

from lectures.lm.parallel.collectives import Group, rank_and_size

__all__ = ["exchange", "ring_all_gather", "ring_all_reduce", "ring_bytes", "ring_reduce_scatter"]


def ring_all_reduce(tensor: Tensor, group: Group = None) -> Tensor:
    """The sum over the ranks of `tensor` (…), in place, on every rank: the same to the last bit on all. Any size will do."""
    flat = tensor.contiguous().view(-1)
    chunks = list(flat.tensor_split(dist.get_world_size(group)))  # sizes differ by at most one
    ring_reduce_scatter(chunks, group)
    ring_all_gather(chunks, group)
    if flat.data_ptr() != tensor.data_ptr():
        tensor.copy_(flat.view(tensor.shape))
    return tensor


def ring_reduce_scatter(chunks: list[Tensor], group: Group = None) -> Tensor:
    """`chunks`: n of them, chunk i of one shape on all ranks. In place, chunk r of rank r becomes the sum; the rest is spoilt."""
    rank, size = rank_and_size(group)  # @stepover
    for turn in range(1, size):
        ours, theirs = chunks[(rank - turn) % size], chunks[(rank - turn - 1) % size]
        theirs += exchange(ours, torch.empty_like(theirs), group)  # @inspect theirs
    return chunks[rank]


def ring_all_gather(chunks: list[Tensor], group: Group = None) -> None:
    """In place, chunk i of every rank becomes what rank i has there."""
    rank, size = rank_and_size(group)  # @stepover
    for turn in range(size - 1):
        exchange(chunks[(rank - turn) % size], chunks[(rank - turn - 1) % size], group)


def exchange(ours: Tensor, theirs: Tensor, group: Group) -> Tensor:
    """`ours` to the next rank of the ring, while `theirs` is filled by the one before. Nobody waits for a neighbour to listen."""
    rank, size = rank_and_size(group)  # @stepover
    sending = dist.isend(ours, group=group, group_dst=(rank + 1) % size)
    dist.recv(theirs, group=group, group_src=(rank - 1) % size)
    sending.wait()
    return theirs


def ring_bytes(size: int, tensor_bytes: float) -> float:
    """What one rank sends in an all-reduce of `tensor_bytes` over `size` ranks: 2 (n − 1) / n of it. Half for either half."""
    return 2 * (size - 1) / size * tensor_bytes
