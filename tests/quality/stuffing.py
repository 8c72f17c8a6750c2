"""False answers put into a simulated month: all on one level, with the facts of an honest form, in several patterns of time."""

from dataclasses import replace
from typing import Literal

import numpy as np

from analysis.quality.observed import DAY, Observed
from analysis.survey_data import Column, Ints

Pattern = Literal["one_burst", "daily_bursts", "spread", "spread_below", "sheet"]
"""All of them on the highest level but spread_below, which is spread on the one below. sheet: unused codes of one day's sheets."""
WITHIN = 300
"""Seconds that a burst takes."""
SHEET_WITHIN = 900
"""Seconds in which a clerk uses up what is left of the day's sheets."""
FEWEST_AT_ONCE = 5


def stuffed(observed: Observed, counters: Ints, share: float, pattern: Pattern, rng: np.random.Generator) -> Observed:
    """`share` of the month's answers of each of these counters are false afterwards; a single burst has five at least."""
    found = observed
    for counter in counters:
        rows = np.flatnonzero(observed.series.codes == counter)
        many = round(len(rows) * share / (1 - share))
        if pattern in ("one_burst", "sheet"):
            many = max(FEWEST_AT_ONCE, many)
        times = _times(observed, rows, many, pattern, rng)
        below, batch = int(pattern == "spread_below"), int(counter * 100 + times[0] // DAY) if pattern == "sheet" else -1
        found = _added(found, rng.choice(rows, many), times, below, batch)
    return found


def _times(observed: Observed, rows: Ints, many: int, pattern: Pattern, rng: np.random.Generator) -> Ints:
    """On days and at times of day like the honest ones; or within five minutes of the moment of one of them, once, or once on each day."""
    own = observed.received[rows]
    at_the_counter = own[(own - observed.opened[rows]) < 900]
    if pattern in ("spread", "spread_below"):
        return rng.choice(at_the_counter, many) // DAY * DAY + (rng.choice(at_the_counter, many) + rng.integers(-900, 900, many)) % DAY
    if pattern == "one_burst":
        return rng.choice(at_the_counter) + rng.integers(0, WITHIN, many)
    if pattern == "sheet":
        return rng.choice(at_the_counter) + rng.integers(0, SHEET_WITHIN, many)
    days = np.unique(at_the_counter // DAY)
    moment = {day: rng.choice(at_the_counter[at_the_counter // DAY == day]) for day in days}
    of_day = np.resize(rng.permutation(days), many)
    return np.array([moment[day] for day in of_day]) + rng.integers(0, WITHIN, many)


def _added(observed: Observed, like: Ints, times: Ints, below: int, batch: int) -> Observed:
    """Copies of these answers at other times, `below` the highest level, satisfied, each from a phone without a mark, by the posted
    code or by one of the sheets `batch` (−1: none)."""
    many = len(like)
    changed = {
        "received": times,
        "opened": times - 90,
        "scales": np.where(observed.scales[like] < 0, observed.scales[like], observed.top - below).astype(np.int8),
        "satisfied": np.ones(many, np.int8),
        "phone": np.full(many, -1),
        "batch": np.full(many, batch),
        "posted": np.full(many, batch < 0),
        "verified": np.zeros(many, np.bool_),
        "fast": np.zeros(many, np.bool_),
        "coached": np.zeros(many, np.int8),
        "helped": np.zeros(many, np.int8),
    }
    columns = {}
    for name in observed.__slots__:
        old = getattr(observed, name)
        if isinstance(old, Column):
            columns[name] = Column(np.concatenate([old.codes, old.codes[like]]), old.labels)
        elif name != "top":
            columns[name] = np.concatenate([old, changed.get(name, old[like])])
    return replace(observed, **columns)
