"""The main job, end to end: a real city set up by commands, a real server, a real browser, a release read by staff.

Ward 11506 (counter 1) gets 18 answers through accept() and one each with and without JavaScript in Chromium.
Ward 10532 (counter 1) gets 9 answers: too few to show.
"""

import csv
import io
import json
import re
import secrets
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from survey_app import create_app
from survey_app.services import organisation, submission
from survey_app.settings import read
from tests.installation import Installation

pytestmark = pytest.mark.browser

WAVE = "2026-THU"
WARD, OTHER_WARD = "11506", "10532"
PASSWORD = "một mật khẩu đủ dài 2026"
PHONE = {"width": 360, "height": 740}
SATISFIED, NOT_SATISFIED = "4", "2"

# Ward 11506, finished files. Sector 1: 300 files, 12 answers → factor 25. Sector 2: 100 files, 8 answers → factor 12.5.
# Satisfied ÷ valid of the five core items: sector 1: 11 stored answers, 50 of 55, and the scripted one, 3 of 4 → 53 of 59;
# sector 2: 7 stored answers, 28 of 35, and the one without script, 4 of 5 → 32 of 40.
# H = (25 · 53 + 12.5 · 32) / (25 · 59 + 12.5 · 40) = 1725 / 1975
INDEX = 1725 / 1975
STORED = [(1, 4), (1, 5), (1, 5), (1, 4), (1, 5), (1, 4), (1, 5), (1, 5), (1, 4), (1, 5), (1, 4)] + [(2, 4)] * 7
"""(sector, satisfied core items out of five) of the answers that come in beside the browser."""

SCRIPTED = {
    "overall": "4", "stage": "2", "sector": "1", "b1_general": "5",
    "b2_general": "4", "b3_general": "2", "b4_general": "4", "b5_general": "0",
}  # fmt: skip
UNSCRIPTED = {
    "overall": "5", "stage": "2", "sector": "2", "b1_general": "5",
    "b2_general": "3", "b3_general": "4", "b4_general": "4", "b5_general": "5",
}  # fmt: skip


def answer(code: str, sector: int, satisfied: int, days_ago: int) -> None:
    now = datetime.now(UTC) - timedelta(days=days_ago)
    door = organisation.door(code, now.date())
    assert door is not None
    form = submission.open_form(door, "vi", now, secrets.token_hex(16))
    core = {f"b{item}_general": [SATISFIED if item <= satisfied else NOT_SATISFIED] for item in range(1, 6)}
    submission.accept(form.token, {"overall": ["4"], "stage": ["2"], "sector": [str(sector)], **core}, now + timedelta(minutes=2))


@pytest.fixture(scope="module")
def city(server: Installation) -> dict[str, str]:
    """Counter code by ward, after everything but the two browser answers has come in."""
    today = datetime.now(UTC).date()
    server.flask("units", "import", "--city", "31")
    opens, closes = str(today - timedelta(days=20)), str(today + timedelta(days=20))
    points = ["code,unit,name,from", f"P1,{WARD},Trung tâm 1,{opens}", f"P2,{OTHER_WARD},Trung tâm 2,{opens}"]
    server.flask("points", "import", server.table("points.csv", *points))
    server.flask("counters", "import", server.table("counters.csv", "point,number,from", f"P1,1,{opens}", f"P2,1,{opens}"))
    server.flask(
        "waves", "add", "--code", WAVE, "--opens", opens, "--closes", closes, "--organiser", "Sở Nội vụ", "--contact", "0225 3842 000",
    )  # fmt: skip
    frame = ["reception,sector,mode,returned", f"{WARD},1,counter,300", f"{WARD},2,counter,100", f"{OTHER_WARD},1,counter,250"]
    server.flask("frame", "import", server.table("frame.csv", *frame), "--wave", WAVE, "--from", opens, "--to", closes)
    server.flask("waves", "open", WAVE)
    for name, role, scope in (("so_noi_vu", "home_affairs", []),):
        server.flask("accounts", "add", "--name", name, "--role", role, "--city", "31", *scope, "--password-stdin", typed=PASSWORD + "\n")
    codes = {row["unit"]: row["code"] for row in json.loads(server.flask("counters", "list", "--wave", WAVE, "--json"))}
    create_app(read(server.environment))
    for number, (sector, satisfied) in enumerate(STORED):
        answer(codes[WARD], sector, satisfied, days_ago=number % 3 + 1)
    for number in range(9):
        answer(codes[OTHER_WARD], 1, 5, days_ago=number % 3 + 1)
    return codes


def fill_in(page: Page, address: str, answers: dict[str, str]) -> None:
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    for question, code in answers.items():
        page.locator(f'input[name="{question}"][value="{code}"]').check(force=True)
    page.get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator("h1")).to_contain_text("Cảm ơn")


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator('input[name="username"]').fill("so_noi_vu")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('form button[type="submit"]').first.click()


def release(server: Installation) -> tuple[int, dict[str, dict[str, object]]]:
    """Number of a new release and its pooled headline figures of finished files by domain."""
    number = int(re.search(r"\d+", server.flask("release", "make", "--wave", WAVE))[0])  # type: ignore[index]
    shown = json.loads(server.flask("release", "show", str(number), "--json"))
    headline = {
        figure["domain"]: figure
        for figure in shown["figures"]
        if (figure["node"], figure["population"], figure["summary"], figure["basis"]) == ("sipas.B", "finished", "pooled", "all")
    }
    return number, headline


def test_scan_answer_weigh_read(chromium: Browser, server: Installation, city: dict[str, str]) -> None:
    link = f"{server.address}/q/{city[WARD]}"
    with chromium.new_context(viewport=PHONE) as context:
        fill_in(context.new_page(), link, SCRIPTED)
        assert context.cookies() == []
    with chromium.new_context(viewport=PHONE, java_script_enabled=False) as context:
        fill_in(context.new_page(), link, UNSCRIPTED)

    number, headline = release(server)
    assert headline[WARD]["n"] == 20
    assert headline[WARD]["estimate"] == pytest.approx(INDEX, abs=1e-12)
    assert headline[WARD]["coverage"] == pytest.approx(20 / 400)
    assert {headline[OTHER_WARD][name] for name in ("n", "answers", "estimate", "se", "se_raw", "ci_low", "ci_high", "coverage")} == {None}
    assert headline[OTHER_WARD]["hidden"] == "too_few"

    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, server.address)
        page.goto(f"{server.address}/results/{number}")
        row = page.locator("tr", has_text=WARD).first
        expect(row).to_contain_text("20")
        expect(row).to_contain_text("87%")
        expect(page.locator("tr", has_text=OTHER_WARD).first).to_contain_text("< 10")
        address = f"{server.address}/results/{number}"
        files = {ending: context.request.get(f"{address}.{ending}").body() for ending in ("xlsx", "csv", "json")}
    sheets = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [row for sheet in sheets for row in sheet.iter_rows(values_only=True) if OTHER_WARD in row]
    lines = [row for row in csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))) if OTHER_WARD in row]
    assert cells
    assert lines
    assert all("< 10" in row for row in cells)
    assert all("< 10" in row for row in lines)
    assert "too_few" in files["json"].decode()

    answer(city[WARD], 1, 0, days_ago=0)
    _, again = release(server)
    held = {name: value for name, value in again[WARD].items() if name != "mark"}
    assert held == {name: value for name, value in headline[WARD].items() if name != "mark"}
    assert again[WARD]["mark"] == "held_over"
