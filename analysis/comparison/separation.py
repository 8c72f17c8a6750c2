"""Can an index tell units apart? Signal variance and reliability over units, their interval, and a split-half cross-check.

What follows when it cannot (no bands, no ranks, no order) is decided where a release is built.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.solvers import root
from analysis.special import gammaincinv
from analysis.survey_data import Floats

Verdict = Literal["clear", "weak", "none"]

LEAST_UNITS = 10
LEVEL = 0.95
CLEAR, CLEAR_FROM, WEAK = 0.8, 0.7, 0.5
ROUNDING = 1e-12
"""Values this close, as a share of the largest, are the same value summed in another order."""
"""Reliability of a clear separation and its lowest lower end; reliability of a weak one (methodology §10.4)."""


@dataclass(frozen=True, slots=True)
class Separation:
    """`units`: how many were compared; `signal`: τ², variance of the units' true values; `reliability`: λ, the share of the
    differences shown that is real, from `low` to `high`. `halves`: the same from two halves of the days, a cross-check; None where
    the index is no ratio of answers or the halves do not differ."""

    units: int
    signal: float
    reliability: float
    low: float
    high: float
    verdict: Verdict
    halves: float | None = None


def separation(value: Floats, variance: Floats) -> Separation | None:
    """λ = mean over units of τ²/(τ² + v_u), τ² by Paule-Mandel; interval by Q-profile, mapped through λ. None below 10 units.

    value: θ of each unit of one block, 0…1 or the node's own scale; variance: V0, the smooth one, never the raw (raw
    variances are small just where θ is near an end, and fake a signal). NaN in either: the unit is not compared (no value,
    fewer than 30 answers). Units all equal: τ² = 0 and λ = 0. A unit without variance counts as known exactly.
    Source: Paule and Mandel 1982; Viechtbauer 2007 (Q-profile). Oracle: R metafor::rma(method = "PM").
    """
    known = np.isfinite(value) & np.isfinite(variance)
    value, variance = value[known], variance[known]
    free = len(value) - 1
    if free + 1 < LEAST_UNITS:
        return None
    signal = paule_mandel(value, variance)
    rest = (1 - LEVEL) / 2
    ends = [_solved(value, variance, 2 * float(gammaincinv(free / 2, quantile))) for quantile in (1 - rest, rest)]
    reliability, low, high = (_reliability(variance, tau) for tau in (signal, *ends))
    return Separation(free + 1, signal, reliability, low, high, verdict(reliability, low))


def verdict(reliability: float, low: float) -> Verdict:
    """Clear: λ ≥ 0.8 and its lower end ≥ 0.7; weak: λ ≥ 0.5; else none."""
    if reliability >= CLEAR and low >= CLEAR_FROM:
        return "clear"
    return "weak" if reliability >= WEAK else "none"


def paule_mandel(value: Floats, variance: Floats) -> float:
    """τ² with Σ (θ_u − μ̂)²/(v_u + τ²) = K − 1, μ̂ the mean weighted by 1/(v_u + τ²); 0 where no τ² > 0 does it."""
    return _solved(value, variance, len(value) - 1.0)


def split_half(y: Floats, x: Floats) -> float | None:
    """2r/(1 + r), r the correlation over units of Σy/Σx in one half of their days and in the other; the cross-check of λ, not a second λ.

    y, x: units × 2 halves, weighted satisfied and valid answers. Units with answers in one half alone are left out. None: fewer than
    10 units, or halves that do not differ between units. r ≤ 0 gives 0. Source: Spearman 1910; Brown 1910.
    """
    both = (x > 0).all(axis=1)
    if both.sum() < LEAST_UNITS:
        return None
    odd, even = (y[both] / x[both]).T
    if min(np.ptp(odd), np.ptp(even)) == 0:
        return None
    r = max(float(np.corrcoef(odd, even)[0, 1]), 0.0)
    return 2 * r / (1 + r)


def _solved(value: Floats, variance: Floats, wanted: float) -> float:
    """τ² ≥ 0 with Q(τ²) = wanted; Q falls from Q(0) to 0, and is at most S/τ² with S = Σ (θ − θ̄)²."""
    if np.ptp(value) <= ROUNDING * np.abs(value).max():
        return 0.0
    most = float(((value - value.mean()) ** 2).sum()) / wanted
    least = most * 1e-12
    excess = _excess(value, variance, wanted)
    if excess(least) <= 0:
        return 0.0
    return root(excess, least, most * (1 + 1e-9), near=most * 1e-15, part=1e-14)


def _excess(value: Floats, variance: Floats, wanted: float) -> Callable[[float], float]:
    def excess(tau: float) -> float:
        weight = 1 / (variance + tau)
        centre = (weight @ value) / weight.sum()
        return float(weight @ (value - centre) ** 2) - wanted

    return excess


def _reliability(variance: Floats, tau: float) -> float:
    return float((tau / (tau + variance)).mean()) if tau > 0 else 0.0
