"""Runs one workload under one tool, TURNS times in this process of its own; what it measured is in FOLDER/measured.json.

    python -P benchmarks/tracer/worker.py TOOL WORKLOAD.py FOLDER TURNS

The collector of garbage is as Python starts it. Standard output is dropped by whoever starts this: edtrace prints a line a
step, and to nowhere is the cheapest that it can print to.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any, Protocol

PROJECT = Path(__file__).resolve().parents[2]


class Tool(Protocol):
    def execute(self, workload: Path, folder: Path) -> dict[str, float]:
        """Run the workload's `main()`.

        `seconds`: of processor time, user and system, from its call to its return. `whole`: the same until the tool's file
        lies in `folder`. `bytes`: of that file. `steps`: how many there are in it.
        """


# edtrace leaves functions called `execute` out of every stack that it records: these methods add nothing to its work.


class Untraced:
    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        return {"seconds": timed(imported(workload).main)}


class BareSettrace:
    """The least that a tracer of visible lines can do: one Python call a line, which appends to a list."""

    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        main = imported(workload).main
        path = str(workload)
        lines: list[int] = []
        append = lines.append

        def local(frame: Any, event: str, _argument: Any) -> Any:
            if event == "line":
                append(frame.f_lineno)
            return local

        def everywhere(frame: Any, _event: str, _argument: Any) -> Any:
            return local if frame.f_code.co_filename == path else None

        sys.settrace(everywhere)
        try:
            seconds = timed(main)
        finally:
            sys.settrace(None)
        return {"seconds": seconds}


class IdleSettrace:
    """No Python at all: `getattr(frame, "call", None)` is None. What is left is what being traced costs by itself."""

    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        main = imported(workload).main
        sys.settrace(getattr)
        try:
            seconds = timed(main)
        finally:
            sys.settrace(None)
        return {"seconds": seconds}


class BareMonitoring:
    """The same on Python 3.12 and later: the events of visible code are switched on as it is met, all others off."""

    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        main = imported(workload).main
        path = str(workload)
        lines: list[int] = []
        append = lines.append
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        events, disable, tool = monitoring.events, monitoring.DISABLE, 4

        def started(code: Any, _offset: int) -> Any:
            if code.co_filename == path:
                monitoring.set_local_events(tool, code, events.LINE)
            return disable

        def line(_code: Any, number: int) -> None:
            append(number)

        monitoring.use_tool_id(tool, "bare")
        monitoring.register_callback(tool, events.PY_START, started)
        monitoring.register_callback(tool, events.LINE, line)
        monitoring.set_events(tool, events.PY_START)
        monitoring.restart_events()
        try:
            seconds = timed(main)
        finally:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)
        return {"seconds": seconds}


class Ours:
    costs = False

    def execute(self, workload: Path, folder: Path) -> dict[str, float]:
        from tracer.run import Options, run_lecture

        options = Options(output=folder, quiet=True, max_visits=None, costs=self.costs)
        module = imported(workload)
        main, seconds = module.main, []
        # The engine takes a module as it is, if it is imported already.
        module.main = lambda: seconds.append(timed(main))
        start = process_time()
        try:
            result = run_lecture(str(workload), PROJECT, options)
        finally:
            module.main = main
        whole = process_time() - start
        if result.outcome.status != "finished":
            raise RuntimeError(result.outcome.message)
        size = result.path.stat().st_size
        return {"seconds": seconds[0], "whole": whole, "bytes": size, "steps": result.steps, **self.more(result.path)}

    def more(self, _trace: Path) -> dict[str, float]:
        return {}


class Costs(Ours):
    """The same, with all tensor operations counted."""

    costs = True

    def more(self, trace: Path) -> dict[str, float]:
        rows = json.loads(trace.read_bytes())["operations"]
        return {"operations": sum(rows["count"]), "flops": sum(rows["flops"])}


class FlopCounter:
    """Torch's own counter of FLOPs, of them alone, for the whole run."""

    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        from torch.utils.flop_counter import FlopCounterMode

        main = imported(workload).main
        with FlopCounterMode(display=False) as counter:
            seconds = timed(main)
        return {"seconds": seconds, "flops": counter.get_total_flops()}


class Edtrace:
    def execute(self, workload: Path, folder: Path) -> dict[str, float]:
        peer = importlib.import_module("edtrace.execute")
        imported(workload)
        start = process_time()
        trace = peer.execute(workload.stem, False)
        seconds = process_time() - start
        path = folder / f"{workload.stem}.json"
        with path.open("w") as file:
            json.dump(dataclasses.asdict(trace), file, indent=2)
        whole = process_time() - start
        return {"seconds": seconds, "whole": whole, "bytes": path.stat().st_size, "steps": len(trace.steps)}


class Coverage:
    """Which lines ran, of the same visible file: its core in C, no order and no values."""

    def execute(self, workload: Path, _folder: Path) -> dict[str, float]:
        peer = importlib.import_module("coverage")
        measurement = peer.Coverage(data_file=None, include=[str(workload)], messages=False)
        main = imported(workload).main
        measurement.start()
        try:
            seconds = timed(main)
        finally:
            measurement.stop()
        return {"seconds": seconds}


class Viztracer:
    """Which functions ran when, of the same visible file: its core in C, no lines and no values."""

    def execute(self, workload: Path, folder: Path) -> dict[str, float]:
        peer = importlib.import_module("viztracer")
        path = folder / "viztracer.json"
        tracer = peer.VizTracer(verbose=0, include_files=[str(workload)], output_file=str(path))
        main = imported(workload).main
        tracer.start()
        try:
            seconds = timed(main)
        finally:
            tracer.stop()
        return {"seconds": seconds}


TOOLS: dict[str, Callable[[], Tool]] = {
    "untraced": Untraced,
    "bare": BareMonitoring if hasattr(sys, "monitoring") else BareSettrace,
    "idle": IdleSettrace,
    "ours": Ours,
    "costs": Costs,
    "flop_counter": FlopCounter,
    "edtrace": Edtrace,
    "coverage": Coverage,
    "viztracer": Viztracer,
}


def imported(workload: Path) -> Any:
    """The workload's module, by its bare name: edtrace knows no other."""
    if str(workload.parent) not in sys.path:
        sys.path.insert(0, str(workload.parent))
    return importlib.import_module(workload.stem)


def timed(main: Callable[[], None]) -> float:
    start = process_time()
    main()
    return process_time() - start


def execute(tool: str, workload: str, folder: str, turns: str) -> None:
    os.chdir(folder)  # edtrace shortens paths by the working folder; so it is the same for all
    runner, measured = TOOLS[tool](), []
    for _ in range(int(turns)):
        measured.append(runner.execute(Path(workload), Path(folder)))
    Path(folder, "measured.json").write_text(json.dumps(measured))


if __name__ == "__main__":
    execute(*sys.argv[1:])
