"""From the steps of a foreign trace to the tables of this format."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from tracer.format import schema
from tracer.format.foreign.outputs import joined, to_output
from tracer.format.foreign.source import Source
from tracer.format.foreign.values import to_value
from tracer.values.text import clean

__all__ = ["import_foreign", "is_foreign"]

INLINE = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"}
"""What a comprehension does belongs to its statement."""

LOOP = re.compile(r"\s*(?:async\s+for|for|while)\b")
LEFT = ("env", "renderings", "stdout", "stderr")
"""What a step may have left behind."""

LAST_LINE = 2**31 - 2

TABLES: dict[str, tuple[str, ...]] = {
    "functions": schema.Functions.__struct_fields__,
    "statements": schema.Statements.__struct_fields__,
    "tracks": schema.Tracks.__struct_fields__,
    "calls": schema.Calls.__struct_fields__,
    "resumes": schema.Resumes.__struct_fields__,
    "steps": schema.Steps.__struct_fields__,
    "elided": schema.Elided.__struct_fields__,
    "bindings": schema.Bindings.__struct_fields__,
    "shown": schema.Shown.__struct_fields__,
    "printed": schema.Printed.__struct_fields__,
    "derived": schema.Derived.__struct_fields__,
    "operations": schema.Operations.__struct_fields__,
    "memory": schema.Memory.__struct_fields__,
    "launches": schema.Launches.__struct_fields__,
    "programs": schema.Programs.__struct_fields__,
    "accesses": schema.Accesses.__struct_fields__,
    "collectives": schema.Collectives.__struct_fields__,
    "raised": schema.Raised.__struct_fields__,
}


@dataclass(frozen=True)
class Frame:
    """A frame of a step's stack: where it stands, and whether it stands at its function's head, where calls begin."""

    function: int
    statement: int
    begins: bool


@dataclass
class Level:
    """A call that is open, and the statement that it is at."""

    function: int
    statement: int
    call: int
    step: int


def is_foreign(data: object) -> bool:
    """Whether the JSON of a file looks like a foreign trace."""
    return (
        isinstance(data, dict)
        and "format" not in data
        and isinstance(data.get("files"), dict)
        and isinstance(data.get("steps"), list)
    )


def import_foreign(data: dict[str, Any]) -> dict[str, Any]:
    """The same lecture as JSON of this version. Raises ValueError, whose message says what is not as it should be.

    What was not recorded (times, returns, provenance) stays empty.
    """
    importing = Importing(data)
    for at, step in enumerate(data["steps"]):
        importing.add(at, step if isinstance(step, dict) else {})
    sound: dict[str, Any] = _sound(importing.document())
    return sound


class Importing:
    """The tables while they grow, and the calls that are open."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.paths: list[str] = []
        self.sources: list[Source] = []
        self.files: list[dict[str, Any]] = []
        for path, text in data["files"].items():
            if not isinstance(text, str):
                raise ValueError(f"its file {path} has no text")
            source = Source(text)
            hidden = _hidden_in(data.get("hidden_line_numbers"), path)
            if hidden is None:
                hidden = [directive["line"] for directive in source.directives if directive["name"] == "hide"]
            self.paths.append(path)
            self.sources.append(source)
            self.files.append(
                {"path": path, "sha256": "", "text": text, "hidden": hidden, "directives": source.directives}
            )
        if not self.files:
            raise ValueError("it has no files")
        self.index = {path: at for at, path in enumerate(self.paths)}
        self.tables: dict[str, dict[str, list[int]]] = {
            name: {column: [] for column in columns} for name, columns in TABLES.items()
        }
        self.push("tracks", rank=-1, process=0, thread=0, name=0, host=0)
        self.strings = {"": 0}
        self.functions: dict[tuple[int, int, str], int] = {}
        self.statements: dict[tuple[int, int], int] = {}
        self.places: dict[tuple[int, int, str], Frame] = {}
        self.values: list[Any] = []
        self.outputs: list[Any] = []
        self.open: list[Level] = []
        self.left: dict[tuple[int, int], Level] = {}
        """Calls that may go on: of each function and statement the latest to leave there."""

    def add(self, at: int, step: dict[str, Any]) -> None:
        stack = step.get("stack")
        frames = [found for frame in (stack if isinstance(stack, list) else []) if (found := self.frame(frame, at))]
        if not frames:
            raise ValueError(f"step {at} is in none of its files")
        if at == 0 and len(frames) == 1 and frames[0].begins and not any(map(step.get, LEFT)):
            return  # that the lecture's own function begins is nothing to see, and its head is not on the page
        top = self.follow(frames)
        row = {"step": top.step, "at": self.step_count - 1}
        env, renderings = step.get("env"), step.get("renderings")
        for name, value in env.items() if isinstance(env, dict) else ():
            index = -1 if value is None else _append(self.values, to_value(value))
            self.push("bindings", **row, name=self.string(name), value=index, role=schema.ROLE_INSPECTED)
        shown = (
            [rendering for rendering in renderings if isinstance(rendering, dict)]
            if isinstance(renderings, list)
            else []
        )
        for rendering in joined(shown):
            self.push("shown", **row, output=_append(self.outputs, to_output(rendering, self.target_of)))
        for stream, name in enumerate(("stdout", "stderr")):
            if isinstance(text := step.get(name), str) and text:
                self.push("printed", **row, stream=stream, text=self.string(text))

    def follow(self, frames: list[Frame]) -> Level:
        """Bring the open calls to where the frames stand. Returns the innermost, at its step.

        A line that comes again, be it because its callee is done or because its statement has more lines, is one step.
        """
        depth = 0
        while depth < min(len(frames), len(self.open)):
            frame, level = frames[depth], self.open[depth]
            innermost = depth == len(frames) - 1
            if level.function != frame.function or (innermost and frame.begins):
                break
            if level.statement != frame.statement:
                self.leave(depth + 1)
                self.step_in(level, frame.statement)
            depth += 1
        self.leave(depth)
        for frame in frames[depth:]:
            self.open.append(self.enter(frame))
        return self.open[-1]

    def leave(self, depth: int) -> None:
        """Close the calls from `depth` on. One that is a generator may go on later, from where it stands."""
        while len(self.open) > depth:
            level = self.open.pop()
            self.left[level.function, level.statement] = level

    def enter(self, frame: Frame) -> Level:
        """A call begins at the head of its function; from elsewhere, one goes on that was left there."""
        parent = self.open[-1].step if self.open else -1
        suspended = None if frame.begins else self.left.pop((frame.function, frame.statement), None)
        if suspended:
            self.push("resumes", call=suspended.call, step=self.step_count, parent=parent)
            return suspended
        call = self.push("calls", function=frame.function, parent=parent, track=0)
        level = Level(frame.function, frame.statement, call, -1)
        self.step_in(level, frame.statement)
        return level

    def step_in(self, level: Level, statement: int) -> None:
        level.statement = statement
        level.step = self.push("steps", statement=statement, call=level.call, start=0, duration=0, end=schema.END_NEXT)

    @property
    def step_count(self) -> int:
        return len(self.tables["steps"]["call"])

    def frame(self, frame: Any, at: int) -> Frame | None:
        """The frame, or None for what lies between, in libraries: it has no source here."""
        if not isinstance(frame, dict):
            return None
        path, line, name = frame.get("path"), frame.get("line_number"), frame.get("function_name")
        file = self.index.get(path) if isinstance(path, str) else None
        if file is None or (isinstance(name, str) and name in INLINE):
            return None
        line = _line(line)
        if line is None or not isinstance(name, str):
            raise ValueError(f"step {at} has no proper place")
        known = self.places.get((file, line, name))
        if known is None:
            source = self.sources[file]
            head = source.definition_at(name, line)
            first = source.first_line(line)
            begins = head > 0 and head in (first, source.decorated.get(first))
            known = Frame(
                self.function_of(file, head, name), self.statement_of(file, head if begins else first), begins
            )
            self.places[file, line, name] = known
        return known

    def function_of(self, file: int, head: int, name: str) -> int:
        key = (file, head, name)
        if key not in self.functions:
            source = self.sources[file]
            end = source.body_end[head] if head else len(source.lines)
            self.functions[key] = self.push(
                "functions", name=self.string(name), file=file, line=head or 1, end_line=end
            )
        return self.functions[key]

    def statement_of(self, file: int, line: int) -> int:
        key = (file, line)
        if key not in self.statements:
            source = self.sources[file]
            is_loop = LOOP.match(source.row(line)[:1000])
            self.statements[key] = self.push(
                "statements",
                file=file,
                line=line,
                end_line=source.last_line(line),
                loop_end=source.body_end[line] if is_loop else 0,
            )
        return self.statements[key]

    def target_of(self, link: dict[str, Any], name: str) -> dict[str, Any] | None:
        path, line = link.get("path"), _line(link.get("line_number"))
        file = self.index.get(path) if isinstance(path, str) else None
        return None if file is None or line is None else {"file": file, "line": line, "name": name}

    def string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def push(self, table: str, **row: int) -> int:
        columns = self.tables[table]
        for column, cell in row.items():
            columns[column].append(cell)
        return len(next(iter(columns.values()))) - 1

    def document(self) -> dict[str, Any]:
        calls, functions = self.tables["calls"]["function"], self.tables["functions"]["file"]
        entry = functions[calls[0]] if calls else 0
        name = self.paths[entry].rpartition("/")[2].removesuffix(".py")
        return {
            "format": schema.FORMAT,
            "version": schema.VERSION,
            "summary": {
                "name": name,
                "title": name,
                "steps": self.step_count,
                "seconds": 0,
                "outcome": {"status": "finished"},
            },
            "provenance": {
                "arguments": [],
                "started": "",
                "python": "",
                "platform": "",
                "hardware": {"machine": "", "processor": "", "cores": 0, "gpus": []},
                "packages": {},
                "engine": "edtrace",
            },
            "clock": 0,
            "entry": entry,
            "files": self.files,
            "strings": list(self.strings),
            "values": self.values,
            "outputs": self.outputs,
            **self.tables,
            "machines": [],
            "arrays": [],
            "regions": [],
            "ranks": [],
            "groups": [],
            "failures": [],
            "notices": [],
        }


def _hidden_in(hidden_lines: Any, path: str) -> list[int] | None:
    """The hidden lines of a file, or None where the trace is of an engine that did not list them."""
    listed = hidden_lines.get(path) if isinstance(hidden_lines, dict) else None
    return [line for given in listed if (line := _line(given))] if isinstance(listed, list) else None


def _line(line: Any) -> int | None:
    """The number of a line, if it is one: JSON may write it as 5.0."""
    whole = type(line) is int or (type(line) is float and line.is_integer())
    return int(line) if whole and 1 <= line <= LAST_LINE else None


def _append(pool: list[Any], item: Any) -> int:
    pool.append(item)
    return len(pool) - 1


def _sound(value: Any) -> Any:
    """The same without what JSON cannot say: halves of characters, numbers that are none, integers of any length."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _sound(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return float(value) if abs(value) < 2**1023 else None
    return value
