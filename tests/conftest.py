"""What every test may ask for: settings in an empty folder, the application on them, a real Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from survey_app import create_app
from survey_app.settings import Settings, read
from tests.chromium import Chromium

LONGEST = 420.0
"""Seconds that one test may keep Chromium busy; test_main_job.py takes 160 where ten processes share two cores."""


@pytest.fixture
def survey_settings(tmp_path: Path) -> Settings:
    return read(
        {"SURVEY_DATA_DIR": str(tmp_path / "data"), "SURVEY_BASE_URL": "http://127.0.0.1:8000", "SURVEY_ANSWERS_PER_HOUR": "100000"}
    )


@pytest.fixture
def app(survey_settings: Settings) -> Flask:
    return create_app(survey_settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def all_chromium() -> Iterator[Chromium]:
    """Debian's Chromium. Missing: the test is skipped with the way to get it – but under CI as root that is a failure."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        message = "browser test not run: no Chromium on this machine; sudo apt-get install chromium"
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(message)
        pytest.skip(message)
    found = Chromium(path)
    yield found
    found.close()


@pytest.fixture
def chromium(all_chromium: Chromium) -> Iterator[Browser]:
    """For one test, and no longer than the limit."""
    before = all_chromium.ended
    with all_chromium.within(LONGEST) as browser:
        yield browser
    if all_chromium.ended > before:
        pytest.fail(f"Chromium kept this test waiting for more than {LONGEST:.0f} s and was ended")
