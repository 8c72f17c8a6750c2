"""Bursts: more answers within minutes than the counter's own days let expect. Times alone are read, never what was answered."""

from dataclasses import dataclass

import numpy as np

from analysis.false_discoveries import adjusted
from analysis.quality.clock import Clock, Usual
from analysis.quality.observed import Finding, Observed
from analysis.quality.peers import sum_tail
from analysis.quality.rules import BURST, DAILY_BURSTS, FALSE_DISCOVERIES, LEVELS
from analysis.survey_data import Floats, Ints

WINDOWS = (300, 900)
"""Seconds that are looked through: 5 and 15 minutes."""
FEWEST = 5
"""Answers in a month below which there is no burst."""
FEWEST_TOGETHER = 3
"""Two at a time are a couple, and counted as pairs."""
EXCEEDING = 5
"""A p is settled when so many draws come out as high: with fewer draws the more ordinary it is (Besag and Clifford 1991)."""
FIRST_DRAWS = 60
MOST_DRAWS = 999
ROUNDING = 1e-9
TAIL = 20
"""Highest draws from which the chance of something higher still is told."""
AT_ONCE = 400_000
"""Arrivals that are drawn at a time."""
COMPANIONS = 0.03
"""Share of people taken to come within two minutes of another one, because they came together."""


@dataclass(frozen=True, slots=True)
class Scan:
    """`excess`: c·ln(c/μ) − c + μ of the window that stands out most; which arrivals lie in it: first, count; what was
    `expected` in it. `days`: the excess of the
    window of each day that stands out most, added up."""

    excess: float
    first: int
    count: int
    expected: float
    days: float


@dataclass(frozen=True, slots=True)
class Chance:
    """`burst`: chance of a scan as high. `days`, `days_sd`: what the sum over days is on average, and how far it varies."""

    burst: float
    days: float
    days_sd: float


def scan(times: Ints, clock: Clock) -> Scan:
    """times: ascending. Source: Kulldorff 1997, the Poisson likelihood ratio of a window against its half-day."""
    flat = times.astype(np.float64)
    excess, counts, expected = _windows(flat, np.zeros(len(times), np.int64), clock, 1)
    at = int(excess.max(axis=0).argmax())
    window = int(excess[:, at].argmax())
    days = float(_of_days(excess.max(axis=0)[None], clock)[0])
    return Scan(float(excess[window, at]), at, int(counts[window, at]), float(expected[window, at]), days)


def chance(found: Scan, clock: Clock, rng: np.random.Generator, most: int = MOST_DRAWS) -> Chance:
    """Chance of a scan at least as high, were times of day those of an ordinary month: draws of clock.drawn() with COMPANIONS.

    Draws stop when EXCEEDING of them were as high. A scan above nearly all of `most` draws: see _beyond().
    """
    drawn, days = _drawn(clock, min(FIRST_DRAWS, most), rng)
    batch = FIRST_DRAWS
    while len(drawn) < most and (drawn >= found.excess - ROUNDING).sum() < EXCEEDING:
        batch = min(batch, most - len(drawn), max(1, AT_ONCE // len(clock.cell)))
        drawn = np.append(drawn, _drawn(clock, batch, rng)[0])
        batch *= 2
    return Chance(_p(found.excess, drawn), float(days.mean()), float(days.std()))


def bursts(observed: Observed, rng: np.random.Generator, most: int = MOST_DRAWS) -> tuple[tuple[Finding, ...], dict[int, float]]:
    """Findings of both rules, and the answers in the windows of reported bursts: number to the count of the window.

    BURST: the window that stands out most, by chance(). DAILY_BURSTS: the most outstanding windows of all days together, against
    the other counters (peers.sum_tail). Reported: p at most the rule's level; of BURST, which looks for the one window of a month,
    also q ≤ 0.05 by Benjamini-Hochberg over all counters of the run.
    """
    series = [rows for rows in _ordered(observed.series.codes, observed.received, len(observed.series.labels)) if len(rows) >= FEWEST]
    if not series:
        return (), {}
    usual = Usual.of(observed.received)
    clocks = [Clock.of(observed.received[rows], usual) for rows in series]
    scans = [scan(observed.received[rows], clock) for rows, clock in zip(series, clocks, strict=True)]
    labels = [observed.series.labels[observed.series.codes[rows[0]]] for rows in series]
    chances = [chance(one, clock, rng, most) for one, clock in zip(scans, clocks, strict=True)]
    findings: list[Finding] = []
    marked: dict[int, float] = {}
    for at, q in reported(BURST, np.array([one.burst for one in chances])):
        one = scans[at]
        findings.append(Finding(BURST, labels[at], len(series[at]), float(one.count), one.expected, chances[at].burst, q))
        marked |= {int(row): float(one.count) for row in series[at][one.first : one.first + one.count]}
    days, mean = np.array([one.days for one in scans]), np.array([one.days for one in chances])
    tail = sum_tail(days, mean, np.array([one.days_sd for one in chances]))
    findings += [
        Finding(DAILY_BURSTS, labels[at], len(series[at]), float(days[at]), float(mean[at]), float(tail[at]))
        for at in np.flatnonzero(tail <= LEVELS[DAILY_BURSTS])
    ]
    return tuple(findings), marked


def reported(rule: str, p: Floats) -> list[tuple[int, float]]:
    """(place, q) of every p at most the level of the rule whose q is at most 5 %."""
    q = adjusted(p)
    return [(at, float(q[at])) for at, one in enumerate(p) if one <= LEVELS[rule] and q[at] <= FALSE_DISCOVERIES]


def _drawn(clock: Clock, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Highest excess of each draw, and its sum over days."""
    times = clock.drawn(draws, COMPANIONS, rng)
    flat, rows = times.ravel(), np.repeat(np.arange(draws), times.shape[1])
    excess = _windows(flat, rows, clock, draws)[0].max(axis=0).reshape(draws, -1)
    return np.asarray(excess.max(axis=1), dtype=np.float64), _of_days(excess, clock)


def _windows(flat: Floats, rows: Ints, clock: Clock, draws: int) -> tuple[Floats, Ints, Floats]:
    """For every window and every arrival as its beginning: excess, count, expected. flat: draws one behind the other."""
    far = flat.max(initial=0.0) - flat.min(initial=0.0) + 2 * max(WINDOWS)
    placed = flat - flat.min(initial=0.0) + rows * far
    size = np.tile(_sizes(clock.cell), draws)
    half = np.tile(clock.half, draws)
    counts = np.stack([np.searchsorted(placed, placed + window, "right") for window in WINDOWS]) - np.arange(len(flat))
    many = np.flatnonzero(counts[-1] >= FEWEST_TOGETHER)
    c, excess, expected = counts[:, many], np.zeros(counts.shape), np.zeros(counts.shape)
    expected[:, many] = mean = np.maximum(clock.expected(size[many], half[many], flat[many], WINDOWS), 1e-6)
    excess[:, many] = np.where(c > mean, c * np.log(c / mean) - c + mean, 0.0)
    return excess, counts, expected


def _of_days(excess: Floats, clock: Clock) -> Floats:
    """draws × arrivals to the sum over days of the highest of each, one a draw."""
    begins = np.flatnonzero(np.diff(clock.cell // 2, prepend=-1))
    return np.asarray(np.maximum.reduceat(excess, begins, axis=1).sum(axis=1), dtype=np.float64)


def _sizes(cell: Ints) -> Floats:
    """Arrivals of the half-day of each arrival."""
    _, which, counts = np.unique(cell, return_inverse=True, return_counts=True)
    return counts[which].astype(np.float64)


def _p(value: float, drawn: Floats) -> float:
    """Besag and Clifford: EXCEEDING ÷ draws until so many were as high; (higher + 1)/(draws + 1) where they never were, or less
    by _beyond()."""
    high = np.flatnonzero(drawn >= value - ROUNDING)
    if len(high) >= EXCEEDING:
        return EXCEEDING / float(high[EXCEEDING - 1] + 1)
    plain = (len(high) + 1) / (len(drawn) + 1)
    return plain if len(high) else min(plain, _beyond(value, drawn))


def _beyond(value: float, drawn: Floats) -> float:
    """Chance of a value above all draws: k/n · exp(−(value − u)/m), with u the k-th highest draw and m the mean of the higher ones
    above it, k = 20. Source: Knijnenburg et al. 2009 (tail of permutation p-values), with an exponential tail, which a likelihood
    ratio has and a count of pairs stays below."""
    top = np.sort(drawn)[-TAIL:]
    reach = float((top[1:] - top[0]).mean())
    if len(top) < TAIL or reach <= 0 or top[0] <= 0:
        return 1.0
    return TAIL / len(drawn) * float(np.exp(-(value - top[0]) / reach))


def _ordered(codes: Ints, times: Ints, many: int) -> list[Ints]:
    """Row numbers of each series in the order of time."""
    order = np.lexsort((times, codes))
    return np.split(order, np.searchsorted(codes[order], np.arange(1, many)))
