"""What rounded tables leave open of a hidden cell, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

from analysis.equations import Equations, side_by_side
from analysis.feasible import Asked, bounds, feasible

EXACT = -1


def equations(rows: list[list[float]], ends: list[tuple[float, float]], low=0.0, high=0.0, kind=EXACT, scale=1.0) -> Equations:
    table = csr_array(np.array(rows, float))
    count = table.shape[0]
    least, most = np.array(ends, float).T
    low, high, scale = (np.broadcast_to(np.asarray(one, float), count).copy() for one in (low, high, scale))
    return Equations(table, low, high, np.broadcast_to(np.asarray(kind), count).copy(), scale, least, most)


def ranges(table: Equations, *cells: int) -> list[tuple[float, float]]:
    return [*zip(*feasible(table, np.array(cells)), strict=True)]


def test_one_hidden_part_of_a_known_total_is_known_as_closely_as_the_others() -> None:
    """h = 50 − 20 − 21 with all three between two below and two above: 9 ± 6."""
    table = equations([[1, 1, 1, -1]], [(18, 22), (19, 23), (0, np.inf), (48, 52)])
    assert_allclose(ranges(table, 2), [(3, 15)])


def test_two_hidden_parts_share_what_is_left() -> None:
    """Two of three parts are hidden and 30 ± 2 less 20 ± 2 is left to both: 0 … 14."""
    table = equations([[1, 1, 1, -1]], [(18, 22), (0, np.inf), (0, np.inf), (28, 32)])
    assert_allclose(ranges(table, 1, 2), [(0, 14), (0, 14)])


def test_two_groups_that_overlap_tell_more_than_either() -> None:
    """a + b = 10, b + c = 10, a + b + c = 12: b = 8, a = c = 2, exactly."""
    table = equations([[1, 1, 0], [0, 1, 1], [1, 1, 1]], [(0, np.inf)] * 3, low=[10, 10, 12], high=[10, 10, 12])
    assert_allclose(ranges(table, 0, 1, 2), [(2, 2), (8, 8), (2, 2)], atol=1e-7)


def test_a_hidden_total_is_as_wide_as_its_parts() -> None:
    table = equations([[1, 1, -1]], [(8, 12), (3, 7), (0, np.inf)])
    assert_allclose(ranges(table, 2), [(11, 19)])


def test_a_cell_in_no_equation_is_anything() -> None:
    table = equations([[1, 1, 0]], [(0, 5), (0, 5), (0, np.inf)], low=3, high=3)
    assert ranges(table, 2) == [(0, np.inf)]


def test_components_do_not_touch_each_other() -> None:
    """a + b = 4 and c + d = 6, no cell in both."""
    table = equations([[1, 1, 0, 0], [0, 0, 1, 1]], [(0, np.inf)] * 4, low=[4, 6], high=[4, 6])
    assert_allclose(ranges(table, 0, 3), [(0, 4), (0, 6)])


def test_cells_of_one_shape_are_added_up_and_nothing_changes() -> None:
    """Twenty shown cells with coefficients of both signs: the same ends as the interval that arithmetic by hand gives."""
    row = [*([2.0] * 10), *([-1.0] * 10), 1.0]
    table = equations([row], [*([(1, 3)] * 20), (-np.inf, np.inf)], low=7, high=7)
    assert_allclose(ranges(table, 20), [(7 - (60 - 10), 7 - (20 - 30))])


def test_equations_that_miss_are_widened_by_twice_what_they_miss() -> None:
    """a is 10 and 12 by two equations that hold only about; the least that both allow is 1, so each is widened by 2."""
    rows, ends = [[1, 0, 0], [1, 0, 0], [1, 1, -1]], [(0, 99), (0, np.inf), (20, 20)]
    table = equations(rows, ends, low=[10, 12, 0], high=[10, 12, 0], kind=[0, 0, -1])
    assert_allclose(ranges(table, 0, 1), [(10, 12), (8, 10)], atol=1e-6)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="no equation"):
        feasible(equations([[1, 0], [1, 0], [1, 1]], [(0, 9), (0, 9)], low=[1, 3, 0], high=[1, 3, 9]), np.array([1]))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Equations, list[int]]:
    """Groups of up to eight units with files, some shown within a rounding, some hidden; groups rounded, equations about or exact."""
    units, groups = draw(st.integers(2, 8)), draw(st.integers(1, 4))
    files = draw(st.lists(st.integers(1, 50), min_size=units, max_size=units))
    truth = draw(st.lists(st.floats(0, 1), min_size=units, max_size=units))
    shown = draw(st.lists(st.booleans(), min_size=units, max_size=units))
    ends = [(max(0, t - 0.01), min(1, t + 0.01)) if seen else (0, 1) for t, seen in zip(truth, shown, strict=True)]
    rows = []
    for _ in range(groups):
        inside = draw(st.lists(st.booleans(), min_size=units, max_size=units))
        weight = [f if is_in else 0 for f, is_in in zip(files, inside, strict=True)]
        total = sum(weight)
        value = sum(w * t for w, t in zip(weight, truth, strict=True)) / total if total else 0.5
        wrong = draw(st.sampled_from([0.0, 0.0, 0.03]))
        ends.append((max(0, value + wrong - 0.005), min(1, value + wrong + 0.005)))
        rows.append([*weight, *(-total if number == len(rows) else 0 for number in range(groups))])
    scale = [float(max(1, -min(row))) for row in rows]
    return equations(rows, ends, kind=draw(st.sampled_from([0, EXACT])), scale=scale), [k for k in range(units) if not shown[k]]


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([0.05, 0.2, 0.5]))
def test_a_short_cut_says_neither_wide_of_the_narrow_nor_narrow_of_the_wide(made: tuple[Equations, list[int]], least: float) -> None:
    """Against two plain linear programmes a cell."""
    table, wanted = made
    try:
        low, high = feasible(table, np.array(wanted, np.int64))
    except ValueError:
        return
    for glance in (False, True):
        a, b = feasible(table, np.array(wanted, np.int64), Asked(wide=least, narrow=least - 1e-6, glance=glance))
        clear = np.abs(high - low - least) > 1e-5
        wide, narrow = b - a >= least, (b - a < least - 1e-6)
        assert not (wide & clear & (high - low < least)).any() or glance
        assert not (narrow & clear & (high - low >= least)).any()
        assert glance or (wide | narrow | ~clear).all()


def test_bounds_of_one_equation_after_the_other_are_never_closer_than_the_truth() -> None:
    """a + b = 10, b + c = 10, a + b + c = 12: none of them alone says that b is 8."""
    table = equations([[1, 1, 0], [0, 1, 1], [1, 1, 1]], [(0, np.inf)] * 3, low=[10, 10, 12], high=[10, 10, 12])
    low, high = bounds(table)
    assert (low <= np.array([2, 8, 2]) + 1e-6).all()
    assert (high >= np.array([2, 8, 2]) - 1e-6).all()


def test_bounds_of_an_endless_cell_follow_from_the_others() -> None:
    """a − b = 3 with b in 1 … 2: a is 4 to 5; c − a = 0 for an endless c, too."""
    table = equations([[1, -1, 0], [-1, 0, 1]], [(-np.inf, np.inf), (1, 2), (-np.inf, np.inf)], low=[3, 0], high=[3, 0])
    low, high = bounds(table)
    assert_allclose((low[[0, 2]], high[[0, 2]]), ([4, 4], [5, 5]), atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(tables(), min_size=2, max_size=4))
def test_tables_side_by_side_say_what_each_says_alone(made: list[tuple[Equations, list[int]]]) -> None:
    """Plain programmes of each; together they share programmes, and how far one misses is nothing to another."""
    try:
        alone = [feasible(table, np.array(wanted, np.int64)) for table, wanted in made]
    except ValueError:
        return
    joined, starts = side_by_side([table for table, _ in made])
    found = feasible(joined, np.concatenate([np.array(wanted, np.int64) + at for (_, wanted), at in zip(made, starts, strict=False)]))
    for one, ends in zip(found, zip(*alone, strict=True), strict=True):
        assert_allclose(one, np.concatenate(ends), atol=1e-6)


def test_of_kinds_that_could_give_way_for_each_other_the_first_does() -> None:
    """a is 10 of the first kind and 12 of the second: 10 gives way by 2, widened to 6 … 14; 12 stays as it is."""
    table = equations([[1, 0], [1, 0], [1, -1]], [(0, 99), (0, 99)], low=[10, 12, 0], high=[10, 12, 0], kind=[0, 1, EXACT])
    assert_allclose(ranges(table, 1), [(12, 12)], atol=1e-6)
