"""What ran, where, with what: gathered beside the run, without slowing it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tracer.format.schema import Hardware, Provenance

__all__ = ["ENGINE", "ProvenanceGatherer"]

ENGINE = "executable-lectures 0.1.0"


class ProvenanceGatherer:
    """Starts asking at once and answers at the end, when the packages that the lecture imported are known."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        self._arguments = arguments
        self._started = datetime.now().astimezone().isoformat(timespec="seconds")
        self._commit = _ask_git(folder, "rev-parse", "HEAD")
        self._changes = _ask_git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".")

    def provenance(self, final: bool) -> Provenance:
        """What is known by now; `final` waits for git and lists the packages."""
        commit = _answer(self._commit) if final else None
        changes = _answer(self._changes) if final else None
        return Provenance(
            arguments=self._arguments,
            started=self._started,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.release()}",
            hardware=_hardware(),
            packages=_packages() if final else {},
            engine=ENGINE,
            commit=commit or None,
            modified=None if changes is None or not commit else changes != "",
            world_size=int(size) if (size := os.environ.get("WORLD_SIZE", "")).isdigit() else None,
        )


def _ask_git(folder: Path, *words: str) -> subprocess.Popen[str] | None:
    try:
        return subprocess.Popen(
            ["git", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return None


def _answer(process: subprocess.Popen[str] | None) -> str | None:
    """What git said, or None: no git, no repository, or no answer in time."""
    if process is None:
        return None
    try:
        output, _ = process.communicate(timeout=2)
    except (subprocess.TimeoutExpired, ValueError):
        process.kill()
        return None
    return output.strip() if process.returncode == 0 else None


def _packages() -> dict[str, str]:
    """The third-party packages that were imported, by the version they state."""
    found = {}
    for name, module in list(sys.modules.items()):
        if "." not in name and not name.startswith("_") and name not in sys.stdlib_module_names:
            version = getattr(module, "__dict__", {}).get("__version__")
            if isinstance(version, str):
                found[name] = version[:60]
    return dict(sorted(found.items()))


def _hardware() -> Hardware:
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
