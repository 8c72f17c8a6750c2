"""What weights look like, by hand: from classes of equal weight and from sums by cell."""

import numpy as np
import pytest

from analysis.diagnostics import beyond, diagnose, kish, spread

W, G, N = np.array([2.0, 6.0, 1.0]), np.array([2.0, 3.0, 0.5]), np.array([3, 1, 2])
"""Six answers: w = 2, 2, 2, 6, 1, 1; g = 2, 2, 2, 3, 0.5, 0.5, so d = 1, 1, 1, 2, 2, 2."""


def test_spread_of_classes_by_hand() -> None:
    """Σw = 14, Σw² = 50: Kish 196/50 = 3.92, CV = √(6/3.92 − 1) = 0.72843."""
    found = spread(W, G, N)
    assert (found.rows, found.total, found.low, found.high, found.factor_low, found.factor_high) == (6, 14, 1, 6, 0.5, 3)
    assert found.n_eff == pytest.approx(3.92)
    assert found.cv == pytest.approx(0.72843136)
    assert found.cv == pytest.approx(np.std(np.repeat(W, N)) / np.mean(np.repeat(W, N)))
    assert found.beyond_bounds == 0


def test_answers_beyond_the_bounds_are_counted_by_multiples_of_the_mean_factor() -> None:
    """Mean factor 14/9: bounds 0.4 … 1.8 of it are 0.622 … 2.8, so g = 3 (one answer) and 0.5 (two) lie beyond."""
    assert spread(W, G, N, (0.4, 1.8)).beyond_bounds == 3
    assert beyond(G, N * W / G, (0.3, 1.8)).tolist() == [False, True, False]
    assert beyond(G, N * W / G, (0.5 * 9 / 14, 3 * 9 / 14)).tolist() == [False, False, False]


def test_sums_by_cell_give_the_same_as_rows() -> None:
    """Cell one: d = 1, 2 with g = 3; cell two: d = 1 with g = 5. w = 3, 6, 5: Kish 196/70 = 2.8; 3 answers of 14 files."""
    found = diagnose(np.array([3.0, 5.0]), np.array([2, 1]), np.array([3.0, 1.0]), np.array([5.0, 1.0]), 14)
    assert found.n_eff == pytest.approx(2.8)
    assert found.cv == pytest.approx(np.std([3, 6, 5]) / np.mean([3, 6, 5]))
    assert (found.factor_low, found.factor_high, found.coverage) == (3, 5, 3 / 14)


def test_without_answers_there_is_no_effective_n() -> None:
    none = np.zeros(0)
    assert diagnose(none, np.zeros(0, np.int64), none, none, 5).n_eff == 0
    assert diagnose(none, np.zeros(0, np.int64), none, none, None).coverage is None


def test_equal_weights_have_no_spread() -> None:
    assert kish(7, 7 * 0.1, 7 * 0.1 * 0.1) == (pytest.approx(0, abs=1e-7), pytest.approx(7))
