"""A file of known counts as a KnownMargin: every column but `population` says which rows of the data a count is about."""

from collections.abc import Sequence

import numpy as np

from analysis.any_table.request import KnownMargin
from analysis.any_table.table import Labels, Table
from analysis.arrays import Bools
from analysis.command_line.grammar import listed, nearest
from questionnaires.model import Fault, Refused

POPULATION = "population"
NAMED = 3
"""Faulty rows named in one refusal; of the others the number is said."""


def grouping_columns(file: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that group. Refused: a file without the column population, or with nothing beside it."""
    groups = tuple(column for column in columns if column != POPULATION)
    if POPULATION not in columns:
        near = nearest(POPULATION, columns)
        sentence = "A file of known counts needs a column “population” beside the columns that group. It has: {columns}."
        raise Refused(Fault("margin_without_population", file, sentence, {"columns": ", ".join(near) or listed(columns)}))
    if not groups:
        sentence = "A file of known counts needs a column that groups beside “population”, with the same name as in the data."
        raise Refused(Fault("margin_without_groups", file, sentence))
    return groups


def known_margin(table: Table, columns: Sequence[str]) -> KnownMargin:
    """table: the grouping columns as labels, population as numbers. Refused, with their rows: blanks, counts below 0, groups twice."""
    groups = [table.labels[column] for column in columns]
    known = table.numbers[POPULATION]
    faults = [fault for column, found in zip(columns, groups, strict=True) for fault in _blank(table, found.codes < 0, column)]
    faults += _blank(table, known.codes < 0, POPULATION)
    counts = np.append(known.levels, np.nan)[known.codes]
    below = np.flatnonzero(counts < 0)
    sentence = "A population must be 0 or more, not {value}."
    faults += [
        Fault("population_below_zero", table.place(row, POPULATION), sentence, {"value": f"{counts[row]:g}"})
        for row in map(int, below[:NAMED])
    ]
    if not faults:
        faults = _twice(table, groups)
    if faults:
        raise Refused(*faults)
    names = [_label_tuple(groups, row) for row in range(table.rows)]
    return KnownMargin(table.name, tuple(columns), dict(zip(names, counts.tolist(), strict=True)))


def _label_tuple(groups: Sequence[Labels], row: int) -> tuple[str, ...]:
    return tuple(found.labels[found.codes[row]] for found in groups)


def _blank(table: Table, blank: Bools, column: str) -> list[Fault]:
    rows = np.flatnonzero(blank)
    sentence = "This cell is empty. Every row of a file of known counts needs its labels and a population."
    faults = [Fault("margin_cell_empty", table.place(row, column), sentence) for row in map(int, rows[:NAMED])]
    if len(rows) > NAMED:
        more = {"count": str(len(rows) - NAMED)}
        faults.append(Fault("more_cells_empty", f"{table.name}, column {column}", "{count} more cells of this column are empty.", more))
    return faults


def _twice(table: Table, groups: Sequence[Labels]) -> list[Fault]:
    first: dict[tuple[str, ...], int] = {}
    faults: list[Fault] = []
    for row in range(table.rows):
        label = _label_tuple(groups, row)
        before = first.setdefault(label, row)
        if before != row and len(faults) < NAMED:
            sentence = "“{group}” stands in row {row} already. Give each group one row."
            values = {"group": ", ".join(label), "row": str(before + table.first_row)}
            faults.append(Fault("margin_group_twice", f"{table.name}, row {row + table.first_row}", sentence, values))
    return faults
