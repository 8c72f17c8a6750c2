"""Is a count at one counter higher than chance and the honest difference between counters explain?"""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import betabinom, binom

from analysis.comparison.funnel import normal_size
from analysis.survey_data import Floats, Ints

WINSORISED = 0.05
FEWEST_COUNTERS = 10
LEAST_SPREAD = 1e-6


def upper_tail(count: Ints, n: Ints, expected: Floats) -> Floats:
    """P(X ≥ count) for X beta-binomial with mean `expected` (a share, one a counter) and the correlation ρ that all counters
    show together; 1 where n = 0. Fewer than 10 counters: ρ cannot be told, and nothing is unusual (all 1).

    ρ solves mean of the winsorised Pearson residuals squared, (k − nπ)²/(nπ(1 − π)(1 + (n − 1)ρ)) = what it is for normal
    residuals: the 5 % furthest out at each end are cut back, so that the counters looked for do not set their own limits.
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
    residual = (count - n * expected) / np.sqrt(n * expected * (1 - expected))
    cut = int(WINSORISED * len(n))
    wished = normal_size(len(n), cut)

    def excess(rho: float) -> float:
        z = np.sort(residual / np.sqrt(1 + (n - 1) * rho))
        return float((np.clip(z, z[cut], z[len(z) - 1 - cut]) ** 2).mean()) - wished

    if excess(0.0) <= 0:
        return 0.0
    return 0.9 if excess(0.9) > 0 else float(brentq(excess, 0.0, 0.9, xtol=1e-5))


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
