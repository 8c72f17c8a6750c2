"""Tables with the products that sums need, whole or mostly zero. The only module that knows scipy's sparse tables."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analysis.any_table.keys import Integers
from analysis.arrays import Floats, Ints

WHOLE = 1 << 23
"""A table of this many cells, 64 MB, is kept whole: its parts are quicker to take."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """rows × columns; cells given twice add up."""

    table: "csr_array[np.float64, tuple[int, int]]"

    @classmethod
    def of(cls, values: Floats, row: Integers, column: Integers, shape: tuple[int, int]) -> "Matrix":
        return cls(csr_array((values, (row, column)), shape=shape))

    @classmethod
    def sorted(cls, values: Floats, column: Integers, start: Integers, shape: tuple[int, int]) -> "Matrix":
        """From cells in the order of rows; those of row r lie at start[r] : start[r + 1]."""
        return cls(csr_array((values, column, start), shape=shape))

    def __matmul__(self, right: Floats) -> Floats:
        found: Floats = np.asarray(self.table @ right, np.float64)
        return found

    def times(self, right: "Matrix") -> "Matrix":
        return Matrix(csr_array(self.table @ right.table))

    def gram(self, weight: Floats) -> "Matrix":
        """X' diag(weight) X: columns × columns."""
        return Matrix(csr_array(self.table.T @ self.table.multiply(weight[:, None])))

    def less(self, other: "Matrix") -> "Matrix":
        return Matrix(csr_array(self.table - other.table))

    def across(self, right: Floats) -> Floats:
        """X' right."""
        found: Floats = np.asarray(self.table.T @ right, np.float64)
        return found

    def moved(self, column: Ints, columns: int, scale: Floats) -> "Matrix":
        """The cells, in their order, at other columns; each row times its scale."""
        width = self.given
        return Matrix.sorted(self.table.data * np.repeat(scale, width), column, self.table.indptr, (len(width), columns))

    def rows(self, chosen: Ints) -> "Matrix":
        return Matrix(csr_array(self.table[chosen]))

    def turned(self) -> "Matrix":
        """X'."""
        return Matrix(csr_array(self.table.T))

    def part(self, rows: Ints, columns: Ints) -> Floats:
        return self.table[rows][:, columns].toarray()

    def whole(self) -> "Matrix | Floats":
        rows, columns = self.table.shape
        return self.table.toarray() if rows * columns <= WHOLE else self

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Row, column and value of every cell that is given."""
        row = np.repeat(np.arange(self.table.shape[0]), self.given)
        return row, np.asarray(self.table.indices, np.int64), self.table.data

    @property
    def shape(self) -> tuple[int, int]:
        return self.table.shape

    @property
    def given(self) -> Ints:
        """Cells of each row that are given."""
        return np.diff(self.table.indptr).astype(np.int64)

    @property
    def squares(self) -> int:
        """Multiplications that X'X takes."""
        return int((self.given**2).sum())


def part(table: Matrix | Floats, rows: Ints, columns: Ints) -> Floats:
    """Some rows and columns of a table, whole."""
    return table.part(rows, columns) if isinstance(table, Matrix) else table[rows[:, None], columns]


def entries(table: Matrix | Floats) -> tuple[Ints, Ints, Floats]:
    """Row, column and value of every cell that is not zero, row by row."""
    if isinstance(table, Matrix):
        return table.entries()
    row, column = np.nonzero(table)
    return row, column, table[row, column]


def adding(code: Integers, size: int) -> Matrix:
    """The matrix whose product with rows × q is their sum by code: size × q. Rows with code −1 are left out."""
    kept = np.flatnonzero(code >= 0)
    return Matrix.of(np.ones(len(kept)), code[kept], kept, (size, len(code)))
