"""From values and variances to the rows of a result: standard errors, intervals, deff, and the reason where a number is missing."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from analysis.any_table.pictures import Picture
from analysis.any_table.reach import Reach
from analysis.any_table.request import CI, Estimator, Quantile, Request, Share, Total
from analysis.any_table.result import Reason, Row
from analysis.arrays import Bools, Floats, Ints
from analysis.intervals import korn_graubard, student, wilson, xlogit
from analysis.quantiles import quantile, standard_error, woodruff

NOTHING = 1e-12
"""A variance this small beside that of a simple random sample is rounding (methodology §6.2)."""

ALIKE = 1e-24
"""A simple variance this small beside the square of the values themselves is rounding: all answers are alike."""

REASONS: tuple[Reason, ...] = get_args(Reason)

SHARES = {"kg": korn_graubard, "wilson": wilson, "logit": xlogit}


@dataclass(frozen=True, slots=True)
class _Found:
    """One estimator in every domain of a grouping; of a quantile, the share of answers up to it. zero: the variance is 0 but for
    rounding; alike: so are all differences between values; psus: with an answer, where that matters; counted: drawn whole."""

    value: Floats
    variance: Floats
    n: Floats
    answers: Floats
    n_kish: Floats
    simple: Floats
    zero: Bools
    alike: Bools
    psus: Floats
    counted: Bools
    df: Floats
    lowest: float


def rows(picture: Picture, variance: Floats, df: Ints, reach: Reach, request: Request) -> dict[Estimator, list[Row]]:
    """One row a domain for each estimator of the picture. variance: domains × estimators; df, reach: of each domain."""
    return {estimator: _rows(estimator, picture, _found(picture, j, variance[:, j], df, reach, request), request)
            for j, estimator in enumerate(picture.estimators)}  # fmt: skip


def _found(picture: Picture, j: int, variance: Floats, df: Ints, reach: Reach, request: Request) -> _Found:
    of, total = picture.points, isinstance(picture.estimators[j], Total)
    n, simple, around_zero = of.n[:, j], of.simple[:, j], of.around_zero[:, j]
    alike = simple <= ALIKE * around_zero
    zero = variance <= NOTHING * around_zero if total else (variance <= NOTHING * simple) | alike
    if total and request.weighting.margins:
        alike = around_zero == 0
    return _Found(
        of.value[:, j], np.where(zero, 0.0, variance), n, of.answers[:, j], of.n_kish[:, j], simple, zero, alike,
        reach.answering(picture.sums, j, n, zero | (df <= 0)), (zero | (variance == 0)) & reach.whole, df.astype(np.float64),
        float(picture.sums.measures[j].y.min(initial=np.inf)),
    )  # fmt: skip


def _rows(estimator: Estimator, picture: Picture, found: _Found, request: Request) -> list[Row]:
    reason = _reasons(estimator, found)
    value, se, low, high, deff = _numbers(estimator, picture, found, request)
    known = reason < 0
    if isinstance(estimator, Quantile):
        reason[known & ~(np.isfinite(low) & np.isfinite(high))] = REASONS.index("outside_data")
    error = known | np.isin(reason, [REASONS.index("no_variation"), REASONS.index("zero_variance")]) | _by_rule(estimator, found, request)
    table = zip(
        map(int, found.n.tolist()),
        _told(value, np.isfinite(value)),
        _told(se, error),
        _told(low, known),
        _told(high, known),
        map(int, found.df.tolist()),
        _told(deff, error),
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
    total, ratio = isinstance(estimator, Total), not isinstance(estimator, Share | Quantile)
    lonely = (found.psus == 1) & ((found.df <= 0) | (found.zero & (not total)))
    holds: dict[Reason, Bools] = {
        "no_answers": found.n == 0,
        "zero_denominator": ~np.isfinite(found.value),
        "one_answer": (found.n == 1) & ~found.counted,
        "one_psu": (lonely & ~found.counted) | np.isnan(found.variance),
        "one_psu_per_stratum": (found.df <= 0) & ~found.counted,
        "no_variation": found.zero & found.alike & ~found.counted & ratio,
        "zero_variance": found.zero & ~found.counted & ratio,
    }
    return np.select(list(holds.values()), [REASONS.index(reason) for reason in holds], -1)


def _by_rule(estimator: Estimator, found: _Found, request: Request) -> Bools:
    """Where df ≤ 0 leaves a standard error: what lonely strata add by their rule, the spread between PSUs that a total has.

    A zero stands only where the rule means it: not where replicates have none for the stratum, nor where `average` finds no
    other stratum. A ratio within one PSU has a zero, too, and it is no error.
    Oracle: R survey::svymean, svyratio, svytotal under options(survey.lonely.psu).
    """
    meant = (request.variance == "taylor") & (request.design.lonely != "average")
    total = isinstance(estimator, Total)
    found_out = (found.n > 1) & (found.df <= 0) & (~found.zero | meant) & ((found.psus > 1) | total)
    return found_out & (not isinstance(estimator, Quantile))


def _numbers(estimator: Estimator, picture: Picture, found: _Found, request: Request) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Value, standard error, ends of the interval, deff. What was counted whole has no error: [x, x]."""
    if isinstance(estimator, Quantile):
        value, se, low, high, deff = _of_quantile(estimator, picture, found, request)
        se = np.where(found.counted, 0.0, se)
    else:
        value, se = found.value, np.sqrt(found.variance)
        deff = np.divide(found.variance, found.simple, out=np.full(len(found.n), np.nan), where=~found.zero & (found.simple > 0))
        low, high = _around(estimator, found, request)
    return value, se, np.where(found.counted, value, low), np.where(found.counted, value, high), deff


def _around(estimator: Estimator, found: _Found, request: Request) -> tuple[Floats, Floats]:
    """Ends of the interval of a mean, share, ratio or total."""
    if isinstance(estimator, Share):
        low, high = _of_share(request.ci or "kg", found, request.level)
        return np.maximum(low, 0.0), np.minimum(high, 1.0)
    least = 0.0 if isinstance(estimator, Total) and found.lowest >= 0 else -np.inf
    return student(found.value, found.variance, found.df, level=request.level, low=least)


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
