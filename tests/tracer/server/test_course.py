"""What the server says of the course: what its file does, or what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tracer.server.serving import Served
from tracer.server.course import CourseFile

COURSE = """
title: A course
lectures:
  - id: lecture_01
    order: 1
    title: Beginnings
    summary: Words.
    needs: {gpu: 1, seconds: 20}
"""


def said(file: CourseFile) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(file.to_json())
    return answer


def test_a_project_without_one(served: Served) -> None:
    answer = served.get("/api/course")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body) == {"course": None, "problem": None}


def test_what_the_file_says_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    assert said(CourseFile(tmp_path)) == {
        "course": {
            "title": "A course",
            "description": "",
            "lectures": [
                {
                    "id": "lecture_01",
                    "order": 1,
                    "title": "Beginnings",
                    "summary": "Words.",
                    "needs": {"gpu": 1, "ranks": 1, "seconds": 20.0},
                    "costs": False,
                    "command": "python execute.py -m lecture_01",
                }
            ],
        },
        "problem": None,
    }


def test_a_mistake_is_told_and_its_repair_seen(tmp_path: Path) -> None:
    file = CourseFile(tmp_path)
    (tmp_path / "course.yaml").write_text(COURSE.replace("summary", "sumary"), encoding="utf-8")
    answer = said(file)
    assert answer["course"] is None
    assert answer["problem"].startswith("lectures/course.yaml, line 7: ")
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    assert said(file)["problem"] is None
    (tmp_path / "course.yaml").unlink()
    assert said(file) == {"course": None, "problem": None}


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures/course.yaml").symlink_to(tmp_path / "secret.yaml")
    assert said(CourseFile(tmp_path / "lectures")) == {"course": None, "problem": None}
