"""Is a count at one counter higher than chance and the honest difference between counters explain?"""

import numpy as np
from scipy.optimize import brentq, nnls
from scipy.stats import betabinom, binom, nbinom, poisson

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


def counted_tail(count: Ints, by_chance: Floats, n: Ints) -> tuple[Floats, Floats]:
    """(m, P(X ≥ count)) for X negative-binomial with mean m and variance m + ωm²; p = 1 with fewer than 10 counters.

    m = a·by_chance + b·n, a and b ≥ 0 by least squares over all counters, weights 1/(by_chance + b·n), the tenth with the highest
    residuals left out the second time; ω from the winsorised residuals as in upper_tail.
    """
    if len(n) < FEWEST_COUNTERS:
        return by_chance, np.ones(len(n))
    weight = 1 / np.sqrt(np.maximum(by_chance + n / 100, 0.1))
    kept = np.ones(len(n), np.bool_)
    mean = by_chance
    for _ in range(2):
        design = np.stack([by_chance, n.astype(np.float64)], axis=1) * weight[:, None]
        mean = np.maximum(np.stack([by_chance, n], axis=1) @ nnls(design[kept], (count * weight)[kept])[0], 1e-6)
        residual = (count - mean) * weight
        kept = residual <= np.quantile(residual, 0.9)
    omega = _beyond_chance((count - mean) / np.sqrt(mean), mean, 10.0)
    if omega < LEAST_SPREAD:
        return mean, np.asarray(poisson.sf(count - 1, mean), dtype=np.float64)
    return mean, np.asarray(nbinom.sf(count - 1, 1 / omega, 1 / (1 + omega * mean)), dtype=np.float64)


def _beyond_chance(residual: Floats, grows: Floats, most: float) -> float:
    """The factor x at which residual/√(1 + grows·x), winsorised, is as large as normal residuals are; 0 where it is at 0 already.

    Only residuals above 0 are read, each as if mirrored below: honest shares trail off upwards, and that is the side asked about.
    """
    above = residual > 0
    upper, pace = residual[above], grows[above]
    count = 2 * len(upper)
    cut = int(WINSORISED * count)
    if not count:
        return 0.0
    wished = normal_size(count, cut)

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
