"""The interpreters of this machine that the engine can be measured on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

QUESTION = """
import importlib.metadata, json, platform, sys
packages = {}
for name in ("msgspec", "torch", "edtrace", "coverage", "viztracer"):
    try:
        packages[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps({"version": platform.python_version(), "minor": sys.version_info[1], "packages": packages}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python: its command, its version, and which of the packages that matter here it has, by their version."""

    path: str
    version: str
    minor: int
    packages: dict[str, str]

    @property
    def source(self) -> str:
        """Which of the interpreter's interfaces the engine uses on it."""
        return "sys.monitoring" if self.minor >= 12 else "sys.settrace"


def this() -> Interpreter:
    found = ask(sys.executable)
    assert found is not None
    return found


def others(asked_for: Iterable[str], own: Interpreter) -> tuple[list[Interpreter], list[str]]:
    """Those asked for; or else the first of each later version that PATH or pyenv has. With sentences on what is missing."""
    chosen: dict[int | str, Interpreter] = {}
    problems: dict[int | str, str] = {}
    for path in list(asked_for) or candidates(own.minor):
        found = ask(path)
        if found is None:
            if asked_for:
                problems[path] = f"{path} is no Python that answers; its table is left out."
            continue
        key = path if asked_for else found.minor
        if found.minor < 11:
            problems[key] = (
                f"{path} is Python {found.version}; the engine needs 3.11 or later, and its table is left out."
            )
        elif "msgspec" not in found.packages:
            problems.setdefault(
                key,
                f"Python {found.version} ({path}) is left out: it has no msgspec; `{path} -m pip install msgspec`, "
                "or name one that has with --python.",
            )
        else:
            chosen.setdefault(key, found)
    return list(chosen.values()), [problem for key, problem in problems.items() if key not in chosen]


def candidates(own: int) -> list[str]:
    """Commands that may be a later Python than this one (its minor version), without repetition."""
    found: list[str] = []
    for minor in range(max(own + 1, 12), 16):
        on_path = shutil.which(f"python3.{minor}")
        found += [on_path] if on_path else []
        versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        found += [str(folder / "bin/python") for folder in sorted(versions.glob(f"3.{minor}.*"))]
    return found


def ask(path: str) -> Interpreter | None:
    """What a Python says of itself; None if it says nothing (a shim of a version that is not chosen does so)."""
    try:
        answer = subprocess.run([path, "-c", QUESTION], capture_output=True, timeout=60, check=True)
        return Interpreter(path, **json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return None
