"""From values and variances to the rows of a result: standard errors, intervals, deff, and the reason where a number is missing."""

from dataclasses import dataclass
from itertools import repeat
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
    """Estimators of one kind in every domain of a grouping: tables of domains × estimators; of a quantile, of the share of answers up
    to it. zero: the variance is 0 but for rounding; alike: so are all differences between values; psus: with an answer, where that
    matters; counted: drawn whole. df: a column, for all alike; lowest: of each estimator."""

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
    lowest: Floats


def rows(picture: Picture, variance: Floats, df: Ints, reach: Reach, request: Request) -> dict[Estimator, list[Row]]:
    """One row a domain for each estimator of the picture. variance: domains × estimators; df, reach: of each domain.

    Estimators of one kind are reckoned together: one by one, the calls would take longer than what they do.
    """
    kinds: dict[type[Estimator], list[int]] = {}
    for place, estimator in enumerate(picture.estimators):
        kinds.setdefault(type(estimator), []).append(place)
    made: dict[Estimator, list[Row]] = {}
    for kind, columns in kinds.items():
        made |= _rows(kind, columns, picture, _found(kind, columns, picture, variance[:, columns], df, reach, request), request)
    return made


def _found(
    kind: type[Estimator], columns: list[int], picture: Picture, variance: Floats, df: Ints, reach: Reach, request: Request
) -> _Found:
    of, total = picture.points, kind is Total
    n, simple, around_zero = of.n[:, columns], of.simple[:, columns], of.around_zero[:, columns]
    alike = simple <= ALIKE * around_zero
    zero = variance <= NOTHING * around_zero if total else (variance <= NOTHING * simple) | alike
    if total and request.weighting.margins:
        alike = around_zero == 0
    asked = zero | (df <= 0)[:, None]
    psus = [reach.answering(picture.sums, j, n[:, c], asked[:, c]) for c, j in enumerate(columns)]
    return _Found(
        of.value[:, columns], np.where(zero, 0.0, variance), n, of.answers[:, columns], of.n_kish[:, columns], simple, zero, alike,
        np.column_stack(psus), (zero | (variance == 0)) & reach.whole[:, None], df.astype(np.float64)[:, None],
        np.array([picture.sums.measures[j].y.min(initial=np.inf) for j in columns]),
    )  # fmt: skip


def _rows(kind: type[Estimator], columns: list[int], picture: Picture, found: _Found, request: Request) -> dict[Estimator, list[Row]]:
    reason = _reasons(kind, found)
    value, se, low, high, deff = _numbers(kind, picture, found, request)
    known = reason < 0
    if kind is Quantile:
        reason[known & ~(np.isfinite(low) & np.isfinite(high))] = REASONS.index("outside_data")
    error = known | np.isin(reason, [REASONS.index("no_variation"), REASONS.index("zero_variance")]) | _by_rule(kind, found, request)
    names, df = picture.grouping.names, found.df[:, 0].astype(np.int64).tolist()
    table = zip(
        found.n.astype(np.int64).T.tolist(),
        _told(value, np.isfinite(value)),
        _told(se, error),
        _told(low, known),
        _told(high, known),
        _told(deff, error),
        reason.T.tolist(),
        strict=True,
    )
    made = {}
    for j, (n, values, errors, lows, highs, deffs, numbers) in zip(columns, table, strict=True):
        estimator = picture.estimators[j]
        why = [REASONS[number] if number >= 0 else None for number in numbers]
        cells = zip(repeat(estimator.name), repeat(estimator.variable), names, n, values, errors, lows, highs, df, deffs, why, strict=False)
        made[estimator] = list(map(Row._make, cells))
    return made


def _told(numbers: Floats, where: Bools) -> list[list[float | None]]:
    """Of each estimator, its numbers of all domains."""
    told = numbers.astype(object)
    told[~(where & np.isfinite(numbers))] = None
    found: list[list[float | None]] = told.T.tolist()
    return found


def _reasons(kind: type[Estimator], found: _Found) -> NDArray[np.int64]:
    """The number of the first reason that holds for each value, −1 where none does."""
    total, ratio = kind is Total, kind not in (Share, Quantile)
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


def _by_rule(kind: type[Estimator], found: _Found, request: Request) -> Bools:
    """Where df ≤ 0 leaves a standard error: what lonely strata add by their rule, the spread between PSUs that a total has.

    A zero stands only where the rule means it: not where replicates have none for the stratum, nor where `average` finds no
    other stratum. A ratio within one PSU has a zero, too, and it is no error.
    Oracle: R survey::svymean, svyratio, svytotal under options(survey.lonely.psu).
    """
    meant = (request.variance == "taylor") & (request.design.lonely != "average")
    found_out = (found.n > 1) & (found.df <= 0) & (~found.zero | meant) & ((found.psus > 1) | (kind is Total))
    return found_out & (kind is not Quantile)


def _numbers(kind: type[Estimator], picture: Picture, found: _Found, request: Request) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Value, standard error, ends of the interval, deff. What was counted whole has no error: [x, x]."""
    if kind is Quantile:
        value, se, low, high, deff = _of_quantile(picture, found, request)
        se = np.where(found.counted, 0.0, se)
    else:
        value, se = found.value, np.sqrt(found.variance)
        deff = np.divide(found.variance, found.simple, out=np.full(found.n.shape, np.nan), where=~found.zero & (found.simple > 0))
        low, high = _around(kind, found, request)
    return value, se, np.where(found.counted, value, low), np.where(found.counted, value, high), deff


def _around(kind: type[Estimator], found: _Found, request: Request) -> tuple[Floats, Floats]:
    """Ends of the intervals of means, shares, ratios or totals."""
    if kind is Share:
        low, high = _of_share(request.ci or "kg", found, request.level)
        return np.maximum(low, 0.0), np.minimum(high, 1.0)
    least = np.where((kind is Total) & (found.lowest >= 0), 0.0, -np.inf)
    return student(found.value, found.variance, found.df, level=request.level, low=least)


def _of_share(kind: CI, found: _Found, level: float) -> tuple[Floats, Floats]:
    """Means, ratios and totals have a t interval whatever is asked for shares."""
    if kind == "t":
        return student(found.value, found.variance, found.df, level=level)
    return SHARES[kind](found.value, found.variance, found.df, found.n, found.answers, level=level, n_kish=found.n_kish)


def _of_quantile(picture: Picture, found: _Found, request: Request) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Woodruff: the interval of the share up to the quantile, taken back to the values of each domain. A quantile stands alone."""
    p = next(each.p for each in picture.estimators if isinstance(each, Quantile))
    low_share, high_share = _of_share(request.ci or "kg", found, request.level)
    value, low, high = (np.full(found.n.shape, np.nan) for _ in range(3))
    for domain in np.flatnonzero(found.n > 0).tolist():
        levels, weight = picture.distribution.of(domain)
        value[domain] = quantile(levels, weight, p)
        low[domain], high[domain] = woodruff(levels, weight, low_share[domain], high_share[domain])
    return value, standard_error(low, high, found.df, level=request.level), low, high, np.full(value.shape, np.nan)
