"""job.sh, run by a real bash as a job without Slurm; and what it asks of Slurm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tracer.cluster.job import job_script, venv_folder
from tracer.cluster.settings import Cluster, Env, Sbatch

ID = "talk-20261122-010203-ab12"
BASE = Cluster(host="login", name="campus", env=Env(python=sys.executable))

LECTURE = """import os, signal, sys, time
print("hello", os.environ.get("HF_HOME"), os.environ.get("TRACER_COMMIT"), flush=True)
{body}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / ID
    (folder / "code").mkdir(parents=True)
    return folder


def job(folder: Path, cluster: Cluster = BASE, body: str = "", **environment: str) -> subprocess.Popen[bytes]:
    (folder / "code/execute.py").write_text(LECTURE.format(body=body))
    script = job_script(ID, "lectures/a b.py", cluster, str(folder.parents[1]), "c0ffee+")
    (folder / "job.sh").write_text(script.replace("#!/bin/bash -l", "#!/bin/bash"))
    with (folder / "job.log").open("ab") as log:
        return subprocess.Popen(
            ["bash", "job.sh"],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,
        )


def log(folder: Path) -> str:
    return (folder / "job.log").read_text()


def wait_for(path: Path, text: str) -> None:
    while text not in (path.read_text() if path.exists() else ""):
        time.sleep(0.02)


def test_a_job_leaves_its_word(folder: Path) -> None:
    cluster = Cluster(
        host="login", env=Env(python=sys.executable, vars={"HF_HOME": "{root}/h f"}, setup=("X=1; [ $X = 1 ]",))
    )
    process = job(folder, cluster, "print(sys.argv); sys.exit(3)", SLURM_JOB_ID="7", SLURM_RESTART_COUNT="1")
    assert process.wait(60) == 3
    assert (folder / "started").read_text() == "7 1\n"
    assert (folder / "exit_code").read_text() == "7 1 3\n"
    assert f"hello {folder.parents[1]}/h f c0ffee+" in log(folder)
    assert "['execute.py', '-m', 'lectures/a b.py', '--elsewhere']" in log(folder)
    assert (folder / "code/var/cache").resolve() == folder.parents[1] / "shared/var/cache"
    assert not list(folder.glob(".*.tmp"))


def test_a_second_job_of_the_same_run_does_nothing(folder: Path) -> None:
    assert job(folder, SLURM_JOB_ID="7").wait(60) == 0
    (folder / "exit_code").unlink()
    assert job(folder, SLURM_JOB_ID="8").wait(60) == 0
    assert log(folder).count("hello") == 1
    assert "Job 7 runs this already" in log(folder)
    assert (folder / "started").read_text() == "7 0\n"
    assert not (folder / "exit_code").exists()


def test_a_beginning_that_found_no_room_is_none(folder: Path) -> None:
    """The file was made, and nothing could be written to it."""
    (folder / "started").touch()
    assert job(folder, SLURM_JOB_ID="7").wait(60) == 0
    assert log(folder).count("hello") == 1
    assert (folder / "started").read_text() == "7 0\n"
    assert (folder / "exit_code").read_text() == "7 0 0\n"


def test_a_job_that_slurm_starts_again_begins_anew(folder: Path) -> None:
    keeps = "import pathlib; pathlib.Path('var/traces/a.journal').write_text('x'); sys.exit(int(os.environ['CODE']))"
    assert job(folder, body=keeps, SLURM_JOB_ID="7", CODE="5").wait(60) == 5
    fresh = "import pathlib; assert not pathlib.Path('var/traces/a.journal').exists()"
    assert job(folder, body=fresh, SLURM_JOB_ID="7", SLURM_RESTART_COUNT="1").wait(60) == 0
    assert (folder / "exit_code").read_text() == "7 1 0\n"
    assert (folder / "earlier/0/traces/a.journal").exists()


@pytest.mark.parametrize(
    ("env", "key"),
    [
        (Env(setup=("true", "false")), "env.setup: false"),
        (Env(modules=("cuda/1",)), "env.modules: cuda/1"),
        (Env(python="no-such-python"), "env.python"),
        (Env(venv="/no/such/venv"), "env.venv: /no/such/venv"),
    ],
)
def test_what_is_missing_is_told_by_its_key(folder: Path, env: Env, key: str) -> None:
    assert job(folder, Cluster(host="login", env=env), SLURM_JOB_ID="7").wait(60) == 1
    assert key in log(folder)
    assert "hello" not in log(folder)
    assert (folder / "exit_code").read_text() == "7 0 1\n"


def test_the_warning_of_slurm_becomes_a_wish_to_stop(folder: Path) -> None:
    body = "stop = os.environ['TRACER_STOP_FILE']\nwhile not os.path.exists(stop): time.sleep(0.02)\nprint(open(stop).read())"
    process = job(folder, body=body, SLURM_JOB_ID="7")
    wait_for(folder / "job.log", "hello")
    process.send_signal(signal.SIGUSR1)
    assert process.wait(60) == 0
    assert "stopped just before the time limit" in log(folder)
    assert (folder / "warned").exists()


def test_what_ends_the_job_reaches_the_lecture_and_its_status_is_kept(folder: Path) -> None:
    body = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\nprint('ready', flush=True)\nwhile True: time.sleep(0.02)"
    process = job(folder, body=body, SLURM_JOB_ID="7")
    wait_for(folder / "job.log", "ready")
    process.terminate()
    assert process.wait(60) == 9
    assert (folder / "exit_code").read_text() == "7 0 9\n"


def test_what_slurm_is_asked_for() -> None:
    asked = Sbatch(
        partition="gpu", account="a", qos="q", time="01:00:00", nodes=2, gpus_per_node="h100:4", cpus_per_rank=8, mem="64G",
        constraint="nvlink", requeue=True, warning_seconds=90, extra=("--exclude=n3",),
    )  # fmt: skip
    options = header(Cluster(host="login", sbatch=asked, launch="torchrun", ranks_per_node=4))
    assert options == [
        f"--job-name={ID}", f"--output=/data/runs/{ID}/job.log", "--open-mode=append", "--partition=gpu", "--account=a",
        "--qos=q", "--time=01:00:00", "--nodes=2", "--ntasks-per-node=1", "--cpus-per-task=32", "--gpus-per-node=h100:4",
        "--mem=64G", "--constraint=nvlink", "--signal=B:USR1@90", "--requeue", "--exclude=n3",
    ]  # fmt: skip
    by_srun = header(Cluster(host="login", sbatch=asked, launch="srun", ranks_per_node=4))
    assert {"--ntasks-per-node=4", "--cpus-per-task=8"} <= set(by_srun)
    assert not any("signal" in option for option in header(Cluster(host="login", sbatch=Sbatch(warning_seconds=0))))


def header(cluster: Cluster) -> list[str]:
    lines = job_script(ID, "lectures/talk.py", cluster, "/data", "").splitlines()
    return [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")]


def test_the_folder_of_a_venv_is_named_after_what_is_in_it() -> None:
    cluster = Cluster(host="login", env=Env(venv="{root}/venvs/{hash}"))
    assert venv_folder(cluster, "/data", "abc") == "/data/venvs/abc"
    assert venv_folder(BASE, "/data", "abc") is None
