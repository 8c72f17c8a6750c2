"""A real installation and its server, one a module; the counter of a small city on it, and a citizen's phone."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from survey_app import create_app
from survey_app.settings import read
from survey_app.web import guard
from tests import small_city
from tests.browser.phone import SMALL_PHONE, Counter, Survey
from tests.installation import Installation, free_port


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("installation"), free_port())


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[Installation]:
    with installation.serve():
        yield installation


@pytest.fixture(scope="module")
def counter(installation: Installation) -> Counter:
    today = datetime.now(UTC).date()
    create_app(read(installation.environment))
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    return Counter(installation)


@pytest.fixture
def survey(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    today = datetime.now(UTC).date()
    city = small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = Survey(f"http://127.0.0.1:{server.port}/q/{city.code}", city)
    monkeypatch.setattr(guard, "now", lambda: datetime.now(UTC) + running.later)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()


@pytest.fixture
def before(counter: Counter, server: Installation) -> int:
    """How many answers had arrived before the test."""
    return len(counter.stored())


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport=SMALL_PHONE, is_mobile=True, has_touch=True) as context:
        yield context
