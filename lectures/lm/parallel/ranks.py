"""Ranks on one machine: processes that talk through gloo, or NCCL with a GPU each, and hand their results back."""

from __future__ import annotations

import multiprocessing
import tempfile
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

__all__ = ["best_backend", "connect", "run_ranks"]


def run_ranks(
    function: Callable[..., Any], world_size: int, *arguments: Any, backend: str = "gloo", timeout_s: float = 120
) -> list[Any]:
    """Run `function(*arguments)` on `world_size` processes that are one process group; what each returned, by rank.

    `function` and what it returns must be picklable: a function at the top level of a module that can be imported, which returns
    numbers, tensors, lists of them. Call it below `if __name__ == "__main__":`, since every process imports the module anew.
    With `backend="nccl"` each rank has a GPU, on which its new tensors are unless they are told otherwise; tensors that are
    returned come back to the CPU.
    Raises RuntimeError with the traceback of the rank that failed first; a rank that waits for another longer than `timeout_s`
    fails, too.
    """
    if world_size < 1:
        raise ValueError(f"There must be at least one rank, not {world_size}.")
    with tempfile.TemporaryDirectory(prefix="ranks-") as folder:
        try:
            call = (function, world_size, folder, backend, timeout_s, arguments)
            mp.start_processes(rank_main, call, nprocs=world_size, start_method=start_method(function))
        except mp.ProcessRaisedException as error:
            # Of several, torch names any; but those that lost their neighbour failed because of it.
            first = min(Path(folder).glob("failure-*"), key=lambda path: path.stat().st_mtime_ns, default=None)
            if first is None:
                raise
            raise RuntimeError(f"Rank {first.name.split('-')[1]} failed:\n{first.read_text()}") from error
        # Tensors come back whole, by value: the process that made them is gone.
        files = [result_file(folder, rank) for rank in range(world_size)]
        return [torch.load(file, weights_only=False, map_location="cpu") for file in files]


def best_backend(world_size: int) -> str:
    """For `run_ranks` on this machine: "nccl" where there is a GPU for each rank, else "gloo"."""
    return "nccl" if torch.cuda.device_count() >= world_size and dist.is_nccl_available() else "gloo"


def start_method(function: Callable[..., Any]) -> str:
    """All ranks, of every call, are forked from one server, which has imported once what takes long: torch, and `function`'s own.

    (Not from this process: what it has started by then, such as autograd's threads, or CUDA, would be broken in a fork.)
    """
    if "forkserver" not in mp.get_all_start_methods():  # Windows
        return "spawn"
    modules = ["torch.distributed", "torch._dynamo"]  # the second is what an optimizer imports
    if function.__module__ != "__main__":
        modules.append(function.__module__)
    multiprocessing.set_forkserver_preload(modules)  # of the first call: then the server runs
    return "forkserver"


def rank_main(
    rank: int,
    function: Callable[..., Any],
    world_size: int,
    folder: str,
    backend: str,
    timeout_s: float,
    arguments: tuple[Any, ...],
) -> None:
    """What one process does: join, run, leave its result."""
    torch.set_num_threads(1)  # the ranks share the cores
    if backend == "nccl":
        torch.cuda.set_device(rank)
        torch.set_default_device(f"cuda:{rank}")
    connect(rank, world_size, folder, timeout_s, backend)  # @stepover
    dist.barrier()  # or one that is done at once would close connections that others are still making
    try:
        torch.save(function(*arguments), result_file(folder, rank))
    except Exception:
        (Path(folder) / f"failure-{rank}").write_text(traceback.format_exc())  # before the others notice
        raise
    finally:
        dist.destroy_process_group()


def connect(rank: int, world_size: int, folder: Path | str, timeout_s: float = 120, backend: str = "gloo") -> None:
    """Make this process rank `rank` of `world_size`. They find each other through a file in `folder`: no port to be taken."""
    dist.init_process_group(
        backend,
        init_method=(Path(folder).absolute() / "rendezvous").as_uri(),
        rank=rank,
        world_size=world_size,
        timeout=timedelta(seconds=timeout_s),
    )


def result_file(folder: str, rank: int) -> Path:
    return Path(folder) / f"result-{rank}.pt"
