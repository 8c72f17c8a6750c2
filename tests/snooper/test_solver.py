"""What the solver makes of a few readings, by hand."""

import numpy as np

from tests.snooper.knowledge import Combination, Family
from tests.snooper.solver import Reading, System
from tests.snooper.together import fixed_together

FAMILY: Family = ("q", "1")


def reading(of: dict[int, float], low: float, high: float, family: Family = FAMILY) -> Reading:
    return Reading(Combination(family, tuple(of), np.array(list(of.values())), len(of)), low, high)


def test_a_difference_that_is_as_great_as_can_be_tells_both_sides() -> None:
    """a − b lies in 0.9 … 1: a is one and b is none, but for a tenth."""
    system = System.of(FAMILY, [reading({2: 1.0, 4: -1.0}, 0.9, 1.0)], {2: (("a",),), 4: (("b",),)})
    low, high = system.bounds(np.ones(2))
    assert np.allclose(low, [0.9, 0.0], atol=1e-6)
    assert np.allclose(high, [1.0, 0.1], atol=1e-6)


def test_a_difference_in_the_middle_tells_neither() -> None:
    system = System.of(FAMILY, [reading({2: 1.0, 4: -1.0}, -0.1, 0.1)], {2: (("a",),), 4: (("b",),)})
    low, high = system.bounds(np.ones(2))
    assert np.allclose([low, high], [[0.0, 0.0], [1.0, 1.0]], atol=1e-6)


def test_satisfied_and_not_at_the_highest_level_is_at_the_one_below() -> None:
    """Of one answer two readings of different levels; neither alone says the fourth."""
    read = [reading({2: 1.0}, 0.9, 1.0, ("q", "4", "5")), reading({2: 1.0}, 0.0, 0.1, ("q", "5"))]
    said = {one.family: one.low > 0.5 for one in fixed_together(read, {2: (("a",),)}, 0)}
    assert said["q", "4"]
    assert not said["q", "5"]
