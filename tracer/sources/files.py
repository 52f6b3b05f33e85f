"""Which files are visible, and what is known of each before it runs: its text, statements, functions and directives."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sysconfig
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import CodeType

from tracer.directives import read_directives
from tracer.format.schema import SourceFile
from tracer.sources.dimensions import Dimensions, Names
from tracer.sources.expressions import Expression
from tracer.sources.reads import assigned_and_read
from tracer.sources.statements import StatementTable
from tracer.sources.text import UNREADABLE, decoded, shown_path
from tracer.sources.timing import timed_lines
from tracer.values.limits import FULL, INSPECTED

__all__ = ["Sources", "Statement", "VisibleFile"]

NOT_LECTURES = {"site-packages", "dist-packages", "node_modules", "__pycache__", ".venv", "venv"}

ENGINE = Path(__file__).parents[1]

RAISES_AGAIN = re.compile(r"\s*raise\s*(?:#.*)?")
"""A bare `raise`: of what it raises no interpreter tells."""

LIBRARIES = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
"""Where Python keeps its own: of no interest even to a lecture that lies above it, in a home folder or in `/`."""


ANYTHING, ONLY_TIME, VALUES, CLOCK = range(4)
"""What the end of a step asks for: to be looked at closely (false: no short way); that its time be taken; that, and a look at
values; that it be short, since the lecture measures time."""


COUNTED, TIMED = 1, 2
"""What a statement asks the accountant for: to count what it runs; never to count around it, since it measures time."""


class Statement:
    """A statement of a visible file with what its directives ask for. `index` is its row in the record, -1 before it ran.

    `account` is COUNTED, TIMED or 0. `left` counts how often it may still be recorded (one that is COUNTED shows only one turn of
    these, and the others in `kept_back`, so that it never goes the short way), and `skipped` how often it was
    not; `recorded` is its last step then.
    `loop_end` is the last line of a loop's body, 0 of what is no loop.
    `is_except` and `takes_up`: an exception may arrive there. `raises_again`: it is a bare `raise`.
    `look` is the recorder's form of a row with all the values that `inspect` asks for.
    """

    __slots__ = (
        "_assigned_and_read",
        "account",
        "clear",
        "end_line",
        "ending",
        "file",
        "index",
        "inspect",
        "is_except",
        "kept_back",
        "left",
        "line",
        "look",
        "loop_end",
        "raises_again",
        "reads_values",
        "recorded",
        "skipped",
        "stepover",
        "takes_up",
    )

    def __init__(self, file: VisibleFile, line: int, end_line: int, table: StatementTable) -> None:
        self.file = file
        self.line = line
        self.end_line = end_line
        self.loop_end = table.loops.get(line, 0)
        self.is_except = line in table.excepts
        self.takes_up = self.is_except or line in table.takes_up or line in table.stars
        self.raises_again = RAISES_AGAIN.fullmatch(table.text(line, end_line)) is not None
        self.ending = ANYTHING if self.raises_again else ONLY_TIME
        self.index = -1
        self.left = 0
        self.kept_back = 0
        self.account = 0
        self.skipped = 0
        self.recorded = -1
        self.inspect: list[Expression] = []
        self.clear: list[str] = []
        self.look = b""
        self.stepover = False
        self.reads_values = False
        self._assigned_and_read: tuple[frozenset[str], tuple[str, ...]] | None = None

    @property
    def assigned(self) -> frozenset[str]:
        """The variables that it gives a value, if it is a plain assignment."""
        return self._names()[0]

    @property
    def read(self) -> tuple[str, ...]:
        """The other variables that it reads, if it is a plain assignment."""
        return self._names()[1]

    def _names(self) -> tuple[frozenset[str], tuple[str, ...]]:
        if self._assigned_and_read is None:
            self._assigned_and_read = assigned_and_read(self.file.text_of(self))
        return self._assigned_and_read

    def allow(self, turns: int) -> None:
        """From now on it may be recorded so many times."""
        self.left = min(turns, 1) if self.account == COUNTED else turns
        self.kept_back = turns - self.left

    def take_turn(self) -> None:
        """It is recorded once more."""
        self.left -= 1
        if not self.left and self.kept_back:
            self.left = 1
            self.kept_back -= 1


class VisibleFile:
    """A file whose lines become steps. `index` is its place in the record; `problems` are (line, sentence).

    `by_line` holds the statements asked for so far: for whoever cannot wait for `statement`. `stars` are the lines of its
    `except*`; of those in `told_again` 3.11 tells once too often; the turns of those in
    `uncounted` are counted no more.
    """

    def __init__(self, path: str, shown: str, index: int) -> None:
        self.path = path
        self.index = index
        self.problems: list[tuple[int, str]] = []
        data = Path(path).read_bytes()
        text = decoded(data)
        table = StatementTable(text)
        self._timed = timed_lines(table.tree)
        del table.tree  # which takes more memory than all the rest
        directives = read_directives(text)
        self.problems += directives.problems
        self._table = table
        self.stars = table.stars
        self.told_again = table.stars | table.async_fors
        self.uncounted: set[int] = set()
        self._by_first_line: dict[int, Statement] = {}
        self.by_line: dict[int, Statement] = {}
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
            path=shown,
            sha256=hashlib.sha256(data).hexdigest(),
            text=text,
            hidden=sorted(hidden),
            directives=directives.found,
        )

    def statement(self, line: int) -> Statement:
        """The statement that `line` belongs to."""
        known = self.by_line.get(line)
        if known is None:
            first, last = self._table.at(line)
            known = self._by_first_line.get(first)
            if known is None:  # another thread may be here too: one statement is one object
                statement = Statement(self, first, last, self._table)
                if first in self._timed:
                    statement.account = TIMED
                    if statement.ending == ONLY_TIME:
                        statement.ending = CLOCK
                known = self._by_first_line.setdefault(first, statement)
            self.by_line[line] = known
        return known

    def begins_timing(self, statement: Statement) -> bool:
        """Whether it is the first statement of several, or of one, in which the lecture measures time."""
        return self._timed.get(statement.line) == statement.line

    def dimensions(self, line: int, name: str) -> Names | None:
        """The names of the axes of the array that `name` holds just after the statement at `line` has run."""
        return self._dimensions.at(line, name)

    def returned_dimensions(self, line: int) -> Names | None:
        """The names of the axes of what the function returns whose first line this is."""
        return self._dimensions.returned(line)

    @cached_property
    def _dimensions(self) -> Dimensions:
        """Made when the first array of the file is looked at: many files have none."""
        try:
            return Dimensions(ast.parse(self.source.text))
        except (SyntaxError, RecursionError, MemoryError):  # looked at deep in a recursion
            return Dimensions(ast.Module([], []))

    def text_of(self, statement: Statement) -> str:
        """The source of a statement, or of the header of a compound one."""
        return self._table.text(statement.line, statement.end_line)

    def function_end(self, line: int) -> int:
        """The last line of the function or class whose first line (a decorator, if any) is `line`."""
        return self._table.functions.get(line, (line, line))[1]

    def _apply(self, statement: Statement, name: str, arguments: list[str], line: int) -> None:
        if name == "stepover":
            statement.stepover = True
        elif name == "costs" and statement.account == TIMED:
            self.problems.append(
                (line, "@costs: the lecture measures time here, so nothing is counted; count it elsewhere.")
            )
        elif name == "costs":
            statement.account = COUNTED
        elif name == "clear":
            statement.clear += arguments
        elif name == "tokens":
            self._apply_tokens(statement, arguments, line)
        elif name in ("inspect", "full"):
            for argument in arguments:
                expression = self._expression(name, argument, line)
                if expression is not None:
                    expression.limits = FULL if name == "full" else INSPECTED
                    statement.inspect.append(expression)
        statement.reads_values = bool(statement.inspect or statement.clear)
        if statement.reads_values and statement.ending != ANYTHING:
            statement.ending = VALUES

    def _apply_tokens(self, statement: Statement, arguments: list[str], line: int) -> None:
        """`@tokens ids other_ids tokenizer`: the last one decodes the others."""
        if len(arguments) < 2:
            self.problems.append(
                (line, "@tokens takes token ids and what decodes them; write `# @tokens ids tokenizer`.")
            )
            return
        *ids, decoder = (self._expression("tokens", argument, line) for argument in arguments)
        for expression in ids:
            if expression is not None and decoder is not None:
                expression.decoder = decoder
                statement.inspect.append(expression)

    def _expression(self, directive: str, text: str, line: int) -> Expression | None:
        try:
            return Expression(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.problems.append((line, f"@{directive} cannot read `{text}`; it takes names and expressions."))
            return None


class Sources:
    """The visible files: every Python file under `root`, but for the engine, what is installed, and hidden folders.

    `opened` is told of each one the first time a line of it is met, under `lock`, in the order of their indices.
    `visible` and `invisible` are what has been asked for so far, by `co_filename`: for whoever cannot wait for `of_code`.
    """

    def __init__(
        self,
        root: Path,
        base: Path,
        opened: Callable[[VisibleFile], None],
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self._root = os.path.join(root.resolve(), "")
        self._base = base.resolve()
        self._opened = opened
        self._lock = lock or threading.RLock()
        libraries = [folder for folder in _folders(LIBRARIES) if folder.startswith(self._root)]
        self._invisible = (*_folders([ENGINE]), *libraries)
        self._by_path: dict[str, VisibleFile] = {}
        self.visible: dict[str, VisibleFile] = {}
        self.invisible: set[str] = set()
        self.files: list[VisibleFile] = []

    def of_code(self, code: CodeType) -> VisibleFile | None:
        """The visible file that `code` comes from, or None."""
        name = code.co_filename
        if name in self.invisible:
            return None
        file = self.visible.get(name) or self.of_path(name)
        if file is None:
            self.invisible.add(name)
        else:
            self.visible[name] = file
        return file

    def of_path(self, name: str) -> VisibleFile | None:
        """The visible file at a path, or None if there is none; what cannot be read is not visible."""
        if not name.endswith(".py"):  # `<string>`, `<frozen …>`: no file at all
            return None
        try:
            if not os.path.isabs(name):
                name = os.path.abspath(name)
            if not self.is_visible(name):
                name = os.path.realpath(name)
                if not self.is_visible(name):
                    return None
            with self._lock:
                return self._by_path.get(name) or self._open(name)
        except UNREADABLE:
            return None

    def _open(self, name: str) -> VisibleFile:
        shown = shown_path(os.path.relpath(name, self._base)).replace(os.sep, "/")
        file = VisibleFile(name, shown, len(self.files))
        self._by_path[name] = file
        self.files.append(file)
        self._opened(file)
        return file

    def is_visible(self, name: str) -> bool:
        """Whether code at this path (absolute, without links) is shown."""
        if not name.startswith(self._root) or name.startswith(self._invisible):
            return False
        folders = name[len(self._root) :].split(os.sep)[:-1]
        return not any(folder in NOT_LECTURES or folder.startswith(".") for folder in folders)


def _folders(paths: Iterable[str | Path]) -> Iterator[str]:
    """Each folder with a separator at its end, as it is called and as it really is."""
    for path in paths:
        yield os.path.join(path, "")
        yield os.path.join(os.path.realpath(path), "")
