"""Why a job waits, in plain words; and whether it would wait for ever, with the key to change."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

__all__ = ["Waiting", "waiting"]


@dataclass(frozen=True)
class Waiting:
    """Why a job waits. `mend`: what to change, where waiting alone does not help."""

    words: str
    mend: str | None = None
    is_final: bool = True
    """Whether Slurm will not say something plainer in a moment."""


USUAL = {
    "None": "Slurm has not looked at it yet",
    "Priority": "jobs of higher priority are before it",
    "Resources": "the nodes that it needs are busy",
    "BeginTime": "Slurm lets some time pass before it starts it again",
    "Dependency": "it waits for another job",
    "Licenses": "a licence that it needs is in use",
    "Reservation": "it waits for its reservation",
    "ReqNodeNotAvail": "nodes that it could use are reserved or under maintenance",
    "Prolog": "its node is being made ready",
    "Cleaning": "what was before it on its node is being cleaned up",
    "JobArrayTaskLimit": "as many of its kind as may run are running",
    "NodeDown": "the node that it ran on is down; it is to start again",
}
"""Those that pass by themselves."""

NEVER = {
    "PartitionTimeLimit": (
        "it asks for more time than the partition allows",
        "lower `sbatch.time` or change `sbatch.partition` {of}",
    ),
    "PartitionNodeLimit": (
        "it asks for more nodes than the partition allows",
        "lower `sbatch.nodes` or change `sbatch.partition` {of}",
    ),
    "PartitionDown": (
        "the partition takes jobs, but starts none",
        "change `sbatch.partition` {of}, or ask whoever runs the cluster",
    ),
    "PartitionConfig": (
        "the partition does not take it as it is asked for",
        "change `sbatch.time`, `sbatch.nodes`, `sbatch.account` or `sbatch.partition` {of}",
    ),
    "PartitionInactive": ("the partition is switched off", "change `sbatch.partition` {of}"),
    "BadConstraints": (
        "no node has all that it asks for",
        "change `sbatch.constraint`, `sbatch.gpus_per_node`, `sbatch.mem` or `sbatch.cpus_per_rank` {of}",
    ),
    "DependencyNeverSatisfied": ("it waits for a job that will never end well", "change `sbatch.extra` {of}"),
    "AccountNotAllowed": (
        "the account may not use this partition",
        "change `sbatch.account` or `sbatch.partition` {of}",
    ),
    "InvalidAccount": ("Slurm does not know the account", "change `sbatch.account` {of}"),
    "QOSNotAllowed": (
        "the partition does not take this quality of service",
        "change `sbatch.qos` or `sbatch.partition` {of}",
    ),
    "InvalidQOS": ("Slurm does not know the quality of service", "change `sbatch.qos` {of}"),
    "JobHeldUser": ("it is held", "release it on the cluster: `scontrol release JOB`"),
    "JobHeldAdmin": ("whoever runs the cluster holds it", "ask them"),
    "JobHoldMaxRequeue": ("it was started again too often, and is held", "look at its log, then cancel it"),
    "FrontEndDown": ("the machine that starts jobs is down", "ask whoever runs the cluster"),
}
"""Those that no waiting mends. `{of}` is where the keys stand: of lab in clusters.yaml."""

LIMITS = (
    (r"(QOS|Assoc).*(Wall|Time).*", "time", "`sbatch.time`"),
    (r"(QOS|Assoc).*(GRES|TRES|Gres).*", "GPUs", "`sbatch.gpus_per_node`"),
    (r"(QOS|Assoc).*(Cpu|CPU).*", "processors", "`sbatch.cpus_per_rank`"),
    (r"(QOS|Assoc).*(Mem).*", "memory", "`sbatch.mem`"),
    (r"(QOS|Assoc).*(Node).*", "nodes", "`sbatch.nodes`"),
    (r"(QOS|Assoc).*(Job|Submit).*", "jobs", "nothing, but wait until others of yours have ended"),
)


def waiting(reason: str, cluster: str = "the cluster") -> Waiting:
    """What Slurm's reason means, for a job on `cluster`. One that is not known is shown as it is."""
    found = _waiting(reason)
    of = f"of {cluster} in clusters.yaml"
    return replace(found, mend=None if found.mend is None else found.mend.replace("{of}", of))


def _waiting(reason: str) -> Waiting:
    reason = reason.strip("()")
    if re.search(r"DOWN, DRAINED", reason):
        return Waiting(
            "the nodes that it needs are down, drained or reserved",
            "change `sbatch.partition` {of}, or wait until whoever runs the cluster brings them back",
        )
    name = re.split(r"[,\s]", reason, maxsplit=1)[0]
    if name in NEVER:
        return Waiting(*NEVER[name], is_final=name != "PartitionConfig")
    if name in USUAL:
        return Waiting(USUAL[name])
    for pattern, what, key in LIMITS:
        if re.fullmatch(pattern, name):
            per_job = "PerJob" in name
            mend = f"lower {key} {{of}}" if per_job else None
            whose = "one job may have" if per_job else "you, or your group, may use at once"
            return Waiting(f"it would exceed the {what} that {whose}", mend)
    return Waiting("Slurm has a reason of its own", is_final=False)
