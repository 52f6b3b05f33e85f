"""What is true of a run, told from answers of the cluster one after the other."""

from __future__ import annotations

import pytest

from tracer.cluster.tick import Attempt, Queue, Seen
from tracer.cluster.verdict import ENDED, ENDING, LOST, RUNNING, WAITING, Judge, Standing, exit_status, told

FIRST, SECOND = Attempt(7, 0), Attempt(7, 1)


def seen(
    queue: str | None = None,
    *,
    code: int | None = None,
    of: Attempt = FIRST,
    started: Attempt | None = FIRST,
    **more: object,
) -> Seen:
    """An answer in which Slurm was asked if `queue` is given; "" stands for a job that it does not know."""
    state, _, reason = (queue or "").partition(" ")
    ended = None if code is None else (of, code)
    answer = Seen(started=started, ended=ended, asked=queue is not None, queue=Queue(state, reason) if state else None)
    for name, value in more.items():
        setattr(answer, name, value)
    return answer


def after(*answers: Seen) -> Standing:
    judge = Judge()
    for answer in answers:
        standing = judge.hear(answer)
    return standing


def test_what_an_earlier_start_said_is_not_said_of_one_that_never_came() -> None:
    """As when the node refuses a job that makes room, waits, and is to begin anew."""
    back = [seen("RUNNING None"), seen(code=130), seen("PENDING BeginTime", code=130)]
    assert after(*back).phase == WAITING
    ended = after(*back, *[seen("FAILED NonZeroExitCode", code=130)] * 4)
    assert (ended.phase, exit_status(ended), ended.code) == (ENDED, 1, None)
    assert told(ended, "campus") == "failed (Slurm was to start it again, and could not)"
    again = after(*back, *[seen("FAILED NonZeroExitCode", code=2, of=SECOND, started=SECOND)] * 4)
    assert told(again, "campus") == "failed with exit status 2"


def test_a_run_from_its_queue_to_its_end() -> None:
    judge = Judge()
    assert judge.hear(seen("PENDING Resources", started=None)).phase == WAITING
    assert judge.hear(seen()).phase == RUNNING  # its own file says so, before Slurm is asked again
    assert judge.hear(seen("RUNNING None")).phase == RUNNING
    assert judge.hear(seen(code=0)).phase == ENDING
    assert judge.wants_queue
    assert judge.hear(seen("COMPLETING None", code=0)).phase == ENDING
    ended = judge.hear(seen("COMPLETED None", code=0))
    assert (ended.phase, exit_status(ended), told(ended, "campus")) == (ENDED, 0, "completed")


@pytest.mark.parametrize(
    ("queue", "code", "status", "said"),
    [
        ("FAILED NonZeroExitCode", 3, 3, "failed with exit status 3"),
        ("CANCELLED None", None, 143, "was cancelled"),
        ("CANCELLED None", 0, 143, "was cancelled"),
        ("TIMEOUT TimeLimit", None, 124, "`sbatch.time`"),
        ("OUT_OF_MEMORY OutOfMemory", 137, 137, "`sbatch.mem`"),
        ("NODE_FAIL NodeDown", None, 3, "its node failed"),
        ("PREEMPTED None", None, 3, "higher priority"),
        ("FAILED JobLaunchFailure", None, 3, "file system that the nodes share"),
        ("SOMETHING_NEW Why", None, None, ""),
    ],
)
def test_every_end_has_its_status_and_its_sentence(queue: str, code: int | None, status: int | None, said: str) -> None:
    started = None if "Launch" in queue else FIRST
    standing = after(seen("RUNNING None"), seen(queue, code=code, started=started))
    if status is None:
        assert standing.phase == RUNNING  # a state that nobody knows is no end
        return
    assert standing.phase == ENDED
    assert exit_status(standing) == status
    assert said in told(standing, "campus")


def test_an_exit_status_of_an_earlier_start_says_nothing() -> None:
    assert after(seen("RUNNING None", code=0, of=FIRST, started=SECOND)).phase == RUNNING
    assert after(seen(code=0, of=FIRST, started=SECOND)).phase != ENDING
    ended = after(*[seen("COMPLETED None", code=0, of=FIRST, started=SECOND)] * 5)
    assert exit_status(ended) != 0


def test_a_job_that_waits_to_start_again_has_not_ended() -> None:
    standing = after(seen("RUNNING None"), seen("PENDING BeginTime", code=143))
    assert standing.phase == WAITING


def test_a_job_that_slurm_has_forgotten_is_judged_by_its_own_word() -> None:
    assert exit_status(after(seen("RUNNING None"), seen("", code=0))) == 0
    assert exit_status(after(seen("RUNNING None"), seen("", code=5))) == 5


def test_a_job_of_which_nobody_knows_is_lost_after_several_answers_and_not_before() -> None:
    judge = Judge()
    judge.hear(seen("RUNNING None"))
    for _ in range(3):
        assert judge.hear(seen("")).phase == RUNNING
        assert judge.wants_books
    lost = judge.hear(seen(""))
    assert (lost.phase, lost.state, exit_status(lost)) == (ENDED, LOST, 3)


def test_slurms_silence_is_no_answer() -> None:
    judge = Judge()
    judge.hear(seen("RUNNING None"))
    for _ in range(10):
        assert judge.hear(seen()).phase == RUNNING


def test_the_books_are_believed_where_the_queue_has_forgotten() -> None:
    books = Queue("OUT_OF_MEMORY", "OutOfMemory")
    standing = after(seen("RUNNING None"), seen(""), seen("", books=books))
    assert exit_status(standing) == 137


def test_an_exit_status_that_is_on_its_way_is_waited_for() -> None:
    judge = Judge()
    judge.hear(seen("RUNNING None"))
    assert judge.hear(seen("COMPLETED None")).phase == ENDING
    assert exit_status(judge.hear(seen("COMPLETED None", code=0))) == 0


def test_completed_without_a_word_is_no_success() -> None:
    standing = after(*[seen("COMPLETED None")] * 5)
    assert standing.phase == ENDED
    assert exit_status(standing) == 3


def test_a_folder_that_is_gone_ends_the_run() -> None:
    assert after(seen("RUNNING None"), Seen(gone=True)).state == LOST
