"""Indicator columns of a margin table, their sums, the regression of a residual; which category is missed most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.margins import Indicators, MarginTable, indicators
from questionnaires.model import Refused
from tests.analysis.margin_tables import Known, known_tables, table


def every_column(margins: MarginTable) -> np.ndarray:
    """Cells × categories that have answers, redundant ones included."""
    category = margins.category.T
    return np.column_stack([codes == k for codes, known in zip(category, margins.population, strict=True) for k in range(len(known))]) * 1.0


def wide_table(columns: Indicators, margins: MarginTable) -> np.ndarray:
    """M: cells × columns of 0 and 1."""
    return np.column_stack([margins.category[:, m] == k for m, k in zip(columns.margin, columns.category, strict=True)]) * 1.0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(known_tables())
def test_redundant_columns_are_left_out_and_no_others(known: Known) -> None:
    """The judge is the rank of the whole table of indicators, by singular values."""
    columns = indicators(known.margins)
    assert columns.width == np.linalg.matrix_rank(every_column(known.margins))
    assert columns.width == np.linalg.matrix_rank(wide_table(columns, known.margins))
    for m, code in enumerate(columns.code.T):
        kept = code >= 0
        assert (columns.margin[code[kept]] == m).all()
        assert (columns.category[code[kept]] == known.margins.category[kept, m]).all()


def test_a_nested_and_a_crossed_margin_add_only_what_is_new() -> None:
    """4 areas, 2 sexes: 5 columns; districts follow from areas; area × sex adds the 3 that both lack."""
    cells = [(area, sex, area[0], area + sex) for area in ("a1", "a2", "b1", "b2") for sex in "fm"]
    areas = {"a1": 1, "a2": 1, "b1": 1, "b2": 1}
    populations = {"area": areas, "sex": {"f": 2, "m": 2}, "district": {"a": 2, "b": 2}, "both": {cell[3]: 0.5 for cell in cells}}
    widths = [indicators(table(cells, **populations).first(count)).width for count in (1, 2, 3, 4)]
    assert widths == [4, 5, 5, 8]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(known_tables(), st.integers(0, 1000))
def test_sums_over_codes_are_those_of_the_wide_table(known: Known, seed: int) -> None:
    columns = indicators(known.margins)
    wide = wide_table(columns, known.margins)
    values = np.random.default_rng(seed).normal(size=(len(known.d), 3))
    assert columns.summed(values) == pytest.approx(wide.T @ values, abs=1e-12)
    assert columns.summed(values[:, 0]) == pytest.approx(wide.T @ values[:, 0], abs=1e-12)
    assert columns.gram(known.d) == pytest.approx(wide.T @ (wide * known.d[:, None]), rel=1e-12)
    b = np.arange(columns.width * 2.0).reshape(-1, 2)
    assert columns.fitted(b) == pytest.approx(wide @ b, rel=1e-12)
    assert columns.fitted(b[:, 0]) == pytest.approx(wide @ b[:, 0], rel=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(known_tables(), st.integers(0, 1000))
def test_the_inverse_gives_the_weighted_regression_on_all_columns(known: Known, seed: int) -> None:
    """Least squares on every column, redundant ones too, fits the same values: u = A/d on rows √d M."""
    columns = indicators(known.margins)
    influence = np.random.default_rng(seed).normal(size=(len(known.d), 2)) * known.d[:, None]
    root = np.sqrt(known.d)[:, None]
    wide = every_column(known.margins)
    solution = np.linalg.lstsq(wide * root, influence / root, rcond=None)[0]
    inverse = columns.inverse(known.d)
    b = (np.diag(inverse) if inverse.ndim == 1 else inverse) @ columns.summed(influence)
    assert columns.fitted(b) == pytest.approx(wide @ solution, rel=1e-8, abs=1e-8)


def test_the_inverse_of_post_strata_is_one_over_their_design_weight() -> None:
    """Methodology §5.3: b_c = Σ d u / Σ d."""
    margins = table([("f",), ("m",)], sex={"f": 60, "m": 40})
    assert indicators(margins).inverse(np.array([4.0, 5.0])).tolist() == [0.25, 0.2]


def test_margins_too_wide_to_be_solved_together_are_refused() -> None:
    codes = np.column_stack([np.arange(5000), np.arange(5000) % 2])
    margins = MarginTable(("file", "sex"), (tuple(map(str, range(5000))), ("f", "m")), codes, (np.ones(5000), np.full(2, 2500.0)))
    assert indicators(margins.first(1)).width == 5000
    with pytest.raises(Refused, match="5002 categories"):
        indicators(margins)


def test_the_category_that_is_missed_most_is_named() -> None:
    margins = table([("f", "old"), ("m", "young")], sex={"f": 60, "m": 40}, age={"old": 50, "young": 50})
    assert margins.farthest(np.array([50.0, 50.0])) == ("sex", "m", 0.25)
    assert margins.distances(np.array([50.0, 50.0])).tolist() == [0.25, 0.0]
