"""The gap between answers by codes of the system and answers by the posted code of the same unit (methodology §2.4)."""

import numpy as np

from analysis.quality.observed import Finding, Observed, sizes
from analysis.quality.rules import LEVELS, VERIFIED_GAP
from analysis.special import stdtr
from analysis.survey_data import Bools, Floats, Ints

POINTS = 0.08
ERRORS = 3.0
FEWEST = 10


def verified_gap(observed: Observed) -> tuple[Finding, ...]:
    """Units where Δ = H_V − H_O is beyond 3 SE and 8 points, and p at most the level of the rule.

    H: share of the satisfied on the whole. Influence of a day on Δ: Σ (y − H_V)/n_V over its verified answers less the same of
    its posted ones; SE² = d/(d − 1) · Σ over d days of the influence squared, t with d − 1 degrees of freedom. `expected` 0.
    """
    known = observed.satisfied >= 0
    verified, posted = known & observed.verified, known & observed.posted
    many = len(observed.unit.labels)
    n_v, n_o = (np.bincount(observed.unit.codes[rows], minlength=many) for rows in (verified, posted))
    y_v, y_o = (np.bincount(observed.unit.codes[rows], weights=observed.satisfied[rows], minlength=many) for rows in (verified, posted))
    share_v, share_o = y_v / np.maximum(n_v, 1), y_o / np.maximum(n_o, 1)
    part_v, part_o = _influence(observed, verified, share_v, n_v), _influence(observed, posted, share_o, n_o)
    error, days = _error(observed, verified | posted, part_v - part_o)
    gap = share_v - share_o
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(error > 0, 2 * stdtr(np.maximum(days - 1, 1), -np.abs(gap) / error), 1.0)
    enough = (n_v >= FEWEST) & (n_o >= FEWEST) & (days > 1)
    reported = enough & (np.abs(gap) > POINTS) & (np.abs(gap) > ERRORS * error) & (p <= LEVELS[VERIFIED_GAP])
    every, unit = sizes(observed.unit), observed.unit.labels
    return tuple(Finding(VERIFIED_GAP, unit[at], int(every[at]), float(gap[at]), 0.0, float(p[at])) for at in np.flatnonzero(reported))


def _influence(observed: Observed, rows: Bools, share: Floats, n: Ints) -> Floats:
    unit = observed.unit.codes
    return np.where(rows, (observed.satisfied - share[unit]) / np.maximum(n[unit], 1), 0.0)


def _error(observed: Observed, rows: Bools, influence: Floats) -> tuple[Floats, Floats]:
    """SE and number of days of every unit."""
    many = len(observed.unit.labels)
    pairs, day = np.unique(np.stack([observed.unit.codes[rows], observed.psu[rows]], axis=1), axis=0, return_inverse=True)
    by_day = np.bincount(day.ravel(), weights=influence[rows], minlength=len(pairs))
    days = np.bincount(pairs[:, 0], minlength=many).astype(np.float64)
    squares = np.bincount(pairs[:, 0], weights=by_day**2, minlength=many)
    return np.sqrt(squares * days / np.maximum(days - 1, 1)), days
