"""2,000 answers through a network that drops 30 % of the replies and repeats 10 % of the posts: 2,000 stored, none twice.

1,988 of them are sent by a client over real HTTP that does what the page's script does (post, take 201 for
received, else the same post again after growing pauses, here counted in milliseconds); 12 by the script itself
in Chromium. The server is the real one, as it is deployed.
"""

import http.client
import json
import re
import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from survey_app.services import organisation, submission
from tests import small_city
from tests.browser.lossy import LossyNetwork, lossy_network
from tests.browser.phone import COMPLETE, LATE, SMALL_PHONE, THANKS, Counter, send, tap
from tests.installation import Installation

pytestmark = pytest.mark.browser

BY_SCRIPT, INTENDED, AT_ONCE = 12, 2_000, 12
BY_CLIENT = INTENDED - BY_SCRIPT
RECEIVED = re.compile(f"{THANKS}|Đã nhận|{LATE.pattern}")


def intended(number: int) -> dict[str, str]:
    return {"overall": str(number % 5 + 1), "stage": str(number % 3 + 1), "comment": f"ý kiến số {number}"}


def post(network: LossyNetwork, body: bytes) -> int | None:
    """The status, if that much came back."""
    connection = http.client.HTTPConnection("127.0.0.1", network.port, timeout=30)
    try:
        connection.request("POST", f"/q/{small_city.CODE}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        reply = connection.getresponse()
        reply.read()
        return reply.status
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()


def send_until_received(network: LossyNetwork, token: str, answers: dict[str, str]) -> int:
    """As the script does; returns how often it was sent."""
    body = urlencode({**answers, "form_token": token, "page": "vi", "day_number": "1", "by": "script"}).encode()
    for tries in range(1, 60):
        if post(network, body) == 201:
            return tries
        time.sleep(min(300, 2**tries) / 1_000)
    raise AssertionError("never acknowledged")


def send_all_by_client(network: LossyNetwork) -> tuple[dict[str, dict[str, str]], int]:
    """Response id to what was meant, and how many posts it took."""
    now = datetime.now(UTC)
    door = organisation.door(small_city.CODE, now.date())
    assert door is not None
    forms = [submission.open_form(door, "vi", now, secrets.token_hex(16)).token for _ in range(BY_CLIENT)]
    with ThreadPoolExecutor(16) as senders:
        tries = list(senders.map(lambda number: send_until_received(network, forms[number], intended(number)), range(BY_CLIENT)))
    return {token.split("~")[2]: intended(number) for number, token in enumerate(forms)}, sum(tries)


def open_through(network: LossyNetwork, browser: Browser) -> Page:
    """The page itself may get lost or break off; a person would scan again, which is a tab of its own each time."""
    seen = []
    for _ in range(40):
        page = browser.new_context(viewport=SMALL_PHONE).new_page()
        try:
            page.goto(f"http://127.0.0.1:{network.port}/q/{small_city.CODE}")
            if page.locator("html.script").count():
                return page
            seen.append(page.locator("body").inner_text())
        except Error as error:
            seen.append(error.message)
        page.context.close()
    raise AssertionError(f"never opened: {sorted(set(seen))}")


def send_all_by_script(network: LossyNetwork, browser: Browser) -> dict[str, dict[str, str]]:
    meant = {}
    for first in range(BY_CLIENT, INTENDED, AT_ONCE):
        pages = []
        for number in range(first, first + AT_ONCE):
            page = open_through(network, browser)
            meant[page.locator("[name=form_token]").input_value().split("~")[2]] = intended(number)
            answers = intended(number)
            tap(page, {question: answers[question] for question in COMPLETE})
            page.locator("#comment").fill(answers["comment"])
            pages.append(page)
        for page in pages:
            send(page)
        for page in pages:
            expect(page.locator("main")).to_contain_text(RECEIVED, use_inner_text=True, timeout=90_000)
            page.context.close()
    return meant


def test_two_thousand_answers_arrive_once_each(chromium: Browser, server: Installation, counter: Counter) -> None:
    with lossy_network(server.port, seed=4) as network:
        meant, tries = send_all_by_client(network)
        assert network.posts == tries
        meant |= send_all_by_script(network, chromium)
    assert network.lost > 600
    assert network.repeated > 200
    assert len(meant) == INTENDED
    stored = {row["id"]: json.loads(str(row["answers"])) for row in counter.stored()}
    assert len(counter.stored()) == INTENDED
    assert stored == {id: {name: int(answers[name]) for name in COMPLETE} for id, answers in meant.items()}
    with sqlite3.connect(server.folder / "survey.sqlite") as database:
        comments = [text for (text,) in database.execute("SELECT text FROM comments")]
        traces = [id for (id,) in database.execute("SELECT response_id FROM response_traces")]
    assert sorted(comments) == sorted(answers["comment"] for answers in meant.values())
    assert sorted(traces) == sorted(meant)
