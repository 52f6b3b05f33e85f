"""What ran, where, with what: gathered beside the run, without slowing it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from tracer.format.schema import Hardware, Provenance
from tracer.sources.text import shown_path

__all__ = ["ENGINE", "ProvenanceGatherer", "hardware"]

ENGINE = "executable-lectures 0.1.0"


PATIENCE = 2.0
"""Seconds that git may take, from when it is waited for."""


class ProvenanceGatherer:
    """Starts asking at once and answers at the end, when the packages that the lecture imported are known."""

    def __init__(self, arguments: list[str], folder: Path, world_size: int | None = None) -> None:
        self._world_size = world_size
        self._arguments = [shown_path(argument) for argument in arguments]
        self._started = datetime.now().astimezone().isoformat(timespec="seconds")
        self._commit: str | None = None
        self._changes: str | None = None
        self._asked: list[subprocess.Popen[bytes] | None] = []
        if told := os.environ.get("TRACER_COMMIT"):  # a copy of the project, whose history is elsewhere
            self._commit, self._changes = told.rstrip("+"), "changed" if told.endswith("+") else ""
        else:
            self._asked = [
                _ask_git(folder, "rev-parse", "HEAD"),
                _ask_git(folder, "status", "--porcelain", "--untracked-files=no", "--", "."),
            ]

    def settle(self) -> None:
        """Wait for what was asked: a lecture that waits for its children must not meet one of ours."""
        if self._asked:
            deadline = time.monotonic() + PATIENCE
            self._commit, self._changes = [_answer(process, deadline) for process in self._asked]
            self._asked = []

    def provenance(self, final: bool) -> Provenance:
        """What is known by now; `final` has git's answers and lists the packages."""
        if final:
            self.settle()
        commit, changes = self._commit, self._changes
        return Provenance(
            arguments=self._arguments,
            started=self._started,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.release()}",
            hardware=hardware(),
            packages=_packages() if final else {},
            engine=ENGINE,
            commit=commit or None,
            modified=None if changes is None or not commit else changes != "",
            world_size=self._world_size,
        )


def _ask_git(folder: Path, *words: str) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["git", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _answer(process: subprocess.Popen[bytes] | None, deadline: float) -> str | None:
    """What git said, or None: no git, no repository, or no answer in time. The process is gone then."""
    if process is None:
        return None
    try:
        output, _ = process.communicate(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    return output.decode("utf-8", "replace").strip() if process.returncode == 0 else None


def _packages() -> dict[str, str]:
    """The third-party packages that were imported, by the version they state."""
    found = {}
    for name, module in list(sys.modules.items()):
        if "." not in name and not name.startswith("_") and name not in sys.stdlib_module_names:
            version = getattr(module, "__dict__", {}).get("__version__")
            if isinstance(version, str):
                found[name] = version[:60]
    return dict(sorted(found.items()))


def hardware() -> Hardware:
    """The machine this runs on: what it says of itself."""
    processor, memory = platform.processor() or platform.machine(), None
    try:
        with open("/proc/cpuinfo") as file:
            processor = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, StopIteration, ValueError):
        pass  # not Linux, or a processor that gives no name
    return Hardware(
        machine=platform.machine(), processor=processor, cores=os.cpu_count() or 1, gpus=_gpus(), memory_bytes=memory
    )


def _gpus() -> list[str]:
    """The GPUs, if the lecture has used torch on one: never the first to touch the driver."""
    torch = sys.modules.get("torch")
    try:
        if torch is None or not torch.cuda.is_initialized():
            return []
        return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    except Exception:
        return []
