"""What has changed since a trace was recorded is told; what a trace has no business with is not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.tracer.server.serving import SECRET, Served, make_project, serving, trace
from tracer.server.sources import Sources


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def compared(root: Path, *files: object, **fields: object) -> dict[str, list[str]] | None:
    """What is told of a trace of these files, of a project at `root`."""
    (root / "traces").mkdir(exist_ok=True)
    (root / "traces/it.json").write_bytes(trace(files=list(files), **fields))
    answer = Sources(root / "traces", root / "lectures").to_json("it.json")
    return None if answer is None else json.loads(answer)


def recorded(path: str, data: bytes = b"x = 1\n") -> dict[str, str]:
    return {"path": path, "sha256": sha256(data), "text": data.decode()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("lecture_01.py", "lm/bpe.py"):
        (tmp_path / "lectures" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lectures" / name).write_bytes(b"x = 1\n")
    return tmp_path


def test_the_same_file_is_no_news(project: Path) -> None:
    files = [recorded("lectures/lecture_01.py"), recorded("lectures/lm/bpe.py")]
    assert compared(project, *files) == {"changed": [], "gone": []}


def test_an_edited_file_is_named_and_one_that_is_gone(project: Path) -> None:
    files = [
        recorded("lectures/lecture_01.py", b"x = 2\n"),
        recorded("lectures/lm/bpe.py"),
        recorded("lectures/old.py"),
    ]
    assert compared(project, *files) == {"changed": ["lectures/lecture_01.py"], "gone": ["lectures/old.py"]}


@pytest.mark.parametrize(
    "path",
    [
        "secret.py",
        "../secret.py",
        "/etc/passwd",
        "/lectures/lecture_01.py",
        "./lectures/lecture_01.py",
        "lectures",
        "lectures/",
        "lectures/data/secret.txt",
        "lectures.py",
        "",
    ],
)
def test_other_files_are_not_spoken_of(project: Path, path: str) -> None:
    (project / "secret.py").write_bytes(SECRET)
    (project / "lectures/data").mkdir()
    (project / "lectures/data/secret.txt").write_bytes(SECRET)
    for content in (SECRET, b"a guess"):
        assert compared(project, recorded(path, content)) == {"changed": [], "gone": []}


@pytest.mark.parametrize(
    "path",
    [
        "lectures/../secret.py",
        "lectures/lm/../../secret.py",
        "lectures//secret.py",
        "lectures/link.py",
        "lectures/out/secret.py",
        "lectures/.hidden.py",
        "lectures/..\\secret.py",
        "lectures/\x00.py",
        "lectures/pipe.py/x.py",
        "lectures/" + "a/" * 3000 + "a.py",
    ],
)
def test_what_lies_outside_seems_gone_whether_the_guess_was_right_or_not(project: Path, path: str) -> None:
    (project / "secret.py").write_bytes(SECRET)
    (project / "lectures/link.py").symlink_to(project / "secret.py")
    (project / "lectures/out").symlink_to(project)
    (project / "lectures/.hidden.py").write_bytes(SECRET)
    for content in (SECRET, b"a guess"):
        assert compared(project, recorded(path, content)) == {"changed": [], "gone": [path]}


@pytest.mark.parametrize(
    "fields",
    [
        {"files": {}},
        {"files": [1, None]},
        {"files": [{"path": 1, "sha256": []}]},
        {"files": [{"sha256": ""}]},
        {"files": [{"path": "lectures/lecture_01.py"}]},
        {"files": [{"path": "lectures/lecture_01.py", "sha256": ""}]},
        {"format": "another"},
    ],
)
def test_of_a_trace_that_tells_no_hashes_nothing_is_told(project: Path, fields: dict[str, object]) -> None:
    (project / "traces").mkdir()
    (project / "traces/it.json").write_text(json.dumps({"format": "executable-lecture", "version": 3, **fields}))
    assert Sources(project / "traces", project / "lectures").to_json("it.json") == b'{"changed":[],"gone":[]}'


def test_of_what_is_no_trace_nothing_is_told(project: Path) -> None:
    (project / "traces").mkdir()
    sources = Sources(project / "traces", project / "lectures")
    for content in (b"", b"hello", b"[]", b"\xff", b'{"format":' + b"[" * 100_000):
        (project / "traces/it.json").write_bytes(content)
        assert sources.to_json("it.json") == b'{"changed":[],"gone":[]}'
    for name in ("other.json", "../it.json", ".it.json", "it", ""):
        assert sources.to_json(name) is None


def test_an_edit_is_seen_at_once(project: Path) -> None:
    (project / "traces").mkdir()
    (project / "traces/it.json").write_bytes(trace(files=[recorded("lectures/lecture_01.py")]))
    sources = Sources(project / "traces", project / "lectures")
    assert b'"changed":[]' in (sources.to_json("it.json") or b"")
    lecture = project / "lectures/lecture_01.py"
    lecture.write_bytes(b"x = 1000\n")
    assert b'"changed":["lectures/lecture_01.py"]' in (sources.to_json("it.json") or b"")
    lecture.write_bytes(b"x = 1\n")
    assert b'"changed":[]' in (sources.to_json("it.json") or b"")


def test_over_http(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    (root / "lectures/lecture_01.py").write_bytes(b"x = 1\n")
    files = [recorded("lectures/lecture_01.py", b"x = 2\n"), recorded("lectures/secret.py", b"a guess")]
    (root / "var/traces/edited.json").write_bytes(trace(files=files))
    with serving(root) as server:
        answer = server.get("/api/sources/edited.json")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        assert json.loads(answer.body) == {"changed": ["lectures/lecture_01.py", "lectures/secret.py"], "gone": []}
        assert server.get("/api/sources/edited.json", origin="https://example.org").status == 403


@pytest.mark.parametrize("name", ["none.json", "..%2fsecret.json", ".hidden.json", "link.json", "deep%2finner.json"])
def test_over_http_nothing_else_is_there(served: Served, name: str) -> None:
    answer = served.get(f"/api/sources/{name}")
    assert answer.status == 404
    assert SECRET not in answer.body
