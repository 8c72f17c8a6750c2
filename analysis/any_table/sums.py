"""Sums of a block of measures over boxes and sites, and the levels seen in each place. The only passes over rows after weighting.

Counts by box and level are whole numbers: exact in any order. All else follows from them and from one weight a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

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


def sums(measures: Sequence[Measure], layout: Layout) -> Sums:
    """One pass over the rows a source (two with sites), whatever number of measures stands on it."""
    boxes, sites, width = layout.boxes, layout.sites, len(measures)
    y, x = np.zeros((boxes.size, width)), np.zeros((boxes.size, width))
    part_y, part_x = (np.zeros((sites.size, width)), np.zeros((sites.size, width))) if sites else (y, x)
    seen, of_places = {}, _places(boxes)
    sources = sorted(dict.fromkeys(measure.source for measure in measures), key=lambda source: source.levels)
    for levels, alike in groupby(sources, key=lambda source: source.levels):
        box_key, site_key = _keys(boxes.code, levels), _keys(sites.code, levels) if sites else None
        key = np.empty_like(box_key)
        for source in alike:
            own = [j for j, measure in enumerate(measures) if measure.source is source]
            values = np.column_stack([*(measures[j].y for j in own), *(measures[j].x for j in own)])
            code = layout.ordered(source.code)
            found = _counted(np.add(box_key, code, out=key), boxes.size, levels)
            seen[source] = _seen(found, of_places)
            y[:, own], x[:, own] = np.split(found @ values, 2, axis=1)
            if sites and site_key is not None:
                weighted = _counted(np.add(site_key, code, out=key), sites.size, levels, sites.final)
                part_y[:, own], part_x[:, own] = np.split(weighted @ values, 2, axis=1)
    return Sums(tuple(measures), seen, y, x, part_y, part_x)


def counted(code: Integers, levels: int, layout: Layout) -> Matrix | Floats:
    """Rows by box × level, blank rows left out. code: of each row of the table."""
    return _counted(_keys(layout.boxes.code, levels) + layout.ordered(code), layout.boxes.size, levels)


def _keys(group: Integers, levels: int) -> Ints:
    """Where level 0 of each row's group stands in a table of groups × (blank and levels)."""
    key = np.multiply(group, levels + 1, dtype=np.int64)
    key += 1
    return key


def _counted(key: Ints, size: int, levels: int, weight: Floats | None = None) -> Matrix | Floats:
    """Rows (or the sum of their weights) by group × level: by a table where that is not much larger than the rows, else sorted."""
    width = levels + 1
    if size * width <= ROOM * len(key) + 1024:
        table = np.bincount(key, weight, size * width)
        if levels <= FEW or size * width <= FULL * len(key):
            return table.reshape(size, width)[:, 1:].astype(np.float64)
        table[::width] = 0
        hit = np.flatnonzero(table)
        amount = table[hit].astype(np.float64)
    else:
        there = key % width > 0
        hit, place = np.unique(key[there], return_inverse=True)
        amount = np.bincount(place, None if weight is None else weight[there]).astype(np.float64)
    return Matrix.sorted(amount, hit % width - 1, np.searchsorted(hit, np.arange(size + 1) * width), (size, levels))


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each box 1, w, w² and inner w², and the same as tables of places × boxes."""

    place: Ints
    weights: tuple[Floats, ...]
    tables: tuple[Matrix, ...]


def _places(boxes: Boxes) -> _Places:
    square = boxes.final * boxes.final
    weights = (np.ones(boxes.size), boxes.final, square, square * boxes.inner)
    shape = (int(boxes.place.max()) + 1, boxes.size)
    return _Places(boxes.place, weights, tuple(Matrix.of(weight, boxes.place, np.arange(boxes.size), shape) for weight in weights))


def _seen(found: Matrix | Floats, of: _Places) -> Seen:
    if isinstance(found, Matrix):
        box, level, n = found.entries()
        keys = combine([of.place[box], level])
        code = keys.code.astype(np.int64)
        rows, w, w2, inner = (totals(code, n * weight[box], keys.size) for weight in of.weights)
        return Seen(keys.parts[0], keys.parts[1], rows, w, w2, inner)
    tables = [table @ found for table in of.tables]
    place, level = np.nonzero(tables[0])
    return Seen(place, level, *(table[place, level] for table in tables))
