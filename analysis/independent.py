"""A call-back or household sample beside the answers by QR: differences, selection and mode, the self-selection band, needed n.

Methodology §14 and §1.7. People and their answers arrive as arrays; reading a file is for services.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure import FLOOR
from analysis.intervals import korn_graubard, student
from analysis.needed_n import LIMITS, needed_n
from analysis.smoothing import PRIOR_ANSWERS, PRIOR_DF, Clustering, share_spread, stabilised
from analysis.survey_data import Bools, Floats, Ints

LEVEL = 0.95
DELTAS = (0.05, 0.10)
"""By how much those who did not answer may differ, printed beside every headline (methodology §1.7)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A share and how well it is known. `variance`: stabilised; `effect`: design effect, of clusters and unequal weights; `low`,
    `high`: its Korn-Graubard interval, None in comparisons kept before it was."""

    value: float
    variance: float
    df: float
    n: int
    effect: float = 1.0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference of shares with its interval."""

    difference: float
    variance: float
    df: float
    low: float
    high: float

    @classmethod
    def of(cls, difference: float, variance: float, df: float) -> "Gap":
        low, high = student(difference, variance, df, level=LEVEL, low=-1.0, high=1.0)
        return cls(difference, variance, df, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Compared:
    """One factor both ways. `difference`: QR less reference, selection and mode together. `mode`: call less QR, of people
    measured both ways; `selection`: what is left of the difference when both are asked alike. None: fewer than 10 such people.
    """

    factor: str
    qr: Measured
    reference: Measured
    difference: Gap
    mode: Gap | None
    selection: Gap | None
    pairs: int


@dataclass(frozen=True, slots=True)
class Band:
    """Between which values the truth lies if files without an answer differ by `delta` either way."""

    delta: float
    low: float
    high: float


def sampled(
    satisfied: Sequence[float], answers: Sequence[float], weights: Sequence[float], clusters: Sequence[str], qr: float
) -> Measured | None:
    """H = Σ w y/Σ w x of the people of an independent sample; V* of §6.3 with the share by QR for the block's.

    satisfied, answers: y and x, valid ones, of each person; clusters: interviewer-day, neighbourhood, or the person. V: between
    clusters, G/(G − 1) Σ (z − z̄)², z = Σ w (y − H x)/Σ w x. V0 = r̂ p̃(1 − p̃)/n_K, r̂ = 1 + 0.05 (m − 1). Interval: Korn-Graubard
    on V*, cut at Σ x. None: fewer than 10 people with a valid answer. Oracle: by hand; R svyratio for V, qbeta for the interval.
    """
    y, x, weight = (np.asarray(one, np.float64) for one in (satisfied, answers, weights))
    valid = x > 0
    if valid.sum() < FLOOR:
        return None
    y, x, weight, cluster = y[valid], x[valid], weight[valid], _numbered(clusters, valid)
    total = float((weight * x).sum())
    value = float((weight * y).sum()) / total
    raw, df = _between(weight * (y - value * x) / total, cluster)
    size = np.bincount(cluster)
    kish = float(weight.sum()) ** 2 / float((weight**2).sum())
    effect = float(Clustering().at(np.asarray((size**2).sum() / size.sum()))) * len(y) / kish
    spread = float(share_spread(np.asarray(value), np.asarray(float(len(y))), np.asarray(qr)))
    stable = float(stabilised(np.asarray(raw), np.asarray(df), np.asarray(effect * spread / len(y))))
    freedom, given = df + PRIOR_DF, float(x.sum())
    low, high = korn_graubard(value, stable, freedom, len(y), given, level=LEVEL, spread=spread, n_kish=kish)
    return Measured(value, stable, freedom, len(y), effect, float(low), float(high))


def paired(by_call: Sequence[float], by_qr: Sequence[float], answers: Sequence[float], clusters: Sequence[str]) -> tuple[Gap | None, int]:
    """mode = Σ (y_call − y_qr)/Σ x over people measured both ways, and how many they are; None: fewer than 10.

    by_call, by_qr: satisfied answers of each person to the questions answered both ways; answers: how many these are. For one
    question it is the mean paired difference. The variance is no smaller than if one person in n had changed by one answer: nobody having
    changed proves little. Oracle: by hand; R t.test(paired = TRUE).
    """
    x = np.asarray(answers, np.float64)
    valid = x > 0
    count = int(valid.sum())
    if count < FLOOR:
        return None, count
    change = (np.asarray(by_call, np.float64) - np.asarray(by_qr, np.float64))[valid]
    x, cluster = x[valid], _numbered(clusters, valid)
    mode = float(change.sum() / x.sum())
    variance, df = _between((change - mode * x) / x.sum(), cluster)
    return Gap.of(mode, max(variance, 1 / float(x.sum()) ** 2), max(df, 1.0)), count


def compared(factor: str, qr: Measured, reference: Measured, mode: Gap | None, pairs: int) -> Compared:
    """D = H_QR − H_ref, variances added, df by Welch and Satterthwaite; selection = D + mode, variances added (§14)."""
    both = _added(qr.value - reference.value, (qr.variance, qr.df), (reference.variance, reference.df))
    selection = None if mode is None else _added(both.difference + mode.difference, (both.variance, both.df), (mode.variance, mode.df))
    return Compared(factor, qr, reference, both, mode, selection, pairs)


def bands(value: float, coverage: float, deltas: Sequence[float] = DELTAS) -> tuple[Band, ...]:
    """H ± δ (1 − c), cut at 0 and 1; c: answers ÷ files, at most 1 (methodology §1.7)."""
    away = max(0.0, 1 - coverage)
    return tuple(Band(delta, max(0.0, value - delta * away), min(1.0, value + delta * away)) for delta in deltas)


def measured_delta(found: Compared, coverage: float) -> float | None:
    """δ by which files without an answer differ from those with one: −selection/(1 − c), where selection is not separated
    −D/(1 − c) with the mode inside. None where every file has an answer."""
    gap = found.selection or found.difference
    return None if coverage >= 1 else -gap.difference / (1 - coverage)


def needed(found: Compared, half_width: float) -> int:
    """People that a sample of this design needs for ± half_width: the smallest n whose interval with V0 is no wider (§14).

    The share is p̃, of V0: with the share of a few people who are all content, hardly anybody would be needed.
    """
    n = found.reference.n
    share = (n * found.reference.value + PRIOR_ANSWERS * found.qr.value) / (n + PRIOR_ANSWERS)
    return needed_n(share, half_width, deff=float(np.clip(found.reference.effect, *LIMITS["deff"])), level=LEVEL)


def _numbered(clusters: Sequence[str], valid: Bools) -> Ints:
    """The clusters of valid people as 0, 1 …"""
    return np.unique(np.asarray(clusters)[valid], return_inverse=True)[1].astype(np.int64)


def _between(z: Floats, cluster: Ints) -> tuple[float, float]:
    """Variance of Σ z between clusters, and its degrees of freedom; (NaN, 0) with one cluster."""
    sums = np.bincount(cluster, z)
    count = len(sums)
    if count < 2:
        return math.nan, 0.0
    return count / (count - 1) * float(((sums - sums.mean()) ** 2).sum()), count - 1.0


def _added(difference: float, *parts: tuple[float, float]) -> Gap:
    variance = sum(one for one, _ in parts)
    freedom = sum(one**2 / df for one, df in parts)
    return Gap.of(difference, variance, variance**2 / freedom if freedom > 0 else min(df for _, df in parts))
