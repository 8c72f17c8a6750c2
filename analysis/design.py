"""How the answers were drawn: strata, sampling units in one or two stages, finite populations, strata with one unit.

The one home of the variance of a sum over sampling units. What is summed is other files' business.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.survey_data import Bools, Floats, Ints

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
    stratum that was drawn, none with replacement. z: influence totals of units, which sum to zero over the whole sample;
    so a lonely stratum is centred at 0 under `adjust`.
    Source: Särndal, Swensson, Wretman 1992; oracle: R survey::svyrecvar with options(survey.lonely.psu).
    """
    left = np.ones(len(size)) if fraction is None else 1 - fraction
    left = np.where(left < WHOLE, 0.0, left)
    alone = size == 1
    inner = np.where(alone, left if lonely == "adjust" else 0.0, left * size / np.maximum(size - 1, 1))
    return Factors(inner, np.where(alone, 0.0, inner / size))


@dataclass(frozen=True, slots=True)
class Stage:
    """Units drawn at one stage of a sample. A second stage has the units of the first for its strata.

    stratum: of each unit, 0 … H − 1; size: units of each stratum; fraction: part of each stratum that was drawn, 0 with
    replacement; passed: what of a stratum's variance counts: 1 at the first stage, at the second the f of the first (so a
    first stage drawn with replacement leaves nothing).
    """

    stratum: Ints
    size: Ints
    fraction: Floats
    passed: Floats
    lonely: Lonely

    def alone(self) -> Bools:
        """Strata with one unit that stand for more than themselves."""
        return (self.size == 1) & (1 - self.fraction >= WHOLE) & (self.passed > 0)

    def factors(self) -> Factors:
        found = factors(self.size, self.fraction, self.lonely)
        return Factors(found.inner * self.passed, found.outer * self.passed)


@dataclass(frozen=True, slots=True)
class Design:
    """The stages of a sample, one or two."""

    stages: tuple[Stage, ...]
