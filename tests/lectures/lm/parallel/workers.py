"""Four gloo processes that stay up and run one case after another: starting them takes longer than all cases together."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from lectures.lm.parallel.collectives import Group
from lectures.lm.parallel.ranks import connect

WORLD = 4
GROUPS = {1: [2], 2: [3, 1], 3: [0, 2, 3], 4: [0, 1, 2, 3]}
"""A rank of a smaller group is seldom the rank that it has among all."""
PATIENCE = 60
"""Seconds after which ranks that wait for each other are taken to hang."""


class Workers:
    """Runs a function `case(group, *arguments)` on 1 to 4 ranks, and gives what each returned, by its rank in the group."""

    def __init__(self, folder: Path) -> None:
        context = mp.get_context("spawn")
        self.pipes, self.processes = [], []
        for rank in range(WORLD):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(rank, str(folder), theirs), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def run(self, case: Callable[..., Any], size: int, *arguments: Any) -> list[Any]:
        members = sorted(GROUPS[size])
        for rank in members:
            self.pipes[rank].send((case, size, arguments))
        answers = []
        for rank in members:
            assert self.pipes[rank].poll(2 * PATIENCE), f"rank {rank} hangs"
            answers.append(self.pipes[rank].recv())
        failed = [words for words, _ in answers if words]
        assert not failed, "\n".join(failed)
        return [result for _, result in answers]

    def close(self) -> None:
        for pipe in self.pipes:
            with suppress(OSError):
                pipe.send(None)
        for process in self.processes:
            process.join(10)
            if process.is_alive():
                process.kill()


def work(rank: int, folder: str, pipe: Connection) -> None:
    torch.set_num_threads(1)
    connect(rank, WORLD, folder, PATIENCE)
    groups: dict[int, Group] = {
        size: dist.new_group(sorted(members), timeout=timedelta(seconds=PATIENCE)) for size, members in GROUPS.items()
    }
    while (order := pipe.recv()) is not None:
        case, size, arguments = order
        torch.manual_seed(0)
        try:
            pipe.send(("", case(groups[size], *arguments)))
        except Exception:
            pipe.send((f"rank {rank}:\n{traceback.format_exc()}", None))
    dist.destroy_process_group()
