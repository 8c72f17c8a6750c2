"""How the answers were drawn: strata, sampling units in one or two stages, finite populations, strata with one unit.

The one home of the variance of a sum over sampling units. What is summed is other files' business.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Bools, Floats, Ints

Lonely = Literal["adjust", "certainty", "average", "remove", "fail"]
"""What a stratum with one sampled unit adds to a variance: adjust – the square of its distance from the mean of all units;
certainty, remove – nothing; average – the mean of the other strata; fail – the request is refused."""

WHOLE = 1e-7
"""A stratum of which less than this part was left out was taken whole: it adds nothing, and one unit in it is not lonely."""


@dataclass(frozen=True, slots=True)
class Factors:
    """V = Σ_h (inner_h Σ_i z_hi² − outer_h (Σ_i z_hi)²), a number a stratum."""

    inner: Floats
    outer: Floats


def factors(size: Ints, fraction: Floats | None = None, lonely: Lonely = "adjust") -> Factors:
    """The factors of V = Σ_h (1 − f_h) G_h/(G_h − 1) Σ_i (z_hi − z̄_h)², multiplied out.

    size: G_h, units of each stratum in the whole sample, answers of the domain or not; fraction: f_h, the part of the
    stratum that was drawn, 0 with replacement. z: influence totals of units, which sum to zero over the whole sample;
    so a lonely stratum is centred at 0 under `adjust`. `average` counts the strata of the whole sample for every domain.
    Source: Särndal, Swensson, Wretman 1992; oracle: R survey::svyrecvar with options(survey.lonely.psu).
    """
    left = np.ones(len(size)) if fraction is None else left_out(fraction)
    alone = size == 1
    inner = np.where(alone, left if lonely == "adjust" else 0.0, left * size / np.maximum(size - 1, 1))
    if lonely == "average":
        missing = int(np.count_nonzero(alone & (left > 0)))
        inner = inner * (len(size) / max(len(size) - missing, 1))
    return Factors(inner, np.where(alone, 0.0, inner / size))


def left_out(fraction: Floats) -> Floats:
    """1 − f, 0 where a stratum was taken whole."""
    found: Floats = np.where(1 - fraction < WHOLE, 0.0, 1 - fraction)
    return found


@dataclass(frozen=True, slots=True)
class Stage:
    """Units drawn at one stage of a sample. A second stage has the units of the first for its strata.

    stratum: of each unit, 0 … H − 1, every one of them with a unit; size: units of each stratum; fraction: part of each
    stratum that was drawn, 0 with replacement; passed: what of a stratum's variance counts: 1 at the first stage, at the
    second the f of the first (so a first stage drawn with replacement leaves nothing).
    """

    stratum: NDArray[np.integer]
    size: Ints
    fraction: Floats
    passed: Floats
    lonely: Lonely

    def alone(self) -> Bools:
        """Strata with one unit that stand for more than themselves."""
        found: Bools = (self.size == 1) & (left_out(self.fraction) * self.passed > 0)
        return found

    def factors(self) -> Factors:
        found = factors(self.size, self.fraction, self.lonely)
        return Factors(found.inner * self.passed, found.outer * self.passed)
