"""Collectives cost the bytes that this rank hands over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this torch has no collectives", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[3]

RANK = """
import json, sys
import torch
import torch.distributed as dist
from tests.tracer.costs.counting import Bench
from tracer.format.schema import COMMUNICATES

folder, rank, world = sys.argv[1], int(sys.argv[2]), 2
dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=world)
x, y = torch.ones(6), torch.ones(2, 3)
half, twice = torch.ones(3), torch.ones(12)
bench = Bench()
with bench.counting():
    dist.all_reduce(x)
    dist.broadcast(x, src=0)
    dist.reduce(x, dst=0)
    dist.all_gather([torch.empty(6), torch.empty(6)], x)
    dist.all_gather_into_tensor(twice, x)
    dist.reduce_scatter_tensor(half, x)
    dist.all_to_all_single(x.clone(), x)
    dist.gather(half, [torch.empty(3), torch.empty(3)] if rank == 0 else None, dst=0)
    dist.scatter(half, [torch.ones(3), torch.ones(3)] if rank == 0 else None, src=0)
    if rank == 0:
        dist.send(y, 1)
    else:
        dist.recv(y, 0)
    dist.barrier()
    import torch.distributed._functional_collectives as functional
    functional.wait_tensor(functional.all_reduce(x, "sum", dist.group.WORLD))
dist.destroy_process_group()
assert bench.notices == [], bench.notices
print(json.dumps([[row.name, row.bytes] for row in bench.rows if row.kind == COMMUNICATES]))
"""

HANDED_OVER = {
    0: {
        "c10d.allreduce_": 4 * 6,
        "c10d.broadcast_": 4 * 6,
        "c10d.reduce_": 4 * 6,
        "c10d.allgather_": 4 * 6,
        "c10d._allgather_base_": 4 * 6,
        "c10d._reduce_scatter_base_": 4 * 6,
        "c10d.alltoall_base_": 4 * 6,
        "c10d.gather_": 4 * 3,
        "c10d.scatter_": 4 * 6,
        "c10d.send": 4 * 6,
        "c10d.barrier": 0,
        "_c10d_functional.all_reduce": 4 * 6,
        "_c10d_functional.wait_tensor": 0,
    }
}
HANDED_OVER[1] = {
    **{name: moved for name, moved in HANDED_OVER[0].items() if name != "c10d.send"},
    "c10d.broadcast_": 0,
    "c10d.scatter_": 0,
    "c10d.recv_": 0,
}


def test_what_two_ranks_hand_over(tmp_path: Path) -> None:
    (tmp_path / "rank.py").write_text(RANK)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    ranks = [
        subprocess.Popen(
            [sys.executable, str(tmp_path / "rank.py"), str(tmp_path), str(rank)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in (0, 1)
    ]
    try:
        for rank, process in enumerate(ranks):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            found = dict(json.loads(out.splitlines()[-1]))
            assert found.keys() >= HANDED_OVER[rank].keys()
            assert {name: moved for name, moved in found.items() if moved or name in HANDED_OVER[rank]} == HANDED_OVER[
                rank
            ]
    finally:
        for process in ranks:
            process.kill()
            process.wait()
