"""An empty database of its own for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_app.storage import session


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "survey.sqlite"
    session.configure(f"sqlite:///{path}")
    yield path
    session.engine().dispose()
