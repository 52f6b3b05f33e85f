"""What `execute.py` says around a run, and the commands it tells people to type."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import execute
import tracer.run
import tracer.server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "my talk #1.py"
    path.write_text("def main():\n    x = 1\n")
    return path


@pytest.mark.parametrize("here", [ROOT, None])
def test_the_command_that_shows_the_trace_works(talk: Path, tmp_path: Path, here: Path | None) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("uvicorn")
    command = [sys.executable, str(ROOT / "execute.py"), "-m", str(talk), "-o", str(tmp_path / "else where")]
    told = subprocess.run(command, cwd=here or tmp_path, capture_output=True, text=True, check=True).stderr
    (line,) = re.findall("Look at it: (.*)", told)
    assert line.count("python -m tracer serve") == 1
    # Served at an address that nobody has, the command ends at once, after it has found the trace.
    line = line.replace("python -m", f"{sys.executable} -m").replace(" serve ", " serve --host 192.0.2.1 ")
    result = subprocess.run(line, shell=True, cwd=here or tmp_path, capture_output=True, text=True, check=False)
    assert "There is no trace" not in result.stderr
    assert "192.0.2.1" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_trace_in_its_usual_place_needs_no_folder() -> None:
    trace = ROOT / "var/traces/lecture_01.json"
    assert execute._serve_command(trace, ROOT) == "python -m tracer serve lecture_01"
    assert execute._serve_command(trace, None).startswith("(cd ")


def test_serving_opens_the_trace_that_was_made(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(tracer.server, "serve", lambda folder, **options: served.append((folder, options)))
    monkeypatch.chdir(tmp_path)
    assert execute.main(["-m", talk.name, "-o", "out", "--serve", "--port", "0", "--quiet"]) == 0
    assert served == [(tmp_path / "out", {"port": 0, "open_path": "/?trace=var/traces/my%20talk%20%231.json"})]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--max-steps", "1e6"], "a whole number of 1 or more, not '1e6'"),
        (["--max-steps", "0"], "a whole number of 1 or more, not '0'"),
        (["--max-steps", "9" * 5000], "a whole number of 1 or more"),
        (["--max-steps", ""], "a whole number of 1 or more, not ''"),
        (["--port", "65536"], "a number from 0 to 65535, not '65536'"),
        (["--port", "-1"], "a number from 0 to 65535, not '-1'"),
        (["--port", "http"], "a number from 0 to 65535, not 'http'"),
    ],
)
def test_numbers_that_are_none(flags: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute.main(["-m", "x", *flags])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_numbers_that_are_some() -> None:
    options = execute._parse(["-m", "x", "--max-steps", "1_000,000", "--port", "0"])
    assert (options.max_steps, options.port) == (1_000_000, 0)


def test_lectures_start_where_the_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wanders.py").write_text(
        "import os, tempfile\ndef main():\n    d = tempfile.mkdtemp()\n    os.chdir(d)\n    os.rmdir(d)\n"
    )
    (tmp_path / "stays.py").write_text("import os\ndef main():\n    open('was_here', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert execute.main(["-m", "wanders", "stays", "wanders", "-o", "out", "--quiet"]) == 0
    assert (tmp_path / "was_here").exists()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"wanders.json", "stays.json"}


def test_two_lectures_of_one_name_are_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "talk.py").write_text(f"def main():\n    print({name!r})\n")
    execute.main(["-m", str(tmp_path / "a/talk.py"), str(tmp_path / "b/talk.py"), "-o", str(tmp_path / "out")])
    told = capfd.readouterr()
    assert told.out == "a\nb\n"
    assert "warning: two lectures are called talk" in told.err


# -------------------------------------------------------------------------------------------------------- Ctrl-C


def interrupt(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_while_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talk.py").write_text("raise KeyboardInterrupt\n")
    assert execute.main(["-m", str(tmp_path / "talk.py"), "-o", str(tmp_path / "out"), "--quiet"]) == 130
    assert capsys.readouterr().err == f"Interrupted while starting {tmp_path / 'talk.py'}; nothing was recorded.\n"
    assert list((tmp_path / "out").iterdir()) == []


def test_ctrl_c_while_the_trace_is_written(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tracer.run, "compact", interrupt)
    assert execute.main(["-m", str(talk), "-o", str(tmp_path / "out"), "--quiet"]) == 130
    told = capsys.readouterr().err
    (journal,) = (tmp_path / "out").iterdir()
    assert told.startswith("Interrupted while writing the trace")
    assert str(journal) in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("place", ["_parse", "_run", "_here", "_serve_command"])
def test_ctrl_c_anywhere_else(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    monkeypatch.setattr(execute, place, interrupt)
    assert execute.main(["-m", str(talk), "-o", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err.endswith("Interrupted.\n")
