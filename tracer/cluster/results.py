"""What a run leaves: its trace under `var/traces`, its pictures under `var/files`, never in the place of something newer.

While the lecture runs, its journal comes over as it grows, and a trace of what has run is made of it here every few seconds:
whoever has it open in the viewer sees it grow. At the end the real one takes its place; of a run that could not write one (its
node died, it was killed) the journal serves again.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tracer.cluster.host import Host
from tracer.cluster.runs import RunFolder, identity
from tracer.cluster.sync import download
from tracer.format.assembly import NewerJournal, NotAJournal
from tracer.format.compact import compact
from tracer.format.reader import TraceProblem, read_trace
from tracer.format.runs import holds_something, opening_of, siblings
from tracer.format.schema import Outcome, Summary

__all__ = ["Fetched", "fetch", "partial", "place_files", "rescue"]


class Fetched(NamedTuple):
    """What came of fetching: the trace and its summary, or why there is none (empty: the run left none)."""

    trace: Path | None
    summary: Summary | None
    problem: str = ""


def partial(folder: RunFolder, traces: Path, told: Callable[[str], None]) -> float:
    """Make the trace of what has run so far; the seconds that took. Nothing happens where nothing has run."""
    begun = time.monotonic()
    place = "this machine" if folder.run.cluster == "local" else folder.run.cluster
    message = f"It runs on {place}, and this is what has come so far."
    made = _compacted(folder, Outcome(status="running", message=message))
    if made is not None:
        _place(folder, made, traces, told)
    return time.monotonic() - begun


def rescue(folder: RunFolder, traces: Path, outcome: Outcome, told: Callable[[str], None]) -> Fetched:
    """Make the trace of a run that could not, out of its journal."""
    made = _compacted(folder, outcome)
    if made is None:
        return Fetched(None, None, "nothing had run yet")
    return _opened(_place(folder, made, traces, told))


def fetch(folder: RunFolder, host: Host, traces: Path, told: Callable[[str], None]) -> Fetched:
    """Bring files and traces over, and put the trace into its place. Raises TransferProblem, Lost and Unreachable."""
    run = folder.run
    wanted = ["/var/", "/var/traces/", f"/var/traces/{run.name}.json", f"/var/traces/{run.name}.*.journal"]
    wanted += ["/var/files/", "/var/files/**"]
    patterns = [*(f"--include={path}" for path in wanted), "--exclude=*", "--delete"]
    download(host, f"{run.remote}/code", folder.path / "out", patterns, told)
    place_files(folder, traces)
    trace = folder.out / "traces" / f"{run.name}.json"
    if not trace.exists():
        return Fetched(None, None)
    found = _opened(trace)
    if found.summary is None:
        return found
    copy = folder.path / ".trace.tmp"
    shutil.copyfile(trace, copy)
    return Fetched(_place(folder, copy, traces, told), found.summary)


def place_files(folder: RunFolder, traces: Path) -> None:
    """Pictures and videos are named after their content: what is there already is the same."""
    source = folder.out / "files"
    for path in source.rglob("*"):
        target = traces.parent / "files" / path.relative_to(source)
        if path.is_file() and not path.name.startswith(".") and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            new = target.with_name(f".{target.name}.{os.getpid()}.tmp")
            shutil.copyfile(path, new)
            new.replace(target)


def _opened(trace: Path) -> Fetched:
    try:
        return Fetched(trace, read_trace(trace).summary)
    except TraceProblem as problem:
        return Fetched(None, None, str(problem))


def _journals(folder: RunFolder) -> list[Path]:
    """The journals that have come furthest, one for each process: those that came whole at the end, or those that grew here."""
    name = f"{folder.run.name}.*.journal"
    found = [list(folder.journals.glob(name)), list((folder.out / "traces").glob(name))]
    return max(found, key=lambda paths: max((path.stat().st_mtime for path in paths), default=0.0))


def _compacted(folder: RunFolder, outcome: Outcome) -> Path | None:
    """A trace made of copies of the journals, or None where nothing has run yet. Of several ranks it is the one of all."""
    copies, made = folder.path / ".copies", folder.path / ".trace.tmp"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(parents=True)
    try:
        here = [Path(shutil.copy2(path, copies)) for path in _journals(folder)]
        opened = [(opening_of(path), path) for path in here]
        begun = [(opening.rank, path) for opening, path in opened if opening.name]  # of others not a line is here yet
        if not any(holds_something(path) for _, path in begun):
            return None
        first = min(begun)[1]
        return compact(first, made, outcome, others=dict.fromkeys(siblings(first), outcome))
    except (NotAJournal, NewerJournal):
        return None
    finally:
        shutil.rmtree(copies, ignore_errors=True)


def _place(folder: RunFolder, new: Path, traces: Path, told: Callable[[str], None]) -> Path:
    """Put a trace under its name, unless what stands there is neither what the run began from nor its own.

    Then it is put beside, under the time at which the run began, and that is told once.
    """
    run = folder.run
    traces.mkdir(parents=True, exist_ok=True)
    usual = traces / f"{run.name}.json"
    mine = run.placed is not None
    target = traces / (run.placed or usual.name)
    there = identity(target)
    if there is not None and there != (run.placed_as if mine else run.before):
        target = traces / f"{run.name}.{run.id.removeprefix(f'{run.name}-')}.json"
        told(
            f"{usual.name} has been replaced since this run began, and stays; the run's own trace is {target.name}, beside it."
        )
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.move(new, temporary)
    run.placed, run.placed_as = target.name, identity(temporary)
    folder.save()
    temporary.replace(target)
    return target
