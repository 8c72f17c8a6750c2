"""Taylor variance of every measure in every domain, from sums: methodology §5.4-5.6, stage by stage.

z = α − φ: α the influence total of a unit, φ = W P A what the margins explain of it. ⟨x, y⟩ = Σ inner x y − Σ outer (Σx)(Σy),
the factors from analysis/design.py; V = ⟨α, α⟩ − 2⟨α, φ⟩ + ⟨φ, φ⟩. Outside the domain α = 0, but φ is not.
"""

import numpy as np

from analysis.any_table import one_margin
from analysis.any_table.cuts import Alpha, Columns, Cut, Cuts, summed, weighing
from analysis.any_table.groups import Grouping
from analysis.any_table.layout import Layout
from analysis.any_table.levels import ManyFit, OneFit
from analysis.any_table.matrices import adding
from analysis.any_table.one_margin import CANCELLED
from analysis.any_table.points import Points
from analysis.any_table.sums import Sums
from analysis.arrays import Floats, Ints


def taylor(sums: Sums, found: Points, layout: Layout, cuts: Cuts, grouping: Grouping) -> Floats:
    """V of every value: domains × measures; NaN where there is no value.

    Influence u = (y − value · x)/Σwx of a ratio, u = y of a total. Stages add up; the factors of a second stage hold the f
    of the first. Shares inside a quantile are ratios here.
    Source: Binder 1983; Deville and Särndal 1992; oracle: R survey::svytotal, svyratio, svymean on calibrated designs.
    """
    residuals = _residuals(sums.part_y, sums.part_x, layout.part_place, found, grouping)
    variance = np.zeros_like(found.value)
    for cut in cuts.stages:
        alpha = cut.join @ residuals
        of = Alpha(cut, alpha, cut.strips @ alpha, found.within if cut.level.rows else _squares(cut, alpha))
        plain = of.square - summed(cut.strip_start) @ (cut.level.outer[cut.stratum][:, None] * of.of_strip**2)
        if cuts.columns is None:
            variance += plain
        else:
            of_boxes = residuals if layout.sites is None else _residuals(sums.y, sums.x, layout.boxes.place, found, grouping)
            variance += _calibrated(of, cuts.columns, cuts.columns.table @ of_boxes, plain)
    return np.where(np.isnan(found.value), np.nan, np.maximum(variance, 0.0))


def _residuals(y: Floats, x: Floats, place: Ints, found: Points, grouping: Grouping) -> Floats:
    """(Σy − about Σx) / scale of parts in the domain of their place."""
    domain = grouping.domain[place]
    rest = found.about[domain]
    rest *= x
    np.subtract(y, rest, out=rest)
    rest /= found.scale[domain]
    return rest


def _squares(cut: Cut, alpha: Floats) -> Floats:
    return weighing(cut.start, cut.level.inner[cut.element]) @ (alpha * alpha)


def _calibrated(alpha: Alpha, columns: Columns, sums: Floats, plain: Floats) -> Floats:
    fit = alpha.cut.fit
    if isinstance(fit, OneFit):
        return one_margin.calibrated(alpha, fit, columns, sums, plain)
    return _of_many(alpha, fit, columns, sums, plain)


def _of_many(alpha: Alpha, fit: ManyFit, columns: Columns, sums: Floats, plain: Floats) -> Floats:
    """⟨α, α⟩ − 2⟨α, φ⟩ + ⟨φ, φ⟩: of each domain only its own units, strata and columns are touched. sums: A."""
    cut = alpha.cut
    outer, weighted = cut.level.outer, cut.crossed(alpha.pairs)
    variance = np.empty_like(plain)
    for domain in range(len(plain)):
        here = slice(columns.start[domain], columns.start[domain + 1])
        strips = slice(cut.strip_start[domain], cut.strip_start[domain + 1])
        column, strata, a = columns.column[here], cut.stratum[strips], sums[here]
        coefficients = fit.inverse[column[:, None], column] @ a
        of_strata = outer[strata][:, None] * alpha.of_strip[strips] * (fit.strata[strata[:, None], column] @ a)
        cross = (weighted[here] * coefficients).sum(axis=0) - of_strata.sum(axis=0)
        variance[domain] = plain[domain] - 2 * cross + (a * (fit.square[column[:, None], column] @ a)).sum(axis=0)
        if (variance[domain] < CANCELLED * plain[domain]).any():
            variance[domain] = _by_unit(alpha, fit, fit.inverse[:, column] @ a, domain)
    return variance


def _by_unit(alpha: Alpha, fit: ManyFit, coefficients: Floats, domain: int) -> Floats:
    """The same from z = α − φ of every unit of the sample."""
    cut, level = alpha.cut, alpha.cut.level
    fitted = fit.unit @ coefficients
    pairs = slice(cut.start[domain], cut.start[domain + 1])
    own, of_own, n = cut.element[pairs], alpha.pairs[pairs], level.n[:, None]
    total = -n * fitted
    total[own] += of_own
    if level.rows:
        square = level.inner @ (n * fitted**2) - 2 * (level.inner[own] @ (fitted[own] * of_own)) + alpha.square[domain]
    else:
        square = level.inner @ total**2
    found: Floats = square - level.outer @ (adding(level.stratum, len(level.outer)) @ total) ** 2
    return found
