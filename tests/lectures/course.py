"""The course, as its table of contents has it."""

from __future__ import annotations

from pathlib import Path

from tracer.course import CourseLecture, read_course

LECTURES = Path(__file__).parents[2] / "lectures"


def entries() -> tuple[CourseLecture, ...]:
    return read_course(LECTURES / "course.yaml").lectures


def title(name: str) -> str:
    """What the table of contents calls a lecture."""
    (found,) = (entry.title for entry in entries() if entry.id == name)
    return found
