"""Many tensors in one message: buckets of parameters, cut into shards or not.

A collective of a few numbers takes as long as one of some ten thousand; a model has hundreds of small tensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

__all__ = [
    "balanced_range",
    "make_buckets",
    "pack",
    "pack_shards",
    "require_gradients",
    "shard_of",
    "shard_range",
    "shard_width",
    "unpack",
    "unpack_shards",
]


def make_buckets(parameters: Iterable[Tensor], bucket_bytes: float) -> list[list[Tensor]]:
    """`parameters` that want gradients, each once, in lists of up to `bucket_bytes` (or of one that is larger); one dtype each.

    The last come first: the backward pass reaches them first.
    """
    once = {id(parameter): parameter for parameter in parameters if parameter.requires_grad}
    buckets: list[list[Tensor]] = []
    room = 0.0
    for parameter in reversed(once.values()):
        alike = buckets and (buckets[-1][0].dtype, buckets[-1][0].device) == (parameter.dtype, parameter.device)
        if not alike or parameter.nbytes > room:
            buckets.append([])
            room = bucket_bytes
        buckets[-1].append(parameter)
        room -= parameter.nbytes
    return buckets


def pack(tensors: Sequence[Tensor | None], like: Sequence[Tensor]) -> Tensor:
    """All tensors end to end, then a flag each: 1, or 0 for None, which counts as zeros. `like` has their shapes.

    After a sum over the ranks, the flags tell who had a part in it: a parameter that no rank used is to have no gradient.
    """
    parts = [torch.zeros_like(x) if t is None else t for t, x in zip(tensors, like, strict=True)]
    flags = like[0].new_tensor([float(t is not None) for t in tensors])
    return torch.cat([*(part.reshape(-1) for part in parts), flags])


def unpack(flat: Tensor, like: Sequence[Tensor]) -> list[Tensor | None]:
    """What `pack` put together, as views of `flat`; None where all flags were 0."""
    *parts, flags = flat.split([*(x.numel() for x in like), len(like)])
    return [
        part.view(x.shape) if flag else None for part, x, flag in zip(parts, like, (flags > 0).tolist(), strict=True)
    ]


def shard_width(count: int, size: int) -> int:
    """How many of `count` numbers the first of `size` ranks holds: ⌈count / size⌉. The last ones may hold fewer, or none."""
    return -(-count // size)


def shard_range(count: int, rank: int, size: int) -> tuple[int, int]:
    """From where to where rank `rank` holds."""
    width = shard_width(count, size)
    return min(rank * width, count), min((rank + 1) * width, count)


def balanced_range(count: int, rank: int, size: int) -> tuple[int, int]:
    """From where to where of `count` indivisible things, such as layers, if the ranks' numbers differ by one at most."""
    few, more = divmod(count, size)
    first = rank * few + min(rank, more)
    return first, first + few + (rank < more)


def shard_of(tensor: Tensor, rank: int, size: int) -> Tensor:
    """The numbers of `tensor` (…), row by row, that rank `rank` holds: (at most ⌈numel / size⌉,), a view if it is contiguous."""
    first, end = shard_range(tensor.numel(), rank, size)
    return tensor.reshape(-1)[first:end]


def pack_shards(tensors: Sequence[Tensor | None], like: Sequence[Tensor], size: int) -> Tensor:
    """(size, Σ width + tensors): in row r the shards of rank r, filled up with zeros to one width, then the flags of `pack`."""
    widths = [shard_width(x.numel(), size) for x in like]
    rows = like[0].new_zeros(size, sum(widths) + len(like))
    *columns, flags = rows.split([*widths, len(like)], dim=1)
    for tensor, width, column in zip(tensors, widths, columns, strict=True):
        if tensor is not None:
            whole, rest = divmod(tensor.numel(), max(width, 1))
            flat = tensor.reshape(-1)
            column[:whole] = flat[: whole * width].view(whole, width)
            if rest:
                column[whole, :rest] = flat[whole * width :]
    flags += flags.new_tensor([float(tensor is not None) for tensor in tensors])
    return rows


def unpack_shards(rows: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    """Rows (size, Σ width) of all ranks' shards → the whole tensors, in memory of their own."""
    widths = [shard_width(x.numel(), len(rows)) for x in like]
    return [
        column.reshape(-1)[: x.numel()].clone().view(x.shape)
        for column, x in zip(rows.split(widths, dim=1), like, strict=True)
    ]


def require_gradients(parameters: Iterable[Tensor], who: str) -> list[nn.Parameter]:
    """The parameters that are trained, each once. Raises ValueError if there are none."""
    trained = list({id(p): p for p in parameters if p.requires_grad}.values())
    if not trained:
        raise ValueError(f"{who} found no parameter that wants a gradient.")
    return trained
