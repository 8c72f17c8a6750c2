"""Straight lines: whole forms on one level, counted for a counter's month. Never for one answer: who is content ticks a line."""

import numpy as np

from analysis.quality.observed import DAY, Finding, Observed, sizes, totals
from analysis.quality.peers import FEWEST_COUNTERS, beside
from analysis.quality.rules import ALL_TOP, LEVELS, STRAIGHT_LINES
from analysis.special import expit, logit, ndtri, stdtr
from analysis.survey_data import Bools, Floats, Ints

FEWEST = 20
"""Answers of a counter in a month below which its share says nothing."""
FEWEST_QUESTIONS = 3
LEANING = 5
"""A counter's other forms count beside so many ordinary ones: two or three forms must not speak for it alone."""
TRAIL = 10.0


def all_top(observed: Observed) -> tuple[Finding, ...]:
    """Forms with the highest level everywhere, more of them than the counter's own other forms let expect.

    People who are left content tick the highest level here and there as well as everywhere. Expected share: a logistic curve over
    all counters of the share of such forms on the share of highest levels in the counter's remaining forms. False forms
    raise the one and leave the other as it was.
    """
    told, line = lines(observed)
    whole = told & line & top_everywhere(observed)
    count, n = _by_series(observed, told, whole)
    judged = n >= FEWEST
    return _found(observed, ALL_TOP, whole, told, _expected(_top_of_others(observed, told & ~whole), count, n, judged), judged)


def straight_lines(observed: Observed) -> tuple[Finding, ...]:
    """Forms on one level below the highest, more of them than the counter's own other forms let expect; of forms that are not
    on the highest level everywhere.

    Expected share: a logistic curve over all counters of the share of such forms on the chance that two answers on the counter's
    forms of several levels agree on one below the highest, mean over questions of Σ_l p_l². The tail is read from Student's t with
    TRAIL degrees of freedom, since honest counters differ in this by more than a beta law has.
    """
    told, line = lines(observed)
    others = told & ~(line & top_everywhere(observed))
    count, n = _by_series(observed, others, others & line)
    judged = n >= FEWEST
    expected = _expected(_agreement(observed, others & ~line), count, n, judged)
    return _found(observed, STRAIGHT_LINES, others & line, others, expected, judged, TRAIL)


def lines(observed: Observed) -> tuple[Bools, Bools]:
    """(has answered three questions or more with a level, and these are all alike)."""
    given = observed.scales >= 0
    told = given.sum(axis=1) >= min(FEWEST_QUESTIONS, observed.scales.shape[1])
    lowest = np.where(given, observed.scales, np.int8(127)).min(axis=1, initial=127)
    highest = np.where(given, observed.scales, np.int8(-1)).max(axis=1, initial=-1)
    return told & (highest >= 0), lowest == highest


def top_everywhere(observed: Observed) -> Bools:
    found: Bools = ((observed.scales < 0) | (observed.scales == observed.top)).all(axis=1)
    return found


def _by_series(observed: Observed, told: Bools, counted: Bools) -> tuple[Ints, Ints]:
    return totals(observed.series, counted).astype(np.int64), totals(observed.series, told).astype(np.int64)


def _top_of_others(observed: Observed, others: Bools) -> Floats:
    """Share of the highest level among the answers on these forms, with LEANING forms as they are everywhere."""
    given = (observed.scales >= 0) & others[:, None]
    of_form = given.sum(axis=1)
    highest, answers = totals(observed.series, (given & (observed.scales == observed.top)).sum(axis=1)), totals(observed.series, of_form)
    ordinary = highest.sum() / max(answers.sum(), 1.0)
    lean = LEANING * observed.scales.shape[1]
    return np.asarray((highest + lean * ordinary) / (answers + lean), dtype=np.float64)


def _expected(x: Floats, count: Ints, n: Ints, judged: Bools) -> Floats:
    """_curve() of the judged counters; 0 for the others, and for all where there are too few."""
    expected = np.zeros(len(n))
    if judged.sum() >= FEWEST_COUNTERS:
        expected[judged] = _curve(x[judged], count[judged], n[judged])
    return expected


def _agreement(observed: Observed, rows: Bools) -> Floats:
    """Mean over questions of Σ_l p_l² over the levels below the highest, p_l with LEANING forms as they are everywhere."""
    many, questions = len(observed.series.labels), observed.scales.shape[1]
    found = np.zeros(many)
    for question in range(questions):
        codes = observed.scales[:, question]
        given = rows & (codes >= 0)
        levels = int(codes.max(initial=0)) + 1
        table = np.bincount(observed.series.codes[given] * levels + codes[given], minlength=many * levels).reshape(many, levels)
        leaning = table + LEANING * table.sum(axis=0) / max(int(table.sum()), 1)
        share = leaning / np.maximum(leaning.sum(axis=1), 1)[:, None]
        found += (share[:, : observed.top[question]] ** 2).sum(axis=1) / questions
    return found


def _curve(share: Floats, count: Ints, n: Ints) -> Floats:
    """logit π = a + b·logit(share), by weighted least squares on logits of (k + ½)/(n + 1), the tenth of the counters with
    the largest residuals left out the second time."""
    x = logit(np.clip(share, 0.02, 0.98))
    y = logit((count + 0.5) / (n + 1))
    weight = n.astype(np.float64)
    for _ in range(2):
        design = np.stack([np.ones(len(x)), x], axis=1)
        a, b = np.linalg.lstsq(design * np.sqrt(weight)[:, None], y * np.sqrt(weight), rcond=None)[0]
        residual = np.abs(y - a - b * x) * np.sqrt(n)
        weight = np.where(residual <= np.quantile(residual, 0.9), n, 0.0)
    return np.asarray(expit(a + b * x), dtype=np.float64)


def _found(
    observed: Observed, rule: str, forms: Bools, told: Bools, expected: Floats, judged: Bools, trail: float = np.inf
) -> tuple[Finding, ...]:
    count, n = _by_series(observed, told, forms)
    of_one = worth(observed, told, forms)
    of = np.where(judged, np.round(n * of_one), 0).astype(np.int64)
    found = beside(np.round(count * of_one).astype(np.int64), of, expected)
    tail = stdtr(trail, ndtri(found.tail))
    every, share, label = sizes(observed.series), count / np.maximum(n, 1), observed.series.labels
    return tuple(
        Finding(rule, label[at], int(every[at]), float(share[at]), float(found.expected[at]), float(tail[at]))
        for at in np.flatnonzero(judged & (tail <= LEVELS[rule]))
    )


def worth(observed: Observed, told: Bools, forms: Bools) -> Floats:
    """Independent answers that one answer of the counter is worth, 1 at most: offices have good days, on which many are content.

    1/d, d = D/(D − 1) · Σ_days (k_day − n_day·p)² ÷ (n·p·(1 − p)), with p the counter's own share, over its D days: the design
    effect of a share. Source: Rao and Scott 1992.
    """
    code, day = observed.series.codes[told], observed.received[told] // DAY
    pairs, at = np.unique(np.stack([code, day], axis=1), axis=0, return_inverse=True)
    n_day, k_day = (np.bincount(at.ravel(), weights=part, minlength=len(pairs)) for part in (np.ones(len(code)), forms[told]))
    many = len(observed.series.labels)
    n, k, days = (np.bincount(pairs[:, 0], weights=part, minlength=many) for part in (n_day, k_day, np.ones(len(pairs))))
    p = k / np.maximum(n, 1)
    squares = np.bincount(pairs[:, 0], weights=(k_day - n_day * p[pairs[:, 0]]) ** 2, minlength=many)
    chance = n * p * (1 - p)
    known = (chance > 0) & (days > 1)
    effect = np.where(known, days / np.maximum(days - 1, 1) * squares / np.where(known, chance, 1.0), 1.0)
    return 1 / np.maximum(effect, 1.0)
