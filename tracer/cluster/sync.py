"""Files to the cluster and back, by the user's own rsync: whole under their names, or not there yet."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tracer.cluster.host import Host, Lost, Unreachable
from tracer.cluster.messages import rsync_problem
from tracer.cluster.settings import Sync

__all__ = ["TransferProblem", "download", "requirements_hash", "snapshot_words", "upload", "would_upload"]

AGAIN = (10, 12, 30, 35, 255)
"""Exit statuses of rsync that say the connection was at fault."""
VANISHED = 24
PAUSES = (1.0, 3.0, 8.0, 20.0)
"""Seconds before each further try."""
WHOLE = ("--partial-dir=.rsync-partial", "--delay-updates", "--timeout=60")


class TransferProblem(Exception):
    """Files could not be brought over, and trying again will not help. The message is a sentence."""


def upload(host: Host, project: Path, folder: str, sync: Sync, before: str | None, told: Callable[[str], None]) -> None:
    """Put the project's code into `folder` on the host; what is the same in the run `before` is linked, not sent.

    Nothing there can be written to afterwards. Raises TransferProblem and Lost.
    """
    words = snapshot_words(project, sync)
    if before is not None:
        words.append(f"--link-dest=../../{before}/code")
    _transfer(host, ["-z", *WHOLE, *words, host.at(f"{folder}/code/")], project, True, told)


def download(host: Host, source: str, target: Path, patterns: Sequence[str], told: Callable[[str], None]) -> None:
    """Bring what is in the folder `source` into `target`. Raises TransferProblem and Lost."""
    target.mkdir(parents=True, exist_ok=True)
    words = ["-rtz", *WHOLE, *patterns, host.at(f"{source}/"), f"{target}/"]
    _transfer(host, words, target, False, told)


def snapshot_words(project: Path, sync: Sync) -> list[str]:
    """What rsync is told to copy: only what there is, links to elsewhere as what they lead to, and nothing writable."""
    there = [path for path in sync.include if (project / path).exists()]
    excluded = [f"--exclude={pattern}" for pattern in sync.exclude]
    return ["-rltpR", "--copy-unsafe-links", "--chmod=D755,F555", *excluded, *(f"./{path}" for path in there)]


def would_upload(project: Path, sync: Sync) -> tuple[int, int]:
    """How many files a snapshot has, and how many bytes. Raises TransferProblem."""
    with tempfile.TemporaryDirectory() as nowhere:
        words = ["rsync", "--dry-run", "--out-format=%l %n", *snapshot_words(project, sync), f"{nowhere}/"]
        process = _run(words, project)
    if process.returncode:
        raise TransferProblem(rsync_problem("this machine", process.stderr, True))
    lines = [line.split(" ", 1) for line in process.stdout.splitlines()]
    sizes = [int(size) for size, name in lines if not name.endswith("/")]
    return len(sizes), sum(sizes)


def requirements_hash(path: Path) -> str:
    """A short name for what a requirements file says; of a missing one, that of nothing."""
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    return hashlib.sha256(data).hexdigest()[:12]


def _transfer(host: Host, words: list[str], folder: Path, up: bool, told: Callable[[str], None]) -> None:
    for pause in (*PAUSES, None):
        process = _run(["rsync", *host.rsync_words(), *words], folder)
        if process.returncode in (0, VANISHED):
            return
        if process.returncode not in AGAIN or "is your shell clean" in process.stderr:
            raise TransferProblem(rsync_problem(host.place, process.stderr, up))
        if pause is None:
            raise Lost(f"the {'upload' if up else 'download'} was cut off again and again")
        told(f"The {'upload' if up else 'download'} was cut off; going on with it …")
        time.sleep(pause)
        try:
            host.connect(may_ask=False)
        except Lost:
            continue


def _run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            start_new_session=True,
            check=False,
        )
    except FileNotFoundError:
        raise Unreachable("There is no `rsync` on this machine: install it.") from None
