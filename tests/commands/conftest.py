"""The commands on an empty installation, and on a real city that they have set up."""

from pathlib import Path

import pytest
from flask import Flask

from tests.real_city import ASKS, COUNTERS, POINTS, SECTORS, Run, ran, table


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


@pytest.fixture
def hai_phong(run: Run, tmp_path: Path) -> Path:
    """Units, points, sectors, counters and a draft wave of a real city; the folder for further files."""
    ran(run("units", "import", "--city", 31))
    ran(run("points", "import", table(tmp_path / "points.csv", POINTS)))
    ran(run("sectors", "import", table(tmp_path / "sectors.csv", SECTORS)))
    ran(run("counters", "import", table(tmp_path / "counters.csv", COUNTERS)))
    ran(run("waves", "add", "--code", "HP1", "--opens", "2026-01-01", "--closes", "2099-12-31", *ASKS))
    return tmp_path
