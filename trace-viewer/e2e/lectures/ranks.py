"""Four ranks that meet in an all-reduce to which rank 2 comes late: what the tests of the viewer's ranks open."""

import os
import socket
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from tracer import text

WORLD_SIZE = 4


def main():
    text("# Four ranks")
    mp.spawn(rank_main, args=(free_port(),), nprocs=WORLD_SIZE)
    text("All ranks have ended.")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def rank_main(rank: int, port: int):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=WORLD_SIZE)
    for step in range(3):  # @inspect step
        numbers = torch.arange(4.0) + 10 * rank + step  # @inspect numbers
        if rank == 2:
            time.sleep(0.2)  # this one comes late
        dist.all_reduce(numbers)  # @inspect numbers
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
