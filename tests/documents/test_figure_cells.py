"""A value at an end of its range is printed as its bound only, whatever it is counted in (methodology §13.6, §13.7)."""

from dataclasses import replace
from datetime import datetime

import pytest

import questionnaires
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.figures import Audited, Figure, Release, Studies
from survey_app.documents import count_cells, figure_cells, method_panel
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Gap, Interval, Number, Table

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
TREES = {tree.id: tree for tree in INSTRUMENT.trees}
WARD = Domain("26734", "unit", None, {"vi": "Phường"}, {"26734": 1.0}, {}, "credited", False, (), None)


def released(figure: Figure, audit: Audited | None = None) -> Release:
    return Release(
        1, "79", "T1", "survey", "draft", True, INSTRUMENT.id, INSTRUMENT.digest, "2026.1", 1, {}, "", "", "", None,
        datetime(2026, 11, 2), (WARD,), (figure,), Studies((), (), True, False, (), None, audit=audit),
    )  # fmt: skip


def printed(tree: str, node: str, n: int, value: float, low: float | None, high: float | None) -> Interval:
    estimate = Estimate(n, n, value, 0.01, 10, 0.01, 18.0, low, high, 0.95, "stabilised", 1.0)
    figure = Figure(WARD.id, "finished", tree, node, "all", "pooled", estimate, 12, n, n, False, None)
    cell = figure_cells.value(View.of(released(figure), INSTRUMENT, "vi", True, {}, None), figure, TREES[tree])
    assert isinstance(cell, Interval)
    return cell


def test_a_count_below_the_floor_is_printed_for_home_affairs_alone() -> None:
    """40 answers received and 5 decided here; and of 9 received against 90 files no share that would give the 9 back."""
    estimate = Estimate(40, 40, 0.9, 0.01, 10, 0.01, 18.0, 0.8, 0.95, 0.95, "stabilised", 1.0)
    figure = Figure(WARD.id, "finished", "sipas", "sipas.B", "all", "pooled", estimate, 12, 40, 5, False, 0.4)
    few = replace(figure, n_received=9, coverage=0.1)
    public, precise = (View.of(released(figure), INSTRUMENT, "vi", precise, {}, None) for precise in (False, True))
    assert (count_cells.received(public, figure), count_cells.decided(public, figure)) == (Number(40, "40"), Gap("< 10", "too_few"))
    assert count_cells.decided(precise, figure) == Number(5, "5")
    assert (count_cells.coverage_of(public, few), count_cells.coverage_of(precise, few)) == (None, 0.1)


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        (Audited(139, 4364, 620, 8), "4.364 ô bị ẩn trong 139 bảng"),
        (None, "chưa được kiểm tra"),
    ],
)
def test_the_method_panel_says_whether_the_release_was_audited(audit: Audited | None, said: str) -> None:
    estimate = Estimate(40, 40, 0.9, 0.01, 10, 0.01, 18.0, 0.8, 0.95, 0.95, "stabilised", 1.0)
    figure = Figure(WARD.id, "finished", "sipas", "sipas.B", "all", "pooled", estimate, 12, 40, 40, False, 0.4)
    panel = method_panel.how(View.of(released(figure, audit), INSTRUMENT, "vi", False, {}, None), "units", "Đơn vị", [WARD])
    steps = panel.parts[0]
    assert isinstance(steps, Table)
    [told] = [row.cells[1] for row in steps.rows if row.cells[0] == "Số bị ẩn"]
    assert said in str(told)


@pytest.mark.parametrize(
    ("tree", "node", "n", "value", "low", "high", "text"),
    [
        ("papi_style", "ps.on_time", 40, 2.5, 2.31, 2.5, "từ 2,3 trở lên"),
        ("papi_style", "ps.on_time", 400, 2.497, 2.47, 2.5, "từ 2,47 trở lên"),
        ("papi_style", "ps.D", 40, 10.0, 9.2, 10.0, "từ 9,2 trở lên"),
        ("sipas", "sipas.B", 40, 0.996, 0.91, 1.0, "từ 91% trở lên"),
    ],
)
def test_the_highest_value_is_printed_as_its_lower_bound(
    tree: str, node: str, n: int, value: float, low: float, high: float, text: str
) -> None:
    cell = printed(tree, node, n, value, low, high)
    assert cell.text == text
    assert (cell.estimate, cell.high) == (None, None)
    assert cell.low is not None


@pytest.mark.parametrize(
    ("tree", "node", "n", "value", "low", "high", "text"),
    [
        ("papi_style", "ps.on_time", 40, 0.25, 0.25, 0.44, "đến 0,5"),
        ("papi_style", "ps.on_time", 400, 0.25, 0.25, 0.284, "đến 0,29"),
        ("papi_style", "ps.D", 40, 1.0, 1.0, 1.84, "đến 1,9"),
        ("sipas", "sipas.B", 40, 0.0, 0.0, 0.085, "đến 9%"),
    ],
)
def test_the_lowest_value_is_printed_as_its_upper_bound(
    tree: str, node: str, n: int, value: float, low: float, high: float, text: str
) -> None:
    cell = printed(tree, node, n, value, low, high)
    assert cell.text == text
    assert (cell.estimate, cell.low) == (None, None)
    assert cell.high is not None


@pytest.mark.parametrize(
    ("node", "value", "low", "high", "text"), [("ps.on_time", 2.4, 2.2, 2.5, "2,4 (2,2–2,5)"), ("ps.D", 2.5, 1.9, 3.01, "2,5 (1,9–3,1)")]
)
def test_a_value_inside_its_range_is_printed_with_both_bounds(node: str, value: float, low: float, high: float, text: str) -> None:
    assert printed("papi_style", node, 40, value, low, high).text == text


def test_a_figure_without_an_interval_says_why() -> None:
    leaning = Estimate(12, 12, 0.9, 0.01, 5, 0.01, 13.0, None, None, 0.95, "stabilised", 1.0)
    figure = Figure("u", "finished", "sipas", "sipas.B", "all", "pooled", leaning, 9, 12, 12, False, None)
    view = View.of(released(figure), INSTRUMENT, "vi", False, {}, None)
    cell = figure_cells.value(view, figure, INSTRUMENT.trees[0])
    assert isinstance(cell, Interval)
    assert cell.text == "90%°"
    assert any("hơn một phần mười con số" in one for one in figure_cells.notes(view, [(figure, INSTRUMENT.trees[0])]))
