from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tracer.recording import Recording


@pytest.fixture(name="count")
def _count(record: Callable[..., Recording], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Recording]:
    """`count(source)`: what was recorded of a program, all of it counted; this machine is not measured for that."""
    monkeypatch.setattr("tracer.run._add_machines", lambda *_, **__: None)

    def count(source: str, **options: Any) -> Recording:
        recording = record(source, **{"costs": True, **options})
        assert recording.result.failure is None, recording.result.failure
        return recording

    return count
