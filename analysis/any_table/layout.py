"""Rows laid out for summing: boxes of rows alike in all but their answers, sites of rows of one unit in one place.

A figure of a million rows is made of some ten thousand boxes. Where rows are units of their own, boxes are all that is
needed; where units are clusters, weighted sums by site come beside them.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.any_table.cells import Weights
from analysis.any_table.groups import Places
from analysis.any_table.keys import Integers, combine, starts
from analysis.any_table.matrices import sorted_rows
from analysis.any_table.sampling import Sample
from analysis.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Boxes:
    """`code`: box of each row, in the order of the layout. Of each box: head (a unit or stratum), place, calibration cell, rows n,
    and what one row weighs: by design d, calibrated d·g, final (trimmed). inner: factor of the square of one row, 0 where rows
    are not units."""

    code: Integers
    head: Ints
    place: Ints
    cell: Ints
    n: Floats
    d: Floats
    calibrated: Floats
    final: Floats
    inner: Floats

    @property
    def size(self) -> int:
        return len(self.n)

    @property
    def left(self) -> Floats:
        """What trimming left of each weight: final ÷ calibrated, 1 where nothing was trimmed."""
        return np.divide(self.final, self.calibrated, out=np.ones(self.size), where=self.calibrated > 0)


@dataclass(frozen=True, slots=True)
class Sites:
    """code, final: site and weight of each row, in the order of the layout; unit, place: of each site."""

    code: Integers
    final: Floats
    unit: Ints
    place: Ints

    @property
    def size(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows n of each finest unit in each box."""

    unit: Integers
    box: Integers
    n: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """order: rows by unit, place, cell and design weight, so that sums of their weights do not depend on how the rows came, and rows
    that are counted together stand near each other; None: as they came. sites: None where boxes are within units already, so that
    nothing but counts is summed over rows."""

    order: Ints | None
    boxes: Boxes
    sites: Sites | None
    runs: Runs

    def laid(self, of_rows: Integers) -> Integers:
        """What stands in each row, in that order."""
        return of_rows if self.order is None else of_rows[self.order]

    @property
    def part_unit(self) -> Ints:
        """Finest unit of each part of the sample: of each site, or box where there are none."""
        return self.sites.unit if self.sites else self.boxes.head

    @property
    def part_place(self) -> Ints:
        """Its place."""
        return self.sites.place if self.sites else self.boxes.place

    @property
    def part_weight(self) -> Floats:
        """What its sums are still to be multiplied with: those of sites are weighted already."""
        return np.ones(self.sites.size) if self.sites else self.boxes.final


def laid_out(sample: Sample, places: Places, weights: Weights) -> Layout:
    """For linearisation: boxes within strata of the last stage where rows are its units, else sites of its units."""
    if sample.single[-1]:
        return within(sample.units[-1], places, weights, sample.stages[-1].factors().inner)
    boxes = _boxes(np.zeros(len(places.code), np.int8), places, weights, np.zeros(1))
    by_box, _ = sorted_rows(boxes.code, boxes.size)
    then, units = sorted_rows(sample.units[-1][by_box], len(sample.stages[-1].stratum))
    order = by_box[then].astype(np.int64)
    unit, box = np.repeat(np.arange(len(units) - 1, dtype=np.int32), np.diff(units)), boxes.code[order]
    place = boxes.place.astype(np.int32)[box]
    bounds = starts(unit, place)
    sites = Sites(
        code=np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), np.diff(bounds)),
        final=boxes.final[box],
        unit=unit[bounds[:-1]].astype(np.int64),
        place=place[bounds[:-1]].astype(np.int64),
    )
    ends = starts(unit, box)
    runs = Runs(unit[ends[:-1]], box[ends[:-1]], np.diff(ends).astype(np.float64))
    return Layout(order, replace(boxes, code=box), sites, runs)


def within(head: Integers, places: Places, weights: Weights, inner: Floats) -> Layout:
    """Boxes within units or strata, nothing else. head: of each row; inner: of each head."""
    boxes = _boxes(head, places, weights, inner)
    return Layout(None, boxes, None, Runs(boxes.head, np.arange(boxes.size), boxes.n))


def _boxes(head: Integers, places: Places, weights: Weights, inner: Floats) -> Boxes:
    keys = combine([head, places.code, weights.classes.code])
    first, place, kind = keys.parts
    n = keys.counts().astype(np.float64)
    d, calibrated, final = weights.d[kind], weights.calibrated[kind], weights.final[kind]
    return Boxes(keys.code, first, place, weights.cell[kind], n, d, calibrated, final, inner[first])
