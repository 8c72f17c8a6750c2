"""Taylor variance of every measure in every domain, from sums: methodology §5.4-5.6, stage by stage.

z = α − W B: α the influence total of a unit, W its calibrated weights by margin column, B the coefficients of the residual.
V = Σ inner z² − Σ outer (Σ z)²: factors from analysis/design.py. Units outside the domain have α = 0, but not z = 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.layout import Layout
from analysis.any_table.levels import Cut, Fit, Level, cut
from analysis.any_table.matrices import adding
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
    of the first. Source: Binder 1983; Deville and Särndal 1992; oracle: R survey::svytotal, svyratio, svymean on calibrated
    designs. Shares inside a quantile are ratios here.
    """
    spreads = [_spread(sums, found, layout, level, grouping) for level in levels]
    if residual is None:
        variance = sum((_plain(spread) for spread in spreads), np.zeros_like(found.value))
    else:
        variance = np.zeros_like(found.value)
        for domain, influence in enumerate(_by_cell(sums, found, layout, grouping)):
            coefficients = residual.coefficients(*influence)
            variance[domain] = sum(_calibrated(spread, domain, coefficients) for spread in spreads)
    return np.where(np.isnan(found.value), np.nan, np.maximum(variance, 0.0))


@dataclass(frozen=True, slots=True)
class _Spread:
    """α of each pair of domain and element and Σ α² over its units, a column a measure; α of each strip."""

    level: Level
    cut: Cut
    alpha: Floats
    square: Floats
    of_strip: Floats


def _spread(sums: Sums, found: Points, layout: Layout, level: Level, grouping: Grouping) -> _Spread:
    place = layout.part_place
    domain = grouping.domain[place]
    here = cut(level, grouping, layout)
    scale, shift = found.scale[domain], found.about[domain] - sums.middle[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = here.join @ ((sums.part_e - shift * sums.part_x) / scale)
        if level.rows:
            weight = layout.boxes.final[:, None] / scale
            square = here.join @ (weight * weight * (sums.ee - 2 * shift * sums.ex + shift * shift * sums.xx))
        else:
            square = alpha * alpha
    return _Spread(level, here, alpha, square, here.strips @ alpha)


def _plain(of: _Spread) -> Floats:
    """Every domain at once: Σ inner α² − Σ outer (Σ α)², units and strata of the domain only: elsewhere α = 0."""
    cut, level = of.cut, of.level
    inner = level.inner[cut.element][:, None] * of.square
    outer = level.outer[cut.stratum][:, None] * of.of_strip**2
    found: Floats = _summed(inner, cut.start) - _summed(outer, cut.strip_start)
    return found


def _summed(values: Floats, start: Ints) -> Floats:
    """Σ of the rows start[d] : start[d + 1] for each d."""
    return adding(np.repeat(np.arange(len(start) - 1), np.diff(start)), len(start) - 1) @ values


def _by_cell(sums: Sums, found: Points, layout: Layout, grouping: Grouping) -> Iterator[tuple[Ints, Floats]]:
    """For each domain the cells of its boxes and Σ d u in each box, × what trimming left of the weights."""
    boxes = layout.boxes
    domain, base = grouping.domain[boxes.place], boxes.d * boxes.left
    order = np.argsort(domain, kind="stable")
    start = np.searchsorted(domain[order], np.arange(grouping.size + 1))
    for number in range(grouping.size):
        own = order[start[number] : start[number + 1]]
        shift = found.about[number] - sums.middle[boxes.place[own]]
        with np.errstate(divide="ignore", invalid="ignore"):
            yield boxes.cell[own], base[own, None] * (sums.e[own] - shift * sums.x[own]) / found.scale[number]


def _calibrated(of: _Spread, domain: int, coefficients: Floats) -> Floats:
    """Σ inner (α − φ)² over the domain's units + Σ inner φ² over all others − Σ outer (Σ z)², φ = W B what the margins explain.

    Written from sums, the second term is B'(Σ inner W W')B less the domain's own part, so units elsewhere are not touched.
    """
    cut, level = of.cut, of.level
    own = slice(int(cut.start[domain]), int(cut.start[domain + 1]))
    strips = slice(int(cut.strip_start[domain]), int(cut.strip_start[domain + 1]))
    if level.fit is None:
        raise ValueError("a calibrated variance of a level without its fit")
    inner, n = level.inner[cut.element[own]], level.n[cut.element[own]]
    explained = level.fit.unit.rows(cut.element[own]) @ coefficients
    rest = of.square[own] - 2 * explained * of.alpha[own] + n[:, None] * explained**2 if level.rows else (of.alpha[own] - explained) ** 2
    elsewhere = (coefficients * (level.fit.square @ coefficients)).sum(axis=0) - (n * inner) @ explained**2
    residuals = -(level.fit.stratum @ coefficients)
    residuals[cut.stratum[strips]] += of.of_strip[strips]
    within = inner @ rest
    if (within + elsewhere < CANCELLED * (inner @ of.square[own])).any():
        elsewhere = _elsewhere(level, level.fit, cut.element[own], coefficients)
    found: Floats = within + elsewhere - level.outer @ residuals**2
    return found


def _elsewhere(level: Level, fit: Fit, own: Ints, coefficients: Floats) -> Floats:
    """Σ inner φ² over all units but the domain's own, one by one."""
    weight = level.inner * level.n
    weight[own] = 0.0
    found: Floats = weight @ (fit.unit @ coefficients) ** 2
    return found
