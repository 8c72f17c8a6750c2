"""From values and variances to the rows of a result: standard errors, intervals, deff, and the reason where a number is missing."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from analysis.any_table.pictures import Picture
from analysis.any_table.request import CI, Estimator, Quantile, Request, Share, Total
from analysis.any_table.result import Reason, Row
from analysis.intervals import korn_graubard, student, wilson, xlogit
from analysis.quantiles import quantile, standard_error, woodruff
from analysis.survey_data import Bools, Floats, Ints

NOTHING = 1e-12
"""A variance this small beside that of a simple random sample is rounding (methodology §6.2)."""

ALIKE = 1e-24
"""A simple variance this small beside the square of the values themselves is rounding: all answers are alike."""

REASONS: tuple[Reason, ...] = get_args(Reason)

SHARES = {"kg": korn_graubard, "wilson": wilson, "logit": xlogit}


@dataclass(frozen=True, slots=True)
class _Found:
    """One estimator in every domain of a grouping; of a quantile, the share of answers up to it."""

    value: Floats
    variance: Floats
    n: Floats
    answers: Floats
    n_kish: Floats
    simple: Floats
    constant: Bools
    df: Floats
    lowest: float


def rows(picture: Picture, variance: Floats, df: Ints, request: Request) -> dict[Estimator, list[Row]]:
    """One row a domain for each estimator of the picture. variance: domains × estimators; df: of each domain."""
    of, made = picture.points, {}
    total = np.array([isinstance(estimator, Total) for estimator in picture.estimators], np.bool_)
    alike = of.simple <= ALIKE * of.around_zero
    constant = np.where(total, variance <= NOTHING * of.around_zero, (variance <= NOTHING * of.simple) | alike)
    kept = np.where(constant, 0.0, variance)
    for j, estimator in enumerate(picture.estimators):
        found = _Found(
            of.value[:, j], kept[:, j], of.n[:, j], of.answers[:, j], of.n_kish[:, j], of.simple[:, j],
            constant[:, j], df.astype(np.float64), float(picture.sums.measures[j].y.min(initial=np.inf)),
        )  # fmt: skip
        made[estimator] = _rows(estimator, picture, found, request)
    return made


def _rows(estimator: Estimator, picture: Picture, found: _Found, request: Request) -> list[Row]:
    reason = _reasons(estimator, found)
    value, se, low, high, deff = _numbers(estimator, picture, found, request)
    known = reason < 0
    if isinstance(estimator, Quantile):
        reason[known & ~(np.isfinite(low) & np.isfinite(high))] = REASONS.index("outside_data")
    error = known | (reason == REASONS.index("no_variation"))
    table = zip(
        map(int, found.n.tolist()),
        _told(value, np.isfinite(value)),
        _told(se, error),
        _told(low, known),
        _told(high, known),
        map(int, found.df.tolist()),
        _told(deff, known),
        [REASONS[number] if number >= 0 else None for number in reason.tolist()],
        strict=True,
    )
    name, variable = estimator.name, estimator.variable
    return [Row(name, variable, domain, *cells) for domain, cells in zip(picture.grouping.names, table, strict=True)]


def _told(numbers: Floats, where: Bools) -> list[float | None]:
    told = numbers.astype(object)
    told[~(where & np.isfinite(numbers))] = None
    found: list[float | None] = told.tolist()
    return found


def _reasons(estimator: Estimator, found: _Found) -> NDArray[np.int64]:
    """The number of the first reason that holds for each domain, −1 where none does."""
    holds: dict[Reason, Bools] = {
        "no_answers": found.n == 0,
        "zero_denominator": ~np.isfinite(found.value),
        "one_answer": found.n == 1,
        "one_psu": (found.df <= 0) | np.isnan(found.variance),
        "no_variation": found.constant & (not isinstance(estimator, Share | Quantile)),
    }
    return np.select(list(holds.values()), [REASONS.index(reason) for reason in holds], -1)


def _numbers(estimator: Estimator, picture: Picture, found: _Found, request: Request) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Value, standard error, ends of the interval, deff."""
    if isinstance(estimator, Quantile):
        return _of_quantile(estimator, picture, found, request)
    deff = np.divide(found.variance, found.simple, out=np.full(len(found.n), np.nan), where=~found.constant & (found.simple > 0))
    if isinstance(estimator, Share):
        low, high = _of_share(request.ci or "kg", found, request.level)
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    else:
        least = 0.0 if isinstance(estimator, Total) and found.lowest >= 0 else -np.inf
        low, high = student(found.value, found.variance, found.df, level=request.level, low=least)
    return found.value, np.sqrt(found.variance), low, high, deff


def _of_share(kind: CI, found: _Found, level: float) -> tuple[Floats, Floats]:
    """Means, ratios and totals have a t interval whatever is asked for shares."""
    if kind == "t":
        return student(found.value, found.variance, found.df, level=level)
    return SHARES[kind](found.value, found.variance, found.df, found.n, found.answers, level=level, n_kish=found.n_kish)


def _of_quantile(
    estimator: Quantile, picture: Picture, found: _Found, request: Request
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Woodruff: the interval of the share up to the quantile, taken back to the values of each domain."""
    low_share, high_share = _of_share(request.ci or "kg", found, request.level)
    value, low, high = (np.full(len(found.n), np.nan) for _ in range(3))
    for domain in np.flatnonzero(found.n > 0).tolist():
        levels, weight = picture.distribution.of(domain)
        value[domain] = quantile(levels, weight, estimator.p)
        low[domain], high[domain] = woodruff(levels, weight, low_share[domain], high_share[domain])
    return value, standard_error(low, high, found.df, level=request.level), low, high, np.full(len(value), np.nan)
