"""ssh, rsync and the controller fail under the client: one job is submitted, and each line comes once."""

from __future__ import annotations

import signal

from tests.cluster.lab import Lab, until
from tests.cluster.project import ONE_SUM, Project

COUNTS = """
import time
from pathlib import Path

def main():
    with Path.home().joinpath("begun").open("a") as begun:
        begun.write("x")
    for number in range(120):
        print(f"line {number}", flush=True)
        time.sleep(0.05)
"""


def drop(lab: Lab) -> None:
    """Every ssh connection of the student's ends at once, as seen from the laptop."""
    lab.kill("-u", "student", "-x", "sshd")


def test_each_line_comes_once_though_ssh_dies_three_times(project: Project, lab: Lab) -> None:
    project.lecture(COUNTS)
    running = project.start("talk")
    for line in (10, 40, 70):
        running.until(f"line {line}\n")
        drop(lab)
    project.ended(running)
    lines = [line for line in running.out.splitlines() if line.startswith("line ")]
    assert lines == [f"line {number}" for number in range(120)]
    assert (lab.disk / "begun").read_text() == "x"
    assert project.trace().summary.outcome.status == "finished"


def test_ssh_dies_when_the_job_was_submitted(project: Project, lab: Lab) -> None:
    """sbatch has answered, and nobody hears it."""
    project.instead_of_sbatch(
        """
        $SBATCH "$@" >~/answered
        [ -e ~/asked ] || { touch ~/asked; pkill -KILL -u student -x sshd; sleep 0.5; }
        cat ~/answered
        """
    )
    project.lecture(COUNTS)
    project.ended(project.start("talk"))
    assert (lab.disk / "asked").exists()
    assert len([name for name in lab.jobs() if name == project.runs()[-1].name]) == 1
    assert (lab.disk / "begun").read_text() == "x"
    assert len(project.runs()) == 1


def test_the_controller_stands_still_while_the_job_is_submitted(project: Project, lab: Lab) -> None:
    """sbatch gives up waiting for an answer, and the job is submitted all the same."""
    project.instead_of_sbatch(
        """
        [ -e ~/asked ] && exec $SBATCH "$@"
        touch ~/asked
        while [ ! -e ~/go ]; do sleep 0.05; done
        $SBATCH "$@"
        status=$?
        echo $status >~/answered
        exit $status
        """
    )
    project.lecture(COUNTS)
    running = project.start("talk")
    until((lab.disk / "asked").exists, "the submission")
    with lab.frozen("slurmctld"):
        (lab.disk / "go").touch()
        until((lab.disk / "answered").exists, "the end of sbatch's patience")
        assert (lab.disk / "answered").read_text() != "0\n"
    project.ended(running)
    assert len([name for name in lab.jobs() if name == project.runs()[-1].name]) == 1
    assert (lab.disk / "begun").read_text() == "x"
    assert project.trace().summary.outcome.status == "finished"


def test_sbatch_cannot_reach_the_controller_at_first(project: Project, lab: Lab) -> None:
    project.lecture(COUNTS)
    with lab.no_controller():
        running = project.start("talk")
        running.until("again")
    project.ended(running)
    assert (lab.disk / "begun").read_text() == "x"


def test_an_upload_that_is_cut_off_goes_on(project: Project, lab: Lab) -> None:
    project.lecture(COUNTS)
    heavy(project)
    running = project.start("talk")
    until(lambda: any(lab.disk.rglob("*.bin*")) or any(lab.disk.rglob(".*.bin.*")), "the upload")
    drop(lab)
    project.ended(running)
    assert (project.runs()[-1] / "code/lectures/data/heavy.bin").stat().st_size == HEAVY
    assert (lab.disk / "begun").read_text() == "x"


def test_an_upload_that_is_dropped_leaves_nothing_for_ever(project: Project, lab: Lab) -> None:
    """The client is killed in the middle: the next one knows of the folder on the cluster, and takes it away."""
    project.lecture(COUNTS)
    heavy(project)
    with lab.slow("login", "4mbit"):
        running = project.start("talk")
        until(lambda: any(project.root.rglob("*heavy.bin*")), "the upload")
        running.signal(signal.SIGKILL)
        lab.kill("-x", "rsync", host="laptop")
        running.end()
    assert len(project.runs()) == 1
    assert "no job" in project.run("list").out
    assert "dropped before all its code was there" in project.run("attach", status=3).err
    project.run("clean", "--keep", "0", "--yes")
    assert project.runs() == []
    assert "no run here yet" in project.run("list").out


def test_a_download_that_is_cut_off_goes_on(project: Project, lab: Lab) -> None:
    """A link so slow that there is a middle to cut it in."""
    project.lecture(
        """
        import random
        def main():
            for number in range(60000):
                noise = random.random()
        """
    )
    project.run("submit", "talk")
    until(lab.at_rest, "the end of the job")
    with lab.slow("login", "1mbit"):
        running = project.start("attach")
        until(lambda: half_fetched(project), "the download")
        drop(lab)
        assert project.no_trace()
        project.ended(running)
    assert project.trace().summary.outcome.status == "finished"
    assert project.trace().summary.steps > 120_000


def test_sshd_stands_still_for_a_while(project: Project, lab: Lab) -> None:
    project.lecture(COUNTS)
    running = project.start("talk")
    running.until("line 10\n")
    with lab.frozen("sshd"):
        until(lambda: "line 119\n" in project.log(), "the end of the lecture")
    project.ended(running)
    lines = [line for line in running.out.splitlines() if line.startswith("line ")]
    assert lines == [f"line {number}" for number in range(120)]


def test_a_master_connection_that_hangs(project: Project, lab: Lab) -> None:
    """The ssh that all others go through stands still, here on the laptop; they go round it."""
    project.lecture(COUNTS)
    running = project.start("talk")
    running.until("line 10\n")
    with lab.frozen("ssh", host="laptop"):
        running.until("line 119\n")
    project.ended(running)
    assert (lab.disk / "begun").read_text() == "x"


HEAVY = 60_000_000


def heavy(project: Project) -> None:
    data = project.folder / "lectures/data/heavy.bin"
    data.parent.mkdir()
    data.write_bytes(bytes(range(250)) * (HEAVY // 250))


def half_fetched(project: Project) -> bool:
    """Whether rsync is in the middle of something."""
    return any(True for _ in (project.folder / "var").rglob(".*.json.*"))


def test_one_sum_after_all_of_this(project: Project) -> None:
    project.lecture(ONE_SUM)
    assert "the total is 10" in project.run("talk").out
