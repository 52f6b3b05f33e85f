"""Lectures run as people run them, and what is asked of their traces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


def recorded(name: str, folder: Path) -> Record:
    command = [sys.executable, "execute.py", "-m", name, "-o", str(folder), "--quiet"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return Record(folder / f"{name}.json")


class Record:
    """What is asked of a trace here: the outputs of a kind, and all values that a name had, in order."""

    def __init__(self, path: Path) -> None:
        self.trace = json.loads(path.read_text(encoding="utf-8"))
        self.outputs = [self.trace["outputs"][output] for output in self.trace["shown"]["output"]]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [output for output in self.outputs if output["kind"] == kind]

    def words(self) -> str:
        return "\n".join(output["text"] for output in self.of_kind("text"))

    def values(self, name: str) -> list[Any]:
        bindings = self.trace["bindings"]
        return [
            plain(self.trace["values"][value])
            for of, value in zip(bindings["name"], bindings["value"], strict=True)
            if self.trace["strings"][of] == name and value >= 0
        ]


def plain(value: Any) -> Any:
    """A recorded value as the Python value it pictures."""
    if not isinstance(value, dict):
        return value
    match value["kind"]:
        case "float":
            return float(value["value"])
        case "bytes":
            return value["text"].encode("latin-1").decode("unicode_escape").encode("latin-1")
        case "sequence":
            items = [plain(item) for item in value["items"]]
            return tuple(items) if value["type"] == "tuple" else items
        case "mapping":
            return {plain(key): plain(item) for key, item in value["entries"]}
    return value
