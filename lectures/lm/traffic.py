"""What has to be moved: lines of memory that a warp touches, bytes of a tiled product, bytes of torch's operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

__all__ = ["Moved", "TileTraffic", "bytes_moved", "stretches", "tile_traffic"]


def stretches(addresses: Iterable[int], size: int, item: int = 4) -> int:
    """How many aligned stretches of `size` bytes hold the items of `item` bytes that begin at these addresses."""
    return len({byte // size for address in addresses for byte in (address, address + item - 1)})


@dataclass(frozen=True)
class TileTraffic:
    """Bytes that tiles read and write, and the FLOPs that they do for each of them."""

    read: int
    written: int
    flops: int

    @property
    def intensity(self) -> float:
        return self.flops / (self.read + self.written)


def tile_traffic(m: int, n: int, k: int, tile_m: int, tile_n: int, item: int = 2) -> TileTraffic:
    """(m, k) · (k, n) in tiles of the result, each of which reads its rows and its columns once: items of `item` bytes.

    A tile of one by one is the product as it is defined. Tiles at the edges read no more than there is.
    """
    read = (m * k * ceil(n / tile_n) + n * k * ceil(m / tile_m)) * item
    return TileTraffic(read, m * n * item, 2 * m * n * k)


@dataclass(frozen=True)
class Moved:
    """One operation of torch, with the bytes of the tensors that it reads and of those that it writes."""

    operation: str
    read: int
    written: int


def bytes_moved(function: Callable[[], Any]) -> list[Moved]:
    """Runs `function` and lists its operations, as if each read its operands from memory and wrote its result there.

    So it is on a GPU when every operation is a kernel of its own. Views move nothing and are left out.
    """
    watching = Watching()
    with watching:
        function()
    return watching.moved


class Watching(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.moved: list[Moved] = []

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = operation(*args, **(kwargs or {}))
        returns = operation._schema.returns
        is_view = any(one.alias_info is not None and not one.alias_info.is_write for one in returns)
        if not is_view:
            name = operation._schema.name.removeprefix("aten::")
            self.moved.append(Moved(name, size_of((args, kwargs)), size_of(result)))
        return result


def size_of(tree: Any) -> int:
    """Bytes of the tensors in it, each once; of one that repeats its elements, those that there are."""
    tensors = {id(leaf): leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)}.values()
    return sum(min(x.numel() * x.element_size(), x.untyped_storage().nbytes()) for x in tensors)
