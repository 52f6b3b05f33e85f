"""What each verb does."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.cluster.ending import Result
from tracer.cluster.follow import GivenUp, follow
from tracer.cluster.host import Host, Lost, quote
from tracer.cluster.job import job_script, venv_folder
from tracer.cluster.results import fetch, rescue
from tracer.cluster.runs import Run, RunFolder, UnknownRun, identity, known_runs, new_id, pick
from tracer.cluster.settings import Cluster, Clusters, SettingsProblem, local_cluster, read_clusters
from tracer.cluster.submit import Place, Refused, make_venv, prepare, put_script, submit
from tracer.cluster.sync import TransferProblem, requirements_hash, upload, would_upload
from tracer.cluster.terminal import say, table
from tracer.cluster.tick import Wanted, tick
from tracer.cluster.verdict import ENDED, Judge, told
from tracer.find import find_lecture
from tracer.format.schema import Outcome

__all__ = ["Project", "attach", "cancel", "fetch_now", "list_runs", "logs", "run", "status"]

SECOND_CTRL_C = 2.0
"""Seconds in which a second Ctrl-C cancels."""


@dataclass(frozen=True)
class Project:
    """The project's folder, and the file that says where its clusters are."""

    folder: Path
    config: Path

    @property
    def traces(self) -> Path:
        return self.folder / "var/traces"

    @property
    def runs(self) -> Path:
        return self.folder / "var/cluster"

    def cluster(self, options: argparse.Namespace, lecture: str | None = None) -> Cluster:
        """The cluster that a command means, as a lecture needs it. Raises SettingsProblem."""
        if getattr(options, "local", False):
            return local_cluster(self.folder)
        clusters: Clusters = read_clusters(self.config)
        return clusters.cluster(options.cluster or os.environ.get("LECTURE_CLUSTER"), lecture, options.set)


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
    host.setting = place.setting
    folders, refused = _submitted(project, host, place, asks)
    if options.verb == "submit":
        for folder in folders:
            print(folder.run.id)
        return 3 if refused else 0
    ours = [folder.run.id for folder in folders]
    code = _followed(project, folders, {host.name: host}, options.cancel_on_interrupt, ours) if folders else 0
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
        except (Refused, TransferProblem) as problem:
            say(f"{ask.name}: {problem}")
            refused = True
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
        setting=place.setting,
        began=time.time(),
        before=identity(project.traces / f"{ask.name}.json"),
    )
    folder = RunFolder(project.runs / run.id, run)
    answer = host.run(f"mkdir {quote(run.remote)} 2>&1")
    if answer.code:
        raise Refused(f"The run's folder could not be made on {host.place}: {answer.text}")
    upload(host, project.folder, run.remote, cluster.sync, place.latest, say)
    hashed = requirements_hash(project.folder / cluster.env.requirements)
    if venv := venv_folder(cluster, place.root, hashed):
        make_venv(host, cluster, venv, f"{run.remote}/code", say)
    put_script(host, run.remote, _script(project, run.id, ask, place.root))
    folder.save()  # from here on there may be a job: whatever happens, the way back to it is known
    try:
        run.job = submit(host, run.id, run.remote, cluster, say)
    except Refused:
        run.phase, run.words, run.status = "refused", "refused by Slurm", 3
        folder.save()
        raise
    run.phase, run.words = "waiting", "submitted"
    folder.save()
    how = f"as job {run.job} on {cluster.name}" if cluster.host or cluster.scheduler == "slurm" else "on this machine"
    say(f"{ask.name}: submitted {how} (run {run.id})")
    return folder


def attach(project: Project, named: Sequence[str], cancel_on_interrupt: bool) -> int:
    folders = _named(project, named)
    ended = [folder for folder in folders if folder.run.status is not None]
    for folder in ended:
        say(f"{folder.run.name}: {folder.run.words}")
    rest = [folder for folder in folders if folder.run.status is None]
    worst = max((folder.run.status or 0 for folder in ended), default=0)
    if not rest:
        return worst
    hosts = _connected(rest)
    for folder in rest:
        _make_sure_of_job(hosts[folder.run.host], folder)
    return max(worst, _followed(project, rest, hosts, cancel_on_interrupt, [folder.run.id for folder in rest]))


def _followed(
    project: Project, folders: Sequence[RunFolder], hosts: dict[str | None, Host], cancels: bool, ids: Sequence[str]
) -> int:
    for folder in folders:
        folder.follow()
    names = [folder.run.name for folder in folders]

    def name(folder: RunFolder) -> str:
        return folder.run.name if names.count(folder.run.name) == 1 else folder.run.id

    try:
        results = follow(folders, hosts, project.traces, names=name)
    except GivenUp as problem:
        say(f"{str(problem).rstrip('.')}. {_way_back(folders, ids)}")
        return 3
    except KeyboardInterrupt:
        return _interrupted(folders, hosts, cancels, ids)
    if len(results) > 1:
        _tell_table(results)
    elif results and results[0].trace and results[0].trace.parent == project.traces:
        say(f"Look at it: python -m tracer serve {quote(results[0].trace.stem)}")
    return max((result.status for result in results), default=0)


def _tell_table(results: Sequence[Result]) -> None:
    say("")
    say(
        table(
            [(result.name, "ok" if result.status == 0 else f"exit {result.status}", result.words) for result in results]
        )
    )


def _way_back(folders: Sequence[RunFolder], ids: Sequence[str]) -> str:
    jobs = " and ".join(f"job {folder.run.job}" for folder in folders if folder.run.status is None)
    goes = "go on" if " and " in jobs else "goes on"
    named = " ".join(ids)
    return (
        f"{jobs[:1].upper()}{jobs[1:]} {goes}. Come back: ./remote_execute.sh attach {named}; "
        f"end it: ./remote_execute.sh cancel {named}"
    )


def _interrupted(folders: Sequence[RunFolder], hosts: dict[str | None, Host], cancels: bool, ids: Sequence[str]) -> int:
    """The first Ctrl-C leaves, a second one cancels."""
    left = [folder for folder in folders if folder.run.status is None]
    if not cancels:
        try:
            say(f"\nDetached. {_way_back(left, ids)}. (Ctrl-C again now cancels.)")
            time.sleep(SECOND_CTRL_C)
            return 130
        except KeyboardInterrupt:
            pass
    _cancel(left, hosts)
    return 130


def _cancel(folders: Sequence[RunFolder], hosts: dict[str | None, Host]) -> bool:
    """Whether all could be cancelled."""
    done = True
    for folder in folders:
        run = folder.run
        if run.scheduler == "slurm":
            script = f"exec 2>&1\nscancel {run.job}" if run.job else f"exec 2>&1\nscancel --name={quote(run.id)}"
        else:
            # It is asked first; what does not heed that is ended with all that it started.
            script = (
                f"kill -TERM {run.job} 2>/dev/null || exit 0\n"
                f"for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; kill -0 {run.job} 2>/dev/null || exit 0; done\n"
                f"kill -KILL -- -{run.job}"
            )
        answer = hosts[run.host].run(script)
        if answer.code:
            done = False
            say(f"{run.name}: job {run.job} could not be cancelled: {answer.text}")
        else:
            say(f"{run.name}: job {run.job} is cancelled.")
    return done


def cancel(project: Project, named: Sequence[str]) -> int:
    running = [folder for folder in known_runs(project.runs) if folder.run.status is None]
    folders = pick(known_runs(project.runs), named) if named else running[-1:]
    if not folders:
        raise UnknownRun("There is no run that has not ended.")
    over = [folder for folder in folders if folder.run.status is not None]
    for folder in over:
        say(f"{folder.run.name}: it has ended already ({folder.run.id}).")
    left = [folder for folder in folders if folder.run.status is None]
    hosts = _connected(left)
    for folder in left:
        _make_sure_of_job(hosts[folder.run.host], folder, submits=False)
    if not _cancel(left, hosts):
        return 3
    if left:
        ids = " ".join(folder.run.id for folder in left)
        say(f"Bring what they left: ./remote_execute.sh attach {ids}")
    return 0


def status(project: Project, named: Sequence[str]) -> int:
    folders = _named(project, named)
    hosts = _connected([folder for folder in folders if folder.run.status is None])
    rows = []
    for folder in folders:
        run = folder.run
        rows.append(
            (run.id, f"job {run.job}" if run.job else "", _standing(folder, hosts) if run.status is None else run.words)
        )
    print(table(rows))
    return 0


def _standing(folder: RunFolder, hosts: dict[str | None, Host]) -> str:
    """Where a run stands now, asked until it is known."""
    from tracer.cluster.follow import in_words

    run, judge = folder.run, Judge()
    host = hosts[run.host]
    for _ in range(5):
        wanted = Wanted(run.id, run.remote, run.job or 0, log=1 << 60, deep=judge.wants_books)
        try:
            seen = tick(host, run.scheduler, [wanted], ask_queue=True, streams=False)[0]
        except Lost as problem:
            return f"not known: {problem}"
        standing = judge.hear(seen)
        if standing.phase == ENDED:
            return f"{told(standing, run.cluster)}; bring what it left: ./remote_execute.sh attach {run.id}"
        if seen.asked and not judge.wants_queue:
            break
        time.sleep(0.5)
    return in_words(standing, run.cluster) or "ending" if seen.asked else "not known: Slurm does not answer"


def logs(project: Project, named: str | None, follows: bool) -> int:
    folder = (pick(known_runs(project.runs), [named]) if named else known_runs(project.runs)[-1:] or [None])[0]
    if folder is None:
        raise UnknownRun("There is no run here yet.")
    have = 0
    if folder.run.status is not None and folder.log.exists():
        _write(folder.log.read_bytes())
        return 0
    hosts = _connected([folder])
    host, judge, run = hosts[folder.run.host], Judge(), folder.run
    asked = 0.0
    while True:
        ask = follows and time.monotonic() - asked > max(run.poll_seconds, 5.0)
        asked = time.monotonic() if ask else asked
        wanted = Wanted(run.id, run.remote, run.job or 0, have, deep=judge.wants_books)
        seen = tick(host, run.scheduler, [wanted], ask or judge.wants_queue, streams=False)[0]
        _write(seen.log)
        have += len(seen.log)
        standing = judge.hear(seen)
        if have >= seen.log_size and (not follows or standing.phase == ENDED):
            return 0
        if have >= seen.log_size:
            time.sleep(1.0)


def fetch_now(project: Project, named: Sequence[str]) -> int:
    folders = pick(known_runs(project.runs), named) if named else known_runs(project.runs)[-1:]
    if not folders:
        raise UnknownRun("There is no run here yet.")
    hosts, worst = _connected(folders), 0
    for folder in folders:
        run = folder.run
        folder.follow()
        host = hosts[run.host]
        wanted = Wanted(run.id, run.remote, run.job or 0, folder.log.stat().st_size if folder.log.exists() else 0)
        seen = tick(host, run.scheduler, [wanted], ask_queue=False, streams=False)[0]
        folder.grow(folder.log, seen.log)
        found = fetch(folder, host, project.traces, say)
        if found.trace is None:
            outcome = Outcome(status="running", message=f"It had come so far on {run.cluster} when it was fetched.")
            found = rescue(folder, project.traces, outcome, say)
        if found.trace is None:
            say(f"{run.name}: there is no trace yet: {found.problem}")
            worst = 4
        else:
            say(f"{run.name}: {found.trace.relative_to(project.folder)}")
        folder.leave()
    return worst


def list_runs(project: Project) -> int:
    rows = []
    for folder in known_runs(project.runs):
        run = folder.run
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.began))
        rows.append((run.id, when, run.cluster, f"job {run.job}" if run.job else "no job", run.words or run.phase))
    print(table(rows) if rows else "There is no run here yet.")
    return 0


def _named(project: Project, named: Sequence[str]) -> list[RunFolder]:
    """The runs that are named; without a name those that have not ended, else the latest. Raises UnknownRun."""
    known = known_runs(project.runs)
    folders = pick(known, named) if named else [folder for folder in known if folder.run.status is None] or known[-1:]
    if not folders:
        raise UnknownRun("There is no run here yet.")
    return folders


def _connected(folders: Sequence[RunFolder]) -> dict[str | None, Host]:
    hosts: dict[str | None, Host] = {}
    for folder in folders:
        run = folder.run
        if run.host not in hosts:
            host = Host(run.host)
            host.connect()
            host.setting = run.setting
            hosts[run.host] = host
    return hosts


def _make_sure_of_job(host: Host, folder: RunFolder, submits: bool = True) -> None:
    """A run whose submission nobody answered, or that was interrupted there: is there a job?"""
    run = folder.run
    if run.job is not None:
        return
    if submits:
        cluster = Cluster(
            host=run.host, root=run.root, scheduler="slurm" if run.scheduler == "slurm" else "none", name=run.cluster
        )
        run.job = submit(host, run.id, run.remote, cluster, say)
        folder.save()


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


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
