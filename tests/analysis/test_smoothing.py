"""The stabilised variance by hand."""

import numpy as np
import pytest

from analysis.smoothing import Clustering, clustering, share_spread, smooth_of, stabilised


def test_the_spread_of_a_share_is_drawn_towards_the_block() -> None:
    """20 of 20 satisfied, block 0.9: p̃ = (20 + 18)/40 = 0.95, spread 0.0475; not zero."""
    assert share_spread(np.array([1.0]), np.array([20.0]), np.array([0.9])) == pytest.approx([0.0475])


def test_the_stabilised_variance_weighs_eight_degrees_of_expectation() -> None:
    """V0 = 0.003, V = 0.009 on df 4: V* = (8 · 0.003 + 4 · 0.009)/12 = 0.005. No df: V* = V0."""
    found = stabilised(np.array([0.009, np.nan]), np.array([4.0, 0.0]), np.array([0.003, 0.003]))
    assert found == pytest.approx([0.005, 0.003])


def test_fewer_than_ten_units_use_the_assumed_clustering() -> None:
    nine = np.full(9, 0.01)
    assert clustering(nine, nine, np.full(9, 5.0), np.full(9, 10.0)) == Clustering(1.0, 0.05)
    assert Clustering().at(np.array([1.0, 11.0])) == pytest.approx([1.0, 1.5])


def test_clustering_is_a_weighted_line_through_the_units_with_enough_degrees_of_freedom() -> None:
    """Ten units on the line r = 0.8 + 0.1 (m − 1); two with df 3 far off it do not count."""
    typical = np.array([*np.linspace(2, 11, 10), 5.0, 5.0])
    effect = 0.8 + 0.1 * (typical - 1)
    effect[10:] = 40.0
    expected = np.full(12, 0.002)
    fitted = clustering(effect * expected, expected, typical, np.array([*np.arange(4.0, 14.0), 3.0, 3.0]))
    assert (fitted.a, fitted.b) == pytest.approx((0.8, 0.1))


def test_a_falling_line_is_cut_to_its_weighted_mean_and_never_below_a_fifth() -> None:
    typical, expected = np.linspace(2, 11, 10), np.full(10, 0.002)
    fitted = clustering((2.0 - 0.1 * typical) * expected, expected, typical, np.full(10, 9.0))
    assert (fitted.a, fitted.b) == pytest.approx((2.0 - 0.1 * 6.5, 0.0))
    assert Clustering(0.1, 0.0).at(np.array([3.0])) == pytest.approx([0.2])


def test_the_smooth_variance_comes_back_out_of_the_stabilised_one() -> None:
    """V* = (8 · 0.003 + 4 · 0.009)/12 = 0.005 of V = 0.009 on df 4; without V of its own V* is V0."""
    assert smooth_of(0.005, 0.009, 4) == pytest.approx(0.003)
    assert smooth_of(0.003, None, 0) == 0.003
