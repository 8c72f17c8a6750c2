"""Answers in memory turned into sums: tally(), and the Source that build() reads. The only pass over rows after weighting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cells import CELL, CellCounts, Factors, counts, distinct, totals
from analysis.domains import Domain, Membership, Places, membership
from analysis.survey_data import Bools, Column, Columns, Floats, Ints, SurveyData, populations
from analysis.tallies import CellTotals, Moments, PsuMargins, PsuTotals, Source, Tallies, sums_by
from analysis.terms import values
from questionnaires.instrument import Instrument
from questionnaires.trees import Measure, Term


@dataclass(frozen=True, slots=True)
class InMemory:
    """The first Source: the answers themselves."""

    data: SurveyData

    def counts(self) -> CellCounts:
        return counts(self.data)

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
        return tally(self.data, factors, measures, domains)


def sources(instrument: Instrument, columns: Columns) -> dict[str, Source]:
    """Every population of the instrument as a source of sums."""
    return {name: InMemory(SurveyData.of(instrument, columns, name)) for name in populations(instrument)}


@dataclass(frozen=True, slots=True)
class _Credit:
    """Who counts for whom, with the role that each column of values rates: shares of a membership row × columns."""

    who: Membership
    rates_decider: Bools
    domains: int

    def shares(self, rows: Ints) -> Floats:
        found: Floats = np.where(self.rates_decider, self.who.by_decider[rows, None], self.who.by_reception[rows, None])
        return found

    def totals(self, key: Ints, place: Ints, counted: Floats) -> tuple[Ints, Ints, Floats, Floats]:
        """(domain, key, n, Σ m · value): first by (key, place), then every place's share to its domains."""
        by_key, by_place, sums = sums_by(key, place, np.column_stack([np.ones(len(key)), counted]))
        item, row = self.who.join(by_place)
        spread = np.column_stack([sums[item, 0], sums[item, 1:] * self.shares(row)])
        domain, found, of_domain = sums_by(self.who.domain[row], by_key[item], spread)
        return domain, found, of_domain[:, 0], of_domain[:, 1:]


def tally(data: SurveyData, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
    """Totals per (domain, PSU) and (domain, cell), and moments per domain, under w = d·g (methodology §5.5, §5.7).

    data: one population; factors: from the counts of these answers, or of a whole that they are a part of;
    measures: what is summed, each a set of terms; domains: for whom. A question counts for the unit in the role it
    rates; for an area that pools what was received, whoever is judged.
    """
    terms, parts = _terms(measures)
    y, x, answered = _values(data, terms)
    group, w = _weights(data, factors)
    (reception, point, decider), place = distinct([data.keys[key] for key in ("reception", "point", "decider")])
    who = membership(domains, Places(reception, point, decider))
    rates_decider = np.array([term.rates == "decider" for term in terms], np.bool_)
    credit = _Credit(who, np.concatenate([rates_decider, rates_decider]), len(domains))
    both = np.concatenate([y, x], axis=1)
    psus, strata, stratum, psu = _psus(data)
    width = len(terms)
    domain, row_psu, n, sums = credit.totals(psu, place, both * w[:, None])
    units = tuple(sorted({*reception.labels, *decider.labels}))
    heads = np.bincount(place, minlength=len(reception.codes)).astype(np.float64)
    return Tallies(
        measures=tuple(measure.id for measure in measures),
        terms=terms,
        parts=parts,
        domains=tuple(domain.id for domain in domains),
        units=units,
        psus=psus,
        strata=strata,
        stratum=stratum,
        rows=PsuTotals(domain, row_psu, n, sums[:, :width], sums[:, width:]),
        margins=_margins(psu, group, w, factors),
        cells=_cells(data, group, place, both, credit, factors),
        moments=Moments(*_respondents(place, w, answered, parts, rates_decider, credit), _products(place, w, both, credit)),
        received=_by_unit(who.by_reception, reception, units, heads, credit),
        decided=_by_unit(who.by_decider, decider, units, heads, credit),
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


def _values(data: SurveyData, terms: Sequence[Term]) -> tuple[Floats, Floats, Bools]:
    """y, x and answered of every term: answers × terms."""
    y, x = np.zeros((len(data), len(terms))), np.zeros((len(data), len(terms)))
    answered = np.zeros((len(data), len(terms)), np.bool_)
    for number, term in enumerate(terms):
        y[:, number], x[:, number], answered[:, number] = values(data, term)
    return y, x, answered


def _weights(data: SurveyData, factors: Factors) -> tuple[Ints, Floats]:
    """Calibration cell and weight w = d·g of every answer."""
    keys, cell = distinct([data.keys[key] for key in CELL])
    none = np.zeros(0, np.int64)
    here = CellCounts(dict(zip(CELL, keys, strict=True)), none, none.astype(np.float64), none.astype(np.float64))
    known = np.array([factors.cells[name] for name in here.names()], np.int64)[cell]
    return factors.group[known], data.design_weight * factors.g[known]


def _psus(data: SurveyData) -> tuple[tuple[str, ...], tuple[str, ...], Ints, Ints]:
    """PSU labels sorted by stratum, strata, the stratum of every PSU, the PSU of every answer."""
    (stratum, psu), place = distinct([data.keys["stratum"], data.keys["psu"]])
    return tuple(psu.labels[code] for code in psu.codes), stratum.labels, stratum.codes, place


def _margins(psu: Ints, group: Ints, w: Floats, factors: Factors) -> PsuMargins:
    used = slice(None) if factors.calibrated else slice(0)
    found, cell, weight = sums_by(psu[used], group[used], w[used, None])
    return PsuMargins(found, cell, weight[:, 0])


def _cells(data: SurveyData, group: Ints, place: Ints, both: Floats, credit: _Credit, factors: Factors) -> CellTotals:
    used = slice(None) if factors.calibrated else slice(0)
    d = data.design_weight[used]
    domain, cell, _, sums = credit.totals(group[used], place[used], both[used] * d[:, None])
    width = both.shape[1] // 2
    return CellTotals(domain, cell, sums[:, :width], sums[:, width:], totals(group[used], d, len(factors.g)))


def _respondents(
    place: Ints, w: Floats, answered: Bools, parts: Bools, rates_decider: Bools, credit: _Credit
) -> tuple[Floats, Floats, Floats, Floats]:
    """n, valid answers, Σw, Σw² of the respondents behind each measure: domain × measure.

    Where a place's receiving and deciding shares a, b differ, a person counts max(a, b) once:
    min(a, b) for any valid answer, the rest for one in the role with the larger share.
    """
    who, places = credit.who, int(place.max()) + 1 if len(place) else 0
    low = np.minimum(who.by_reception, who.by_decider)
    anybody = np.ones(len(rates_decider), np.bool_)
    both = (
        (anybody, low, low**2),
        (~rates_decider, who.by_reception - low, who.by_reception**2 - low**2),
        (rates_decider, who.by_decider - low, who.by_decider**2 - low**2),
    )
    n, answers, sum_w, sum_w2 = (np.zeros((credit.domains, len(parts))) for _ in range(4))
    for number, terms in enumerate(parts):
        sides = ((~rates_decider, who.by_reception), (rates_decider, who.by_decider))
        roles = [(side, share) for side, share in sides if (terms & side).any()]
        for side, share in roles:
            given = np.asarray(answered[:, terms & side].sum(axis=1), np.float64)
            answers[:, number] += totals(who.domain, share * totals(place, given, places)[who.place], credit.domains)
        for side, share, square in both if len(roles) > 1 else [(side, share, share**2) for side, share in roles]:
            valid = np.asarray(answered[:, terms & side].any(axis=1), np.float64)
            for found, factor, counted in ((n, share, valid), (sum_w, share, w * valid), (sum_w2, square, w * w * valid)):
                found[:, number] += totals(who.domain, factor * totals(place, counted, places)[who.place], credit.domains)
    return n, answers, sum_w, sum_w2


def _products(place: Ints, w: Floats, both: Floats, credit: _Credit) -> Floats:
    """Σ w m t (m t)' of t = (y, x): place by place, then every place's share to its domains."""
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(int(place.max()) + 2 if len(place) else 1))
    sorted_both, sorted_w = both[order], w[order]
    by_place = np.zeros((len(ends) - 1, both.shape[1], both.shape[1]))
    for number in range(len(ends) - 1):
        here = sorted_both[ends[number] : ends[number + 1]]
        by_place[number] = here.T @ (here * sorted_w[ends[number] : ends[number + 1], None])
    products = np.zeros((credit.domains, both.shape[1], both.shape[1]))
    for domain in range(credit.domains):
        rows = np.flatnonzero(credit.who.domain == domain)
        pairs = np.stack([credit.who.by_reception[rows], credit.who.by_decider[rows]], axis=1)
        for pair in np.unique(pairs, axis=0):
            alike = rows[(pairs == pair).all(axis=1)]
            share = credit.shares(alike[:1])[0]
            products[domain] += np.outer(share, share) * by_place[credit.who.place[alike]].sum(axis=0)
    return products


def _by_unit(share: Floats, column: Column, units: Sequence[str], heads: Floats, credit: _Credit) -> Floats:
    """Domain × unit: how many of the domain's answers each unit received (or decided)."""
    unit_of = np.array([*(units.index(label) for label in column.labels), -1], np.int64)[column.codes]
    table = np.zeros((credit.domains, len(units) + 1))
    np.add.at(table, (credit.who.domain, unit_of[credit.who.place]), share * heads[credit.who.place])
    return table[:, :-1]
