"""Combinations of columns as one code a row, and where codes begin. Nothing here knows what a column means."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.survey_data import Ints

Integers = NDArray[np.integer]

ROOM = 16
"""A table of codes may have this many cells a row before sorting is cheaper."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The combinations that occur, numbered in the order of their parts. `code`: of each row; `parts`: of each combination."""

    code: NDArray[np.int32]
    parts: tuple[Ints, ...]

    @property
    def size(self) -> int:
        return len(self.parts[0])

    def counts(self) -> Ints:
        """Rows of each combination."""
        return np.bincount(self.code, minlength=self.size)


def combine(columns: Sequence[Integers]) -> Keys:
    """columns: codes ≥ −1 of equal length, −1 where a cell is blank; the first is the slowest in the order."""
    code, parts = _numbered(columns[0].astype(np.int64) + 1)
    made = [parts - 1]
    for column in columns[1:]:
        width = int(column.max(initial=-1)) + 2
        code, pairs = _numbered(code.astype(np.int64) * width + (column + np.int64(1)))
        before, own = np.divmod(pairs, width)
        made = [*(part[before] for part in made), own - 1]
    return Keys(code, tuple(made))


def one_key(rows: int) -> Keys:
    """All rows alike."""
    return Keys(np.zeros(rows, np.int32), (np.zeros(1, np.int64),))


def _numbered(key: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Keys ≥ 0 replaced by 0, 1, 2 … in their order, and the keys that occur."""
    space = int(key.max(initial=0)) + 1
    if space > ROOM * len(key) + 1024:
        found, code = np.unique(key, return_inverse=True)
        return code.astype(np.int32), found
    seen = np.zeros(space, np.bool_)
    seen[key] = True
    found = np.flatnonzero(seen)
    number = np.empty(space, np.int32)
    number[found] = np.arange(len(found))
    return number[key], found


def starts(*sorted_codes: Integers) -> Ints:
    """Where a new combination begins in rows sorted by these codes, and the number of rows at the end."""
    rows = len(sorted_codes[0])
    new = np.zeros(rows, np.bool_)
    new[:1] = True
    for code in sorted_codes:
        new[1:] |= code[1:] != code[:-1]
    return np.append(np.flatnonzero(new), rows)

