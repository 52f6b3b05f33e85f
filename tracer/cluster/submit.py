"""A run comes to be: its folder on the cluster, its code, its environment, and its job, submitted exactly once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracer.cluster.host import Answer, Host, Lost, Unreachable, quote
from tracer.cluster.messages import AMBIGUOUS, file_problem, sbatch_problem
from tracer.cluster.settings import Cluster

__all__ = ["Place", "Refused", "make_venv", "prepare", "put_script", "submit"]

BUILDING = 1800.0
"""Seconds that the making of a venv may take."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, 30.0, 30.0)
"""Seconds between two tries of a submission that nobody answered."""


class Refused(Exception):
    """The cluster does not take the job, or not as it is asked. The message is a sentence."""


@dataclass(frozen=True)
class Place:
    """Where runs lie on the cluster, and what the login shell there has set."""

    root: str
    latest: str | None = None
    """The run whose code the next one may link to."""


def prepare(host: Host, root: str) -> Place:
    """Find, or make, the folder of all runs. Raises Refused, Lost and Unreachable."""
    folder = f'"$HOME"/{quote(root[2:])}' if root.startswith("~/") else quote(root)
    answer = host.run(
        f"exec 2>&1\nmkdir -p {folder}/runs && cd {folder} || exit 9\n"
        "printf 'root %s\\n' \"$PWD\"\n"
        'for run in $(ls -1t runs); do [ ! -e "runs/$run/uploaded" ] || { printf \'latest %s\\n\' "$run"; break; }; done'
    )
    said = dict(line.split(" ", 1) for line in answer.text.splitlines() if " " in line)
    if answer.code or "root" not in said:
        why = file_problem(host.place, answer.text, "Change `root` in clusters.yaml.")
        raise Refused(f"The folder {root} cannot be made on {host.place}: {why}")
    if re.search(r"[\s%\\'\"]", said["root"]):
        raise Refused(
            f"The folder {said['root']} has signs in its name that Slurm cannot bear: change `root` in clusters.yaml."
        )
    return Place(said["root"], said.get("latest"))


def make_venv(host: Host, cluster: Cluster, folder: str, code: str, told: Callable[[str], None]) -> None:
    """Make the venv on the login node, unless it is there; others who want the same one wait. Raises Refused and Lost."""
    env = cluster.env
    install = (
        "uv pip install" if env.installer == "uv" else '"$new/bin/python" -m pip install --disable-pip-version-check'
    )
    create = f"uv venv --python {quote(env.python)}" if env.installer == "uv" else f"{quote(env.python)} -m venv"
    modules = "".join(f"module load {quote(module)} || exit 1\n" for module in env.modules)
    setup = "".join(f"{line} || exit 1\n" for line in env.setup)
    there = host.run(f"[ -e {quote(folder)}/.made ]")
    if there.code == 0:
        return
    told(f"Making the environment {folder} on {host.place}, once …")
    answer = host.run(
        f"exec 2>&1\nmkdir -p {quote(str(Path(folder).parent))}\nexec 8>{quote(folder)}.lock && flock 8\n"
        f'[ ! -e {quote(folder)}/.made ] || exit 0\nnew={quote(folder)}\nrm -rf "$new"\n{modules}{setup}'
        f'{create} "$new" && VIRTUAL_ENV="$new" {install} -r {quote(f"{code}/{env.requirements}")} && touch "$new/.made"',
        BUILDING,
    )
    if answer.code:
        last = file_problem(host.place, "\n".join(answer.text.splitlines()[-3:]))
        raise Refused(f"The environment could not be made on {host.place} (`env` in clusters.yaml): {last}")


def put_script(host: Host, folder: str, script: str) -> None:
    """Write job.sh, and mark the code as whole: others may link to it. Raises Refused and Lost."""
    answer = host.run(
        f"exec 2>&1\ncd {quote(folder)} && printf '%s' {quote(script)} >.job.sh.tmp && mv -f .job.sh.tmp job.sh && touch uploaded"
    )
    if answer.code:
        why = file_problem(host.place, answer.text)
        raise Refused(f"The job's script could not be written on {host.place}: {why}")


def submit(host: Host, run: str, folder: str, cluster: Cluster, told: Callable[[str], None]) -> int:
    """Submit the job of a run; its number. However often this is asked, in whatever weather, there is one job.

    Raises Refused; and Lost, when nobody answered for minutes: whether there is a job is not known then.
    """
    script = _sbatch(run, folder) if cluster.scheduler == "slurm" else _background(folder)
    last = ""
    for pause in (*PAUSES, None):
        try:
            answer = host.run(script, 60.0)
        except Lost as lost:
            last = str(lost)
            answer = Answer(75, b"")
        if found := re.search(rb"^job (\d+)", answer.out, re.MULTILINE):
            return int(found[1])
        if answer.code != 75:
            if answer.code == 127:
                raise Refused(sbatch_problem(host.place, "sbatch: command not found"))
            raise Refused(sbatch_problem(host.place, answer.text))
        if pause is None:
            break
        if answer.text:
            last = f"Slurm does not answer ({' '.join(answer.text.split())[-200:]})"
        told(f"{last}; asking again whether the job was submitted …")
        time.sleep(pause)
        try:
            host.connect(may_ask=False)
        except (Lost, Unreachable) as problem:
            last = str(problem)
    raise Lost(last)


def _sbatch(run: str, folder: str) -> str:
    """Exit status 75: it is not known whether there is a job; to be asked again."""
    return f"""exec 2>&1
command -v sbatch >/dev/null || exit 127
cd {quote(folder)} || exit 1
exec 9>.submit.lock; flock -w 30 9 || exit 75
known() {{ printf '%s\\n' "$1" >.job_id.tmp && mv -f .job_id.tmp job_id && echo "job $1"; exit; }}
[ ! -s job_id ] || known "$(cat job_id)"
[ ! -s started ] || {{ read -r job _ <started; known "$job"; }}
if [ -e .tried ]; then  # an earlier try may have left a job that nobody told us of
    sleep 1
    found=$(timeout 30 squeue -h -t all --name={quote(run)} -o %A) || {{ echo "$found"; exit 75; }}
    [ -z "$found" ] || known "$(printf '%s\\n' "$found" | sort -n | head -n 1)"
fi
touch .tried
said=$(timeout 50 sbatch --parsable job.sh 2>&1); code=$?
number=$(printf '%s\\n' "$said" | grep -E '^[0-9]+(;.*)?$' | tail -n 1)
[ "$code" != 0 ] || [ -z "$number" ] || known "${{number%%;*}}"
printf '%s\\n' "$said"
printf '%s\\n' "$said" | grep -Eq {quote(AMBIGUOUS)} && exit 75
[ "$code" != 124 ] || exit 75
rm -f .tried
[ "$code" != 0 ] || code=1
exit "$code"
"""


def _background(folder: str) -> str:
    """Without Slurm the job is a process of its own session; its number is the job's."""
    return f"""exec 2>&1
cd {quote(folder)} || exit 1
exec 9>.submit.lock; flock -w 30 9 || exit 75
if [ ! -s job_id ]; then
    setsid bash job.sh </dev/null >>job.log 2>&1 9>&- &
    printf '%s\\n' "$!" >.job_id.tmp && mv -f .job_id.tmp job_id
fi
echo "job $(cat job_id)"
"""
