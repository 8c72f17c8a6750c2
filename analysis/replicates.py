"""Jackknife and bootstrap over sampling units, the second road to a variance: factors on the design weights of PSUs.

Factors come one replicate at a time. Whoever asks multiplies, calibrates anew and estimates; nothing of that lives here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import Floats, Ints
from questionnaires.model import Fault, Refused


@dataclass(frozen=True, slots=True)
class Replicates:
    """`factors()` yields for each replicate one factor a PSU, the same ones every time; `scales`: what its square counts."""

    kind: Literal["jk1", "jkn", "bootstrap"]
    scales: Floats
    factors: Callable[[], Iterator[Floats]]

    @property
    def count(self) -> int:
        return len(self.scales)


def jk1(stratum: Ints, fraction: Floats | None = None) -> Replicates:
    """Delete one PSU, the others × G/(G − 1); scale (1 − f)(G − 1)/G. For a sample without strata.

    stratum: of each PSU; fraction: f of each stratum, here one. Refused with more than one stratum.
    Oracle: R survey::as.svrepdesign(type = "JK1", mse = TRUE).
    """
    strata = len(np.unique(stratum))
    if strata > 1:
        sentence = "The jackknife jk1 is for a sample without strata, and this one has {strata} strata. Ask for jkn."
        raise Refused(Fault("jackknife_of_strata", "variance", sentence, {"strata": str(strata)}))
    return _jackknife("jk1", stratum, fraction)


def jkn(stratum: Ints, fraction: Floats | None = None) -> Replicates:
    """Delete one PSU, the others of its stratum × G_h/(G_h − 1); scale (1 − f_h)(G_h − 1)/G_h.

    stratum: of each PSU, 0 … H − 1; fraction: f_h of each stratum (H). A stratum with one PSU, or drawn whole, gives no
    replicate. Equals linearisation exactly for linear statistics. Oracle: R survey::as.svrepdesign(type = "JKn", mse = TRUE).
    """
    return _jackknife("jkn", stratum, fraction)


def rao_wu(stratum: Ints, draws: int, rng: "np.random.Generator", fraction: Floats | None = None) -> Replicates:
    """G_h − 1 PSUs of each stratum drawn with replacement: factor 1 + √(1 − f_h) (G_h/(G_h − 1) × times drawn − 1).

    stratum, fraction: as `jkn`; draws: number of replicates, each of scale 1/draws. A stratum with one PSU keeps factor 1.
    The expectation over all drawings of the variance of a total is the linearised one, exactly.
    Source: Rao and Wu 1988, section 4; without f R's as.svrepdesign(type = "subbootstrap").
    """
    seed = int(rng.integers(2**63))
    return Replicates("bootstrap", np.full(draws, 1 / draws), lambda: _drawn(stratum, draws, np.random.default_rng(seed), fraction))


def variance(full: Floats, replicated: Iterable[Floats], replicates: Replicates) -> Floats:
    """Σ_r scale_r (θ_r − θ)², about the value of the full sample.

    full: θ (q); replicated: θ_r, one row a replicate in the order of `factors()` (an R × q table, or rows as they come).
    A jackknife replicate without a value leaves none. A bootstrap one is left out and the others count for it; NaN if none is left.
    Oracle: R survey's svrVar(mse = TRUE).
    """
    squares, counted = np.zeros(np.shape(full)), np.zeros(np.shape(full))
    for scale, values in zip(replicates.scales, replicated, strict=True):
        gap = np.asarray(values, np.float64) - full
        spared = np.isnan(gap) if replicates.kind == "bootstrap" else np.zeros(np.shape(gap), np.bool_)
        squares += np.where(spared, 0.0, scale * gap**2)
        counted += np.where(spared, 0.0, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counted > 0, squares * (replicates.scales.sum() / counted), np.nan)


def _jackknife(kind: Literal["jk1", "jkn"], stratum: Ints, fraction: Floats | None) -> Replicates:
    stratum, sizes, free = _strata(stratum, fraction)
    dropped = np.flatnonzero((sizes[stratum] > 1) & (free[stratum] > 0))
    scales = free * (sizes - 1) / np.maximum(sizes, 1)
    return Replicates(kind, scales[stratum[dropped]], lambda: _deleted(stratum, sizes, dropped))


def _strata(stratum: Ints, fraction: Floats | None) -> tuple[Ints, Ints, Floats]:
    """Stratum of each PSU, G_h and 1 − f_h of each stratum; strata that no PSU names may stand in `fraction`."""
    stratum = np.asarray(stratum, np.int64)
    sizes = np.bincount(stratum, minlength=0 if fraction is None else len(fraction))
    return stratum, sizes, np.ones(len(sizes)) if fraction is None else 1 - np.asarray(fraction, np.float64)


def _deleted(stratum: Ints, sizes: Ints, dropped: Ints) -> Iterator[Floats]:
    for psu in dropped:
        size = sizes[stratum[psu]]
        factor = np.where(stratum == stratum[psu], size / (size - 1), 1.0)
        factor[psu] = 0.0
        yield factor


def _drawn(stratum: Ints, draws: int, rng: "np.random.Generator", fraction: Floats | None) -> Iterator[Floats]:
    """`order` lays the PSUs of a stratum side by side, so that one call draws places for all strata."""
    stratum, sizes, free = _strata(stratum, fraction)
    order, first = np.argsort(stratum, kind="stable"), np.cumsum(sizes) - sizes
    times = np.maximum(sizes - 1, 0)
    low = np.repeat(first, times)
    high = low + np.repeat(sizes, times)
    stretch, root = (sizes / np.maximum(times, 1))[stratum], np.sqrt(free)[stratum]
    lonely = sizes[stratum] == 1
    for _ in range(draws):
        drawn = np.bincount(order[rng.integers(low, high)], minlength=len(stratum))
        yield np.where(lonely, 1.0, 1 + root * (stretch * drawn - 1))
