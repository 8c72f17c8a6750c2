"""Straight lines: whole forms on one level, counted for a counter's month. Never for one answer: who is content ticks a line."""

import numpy as np
from scipy.special import expit, logit

from analysis.quality.observed import Finding, Observed, sizes, totals
from analysis.quality.peers import middle, upper_tail
from analysis.quality.rules import ALL_TOP, LEVELS, STRAIGHT_LINES
from analysis.survey_data import Bools, Floats, Ints

FEWEST = 20
"""Answers of a counter in a month below which its share says nothing."""
FEWEST_QUESTIONS = 3


def all_top(observed: Observed) -> tuple[Finding, ...]:
    """Share of forms with the highest level everywhere, against the other counters and how much they differ."""
    told, line = lines(observed)
    count, n = _by_series(observed, told, told & line & top_everywhere(observed))
    judged = n >= FEWEST
    return _found(observed, ALL_TOP, count, n, middle(count / np.maximum(n, 1), np.where(judged, n, 0)), judged)


def straight_lines(observed: Observed) -> tuple[Finding, ...]:
    """Forms on one level, more of them than the counter's own levels, question by question, let expect.

    Expected share: a logistic curve over all counters of the share of lines on the mean chance that two questions of the
    counter agree were they answered independently, Σ_l p_l² with p the counter's own share of each level.
    """
    told, line = lines(observed)
    count, n = _by_series(observed, told, told & line)
    judged = n >= FEWEST
    agreement = _agreement(observed, told)
    expected = np.zeros(len(n))
    if judged.sum() >= FEWEST_QUESTIONS:
        expected[judged] = _curve(agreement[judged], count[judged], n[judged])
    return _found(observed, STRAIGHT_LINES, count, n, expected, judged)


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


def _agreement(observed: Observed, told: Bools) -> Floats:
    """Mean over questions of Σ_l p_l²."""
    many, questions = len(observed.series.labels), observed.scales.shape[1]
    found = np.zeros(many)
    for question in range(questions):
        codes = observed.scales[:, question]
        rows = told & (codes >= 0)
        top = int(codes.max(initial=0)) + 1
        table = np.bincount(observed.series.codes[rows] * top + codes[rows], minlength=many * top).reshape(many, top)
        n = np.maximum(table.sum(axis=1), 1)
        found += ((table / n[:, None]) ** 2).sum(axis=1) / questions
    return found


def _curve(agreement: Floats, count: Ints, n: Ints) -> Floats:
    """logit π = a + b·logit(agreement), by weighted least squares on logits of (k + ½)/(n + 1), the tenth of the counters with
    the largest residuals left out the second time."""
    x = logit(np.clip(agreement, 0.02, 0.98))
    y = logit((count + 0.5) / (n + 1))
    weight = n.astype(np.float64)
    for _ in range(2):
        design = np.stack([np.ones(len(x)), x], axis=1)
        a, b = np.linalg.lstsq(design * np.sqrt(weight)[:, None], y * np.sqrt(weight), rcond=None)[0]
        residual = np.abs(y - a - b * x) * np.sqrt(n)
        weight = np.where(residual <= np.quantile(residual, 0.9), n, 0.0)
    return np.asarray(expit(a + b * x), dtype=np.float64)


def _found(observed: Observed, rule: str, count: Ints, n: Ints, expected: Floats, judged: Bools) -> tuple[Finding, ...]:
    tail = upper_tail(count, np.where(judged, n, 0), expected)
    every = sizes(observed.series)
    return tuple(
        Finding(rule, observed.series.labels[at], int(every[at]), float(count[at] / n[at]), float(expected[at]), float(tail[at]))
        for at in np.flatnonzero(judged & (tail <= LEVELS[rule]))
    )
