"""Answers in memory turned into sums: tally(), and the Source that build() reads. The only pass over rows after weighting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis import bases
from analysis.answer_sums import AnswerSums, Asked, answer_sums
from analysis.bases import Basis
from analysis.cells import CELL, CellCounts, Factors, counts, distinct, totals
from analysis.domains import Domain, Places
from analysis.survey_data import Bools, Coded, Columns, Floats, Ints, SurveyData, coded, populations
from analysis.tallies import PlaceSums, PsuSums, Source, Tallies, grouped
from analysis.terms import values
from questionnaires.instrument import Instrument
from questionnaires.trees import Measure, Term


@dataclass(frozen=True, slots=True)
class InMemory:
    """The first Source: the answers themselves."""

    data: SurveyData

    def counts(self) -> CellCounts:
        return counts(self.data)

    def part(self, basis: Basis) -> "InMemory":
        return self if basis == "all" else InMemory(bases.only(self.data, bases.of_basis(self.data, basis)))

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
        return tally(self.data, factors, measures, domains)


    def beside(self, factors: Factors, asked: Asked) -> AnswerSums:
        return answer_sums(self.data, weights(self.data, factors), asked)


def weights(data: SurveyData, factors: Factors) -> Floats:
    """w = d · g of every answer."""
    found: Floats = data.design_weight * factors.g[_cells(data, factors)]
    return found


def sources(instrument: Instrument, columns: Columns | Coded) -> dict[str, Source]:
    """Every population of the instrument as a source of sums."""
    known = columns if isinstance(columns, Coded) else coded(instrument, columns)
    return {name: InMemory(SurveyData.of(instrument, known, name)) for name in populations(instrument)}


def tally(data: SurveyData, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
    """Sums per (PSU, place, cell) and per (place, cell), under design weights (methodology §5.5, §5.7).

    data: one population; factors: from the counts of these answers, or of a whole that they are a part of;
    measures: what is summed, each a set of terms; domains: for whom it will be.
    """
    terms, parts = _terms(measures)
    t, answered = _values(data, terms)
    (reception, point, decider), place = distinct([data.keys[key] for key in ("reception", "point", "decider")])
    (stratum, label), psu = distinct([data.keys["stratum"], data.keys["psu"]])
    cell = _cells(data, factors)
    return Tallies(
        measures=tuple(measure.id for measure in measures),
        terms=terms,
        parts=parts,
        domains=tuple(domains),
        places=Places(reception, point, decider),
        psus=(stratum, label),
        calibrated=factors.calibrated,
        factor=factors.g,
        group=factors.group,
        by_psu=_by_psu(psu, place, cell, data.design_weight, t),
        by_place=_by_place(place, cell, data.design_weight, t, answered, _sides(terms, parts)),
    )


def _terms(measures: Sequence[Measure]) -> tuple[tuple[Term, ...], Bools]:
    """The distinct terms of all measures, and which measure adds up which (a pooled node adds those of its leaves)."""
    terms: list[Term] = []
    place: dict[int, int] = {}
    for measure in measures:
        for term in measure.terms:
            if term not in terms:
                terms.append(term)
            place[id(term)] = terms.index(term)
    parts = np.zeros((len(measures), len(terms)), np.bool_)
    for number, measure in enumerate(measures):
        parts[number, [place[id(term)] for term in measure.terms]] = True
    return tuple(terms), parts


def _values(data: SurveyData, terms: Sequence[Term]) -> tuple[Floats, Bools]:
    """t = (y of every term, x of every term): 2 terms × answers; and who answered: terms × answers."""
    width = len(terms)
    t, answered = np.zeros((2 * width, len(data))), np.zeros((width, len(data)), np.bool_)
    for number, term in enumerate(terms):
        t[number], t[width + number], answered[number] = values(data, term)
    return t, answered


def _cells(data: SurveyData, factors: Factors) -> Ints:
    """Which cell of the factors every answer lies in."""
    keys, cell = distinct([data.keys[key] for key in CELL])
    none = np.zeros(0, np.int64)
    here = CellCounts(dict(zip(CELL, keys, strict=True)), none, none.astype(np.float64), none.astype(np.float64))
    found: Ints = np.array([factors.cells[name] for name in here.names()], np.int64)[cell]
    return found


def _by_psu(psu: Ints, place: Ints, cell: Ints, d: Floats, t: Floats) -> PsuSums:
    (psus, places, cells), row = grouped(psu, place, cell)
    sums = np.zeros((len(psus), len(t)))
    for number, values_of_term in enumerate(t):
        sums[:, number] = totals(row, d * values_of_term, len(psus))
    return PsuSums(psus, places, cells, totals(row, np.ones(len(d)), len(psus)), totals(row, d, len(psus)), sums)


def _sides(terms: Sequence[Term], parts: Bools) -> Bools:
    """Sides × measures × terms: the terms of each measure, those that rate the reception, those that rate the decider."""
    rates_decider = np.array([term.rates == "decider" for term in terms], np.bool_)
    return np.stack([parts, parts & ~rates_decider, parts & rates_decider])


def _by_place(place: Ints, cell: Ints, d: Floats, t: Floats, answered: Bools, sides: Bools) -> PlaceSums:
    (places, cells), row = grouped(place, cell)
    size, measures = len(places), sides.shape[1]
    people = np.zeros((3, size, measures, len(sides)))
    answers = np.zeros((size, measures, 2))
    powers = (np.ones(len(d)), d, d * d)
    for number in range(measures):
        for side, used in enumerate(sides[:, number]):
            of_side = answered[used]
            valid = of_side.any(axis=0)
            if side and used.any():
                answers[:, number, side - 1] = totals(row, of_side.sum(axis=0), size)
            if side and np.array_equal(used, sides[0, number]):
                people[:, :, number, side] = people[:, :, number, 0]
            elif used.any():
                people[:, :, number, side] = [totals(row[valid], weight[valid], size) for weight in powers]
    return PlaceSums(places, cells, people[0], people[1], people[2], answers, _products(row, d, t, size))


def _products(row: Ints, d: Floats, t: Floats, size: int) -> Floats:
    """Σ d t t' of the answers of each row."""
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(size + 1))
    sorted_t = t[:, order]
    weighted = sorted_t * d[order]
    found = np.zeros((size, len(t), len(t)))
    for number in range(size):
        here = slice(ends[number], ends[number + 1])
        found[number] = weighted[:, here] @ sorted_t[:, here].T
    return found
