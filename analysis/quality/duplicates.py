"""Forms filled in alike, levels and facts together: more of one kind than the point's own answers let expect."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.quality.observed import Finding, Levels, Observed, sizes
from analysis.quality.rules import DUPLICATES, LEVELS
from analysis.special import bdtrc
from analysis.survey_data import Floats, Ints

FEWEST = 5
"""Forms alike below which nothing is said."""
OTHERS = 10
MOST = 0.95
"""No kind of levels is expected more often than that."""
AS_USUAL = 5.0
"""So many expected forms speak for levels and facts going together no more often than anywhere."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One entry for each counter and month and kind of form that occurs there. `expected`, `tail`: E and p
    of duplicates(), before Bonferroni."""

    series: Ints
    count: Ints
    expected: Floats
    tail: Floats
    kind: Ints
    """Of each answer: its entry."""


def duplicates(observed: Observed) -> tuple[tuple[Finding, ...], Mapping[int, float]]:
    """Counters where a kind of form occurs more often than E by chance (Bonferroni over the kinds that occur there), and the
    answers of that kind: number to E.

    A kind is a pair (a, b) of all the levels and all the facts of a form, as far as everybody is asked. Were they filled in one by
    one, forms with facts b would have levels a as often as all others at the point and in the month, π_a = n_a·/n·· over facts
    other than b, and forms with levels a the facts b, π_b likewise. O given n_b is Bin(n_b, π_a R), O given n_a is Bin(n_a, π_b R);
    p is the larger of the two tails, E the larger mean. R = (O' + 5)/(E' + 5): how much more often a and b meet at all other
    points than independence there lets expect. What makes content people tick alike (few levels, mostly the highest) is in π_a, so
    that it counts for nothing here; a share of equal answers of 85 % would mark 46 % of honest forms.
    """
    alike = _alike(observed)
    kinds = np.bincount(alike.series, minlength=len(observed.series.labels))
    p = np.minimum(1.0, alike.tail * kinds[alike.series])
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
    both, with_levels, with_facts, at_point = (
        _counts(_numbered(np.stack([point, *others], axis=1)))[first].astype(np.float64)
        for others in ((levels, facts), (levels,), (facts,), ())
    )
    together = _together(np.stack([levels, facts, point], axis=1)[first], count, with_levels * with_facts / at_point**2, series[first])
    of_levels = _share(with_levels - both, at_point - with_facts, together)
    of_facts = _share(with_facts - both, at_point - with_levels, together)
    n_levels, n_facts = (_counts(_numbered(np.stack([series, part], axis=1)))[first] for part in (levels, facts))
    tail = np.maximum(bdtrc(count - 1, n_facts, of_levels), bdtrc(count - 1, n_levels, of_facts))
    return Alike(series[first], count, np.maximum(n_facts * of_levels, n_levels * of_facts), tail, kind)


def _share(part: Floats, whole: Floats, together: Floats) -> Floats:
    """1, so that nothing is unusual, where fewer than OTHERS other forms tell."""
    return np.where(whole < OTHERS, 1.0, np.minimum(MOST, (part + 0.5) / (whole + 1) * together))


def _together(kinds: Ints, count: Ints, independent: Floats, series: Ints) -> Floats:
    """R of duplicates(). kinds: levels, facts and point of each entry; independent: share of the kind at the point, were levels and
    facts independent there."""
    pair = _numbered(kinds[:, :2])
    where = _numbered(np.stack([pair, kinds[:, 2]], axis=1))
    here = np.bincount(series, weights=count)[series] * independent
    return (_others(count.astype(np.float64), pair, where) + AS_USUAL) / (_others(here, pair, where) + AS_USUAL)


def _others(values: Floats, pair: Ints, where: Ints) -> Floats:
    """Sum over the same pair at all points but one's own."""
    return _sums(pair, values) - _sums(where, values)


def _sums(codes: Ints, values: Floats) -> Floats:
    return np.bincount(codes, weights=values).astype(np.float64)[codes]


def _numbered(rows: Ints | Levels) -> Ints:
    """The same number for the same row: 0, 1, … in the order of the rows."""
    number = np.zeros(len(rows), np.int64)
    for column in rows.T:
        codes = column.astype(np.int64) - int(column.min(initial=0))
        number = np.unique(number * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return number


def _counts(codes: Ints) -> Ints:
    return np.bincount(codes)[codes]
