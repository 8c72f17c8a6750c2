"""In a real Chromium: the field nobody meets, the number of the day, and the work that is asked for under attack."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from survey_app import settings
from tests import small_city
from tests.web.conftest import rows

pytestmark = pytest.mark.browser

THANKS = "Cảm ơn Ông/Bà. Ý kiến đã được ghi nhận."


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    today = datetime.now(UTC).date()
    city = small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/q/{city.code}"
    server.shutdown()
    thread.join()


def answer(page: Page, address: str) -> None:
    page.goto(address)
    page.check("#overall-4")
    page.check("#stage-5")
    page.get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator("h1")).to_have_text(THANKS, timeout=15_000)


def rules() -> list[object]:
    return [row["rule"] for row in rows("response_flags")]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_neither_eye_nor_keyboard_nor_screen_reader_meets_the_field_for_robots(chromium: Browser, address: str, script: bool) -> None:
    with chromium.new_context(java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(address)
        assert page.locator("[name=website]").count() == 1
        assert not page.locator("[name=website]").is_visible()
        assert page.locator("[name=website]").bounding_box() is None
        seen = page.locator("body").aria_snapshot()
        assert "Gửi ý kiến" in seen
        assert seen.count("textbox") == page.locator("textarea:visible").count()
        reached = set()
        for _ in range(120):
            page.keyboard.press("Tab")
            reached.add(page.locator(":focus").get_attribute("name") if page.locator(":focus").count() else None)
        assert {"overall", "comment"} <= reached
        assert "website" not in reached


def test_a_robot_that_fills_in_every_field_is_noticed(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate("document.querySelectorAll('input[type=text], textarea').forEach((field) => { field.value = 'https://a.example'; })")
        page.check("#overall-4")
        page.check("#stage-5")
        page.get_by_role("button", name="Gửi ý kiến").click()
        expect(page.locator("h1")).to_have_text(THANKS, timeout=15_000)
    assert "honeypot" in rules()


def test_two_answers_of_one_phone_have_one_mark_and_another_phone_another(chromium: Browser, address: str) -> None:
    for times in (2, 1):
        with chromium.new_context() as context:
            for _ in range(times):
                answer(context.new_page(), address)
    with chromium.new_context(java_script_enabled=False) as context:
        answer(context.new_page(), address)
    marks = [row["day_mark"] for row in rows("response_traces")]
    assert len(marks) == 4
    assert marks.count(None) == 1
    assert sorted(marks.count(mark) for mark in set(marks) - {None}) == [1, 2]


def test_the_script_does_the_work_and_without_script_nobody_is_refused(chromium: Browser, address: str) -> None:
    settings.install(replace(settings.current(), proof_of_work_bits=10))
    with chromium.new_context() as context:
        answer(context.new_page(), address)
    assert "no_work" not in rules()
    with chromium.new_context(java_script_enabled=False) as context:
        answer(context.new_page(), address)
    assert rules().count("no_work") == 1
