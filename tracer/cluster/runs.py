"""The runs that are known here: `var/cluster/ID/`, one folder each, so that any shell can come back to them.

`run.json` says what a run is and what came of it, `job.log` is the log as far as it is here, byte for byte, `journals/` what the
running lecture has recorded so far, `out/` what was brought at the end.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tracer.format.journal import fcntl

__all__ = ["Followed", "Identity", "Run", "RunFolder", "UnknownRun", "identity", "known_runs", "new_id", "pick"]


LOG_END = 1 << 16
"""Bytes at the end of a log in which what a run said last is looked for."""


class UnknownRun(ValueError):
    """There is no such run here. The message is a sentence."""


class Followed(Exception):
    """Another shell follows the run already. The message is a sentence."""


class Identity(msgspec.Struct, frozen=True):
    """Which file stood under a name: it was replaced or written to when this has changed."""

    changed: int
    size: int


class Run(msgspec.Struct):
    """What a run is: enough to come back to it when clusters.yaml has changed meanwhile."""

    id: str
    lecture: str
    """As execute.py takes it."""
    name: str
    """Of its trace."""
    cluster: str
    host: str | None
    scheduler: str
    root: str
    poll_seconds: float
    every_seconds: float
    began: float
    """Seconds since 1970, here."""
    before: Identity | None = None
    """The trace of the lecture that was here when the run was submitted."""
    job: int | None = None
    placed: str | None = None
    """The trace that this run has put here, in its folder, and which file that was."""
    placed_as: Identity | None = None
    restart: int = 0
    """How often Slurm has started it again, as far as that was seen: what is here of it is of this start."""
    phase: str = "new"
    words: str = "not known to be submitted"
    """Where it stood when it was last asked about."""
    status: int | None = None
    """Its exit status, once it has ended and all that there is was brought here."""

    @property
    def remote(self) -> str:
        return f"{self.root}/runs/{self.id}"


class RunFolder:
    """The folder of a run here, and what it holds."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.path, self.run = folder, run
        self._lock: int | None = None

    @property
    def log(self) -> Path:
        return self.path / "job.log"

    @property
    def journals(self) -> Path:
        return self.path / "journals"

    @property
    def out(self) -> Path:
        """What was brought of the run's `var/`."""
        return self.path / "out/var"

    def end_of_log(self) -> str:
        """What the log holds last, as far as it is here; empty where there is none."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - LOG_END))
                return log.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def save(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        new = self.path / f".run.json.{os.getpid()}.tmp"
        new.write_bytes(msgspec.json.format(msgspec.json.encode(self.run), indent=2))
        new.replace(self.path / "run.json")

    def follow(self) -> None:
        """Be the one who follows the run, until this process ends. Raises Followed."""
        if fcntl is None or self._lock is not None:
            return
        self.path.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path / ".followed", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise Followed(
                f"Another shell follows {self.run.id} already; "
                f"`./remote_execute.sh logs {self.run.id} -f` shows its log here, too."
            ) from None
        self._lock = file
        with suppress(OSError, msgspec.DecodeError):  # it may have come further since we read it
            self.run = msgspec.json.decode((self.path / "run.json").read_bytes(), type=Run)

    def leave(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def sizes(self) -> dict[str, int]:
        """Bytes of each journal that are here."""
        with suppress(OSError):
            return {path.name: path.stat().st_size for path in self.journals.glob("[!.]*.journal")}
        return {}

    def forget_journals(self) -> None:
        """What an earlier start of the job had recorded: the next one begins anew, and may give its journal the same name."""
        shutil.rmtree(self.journals, ignore_errors=True)
        shutil.rmtree(self.out / "traces", ignore_errors=True)

    def grow(self, path: Path, grown: bytes) -> None:
        """Append what has come."""
        if grown:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(grown)


def identity(path: Path) -> Identity | None:
    """Which file stands there now, if one does."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Identity(status.st_mtime_ns, status.st_size)


def new_id(name: str) -> str:
    """A name for a run that nobody else has, which sorts by time and may stand in any path."""
    safe = re.sub(r"[^A-Za-z0-9_]", "_", name)[:40] or "lecture"
    return f"{safe}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def known_runs(folder: Path) -> list[RunFolder]:
    """All runs that are known here, the oldest first. What is damaged is passed over."""
    runs = []
    for path in folder.glob("*/run.json"):
        with suppress(OSError, msgspec.DecodeError):
            runs.append(RunFolder(path.parent, msgspec.json.decode(path.read_bytes(), type=Run)))
    return sorted(runs, key=lambda each: (each.run.began, each.run.id))


def pick(runs: Sequence[RunFolder], named: Sequence[str]) -> list[RunFolder]:
    """The runs that are named: by id, by any beginning of one, or by a lecture (its latest run). Raises UnknownRun."""
    picked = []
    for name in named:
        exact = [each for each in runs if each.run.id == name]
        lecture = [each for each in runs if name in (each.run.name, each.run.lecture)][-1:]
        begun = [each for each in runs if each.run.id.startswith(name)]
        found = exact or lecture or begun
        if not found:
            raise UnknownRun(f"There is no run {name} here: `./remote_execute.sh list` names those that there are.")
        if len(found) > 1:
            raise UnknownRun(f"{name} may be {' or '.join(each.run.id for each in found[-3:])}: write more of it.")
        if found[0] not in picked:
            picked.append(found[0])
    return picked
