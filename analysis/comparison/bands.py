"""The band of each unit against its block: above, below, or not to be told from it."""

import numpy as np

from analysis.figures import Band
from analysis.special import stdtrit
from analysis.survey_data import Floats

LEVEL = 0.95


def difference_variance(variance: Floats, block: float, share: Floats) -> Floats:
    """Variance of θ_u − θ_block where the unit is part of the block: V*_u (1 − 2 a_u) + V*_block, never below 0.

    share: a_u = ∂θ_block/∂θ_u, the unit's weight in the block (X_u/X_block of a pooled node, 1/K of a mean of units);
    covariance a_u V_u, exact where units are sampled apart. A block of one unit: 0.
    """
    return np.maximum(variance * (1 - 2 * share) + block, 0.0)


def bands(difference: Floats, variance: Floats, freedom: Floats, *, level: float = LEVEL) -> tuple[Band | None, ...]:
    """Where the interval of θ_u − θ_block lies: difference ∓ t_{1 − α/2K, df} √V, K = units compared (Bonferroni).

    difference, variance (V*), freedom (df*): one entry a unit of one block, one node. NaN: not compared, None. No
    variance (a block of one unit, or of units without any spread): indistinct, since a variance of 0 is no evidence.
    """
    known = np.isfinite(difference) & np.isfinite(variance)
    reach = np.full(len(difference), np.nan)
    if known.any():
        reach[known] = stdtrit(freedom[known], 1 - (1 - level) / (2 * known.sum())) * np.sqrt(variance[known])
    return tuple(_band(*unit) if compared else None for *unit, compared in zip(difference, reach, known, strict=True))


def _band(difference: float, reach: float) -> Band:
    if reach == 0 or abs(difference) <= reach:
        return "indistinct"
    return "above" if difference > 0 else "below"
