"""The gap between two bases: the same figure of a part of the answers and of all of them, with an interval for the difference."""

from dataclasses import dataclass

import numpy as np

from analysis.estimation import Influence, psu_covariance
from analysis.intervals import ZERO, student
from analysis.population import Population
from analysis.survey_data import Floats, Ints

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure of one basis less the same figure of all answers, with its interval; None where nothing is known of its error."""

    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Two populations of the same domains, trees and days: a part of the answers, and all of them."""

    part: Population
    whole: Population
    psu: Ints
    """PSU of the part → PSU of the whole."""

    @classmethod
    def of(cls, part: Population, whole: Population) -> "Gaps":
        known = {name: number for number, name in enumerate(_names(whole.estimates.influence))}
        return cls(part, whole, np.array([known[name] for name in _names(part.estimates.influence)], np.int64))

    def gap(self, domain: int, node: str) -> Gap | None:
        """Δ = θ_part − θ_whole; V from the PSUs' influence on both, z_part − z_whole, so that shared days and answers count once.

        t interval with the days' degrees of freedom, those of the smaller set. Oracle: delete-one-PSU jackknife of Δ.
        """
        ours, theirs = (self._of(population, domain, node) for population in (self.part, self.whole))
        if ours is None or theirs is None:
            return None
        influence = self.whole.estimates.influence
        psus = np.concatenate([self.psu[ours.psu], theirs.psu])
        found, place = np.unique(psus, return_inverse=True)
        z: Floats = np.bincount(place, np.concatenate([ours.z, -theirs.z]), len(found)).astype(np.float64)
        variance = float(psu_covariance(influence, found, z[:, None])[0, 0]) if len(found) else 0.0
        df = float(min(self.part.estimates.df[domain], self.whole.estimates.df[domain]))
        difference = ours.value - theirs.value
        if df <= 0 or variance <= ZERO:
            return Gap(difference, None, None)
        low, high = student(difference, variance, df, level=LEVEL, low=-np.inf, high=np.inf)
        return Gap(difference, float(low), float(high))

    def _of(self, population: Population, domain: int, node: str) -> "_Side | None":
        values, influence = population.values[node], population.estimates.influence
        if np.isnan(values.value[domain]):
            return None
        here = influence.rows(domain)
        return _Side(float(values.value[domain]), influence.psu[here], influence.totals[here] @ values.gradient[domain])

    def rest(self, domain: int, node: str) -> float:
        """Respondents behind a figure of all answers who are not behind that of the part."""
        at = self.whole.precision.place(node)
        return float(self.whole.precision.n[domain, at] - self.part.precision.n[domain, at])


@dataclass(frozen=True, slots=True)
class _Side:
    value: float
    psu: Ints
    z: Floats


def _names(influence: Influence) -> list[tuple[str, str]]:
    """Stratum and label of every PSU."""
    stratum, label = influence.psus
    return [(stratum.labels[a], label.labels[b]) for a, b in zip(stratum.codes, label.codes, strict=True)]
