"""The row on a whole process: what a person waits for who runs a lecture of words."""

from __future__ import annotations

import resource
import subprocess
import tempfile
import time

from benchmarks.tracer.interpreters import PROJECT, Interpreter
from benchmarks.tracer.runs import Bench, Runs, environment, last_line, progress, workload_path
from benchmarks.tracer.table import Row

MOST_SECONDS = 0.5


def text_rows(bench: Bench, interpreter: Interpreter, repeat: int) -> list[Row]:
    """From the start of the process to its end, the trace included; untraced, `main()` is called by the interpreter alone."""
    lecture = workload_path("text_only")
    run_main = "import runpy, sys; runpy.run_path(sys.argv[1])['main']()"
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "untraced": [bench.python, "-c", run_main, str(lecture)],
            "ours": [bench.python, str(PROJECT / "execute.py"), "-m", str(lecture), "-o", folder],
        }
        if "edtrace" in interpreter.packages:
            commands["edtrace"] = [bench.python, "-m", "edtrace.execute", "-m", "text_only_edtrace", "-o", folder]
        found: dict[str, Runs] = {tool: Runs() for tool in commands}
        for _ in range(repeat):
            for tool, command in commands.items():
                progress(f"a text-only lecture under {tool}")
                start, worked = time.perf_counter(), processor_seconds()
                # edtrace looks for the lecture where it stands
                done = subprocess.run(command, cwd=lecture.parent, env=environment(), capture_output=True, timeout=60)
                seconds = time.perf_counter() - start
                found[tool].add({"seconds": seconds, "processor": processor_seconds() - worked})
                if done.returncode:
                    bench.failed(tool, "text_only", last_line(done.stderr))
                    return []
    row, processor = Row("text-only lecture, whole process: s"), Row("… of it processor time: s")
    for tool, runs in found.items():
        row.cells[tool] = f"{runs.best():.2f} ({runs.median():.2f})"
        processor.cells[tool] = f"{runs.best('processor'):.2f} ({runs.median('processor'):.2f})"
    row.times_untraced = f"{found['ours'].best() / found['untraced'].best():.1f}"
    if "edtrace" in found:
        row.times_ours = f"{found['edtrace'].best() / found['ours'].best():.1f}"
    row.target, row.met = f"≤ {MOST_SECONDS:g} s", found["ours"].best() <= MOST_SECONDS
    return [row, processor]


def processor_seconds() -> float:
    """User and system time of the processes that were waited for so far, and of those that these waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
