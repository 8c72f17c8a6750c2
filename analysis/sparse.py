"""Adding rows up under weights, as products of sparse matrices: no table is spread out before it is added."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack

from analysis.arrays import Floats, Ints

Sparse = csr_array


def adding(to: Ints, row: Ints, weight: Floats, size: int, rows: int) -> Sparse:
    """S, size × rows, with (S @ table)[k] = Σ weight · table[row] over the entries whose `to` is k, added in the order given."""
    if len(to) and (to[1:] < to[:-1]).any():
        order = np.argsort(narrow(to), kind="stable")
        row, weight = row[order], weight[order]
    start = np.append(0, np.cumsum(np.bincount(to, minlength=size)))
    return csr_array((weight, row, start), shape=(size, rows))


def gathered(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> Sparse:
    """The values at their places; those at one place are added."""
    return csr_array(coo_array((value, (row, column)), shape=shape))


def stacked(tables: Sequence[Sparse]) -> Sparse:
    """One below the other."""
    return csr_array(vstack(tables))


def added(matrix: Sparse, table: Floats) -> Floats:
    """S @ table along the first axis of a table of any shape."""
    flat = table.reshape(len(table), int(np.prod(table.shape[1:])))
    found: Floats = matrix @ flat
    return found.reshape(-1, *table.shape[1:]) if table.size else np.zeros((matrix.shape[0], *table.shape[1:]))


def pairs(first: Ints, second: Ints) -> tuple[tuple[Ints, Ints], Ints, Ints]:
    """The distinct (first, second), sorted; then of the entries put in their order: which pair each is, and that order."""
    order = np.argsort(narrow(second), kind="stable")
    order = order[np.argsort(narrow(first)[order], kind="stable")]
    mine, theirs = first[order], second[order]
    new = np.r_[True, (mine[1:] != mine[:-1]) | (theirs[1:] != theirs[:-1])][: len(order)]
    return (mine[new], theirs[new]), np.cumsum(new) - 1, order


def narrow(code: Ints) -> NDArray[np.unsignedinteger]:
    """Codes ≥ 0 in as few bytes as hold them: up to two bytes are sorted by counting, not by comparing."""
    found: NDArray[np.unsignedinteger] = code.astype(np.min_scalar_type(int(code.max(initial=0))))
    return found
