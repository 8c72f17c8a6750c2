"""Calibration cells: answers counted by reception unit × decider × sector, and the factor that each cell gets.

How the factors come about is in weighting.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from analysis.arrays import Floats, Ints, numbered, totals
from analysis.diagnostics import Diagnostics
from analysis.survey_data import UNKNOWN, Column, SurveyData

CELL = ("reception", "decider", "sector")

CellName = tuple[str, str | None, str | None]
"""Reception unit, deciding body or None, sector code or None."""


@dataclass(frozen=True, slots=True)
class CellCounts:
    """One row a cell that has answers: n, Σd and Σd² of its answers. Counts of disjoint sets of answers add: merge()."""

    keys: Mapping[str, Column]
    n: Ints
    design_weight: Floats
    design_weight_squared: Floats

    def names(self) -> tuple[CellName, ...]:
        """The cells by their labels, in the order of the rows."""
        columns = [[*self.keys[key].labels, None] for key in CELL]
        codes = [self.keys[key].codes for key in CELL]
        return tuple((str(columns[0][a]), columns[1][b], columns[2][c]) for a, b, c in zip(*codes, strict=True))

    def merge(self, *others: "CellCounts") -> "CellCounts":
        """The counts of all sets of answers together: what counts() gives of them all, bit for bit when d = 1."""
        parts = (self, *others)
        cells, cell = distinct([appended(*(part.keys[key] for part in parts), order=int if key == "sector" else str) for key in CELL])
        size = len(cells[0].codes)
        return CellCounts(
            dict(zip(CELL, cells, strict=True)),
            totals(cell, np.concatenate([part.n for part in parts]), size).astype(np.int64),
            totals(cell, np.concatenate([part.design_weight for part in parts]), size),
            totals(cell, np.concatenate([part.design_weight_squared for part in parts]), size),
        )


@dataclass(frozen=True, slots=True)
class Merge:
    """Calibration cells of one reception unit that were weighted together, by name, with answers and files.

    A cell's name is `decider|sector`, "?" where that is unknown. `why`, one or more of: few_answers, high_factor,
    few_answers_in_unit, totals_only, sector_not_in_frame.
    """

    reception: str
    cells: tuple[str, ...]
    n: int
    files: int
    why: str


@dataclass(frozen=True, slots=True)
class Factors:
    """One factor g a cell: w = d·g. `group`: the calibration cell that the cell belongs to after merging.

    `mode`: "none" – no frame, g = 1 and nothing is calibrated; "totals" – at least one unit was weighted to its total.
    """

    cells: Mapping[CellName, int]
    g: Floats
    group: Ints
    mode: Literal["none", "totals", "sectors"]
    merges: tuple[Merge, ...]
    more_answers_than_files: tuple[str, ...]
    diagnostics: Diagnostics

    @property
    def calibrated(self) -> bool:
        return self.mode != "none"


def counts(data: SurveyData) -> CellCounts:
    """n, Σd, Σd² of each calibration cell; the only sum that weights need (methodology §5.7a)."""
    cells, cell = distinct([data.keys[key] for key in CELL])
    size = len(cells[0].codes)
    d = data.design_weight
    return CellCounts(
        dict(zip(CELL, cells, strict=True)),
        np.bincount(cell, minlength=size),
        totals(cell, d, size),
        totals(cell, d * d, size),
    )


def distinct(columns: Sequence[Column]) -> tuple[tuple[Column, ...], Ints]:
    """The distinct combinations of several columns, sorted by label order, and for every row which one it is."""
    codes: list[Ints] = []
    row = np.zeros(len(columns[0].codes), np.int64)
    many = 1
    for column in columns:
        label, width = column.codes - UNKNOWN, len(column.labels) + 1
        key = row * width + label
        found, row = _numbered_by_label(label, key, width) if many * width > len(key) else numbered(key, many * width)
        before, code = np.divmod(found, width)
        codes, many = [*(one[before] for one in codes), code + UNKNOWN], len(found)
    return tuple(Column(code, column.labels) for code, column in zip(codes, columns, strict=True)), row


def _numbered_by_label(label: Ints, key: Ints, labels: int) -> tuple[Ints, Ints]:
    """numbered() of keys that each belong to a label. Where no label has two (a PSU lies in one stratum), they are looked up, and only
    the labels sorted."""
    of_label = np.full(labels, UNKNOWN, np.int64)
    of_label[label] = key
    if (of_label[label] != key).any():
        return np.unique(key, return_inverse=True)
    there = np.flatnonzero(of_label != UNKNOWN)
    order = there[np.argsort(of_label[there])]
    place = np.empty(labels, np.int64)
    place[order] = np.arange(len(order))
    return of_label[order], place[label]


def appended(*columns: Column, order: Callable[[str], str | int] = str) -> Column:
    """The codes of each column after those of the one before, under the labels of all as if they had been coded together.

    Labels lie in `order`, or first in that of a list with which all begin (sectors lie in the order of the instrument).
    """
    if all(column.labels == columns[0].labels for column in columns):
        return Column(np.concatenate([column.codes for column in columns]), columns[0].labels)
    begun = sum(1 for _ in takewhile(lambda row: len(set(row)) == 1, zip(*(column.labels for column in columns), strict=False)))
    further = {label for column in columns for label in column.labels[begun:]}
    labels = (*columns[0].labels[:begun], *sorted(further, key=order))
    place = {label: number for number, label in enumerate(labels)}
    codes = [np.array([*(place[label] for label in column.labels), UNKNOWN], np.int64)[column.codes] for column in columns]
    return Column(np.concatenate(codes), labels)


def joined(parts: Sequence[Sequence[Column]]) -> tuple[tuple[Column, ...], list[Ints]]:
    """The distinct rows of all parts, sorted by their labels, and where the rows of each part lie among them. Parts: columns of a kind."""
    columns, place = distinct([appended(*alike) for alike in zip(*parts, strict=True)])
    return columns, np.split(place, np.cumsum([len(part[0].codes) for part in parts])[:-1])
