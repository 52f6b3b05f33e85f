"""The functions of CPython's own `test_sys_settrace`, and the events that its developers expect, through the engine."""

from __future__ import annotations

import importlib
import sys
import unittest
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.tracer.cpython.listening import Harness, comparing_names

original: ModuleType | None = None
missing = ""
try:
    original = importlib.import_module("test.test_sys_settrace")
except (ImportError, unittest.SkipTest) as error:
    missing = f"this Python comes without its own tests ({error})"

DIFFERENT = {
    "test_08_settrace_and_return": "tracing begins inside a running function; the engine begins before main() is called",
    "test_09_settrace_and_raise": "tracing begins inside a running function; the engine begins before main() is called",
    "test_16_blank_lines": "the function was made by exec: it has no file that could be shown",
    "test_very_large_function": "the function was made by exec: it has no file that could be shown",
}
"""Where the engine says something else than CPython's developers expect of sys.settrace, and why it should."""

if hasattr(sys, "monitoring"):
    DIFFERENT["test_17_none_f_trace"] = (
        "the function takes its own trace function away; sys.monitoring has none to take"
    )


@pytest.fixture(name="harness", scope="module")
def _harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    assert original is not None
    harness = Harness(original, tmp_path_factory.mktemp("cpython"))
    yield harness
    harness.close()


@pytest.mark.skipif(original is None, reason=missing)
@pytest.mark.parametrize("name", comparing_names(original.TraceTestCase) if original else ["none"])
def test_events_are_those_that_cpython_expects(harness: Harness, name: str) -> None:
    try:
        difference = harness.run(name)
    except unittest.SkipTest as reason:
        pytest.skip(str(reason))
    if name in DIFFERENT:
        assert difference, f"{name} is as CPython expects now: take it out of DIFFERENT"
    else:
        assert not difference, difference
