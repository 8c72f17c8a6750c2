"""Bands against the block: by hand, family-wise error by simulation, edges."""

import numpy as np
import pytest
from scipy.stats import t

from analysis.comparison.bands import bands, difference_variance


def test_the_interval_is_bonferronis_by_hand() -> None:
    """Five units, df 10: t at 1 − 0.05/10 = 0.995 is 3.169273; a difference is told apart just beyond 3.169273 √V."""
    assert t.ppf(0.995, 10) == pytest.approx(3.169273, abs=1e-6)
    differences = np.array([0.0316928, 0.0316926, -0.0316926, -0.0316928, 0.0])
    found = bands(differences, np.full(5, 1e-4), np.full(5, 10.0))
    assert found == ("above", "indistinct", "indistinct", "below", "indistinct")


def test_units_without_a_figure_leave_the_family() -> None:
    nan = np.nan
    found = bands(np.array([0.0316928, nan, 0, 0, 0, 0, 0.5]), np.array([1e-4] * 6 + [nan]), np.full(7, 10.0))
    assert found == ("above", None, "indistinct", "indistinct", "indistinct", "indistinct", None)


def test_edges_are_defined() -> None:
    assert bands(np.zeros(0), np.zeros(0), np.zeros(0)) == ()
    assert bands(np.array([1e-17, 0.01]), np.zeros(2), np.full(2, 9.0)) == ("indistinct", "indistinct"), "no variance is no evidence"
    one = difference_variance(np.array([4e-4]), 4e-4, np.array([1.0]))
    assert one.tolist() == [0.0]
    assert bands(np.array([0.0]), one, np.array([9.0])) == ("indistinct",), "a block of one unit is that unit"


def test_the_variance_against_the_block_is_that_of_the_weighted_difference() -> None:
    """θ_1 − Σ a_k θ_k of independent units = (1 − a_1)² V_1 + Σ_{k>1} a_k² V_k."""
    share, v = np.array([0.5, 0.3, 0.2]), np.array([4e-4, 1e-4, 9e-4])
    found = difference_variance(v, float(share**2 @ v), share)
    for unit in range(3):
        coefficients = np.eye(3)[unit] - share
        assert found[unit] == pytest.approx(float(coefficients**2 @ v), rel=1e-12)


def test_a_block_of_equal_units_seldom_shows_any_apart() -> None:
    """1,000 blocks of 30: in at most 5 % (standard error 0.7) is any unit called above or below."""
    rng, wrong = np.random.default_rng(6), 0
    for _ in range(1000):
        v = 0.09 / rng.integers(30, 300, 30)
        share = 1 / v / (1 / v).sum()
        value = 0.9 + rng.normal(0, np.sqrt(v))
        found = bands(value - share @ value, difference_variance(v, float(share**2 @ v), share), np.full(30, 1e6))
        wrong += any(band != "indistinct" for band in found)
    assert wrong <= 71
