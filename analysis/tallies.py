"""Tallies: the sums under design weights that every estimate and variance is computed from. Sums only; parts add: merge().

How rows become sums is in counting.py, who gets which of them in credit.py, what follows from them in estimation.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analysis.answer_sums import AnswerSums, Asked
from analysis.bases import Basis, Kind
from analysis.cells import CellCounts, Factors, joined
from analysis.domains import Domain, Places
from analysis.sparse import Sparse, adding, stacked
from analysis.survey_data import UNKNOWN, Bools, Column, Floats, Ints
from questionnaires.trees import Measure, Term

AT_ONCE = 1_000
"""Rows that are added together: as many as stay close to the processor."""


@dataclass(frozen=True, slots=True)
class PsuSums:
    """One row a (PSU, place, cell) with answers, sorted so: n answers, Σ d, and Σ d t, rows × 2 terms.

    t = (y of every term, x of every term). Before calibration, and nobody's share taken.
    """

    psu: Ints
    place: Ints
    cell: Ints
    n: Floats
    design_weight: Floats
    totals: Floats


@dataclass(frozen=True, slots=True)
class PlaceSums:
    """One row a (place, cell) with answers, sorted so.

    n, design_weight, squared: rows × measures × sides: people with a valid answer behind the measure, their Σ d, their Σ d².
    Sides: to any of its questions, to one that rates the reception, to one that rates the decider. answers: rows × measures
    × 2, valid answers to questions of either kind. products: Σ d t t', rows × pairs of 2 terms: `upper`; most questions are for one
    kind of matter, so most pairs are never answered.
    """

    place: Ints
    cell: Ints
    n: Floats
    design_weight: Floats
    squared: Floats
    answers: Floats
    products: Sparse


def upper(terms: int) -> tuple[Ints, Ints]:
    """The pairs of t = (y of every term, x of every term), each once: rows and columns of the upper triangle of t t'."""
    rows, columns = np.triu_indices(2 * terms)
    return rows, columns


@dataclass(frozen=True, slots=True)
class Tallies:
    """`parts`: measure × term, which terms a measure adds up. `psus`: stratum and label of every PSU, sorted.

    `factor`: g of every cell of the factors, thin ones too; `group`: the calibration cell that each belongs to. With design weights of
    1, and values of answers that are whole multiples of a power of two (shares, five levels, a module shown to one in m), every
    sum is exact: the same bits whatever the order of answers and parts (methodology §5.8).
    """

    measures: tuple[str, ...]
    terms: tuple[Term, ...]
    parts: Bools
    domains: tuple[Domain, ...]
    places: Places
    psus: tuple[Column, Column]
    calibrated: bool
    factor: Floats
    group: Ints
    by_psu: PsuSums
    by_place: PlaceSums

    def merge(self, *others: "Tallies") -> "Tallies":
        """The sums of all sets of answers together; all were made with the same factors, measures and domains."""
        for other in others:
            same = (self.measures, self.terms, self.domains) == (other.measures, other.terms, other.domains)
            if not same or not np.array_equal(self.factor, other.factor):
                raise ValueError("tallies of different measures, domains or factors do not add")
        parts = (self, *others)
        (stratum, label), psu = joined([part.psus for part in parts])
        (reception, point, decider), place = joined([part.places.columns() for part in parts])
        return replace(
            self,
            places=Places(reception, point, decider),
            psus=(stratum, label),
            by_psu=_added_by_psu([part.by_psu for part in parts], psu, place),
            by_place=_added_by_place([part.by_place for part in parts], place),
        )

    def under(self, own: Factors, others: Factors) -> "Tallies":
        """The same sums under the factors of a part of the answers, or of a whole, that has all cells with answers of these.

        own: the factors that these sums were made with. Cells lie in the same order under both.
        """
        cell = np.array([others.cells.get(name, UNKNOWN) for name in own.cells], np.int64)
        return replace(
            self,
            calibrated=others.calibrated,
            factor=others.g,
            group=others.group,
            by_psu=replace(self.by_psu, cell=cell[self.by_psu.cell]),
            by_place=replace(self.by_place, cell=cell[self.by_place.cell]),
        )

    def only(self, measures: Sequence[str]) -> "Tallies":
        """The sums of some measures alone, in the order of all."""
        of_measures = [at for at, name in enumerate(self.measures) if name in measures]
        of_terms = np.flatnonzero(self.parts[of_measures].any(axis=0))
        both, where = np.concatenate([of_terms, len(self.terms) + of_terms]), np.zeros((2 * len(self.terms),) * 2, np.int64)
        where[upper(len(self.terms))] = np.arange(self.by_place.products.shape[1])
        first, second = upper(len(of_terms))
        sums = self.by_place
        return replace(
            self,
            measures=tuple(self.measures[at] for at in of_measures),
            terms=tuple(self.terms[at] for at in of_terms.tolist()),
            parts=self.parts[of_measures][:, of_terms],
            by_psu=replace(self.by_psu, totals=self.by_psu.totals[:, both]),
            by_place=replace(
                sums,
                n=sums.n[:, of_measures],
                design_weight=sums.design_weight[:, of_measures],
                squared=sums.squared[:, of_measures],
                answers=sums.answers[:, of_measures],
                products=sums.products[:, where[both[first], both[second]]],
            ),
        )


class Source(Protocol):
    """Where build() gets its sums: answers in memory, or an engine that counts elsewhere. One population a source.

    apart(): disjoint sets of answers, those of one kind together; every answer is in one of them. grown(): units of which answers of
    the basis came in since the release before (bases.grown).
    """

    def apart(self) -> "Mapping[Kind, Source]": ...

    def grown(self, basis: Basis) -> frozenset[str]: ...

    def counts(self) -> CellCounts: ...

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies: ...

    def beside(self, factors: Factors, asked: Asked) -> AnswerSums: ...


def grouped(*keys: Ints) -> tuple[tuple[Ints, ...], Ints]:
    """The distinct combinations of several codes ≥ 0, sorted, and for every row which one it is."""
    sizes = [int(key.max()) + 1 if len(key) else 1 for key in keys]
    mixed = np.zeros(len(keys[0]), np.int64)
    for key, size in zip(keys, sizes, strict=True):
        mixed = mixed * size + key
    found, inverse = np.unique(mixed, return_inverse=True)
    codes: list[Ints] = []
    for size in reversed(sizes):
        found, code = np.divmod(found, size)
        codes.append(code)
    return tuple(reversed(codes)), inverse


def _added_by_psu(parts: Sequence[PsuSums], psus: Sequence[Ints], places: Sequence[Ints]) -> PsuSums:
    """psus, places: of each part, where its own lie among those of all."""
    every = _Together.of([(psu[part.psu], place[part.place], part.cell) for part, psu, place in zip(parts, psus, places, strict=True)])
    psu, place, cell = every.keys
    return PsuSums(
        psu,
        place,
        cell,
        every.added([part.n for part in parts]),
        every.added([part.design_weight for part in parts]),
        every.added([part.totals for part in parts]),
    )


def _added_by_place(parts: Sequence[PlaceSums], places: Sequence[Ints]) -> PlaceSums:
    every = _Together.of([(place[part.place], part.cell) for part, place in zip(parts, places, strict=True)])
    place, cell = every.keys
    return PlaceSums(
        place,
        cell,
        every.added([part.n for part in parts]),
        every.added([part.design_weight for part in parts]),
        every.added([part.squared for part in parts]),
        every.added([part.answers for part in parts]),
        every.added_sparse([part.products for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class _Together:
    """The rows of tables that have no row twice, under common keys: `keys`; and where the rows of each lie among these."""

    keys: tuple[Ints, ...]
    rows: Sequence[Ints]

    @classmethod
    def of(cls, parts: Sequence[Sequence[Ints]]) -> "_Together":
        """parts: the keys of every table."""
        keys, row = grouped(*(np.concatenate(key) for key in zip(*parts, strict=True)))
        return cls(keys, np.split(row, np.cumsum([len(part[0]) for part in parts])[:-1]))

    def added(self, tables: Sequence[Floats]) -> Floats:
        total = np.zeros((len(self.keys[0]), *tables[0].shape[1:]))
        total[self.rows[0]] = tables[0]
        for rows, table in zip(self.rows[1:], tables[1:], strict=True):
            for first in range(0, len(rows), AT_ONCE):
                some = slice(first, first + AT_ONCE)
                total[rows[some]] += table[some]
        return total

    def added_sparse(self, tables: Sequence[Sparse]) -> Sparse:
        row = np.concatenate(self.rows)
        found: Sparse = adding(row, np.arange(len(row)), np.ones(len(row)), len(self.keys[0]), len(row)) @ stacked(tables)
        return found
