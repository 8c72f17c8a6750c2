"""Table: the columns of anybody's data that a request needs, one row an answer. Reading files is in __main__.py."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Floats

Codes = NDArray[np.int8] | NDArray[np.int16] | NDArray[np.int32]
BLANK = -1


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers: `levels[codes[k]]`, −1 where the cell is blank. Levels are finite, distinct and sorted."""

    levels: Floats
    codes: Codes


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of names: `labels[codes[k]]`, −1 where the cell is blank. Labels are distinct and sorted."""

    labels: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length. A column may be there as numbers, as labels, or as both.

    `first_row`: the number that a person's program shows beside the first row: 2 under a header line, 1 without one.
    """

    name: str
    rows: int
    numbers: Mapping[str, Numbers]
    labels: Mapping[str, Labels]
    first_row: int = 2

    def place(self, row: int, column: str) -> str:
        """Where a person finds a cell, for messages."""
        return f"{self.name}, row {row + self.first_row}, column {column}"
