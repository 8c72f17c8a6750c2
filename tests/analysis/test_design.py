"""The factors of strata: (1 − f) G/(G − 1), centred, and what each rule makes of a stratum with one unit."""

import numpy as np
import pytest

from analysis.design import Stage, factors

Z = {0: [1.0, 4.0, -2.0], 1: [3.0], 2: [0.5, 2.5]}
"""Influence totals of the units of three strata, the middle one alone."""


def variance(fraction: list[float] | None = None, lonely: str = "adjust") -> float:
    found = factors(np.array([3, 1, 2]), None if fraction is None else np.array(fraction), lonely)
    return sum(found.inner[h] * np.square(z).sum() - found.outer[h] * sum(z) ** 2 for h, z in Z.items())


def test_a_stratum_adds_g_over_g_minus_one_times_the_squares_about_its_mean() -> None:
    """3/2 · (0² + 3² + 3²) = 27 in the first; 2/1 · (1² + 1²) = 4 in the last; 3² of the lonely one about zero."""
    assert variance() == pytest.approx(27 + 9 + 4)


def test_what_was_not_drawn_is_what_counts() -> None:
    assert variance([0.5, 0.25, 0.0]) == pytest.approx(13.5 + 0.75 * 9 + 4)
    assert variance([1.0, 1.0, 0.2]) == pytest.approx(0.8 * 4)


@pytest.mark.parametrize(("lonely", "expected"), [("certainty", 31.0), ("remove", 31.0), ("average", 31.0 * 3 / 2), ("fail", 31.0)])
def test_a_lonely_stratum_follows_its_rule(lonely: str, expected: float) -> None:
    """average: the mean of the two others stands for it, so three thirds of them instead of two."""
    assert variance(lonely=lonely) == pytest.approx(expected)


def test_a_stratum_taken_whole_is_not_lonely() -> None:
    assert variance([0.0, 1.0, 0.0], "average") == pytest.approx(31.0)
    stage = Stage(np.array([0, 0, 0, 1, 2, 2]), np.array([3, 1, 2]), np.array([0.0, 1.0, 0.0]), np.ones(3), "adjust")
    assert not stage.alone().any()


def test_a_second_stage_counts_with_the_fraction_of_the_first() -> None:
    """Below a first stage drawn with replacement it counts for nothing, and nothing there is lonely."""
    size, fraction = np.array([3, 1, 2]), np.array([0.5, 0.0, 0.5])
    stage = Stage(np.array([0, 0, 0, 1, 2, 2]), size, fraction, np.array([0.25, 0.0, 1.0]), "adjust")
    assert stage.factors().inner == pytest.approx(factors(size, fraction).inner * [0.25, 0, 1])
    assert not stage.alone().any()
