"""Taylor variance of every measure in every domain, from sums: methodology §5.4-5.6, stage by stage.

z = α − φ: α the influence total of a unit, φ = W P A what the margins explain of it. ⟨x, y⟩ = Σ inner x y − Σ outer (Σx)(Σy),
the factors from analysis/design.py; V = ⟨α, α⟩ − 2⟨α, φ⟩ + ⟨φ, φ⟩. Outside the domain α = 0, but φ is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.layout import Layout
from analysis.any_table.levels import Cut, Fit, Level, cut
from analysis.any_table.matrices import Matrix, adding, part
from analysis.any_table.points import Points
from analysis.any_table.residual import Residual
from analysis.any_table.sums import Sums
from analysis.survey_data import Floats, Ints

CANCELLED = 1e-8
"""A variance this small beside that without calibration has lost half its digits: it is summed unit by unit instead."""


def taylor(
    sums: Sums, found: Points, layout: Layout, levels: Sequence[Level], residual: Residual | None, grouping: Grouping
) -> Floats:
    """V of every value: domains × measures; NaN where there is no value.

    Influence u = (y − value · x)/Σwx of a ratio, u = y of a total. Stages add up; the factors of a second stage hold the f
    of the first. Shares inside a quantile are ratios here.
    Source: Binder 1983; Deville and Särndal 1992; oracle: R survey::svytotal, svyratio, svymean on calibrated designs.
    """
    residuals = _residuals(sums.part_y, sums.part_x, layout.part_place, found, grouping)
    of_boxes = _residuals(sums.y, sums.x, layout.boxes.place, found, grouping) if layout.sites and residual else residuals
    spreads = [_spread(residuals, found, level, cut(level, grouping, layout)) for level in levels]
    variance = np.zeros_like(found.value)
    explained = _explained(of_boxes, layout, residual, spreads[0], grouping) if residual else None
    for spread in spreads:
        plain = spread.square - _summed(spread.cut.strip_start) @ (spread.level.outer[spread.cut.stratum][:, None] * spread.of_strip**2)
        variance += plain if explained is None else _calibrated(spread, explained, plain)
    return np.where(np.isnan(found.value), np.nan, np.maximum(variance, 0.0))


def _residuals(y: Floats, x: Floats, place: Ints, found: Points, grouping: Grouping) -> Floats:
    """(Σy − about Σx) / scale of parts in the domain of their place."""
    domain = grouping.domain[place]
    rest = found.about[domain] * x
    np.subtract(y, rest, out=rest)
    rest /= found.scale[domain]
    return rest


@dataclass(frozen=True, slots=True)
class _Spread:
    """A column a measure: α of each pair of domain and element, α of each strip, Σ inner α² over the units of each domain."""

    level: Level
    cut: Cut
    alpha: Floats
    of_strip: Floats
    square: Floats


def _spread(residuals: Floats, found: Points, level: Level, cut: Cut) -> _Spread:
    alpha = cut.join @ residuals
    square = found.within if level.rows else _summed(cut.start) @ (level.inner[cut.element][:, None] * alpha * alpha)
    return _Spread(level, cut, alpha, cut.strips @ alpha, square)


def _summed(start: Ints) -> Matrix:
    """Adds the rows start[d] : start[d + 1] for each d."""
    return adding(np.repeat(np.arange(len(start) - 1), np.diff(start)), len(start) - 1)


@dataclass(frozen=True, slots=True)
class _Explained:
    """A = Σ d a u of every domain, in its margin columns where its PSUs have weight; zero in all others.

    Those of domain d: start[d] : start[d + 1] of `column` and `sums` (× measures). keys: domain and column as one number, sorted.
    """

    residual: Residual
    keys: Ints
    column: Ints
    start: Ints
    sums: Floats


def _explained(residuals: Floats, layout: Layout, residual: Residual, first: _Spread, grouping: Grouping) -> _Explained:
    """residuals: Σ (y − about x) / scale of each box."""
    fit, boxes = _fit_of(first.level), layout.boxes
    pair, column, _ = fit.unit.rows(first.cut.element).entries()
    keys = np.unique(_domains(first.cut)[pair] * residual.width + column)
    of, column = np.divmod(keys, residual.width)
    domain = grouping.domain[boxes.place]
    own = residual.column[boxes.cell]
    box, margin = np.nonzero((own >= 0) & (domain >= 0)[:, None])
    slot = np.searchsorted(keys, domain[box] * residual.width + own[box, margin])
    table = Matrix.of((boxes.d * boxes.left)[box], slot, box, (len(keys), boxes.size)) @ residuals
    return _Explained(residual, keys, column, np.searchsorted(of, np.arange(grouping.size + 1)), table)


def _calibrated(of: _Spread, explained: _Explained, plain: Floats) -> Floats:
    """⟨α, α⟩ − 2⟨α, φ⟩ + ⟨φ, φ⟩: of each domain only its own units, strata and columns are touched."""
    cut, level, fit = of.cut, of.level, _fit_of(of.level)
    pair, column, weight = fit.unit.rows(cut.element).entries()
    slot = np.searchsorted(explained.keys, _domains(cut)[pair] * explained.residual.width + column)
    table = Matrix.of(level.inner[cut.element[pair]] * weight, slot, pair, (len(explained.keys), len(cut.element)))
    weighted = table @ of.alpha
    variance = np.empty_like(plain)
    for domain in range(len(plain)):
        here = slice(explained.start[domain], explained.start[domain + 1])
        strips = slice(cut.strip_start[domain], cut.strip_start[domain + 1])
        columns, strata, sums = explained.column[here], cut.stratum[strips], explained.sums[here]
        coefficients = sums if explained.residual.inverse is None else part(explained.residual.inverse, columns, columns) @ sums
        of_strata = level.outer[strata][:, None] * of.of_strip[strips] * (part(fit.strata, strata, columns) @ sums)
        cross = (weighted[here] * coefficients).sum(axis=0) - of_strata.sum(axis=0)
        if fit.square is not None:
            variance[domain] = plain[domain] - 2 * cross + (sums * (part(fit.square, columns, columns) @ sums)).sum(axis=0)
        if fit.square is None or (variance[domain] < CANCELLED * plain[domain]).any():
            variance[domain] = _by_unit(of, explained, domain)
    return variance


def _by_unit(of: _Spread, explained: _Explained, domain: int) -> Floats:
    """The same from z = α − φ of every unit of the sample."""
    cut, level, fit = of.cut, of.level, _fit_of(of.level)
    here = slice(explained.start[domain], explained.start[domain + 1])
    columns, sums = explained.column[here], explained.sums[here]
    coefficients = np.zeros((explained.residual.width, sums.shape[1]))
    if explained.residual.inverse is None:
        coefficients[columns] = sums
    else:
        coefficients = explained.residual.inverse[:, columns] @ sums
    fitted = fit.unit @ coefficients
    pairs = slice(cut.start[domain], cut.start[domain + 1])
    own, alpha, n = cut.element[pairs], of.alpha[pairs], level.n[:, None]
    square = level.inner @ (n * fitted**2) - 2 * (level.inner[own] @ (fitted[own] * alpha)) + of.square[domain]
    total = -n * fitted
    total[own] += alpha
    if not level.rows:
        square = level.inner @ total**2
    found: Floats = square - level.outer @ (adding(level.stratum, len(level.outer)) @ total) ** 2
    return found


def _domains(cut: Cut) -> Ints:
    """The domain of each pair."""
    return np.repeat(np.arange(len(cut.start) - 1), np.diff(cut.start))


def _fit_of(level: Level) -> Fit:
    if level.fit is None:
        raise ValueError("a level made without a residual")
    return level.fit
