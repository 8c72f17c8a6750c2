"""Tallies: the sums under given weights that every estimate and variance is computed from. Sums only; parts add: merge().

How rows become sums is in counting.py, what counts for whom in domains.py, what follows from the sums in estimation.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.cells import CellCounts, Factors
from analysis.domains import Domain
from analysis.survey_data import Bools, Floats, Ints
from questionnaires.trees import Measure, Term


@dataclass(frozen=True, slots=True)
class PsuTotals:
    """One row a (domain, PSU) with an answer of the domain: n answers; y, x = Σ w m y, Σ w m x, a column a term."""

    domain: Ints
    psu: Ints
    n: Floats
    y: Floats
    x: Floats


@dataclass(frozen=True, slots=True)
class PsuMargins:
    """W: one row a (PSU, calibration cell), Σ g d. Belongs to the PSU, not to a domain. Empty without calibration."""

    psu: Ints
    cell: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class CellTotals:
    """One row a (domain, calibration cell): Σ d m y, Σ d m x before calibration; `design_weight`: Σ d of every cell."""

    domain: Ints
    cell: Ints
    y: Floats
    x: Floats
    design_weight: Floats


@dataclass(frozen=True, slots=True)
class Moments:
    """Domain × measure: respondents with a valid answer, valid answers, Σw and Σw² of those respondents.

    `products`: domain × 2 terms × 2 terms, Σ w t t' with t = (y of every term, x of every term).
    """

    n: Floats
    answers: Floats
    w: Floats
    w2: Floats
    products: Floats


@dataclass(frozen=True, slots=True)
class Tallies:
    """`parts`: measure × term, which terms a measure adds up. `stratum`: of every PSU; PSUs lie sorted by stratum.

    `received`, `decided`: domain × unit, the domain's answers by receiving and by deciding unit, answered the item or not.
    """

    measures: tuple[str, ...]
    terms: tuple[Term, ...]
    parts: Bools
    domains: tuple[str, ...]
    units: tuple[str, ...]
    psus: tuple[str, ...]
    strata: tuple[str, ...]
    stratum: Ints
    rows: PsuTotals
    margins: PsuMargins
    cells: CellTotals
    moments: Moments
    received: Floats
    decided: Floats

    def merge(self, other: "Tallies") -> "Tallies":
        """The sums of both sets of answers together; both were made with the same factors, measures and domains."""
        if (self.measures, self.terms, self.domains) != (other.measures, other.terms, other.domains):
            raise ValueError("tallies of different measures or domains do not add")
        psus, strata, stratum, mine, theirs = _joined_psus(self, other)
        units = tuple(sorted({*self.units, *other.units}))
        return Tallies(
            self.measures,
            self.terms,
            self.parts,
            self.domains,
            units,
            psus,
            strata,
            stratum,
            _add_rows(self.rows, other.rows, mine, theirs),
            _add_margins(self.margins, other.margins, mine, theirs),
            _add_cells(self.cells, other.cells),
            Moments(*(getattr(self.moments, name) + getattr(other.moments, name) for name in Moments.__slots__)),
            _widened(self.received, self.units, units) + _widened(other.received, other.units, units),
            _widened(self.decided, self.units, units) + _widened(other.decided, other.units, units),
        )


class Source(Protocol):
    """Where build() gets its sums: answers in memory, or an engine that counts elsewhere. One population a source."""

    def counts(self) -> CellCounts: ...

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies: ...


def sums_by(first: Ints, second: Ints, values: Floats) -> tuple[Ints, Ints, Floats]:
    """Σ of the rows of `values` (rows × columns) with the same (first, second), sorted by them."""
    width = int(second.max()) + 1 if len(second) else 1
    key = first * width + second
    order = np.argsort(key, kind="stable")
    key = key[order]
    start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    totals: Floats = np.add.reduceat(values[order], start, axis=0) if len(key) else values
    return key[start] // width, key[start] % width, totals


def _joined_psus(one: Tallies, other: Tallies) -> tuple[tuple[str, ...], tuple[str, ...], Ints, Ints, Ints]:
    """PSUs of both, sorted by (stratum, PSU), and where the PSUs of each lie among them."""
    pairs = [[(t.strata[s], psu) for s, psu in zip(t.stratum, t.psus, strict=True)] for t in (one, other)]
    joined = sorted({*pairs[0], *pairs[1]})
    place = {pair: number for number, pair in enumerate(joined)}
    strata = tuple(sorted({stratum for stratum, _ in joined}))
    number_of = {label: number for number, label in enumerate(strata)}
    stratum = np.array([number_of[label] for label, _ in joined], np.int64)
    mine, theirs = (np.array([place[pair] for pair in part], np.int64) for part in pairs)
    return tuple(psu for _, psu in joined), strata, stratum, mine, theirs


def _add_rows(one: PsuTotals, other: PsuTotals, mine: Ints, theirs: Ints) -> PsuTotals:
    width = one.y.shape[1]
    values = np.concatenate([np.column_stack([rows.n, rows.y, rows.x]) for rows in (one, other)])
    domain, psu, totals = sums_by(
        np.concatenate([one.domain, other.domain]), np.concatenate([mine[one.psu], theirs[other.psu]]), values
    )
    return PsuTotals(domain, psu, totals[:, 0], totals[:, 1 : width + 1], totals[:, width + 1 :])


def _add_margins(one: PsuMargins, other: PsuMargins, mine: Ints, theirs: Ints) -> PsuMargins:
    weight = np.concatenate([one.weight, other.weight])[:, None]
    psu, cell, totals = sums_by(
        np.concatenate([mine[one.psu], theirs[other.psu]]), np.concatenate([one.cell, other.cell]), weight
    )
    return PsuMargins(psu, cell, totals[:, 0])


def _add_cells(one: CellTotals, other: CellTotals) -> CellTotals:
    width = one.y.shape[1]
    values = np.concatenate([np.column_stack([cells.y, cells.x]) for cells in (one, other)])
    domain, cell, totals = sums_by(
        np.concatenate([one.domain, other.domain]), np.concatenate([one.cell, other.cell]), values
    )
    return CellTotals(domain, cell, totals[:, :width], totals[:, width:], one.design_weight + other.design_weight)


def _widened(table: Floats, labels: Sequence[str], to: Sequence[str]) -> Floats:
    wide = np.zeros((table.shape[0], len(to)))
    wide[:, [to.index(label) for label in labels]] = table
    return wide
