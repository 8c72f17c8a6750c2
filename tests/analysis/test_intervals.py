"""Korn-Graubard and t against hand calculation; R is the oracle in test_r_survey.py."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.intervals import korn_graubard, student


def test_nobody_dissatisfied_has_a_lower_bound_and_no_upper_one() -> None:
    """42 of 42 with n_e = 42 throughout (df = n − 1): low solves low^42 = 0.025, that is 0.025^(1/42); high is 1."""
    low, high = korn_graubard(1.0, 0.0, 41, 42, 42, n_kish=42)
    assert float(low) == pytest.approx(0.025 ** (1 / 42), rel=1e-12)
    assert float(low) == pytest.approx(0.9159, abs=5e-5)
    assert float(high) == 1.0


def test_nobody_satisfied_has_an_upper_bound_and_no_lower_one() -> None:
    low, high = korn_graubard(0.0, 0.0, 41, 42, 42, n_kish=42)
    assert float(low) == 0.0
    assert float(high) == pytest.approx(1 - 0.025 ** (1 / 42), rel=1e-12)


def test_the_stabilised_spread_keeps_the_interval_finite_at_one() -> None:
    """n = 20, V* = 0.004, p̃ = 0.95: n_e = 0.0475/0.004 = 11.875, × (t19/t12)², below M = 60: low = 0.025^(1/n_e)."""
    size = 0.0475 / 0.004 * (stats.t.ppf(0.975, 19) / stats.t.ppf(0.975, 12)) ** 2
    low, high = korn_graubard(1.0, 0.004, 12, 20, 60, spread=0.0475, n_kish=18)
    assert float(low) == pytest.approx(0.025 ** (1 / size), rel=1e-12)
    assert float(high) == 1.0


def test_the_effective_size_never_passes_the_answers_behind_the_figure() -> None:
    """V far below binomial: n_e is cut at M = 50 before and after the factor, so it is Clopper-Pearson with 45 of 50."""
    low, high = korn_graubard(0.9, 1e-6, 200, 50, 50)
    assert float(low) == pytest.approx(stats.beta.ppf(0.025, 45, 6), rel=1e-10)
    assert float(high) == pytest.approx(stats.beta.ppf(0.975, 46, 5), rel=1e-10)


def test_the_cut_comes_before_the_loss_of_degrees_of_freedom_as_well() -> None:
    """V far below binomial, df 5: n_e = 50, then × (t49/t5)², so 5 clusters never count as 50 independent answers."""
    size = 50 * (stats.t.ppf(0.975, 49) / stats.t.ppf(0.975, 5)) ** 2
    low, _ = korn_graubard(0.9, 1e-6, 5, 50, 50)
    assert float(low) == pytest.approx(stats.beta.ppf(0.025, 0.9 * size, 0.1 * size + 1), rel=1e-10)


def test_one_person_or_one_cluster_has_no_raw_interval() -> None:
    low, high = korn_graubard([0.5, 0.5, math.nan], [0.01, 0.01, 0.01], [0, 5, 5], [10, 1, 10], [10, 1, 10])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_t_interval_is_cut_at_the_range_of_its_node() -> None:
    low, high = student(9.6, 0.25, 8, low=1, high=10)
    assert float(low) == pytest.approx(9.6 - stats.t.ppf(0.975, 8) * 0.5, rel=1e-12)
    assert float(high) == 10.0
    assert np.isnan(student(9.6, 0.25, 0)[0])
