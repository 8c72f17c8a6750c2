"""Tables that are mostly zero, with the products that sums need: rows one after the other, of each the cells that are given.

The only module that knows the compiled functions of scipy's sparse tables. They are called by themselves, as scipy.sparse takes
longer to start than a table of 100,000 rows takes to be summed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.any_table.keys import Integers
from analysis.arrays import Floats, Ints
from analysis.compiled import compiled

Narrow = NDArray[np.int32]
"""Places of cells: two billion of them would not fit into memory."""

_tools = compiled("scipy.sparse", "_sparsetools")
_sorted_cells: Callable[..., None] = _tools.coo_tocsr
_plain: Callable[..., bool] = _tools.csr_has_canonical_format
_in_order: Callable[..., None] = _tools.csr_sort_indices
_joined: Callable[..., None] = _tools.csr_sum_duplicates
_turned: Callable[..., None] = _tools.csr_tocsc
_times: Callable[..., None] = _tools.csr_matvecs
_across: Callable[..., None] = _tools.csc_matvecs
_product_cells: Callable[..., int] = _tools.csr_matmat_maxnnz
_product: Callable[..., None] = _tools.csr_matmat
_spread: Callable[..., None] = _tools.csr_todense


@dataclass(frozen=True, slots=True)
class Matrix:
    """rows × columns; those of row r lie at start[r] : start[r + 1] of `column` and `value`, in any order. Cells given twice add up."""

    start: Narrow
    column: Narrow
    value: Floats
    width: int

    @classmethod
    def of(cls, value: Floats, row: Integers, column: Integers, shape: tuple[int, int]) -> "Matrix":
        """From cells in any order, put in order; those given twice become one."""
        rows, columns, cells = *shape, len(value)
        found = cls(np.empty(rows + 1, np.int32), np.empty(cells, np.int32), np.empty(cells), columns)
        given = _places(row, rows), _places(column, columns), np.ascontiguousarray(value, np.float64)
        if not len(row) == len(column) == cells:
            raise ValueError(f"{cells} values do not stand in {len(row)} rows and {len(column)} columns")
        _sorted_cells(rows, columns, cells, *given, found.start, found.column, found.value)
        if _plain(rows, found.start, found.column):
            return found
        _in_order(rows, found.start, found.column, found.value)
        _joined(rows, columns, found.start, found.column, found.value)
        return found._cut()

    @classmethod
    def sorted(cls, value: Floats, column: Integers, start: Integers, shape: tuple[int, int]) -> "Matrix":
        """From cells in the order of rows."""
        rows, cells, bounds = shape[0], len(column), _places(start, len(column) + 1)
        if len(bounds) != rows + 1 or len(value) != cells or bounds[0] != 0 or bounds[-1] != cells or (np.diff(bounds) < 0).any():
            raise ValueError(f"{rows} rows with {cells} columns and {len(value)} values do not follow one another")
        return cls(bounds, _places(column, shape[1]), np.ascontiguousarray(value, np.float64), shape[1])

    def __matmul__(self, right: Floats) -> Floats:
        return self._multiplied(_times, self.shape, right)

    def across(self, right: Floats) -> Floats:
        """X' right."""
        return self._multiplied(_across, self.shape[::-1], right)

    def _multiplied(self, by: Callable[..., None], shape: tuple[int, int], right: Floats) -> Floats:
        if len(right) != shape[1]:
            raise ValueError(f"{shape[0]} × {shape[1]} cells are not multiplied with {len(right)} rows")
        found = np.zeros((shape[0], *right.shape[1:]))
        vectors = right.shape[1] if right.ndim > 1 else 1
        by(*shape, vectors, self.start, self.column, self.value, np.ascontiguousarray(right, np.float64).ravel(), found.ravel())
        return found

    def times(self, right: "Matrix") -> "Matrix":
        if self.width != right.shape[0]:
            raise ValueError(f"tables of {self.width} columns and {right.shape[0]} rows are not multiplied")
        rows, columns = self.shape[0], right.width
        cells = rows * columns
        if cells > len(self.value) + len(right.value):  # else room for all takes less than counting what is needed
            cells = _product_cells(rows, columns, self.start, self.column, right.start, right.column)
        found = Matrix(np.empty(rows + 1, np.int32), np.empty(cells, np.int32), np.empty(cells), columns)
        given = self.start, self.column, self.value, right.start, right.column, right.value
        _product(rows, columns, *given, found.start, found.column, found.value)
        return found._cut()

    def gram(self, weight: Floats) -> "Matrix":
        """X' diag(weight) X: columns × columns."""
        return self.turned().times(Matrix(self.start, self.column, self.value * np.repeat(weight, self.given), self.width))

    def moved(self, column: Ints, columns: int, scale: Floats) -> "Matrix":
        """The cells, in their order, at other columns, −1 where one goes; each row times its scale."""
        start, kept = self.start, column >= 0
        value = self.value * np.repeat(scale, self.given)
        if not kept.all():
            start, value, column = np.append(0, np.cumsum(kept))[start], value[kept], column[kept]
        return Matrix.sorted(value, column, start, (len(scale), columns))

    def _cut(self) -> "Matrix":
        """Without the room behind the cells: those given twice became one, those of a product that are 0 are not kept."""
        kept = int(self.start[-1])
        return Matrix(self.start, self.column[:kept], self.value[:kept], self.width)

    def rows(self, chosen: Ints) -> "Matrix":
        given = self.given[chosen]
        start = np.append(0, np.cumsum(given))
        cell = np.arange(start[-1]) + np.repeat(self.start[chosen] - start[:-1], given)
        return Matrix.sorted(self.value[cell], self.column[cell], start, (len(chosen), self.width))

    def turned(self) -> "Matrix":
        """X'."""
        rows, cells = self.shape[0], len(self.value)
        found = Matrix(np.empty(self.width + 1, np.int32), np.empty(cells, np.int32), np.empty(cells), rows)
        _turned(rows, self.width, self.start, self.column, self.value, found.start, found.column, found.value)
        return found

    def whole(self) -> Floats:
        """The table with its zeros."""
        found = np.zeros(self.shape)
        _spread(*self.shape, self.start, self.column, self.value, found)
        return found

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Row, column and value of every cell that is given."""
        return np.repeat(np.arange(len(self.start) - 1), self.given), self.column.astype(np.int64), self.value

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.start) - 1, self.width

    @property
    def given(self) -> Ints:
        """Cells of each row that are given."""
        return np.diff(self.start).astype(np.int64)

    @property
    def held(self) -> Ints:
        """Cells of each column that are given."""
        return np.bincount(self.column, minlength=self.width)

    @property
    def squares(self) -> int:
        """Multiplications that X'X takes."""
        return int((self.given**2).sum())


def _places(found: Integers, size: int) -> Narrow:
    """Places 0 … size − 1: the compiled functions do not look."""
    if len(found) and (found.min() < 0 or found.max() >= size):
        raise IndexError(f"places of cells from {found.min()} to {found.max()} do not lie from 0 to {size - 1}")
    return np.ascontiguousarray(found, np.int32)


def entries(table: Matrix | Floats) -> tuple[Ints, Ints, Floats]:
    """Row, column and value of every cell that is given, or is not zero, row by row."""
    if isinstance(table, Matrix):
        return table.entries()
    row, column = np.nonzero(table)
    return row, column, table[row, column]


def adding(code: Integers, size: int) -> Matrix:
    """The matrix whose product with rows × q is their sum by code: size × q. Rows with code −1 are left out."""
    kept = np.flatnonzero(code >= 0)
    return Matrix.of(np.ones(len(kept)), code[kept], kept, (size, len(code)))


def sorted_rows(code: Integers, size: int) -> tuple[Narrow, Narrow]:
    """Rows by code 0 … size − 1, those of one code as they came, and where each code begins: by counting, in a fraction of the time."""
    rows = len(code)
    start, row, told = np.empty(size + 1, np.int32), np.empty(rows, np.int32), np.empty(rows, np.int8)
    _sorted_cells(size, rows, rows, _places(code, size), np.arange(rows, dtype=np.int32), np.ones(rows, np.int8), start, row, told)
    return row, start
