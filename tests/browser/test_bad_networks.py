"""A real phone browser, a real server, and a network that goes away: every answer arrives, and arrives once."""

import os
import re
import signal
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import small_city
from tests.browser.phone import (
    COMPLETE,
    IN_ZALO,
    LATE,
    NO_STORAGE,
    NOTHING,
    SMALL_PHONE,
    UNKEPT,
    UNSENT,
    Counter,
    delete,
    expect_state,
    expect_thanks,
    kept,
    opened,
    send,
    tap,
)
from tests.installation import Installation, free_port, kill

pytestmark = pytest.mark.browser


def answered_offline(phone: BrowserContext, counter: Counter) -> Page:
    page = opened(phone, counter)
    tap(page)
    phone.set_offline(True)
    send(page)
    expect_state(page, UNSENT)
    return page


def renderers(chromium: Browser) -> set[int]:
    """The processes that draw pages."""
    asked = chromium.new_browser_cdp_session()
    processes = asked.send("SystemInfo.getProcessInfo")["processInfo"]
    asked.detach()
    return {process["id"] for process in processes if process["type"] == "renderer"}


def test_answered_offline_arrives_once_as_soon_as_there_is_a_network(phone: BrowserContext, counter: Counter, before: int) -> None:
    page = answered_offline(phone, counter)
    expect(page.locator("#state")).to_be_focused()
    expect(page.locator("#q-overall")).to_be_hidden()
    expect(page.get_by_role("button", name="Gửi ý kiến")).to_be_hidden()
    assert len(counter.stored()) == before
    phone.set_offline(False)
    expect_thanks(page)
    expect_state(page, LATE)
    assert len(counter.stored()) == before + 1
    assert kept(phone, counter.address) == {}
    page.go_back()
    assert page.locator("#overall-4").count() == 0


def test_a_tab_killed_after_sending_offline_sends_when_the_form_is_opened_again(
    chromium: Browser, phone: BrowserContext, counter: Counter, before: int
) -> None:
    others = renderers(chromium)
    page = answered_offline(phone, counter)
    killed = renderers(chromium) - others
    with page.expect_event("crash"):
        for process in killed:
            os.kill(process, signal.SIGKILL)
    page.close()
    while killed & renderers(chromium):  # the spare one, too: a tab that is given to it waits for good
        time.sleep(0.1)
    assert len(counter.stored()) == before
    phone.set_offline(False)
    again = opened(phone, counter)
    expect_state(again, LATE)
    assert len(counter.stored()) == before + 1
    assert again.locator(":checked").count() == 0
    expect(again.locator("#q-overall")).to_be_visible()
    assert kept(phone, counter.address) == {}
    again.locator("#state a:visible").click()
    expect_thanks(again)


def test_what_was_sent_at_one_counter_goes_out_when_another_is_scanned(phone: BrowserContext, counter: Counter, before: int) -> None:
    answered_offline(phone, counter).close()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(f"{counter.server.address}/Q/{small_city.OTHER_CODE}")
    expect_state(page, LATE)
    tap(page)
    send(page)
    expect_thanks(page)
    assert [row["counter"] for row in counter.stored()[before:]] == ["AB-1", "BH-3"]


def test_a_server_restarted_with_another_key_between_page_and_post_takes_the_answer_once(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, counter: Counter
) -> None:
    installation = counter.server
    old_key = (installation.folder / "secret_key").read_text().strip()
    other = Installation(installation.folder, free_port())
    there = Counter(other)
    before = len(there.stored())
    with chromium.new_context(viewport=SMALL_PHONE) as phone:
        with other.serve() as running:
            page, left_open = opened(phone, there), opened(phone, there)
            tap(page)
            kill(running)
        send(page)
        expect_state(page, UNSENT)
        with other.serve(SURVEY_SECRET_KEY="another key, long enough for anybody", SURVEY_PREVIOUS_SECRET_KEY=old_key):
            page.get_by_role("button", name="Gửi lại ngay").click()
            expect_thanks(page)
            expect_state(page, LATE)
            assert len(there.stored()) == before + 1
            tap(left_open)
            send(left_open)
            expect_thanks(left_open)
    assert len(there.stored()) == before + 2


def test_what_is_deleted_is_not_sent_from_any_tab(phone: BrowserContext, counter: Counter, before: int) -> None:
    first = answered_offline(phone, counter)
    phone.route("**/q/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.set_offline(False)
    second = opened(phone, counter)
    expect_state(second, UNSENT)
    delete(second)
    expect_state(second, NOTHING)
    expect(second.locator("#q-overall")).to_be_visible()
    phone.unroute("**/q/*")
    first.get_by_role("button", name="Gửi lại ngay").click()
    expect(first.locator("#q-overall")).to_be_visible()
    assert first.locator(":checked").count() == 0
    assert len(counter.stored()) == before
    assert kept(phone, counter.address) == {}


@pytest.mark.parametrize("browser", [*NO_STORAGE, "ordinary"])
def test_in_the_web_view_of_zalo_with_and_without_storage(chromium: Browser, counter: Counter, before: int, browser: str) -> None:
    view = {"width": 360, "height": 560}
    with chromium.new_context(viewport=view, user_agent=IN_ZALO, is_mobile=True, has_touch=True, device_scale_factor=2) as phone:
        if browser in NO_STORAGE:
            phone.add_init_script(NO_STORAGE[browser])
        page, complaints = phone.new_page(), []
        page.on("pageerror", lambda error: complaints.append(error))
        page.goto(counter.address)
        tap(page, {"b1_general": "2"})
        send(page)
        expect(page.locator("#errors")).to_contain_text("Còn 2 chỗ cần xem lại")
        expect(page.locator("#b1_general-2")).to_be_checked()
        tap(page)
        phone.set_offline(True)
        send(page)
        expect_state(page, UNKEPT if browser in NO_STORAGE else UNSENT)
        phone.set_offline(False)
        expect_thanks(page)
        assert complaints == []
    assert [row["answers"] for row in counter.stored()[before:]] == ['{"b1_general":2,"overall":4,"stage":1}']


@pytest.mark.parametrize("language", ["vi", "en"])
def test_without_script_the_plain_form_arrives_once_in_both_languages(
    chromium: Browser, counter: Counter, before: int, language: str
) -> None:
    with chromium.new_context(viewport=SMALL_PHONE, java_script_enabled=False) as phone:
        page = opened(phone, counter)
        if language == "en":
            page.get_by_role("button", name="English").click()
        tap(page, COMPLETE)
        expect_state(page, NOTHING)
        send(page, language)
        expect(page.locator("h1")).to_have_text(
            {"vi": "Cảm ơn Ông/Bà. Ý kiến đã được ghi nhận.", "en": "Thank you. Your opinion has been recorded."}[language]
        )
        page.reload()
    assert [row["language"] for row in counter.stored()[before:]] == [language]


def test_all_states_are_english_on_the_english_page(phone: BrowserContext, counter: Counter, before: int) -> None:
    page = opened(phone, counter)
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("How were you served this time?")
    tap(page)
    phone.set_offline(True)
    send(page, "en")
    expect_state(page, re.compile(r"Not sent yet\. Your answers .* a network\.\s*Send again now\s*Delete, do not send"))
    phone.set_offline(False)
    expect(page.locator("h1")).to_have_text("Thank you. Your opinion has been recorded.", timeout=15_000)
    expect_state(page, re.compile(r"The opinion that was waiting was sent at \d\d:\d\d\."))
    assert len(counter.stored()) == before + 1
