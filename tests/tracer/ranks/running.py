"""Lectures of several ranks, run as users run them: real processes, which talk through gloo."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tracer.format import schema
from tracer.format.reader import read_trace

ROOT = Path(__file__).resolve().parents[3]
HANGS = 300
"""Seconds after which a run is taken to hang."""

SPAWNS = """
import os
import signal
import time
import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def main():
    method = os.environ.get("METHOD", "fork")
    mp.start_processes(rank_main, args=(int(os.environ["PORT"]),), nprocs=RANKS, start_method=method)
    done = True


def rank_main(rank, port):
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", str(port)
    dist.init_process_group("gloo", rank=rank, world_size=RANKS)
    work(rank)
    dist.destroy_process_group()
"""
"""The beginning of a lecture that starts its ranks itself; `work(rank)` follows. They are forked, unless METHOD says `spawn`:
that is what mp.spawn does, and takes longer, since each of them imports torch."""

JOINS = """
import os
import signal
import time
import torch
import torch.distributed as dist


def main():
    dist.init_process_group("gloo")
    work(dist.get_rank())
    dist.destroy_process_group()
"""
"""The beginning of a lecture whose ranks are started by somebody else."""


def environment(**more: str) -> dict[str, str]:
    """Without what a launcher around the tests may have set."""
    launcher = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_", "SLURM_", "TORCHELASTIC_", "GROUP_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(launcher)}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), **more}


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def write(folder: Path, *parts: str, ranks: int = 2) -> Path:
    """The lecture `talk.py` in `folder`."""
    path = folder / "talk.py"
    path.write_text("\n".join(textwrap.dedent(part) for part in parts).replace("RANKS", str(ranks)))
    return path


def execute(lecture: Path) -> list[str]:
    """The command that runs a lecture."""
    return [sys.executable, str(ROOT / "execute.py"), "-m", str(lecture), "-o", str(lecture.parent / "out")]


def start(command: list[str], **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=environment(**environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for it; its exit status, and what it printed."""
    try:
        out, err = process.communicate(timeout=HANGS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, err = process.communicate()
        raise AssertionError(f"it hangs:\n{out}\n{err}") from None
    return process.returncode, out, err


def run(lecture: Path, **environ: str) -> tuple[int, str, str]:
    return end(start(execute(lecture), PORT=free_port(), **environ))


@dataclass
class Recorded:
    """The trace of `talk.py`, and questions to ask of it."""

    trace: schema.Trace

    @classmethod
    def of(cls, lecture: Path) -> Recorded:
        """Nothing else is left in the folder."""
        out = lecture.parent / "out"
        assert [path.name for path in out.iterdir()] == ["talk.json"]
        return cls(read_trace(out / "talk.json"))

    def rank_of(self, step: int) -> int:
        trace = self.trace
        return trace.tracks.rank[trace.calls.track[trace.steps.call[step]]]

    def source_of(self, step: int) -> str:
        trace = self.trace
        statement = trace.steps.statement[step]
        lines = trace.files[trace.statements.file[statement]].text.splitlines()
        return lines[trace.statements.line[statement] - 1].split("  #")[0].strip()

    def lines_of(self, rank: int) -> list[str]:
        """What a rank ran, in its order."""
        steps = range(len(self.trace.steps.call))
        return [self.source_of(step) for step in steps if self.rank_of(step) == rank]

    def bound(self, name: str, rank: int) -> list[object]:
        """The elements of the tensors that `name` held."""
        trace, found = self.trace, []
        for step, string, value in zip(trace.bindings.step, trace.bindings.name, trace.bindings.value, strict=True):
            if trace.strings[string] == name and self.rank_of(step) == rank:
                shown = trace.values[value]
                found.append(shown.elements if isinstance(shown, schema.Tensor) else shown)
        return found

    def collectives(self, name: str) -> list[dict[str, int]]:
        """The rows of one kind, with the rank and the ranks of the group besides."""
        table = self.trace.collectives
        columns = [getattr(table, column) for column in table.__struct_fields__]
        rows = [dict(zip(table.__struct_fields__, row, strict=True)) for row in zip(*columns, strict=True)]
        return [row | {"rank": self.rank_of(row["step"])} for row in rows if self.trace.strings[row["name"]] == name]

    def operations(self, name: str) -> dict[tuple[int, ...], list[list[dict[str, int]]]]:
        """By the ranks of their group: the operations of one kind, in their order, each the rows of those that took part."""
        found: dict[int, dict[int, list[dict[str, int]]]] = {}
        for row in self.collectives(name):
            found.setdefault(row["group"], {}).setdefault(row["sequence"], []).append(row)
        by_ranks: dict[tuple[int, ...], list[list[dict[str, int]]]] = {}
        for group, sequences in found.items():
            ordered = [sequences[number] for number in sorted(sequences)]
            by_ranks.setdefault(tuple(self.trace.groups[group]), []).extend(ordered)
        return by_ranks
