"""Answers in memory turned into sums: tally(), and the Source that build() reads. The only pass over rows after weighting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import bases
from analysis.answer_sums import AnswerSums, Asked, answer_sums
from analysis.bases import Basis, Kind
from analysis.cells import CELL, CellCounts, Factors, counts, distinct
from analysis.domains import Domain, Places
from analysis.sparse import Sparse, gathered
from analysis.survey_data import Bools, Coded, Columns, Floats, Ints, SurveyData, coded, holds, populations
from analysis.tallies import PlaceSums, PsuSums, Source, Tallies, grouped, upper
from analysis.terms import values
from questionnaires.instrument import Instrument
from questionnaires.trees import Measure, Term

AT_ONCE = 20_000
"""Answers whose terms are worked out together: a million at once would be gigabytes."""
NO_PAIR = -1


@dataclass(frozen=True, slots=True)
class InMemory:
    """The first Source: the answers themselves, or those of some rows, which are copied out only while they are needed."""

    data: SurveyData
    rows: Ints | None = None

    def _answers(self) -> SurveyData:
        return self.data if self.rows is None else bases.only(self.data, self.rows)

    def counts(self) -> CellCounts:
        return counts(replace(self, data=replace(self.data, answers={}, facts={}))._answers())

    def apart(self) -> Mapping[Kind, Source]:
        return {kind: InMemory(self.data, rows) for kind, rows in bases.apart(self.data).items()}

    def grown(self, basis: Basis) -> frozenset[str]:
        return bases.grown(self.data, basis)

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
        return tally(self.data, factors, measures, domains, self.rows)

    def beside(self, factors: Factors, asked: Asked) -> AnswerSums:
        answers = self._answers()
        return answer_sums(answers, weights(answers, factors), asked)


def weights(data: SurveyData, factors: Factors) -> Floats:
    """w = d · g of every answer."""
    found: Floats = data.design_weight * factors.g[_cells(data, factors)]
    return found


def sources(instrument: Instrument, columns: Columns | Coded) -> dict[str, Source]:
    """Every population of the instrument as a source of sums."""
    known = columns if isinstance(columns, Coded) else coded(instrument, columns)
    return {name: InMemory(SurveyData.of(instrument, known, name)) for name in populations(instrument)}


def tally(
    data: SurveyData, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain], rows: Ints | None = None
) -> Tallies:
    """Sums per (PSU, place, cell) and per (place, cell), under design weights (methodology §5.5, §5.7).

    data: one population; factors: from the counts of these answers, or of a whole that they are a part of;
    measures: what is summed, each a set of terms; domains: for whom it will be; rows: the answers that are summed, None: all.
    """
    terms, parts = _terms(measures)
    rows = np.arange(len(data)) if rows is None else rows
    of_rows = bases.only(replace(data, answers={}, facts={}), rows)
    (reception, point, decider), place = distinct([of_rows.keys[key] for key in ("reception", "point", "decider")])
    (stratum, label), psu = distinct([of_rows.keys["stratum"], of_rows.keys["psu"]])
    cell = _cells(of_rows, factors)
    (of_psu, at, within), row = grouped(psu, place, cell)
    of_place, place_of = grouped(at, within)
    sums = _Sums.empty(len(of_psu), len(of_place[0]), _sides(terms, parts))
    sums.add_all(data, rows, terms, row, place_of)
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


def _values(data: SurveyData, terms: Sequence[Term]) -> tuple[Ints, Floats, Bools]:
    """The terms that are about any of these answers; t = (y of these terms, x of these): 2 terms × answers; and who answered: terms ×
    answers."""
    inside = {term.where: holds(data.answers, term.where) for term in terms if term.where is not None}
    about = [number for number, term in enumerate(terms) if term.where is None or inside[term.where].any()]
    t, answered = np.empty((2 * len(about), len(data))), np.empty((len(about), len(data)), np.bool_)
    for row, number in enumerate(about):
        t[row], t[len(about) + row], answered[row] = values(data, terms[number])
    return np.array(about, np.int64), t, answered


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
class _Asked:
    """Whose answers are counted: `sets` of terms, a row each, behind a measure or a side of it: first every term alone. `which`: sides ×
    measures, the set of each."""

    sets: Bools
    which: Ints

    @classmethod
    def of(cls, sides: Bools) -> "_Asked":
        """sides: sides × measures × terms."""
        terms = sides.shape[2]
        alone, wanted = np.eye(terms, dtype=np.bool_), np.concatenate(sides)
        several = np.unique(wanted[wanted.sum(axis=1) != 1], axis=0)
        sets = np.concatenate([alone, several])
        place = {one.tobytes(): number for number, one in enumerate(sets)}
        return cls(sets, np.array([place[one.tobytes()] for one in wanted], np.int64).reshape(sides.shape[:2]))

    def valid(self, about: Ints, answered: Bools) -> tuple[Ints, Floats]:
        """The sets with any of these terms, and sets × answers: 1 where a term of the set was answered. about: terms; answered: these ×
        answers."""
        terms = self.sets.shape[1]
        several = terms + np.flatnonzero(self.sets[terms:, about].any(axis=1))
        any_of = [answered[self.sets[row, about]].any(axis=0) for row in several]
        return np.concatenate([about, several]), np.concatenate([answered, *(row[None] for row in any_of)]).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Tables that grow by parts of the answers. `psu`: rows × (n, Σ d, Σ d t); `people`: Σ 1, Σ d, Σ d² of those with a valid answer
    to any term of a set, rows × sets; `products`: of a row the pairs of terms that were answered there, and their Σ d t t'. `pair`: 2
    terms × 2 terms, the number of each pair; `known`: what _pairs_of() found."""

    sides: Bools
    asked: _Asked
    pair: Ints
    psu: Floats
    people: tuple[Floats, Floats, Floats]
    products: list[tuple[int, Ints, Floats]]
    known: dict[tuple[bytes, bytes], tuple[Ints, Ints, Ints]]

    @classmethod
    def empty(cls, psus: int, places: int, sides: Bools) -> "_Sums":
        asked, terms = _Asked.of(sides), sides.shape[2]
        pair = np.full((2 * terms, 2 * terms), NO_PAIR, np.int64)
        rows, columns = upper(terms)
        pair[rows, columns] = np.arange(len(rows))
        many, nothing = (places, len(asked.sets)), (0, np.zeros(0, np.int64), np.zeros(0))
        people = np.zeros(many), np.zeros(many), np.zeros(many)
        return cls(sides, asked, pair, np.zeros((psus, 2 + 2 * terms)), people, [nothing], {})

    def add_all(self, data: SurveyData, rows: Ints, terms: Sequence[Term], psu: Ints, place: Ints) -> None:
        """rows: the answers that are added; psu: the row of `psu` that each belongs to; place: of each of these, the row of the other
        tables.

        By kind of matter first: answers about one have few terms of their own."""
        matter, rank = np.zeros(len(place), np.int64), np.zeros(len(place), np.min_scalar_type(len(place)))
        matter[psu] = data.keys["sector"].codes[rows]
        rank[np.lexsort((place, matter))] = np.arange(len(place))
        order = np.argsort(rank[psu], kind="stable")
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            here, beside = rows[some], psu[some]
            self._add(_values(_some(data, here, terms), terms), data.design_weight[here], beside, place[beside])

    def _add(self, found: tuple[Ints, Floats, Bools], d: Floats, psu: Ints, place: Ints) -> None:
        """Some answers, those of a row of either kind beside each other. found: what _values() found in them."""
        about, t, answered = found
        drawn = bool((d != 1).any())
        start = _starts(place)
        self._add_people(*self.asked.valid(about, answered), (d, d * d) if drawn else None, place[start], start)
        self._add_products(about, np.sqrt(d) * t if drawn else t, place[start], [*start.tolist(), len(d)])
        start = _starts(psu)
        inside, both = psu[start], np.concatenate([about, self.sides.shape[2] + about])
        self.psu[inside, 0] += np.diff(start, append=len(d))
        self.psu[inside, 1] += np.add.reduceat(d, start)
        self.psu[np.ix_(inside, 2 + both)] += np.add.reduceat(d * t if drawn else t, start, axis=1).T

    def _add_people(self, sets: Ints, valid: Floats, weights: tuple[Floats, Floats] | None, inside: Ints, start: Ints) -> None:
        """weights: d and d² where anybody was drawn; else all three sums are one."""
        count, at = np.add.reduceat(valid, start, axis=1).T, np.ix_(inside, sets)
        for table, weight in zip(self.people, (None, *(weights or (None, None))), strict=True):
            table[at] += count if weight is None else np.add.reduceat(valid * weight, start, axis=1).T

    def _add_products(self, about: Ints, root: Floats, inside: Ints, ends: Sequence[int]) -> None:
        """Of every row a matrix by itself, half the work, and only of terms that were answered there."""
        here, answered = about.tobytes(), self.people[0][np.ix_(inside, about)] > 0
        for row, some, begin, end in zip(inside.tolist(), answered, ends, ends[1:], strict=False):
            key = here, some.tobytes()
            if key not in self.known:
                self.known[key] = self._pairs_of(about, np.flatnonzero(some))
            both, pair, places = self.known[key]
            t = root[:, begin:end] if len(both) == len(root) else root[both, begin:end]
            self.products.append((row, pair, (t @ t.T).take(places)))

    def _pairs_of(self, about: Ints, answered: Ints) -> tuple[Ints, Ints, Ints]:
        """Of some of these terms: y and x among those of all, their pairs, and where these lie in the matrix of their products."""
        here = np.concatenate([about[answered], self.sides.shape[2] + about[answered]])
        pair = self.pair[np.ix_(here, here)].ravel()
        places = np.flatnonzero(pair != NO_PAIR)
        return np.concatenate([answered, len(about) + answered]), pair[places], places

    def by_place(self, place: Ints, cell: Ints) -> PlaceSums:
        n, design_weight, squared = (table[:, self.asked.which].transpose(0, 2, 1) for table in self.people)
        terms = self.sides.shape[2]
        answers = self.people[0][:, :terms] @ np.concatenate(self.sides[1:]).T.astype(np.float64)
        answers = answers.reshape(len(place), *self.sides[1:].shape[:2]).transpose(0, 2, 1)
        return PlaceSums(place, cell, n, design_weight, squared, answers, self._by_pair(len(place)))

    def _by_pair(self, rows: int) -> Sparse:
        """One row a place: what parts of the answers gave to the same pair is added."""
        to = np.repeat([row for row, _, _ in self.products], [len(pair) for _, pair, _ in self.products])
        pairs, sums = (np.concatenate([part[at] for part in self.products]) for at in (1, 2))
        return gathered(to, pairs, sums, (rows, int(self.pair.max(initial=NO_PAIR)) + 1))


def _starts(row: Ints) -> Ints:
    """Where another row begins than the one before."""
    return np.flatnonzero(np.diff(row, prepend=-1))
