"""The corpus of small programs: every interpreter records the same of each, and each does under the tracer what it does
without.

The drawings in `expected/` were read against the programs by a person; `regenerate.py` makes them anew."""

from __future__ import annotations

import difflib

import pytest

from tests.tracer.fidelity.running import NAMES, Run, expectation, run_all


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return run_all(NAMES)


def test_every_expectation_is_of_a_program() -> None:
    stored = {path.stem for path in expectation("any").parent.glob("*.txt")}
    assert stored == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_record_is_what_the_program_did(runs: dict[str, Run], name: str) -> None:
    stored = expectation(name).read_text(encoding="utf-8")
    difference = difflib.unified_diff(stored.splitlines(), runs[name].drawing.splitlines(), "expected", "recorded", n=4)
    text = "\n".join(difference)
    assert not text, f"{name}\n{text}"


@pytest.mark.parametrize("name", NAMES)
def test_the_program_does_what_it_does_untraced(runs: dict[str, Run], name: str) -> None:
    run = runs[name]
    assert run.traced == run.plain, run.said
