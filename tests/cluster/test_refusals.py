"""What cannot work is said at once, in one sentence, with the key that mends it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest

from tests.cluster.lab import Lab
from tests.cluster.project import ONE_SUM, Project


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"partition": "bach"}, "sbatch.partition"),
        ({"partition": "paid"}, "sbatch.account"),
        ({"gpus_per_node": "a100:1"}, "sbatch.gpus_per_node"),
        ({"gpus_per_node": "9"}, "sbatch.gpus_per_node"),
        ({"constraint": "h200"}, "sbatch.constraint"),
        ({"mem": "900G"}, "sbatch.mem"),
        ({"extra": ["--no-such-option"]}, "sbatch.extra"),
    ],
    ids=lambda value: "_".join(map(str, value)) if isinstance(value, dict) else None,
)
def test_slurm_refuses(project: Project, lab: Lab, settings: dict[str, object], key: str) -> None:
    project.lecture(ONE_SUM)
    project.settings["sbatch"] |= settings
    told = project.run("talk", status=3)
    assert key in told.err
    assert "sbatch:" in told.err, "and what Slurm said itself"
    assert lab.ssh("squeue -h") == ""
    assert project.no_trace()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"partition": "short", "time": "00:30:00"}, "sbatch.time"),
    ],
)
def test_it_would_wait_for_ever(project: Project, lab: Lab, settings: dict[str, object], key: str) -> None:
    project.lecture(ONE_SUM)
    project.settings["sbatch"] |= settings
    running = project.start("talk")
    running.until("will not start like this")
    assert key in running.err
    assert running.err.count("talk: waiting") == 1, "and not what Slurm says for a moment before"
    lab.run("scancel", "-u", "student")
    project.ended(running, 143)


@contextlib.contextmanager
def changed(lab: Lab, what: str, there: str, back: str) -> Iterator[None]:
    lab.run("scontrol", "update", what, *there.split(" ", 1))
    try:
        yield
    finally:
        lab.run("scontrol", "update", what, back)


def test_waiting_is_explained(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    with changed(lab, f"NodeName={','.join(lab.nodes)}", "State=DRAIN Reason=maintenance", "State=RESUME"):
        running = project.start("talk")
        running.until("talk: waiting")
        assert re.search(r"\((ReqNodeNotAvail|Nodes required)", running.err), "Slurm's own words"
        assert "node" in running.err
    project.ended(running)


def test_no_such_host(project: Project) -> None:
    project.lecture(ONE_SUM)
    project.settings["host"] = "logni"
    told = project.run("talk", status=3)
    assert "host" in told.err
    assert "logni" in told.err


def test_a_key_that_is_refused(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    keys = lab.disk / ".ssh/authorized_keys"
    kept = keys.read_text()
    keys.write_text("")
    try:
        told = project.run("talk", status=3)
    finally:
        keys.write_text(kept)
    assert "does not let you in" in told.err
    assert "ssh login" in told.err


def test_another_host_key(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    known = lab.laptop / ".ssh/known_hosts"
    kept = known.read_text()
    other = (lab.laptop / ".ssh/id_ed25519.pub").read_text().split()[:2]
    known.write_text(f"login,10.77.0.10 {' '.join(other)}\n")
    try:
        told = project.run("talk", status=3)
    finally:
        known.write_text(kept)
    assert "ssh-keygen -R login" in told.err


def test_a_python_that_the_cluster_does_not_have(project: Project) -> None:
    project.lecture(ONE_SUM)
    project.settings["env"]["python"] = "python9"
    told = project.run("talk", status=1)
    assert "python9" in told.out + told.err
    assert "env.python" in told.out + told.err


def test_a_lecture_that_is_not_there(project: Project, lab: Lab) -> None:
    project.lecture(ONE_SUM)
    before = lab.jobs()
    told = project.run("tlak", status=2)
    assert "tlak" in told.err
    assert lab.jobs() == before


def test_the_doctor_says_what_is_wrong(project: Project) -> None:
    project.settings["sbatch"] |= {"partition": "bach"}
    told = project.run("doctor", status=1)
    assert "sbatch.partition" in told.out + told.err
