"""What a citizen waits for on a bad network and a slow phone, what a form costs in bytes and taps, and what the server
spends on it: real Chromium, real gunicorn, SQLite FULL. python -m tests.benchmarks.bench_phone

The network is throttled by Chromium itself (400 kbit/s, 400 ms to the first byte of a reply; opening the connection costs
nothing on one machine, on a mobile network one or two more times 400 ms). Eight respondents answer without pause for thought.
"""

import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from survey_app import create_app
from survey_app.settings import read
from tests import small_city
from tests.benchmarks.bench_citizen import ANSWERS
from tests.chromium import FLAGS
from tests.installation import Installation, free_port

PHONE = {"width": 360, "height": 740}
BYTES_A_SECOND, LATENCY_MS, PAGES = 400_000 / 8, 400, 7
PATHS = range(1, 6)
RESPONDENTS, WARM_UP, POSTS = 8, 100, 2_000
CLOCK_TICKS = 100  # a second, in /proc
TOKEN = re.compile(rb'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Line:
    name: str
    value: float
    unit: str
    most: float

    def __str__(self) -> str:
        return f"{self.name:58} {self.value:8.5g} {self.unit:7} (target ≤ {self.most:g}){'' if self.value <= self.most else '  ABOVE'}"


def first_paint(browser: Browser, address: str, slower: int) -> float:
    """Seconds to the first contentful paint of a first visit; median."""
    found = []
    for _ in range(PAGES):
        with browser.new_context(viewport=PHONE, is_mobile=True) as context:
            page = throttled(context, slower)
            page.goto(address)
            paint = "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)"
            while not (times := page.evaluate(paint)):
                page.wait_for_timeout(20)
            found.append(times[0] / 1_000)
    return statistics.median(found)


def throttled(context: BrowserContext, slower: int) -> Page:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    rate = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **rate})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return page


def weight(browser: Browser, address: str) -> tuple[int, int]:
    """Requests of a first visit and all their bytes, heads included."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes: list[float] = []
        devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return sum(size > 0 for size in sizes), int(sum(sizes))


def taps_beyond_questions(browser: Browser, address: str) -> int:
    """Every question that is shown answered by tapping, on every path through the form: the most taps beside one a question."""
    beyond = []
    for path in PATHS:
        with browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True) as context:
            page, taps = context.new_page(), 0
            page.goto(address)
            page.locator(f"label:has(#stage-{path})").tap()
            for question in page.locator(".question").all():
                if question.is_visible():
                    taps += 1
                    question.locator("label:has(input)").first.or_(question.locator("textarea")).first.tap()
            shown = page.locator(".question:visible").count()
            page.locator(f"label:has(#stage-{path})").tap()
            page.locator(".send").tap()
            page.locator("#received").wait_for()
            beyond.append(taps + 1 - shown)
    return max(beyond)


@dataclass(frozen=True)
class Reply:
    status: int
    location: str
    body: bytes


def ask(port: int, method: str, path: str, body: bytes | None = None) -> Reply:
    """Each on a connection of its own, as phones come."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"})
    reply = connection.getresponse()
    read_all = Reply(reply.status, reply.headers["Location"] or "", reply.read())
    connection.close()
    return read_all


def respond(port: int, by: str) -> float:
    """One completed response, its pages included; the seconds its post took."""
    path = f"/q/{small_city.CODE}"
    found = TOKEN.search(ask(port, "GET", path).body)
    assert found
    body = urlencode({**ANSWERS, "form_token": found[1].decode(), "by": by}).encode()
    began = time.perf_counter()
    reply = ask(port, "POST", path, body)
    took = time.perf_counter() - began
    if by != "script":
        ask(port, "GET", reply.location.partition("#")[0])
    assert reply.status == (201 if by == "script" else 303), reply.status
    return took


def processor_seconds(group: int) -> float:
    """What the processes of that group have used."""
    processes = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=True).stdout.split()
    fields = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in processes]
    return sum(int(field[11]) + int(field[12]) for field in fields) / CLOCK_TICKS


def load(port: int, group: int, by: str) -> tuple[float, float]:
    """p99 of the post, and CPU seconds a completed response, with eight respondents at once."""
    with ThreadPoolExecutor(RESPONDENTS) as respondents:
        list(respondents.map(lambda _: respond(port, by), range(WARM_UP)))
        before = processor_seconds(group)
        took = sorted(respondents.map(lambda _: respond(port, by), range(POSTS)))
        return took[int(0.99 * POSTS)], (processor_seconds(group) - before) / POSTS


def measure(installation: Installation) -> Sequence[Line]:
    today = datetime.now(UTC).date()
    create_app(read(installation.environment))
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    address = f"{installation.address}/q/{small_city.CODE}"
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with installation.serve() as server:
        scripted, plain = load(installation.port, server.pid, "script"), load(installation.port, server.pid, "")
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=path, args=FLAGS)
            requests, size = weight(browser, address)
            paint, slow_paint = (first_paint(browser, address, slower) for slower in (1, 4))
            taps = taps_beyond_questions(browser, address)
            browser.close()
    return (
        Line("first contentful paint, 400 kbit/s and 400 ms", paint, "s", 1.0),
        Line("the same with the processor slowed four times", slow_paint, "s", 1.5),
        Line("requests of a first visit", requests, "", 1),
        Line("bytes of a first visit, heads included", size, "bytes", 14_000),
        Line("taps beyond one a question, sending included", taps, "", 2),
        Line("p99 of the post, 8 respondents at once", scripted[0] * 1_000, "ms", 200),
        Line("the same without script", plain[0] * 1_000, "ms", 200),
        Line("CPU of the server a completed response", scripted[1] * 1_000, "ms", 10),
        Line("the same without script", plain[1] * 1_000, "ms", 10),
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Installation(Path(folder), free_port()))
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
