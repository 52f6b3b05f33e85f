"""Ranks on one machine: processes that talk through gloo, and hand their results back."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

__all__ = ["connect", "run_ranks"]


def run_ranks(function: Callable[..., Any], world_size: int, *arguments: Any, timeout_s: float = 120) -> list[Any]:
    """Run `function(*arguments)` on `world_size` processes that are one process group; what each returned, by rank.

    `function` and what it returns must be picklable: a function at the top level of a module that can be imported, which returns
    numbers, tensors, lists of them. Call it below `if __name__ == "__main__":`, since every process imports the module anew.
    Raises RuntimeError with the traceback of the rank that failed first; a rank that waits for another longer than `timeout_s`
    fails, too.
    """
    if world_size < 1:
        raise ValueError(f"There must be at least one rank, not {world_size}.")
    with tempfile.TemporaryDirectory(prefix="ranks-") as folder:
        try:
            mp.spawn(rank_main, (function, world_size, folder, timeout_s, arguments), nprocs=world_size)
        except mp.ProcessRaisedException as error:
            # Of several, torch names any; but those that lost their neighbour failed because of it.
            first = min(Path(folder).glob("failure-*"), key=lambda path: path.stat().st_mtime_ns, default=None)
            if first is None:
                raise
            raise RuntimeError(f"Rank {first.name.split('-')[1]} failed:\n{first.read_text()}") from error
        # Tensors come back whole, by value: the process that made them is gone.
        return [torch.load(result_file(folder, rank), weights_only=False) for rank in range(world_size)]


def rank_main(
    rank: int,
    function: Callable[..., Any],
    world_size: int,
    folder: str,
    timeout_s: float,
    arguments: tuple[Any, ...],
) -> None:
    """What one process does: join, run, leave its result."""
    torch.set_num_threads(1)  # the ranks share the cores
    connect(rank, world_size, folder, timeout_s)  # @stepover
    try:
        torch.save(function(*arguments), result_file(folder, rank))
    except Exception:
        (Path(folder) / f"failure-{rank}").write_text(traceback.format_exc())  # before the others notice
        raise
    finally:
        dist.destroy_process_group()


def connect(rank: int, world_size: int, folder: Path | str, timeout_s: float = 120) -> None:
    """Make this process rank `rank` of `world_size`. They find each other through a file in `folder`: no port to be taken."""
    dist.init_process_group(
        "gloo",
        init_method=(Path(folder).absolute() / "rendezvous").as_uri(),
        rank=rank,
        world_size=world_size,
        timeout=timedelta(seconds=timeout_s),
    )


def result_file(folder: str, rank: int) -> Path:
    return Path(folder) / f"result-{rank}.pt"
