"""The gap between two bases: the same figure of a part of the answers and of all of them, with an interval for the difference."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimation import Influence, variances_by_domain
from analysis.intervals import ZERO, student
from analysis.population import Population
from analysis.sparse import pairs
from analysis.survey_data import Floats

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure of one basis less the same figure of all answers, with its interval; None where nothing is known of its error."""

    difference: float | None
    low: float | None
    high: float | None


NO_GAP = Gap(None, None, None)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of two populations of the same domains, trees and days: a part of the answers, and all of them. Tables: domain × node.

    `difference`: NaN where one has no value; `low`, `high`: NaN where nothing is known of its error; `rest`: respondents behind
    the figure of all answers who are not behind that of the part.
    """

    nodes: Mapping[str, int]
    difference: Floats
    low: Floats
    high: Floats
    rest: Floats

    @classmethod
    def of(cls, part: Population, whole: Population) -> "Gaps":
        """Δ = θ_part − θ_whole of every node; V from z_part − z_whole of every PSU, so that shared days and answers count once.

        t interval with the days' degrees of freedom, those of the smaller set. By hand in tests/analysis/test_bases.py.
        """
        nodes = part.precision.nodes
        columns = [whole.precision.place(node) for node in nodes]
        difference = part.precision.value - whole.precision.value[:, columns]
        df = np.minimum(part.estimates.df, whole.estimates.df)
        rows, z = _between(part, whole, nodes)
        variance, _ = variances_by_domain(rows, df, z)
        low, high = student(difference, variance, df[:, None].astype(np.float64), level=LEVEL)
        known = (variance > ZERO) & (df > 0)[:, None]
        rest = whole.precision.n[:, columns] - part.precision.n
        return cls(part.precision.places, difference, np.where(known, low, np.nan), np.where(known, high, np.nan), rest)

    def gap(self, domain: int, node: str) -> Gap | None:
        """None where one of the two has no value."""
        at = domain, self.nodes[node]
        if np.isnan(self.difference[at]):
            return None
        return Gap(float(self.difference[at]), *(None if np.isnan(ends[at]) else float(ends[at]) for ends in (self.low, self.high)))


def _between(part: Population, whole: Population, nodes: Sequence[str]) -> tuple[Influence, Callable[[int, slice], Floats]]:
    """Rows for every PSU that either touches in a domain, without totals; and z_part − z_whole there."""
    known = {name: number for number, name in enumerate(_names(whole.estimates.influence))}
    moved = np.array([known[name] for name in _names(part.estimates.influence)], np.int64)
    of_whole, sides = whole.estimates.influence, [one.estimates.influence for one in (part, whole)]
    psu = [moved[sides[0].psu], sides[1].psu]
    domain = [np.repeat(np.arange(len(one.start) - 1), np.diff(one.start)) for one in sides]
    (homes, psus), which, order = pairs(np.concatenate(domain), np.concatenate(psu))
    row = np.empty(len(which), np.int64)
    row[order] = which
    rows = row[: len(psu[0])], row[len(psu[0]) :]
    start = np.searchsorted(homes, np.arange(len(of_whole.start)))
    gradients = [np.stack([one.values[node].gradient for node in nodes], axis=2) for one in (part, whole)]

    def z(domain: int, here: slice) -> Floats:
        found = np.zeros((here.stop - here.start, len(nodes)))
        for side, sign in ((0, 1.0), (1, -1.0)):
            own = sides[side].rows(domain)
            found[rows[side][own] - here.start] += sign * (sides[side].totals[own] @ gradients[side][domain])
        return found

    return replace(of_whole, start=start, psu=psus, n=np.zeros(0), totals=np.zeros((0, 0))), z


def _names(influence: Influence) -> list[tuple[str, str]]:
    """Stratum and label of every PSU."""
    stratum, label = influence.psus
    return [(stratum.labels[a], label.labels[b]) for a, b in zip(stratum.codes, label.codes, strict=True)]
