"""The sample of a request: which rows make a sampling unit, which units a stratum, what each row's design weight is."""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.finding import LEAST, at_rows, full_labels, numbers, refuse_blank
from analysis.any_table.keys import Integers, Keys, combine, one_key
from analysis.any_table.request import DesignColumns
from analysis.any_table.result import DesignSummary
from analysis.any_table.table import BLANK, Numbers, Table
from analysis.arrays import Bools, Floats, Ints
from analysis.design import Stage
from questionnaires.model import Fault, Refused

NAMED = 20
"""Strata named in one message; of the others the number is said."""

WITH_REPLACEMENT = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """design_weight: d of each row, as levels and codes. stages: one or two; `units[s]`: the unit of each row at stage s.

    `single[s]`: each row is a unit of its own there; units[s] is then its stratum, and so is stages[s].stratum.
    """

    design_weight: Numbers
    stages: tuple[Stage, ...]
    units: tuple[Integers, ...]
    single: tuple[bool, ...]
    summary: DesignSummary
    notes: tuple[Fault, ...]

    @property
    def psu_of_row(self) -> Integers:
        return np.arange(len(self.units[0])) if self.single[0] else self.units[0]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One stage being read: stratum of each unit and of each row, unit of each row (None: each row is one), names of strata."""

    stratum: Integers
    of_row: Integers
    unit: Keys | None
    size: Ints
    names: tuple[str, ...]


def sample(table: Table, columns: DesignColumns) -> Sample:
    """Labels of PSUs count within their stratum, labels of second-stage units within their PSU (R: nest = TRUE).

    fpc: the number of units in the population of the stratum (second stage: of the PSU), or the fraction drawn of it.
    Refused: a table without rows; blank cells in a design column; weights that are not positive; an fpc that is not
    positive, mixes numbers and fractions, differs within a stratum or lies below what was drawn; a second stage without
    a PSU; with lonely = "fail": strata with one unit, by name.
    Oracle: R survey::svydesign(ids = ~psu + psu2, strata, fpc = ~fpc + fpc2, nest = TRUE).
    """
    _refuse_unusable(table, columns)
    first, repeated = _first_stage(table, columns)
    fraction = _fractions(table, columns.fpc, first)
    stages = [Stage(first.stratum, first.size, fraction, np.ones(len(fraction)), columns.lonely)]
    drawn, chance = [first], fraction[first.of_row] if columns.fpc else np.zeros(1)
    if second := _second_stage(table, columns, first):
        passed = fraction[first.stratum]
        fraction = _fractions(table, columns.fpc2, second)
        drawn.append(second)
        stages.append(Stage(second.stratum, second.size, fraction, passed, columns.lonely))
        chance = chance * np.where(fraction > 0, fraction, 1.0)[second.of_row]
    lonely = tuple(
        name for stage, of in zip(stages, drawn, strict=True) for name, alone in zip(of.names, stage.alone(), strict=True) if alone
    )
    if lonely and columns.lonely == "fail":
        raise Refused(_lonely(table, lonely))
    return Sample(
        design_weight=_design_weights(table, columns, chance),
        stages=tuple(stages),
        units=tuple(of.of_row if of.unit is None else of.unit.code for of in drawn),
        single=tuple(of.unit is None for of in drawn),
        summary=DesignSummary(len(first.size), len(first.stratum), len(drawn[1].stratum) if second else None, lonely),
        notes=(_nested(columns, repeated),) if repeated else (),
    )


def _refuse_unusable(table: Table, columns: DesignColumns) -> None:
    if not table.rows:
        raise Refused(Fault("no_rows", table.name, "The table has no rows, so there is nothing to estimate from."))
    if columns.psu is None and (columns.psu2 or columns.fpc2):
        sentence = "Second-stage units lie within sampling units. Name the column of the first stage (psu), too."
        raise Refused(Fault("second_stage_alone", table.name, sentence))
    if columns.fpc is None and columns.fpc2:
        sentence = "The fpc of the second stage counts only beside one of the first stage. Name the column of that (fpc), too."
        raise Refused(Fault("second_fpc_alone", table.name, sentence))


def _first_stage(table: Table, columns: DesignColumns) -> tuple[_Drawn, int]:
    """The PSUs of the strata, and how many labels of PSUs stand in several strata."""
    if columns.stratum is None:
        strata, names = one_key(table.rows), (table.name,)
    else:
        known = full_labels(table, columns.stratum)
        strata = combine([known.codes])
        names = tuple(known.labels[code] for code in strata.parts[0])
    if columns.psu is None:
        return _Drawn(strata.code, strata.code, None, strata.counts(), names), 0
    label = full_labels(table, columns.psu).codes
    unit = combine([strata.code, label])
    stratum = unit.parts[0]
    repeated = int(np.count_nonzero(np.bincount(unit.parts[1]) > 1))
    return _Drawn(stratum, strata.code, unit, np.bincount(stratum, minlength=strata.size), names), repeated


def _second_stage(table: Table, columns: DesignColumns, first: _Drawn) -> _Drawn | None:
    """The units within PSUs; with an fpc2 and no column for them, the rows."""
    if first.unit is None or (columns.psu2 is None and columns.fpc2 is None):
        return None
    psu = first.unit
    label = full_labels(table, columns.psu or "").labels
    names = tuple(f"{first.names[h]} / {label[code]}" for h, code in zip(*psu.parts, strict=True))
    if columns.psu2 is None:
        return _Drawn(psu.code, psu.code, None, psu.counts(), names)
    unit = combine([psu.code, full_labels(table, columns.psu2).codes])
    return _Drawn(unit.parts[0], psu.code, unit, np.bincount(unit.parts[0], minlength=psu.size), names)


def _fractions(table: Table, column: str | None, drawn: _Drawn) -> Floats:
    """The part of each stratum that was drawn; with replacement where no fpc is given."""
    if column is None:
        return np.full(len(drawn.size), WITH_REPLACEMENT)
    known = numbers(table, column)
    refuse_blank(table, column, known.codes == BLANK)
    level = np.zeros(len(drawn.size), np.int64)
    level[drawn.of_row] = known.codes
    values = known.levels[level]
    differs = np.zeros(len(values), np.bool_)
    differs[drawn.of_row[level[drawn.of_row] != known.codes]] = True
    sentence = "The fpc differs within stratum {strata}. Give all rows of a stratum (second stage: of a sampling unit) one number."
    _refuse_strata(table, column, "fpc_differs", sentence, drawn, differs)
    sentence = "The fpc must be above 0, and is not in stratum {strata}. Give the number of its units, or the fraction drawn."
    _refuse_strata(table, column, "fpc_not_positive", sentence, drawn, values <= 0)
    if (values <= 1).all():
        return values
    sentence = "The fpc is the number of units or the fraction drawn, in all strata alike. Stratum {strata} has a fraction, others not."
    _refuse_strata(table, column, "fpc_mixed", sentence, drawn, values < 1)
    sentence = "More units were drawn than the fpc says there are in stratum {strata}. Correct it, or leave out rows that were not drawn."
    _refuse_strata(table, column, "fpc_too_small", sentence, drawn, values < drawn.size)
    found: Floats = drawn.size / values
    return found


def _refuse_strata(table: Table, column: str, code: str, sentence: str, drawn: _Drawn, wrong: Bools) -> None:
    if wrong.any():
        names = [drawn.names[h] for h in np.flatnonzero(wrong)]
        raise Refused(Fault(code, f"{table.name}, column {column}", sentence, {"strata": _listed(names)}))


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:NAMED]) + (f" … (+{len(names) - NAMED})" if len(names) > NAMED else "")


def _lonely(table: Table, names: tuple[str, ...]) -> Fault:
    sentence = "One sampling unit alone has no variance: {strata}. Merge strata, or choose another rule than fail for lonely units."
    return Fault("stratum_with_one_psu", table.name, sentence, {"strata": _listed(names)})


def _nested(columns: DesignColumns, repeated: int) -> Fault:
    sentence = "{labels} labels of sampling units stand in several strata; each counts as a unit of its own in each stratum."
    return Fault("psu_labels_repeated", f"column {columns.psu}", sentence, {"labels": str(repeated)})


def _design_weights(table: Table, columns: DesignColumns, chance: Floats) -> Numbers:
    """The weight column; else 1 ÷ the product of the fractions drawn; else 1. chance: that product for each row, 0 without fpc."""
    if columns.weight is None:
        if columns.fpc is None:
            return Numbers(np.ones(1), np.zeros(table.rows, np.int8))
        levels, codes = np.unique(1 / chance, return_inverse=True)
        return Numbers(levels, codes.astype(np.int32))
    known = numbers(table, columns.weight)
    refuse_blank(table, columns.weight, known.codes == BLANK)
    wrong = (known.levels <= 0)[known.codes]
    if wrong.any():
        sentence = "A weight must be above 0; {rows} rows have another. Correct them, or leave these rows out of the table."
        raise Refused(at_rows("weight_not_positive", table, columns.weight, wrong, sentence))
    wrong = (known.levels < LEAST)[known.codes]
    if wrong.any():
        sentence = "{rows} rows have a weight so close to 0 that its square is 0. Multiply all weights by one number, or correct these."
        raise Refused(at_rows("weight_too_small", table, columns.weight, wrong, sentence))
    return known
