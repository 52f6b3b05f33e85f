from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracer import provenance
from tracer.provenance import ProvenanceGatherer


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for words in (
        ["init", "-q"],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "first"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def head(folder: Path) -> str:
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_commit_is_that_of_the_beginning(repository: Path) -> None:
    gatherer = ProvenanceGatherer(["-m", "talk"], repository)
    assert gatherer.provenance(final=False).commit is None
    gatherer.settle()
    expected = head(repository)
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "second"],
        cwd=repository,
        check=True,
    )
    final = gatherer.provenance(final=True)
    assert (final.commit, final.modified, final.arguments) == (expected, False, ["-m", "talk"])


def test_changes_are_known_without_settling_first(repository: Path) -> None:
    (repository / "talk.py").write_text("x = 1\n")
    subprocess.run(["git", "add", "talk.py"], cwd=repository, check=True)
    assert ProvenanceGatherer([], repository).provenance(final=True).modified is True


def test_after_settling_no_child_of_ours_is_left(repository: Path) -> None:
    program = (
        "import os, pathlib, sys\nfrom tracer.provenance import ProvenanceGatherer\n"
        "gatherer = ProvenanceGatherer([], pathlib.Path(sys.argv[1]))\ngatherer.settle()\n"
        "try:\n    print(os.wait())\nexcept ChildProcessError:\n    print('none', gatherer.provenance(True).commit)\n"
    )
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", program, str(repository)], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout == f"none {head(repository)}\n"


@pytest.mark.parametrize("script", ["exit 1", "printf '\\377'; exit 1", "exec sleep 60"])
def test_a_git_that_fails_or_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(provenance, "PATIENCE", 0.1)
    final = ProvenanceGatherer([], tmp_path).provenance(final=True)
    assert (final.commit, final.modified) == (None, None)


def test_arguments_can_be_written(tmp_path: Path) -> None:
    assert ProvenanceGatherer(["b\udcff"], tmp_path).provenance(final=False).arguments == ["b\ufffd"]


def test_a_copy_of_the_project_is_told_its_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for told, commit, modified in (("c0ffee", "c0ffee", False), ("c0ffee+", "c0ffee", True)):
        monkeypatch.setenv("TRACER_COMMIT", told)
        final = ProvenanceGatherer([], repository).provenance(final=True)
        assert (final.commit, final.modified) == (commit, modified)
