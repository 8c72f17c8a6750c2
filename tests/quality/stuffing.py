"""False answers put into a simulated month: all on the highest level, with the facts of an honest form, in three patterns of time."""

from dataclasses import replace
from typing import Literal

import numpy as np

from analysis.quality.observed import DAY, Observed
from analysis.survey_data import Column, Ints

Pattern = Literal["one_burst", "daily_bursts", "spread"]
WITHIN = 300
"""Seconds that a burst takes."""
FEWEST_AT_ONCE = 5


def stuffed(observed: Observed, counters: Ints, share: float, pattern: Pattern, rng: np.random.Generator) -> Observed:
    """`share` of the month's answers of each of these counters are false afterwards; a single burst has five at least."""
    found = observed
    for counter in counters:
        rows = np.flatnonzero(observed.series.codes == counter)
        many = round(len(rows) * share / (1 - share))
        if pattern == "one_burst":
            many = max(FEWEST_AT_ONCE, many)
        found = _added(found, rng.choice(rows, many), _times(observed, rows, many, pattern, rng))
    return found


def _times(observed: Observed, rows: Ints, many: int, pattern: Pattern, rng: np.random.Generator) -> Ints:
    """On days and at times of day like the honest ones; or within five minutes of the moment of one of them, once, or once on each day."""
    own = observed.received[rows]
    at_the_counter = own[(own - observed.opened[rows]) < 900]
    if pattern == "spread":
        return rng.choice(at_the_counter, many) // DAY * DAY + (rng.choice(at_the_counter, many) + rng.integers(-900, 900, many)) % DAY
    if pattern == "one_burst":
        return rng.choice(at_the_counter) + rng.integers(0, WITHIN, many)
    days = np.unique(at_the_counter // DAY)
    moment = {day: rng.choice(at_the_counter[at_the_counter // DAY == day]) for day in days}
    of_day = np.resize(rng.permutation(days), many)
    return np.array([moment[day] for day in of_day]) + rng.integers(0, WITHIN, many)


def _added(observed: Observed, like: Ints, times: Ints) -> Observed:
    """Copies of these answers at other times, on the highest level, satisfied, each from a phone without a mark, by the posted code."""
    many = len(like)
    changed = {
        "received": times,
        "opened": times - 90,
        "scales": np.where(observed.scales[like] < 0, observed.scales[like], observed.top).astype(np.int8),
        "satisfied": np.ones(many, np.int8),
        "phone": np.full(many, -1),
        "batch": np.full(many, -1),
        "posted": np.ones(many, np.bool_),
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
