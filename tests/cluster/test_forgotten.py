"""A cluster that remembers a job for two seconds after its end, and lets nobody look into its books."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.lab import Lab, NoLab, until
from tests.cluster.project import ONE_SUM, WAITS, Project


@pytest.fixture(scope="module", name="forgetful")
def _forgetful() -> Iterator[Lab]:
    try:
        lab = Lab(MIN_JOB_AGE="2")
    except NoLab as reason:
        pytest.skip(str(reason))
    yield lab
    lab.close()


def forgotten(lab: Lab, job: str) -> bool:
    return lab.run("squeue", "-h", "-t", "all", "-j", job, check=False).stdout == ""


def test_it_had_completed(forgetful: Lab) -> None:
    project = Project(forgetful, "completed")
    project.lecture(ONE_SUM)
    project.run("submit", "talk")
    job = project.job()
    until(lambda: forgotten(forgetful, job), "the end of Slurm's memory")
    done = project.run("attach")
    assert "the total is 10" in done.out
    assert "talk: completed" in done.err
    assert project.trace().summary.outcome.status == "finished"


def test_it_was_killed(forgetful: Lab) -> None:
    """No word of how it ended is left: that is no success, and no waiting for ever."""
    project = Project(forgetful, "killed")
    project.lecture(WAITS)
    project.run("submit", "talk")
    job = project.begun()
    node = forgetful.run("squeue", "-h", "-j", job, "-o", "%N").stdout.strip()
    forgetful.kill("-u", "student", host=node)
    until(lambda: forgotten(forgetful, job), "the end of Slurm's memory")
    done = project.run("attach", status=3)
    assert "talk: completed" not in done.err
    assert "talk: is lost on lab: Slurm does not know the job any more" in done.err
    assert project.trace().summary.steps > 2
