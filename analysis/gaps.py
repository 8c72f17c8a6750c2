"""The gap between two bases: the same figure of a part of the answers and of all of them, with an interval for the difference."""

from collections.abc import Sequence
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

    def gaps(self, domain: int, nodes: Sequence[str]) -> dict[str, Gap]:
        """Δ = θ_part − θ_whole of every node that has both; V from z_part − z_whole of every PSU, so that shared days and
        answers count once.

        t interval with the days' degrees of freedom, those of the smaller set. By hand in tests/analysis/test_bases.py.
        """
        found = [node for node in nodes if not np.isnan(self._value(self.part, domain, node) + self._value(self.whole, domain, node))]
        if not found:
            return {}
        ours, theirs = (self._influence(population, domain, found) for population in (self.part, self.whole))
        psu, place = np.unique(np.concatenate([self.psu[ours[0]], theirs[0]]), return_inverse=True)
        z = np.zeros((len(psu), len(found)))
        np.add.at(z, place, np.concatenate([ours[1], -theirs[1]]))
        variance = np.diag(psu_covariance(self.whole.estimates.influence, psu, z))
        difference = np.array([self._value(self.part, domain, node) - self._value(self.whole, domain, node) for node in found])
        df = float(min(self.part.estimates.df[domain], self.whole.estimates.df[domain]))
        low, high = student(difference, variance, df, level=LEVEL)
        known = (variance > ZERO) & (df > 0)
        ends = zip(found, difference, low, high, known, strict=True)
        return {node: Gap(float(one), float(a) if sure else None, float(b) if sure else None) for node, one, a, b, sure in ends}

    def rest(self, domain: int, node: str) -> float:
        """Respondents behind a figure of all answers who are not behind that of the part."""
        at = self.whole.precision.place(node)
        return float(self.whole.precision.n[domain, at] - self.part.precision.n[domain, at])

    @staticmethod
    def _value(population: Population, domain: int, node: str) -> float:
        return float(population.values[node].value[domain])

    @staticmethod
    def _influence(population: Population, domain: int, nodes: Sequence[str]) -> tuple[Ints, Floats]:
        """PSUs of the domain, and z of every node there."""
        influence = population.estimates.influence
        here = influence.rows(domain)
        gradients = np.stack([population.values[node].gradient[domain] for node in nodes], axis=1)
        return influence.psu[here], influence.totals[here] @ gradients


def _names(influence: Influence) -> list[tuple[str, str]]:
    """Stratum and label of every PSU."""
    stratum, label = influence.psus
    return [(stratum.labels[a], label.labels[b]) for a, b in zip(stratum.codes, label.codes, strict=True)]
