"""The bootstrap of pair sums: what a draw is, that strata have chances of their own, and how far draws lie apart."""

import numpy as np
import pytest

from analysis.item_draws import drawn_sums
from analysis.item_sums import PairSums

ALL = np.ones(2, np.bool_)


def sums(weight: list[float], stratum: list[int]) -> PairSums:
    """One item: Σ w of every PSU, Σ w y twice and Σ w y² three times as much."""
    table = np.array(weight, np.float64)[:, None, None]
    return PairSums(("a",), table.astype(np.int64), table, 2 * table, 3 * table, np.array(stratum, np.int64))


def test_a_draw_takes_one_psu_fewer_than_there_are_and_stretches_them() -> None:
    """Two PSUs, 1 and 10: one of them is drawn and counts twice, 2 or 20. A stratum with one PSU, 100, stays."""
    (drawn,) = drawn_sums(sums([1, 10, 100], [0, 0, 1]), ("u", "v"), [(ALL, 400)], seed=1)
    assert set(drawn.weight.ravel().tolist()) == {102.0, 120.0}
    assert 150 < (drawn.weight == 102).sum() < 250
    assert np.array_equal(drawn.first, 2 * drawn.weight)
    assert np.array_equal(drawn.product, 3 * drawn.weight)
    assert drawn.free == 1


def test_a_stratum_has_the_same_draws_wherever_it_is_counted() -> None:
    """Alone, with another one, with fewer draws, and where the other stratum is not known at all."""
    both = sums([1, 2, 4, 8, 16, 32], [0, 0, 0, 1, 1, 1])
    first, second = np.array([True, False]), np.array([False, True])
    one, other, together, few = drawn_sums(both, ("u", "v"), [(first, 50), (second, 50), (ALL, 50), (second, 20)], seed=3)
    assert np.array_equal(together.weight, one.weight + other.weight)
    assert np.array_equal(few.weight, other.weight[:20])
    (alone,) = drawn_sums(sums([8, 16, 32], [0, 0, 0]), ("v",), [(np.array([True]), 50)], seed=3)
    assert np.array_equal(alone.weight, other.weight)
    assert not np.array_equal(one.weight * 8, other.weight)


def test_the_variance_of_draws_is_that_of_linearisation() -> None:
    """Σ_h G/(G − 1) Σ (z − z̄)²: 5/4 · 10 for 1 … 5; 3/2 · (50 − 64/3) for 0, 1, 7, whose mean is 8/3."""
    (drawn,) = drawn_sums(sums([1, 2, 3, 4, 5, 0, 1, 7], [0] * 5 + [1] * 3), ("u", "v"), [(ALL, 40_000)], seed=2)
    assert drawn.weight.mean() == pytest.approx(15 + 8, rel=0.01)
    assert drawn.weight.var() == pytest.approx(5 / 4 * 10 + 3 / 2 * (50 - 64 / 3), rel=0.03)


def test_without_answers_there_is_nothing_to_draw() -> None:
    """Nobody answered anywhere; and nobody answered in one of two offices."""
    (nothing,) = drawn_sums(sums([], []), (), [(np.zeros(0, np.bool_), 5)], seed=1)
    assert (nothing.weight.shape, nothing.weight.any(), nothing.free) == ((5, 1, 1), False, 0)
    (half,) = drawn_sums(sums([4, 4], [1, 1]), ("u", "v"), [(ALL, 5)], seed=1)
    assert half.weight.ravel().tolist() == [8.0] * 5
