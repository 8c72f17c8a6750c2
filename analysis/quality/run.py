"""All rules over the answers of complete months, in one go; reads top to bottom."""

import numpy as np

from analysis.quality import counts
from analysis.quality.bursts import MOST_DRAWS, bursts
from analysis.quality.duplicates import duplicates
from analysis.quality.lines import all_top, straight_lines
from analysis.quality.observed import Found, Observed
from analysis.quality.rules import BURST, DUPLICATES, OUTSIDE_HOURS, SHEETS
from analysis.quality.sheets import sheets
from analysis.quality.verified_gap import verified_gap


def judged(observed: Observed, first_weekday: int, week: counts.Week, seed: int, most: int = MOST_DRAWS) -> Found:
    """Findings and answers in question of every rule. The same answers and seed give the same result.

    first_weekday: of day 0, Monday = 0. week: when offices receive. most: draws of one Monte Carlo at most.
    """
    if not len(observed):
        return Found((), {})
    rng = np.random.default_rng(seed)
    in_bursts, burst_answers = bursts(observed, rng, most)
    in_sheets, sheet_answers = sheets(observed, rng, most)
    alike, alike_answers = duplicates(observed)
    closed = counts.outside(observed, first_weekday, week)
    findings = (
        *in_bursts,
        *in_sheets,
        *alike,
        *all_top(observed),
        *straight_lines(observed),
        *counts.fast(observed),
        *counts.day_marks(observed),
        *counts.outside_hours(observed, closed),
        *counts.coached(observed),
        *counts.staff_helped(observed),
        *verified_gap(observed),
    )
    at_night = {int(row): float(observed.opened[row] % 86400) for row in np.flatnonzero(closed)}
    return Found(findings, {BURST: burst_answers, SHEETS: sheet_answers, DUPLICATES: alike_answers, OUTSIDE_HOURS: at_night})
