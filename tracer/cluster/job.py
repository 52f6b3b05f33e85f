"""job.sh: what Slurm runs on a node, or bash where there is no Slurm. Settings on top, then `job_body.sh` as it stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from tracer.cluster.settings import Cluster, Sbatch

__all__ = ["TIME_LIMIT", "job_script", "venv_folder"]

BODY = Path(__file__).with_name("job_body.sh")
TIME_LIMIT = "stopped just before the time limit of its job"
"""What the trace of a lecture says that Slurm's warning has stopped."""


def job_script(run: str, lecture: str, cluster: Cluster, root: str, commit: str, requirements: str = "") -> str:
    """The script of the run with the id `run`; `root` is the absolute folder on the cluster, `lecture` what execute.py takes.

    `requirements`: the hash of the requirements, for the name of a venv.
    """
    folder = f"{root}/runs/{run}"
    lines = ["#!/bin/bash -l", *(f"#SBATCH {option}" for option in _options(run, folder, cluster)), ""]
    lines += [f"{name}={shlex.quote(value)}" for name, value in _names(lecture, cluster, root, folder).items()]
    lines += [f"caches=({shlex.join(cluster.sync.cache)})"]
    lines += [f"arguments=({shlex.join(_arguments(lecture, cluster))})"]
    lines += [f"container=({shlex.join(shlex.split(cluster.env.container or ''))})"]
    lines += [
        "",
        "prepare() {",
        *(f"    {line}" for line in _environment(cluster, root, folder, commit, requirements)),
        "}",
    ]
    return "\n".join(lines) + "\n\n" + BODY.read_text(encoding="utf-8")


def venv_folder(cluster: Cluster, root: str, requirements: str) -> str | None:
    """Where the venv lies on the cluster, if there is to be one."""
    if cluster.env.venv is None:
        return None
    folder = cluster.env.venv.replace("{root}", root).replace("{hash}", requirements)
    return folder if folder.startswith(("/", "~/")) else f"{root}/{folder}"


def _options(run: str, folder: str, cluster: Cluster) -> Iterator[str]:
    wanted: Sbatch = cluster.sbatch
    per_node = {"python": 1, "torchrun": 1, "srun": cluster.ranks_per_node}[cluster.launch]
    cpus = wanted.cpus_per_rank * (cluster.ranks_per_node // per_node)
    given = {
        "job-name": run,
        "output": f"{folder}/job.log",
        "open-mode": "append",
        "partition": wanted.partition,
        "account": wanted.account,
        "qos": wanted.qos,
        "time": wanted.time,
        "nodes": str(wanted.nodes),
        "ntasks-per-node": str(per_node),
        "cpus-per-task": str(cpus),
        "gpus-per-node": wanted.gpus_per_node,
        "mem": wanted.mem,
        "constraint": wanted.constraint,
        "signal": f"B:USR1@{wanted.warning_seconds}" if wanted.warning_seconds else None,
    }
    yield from (f"--{name}={value}" for name, value in given.items() if value is not None)
    yield "--requeue" if wanted.requeue else "--no-requeue"
    yield from wanted.extra


def _names(lecture: str, cluster: Cluster, root: str, folder: str) -> dict[str, str]:
    return {
        "root": root,
        "run": folder,
        "launch": cluster.launch,
        "ranks_per_node": str(cluster.ranks_per_node),
        "cpus_per_rank": str(cluster.sbatch.cpus_per_rank),
        "flush_seconds": "2" if cluster.fetch.every_seconds else "0",
        "time_limit": TIME_LIMIT,
    }


def _arguments(lecture: str, cluster: Cluster) -> list[str]:
    return ["execute.py", "-m", lecture, "--elsewhere", *cluster.arguments]


def _environment(cluster: Cluster, root: str, folder: str, commit: str, requirements: str) -> Iterator[str]:
    """What must be there before the lecture starts; whatever fails says which key it came from."""
    env = cluster.env
    if env.modules:
        yield "for profile in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh; do"
        yield '    type module >/dev/null 2>&1 || { [ ! -e "$profile" ] || source "$profile"; }'
        yield "done"
    for module in env.modules:
        yield f"module load {shlex.quote(module)} || missing {shlex.quote(f'env.modules: {module}')}"
    for line in env.setup:
        yield f"{{ {line}"
        yield f"}} || missing {shlex.quote(f'env.setup: {line}')}"
    for name, value in env.vars.items():
        yield f"export {name}={shlex.quote(value.replace('{root}', root))}"
    yield "export PYTHONUNBUFFERED=1 TRACER_STOP_FILE=$run/stop"
    if commit:
        yield f"export TRACER_COMMIT={shlex.quote(commit)}"
    venv = venv_folder(cluster, root, requirements)
    if venv is not None:
        yield f"source {shlex.quote(venv)}/bin/activate || missing {shlex.quote(f'env.venv: {venv}')}"
        yield "python=python"
    else:
        yield f"python={shlex.quote(env.python)}"
