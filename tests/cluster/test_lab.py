"""The lab is what the other tests take it for."""

from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest

from tests.cluster.lab import SCRIPT, Lab, until


def test_a_job_over_ssh(lab: Lab) -> None:
    job = lab.run("ssh", "login", "sbatch --parsable --wait", text="#!/bin/sh\necho hello from $(hostname)\n").stdout
    assert lab.ssh(f"cat slurm-{job.strip()}.out") == f"hello from {lab.nodes[0]}\n"


def test_the_disk_is_the_clusters_alone(lab: Lab) -> None:
    lab.ssh("touch here")
    assert lab.ssh("srun -N2 ls here").split() == ["here", "here"]
    assert lab.run("ls", lab.disk, check=False).returncode != 0


def test_memory_is_limited(lab: Lab) -> None:
    if not lab.memory_limits:
        pytest.skip("version 1 of cgroups cannot be written here")
    lab.ssh(f"srun --mem=64M {sys.executable} -c 'bytearray(300 << 20)'", check=False)
    until(lambda: "OUT_OF_MEMORY" in lab.run("squeue", "-h", "-t", "all", "-o", "%T").stdout, "a job out of memory")


def test_a_small_disk_is_small_on_every_host(lab: Lab) -> None:
    with lab.small_disk(lab.disk / "small", "1m"):
        assert "No space left" in lab.ssh("srun -N2 sh -c 'head -c 3M /dev/zero >small/$(hostname)' 2>&1", check=False)
        assert int(lab.ssh("cat small/* | wc -c")) <= 1 << 20
    assert lab.ssh("ls small") == ""


def test_a_slow_network_is_slow(lab: Lab) -> None:
    with lab.slow("login", "20mbit"):
        assert "20Mbit" in lab.run("tc", "qdisc", "show", "dev", "eth0", host="login").stdout
        assert len(lab.ssh("head -c 100000 /dev/zero")) == 100000


def test_a_node_dies_and_comes_back(lab: Lab) -> None:
    node = lab.nodes[1]
    with lab.off(node):
        until(lambda: "down" in lab.run("sinfo", "-h", "-N", "-n", node, "-p", "batch", "-o", "%T").stdout, "down")
    until(lab.at_rest, "the node again")
    assert lab.ssh(f"srun -w {node} hostname") == f"{node}\n"


def test_a_controller_that_is_killed_knows_its_jobs(lab: Lab) -> None:
    lab.note(lab.ssh("sbatch --parsable --job-name=held-back --hold --wrap true").strip())
    with lab.no_controller():
        assert not lab.answers()
    assert "held-back" in lab.run("squeue", "-h", "-o", "%j").stdout


def test_labs_side_by_side_and_exit_status(lab: Lab) -> None:
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        done = subprocess.run(
            [SCRIPT, folder, "sh", "-c", "ssh login srun hostname; exit 42"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 42
    assert done.stdout.strip() not in ["", *lab.nodes]
    assert "Killed" not in done.stderr
