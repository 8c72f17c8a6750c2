"""Counts of a counter's month beside those of the other counters: phones, hours, haste, who helped, files."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.quality.observed import DAY, Finding, Observed, totals
from analysis.quality.peers import FEWEST_COUNTERS, beside, pooled
from analysis.quality.rules import COACHED, DAY_MARKS, FAST_SHARE, LEVELS, MORE_THAN_FILES, OUTSIDE_HOURS, STAFF_HELPED
from analysis.survey_data import Bools, Column, Ints

OF_A_FAMILY = 2
"""Answers that one phone may send at one counter on one day without being counted: two of a household."""
FEWEST = 3
"""Answers of the kind in question below which nothing is said."""
Week = Sequence[tuple[int, int] | None]
"""Monday … Sunday: (from, to) in seconds after midnight, None on a day on which nobody receives."""


def day_marks(observed: Observed) -> tuple[Finding, ...]:
    """Answers beyond the second that one phone sent at one counter on one day; counted for the counter, said of no answer."""
    marked = np.flatnonzero(observed.phone >= 0)
    days = observed.received[marked] // DAY
    keys = np.stack([observed.series.codes[marked], days, observed.phone[marked]], axis=1)
    found, counts = np.unique(keys, axis=0, return_counts=True) if len(keys) else (keys, np.zeros(0, np.int64))
    beyond = np.bincount(found[:, 0], weights=np.maximum(counts - OF_A_FAMILY, 0), minlength=len(observed.series.labels))
    return _above(observed.series, DAY_MARKS, beyond.astype(np.int64), totals(observed.series, observed.phone >= 0).astype(np.int64))


def outside(observed: Observed, first_weekday: int, week: Week) -> Bools:
    """Opened through the posted code when nobody receives. first_weekday: of day 0, Monday = 0."""
    day, moment = np.divmod(observed.opened, DAY)
    begins, ends = np.array([hours or (DAY, 0) for hours in week]).T
    weekday = (day + first_weekday) % len(begins)
    found: Bools = observed.posted & ((moment < begins[weekday]) | (moment >= ends[weekday]))
    return found


def outside_hours(observed: Observed, at: Bools) -> tuple[Finding, ...]:
    """at: outside() of each answer."""
    return _of_series(observed, OUTSIDE_HOURS, at, observed.posted)


def fast(observed: Observed) -> tuple[Finding, ...]:
    """Answers flagged as fast when they came in."""
    return _of_series(observed, FAST_SHARE, observed.fast, np.ones(len(observed), np.bool_))


def coached(observed: Observed) -> tuple[Finding, ...]:
    """Answers that say somebody told the person what to tick."""
    return _of_series(observed, COACHED, observed.coached == 1, observed.coached >= 0)


def staff_helped(observed: Observed) -> tuple[Finding, ...]:
    """Answers that say staff typed; that is help and not coaching, and is counted apart."""
    return _of_series(observed, STAFF_HELPED, observed.helped == 1, observed.helped >= 0)


def more_than_files(answers: Mapping[str, int], files: Mapping[str, int]) -> tuple[Finding, ...]:
    """Units with more answers on finished files than files. answers, files: unit to number, of the same window.

    One file, one answer: chance has no part in it (p = 0).
    """
    return tuple(
        Finding(MORE_THAN_FILES, unit, count, float(count), float(files.get(unit, 0)), 0.0)
        for unit, count in sorted(answers.items())
        if count > files.get(unit, 0)
    )


def _of_series(observed: Observed, rule: str, yes: Bools, of: Bools) -> tuple[Finding, ...]:
    count, n = totals(observed.series, yes & of).astype(np.int64), totals(observed.series, of).astype(np.int64)
    return _above(observed.series, rule, count, n)


def _above(series: Column, rule: str, count: Ints, n: Ints) -> tuple[Finding, ...]:
    """Counters above what the others show together, allowing for how counters differ."""
    expected = pooled(count, n)
    silent = (expected == 0) & (int((n > 0).sum()) >= FEWEST_COUNTERS)
    expected[silent] = 1.0 / np.maximum(n.sum() - n[silent], 2)  # nobody else had one: not more than one of all others
    found = beside(count, n, np.minimum(expected, 1 - 1e-9))
    every = np.bincount(series.codes, minlength=len(series.labels))
    return tuple(
        Finding(rule, series.labels[at], int(every[at]), float(count[at]), float(n[at] * found.expected[at]), float(found.tail[at]))
        for at in np.flatnonzero((count >= FEWEST) & (found.tail <= LEVELS[rule]))
    )
