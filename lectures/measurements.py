"""Measurements that a lecture shows: taken on a GPU, kept in files, and shown wherever the lecture is viewed.

    python -m lectures.measurements                     # on a GPU: measure everything, write lectures/data/measurements/
    python -m lectures.measurements gpus gpus.waves     # a group, or one of them
    python -m lectures.measurements --tiny              # anywhere: the same functions on tiny sizes, to see that they run

A lecture names one, `measured("gpus.waves")`: the function `waves` of `lectures/gpu_measurements/gpus.py`. Where there is a
CUDA GPU it is measured there and then, in a process of its own, whose numbers no tracer slows. Elsewhere it is read from
`lectures/data/measurements/gpus.waves.json`, which says what it was measured on, when, and with what. With MEASUREMENTS=kept in
the environment it is always read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["Measurement", "MeasurementError", "Provenance", "kept", "measured"]

PROJECT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "data" / "measurements"
GROUPS = Path(__file__).parent / "gpu_measurements"


class MeasurementError(ValueError):
    """A measurement cannot be had; the message says in a sentence which, why, and what to do."""


@dataclass(frozen=True)
class Provenance:
    """What a measurement was taken on, and with what. What is not known is an empty string."""

    device: str
    driver: str
    cuda: str
    torch: str
    triton: str
    python: str
    date: str
    command: str
    commit: str

    def words(self) -> str:
        """To stand beside every number: "measured on one H100 80GB HBM3, torch 2.11, triton 3.6, 2026-11-22"."""
        parts = [f"measured on one {self.device.removeprefix('NVIDIA ')}", f"torch {short(self.torch)}"]
        if self.triton:
            parts.append(f"triton {short(self.triton)}")
        return ", ".join([*parts, self.date])


@dataclass(frozen=True)
class Measurement:
    """`data` is what the function returned; `live`: measured by this process's own request, not read from a kept file."""

    name: str
    data: dict[str, Any]
    provenance: Provenance
    live: bool = False

    def words(self) -> str:
        words = self.provenance.words()
        return words.replace("measured", "measured now,", 1) if self.live else words


def measured(name: str) -> Measurement:
    """The measurement `name`, "group.function": live where there is a CUDA GPU, else as it was kept.

    The first one asked for on a GPU has its whole group measured. What fails there (too little memory, no Triton) is read from
    its file as well. Raises MeasurementError where that is missing or damaged.
    """
    if os.environ.get("MEASUREMENTS") != "kept" and gpu_is_here():
        live = measured_now(name.partition(".")[0])
        if name in live:
            return live[name]
    return kept(name)


def kept(name: str, folder: Path = FOLDER) -> Measurement:
    """The measurement `name` as it stands in its file. Raises MeasurementError, in a sentence."""
    path = folder / f"{name}.json"
    again = f"python -m lectures.measurements {name}"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MeasurementError(
            f"There is no measurement {name!r} in {folder}: on a machine with a GPU, {again!r} makes it."
        ) from None
    except (OSError, ValueError) as error:
        raise damaged(path, f"it cannot be read ({error})", again) from None
    if not isinstance(content, dict) or content.get("name") != name:
        raise damaged(path, f"it does not say that it is {name!r}", again)
    if not isinstance(content.get("data"), dict) or not content["data"]:
        raise damaged(path, "it has no data", again)
    origin = content.get("provenance")
    expected = [field.name for field in fields(Provenance)]
    if not isinstance(origin, dict) or not all(isinstance(origin.get(key), str) for key in expected):
        raise damaged(path, f"its provenance lacks one of {', '.join(expected)}", again)
    return Measurement(name, content["data"], Provenance(**{key: origin[key] for key in expected}))


def damaged(path: Path, what: str, again: str) -> MeasurementError:
    return MeasurementError(
        f"The measurement in {path} is damaged: {what}. Take the file from the repository again, or measure anew on a GPU "
        f"with {again!r}."
    )


def gpu_is_here() -> bool:
    import torch

    return bool(torch.cuda.is_available())


@cache
def measured_now(group: str) -> Mapping[str, Measurement]:
    """All of a group that this machine's GPU can measure, in a process of its own: compiled kernels, and nobody tracing."""
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "lectures.measurements", group, "--into", folder]
        run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        if run.returncode:
            print(run.stderr.strip(), file=sys.stderr)
        found = [kept(path.stem, Path(folder)) for path in sorted(Path(folder).glob("*.json"))]
    return {one.name: Measurement(one.name, one.data, one.provenance, live=True) for one in found}


def short(version: str) -> str:
    """The first two numbers: "2.11" of "2.11.0+cu130"."""
    return ".".join(version.split("+")[0].split(".")[:2])


def functions(group: str) -> dict[str, Callable[[bool], dict[str, Any]]]:
    """Name → function, of all that a module of `gpu_measurements` has in its `__all__`."""
    try:
        module = import_module(f"lectures.gpu_measurements.{group}")
    except ImportError as error:
        raise MeasurementError(
            f"The measurements {group!r} cannot be taken here: {error}. What was kept is there."
        ) from None
    return {f"{group}.{name}": getattr(module, name) for name in module.__all__}


def chosen(names: Sequence[str]) -> dict[str, Callable[[bool], dict[str, Any]]]:
    """The functions named: groups, measurements, or everything. Raises MeasurementError for a name that there is not."""
    groups = sorted(path.stem for path in GROUPS.glob("*.py") if not path.stem.startswith("_"))
    found: dict[str, Callable[[bool], dict[str, Any]]] = {}
    for name in names or groups:
        group = name.partition(".")[0]
        if group not in groups:
            raise MeasurementError(f"There is no group of measurements {group!r}: there are {', '.join(groups)}.")
        there = functions(group)
        if "." in name and name not in there:
            raise MeasurementError(f"There is no measurement {name!r}: there are {', '.join(there)}.")
        found |= {name: there[name]} if "." in name else there
    return found


def provenance(commit: str, command: str) -> Provenance:
    import torch

    on_gpu = torch.cuda.is_available()
    try:
        triton = str(import_module("triton").__version__)
    except ImportError:
        triton = ""
    return Provenance(
        device=torch.cuda.get_device_name() if on_gpu else f"CPU, {platform.machine()}",
        driver=output("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "--id=0") if on_gpu else "",
        cuda=str(torch.version.cuda or ""),
        torch=torch.__version__,
        triton=triton,
        python=platform.python_version(),
        date=datetime.now(UTC).date().isoformat(),
        command=command,
        commit=commit or output("git", "rev-parse", "--short=12", "HEAD"),
    )


def output(*command: str) -> str:
    """What a command prints; nothing if it cannot be run."""
    try:
        run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a group, or group.measurement; without any, all")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes, on any machine; the numbers mean nothing")
    parser.add_argument("--into", type=Path, help="write here, not among the kept ones; with --tiny: else nowhere")
    parser.add_argument("--commit", default="", help="the commit that is measured, where git cannot be asked")
    options = parser.parse_args(arguments)
    if not gpu_is_here():
        if not options.tiny:
            print(
                "Measurements are taken on a GPU, and there is none here (--tiny tries them all the same).",
                file=sys.stderr,
            )
            return 2
        os.environ["TRITON_INTERPRET"] = "1"  # before anything imports Triton
    try:
        wanted = chosen(options.names)
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return 2
    folder: Path | None = options.into or (None if options.tiny else FOLDER)
    failed = 0
    for name, function in wanted.items():
        began = time.perf_counter()
        try:
            data = function(options.tiny)
        except Exception as error:
            why = (str(error).strip().splitlines() or [""])[0]
            print(f"{name} could not be measured: {type(error).__name__}: {why}", file=sys.stderr)
            failed += 1
            continue
        finally:
            tidy()
        origin = asdict(provenance(options.commit, f"python -m lectures.measurements {name}"))
        text = json.dumps(
            {"name": name, "provenance": origin, "data": data}, indent=1, ensure_ascii=False, allow_nan=False
        )
        print(f"{name}: {time.perf_counter() - began:.1f} s, {len(text):,} characters", flush=True)
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


def tidy() -> None:
    """Gives memory and compiled code back, so that one measurement does not stand in the way of the next."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    torch.compiler.reset()


if __name__ == "__main__":
    raise SystemExit(main())
