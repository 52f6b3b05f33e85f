from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracer.recorder
from tests.tracer.authoring.keeping import Keeping
from tests.tracer.authoring.web import Web, serving
from tracer.authoring import downloads


@pytest.fixture(autouse=True)
def _a_run_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a run that knows nothing yet of the network, and asks no proxy for the loopback interface."""
    downloads.network.__init__()  # type: ignore[misc]
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    """The active recorder; the working directory is the folder of the test."""
    monkeypatch.chdir(tmp_path)
    recorder = Keeping(tmp_path)
    monkeypatch.setattr(tracer.recorder, "_active", recorder)
    yield recorder
    recorder.discard()


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server


@pytest.fixture(params=["traced", "untraced"])
def either_way(request: pytest.FixtureRequest) -> None:
    """Wrong arguments are wrong with the tracer and without it."""
    if request.param == "traced":
        request.getfixturevalue("kept")
    assert (tracer.recorder.active() is not None) == (request.param == "traced")
    assert "tracer.recorder" in sys.modules
