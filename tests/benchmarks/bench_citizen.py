"""Drawing the form and accepting an answer, as ratios to a bare Flask "hello" in the same process and the same run.

CPU time of all threads, median over rounds in which the three take turns. Run from the project folder:
python -m tests.benchmarks.bench_citizen
"""

import gzip
import io
import re
import statistics
import sys
import tempfile
import time
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import create_environ

from survey_app import create_app, settings
from survey_app.web import guard
from tests import small_city

ROUNDS, REPEATS, WARM_UP = 15, 40, 60
ANSWERS = {
    "overall": "4", "stage": "2", "sector": "3", "b1_general": "4", "b2_general": "4", "b3_general": "5", "b4_general": "4",
    "b5_general": "0", "visits": "1", "on_time": "1", "extra": "0", "influence": "0", "comment": "Thêm ghế chờ", "page": "vi",
}  # fmt: skip
TARGETS = {"draw": 3.0, "accept": 4.0}


def request(path: str, body: bytes = b"") -> dict[str, object]:
    """A request as a server hands it over; made beforehand, so that nothing of a client is measured."""
    environ = create_environ(path, method="POST" if body else "GET", input_stream=io.BytesIO(body))
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))} if body else {}
    return {**environ, **form, "HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


def answer(app: Flask, environ: dict[str, object]) -> tuple[int, bytes]:
    """One request straight through WSGI."""
    status: list[int] = []
    chunks = app(environ, lambda line, headers, failure=None: status.append(int(line[:3])))
    content = b"".join(chunks)
    chunks.close()
    return status[0], content


def seconds_each(app: Flask, requests: list[dict[str, object]], expected: int) -> float:
    began = time.process_time()
    for environ in requests:
        status, _ = answer(app, environ)
        assert status == expected, status
    return (time.process_time() - began) / len(requests)


def posts(app: Flask, address: str) -> list[dict[str, object]]:
    """Filled-in forms, each with a token of its own."""
    drawn = [gzip.decompress(answer(app, request(address))[1]).decode() for _ in range(REPEATS)]
    tokens = [re.search(r'name="form_token" value="([^"]+)"', page)[1] for page in drawn]
    return [request(address, urlencode({**ANSWERS, "form_token": token}).encode()) for token in tokens]


def main() -> None:
    hello = Flask("hello")
    hello.add_url_rule("/", view_func=lambda: "hello")
    times: dict[str, list[float]] = {"hello": [], "draw": [], "accept": []}
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings.read({"SURVEY_DATA_DIR": folder}))
        address = f"/q/{small_city.build().code}"
        guard.now = lambda: small_city.MORNING
        for _ in range(WARM_UP):
            answer(app, request(address))
            answer(hello, request("/"))
        for _ in range(ROUNDS):
            filled_in = posts(app, address)
            times["hello"].append(seconds_each(hello, [request("/") for _ in range(REPEATS)], 200))
            times["draw"].append(seconds_each(app, [request(address) for _ in range(REPEATS)], 200))
            times["accept"].append(seconds_each(app, filled_in, 303))
        size = len(answer(app, request(address))[1])
    base = statistics.median(times["hello"])
    say = sys.stdout.write
    say(f"hello   {base * 1e6:6.0f} µs\n")
    for name, target in TARGETS.items():
        took = statistics.median(times[name])
        say(f"{name:7} {took * 1e6:6.0f} µs  {took / base:4.2f} × hello (target ≤ {target:g})\n")
    say(f"first page {size} bytes compressed (target ≤ 14000)\n")


if __name__ == "__main__":
    main()
