"""What `/api/course` says: the table of contents of the lectures, or what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tracer.course import LARGEST, Course, CourseProblem, parse_course
from tracer.server.files import open_inside

__all__ = ["CourseAnswer", "CourseFile"]

FILE = "course.yaml"


class CourseAnswer(msgspec.Struct):
    """Both are None where there is no such file. `README.md` beside this file describes the fields."""

    course: Course | None = None
    problem: str | None = None


class CourseFile:
    """The course of a folder of lectures. The file is read again only when it has changed."""

    def __init__(self, lectures: Path) -> None:
        self.lectures = lectures
        self.known: tuple[tuple[int, int, int], CourseAnswer] | None = None

    def to_json(self) -> bytes:
        return msgspec.json.encode(self.answer())

    def answer(self) -> CourseAnswer:
        file = open_inside(self.lectures, FILE)
        if file is None:
            return CourseAnswer()
        with file:
            status = os.fstat(file.fileno())
            state = (status.st_ino, status.st_mtime_ns, status.st_size)
            if self.known is None or self.known[0] != state:
                self.known = (state, judged(file.read(LARGEST + 1)))
            return self.known[1]


def judged(data: bytes) -> CourseAnswer:
    try:
        return CourseAnswer(course=parse_course(data, f"lectures/{FILE}"))
    except CourseProblem as problem:
        return CourseAnswer(problem=str(problem))
