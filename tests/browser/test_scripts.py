"""Khmer and Chinese on the smallest phone: signs without spaces between words, and taller than Latin ones."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from survey_app import create_app, words
from survey_app.settings import Settings
from tests import small_city
from tests.web.test_languages import OF_ITSELF, write_catalogue, write_instrument

pytestmark = pytest.mark.browser

SAMPLES = {"Khmer": "សេវាកម្មរដ្ឋបាលសាធារណៈនៅច្រកចេញចូលតែមួយ", "Chinese": "一站式行政服务窗口的满意度调查问卷"}
"""Words of the field, repeated to the length of each sentence: what is proven is the layout, not the language."""


@pytest.fixture(params=list(SAMPLES))
def page(request: pytest.FixtureRequest, survey_settings: Settings, chromium: Browser) -> Iterator[Page]:
    sample = SAMPLES[request.param]

    def speak(sentence: str) -> str:
        names = " ".join(re.findall(r"\{\w+\}", sentence))
        return (sample * (len(sentence) // len(sample) + 1))[: max(len(sentence), 4)] + names

    write_catalogue(survey_settings.data_dir / "locale", OF_ITSELF, speak=speak)
    form = write_instrument(survey_settings.data_dir / "instruments", speak)
    app = create_app(survey_settings)
    today = datetime.now(UTC).date()
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30), form=form)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with chromium.new_context(viewport={"width": 320, "height": 640}) as context:
        opened = context.new_page()
        opened.goto(f"http://127.0.0.1:{server.port}/q/{small_city.CODE}?language=zz")
        yield opened
    server.shutdown()
    thread.join()
    words.read_from(words.LOCALE)


def test_nothing_runs_off_the_page_or_over_its_neighbour(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "zz"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = """[...document.querySelectorAll('label, legend, h1, h2, button.send')]
        .filter(node => node.clientHeight && node.scrollHeight > node.clientHeight + 3).map(node => node.outerHTML.slice(0, 90))"""
    assert page.evaluate(cut) == []


def test_an_answer_is_sent_in_it(page: Page) -> None:
    page.check("#overall-4")
    page.check("#stage-2")
    page.click("button.send")
    page.wait_for_url("**/thanks/**")
    assert page.evaluate("document.documentElement.lang") == "zz"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
