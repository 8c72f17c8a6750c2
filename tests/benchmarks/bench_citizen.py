"""Drawing the form and accepting an answer, as ratios to a bare Flask "hello" in the same process and the same run.

In process, through Flask's own test client, as one would time any route; CPU time of all threads, median over rounds in
which the three take turns, so that a busy machine disturbs all alike. python -m tests.benchmarks.bench_citizen
"""

import gzip
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from survey_app import create_app, settings
from survey_app.web import guard
from tests import small_city

ROUNDS, REPEATS, WARM_UP = 40, 15, 60
ANSWERS = {
    "overall": "4", "stage": "2", "sector": "3", "b1_general": "4", "b2_general": "4", "b3_general": "5", "b4_general": "4",
    "b5_general": "0", "visits": "1", "on_time": "1", "extra": "0", "influence": "0", "comment": "", "page": "vi", "website": "",
    "day_number": "2873465192841726351928374651928374651928",
}  # fmt: skip
TWO_MINUTES = timedelta(minutes=2)
TARGETS = {"draw": 3.0, "accept": 4.0}
LARGEST_PAGE = 14_000
COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}


def cpu_each(work: Callable[[int], object]) -> float:
    began = time.process_time()
    for number in range(REPEATS):
        work(number)
    return (time.process_time() - began) / REPEATS


def draw(client: FlaskClient, address: str) -> bytes:
    return client.get(address, headers=COMPRESSED).data


def filled_in(page: bytes) -> bytes:
    """The body that a browser sends for the form on that page."""
    token = re.search(rb'name="form_token" value="([^"]+)"', gzip.decompress(page))[1].decode()
    return urlencode({**ANSWERS, "form_token": token}).encode()


def accept(client: FlaskClient, address: str, body: bytes) -> None:
    answer = client.post(address, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303, answer.status


def measure(folder: str) -> tuple[dict[str, float], int]:
    """Median CPU seconds of each, and the size of the first page."""
    bare = Flask("hello")
    bare.add_url_rule("/", view_func=lambda: "hello")
    chosen = settings.read({"SURVEY_DATA_DIR": folder, "SURVEY_ANSWERS_PER_HOUR": "1000000"})
    client = create_app(chosen).test_client(use_cookies=False)
    hello = bare.test_client(use_cookies=False)
    address = f"/q/{small_city.build().code}"
    clock = [small_city.MORNING]
    guard.now = lambda: clock[0]
    for _ in range(WARM_UP):
        hello.get("/")
        accept(client, address, filled_in(draw(client, address)))
    times: dict[str, list[float]] = {"hello": [], "draw": [], "accept": []}
    for _ in range(ROUNDS):
        forms = [filled_in(draw(client, address)) for _ in range(REPEATS)]
        times["hello"].append(cpu_each(lambda _: hello.get("/")))
        times["draw"].append(cpu_each(lambda _: draw(client, address)))
        clock[0] += TWO_MINUTES
        times["accept"].append(cpu_each(lambda number, forms=forms: accept(client, address, forms[number])))
    return {name: statistics.median(taken) for name, taken in times.items()}, len(draw(client, address))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        took, size = measure(folder)
    lines = [f"hello   {took['hello'] * 1e6:6.0f} µs"]
    for name, target in TARGETS.items():
        lines.append(f"{name:7} {took[name] * 1e6:6.0f} µs  {took[name] / took['hello']:4.2f} × hello (target ≤ {target:g})")
    lines.append(f"page    {size:6} bytes compressed (target ≤ {LARGEST_PAGE})")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
