"""What came of a run that has ended: everything that it left is brought here, and the verdict is put into one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tracer.cluster.host import Host
from tracer.cluster.job import TIME_LIMIT
from tracer.cluster.messages import REMEDY
from tracer.cluster.results import Fetched, fetch, rescue
from tracer.cluster.room import lacked_room
from tracer.cluster.runs import RunFolder
from tracer.cluster.sync import TransferProblem
from tracer.cluster.terminal import shown
from tracer.cluster.verdict import Standing, exit_status, told
from tracer.format.schema import Outcome

__all__ = ["NOT_FETCHED", "TIMED_OUT", "Result", "conclude"]

NOT_FETCHED, TIMED_OUT = 4, 124
LONGEST_LINE = 300


class Result(NamedTuple):
    """The exit status of a run and what is said of it."""

    run: str
    name: str
    status: int
    words: str
    short: str
    """The same for a table, without where things are."""
    trace: Path | None


def conclude(folder: RunFolder, standing: Standing, host: Host, traces: Path, tell: Callable[[str], None]) -> Result:
    """Bring what a run that has ended leaves, and judge it. Raises Lost and Unreachable: then nothing is judged yet.

    Success is said only when Slurm says that the job completed, the job says that it exited with 0, and its trace opens.
    """
    run = folder.run
    ended = told(standing, run.cluster)
    status = exit_status(standing)
    unfetched = ""
    try:
        found = fetch(folder, host, traces, tell)
    except TransferProblem as problem:
        found, unfetched = Fetched(None, None), str(problem)
    from_there = found.summary.outcome if found.summary else None  # else what it says of the end is said here
    if found.trace is None:
        outcome = Outcome(
            status="interrupted" if standing.state == "CANCELLED" else "lost",
            message=f"On {run.cluster} it {ended}.",
            exit_code=status,
        )
        rescued = rescue(folder, traces, outcome, tell)
        found = rescued if rescued.trace else Fetched(None, None, unfetched or found.problem)
    outcome_of = found.summary.outcome if found.summary else None
    if status == 0 and outcome_of is not None and TIME_LIMIT in outcome_of.message:
        status, ended = TIMED_OUT, "was stopped just before its time limit: raise `sbatch.time`"
    elif standing.state == "FAILED" and outcome_of is not None and outcome_of.status == "failed":
        # Whoever launched the ranks ends with a status of its own; the trace knows which rank failed first, and how.
        status = outcome_of.exit_code or status
        ended = f"failed with exit status {status}"
    elif status == 0 and outcome_of is not None and outcome_of.status not in ("finished", "stopped"):
        status, ended = NOT_FETCHED, f"completed, but its trace says {outcome_of.status}"
    spoken = outcome_of if outcome_of is not None and outcome_of.status == "failed" else from_there
    if spoken is not None and spoken.status in ("failed", "lost") and spoken.message:
        ended += f": {shown(spoken.message)[:300].rstrip('.')}"
    elif status == 0 and outcome_of is not None and outcome_of.status == "stopped":
        ended += f" ({shown(outcome_of.message)})"
    is_own_failure = status != 0 and standing.state in ("COMPLETED", "FAILED")
    left_word = standing.code is not None and found.trace is not None
    if is_own_failure and lacked_room(folder, host, spoken.message if spoken else "", left_word):
        ended += f". There was no room in {run.root} on {run.cluster}: {REMEDY}"
    if unfetched:
        status, ended = status or NOT_FETCHED, f"{ended}. {unfetched.rstrip('.')}"
    if found.trace is None:
        status = status or NOT_FETCHED
        words = f"{ended}; {_nothing(folder, '' if unfetched else found.problem)}"
    else:
        steps = f"{found.summary.steps:,} step{'s' * (found.summary.steps != 1)}" if found.summary else ""
        words = f"{ended}; trace: {_short(found.trace)}, {steps}"
        if status:
            words += f" until then; log: {_short(folder.log)}"
    run.phase, run.words, run.status = "ended", words, status
    folder.save()
    return Result(run.id, run.name, status, words, ended, found.trace)


def _nothing(folder: RunFolder, problem: str) -> str:
    """What is said in the place of the trace."""
    last = _last_line(folder.end_of_log())
    if not (problem or last):
        return "it left neither trace nor log"
    why = f"there is no trace ({problem.rstrip('.')})" if problem else "it left no trace"
    return f"{why}; its log ends: {last} (more in {_short(folder.log)})" if last else why


def _last_line(log: str) -> str:
    said = (
        line.strip() for line in reversed(log.split("\n")) if line.strip() and not line.startswith("[job] Exit status")
    )
    last = next(said, "").removeprefix("[job] ")
    return shown(last if len(last) <= LONGEST_LINE else f"{last[: LONGEST_LINE - 1]}…")


def _short(path: Path) -> str:
    """A path as one would type it in the project's folder."""
    _, var, rest = str(path).rpartition("/var/")
    return f"var/{rest}" if var else str(path)
