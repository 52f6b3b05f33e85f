"""What can be read off Python source without running or even parsing it: statements, bodies, functions and comments.

The source of a foreign trace may be of any Python; and the viewer, which has none, must come to the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["Source"]

LONGEST = 400
"""Lines. A statement of more has lost a quote or a bracket: it is taken to end there."""

DEFINITION = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+([^\s(\[:]+)")
MARK = re.compile(r"(?<=[\s#])@(\w+)(?=\s|,|$)", re.ASCII)
NAMES = ("inspect", "full", "tokens", "clear", "stepover", "hide", "animate", "costs")
TAKING_ARGUMENTS = ("inspect", "full", "tokens", "clear")

Directive = dict[str, Any]


class Source:
    """A file as statements. Lines count from 1, as do the indices of `first`, `last` and `body_end`."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        count = len(self.lines)
        self.first = [0] * (count + 2)
        self.last = [0] * (count + 2)
        self.directives: list[Directive] = []
        line = 1
        while line <= count:
            end = self._statement_end(line, lambda at, column: self.directives.extend(self._directives_in(at, column)))
            for at in range(line, end + 1):
                self.first[at], self.last[at] = line, end
            line = end + 1
        self.body_end = self._body_ends()
        self.decorated: dict[int, int] = {}
        self._by_name = self._definitions()

    def definition_at(self, name: str, line: int) -> int:
        """The `def` or `class` of this name that a line is in, or 0; a decorator's line is in what it decorates."""
        below = self.decorated.get(line, line)
        named = self._by_name.get(name.rpartition(".")[2], [])
        return next((head for head in reversed(named) if head <= below and self.body_end[head] >= line), 0)

    def first_line(self, line: int) -> int:
        return self.first[line] if line < len(self.first) and self.first[line] else line

    def last_line(self, line: int) -> int:
        return self.last[line] if line < len(self.last) and self.last[line] else line

    def row(self, line: int) -> str:
        return self.lines[line - 1] if line <= len(self.lines) else ""

    def _statement_end(self, line: int, comment: Callable[[int, int], None]) -> int:
        """The last line of the statement that begins on `line`: brackets and quotes are closed by then."""
        depth, quote = 0, ""
        for at in range(line, min(len(self.lines), line + LONGEST - 1) + 1):
            row = self.lines[at - 1]
            goes_on = row.endswith("\\")
            i = 0
            while i < len(row):
                sign = row[i]
                if quote:
                    if sign == "\\":
                        i += 1
                    elif row.startswith(quote, i):
                        i += len(quote) - 1
                        quote = ""
                elif sign == "#":
                    comment(at, i)
                    goes_on = False
                    break
                elif sign in "\"'":
                    quote = sign * 3 if row.startswith(sign * 3, i) else sign
                    i += len(quote) - 1
                elif sign in "([{":
                    depth += 1
                elif sign in ")]}":
                    depth -= 1
                i += 1
            if len(quote) == 1 and not goes_on:
                quote = ""
            if not quote and depth <= 0 and not goes_on:
                return at
        return min(line + LONGEST - 1, len(self.lines))

    def _body_ends(self) -> list[int]:
        """A body is what stands deeper than its head; blank lines and comments belong to nobody."""
        ends = list(self.last)
        above: list[tuple[int, int]] = []  # line and indent
        end = 0
        line = 1
        while line <= len(self.lines):
            row = self.lines[line - 1]
            code = row.lstrip()
            if code and not code.startswith("#"):
                indent = len(row) - len(code)
                while above and above[-1][1] >= indent:
                    ends[above.pop()[0]] = end
                above.append((line, indent))
                end = self.last[line]
            line = self.last[line] + 1
        while above:
            ends[above.pop()[0]] = end
        return ends

    def _definitions(self) -> dict[str, list[int]]:
        by_name: dict[str, list[int]] = {}
        decorators: list[int] = []
        line = 1
        while line <= len(self.lines):
            row = self.lines[line - 1]
            if row.lstrip().startswith("@"):
                decorators.append(line)
            else:
                if found := DEFINITION.match(row[:1000]):
                    by_name.setdefault(found[1], []).append(line)
                    self.decorated.update(dict.fromkeys(decorators, line))
                decorators = []
            line = self.last[line] + 1
        return by_name

    def _directives_in(self, line: int, column: int) -> list[Directive]:
        """The directives in a comment, each with the words up to the next one."""
        comment = self.lines[line - 1][column:]
        marks = list(MARK.finditer(comment))
        found = []
        for at, mark in enumerate(marks):
            if mark[1] not in NAMES:
                continue
            rest = comment[mark.end() : marks[at + 1].start() if at + 1 < len(marks) else len(comment)]
            start = 0 if at == 0 and not comment[: mark.start()].strip("# \t") else mark.start()
            words = [word for word in re.split(r"[\s,#]+", rest) if word]
            found.append(
                {
                    "name": mark[1],
                    "arguments": words if mark[1] in TAKING_ARGUMENTS else [],
                    "line": line,
                    "column": column + start,
                    "end_column": column + mark.end() + len(rest.rstrip()),
                }
            )
        return found
