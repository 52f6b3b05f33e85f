import pytest

from tests.lectures.lm.parallel.workers import Workers


@pytest.fixture(scope="session")
def workers(tmp_path_factory):
    group = Workers(tmp_path_factory.mktemp("ranks"))
    yield group
    group.close()
