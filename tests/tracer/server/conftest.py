"""One running server for all tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tracer.server.serving import Served, make_project, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(make_project(tmp_path_factory.mktemp("project"))) as server:
        yield server
