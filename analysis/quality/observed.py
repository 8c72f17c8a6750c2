"""What the rules read: the answers of complete months with their traces, as arrays; and what they say. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.survey_data import Bools, Codes, Column, Floats, Ints

Levels = NDArray[np.int8]
DAY = 86400


@dataclass(frozen=True, slots=True)
class Observed:
    """One place an answer. `series`: counter and month; `point`: reception point and month; `unit`: unit and month.

    `received`: seconds since a local midnight that is day 0, so that received // DAY numbers days; `opened` likewise.
    `scales`: n × questions of five levels asked of everybody, codes as in SurveyData (< 0: none). `top`: per question its
    highest level. `facts`: a number for the rest of the form that everybody is asked. `psu`: of methodology §4. `satisfied`:
    1, 0, −1 unknown. `coached`, `helped`: 1 said so, 0 said not, −1 not answered. `phone`: the day mark, −1 none.
    `batch`: of a handed-out sheet, −1 none. `posted`: came by the code that hangs at the counter. `verified`: by a code of
    the system. `fast`: flagged so when it came in.
    """

    series: Column
    point: Column
    unit: Column
    received: Ints
    opened: Ints
    scales: Levels
    top: Ints
    facts: Ints
    psu: Ints
    satisfied: Codes
    coached: Codes
    helped: Codes
    phone: Ints
    batch: Ints
    posted: Bools
    verified: Bools
    fast: Bools

    def __len__(self) -> int:
        return len(self.received)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unusual that needs checking, about a `place` of the Column of its rule. `value` beside what was `expected`.

    `p`: chance of so much at an honest counter; `q`: with bursts, the share of false ones among those reported.
    """

    rule: str
    place: str
    answers: int
    value: float
    expected: float
    p: float
    q: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`findings` of a run and, rule by rule, the answers in question: number of the answer to a value."""

    findings: tuple[Finding, ...]
    answers: Mapping[str, Mapping[int, float]]


def sizes(column: Column) -> Ints:
    """Answers of each label."""
    return np.bincount(column.codes, minlength=len(column.labels))


def totals(column: Column, values: Floats | Ints | Bools) -> Floats:
    """Sum of the values over each label."""
    return np.bincount(column.codes, weights=values, minlength=len(column.labels)).astype(np.float64)
