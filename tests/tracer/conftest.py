from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tracer.recording import Recording, record


@pytest.fixture(name="record")
def _record(tmp_path: Path) -> Iterator[Callable[..., Recording]]:
    """`record(source)`: what was recorded of a program. Its modules are forgotten afterwards."""
    before = set(sys.modules), list(sys.path)
    yield functools.partial(record, tmp_path)
    for name in set(sys.modules) - before[0]:
        if getattr(sys.modules[name], "__file__", None) and str(sys.modules[name].__file__).startswith(str(tmp_path)):
            del sys.modules[name]
    sys.path[:] = before[1]
