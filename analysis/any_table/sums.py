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
from analysis.survey_data import Floats, Ints


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
    seen = {}
    sources = sorted(dict.fromkeys(measure.source for measure in measures), key=lambda source: source.levels)
    for levels, alike in groupby(sources, key=lambda source: source.levels):
        box_key, site_key = _keys(boxes.code, levels), _keys(sites.code, levels) if sites else None
        for source in alike:
            own = [j for j, measure in enumerate(measures) if measure.source is source]
            values = np.column_stack([*(measures[j].y for j in own), *(measures[j].x for j in own)])
            found = _counted(box_key + source.code, boxes.size, levels)
            seen[source] = _seen(found, boxes)
            y[:, own], x[:, own] = np.split(found @ values, 2, axis=1)
            if sites and site_key is not None:
                weighted = _counted(site_key + source.code[sites.order], sites.size, levels, sites.final)
                part_y[:, own], part_x[:, own] = np.split(weighted @ values, 2, axis=1)
    return Sums(tuple(measures), seen, y, x, part_y, part_x)


def counted(code: Integers, levels: int, boxes: Boxes) -> Matrix:
    """Rows by box × level, blank rows left out."""
    return _counted(_keys(boxes.code, levels) + code, boxes.size, levels)


def _keys(group: Integers, levels: int) -> Ints:
    """Where level 0 of each row's group stands in a table of groups × (blank and levels)."""
    key = np.multiply(group, levels + 1, dtype=np.int64)
    key += 1
    return key


def _counted(key: Ints, size: int, levels: int, weight: Floats | None = None) -> Matrix:
    """Rows (or the sum of their weights) by group × level: by a table where that is not much larger than the rows, else sorted."""
    width = levels + 1
    if size * width <= ROOM * len(key) + 1024:
        table = np.bincount(key, weight, size * width)
        table[::width] = 0
        hit = np.flatnonzero(table)
        amount = table[hit]
    else:
        there = key % width > 0
        hit, place = np.unique(key[there], return_inverse=True)
        amount = np.bincount(place, None if weight is None else weight[there])
    return Matrix.sorted(amount.astype(np.float64), hit % width - 1, np.searchsorted(hit, np.arange(size + 1) * width), (size, levels))


def _seen(found: Matrix, boxes: Boxes) -> Seen:
    box, level, n = found.entries()
    keys = combine([boxes.place[box], level])
    weight = n * boxes.final[box]
    square = weight * boxes.final[box]
    of_n, of_w, of_w2, of_inner = (
        np.bincount(keys.code, values, keys.size).astype(np.float64) for values in (n, weight, square, square * boxes.inner[box])
    )
    return Seen(keys.parts[0], keys.parts[1], of_n, of_w, of_w2, of_inner)
