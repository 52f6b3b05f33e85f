"""The visible source: files, functions, statements, directives."""

from __future__ import annotations

from typing import Literal

from tracer.format.struct import Struct


class Directive(Struct):
    """A `# @name arguments` comment. Columns count characters from 0: the comment spans `column` to `end_column` of `line`."""

    name: Literal["inspect", "full", "tokens", "clear", "stepover", "hide", "animate", "costs"]
    arguments: list[str]
    line: int
    column: int
    end_column: int


class SourceFile(Struct):
    """A visible file: where it was (relative to the project), what was in it, and which lines are `@hide`-den (1-based).

    Lines end at a line feed and nothing else. `sha256` is of the file's bytes; `text` is decoded, without a byte-order mark.
    """

    path: str
    sha256: str
    text: str
    hidden: list[int]
    directives: list[Directive]


class Functions(Struct):
    """Table: the functions, methods and class bodies of the visible files that ran. `name` is the qualified name (a string)."""

    name: list[int]
    file: list[int]
    line: list[int]
    end_line: list[int]


class Statements(Struct):
    """Table: the statements that ran. `line` to `end_line` (1-based) is the statement, or the header of a compound one.

    `loop_end`: of a `for` or a `while`, the last line of its body; 0 for every other statement.
    """

    file: list[int]
    line: list[int]
    end_line: list[int]
    loop_end: list[int]
