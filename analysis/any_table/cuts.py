"""What of each stage lies in the domains of one grouping: made once, whatever number of measures is asked for there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.keys import combine, places_of, starts
from analysis.any_table.layout import Layout
from analysis.any_table.levels import Fit, Level
from analysis.any_table.matrices import Matrix, adding
from analysis.any_table.residual import Residual
from analysis.survey_data import Floats, Ints


@dataclass(frozen=True, slots=True)
class Cut:
    """Pairs of domain and element, strips of domain and stratum. Pairs of domain d: start[d] : start[d + 1]; strips alike.

    join: pairs × parts, with the weights of the parts; strips: strips × pairs. weighted: pairs × columns of the domain, inner W
    of one unit – only where weights are calibrated.
    """

    level: Level
    join: Matrix
    element: Ints
    start: Ints
    strips: Matrix
    stratum: Ints
    strip_start: Ints
    weighted: Matrix | None = None

    @property
    def domain(self) -> Ints:
        """Of each pair."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @property
    def fit(self) -> Fit:
        if self.level.fit is None:
            raise ValueError("a stage made without a residual")
        return self.level.fit

    def crossed(self, alpha: Floats) -> Floats:
        """Σ inner W α of each column of each domain; alpha: pairs × measures."""
        if self.weighted is None:
            raise ValueError("a stage made without a residual")
        return self.weighted.across(alpha)

    def degrees(self) -> Ints:
        """Of a first stage, df of each domain: units with a row of it − strata with one (methodology §6.1, R's degf)."""
        units = self.level.n[self.element]
        return np.round(summed(self.start) @ units).astype(np.int64) - np.diff(self.strip_start)


@dataclass(frozen=True, slots=True)
class Columns:
    """The margin columns of each domain: those where its rows or its PSUs weigh anything. Of domain d: start[d] : start[d + 1].

    table: columns of domains × boxes, what one row's u adds to A = Σ d u.
    """

    residual: Residual
    column: Ints
    start: Ints
    table: Matrix


@dataclass(frozen=True, slots=True)
class Cuts:
    """Of one grouping. columns: None where nothing is calibrated."""

    stages: tuple[Cut, ...]
    columns: Columns | None


def cuts(levels: Sequence[Level], residual: Residual | None, grouping: Grouping, layout: Layout) -> Cuts:
    made = [cut(level, grouping, layout) for level in levels]
    if residual is None:
        return Cuts(tuple(made), None)
    boxes, width = layout.boxes, residual.width
    domain, own = grouping.domain[boxes.place], residual.column[boxes.cell]
    box, margin = np.nonzero((own >= 0) & (domain >= 0)[:, None])
    of_boxes = domain[box] * width + own[box, margin]
    units = [each.fit.unit.rows(each.element) for each in made]
    of_units = [each.domain[unit.entries()[0]] * width + unit.entries()[1] for each, unit in zip(made, units, strict=True)]
    keys = np.unique(np.concatenate([of_boxes, of_units[0]]))
    of, column = np.divmod(keys, width)
    table = Matrix.of((boxes.d * boxes.left)[box], places_of(of_boxes, keys), box, (len(keys), boxes.size))
    return Cuts(
        tuple(
            replace(each, weighted=unit.moved(places_of(slot, keys), len(keys), each.level.inner[each.element]))
            for each, unit, slot in zip(made, units, of_units, strict=True)
        ),
        Columns(residual, column, np.searchsorted(of, np.arange(grouping.size + 1)), table),
    )


def cut(level: Level, grouping: Grouping, layout: Layout) -> Cut:
    domain = grouping.domain[layout.part_place]
    inside = np.flatnonzero(domain >= 0)
    pairs = combine([domain[inside], level.element[inside]])
    of, element = pairs.parts
    first = starts(of, level.stratum[element])[:-1]
    strip = np.repeat(np.arange(len(first)), np.diff(np.append(first, pairs.size)))
    bounds = np.arange(grouping.size + 1)
    return Cut(
        level=level,
        join=Matrix.of(layout.part_weight[inside], pairs.code, inside, (pairs.size, len(domain))),
        element=element,
        start=np.searchsorted(of, bounds),
        strips=adding(strip, len(first)),
        stratum=level.stratum[element[first]],
        strip_start=np.searchsorted(of[first], bounds),
    )


def summed(start: Ints) -> Matrix:
    """Adds the rows start[d] : start[d + 1] for each d."""
    return adding(np.repeat(np.arange(len(start) - 1), np.diff(start)), len(start) - 1)
