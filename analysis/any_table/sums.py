"""Sums of a block of measures over boxes and sites, and the levels seen in each place. The only passes over rows after weighting.

Counts by box and level are whole numbers: exact in any order. All else follows from them and from one weight a box.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.any_table.keys import ROOM, Integers, combine
from analysis.any_table.layout import Boxes, Layout
from analysis.any_table.matrices import Matrix
from analysis.any_table.measures import Measure, Source
from analysis.arrays import Floats, Ints, totals

FEW, FULL = 16, 2.0
"""A table of so few levels, or of so few cells a row, is kept whole, zeros and all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Every level of one source in every place where it occurs: rows n, Σw, Σw², and Σ inner w² of rows that are units."""

    place: Ints
    level: Ints
    n: Floats
    w: Floats
    w2: Floats
    inner: Floats


@dataclass(frozen=True, slots=True)
class Sums:
    """A column a measure. y, x: Σy, Σx over the rows of each box, unweighted; part_y, part_x: Σwy, Σwx of each site, or y and x
    where there are no sites. seen: of each source."""

    measures: tuple[Measure, ...]
    seen: Mapping[Source, Seen]
    y: Floats
    x: Floats
    part_y: Floats
    part_x: Floats


Summand = tuple[int, Floats, Floats]
"""Which measure a source adds to, and what each of its levels adds to y and x."""


def sums(measures: Sequence[Measure], layout: Layout, counters: "Counters") -> Sums:
    """One pass over the rows a source, whatever number of measures stands on it; with sites another one.

    Weights are summed by tables, never row by row, so that rows of one weight may come in any order, to the last bit; and of answers
    taken together variable by variable: five of them have 65 levels, each has five.
    """
    in_boxes = _summands([(measure.source, measure.y, measure.x)] for measure in measures)
    in_sites = _summands(measure.terms for measure in measures) if counters.sites else {}
    seen, of_places, of_boxes = {}, _places(layout.boxes), counters.boxes.nothing(len(measures))
    of_sites = counters.sites.nothing(len(measures)) if counters.sites else of_boxes
    for source in sorted({**in_boxes, **in_sites}, key=lambda source: source.levels):  # tables of one size take the same room
        code = layout.laid(source.code)
        if source in in_boxes:
            found = counters.boxes.counted(code, source.levels)
            seen[source] = _seen(found, of_places)
            _add(found, in_boxes[source], of_boxes)
        if counters.sites and source in in_sites:
            _add(counters.sites.counted(code, source.levels), in_sites[source], of_sites)
    y, x = _by_row(of_boxes)
    part_y, part_x = _by_row(of_sites) if counters.sites else (y, x)
    return Sums(tuple(measures), seen, y, x, part_y, part_x)


def _summands(every: Iterable[Sequence[tuple[Source, Floats, Floats]]]) -> dict[Source, list[Summand]]:
    """By source, which measures it adds to; every: the terms of each measure."""
    found: dict[Source, list[Summand]] = {}
    for j, terms in enumerate(every):
        for source, y, x in terms:
            found.setdefault(source, []).append((j, y, x))
    return found


def _add(found: Matrix | Floats, summands: Sequence[Summand], to: Floats) -> None:
    """Adds Σy and Σx by group to 2 × measures × groups; found: groups × levels. Groups stand side by side in memory, so that more is
    added at the speed of reading."""
    every = np.concatenate([[y for _, y, _ in summands], [x for _, _, x in summands]])
    more = (found @ every.T).T if isinstance(found, Matrix) else every @ found.T
    more = more.reshape(2, len(summands), -1)
    for k, (j, _, _) in enumerate(summands):  # one by one: a variable may be pooled with itself
        to[:, j] += more[:, k]


def _by_row(both: Floats) -> tuple[Floats, Floats]:
    """Σy and Σx by group and measure: all measures of a group side by side, and copied, as `both` is used again."""
    y, x = both
    return y.T.copy(), x.T.copy()


@dataclass(slots=True)
class _Counter:
    """Counts rows, or adds their weights, by group × level, one source after the other in the same memory: fresh tables of many
    megabytes would be cleared each by each before they are written, a tenth of the time. first: where level 0 of each row's group
    stands in a table of groups × (blank and levels), for as many levels as were asked for last; key: room for one number a row."""

    group: Integers
    size: int
    key: Ints
    weight: Floats | None = None
    levels: int = -1
    first: Ints = field(init=False)
    table: Floats | None = None
    room: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self.first = np.empty(len(self.group), np.int64)

    def counted(self, code: Integers, levels: int) -> Matrix | Floats:
        """By a table where that is not much larger than the rows, else sorted. What is found holds until the next is counted."""
        self._make_room(levels)
        size, width, weight = self.size, levels + 1, self.weight
        key = np.add(self.first, code, out=self.key)
        if size * width <= ROOM * len(key) + 1024:
            table = np.bincount(key, weight, size * width)
            if levels <= FEW or size * width <= FULL * len(key):
                return self._numbers(table.reshape(size, width)[:, 1:])
            table[::width] = 0
            hit = np.flatnonzero(table)
            amount = table[hit].astype(np.float64)
        else:
            there = key % width > 0
            hit, place = np.unique(key[there], return_inverse=True)
            amount = np.bincount(place, None if weight is None else weight[there]).astype(np.float64)
        return Matrix.sorted(amount, hit % width - 1, np.searchsorted(hit, np.arange(size + 1) * width), (size, levels))

    def nothing(self, measures: int) -> Floats:
        """2 × measures × groups, all 0, where those of the last block were."""
        needed = 2 * measures * self.size
        if needed > len(self.room):
            self.room = np.empty(needed)
        found = self.room[:needed].reshape(2, measures, self.size)
        found.fill(0.0)
        return found

    def _numbers(self, table: Floats | Ints) -> Floats:
        if self.weight is not None:
            return table.astype(np.float64, copy=False)
        self.table = np.empty(table.shape) if self.table is None else self.table
        np.copyto(self.table, table)
        return self.table

    def _make_room(self, levels: int) -> None:
        if levels != self.levels:
            self.levels, self.table = levels, None
            np.multiply(self.group, np.int64(levels + 1), out=self.first)  # not in the narrow type of the groups
            self.first += 1


@dataclass(frozen=True, slots=True)
class Counters:
    """Of the rows of a layout, one block of measures after the other in the same memory. sites: None where there are none."""

    boxes: _Counter
    sites: _Counter | None

    @classmethod
    def of(cls, layout: Layout) -> "Counters":
        boxes, sites = layout.boxes, layout.sites
        key = np.empty(len(boxes.code), np.int64)
        return cls(_Counter(boxes.code, boxes.size, key), _Counter(sites.code, sites.size, key, sites.final) if sites else None)


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each box 1, w, w² and inner w², and the same as one table of (place and which of the four) × boxes: the four rows of a place
    stand together, so that what was counted in its boxes is read once."""

    place: Ints
    weights: tuple[Floats, ...]
    table: Matrix


def _places(boxes: Boxes) -> _Places:
    square = boxes.final * boxes.final
    weights = (np.ones(boxes.size), boxes.final, square, square * boxes.inner)
    row = np.concatenate([len(weights) * boxes.place + k for k in range(len(weights))])
    shape = (len(weights) * (int(boxes.place.max()) + 1), boxes.size)
    return _Places(boxes.place, weights, Matrix.of(np.concatenate(weights), row, np.tile(np.arange(boxes.size), len(weights)), shape))


def _seen(found: Matrix | Floats, of: _Places) -> Seen:
    if isinstance(found, Matrix):
        box, level, n = found.entries()
        keys = combine([of.place[box], level])
        code = keys.code.astype(np.int64)
        rows, w, w2, inner = (totals(code, n * weight[box], keys.size) for weight in of.weights)
        return Seen(keys.parts[0], keys.parts[1], rows, w, w2, inner)
    four = len(of.weights)
    tables = (of.table @ found).reshape(of.table.shape[0] // four, four, found.shape[1])
    place, level = np.nonzero(tables[:, 0])
    return Seen(place, level, *(tables[place, k, level] for k in range(four)))
