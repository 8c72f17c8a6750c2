"""The morning check of posted codes: a link for a unit's staff, a page for Home Affairs, and nothing kept of who looked."""

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from survey_app.services import accounts, morning_checks
from survey_app.services.access import OPERATOR, Forbidden, Permission, public
from survey_app.settings import Settings
from survey_app.storage import fieldwork, session
from survey_app.web import guard
from tests import cast, small_city
from tests.small_city import CODE, LAND_CODE, MORNING, OTHER_CODE
from tests.web import staff
from tests.web.conftest import rows, words

WARD, OTHER_WARD = "26734", "26737"
NOT_CHECKED = "Hôm nay chưa kiểm tra."
CONFIRMED = "Hôm nay đã xác nhận đúng."
MISMATCH = "Bốn ký tự vừa gõ không phải phần cuối mã của quầy này."
WRONG = "Đã báo: mã này không phải của chúng tôi. Xin gỡ tờ đó xuống và giữ lại, đừng quét nữa, báo ngay 028 3829 0000, 86 Lê Thánh Tôn."
PUT_RIGHT = "Hôm nay đã báo sai, sau đó đã xác nhận đúng."


class Clerk:
    """Somebody at the ward who was given the link."""

    def __init__(self, app: Flask, link: str) -> None:
        self.client, self.path = Client(app), "/check/" + link.rsplit("/", 1)[1]

    def look(self, query: str = "") -> TestResponse:
        return self.client.get(self.path + query)

    def find(self, counter: str, typed: str, ours: str = "yes") -> TestResponse:
        return self.client.post(self.path, data={"counter": counter, "typed": typed, "ours": ours})

    def state(self, counter: str) -> str:
        """What stands at that counter on the page."""
        section = re.search(rf'<h2 id="at-{counter}">.*?</h2>(.*?)<form', self.look().text, re.S)
        assert section is not None
        return words(html.unescape(section[1]))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    now = [MORNING]
    monkeypatch.setattr(guard, "now", lambda: now[0])
    return now


@pytest.fixture
def city(app: Flask, clock: list[object]) -> small_city.SmallCity:
    return small_city.build()


@pytest.fixture
def links(city: small_city.SmallCity) -> dict[str, str]:
    return {one.unit: one.link for one in morning_checks.links("2026-Q1")}


@pytest.fixture
def clerk(app: Flask, links: dict[str, str]) -> Clerk:
    return Clerk(app, links[WARD])


def test_there_is_one_link_for_each_unit_with_counters(links: dict[str, str]) -> None:
    assert set(links) == {WARD, OTHER_WARD}
    assert all(link.startswith("http://127.0.0.1:8000/check/") for link in links.values())


def test_the_page_names_the_unit_the_day_and_its_counters_and_tells_no_code(clerk: Clerk) -> None:
    page = clerk.look()
    assert page.status_code == 200
    said = words(page.text)
    assert "Phường An Bình , 02/03/2026" in said
    assert "Quầy 1 Trung tâm Phục vụ hành chính công phường An Bình" in said
    assert "Trang mở ra phải ghi đúng tên quầy và địa chỉ 127.0.0.1:8000." in said
    assert said.count(NOT_CHECKED) == 2
    assert "Bình Hòa" not in said
    assert CODE[-4:] not in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


def test_it_speaks_english_when_asked(clerk: Clerk) -> None:
    page = clerk.look("?language=en")
    assert '<html lang="en">' in page.text
    assert "Yes, this code is ours" in words(page.text)
    assert "quầy" not in words(page.text).lower().replace("quầy 1", "").replace("quầy 2", "")


@pytest.mark.parametrize("typed", [CODE[-4:], CODE[-4:].lower(), f" {CODE[-4:]} ", CODE, "JKMN PR", "mn-pr"])
def test_the_last_four_characters_as_posted_confirm_a_counter(clerk: Clerk, typed: str) -> None:
    done = clerk.find("AB-1", typed)
    assert (done.status_code, done.headers["Location"]) == (303, f"{clerk.path}?language=vi#at-AB-1")
    assert CONFIRMED in clerk.state("AB-1")
    assert NOT_CHECKED in clerk.state("AB-2")
    (row,) = rows("morning_checks")
    assert {name: str(value) for name, value in row.items()} == {
        "province": "79", "counter": "AB-1", "day": "2026-03-02", "outcome": "right",
    }  # fmt: skip


def test_another_ending_is_no_confirmation_and_does_not_tell_the_right_one(clerk: Clerk) -> None:
    clerk.find("AB-1", "WXYZ")
    assert MISMATCH in clerk.state("AB-1")
    assert CODE[-4:] not in clerk.look().text
    assert [row["outcome"] for row in rows("morning_checks")] == ["mismatch"]
    for _ in range(2):
        clerk.find("AB-1", CODE[-4:])
        assert CONFIRMED in clerk.state("AB-1")
    assert [row["outcome"] for row in rows("morning_checks")] == ["after_mismatch"]


def test_another_ending_once_a_code_was_reported_as_wrong_is_no_mere_mismatch(clerk: Clerk) -> None:
    clerk.find("AB-1", "", ours="no")
    clerk.find("AB-1", CODE[-4:])
    clerk.find("AB-1", "WXYZ")
    assert WRONG in clerk.state("AB-1")
    clerk.find("AB-1", CODE[-4:])
    assert PUT_RIGHT in clerk.state("AB-1")


def test_the_code_of_the_next_counter_is_not_that_of_this_one(clerk: Clerk) -> None:
    clerk.find("AB-1", OTHER_CODE)
    assert MISMATCH in clerk.state("AB-1")
    clerk.find("AB-2", LAND_CODE)
    assert CONFIRMED in clerk.state("AB-2")


def test_a_code_that_is_not_ours_says_whom_to_tell_and_stays_noted_when_put_right(clerk: Clerk) -> None:
    clerk.find("AB-1", "", ours="no")
    assert WRONG in clerk.state("AB-1")
    clerk.find("AB-1", "WXYZ")
    assert WRONG in clerk.state("AB-1")
    clerk.find("AB-1", CODE[-4:])
    assert PUT_RIGHT in clerk.state("AB-1")
    clerk.find("AB-1", CODE[-4:])
    assert PUT_RIGHT in clerk.state("AB-1")
    assert [row["outcome"] for row in rows("morning_checks")] == ["put_right"]


@pytest.mark.parametrize("typed", ["", "  ", "ABC", "‮‮‮‮", "\x00\x00\x00\x00"])
def test_too_little_is_asked_for_again_and_stores_nothing(clerk: Clerk, typed: str) -> None:
    response = clerk.find("AB-1", typed)
    assert response.status_code == 422
    assert "Xin gõ bốn ký tự cuối của mã đang dán." in words(response.text)
    assert 'href="#typed-AB-1"' in response.text
    assert rows("morning_checks") == []


def test_the_next_morning_begins_anew(clerk: Clerk, clock: list[object]) -> None:
    clerk.find("AB-1", CODE[-4:])
    clock[0] = MORNING + timedelta(days=1)
    assert NOT_CHECKED in clerk.state("AB-1")


def test_a_link_speaks_for_its_own_unit_only(clerk: Clerk) -> None:
    assert clerk.find("BH-3", OTHER_CODE[-4:]).status_code == 404
    assert rows("morning_checks") == []


@pytest.mark.parametrize("ours", ["", "maybe", "YES"])
def test_a_button_that_is_not_on_the_page_is_refused(clerk: Clerk, ours: str) -> None:
    assert clerk.find("AB-1", CODE[-4:], ours=ours).status_code == 400
    assert rows("morning_checks") == []


def test_a_link_with_a_changed_character_opens_nothing(app: Flask, links: dict[str, str]) -> None:
    for at in range(0, len(links[WARD].rsplit("/", 1)[1])):
        start, mark = links[WARD].rsplit("/", 1)
        changed = Clerk(app, f"{start}/{mark[:at]}{'x' if mark[at] != 'x' else 'y'}{mark[at + 1 :]}")
        assert changed.look().status_code == 404
    assert changed.find("AB-1", CODE[-4:]).status_code == 404


def test_the_receipt_of_a_citizen_is_no_link_for_staff(app: Flask, city: small_city.SmallCity) -> None:
    client = Client(app)
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(f"/q/{CODE}").text)
    assert token is not None
    sent = client.post(f"/q/{CODE}", data={"form_token": token[1], "overall": "4", "stage": "5"})
    receipt = sent.headers["Location"].split("/")[2].partition("#")[0]
    assert client.get(f"/check/{receipt}").status_code == 404
    assert client.get(f"/check/{token[1]}").status_code == 404


@pytest.mark.parametrize("days", [-2, 55])
def test_before_and_after_the_wave_there_is_nothing_to_check(clerk: Clerk, clock: list[object], days: int) -> None:
    clock[0] = MORNING + timedelta(days=days)
    for answer in (clerk.look(), clerk.find("AB-1", CODE[-4:])):
        assert answer.status_code == 404
        assert "Hôm nay không có gì cần kiểm tra." in words(answer.text)
    assert rows("morning_checks") == []


def test_a_renewed_code_is_the_one_that_must_hang_there(clerk: Clerk) -> None:
    with session.transaction() as tx:
        fieldwork.save(tx, [fieldwork.CodeRow("79", CODE, "AB-1", small_city.BEGAN, small_city.OPENS)])
        fieldwork.save(tx, [fieldwork.CodeRow("79", "WWWWXXXXYYYY", "AB-1", small_city.OPENS)])
    clerk.find("AB-1", CODE[-4:])
    assert MISMATCH in clerk.state("AB-1")
    clerk.find("AB-1", "YYYY")
    assert CONFIRMED in clerk.state("AB-1")


def test_checking_costs_the_pages_for_citizens_nothing(clerk: Clerk) -> None:
    """What a process remembers of counters and waves stays good: no new revision."""
    before = rows("organisation_revisions")
    clerk.find("AB-1", CODE[-4:])
    assert rows("organisation_revisions") == before


# ── Home Affairs and the operator ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def officer(app: Flask, city: small_city.SmallCity, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    cast.hash_cheaply(monkeypatch)
    accounts.add(accounts.NewAccount("home_affairs", "home_affairs", "79"), cast.PASSWORD, MORNING)
    with app.test_client() as client:
        staff.sign_in(client, "home_affairs")
        yield client


def lines(page: str) -> list[str]:
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", page, re.S)][1:]


POINT = "Trung tâm Phục vụ hành chính công phường"


def test_home_affairs_reads_which_counters_need_a_look_the_worst_first(officer: FlaskClient, clerk: Clerk) -> None:
    clerk.find("AB-2", "", ours="no")
    page = officer.get("/posted-codes")
    assert page.status_code == 200
    said = "02/03/2026: 3 quầy; 0 đã xác nhận, 0 báo sai rồi đã sửa, 0 không khớp, 1 không phải mã của hệ thống, 2 chưa kiểm tra."
    assert said in words(page.text)
    assert lines(page.text) == [
        f"Phường An Bình {POINT} An Bình 2 Mã đang dán không phải mã của hệ thống",
        f"Phường An Bình {POINT} An Bình 1 Chưa kiểm tra",
        f"Phường Bình Hòa {POINT} Bình Hòa 3 Chưa kiểm tra",
    ]
    assert 'href="/posted-codes?language=vi"' in officer.get("/results").text


def test_a_counter_that_was_confirmed_is_counted_and_not_listed(officer: FlaskClient, app: Flask, links: dict[str, str]) -> None:
    Clerk(app, links[WARD]).find("AB-1", CODE[-4:])
    Clerk(app, links[WARD]).find("AB-2", LAND_CODE[-4:])
    Clerk(app, links[OTHER_WARD]).find("BH-3", OTHER_CODE[-4:])
    page = words(officer.get("/posted-codes").text)
    assert "3 quầy; 3 đã xác nhận" in page
    assert "Mọi quầy đã được xác nhận." in page
    assert "Không có đợt khảo sát nào mở vào ngày này." in words(officer.get("/posted-codes?day=2026-02-01").text)


def test_nobody_else_reads_it(app: Flask, city: small_city.SmallCity) -> None:
    assert app.test_client().get("/posted-codes").headers["Location"].startswith("/sign-in")
    with pytest.raises(Forbidden):
        morning_checks.of_day("79", small_city.OPENS, public("vi"))
    with pytest.raises(Forbidden):
        morning_checks.links("2026-Q1", public("vi"))


def test_the_rights_of_a_link_are_its_own(links: dict[str, str]) -> None:
    holder = morning_checks.viewer(links[WARD].rsplit("/", 1)[1])
    assert holder.may == {Permission.CONFIRM_CODES}
    assert holder.sees_unit("79", WARD)
    assert not holder.sees_unit("79", OTHER_WARD)
    assert not holder.sees_unit("31", WARD)
    assert OPERATOR.allows(Permission.CONFIRM_CODES)


def test_the_commands_print_links_and_what_was_found(app: Flask, clerk: Clerk, links: dict[str, str]) -> None:
    run = app.test_cli_runner().invoke
    assert [line.split()[-1] for line in run(args=["counters", "links", "2026-Q1"]).stdout.splitlines()] == list(links.values())
    printed = json.loads(run(args=["counters", "links", "--wave", "2026-Q1", "--json"]).stdout)
    assert {one["unit"]: one["link"] for one in printed} == links
    clerk.find("AB-1", "", ours="no")
    clerk.find("AB-2", LAND_CODE)
    shown = run(args=["counters", "checks", "--day", "2026-03-02"]).stdout.splitlines()
    assert shown[0] == "2026-03-02: 3 counters; 1 confirmed, 0 put right, 0 do not match, 1 are not ours, 1 not checked."
    assert [line.split()[:4] for line in shown[1:]] == [["wrong", WARD, "AB", "1"], ["–", OTHER_WARD, "BH", "3"]]
    found = json.loads(run(args=["counters", "checks", "--day", "2026-03-02", "--json"]).stdout)
    assert {one["counter"]: one["outcome"] for one in found} == {"AB-1": "wrong", "AB-2": "right", "BH-3": None}


def test_a_wave_that_does_not_exist_has_no_links(app: Flask, survey_settings: Settings) -> None:
    assert app.test_cli_runner().invoke(args=["counters", "links", "nowhere"]).exit_code == 2
