from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from tests.cluster.lab import Lab, NoLab
from tests.cluster.project import Project

_numbers = itertools.count(1)


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


@pytest.fixture
def project(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Project]:
    """The project on the laptop of the lab, with no lecture yet. Nothing half-written may be left in it."""
    name = re.sub(r"\W", "_", request.node.name).removeprefix("test_")[:40]
    project = Project(lab, f"{name}_{next(_numbers)}")
    yield project
    print(f"{request.node.name}:\n{project.told()}")  # pytest shows it of tests that fail, and with -rP of all
    assert project.left_over() == []
