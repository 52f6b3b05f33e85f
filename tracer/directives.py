"""Directives: what an author says to the tracer in a trailing comment, `x = f()  # @inspect x @stepover`.

They are read from real comments (by `tokenize`), so a `#` inside a string neither makes nor hides one. A directive takes
the words after it up to the next one; names may be separated by spaces or commas, and brackets and quotes hold together:
`# @inspect x, y.shape d["a b"] len(x)`.
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from dataclasses import dataclass, field

from tracer.format.schema import Directive

__all__ = ["NAMES", "Directives", "read_directives", "split_arguments"]

NAMES = ("inspect", "full", "tokens", "clear", "stepover", "hide", "animate", "costs")
TAKING_ARGUMENTS = ("inspect", "full", "tokens", "clear")

_MARK = re.compile(r"(?:(?<=\s)|(?<=#)|^)@(\w+)(?![\w.(])")


@dataclass
class Directives:
    """The directives of one file, in order, and what is wrong with those that are not: (line, sentence)."""

    found: list[Directive] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_directives(source: str) -> Directives:
    """Every directive in `source`. Source that does not tokenize gives what could be read before the fault."""
    result = Directives()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and "@" in token.string:
                trailing = token.line[: token.start[1]].strip() != ""
                _read_comment(token.string, token.start[0], token.start[1], trailing, result)
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        pass  # the compiler says it better, with line and caret
    return result


def _read_comment(comment: str, line: int, column: int, trailing: bool, result: Directives) -> None:
    marks = list(_MARK.finditer(comment))
    for number, mark in enumerate(marks):
        name = mark.group(1)
        rest = comment[mark.end() : marks[number + 1].start() if number + 1 < len(marks) else len(comment)]
        if name not in NAMES:
            _judge_unknown(name, line, result, opens_comment=trailing and not comment[: mark.start()].strip("# "))
            continue
        arguments = split_arguments(rest)
        if name in TAKING_ARGUMENTS and not arguments:
            result.problems.append((line, f"@{name} names no variable; write `# @{name} x`."))
        start = column if number == 0 and not comment[: mark.start()].strip("# ") else column + mark.start()
        end = column + mark.end() + len(rest.rstrip())
        result.found.append(
            Directive(
                name=name,  # type: ignore[arg-type]
                arguments=arguments if name in TAKING_ARGUMENTS else [],
                line=line,
                column=start,
                end_column=end,
            )
        )


def _judge_unknown(name: str, line: int, result: Directives, opens_comment: bool) -> None:
    """An unknown @word is a misspelt directive if it resembles one, or opens a comment behind code; else just a word."""
    near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.6)
    if near:
        result.problems.append((line, f"@{name} is no directive; did you mean @{near[0]}?"))
    elif opens_comment:
        known = ", ".join(f"@{known}" for known in NAMES)
        result.problems.append((line, f"@{name} is no directive; there are {known}."))


def split_arguments(text: str) -> list[str]:
    """`x, y.shape d["a b"] f(a, b)` → its four expressions: split at spaces and commas outside brackets and quotes."""
    arguments: list[str] = []
    current = ""
    closing: list[str] = []
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([{":
            closing.append({"(": ")", "[": "]", "{": "}"}[character])
        elif closing and character == closing[-1]:
            closing.pop()
        elif not closing and (character.isspace() or character == ","):
            if current:
                arguments.append(current)
            current = ""
            continue
        current += character
    return [*arguments, current] if current else arguments
