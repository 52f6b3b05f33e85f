"""The course, as its table of contents has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LECTURES = Path(__file__).parents[2] / "lectures"


def entries() -> list[dict[str, Any]]:
    course = yaml.safe_load((LECTURES / "course.yaml").read_text(encoding="utf-8"))
    lectures: list[dict[str, Any]] = course["lectures"]
    return lectures


def title(name: str) -> str:
    """What the table of contents calls a lecture."""
    (found,) = (entry["title"] for entry in entries() if entry["id"] == name)
    return str(found)
