"""Sheets of handed-out codes that were used up in one go, though people come over hours."""

import numpy as np

from analysis.quality.bursts import MOST_DRAWS, chance, scan
from analysis.quality.clock import Clock, by_half
from analysis.quality.observed import Finding, Observed, sizes
from analysis.quality.rules import LEVELS, SHEETS

ALL_LEAN = 1e9
"""A sheet has no habits of its own."""
FEWEST = 5
"""Used codes of a sheet below which nothing is said."""


def sheets(observed: Observed, rng: np.random.Generator, most: int = MOST_DRAWS) -> tuple[tuple[Finding, ...], dict[int, float]]:
    """Counters with a sheet whose answers stand closer together than times of day of all handed-out codes let expect, and those
    answers. p of the worst sheet × sheets of the counter in the month."""
    from_sheets = np.flatnonzero(observed.batch >= 0)
    usual = by_half(observed.received[from_sheets])
    order = from_sheets[np.lexsort((observed.received[from_sheets], observed.batch[from_sheets]))]
    cuts = np.flatnonzero(np.diff(observed.batch[order])) + 1
    of_sheet = [rows for rows in np.split(order, cuts) if len(rows) >= FEWEST]
    series = [int(observed.series.codes[rows[0]]) for rows in of_sheet]
    every = sizes(observed.series)
    findings: dict[int, Finding] = {}
    marked: dict[int, float] = {}
    for rows, place in zip(of_sheet, series, strict=True):
        times = observed.received[rows]
        clock = Clock.of(times, usual, ALL_LEAN)
        found = scan(times, clock)
        p = min(1.0, chance(found, clock, rng, most).burst * series.count(place))
        if p > LEVELS[SHEETS]:
            continue
        marked |= {int(row): float(found.count) for row in rows[found.first : found.first + found.count]}
        if place not in findings or p < findings[place].p:
            label = observed.series.labels[place]
            findings[place] = Finding(SHEETS, label, int(every[place]), float(found.count), found.expected, p)
    return tuple(findings[place] for place in sorted(findings)), marked
