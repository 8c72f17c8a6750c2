"""Forms filled in alike, levels and facts together: more of one kind than the point's own answers let expect."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc

from analysis.quality.observed import Finding, Levels, Observed, sizes
from analysis.quality.rules import DUPLICATES, LEVELS
from analysis.survey_data import Bools, Floats, Ints

FEWEST = 5
"""Forms alike below which nothing is said."""
AS_USUAL = 5.0
"""So many expected forms speak for levels and facts going together no more often than anywhere."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One entry for each counter and month and kind of form that occurs there. `expected`: E of duplicates()."""

    series: Ints
    count: Ints
    expected: Floats
    kind: Ints
    """Of each answer: its entry."""


def duplicates(observed: Observed) -> tuple[tuple[Finding, ...], Mapping[int, float]]:
    """Counters where a kind of form occurs more often than E by chance (Bonferroni over the kinds that occur there), and the
    answers of that kind: number to E.

    A kind is a pair (a, b) of all the levels and all the facts of a form, as far as everybody is asked. E = n_series · f_a ·
    f_b · R_ab: f are the shares at the point in the month, R_ab = (O + 5)/(E' + 5) says how much more often a and b meet at
    all other points than independence there lets expect. Tail of a Poisson law stretched by φ, the mean (O − E)²/E of all
    kinds with E ≥ 1 but at least 1: P(X ≥ O) = P(Gamma(O/φ) ≤ E/φ). What makes content people tick alike (few levels, mostly
    the highest) is in f_a, so that it counts for nothing here; a share of equal answers of 85 % would mark 46 % of honest forms.
    """
    alike = _alike(observed)
    tail = _tail(alike)
    kinds = np.bincount(alike.series, minlength=len(observed.series.labels))
    p = np.minimum(1.0, tail * kinds[alike.series])
    reported = np.flatnonzero((alike.count >= FEWEST) & (p <= LEVELS[DUPLICATES]))
    every = sizes(observed.series)
    findings = []
    for series in np.unique(alike.series[reported]):
        at = reported[alike.series[reported] == series]
        worst = int(at[p[at].argmin()])
        label, n = observed.series.labels[series], int(every[series])
        findings.append(Finding(DUPLICATES, label, n, float(alike.count[worst]), float(alike.expected[worst]), float(p[worst])))
    marked = np.isin(alike.kind, reported)
    return tuple(findings), {int(row): float(alike.expected[alike.kind[row]]) for row in np.flatnonzero(marked)}


def _alike(observed: Observed) -> Alike:
    levels = _numbered(observed.scales)
    facts = np.unique(observed.facts, return_inverse=True)[1]
    point, series = observed.point.codes, observed.series.codes
    first, kind, count = np.unique(_numbered(np.stack([series, levels, facts], axis=1)), return_index=True, return_inverse=True,
                                   return_counts=True)[1:]  # fmt: skip
    at_point = _counts(point)[first].astype(np.float64)
    levels_here = _counts(_numbered(np.stack([point, levels], axis=1)))[first]
    facts_here = _counts(_numbered(np.stack([point, facts], axis=1)))[first]
    here = sizes(observed.series)[series[first]] * (levels_here / at_point) * (facts_here / at_point)
    pair = _numbered(np.stack([levels[first], facts[first]], axis=1))
    where = _numbered(np.stack([pair, point[first]], axis=1))
    elsewhere = _others(count.astype(np.float64), pair, where)
    expected = _others(here, pair, where)
    together = (elsewhere + AS_USUAL) / (expected + AS_USUAL)
    return Alike(series[first], count, here * together, kind)


def _others(values: Floats, pair: Ints, where: Ints) -> Floats:
    """Sum over the same pair at all points but one's own."""
    return _sums(pair, values) - _sums(where, values)


def _sums(codes: Ints, values: Floats) -> Floats:
    return np.bincount(codes, weights=values).astype(np.float64)[codes]


def _tail(alike: Alike) -> Floats:
    often: Bools = alike.expected >= 1
    spread = ((alike.count - alike.expected) ** 2 / np.maximum(alike.expected, 1e-12))[often]
    stretch = max(1.0, float(np.minimum(spread, np.quantile(spread, 0.95)).mean())) if len(spread) else 1.0
    return np.asarray(gammainc(alike.count / stretch, alike.expected / stretch), dtype=np.float64)


def _numbered(rows: Ints | Levels) -> Ints:
    """The same number for the same row: 0, 1, … in the order of the rows."""
    number = np.zeros(len(rows), np.int64)
    for column in rows.T:
        codes = column.astype(np.int64) - int(column.min(initial=0))
        number = np.unique(number * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return number


def _counts(codes: Ints) -> Ints:
    return np.bincount(codes)[codes]
