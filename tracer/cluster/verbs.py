"""What each verb does, once runs have been submitted."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from tracer.cluster.ending import Result
from tracer.cluster.follow import GivenUp, follow, in_words
from tracer.cluster.host import Host, Lost, quote
from tracer.cluster.project import Project
from tracer.cluster.results import fetch, rescue
from tracer.cluster.runs import Followed, RunFolder, UnknownRun, known_runs, pick
from tracer.cluster.settings import Cluster
from tracer.cluster.submit import submit
from tracer.cluster.terminal import say, table
from tracer.cluster.tick import Wanted, tick
from tracer.cluster.verdict import ENDED, Judge, told
from tracer.format.schema import Outcome

__all__ = ["attach", "cancel", "connected", "fetch_now", "follow_to_the_end", "list_runs", "logs", "status"]

SECOND_CTRL_C = 2.0
"""Seconds in which a second Ctrl-C cancels."""


def attach(project: Project, named: Sequence[str], cancel_on_interrupt: bool) -> int:
    folders = _named(project, named)
    ended = [folder for folder in folders if folder.run.status is not None]
    for folder in ended:
        say(f"{folder.run.name}: {folder.run.words}")
    rest = [folder for folder in folders if folder.run.status is None]
    worst = max((folder.run.status or 0 for folder in ended), default=0)
    if not rest:
        return worst
    hosts = connected(rest)
    for folder in rest:
        _make_sure_of_job(hosts[folder.run.host], folder)
    return max(worst, follow_to_the_end(project, rest, hosts, cancel_on_interrupt, [folder.run.id for folder in rest]))


def follow_to_the_end(
    project: Project, folders: Sequence[RunFolder], hosts: dict[str | None, Host], cancels: bool, ids: Sequence[str]
) -> int:
    for folder in folders:
        folder.follow()
    names = [folder.run.name for folder in folders]

    def name(folder: RunFolder) -> str:
        return folder.run.name if names.count(folder.run.name) == 1 else folder.run.id

    results: list[Result] = []
    left = list(folders)
    while left:
        try:
            follow(left, hosts, project.traces, results, names=name)
        except GivenUp as problem:
            say(f"{str(problem).rstrip('.')}. {_way_back(left, ids)}")
            return 3
        except KeyboardInterrupt:
            code = _interrupted(left, hosts, cancels, ids)
            if code is not None:
                return code
            cancels = False
        left = [folder for folder in folders if folder.run.status is None]
    if len(results) > 1:
        _tell_table(sorted(results, key=lambda result: ids.index(result.run)))
    elif results and results[0].trace and results[0].trace.parent == project.traces:
        say(f"Look at it: python -m tracer serve {quote(results[0].trace.stem)}")
    return max((result.status for result in results), default=0)


def _tell_table(results: Sequence[Result]) -> None:
    say("")
    say(
        table(
            [(result.name, "ok" if result.status == 0 else f"exit {result.status}", result.short) for result in results]
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


def _interrupted(
    folders: Sequence[RunFolder], hosts: dict[str | None, Host], cancels: bool, ids: Sequence[str]
) -> int | None:
    """The first Ctrl-C leaves, a second one cancels: then what they leave is to be brought. The exit status, if that is it."""
    left = [folder for folder in folders if folder.run.status is None]
    if not cancels:
        try:
            say(f"\nDetached. {_way_back(left, ids)}. (Ctrl-C again now cancels.)")
            time.sleep(SECOND_CTRL_C)
            return 130
        except KeyboardInterrupt:
            pass
    _cancel(left, hosts)
    return None


def _cancel(folders: Sequence[RunFolder], hosts: dict[str | None, Host]) -> bool:
    """Whether all could be cancelled."""
    done = True
    for folder in folders:
        run = folder.run
        if run.scheduler == "slurm":
            script = f"exec 2>&1\nscancel {run.job}" if run.job else f"exec 2>&1\nscancel --name={quote(run.id)}"
        elif run.job is None:
            script = "true"
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
        elif run.job is None:
            run.phase, run.words, run.status = "ended", "was cancelled before it was known to have a job", 143
            folder.save()
            say(f"{run.name}: {run.words}.")
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
    hosts = connected(left)
    done = _cancel(left, hosts)
    ours = []
    for folder in left:
        if folder.run.job is None:
            continue
        with suppress(Followed):  # whoever follows it brings what it leaves
            folder.follow()
            ours.append(folder)
    if done and ours:
        follow(ours, hosts, project.traces, [], names=lambda folder: folder.run.name, shows_logs=False)
    return 0 if done else 3


def status(project: Project, named: Sequence[str]) -> int:
    folders = _named(project, named)
    hosts = connected([folder for folder in folders if folder.run.status is None])
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
    run, judge = folder.run, Judge()
    if run.job is None:
        return f"{run.words}: ./remote_execute.sh attach {run.id} asks, and goes on"
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
    folders = pick(known_runs(project.runs), [named]) if named else known_runs(project.runs)[-1:]
    if not folders:
        raise UnknownRun("There is no run here yet.")
    folder, have = folders[0], 0
    if folder.run.status is not None and folder.log.exists():
        _write(folder.log.read_bytes())
        return 0
    if folder.run.status is not None:
        raise UnknownRun(f"{folder.run.id} left no log: {folder.run.words}.")
    hosts = connected([folder])
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
    hosts, worst = connected(folders), 0
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


def connected(folders: Sequence[RunFolder]) -> dict[str | None, Host]:
    hosts: dict[str | None, Host] = {}
    for folder in folders:
        run = folder.run
        if run.host not in hosts:
            host = Host(run.host)
            host.connect()
            hosts[run.host] = host
    return hosts


def _make_sure_of_job(host: Host, folder: RunFolder) -> None:
    """A run whose submission nobody answered, or that was interrupted there, gets its job, unless it has one."""
    run = folder.run
    if run.job is None:
        say(f"{run.name}: whether it was submitted is not known; asking …")
        scheduler: Literal["slurm", "none"] = "slurm" if run.scheduler == "slurm" else "none"
        cluster = Cluster(host=run.host, root=run.root, scheduler=scheduler, name=run.cluster)
        run.job = submit(host, run.id, run.remote, cluster, say)
        folder.save()


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
