"""Sums of a block of measures over boxes and sites, and the levels seen in each place. The only passes over rows after weighting.

Counts by box and level are whole numbers: exact in any order. All else follows from them and from one weight a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    for source in dict.fromkeys(measure.source for measure in measures):
        own = [j for j, measure in enumerate(measures) if measure.source is source]
        values = np.column_stack([*(measures[j].y for j in own), *(measures[j].x for j in own)])
        found = counted(source.code, source.levels, boxes.code, boxes.size)
        seen[source] = _seen(found, boxes)
        y[:, own], x[:, own] = np.split(found @ values, 2, axis=1)
        if sites:
            weighted = counted(source.code[sites.order], source.levels, sites.code, sites.size, sites.final)
            part_y[:, own], part_x[:, own] = np.split(weighted @ values, 2, axis=1)
    return Sums(tuple(measures), seen, y, x, part_y, part_x)


def counted(code: Integers, levels: int, group: Integers, size: int, weight: Floats | None = None) -> Matrix:
    """Rows (or the sum of their weights) by group × level; blank rows left out. weight: of each row.

    By a table of all cells where that is not much larger than the rows, else by sorting.
    """
    width = levels + 1
    key = np.multiply(group, width, dtype=np.int64)
    key += code
    key += 1
    if size * width <= ROOM * len(key) + 1024:
        table = np.bincount(key, weight, size * width)
        table[::width] = 0
        hit = np.flatnonzero(table)
        amount = table[hit]
    else:
        hit, place = np.unique(key[code >= 0], return_inverse=True)
        amount = np.bincount(place, None if weight is None else weight[code >= 0])
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
