"""What is true of a run: the one place that decides whether it waits, runs, has ended, and how.

No single source is believed. A job's exit status means nothing before its state is final (a cancelled job reads 0), a file of an
earlier start of the job says nothing about this one, and a controller that does not answer says nothing at all. In order:
what the job itself wrote as its last act, what squeue says, what Slurm's books say; and only when all of these, asked again and
again, know nothing, the job is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracer.cluster.tick import Attempt, Queue, Seen

__all__ = ["ENDED", "ENDING", "LOST", "RUNNING", "WAITING", "Judge", "Standing", "exit_status", "told"]

FINAL = frozenset(
    (
        "COMPLETED",
        "FAILED",
        "CANCELLED",
        "TIMEOUT",
        "OUT_OF_MEMORY",
        "NODE_FAIL",
        "BOOT_FAIL",
        "DEADLINE",
        "PREEMPTED",
        "REVOKED",
    )
)
STARTING = frozenset(
    ("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD")
)
LOST = "LOST"
"""No state of Slurm's: nobody knows the job any more."""
NOT_AGAIN = "Slurm was to start it again, and could not"
WAITING, RUNNING, ENDING, ENDED = "waiting", "running", "ending", "ended"
HEALTHY_ANSWERS = 3
"""So often a healthy Slurm must say that it does not know a job before it is lost."""


@dataclass(frozen=True)
class Standing:
    """Where a run stands. `state` is Slurm's word; `code` the exit status of the lecture, where it has one."""

    phase: str
    state: str = ""
    reason: str = ""
    start: str = ""
    nodes: str = ""
    code: int | None = None
    warned: bool = False
    restart: int = 0


class Judge:
    """Follows one run; each answer of the cluster is put to it."""

    def __init__(self) -> None:
        self.standing = Standing(WAITING, "PENDING", "None")
        self._unknown = 0
        self._unsaid = 0
        self._given_back: Attempt | None = None
        """The start of the job that Slurm has put back into its queue: how that ended says nothing of the next one."""

    @property
    def wants_queue(self) -> bool:
        """Whether only Slurm can tell now: where the job has started, how it ended, or whether it knows it at all."""
        unplaced = self.standing.phase == RUNNING and not self.standing.nodes
        return unplaced or self.standing.phase == ENDING or self._unknown > 0

    @property
    def wants_books(self) -> bool:
        return self._unknown > 0

    def hear(self, seen: Seen) -> Standing:
        """Where the run stands now."""
        if seen.queue is not None and seen.queue.state in STARTING:
            self._given_back = seen.started
        of_this = seen.ended is not None and seen.ended[0] == seen.started != self._given_back
        own = seen.ended[1] if seen.ended is not None and of_this else None
        restart = seen.started.restart if seen.started else 0
        standing = self._standing(seen, own)
        if standing is not None:
            self.standing = Standing(
                standing.phase,
                standing.state,
                standing.reason,
                standing.start,
                standing.nodes or self.standing.nodes,
                standing.code,
                seen.warned,
                restart,
            )
        return self.standing

    def _standing(self, seen: Seen, own: int | None) -> Standing | None:
        """None: nothing new is known."""
        if seen.gone:
            return Standing(ENDED, LOST, "its folder on the cluster is gone")
        if seen.queue is not None:
            self._unknown = 0
            if own is None and seen.started is not None and seen.queue.state in ("COMPLETED", "FAILED"):
                self._unsaid += 1  # the file may be on its way, between two machines
                if self._unsaid <= HEALTHY_ANSWERS:
                    return Standing(ENDING, "COMPLETING")
            standing = _by_queue(seen.queue, own)
            not_again = standing.state == "FAILED" and seen.started is not None and seen.started == self._given_back
            return replace(standing, reason=NOT_AGAIN) if not_again else standing
        if seen.asked:
            if own is not None:
                return Standing(ENDED, "COMPLETED" if own == 0 else "FAILED", code=own)
            if seen.books is not None:
                self._unknown = 1
                return _by_queue(seen.books, own)
            self._unknown += 1
            if self._unknown > HEALTHY_ANSWERS:
                return Standing(ENDED, LOST, "Slurm does not know the job any more, and it left no word")
            return None
        if own is not None:
            return Standing(ENDING, "COMPLETING")
        if seen.started is not None and self.standing.phase == WAITING:
            return Standing(RUNNING, "RUNNING")
        return None


def _by_queue(queue: Queue, own: int | None) -> Standing:
    if queue.state in FINAL:
        code = own if own is not None else queue.code
        return Standing(ENDED, queue.state, queue.reason, nodes=queue.nodes, code=code)
    phase = WAITING if queue.state in STARTING else ENDING if queue.state == "COMPLETING" else RUNNING
    return Standing(phase, queue.state, queue.reason, queue.start, queue.nodes)


def exit_status(standing: Standing) -> int:
    """The exit status for a run that has ended: 0 only if Slurm says COMPLETED and the job itself says 0."""
    by_state = {"TIMEOUT": 124, "DEADLINE": 124, "OUT_OF_MEMORY": 137, "CANCELLED": 143}
    if standing.state in by_state:
        return by_state[standing.state]
    if standing.state == "COMPLETED":
        return standing.code if standing.code is not None else 3
    if standing.state == "FAILED" and standing.reason != "JobLaunchFailure":
        return standing.code or 1
    return 3


def told(standing: Standing, cluster: str) -> str:
    """How the run ended, as the rest of a sentence that begins with the lecture's name."""
    state, code = standing.state, standing.code
    node = f" {standing.nodes}" if standing.nodes and "(" not in standing.nodes else ""
    if state == "COMPLETED":
        if code == 0:
            return "completed"
        return "ended, but left no word of how" if code is None else f"failed with exit status {code}"
    if state == "FAILED":
        if standing.reason == "JobLaunchFailure":
            return (
                f"failed before it began: its node{node} could not start it, "
                "as when `root` is not on a file system that the nodes share"
            )
        if code:
            return f"failed with exit status {code}"
        return "failed" if standing.reason in ("", "None", "NonZeroExitCode") else f"failed ({standing.reason})"
    words = {
        "CANCELLED": "was cancelled",
        "TIMEOUT": "ran into its time limit: raise `sbatch.time`",
        "DEADLINE": "ran into its deadline",
        "OUT_OF_MEMORY": "was killed, since it used more memory than it had asked for: raise `sbatch.mem`",
        "NODE_FAIL": f"was lost, since its node{node} failed: run it again, or set `sbatch.requeue: true`",
        "BOOT_FAIL": f"failed, since its node{node} did not come up: run it again",
        "PREEMPTED": "had to make room for a job of higher priority: run it again, or set `sbatch.requeue: true`",
        "REVOKED": "was taken over by another cluster",
        LOST: f"is lost on {cluster}: {standing.reason}",
    }
    return words.get(state, f"ended as {state} ({standing.reason})")
