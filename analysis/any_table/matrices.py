"""Tables that are mostly zero, with the three products that sums need. The only module that knows scipy's sparse tables."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analysis.any_table.keys import Integers
from analysis.survey_data import Floats

FULL = 1 / 8
"""A table with this part of its cells filled is kept whole."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """rows × columns; cells given twice add up."""

    table: "csr_array[np.float64, tuple[int, int]]"

    @classmethod
    def of(cls, values: Floats, row: Integers, column: Integers, shape: tuple[int, int]) -> "Matrix":
        return cls(csr_array((values, (row, column)), shape=shape))

    def __matmul__(self, right: Floats) -> Floats:
        found: Floats = np.asarray(self.table @ right, np.float64)
        return found

    def rows(self, chosen: Integers) -> "Matrix":
        return Matrix(csr_array(self.table[chosen]))

    def times(self, right: "Matrix") -> "Matrix":
        return Matrix(csr_array(self.table @ right.table))

    def gram(self, weight: Floats) -> "Matrix | Floats":
        """X' diag(weight) X: columns × columns."""
        found = csr_array(self.table.T @ self.table.multiply(weight[:, None]))
        rows, columns = found.shape
        return found.toarray() if found.nnz > FULL * rows * columns else Matrix(found)


def adding(code: Integers, size: int) -> Matrix:
    """The matrix whose product with rows × q is their sum by code: size × q. Rows with code −1 are left out."""
    kept = np.flatnonzero(code >= 0)
    return Matrix.of(np.ones(len(kept)), code[kept], kept, (size, len(code)))
