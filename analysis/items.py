"""What questions say of each other: which factors go with overall satisfaction (LMG), and whether items measure one thing.

Everything follows from sums of pairs (item_sums.py). To be worded "associated with", never as a cause (methodology §17).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np

from analysis.item_draws import Drawn, drawn_sums
from analysis.item_sums import PairSums, covariances, positive, sound_covariance
from analysis.one_factor import is_heywood, loadings, uniquenesses
from analysis.survey_data import Floats
from questionnaires.model import Fault, Refused

MOST_FACTORS = 10
LEAST_DAYS = 10
"""PSUs beyond one a stratum that an interval over PSUs needs."""
MOST_LOST = 0.1
"""Share of bootstrap draws that may have no positive definite matrix; beyond it there is no interval."""


@dataclass(frozen=True, slots=True)
class Drivers:
    """How much of the variance of `target` goes with each of `items`: `share` adds up to `r_squared`. low, high: bootstrap
    over PSUs, NaN where there is none. n: the fewest people behind any pair."""

    target: str
    items: tuple[str, ...]
    share: Floats
    low: Floats
    high: Floats
    r_squared: float
    n: int


@dataclass(frozen=True, slots=True)
class Consistency:
    """alpha: Cronbach's; omega: McDonald's with one factor, None for two items and where an item alone is the factor."""

    items: tuple[str, ...]
    alpha: float
    omega: float | None
    n: int


def drivers(sums: PairSums, seed: int, *, draws: int = 1000, level: float = 0.95) -> Drivers:
    """LMG: the R² that an item adds, averaged over all orders in which items can be added (its Shapley value).

    sums: the target first, then 1 to 10 items. share_j = Σ_S |S|!(p − |S| − 1)!/p! · (R²(S ∪ j) − R²(S)) over S without j,
    R²(S) = c'C⁻¹c/C_yy. Interval: percentiles over Rao-Wu draws of PSUs in their strata, from `seed`. Raises Refused as
    sound_covariance, and for more than 10 items. Source: Lindeman, Merenda and Gold 1980; Grömping 2006.
    Oracle: R relaimpo's lmg on `attitude` (keydrivers.json), lm() with weights.
    """
    everything = np.ones(int(sums.stratum.max(initial=0)) + 1, np.bool_)
    names = tuple(map(str, range(len(everything))))
    return drivers_from(sums, drawn_sums(sums, names, [(everything, draws)], seed)[0], level=level)


def drivers_from(sums: PairSums, drawn: Drawn, *, level: float = 0.95) -> Drivers:
    """The same with draws that were made before, for many domains at once. sums: added up as far as one likes."""
    items = sums.items[1:]
    if not 1 <= len(items) <= MOST_FACTORS:
        values = {"count": str(len(items)), "most": str(MOST_FACTORS)}
        raise Refused(Fault("too_many_factors", sums.items[0], "From 1 to {most} factors can be compared, not {count}.", values))
    share = _lmg(sound_covariance(sums)[None])[0]
    low, high = _interval(drawn, level)
    return Drivers(sums.items[0], items, share, low, high, float(share.sum()), int(sums.together.min()))


def consistencies(of: Sequence[PairSums]) -> list[Consistency | Refused]:
    """alpha = k/(k − 1) · (1 − ΣC_ii/ΣC_ij); omega = (Σλ)²/((Σλ)² + Σψ), loadings λ and unique variances ψ of the one factor
    that fits the covariances best by maximum likelihood; or why there are none.

    of: one and the same two items or more of a module, of several bodies. Refused as by sound_covariance, and a single item.
    Source: Cronbach 1951; McDonald 1999; Jöreskog 1967. Oracle: alpha by hand, R factanal(factors = 1).
    """
    tables = [_two_or_more(sums) for sums in of]
    sound = [table for table in tables if not isinstance(table, Refused)]
    omegas = iter(_omegas(np.stack(sound)) if sound and len(sound[0]) > 2 else [None] * len(sound))
    return [
        table if isinstance(table, Refused) else Consistency(sums.items, _alpha(table), next(omegas), int(sums.together.min()))
        for sums, table in zip(of, tables, strict=True)
    ]


def _two_or_more(sums: PairSums) -> Floats | Refused:
    """Their covariances, or what is wrong with them."""
    if len(sums.items) < 2:
        sentence = "Consistency is of two items or more; {item} is alone."
        return Refused(Fault("one_item", sums.items[0], sentence, {"item": sums.items[0]}))
    try:
        return sound_covariance(sums)
    except Refused as refused:
        return refused


def _alpha(covariances: Floats) -> float:
    count = len(covariances)
    return count / (count - 1) * (1 - float(np.trace(covariances)) / float(covariances.sum()))


def _lmg(covariances: Floats) -> Floats:
    """Replicate × item: shares of each covariance matrix, the target in row 0.

    Items are swept out one after another: C − C_j C_j'/C_jj is what is left of the items after j, and of the target, once j is
    known, so that each of the 2^p sets costs one step from a set with one item fewer, for all replicates at once. The number of a
    set is the sum of 2^j over its items.
    """
    count = covariances.shape[1] - 1
    unexplained = np.empty((2**count, len(covariances)))
    left = [(0, np.roll(np.moveaxis(covariances, 0, -1), -1, axis=(0, 1)))]
    while left:
        known, rest = left.pop()
        unexplained[known] = rest[-1, -1]
        for at in range(len(rest) - 1):
            of_item = rest[at, at + 1 :]
            swept = rest[at + 1 :, at + 1 :] - of_item[:, None] * (of_item / rest[at, at])
            left.append((known | 1 << (count + 1 - len(rest) + at), swept))
    share: Floats = (_orders(count) @ (unexplained / -covariances[:, 0, 0])).T
    return share


@cache
def _orders(count: int) -> Floats:
    """Item × set: what every set counts for in the share of an item, |S|!(p − |S| − 1)!/p! with it and less the same without it."""
    sets = np.arange(2**count)
    size = np.array([int(one).bit_count() for one in sets])
    chance = np.array([factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)])
    holds = (sets >> np.arange(count)[:, None] & 1).astype(np.bool_)
    found: Floats = np.where(holds, chance[size - 1], -chance[np.minimum(size, count - 1)])
    return found


def _interval(drawn: Drawn, level: float) -> tuple[Floats, Floats]:
    """Percentiles of the shares over draws of PSUs; a draw without a positive definite matrix is left out."""
    none = np.full(drawn.weight.shape[1] - 1, np.nan)
    if drawn.free < LEAST_DAYS:
        return none, none
    found = covariances(drawn.weight, drawn.first, drawn.product)
    shares = _lmg(found[positive(found)])
    if len(shares) < (1 - MOST_LOST) * len(found):
        return none, none
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _omegas(covariances: Floats) -> list[float | None]:
    """Of every table; None where an item alone is the factor."""
    spread = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    correlation = covariances / (spread[:, :, None] * spread[:, None, :])
    unique = uniquenesses(correlation)
    common = (loadings(correlation, unique) * spread).sum(axis=1) ** 2
    omega = common / (common + (unique * spread**2).sum(axis=1))
    return [None if alone else found for alone, found in zip(is_heywood(unique).tolist(), omega.tolist(), strict=True)]
