"""Combinations of columns: the same numbers whether they are looked up or sorted."""

import numpy as np

from analysis.any_table import keys
from analysis.any_table.keys import combine, starts


def test_combinations_are_numbered_in_the_order_of_their_columns() -> None:
    found = combine([np.array([2, 0, 2, -1, 0]), np.array([1, 1, 1, 0, 0])])
    assert [part.tolist() for part in found.parts] == [[-1, 0, 0, 2], [0, 0, 1, 1]]
    assert found.code.tolist() == [3, 2, 3, 0, 1]
    assert found.counts().tolist() == [1, 1, 1, 2]


def test_wide_columns_are_numbered_like_narrow_ones() -> None:
    """Codes far apart leave no room for a table: combinations are sorted instead, or numbered half-way."""
    rng = np.random.default_rng(3)
    narrow = [rng.integers(-1, 4, 50), rng.integers(0, 3, 50), rng.integers(-1, 2, 50), np.full(50, 7)]
    wide = [column * 10**6 + 5 for column in narrow]
    one, other = combine(narrow), combine(wide)
    assert one.code.tolist() == other.code.tolist()
    assert [(part * 10**6 + 5).tolist() for part in one.parts] == [part.tolist() for part in other.parts]
    expected = sorted(set(zip(*(column.tolist() for column in narrow), strict=True)))
    assert list(zip(*(part.tolist() for part in one.parts), strict=True)) == expected


def test_room_decides_the_way_and_not_the_numbers(monkeypatch) -> None:
    rng = np.random.default_rng(4)
    columns = [rng.integers(0, 9, 40) for _ in range(4)]
    before = combine(columns)
    monkeypatch.setattr(keys, "ROOM", 0)
    after = combine(columns)
    assert before.code.tolist() == after.code.tolist()
    assert [part.tolist() for part in before.parts] == [part.tolist() for part in after.parts]


def test_a_column_that_tells_what_stands_before_it_is_numbered_in_the_order_of_both() -> None:
    """Sixty points of five units: labels of points are in another order than their units, one is blank, some do not occur."""
    rng = np.random.default_rng(5)
    unit_of = rng.integers(0, 5, 61)
    point = rng.integers(-1, 60, 90)
    unit = unit_of[point]
    found = combine([unit, point])
    expected = sorted(set(zip(unit.tolist(), point.tolist(), strict=True)))
    assert list(zip(*(part.tolist() for part in found.parts), strict=True)) == expected
    assert [expected[code] for code in found.code] == list(zip(unit.tolist(), point.tolist(), strict=True))


def test_starts_say_where_sorted_combinations_begin() -> None:
    assert starts(np.array([0, 0, 1, 1, 1]), np.array([3, 3, 3, 4, 4])).tolist() == [0, 2, 3, 5]
    assert starts(np.array([], np.int64)).tolist() == [0]
