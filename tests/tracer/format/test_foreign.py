"""Foreign traces: what is made of them is what the viewer makes of them; what cannot be is told in a sentence."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tracer.server.serving import HANGS, environment
from tracer.format.convert import convert, read_any
from tracer.format.foreign import import_foreign, is_foreign
from tracer.format.reader import TraceProblem, read_trace
from tracer.format.schema import VERSION

FIXTURES = Path(__file__).resolve().parents[3] / "trace-viewer/src/format/import/fixtures"
NAMES = ["edtrace-0.1.20", "edtrace-calls", "before-edtrace"]
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize("name", NAMES)
def test_becomes_what_the_viewer_makes_of_it(tmp_path: Path, name: str) -> None:
    trace = convert(FIXTURES / f"{name}.json", tmp_path / "new.json")
    assert json.loads((tmp_path / "new.json").read_bytes()) == json.loads(
        (FIXTURES / f"{name}.imported.json").read_bytes()
    )
    assert read_trace(tmp_path / "new.json") == trace
    assert trace.summary.steps == len(trace.steps.call) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["new.json"]


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_older_traces_of_ours_are_upgraded(tmp_path: Path, version: int) -> None:
    convert(GOLDEN / f"v{version}.json", tmp_path / "new.json")
    assert read_trace(tmp_path / "new.json") == read_trace(GOLDEN / f"v{version}.json")
    assert json.loads((tmp_path / "new.json").read_bytes())["version"] == VERSION


def foreign(*steps: object, **more: object) -> dict[str, Any]:
    files = {"a.py": "def main():\n    x = 1\n"}
    return {"files": files, "steps": [{"stack": [frame()]}, *steps], **more}


def frame(line: object = 1, name: object = "main", path: object = "a.py") -> dict[str, object]:
    return {"path": path, "line_number": line, "function_name": name}


def imported(*steps: object, **more: object) -> dict[str, Any]:
    return import_foreign(foreign(*steps, **more))


def test_what_is_one_and_what_is_not() -> None:
    assert is_foreign(foreign())
    others: list[object] = [
        None,
        [],
        {},
        {"files": [], "steps": []},
        {"files": {}, "steps": {}},
        {**foreign(), "format": "x"},
    ]
    for other in others:
        assert not is_foreign(other)


@pytest.mark.parametrize(
    "step",
    [
        None,
        {},
        {"stack": []},
        {"stack": [None, 1, "x", []]},
        {"stack": [frame(0)]},
        {"stack": [frame(1.5)]},
        {"stack": [frame(True)]},
        {"stack": [frame(2**40)]},
        {"stack": [frame(1, None)]},
        {"stack": [frame(1, "main", "b.py")]},
        {"stack": [frame(1, "main", ["a.py"])]},
    ],
)
def test_a_step_that_is_nowhere_is_told(step: object) -> None:
    with pytest.raises(ValueError, match=r"^step 1 (has no proper place|is in none of its files)$"):
        imported(step)


def value_of(value: object) -> Any:
    return imported({"stack": [frame(2)], "env": {"x": value}})["values"][0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (2**100, {"kind": "int", "text": str(2**100)}),
        (1e300, {"kind": "float", "value": 1e300}),
        (math.nan, {"kind": "float", "value": "nan"}),
        ({"type": "adam", "contents": 1, "more": 2}, {"kind": "mapping"}),
        ({"type": "float", "contents": 1.0}, {"kind": "float", "value": 1.0}),
        ({"type": "float", "contents": "-inf"}, {"kind": "float", "value": "-inf"}),
        ({"type": "bool", "contents": True, "dtype": None, "shape": None}, True),
        ({"type": "NoneType", "contents": "None", "dtype": None, "shape": None}, None),
        ({"type": "datetime.datetime", "contents": "2024"}, {"kind": "opaque", "type": "datetime", "text": "2024"}),
        ({"type": "sympy.core.numbers.Float", "contents": 2.0}, {"kind": "float", "value": 2.0}),
        ({"type": "numpy.float64", "contents": math.inf}, {"kind": "tensor", "shape": [], "elements": ["inf"]}),
        ({"type": "torch.Tensor", "contents": [[1, 2]], "dtype": "torch.int8", "shape": [1, 2]}, {"dtype": "int8"}),
        (
            {"type": "torch.Tensor", "contents": [1], "dtype": "d", "shape": [-1]},
            {"kind": "sequence", "type": "Tensor"},
        ),
        (
            {"type": "a.Point", "contents": {"x": {"type": "int", "contents": 1}}},
            {"kind": "instance", "fields": [["x", 1]]},
        ),
    ],
)
def test_values(value: object, expected: object) -> None:
    found = value_of(value)
    if isinstance(expected, dict):
        found = {key: found[key] for key in expected}
    assert found == expected
    assert type(found) is type(expected)


def test_a_name_that_is_no_longer_shown() -> None:
    assert imported({"stack": [frame(2)], "env": {"x": None}})["bindings"]["value"] == [-1]


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "old.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "step",
    [
        {"env": {"x": "\ud800", "\udfff": 1}},
        {"env": {"x": {"type": "t", "contents": 10**400, "dtype": None, "shape": None}}},
        {"renderings": [{"type": "plot", "data": {"a": [math.nan, 10**400, -(2**70), "\ud800"]}}]},
        {"renderings": [None, 1, {}, {"type": {}}, {"type": "graph", "data": []}, {"type": "markdown", "data": 1e22}]},
        {"renderings": [{"type": "graph", "data": {"nodes": [0, {}, {"data": {"id": 1, "x": {}}}], "width": 1e99}}]},
        {
            "renderings": [
                {"type": "link", "internal_link": {"path": [], "line_number": -1}, "external_link": {"authors": [1]}}
            ]
        },
        {"renderings": [{"type": "image", "data": "a.png", "style": {"width": math.inf, "color": "red"}}]},
        {"env": [1], "stdout": 7, "stderr": ["x"], "renderings": {}},
        {"stack": [frame(99, "elsewhere")]},
        {"stack": [frame(2.0)]},
    ],
)
def test_whatever_it_holds_becomes_a_sound_trace(tmp_path: Path, step: dict[str, object]) -> None:
    old = written(tmp_path, json.dumps(foreign({"stack": [frame(2)], **step})))
    trace = convert(old, tmp_path / "new.json")
    assert read_trace(tmp_path / "new.json") == trace


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"files": {}, "steps": []}', "it has no files"),
        ('{"files": {"a": 1}, "steps": []}', "its file a has no text"),
        ('{"files": {"a": ""}, "steps": [{}]}', "step 0 is in none of its files"),
        ("hello", "not JSON"),
        ("{}", "not a trace"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TraceProblem, match=sentence):
        read_any(written(tmp_path, text))


def test_nesting_without_end_is_told(tmp_path: Path) -> None:
    deep = '{"a":' * 200 + "1" + "}" * 200
    text = json.dumps(foreign({"stack": [frame(2)], "renderings": [{"type": "plot", "data": {"a": "DEEP"}}]}))
    path = written(tmp_path, text.replace('"DEEP"', deep))
    assert read_any(path).outputs
    with pytest.raises(TraceProblem, match="nested too deeply"):
        read_any(written(tmp_path, text.replace('"DEEP"', "[" * 100_000 + "]" * 100_000)))


def tracer(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tracer", *arguments]
    return subprocess.run(
        command, cwd=at, env=environment(), capture_output=True, text=True, timeout=HANGS, check=False
    )


def test_the_command(tmp_path: Path) -> None:
    old = str(FIXTURES / "before-edtrace.json")
    done = tracer("convert", old, "-o", "new.json", at=tmp_path)
    assert (done.returncode, done.stdout) == (0, "The trace is in new.json: 24 steps.\n")
    assert tracer("check", "new.json", at=tmp_path).returncode == 0
    assert tracer("convert", old, "-o", "new.json", at=tmp_path).returncode == 0  # what was named may be replaced
    done = tracer("convert", old, "-o", "none/new.json", at=tmp_path)
    assert (done.returncode, done.stderr) == (1, "none/new.json cannot be written: No such file or directory.\n")
    done = tracer("convert", "none.json", at=tmp_path)
    assert done.returncode == 1
    assert "none.json" in done.stderr
    assert done.stderr.count("\n") == 1
