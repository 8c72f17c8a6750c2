"""The over-dispersed funnel: limits around a centre within which units that differ only as units usually do would lie."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.special import betaln, ndtri, xlog1py, xlogy
from analysis.survey_data import Floats, Ints

WINSORISED = 0.1
WARNING, ALARM = 0.95, 0.998
"""The two levels of limits that are drawn."""
NODES = 400


@dataclass(frozen=True, slots=True)
class Funnel:
    """`centre`: θ0; `excess`: τ², variance between units beyond sampling; `units`: how many it rests on."""

    centre: float
    excess: float
    units: int

    def limits(self, variance: Floats, level: float = WARNING) -> tuple[Floats, Floats]:
        """θ0 ∓ z√(v + τ²), not cut at the range of the node."""
        reach = float(ndtri((1 + level) / 2)) * np.sqrt(variance + self.excess)
        return self.centre - reach, self.centre + reach

    def around(self, variance: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """The limits at one variance, for drawing: 95 %, then 99.8 %."""
        near, far = (self.limits(np.array([variance]), level) for level in (WARNING, ALARM))
        return (float(near[0][0]), float(near[1][0])), (float(far[0][0]), float(far[1][0]))

    def outside(self, value: Floats, variance: Floats, level: float = WARNING) -> Ints:
        """1 above the limits, −1 below them, 0 inside; 0 too for a unit without value or variance known."""
        low, high = self.limits(variance, level)
        rounding = 1e-12
        return (value > high + rounding).astype(np.int64) - (value < low - rounding).astype(np.int64)


def funnel(value: Floats, variance: Floats, centre: float) -> Funnel:
    """τ² = max(0, (K φ − (K − 1))/(Σw − Σw²/Σw)), w = 1/v; φ = mean of the winsorised z², z = (θ_u − θ0)/√v_u, divided by what
    it is on average for normal z, so that cutting the extremes does not narrow the limits.

    Winsorised: the ⌊K/10⌋ lowest z take the value of the next, the highest likewise; below 10 units none is.
    value: K; variance: V0; NaN in either, or no variance: the unit does not shape the funnel. centre: θ0, as a rule the
    block's figure. One unit or none: τ² = 0. Source: Spiegelhalter 2005 (additive model).
    """
    known = np.isfinite(value) & np.isfinite(variance) & (variance > 0)
    v = variance[known]
    count = len(v)
    if count < 2:
        return Funnel(centre, 0.0, count)
    cut = int(WINSORISED * count)
    z = np.sort((value[known] - centre) / np.sqrt(v))
    phi = float((np.clip(z, z[cut], z[count - 1 - cut]) ** 2).mean()) / normal_size(count, cut)
    weight = 1 / v
    excess = (count * phi - (count - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum())
    return Funnel(centre, max(0.0, excess), count)


@cache
def normal_size(count: int, cut: int) -> float:
    """E of the mean z² of `count` standard normal values of which `cut` at each end take the value of the next.

    E z_(i)² is the integral of Φ⁻¹(p)² under Beta(i, K − i + 1), by Gauss-Legendre over 0…1.
    """
    if not cut:
        return 1.0
    p, squares = _squares()
    rank = np.arange(cut + 1, count - cut + 1)
    sizes: Floats = squares @ np.exp(xlogy(rank - 1, p[:, None]) + xlog1py(count - rank, -p[:, None]) - betaln(rank, count - rank + 1))
    return float(sizes.sum() + cut * (sizes[0] + sizes[-1])) / count


@cache
def _squares() -> tuple[Floats, Floats]:
    """p, and Φ⁻¹(p)² under the weight of p in an integral over 0…1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    p = (nodes + 1) / 2
    return p, weights / 2 * ndtri(p) ** 2
