"""The batch rule, and totals that would give a hidden unit away."""

import numpy as np

from analysis.complementary import given_up, suppressed
from analysis.disclosure import admit

NOTHING = np.zeros((0, 4))


def hide(totals: list[list[float]], targets: list[list[float]]) -> list[int]:
    return suppressed(np.array(totals, float), np.array(targets, float))


def test_a_first_release_takes_units_with_ten_answers() -> None:
    assert admit({"u": range(1, 11), "v": range(11, 20)}, {}) == {"u": 10}


def test_a_cut_moves_only_when_ten_answers_lie_beyond_it() -> None:
    positions = {"u": [*range(1, 21), 30], "v": [*range(100, 120)]}
    assert admit(positions, {"u": 20, "v": 105}) == {"u": 20, "v": 119}


def test_a_unit_without_new_answers_keeps_its_cut() -> None:
    assert admit({}, {"u": 20}) == {"u": 20}


def test_one_hidden_unit_hides_every_group_that_contains_it() -> None:
    assert hide([[1, 0, 0], [1, 0, 0]], [[1, 0, 0]]) == [0, 1]


def test_two_hidden_units_hide_each_other_in_a_group() -> None:
    assert hide([[5, 3]], [[1, 0], [0, 1]]) == []


def test_the_smaller_of_two_nested_groups_goes_when_their_difference_is_one_hidden_unit() -> None:
    """City a + b + c, area a + b: the city less the area is c. The city, listed first as the larger, stays."""
    assert hide([[1, 1, 1], [1, 1, 0]], [[0, 0, 1]]) == [1]


def test_overlapping_groups_that_solve_a_unit_only_together_are_found() -> None:
    """a + b, b + c, a + c: any two leave all three free, the third solves them all (no pair of them is nested)."""
    assert hide([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]) == [2]


def test_a_share_of_a_unit_is_as_good_as_the_whole() -> None:
    assert hide([[0.25, 0]], [[1, 0]]) == [0]


def test_the_sum_and_the_plain_mean_of_the_same_two_units_solve_both() -> None:
    assert hide([[700, 300], [1, 1]], [[1, 0], [0, 1]]) == [1]
    assert hide([[500, 500], [1, 1]], [[1, 0], [0, 1]]) == []


def test_a_hidden_area_is_not_given_away_by_the_city_less_all_other_areas() -> None:
    """Areas ab (hidden), cd and e, city: nobody's value is known. City − cd − e = ab, so the smallest area goes too."""
    city, cd, e, ab = [1, 1, 1, 1, 1], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1], [1, 1, 0, 0, 0]
    assert hide([city, cd, e], [ab]) == [2]


def test_nothing_is_hidden_in_vain() -> None:
    """Two blocks of two hidden units, pooled and as mean of units, and the city: only the blocks' means must go."""
    blocks = [[9, 7, 0, 0], [0, 0, 5, 6]]
    city = [9, 7, 5, 6]
    totals = [city, [1, 1, 1, 1], blocks[0], [1, 1, 0, 0], blocks[1], [0, 0, 1, 1]]
    assert hide(totals, np.eye(4).tolist()) == [3, 5]


def test_without_anybody_to_protect_nothing_is_hidden() -> None:
    assert suppressed(np.eye(4), NOTHING) == []


def sacrifice(people: list[int], large: list[list[int]], others: list[list[int]]) -> list[int]:
    """Which units go, when those under ten answers are hidden."""
    n = np.array(people, float)
    small = (n > 0) & (n < 10)
    groups = [np.array(rows, bool).reshape(-1, len(n)) for rows in (large, others)]
    return np.flatnonzero(given_up(n, small, small, *groups, np.zeros(len(n), np.bool_))).tolist()


def test_a_large_group_with_one_hidden_unit_gives_up_its_two_smallest_further_units() -> None:
    people = [7, 25, 12, 60, 18, 90, 80, 70, 60, 50, 40]
    assert sacrifice(people, [[1] * 11], []) == [2, 4]


def test_units_of_the_hidden_unit_s_own_district_go_first() -> None:
    people = [7, 25, 12, 60, 18, 90, 80, 70, 60, 50, 40]
    assert sacrifice(people, [[1] * 11], [[1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]]) == [1, 2]


def test_units_for_reference_only_go_before_those_printed_in_whole_percent() -> None:
    """Two are needed: of 12 people, then of 30, or of 60 in the district of the hidden unit."""
    people = [7, 12, 30, 60, 31, 90, 80, 70, 60, 50, 40]
    assert sacrifice(people, [[1] * 11], []) == [1, 2]
    assert sacrifice(people, [[1] * 11], [[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]]) == [1, 3]


def test_no_unit_printed_in_tenths_of_a_percent_is_given_up() -> None:
    """Only one further unit is below 100: two would be needed, so nobody goes and the totals are hidden instead."""
    assert sacrifice([7, 12, 100, 600, 310, 900, 800, 700, 600, 500, 400], [[1] * 11], []) == []


def test_a_small_group_gives_up_no_unit() -> None:
    assert sacrifice([7, 12, 15, 60, 70, 80, 90, 91, 92], [[1] * 9], []) == []


def test_a_group_without_hidden_units_or_with_three_gives_up_nobody() -> None:
    assert sacrifice([10, 12, 15, 60, 70, 80, 90, 91, 92, 93], [[1] * 10], []) == []
    assert sacrifice([7, 8, 9, 12, 15, 60, 70, 80, 90, 91, 92, 93], [[1] * 12], []) == []
    assert sacrifice([0, 8, 12, 15, 17, 60, 70, 80, 90, 91, 92, 93], [[1] * 12], []) == [2, 3]
