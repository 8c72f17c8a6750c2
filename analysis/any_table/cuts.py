"""What of each stage lies in the domains of one grouping: made once, whatever number of measures is asked for there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.keys import ROOM, combine, places_of, starts
from analysis.any_table.layout import Layout
from analysis.any_table.levels import Fit, Level
from analysis.any_table.matrices import Matrix, adding
from analysis.any_table.residual import Residual
from analysis.arrays import Bools, Floats, Ints


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
class Alpha:
    """A column a measure: α of each pair of domain and element, α of each strip, Σ inner α² over the units of each domain."""

    cut: Cut
    pairs: Floats
    of_strip: Floats
    square: Floats


@dataclass(frozen=True, slots=True)
class Columns:
    """The margin columns of each domain: those of its rows; of several margins also those where its PSUs weigh anything. Of
    domain d: start[d] : start[d + 1].

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
    slot = domain[box] * width + own[box, margin]
    keys = _distinct(slot if residual.inverse is None else np.concatenate([slot, _columns_of_units(made[0], width)]))
    of, column = np.divmod(keys, width)
    table = Matrix.of((boxes.d * boxes.left)[box], places_of(slot, keys), box, (len(keys), boxes.size))
    columns = Columns(residual, column, np.searchsorted(of, np.arange(grouping.size + 1)), table)
    return Cuts(tuple(replace(each, weighted=_weighted(each, keys, width)) for each in made), columns)


def _columns_of_units(first: Cut, width: int) -> Ints:
    """Domain × columns + column of all that a domain's units weigh in, whether or not their rows there are in the domain: where
    margins are solved together, these are explained, too."""
    pair, column, _ = first.fit.unit.rows(first.element).entries()
    return first.domain[pair] * width + column


def _weighted(of: Cut, keys: Ints, width: int) -> Matrix:
    """Inner W of the pairs of domain and element (rows) in the pairs of domain and column (`keys`). An element may weigh in many
    columns, or a column hold many elements: the shorter way round is taken."""
    unit, inner, size = of.fit.unit, of.level.inner[of.element], len(of.level.n)
    domain, column = np.divmod(keys, width)
    if unit.given[of.element].sum() <= unit.held[column].sum():
        near = unit.rows(of.element)
        pair, own, _ = near.entries()
        place, there = found_in(keys, of.domain[pair] * width + own)
        return near.moved(np.where(there, place, -1), len(keys), inner)
    place, element, value = unit.turned().rows(column).entries()
    pair, there = found_in(of.domain * size + of.element, domain[place] * size + element)
    pair, place, value = pair[there], place[there], value[there]
    return Matrix.of(value * inner[pair], pair, place, (len(inner), len(keys)))


def _distinct(numbers: Ints) -> Ints:
    """Sorted, each once; numbers ≥ 0 that lie close together are marked, not sorted."""
    space = int(numbers.max(initial=0)) + 1
    if space > ROOM * len(numbers):
        return np.unique(numbers)
    seen = np.zeros(space, np.bool_)
    seen[numbers] = True
    return np.flatnonzero(seen)


def found_in(known: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """Where each wanted number ≥ 0 stands in a sorted list, and whether it is there at all."""
    space = max(int(known.max(initial=0)), int(wanted.max(initial=0))) + 1
    if space <= ROOM * len(wanted):
        stands = np.full(space, -1)
        stands[known] = np.arange(len(known))
        found = stands[wanted]
        return found, found >= 0
    place = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    return place, known[place] == wanted if len(known) else np.zeros(len(wanted), np.bool_)


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
    return weighing(start, np.ones(start[-1]))


def weighing(start: Ints, weight: Floats) -> Matrix:
    """The same of rows times their weight."""
    return Matrix.sorted(weight, np.arange(len(weight)), start, (len(start) - 1, len(weight)))
