"""Sums over answers that a release needs beside its tallies: five levels of a question by place, pairs of items, facts by unit.

One pass, columns only. What is said from them: level_shares.py, item_studies.py, beside.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints, Runs
from analysis.cells import distinct, joined
from analysis.domains import Places
from analysis.item_sums import PairSums, levels, pair_sums
from analysis.survey_data import Codes, Column, SurveyData

Module = Mapping[str, tuple[int, ...]]
"""Questions that are studied together, each with the codes that count."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`levels`: question to its codes from the worst to the best; `rotated`: those that carry 1/π; `facts`: yes-or-no meanings."""

    levels: Mapping[str, tuple[int, ...]]
    rotated: frozenset[str]
    modules: Sequence[Module]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelSums:
    """Of one question, place × level: answers, and Σ w (÷ π of a rotated question); heaviest: the greatest weight in each place; came: Σ w
    of the answers that came in since the release before."""

    n: Floats
    weight: Floats
    heaviest: Floats
    came: Floats


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Reception unit × …: answers, flagged ones, and of each fact who said so and who said anything."""

    units: tuple[str, ...]
    answers: Ints
    flagged: Ints
    yes: Mapping[str, Ints]
    said: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class AnswerSums:
    """`psus`: stratum and label of every PSU, the rows of the pairs; PairSums.stratum are the codes of the first."""

    places: Places
    psus: tuple[Column, Column]
    levels: Mapping[str, LevelSums]
    pairs: tuple[PairSums, ...]
    units: UnitSums

    @property
    def strata(self) -> tuple[str, ...]:
        return self.psus[0].labels

    def merge(self, other: "AnswerSums") -> "AnswerSums":
        """The sums of both sets of answers together; both were made with the same factors and questions. The same but for the last
        digits, whatever the parts: what is told of them is cut to fewer (`significant`)."""
        (reception, point, decider), (mine, theirs) = joined([self.places.columns(), other.places.columns()])
        size = len(reception.codes)
        levels = {
            id: LevelSums(
                _added(size, (mine, one.n), (theirs, two.n)),
                _added(size, (mine, one.weight), (theirs, two.weight)),
                np.maximum(_added(size, (mine, one.heaviest)), _added(size, (theirs, two.heaviest))),
                _added(size, (mine, one.came), (theirs, two.came)),
            )
            for (id, one), two in zip(self.levels.items(), other.levels.values(), strict=True)
        }
        (stratum, psu), (mine, theirs) = joined([self.psus, other.psus])
        pairs = tuple(_pairs(stratum, (mine, one), (theirs, two)) for one, two in zip(self.pairs, other.pairs, strict=True))
        return AnswerSums(Places(reception, point, decider), (stratum, psu), levels, pairs, _both(self.units, other.units))


def significant(value: float, digits: int = 10) -> float:
    """The value cut to so many digits: the same in whatever order its sums were added."""
    return float(f"{value:.{digits}g}")


def _added(size: int, *parts: tuple[Ints, Floats]) -> Floats:
    total = np.zeros((size, *parts[0][1].shape[1:]))
    for place, table in parts:
        total[place] += table
    return total


def _pairs(stratum: Column, mine: tuple[Ints, PairSums], theirs: tuple[Ints, PairSums]) -> PairSums:
    (here, one), (there, two) = mine, theirs
    size = len(stratum.codes)
    weight, first, product = (
        _added(size, (here, a), (there, b))
        for a, b in ((one.weight, two.weight), (one.first, two.first), (one.product, two.product))
    )
    n = _added(size, (here, one.n.astype(np.float64)), (there, two.n.astype(np.float64))).astype(np.int64)
    return PairSums(one.items, n, weight, first, product, stratum.codes)


def _both(one: UnitSums, other: UnitSums) -> UnitSums:
    units = tuple(sorted({*one.units, *other.units}))

    def total(mine: Ints, theirs: Ints) -> Ints:
        found = np.zeros(len(units), np.int64)
        for labels, counts in ((one.units, mine), (other.units, theirs)):
            found[[units.index(label) for label in labels]] += counts
        return found

    yes = {name: total(counts, other.yes[name]) for name, counts in one.yes.items()}
    said = {name: total(counts, other.said[name]) for name, counts in one.said.items()}
    return UnitSums(units, total(one.answers, other.answers), total(one.flagged, other.flagged), yes, said)


def answer_sums(data: SurveyData, weight: Floats, asked: Asked) -> AnswerSums:
    """Of the answers of one data set. weight: w = d · g of every answer (counting.weights)."""
    (reception, point, decider), place = distinct([data.keys[key] for key in ("reception", "point", "decider")])
    (stratum, label), psu = distinct([data.keys["stratum"], data.keys["psu"]])
    runs, by_psu = Runs.of(place, len(reception.codes)), Runs.of(psu, len(stratum.codes)).order
    return AnswerSums(
        places=Places(reception, point, decider),
        psus=(stratum, label),
        levels={
            id: _levels(data.answers[id], codes, place, runs, weight / data.pi if id in asked.rotated else weight, data.came)
            for id, codes in asked.levels.items()
        },
        pairs=_of_modules(
            asked.modules, lambda module: pair_sums(tuple(module), levels(data, module, by_psu), weight[by_psu], psu[by_psu], stratum.codes)
        ),
        units=_units(data, asked.facts),
    )


def _of_modules(modules: Sequence[Module], sums_of: Callable[[Module], PairSums]) -> tuple[PairSums, ...]:
    """A pair is added up once: of a module inside a larger one the sums are among those of that."""
    largest = [module for module in modules if not any(module.items() < other.items() for other in modules)]
    made = [(module, sums_of(module)) for module in largest]
    return tuple(next(sums for larger, sums in made if module.items() <= larger.items()).only(tuple(module)) for module in modules)


def _levels(given: Codes, codes: Sequence[int], place: Ints, runs: Runs, weight: Floats, came: Bools | None) -> LevelSums:
    """A table turns the codes listed into levels, and all others, down to −3, into one more that is left out. runs: of the places."""
    none = len(codes)
    level_of = np.full(256, none, np.int64)
    level_of[list(codes)] = np.arange(none)
    level = level_of.take(given.astype(np.uint8))
    at, shape = place * (none + 1) + level, (runs.size, none + 1)
    summed = [None, weight] if came is None else [None, weight, weight * came]
    n, sums, *new = (np.bincount(at, of, shape[0] * shape[1]).astype(np.float64).reshape(shape)[:, :none] for of in summed)
    heaviest = np.zeros(runs.size)
    heaviest[runs.code] = runs.greatest(np.where(level < none, weight, 0.0)[runs.order])
    return LevelSums(n, sums, heaviest, new[0] if new else np.zeros_like(n))


def _units(data: SurveyData, facts: Sequence[str]) -> UnitSums:
    reception = data.keys["reception"]

    def count(which: Bools) -> Ints:
        return np.bincount(reception.codes[which], minlength=len(reception.labels))

    known = {name: data.facts[name] for name in facts if name in data.facts}
    return UnitSums(
        reception.labels,
        count(np.ones(len(data), np.bool_)),
        count(data.flagged),
        {name: count(codes == 1) for name, codes in known.items()},
        {name: count(codes >= 0) for name, codes in known.items()},
    )
