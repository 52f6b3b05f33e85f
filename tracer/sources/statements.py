"""Which statement a line belongs to, and which function: what the AST knows before anything runs.

The interpreter reports lines; a step is a statement. Versions differ in which lines of a multi-line statement they report
and in what order, so every line is mapped to the first line of the innermost statement around it, and consecutive lines
of one statement are one step. Decorators belong to their `def`; the header of a compound statement ends before its body;
`except` and `case` headers are entries of their own; several statements on one line are one entry.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.sources.text import without_warnings

__all__ = ["FunctionSpan", "StatementSpan", "StatementTable"]

StatementSpan = tuple[int, int]
"""First and last line (1-based) of a statement, or of the header of a compound one."""
FunctionSpan = tuple[int, int]
"""First and last line of a function or class, decorators included."""

BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
"""Where statements hold statements, in the order of the source."""


class StatementTable:
    """The statements and functions of one source text, whose lines end at line feeds alone, as the interpreter's do.

    `tree` is its syntax; `loops` maps the first line of a loop to the last one of its body. First lines at which an exception
    may be taken up: `excepts`; and `stars` (which are `except*`) and `takes_up`, which are reached without one, too: a `with`
    on its way out, the first statement of a `finally`. Raises SyntaxError if `source` does not parse, RecursionError or
    MemoryError if it is nested too deeply.
    """

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self.by_line: dict[int, StatementSpan] = {}
        self.functions: dict[int, FunctionSpan] = {}
        self.excepts: set[int] = set()
        self.stars: set[int] = set()
        self.takes_up: set[int] = set()
        self.async_fors: set[int] = set()
        self.loops: dict[int, int] = {}
        first_lines: dict[int, int] = {}
        last_lines: dict[int, int] = {}
        with without_warnings():
            self.tree = ast.parse(source)
        for start, end in self._headers(self.tree):
            first = first_lines.get(start, start)
            for line in range(start, end + 1):
                first_lines[line] = first
            last_lines[first] = max(last_lines.get(first, 0), end)
        for line, first in first_lines.items():
            self.by_line[line] = (first, last_lines[first])
        self._sorted = sorted(self.by_line)

    def at(self, line: int) -> StatementSpan:
        """The statement of `line`; for a line that holds none (an `else:`) the one before it."""
        span = self.by_line.get(line)
        if span is None:
            before = [known for known in self._sorted if known < line]
            span = self.by_line[before[-1]] if before else (line, line)
            self.by_line[line] = span
        return span

    def text(self, line: int, end_line: int) -> str:
        return "\n".join(self._lines[line - 1 : end_line])

    def _headers(self, tree: ast.AST) -> Iterator[StatementSpan]:
        """The line range of every statement header, in the order of the source (parents before their bodies)."""
        pending = [tree]
        while pending:  # not by recursion: an `elif` nests in the `if` before it, and a lecture may stand deep itself
            node = pending.pop()
            if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                start = self._start(node)
                body = getattr(node, "body", None) or getattr(node, "cases", None)
                end = self._end_of_header(start, self._start(body[0])) if body else (node.end_lineno or start)  # type: ignore[union-attr]
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    self.functions[start] = (start, node.end_lineno or start)
                elif isinstance(node, ast.With | ast.AsyncWith):
                    self.takes_up.add(start)
                elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
                    self.loops[start] = node.body[-1].end_lineno or start
                    if isinstance(node, ast.AsyncFor):
                        self.async_fors.add(start)
                elif isinstance(node, ast.Try | ast.TryStar):
                    self._note_handlers(node)
                yield start, end
            pending += reversed([child for name in BLOCKS for child in getattr(node, name, ())])

    def _note_handlers(self, node: ast.Try | ast.TryStar) -> None:
        headers = {self._start(handler) for handler in node.handlers}
        if isinstance(node, ast.TryStar):
            self.stars |= headers
        else:
            self.excepts |= headers
        if node.finalbody:
            self.takes_up.add(self._start(node.finalbody[0]))

    @staticmethod
    def _start(node: ast.AST) -> int:
        if isinstance(node, ast.match_case):
            return node.pattern.lineno
        decorators = getattr(node, "decorator_list", [])
        lines: list[int] = [node.lineno, *(decorator.lineno for decorator in decorators)]  # type: ignore[attr-defined]
        return min(lines)

    def _end_of_header(self, start: int, body_start: int) -> int:
        """The last line of a header: before its body, without the blank and comment lines between."""
        end = max(start, body_start - 1)
        while end > start and (not (text := self._lines[end - 1].strip()) or text.startswith("#")):
            end -= 1
        return end
