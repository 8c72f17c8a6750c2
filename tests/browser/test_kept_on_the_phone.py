"""What a phone keeps of a form that was begun, for how long, and who gets to see it; the clock of the server is moved."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from survey_app.services import submission
from survey_app.storage.writer import Busy
from tests import slips_made, small_city
from tests.browser.phone import (
    COMPLETE,
    LATE,
    NOTHING,
    RESTORED,
    SMALL_PHONE,
    UNSENT,
    Survey,
    expect_state,
    expect_thanks,
    kept,
    send,
    tap,
)
from tests.chromium import FLAGS
from tests.web.conftest import rows

pytestmark = pytest.mark.browser

BEGUN = {"overall": "2", "b1_general": "3"}
DAY = timedelta(days=1)


@contextmanager
def switched_on(chromium: Browser, memory: Path) -> Iterator[BrowserContext]:
    """A phone that is switched off at the end; what it keeps lies in the folder."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with chromium.browser_type.launch_persistent_context(
        memory, executable_path=path, args=FLAGS, viewport=SMALL_PHONE
    ) as context:
        yield context


def opened(phone: BrowserContext, survey: Survey, later: timedelta = timedelta(0)) -> Page:
    """The form on a phone whose clock goes as the server's does."""
    survey.later = later
    page = phone.new_page()
    if later:
        page.clock.install(time=datetime.now(UTC) + later)
    page.goto(survey.address)
    return page


def begun(phone: BrowserContext, survey: Survey) -> Page:
    page = opened(phone, survey)
    tap(page, BEGUN)
    page.locator("#comment").fill("Chờ lâu quá")
    return page


def questions(page: Page) -> list[str]:
    return page.locator(".question").evaluate_all("all => all.map(one => one.id)")


def test_a_form_that_was_begun_is_filled_in_again_with_its_own_questions(phone: BrowserContext, survey: Survey) -> None:
    page = begun(phone, survey)
    tap(page, {"extra": "1"})
    tap(page, {"extra": "0"})  # none of these: takes the other away
    asked, token = questions(page), page.locator("[name=form_token]").input_value()
    page.close()
    for _ in range(3):  # six modules: with questions drawn anew, the same three times over is a matter of 1 in 200
        page = opened(phone, survey)
        expect_state(page, RESTORED)
        expect(page.locator("#state")).to_be_focused()
        assert questions(page) == asked
        assert page.locator("[name=form_token]").input_value() == token
        page.close()
    page = opened(phone, survey)
    expect_state(page, RESTORED)
    assert page.locator(":checked").evaluate_all("all => all.map(one => one.id)") == ["overall-2", "b1_general-3", "extra-0"]
    expect(page.locator("#comment")).to_have_value("Chờ lâu quá")
    tap(page, {"stage": "4"})
    send(page)
    expect_thanks(page)
    assert [row["answers"] for row in rows()] == ['{"b1_general":3,"extra":[0],"overall":2,"stage":4}']
    assert kept(phone, survey.address) == {}


def test_whose_answers_they_are_not_begins_anew_with_one_tap(phone: BrowserContext, survey: Survey) -> None:
    begun(phone, survey).close()
    page = opened(phone, survey)
    expect_state(page, RESTORED)
    page.get_by_role("button", name="Xóa và bắt đầu phiếu mới").click()
    expect_state(page, NOTHING)
    expect(page.locator("#overall-2")).not_to_be_checked()
    assert page.locator(":checked").count() == 0
    expect(page.locator("#comment")).to_have_value("")
    assert kept(phone, survey.address) == {}


@pytest.mark.parametrize("kind", ["counter", "slip"])
def test_six_days_later_on_a_restarted_phone_in_a_closed_wave_it_can_be_finished(
    chromium: Browser, survey: Survey, tmp_path: Path, kind: str
) -> None:
    today = submission.local_day(datetime.now(UTC))
    if kind == "slip":
        code = slips_made.made(day=today, now=datetime.now(UTC)).codes[0]
        survey.address = survey.address.replace(f"/q/{survey.city.code}", f"/v/{code}")
    with switched_on(chromium, tmp_path / "phone") as phone:
        begun(phone, survey)
    small_city.close(survey.city)
    with switched_on(chromium, tmp_path / "phone") as phone:
        page = opened(phone, survey, later=6 * DAY)
        expect_state(page, RESTORED)
        expect(page.locator("#comment")).to_have_value("Chờ lâu quá")
        tap(page, {"stage": "4"})
        send(page)
        expect_thanks(page)
    assert [row["service_day"] for row in rows()] == [today.isoformat()]


def test_a_slip_whose_acknowledgement_got_lost_is_told_so_above_the_page_of_a_used_code(phone: BrowserContext, survey: Survey) -> None:
    now = datetime.now(UTC)
    code = slips_made.made(day=submission.local_day(now), now=now).codes[0]
    survey.address = survey.address.replace(f"/q/{survey.city.code}", f"/v/{code}")
    page = opened(phone, survey)
    tap(page)
    phone.route("**/v/*", lambda route: (route.fetch(), route.abort()) if route.request.method == "POST" else route.continue_())
    send(page)
    expect_state(page, UNSENT)
    page.close()
    phone.unroute("**/v/*")
    again = opened(phone, survey)
    expect(again.locator("h1")).to_have_text("Mã trên phiếu này đã được dùng.")
    expect_state(again, LATE)
    assert len(rows()) == 1
    assert kept(phone, survey.address) == {}


def test_how_old_a_form_is_the_server_says_and_not_the_clock_of_the_phone(phone: BrowserContext, survey: Survey) -> None:
    begun(phone, survey).close()
    page = phone.new_page()
    page.clock.install(time=datetime.now(UTC) + 400 * DAY)
    page.goto(survey.address)
    expect_state(page, RESTORED)
    page.close()
    page = opened(phone, survey, later=9 * DAY)
    expect_state(page, RESTORED)
    expect(page.locator("#overall-2")).to_be_checked()
    tap(page, COMPLETE)
    send(page)
    expect_thanks(page)


def test_a_page_left_open_for_nine_days_is_renewed_and_sent_with_one_more_tap(phone: BrowserContext, survey: Survey) -> None:
    page = begun(phone, survey)
    tap(page, COMPLETE)
    survey.later = 9 * DAY
    send(page)
    expect(page.locator("#notice")).to_have_text("Trang để đã lâu nên được làm mới. Câu trả lời vẫn còn, xin bấm Gửi ý kiến lần nữa.")
    expect(page.locator("#notice")).to_be_focused()
    expect(page.locator("#comment")).to_have_value("Chờ lâu quá")
    send(page)
    expect_thanks(page)
    assert len(rows()) == 1


def test_a_second_tab_goes_on_with_the_same_form_and_both_make_one_answer(phone: BrowserContext, survey: Survey) -> None:
    first = begun(phone, survey)
    second = opened(phone, survey)
    expect_state(second, RESTORED)
    for tab in (second, first):
        tap(tab, {"stage": "4"})
        send(tab)
        expect_thanks(tab)
    assert len(rows()) == 1


def test_other_answers_in_the_first_tab_come_too_late(phone: BrowserContext, survey: Survey) -> None:
    first = begun(phone, survey)
    second = opened(phone, survey)
    expect_state(second, RESTORED)
    tap(second, {"stage": "4"})
    send(second)
    expect_thanks(second)
    tap(first, {"overall": "5", "stage": "4"})
    send(first)
    expect(first.locator("main")).to_contain_text(
        "Ý kiến trước đã được ghi nhận nên không sửa được nữa. Nếu muốn nói thêm, xin quét lại mã."
    )
    assert kept(phone, survey.address) == {}
    again = opened(phone, survey)
    expect_state(again, NOTHING)
    assert again.locator(":checked").count() == 0


def test_back_after_faults_another_language_and_thanks_asks_nothing_and_shows_no_answer(phone: BrowserContext, survey: Survey) -> None:
    page = phone.new_page()
    page.goto(survey.address.partition("/q/")[0])
    page.goto(survey.address)
    visited = page.evaluate("history.length")
    tap(page, BEGUN)
    send(page)
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("How were you served this time?")
    tap(page, COMPLETE)
    send(page, "en")
    expect(page.locator("h1")).to_have_text("Thank you. Your opinion has been recorded.")
    assert page.evaluate("history.length") == visited
    address = page.url
    page.reload()
    assert page.url == address
    expect(page.locator("h1")).to_have_text("Thank you. Your opinion has been recorded.")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Nhập mã in trên tờ dán ở quầy hoặc trên phiếu")


def test_the_other_language_without_a_network_says_so_and_keeps_the_page(phone: BrowserContext, survey: Survey) -> None:
    page = begun(phone, survey)
    phone.set_offline(True)
    page.get_by_role("button", name="English").click()
    expect_state(page, "Đang mất mạng. Câu trả lời còn nguyên trên máy này.")
    expect(page.locator("#overall-2")).to_be_checked()


def test_what_cannot_be_opened_yet_is_opened_when_it_can_and_never_stands_in_the_way(phone: BrowserContext, survey: Survey) -> None:
    begun(phone, survey).close()
    phone.route("**/q/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page = opened(phone, survey)
    expect_state(page, "Đang mất mạng. Câu trả lời còn nguyên trên máy này. Xóa và bắt đầu phiếu mới")
    assert page.locator("form").evaluate("form => form.inert")
    phone.unroute("**/q/*")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect_state(page, RESTORED)


def test_one_number_for_all_forms_of_a_day_and_another_the_next_day(phone: BrowserContext, survey: Survey) -> None:
    posted: list[str] = []
    phone.on("request", lambda request: posted.extend(request.post_data_json["day_number"] for _ in range(request.method == "POST")))
    for later in (timedelta(0), timedelta(0), DAY):
        page = opened(phone, survey, later)
        tap(page)
        send(page)
        expect_thanks(page)
        numbers = page.evaluate("Object.entries(localStorage).filter(([key]) => !key.includes('#'))")
        assert [value for _, value in numbers] == posted[-1:]
        page.close()
    first, again, next_day = posted
    assert first == again != next_day
    assert first.isdigit()
    assert len(first) > 20


def test_without_script_a_busy_server_gives_every_answer_back(chromium: Browser, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(rows: object) -> None:
        raise Busy

    with chromium.new_context(viewport=SMALL_PHONE, java_script_enabled=False) as phone:
        page = begun(phone, survey)
        tap(page, COMPLETE)
        with monkeypatch.context() as patch:
            patch.setattr(submission.responses, "append", busy)
            send(page)
            expect(page.locator("#notice")).to_have_text(
                "Chưa gửi được vì máy chủ đang bận. Câu trả lời của Ông/Bà vẫn ở ngay dưới đây. Xin chờ một phút rồi bấm lại Gửi ý kiến."
            )
            expect(page.locator("#comment")).to_have_value("Chờ lâu quá")
        send(page)
        expect_thanks(page)
    assert len(rows()) == 1
