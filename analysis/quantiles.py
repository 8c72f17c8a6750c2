"""Quantiles of a weighted distribution and Woodruff's interval. The interval of the share F(q̂) is intervals.py's."""

import numpy as np

from analysis.arrays import Floats
from analysis.special import stdtrit

Numbers = Floats | float

ROUNDING = 1e-12
"""F(v) and p closer than this are equal: sums of weights that should meet p meet it in any order and on any scale."""


def quantile(levels: Floats, weight: Floats, p: Numbers) -> Floats:
    """The smallest value v with F(v) ≥ p, F(v) = Σ_{k: y_k ≤ v} w_k / Σ w_k.

    levels: sorted distinct values (L); weight: Σ w ≥ 0 of each value, (…, L), one row a domain; p: (…) in 0…1. Values
    without weight do not occur. NaN where Σ w = 0 or p is missing or outside 0…1.
    Oracle: R survey::svyquantile(qrule = "math").
    """
    reached = np.cumsum(weight, axis=-1, dtype=np.float64)
    total = reached[..., -1]
    p = np.asarray(p, np.float64)
    wanted = (p - ROUNDING) * total
    place = ((reached >= wanted[..., None]) & (reached > 0)).argmax(axis=-1)
    return np.where((total > 0) & (p >= 0) & (p <= 1), np.asarray(levels, np.float64)[place], np.nan)


def share_up_to(levels: Floats, weight: Floats, value: Numbers) -> Floats:
    """F(value) = Σ_{levels ≤ value} w / Σ w, shapes as `quantile`. NaN where Σ w = 0 or the value is missing."""
    value = np.asarray(value, np.float64)
    below = np.where(np.asarray(levels) <= value[..., None], weight, 0.0).sum(axis=-1)
    total = np.sum(weight, axis=-1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((total > 0) & ~np.isnan(value), below / total, np.nan)


def woodruff(levels: Floats, weight: Floats, low_share: Numbers, high_share: Numbers) -> tuple[Floats, Floats]:
    """[F⁻¹(low_share), F⁻¹(high_share)]: the interval of the share F(q̂), carried back to the values; shapes as `quantile`.

    NaN where an end is missing or lies outside 0…1 (a t interval does): the end is beyond the values seen.
    Source: Woodruff 1952; oracle: R survey::svyquantile(interval.type = "mean", "xlogit", "beta").
    """
    return quantile(levels, weight, low_share), quantile(levels, weight, high_share)


def standard_error(low: Numbers, high: Numbers, df: Numbers, *, level: float = 0.95) -> Floats:
    """(high − low) / (2 t_df): the error that a t interval of the same length would have. NaN where df ≤ 0 or an end is missing."""
    df = np.asarray(df, np.float64)
    t = stdtrit(np.where(df > 0, df, 1.0), 0.5 + level / 2)
    return np.where(df > 0, (np.asarray(high, np.float64) - np.asarray(low, np.float64)) / (2 * t), np.nan)
