"""Removing runs that have ended: their folders on the cluster, and here. Traces under `var/traces` stay."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence

from tracer.cluster.host import Host, Lost, Unreachable, quote
from tracer.cluster.project import Project
from tracer.cluster.runs import Followed, RunFolder, UnknownRun, known_runs, pick
from tracer.cluster.terminal import say
from tracer.cluster.verbs import connected

__all__ = ["clean"]


def clean(project: Project, named: Sequence[str], keep: int, yes: bool) -> int:
    """Remove the runs that are named; without a name all that have ended but the latest `keep`. Never one that goes on."""
    known = known_runs(project.runs)
    ended: list[RunFolder] = []
    if named:
        chosen = pick(known, named)
    else:
        ended = [folder for folder in known if folder.run.status is not None]
        chosen = [folder for folder in ended[: max(0, len(ended) - keep)] if not _is_followed(folder)]
    for folder in chosen:
        if folder.run.status is None:
            raise UnknownRun(f"{folder.run.id} has not ended: `./remote_execute.sh cancel {folder.run.id}` first.")
        folder.follow()
    if not chosen:
        few = f": the latest {keep} stay, and `--keep 0` removes those, too" if ended else ""
        say(f"There is nothing to remove{few}.")
        return 0
    if not yes and not _agreed(chosen):
        return 1
    failed = 0
    for place in dict.fromkeys((folder.run.host, folder.run.root) for folder in chosen):
        folders = [folder for folder in chosen if (folder.run.host, folder.run.root) == place]
        try:
            failed += _clean(connected(folders)[place[0]], folders)
        except (Lost, Unreachable) as problem:
            say(f"{str(problem).rstrip('.')}: {len(folders)} runs there stay, also here.")
            failed += len(folders)
    return 3 if failed else 0


def _is_followed(folder: RunFolder) -> bool:
    """Whether another shell is at it, bringing its code there, say."""
    try:
        folder.follow()
    except Followed:
        return True
    return False


def _agreed(chosen: Sequence[RunFolder]) -> bool:
    """Whether the person at the terminal wants these removed; where there is nobody to ask, --yes says so."""
    for folder in chosen:
        say(f"  {folder.run.id}  {folder.run.words}")
    if sys.stdin is None or not sys.stdin.isatty():
        say("These would be removed. With --yes they are.")
        return False
    return input("Remove these from the cluster and from here? Traces stay. [y/N] ").strip().lower() in ("y", "yes")


def _clean(host: Host, folders: Sequence[RunFolder]) -> int:
    """Remove runs of one cluster; how many could not be."""
    for folder in folders:
        if not re.fullmatch(r"/.+/runs/[A-Za-z0-9_]+-\d{8}-\d{6}-[0-9a-f]{4}", folder.run.remote):
            raise UnknownRun(f"{folder.path / 'run.json'} is damaged: {folder.run.remote} is no folder of a run.")
    paths = " ".join(quote(folder.run.remote) for folder in folders)
    answer = host.run(f"exec 2>&1\nrm -rf -- {paths}", 600.0)
    if answer.code:
        say(f"They could not be removed from {host.place}: {' '.join(answer.text.split())[-300:]}")
        return len(folders)
    for folder in folders:
        shutil.rmtree(folder.path, ignore_errors=True)
    say(f"Removed {len(folders)} run{'s' * (len(folders) != 1)} from {host.place}, and here. Traces stay.")
    return 0
