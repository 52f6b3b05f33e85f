"""Lectures with kernels, recorded in processes of their own: Triton reads TRITON_INTERPRET when it is imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Any

from tracer.format.reader import read_trace
from tracer.format.schema import Trace

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Seen:
    """A row of `accesses`, in words: what the line was, which array, which program."""

    line: str
    kind: int
    array: str
    region: list[int] | None
    elements: int
    masked: int
    distinct: int
    beyond: int
    place: tuple[int, int, int]


def run(folder: Path, source: str, patch: str = "", outcome: str = "finished", **options: object) -> Trace:
    """The trace of a lecture. `patch` is run before it, in its process."""
    (folder / "talk.py").write_text(source)
    program = f"""
import sys
from pathlib import Path
from tracer.run import Options, run_lecture
{patch}
run_lecture({str(folder / "talk.py")!r}, Path({str(folder)!r}), Options(Path({str(folder)!r}), quiet=True, **{options!r}))
"""
    environment = {
        **os.environ,
        "TRITON_INTERPRET": "1",
        "OMP_NUM_THREADS": "1",
        "ORACLE": str(folder / "oracle.json"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    trace = read_trace(folder / "talk.json")
    assert trace.summary.outcome.status == outcome, trace.summary.outcome.message
    return trace


def with_library(folder: Path) -> None:
    """Have the course's own kernels beside the lecture, where they are visible."""
    shutil.copytree(ROOT / "lectures/lm", folder / "lectures/lm")
    (folder / "lectures/__init__.py").touch()


def seen(trace: Trace) -> list[Seen]:
    """All accesses, in order."""
    rows = trace.accesses
    columns = (rows.step, rows.kind, rows.array, rows.region, rows.elements, rows.masked, rows.distinct, rows.beyond)
    return [
        Seen(
            line=line_of(trace, step),
            kind=kind,
            array=trace.arrays[array].name if array >= 0 else "",
            region=trace.regions[region] if region >= 0 else None,
            elements=elements,
            masked=masked,
            distinct=distinct,
            beyond=beyond,
            place=place_of(trace, step),
        )
        for step, kind, array, region, elements, masked, distinct, beyond in zip(*columns, strict=True)
    ]


def line_of(trace: Trace, step: int) -> str:
    statement = trace.steps.statement[step]
    text = trace.files[trace.statements.file[statement]].text.splitlines()
    return text[trace.statements.line[statement] - 1].split("  #")[0].strip()


def program_of(trace: Trace, step: int) -> int:
    """The program that a step belongs to: that of its call, or of the nearest caller that is one."""
    call = trace.steps.call[step]
    while call not in trace.programs.call:
        call = trace.steps.call[trace.calls.parent[call]]
    return trace.programs.call.index(call)


def place_of(trace: Trace, step: int) -> tuple[int, int, int]:
    row, programs = program_of(trace, step), trace.programs
    return programs.x[row], programs.y[row], programs.z[row]


def agree_with_the_oracle(trace: Trace, folder: Path) -> list[dict[str, Any]]:
    """Hold every row against what was caught below the engine. Returns the oracle's launches."""
    launches: list[dict[str, Any]] = json.loads((folder / "oracle.json").read_text())
    grids = list(zip(trace.launches.x, trace.launches.y, trace.launches.z, strict=True))
    assert grids == [tuple(launch["grid"]) for launch in launches]
    row = 0
    for number, launch in enumerate(launches):
        arrays = [index for index, array in enumerate(trace.arrays) if array.launch == number]
        given = [(trace.arrays[i].shape, trace.arrays[i].strides, trace.arrays[i].dtype) for i in arrays]
        assert given == [(array["shape"], array["strides"], array["dtype"]) for array in launch["arrays"]]
        tables = {index: dict(array["elements"]) for index, array in zip(arrays, launch["arrays"], strict=True)}
        for access in launch["accesses"]:
            agree(trace, row, access, tables)
            row += 1
    assert row == len(trace.accesses.step) > 0
    return launches


def agree(trace: Trace, row: int, access: dict[str, Any], tables: dict[int, dict[int, list[int]]]) -> None:
    rows = trace.accesses
    assert (rows.kind[row], rows.masked[row]) == (access["kind"], access["masked"])
    assert place_of(trace, rows.step[row]) == tuple(access["place"])
    there, addresses = tables[rows.array[row]], access["addresses"]
    inside = [address for address in addresses if address in there]
    counted = (len(inside), len(set(inside)), len(addresses) - len(inside))
    assert (rows.elements[row], rows.distinct[row], rows.beyond[row]) == counted
    region: list[int] = []
    for along in zip(*(there[address] for address in inside), strict=True):
        steps = sorted(set(along))
        step = gcd(*(later - earlier for earlier, later in pairwise(steps)))
        region += [steps[0], steps[-1] + 1, step or 1]
    recorded = rows.region[row]
    assert (trace.regions[recorded] if recorded >= 0 else None) == (region if inside else None)
