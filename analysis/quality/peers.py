"""Is a count at one counter higher than chance and the honest difference between counters explain?

The yardstick is all counters together, less those that it finds: whoever is looked for must not set the limit.
"""

from dataclasses import dataclass

import numpy as np

from analysis.solvers import optimize
from analysis.special import betaln, expit, gammaincc, logit
from analysis.survey_data import Bools, Floats, Ints

FEWEST_COUNTERS = 10
FAR = 0.1
"""Counters as far up as one honest in ten say no more than that they are."""
BEYOND = 0.001
"""Counters as far up as one honest in a thousand say nothing about the others."""
PASSES = (False, False, True, True)
"""Fits one after the other; True: without the counters BEYOND by the fit before."""
LEAST, MOST = 1e-6, 0.9
"""Of ρ; the least is all but binomial."""
BEFOREHAND = 0.05
"""Mean of ρ before anything is seen: where one counter has some and no other has any, it is that counter and not all that differ."""
WIDE = 3.0
"""Of a beforehand: where nobody else has any, their share is still not 0."""
MIDDLE_HALF = 1.348980
"""Of a normal law: third less first quartile, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Each counter beside the others: `expected` share and `tail`, the chance of a count as high at an honest counter."""

    expected: Floats
    tail: Floats


def beside(count: Ints, n: Ints, expected: Floats) -> Beside:
    """P(X ≥ count) for X beta-binomial with mean share π, logit π = logit(expected) + a, and the correlation ρ that counters show
    together; tail 1 where n = 0, and everywhere with fewer than 10 counters, whose difference cannot be told.

    a, ρ: likeliest over the counters, a normal with sd 3 and ρ exponential with mean 0.05 beforehand. A counter with
    P(X ≥ count) ≤ 0.1 counts only as being in that tenth (a censored observation), and in the last fits one with P ≤ 0.001 not at
    all. Idea: an empirical null from the middle of many (Efron 2004).
    """
    known = (n > 0) & (expected > 0) & (expected < 1)
    tail, mean = np.ones(len(n)), expected.astype(np.float64)
    if int(known.sum()) < FEWEST_COUNTERS:
        return Beside(mean, tail)
    k, of, start = count[known], n[known], logit(expected[known])
    a, rho = 0.0, 0.01
    found = np.ones(len(k))
    for apart in PASSES:
        found = _tails(k, of, expit(start + a), rho)
        kept = found > BEYOND if apart and int((found > BEYOND).sum()) >= FEWEST_COUNTERS else np.ones(len(k), np.bool_)
        a, rho = _fitted(k[kept], of[kept], start[kept], found[kept] <= FAR, (a, rho))
    mean[known] = expit(start + a)
    tail[known] = _tails(k, of, mean[known], rho)
    return Beside(mean, tail)


def sum_tail(value: Floats, mean: Floats, sd: Floats) -> Floats:
    """P(X ≥ value) for X gamma with mean `mean` + c·sd and standard deviation s·sd; 1 with fewer than 10 counters.

    mean, sd: of each counter by itself, from draws. c: the middle of (value − mean)/sd over the counters, 0 at least; s: their
    middle half over that of a normal law, 1 at least. A gamma law because such sums trail off upwards.
    """
    known = sd > 0
    tail = np.ones(len(value))
    if int(known.sum()) < FEWEST_COUNTERS:
        return tail
    first, middle_one, third = np.quantile((value[known] - mean[known]) / sd[known], (0.25, 0.5, 0.75))
    centre, spread = max(0.0, float(middle_one)), max(1.0, float(third - first) / MIDDLE_HALF)
    average, deviation = mean[known] + centre * sd[known], spread * sd[known]
    tail[known] = gammaincc((average / deviation) ** 2, np.maximum(value[known], 0) * average / deviation**2)
    return tail


def pooled(count: Ints | Floats, n: Ints | Floats) -> Floats:
    """The share of all other counters together, for each counter."""
    others = n.sum() - n
    return np.where(others > 0, (count.sum() - count) / np.maximum(others, 1), 0.0)


def _fitted(k: Ints, n: Ints, start: Floats, far: Bools, near: tuple[float, float]) -> tuple[float, float]:
    """(a, ρ) of beside(), searched from `near`. far: censored, each at the least count that is as far up."""
    cut = _least_far(k[far], n[far], expit(start[far] + near[0]), near[1])
    inside = ~far

    def cost(at: Floats) -> float:
        rho = float(np.clip(np.exp(at[1]), LEAST, MOST))
        alpha, beta = _laws(expit(start + at[0]), rho)
        middle = betaln(k[inside] + alpha[inside], n[inside] - k[inside] + beta[inside]) - betaln(alpha[inside], beta[inside])
        below = _below(cut, n[far], alpha[far], beta[far])[np.arange(len(cut)), cut]
        unlikely = float(-middle.sum() - np.log(np.maximum(1 - below, 1e-300)).sum())
        return unlikely + rho / BEFOREHAND + float(at[0] / WIDE) ** 2 / 2

    begin = np.array([near[0], np.log(near[1])])
    simplex = begin + np.array([[0.0, 0.0], [0.2, 0.0], [0.0, 0.7]])
    options = {"initial_simplex": simplex, "xatol": 0.005, "fatol": 0.005}
    found = optimize().minimize(cost, begin, method="Nelder-Mead", options=options)
    return float(found.x[0]), float(np.clip(np.exp(found.x[1]), LEAST, MOST))


def _tails(k: Ints, n: Ints, share: Floats, rho: float) -> Floats:
    """P(X ≥ k), one a counter; 1 where k is no more than expected."""
    found = np.ones(len(k))
    above = np.flatnonzero(k > n * share)
    if len(above):
        below = _below(k[above], n[above], *_laws(share[above], rho))
        found[above] = np.maximum(1 - below[np.arange(len(above)), k[above]], 0.0)
    return found


def _least_far(k: Ints, n: Ints, share: Floats, rho: float) -> Ints:
    """The least count c ≤ k with P(X ≥ c) ≤ FAR."""
    return np.asarray((1 - _below(k, n, *_laws(share, rho)) > FAR).sum(axis=1), dtype=np.int64).clip(0, k)


def _laws(share: Floats, rho: float) -> tuple[Floats, Floats]:
    strength = 1 / max(rho, LEAST) - 1
    return share * strength, (1 - share) * strength


def _below(most: Ints, n: Ints, alpha: Floats, beta: Floats) -> Floats:
    """P(X < c) for c = 0 … max(most), a row a counter, summed up from the ratio of one beta-binomial chance to the one before."""
    longest = int(most.max(initial=0))
    j = np.arange(1, longest)
    left = np.maximum(n[:, None] - j, 0)  # from j − 1 to j
    with np.errstate(divide="ignore"):
        steps = np.log(left + (n[:, None] >= j)) - np.log(j) + np.log(j - 1 + alpha[:, None]) - np.log(left + beta[:, None])
    zero = betaln(alpha, n + beta) - betaln(alpha, beta)
    chances = np.exp(np.cumsum(np.concatenate([zero[:, None], steps], axis=1), axis=1))[:, :longest]
    return np.concatenate([np.zeros((len(n), 1)), np.cumsum(chances, axis=1)], axis=1)
