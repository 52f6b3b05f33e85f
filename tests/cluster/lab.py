"""A Slurm cluster for the tests (lab.sh), its hosts, what can befall them, and a laptop with a copy of the project."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SCRIPT = Path(__file__).with_name("lab.sh")
NOT_HERE = 77
"""With what lab.sh ends where it cannot work."""
PATIENCE = 180.0
"""Seconds after which what has not happened will not happen."""

LEFT = ("go", "begun", "asked", "answered", ".bashrc", ".profile", "bin/sbatch")
"""What tests and their lectures leave in the student's home."""


class NoLab(Exception):
    """Why there can be no lab on this machine."""


def until(what: Callable[[], bool], told: str) -> None:
    """Comes back when `what` is so; AssertionError, with `told`, where it never is."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, f"It never came: {told}"
        time.sleep(0.05)


class Running:
    """A program on a host of the lab, and what it has said so far."""

    def __init__(self, lab: Lab, process: subprocess.Popen[str], pid_file: Path) -> None:
        self._lab, self._process, self._pid_file = lab, process, pid_file
        self._said: dict[str, list[str]] = {"out": [], "err": []}
        self._readers = [
            threading.Thread(target=self._said[name].extend, args=(stream,), daemon=True)
            for stream, name in ((process.stdout, "out"), (process.stderr, "err"))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def out(self) -> str:
        return "".join(self._said["out"])

    @property
    def err(self) -> str:
        return "".join(self._said["err"])

    def __str__(self) -> str:
        return f"{self.out[-2000:]}\n{self.err[-4000:]}"

    def until(self, text: str) -> None:
        """Comes back once it has said `text`, on either stream."""
        end = time.monotonic() + PATIENCE
        while text not in self.out + self.err:
            ended = self._process.poll() is not None and not any(reader.is_alive() for reader in self._readers)
            assert not ended or text in self.out + self.err, f"It ended without {text!r}:\n{self}"
            assert time.monotonic() < end, f"It never said {text!r}:\n{self}"
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        """To it and to all that it started, as a terminal does on Ctrl-C."""
        until(self._pid_file.exists, "the program")
        self._lab.run("kill", f"-{number}", "--", f"-{self._pid_file.read_text().strip()}")

    def end(self) -> int:
        """Its exit status, once it has ended."""
        try:
            status = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"It does not end:\n{self}") from None
        for reader in self._readers:
            reader.join(PATIENCE)
        return status


class Lab:
    """A cluster that is up. `folder` holds its files; `nodes` are the names of its two compute nodes."""

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lab-"))
        self.laptop = self.folder / "laptop"
        self._told = self.folder / "told"
        see = os.pathsep.join({sys.prefix, sys.base_prefix})
        with self._told.open("w") as told:
            self._process = subprocess.Popen(
                [SCRIPT, self.folder, "sh", "-c", "echo up >run/up; exec cat"],
                stdin=subprocess.PIPE,  # closes when we end, however we do, and the lab ends with it
                stdout=told,
                stderr=told,
                cwd=self.folder,
                env=os.environ | {"SEE": see} | settings,
            )
        up = self.folder / "run/up"
        try:
            until(lambda: up.exists() or self._process.poll() is not None, "the lab")
            if not up.exists():
                raise (NoLab if self._process.returncode == NOT_HERE else RuntimeError)(self._told.read_text().strip())
        except BaseException:
            self.close()
            raise
        self.nodes = (self.folder / "run/nodes").read_text().split()
        self.memory_limits = (self.folder / "run/cgroups").read_text() == "yes\n"
        """Whether a job that takes more memory than it asked for is killed at once."""
        self._first = _child(_child(self._process.pid))
        self._started = 0

    def close(self) -> None:
        """Takes it down, with everything that runs in it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------------------------------------------------------ hosts

    def _on(self, host: str, command: tuple[str | Path, ...]) -> list[str | Path]:
        inner = (self.folder / "run" / host).read_text().strip()
        settings = [f"HOME={self.laptop}", f"LAB={self.folder}", f"XDG_RUNTIME_DIR={self.folder}/run"]
        settings.append(f"SLURM_CONF={self.folder}/etc/slurm.conf")
        enter = ["nsenter", "-t", str(self._first), "-a", "nsenter", "-t", inner, "-a"]
        return [*enter, "env", f"--chdir={self.laptop}", *settings, *command]

    def run(
        self, *command: str | Path, host: str = "laptop", check: bool = True, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs it as root on a host (laptop, login or a node) until it ends; `check`: it must succeed."""
        done = subprocess.run(
            self._on(host, command), capture_output=True, text=True, input=text or "", timeout=PATIENCE, check=False
        )
        assert done.returncode == 0 or not check, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *command: str | Path, folder: Path | None = None, **variables: str) -> Running:
        """Starts it on the laptop, as the leader of a session of its own."""
        self._started += 1
        pid_file = self.folder / f"run/started.{self._started}"
        # Written under another name first: whoever reads it finds it whole.
        shell = 'cd "$2" && echo $$ >"$1.new" && mv "$1.new" "$1" && shift 2 && exec "$@"'
        process = subprocess.Popen(
            self._on("laptop", ("setsid", "-w", "sh", "-c", shell, "-", pid_file, folder or self.laptop, *command)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=os.environ | variables,
        )
        return Running(self, process, pid_file)

    def ssh(self, line: str, *, check: bool = True) -> str:
        """What a line for the shell prints, run as the student on the login node."""
        return self.run("ssh", "login", line, check=check).stdout

    @property
    def disk(self) -> Path:
        """What the student has at home on the cluster: as root, and not seen from the laptop."""
        return self.folder / "home/student"

    # ----------------------------------------------------------------------------------------------------------- faults

    @contextlib.contextmanager
    def off(self, host: str) -> Iterator[None]:
        """Within, the host is off, as if its power had failed; afterwards it starts again."""
        held, pid = self.folder / f"run/{host}.off", self.folder / f"run/{host}"
        held.touch()
        self.run("kill", "-KILL", pid.read_text().strip(), host="laptop")
        try:
            until(lambda: not pid.exists(), f"the end of {host}")
            yield
        finally:
            held.unlink()
            until(pid.exists, f"{host} again")

    @contextlib.contextmanager
    def cut(self, host: str) -> Iterator[None]:
        """Within, nothing gets to the host or comes from it: for login, the controller is cut off from the nodes as well."""
        self.run("ip", "link", "set", f"v-{host}", "down")
        try:
            yield
        finally:
            self.run("ip", "link", "set", f"v-{host}", "up")

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """Within, what the laptop sends to the cluster is lost on the way, without a word."""
        way = ("10.77.0.10", "dev", "br0")
        self.run("ip", "neigh", "replace", *way, "lladdr", "02:00:00:00:00:01", "nud", "permanent")
        try:
            yield
        finally:
            self.run("ip", "neigh", "del", *way)

    @contextlib.contextmanager
    def slow(self, host: str, rate: str) -> Iterator[None]:
        """Within, the host's network takes no more than this rate each way, such as 20mbit."""
        ends = ((f"v-{host}", "all"), ("eth0", host))
        for device, place in ends:
            limit = f"dev {device} root tbf rate {rate} burst 64kb latency 500ms".split()
            self.run("tc", "qdisc", "add", *limit, host=place)
        try:
            yield
        finally:
            for device, place in ends:
                self.run("tc", "qdisc", "del", "dev", device, "root", host=place)

    @contextlib.contextmanager
    def frozen(self, program: str, host: str = "login") -> Iterator[None]:
        """Within, the processes of that name on that host stand still, and answer nobody."""
        self.run("pkill", "-STOP", "-x", program, host=host)
        try:
            yield
        finally:
            self.run("pkill", "-CONT", "-x", program, host=host, check=False)

    @contextlib.contextmanager
    def small_disk(self, folder: Path, size: str) -> Iterator[None]:
        """Within, a folder of the student's is a disk of this size, the same one on all hosts of the cluster."""
        self.run("install", "-d", "-o", "student", "-g", "student", folder, host="all")
        self.run("mount", "-t", "tmpfs", "-o", f"size={size},uid=20001,gid=20001", "small", folder, host="all")
        try:
            yield
        finally:
            self.run("umount", "-l", folder, host="all")

    def kill(self, *what: str, host: str = "login") -> None:
        """As `pkill -KILL` there; no process of that description is as well."""
        self.run("pkill", "-KILL", *what, host=host, check=False)

    @contextlib.contextmanager
    def no_controller(self) -> Iterator[None]:
        """Within, slurmctld has been killed, and does not start again."""
        held = self.folder / "run/controller.off"
        held.touch()
        try:
            self.kill("-x", "slurmctld")
            yield
        finally:
            held.unlink()
            until(self.answers, "the controller again")

    def note(self, job: str) -> None:
        """Comes back once the controller has on disk where the job stands now; else it may start it again after its own death."""
        self.run("scontrol", "update", f"jobid={job}", f"comment=noted-{job}")
        noted = self.folder / "state/job_state"
        until(
            lambda: noted.exists() and f"noted-{job}".encode() in noted.read_bytes(), "the controller's note of a job"
        )

    def slurm_log(self) -> str:
        """What the controller has noted."""
        return (self.folder / "log/slurmctld.log").read_text(errors="replace")

    def answers(self) -> bool:
        """Whether the controller does."""
        return self.run("scontrol", "ping", check=False).returncode == 0

    def at_rest(self) -> bool:
        """No job is there, and every node is ready for one."""
        jobs = self.run("squeue", "-h", check=False)
        nodes = self.run("sinfo", "-h", "-N", "-p", "batch", "-o", "%T", check=False)
        return jobs.returncode == 0 and jobs.stdout == "" and nodes.stdout.split() == ["idle", "idle"]

    def tidy(self) -> None:
        """Takes away what a test left, and waits until the cluster is as it was at first."""
        for left in LEFT:
            (self.disk / left).unlink(missing_ok=True)
        self.kill("-x", "ssh", host="laptop")  # connections that are kept open for the next command
        self.run("scancel", "-u", "student", check=False)
        for node in self.run("sinfo", "-h", "-N", "-p", "batch", "-t", "drain", "-o", "%N", check=False).stdout.split():
            self.run("scontrol", "update", f"NodeName={node}", "State=RESUME", check=False)
        until(self.at_rest, f"a cluster at rest:\n{self.run('squeue').stdout}{self.run('sinfo', '-R').stdout}")

    def jobs(self) -> list[str]:
        """The names of all jobs that were ever submitted, in order, as the controller still knows them."""
        told = self.run("squeue", "-h", "-t", "all", "-S", "i", "-o", "%j").stdout
        return told.split()


def _child(process: int) -> int:
    """The one process that it started."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
