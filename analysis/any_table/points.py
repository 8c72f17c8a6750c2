"""What a block of measures comes to in every domain of a grouping, before any variance: values, counts, simple variance."""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.measures import Measure
from analysis.any_table.sums import Seen, Sums
from analysis.arrays import Floats, totals


@dataclass(frozen=True, slots=True)
class Points:
    """Tables of domains × measures. value: Σwy/Σwx, for a total Σwy, NaN where there is none; n: rows with an answer.

    Influence of a row: w (y − about · x) / scale – about is the value, from the measure's origin, and scale Σwx, for a total 0
    and 1. simple: variance of the value in a simple random sample with replacement of the same n; around_zero: the same with y² for
    its square. within: Σ inner u² over the rows of the domain, u the influence, for rows that are sampling units.
    """

    value: Floats
    n: Floats
    answers: Floats
    n_kish: Floats
    scale: Floats
    about: Floats
    simple: Floats
    around_zero: Floats
    within: Floats


def points(sums: Sums, grouping: Grouping) -> Points:
    """Oracle: R survey::svymean, svyratio, svytotal with deff = "replace"."""
    found = [_points(measure, sums.seen[measure.source], grouping) for measure in sums.measures]
    return Points(*(np.column_stack(column) for column in zip(*found, strict=True)))


def _points(measure: Measure, seen: Seen, grouping: Grouping) -> tuple[Floats, ...]:
    """simple = Σ w (y − value x)² Σw / ((n − 1) (Σ w x)²), weights of the rows with an answer."""
    domain = grouping.domain[seen.place]
    inside = np.flatnonzero(domain >= 0)
    domain, level = domain[inside], seen.level[inside]
    y, x, w = measure.y[level], measure.x[level], seen.w[inside]

    def sum_of(values: Floats) -> Floats:
        return totals(domain, values, grouping.size)

    n, answers, weight = sum_of(seen.n[inside]), sum_of(seen.n[inside] * measure.answers[level]), sum_of(w)
    of_y, of_x = sum_of(w * y), sum_of(w * x)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where((n > 0) & (of_x != 0), of_y / of_x, np.nan)
        scale = np.where(measure.total | np.isnan(mean), 1.0, of_x)
        about = np.where(measure.total | np.isnan(mean), 0.0, mean)
        wide = weight / ((n - 1) * scale * scale)
        return (
            np.where(n > 0, of_y, np.nan) if measure.total else mean + measure.origin,
            n,
            answers,
            weight * weight / sum_of(seen.w2[inside]),
            scale,
            about,
            sum_of(w * (y - np.nan_to_num(mean)[domain] * x) ** 2) * wide,
            sum_of(w * y * y) * wide,
            sum_of(seen.inner[inside] * (y - about[domain] * x) ** 2) / (scale * scale),
        )
