"""The quality study of methodology §15: python -m tests.quality [--seed 31]. Writes results.md here and analysis/quality/measured.py.

False alarms of honest counters that differ among themselves, and how often stuffed ones are found, all rules together.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from analysis.quality.observed import Found, Observed
from analysis.quality.run import judged
from survey_app.settings import PROJECT, USUAL_HOURS, office_week
from tests.quality import report
from tests.quality.months import Law, month, top_spread
from tests.quality.report import Cell, Month, Study
from tests.quality.stuffing import Pattern, stuffed

Shape = tuple[Pattern, float]

OFFICE = office_week(USUAL_HOURS)
RESULTS = Path(__file__).with_name("results.md")
MEASURED = PROJECT / "analysis" / "quality" / "measured.py"
CITIES = {2: 4, 5: 5, 10: 3, 20: 2, 40: 1}
"""Answers of a counter a day to months of 200 counters: as many as ten minutes of processor time allows."""
DAILY = {20: 5}
"""Months beyond these for the one target that stands on few counters."""
SPREADS = (0.0, 0.12, 0.25)
MIDDLE = 0.12
SHEETS, HABITS = 0.5, 0.15
SPREAD: tuple[Shape, ...] = (("spread", 0.2), ("spread", 0.5))
SHAPES: tuple[Shape, ...] = (("one_burst", 0.1), ("daily_bursts", 0.1), *SPREAD, ("spread_below", 0.5))
STUFFED = np.arange(5, 200, 20)
"""Ten counters of 200, two in each group."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="make quality", description="False alarms and power of the quality rules on simulated months")
    asked.add_argument("--seed", type=int, default=31)
    asked.add_argument("--processes", type=int, default=2)
    given = asked.parse_args()
    study, spent = Study(), 0.0
    tasks = [(law, shapes, [given.seed, number, city]) for number, (law, shapes, cities) in enumerate(_plan()) for city in range(cities)]
    with ProcessPoolExecutor(given.processes) as pool:
        for done, month_found in enumerate(pool.map(_month, *zip(*tasks, strict=True)), 1):
            study.add(month_found)
            spent += month_found.seconds
            sys.stderr.write(f"{done} of {len(tasks)} months: {spent:.0f} CPU s so far\n")
    RESULTS.write_text(report.written(study, given.seed, spent), encoding="utf-8")
    MEASURED.write_text(report.module(study, given.seed), encoding="utf-8")
    return 0


def _plan() -> Iterator[tuple[Law, tuple[Shape, ...], int]]:
    """Months to simulate: their law, what is stuffed into each of them, how many."""
    for rate, cities in CITIES.items():
        for spread in SPREADS:
            yield Law(rate, spread), SHAPES if spread == MIDDLE else SPREAD, cities
    for rate, cities in DAILY.items():
        yield Law(rate, MIDDLE), (("daily_bursts", 0.1),), cities
    for rate in (5, 10, 20):
        yield Law(rate, MIDDLE, handed=SHEETS), (("sheet", 0.05),), max(1, CITIES[rate] // 2)
        yield Law(rate, MIDDLE, habits=HABITS), SPREAD, max(1, CITIES[rate] // 2)


def _month(law: Law, shapes: tuple[Shape, ...], seed: list[int]) -> Month:
    began, rng = time.process_time(), np.random.default_rng(seed)
    honest = month(law, rng)
    labels = honest.series.labels
    told = Cell.of(_alarms(honest, rng), labels)
    names = [labels[at] for at in STUFFED]
    found = {(pattern, share): Cell.of(_alarms(stuffed(honest, STUFFED, share, pattern, rng), rng), names) for pattern, share in shapes}
    return Month(law, top_spread(honest), told, found, time.process_time() - began)


def _alarms(observed: Observed, rng: np.random.Generator) -> Counter[tuple[str, str]]:
    found: Found = judged(observed, 0, OFFICE, int(rng.integers(2**31)))
    return Counter((one.place, one.rule) for one in found.findings)


if __name__ == "__main__":
    sys.exit(main())
