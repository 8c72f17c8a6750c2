"""When a phone sends again, and what it takes for the survey's word that it need not."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.lossy import lossy_network
from tests.browser.phone import BUSY, UNSENT, Counter, expect_state, expect_thanks, kept, opened, send, tap

pytestmark = pytest.mark.browser

OURS = '<main id="survey"><div id="state"></div><h1>{}</h1></main>'
NOT_THE_SURVEY = {
    "a login": (200, "<html><title>Wifi</title><main><h1>Đăng nhập</h1></main></html>"),
    "a proxy": (403, "<html><h1>Forbidden</h1></html>"),
    "a version of the product that knows no such address": (404, OURS.format("Không có trang này.")),
    "a failure": (500, OURS.format("Hệ thống gặp lỗi.")),
}


@pytest.mark.parametrize(("status", "body"), NOT_THE_SURVEY.values(), ids=NOT_THE_SURVEY.keys())
def test_whatever_is_not_the_verdict_of_the_survey_is_no_acknowledgement(
    phone: BrowserContext, counter: Counter, before: int, status: int, body: str
) -> None:
    page = opened(phone, counter)
    phone.route(
        "**/q/*",
        lambda route: (
            route.fulfill(status=status, content_type="text/html", body=body) if route.request.method == "POST" else route.continue_()
        ),
    )
    tap(page)
    send(page)
    expect_state(page, UNSENT)
    assert len(kept(phone, counter.address)) == 1
    phone.unroute("**/q/*")
    page.get_by_role("button", name="Gửi lại ngay").click()
    expect_thanks(page)
    assert len(counter.stored()) == before + 1


def test_a_reply_that_breaks_off_after_its_head_is_an_acknowledgement(phone: BrowserContext, counter: Counter, before: int) -> None:
    with lossy_network(counter.server.port, seed=1) as network:
        network.loses, network.after_head = 0.0, True
        page = phone.new_page()
        page.goto(counter.address.replace(str(counter.server.port), str(network.port)))
        tap(page)
        network.loses = 1.0
        send(page)
        expect_state(page, "Đã nhận")
        expect(page.locator("#q-overall")).to_be_hidden()
        network.loses = 0.0
        assert kept(phone, page.url) == {}
    assert len(counter.stored()) == before + 1


ANOTHER_ROUND = "fetch('/nowhere').then((reply) => reply.text())"
"""Done after the script has seen the reply that came before."""


def opened_at_a_standing_clock(phone: BrowserContext, counter: Counter) -> Page:
    page, now = phone.new_page(), datetime.now(UTC)
    page.clock.install(time=now)
    page.goto(counter.address)
    page.clock.pause_at(now + timedelta(hours=1))
    return page


def test_it_tries_again_after_growing_pauses_and_at_once_when_reader_or_network_is_back(
    phone: BrowserContext, counter: Counter, before: int
) -> None:
    page, tries = opened_at_a_standing_clock(phone, counter), []
    phone.route("**/q/*", lambda route: (tries.append(1), route.fulfill(status=502, body="Bad gateway")))
    tap(page)
    send(page)
    expect_state(page, UNSENT)
    for number, pause in enumerate((2, 4, 8, 16, 32, 64, 128, 256, 300, 300), start=1):
        page.clock.run_for(pause * 1000 - 200)
        assert len(tries) == number
        with page.expect_response("**/q/*"):
            page.clock.run_for(400)
        page.evaluate(ANOTHER_ROUND)
    with page.expect_response("**/q/*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the reader is back
    phone.unroute("**/q/*")
    phone.set_offline(True)
    phone.set_offline(False)
    expect_thanks(page)
    assert len(counter.stored()) == before + 1


def test_a_server_that_says_when_is_asked_again_then(phone: BrowserContext, counter: Counter, before: int) -> None:
    """It keeps the place until then, and not much longer: neither sooner nor after the pause that had grown meanwhile."""
    page, tries = opened_at_a_standing_clock(phone, counter), []
    phone.route("**/q/*", lambda route: (tries.append(1), route.fulfill(status=503, headers={"Retry-After": "40"})))
    tap(page)
    send(page)
    expect_state(page, BUSY)
    for number in range(1, 9):
        page.clock.run_for(39_500)
        assert len(tries) == number
        with page.expect_response("**/q/*"):
            page.clock.run_for(700)
        page.evaluate(ANOTHER_ROUND)
    phone.unroute("**/q/*")
    page.clock.run_for(41_000)
    expect_thanks(page)
    assert len(counter.stored()) == before + 1


def test_while_it_is_being_sent_the_button_says_so_and_sends_no_second_time(phone: BrowserContext, counter: Counter, before: int) -> None:
    page = opened(phone, counter)
    held: list[Route] = []
    phone.route("**/q/*", lambda route: held.append(route))
    tap(page)
    send(page)
    sending = page.get_by_role("button", name="Đang gửi…")
    expect(sending).to_be_visible()
    sending.click()
    page.locator("#overall-4").press("Enter")
    held[0].continue_()
    expect_thanks(page)
    assert len(held) == 1
    assert len(counter.stored()) == before + 1
