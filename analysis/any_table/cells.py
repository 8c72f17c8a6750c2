"""Calibration cells of a table, and the weight of its rows: design weight × g, trimmed where asked.

How g comes about is in analysis/calibration.py. Rows of one cell with one design weight have one weight: a class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.any_table.finding import LEAST, full_labels
from analysis.any_table.keys import Integers, Keys, combine, one_key
from analysis.any_table.request import KnownMargin, WeightingRules
from analysis.any_table.result import MarginFit, WeightSummary
from analysis.any_table.table import Labels, Numbers, Table
from analysis.arrays import Floats, Ints, totals
from analysis.calibration import Calibrated, calibrate
from analysis.diagnostics import spread
from analysis.margins import MarginTable
from analysis.trimming import trim
from questionnaires.model import Fault, Refused


@dataclass(frozen=True, slots=True)
class Cells:
    """`code`: cell of each row; margins: None without calibration. `first[m]`: of each category of margin m, the label of its
    first column, as a number: where a cell loses its answers in a replicate, the others of the same number take its population."""

    code: Integers
    size: int
    margins: MarginTable | None
    first: tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of classes: cell, answers n, design weight d, calibrated weight d·g, final weight (trimmed). `held`: margins that
    were not given up; they make the residual. design_weight: Σd of each cell."""

    classes: Keys
    cell: Ints
    n: Ints
    d: Floats
    calibrated: Floats
    final: Floats
    design_weight: Floats
    held: MarginTable | None
    summary: WeightSummary
    notes: tuple[Fault, ...]


def cells(table: Table, margins: Sequence[KnownMargin]) -> Cells:
    """The combinations of all margin columns that occur. Refused: blank cells in a margin column; margins of no columns."""
    columns = tuple(dict.fromkeys(column for margin in margins for column in margin.columns))
    if not columns:
        return Cells(one_key(table.rows).code, 1, None, ())
    known = {column: full_labels(table, column) for column in columns}
    keys = combine([known[column].codes for column in columns])
    part = dict(zip(columns, keys.parts, strict=True))
    tables = [_categories(margin, combine([part[column] for column in margin.columns]), known) for margin in margins]
    return Cells(
        keys.code,
        keys.size,
        MarginTable(
            names=tuple(margin.name for margin in margins),
            labels=tuple(
                tuple(", ".join(f"{c}={label}" for c, label in zip(margin.columns, key, strict=True)) for key in of.keys)
                for margin, of in zip(margins, tables, strict=True)
            ),
            category=np.column_stack([of.category for of in tables]),
            population=tuple(of.population for of in tables),
        ),
        tuple(of.first for of in tables),
    )


@dataclass(frozen=True, slots=True)
class _Categories:
    keys: tuple[tuple[str, ...], ...]
    category: Ints
    population: Floats
    first: Ints


def _categories(margin: KnownMargin, seen: Keys, known: Mapping[str, Labels]) -> _Categories:
    """What is known first, in its order, then what only the answers have (population 0: refused where weights are made).

    seen: the combinations of the margin's columns that cells have. They are few where cells are many, so only they are put in words.
    """
    words = [[known[column].labels[code] for code in part] for column, part in zip(margin.columns, seen.parts, strict=True)]
    of_seen = list(zip(*words, strict=True))
    keys = tuple(dict.fromkeys([*margin.population, *of_seen]))
    number = {key: place for place, key in enumerate(keys)}
    firsts = {label: place for place, label in enumerate(dict.fromkeys(key[0] for key in keys))}
    return _Categories(
        keys,
        np.array([number[key] for key in of_seen], np.int64)[seen.code],
        np.array([margin.population.get(key, 0.0) for key in keys], np.float64),
        np.array([firsts[key[0]] for key in keys], np.int64),
    )


def weigh_cells(table: Table, of: Cells, design_weight: Numbers, rules: WeightingRules) -> Weights:
    """w = d·g by cell (methodology §3), then trimmed by class. design_weight: d of each row.

    Refused: what calibration.calibrate and trimming.trim refuse; bounds without margins; weights that squares would lose (a
    factor that bounds bring to 0 itself is none of them).
    """
    classes = combine([of.code, design_weight.codes])
    cell, n = classes.parts[0], classes.counts()
    d = design_weight.levels[classes.parts[1]]
    sums = totals(cell, n * d, of.size)
    if of.margins is None and rules.bounds:
        sentence = "Bounds keep factors near their mean while margins are met. Give a margin, too, or trim the weights instead."
        raise Refused(Fault("bounds_without_margins", table.name, sentence))
    found = calibrate(sums, of.margins, distance=rules.distance, bounds=rules.bounds) if of.margins else None
    calibrated = d * found.g[cell] if found else d
    if found and (lost := (calibrated < LEAST) & ((calibrated > 0) | (rules.bounds is None))).any():
        raise Refused(_too_small(int(n[lost].sum())))
    final = trim(calibrated, n, *rules.trim) if rules.trim else calibrated
    held = of.margins.first(len(of.margins.names) - len(found.given_up)) if of.margins and found else None
    return Weights(
        classes, cell, n, d, calibrated, final, sums, held if held and held.names else None,
        _summary(of, found, classes, d, calibrated, final, rules), _notes(found),
    )  # fmt: skip


def _too_small(rows: int) -> Fault:
    sentence = (
        "The margins give {rows} rows a weight so close to 0 that its square would be 0."
        " Correct their populations, or merge categories that have next to none."
    )
    return Fault("calibrated_too_small", "margins", sentence, {"rows": str(rows)})


def _summary(
    of: Cells, found: Calibrated | None, classes: Keys, d: Floats, calibrated: Floats, final: Floats, rules: WeightingRules
) -> WeightSummary:
    """Of the final weights; so after trimming the distances say how far the margins are left."""
    cell, n = classes.parts[0], classes.counts()
    ends = spread(final, final / d, n, rules.bounds)
    low, high = rules.trim or (0.0, np.inf)
    fits, coverage = [], None
    if of.margins and found:
        missed = of.margins.distances(totals(cell, n * final, of.size))
        coverage = ends.rows / float(of.margins.population[0].sum())
        for name, known, distance in zip(of.margins.names, of.margins.population, missed.tolist(), strict=True):
            fits.append(MarginFit(name, int(np.count_nonzero(known)), distance, name in found.given_up))
    return WeightSummary(
        rows=ends.rows,
        total=ends.total,
        low=ends.low,
        high=ends.high,
        cv=ends.cv,
        n_eff=ends.n_eff,
        factor_low=ends.factor_low,
        factor_high=ends.factor_high,
        coverage=coverage,
        beyond_bounds=ends.beyond_bounds,
        trimmed=int(n[(calibrated < low) | (calibrated > high)].sum()),
        margins=tuple(fits),
    )


def _notes(found: Calibrated | None) -> tuple[Fault, ...]:
    if found is None or not found.given_up:
        return ()
    sentence = "The bounds left no room for {margins}: given up. The weights summary says how far each margin is missed."
    return (Fault("margins_given_up", "margins", sentence, {"margins": ", ".join(found.given_up)}),)
