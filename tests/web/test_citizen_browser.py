"""The form in a real Chromium on a small phone, with and without script."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests import small_city
from tests.web.conftest import rows

pytestmark = pytest.mark.browser

SMALL_PHONE = {"width": 320, "height": 640}


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


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def phone(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport=SMALL_PHONE, java_script_enabled=request.param) as context:
        yield context


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with chromium.new_context(viewport=SMALL_PHONE) as context:
        opened = context.new_page()
        opened.goto(address)
        yield opened


def test_one_request_no_cookie_and_nothing_kept_in_the_browser(chromium: Browser, address: str) -> None:
    with chromium.new_context(viewport=SMALL_PHONE) as context:
        page, asked, complaints = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert asked == [address]
        assert complaints == []
        assert context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_everything_fits_a_small_phone_and_a_thumb(page: Page) -> None:
    page.check("#stage-5")
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE["width"]
    visible = "label:visible:has(input), button:visible:not(.default), summary:visible, textarea"
    boxes = [box.bounding_box() for box in page.locator(visible).all()]
    assert len(boxes) > 50
    assert [box for box in boxes if box is None or box["height"] < 44] == []
    sizes = page.locator("main :is(p, label, legend, summary, button, textarea, h1, h2):visible").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 17


def test_questions_come_and_go_with_the_answer_they_depend_on(page: Page) -> None:
    result, away = page.locator("#q-b4_general"), page.locator("#q-away_reason")
    expect(result).to_be_hidden()
    page.check("#stage-2")
    expect(result).to_be_visible()
    expect(away).to_be_hidden()
    page.check("#stage-5")
    expect(result).to_be_hidden()
    expect(away).to_be_visible()
    expect(page.get_by_text("Chỉ trả lời nếu").first).to_be_hidden()


def test_without_script_every_conditional_question_stands_with_its_condition(chromium: Browser, address: str) -> None:
    with chromium.new_context(viewport=SMALL_PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.locator("#q-b4_general")).to_be_visible()
        expect(page.locator("#q-away_reason")).to_be_visible()
        expect(page.get_by_text("Chỉ trả lời nếu").first).to_be_visible()


def test_none_of_these_stands_alone(page: Page) -> None:
    page.check("#extra-1")
    page.check("#extra-3")
    page.check("#extra-0")
    expect(page.locator("#extra-1, #extra-3").first).not_to_be_checked()
    page.check("#extra-2")
    expect(page.locator("#extra-0")).not_to_be_checked()
    expect(page.locator("#extra-2")).to_be_checked()


def test_the_summary_of_faults_has_the_focus_and_leads_to_the_fields(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    page.locator("#b1_general-4").check()
    page.get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#b1_general-4")).to_be_checked()
    page.locator("#errors a").first.click()
    expect(page.locator("#overall-1")).to_be_in_viewport()
    expect(page.locator("#q-overall legend")).to_be_in_viewport()


def test_enter_sends_the_form_and_does_not_change_the_language(page: Page) -> None:
    page.locator("#overall-4").check()
    page.locator("#overall-4").press("Enter")
    expect(page.locator("#errors")).to_contain_text("Còn 1 chỗ cần xem lại")


def test_the_other_language_keeps_the_answers(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    page.locator("#overall-2").check()
    page.locator("#comment").fill("Chờ lâu quá")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("How were you served this time?")
    expect(page.locator("#overall-2")).to_be_checked()
    expect(page.locator("#comment")).to_have_value("Chờ lâu quá")


def test_after_the_thank_you_page_no_way_leads_back_to_the_answers(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    page.locator("#overall-1").check()
    page.locator("#stage-4").check()
    page.locator("#comment").fill("Không ai được thấy câu này")
    page.get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator("h1")).to_contain_text("Cảm ơn Ông/Bà")
    assert len(rows()) == 1
    page.go_back()
    assert "Không ai được thấy" not in page.content()
    assert page.locator(":checked").count() == 0
    page.goto(address)
    expect(page.locator("h1")).to_contain_text("Lần này")
    assert page.locator(":checked").count() == 0
    expect(page.locator("#comment")).to_have_value("")
