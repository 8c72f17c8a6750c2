"""The stages of a sample as sums see them: elements with their factors, and what calibration weighs in each.

What is done with them is in variance.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.keys import Integers
from analysis.any_table.layout import Layout
from analysis.any_table.matrices import Matrix
from analysis.any_table.residual import Residual
from analysis.any_table.sampling import Sample
from analysis.arrays import Floats, Ints
from analysis.design import Stage

MOST_SQUARES = 1 << 25
"""Multiplications that a table of cross products of one margin may take, beside one for each unit."""

CELLS = 16
"""That table may have this many cells for each one that it is made of."""


@dataclass(frozen=True, slots=True)
class OneFit:
    """What calibration to one margin weighs in the sample. W: calibrated weights by margin column.

    unit: W of one unit of each element; strata: columns × strata, ΣW; square: Σ inner W W' of all units, None where it would
    be too large. There may be as many columns as rows, so these tables are mostly zero.
    """

    unit: Matrix
    strata: Matrix
    square: Matrix | None


@dataclass(frozen=True, slots=True)
class ManyFit:
    """The same of several margins, solved together: P is the inverse of the residual (Residual).

    inverse: P; strata: Σ W P of each stratum; square: P'(Σ inner W W' − Σ outer (ΣW)(ΣW)')P, the quadratic form of everything that
    margins explain.
    """

    inverse: Floats
    unit: Matrix
    strata: Floats
    square: Floats


Fit = OneFit | ManyFit


@dataclass(frozen=True, slots=True)
class Level:
    """One stage: V = Σ inner z² − Σ outer (Σ z)². An element is a unit, or a box of n rows that are units of their own (`rows`).

    element: of each part of the layout; n, inner, stratum: of each element; outer: of each stratum.
    """

    rows: bool
    element: Ints
    n: Floats
    inner: Floats
    stratum: Ints
    outer: Floats
    fit: Fit | None


def levels(sample: Sample, layout: Layout, residual: Residual | None) -> tuple[Level, ...]:
    """The stages that add to a variance: a second stage below a first one drawn with replacement does not."""
    part_unit, run_unit = layout.part_unit, layout.runs.unit
    first, last = sample.stages[0], sample.stages[-1]
    lower = _of_rows(last, layout, residual) if sample.single[-1] else _of_units(last, part_unit, run_unit, layout, residual)
    if len(sample.stages) == 1:
        return (lower,)
    psu = np.arange(len(first.stratum)) if sample.single[-1] else np.asarray(last.stratum, np.int64)
    upper = _of_units(first, psu[part_unit], psu[run_unit], layout, residual)
    return (upper, lower) if last.passed.any() else (upper,)


def of_psus(sample: Sample, layout: Layout) -> Level:
    """The first stage over boxes within its units, where nothing is calibrated."""
    return _of_units(sample.stages[0], layout.boxes.head, layout.runs.unit, layout, None)


def _of_units(stage: Stage, part_unit: Ints, run_unit: Integers, layout: Layout, residual: Residual | None) -> Level:
    runs, boxes, stratum = layout.runs, layout.boxes, np.asarray(stage.stratum, np.int64)
    weight = runs.n * boxes.calibrated[runs.box]
    return _level(stage, part_unit, np.ones(len(stratum)), stratum, residual, (weight, run_unit, boxes.cell[runs.box]), rows=False)


def _of_rows(stage: Stage, layout: Layout, residual: Residual | None) -> Level:
    boxes, box = layout.boxes, np.arange(layout.boxes.size)
    return _level(stage, box, boxes.n, boxes.head, residual, (boxes.calibrated, box, boxes.cell), rows=True)


def _level(
    stage: Stage, element: Ints, n: Floats, stratum: Ints, residual: Residual | None, weights: tuple[Floats, Integers, Ints], *, rows: bool
) -> Level:
    """weights: calibrated weight, element and cell of whatever is summed to one unit of each element."""
    factors = stage.factors()
    inner, fit = factors.inner[stratum], None
    if residual is not None:
        unit = residual.columns_of(Matrix.of(*weights, (len(n), len(residual.column))))
        strata = Matrix.of(n, stratum, np.arange(len(n)), (len(stage.size), len(n))).times(unit)
        fit = _fit(residual, unit, strata, n * inner, factors.outer)
    return Level(rows, element, n, inner, stratum, factors.outer, fit)


def _fit(residual: Residual, unit: Matrix, strata: Matrix, inner: Floats, outer: Floats) -> Fit:
    if residual.inverse is None:
        return OneFit(unit, strata.turned(), unit.gram(inner) if _worth(unit) else None)
    square = unit.gram(inner).whole() - strata.gram(outer).whole()
    return ManyFit(residual.inverse, unit, strata @ residual.inverse, residual.inverse @ (square @ residual.inverse))


def _worth(unit: Matrix) -> bool:
    """Whether cross products of columns are few. Those of rows that are units always are: a row weighs in one column."""
    units, columns = unit.shape
    cells = min(unit.squares, columns**2)
    return unit.squares <= max(MOST_SQUARES, units) and cells <= CELLS * int(unit.given.sum())
