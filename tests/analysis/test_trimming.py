"""Trimming of weights by classes: by hand, and what always holds. Against R trimWeights: test_r_calibration.py."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.trimming import trim
from questionnaires.model import Refused


def test_what_is_cut_off_goes_to_the_others_in_equal_amounts() -> None:
    """1, 1, 2 and 8 cut at 5: the excess of 3 goes in thirds to three answers: 2, 2, 3, 5."""
    assert trim(np.array([1.0, 2.0, 8.0]), np.array([2, 1, 1]), 0, 5).tolist() == [2, 3, 5]


def test_who_is_pushed_over_the_end_is_cut_too() -> None:
    """1, 4, 10 cut at 5: 5 in halves gives 3.5 and 6.5; 1.5 more go to the first: 5, 5, 5. With three answers of 1 the
    fourth, of 4, still goes over (5.25), and the three share 17 − 10: 7/3 each."""
    assert trim(np.array([1.0, 4.0, 10.0]), np.array([1, 1, 1]), 0, 5).tolist() == [5, 5, 5]
    assert trim(np.array([1.0, 4.0, 10.0]), np.array([3, 1, 1]), 0, 5) == pytest.approx([7 / 3, 5, 5])


def test_small_weights_are_raised_at_the_cost_of_the_others() -> None:
    """0.5 raised to 1 for two answers takes 1 from three answers of 2 and 4: a third each."""
    assert trim(np.array([0.5, 2.0, 4.0]), np.array([2, 2, 1]), 1, np.inf) == pytest.approx([1, 5 / 3, 11 / 3])


def test_both_ends_at_once() -> None:
    """1, 3, 9 in 2 … 6: cut off 3, raised by 1, so 2 are left over and go to the one in between: 2, 5, 6."""
    assert trim(np.array([1.0, 3.0, 9.0]), np.array([1, 1, 1]), 2, 6).tolist() == [2, 5, 6]


def test_with_nobody_in_between_the_other_end_gives_way_and_the_total_stays() -> None:
    """1, 1, 9 in 2 … 6: 3 cut off, 2 raised, 1 left over for the two at the lower end: 2.5, 2.5, 6. R returns 2, 2, 6."""
    assert trim(np.array([1.0, 9.0]), np.array([2, 1]), 2, 6).tolist() == [2.5, 6]


def test_weights_within_the_ends_stay_as_they_are() -> None:
    weight = np.array([1.0, 5.0, 3.0])
    assert trim(weight, np.array([1, 7, 2]), 1, 5).tolist() == [1, 5, 3]
    assert trim(np.zeros(0), np.zeros(0, np.int64), 1, 5).tolist() == []


@pytest.mark.parametrize(("low", "high"), [(0, 2), (5, 9)])
def test_a_mean_beyond_an_end_is_refused(low: float, high: float) -> None:
    with pytest.raises(Refused, match="their mean is 3") as refused:
        trim(np.array([1.0, 5.0]), np.array([1, 1]), low, high)
    assert refused.value.faults[0].code == "trim_impossible"


def test_a_mean_at_the_very_end_makes_all_weights_equal() -> None:
    assert trim(np.array([1.0, 5.0]), np.array([1, 1]), 0, 3).tolist() == [3, 3]


@pytest.mark.parametrize(("low", "high"), [(3, 2), (2, 2), (-1, 2), (float("nan"), 2), (0, float("nan"))])
def test_ends_out_of_order_are_refused(low: float, high: float) -> None:
    with pytest.raises(Refused) as refused:
        trim(np.array([1.0, 5.0]), np.array([1, 1]), low, high)
    assert refused.value.faults[0].code == "trim_not_valid"


CLASSES = st.lists(st.tuples(st.floats(0.01, 50), st.integers(1, 9)), min_size=1, max_size=20)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(CLASSES, st.floats(0, 20), st.floats(0.1, 50))
def test_the_total_the_ends_and_the_order_hold(classes: list[tuple[float, int]], low: float, width: float) -> None:
    weight, answers = np.array([w for w, _ in classes]), np.array([n for _, n in classes])
    assume(low < weight @ answers / answers.sum() < low + width)
    found = trim(weight, answers, low, low + width)
    assert found @ answers == pytest.approx(weight @ answers, rel=1e-12)
    assert low * (1 - 1e-12) <= found.min() <= found.max() <= (low + width) * (1 + 1e-12)
    order = np.argsort(weight, kind="stable")
    assert (np.diff(found[order]) >= -1e-9).all()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(CLASSES, st.floats(0.1, 50), st.floats(1e-3, 1e3))
def test_row_order_scale_and_repetition_change_nothing(classes: list[tuple[float, int]], high: float, scale: float) -> None:
    weight, answers = np.array([w for w, _ in classes]), np.array([n for _, n in classes])
    assume(weight @ answers / answers.sum() < high)
    found = trim(weight, answers, 0, high)
    assert trim(weight[::-1], answers[::-1], 0, high)[::-1] == pytest.approx(found, rel=1e-9)
    assert trim(weight * scale, answers, 0, high * scale) == pytest.approx(found * scale, rel=1e-9)
    assert trim(weight, 2 * answers, 0, high) == pytest.approx(found, rel=1e-9)
    split = trim(np.repeat(weight, answers), np.ones(answers.sum(), np.int64), 0, high)
    assert split == pytest.approx(np.repeat(found, answers), rel=1e-9)
