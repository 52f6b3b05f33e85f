"""Which files are visible, and what is known of each before it runs: its text, statements, functions and directives."""

from __future__ import annotations

import hashlib
import os
import tokenize
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from tracer.directives import read_directives
from tracer.format.schema import SourceFile
from tracer.sources.expressions import Expression
from tracer.sources.statements import StatementTable

__all__ = ["Sources", "Statement", "VisibleFile"]

NOT_LECTURES = {"site-packages", "dist-packages", "node_modules", "__pycache__", ".venv", "venv"}


class Statement:
    """A statement of a visible file with what its directives ask for. `index` is its row in the record, -1 before it ran."""

    __slots__ = ("clear", "end_line", "file", "index", "inspect", "line", "reads_values", "stepover")

    def __init__(self, file: VisibleFile, line: int, end_line: int) -> None:
        self.file = file
        self.line = line
        self.end_line = end_line
        self.index = -1
        self.inspect: list[Expression] = []
        self.clear: list[str] = []
        self.stepover = False
        self.reads_values = False


class VisibleFile:
    """A file whose lines become steps. `index` is its place in the record; `problems` are (line, sentence)."""

    def __init__(self, path: str, shown_path: str, index: int) -> None:
        self.path = path
        self.index = index
        self.problems: list[tuple[int, str]] = []
        with tokenize.open(path) as stream:
            text = stream.read()
        table = StatementTable(text)
        directives = read_directives(text)
        self.problems += directives.problems
        self._table = table
        self._by_first_line: dict[int, Statement] = {}
        self._by_line: dict[int, Statement] = {}
        hidden: set[int] = set()
        for directive in directives.found:
            if directive.line in table.by_line:
                statement = self.statement(directive.line)
                if directive.name == "hide":
                    hidden.update(range(statement.line, statement.end_line + 1))
                self._apply(statement, directive.name, directive.arguments, directive.line)
            elif directive.name == "hide":
                hidden.add(directive.line)
            else:
                self.problems.append((directive.line, f"@{directive.name} stands on no statement."))
        self.source = SourceFile(
            path=shown_path,
            sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
            text=text,
            hidden=sorted(hidden),
            directives=directives.found,
        )

    def statement(self, line: int) -> Statement:
        """The statement that `line` belongs to."""
        known = self._by_line.get(line)
        if known is None:
            first, last = self._table.at(line)
            known = self._by_first_line.get(first)
            if known is None:
                known = self._by_first_line[first] = Statement(self, first, last)
            self._by_line[line] = known
        return known

    def function_end(self, line: int) -> int:
        """The last line of the function or class whose first line (a decorator, if any) is `line`."""
        return self._table.functions.get(line, (line, line))[1]

    def _apply(self, statement: Statement, name: str, arguments: list[str], line: int) -> None:
        if name == "stepover":
            statement.stepover = True
        elif name == "clear":
            statement.clear += arguments
        elif name == "inspect":
            for argument in arguments:
                try:
                    statement.inspect.append(Expression(argument))
                except SyntaxError:
                    self.problems.append((line, f"@inspect cannot read `{argument}`; it takes names and expressions."))
        statement.reads_values = bool(statement.inspect or statement.clear)


class Sources:
    """The visible files: every Python file under `root`, but for installed packages and hidden folders.

    `opened` is told of each one the first time a line of it is met.
    """

    def __init__(self, root: Path, base: Path, opened: Callable[[VisibleFile], None]) -> None:
        self._root = str(root.resolve()) + os.sep
        self._base = base.resolve()
        self._opened = opened
        self._known: dict[str, VisibleFile | None] = {}
        self._by_path: dict[str, VisibleFile] = {}
        self.files: list[VisibleFile] = []
        self.get = self._known.get

    def of_code(self, code: CodeType) -> VisibleFile | None:
        """The visible file that `code` comes from, or None."""
        name = code.co_filename
        try:
            return self._known[name]
        except KeyError:
            file = self._known[name] = self.of_path(name)
            return file

    def of_path(self, name: str) -> VisibleFile | None:
        """The visible file at a path, or None if there is none."""
        if not name.startswith(self._root) and not os.path.isabs(name):
            name = os.path.abspath(name)
        if not self._is_visible(name):
            name = os.path.realpath(name)
            if not self._is_visible(name):
                return None
        known = self._by_path.get(name)
        if known is None:
            try:
                shown = os.path.relpath(name, self._base)
                known = VisibleFile(name, shown.replace(os.sep, "/"), len(self.files))
            except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
                return None
            self._by_path[name] = known
            self.files.append(known)
            self._opened(known)
        return known

    def _is_visible(self, name: str) -> bool:
        if not name.startswith(self._root) or not name.endswith(".py"):
            return False
        folders = name[len(self._root) :].split(os.sep)[:-1]
        return not any(folder in NOT_LECTURES or folder.startswith(".") for folder in folders)
