"""Every example of docs/authoring.md and docs/costs.md runs, and runs without a warning."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import tracer
from tests.tracer.recording import Recording

DOCS = Path(tracer.__file__).parents[1] / "docs"
PAGE = (DOCS / "authoring.md").read_text()
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", PAGE + "\n" + (DOCS / "costs.md").read_text(), re.DOTALL | re.MULTILINE
)


def test_every_function_has_its_place_on_the_page() -> None:
    assert EXAMPLES
    for name in tracer.__all__:
        assert re.search(rf"\b{name}\(", PAGE), name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: " ".join(example.split())[:40])
def test_example(record: Callable[..., Recording], example: str) -> None:
    if "import torch" in example:
        pytest.importorskip("torch")
    if "def main" not in example:
        example = "def main():\n" + textwrap.indent(example, "    ")
    recording = record(example)
    assert recording.result.outcome.status == "finished", recording.result.outcome.message
    assert recording.trace.notices == []
