"""Combinations of columns as one code a row, and where codes begin. Nothing here knows what a column means."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Ints

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
    """columns: codes of equal length, −1 where a cell is blank; the first is the slowest in the order.

    Columns are joined to one number as long as there is room. Then it is numbered anew, or, where the next column alone tells
    what stands before it (points on a day lie in one unit), that column is numbered in the order of both.
    """
    rows = len(columns[0])
    key, size = np.zeros(rows, np.int64), 1
    parts: tuple[Ints, ...] = ()
    joined: list[_Digit] = []
    for column in columns:
        digit = _Digit(int(column.min(initial=0)), int(column.max(initial=0)))
        if size > 1 and size * digit.width > rows:
            code, parts = _numbered(key, parts, joined)
            nested = _nested(code, parts, np.subtract(column, digit.low, out=key, dtype=np.int64), digit)
            code, parts = nested or (code, parts)
            np.copyto(key, code)
            size, joined = len(parts[0]), []
            if nested:
                continue
        if digit.width > 1:
            if size > 1:
                key *= digit.width
            key += column
            if digit.low:
                key -= digit.low
        size *= digit.width
        joined.append(digit)
    return Keys(*_numbered(key, parts, joined))


@dataclass(frozen=True, slots=True)
class _Digit:
    """The codes of one column: low … high."""

    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low + 1


_Numbered = tuple[NDArray[np.int32], tuple[Ints, ...]]


def _numbered(key: Ints, parts: tuple[Ints, ...], joined: Sequence[_Digit]) -> _Numbered:
    """Keys ≥ 0 replaced by 0, 1, 2 … in their order, and the parts of each. `parts`: of what stands before the joined digits."""
    space = int(key.max(initial=0)) + 1
    if space > ROOM * len(key) + 1024:
        found, place = np.unique(key, return_inverse=True)
        code = place.astype(np.int32)
    else:
        seen = np.zeros(space, np.bool_)
        seen[key] = True
        found = np.flatnonzero(seen)
        number = np.empty(space, np.int32)
        number[found] = np.arange(len(found))
        code = number[key]
    digits: list[Ints] = []
    for digit in reversed(joined):
        found, own = np.divmod(found, digit.width)
        digits.insert(0, own + digit.low)
    return code, (*(part[found] for part in parts), *digits)


def _nested(code: NDArray[np.int32], parts: tuple[Ints, ...], level: Ints, digit: _Digit) -> _Numbered | None:
    """Where each level of the next column lies in one of the combinations so far: the levels numbered in the order of both. level: of
    each row, from 0."""
    if digit.width > ROOM * len(code):
        return None
    above = np.full(digit.width, -1, np.int32)
    above[level] = code
    if (above[level] != code).any():
        return None
    levels = np.flatnonzero(above >= 0)
    found = levels[np.lexsort((levels, above[levels]))]
    number = np.empty(digit.width, np.int32)
    number[found] = np.arange(len(found))
    return number[level], (*(part[above[found]] for part in parts), found + digit.low)


def one_key(rows: int) -> Keys:
    """All rows alike."""
    return Keys(np.zeros(rows, np.int32), (np.zeros(1, np.int64),))


def places_of(wanted: Ints, known: Ints) -> Ints:
    """Where each wanted number ≥ 0 stands in a sorted list that has them all."""
    space = int(known.max(initial=0)) + 1
    if space > ROOM * len(wanted):
        return np.searchsorted(known, wanted)
    place = np.empty(space, np.int64)
    place[known] = np.arange(len(known))
    return place[wanted]


def starts(*sorted_codes: Integers) -> Ints:
    """Where a new combination begins in rows sorted by these codes, and the number of rows at the end."""
    rows = len(sorted_codes[0])
    new = np.zeros(rows, np.bool_)
    new[:1] = True
    for code in sorted_codes:
        new[1:] |= code[1:] != code[:-1]
    return np.append(np.flatnonzero(new), rows)

