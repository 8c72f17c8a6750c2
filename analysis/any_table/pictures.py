"""What is to be given a variance: measures of a block in the domains of one grouping. Made one after the other, to save memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np

from analysis.any_table.finding import numbers
from analysis.any_table.groups import Grouping, Places
from analysis.any_table.layout import Boxes, Layout
from analysis.any_table.matrices import Matrix, entries
from analysis.any_table.measures import Measure, up_to
from analysis.any_table.points import Points, points
from analysis.any_table.request import Estimator, Quantile
from analysis.any_table.sums import Counters, Sums, sums
from analysis.any_table.table import Table
from analysis.arrays import Floats, Ints, totals
from analysis.quantiles import quantile

BLOCK = 5 << 18
"""Numbers in one table of sums: this many cells, so that ten such tables stay within 100 MB."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Values seen in each domain with their weights, sorted: those of domain d lie at start[d] : start[d + 1]."""

    levels: Floats
    weight: Floats
    start: Ints

    def of(self, domain: int) -> tuple[Floats, Floats]:
        here = slice(int(self.start[domain]), int(self.start[domain + 1]))
        return self.levels[here], self.weight[here]


NONE = Distribution(np.zeros(0), np.zeros(0), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns of `sums` and `points` are the estimators. A quantile stands alone, as the share of answers up to its value; only
    there is `distribution` not empty."""

    estimators: tuple[Estimator, ...]
    grouping: Grouping
    sums: Sums
    points: Points
    distribution: Distribution = NONE


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked: the measure of each estimator that has one whatever the domain, the quantiles, and for whom."""

    table: Table
    measures: Mapping[Estimator, Measure]
    quantiles: Sequence[Quantile]
    places: Places

    def blocks(self, layout: Layout) -> list[tuple[Estimator, ...]]:
        """Estimators of one variable and those that pool it in one block, as far as that has room: so that it is counted once."""
        parts = max(layout.boxes.size, layout.sites.size if layout.sites else 0)
        used = {asked: tuple(source for source, _, _ in measure.terms) for asked, measure in self.measures.items()}
        number = {source: place for place, source in enumerate(dict.fromkeys(chain.from_iterable(used.values())))}
        every = sorted(used, key=lambda asked: max(map(number.__getitem__, used[asked])))
        last = {source: place for place, asked in enumerate(every) for source in used[asked]}
        needed = accumulate((max(map(last.__getitem__, used[asked])) for asked in every), max)
        ends = [place + 1 for place, most in enumerate(needed) if most == place]
        found, first, width = [], 0, max(1, BLOCK // parts)
        while first < len(every):
            end = max((end for end in ends if first < end <= first + width), default=first + width)
            found.append(tuple(every[first:end]))
            first = end
        return found

    def count(self, layout: Layout) -> int:
        """Of pictures."""
        return (len(self.blocks(layout)) + len(self.quantiles)) * len(self.places.groupings)


def pictures(asking: Asking, layout: Layout) -> Iterator[Picture]:
    """Every estimator in every grouping, each once."""
    groupings, counters = asking.places.groupings, Counters.of(layout)
    for block in asking.blocks(layout):
        of = sums([asking.measures[estimator] for estimator in block], layout, counters)
        for grouping in groupings:
            yield Picture(block, grouping, of, points(of, grouping))
    for estimator in asking.quantiles:
        for grouping in groupings:
            yield _of_quantile(asking, estimator, grouping, layout, counters)


def _of_quantile(asking: Asking, estimator: Quantile, grouping: Grouping, layout: Layout, counters: Counters) -> Picture:
    column, boxes = numbers(asking.table, estimator.of), layout.boxes
    found = _distribution(column.levels, counters.boxes.counted(layout.laid(column.codes), len(column.levels)), boxes, grouping)
    value = np.array([_quantile(*found.of(domain), estimator.p) for domain in range(grouping.size)])
    limit = np.searchsorted(column.levels, np.where(np.isnan(value), -np.inf, value))
    measure = up_to(column.codes, limit[grouping.domain[asking.places.code]])
    of = sums([measure], layout, counters)
    return Picture((estimator,), grouping, of, points(of, grouping), found)


def _quantile(levels: Floats, weight: Floats, p: float) -> float:
    return float(quantile(levels, weight, p)) if len(levels) else np.nan


def _distribution(levels: Floats, found: Matrix | Floats, boxes: Boxes, grouping: Grouping) -> Distribution:
    box, level, n = entries(found)
    domain = grouping.domain[boxes.place[box]]
    inside = domain >= 0
    values, place = np.unique(domain[inside] * len(levels) + level[inside], return_inverse=True)
    weight = totals(place, (n * boxes.final[box])[inside], len(values))
    start = np.searchsorted(values, np.arange(grouping.size + 1) * len(levels))
    return Distribution(levels[values % max(len(levels), 1)], weight, start)
