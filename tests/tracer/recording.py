"""Run a small program under the tracer and look at what was recorded. Shared by the tests of the engine."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from tracer.format import schema
from tracer.format.reader import read_trace
from tracer.run import Options, Result, run_lecture

ENDS = {
    schema.END_NEXT: "",
    schema.END_RETURN: " returns",
    schema.END_YIELD: " yields",
    schema.END_RAISE: " raises",
    schema.END_OPEN: " open",
}


@dataclass
class Recording:
    trace: schema.Trace
    result: Result

    def drawing(self) -> str:
        """One line a step, indented by depth: the line of source without its comment, and how the step ended."""
        trace, lines = self.trace, []
        for step, (statement, call, end) in enumerate(
            zip(trace.steps.statement, trace.steps.call, trace.steps.end, strict=True)
        ):
            source = trace.files[trace.statements.file[statement]].text.splitlines()
            text = source[trace.statements.line[statement] - 1].split("  #")[0].strip()
            lines.append("  " * self.depth(step) + text + ENDS[end])
            assert call >= 0
        return "\n".join(lines)

    def depth(self, step: int) -> int:
        parent = self.parent(step)
        return 0 if parent < 0 else 1 + self.depth(parent)

    def parent(self, step: int) -> int:
        trace = self.trace
        call = trace.steps.call[step]
        parent = trace.calls.parent[call]
        for other, first, resumed_by in zip(trace.resumes.call, trace.resumes.step, trace.resumes.parent, strict=True):
            if other == call and first <= step:
                parent = resumed_by
        return parent

    def bound(self, name: str) -> list[object]:
        """The values of `name` in the order of recording; the returned values are named ""."""
        trace = self.trace
        return [
            trace.values[value] if value >= 0 else "(cleared)"
            for index, value in zip(trace.bindings.name, trace.bindings.value, strict=True)
            if trace.strings[index] == name
        ]

    def printed(self, stream: int = 0) -> str:
        rows = zip(self.trace.printed.stream, self.trace.printed.text, strict=True)
        return "".join(self.trace.strings[text] for which, text in rows if which == stream)

    def shown(self) -> list[schema.Output]:
        return [self.trace.outputs[output] for output in self.trace.shown.output]


def record(folder: Path, source: str, *, name: str = "program", **options: object) -> Recording:
    """Write `source` to a file in `folder`, run it, and read its trace back, validated."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(source))
    chosen = Options(output=folder / "traces", quiet=True, **options)  # type: ignore[arg-type]
    result = run_lecture(str(path), folder, chosen)
    return Recording(read_trace(result.path), result)
