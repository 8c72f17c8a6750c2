"""A real installation and its server, one a module."""

from collections.abc import Iterator

import pytest

from tests.installation import Installation, free_port


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("installation"), free_port())


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[Installation]:
    with installation.serve():
        yield installation
