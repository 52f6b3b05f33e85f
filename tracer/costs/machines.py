"""The machines that costs are held against: those of `machines.yaml`, and this one, measured once and kept.

`python -m tracer machine` prints the figures of this one. Torch is not imported before something is to be measured.
"""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracer.format.schema import Machine

__all__ = ["PUBLISHED", "MachinesProblem", "comparison", "published", "this_machine"]

PUBLISHED = Path(__file__).with_name("machines.yaml")
KEPT = "machine.json"

DTYPES = ("float64", "float32", "tensorfloat32", "float16", "bfloat16", "float8", "int8")
"""In the order in which they are shown."""
REQUIRED = ("name", "flops_per_second", "bytes_per_second", "source")
FIELDS = (*REQUIRED, "memory_bytes")


class MachinesProblem(ValueError):
    """Says in a sentence what is wrong with a file of machines, and where."""


def published(path: Path = PUBLISHED) -> list[Machine]:
    """The machines of a YAML file. Raises MachinesProblem if it cannot be read or says anything else than machines."""
    try:
        import yaml
    except ImportError:
        raise MachinesProblem(f"{path.name} needs PyYAML to be read: python -m pip install pyyaml.") from None
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MachinesProblem(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error)
        raise MachinesProblem(f"{path}{where}: this is not YAML ({reason}).") from None
    if not isinstance(content, list):
        raise MachinesProblem(f"{path}: a list of machines is expected, each with {', '.join(REQUIRED)}.")
    machines = [_machine(entry, f"{path}, machine {number}") for number, entry in enumerate(content, 1)]
    names = [machine.name for machine in machines]
    for name in names:
        if names.count(name) > 1:
            raise MachinesProblem(f"{path}: two machines are called {name}.")
    return machines


def this_machine(cache: Path, measure: bool = True, again: bool = False, touch_gpu: bool = False) -> list[Machine]:
    """What this machine can do: its processor, and its GPU if the program uses one (or if `touch_gpu`, and there is one).

    Measured here and now, within some two seconds, and kept in the folder `cache`: for this processor or GPU, this version
    of torch and this number of threads. With `measure` false only what is kept counts; with `again`, nothing of it.
    Without torch, the list is empty. Raises what torch does when there is no memory left to measure with.
    """
    try:
        from tracer.costs import peaks
    except ImportError:
        return []
    kept = {} if again else _kept(cache / KEPT)
    machines = []
    for device in peaks.devices(touch_gpu):
        key = peaks.identity(device)
        machine = kept.get(key)
        if machine is None and measure:
            machine = peaks.measured(device)
            _keep(cache / KEPT, key, machine)
        if machine is not None:
            machines.append(machine)
    return machines


def comparison(machines: list[Machine]) -> str:
    """A table for the terminal: a row for each machine, a column for each dtype that one of them has."""
    found = {dtype for machine in machines for dtype in machine.flops_per_second}
    dtypes = [*(dtype for dtype in DTYPES if dtype in found), *sorted(found.difference(DTYPES))]
    rows = [
        ["", *dtypes, "memory", "memory"],
        ["", *["FLOP/s"] * len(dtypes), "B/s", "B"],
    ]
    for machine in machines:
        rates = [machine.flops_per_second.get(dtype) for dtype in dtypes]
        figures = [*rates, machine.bytes_per_second, machine.memory_bytes]
        rows.append([machine.name + " (measured)" * machine.measured, *map(_short, figures)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(pairs))
        for pairs in (zip(row, widths, strict=True) for row in rows)
    )


def _short(figure: float | None) -> str:
    """`3.35 T`, `105 G`: three digits and a prefix."""
    if figure is None:
        return ""
    for prefix, factor in (("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if figure >= 0.9995 * factor:
            return f"{figure / factor:.3g} {prefix}"
    return f"{figure:.3g}"


def _machine(entry: Any, where: str) -> Machine:
    """A Machine from what a file says of it. Raises MachinesProblem."""
    if not isinstance(entry, dict):
        raise MachinesProblem(f"{where}: name, flops_per_second and so on are expected, not {entry!r:.60}.")
    where = f"{where} ({entry.get('name', 'without a name')})"
    missing = [name for name in REQUIRED if not entry.get(name)]
    if missing:
        raise MachinesProblem(f"{where}: {' and '.join(missing)} is missing.")
    if unknown := [str(name) for name in entry if name not in FIELDS]:
        raise MachinesProblem(f"{where}: {unknown[0]!r:.60} is not known; known are {', '.join(FIELDS)}.")
    for name in ("name", "source"):
        if not isinstance(entry[name], str):
            raise MachinesProblem(f"{where}: {name} is text, not {entry[name]!r:.60}.")
    rates = entry["flops_per_second"]
    if not isinstance(rates, dict) or not all(isinstance(dtype, str) for dtype in rates):
        raise MachinesProblem(f"{where}: flops_per_second gives a rate for each dtype, such as float32: 19.5e+12.")
    memory = entry.get("memory_bytes")
    return Machine(
        name=entry["name"],
        flops_per_second={dtype: _positive(rate, f"{where}: {dtype}") for dtype, rate in rates.items()},
        bytes_per_second=_positive(entry["bytes_per_second"], f"{where}: bytes_per_second"),
        memory_bytes=None if memory is None else int(_positive(memory, f"{where}: memory_bytes")),
        source=entry["source"],
    )


def _positive(value: Any, where: str) -> float:
    if isinstance(value, str):  # YAML 1.1 takes 1e12 for a word
        with suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise MachinesProblem(f"{where} is a number above 0, not {value!r:.60}.")
    return float(value)


def _kept(path: Path) -> dict[str, Machine]:
    """What was measured before, by what it is of. A file that is not there, or damaged, holds nothing."""
    try:
        content = json.loads(path.read_bytes())
        return {key: _machine_as_kept(entry) for key, entry in content.items()}
    except (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return {}


def _machine_as_kept(entry: Any) -> Machine:
    machine = _machine({name: entry[name] for name in FIELDS if name in entry}, KEPT)
    machine.measured = True
    return machine


def _keep(path: Path, key: str, machine: Machine) -> None:
    """Keep it beside what else is kept. Where nothing can be written it is measured each time."""
    from tracer.format.struct import to_json

    kept = {**_kept(path), key: machine}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(to_json(kept))
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
