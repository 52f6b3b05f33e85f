"""The list of traces: what it says of good files, and of all the others."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tracer.server.serving import Served, make_project, trace
from tracer.format.schema import VERSION
from tracer.server.listing import Listing
from tracer.server.sources import Sources


def listing_of(folder: Path) -> Listing:
    return Listing(folder, Sources(folder, folder.parent / "lectures"))


def listed(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(listing_of(folder).to_json())
    return found


def one(folder: Path, content: bytes) -> dict[str, Any]:
    (folder / "it.json").write_bytes(content)
    (entry,) = listed(folder)
    assert entry["name"] == "it"
    assert entry["bytes"] == len(content)
    return entry


def test_served_as_json(served: Served) -> None:
    answer = served.get("/api/traces")
    assert answer.headers["content-type"] == "application/json"
    (entry,) = json.loads(answer.body)  # neither the hidden one nor the link out of the folder
    path = served.root / "var/traces/lecture_01.json"
    moment = datetime.strptime(entry.pop("modified"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert moment.timestamp() == int(path.stat().st_mtime)
    assert entry == {
        "name": "lecture_01",
        "url": "var/traces/lecture_01.json",
        "title": "Tokenization",
        "steps": 1080,
        "seconds": 2.5,
        "outcome": {"status": "failed", "message": "ZeroDivisionError: division by zero"},
        "bytes": path.stat().st_size,
    }
    assert served.get("/" + entry["url"]).status == 200


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"\xff\xfe\x00\x01", "not JSON"),
        (b"\x1f\x8b\x08\x00 gzip", "not JSON"),
        (trace(steps=[1, 2, 3])[:-20], "ends in the middle"),
        (b'{"format":', "ends in the middle"),
        (b"[]", "not a trace"),
        (b"null", "not a trace"),
        (b"{}", "not a trace"),
        (b'{"format": 3}', "not a trace"),
        (b'{"format": "something-else", "version": 1}', "not a trace"),
        (b'{"files": [], "steps": {}}', "not a trace"),
        (trace(version=VERSION + 1), f"version {VERSION + 1}"),
        (trace(version="1"), "not a trace"),
        (trace(summary=None), "damaged"),
        (trace(summary={"title": "x"}), "damaged"),
        (
            trace(summary={"name": 1, "title": "x", "steps": 1, "seconds": 1, "outcome": {"status": "finished"}}),
            "damaged",
        ),
        (
            trace(summary={"name": "a", "title": "x", "steps": 1, "seconds": 1, "outcome": {"status": "great"}}),
            "damaged",
        ),
        (b'{"format":' + b"[" * 100_000, "not a trace"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not JSON"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else str(value),
)
def test_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    entry = one(tmp_path, content)
    assert problem in entry["problem"]
    assert entry["problem"].endswith(".")
    assert entry["title"] == "it"
    assert entry["steps"] is entry["seconds"] is entry["outcome"] is None


def test_a_newer_trace_may_have_another_summary(tmp_path: Path) -> None:
    assert "update" in one(tmp_path, trace(version=VERSION + 1, summary={"of": "another shape"}))["problem"]


def test_edtrace(tmp_path: Path) -> None:
    entry = one(tmp_path, json.dumps({"files": {"a.py": "x = 1"}, "steps": [{"stack": []}] * 7}).encode())
    assert entry["title"] == "it: an edtrace trace"
    assert entry["steps"] == 7
    assert "problem" not in entry


def test_hostile_texts_are_bounded_and_only_text(tmp_path: Path) -> None:
    summary = json.loads(trace())["summary"]
    summary["title"] = "<script>alert(1)</script>" + "x" * 100_000
    entry = one(tmp_path, trace(summary=summary))
    assert len(entry["title"]) == 500
    assert entry["title"].startswith("<script>")


def test_names_are_sorted_and_written_as_addresses(tmp_path: Path) -> None:
    for name in ("b", "a lecture", "größe", "100%"):
        (tmp_path / f"{name}.json").write_bytes(trace())
    entries = listed(tmp_path)
    assert [entry["name"] for entry in entries] == ["100%", "a lecture", "b", "größe"]
    assert [entry["url"] for entry in entries][:2] == ["var/traces/100%25.json", "var/traces/a%20lecture.json"]
    assert entries[3]["url"] == "var/traces/gr%C3%B6%C3%9Fe.json"


def test_changes_are_seen(tmp_path: Path) -> None:
    listing = listing_of(tmp_path / "traces")
    assert listing.traces() == []  # no folder yet
    (tmp_path / "traces").mkdir()
    file = tmp_path / "traces/it.json"
    file.write_bytes(trace())
    (before,) = listing.traces()
    assert before.title == "Tokenization"
    assert listing.traces()[0] is before  # not read again
    (tmp_path / "traces/beside").write_bytes(b"broken")
    (tmp_path / "traces/beside").replace(file)
    assert listing.traces()[0].problem
    file.unlink()
    assert listing.traces() == []


def test_a_lecture_that_was_edited_since_is_marked(tmp_path: Path) -> None:
    lecture = tmp_path / "lectures/it.py"
    lecture.parent.mkdir()
    lecture.write_bytes(b"x = 1\n")
    (tmp_path / "traces").mkdir()
    file = {"path": "lectures/it.py", "sha256": hashlib.sha256(b"x = 1\n").hexdigest()}
    (tmp_path / "traces/it.json").write_bytes(trace(files=[file]))
    listing = listing_of(tmp_path / "traces")

    def marked() -> list[bool]:
        return ["changed" in entry for entry in json.loads(listing.to_json())]

    assert marked() == [False]
    lecture.write_bytes(b"x = 2, edited\n")
    assert marked() == [True]
    lecture.unlink()
    assert marked() == [True]
    lecture.write_bytes(b"x = 1\n")
    assert marked() == [False]


def test_links_out_and_folders_are_not_listed(tmp_path: Path) -> None:
    folder = make_project(tmp_path) / "var/traces"
    (folder / "folder.json").mkdir()
    assert [entry["name"] for entry in listed(folder)] == ["lecture_01"]
