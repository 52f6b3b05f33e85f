"""Lectures that need more than they were given: time, memory, disk."""

from __future__ import annotations

import re

import pytest

from tests.cluster.lab import Lab
from tests.cluster.project import WAITS, Project


def test_the_time_limit_is_told_before_it_comes(project: Project) -> None:
    """Slurm counts in minutes: with 50 seconds of warning, the lecture has ten."""
    project.lecture(WAITS)
    project.settings["sbatch"] |= {"time": "00:01:00", "warning_seconds": 50}
    done = project.run("talk", status=124)
    assert "time limit" in done.err
    assert "sbatch.time" in done.err
    outcome = project.trace().summary.outcome
    assert outcome.status == "stopped"
    assert "time limit" in outcome.message
    assert project.trace().summary.steps > 5


def test_the_time_limit_itself(project: Project) -> None:
    """A lecture that is deaf to every warning is killed; what it had done is kept."""
    project.lecture(
        """
        import signal, time
        def main():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print("ready", flush=True)
            while True:
                time.sleep(0.05)
        """
    )
    project.settings["sbatch"] |= {"time": "00:01:00", "warning_seconds": 0}
    done = project.run("talk", status=124)
    assert "time limit" in done.err
    assert "sbatch.time" in done.err
    assert project.trace().summary.steps > 5
    assert project.trace().summary.outcome.status != "finished"


def test_out_of_memory(project: Project, lab: Lab) -> None:
    if not lab.memory_limits:
        pytest.skip("version 1 of cgroups cannot be written here")
    project.lecture(
        """
        def main():
            kept = []
            print("so far", flush=True)
            while True:
                kept.append(bytearray(32 << 20))
        """
    )
    project.settings["sbatch"]["mem"] = "300M"
    done = project.run("talk", status=137)
    assert "used more memory than it had asked for" in done.err
    assert "sbatch.mem" in done.err
    assert "so far" in done.out
    trace = project.trace()
    assert trace.summary.steps > 2
    assert trace.summary.outcome.status in ("lost", "interrupted")


def test_the_disk_of_the_cluster_is_full(project: Project, lab: Lab) -> None:
    """Too full even for the sources."""
    project.lecture(WAITS)
    with lab.small_disk(project.root, "200k"):
        done = project.run("talk", status=3)
    assert "no room" in done.err
    assert "login" in done.err
    assert lab.ssh("squeue -h") == ""


def test_the_disk_fills_while_the_lecture_runs(project: Project, lab: Lab) -> None:
    project.lecture(
        """
        def main():
            kept = []
            for number in range(100000):
                kept.append(str(number) * 50)
        """
    )
    with lab.small_disk(project.root, "6m"):
        done = project.run("talk", status=1)
    assert "No space left" in done.out
    assert f"There was no room in {project.root} on lab: `./remote_execute.sh clean`, or change `root`" in done.err
    assert project.trace().summary.steps > 1000


def test_the_disk_is_full_when_the_job_begins(project: Project, lab: Lab) -> None:
    """Then not even the log takes a word, nor any other file."""
    project.lecture(WAITS)
    lab.run("scontrol", "update", "PartitionName=batch", "State=DOWN")
    try:
        with lab.small_disk(project.root, "6m"):
            running = project.start("talk")
            running.until("talk: waiting")
            lab.ssh(f"cat /dev/zero >{project.root}/all 2>/dev/null", check=False)
            lab.run("scontrol", "update", "PartitionName=batch", "State=UP")
            project.ended(running, 1)
            lab.ssh(f"rm {project.root}/all")
    finally:
        lab.run("scontrol", "update", "PartitionName=batch", "State=UP")
    assert f"There was no room in {project.root} on lab: `./remote_execute.sh clean`, or change `root`" in running.err
    assert project.no_trace()


def test_a_lecture_that_fills_another_disk(project: Project) -> None:
    """What helps there, nobody knows but the lecture's author."""
    project.lecture(
        """
        def main():
            with open("/dev/full", "w") as file:
                file.write("more than there is room for")
        """
    )
    done = project.run("talk", status=1)
    assert "failed with exit status 1: OSError: [Errno 28] No space left on device; trace" in done.err


def test_the_disk_here_is_full(project: Project, lab: Lab) -> None:
    """What could not be fetched is still on the cluster, and is fetched when there is room again."""
    project.lecture(
        """
        import random
        def main():
            for number in range(30000):
                noise = random.random()
        """
    )
    var = project.folder / "var"
    var.mkdir()
    lab.run("mount", "-t", "tmpfs", "-o", "size=200k", "small", var)
    try:
        running = project.run("talk", status=4)
        assert re.search("No space left on device|no room here", running.err)
        assert re.search("remote_execute.sh (attach|fetch)|fetch again", running.err), "how to go on"
        lab.run("mount", "-o", "remount,size=20m", var)
        assert "talk: completed" in project.run("attach").err
        assert '"finished"' in lab.run("cat", var / "traces/talk.json").stdout
    finally:
        lab.run("umount", "-l", var)
