"""Taylor variance where weights are calibrated to one margin: post-strata, perhaps as many as there are rows or domains.

Columns never meet in the residual, so only pairs of domain and column that exist are touched. Several margins: variance.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.any_table.cuts import Alpha, Columns, found_in, summed
from analysis.any_table.keys import places_of
from analysis.any_table.levels import OneFit
from analysis.any_table.matrices import Matrix
from analysis.arrays import Floats, Ints

MOST_NUMBERS = 1 << 24
"""Numbers in the tables of domains that are reckoned together; a domain alone may take more."""

CANCELLED = 1e-8
"""A variance this small beside that without calibration has lost half its digits: it is summed unit by unit instead."""


def calibrated(alpha: Alpha, fit: OneFit, columns: Columns, sums: Floats, plain: Floats) -> Floats:
    """V = Σ inner (α² − 2αφ + φ²) − Σ outer (Σα − Σφ)², φ = W A: domains × measures. sums: A; plain: V of α alone."""
    found, doubtful, measures = np.empty_like(plain), np.arange(len(plain)), plain.shape[1]
    if fit.square is not None:
        found = alpha.square - 2 * (summed(columns.start) @ (alpha.cut.crossed(alpha.pairs) * sums))
        for some in _together(doubtful, columns, measures * (fit.strata.given + fit.square.given)):
            part = _Part.of_domains(some, columns, sums)
            found[some] += part.form(fit.square) - part.outer(alpha, fit)
        rows = alpha.cut.level.rows  # of which the square is a sum of the same terms
        doubtful = doubtful[:0] if rows else np.flatnonzero((found < CANCELLED * plain).any(axis=1))
    if len(doubtful):
        units = fit.unit.turned()
        for some in _together(doubtful, columns, measures * (fit.strata.given + units.given)):
            part = _Part.of_domains(some, columns, sums)
            found[some] = part.by_unit(alpha, units) - part.outer(alpha, fit)
    return found


def _together(domains: Ints, columns: Columns, numbers: Ints) -> Iterator[Ints]:
    """Domains whose tables are small enough together. numbers: what a pair of domain and column takes, by column."""
    upto = np.append(0, np.cumsum(numbers[columns.column]))[columns.start]
    size = np.cumsum((upto[1:] - upto[:-1])[domains])
    first = 0
    while first < len(domains):
        before = size[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(size, before + MOST_NUMBERS, side="right")))
        yield domains[first:last]
        first = last


def _pairs_of(domains: Ints, start: Ints) -> tuple[Ints, Ints]:
    """What lies at start[d] : start[d + 1] for each of the domains, and which of them (0, 1, 2 …) it is of."""
    width = start[domains + 1] - start[domains]
    of = np.repeat(np.arange(len(domains)), width)
    return np.arange(len(of)) + (start[domains] - np.cumsum(width) + width)[of], of


@dataclass(frozen=True, slots=True)
class _Part:
    """Some domains: their pairs of domain (`of`: 0, 1, 2 …) and column, with A (a column a measure)."""

    domains: Ints
    of: Ints
    column: Ints
    sums: Floats

    @classmethod
    def of_domains(cls, domains: Ints, columns: Columns, sums: Floats) -> "_Part":
        pairs, of = _pairs_of(domains, columns.start)
        return cls(domains, of, columns.column[pairs], sums[pairs])

    def form(self, square: Matrix) -> Floats:
        """Σ inner φ² from the cross products of columns."""
        width = square.shape[1]
        pair, column, value = square.rows(self.column).entries()
        other, there = found_in(self.of * width + self.column, self.of[pair] * width + column)
        met = Matrix.of(value[there], pair[there], other[there], (len(self.of), len(self.of)))
        return self._added(self.of, self.sums * (met @ self.sums))

    def by_unit(self, alpha: Alpha, units: Matrix) -> Floats:
        """Σ inner (α − φ)² over the units; units: columns × units."""
        cut = alpha.cut
        of, unit, left = self._left(units, cut.start, cut.element, alpha.pairs)
        return self._added(of, cut.level.inner[unit][:, None] * left**2)

    def outer(self, alpha: Alpha, fit: OneFit) -> Floats:
        """Σ outer (Σα − Σφ)² over the strata."""
        cut = alpha.cut
        of, stratum, left = self._left(fit.strata, cut.strip_start, cut.stratum, alpha.of_strip)
        return self._added(of, cut.level.outer[stratum][:, None] * left**2)

    def _left(self, weights: Matrix, start: Ints, thing: Ints, of_alpha: Floats) -> tuple[Ints, Ints, Floats]:
        """α − φ of every pair of domain and thing (a unit or stratum) that a column of the domain weighs in: the domain, the thing, a
        column a measure. weights: columns × things; start, thing, of_alpha: where α is not zero."""
        size = weights.shape[1]
        pair, where, value = weights.rows(self.column).entries()
        slot = self.of[pair] * size + where
        keys = np.unique(slot)
        left = -(Matrix.of(value, places_of(slot, keys), pair, (len(keys), len(self.of))) @ self.sums)
        inside, of = _pairs_of(self.domains, start)
        left[places_of(of * size + thing[inside], keys)] += of_alpha[inside]
        return *np.divmod(keys, size), left

    def _added(self, of: Ints, values: Floats) -> Floats:
        """Rows in the order of domains, added by domain."""
        return summed(np.searchsorted(of, np.arange(len(self.domains) + 1))) @ values
