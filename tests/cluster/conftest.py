from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.lab import Lab, NoLab


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Lab]:
    try:
        lab = Lab()
    except NoLab as reason:
        pytest.skip(str(reason))
    yield lab
    lab.close()


@pytest.fixture
def lab(_cluster: Lab) -> Iterator[Lab]:
    """A Slurm cluster at rest, with ssh to it."""
    yield _cluster
    _cluster.tidy()
