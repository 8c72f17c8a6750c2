"""Arrays: what they are called, and the sum by code that everything here is made of. No survey, no instrument.

Apart from survey_data.py so that whoever reckons with arrays alone does not load instruments for it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]


def totals(code: Ints, values: Floats | Ints | Bools, size: int) -> Floats:
    """Σ of the values that have each code: 0 … size − 1."""
    return np.bincount(code, values, size).astype(np.float64)


def numbered(key: Ints, size: int) -> tuple[Ints, Ints]:
    """The different keys, sorted, and which one each is; all are below `size`. Where these are fewer than the keys a table is looked
    up, and nothing sorted."""
    if size > len(key):
        return np.unique(key, return_inverse=True)
    there = np.zeros(size, np.bool_)
    there[key] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[key]


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows put in the order of a code, 0 … size − 1, so that sums run over neighbours. `order`: of the rows; `code`: which codes
    occur; `start`: where each of these begins."""

    size: int
    order: Ints
    code: Ints
    start: Ints

    @classmethod
    def of(cls, code: Ints, size: int) -> "Runs":
        order = np.argsort(code.astype(np.min_scalar_type(size)), kind="stable")
        sorted_ = code[order]
        start = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]][: len(code)])
        return cls(size, order, sorted_[start].astype(np.int64), start)

    def sums(self, values: Floats | Bools) -> Floats:
        """Σ of the values of each code that occurs. values: in the order of the runs."""
        found: Floats = np.add.reduceat(values, self.start, dtype=np.float64)
        return found

    def greatest(self, values: Floats) -> Floats:
        """The greatest of the values of each code that occurs."""
        found: Floats = np.maximum.reduceat(values, self.start)
        return found
