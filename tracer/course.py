"""The course: `lectures/course.yaml`, read and checked in this one place.

The start page, the tests, and whatever records or publishes all lectures ask here what there is and what it needs. The file
is somebody's handwriting, so that a mistake in it is told with its line and what to write instead.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["Course", "CourseLecture", "CourseProblem", "Needs", "parse_course", "read_course"]

LARGEST = 1 << 17
"""Bytes of the file: a course of a hundred lectures has a quarter of that."""

MOST_LECTURES = 500
LONGEST_ID, LONGEST_TITLE, LONGEST_TEXT = 80, 200, 4000
MOST_GPUS = MOST_RANKS = 100_000
LONGEST_SECONDS = 30 * 86_400

YAML = "tag:yaml.org,2002:"
PLAIN = yaml.SafeLoader  # reads numbers and texts, and makes no other object


class CourseProblem(ValueError):
    """Says in a sentence what is wrong with a table of contents, where, and what to do."""


@dataclass(frozen=True)
class Needs:
    """What recording a lecture takes."""

    gpu: int = 0
    """GPUs; 0: any machine will do."""
    ranks: int = 1
    """Processes of a distributed run."""
    seconds: float | None = None
    """About, on two cores; None: nobody has said."""


@dataclass(frozen=True)
class CourseLecture:
    id: str
    """The name of its file without `.py`, and of its trace without `.json`."""
    order: int
    """Its number. 0 stands before the first."""
    title: str
    summary: str = ""
    needs: Needs = Needs()
    costs: bool = False
    """Whether it is meant to be recorded with what lines cost."""
    command: str = ""
    """What records it, typed in the root of the project."""


@dataclass(frozen=True)
class Course:
    title: str
    description: str
    lectures: tuple[CourseLecture, ...]
    """By their order."""


def read_course(path: Path) -> Course:
    """The course that a file tells of. Raises CourseProblem, also where the file is missing."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CourseProblem(f"{path} cannot be read: {error.strerror}.") from None
    return parse_course(data, str(path))


def parse_course(data: bytes, name: str = "course.yaml") -> Course:
    """The course in the bytes of a file, which problems call `name`. Raises CourseProblem."""
    if len(data) > LARGEST:
        raise CourseProblem(
            f"{name} has more than {LARGEST // 1024} KiB: keep summaries short, and the rest in lectures."
        )
    try:
        # Composed, not constructed: nodes know their lines, and an alias of an alias is never unfolded.
        root = yaml.compose(data.decode("utf-8"), Loader=PLAIN)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = (
            "nested too deep" if isinstance(error, RecursionError) else getattr(error, "problem", None) or str(error)
        )
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise CourseProblem(f"{where}: this is not YAML ({' '.join(str(reason).split())[:200]}).") from None
    if root is None:
        raise CourseProblem(f"{name} is empty: write `title: …` and `lectures:` with a list into it.")
    return _course(_Mapping(root, name, "the course", {"title", "lectures"}, {"description"}))


def _course(given: _Mapping) -> Course:
    nodes = given.nodes("lectures", MOST_LECTURES)
    read = [_lecture(node, given.file, at) for at, node in enumerate(nodes, 1)]
    for what in ("id", "order"):
        seen = set()
        for lecture, line in read:
            value = getattr(lecture, what)
            if value in seen:
                raise CourseProblem(
                    f"{given.file}, line {line}: a second lecture has the {what} {value}; each needs its own."
                )
            seen.add(value)
    return Course(
        title=given.text("title", LONGEST_TITLE),
        description=given.text("description", LONGEST_TEXT, ""),
        lectures=tuple(sorted((lecture for lecture, _ in read), key=lambda lecture: lecture.order)),
    )


def _lecture(node: yaml.Node, file: str, at: int) -> tuple[CourseLecture, int]:
    given = _Mapping(node, file, f"lecture {at} of the list", {"id", "order", "title"}, {"summary", "needs", "costs"})
    name = given.text("id", LONGEST_ID)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise given.wrong("id", "the name of a file in lectures/ without .py, such as lecture_05")
    costs = given.flag("costs", False)
    lecture = CourseLecture(
        id=name,
        order=int(given.number("order", 0, 10_000, whole=True)),
        title=given.text("title", LONGEST_TITLE),
        summary=given.text("summary", LONGEST_TEXT, ""),
        needs=_needs(given),
        costs=costs,
        command=f"python execute.py -m {name}{' --costs' if costs else ''}",
    )
    return lecture, given.line


def _needs(lecture: _Mapping) -> Needs:
    node = lecture.values.get("needs")
    if node is None:
        return Needs()
    given = _Mapping(node, lecture.file, "needs", set(), {"gpu", "ranks", "seconds"})
    return Needs(
        gpu=int(given.number("gpu", 0, MOST_GPUS, 0, whole=True)),
        ranks=int(given.number("ranks", 1, MOST_RANKS, 1, whole=True)),
        seconds=given.number("seconds", 0, LONGEST_SECONDS) if "seconds" in given.values else None,
    )


class _Mapping:
    """A mapping of the file whose keys are known, and the reading of its values. Every problem names its line."""

    def __init__(self, node: yaml.Node, file: str, what: str, required: set[str], optional: set[str]) -> None:
        self.file, self.what, self.line = file, what, _line(node)
        keys = required | optional
        if not isinstance(node, yaml.MappingNode):
            raise self.problem(self.line, f"{what} must have keys and values: {_list(keys)}")
        self.values: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "…"
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                instead = f"did you mean `{near[0]}`?" if near else f"it may have {_list(keys)}."
                raise self.problem(_line(key_node), f"{what} has no key `{_short(key)}`: {instead}", "")
            if key in self.values:
                raise self.problem(_line(key_node), f"{what} has the key `{key}` twice: keep one")
            self.values[key] = value
        for key in sorted(required - self.values.keys()):
            raise self.problem(self.line, f"{what} lacks `{key}`: write `{key}: …`")

    def text(self, key: str, longest: int, default: str | None = None) -> str:
        """Words, white space at their ends removed. Without a default, there must be some."""
        if key not in self.values and default is not None:
            return default
        if not (value := self.scalar(key, "str").strip()):
            raise self.wrong(key, "some words")
        if len(value) > longest:
            raise self.problem(_line(self.values[key]), f"`{key}` has more than {longest:,} characters: shorten it")
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None, whole: bool = False) -> float:
        if key not in self.values and default is not None:
            return default
        kinds = ("int",) if whole else ("int", "float")
        expected = f"a {'whole ' if whole else ''}number from {least:,} to {most:,}"
        text = self.scalar(key, *kinds, expected=expected).replace("_", "")
        try:
            value = float(text)  # what YAML 1.1 has besides, such as 1:30 and 0x1F, nobody means here
        except ValueError:
            raise self.wrong(key, expected) from None
        if not (math.isfinite(value) and least <= value <= most):
            raise self.wrong(key, expected)
        return value

    def flag(self, key: str, default: bool) -> bool:
        if key not in self.values:
            return default
        return self.scalar(key, "bool", expected="true or false").lower() in ("true", "yes", "on")

    def nodes(self, key: str, most: int) -> list[yaml.Node]:
        node = self.values[key]
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(key, "a list, each entry with a dash before it")
        if len(node.value) > most:
            raise self.wrong(key, f"a list of at most {most:,}")
        return list(node.value)

    def scalar(
        self, key: str, *kinds: str, expected: str = "words; put quotes around what YAML takes for something else"
    ) -> str:
        node = self.values[key]
        if not isinstance(node, yaml.ScalarNode) or node.tag.removeprefix(YAML) not in kinds:
            raise self.wrong(key, expected)
        return str(node.value)

    def wrong(self, key: str, expected: str) -> CourseProblem:
        return self.problem(_line(self.values[key]), f"`{key}` of {self.what} must be {expected}")

    def problem(self, line: int, what: str, end: str = ".") -> CourseProblem:
        return CourseProblem(f"{self.file}, line {line}: {what}{end}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _list(keys: Iterable[str]) -> str:
    *most, last = (f"`{key}`" for key in sorted(keys))
    return f"{', '.join(most)} and {last}"


def _short(key: str) -> str:
    return key if len(key) <= 40 else key[:39] + "…"
