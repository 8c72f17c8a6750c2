"""What an estimator sums: y and x of every row, as codes with a short list of levels. Sums are in sums.py.

A mean, share or ratio is Σ w y / Σ w x; a total is Σ w y. A row where nothing is known has code −1: y = x = 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.any_table.finding import codes, numbers
from analysis.any_table.keys import Integers, combine
from analysis.any_table.request import Estimator, Mean, Quantile, Ratio, Share, Total
from analysis.any_table.table import BLANK, Codes, Numbers, Table
from analysis.arrays import Floats, Ints
from questionnaires.model import Fault

MOST_PAIRS = 1 << 20
"""Combinations of two lists of levels that are listed whether they occur or not."""

MOST_STEPS = 11
"""Variables, their levels and the steps between these that are few: compared one by one in bytes, as 11 · 11 fits into one."""


FAR = 1 << 12
"""Values that lie so many of their own spreads from 0 are reckoned from one of them: else the digits in which they differ are lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Codes of rows, −1 … levels − 1. Estimators of the same variables share one, and so its counts."""

    code: Integers
    levels: int


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """y, x and the number of valid answers at each level of the source. total: Σ w y alone is asked. origin: what y is reckoned from.

    pooled: of answers taken together, the variables with the value of each level, whose sums add up to Σ w y; their numbers of rows to
    Σ w x.
    """

    source: Source
    y: Floats
    x: Floats
    answers: Floats
    total: bool = False
    pooled: tuple[tuple[Source, Floats], ...] = ()
    origin: float = 0.0

    @property
    def terms(self) -> tuple[tuple[Source, Floats, Floats], ...]:
        """Sources with y and x of each level, whose sums over any rows add up to this measure's."""
        return tuple((source, y, np.ones(len(y))) for source, y in self.pooled) or ((self.source, self.y, self.x),)


def measures(table: Table, estimators: Sequence[Estimator]) -> tuple[dict[Estimator, Measure], tuple[Fault, ...]]:
    """The measure of each estimator but quantiles, whose y depends on the domain. Notes: codes of shares that never occur.

    Refused: columns that are not there or hold words; columns without any number stay: their rows say no_answers.
    """
    columns = {name: numbers(table, name) for estimator in estimators for name in _names(estimator)}
    columns |= {name: codes(table, name) for estimator in estimators if isinstance(estimator, Share) for name in estimator.variables}
    sources = {name: Source(column.codes, len(column.levels)) for name, column in columns.items()}
    found: dict[Estimator, Measure] = {}
    for estimator in estimators:
        if isinstance(estimator, Quantile) or estimator in found:
            continue
        found[estimator] = _measure(estimator, columns, sources)
    shares = [estimator for estimator in found if isinstance(estimator, Share) and _unseen(estimator, columns)]
    return found, tuple(_never(table, share, columns) for share in shares)


def up_to(code: Codes, limit: Ints) -> Measure:
    """The share of answers at or below a level: 1 where code ≤ limit, both of each row."""
    side = np.where(code == BLANK, BLANK, code <= limit).astype(np.int8)
    return Measure(Source(side, 2), np.array([0.0, 1.0]), np.ones(2), np.ones(2))


def _names(estimator: Estimator) -> tuple[str, ...]:
    match estimator:
        case Mean() | Share():
            return estimator.variables
        case Ratio():
            return (estimator.numerator, estimator.denominator)
        case Total() | Quantile():
            return (estimator.of,)


def _measure(estimator: Mean | Share | Ratio | Total, columns: dict[str, Numbers], sources: dict[str, Source]) -> Measure:
    match estimator:
        case Mean():
            origin = _origin(np.concatenate([columns[name].levels for name in estimator.variables]))
            of = _pooled([(sources[name], columns[name].levels - origin) for name in estimator.variables])
            return replace(of, origin=origin)
        case Share():
            chosen = np.array(estimator.codes)
            return _pooled([(sources[name], np.isin(columns[name].levels, chosen).astype(np.float64)) for name in estimator.variables])
        case Ratio():
            return _both(columns[estimator.numerator], columns[estimator.denominator])
        case Total():
            levels = columns[estimator.of].levels
            return Measure(sources[estimator.of], levels, np.ones(len(levels)), np.ones(len(levels)), total=True)


def _origin(values: Floats) -> float:
    """What a mean of these is reckoned from: 0, unless they lie far from it."""
    far = len(values) > 0 and abs(values[0]) > FAR * np.ptp(values) > 0
    return float(values[0]) if far else 0.0


def _pooled(parts: Sequence[tuple[Source, Floats]]) -> Measure:
    """All answers of a row together: y = Σ of their values, x = how many there are. parts: a variable, value of each level."""
    if len(parts) == 1:
        source, values = parts[0]
        return Measure(source, values, np.ones(len(values)), np.ones(len(values)))
    every = np.concatenate([values for _, values in parts])
    short = max(len(parts), *(source.levels for source, _ in parts), np.ptp(every) if len(every) else np.inf) <= MOST_STEPS
    if short and (every == np.round(every)).all():
        return _pooled_steps(parts, float(every.min()), int(np.ptp(every)))
    return _pooled_pairs(parts)


def _pooled_steps(parts: Sequence[tuple[Source, Floats]], low: float, top: int) -> Measure:
    """Few whole numbers, low … low + top: c answers that are s steps above low in all stand at c + top·c(c − 1)/2 + s."""
    rows = len(parts[0][0].code)
    count, above = np.zeros(rows, np.int8), np.zeros(rows, np.int8)
    for source, values in parts:
        there = (source.code >= 0).view(np.int8)
        count += there
        if np.array_equal(values, low + np.arange(len(values))):  # most scales: the code is the step
            above += source.code * there
        else:
            for level in np.flatnonzero(values > low).tolist():
                above += (source.code == level).view(np.int8) * np.int8(values[level] - low)
    answers = np.arange(len(parts) + 1, dtype=np.int16)
    x = np.repeat(answers, answers * top + 1)
    steps = np.arange(len(x)) - _first(x, top)
    known = x[1:].astype(np.float64)
    if len(x) > np.iinfo(np.int8).max:
        count = count.astype(np.int16)
    source = Source(_first(count, top) + above - 1, len(known))
    return Measure(source, known * low + steps[1:], known, known, pooled=tuple(parts))


def _first(answers: Codes, top: int) -> Codes:
    """Where the sums of so many answers begin: c + top·c(c − 1)/2."""
    found: Codes = answers + top * ((answers * (answers - 1)) >> 1)
    return found


def _pooled_pairs(parts: Sequence[tuple[Source, Floats]]) -> Measure:
    """Any numbers: levels are the distinct (x, y), and taking variables in one by one keeps their list short."""
    code, y, x = np.zeros(1, np.int32), np.zeros(1), np.zeros(1)
    for source, values in parts:
        wide = source.levels + 1
        if len(y) * wide <= MOST_PAIRS:
            pair = code * np.int32(wide) + (source.code + np.int32(1))
            before, own = np.divmod(np.arange(len(y) * wide), wide)
        else:
            keys = combine([np.broadcast_to(code, source.code.shape), source.code])
            pair, before, own = keys.code, keys.parts[0], keys.parts[1] + 1
        both = (x[before] + (own > 0)) + 1j * (y[before] + np.append(0.0, values)[own])
        levels, number = np.unique(both, return_inverse=True)
        code, x, y = number.astype(np.int32)[pair], levels.real, levels.imag
    nothing = int(x[0] == 0)
    source = Source(code - np.int32(nothing), len(x) - nothing)
    return Measure(source, y[nothing:], x[nothing:], x[nothing:], pooled=tuple(parts))


def _both(y: Numbers, x: Numbers) -> Measure:
    """Levels are the pairs that occur; a row counts where both are there."""
    there = (y.codes != BLANK) & (x.codes != BLANK)
    keys = combine([np.where(there, y.codes, BLANK), np.where(there, x.codes, BLANK)])
    first = int(keys.parts[0][0] == BLANK)
    levels = keys.parts[0][first:], keys.parts[1][first:]
    return Measure(Source(keys.code - np.int32(first), len(levels[0])), y.levels[levels[0]], x.levels[levels[1]], np.ones(len(levels[0])))


def _unseen(share: Share, columns: dict[str, Numbers]) -> list[float]:
    levels = np.concatenate([columns[name].levels for name in share.variables])
    return [code for code in share.codes if code not in levels]


def _never(table: Table, share: Share, columns: dict[str, Numbers]) -> Fault:
    codes = ", ".join(f"{code:g}" for code in _unseen(share, columns))
    sentence = "No row has {codes} in {variables}. If that is a slip, correct the codes."
    return Fault("code_not_seen", table.name, sentence, {"codes": codes, "variables": "+".join(share.variables)})
