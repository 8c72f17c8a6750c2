"""The stabilised variance of released figures: a unit's own variance drawn towards what its block leads one to expect.

Methodology §6.3. The raw variance is in estimation.py and is always kept beside it.
"""

from dataclasses import dataclass

import numpy as np

from analysis.survey_data import Bools, Floats

PRIOR_DF = 8.0
PRIOR_ANSWERS = 20.0
LEAST_DF, LEAST_UNITS = 4, 10


@dataclass(frozen=True, slots=True)
class Clustering:
    """Design effect r = a + b (m − 1) of one node in one block; m: typical answers a PSU. Never below 0.2."""

    a: float = 1.0
    b: float = 0.05

    def at(self, typical: Floats) -> Floats:
        found: Floats = np.maximum(self.a + self.b * (typical - 1), 0.2)
        return found


def share_spread(theta: Floats, n: Floats, block: Floats) -> Floats:
    """p̃(1 − p̃) with p̃ = (n θ_u + 20 θ_block)/(n + 20): finite where a unit is at 0 or 1."""
    drawn = (n * theta + PRIOR_ANSWERS * block) / (n + PRIOR_ANSWERS)
    found: Floats = drawn * (1 - drawn)
    return found


def clustering(variance: Floats, expected: Floats, typical: Floats, df: Floats) -> Clustering:
    """a and b by least squares of V/expected on m − 1 over units with df ≥ 4, weighted by df, b cut at 0.

    expected: spread/n_Kish, the variance without clustering; all arrays have one entry a unit of the block.
    Fewer than 10 such units: a = 1, b = 0.05. Source: after Smyth 2004 (moderated variances).
    """
    used = (df >= LEAST_DF) & np.isfinite(variance) & (expected > 0)
    if used.sum() < LEAST_UNITS:
        return Clustering()
    weight, effect, extra = df[used].astype(np.float64), variance[used] / expected[used], typical[used] - 1
    middle_effect, middle_extra = np.average(effect, weights=weight), np.average(extra, weights=weight)
    scatter = float(weight @ (extra - middle_extra) ** 2)
    slope = float(weight @ ((extra - middle_extra) * (effect - middle_effect))) / scatter if scatter > 0 else 0.0
    slope = max(slope, 0.0)
    return Clustering(float(middle_effect - slope * middle_extra), slope)


def stabilised(variance: Floats, df: Floats, smooth: Floats) -> Floats:
    """V* = (8 V0 + df V)/(8 + df), V0 = `smooth`. NaN V counts with df 0."""
    own: Bools = np.isfinite(variance) & (df > 0)
    weight = np.where(own, df, 0.0)
    found: Floats = (PRIOR_DF * smooth + weight * np.where(own, variance, 0.0)) / (PRIOR_DF + weight)
    return found


def smooth_of(stable: float, raw: float | None, df: float) -> float:
    """V0 of one published figure, back from its V*: ((8 + df) V* − df V)/8; V* itself where there is no V of its own."""
    if raw is None or df <= 0:
        return stable
    return ((PRIOR_DF + df) * stable - df * raw) / PRIOR_DF


def stable_df(df: Floats, own: Floats) -> Floats:
    """df* of V*, where V counts with df and has `own`: (8 + df)²/(8 + df²/own), Satterthwaite for V0 and V of one size.

    df + 8 wherever V has the df it counts with, so in every unit. By hand in tests/analysis/test_precision.py.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (PRIOR_DF + df) ** 2 / (PRIOR_DF + np.where(df > 0, df**2 / own, 0.0))
    return found
