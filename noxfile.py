"""The engine's tests on every other Python of this machine: `nox`, or `make interpreters`.

Every Python draws the same record of the same program; the one that `make python-test` uses has been asked there. The others
are looked for on the PATH and where pyenv keeps them; a machine without any has nothing more to test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
OLDEST = 11

NEEDED = ["msgspec", "rich", "pyyaml", "pytest", "hypothesis", "jsonschema"]
"""Of the requirements, those that the tests below import."""

LEFT_OUT = {
    "authoring": "needs numpy and matplotlib",
    "server": "needs fastapi",
    "format/test_damage.py": "long, and about files",
    "format/test_journals.py": "long, and about files",
    "test_faults.py": "long, and about processes",
    "test_terminal.py": "long, and about terminals",
}
"""Of tests/tracer, what need not be asked again. Tests of numpy, torch and others leave themselves out where these are not."""

nox.needs_version = ">=2026.4"
nox.options.envdir = "var/cache/nox"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"


def _other_interpreters() -> dict[str, Path]:
    """Version ("3.12") → program: of each version the first that runs and is a release."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    folders += sorted((folder / "bin" for folder in pyenv.glob("3.*")), reverse=True)
    found: dict[str, Path] = {}
    for folder in folders:
        for program in sorted(folder.glob("python3.*")):
            version = re.fullmatch(r"python(3\.(\d+))", program.name)
            if version is None or int(version[2]) < OLDEST or version[1] in found:
                continue
            if int(version[2]) != sys.version_info.minor and _runs(program, version[1]):
                found[version[1]] = program
    return found


def _runs(program: Path, version: str) -> bool:
    """A stand-in for a Python that is not there (pyenv has such) fails; a Python before its release says so."""
    asked = "import sys; v = sys.version_info; print(f'{v.major}.{v.minor} {v.releaselevel}')"
    try:
        process = subprocess.run([program, "-c", asked], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return process.stdout.split() == [version, "final"]


def _requirements() -> list[str]:
    """The lines of the requirements files for what is needed here, versions included."""
    files = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if re.split(r"[^\w-]", line, maxsplit=1)[0] in NEEDED]


OTHERS = _other_interpreters()
os.environ["PATH"] = os.pathsep.join(
    [*(str(program.parent) for program in OTHERS.values()), os.environ.get("PATH", "")]
)


@nox.session(python=sorted(OTHERS, key=lambda version: int(version[2:])) or False)
def interpreters(session: nox.Session) -> None:
    """The engine's tests on one of them; arguments after `--` go to pytest."""
    if not OTHERS:
        session.log(f"Only Python 3.{sys.version_info.minor} is on this machine: there is no other to ask.")
        return
    session.install(*_requirements())
    ignored = [f"--ignore=tests/tracer/{path}" for path in LEFT_OUT]
    session.run("python", "-m", "pytest", "-p", "no:cacheprovider", "tests/tracer", *ignored, *session.posargs)
