"""Sums of a block of measures over boxes and sites. The only passes over rows after weighting.

Counts by box and level are whole numbers: exact in any order. All else follows from them and from one weight a box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.any_table.keys import ROOM, Integers
from analysis.any_table.layout import Layout
from analysis.any_table.measures import Measure
from analysis.cells import totals
from analysis.survey_data import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Sums:
    """Σ over the rows of each box, unweighted, a column a measure: rows with an answer n, valid answers, e, x, ee, ex, xx.

    e = y − m x, m (`middle`) the weighted ratio of the place: so nothing is lost where a place lies far from zero.
    part_e, part_x: Σ w e, Σ w x of each site, or of each box where there are no sites. `total`: which columns are totals;
    `lowest`: smallest y of each measure.
    """

    n: Floats
    answers: Floats
    e: Floats
    x: Floats
    ee: Floats
    ex: Floats
    xx: Floats
    middle: Floats
    part_e: Floats
    part_x: Floats
    total: Bools
    lowest: Floats


@dataclass(frozen=True, slots=True)
class Counted:
    """Group and level of every combination that occurs, and its rows (or the sum of their weights)."""

    group: Ints
    level: Ints
    amount: Floats


def sums(measures: Sequence[Measure], layout: Layout, places: int) -> Sums:
    """One pass over the rows a source (two with sites), whatever number of measures stands on it."""
    boxes, sites, width = layout.boxes, layout.sites, len(measures)
    n, answers, e, x, ee, ex, xx = (np.zeros((boxes.size, width)) for _ in range(7))
    middle = np.zeros((places, width))
    part_e, part_x = (np.zeros((sites.size, width)) for _ in range(2)) if sites else (e, x)
    for source in dict.fromkeys(measure.source for measure in measures):
        found = counted(source.code, source.levels, boxes.code, boxes.size)
        weighted = counted(source.code[sites.order], source.levels, sites.code, sites.size, sites.final) if sites else None
        place = boxes.place[found.group]
        for j, measure in enumerate(measures):
            if measure.source is not source:
                continue
            middle[:, j] = _middle(measure, found, boxes.final[found.group] * found.amount, place, places)
            of_y, of_x = measure.y[found.level], measure.x[found.level]
            rest = of_y - middle[place, j] * of_x
            for into, values in (
                (n, None), (answers, measure.answers[found.level]), (e, rest), (x, of_x),
                (ee, rest * rest), (ex, rest * of_x), (xx, of_x * of_x),
            ):  # fmt: skip
                into[:, j] = totals(found.group, found.amount if values is None else found.amount * values, boxes.size)
            if sites and weighted:
                of_x = weighted.amount * measure.x[weighted.level]
                rest = weighted.amount * measure.y[weighted.level] - middle[sites.place[weighted.group], j] * of_x
                part_e[:, j], part_x[:, j] = totals(weighted.group, rest, sites.size), totals(weighted.group, of_x, sites.size)
    if not sites:
        part_e, part_x = boxes.final[:, None] * e, boxes.final[:, None] * x
    lowest = np.array([measure.y.min(initial=np.inf) for measure in measures])
    total = np.array([measure.total for measure in measures], np.bool_)
    return Sums(n, answers, e, x, ee, ex, xx, middle, part_e, part_x, total, lowest)


def _middle(measure: Measure, found: Counted, weight: Floats, place: Ints, places: int) -> Floats:
    """Σ w y / Σ w x of each place; 0 where nothing is known."""
    y = totals(place, weight * measure.y[found.level], places)
    x = totals(place, weight * measure.x[found.level], places)
    return np.divide(y, x, out=np.zeros(places), where=x > 0)


def counted(code: Integers, levels: int, group: Integers, size: int, weight: Floats | None = None) -> Counted:
    """By table where that is not much larger than the rows, else by sorting. weight: of each row; None counts rows."""
    width = levels + 1
    key = group.astype(np.int64) * width + 1 + code
    if size * width <= ROOM * len(key) + 1024:
        table = np.bincount(key, weight, size * width)
        hit = np.flatnonzero(table)
        amount = table[hit]
    else:
        hit, place = np.unique(key, return_inverse=True)
        amount = np.bincount(place, weight)
    there = hit % width > 0
    return Counted(hit[there] // width, hit[there] % width - 1, amount[there].astype(np.float64))
