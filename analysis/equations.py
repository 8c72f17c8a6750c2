"""Systems of linear equations between rounded cells, and what makes them smaller without a loss.

Independent systems are put side by side and taken apart into connected components, so that many small tables cost what one
large one does. What they leave open of a cell is found in feasible.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import block_diag, csc_array, csr_array

from analysis.compiled import compiled
from analysis.survey_data import Bools, Floats, Ints

ALIKE = 9
"""Decimals to which two columns of coefficients have to agree to be taken for the same."""
HOLDS = 1e-9
_graphs = compiled("scipy.sparse.csgraph", "_traversal")
"""Without the package around it, which loads all of linear algebra."""


@dataclass(frozen=True, slots=True)
class Equations:
    """low ≤ table · x ≤ high (equations × cells, sparse), and least ≤ x ≤ most.

    kind, scale: of equations that hold only about, in groups 0, 1 … that miss alike within a connected component, in multiples of the
    scale; kind −1 holds.
    """

    table: csr_array
    low: Floats
    high: Floats
    kind: Ints
    scale: Floats
    least: Floats
    most: Floats

    def of_rows(self, rows: Ints) -> "Equations":
        """These equations alone, of all cells."""
        low, high, kind, scale = self.low[rows], self.high[rows], self.kind[rows], self.scale[rows]
        return replace(self, table=csr_array(self.table[rows]), low=low, high=high, kind=kind, scale=scale)


def side_by_side(many: Sequence[Equations]) -> tuple[Equations, Ints]:
    """Systems that share no cell as one, and where the cells of each begin."""
    start = np.cumsum([0, *(one.table.shape[1] for one in many)])
    names = [field.name for field in fields(Equations) if field.name != "table"]
    joined = {name: np.concatenate([getattr(one, name) for one in many]) for name in names}
    return Equations(csr_array(block_diag([one.table for one in many], format="csr")), **joined), start


def needed(equations: Equations) -> Equations:
    """Without the equations that the ends of the cells alone keep."""
    table = equations.table
    up, down = table.maximum(0), table.minimum(0)
    least, most = np.maximum(equations.least, -1e30), np.minimum(equations.most, 1e30)
    greatest, smallest = up @ most + down @ least, up @ least + down @ most
    return equations.of_rows(np.flatnonzero((greatest > equations.high + HOLDS) | (smallest < equations.low - HOLDS)))


def added_up(equations: Equations, kept: Bools) -> tuple[Equations, Ints]:
    """Cells that are not `kept` and have columns of one shape become one, c · x summed; and where every cell went.

    Exact: the sum of independent intervals is an interval.
    """
    columns = csc_array(equations.table)
    place, first = _shapes(columns, kept)
    size = int(place.max(initial=-1)) + 1
    ends = np.sort(np.stack([equations.least * first, equations.most * first]), axis=0)
    one_of = np.full(size, -1, np.int64)
    one_of[place[::-1]] = np.arange(len(kept))[::-1]
    table = csr_array(columns[:, one_of] * (1 / first[one_of])[None, :])
    least, most = (np.bincount(place, end, size).astype(np.float64) for end in ends)
    return replace(equations, table=table, least=least, most=most), place


def _shapes(columns: csc_array, alone: Bools) -> tuple[Ints, Floats]:
    """Number of the shape of every cell's column, and its first coefficient: a shape is a column divided by that.

    Cells that are `alone`, or in no equation, have a shape and a coefficient of 1 to themselves.
    """
    columns.sort_indices()
    count = np.diff(columns.indptr)
    single = alone | (count == 0)
    first = np.ones(len(alone))
    first[~single] = columns.data[columns.indptr[:-1][~single]]
    data, rows = np.round(columns.data / np.repeat(first, count), ALIKE), columns.indices.astype(np.int64)
    entries = np.stack([rows.view(np.float64), data], axis=1).tobytes()
    ends = (2 * data.itemsize * columns.indptr).tolist()
    shapes: dict[object, int] = {}
    place = np.zeros(len(alone), np.int64)
    for cell, apart in enumerate(single.tolist()):
        shape: object = cell if apart else entries[ends[cell] : ends[cell + 1]]
        place[cell] = shapes.setdefault(shape, len(shapes))
    return place, first


@dataclass(frozen=True, slots=True)
class Parts:
    """Equations whose connected components lie one after the other: where the cells and the rows of each begin, and their ends."""

    equations: Equations
    cells: Ints
    rows: Ints

    @classmethod
    def of(cls, equations: Equations) -> tuple["Parts", Ints]:
        """The same system in that order, and where every cell went: cells are joined by an equation. Empty equations go."""
        full = equations.of_rows(np.flatnonzero(np.diff(equations.table.indptr)))
        of_cell = _components(full.table)
        of_row = of_cell[full.table.indices[full.table.indptr[:-1]]]
        cells, rows = np.argsort(of_cell, kind="stable"), np.argsort(of_row, kind="stable")
        full = full.of_rows(rows)
        ordered = replace(full, table=csr_array(full.table[:, cells]), least=full.least[cells], most=full.most[cells])
        numbers = np.arange(of_cell.max(initial=-1) + 2)
        place = np.empty(len(cells), np.int64)
        place[cells] = np.arange(len(cells))
        return cls(ordered, np.searchsorted(of_cell[cells], numbers), np.searchsorted(of_row[rows], numbers)), place

    @property
    def count(self) -> int:
        return len(self.cells) - 1

    def holding(self, cells: Ints) -> Ints:
        """In which component each of some cells is."""
        return np.searchsorted(self.cells, cells, "right") - 1

    def take(self, numbers: Ints) -> tuple["Parts", Ints]:
        """These components in this order, one that is named twice as two; and the cells of theirs."""
        of, indptr = self.equations, self.equations.table.indptr.astype(np.int64)
        rows, cells, entries = (_runs(starts, numbers) for starts in (self.rows, self.cells, indptr[self.rows]))
        of_cells, of_rows = (np.concatenate([[0], np.cumsum(np.diff(starts)[numbers])]) for starts in (self.cells, self.rows))
        moved = np.repeat(of_cells[:-1] - self.cells[numbers], np.diff(indptr[self.rows])[numbers])
        start = np.concatenate([[0], np.cumsum(np.diff(indptr)[rows])])
        table = csr_array((of.table.data[entries], of.table.indices[entries] + moved, start), shape=(len(rows), len(cells)))
        ends = of.least[cells], of.most[cells]
        return Parts(Equations(table, of.low[rows], of.high[rows], of.kind[rows], of.scale[rows], *ends), of_cells, of_rows), cells

    def pieces(self, size: int) -> Iterator["Parts"]:
        """Neighbouring components together, of about so many cells; a large one alone."""
        piece = self.cells[:-1] // size
        for number in np.unique(piece):
            yield self.take(np.flatnonzero(piece == number))[0]


def _components(table: csr_array) -> Ints:
    """Number of the connected component of every cell."""
    rows, cells = table.shape
    ends = np.concatenate([table.indptr, np.full(cells, table.indptr[-1])])
    joined = csr_array((np.ones(len(table.data)), rows + table.indices, ends), shape=(rows + cells, rows + cells))
    _, label = _graphs.connected_components(joined, directed=False)
    found: Ints = label[rows:].astype(np.int64)
    return found


def _runs(starts: Ints, numbers: Ints) -> Ints:
    """Everything from the start of each of these to the start of the next, one after the other."""
    count = np.diff(starts)[numbers]
    ends = np.cumsum(count)
    found: Ints = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[:-1][numbers] - ends + count, count)
    return found
