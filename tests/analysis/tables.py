"""Tables from columns of text, with np.unique alone: a second reader beside the product's own."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from analysis.any_table.table import BLANK, Labels, Numbers, Table

GOLDEN = Path(__file__).parents[1] / "golden"


def table(columns: Mapping[str, Sequence[object]], name: str = "table.csv") -> Table:
    """Every column as labels; those whose cells are numbers (or blank) as numbers, too. Blank: "" or None."""
    text = {column: np.array(["" if cell is None else str(cell) for cell in cells]) for column, cells in columns.items()}
    numbers = {column: found for column, cells in text.items() if (found := _numbers(cells)) is not None}
    rows = len(next(iter(text.values())))
    return Table(name, rows, numbers, {column: _labels(cells) for column, cells in text.items()})


def columns_of(name: str, keep: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[str]]:
    """A golden CSV file by columns; `keep`: only rows with one of these cells."""
    with (GOLDEN / name).open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[column] in cells for column, cells in (keep or {}).items())]
    return {column: [row[column] for row in rows] for column in rows[0]}


def _labels(cells: np.ndarray) -> Labels:
    """Numbers in the order of numbers, as the product's readers have them."""
    there = np.unique(cells[cells != ""])
    order = np.argsort(there.astype(np.float64)) if _numbers(there) else np.arange(len(there))
    code = {label: code for code, label in enumerate(there[order])}
    return Labels(tuple(map(str, there[order])), np.array([code.get(cell, BLANK) for cell in cells], np.int32))


def _numbers(cells: np.ndarray) -> Numbers | None:
    there = cells != ""
    try:
        levels, codes = np.unique(cells[there].astype(np.float64), return_inverse=True)
    except ValueError:
        return None
    every = np.full(len(cells), BLANK, np.int32)
    every[there] = codes
    return Numbers(levels, every)
