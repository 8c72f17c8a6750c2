"""Sums over answers that a release needs beside its tallies: five levels of a question by place, pairs of items, facts by unit.

One pass, columns only. What is said from them: level_shares.py, item_studies.py, beside.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cells import distinct, totals
from analysis.domains import Places
from analysis.item_sums import PairSums, levels, pair_sums
from analysis.survey_data import Bools, Codes, Floats, Ints, SurveyData


@dataclass(frozen=True, slots=True)
class Asked:
    """`levels`: question to its codes from the worst to the best; `rotated`: those that carry 1/π. `modules`: sets of questions that are
    studied together, each question with the codes that count. `facts`: yes-or-no meanings."""

    levels: Mapping[str, tuple[int, ...]]
    rotated: frozenset[str]
    modules: Sequence[Mapping[str, tuple[int, ...]]]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelSums:
    """Of one question, place × level: answers, and Σ w (÷ π of a rotated question)."""

    n: Floats
    weight: Floats


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
    """`strata`: labels of PairSums.stratum."""

    places: Places
    levels: Mapping[str, LevelSums]
    pairs: tuple[PairSums, ...]
    strata: tuple[str, ...]
    units: UnitSums


def answer_sums(data: SurveyData, weight: Floats, asked: Asked) -> AnswerSums:
    """Of the answers of one data set. weight: w = d · g of every answer (counting.weights)."""
    (reception, point, decider), place = distinct([data.keys[key] for key in ("reception", "point", "decider")])
    size = len(reception.codes)
    return AnswerSums(
        places=Places(reception, point, decider),
        levels={
            id: _levels(data.answers[id], codes, place, size, weight / data.pi if id in asked.rotated else weight)
            for id, codes in asked.levels.items()
        },
        pairs=tuple(
            pair_sums(tuple(module), levels(data, module), weight, data.keys["stratum"], data.keys["psu"]) for module in asked.modules
        ),
        strata=data.keys["stratum"].labels,
        units=_units(data, asked.facts),
    )


def _levels(given: Codes, codes: Sequence[int], place: Ints, size: int, weight: Floats) -> LevelSums:
    """Codes lie between −3 and 127: a table turns them into levels, others into none."""
    level_of = np.full(256, -1, np.int64)
    level_of[np.array(codes) + 128] = np.arange(len(codes))
    level = level_of[given.astype(np.int64) + 128]
    valid = np.flatnonzero(level >= 0)
    at, cells = place[valid] * len(codes) + level[valid], size * len(codes)
    shape = (size, len(codes))
    return LevelSums(np.bincount(at, minlength=cells).astype(np.float64).reshape(shape), totals(at, weight[valid], cells).reshape(shape))


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
