"""Several forms on one phone, and several tabs: each is sent or kept by itself, and none stands in the way of another."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from survey_app.services import submission
from tests import slips_made, small_city
from tests.browser.phone import (
    COMPLETE,
    LATE,
    NO_STORAGE,
    NOTHING,
    RESTORED,
    SEND,
    UNKEPT,
    UNSENT,
    Survey,
    delete,
    expect_state,
    expect_thanks,
    kept,
    send,
    tap,
)
from tests.web.conftest import rows

pytestmark = pytest.mark.browser

REFUSED = "Một phiếu để dành chưa được nhận. Phiếu còn nguyên trên máy này. Mở phiếu đó"
WORDS = "Chờ lâu quá"


def opened(phone: BrowserContext, address: str) -> Page:
    page = phone.new_page()
    page.goto(address)
    return page


def unsent(phone: BrowserContext, address: str) -> Page:
    """Answered and sent without a network."""
    page = opened(phone, address)
    tap(page)
    page.locator("#comment").fill(WORDS)
    phone.set_offline(True)
    send(page)
    expect_state(page, UNSENT)
    return page


def slip(survey: Survey) -> str:
    now = datetime.now(UTC)
    code = slips_made.made(day=submission.local_day(now), now=now).codes[0]
    return survey.address.replace(f"/q/{survey.city.code}", f"/v/{code}")


def used_by_somebody_else(phone: BrowserContext, address: str) -> None:
    with phone.browser.new_context() as other:
        page = opened(other, address)
        tap(page)
        send(page)
        expect_thanks(page)


def held(phone: BrowserContext) -> list[Route]:
    """Whatever is posted from now on waits."""
    routes: list[Route] = []
    phone.route("**/q/*", lambda route: routes.append(route) if route.request.method == "POST" else route.continue_())
    return routes


def test_a_refused_form_never_takes_the_page_of_another_and_is_shown_where_it_belongs(phone: BrowserContext, survey: Survey) -> None:
    address = slip(survey)
    unsent(phone, address).close()
    phone.set_offline(False)
    used_by_somebody_else(phone, address)
    page = opened(phone, survey.address)
    expect_state(page, REFUSED)
    tap(page)
    send(page)
    expect_thanks(page)
    assert len(rows()) == 2
    page.goto(survey.address)
    page.goto(address)
    expect(page.locator("h1")).to_contain_text("đã được dùng.")
    expect(page.locator("dd", has_text=WORDS)).to_be_visible()
    assert kept(phone, address) == {}


def test_the_own_form_is_sent_first_and_the_others_after_it(phone: BrowserContext, survey: Survey) -> None:
    address = slip(survey)
    unsent(phone, address).close()
    used_by_somebody_else(phone, address)
    phone.set_offline(False)
    phone.route("**/v/*", lambda route: route.abort())
    page = opened(phone, survey.address)
    expect_state(page, UNSENT.partition(" Xóa")[0])
    phone.set_offline(True)
    tap(page)
    send(page)
    expect_state(page, UNSENT)
    phone.unroute("**/v/*")
    phone.set_offline(False)
    expect_thanks(page)
    expect(page.locator("#state")).to_contain_text(REFUSED, use_inner_text=True)
    assert len(rows()) == 2


def test_nothing_is_lost_while_another_language_is_fetched(phone: BrowserContext, survey: Survey) -> None:
    page = opened(phone, survey.address)
    page.locator("#comment").fill(WORDS)
    routes = held(phone)
    page.get_by_role("button", name="English").click()
    expect(page.locator("form")).to_have_js_property("inert", True)
    page.locator("#comment").evaluate("field => { field.value += '!'; }")  # a browser that knows no inert
    routes.pop().continue_()
    while not routes:
        page.wait_for_timeout(20)
    routes.pop().continue_()
    expect(page.locator("h1")).to_have_text("How were you served this time?")
    expect(page.locator("#comment")).to_have_value(WORDS + "!")


def test_a_late_success_leaves_what_is_being_written_alone(phone: BrowserContext, survey: Survey) -> None:
    unsent(phone, survey.address).close()
    phone.set_offline(False)
    routes = held(phone)
    page = opened(phone, survey.address)
    page.locator("#comment").press_sequentially("Nhanh")
    routes.pop().continue_()
    expect_state(page, LATE)
    page.locator("#comment").press_sequentially(" gọn")
    expect(page.locator("#comment")).to_have_value("Nhanh gọn")
    expect(page.locator("#comment")).to_be_focused()
    expect_state(page, LATE)


def test_a_phone_without_room_keeps_the_form_that_was_begun_and_says_so(phone: BrowserContext, survey: Survey) -> None:
    page = opened(phone, survey.address)
    tap(page)
    page.evaluate(f"() => {{ {NO_STORAGE['full']} }}")
    phone.set_offline(True)
    send(page)
    expect_state(page, UNKEPT)
    page.close()
    phone.set_offline(False)
    again = opened(phone, survey.address)
    expect_state(again, RESTORED)
    expect(again.locator("#overall-4")).to_be_checked()


def test_a_form_that_can_no_longer_be_sent_is_given_back_to_be_copied_once(phone: BrowserContext, survey: Survey) -> None:
    address = slip(survey)
    page = opened(phone, address)
    page.locator("#comment").fill(WORDS)
    page.close()
    used_by_somebody_else(phone, address)
    page = opened(phone, address)
    expect(page.locator("dd", has_text=WORDS)).to_be_visible()
    page.reload()
    expect(page.locator("h1")).to_contain_text("đã được dùng.")
    assert page.locator("dd").count() == 0
    assert kept(phone, address) == {}


def test_a_tab_whose_form_another_tab_has_sent_says_that_it_was_received(phone: BrowserContext, survey: Survey) -> None:
    first = unsent(phone, survey.address)
    phone.route("**/q/*", lambda route: route.abort() if route.request.frame.page == first else route.continue_())
    phone.set_offline(False)
    second = opened(phone, survey.address)
    expect_state(second, LATE)
    first.get_by_role("button", name="Gửi lại ngay").click()
    expect_state(first, LATE)
    expect(first.locator("#q-overall")).to_be_hidden()
    first.locator("#state a:visible").click()
    expect_thanks(first)
    assert len(rows()) == 1


def test_only_this_form_is_deleted_and_not_at_one_tap(phone: BrowserContext, survey: Survey) -> None:
    other = survey.address.replace(survey.city.code, small_city.OTHER_CODE)
    unsent(phone, other).close()
    phone.set_offline(False)
    phone.route("**/q/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page = opened(phone, survey.address)
    tap(page)
    send(page)
    expect_state(page, UNSENT)
    page.get_by_text("Xóa, không gửi nữa").click()
    assert len(kept(phone, survey.address)) == 2
    page.get_by_text("Xóa, không gửi nữa").click()
    delete(page)
    expect_state(page, UNSENT.partition(" Xóa")[0])
    assert [key.partition("#")[0] for key in kept(phone, survey.address)] == [f"survey:/q/{small_city.OTHER_CODE.lower()}"]


def test_two_tabs_at_one_counter_keep_two_forms(phone: BrowserContext, survey: Survey) -> None:
    first, second = opened(phone, survey.address), opened(phone, survey.address)
    tap(second, {"overall": "2"})
    tap(first)
    send(first)
    expect_thanks(first)
    second.close()
    again = opened(phone, survey.address)
    expect_state(again, RESTORED)
    expect(again.locator("#overall-2")).to_be_checked()


def test_whoever_begins_anew_stays_in_the_language(phone: BrowserContext, survey: Survey) -> None:
    page = opened(phone, survey.address + "?language=en")
    tap(page)
    page.close()
    page = opened(phone, survey.address)
    page.get_by_role("button", name="Delete them and start a new form").click()
    expect_state(page, NOTHING)
    expect(page.get_by_role("button", name=SEND["en"]).last).to_be_visible()


@pytest.mark.parametrize("broken", ["window.AbortController = undefined", "crypto.subtle.digest = () => { throw new Error('once'); }"])
def test_what_a_browser_lacks_does_not_stop_sending(
    phone: BrowserContext, survey: Survey, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    phone.add_init_script(broken)
    page = opened(phone, survey.address)
    page.locator("form").evaluate("form => { form.dataset.work = 1; }")
    tap(page, COMPLETE)
    send(page)
    if "digest" in broken:
        page.wait_for_timeout(300)
        page.evaluate("() => { delete crypto.subtle.digest; }")
    expect_thanks(page)
    assert len(rows()) == 1
