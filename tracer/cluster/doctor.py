"""Everything that a run needs, looked at one thing after the other, each with how to mend it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from tracer.cluster.host import Host, Lost, Unreachable, quote
from tracer.cluster.job import job_script, venv_folder
from tracer.cluster.messages import rsync_problem, sbatch_problem
from tracer.cluster.project import Project
from tracer.cluster.settings import Cluster
from tracer.cluster.submit import Refused, prepare
from tracer.cluster.sync import requirements_hash
from tracer.cluster.terminal import say

__all__ = ["doctor", "minutes"]

LEAST_ROOM = 2_000_000
"""Kilobytes of free space that let nobody worry."""


class _Finding(NamedTuple):
    """What one check found; `mend` where it is not well. With `stops`, what follows could not be looked at."""

    what: str
    mend: str = ""
    stops: bool = False


def doctor(project: Project, options: argparse.Namespace) -> int:
    """Print what is well and what is not; 1 if anything is not."""
    options.local = False
    cluster = project.cluster(options)
    ill = 0
    host = Host(cluster.host)
    for check in (_ssh, _shell, _rsync, _root, _slurm, _job, _time, _python, _shared):
        if cluster.scheduler == "none" and check in (_slurm, _job, _time, _shared):
            continue
        try:
            findings = list(check(project, cluster, host))
        except (Lost, Unreachable, Refused) as problem:
            findings = [_Finding("This could not be looked at", str(problem), stops=True)]
        for finding in findings:
            say(f"{'ok ' if not finding.mend else 'NOT'} {finding.what}{f': {finding.mend}' if finding.mend else ''}")
            ill += bool(finding.mend)
        if any(finding.stops for finding in findings):
            say("    The rest can be looked at when this is mended.")
            break
    say(f"{cluster.name}: all is well." if not ill else f"{cluster.name}: {ill} to mend.")
    return 1 if ill else 0


def _ssh(_project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    try:
        host.connect()
        host.run("true")
    except (Lost, Unreachable) as problem:
        yield _Finding(f"ssh to {cluster.place}", str(problem), stops=True)
    else:
        yield _Finding(f"ssh to {cluster.place}")


def _shell(_project: Project, _cluster: Cluster, host: Host) -> Iterator[_Finding]:
    if host.noise:
        said = " ".join(host.noise.split())[:80]
        mend = f"it prints “{said}”, which rsync cannot bear: put `[[ $- == *i* ]] || return` at the top of ~/.bashrc there"
        yield _Finding("shell start-up that prints nothing", mend)
    else:
        yield _Finding("shell start-up that prints nothing")


def _rsync(_project: Project, _cluster: Cluster, host: Host) -> Iterator[_Finding]:
    if shutil.which("rsync") is None:
        yield _Finding("rsync here", "install it", stops=True)
        return
    yield _Finding("rsync here")
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.run(
            ["rsync", "--dry-run", "-r", *host.rsync_words(), f"{empty}/", host.at("/tmp/")],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    mend = rsync_problem(host.place, process.stderr, True) if process.returncode else ""
    yield _Finding(f"rsync on {host.place}", mend)


def _root(_project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    place = prepare(host, cluster.root)
    yield _Finding(f"the folder {place.root}")
    answer = host.run(
        f"cd {quote(place.root)} && df -Pk . | tail -n 1\nf=.doctor.$$; head -c 1000000 /dev/zero >$f && rm -f $f || exit 7"
    )
    words = answer.text.split()
    if answer.code == 7:
        yield _Finding(
            "room in it", "nothing can be written: `./remote_execute.sh clean`, or change `root`", stops=True
        )
    elif len(words) > 3 and words[3].isdigit() and int(words[3]) < LEAST_ROOM:
        yield _Finding(
            f"room in it ({int(words[3]) / 1e6:.1f} GB)", "it may not do: `./remote_execute.sh clean`, or change `root`"
        )
    else:
        room = f" ({int(words[3]) / 1e6:,.0f} GB)" if len(words) > 3 and words[3].isdigit() else ""
        yield _Finding(f"room in it{room}")


def _slurm(_project: Project, _cluster: Cluster, host: Host) -> Iterator[_Finding]:
    answer = host.run("exec 2>&1\nsbatch --version || exit 1\ntimeout 20 sinfo -h -o '%P %a %F' || exit 2")
    if answer.code == 1:
        mend = (
            f"there is no sbatch on {host.place}: is it the login node (`host`)? Without Slurm, write `scheduler: none`"
        )
        yield _Finding("Slurm", mend, stops=True)
        return
    lines = answer.text.splitlines()
    if answer.code:
        yield _Finding(lines[0], f"its controller does not answer ({' '.join(lines[1:])[:200]}); try later", stops=True)
        return
    partitions = ", ".join(line.split()[0].rstrip("*") for line in lines[1:])
    yield _Finding(f"{lines[0]}; partitions: {partitions}")


def _job(_project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    """Would Slurm take the job? It is asked, and submits nothing."""
    script = job_script("doctor", "lectures/lecture_01.py", cluster, prepare(host, cluster.root).root, "")
    answer = host.run(f"exec 2>&1\nprintf '%s' {quote(script)} | timeout 30 sbatch --test-only")
    asked = f"partition {cluster.sbatch.partition or 'as usual'}, account {cluster.sbatch.account or 'as usual'}"
    yield _Finding(
        f"a job as it would be asked for ({asked})", sbatch_problem(host.place, answer.text) if answer.code else ""
    )


def _time(_project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    """A time that is too long is accepted by Slurm, and the job waits for ever."""
    if cluster.sbatch.time is None:
        return
    partition = quote(cluster.sbatch.partition) if cluster.sbatch.partition else ""
    answer = host.run(f"timeout 20 sinfo -h {f'-p {partition}' if partition else ''} -o '%P %l'")
    for line in answer.text.splitlines():
        name, _, longest = line.partition(" ")
        if not partition and not name.endswith("*"):
            continue
        most, asked = minutes(longest.strip()), minutes(cluster.sbatch.time)
        what = f"sbatch.time {cluster.sbatch.time} of at most {longest.strip()}"
        too_long = most is not None and asked is not None and asked > most
        yield _Finding(what, "the job would wait for ever: lower it, or change `sbatch.partition`" if too_long else "")
        return


def minutes(time: str) -> float | None:
    """A time as Slurm writes it: MM, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS. None for one without an end."""
    days, dash, rest = time.rpartition("-")
    try:
        parts = [int(part) for part in rest.split(":")]
        if dash:
            hours, minute, second = (*parts, 0, 0)[:3]
            return int(days) * 1440 + hours * 60 + minute + second / 60
    except ValueError:
        return None
    if len(parts) == 1:
        return parts[0]
    hours, minute, second = (0, *parts)[-3:]
    return hours * 60 + minute + second / 60


def _python(project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    env = cluster.env
    venv = venv_folder(cluster, prepare(host, cluster.root).root, requirements_hash(project.folder / env.requirements))
    load = "".join(f"module load {quote(module)} || exit 3\n" for module in env.modules)
    load += "".join(f"{{ {line}\n}} || exit 4\n" for line in env.setup)
    python = env.python
    if venv is not None:
        load += f"[ ! -e {quote(venv)}/.made ] || {{ source {quote(venv)}/bin/activate; made=1; }}\n"
    ask = "import sys; assert sys.version_info >= (3, 11), sys.version.split()[0]; import yaml, msgspec, rich"
    answer = host.run(
        f"exec 2>&1\nmade=\n{load}"
        f'if [ -n "$made" ]; then python=python; else python={quote(python)}; fi\n'
        f'command -v "$python" >/dev/null || exit 5\n"$python" -c {quote(ask)} || exit 6\n[ -z "$made" ] || echo made',
        120.0,
    )
    last = " ".join(answer.text.splitlines()[-1:])[:200]
    mends: dict[int, str] = {
        3: f"a module cannot be loaded ({last}): look at `env.modules`",
        4: f"a line of `env.setup` fails ({last})",
        5: f"there is no {python}: change `env.python`",
        6: f"it lacks something ({last}): write `env.venv`, and it is made; or change `env.python`",
    }
    if answer.code == 6 and venv is not None and "Error: 3." not in last:
        yield _Finding(f"Python; the environment {venv} is made by the first run")
        return
    yield _Finding(f"Python ({venv or python})", mends.get(answer.code, ""))


def _shared(_project: Project, cluster: Cluster, host: Host) -> Iterator[_Finding]:
    """Does a node see the folder? Asked of the node, which may take a while: only if one is free at once."""
    root = prepare(host, cluster.root).root
    wanted = cluster.sbatch
    options = [
        f"--{name}={value}"
        for name, value in (("partition", wanted.partition), ("account", wanted.account), ("qos", wanted.qos))
        if value
    ]
    words = " ".join(quote(option) for option in options)
    answer = host.run(
        f"cd {quote(root)} && touch .doctor-$$ && "
        f"timeout 40 srun --immediate=20 -N1 -n1 -t 1 {words} ls {quote(root)}/.doctor-$$ 2>&1\n"
        "code=$?; rm -f .doctor-$$; exit $code",
        60.0,
    )
    what = "the folder as a node sees it"
    if answer.code == 0:
        yield _Finding(what)
    elif "No such file" in answer.text or "cannot access" in answer.text:
        yield _Finding(what, f"{root} is not there on the nodes: let `root` be on the file system that they share")
    else:
        yield _Finding(f"{what}: not looked at, since no node is free just now")
