"""A thousand answers to the real server with planted traces of who sends, and every byte that it wrote anywhere.

Addresses, browsers, languages, cookies and the phone's own number are to be found nowhere at all; what a person typed as a
comment, a telephone number too, in the table of comments and in no other, and in no line of the log.
"""

import http.client
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from survey_app import create_app
from survey_app.settings import read
from tests import slips_made, small_city
from tests.installation import Installation, free_port

ANSWERS, CALLERS, WITH_SLIP = 1_000, 4, 40
ADDRESS, SIXTH, AGENT, SPOKEN, FROM, COOKIE = "203.0.113.77", "2001:db8::77", "Planted-9.9", "km-KH", "planted.example", "planted-cookie"
PHONE, TYPED_ONLY_HALF = "0903 123 456", "0904 765 432"
NUMBER, BAIT, WORK = "31415926535897932384", "planted-bait", "planted-work"
HEADERS = {
    "X-Forwarded-For": f"{ADDRESS}, {SIXTH}",
    "X-Real-IP": ADDRESS,
    "Forwarded": f'for={ADDRESS};by="[{SIXTH}]"',
    "True-Client-IP": ADDRESS,
    "Via": f"1.1 {FROM}",
    "User-Agent": f"Mozilla/5.0 {AGENT}",
    "Sec-CH-UA-Model": AGENT,
    "Accept-Language": f"{SPOKEN},vi;q=0.5",
    "Referer": f"https://{FROM}/x?phone={PHONE}",
    "Origin": f"https://{FROM}",
    "Cookie": f"session={COOKIE}; other={COOKIE}",
}
NOWHERE = (ADDRESS, SIXTH, AGENT, SPOKEN, FROM, COOKIE, TYPED_ONLY_HALF, NUMBER, BAIT, WORK)
AT_COUNTER = f"/q/{small_city.CODE}"
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Phone:
    """One connection; everything it sends is marked."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        headers = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
        self.line.request(method, path, urlencode(fields) or None, headers)
        answer = self.line.getresponse()
        assert answer.getheader("Set-Cookie") is None
        return answer.status, answer.read().decode()

    def answer(self, path: str, **fields: str) -> int:
        _, page = self.ask("GET", f"{path}?language={SPOKEN}&from={FROM}")
        found = TOKEN.search(page)
        assert found is not None
        own = {"form_token": found[1], "page": "vi", "day_number": NUMBER, "website": BAIT, "work": WORK, "by": FROM}
        return self.ask("POST", path, **own, overall="4", stage="1", b1_general="5", **fields)[0]


def send(port: int, paths: list[str], first: int) -> list[int]:
    phone, statuses = Phone(port), []
    for number, path in enumerate(paths, start=first):
        statuses.append(phone.answer(path, comment=f"gọi {PHONE} nhé, {number}" if number % 50 == 0 else ""))
        if number % 25 == 0:  # what is refused is kept nowhere either
            phone.answer(AT_COUNTER, comment=TYPED_ONLY_HALF * 60)
            phone.ask("POST", path, form_token=f"forged {TYPED_ONLY_HALF}", comment=TYPED_ONLY_HALF)
            phone.ask("GET", f"/q/{TYPED_ONLY_HALF.replace(' ', '-')}")
            phone.ask("GET", f"/go?code={AGENT}&language={SPOKEN}")
    return statuses


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The installation after all that, its server still running: write-ahead log and journal are as they are in use."""
    installation = Installation(tmp_path_factory.mktemp("planted"), free_port())
    create_app(read(installation.environment))
    today = datetime.now(UTC).date()
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    slips = slips_made.made(WITH_SLIP, day=today, now=datetime.now(UTC)).codes
    paths = [f"/v/{code}" for code in slips] + [AT_COUNTER] * (ANSWERS - WITH_SLIP)
    with installation.serve(), ThreadPoolExecutor(CALLERS) as callers:
        shares = [callers.submit(send, installation.port, paths[at::CALLERS], at * ANSWERS) for at in range(CALLERS)]
        assert {status for share in shares for status in share.result()} == {303}
        yield installation


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_of_network_browser_or_phone_is_on_the_disk_or_in_the_log(written: Installation) -> None:
    found = files(written.folder)
    assert {"survey.sqlite", "survey.sqlite-wal", "server.log"} <= found.keys()
    assert {
        (name, planted): content.count(form)
        for name, content in found.items()
        for planted in NOWHERE
        for form in {planted.encode(), planted.encode("utf-16-le"), planted.encode().hex().encode()}
        if form in content
    } == {}


def test_a_telephone_number_stands_in_the_comments_and_in_no_log(written: Installation) -> None:
    assert [name for name, content in files(written.folder).items() if PHONE.encode() in content and "sqlite" not in name] == []
    with sqlite3.connect(written.folder / "survey.sqlite") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        lines = {name: str(database.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}  # noqa: S608
        (answers,) = database.execute("SELECT count(*) FROM responses").fetchone()
    assert answers == ANSWERS
    assert {name: line.count(PHONE) for name, line in lines.items() if PHONE in line} == {"comments": ANSWERS // 50}


def test_the_log_says_that_it_listens_and_nothing_else(written: Installation) -> None:
    assert (written.folder / "server.log").read_text() == f"Listening on {written.address}\n"


def test_nothing_is_written_outside_the_folder_of_the_installation(written: Installation) -> None:
    """What the server's processes hold open: files there, sockets, devices, and nameless files of gunicorn's that are empty."""
    master = next(path for path in Path("/proc").glob("[0-9]*") if _serves(path, written.port))
    workers = (master / "task" / master.name / "children").read_text().split()
    links = [link for pid in (master.name, *workers) for link in Path(f"/proc/{pid}/fd").iterdir()]
    assert len(workers) == 1
    ours = (str(written.folder), "/dev/", "socket:", "pipe:", "anon_inode:")
    assert {str(link.readlink()) for link in links if not str(link.readlink()).startswith(ours) and link.stat().st_size} == set()


def _serves(process: Path, port: int) -> bool:
    try:
        return f"127.0.0.1:{port}\0".encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False
