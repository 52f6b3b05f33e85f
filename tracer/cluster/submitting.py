"""Submitting lectures: each gets its run, on the cluster and here; one that is refused does not stop the rest."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.cluster.host import Host, Lost, Unreachable, quote
from tracer.cluster.job import job_script, venv_folder
from tracer.cluster.messages import file_problem
from tracer.cluster.project import Project
from tracer.cluster.runs import Run, RunFolder, identity, new_id
from tracer.cluster.settings import Cluster, SettingsProblem
from tracer.cluster.submit import Place, Refused, make_venv, prepare, put_script, submit
from tracer.cluster.sync import TransferProblem, requirements_hash, upload, would_upload
from tracer.cluster.terminal import say
from tracer.cluster.verbs import follow_to_the_end
from tracer.find import find_lecture

__all__ = ["run"]


@dataclass(frozen=True)
class _Ask:
    """One lecture that is to run, and how."""

    lecture: str
    name: str
    cluster: Cluster


def run(project: Project, options: argparse.Namespace) -> int:
    """Submit lectures; unless that is all that is asked for, follow them to their ends."""
    asks = [_ask(project, options, typed) for typed in options.lectures]
    if options.dry_run:
        return _dry_run(project, asks)
    host = Host(asks[0].cluster.host)
    host.connect()
    place = prepare(host, asks[0].cluster.root)
    folders, refused = _submitted(project, host, place, asks)
    if options.verb == "submit":
        for folder in folders:
            print(folder.run.id)
        return 3 if refused else 0
    ours = [folder.run.id for folder in folders]
    code = follow_to_the_end(project, folders, {host.name: host}, options.cancel_on_interrupt, ours) if folders else 0
    return max(code, 3) if refused else code


def _ask(project: Project, options: argparse.Namespace, typed: str) -> _Ask:
    lecture = find_lecture(typed, project.folder)
    if not lecture.path.is_relative_to(project.folder):
        raise SettingsProblem(
            f"{typed} lies outside of the project: put it below lectures/, which goes to the cluster."
        )
    cluster = project.cluster(options, lecture.name)
    cluster = replace(cluster, arguments=(*cluster.arguments, *options.passed_on))
    path = lecture.path.relative_to(project.folder)
    if not any(path.is_relative_to(each) for each in cluster.sync.include):
        cluster = replace(cluster, sync=replace(cluster.sync, include=(*cluster.sync.include, str(path))))
    return _Ask(str(path), lecture.name, cluster)


def _dry_run(project: Project, asks: Sequence[_Ask]) -> int:
    for ask in asks:
        files, size = would_upload(project.folder, ask.cluster.sync)
        root = ask.cluster.root
        say(
            f"{ask.name}: {files:,} files, {size / 1e6:.1f} MB, would go to {ask.cluster.place}:{root}/runs/ and this would run:"
        )
        print(_script(project, new_id(ask.name), ask, root))
    return 0


def _script(project: Project, run: str, ask: _Ask, root: str) -> str:
    hashed = requirements_hash(project.folder / ask.cluster.env.requirements)
    return job_script(run, ask.lecture, ask.cluster, root, _commit(project.folder), hashed)


def _submitted(project: Project, host: Host, place: Place, asks: Sequence[_Ask]) -> tuple[list[RunFolder], bool]:
    """The runs that have a job, and whether any was refused: one that is refused does not stop the rest."""
    folders: list[RunFolder] = []
    refused, latest = False, place.latest
    for ask in asks:
        try:
            folder = _submit(project, host, replace(place, latest=latest), ask)
        except (Refused, TransferProblem, Lost, Unreachable) as problem:
            text = str(problem)
            say(f"{ask.name}: {text if text.endswith('.') or text.endswith(')') else f'{text}.'}")
            refused = True
        except KeyboardInterrupt:
            if folders:
                ids = " ".join(folder.run.id for folder in folders)
                say(f"What was submitted goes on. Come back: ./remote_execute.sh attach {ids}")
            raise
        else:
            folders.append(folder)
            latest = folder.run.id
    return folders, refused


def _submit(project: Project, host: Host, place: Place, ask: _Ask) -> RunFolder:
    cluster = ask.cluster
    run = Run(
        id=new_id(ask.name),
        lecture=ask.lecture,
        name=ask.name,
        cluster=cluster.name,
        host=cluster.host,
        scheduler=cluster.scheduler,
        root=place.root,
        poll_seconds=cluster.poll_seconds,
        every_seconds=cluster.fetch.every_seconds,
        began=time.time(),
        before=identity(project.traces / f"{ask.name}.json"),
    )
    folder = RunFolder(project.runs / run.id, run)
    folder.follow()
    try:
        _prepare(project, host, place, ask, folder)
        _start(host, ask, folder)
    except BaseException:
        folder.leave()
        raise
    return folder


def _prepare(project: Project, host: Host, place: Place, ask: _Ask, folder: RunFolder) -> None:
    """Put all that the run needs into its folder on the cluster.

    That folder is known here before it is made: should this end half-way, for good, `clean` finds a run that has ended.
    """
    run, cluster = folder.run, ask.cluster
    run.phase, run.words, run.status = "dropped", "dropped before all its code was there", 3
    folder.save()
    try:
        answer = host.run(f"mkdir {quote(run.remote)} 2>&1")
        if answer.code:
            why = file_problem(host.place, answer.text)
            raise Refused(f"The run's folder could not be made on {host.place}: {why}")
        upload(host, project.folder, run.remote, cluster.sync, place.latest, say)
        hashed = requirements_hash(project.folder / cluster.env.requirements)
        if venv := venv_folder(cluster, place.root, hashed):
            make_venv(host, cluster, venv, f"{run.remote}/code", say)
        put_script(host, run.remote, _script(project, run.id, ask, place.root))
    except (Refused, TransferProblem, KeyboardInterrupt):
        with suppress(Lost, Unreachable):
            if host.run(f"rm -rf -- {quote(run.remote)}").code == 0:
                shutil.rmtree(folder.path, ignore_errors=True)
        raise
    except Lost as problem:
        way = f"./remote_execute.sh clean {run.id}"
        raise Refused(f"{problem}; nothing was submitted. `{way}` removes what is there of it.") from None
    run.phase, run.words, run.status = "new", "not known to be submitted", None
    folder.save()  # from here on there may be a job: whatever happens, the way back to it is known


def _start(host: Host, ask: _Ask, folder: RunFolder) -> None:
    run, cluster = folder.run, ask.cluster
    try:
        run.job = submit(host, run.id, run.remote, cluster, say)
    except Refused:
        run.phase, run.words, run.status = "refused", "refused by Slurm", 3
        folder.save()
        raise
    except (Lost, KeyboardInterrupt) as problem:
        why = str(problem) or "interrupted while it was submitted"
        ways = (
            f"./remote_execute.sh attach {run.id} asks again, and goes on; ./remote_execute.sh cancel {run.id} ends it"
        )
        if isinstance(problem, Lost):
            raise Refused(f"{why}. Whether there is a job is not known: {ways}.") from None
        say(f"{ask.name}: {why}; whether there is a job is not known: {ways}.")
        raise
    run.phase, run.words = "waiting", "submitted"
    folder.save()
    how = f"as job {run.job} on {cluster.name}" if cluster.host or cluster.scheduler == "slurm" else "on this machine"
    say(f"{ask.name}: submitted {how} (run {run.id})")


def _commit(folder: Path) -> str:
    """The commit of the project, with a + where files have changed since; nothing outside of git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("+" if commit and _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=10, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
