"""The quality study of methodology §15: python -m tests.quality [--seed 15]. Writes results.md here and analysis/quality/measured.py.

False alarms of honest counters that differ among themselves, and how often stuffed ones are found, all rules together.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from analysis.quality.counts import FROM, TO
from analysis.quality.observed import Found, Observed
from analysis.quality.run import judged
from survey_app.settings import PROJECT
from tests.quality import report
from tests.quality.months import Law, month, top_spread
from tests.quality.report import Cell, Study
from tests.quality.stuffing import Pattern, stuffed

RESULTS = Path(__file__).with_name("results.md")
MEASURED = PROJECT / "analysis" / "quality" / "measured.py"
CITIES = {2: 8, 5: 6, 10: 4, 20: 2, 40: 1}
"""Answers of a counter a day to months of 200 counters: as many as ten minutes of processor time allow."""
SPREADS = (0.0, 0.12, 0.25)
SHAPES: tuple[tuple[Pattern, float], ...] = (("one_burst", 0.1), ("daily_bursts", 0.1), ("spread", 0.2), ("spread", 0.5))
STUFFED = np.arange(5, 200, 20)
"""Ten counters of 200, two in each group."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="make quality", description="False alarms and power of the quality rules on simulated months")
    asked.add_argument("--seed", type=int, default=15)
    given = asked.parse_args()
    began, study = time.process_time(), Study()
    for rate, cities in CITIES.items():
        for number, spread in enumerate(SPREADS):
            for city in range(cities):
                _city(study, rate, spread, np.random.default_rng([given.seed, rate, number, city]))
        sys.stderr.write(f"{rate} a day: {time.process_time() - began:.0f} CPU s so far\n")
    RESULTS.write_text(report.written(study, given.seed, time.process_time() - began), encoding="utf-8")
    MEASURED.write_text(report.module(study, given.seed), encoding="utf-8")
    return 0


def _city(study: Study, rate: int, spread: float, rng: np.random.Generator) -> None:
    honest = month(Law(rate, spread), rng)
    study.spreads.setdefault((rate, spread), []).append(top_spread(honest))
    study.honest.setdefault((rate, spread), Cell()).add(_alarms(honest, rng), honest.series.labels)
    names = [honest.series.labels[at] for at in STUFFED]
    for pattern, share in SHAPES:
        if pattern != "spread" and spread != SPREADS[1]:
            continue
        found = _alarms(stuffed(honest, STUFFED, share, pattern, rng), rng)
        study.stuffed.setdefault((rate, spread, pattern, share), Cell()).add(found, names)


def _alarms(observed: Observed, rng: np.random.Generator) -> Counter[tuple[str, str]]:
    found: Found = judged(observed, 0, (FROM, TO), int(rng.integers(2**31)))
    return Counter((one.place, one.rule) for one in found.findings)


if __name__ == "__main__":
    sys.exit(main())
