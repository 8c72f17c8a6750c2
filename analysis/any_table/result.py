"""What an estimate on a table gives back: rows, what the weights did, how the design was read, and what is worth knowing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from analysis.arrays import Floats
from questionnaires.model import Fault

Reason = Literal[
    "no_answers", "one_answer", "one_psu", "one_psu_per_stratum", "no_variation", "zero_variance", "zero_denominator", "outside_data"
]
"""Why a number of a row is missing.

no_answers: nobody answered. one_answer: one row did. zero_denominator: Σ w x = 0. For these there is no standard error.
one_psu: all answers lie in one PSU, so nothing says how PSUs differ. A total keeps its standard error (other PSUs count as 0).
one_psu_per_stratum: df ≤ 0 over several PSUs. The standard error is what the rule for lonely strata gives; no interval.
no_variation: all values are alike. Standard error 0, and no interval: a sample does not prove that all others are like it.
zero_variance: values differ, and the variance is 0 under this design and these weights: margins fix the value, or hold as
many categories as rows, or PSUs come out equal. Standard error 0; no interval, as the last two prove nothing.
outside_data: the end of a quantile's interval lies beyond the values seen.
A domain counted whole (every stratum and PSU of it drawn to the last unit) has no reason: standard error 0, interval [x, x].
"""


class Row(NamedTuple):
    """One estimate. `domain`: column to label, empty for the whole table. None where there is no number; `reason` says why.

    A tuple, because there can be a million of them.
    """

    estimator: str
    variable: str
    domain: Mapping[str, str]
    n: int
    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: int
    deff: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class MarginFit:
    """How well the weights meet one known margin. `distance`: largest |Σw − N| / N over its categories."""

    name: str
    categories: int
    distance: float
    given_up: bool


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """Of the calibrated weights: Σw, ends, CV, Kish n_eff = (Σw)²/Σw², ends of g = w/d, rows with g beyond the bounds."""

    rows: int
    total: float
    low: float
    high: float
    cv: float
    n_eff: float
    factor_low: float
    factor_high: float
    coverage: float | None
    beyond_bounds: int
    trimmed: int
    margins: tuple[MarginFit, ...]


@dataclass(frozen=True, slots=True)
class DesignSummary:
    """How the rows were read as a sample. `lonely`: strata (or PSUs of a second stage) with one unit, by name."""

    strata: int
    psus: int
    second_stage: int | None
    lonely: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weights alone: design weight × g of every row of the table, in its order."""

    weight: Floats
    factor: Floats
    summary: WeightSummary
    notes: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Result:
    rows: tuple[Row, ...]
    weights: WeightSummary
    design: DesignSummary
    notes: tuple[Fault, ...]
