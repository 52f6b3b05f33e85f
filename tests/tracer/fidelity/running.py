"""Runs a program of the corpus in processes of its own: as plain Python, and under the tracer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.tracer.fidelity.drawing import draw
from tracer.format import schema
from tracer.format.reader import read_trace

__all__ = ["NAMES", "Ending", "Run", "expectation", "run_all"]

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
PROGRAMS = HERE / "programs"
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
"""The programs of the corpus, each a lecture with a `main()`."""

SECONDS = 60
"""After which a program hangs."""

PLAIN = """
import json, sys
sys.path.insert(0, sys.argv[1])
import {name}
try:
    {name}.main()
except BaseException as error:
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        module = type(error).__module__
        name = type(error).__qualname__
        json.dump([name if module == "builtins" else module + "." + name, str(error)], file)
    raise
"""
"""What `python -c` runs: the program, and a note of the exception that it ends by, before the interpreter reports it."""


@dataclass(frozen=True)
class Ending:
    """What the world sees of a run. `exception` is its type and message; a SystemExit without a failure is none."""

    stdout: str
    exit_code: int
    exception: tuple[str, str] | None


@dataclass(frozen=True)
class Run:
    """One program, run both ways by one interpreter. `said` is what the tracer wrote to stderr, a traceback included."""

    plain: Ending
    traced: Ending
    trace: schema.Trace
    drawing: str
    said: str


def expectation(name: str) -> Path:
    """Where the drawing that a program must give is stored."""
    return HERE / "expected" / f"{name}.txt"


def run_all(names: list[str]) -> dict[str, Run]:
    """Run the programs by this interpreter, as many at a time as there are processors."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda name: _run(name, Path(folder)), names)
        return dict(zip(names, runs, strict=True))


def _run(name: str, folder: Path) -> Run:
    note = folder / f"{name}.exception"
    process = _python(["-c", PLAIN.format(name=name), str(PROGRAMS), str(note)], folder)
    exception = tuple(json.loads(note.read_text(encoding="utf-8"))) if note.exists() else None
    if exception and exception[0] == "SystemExit" and process.returncode == 0:
        exception = None
    plain = Ending(process.stdout, process.returncode, exception)
    process = _python(
        [str(PROJECT / "execute.py"), "-m", str(PROGRAMS / name), "-o", str(folder / name), "--quiet"], folder
    )
    try:
        trace = read_trace(folder / name / f"{name}.json")
    except Exception as error:
        raise AssertionError(f"{name} left no trace that can be read ({error}):\n{process.stderr}") from error
    failure = trace.summary.outcome.failure
    failed = None if failure is None else (trace.failures[failure].type, trace.failures[failure].message)
    traced = Ending(process.stdout, process.returncode, failed)
    return Run(plain, traced, trace, draw(trace), process.stderr)


def _python(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSTARTUP", "RANK")
    }
    return subprocess.run(
        [sys.executable, "-X", "utf8", *arguments],
        cwd=folder,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
