"""Scripted floods of answers against the real server: what is stored, and what people at other counters notice of it.

One flood never fetched a form, the other fetches each; each comes at a bounded rate, as from one cheap script over a mobile
network, and as fast as it is answered. People answer at other counters meanwhile, one every twentieth of a second, on forms
opened two minutes ago. Server, flood and people share the processors of one machine, so at full speed part of what people
wait for is the flood's own work. What counts is the ratio of 95th percentiles to those of quiet times; floods and quiet
times take turns, so that a busy machine disturbs all alike.
python -m tests.benchmarks.bench_attack [--posts 10000] [--bounded 3000] [--connections 8]
"""

import argparse
import http.client
import multiprocessing
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from survey_app import create_app, settings
from survey_app.services import doors, form_token, submission
from survey_app.storage import fieldwork, places, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.places import CounterRow
from tests import small_city
from tests.installation import Installation, free_port

ANSWERS = {
    "overall": "4", "stage": "2", "sector": "3", "b1_general": "4", "b2_general": "4", "b3_general": "5", "b4_general": "4",
    "b5_general": "0", "visits": "1", "on_time": "1", "extra": "0", "influence": "0", "comment": "", "page": "vi", "website": "",
}  # fmt: skip
CAP, AT_ONCE = 240, 60
RATE = 20
"""Posts a second of the bounded flood."""

COUNTERS = 500
PACE, QUIET_SECONDS = 0.05, 2.5
ROUNDS = 4
TOLERANCE = 1.2
TWO_MINUTES = timedelta(minutes=2)
Opened = tuple[str, str]
"""A counter's code and the token of a form that was opened there."""


@dataclass
class Line:
    """A connection that is kept open, as a proxy in front of the server keeps it."""

    port: int

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def token(self, code: str) -> str:
        self.connection.request("GET", f"/q/{code}")
        found = re.search(rb'name="form_token" value="([^"]+)"', self.connection.getresponse().read())
        assert found is not None
        return found[1].decode()

    def post(self, code: str, token: str) -> int:
        body = urlencode({**ANSWERS, "form_token": token})
        self.connection.request("POST", f"/q/{code}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


@dataclass(frozen=True)
class Flood:
    """`at`: the code of the counter. `pause`: seconds from the beginning of one post to the next, on each connection; 0: as
    fast as it is answered.
    """

    at: str
    fetching: bool
    posts: int
    connections: int
    pause: float

    def run(self, port: int, told: "multiprocessing.Queue[Counter[int]]") -> None:
        """What one of its connections does."""
        line, seen = Line(port), Counter[int]()
        parts = line.token(self.at).split("~")
        began = time.monotonic()
        for number in range(self.posts // self.connections):
            time.sleep(max(0.0, began + number * self.pause - time.monotonic()))
            token = line.token(self.at) if self.fetching else "~".join([*parts[:2], f"{number:032x}", *parts[3:]])
            seen[line.post(self.at, token)] += 1
        told.put(seen)

    def __str__(self) -> str:
        speed = f"{self.connections / self.pause:.0f}/s" if self.pause else f"full speed, {self.connections} at once"
        return f"posts that {'fetch each form' if self.fetching else 'never fetched a form'}, {speed}"


def found_city(folder: Path) -> list[str]:
    """The codes of its counters; each counter is named by its code."""
    create_app(settings.read({"SURVEY_DATA_DIR": str(folder)}))
    today = datetime.now(UTC).date()
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    codes = [f"HHHHHHHH{number:04}" for number in range(COUNTERS)]
    with session.transaction() as tx:
        names = {"vi": "Quầy"}
        counters = [CounterRow("79", code, "BH", "26737", code, names, None, small_city.BEGAN) for code in codes]
        places.save(tx, counters)
        fieldwork.save(tx, [CodeRow("79", code, code, small_city.BEGAN) for code in codes])
    return codes


def opened_earlier(codes: list[str]) -> Iterator[Opened]:
    """Forms of honest people, who read for two minutes: at each counter as many as may come at once, then every fifteen seconds."""
    remembered = doors.current()
    while True:
        for code in codes:
            now = datetime.now(UTC) - TWO_MINUTES
            door = remembered.door(code, submission.local_day(now))
            assert door is not None
            yield code, submission.open_form(door, "vi", now, form_token.new_nonce(), remembered=remembered).token


def honest(port: int, forms: Iterator[Opened], go_on: Callable[[], bool]) -> list[float]:
    """Milliseconds that a page and an answer took together."""
    line, took = Line(port), []
    while go_on():
        code, token = next(forms)
        began = time.monotonic()
        line.token(code)
        status = line.post(code, token)
        took.append(1e3 * (time.monotonic() - began))
        assert status == 303, f"an honest answer got {status}"
        time.sleep(max(0.0, began + PACE - time.monotonic()))
    return took


def quietly(port: int, forms: Iterator[Opened]) -> list[float]:
    until = time.monotonic() + QUIET_SECONDS
    return honest(port, forms, lambda: time.monotonic() < until)


def attack(port: int, flood: Flood, forms: Iterator[Opened]) -> tuple[Counter[int], list[float], float]:
    """What it was answered, what people waited meanwhile, and how many seconds it lasted."""
    told: multiprocessing.Queue[Counter[int]] = multiprocessing.Queue()
    attackers = [multiprocessing.Process(target=flood.run, args=(port, told)) for _ in range(flood.connections)]
    began = time.monotonic()
    for attacker in attackers:
        attacker.start()
    took = honest(port, forms, lambda: any(attacker.is_alive() for attacker in attackers))
    seconds = time.monotonic() - began
    seen = sum((told.get() for _ in attackers), Counter[int]())
    return seen, took, seconds


def stored(folder: Path, counter: str) -> tuple[int, int]:
    """Answers at the counter under attack, and how many of them are flagged."""
    with sqlite3.connect(folder / "survey.sqlite") as database:
        ids = {id for (id,) in database.execute("SELECT id FROM responses WHERE counter = ?", (counter,))}
        flagged = {id for (id,) in database.execute("SELECT DISTINCT response_id FROM response_flags")}
    return len(ids), len(ids & flagged)


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


@dataclass
class Met:
    """What became of a flood over all rounds, and how long people waited meanwhile."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)


def rounds(port: int, floods: list[Flood], forms: Iterator[Opened]) -> tuple[list[float], list[Met]]:
    """What people waited in quiet times, and what each flood met; a part of each flood in every round."""
    quietly(port, forms)  # warms the server up
    quiet, met = quietly(port, forms), [Met() for _ in floods]
    for _ in range(ROUNDS):
        for flood, found in zip(floods, met, strict=True):
            seen, took, seconds = attack(port, flood, forms)
            found.statuses += seen
            found.seconds += seconds
            found.took += took
        quiet += quietly(port, forms)
    return quiet, met


def described(flood: Flood, met: Met, quiet: list[float], hours: float, folder: Path) -> Iterator[str]:
    accepted, flagged = stored(folder, flood.at)
    most = int(AT_ONCE + (CAP - AT_ONCE) * hours) + 1 if flood.fetching else 0
    held = "held" if accepted <= most and accepted == flagged else "NOT HELD"
    yield f"{met.statuses.total()} {flood} ({met.statuses.total() / met.seconds:.0f}/s): answered {dict(met.statuses)}"
    yield f"  stored {accepted} (at most {most}), flagged {flagged}: {held}"
    ratio = p95(met.took) / p95(quiet)
    waited = f"p95 {p95(met.took):.1f} ms, quiet {p95(quiet):.1f}: × {ratio:.2f}, {'within' if ratio <= TOLERANCE else 'beyond'} 20 %"
    medians = f"median {statistics.median(met.took):.1f}, quiet {statistics.median(quiet):.1f}"
    yield f"  people elsewhere, page and answer: {waited}; {medians} ({len(met.took)} and {len(quiet)} people)"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=800, help="of a flood at full speed")
    asked.add_argument("--bounded", type=int, default=160, help=f"posts of a flood at {RATE} a second")
    asked.add_argument("--connections", type=int, default=1, help="of a flood at full speed")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name), free_port())
        first, second, third, fourth, *codes = found_city(installation.folder)
        floods = [
            Flood(first, False, chosen.bounded // ROUNDS, 1, 1 / RATE),
            Flood(second, True, chosen.bounded // ROUNDS, 1, 1 / RATE),
            Flood(third, False, chosen.posts // ROUNDS, chosen.connections, 0),
            Flood(fourth, True, chosen.posts // ROUNDS, chosen.connections, 0),
        ]
        with installation.serve(SURVEY_ANSWERS_PER_HOUR=str(CAP)):
            began = time.monotonic()
            quiet, met = rounds(installation.port, floods, opened_earlier(codes))
            hours = (time.monotonic() - began) / 3600
        for flood, found in zip(floods, met, strict=True):
            for line in described(flood, found, quiet, hours, installation.folder):
                sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
