"""The over-dispersed funnel: by hand, nominal rates by simulation, edges."""

import numpy as np
import pytest
from scipy.stats import norm

from analysis.comparison.funnel import Funnel, funnel, normal_size


def test_limits_without_excess_are_those_of_the_normal() -> None:
    """θ0 ∓ 1.959964 √v and 3.090232 √v."""
    found = funnel(np.array([0.9, 0.9]), np.array([1e-4, 4e-4]), 0.9)
    assert (found.centre, found.excess, found.units) == (0.9, 0.0, 2)
    low, high = found.limits(np.array([1e-4, 4e-4]))
    assert low == pytest.approx([0.9 - 0.01959964, 0.9 - 0.03919928], abs=1e-8)
    assert high == pytest.approx([0.9 + 0.01959964, 0.9 + 0.03919928], abs=1e-8)
    assert found.limits(np.array([1e-4]), 0.998)[1] == pytest.approx([0.9 + 0.03090232], abs=1e-8)


def test_the_excess_by_hand_where_nothing_is_winsorised() -> None:
    """Nine units, v = 1, centre 0, z = −4 … 4: φ = 60/9, τ² = (60 − 8)/(9 − 1) = 6.5."""
    assert funnel(np.arange(-4.0, 5), np.ones(9), 0.0).excess == pytest.approx(6.5, rel=1e-12)


def test_one_wild_unit_in_ten_does_not_widen_the_funnel() -> None:
    """Twenty units: the two lowest and two highest z take the value of the next, so 100 or 5 is the same."""
    value = np.linspace(-3, 3, 20)
    wild = np.append(value[:-1], 100.0)
    assert funnel(wild, np.ones(20), 0.0).excess == pytest.approx(funnel(value, np.ones(20), 0.0).excess, rel=1e-12)


@pytest.mark.parametrize("count", [10, 25, 168])
def test_the_size_of_winsorised_normal_values_is_what_drawing_them_gives(count: int) -> None:
    """20,000 draws; standard error below 0.2 %. For many units it tends to 0.6787, by hand from the normal density."""
    cut = count // 10
    z = np.sort(np.random.default_rng(2).standard_normal((20_000, count)), axis=1)
    drawn = np.clip(z, z[:, [cut]], z[:, [count - 1 - cut]])
    assert normal_size(count, cut) == pytest.approx((drawn**2).mean(), rel=0.006)
    ends = float(norm.ppf(0.9))
    limit = 0.8 - 2 * ends * norm.pdf(ends) + 0.2 * ends**2
    assert limit == pytest.approx(0.6787, abs=1e-4)
    assert normal_size(2000, 200) == pytest.approx(limit, rel=2e-3)


@pytest.mark.parametrize(("spread", "least", "most"), [(0.0, 0.03, 0.05), (0.03, 0.045, 0.06)])
def test_no_more_units_lie_outside_than_the_level_says(spread: float, least: float, most: float) -> None:
    """500 blocks of 60 units, 30,000 units: rates known to 0.13 points (1.96 … outside) and 0.03 points (3.09 …).

    Homogeneous units: fewer than 5 %, since τ² is cut at 0 and so errs upwards. Over-dispersed by 3 points: 5 and 0.2 %, a little
    more because τ² is estimated. Without the correction for winsorising the second would be 10 %.
    """
    rng, outside, far, units = np.random.default_rng(4), 0, 0, 0
    for _ in range(500):
        variance = 0.09 / rng.integers(30, 300, 60)
        value = 0.9 + rng.normal(0, np.sqrt(variance + spread**2))
        found = funnel(value, variance, 0.9)
        outside += np.abs(found.outside(value, variance)).sum()
        far += np.abs(found.outside(value, variance, 0.998)).sum()
        units += len(value)
    assert least <= outside / units <= most
    assert far / units <= 0.004


def test_edges_are_defined() -> None:
    nan, v = np.nan, np.full(3, 1e-4)
    assert funnel(np.array([]), np.array([]), 0.9).excess == 0.0
    alone = funnel(np.array([0.9, nan, 0.8]), np.array([1e-4, 1e-4, nan]), 0.85)
    assert (alone.excess, alone.units) == (0.0, 1)
    assert alone.outside(np.array([nan, 0.95, 0.2]), np.array([1e-4, 1e-4, nan])).tolist() == [0, 1, 0]
    same = funnel(np.ones(3), v, 1.0)
    assert (same.excess, same.outside(np.ones(3), v).tolist()) == (0.0, [0, 0, 0])
    assert funnel(np.ones(3), np.zeros(3), 1.0).outside(np.ones(3), np.zeros(3)).tolist() == [0, 0, 0]
    assert Funnel(0.9, 0.0, 3).outside(np.array([0.5, 0.9, 0.99]), np.zeros(3)).tolist() == [-1, 0, 1]
