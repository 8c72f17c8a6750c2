"""Between which ranks a unit may lie: step-down sets for a table (all at once) and for one unit's page (that unit alone).

Which units enter (30 answers and more, one node, one block) is decided by the caller: NaN has no rank.
"""

from collections.abc import Iterator

import numpy as np

from analysis.survey_data import Bools, Floats, Ints

DRAWS = 2_000
LEVEL = 0.95
NO_RANK = 0


def rank_sets(value: Floats, variance: Floats, seed: int, *, draws: int = DRAWS, level: float = LEVEL) -> tuple[Ints, Ints]:
    """Lowest and highest rank of every unit, rank 1 = highest value; all sets hold together with chance `level`.

    T_jk = |θ_j − θ_k|/s_jk, s²_jk = V_j + V_k − 2C_jk; c = the level quantile of max |Z_j − Z_k|/s_jk over the active pairs,
    Z ~ N(0, V); pairs with T > c are told apart and leave the active ones, until no more do. Set of j: from 1 + units told
    apart above it to K − units told apart below it.
    value: K; variance: V*, of K units or K × K where they covary. NaN: the unit has no rank (0, 0). Equal values are never told
    apart, nor is a pair whose difference has no variance: a variance of 0 is no evidence.
    Source: Mogstad, Romano, Shaikh, Wilhelm 2024; Romano and Wolf 2005 (step-down).
    """
    known, theta, spread, noise = _prepared(value, variance, seed, draws)
    apart = _told_apart(_statistics(theta, spread), noise, _inverse(spread), level)
    return _sets(known, theta, apart)


def marginal(value: Floats, variance: Floats, seed: int, *, draws: int = DRAWS, level: float = LEVEL) -> tuple[Ints, Ints]:
    """The same where each unit's set holds by itself with chance `level`: only pairs with that unit enter its quantile.

    For one unit's page, labelled; several such sets beside each other promise less than they seem to.
    """
    known, theta, spread, noise = _prepared(value, variance, seed, draws)
    observed, inverse = _statistics(theta, spread), _inverse(spread)
    apart = np.zeros(observed.shape, np.bool_)
    size = np.empty_like(noise)
    for unit in range(len(theta)):
        np.subtract(noise, noise[unit], out=size)
        np.abs(size, out=size)
        np.multiply(size, inverse[unit][:, None], out=size)
        apart[unit] = _stepped_down(observed[unit], size, level)
    return _sets(known, theta, apart)


def _prepared(value: Floats, variance: Floats, seed: int, draws: int) -> tuple[Bools, Floats, Floats, Floats]:
    """Who is ranked, their values, s_jk, and Z: units × draws."""
    own = np.diag(variance) if variance.ndim == 2 else variance
    known: Bools = np.isfinite(value) & np.isfinite(own)
    theta, rng = value[known], np.random.default_rng(seed)
    normal = rng.standard_normal((draws, len(theta))).T
    if variance.ndim == 2:
        matrix = variance[np.ix_(known, known)]
        noise = _root(matrix) @ normal
        spread = np.sqrt(np.maximum(own[known][:, None] + own[known] - matrix - matrix.T, 0.0))
    else:
        noise = np.sqrt(own[known])[:, None] * normal
        spread = np.sqrt(own[known][:, None] + own[known])
    return known, theta, spread, np.ascontiguousarray(noise)


def _root(matrix: Floats) -> Floats:
    """A matrix whose product with its transpose is the given one; eigenvalues below 0 are rounding."""
    values, vectors = np.linalg.eigh(matrix)
    found: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return found


def _statistics(theta: Floats, spread: Floats) -> Floats:
    difference = np.abs(theta[:, None] - theta)
    found: Floats = np.divide(difference, spread, out=np.zeros_like(spread), where=spread > 0)
    return found


def _inverse(spread: Floats) -> Floats:
    """1/s_jk; 0 for a pair without variance, which then moves no maximum."""
    found: Floats = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    return found


def _told_apart(observed: Floats, noise: Floats, inverse: Floats, level: float) -> Bools:
    """Step-down over all pairs. The largest pair of every draw is remembered: only draws whose largest pair has left the
    active ones need another look, so later steps cost little."""
    apart = np.zeros(observed.shape, np.bool_)
    if len(observed) < 2:
        return apart
    largest, first, second = _largest(noise, inverse)
    while True:
        new = (observed > _quantile(largest, level)) & ~apart
        if not new.any():
            return apart
        apart |= new
        again = np.flatnonzero(apart[first, second])
        largest[again], first[again], second[again] = _largest(noise[:, again], np.where(apart, 0.0, inverse))


def _largest(noise: Floats, inverse: Floats) -> tuple[Floats, Ints, Ints]:
    """Of every draw the largest |Z_j − Z_k|/s_jk, and which pair j < k it is."""
    draws = noise.shape[1]
    largest, first, second = np.zeros(draws), np.zeros(draws, np.int64), np.zeros(draws, np.int64)
    for unit, size in _sizes(noise, inverse):
        at = size.argmax(axis=0)
        here = size[at, np.arange(draws)]
        better = here > largest
        largest[better], first[better], second[better] = here[better], unit, unit + 1 + at[better]
    return largest, first, second


def _sizes(noise: Floats, inverse: Floats) -> Iterator[tuple[int, Floats]]:
    """Unit j, and |Z_j − Z_k|/s_jk of all k > j: units × draws."""
    for unit in range(len(noise) - 1):
        size = noise[unit + 1 :] - noise[unit]
        np.abs(size, out=size)
        size *= inverse[unit, unit + 1 :, None]
        yield unit, size


def _stepped_down(observed: Floats, size: Floats, level: float) -> Bools:
    """observed: one statistic a pair; size: pairs × draws."""
    apart = np.zeros(len(observed), np.bool_)
    largest = size.max(axis=0, initial=0.0)
    while True:
        new = (observed > _quantile(largest, level)) & ~apart
        if not new.any():
            return apart
        apart |= new
        largest = size[~apart].max(axis=0, initial=0.0)


def _quantile(largest: Floats, level: float) -> float:
    """The draw that `level` of the draws and the observed one itself do not exceed."""
    return float(np.quantile(largest, level, method="higher"))


def _sets(known: Bools, theta: Floats, apart: Bools) -> tuple[Ints, Ints]:
    above = (apart & (theta > theta[:, None])).sum(axis=1)
    below = (apart & (theta < theta[:, None])).sum(axis=1)
    low, high = np.full(len(known), NO_RANK, np.int64), np.full(len(known), NO_RANK, np.int64)
    low[known], high[known] = 1 + above, len(theta) - below
    return low, high
