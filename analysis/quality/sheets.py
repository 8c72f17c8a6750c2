"""Codes handed out at one point on one day that were used up in one go, though people come over hours."""

import numpy as np

from analysis.quality.bursts import MOST_DRAWS, chance, scan
from analysis.quality.clock import Clock, Usual
from analysis.quality.observed import Finding, Observed, sizes
from analysis.quality.rules import LEVELS, SHEETS

FEWEST = 5
"""Used codes of a day's sheets below which nothing is said."""


def sheets(observed: Observed, rng: np.random.Generator, most: int = MOST_DRAWS) -> tuple[tuple[Finding, ...], dict[int, float]]:
    """Counters where answers by the codes of one day stand closer together than times of day of all handed-out codes let expect, and
    those answers. p of the worst day × days of the point in the month; the counter is the one with most of the answers."""
    from_sheets = np.flatnonzero(observed.batch >= 0)
    usual = Usual.of(observed.received[from_sheets])
    order = from_sheets[np.lexsort((observed.received[from_sheets], observed.batch[from_sheets]))]
    cuts = np.flatnonzero(np.diff(observed.batch[order])) + 1
    of_sheet = [rows for rows in np.split(order, cuts) if len(rows) >= FEWEST]
    days = np.bincount(observed.point.codes[np.array([rows[0] for rows in of_sheet], np.int64)], minlength=len(observed.point.labels))
    every = sizes(observed.series)
    findings: dict[int, Finding] = {}
    marked: dict[int, float] = {}
    for rows in of_sheet:
        times = observed.received[rows]
        clock = Clock.without_habits(times, usual)
        found = scan(times, clock)
        p = min(1.0, chance(found, clock, rng, most).burst * int(days[observed.point.codes[rows[0]]]))
        if p > LEVELS[SHEETS]:
            continue
        together = rows[found.first : found.first + found.count]
        marked |= {int(row): float(found.count) for row in together}
        place = int(np.bincount(observed.series.codes[together]).argmax())
        if place not in findings or p < findings[place].p:
            label = observed.series.labels[place]
            findings[place] = Finding(SHEETS, label, int(every[place]), float(found.count), found.expected, p)
    return tuple(findings[place] for place in sorted(findings)), marked
