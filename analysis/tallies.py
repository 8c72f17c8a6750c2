"""Tallies: the sums under design weights that every estimate and variance is computed from. Sums only; parts add: merge().

How rows become sums is in counting.py, who gets which of them in credit.py, what follows from them in estimation.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analysis.answer_sums import AnswerSums, Asked
from analysis.bases import Basis
from analysis.cells import CellCounts, Factors, appended, distinct
from analysis.domains import Domain, Places
from analysis.survey_data import Bools, Column, Floats, Ints
from questionnaires.trees import Measure, Term


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
    × 2, valid answers to questions of either kind. products: rows × 2 terms × 2 terms, Σ d t t'.
    """

    place: Ints
    cell: Ints
    n: Floats
    design_weight: Floats
    squared: Floats
    answers: Floats
    products: Floats


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

    def merge(self, other: "Tallies") -> "Tallies":
        """The sums of both sets of answers together; both were made with the same factors, measures and domains."""
        same = (self.measures, self.terms, self.domains) == (other.measures, other.terms, other.domains)
        if not same or not np.array_equal(self.factor, other.factor):
            raise ValueError("tallies of different measures, domains or factors do not add")
        (stratum, psu), my_psu, their_psu = _joined(self.psus, other.psus)
        (reception, point, decider), my_place, their_place = _joined(self.places.columns(), other.places.columns())
        return replace(
            self,
            places=Places(reception, point, decider),
            psus=(stratum, psu),
            by_psu=_added_by_psu(_moved(self.by_psu, my_psu, my_place), _moved(other.by_psu, their_psu, their_place)),
            by_place=_added_by_place(self.by_place, other.by_place, my_place, their_place),
        )


class Source(Protocol):
    """Where build() gets its sums: answers in memory, or an engine that counts elsewhere. One population a source."""

    def part(self, basis: Basis) -> "Source": ...

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


def _joined(one: Sequence[Column], other: Sequence[Column]) -> tuple[tuple[Column, ...], Ints, Ints]:
    """The distinct rows of both, sorted by their labels, and where the rows of each lie among them."""
    columns, place = distinct([appended(mine, theirs) for mine, theirs in zip(one, other, strict=True)])
    return columns, place[: len(one[0].codes)], place[len(one[0].codes) :]


def _moved(sums: PsuSums, psu: Ints, place: Ints) -> PsuSums:
    return replace(sums, psu=psu[sums.psu], place=place[sums.place])


def _added_by_psu(one: PsuSums, other: PsuSums) -> PsuSums:
    (psu, place, cell), add = _rows((one.psu, one.place, one.cell), (other.psu, other.place, other.cell))
    return PsuSums(
        psu,
        place,
        cell,
        add(one.n, other.n),
        add(one.design_weight, other.design_weight),
        add(one.totals, other.totals),
    )


def _added_by_place(one: PlaceSums, other: PlaceSums, mine: Ints, theirs: Ints) -> PlaceSums:
    (place, cell), add = _rows((mine[one.place], one.cell), (theirs[other.place], other.cell))
    return PlaceSums(
        place,
        cell,
        add(one.n, other.n),
        add(one.design_weight, other.design_weight),
        add(one.squared, other.squared),
        add(one.answers, other.answers),
        add(one.products, other.products),
    )


def _rows(one: Sequence[Ints], other: Sequence[Ints]) -> tuple[tuple[Ints, ...], Callable[[Floats, Floats], Floats]]:
    """The rows of two tables, which have no row twice, under common keys; and how a column of one is added to the other's."""
    keys, row = grouped(*(np.concatenate(pair) for pair in zip(one, other, strict=True)))
    mine, theirs = row[: len(one[0])], row[len(one[0]) :]

    def add(ours: Floats, others: Floats) -> Floats:
        total = np.zeros((len(keys[0]), *ours.shape[1:]))
        total[mine] += ours
        total[theirs] += others
        return total

    return keys, add
