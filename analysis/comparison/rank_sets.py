"""Between which ranks a unit may lie: step-down sets for a table (all at once) and for one unit's page (that unit alone).

Which units enter (30 answers and more, one node, one block) is decided by the caller: NaN has no rank.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from analysis.survey_data import Bools, Floats, Ints

DRAWS = 2_000
LEVEL = 0.95
NO_RANK = 0
AT_ONCE = 50_000
"""Pairs × draws looked at together: as many as stay close to the processor."""
ROUNDING = 1 + 1e-12


def rank_sets(value: Floats, variance: Floats, seed: int, *, draws: int = DRAWS, level: float = LEVEL) -> tuple[Ints, Ints]:
    """Lowest and highest rank of every unit, rank 1 = highest value; all sets hold together with chance `level`.

    T_jk = |θ_j − θ_k|/s_jk, s²_jk = V_j + V_k − 2C_jk; c = the level quantile of max |Z_j − Z_k|/s_jk over the active pairs,
    Z ~ N(0, V); pairs with T > c are told apart and leave the active ones, until no more do. Set of j: from 1 + units told
    apart above it to K − units told apart below it.
    value: K; variance: V*, of K units or K × K where they covary. NaN: the unit has no rank (0, 0). Equal values are never told
    apart, nor is a pair whose difference has no variance: a variance of 0 is no evidence.
    Source: Mogstad, Romano, Shaikh, Wilhelm 2024; Romano and Wolf 2005 (step-down).
    """
    known, theta, pairs = _prepared(value, variance, seed, draws)
    return _sets(known, theta, _told_apart(pairs.observed, pairs.quantile(level)))


def marginal(value: Floats, variance: Floats, seed: int, *, draws: int = DRAWS, level: float = LEVEL) -> tuple[Ints, Ints]:
    """The same where each unit's set holds by itself with chance `level`: only pairs with that unit enter its quantile.

    For one unit's page, labelled; several such sets beside each other promise less than they seem to.
    """
    known, theta, pairs = _prepared(value, variance, seed, draws)
    apart, size = np.zeros(pairs.observed.shape, np.bool_), np.empty_like(pairs.noise)
    for unit, observed in enumerate(pairs.observed):
        apart[unit] = _told_apart(observed, pairs.quantile_of(unit, level, size))
    return _sets(known, theta, apart)


Quantile = Callable[[Bools], float]
"""Of the largest statistic among the pairs that are not told apart."""


def _told_apart(observed: Floats, quantile: Quantile) -> Bools:
    """Step-down over pairs with these statistics."""
    apart = np.zeros(observed.shape, np.bool_)
    while (further := observed > quantile(apart)).sum() > apart.sum():
        apart |= further
    return apart


@dataclass(frozen=True, slots=True)
class _Pairs:
    """`observed`: T_jk; `inverse`: 1/s_jk, 0 for a pair without variance, which then moves no maximum; `noise`: Z, unit × draw;
    `bound`: what |Z_j − Z_k|/s_jk of no pair exceeds, draw by draw."""

    observed: Floats
    inverse: Floats
    noise: Floats
    bound: Floats

    @classmethod
    def of(cls, theta: Floats, spread: Floats, noise: Floats, bound: Floats) -> "_Pairs":
        observed = np.divide(np.abs(theta[:, None] - theta), spread, out=np.zeros_like(spread), where=spread > 0)
        inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
        return cls(observed, inverse, np.ascontiguousarray(noise), bound)

    def quantile(self, level: float) -> Quantile:
        """Over all pairs. Only draws that may lie at the quantile or above it are looked at; what was found of a draw before some
        pairs left bounds it afterwards."""
        by_draw, bound, above = np.ascontiguousarray(self.noise.T), self.bound.copy(), _above(len(self.bound), level)

        def quantile(apart: Bools) -> float:
            inverse, looked_at = np.where(apart, 0.0, self.inverse), np.zeros(len(bound), np.bool_)
            while True:
                found = _highest(bound, above)
                draws = np.flatnonzero((bound >= found) & ~looked_at)
                if not len(draws):
                    return found
                bound[draws], looked_at[draws] = _largest(by_draw[draws], inverse), True

        return quantile

    def quantile_of(self, unit: int, level: float, size: Floats) -> Quantile:
        """Over the pairs of one unit: those that are told apart are the ones with the largest statistics. size: written over."""
        order = np.argsort(-self.observed[unit])
        np.take(self.noise, order, axis=0, out=size, mode="clip")
        size -= self.noise[unit]
        np.abs(size, out=size)
        size *= self.inverse[unit, order, None]
        above = _above(size.shape[1], level)
        return lambda apart: _highest(size[int(apart.sum()) :].max(axis=0, initial=0.0), above)


def _largest(noise: Floats, inverse: Floats) -> Floats:
    """Of each draw the largest |Z_j − Z_k|/s_jk. noise: draw × unit."""
    found = np.empty(len(noise))
    step = max(1, AT_ONCE // max(1, inverse.size))
    for start in range(0, len(noise), step):
        some = noise[start : start + step]
        size = some[:, :, None] - some[:, None, :]
        np.abs(size, out=size)
        size *= inverse
        found[start : start + step] = size.reshape(len(some), -1).max(axis=1, initial=0.0)
    return found


def _above(draws: int, level: float) -> int:
    """How many draws reach the quantile: the draw that `level` of the draws and the observed one itself do not exceed."""
    return draws - ceil((draws - 1) * level)


def _highest(values: Floats, count: int) -> float:
    """The least of so many highest values."""
    return float(np.partition(values, -count)[-count])


def _prepared(value: Floats, variance: Floats, seed: int, draws: int) -> tuple[Bools, Floats, _Pairs]:
    """Who is ranked, their values and their pairs. Of units that do not covary |Z_j − Z_k|/s_jk is √(z_j² + z_k²) at most, z = Z/σ,
    and where both have one sign the larger |z|."""
    own = np.diag(variance) if variance.ndim == 2 else variance
    known: Bools = np.isfinite(value) & np.isfinite(own)
    theta, own = value[known], own[known]
    normal = _normal(seed, draws, len(theta))
    if variance.ndim == 2:
        matrix = variance[np.ix_(known, known)]
        spread = np.sqrt(np.maximum(own[:, None] + own - matrix - matrix.T, 0.0))
        return known, theta, _Pairs.of(theta, spread, _root(matrix) @ normal, np.full(draws, np.inf))
    bound = np.hypot(normal.max(axis=0, initial=0.0), normal.min(axis=0, initial=0.0)) * ROUNDING
    return known, theta, _Pairs.of(theta, np.sqrt(own[:, None] + own), np.sqrt(own)[:, None] * normal, bound)


@lru_cache(maxsize=4)
def _normal(seed: int, draws: int, units: int) -> Floats:
    """Unit × draw: the same for every node."""
    found = np.ascontiguousarray(np.random.default_rng(seed).standard_normal((draws, units)).T)
    found.setflags(write=False)
    return found


def _root(matrix: Floats) -> Floats:
    """A matrix whose product with its transpose is the given one; eigenvalues below 0 are rounding."""
    values, vectors = np.linalg.eigh(matrix)
    found: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return found


def _sets(known: Bools, theta: Floats, apart: Bools) -> tuple[Ints, Ints]:
    above = (apart & (theta > theta[:, None])).sum(axis=1)
    below = (apart & (theta < theta[:, None])).sum(axis=1)
    low, high = np.full(len(known), NO_RANK, np.int64), np.full(len(known), NO_RANK, np.int64)
    low[known], high[known] = 1 + above, len(theta) - below
    return low, high
