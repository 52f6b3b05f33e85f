"""Which of several processes this is: what torchrun or srun says in the environment."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["ALONE", "RUN", "Place", "place_of_this_process", "set_rank_environment"]

RUN = "EXECUTABLE_LECTURE_RUN"
"""The variable by which `--ranks` names a run."""
OF_A_RUN = (
    RUN,
    "SLURM_JOB_ID",
    "SLURM_STEP_ID",
    "SLURM_RESTART_COUNT",
    "TORCHELASTIC_RUN_ID",
    "TORCHELASTIC_RESTART_COUNT",
    "MASTER_ADDR",
    "MASTER_PORT",
    "WORLD_SIZE",
)
"""Variables that are the same for all ranks of a run, and, all together, differ from those of another one."""


@dataclass(frozen=True)
class Place:
    """`run` is the same for all processes of one run (empty: there are no others yet). `members` is how many of them a launcher
    started; each ends by itself, and the last one makes the trace. `launch` counts the times that the lecture itself started
    ranks: those leave the trace to their parent (-1: the lecture did not start this one). `rank` is -1 while it is not known.
    `attempt` counts the restarts of a launcher that starts all ranks again when one fails (-1: it does not)."""

    run: str = ""
    rank: int = -1
    world_size: int | None = None
    members: int = 0
    launch: int = -1
    started_by_lecture: bool = False
    attempt: int = -1

    def as_json(self) -> dict[str, Any]:
        """What the journal says of it; nothing, of a process alone."""
        if not (self.members or self.started_by_lecture):
            return {}
        found = {"rank": self.rank, "world_size": self.world_size, "members": self.members, "launch": self.launch}
        return found if self.attempt < 0 else found | {"attempt": self.attempt}


ALONE = Place()


def place_of_this_process(lecture: str, environment: Mapping[str, str] = os.environ) -> Place:
    """Where the launcher put this process: from RANK and WORLD_SIZE. `lecture` is what runs: a run is of one lecture."""
    rank, size = environment.get("RANK", ""), environment.get("WORLD_SIZE", "")
    if not (rank.isdecimal() and size.isdecimal() and int(rank) < int(size)):
        return ALONE
    if int(size) == 1:
        return replace(ALONE, rank=0, world_size=1)
    named = [f"{name}={environment.get(name, '')}" for name in OF_A_RUN]
    if environment.get("GROUP_WORLD_SIZE") == "1" and RUN not in environment:
        named.append(f"{os.uname().nodename} {os.getppid()}" if hasattr(os, "uname") else "")
    run = hashlib.sha256("\n".join([lecture, *named]).encode("utf-8", "replace")).hexdigest()[:16]
    return Place(run, int(rank), int(size), members=int(size), attempt=_attempt(environment))


def _attempt(environment: Mapping[str, str]) -> int:
    """Which attempt of torchrun this is, from 0 on; -1 if there is to be only one."""
    attempt = environment.get("TORCHELASTIC_RESTART_COUNT", "")
    most = environment.get("TORCHELASTIC_MAX_RESTARTS", "")
    return int(attempt) if attempt.isdecimal() and most.isdecimal() and int(most) > 0 else -1


def set_rank_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Where srun started several processes and nobody said so in torch's way, say it in torch's way.

    In a batch script there is one process, whatever was asked for: only a step of srun has `SLURM_STEP_NUM_TASKS`.
    """
    size, rank = environment.get("SLURM_STEP_NUM_TASKS", ""), environment.get("SLURM_PROCID", "")
    if "RANK" in environment or not (size.isdecimal() and rank.isdecimal() and int(size) > 1):
        return
    job = environment.get("SLURM_JOB_ID", "0")
    step = environment.get("SLURM_STEP_ID", "0")
    nodes = environment.get("SLURM_STEP_NODELIST") or environment.get("SLURM_JOB_NODELIST", "")
    port = 20000 + (int(job) * 7 + int(step) if job.isdecimal() and step.isdecimal() else 0) % 10000
    environment["RANK"], environment["WORLD_SIZE"] = rank, size
    environment.setdefault("LOCAL_RANK", environment.get("SLURM_LOCALID", "0"))
    environment.setdefault("MASTER_ADDR", _first_host(nodes) or "127.0.0.1")
    environment.setdefault("MASTER_PORT", str(port))


def _first_host(nodes: str) -> str:
    """The first name of a list of Slurm's: `n01` of `n[01-04,7],m3`."""
    found = re.match(r"([^\[,]+)(?:\[(\d+)[^\]]*\]([^\[,]*))?", nodes)
    return "".join(part for part in found.groups() if part) if found else ""
