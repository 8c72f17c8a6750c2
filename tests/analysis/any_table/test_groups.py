"""Domains: crossings that occur, in the order of their labels; a row with a blank cell is in none of that column."""

import numpy as np

from analysis.any_table.groups import Places, places
from analysis.any_table.table import Labels, Table
from tests.analysis.tables import table

ROWS = {"unit": ["u10", "u2", "u2", None, "u10"], "age": [30, 9, 30, 9, 9], "y": [1, 2, 3, 4, 5]}


def rows_of(found: Places, grouping: int) -> list[tuple[dict[str, str], list[int]]]:
    """Each domain with its rows."""
    of = found.groupings[grouping]
    return [(dict(name), np.flatnonzero(of.domain[found.code] == d).tolist()) for d, name in enumerate(of.names)]


def test_without_groupings_the_whole_table_is_the_domain() -> None:
    assert rows_of(places(table(ROWS), ()), 0) == [({}, [0, 1, 2, 3, 4])]


def test_numbers_are_in_the_order_of_numbers() -> None:
    assert rows_of(places(table(ROWS), (("age",),)), 0) == [({"age": "9"}, [1, 3, 4]), ({"age": "30"}, [0, 2])]


def test_a_crossing_has_the_combinations_that_occur_and_blank_rows_are_in_no_group() -> None:
    found = places(table(ROWS), (("unit", "age"), ("age",), ()))
    assert rows_of(found, 0) == [
        ({"unit": "u10", "age": "9"}, [4]), ({"unit": "u10", "age": "30"}, [0]),
        ({"unit": "u2", "age": "9"}, [1]), ({"unit": "u2", "age": "30"}, [2]),
    ]  # fmt: skip
    assert [rows for _, rows in rows_of(found, 1)] == [[1, 3, 4], [0, 2]]
    assert rows_of(found, 2) == [({}, [0, 1, 2, 3, 4])]
    assert [(note.code, note.values["column"], note.values["rows"]) for note in found.notes] == [("group_blank", "unit", "1")]


def test_a_label_that_no_row_has_is_no_domain() -> None:
    """An empty unit changes nothing: a list of labels may name more than the table holds."""
    given = Table("t", 3, {}, {"unit": Labels(("a", "b", "c"), np.array([2, 0, 2], np.int8))})
    assert rows_of(places(given, (("unit",),)), 0) == [({"unit": "a"}, [1]), ({"unit": "c"}, [0, 2])]


def test_a_grouping_where_all_is_blank_is_left_out_and_said() -> None:
    """Neither has anybody x and y at once. What else is asked for stands."""
    found = places(table({"g": [None, ""], "x": [1, None], "y": [None, 2]}), (("g",), ("x", "y"), ("y",)))
    assert [grouping.columns for grouping in found.groupings] == [("y",)]
    assert [note.values["columns"] for note in found.notes if note.code == "no_group"] == ["g", "x, y"]
