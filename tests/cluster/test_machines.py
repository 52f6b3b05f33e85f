"""Nodes, networks and controllers that fail under a lecture."""

from __future__ import annotations

import time

import pytest

from tests.cluster.lab import Lab, until
from tests.cluster.project import WAITS, Project

COUNTED = WAITS.replace(
    "    turn = 0\n",
    '    turn = 0\n    with Path.home().joinpath("begun").open("a") as begun:\n        begun.write("x")\n',
)
"""WAITS, which leaves a letter in ~/begun on the cluster each time that it begins."""


def state(lab: Lab, job: str) -> str:
    return lab.run("squeue", "-h", "-t", "all", "-j", job, "-o", "%T", check=False).stdout.strip()


def node(lab: Lab, job: str) -> str:
    return lab.run("squeue", "-h", "-t", "all", "-j", job, "-o", "%N").stdout.strip()


def until_begun(lab: Lab, times: int) -> None:
    until(lambda: (lab.disk / "begun").read_text() == "x" * times, f"beginning number {times}")


def test_a_node_dies(project: Project, lab: Lab) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    job = project.begun()
    with lab.off(node(lab, job)):
        project.ended(running, 3)
    assert "its node" in running.err
    assert "talk: completed" not in running.err
    trace = project.trace()
    assert trace.summary.steps > 2
    assert trace.summary.outcome.status != "finished"


@pytest.mark.parametrize("seconds", [4, 20])
def test_the_network_is_cut_between_here_and_the_cluster(project: Project, lab: Lab, seconds: int) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    project.begun()
    with lab.apart():
        time.sleep(seconds)
    project.go()
    project.ended(running)
    assert running.out.count("ready") == 1
    assert "gone on" in running.out
    assert project.trace().summary.outcome.status == "finished"


def test_the_network_of_a_node_is_cut_for_a_moment(project: Project, lab: Lab) -> None:
    project.lecture(WAITS)
    running = project.start("talk")
    job = project.begun()
    with lab.cut(node(lab, job)):
        time.sleep(4)
    project.go()
    project.ended(running)
    assert project.trace().summary.outcome.status == "finished"


def test_the_network_of_a_node_is_cut_for_too_long(project: Project, lab: Lab) -> None:
    """Slurm gives the job up while it still runs: nobody may call that a success."""
    project.lecture(WAITS)
    running = project.start("talk")
    job = project.begun()
    with lab.cut(node(lab, job)):
        until(lambda: state(lab, job) == "NODE_FAIL", "the end of Slurm's patience")
        project.ended(running, 3)
    assert "talk: completed" not in running.err
    assert "its node" in running.err


def test_the_controller_is_killed_and_comes_back(project: Project, lab: Lab) -> None:
    project.lecture(COUNTED)
    running = project.start("talk")
    job = project.begun()
    lab.note(job)
    with lab.no_controller():
        time.sleep(6)
        project.go()
        time.sleep(2)
    project.ended(running)
    assert state(lab, job) == "COMPLETED"
    assert project.trace().summary.outcome.status == "finished"
    assert (lab.disk / "begun").read_text() == "x"


def test_preempted_and_begun_anew(project: Project, lab: Lab) -> None:
    project.lecture(COUNTED)
    project.settings["sbatch"]["requeue"] = True
    running = project.start("talk")
    job = project.begun()
    urgent = lab.start("ssh", "login", "srun -p urgent -N2 --exclusive true")
    assert urgent.end() == 0
    until(lambda: state(lab, job) == "PENDING", "the job back in the queue")
    running.until("talk: waiting")
    lab.run("scontrol", "update", f"jobid={job}", "starttime=now")
    until_begun(lab, 2)
    project.go()
    project.ended(running)
    assert "talk: completed" in running.err
    assert running.out.count("gone on") == 1
    assert project.trace().summary.outcome.status == "finished"


def test_begun_anew_twice(project: Project, lab: Lab) -> None:
    """What the first two wrote when they were ended, their exit status above all, says nothing of the third."""
    project.lecture(COUNTED)
    project.settings["sbatch"]["requeue"] = True
    running = project.start("talk")
    job = project.begun()
    for beginnings in (2, 3):
        lab.run("scontrol", "requeue", job)
        until(lambda: state(lab, job) == "PENDING", "the job back in the queue")
        assert (project.runs()[-1] / "exit_code").exists()
        lab.run("scontrol", "update", f"jobid={job}", "starttime=now")
        until_begun(lab, beginnings)
    project.go()
    project.ended(running)
    assert "(restart 2)" in running.err
    assert "talk: completed" in running.err
    assert project.trace().summary.outcome.status == "finished"


def test_preempted_for_good(project: Project, lab: Lab) -> None:
    """Without `requeue` Slurm ends the job: that is a failure, and says whose."""
    project.lecture(WAITS)
    running = project.start("talk")
    project.begun()
    urgent = lab.start("ssh", "login", "srun -p urgent -N2 --exclusive true")
    assert urgent.end() == 0
    assert running.end() in (3, 143)
    assert "higher priority" in running.err
    assert "requeue" in running.err
    assert project.trace().summary.steps > 2
