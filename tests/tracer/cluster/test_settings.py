"""clusters.yaml: what it means, and what is said of a mistake in it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tracer.cluster.project import Project
from tracer.cluster.settings import Cluster, SettingsProblem, local_cluster, read_clusters

PROJECT = Path(__file__).resolve().parents[3]
LEAST = "clusters:\n  campus: {host: login}\n"


def read(tmp_path: Path, text: str, lecture: str | None = None, *sets: str) -> Cluster:
    file = tmp_path / "clusters.yaml"
    file.write_text(text, encoding="utf-8")
    return read_clusters(file).cluster(None, lecture, sets)


def problem(tmp_path: Path, text: str, lecture: str | None = None, *sets: str) -> str:
    with pytest.raises(SettingsProblem) as raised:
        read(tmp_path, text, lecture, *sets)
    return str(raised.value)


def test_the_example_says_what_holds_without_it() -> None:
    clusters = read_clusters(PROJECT / "tracer/cluster/clusters.example.yaml")
    example = clusters.cluster(None)
    assert example == Cluster(host="login.example.org", name="campus")
    assert clusters.cluster("gpu-box").scheduler == "none"
    assert clusters.cluster(None, "lecture_02").sbatch.gpus_per_node == "1"


def test_a_lecture_lies_over_its_cluster_and_the_command_over_both(tmp_path: Path) -> None:
    text = LEAST.replace("host: login", "host: login, sbatch: {time: 10, mem: 4G, nodes: 1}") + (
        "lectures:\n  talk: {sbatch: {mem: 8G}, launch: srun, ranks_per_node: 2}\n"
    )
    cluster = read(tmp_path, text, "talk", "sbatch.time=00:05:00", "env.vars.HF_HOME=/data")
    assert (cluster.sbatch.time, cluster.sbatch.mem, cluster.launch) == ("00:05:00", "8G", "srun")
    assert cluster.env.vars == {"HF_HOME": "/data"}
    assert read(tmp_path, text, "another").sbatch.mem == "4G"


def test_what_yaml_takes_for_something_else_is_a_text_all_the_same(tmp_path: Path) -> None:
    text = "clusters:\n  campus:\n    host: login\n    sbatch: {time: 01:30:00, account: 0123, gpus_per_node: 2, mem: 16G}\n"
    sbatch = read(tmp_path, text).sbatch
    assert (sbatch.time, sbatch.account, sbatch.gpus_per_node, sbatch.mem) == ("01:30:00", "0123", "2", "16G")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no settings"),
        ("clusters: {}", "names no cluster"),
        ("clusters: [", "line 1: this is not YAML"),
        ("clustres: {}", "has no key `clustres`: did you mean `clusters`?"),
        ("clusters: {campus: {}}", "lacks `host`"),
        (
            "clusters:\n  campus:\n    hots: login",
            "line 3: the cluster campus has no key `hots`: did you mean `host`?",
        ),
        (LEAST + "  other: {host: login, sbatch: {gpu_per_node: 1}}", "line 3: `sbatch`"),
        (LEAST.replace("login", "login, sbatch: {partiton: gpu}"), "did you mean `partition`?"),
        (LEAST.replace("login", "login, sbatch: {nodes: two}"), "must be a whole number"),
        (LEAST.replace("login", "login, sbatch: {nodes: 0}"), "`sbatch.nodes` of the cluster campus must be 1 or more"),
        (LEAST.replace("login", "login, sbatch: {requeue: perhaps}"), "must be true or false"),
        (LEAST.replace("login", "login, sbatch: {time: soon}"), "`sbatch.time`"),
        (LEAST.replace("login", "login, sbatch: {account: a b}"), "must be one word"),
        (LEAST.replace("login", "login, sbatch: {extra: [exclude=n3]}"), "such as --exclude=n3"),
        (LEAST.replace("login", "login, launch: mpirun"), "must be python or srun or torchrun, not 'mpirun'"),
        (LEAST.replace("login", "login, ranks_per_node: 4"), "python starts one process"),
        (LEAST.replace("login", "login, root: lectures"), "`root`"),
        (LEAST.replace("login", "-oProxyCommand=x"), "`host`"),
        (LEAST.replace("login", "login, sync: {include: [../secrets]}"), "inside the project"),
        (LEAST.replace("login", "login, env: {vars: {'A B': 1}}"), "is no such name"),
        (LEAST.replace("login", 'login, env: {setup: ["a\\nb"]}'), "must be one line"),
        (LEAST + "default: nowhere", "`default` of clusters.yaml is 'nowhere'"),
        (LEAST + "lectures: {talk: {host: other}}", "the lecture talk has no key `host`"),
        (LEAST + "clusters: {}", "twice"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    assert said in problem(tmp_path, text)


def test_a_mistake_in_an_override_is_told_too(tmp_path: Path) -> None:
    assert "write a key and a value" in problem(tmp_path, LEAST, None, "sbatch.time")
    assert "did you mean `time`?" in problem(tmp_path, LEAST, None, "sbatch.tim=10")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match=r"cp tracer/cluster/clusters\.example\.yaml clusters\.yaml"):
        read_clusters(tmp_path / "clusters.yaml")


def test_this_machine_needs_no_file(tmp_path: Path) -> None:
    here = local_cluster(tmp_path)
    assert (here.host, here.scheduler) == (None, "none")


def test_a_lecture_keeps_its_own_settings_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "clusters.yaml").write_text(
        LEAST + "lectures:\n  talk: {launch: srun, ranks_per_node: 4, arguments: [--costs], sbatch: {mem: 8G}}\n"
    )
    project = Project(tmp_path, tmp_path / "clusters.yaml")
    options = argparse.Namespace(local=True, set=[], cluster=None)
    here = project.cluster(options, "talk")
    assert (here.host, here.launch, here.ranks_per_node, here.arguments) == (None, "torchrun", 4, ("--costs",))
    assert project.cluster(options, "other") == local_cluster(tmp_path)
    options.set = ["sbatch.time=1"]
    with pytest.raises(SettingsProblem, match="--local"):
        project.cluster(options, "talk")
