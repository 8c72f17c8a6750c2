"""Is a count at one counter higher than chance and the honest difference between counters explain?"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincc
from scipy.stats import betabinom, binom

from analysis.comparison.funnel import normal_size
from analysis.survey_data import Floats, Ints

WINSORISED = 0.1
FEWEST_COUNTERS = 10
LEAST_SPREAD = 1e-6


def upper_tail(count: Ints, n: Ints, expected: Floats) -> Floats:
    """P(X ≥ count) for X beta-binomial with mean `expected` (a share, one a counter) and the correlation ρ that all counters
    show together; 1 where n = 0. Fewer than 10 counters: ρ cannot be told, and nothing is unusual (all 1).

    ρ solves mean of the winsorised Pearson residuals squared, (k − nπ)²/(nπ(1 − π)(1 + (n − 1)ρ)) = what it is for normal
    residuals, over the counters above π: those furthest out, 10 % of all, are cut back, so that the counters looked for do not
    set their own limits.
    """
    known = (n > 0) & (expected > 0) & (expected < 1)
    if int(known.sum()) < FEWEST_COUNTERS:
        return np.ones(len(n))
    rho = correlation(count[known], n[known], expected[known])
    tail = np.ones(len(n))
    for at in np.flatnonzero(known & (count > n * expected)):
        tail[at] = _tail(int(count[at]), int(n[at]), float(expected[at]), rho)
    return tail


def correlation(count: Ints, n: Ints, expected: Floats) -> float:
    """ρ of upper_tail, 0…0.9."""
    return _beyond_chance((count - n * expected) / np.sqrt(n * expected * (1 - expected)), (n - 1).astype(np.float64), 0.9)


def sum_tail(value: Floats, mean: Floats, sd: Floats) -> Floats:
    """P(X ≥ value) for X gamma with mean `mean` + c·sd and standard deviation s·sd; 1 with fewer than 10 counters.

    mean, sd: of each counter by itself, from draws. c: the middle of (value − mean)/sd over the counters, 0 at least; s: their
    spread above c, winsorised as in upper_tail, 1 at least. A gamma law because such sums trail off upwards.
    """
    known = sd > 0
    tail = np.ones(len(value))
    if int(known.sum()) < FEWEST_COUNTERS:
        return tail
    z = (value[known] - mean[known]) / sd[known]
    centre = max(0.0, float(np.median(z)))
    spread = np.sqrt(1 + _beyond_chance(z - centre, np.ones(len(z)), 1e4))
    average, deviation = mean[known] + centre * sd[known], spread * sd[known]
    tail[known] = gammaincc((average / deviation) ** 2, np.maximum(value[known], 0) * average / deviation**2)
    return tail


def _beyond_chance(residual: Floats, grows: Floats, most: float) -> float:
    """The factor x at which residual/√(1 + grows·x), winsorised, is as large as normal residuals are; 0 where it is at 0 already.

    Only the upper half of the counters is read, as if mirrored below: honest shares trail off upwards, and that is the side asked
    about. One below expectation among them, where most counters have none at all, stands at expectation.
    """
    half = np.argsort(residual)[len(residual) // 2 :]
    upper, pace = np.maximum(residual[half], 0), grows[half]
    cut = int(WINSORISED * 2 * len(half))
    wished = normal_size(2 * len(half), cut)

    def excess(x: float) -> float:
        z = np.sort(upper / np.sqrt(1 + pace * x))
        return float((np.minimum(z, z[len(z) - 1 - cut]) ** 2).mean()) - wished

    if excess(0.0) <= 0:
        return 0.0
    return most if excess(most) > 0 else float(brentq(excess, 0.0, most, xtol=1e-6))


def _tail(count: int, n: int, expected: float, rho: float) -> float:
    if rho < LEAST_SPREAD:
        return float(binom.sf(count - 1, n, expected))
    strength = 1 / rho - 1
    return float(betabinom.sf(count - 1, n, expected * strength, (1 - expected) * strength))


def pooled(count: Ints | Floats, n: Ints | Floats) -> Floats:
    """The share of all other counters together, for each counter."""
    others = n.sum() - n
    return np.where(others > 0, (count.sum() - count) / np.maximum(others, 1), 0.0)


def middle(share: Floats, n: Ints) -> Floats:
    """The share in the middle of the counters by answers, the same for each: the weighted median. Counters that are looked for
    move it little."""
    known = n > 0
    if not known.any():
        return np.zeros(len(n))
    order = np.argsort(share[known], kind="stable")
    mass = np.cumsum(n[known][order])
    return np.full(len(n), share[known][order][np.searchsorted(mass, mass[-1] / 2)])
