"""Answers in memory turned into sums: tally(), and the Source that build() reads. The only pass over rows after weighting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import bases
from analysis.answer_sums import AnswerSums, Asked, answer_sums
from analysis.bases import Kind
from analysis.cells import CELL, CellCounts, Factors, counts, distinct
from analysis.domains import Domain, Places
from analysis.survey_data import Bools, Coded, Columns, Floats, Ints, SurveyData, coded, populations
from analysis.tallies import PlaceSums, PsuSums, Source, Tallies, grouped, upper
from analysis.terms import values
from questionnaires.instrument import Instrument
from questionnaires.trees import Measure, Term

AT_ONCE = 20_000
"""Answers whose terms are worked out together: a million at once would be gigabytes."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """The first Source: the answers themselves."""

    data: SurveyData

    def counts(self) -> CellCounts:
        return counts(self.data)

    def apart(self) -> Mapping[Kind, Source]:
        return {kind: InMemory(data) for kind, data in bases.apart(self.data).items()}

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
    (reception, point, decider), place = distinct([data.keys[key] for key in ("reception", "point", "decider")])
    (stratum, label), psu = distinct([data.keys["stratum"], data.keys["psu"]])
    cell = _cells(data, factors)
    (of_psu, at, within), psu_row = grouped(psu, place, cell)
    of_place, place_row = grouped(place, cell)
    sums = _Sums.empty(len(of_psu), len(of_place[0]), _sides(terms, parts))
    sums.add_all(data, terms, psu_row, place_row)
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
        by_psu=PsuSums(of_psu, at, within, sums.psu[:, 0], sums.psu[:, 1], sums.psu[:, 2:]),
        by_place=sums.by_place(*of_place),
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


def _some(data: SurveyData, rows: Ints, terms: Sequence[Term]) -> SurveyData:
    """What the terms need of these answers."""
    questions = {term.question for term in terms} | {term.where.question for term in terms if term.where}
    answers = {name: codes[rows] for name, codes in data.answers.items() if name.partition(".")[0] in questions}
    return replace(data, answers=answers, design_weight=data.design_weight[rows], pi=data.pi[rows])


def _values(data: SurveyData, terms: Sequence[Term]) -> tuple[Floats, Bools]:
    """t = (y of every term, x of every term): 2 terms × answers; and who answered: terms × answers."""
    width = len(terms)
    t, answered = np.empty((2 * width, len(data))), np.empty((width, len(data)), np.bool_)
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


def _sides(terms: Sequence[Term], parts: Bools) -> Bools:
    """Sides × measures × terms: the terms of each measure, those that rate the reception, those that rate the decider."""
    rates_decider = np.array([term.rates == "decider" for term in terms], np.bool_)
    return np.stack([parts, parts & ~rates_decider, parts & rates_decider])


@dataclass(frozen=True, slots=True)
class _Sums:
    """Tables that grow by parts of the answers. `psu`: rows × (n, Σ d, Σ d t); `people`: Σ 1, Σ d, Σ d² of those with a valid answer
    to any term of a mask, rows × masks; `answers`: rows × terms; `products` as in PlaceSums, of `pairs`. `sides`: sides × measures ×
    terms; `masks`: the different sets of terms among them, `mask`: which one each is."""

    sides: Bools
    masks: Bools
    mask: Ints
    pairs: tuple[Ints, Ints]
    psu: Floats
    people: tuple[Floats, Floats, Floats]
    answers: Floats
    products: Floats

    @classmethod
    def empty(cls, psus: int, places: int, sides: Bools) -> "_Sums":
        terms = sides.shape[2]
        masks, mask = np.unique(sides.reshape(-1, terms), axis=0, return_inverse=True)
        many, pairs = (places, len(masks)), upper(terms)
        people = (np.zeros(many), np.zeros(many), np.zeros(many))
        sums = np.zeros((psus, 2 + 2 * terms)), people, np.zeros((places, terms)), np.zeros((places, len(pairs[0])))
        return cls(sides, masks, mask.ravel(), pairs, *sums)

    def add_all(self, data: SurveyData, terms: Sequence[Term], psu: Ints, place: Ints) -> None:
        """psu, place: the rows of the tables that each answer belongs to."""
        order = np.argsort(place * len(self.psu) + psu, kind="stable")
        for start in range(0, len(order), AT_ONCE):
            rows = order[start : start + AT_ONCE]
            self._add(*_values(_some(data, rows, terms), terms), data.design_weight[rows], psu[rows], place[rows])

    def _add(self, t: Floats, answered: Bools, d: Floats, psu: Ints, place: Ints) -> None:
        """Some answers, sorted by `place` and then `psu`. t: 2 terms × answers; answered: terms × answers."""
        drawn = bool((d != 1).any())
        start, sums = _starts(psu), np.vstack([np.ones(len(d)), d, t])
        if drawn:
            sums[2:] *= d
        self.psu[psu[start]] += np.add.reduceat(sums, start, axis=1).T
        start = _starts(place)
        inside = place[start]
        self._add_people(answered, (d, d * d) if drawn else None, inside, start)
        self.answers[inside] += np.add.reduceat(answered.astype(np.float64), start, axis=1).T
        root = np.ascontiguousarray((np.sqrt(d) * t if drawn else t).T)
        for row, begin, end in zip(inside, start, [*start[1:], len(d)], strict=True):
            self.products[row] += (root[begin:end].T @ root[begin:end])[self.pairs]  # a matrix by itself: half the work

    def _add_people(self, answered: Bools, weights: tuple[Floats, Floats] | None, inside: Ints, start: Ints) -> None:
        """weights: d and d² where anybody was drawn; else all three sums are one."""
        valid = np.stack([answered[mask].any(axis=0) for mask in self.masks]).astype(np.float64)
        count = np.add.reduceat(valid, start, axis=1).T
        for table, weight in zip(self.people, (None, *(weights or (None, None))), strict=True):
            table[inside] += count if weight is None else np.add.reduceat(valid * weight, start, axis=1).T

    def by_place(self, place: Ints, cell: Ints) -> PlaceSums:
        n, design_weight, squared = (self._by_measure(table[:, self.mask]) for table in self.people)
        answers = self._by_measure(self.answers @ self.sides.reshape(-1, self.answers.shape[1]).T.astype(np.float64))
        return PlaceSums(place, cell, n, design_weight, squared, answers[:, :, 1:], self.products)

    def _by_measure(self, table: Floats) -> Floats:
        """Rows × (sides · measures) as rows × measures × sides."""
        return table.reshape(len(table), *self.sides.shape[:2]).transpose(0, 2, 1)


def _starts(row: Ints) -> Ints:
    """Where another row begins than the one before."""
    return np.flatnonzero(np.diff(row, prepend=-1))
