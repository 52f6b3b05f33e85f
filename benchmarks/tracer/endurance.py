"""The rows on long runs and on runs that are killed: memory, disk, what finishing costs, what is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.tracer.runs import PATIENCE, Bench, Runs, environment, last_line, progress
from benchmarks.tracer.table import Row

MB = 1_000_000
MOST_TRACE, MOST_MEMORY, MOST_SECONDS = 20, 150, 3

COMPACT = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
from tracer.format.compact import compact
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, start = peak(), perf_counter()
trace = compact(Path(sys.argv[1]))
seconds = perf_counter() - start
print(json.dumps({"seconds": seconds, "bytes": trace.stat().st_size, "growth": peak() - before}))
"""
"""Times the engine's own `compact` alone, in a process that has done nothing else."""

COUNT = """
import sys
from pathlib import Path
from tracer.format.compact import compact
from tracer.format.reader import read_trace
trace = read_trace(compact(Path(sys.argv[1])))
lines = trace.files[0].text.splitlines()
counted = {row for row, line in enumerate(trace.statements.line) if lines[line - 1].endswith("# counted")}
print(sum(statement in counted for statement in trace.steps.statement))
"""
"""How many executions of the line marked `# counted` a journal holds, once it has become a trace that the reader accepts."""


def million_rows(bench: Bench, repeat: int) -> list[Row]:
    """A million steps; then the journal that they left is compacted `repeat` times."""
    progress("a million steps")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = subprocess.run(
            bench.command("ours", "million", folder),
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
        )
        recording = time.perf_counter() - start
        journal = journal_in(Path(folder))
        told = last_line(done.stderr).split()
        if journal is None or len(told) != 2 or not all(number.isdigit() for number in told):
            bench.failed("ours", "million", last_line(done.stderr) or "it left no journal")
            return []
        growth = (int(told[1]) - int(told[0])) / MB
        written = journal.stat().st_size / MB
        compaction = Runs()
        for _ in range(repeat):
            progress("compacting the journal of a million steps")
            answer = asked(bench, COMPACT, journal)
            if answer is None:
                return []
            compaction.add(json.loads(answer))
    size, seconds = compaction.best("bytes") / MB, compaction.best()
    return [
        Row("a million steps: s, whole process", {"ours": f"{recording:.1f}"}),
        Row("… peak memory grown while recording: MB", {"ours": f"{growth:.1f}"}, "", "", f"≤ {MOST_MEMORY} MB",
            growth <= MOST_MEMORY),
        Row("… journal: MB", {"ours": f"{written:.1f}"}),
        Row("… trace: MB", {"ours": f"{size:.1f}"}, "", "", f"≤ {MOST_TRACE} MB", size <= MOST_TRACE),
        Row("… journal compacted: s", {"ours": f"{seconds:.2f} ({compaction.median():.2f})"}, "", "",
            f"≤ {MOST_SECONDS} s", seconds <= MOST_SECONDS),
        Row("… peak memory grown while compacting: MB", {"ours": f"{compaction.median('growth') / MB:.0f}"}),
    ]  # fmt: skip


def killed_row(bench: Bench, trials: int) -> list[Row]:
    """A lecture that writes one byte a step past the tracer is killed at random moments; both counts are compared."""
    draw = random.Random(0)
    executed = lost = 0
    for trial in range(trials):
        progress(f"killing a recording, {trial + 1} of {trials}")
        counts = killed_once(bench, after=draw.randint(1, 20_000))
        if counts is None:
            return []
        executed += counts[0]
        lost += max(0, counts[0] - counts[1])
    label = f"steps lost, killed {trials} times, of {executed:,}"
    return [Row(label, {"ours": f"{lost}"}, "", "", "0", lost == 0)]


def killed_once(bench: Bench, after: int) -> tuple[int, int] | None:
    """Executions of the counted line: as the lecture told them, and as the record has them."""
    with tempfile.TemporaryDirectory() as folder:
        side = Path(folder) / "side"
        with side.open("wb") as told:
            process = subprocess.Popen(
                bench.command("ours", "endless", folder),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=told,
            )
        deadline = time.monotonic() + PATIENCE
        while side.stat().st_size < after and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        ended_itself = process.poll() is not None
        process.kill()
        process.wait()
        executed = side.stat().st_size
        journal = journal_in(Path(folder))
        if ended_itself or journal is None:
            bench.failed("ours", "endless", last_line(side.read_bytes()) or "it left no journal")
            return None
        answer = asked(bench, COUNT, journal)
        return None if answer is None else (executed, int(answer))


def asked(bench: Bench, program: str, journal: Path) -> bytes | None:
    """What a program prints about a copy of a journal, which it may take away; None if it failed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(journal, folder)
        done = subprocess.run(
            [bench.python, "-c", program, copy], env=environment(), capture_output=True, timeout=PATIENCE
        )
    if done.returncode:
        bench.failed("ours", "compacting the journal", last_line(done.stderr) or f"exit status {done.returncode}")
        return None
    return done.stdout


def journal_in(folder: Path) -> Path | None:
    return next((folder / name for name in sorted(os.listdir(folder)) if name.endswith("journal")), None)
