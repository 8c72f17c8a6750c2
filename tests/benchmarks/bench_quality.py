"""The quality job on 1,000,000 stored answers of one wave with their traces: CPU seconds.

Run from the project folder: python -m tests.benchmarks.bench_quality
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert

import questionnaires
from questionnaires import answers
from survey_app.services import quality
from survey_app.storage import fieldwork, session
from survey_app.storage.labels import labels
from survey_app.storage.responses import response_traces, responses
from tests import cast
from tests.cast import CLOSES, OPENS, PROVINCE, WAVE

ANSWERS, COUNTERS, MONTHS = 1_000_000, 600, 2
TARGET = 120.0
AT_ONCE = 20_000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        cast.app_with_answers(Path(folder))
        _fill(np.random.default_rng(1))
        began = time.process_time()
        done = quality.run(WAVE, datetime(2026, 12, 1, tzinfo=UTC))
        spent = time.process_time() - began
    found = ", ".join(f"{rule} {count}" for rule, count in sorted(done.places.items())) or "–"
    sys.stdout.write(f"quality job on {ANSWERS} answers, {COUNTERS} counters, {MONTHS} months: {spent:.1f} CPU s (at most {TARGET:.0f})\n")
    sys.stdout.write(f"  months judged: {', '.join(done.judged)}; findings: {found}\n")
    return 0 if spent <= TARGET and len(done.judged) == MONTHS else 1


def _fill(rng: np.random.Generator) -> None:
    instrument = questionnaires.load("sipas_counter", "2026-1")
    with session.reading() as tx:
        assert fieldwork.wave(tx, WAVE) is not None
    texts = [answers.encode(_form(rng)) for _ in range(5_000)]
    digests = [answers.digest(text) for text in texts]
    days = (CLOSES - OPENS).days + 1
    units = range((COUNTERS - 1) // 3 + 1)
    with session.transaction() as tx:
        for unit in units:
            tx.execute(insert(labels), [{"number": _psu(unit, day), "label": _named(unit, day)} for day in range(days)])
        tx.execute(insert(labels), [{"number": _design(unit), "label": f'["U{unit:03d}",2,"open","m1",0.2,1.0]'} for unit in units])
        for start in range(0, ANSWERS, AT_ONCE):
            size = min(AT_ONCE, ANSWERS - start)
            counter, which = rng.integers(0, COUNTERS, size), rng.integers(0, len(texts), size)
            day, seconds = rng.integers(0, days, size), rng.integers(3_600, 36_000, size)
            rows = [
                _row(start + at, int(counter[at]), int(day[at]), texts[which[at]], digests[which[at]], instrument.digest)
                for at in range(size)
            ]
            tx.execute(insert(responses), rows)
            traces = [
                {
                    "response_id": row["id"],
                    "received_at": datetime.combine(OPENS, datetime.min.time()) + timedelta(days=int(day[at]), seconds=int(seconds[at])),
                    "seconds": 100,
                    "day_mark": f"{start + at:064x}",
                }
                for at, row in enumerate(rows)
            ]
            tx.execute(insert(response_traces), traces)


def _form(rng: np.random.Generator) -> dict[str, int | tuple[int, ...]]:
    levels = rng.choice([3, 4, 5], 5, p=[0.08, 0.42, 0.5])
    names = ("overall", "b1_general", "b2_general", "b3_general", "b4_general")
    facts = {"stage": 2, "sector": int(rng.integers(1, 8)), "visits": int(rng.integers(1, 4)), "on_time": 1, "influence": (0,)}
    return {**dict(zip(names, map(int, levels), strict=True)), **facts}


def _psu(unit: int, day: int) -> int:
    """The number of its label: days are fewer than a thousand, and labels of answers that are there already."""
    return 1_000_000 + 1_000 * unit + day


def _named(unit: int, day: int) -> str:
    return f"U{unit:03d}|PU{unit:03d}|{OPENS + timedelta(days=day)}"


def _design(unit: int) -> int:
    return 900_000 + unit


def _row(at: int, counter: int, day: int, text: str, digest: str, instrument: str) -> dict[str, object]:
    number = counter // 3
    unit = f"U{number:03d}"
    return {
        "id": f"{at:032x}", "province": PROVINCE, "position": 10_000 + at, "wave": WAVE, "counter": f"K{counter:03d}",
        "reception_unit": unit, "point": f"P{unit}", "deciding_unit": unit, "sector": 2, "channel": "open", "batch": None,
        "instrument_digest": instrument, "module": "m1", "pi": 0.2, "design_weight": 1.0, "language": "vi",
        "service_day": OPENS + timedelta(days=day), "psu_label": _psu(number, day), "answers": text, "answers_digest": digest,
        "design_label": _design(number), "packed": b"",
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
