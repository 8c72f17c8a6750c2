"""y and x of every row, against the definition written out row by row."""

import numpy as np
import pytest

from analysis.any_table.measures import Measure, measures, up_to
from analysis.any_table.request import Mean, Ratio, Share, Total
from questionnaires.model import Refused
from tests.analysis.tables import table

ROWS = {
    "a": [1, 5, None, 4, None, 2],
    "b": [3, None, None, 4, 5, 2],
    "c": [5, 5, None, 1, None, None],
    "half": [0.5, 2.25, None, -1.75, 3.0, None],
    "word": ["x", "y", "z", "x", "y", "z"],
}
A = np.array([1, 5, np.nan, 4, np.nan, 2])
B = np.array([3, np.nan, np.nan, 4, 5, 2])
C = np.array([5, 5, np.nan, 1, np.nan, np.nan])
HALF = np.array([0.5, 2.25, np.nan, -1.75, 3.0, np.nan])


def rows_of(measure: Measure) -> tuple[list[float], list[float], list[float]]:
    """y, x and answers of every row; nothing where the code is −1."""
    return tuple([values[code] if code >= 0 else 0.0 for code in measure.source.code] for values in (measure.y, measure.x, measure.answers))


def only(*estimators):
    return measures(table(ROWS), estimators)[0][estimators[0]]


@pytest.mark.parametrize(("names", "cells"), [("a", [A]), ("abc", [A, B, C]), ("cab", [C, A, B])])
def test_a_mean_sums_what_is_there_and_counts_it(names: str, cells: list) -> None:
    y, x, answers = rows_of(only(Mean(tuple(names))))
    assert y == np.nansum(cells, axis=0).tolist()
    assert x == answers == (~np.isnan(cells)).sum(axis=0).tolist()


def test_fractions_are_pooled_like_whole_numbers() -> None:
    y, x, _ = rows_of(only(Mean(("a", "half", "b"))))
    assert y == np.nansum([A, HALF, B], axis=0).tolist()
    assert x == (~np.isnan([A, HALF, B])).sum(axis=0).tolist()


@pytest.mark.parametrize("spread", [1, 1000], ids=["few levels", "many levels"])
def test_pooling_many_levels_gives_what_pooling_few_gives(spread: int) -> None:
    rng = np.random.default_rng(1)
    cells = {name: [None if blank else value * spread for value, blank in zip(rng.integers(-2, 6, 300).tolist(), rng.random(300) < 0.3,
                                                                              strict=True)] for name in "abcd"}  # fmt: skip
    found = measures(table(cells), [Mean(tuple("abcd"))])[0][Mean(tuple("abcd"))]
    given = [[value for value in row if value is not None] for row in zip(*cells.values(), strict=True)]
    y, x, _ = rows_of(found)
    assert y == [sum(row) for row in given]
    assert x == [len(row) for row in given]


@pytest.mark.parametrize(("top", "kind"), [(8, np.int8), (9, np.int16)], ids=["126 codes", "141 codes"])
@pytest.mark.parametrize("gap", [False, True], ids=["every level", "one level missing"])
def test_codes_of_pooled_answers_are_bytes_as_long_as_they_fit(top: int, kind: type, gap: bool) -> None:
    """Five answers of 0 … top have 6 + 15·top pairs of how many and how much, and blank is one of them."""
    every = [None, *(value for value in range(top + 1) if not (gap and value == 3))]
    rows = [[value] * 5 for value in every] + [every[k : k + 5] for k in range(len(every) - 4)]
    cells = dict(zip("abcde", map(list, zip(*rows, strict=True)), strict=True))
    found = measures(table(cells), [Mean(tuple("abcde"))])[0][Mean(tuple("abcde"))]
    y, x, _ = rows_of(found)
    assert found.source.code.dtype == kind
    assert y == [sum(value or 0 for value in row) for row in rows]
    assert x == [sum(value is not None for value in row) for row in rows]


def test_a_share_counts_answers_with_one_of_the_codes() -> None:
    y, x, _ = rows_of(only(Share(("a", "b", "c"), (4.0, 5.0))))
    assert y == [1, 2, 0, 2, 1, 0]
    assert x == [3, 2, 0, 3, 1, 2]


def test_a_ratio_and_a_total_take_rows_where_all_is_there() -> None:
    assert rows_of(only(Ratio("half", "a"))) == ([0.5, 2.25, 0, -1.75, 0, 0], [1, 5, 0, 4, 0, 0], [1, 1, 0, 1, 0, 0])
    total = only(Total("half"))
    assert total.total
    assert rows_of(total) == ([0.5, 2.25, 0, -1.75, 3.0, 0], [1, 1, 0, 1, 1, 0], [1, 1, 0, 1, 1, 0])


def test_the_share_up_to_a_level_is_cut_row_by_row() -> None:
    assert rows_of(up_to(np.array([0, 2, -1, 1], np.int8), np.array([0, 1, 1, 1])))[:2] == ([1, 0, 0, 1], [1, 1, 0, 1])


def test_estimators_of_one_variable_share_its_counts() -> None:
    found, _ = measures(table(ROWS), [Mean(("a",)), Share(("a",), (1.0,)), Total("a")])
    assert len({measure.source for measure in found.values()}) == 1


def test_a_code_that_no_row_has_is_noted() -> None:
    _, notes = measures(table(ROWS), [Share(("a", "c"), (5.0, 9.0, 7.5))])
    assert [(note.code, note.values["codes"]) for note in notes] == [("code_not_seen", "9, 7.5")]


@pytest.mark.parametrize(("name", "code"), [("word", "column_not_numbers"), ("nowhere", "column_not_there")])
def test_a_column_of_words_and_one_that_is_not_there_are_refused(name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        measures(table(ROWS), [Mean((name,))])
    assert [fault.code for fault in refused.value.faults] == [code]
    assert refused.value.faults[0].values["column"] == name
