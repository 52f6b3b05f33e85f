"""Measurements that are kept: each file is whole, what is damaged says so in a sentence, and a GPU is asked where it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lectures import measurements
from lectures.measurements import MeasurementError, kept, measured

PROVENANCE = {
    "device": "NVIDIA H100 80GB HBM3",
    "driver": "580.1",
    "cuda": "13.0",
    "torch": "2.11.0+cu130",
    "triton": "3.6.0",
    "python": "3.12.3",
    "date": "2026-11-22",
    "command": "python -m lectures.measurements gpus.bandwidth",
    "commit": "abc",
}


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    measurements.measured_now.cache_clear()
    yield
    measurements.measured_now.cache_clear()


def written(folder: Path, name: str = "gpus.bandwidth", **changes: Any) -> Path:
    content = {"name": name, "provenance": PROVENANCE, "data": {"rows": [1]}} | changes
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_measurement_says_what_it_was_measured_on(tmp_path: Path) -> None:
    written(tmp_path)
    found = kept("gpus.bandwidth", tmp_path)
    assert found.data == {"rows": [1]}
    assert not found.live
    assert found.words() == "measured on one H100 80GB HBM3, torch 2.11, triton 3.6, 2026-11-22"


def test_one_that_is_missing_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(
        MeasurementError, match=r"no measurement 'gpus.bandwidth' in .*python -m lectures.measurements gpus.bandwidth"
    ):
        kept("gpus.bandwidth", tmp_path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "gpus.other"}, "does not say that it is"),
        ({"data": {}}, "has no data"),
        ({"data": [1, 2]}, "has no data"),
        ({"provenance": {key: value for key, value in PROVENANCE.items() if key != "date"}}, "provenance lacks one of"),
        ({"provenance": PROVENANCE | {"torch": 2.11}}, "provenance lacks one of"),
    ],
)
def test_one_that_is_damaged_says_so(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    path = written(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes), encoding="utf-8")
    with pytest.raises(MeasurementError, match=f"is damaged: .*{why}.*measure anew"):
        kept("gpus.bandwidth", tmp_path)


@pytest.mark.parametrize("content", [b"", b'{"name": "gpus.co', b"\xff\xfe\x00", b"[]", b"null"])
def test_one_that_is_no_measurement_at_all_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gpus.bandwidth.json").write_bytes(content)
    with pytest.raises(MeasurementError, match="is damaged"):
        kept("gpus.bandwidth", tmp_path)


def test_where_there_is_a_gpu_it_is_asked_and_the_files_stand_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process that measures is a real one; only the GPU is not, so that it runs its tiny sizes."""
    name = "gpus.bandwidth"
    run = measurements.subprocess.run

    def tiny(command: list[str], **options: Any) -> Any:
        return run([*(name if word == "gpus" else word for word in command), "--tiny"], **options)

    monkeypatch.setattr(measurements, "gpu_is_here", lambda: True)
    monkeypatch.setattr(measurements.subprocess, "run", tiny)
    live = measured(name)
    assert live.live
    assert live.words().startswith("measured now, on one CPU")
    assert live.data["rows"]
    assert measured(name) is live  # asked once
    written(tmp_path, "gpus.waves")
    monkeypatch.setattr(measurements.kept, "__defaults__", (tmp_path,))
    assert not measured("gpus.waves").live  # what could not be measured is read


def test_what_is_kept_can_be_asked_for_where_there_is_a_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written(tmp_path)
    monkeypatch.setattr(measurements, "gpu_is_here", lambda: True)
    monkeypatch.setattr(measurements.kept, "__defaults__", (tmp_path,))
    monkeypatch.setenv("MEASUREMENTS", "kept")
    assert not measured("gpus.bandwidth").live


def test_without_a_gpu_nothing_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    if measurements.gpu_is_here():
        pytest.skip("there is a GPU here")
    assert measurements.main(["gpus"]) == 2
    assert "there is none here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "why"), [("nothing", "no group of measurements 'nothing'"), ("gpus.no", "no measurement 'gpus.no'")]
)
def test_a_name_that_there_is_not_is_refused(
    name: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    assert measurements.main([name, "--tiny"]) == 2
    assert why in capsys.readouterr().err


def test_what_cannot_be_imported_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(name: str) -> None:
        raise ImportError("No module named 'triton'")

    monkeypatch.setenv("TRITON_INTERPRET", "1")  # main() sets it; this takes it back
    monkeypatch.setattr(measurements, "import_module", refuse)
    assert measurements.main(["gpus", "--tiny"]) == 2
    assert "'gpus' cannot be taken here: No module named 'triton'" in capsys.readouterr().err


def test_every_measurement_runs_on_tiny_sizes_and_is_kept(tmp_path: Path) -> None:
    """The whole group, as on a GPU: what it measures is what the lecture can show."""
    pytest.importorskip("triton")
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    command = [sys.executable, "-m", "lectures.measurements", "gpus", "--tiny", "--into", str(tmp_path)]
    run = subprocess.run(
        command, cwd=measurements.PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    measured_here = {path.stem for path in tmp_path.glob("*.json")}
    assert measured_here == {path.stem for path in measurements.FOLDER.glob("gpus.*.json")}
    for name in measured_here:
        assert kept(name, tmp_path).data.keys() == kept(name).data.keys()


def test_all_that_is_kept_is_whole_and_has_its_function() -> None:
    for path in sorted(measurements.FOLDER.glob("*.json")):
        found = kept(path.stem)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", found.provenance.date)
        assert found.provenance.device.startswith("NVIDIA")
        group, _, function = path.stem.partition(".")
        source = (measurements.GROUPS / f"{group}.py").read_text(encoding="utf-8")
        assert f"def {function}(tiny: bool)" in source
