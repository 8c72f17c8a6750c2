"""Tables that are mostly zero against the same tables with their zeros, multiplied by numpy."""

import subprocess
import sys

import numpy as np
import pytest

from analysis.any_table.matrices import Matrix, adding, entries, sorted_rows
from tests.installation import PROJECT

WHOLE = np.array([[0.0, 2.0, 0.0, -1.0], [0.0, 0.0, 0.0, 0.0], [3.5, 0.0, 0.0, 4.0]])
RIGHT = np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0], [13.0, 17.0]])
LEFT = np.array([[1.0, -2.0], [3.0, 5.0], [0.5, 4.0]])


@pytest.fixture
def table() -> Matrix:
    """WHOLE, from cells in no order; 4 in the corner is given as 1 and 3."""
    row, column = np.array([2, 0, 2, 0, 2]), np.array([3, 3, 0, 1, 3])
    return Matrix.of(np.array([1.0, -1.0, 3.5, 2.0, 3.0]), row, column, (3, 4))


def test_cells_given_twice_add_up_and_lie_in_order(table: Matrix) -> None:
    row, column, value = table.entries()
    assert (row.tolist(), column.tolist(), value.tolist()) == ([0, 0, 2, 2], [1, 3, 0, 3], [2.0, -1.0, 3.5, 4.0])
    assert (table.given.tolist(), table.held.tolist(), table.squares) == ([2, 0, 2], [1, 1, 0, 2], 8)
    assert [part.tolist() for part in entries(WHOLE)] == [row.tolist(), column.tolist(), value.tolist()]


def test_products_are_those_of_the_whole_table(table: Matrix) -> None:
    weight = np.array([2.0, 3.0, 0.5])
    assert np.array_equal(table.whole(), WHOLE)
    assert np.array_equal(table @ RIGHT, WHOLE @ RIGHT)
    assert np.array_equal(table @ RIGHT[:, 0], WHOLE @ RIGHT[:, 0])
    assert np.array_equal(table @ np.asfortranarray(RIGHT), WHOLE @ RIGHT)
    assert np.array_equal(table.across(LEFT), WHOLE.T @ LEFT)
    assert np.array_equal(table.turned().whole(), WHOLE.T)
    assert np.array_equal(table.times(table.turned()).whole(), WHOLE @ WHOLE.T)
    assert np.array_equal(table.gram(weight).whole(), WHOLE.T @ np.diag(weight) @ WHOLE)


def test_cells_of_a_product_that_cancel_are_gone() -> None:
    """Weights of nought, which calibration within bounds from 0 gives, make such cells."""
    left = Matrix.of(np.array([1.0, 1.0, 5.0]), np.array([0, 0, 1]), np.array([0, 1, 0]), (2, 2))
    right = Matrix.of(np.array([2.0, -2.0, 3.0]), np.array([0, 1, 1]), np.array([0, 0, 1]), (2, 2))
    found = left.times(right)
    assert [part.tolist() for part in found.entries()] == [[0, 1], [1, 0], [3.0, 10.0]]
    assert (found.held.tolist(), found.whole().tolist()) == ([1, 1], [[0.0, 3.0], [10.0, 0.0]])
    assert np.array_equal(left.gram(np.zeros(2)).whole(), np.zeros((2, 2))) and len(left.gram(np.zeros(2)).value) == 0


def test_rows_may_come_again_and_cells_may_go(table: Matrix) -> None:
    chosen = np.array([2, 2, 1, 0])
    assert np.array_equal(table.rows(chosen).whole(), WHOLE[chosen])
    moved = table.moved(np.array([0, -1, 1, 0]), 2, np.array([10.0, 1.0, 100.0]))
    assert moved.whole().tolist() == [[20.0, 0.0], [0.0, 0.0], [400.0, 350.0]]


def test_rows_are_added_by_code_and_sorted_by_it() -> None:
    code = np.array([1, -1, 0, 1, 3], np.int8)
    assert (adding(code, 4) @ np.array([1.0, 2.0, 4.0, 8.0, 16.0])).tolist() == [4.0, 9.0, 0.0, 16.0]
    row, start = sorted_rows(np.array([1, 0, 3, 1, 0]), 4)
    assert (row.tolist(), start.tolist()) == ([1, 4, 0, 3, 2], [0, 2, 4, 4, 5])


def test_a_table_may_be_empty() -> None:
    nothing = Matrix.of(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64), (0, 4))
    assert (nothing @ RIGHT).shape == (0, 2) and nothing.across(np.zeros((0, 2))).tolist() == [[0.0, 0.0]] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        lambda table: Matrix.of(np.ones(1), np.array([3]), np.array([0]), (3, 4)),
        lambda table: Matrix.of(np.ones(1), np.array([-1]), np.array([0]), (3, 4)),
        lambda table: Matrix.sorted(np.ones(1), np.array([4]), np.array([0, 1]), (1, 4)),
        lambda table: Matrix.sorted(np.ones(1), np.array([0]), np.array([0, 2]), (1, 4)),
        lambda table: table.moved(np.array([0, 1, 2, 5]), 4, np.ones(3)),
        lambda table: sorted_rows(np.array([0, 4]), 4),
        lambda table: table @ LEFT,
        lambda table: table.across(RIGHT),
        lambda table: table.times(table),
        lambda table: table.turned().times(table.turned()),
        lambda table: Matrix.of(np.ones(3), np.array([0]), np.array([0]), (3, 4)),
        lambda table: Matrix.sorted(np.ones(1), np.array([0, 1]), np.array([0, 2]), (1, 4)),
        lambda table: Matrix.sorted(np.ones(2), np.array([0, 1]), np.array([1, 2]), (1, 4)),
        lambda table: Matrix.sorted(np.ones(2), np.array([0, 1]), np.array([0, 2, 1, 2]), (3, 4)),
        lambda table: Matrix.sorted(np.ones(2), np.array([0, 1]), np.array([0, 2]), (2, 4)),
    ],
    ids=[
        "row", "row below 0", "column", "end of a row", "moved too far", "code", "rows of a product", "rows across", "fewer rows",
        "more rows", "values without a place", "columns without a value", "cells before the first row", "rows backwards", "rows",
    ],
)  # fmt: skip
def test_no_cell_is_read_or_written_beside_the_table(table: Matrix, wrong) -> None:
    """The compiled functions would do so without a word."""
    with pytest.raises((IndexError, ValueError)):
        wrong(table)


@pytest.mark.parametrize("first", ["from analysis.any_table.matrices import Matrix", "import scipy.sparse"])
def test_scipy_is_whole_beside_them(first: str) -> None:
    lines = (
        first,
        "import numpy as np, scipy.sparse, scipy.sparse.linalg, scipy.stats",
        "from analysis.any_table.matrices import Matrix",
        "row = np.array([0, 1])",
        "ours = Matrix.of(np.array([2.0, 3.0]), row, row, (2, 2)).whole()",
        "theirs = scipy.sparse.csr_array((np.array([2.0, 3.0]), (row, row)), shape=(2, 2))",
        "assert (ours == theirs.toarray()).all() and abs(scipy.sparse.linalg.norm(theirs) ** 2 - 13) < 1e-12",
    )
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_tables_are_summed_without_the_rest_of_scipys_sparse_tables() -> None:
    lines = ("import sys, analysis.any_table.run", "assert 'scipy.sparse' not in sys.modules, 'loaded whole'")
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
