"""A copy of the project on the laptop of a lab, with lectures of the test, and `./remote_execute.sh` in it."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.cluster.lab import Lab, Running, until
from tracer.format.reader import read_trace
from tracer.format.schema import Trace

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("execute.py", "remote_execute.sh", "requirements.txt", "tracer", "lectures/__init__.py")

ONE_SUM = """
def main():
    total = 0
    for number in range(5):
        total += number
    print("the total is", total)
"""
"""A lecture that ends by itself, at once."""

WAITS = """
import time
from pathlib import Path

def main():
    turn = 0
    print("ready")
    while not Path.home().joinpath("go").exists():
        turn += 1
        time.sleep(0.02)
    print("gone on")
"""
"""A lecture that goes on until there is a file ~/go on the cluster."""


class Project:
    """`folder` is the copy; `root` the folder of its runs on the cluster."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.lab = lab
        self.folder = lab.laptop / name
        self.root = lab.disk / name
        for path in COPIED:
            source, copy = ROOT / path, self.folder / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, copy)
        self.settings: dict[str, Any] = {
            "host": "login",
            "root": f"~/{name}",
            "poll_seconds": 1,
            "env": {"python": sys.executable},
            "sbatch": {"partition": "batch", "time": "00:05:00", "mem": "512M", "warning_seconds": 0},
            "fetch": {"every_seconds": 1},
        }
        """Of the cluster, as they stand in clusters.yaml."""
        self._started: list[tuple[str, Running]] = []
        self._slurm_before = len(lab.slurm_log())

    def lecture(self, source: str, name: str = "talk") -> None:
        (self.folder / f"lectures/{name}.py").write_text(textwrap.dedent(source))

    def start(self, *arguments: str) -> Running:
        """`./remote_execute.sh` with these arguments, in a shell of its own."""
        file = {"default": "lab", "clusters": {"lab": self.settings}}
        (self.folder / "clusters.yaml").write_text(json.dumps(file, indent=2))
        running = self.lab.start("./remote_execute.sh", *arguments, folder=self.folder, PYTHON=sys.executable)
        self._started.append((shlex.join(("./remote_execute.sh", *arguments)), running))
        return running

    def told(self) -> str:
        """All that was typed, what was told on stderr, and what Slurm's controller noted meanwhile."""
        typed = "\n".join(f"$ {typed}\n{running.err}" for typed, running in self._started)
        return f"{typed}\n{self.lab.slurm_log()[self._slurm_before :]}"

    def run(self, *arguments: str, status: int = 0) -> Running:
        """The same, until it has ended, with this exit status."""
        return self.ended(self.start(*arguments), status)

    @staticmethod
    def ended(running: Running, status: int = 0) -> Running:
        """What was started, once it has ended with this exit status, and without a trace of Python's."""
        code = running.end()
        assert code == status, f"exit status {code}\n{running}"
        assert "Traceback" not in running.err, running.err
        return running

    def go(self) -> None:
        """Lets a lecture that waits go on."""
        self.lab.ssh("touch go")

    def trace(self, name: str = "talk") -> Trace:
        """The trace that was brought back, or what there is of it so far: valid."""
        return read_trace(self.folder / f"var/traces/{name}.json")

    def left_over(self) -> list[str]:
        """What lies among the traces and is none."""
        return [path.name for path in (self.folder / "var/traces").glob("*") if path.suffix != ".json"]

    def no_trace(self, name: str = "talk") -> bool:
        return not (self.folder / f"var/traces/{name}.json").exists()

    def runs(self) -> list[Path]:
        """The folders of the runs on the cluster, the oldest first."""
        return sorted((self.root / "runs").glob("*-*"), key=lambda path: path.stat().st_mtime)

    def job(self) -> str:
        """The number of the job of the latest run, once there is one."""
        until(lambda: any((run / "job_id").exists() for run in self.runs()), "a job")
        return (self.runs()[-1] / "job_id").read_text().strip()

    def begun(self) -> str:
        """The number of the job of the latest run, once its lecture runs."""
        job = self.job()
        until(lambda: "ready" in self.log(), "the lecture's first word")
        return job

    def log(self) -> str:
        """That of the latest run, on the cluster."""
        log = self.runs()[-1] / "job.log"
        return log.read_text() if log.exists() else ""

    def instead_of_sbatch(self, script: str) -> None:
        """From now on the student's sbatch is this script of sh; $SBATCH is the real one."""
        shim = self.lab.disk / "bin/sbatch"
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(f"#!/bin/sh\nSBATCH=/usr/bin/sbatch\n{textwrap.dedent(script)}")
        shim.chmod(0o755)
        (self.lab.disk / ".profile").write_text("PATH=$HOME/bin:$PATH\n")
