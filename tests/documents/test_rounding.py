"""What is printed of an estimate: one grid for value and bounds, bounds outward, grid by n (methodology §13.6)."""

import pytest

import questionnaires
from analysis.comparison.separation import Separation, verdict
from analysis.estimation import Estimate
from questionnaires.trees import span
from survey_app.documents import standing_sentences
from survey_app.documents.rounding import Rounded, rounded, rounded_reliability, to_five


def estimate(n: int, value: float, low: float | None, high: float | None) -> Estimate:
    return Estimate(n, n, value, 0.01, 10, 0.01, 18.0, low, high, 0.95, "stabilised", 1.0)


@pytest.mark.parametrize(
    ("n", "value", "low", "high", "printed"),
    [
        (99, 0.92451, 0.88001, 0.95001, Rounded(0.92, 0.88, 0.96, 0)),
        (100, 0.92451, 0.88001, 0.95001, Rounded(0.925, 0.880, 0.951, 1)),
        (999, 0.92451, 0.88009, 0.95001, Rounded(0.925, 0.880, 0.951, 1)),
        (1000, 0.92451, 0.88009, 0.95001, Rounded(0.9245, 0.8800, 0.9501, 2)),
        (50, 0.925, 0.925, 0.925, Rounded(0.93, 0.92, 0.93, 0)),
        (50, 0.29, 0.29, 0.29, Rounded(0.29, 0.29, 0.29, 0)),
        (50, 1.0, 0.931, 1.0, Rounded(1.0, 0.93, 1.0, 0)),
        (50, 0.5, None, None, Rounded(0.5, None, None, 0)),
        (30, 0.92451, 0.78001, 0.97001, Rounded(0.92, 0.78, 0.98, 0)),
        (29, 0.92451, 0.78001, 0.97001, Rounded(0.92, 0.7, 1.0, 0)),
        (29, 0.3, 0.1, 0.6, Rounded(0.3, 0.1, 0.6, 0)),
        (29, 1.0, 0.881, 1.0, Rounded(1.0, 0.88, 1.0, 0)),
        (29, 0.0, 0.0, 0.119, Rounded(0.0, 0.0, 0.12, 0)),
    ],
)
def test_a_share_is_rounded_as_a_pair(n: int, value: float, low: float | None, high: float | None, printed: Rounded) -> None:
    shown = rounded(estimate(n, value, low, high), share=True)
    assert shown.decimals == printed.decimals
    assert (shown.estimate, shown.low, shown.high) == pytest.approx((printed.estimate, printed.low, printed.high))


def test_points_have_one_decimal_below_a_hundred_answers_and_two_from_there() -> None:
    few, many = (rounded(estimate(n, 7.846, 7.123, 8.401), share=False) for n in (99, 100))
    assert (few.estimate, few.low, few.high) == pytest.approx((7.8, 7.1, 8.5))
    assert (many.estimate, many.low, many.high) == pytest.approx((7.85, 7.12, 8.41))


def test_below_thirty_answers_the_ends_of_a_score_stand_by_tenths_of_its_range() -> None:
    """From 1 to 10 a tenth is 0.9: from 6.4 to 9.1; a quarter to two and a half: from 1.375, a decimal outward, to 2.275."""
    wide, narrow = estimate(29, 7.846, 7.123, 8.401), estimate(29, 1.9, 1.4, 2.1)
    long, short = rounded(wide, share=False, ends=(1.0, 10.0)), rounded(narrow, share=False, ends=(0.25, 2.5))
    assert (long.estimate, long.low, long.high) == pytest.approx((7.8, 6.4, 9.1))
    assert (short.estimate, short.low, short.high) == pytest.approx((1.9, 1.3, 2.3))


def test_the_printed_interval_always_holds_the_true_one() -> None:
    for n in (12, 345, 6789):
        for step in range(0, 1001, 7):
            shown = rounded(estimate(n, step / 1000, step / 1100, min(1.0, step / 900)), share=True)
            assert shown.low is not None
            assert shown.high is not None
            assert shown.low <= step / 1100 + 1e-9
            assert shown.high >= min(1.0, step / 900) - 1e-9


def test_public_counts_are_multiples_of_five() -> None:
    assert [to_five(count) for count in (10, 12, 13, 17, 18, 42)] == [10, 10, 15, 15, 20, 40]


def test_a_node_is_a_share_or_has_the_range_of_its_points() -> None:
    instrument = questionnaires.load("sipas_counter", "2026-1")
    spans = {node: span(tree, node) for tree in instrument.trees for node in (*tree.nodes, *tree.leaves)}
    assert spans["sipas.B"] == (0, 1)
    assert spans["overall.top"] == (0, 1)
    assert spans["ps.trips"] == (0.25, 2.5)
    assert spans["ps.D"] == (1, 10)
    assert spans["d5.D"] == (1, 10)


@pytest.mark.parametrize(
    ("exact", "printed", "said"),
    [
        ((0.49929, 0.211, 0.7049), (0.499, 0.211, 0.705), "λ = 0,499 (khoảng tin cậy 95% từ 0,211 đến 0,705)"),
        ((0.49996, 0.211, 0.704), (0.499, 0.211, 0.704), "λ = 0,499 "),
        ((0.7996, 0.71, 0.9), (0.799, 0.71, 0.9), "λ = 0,799 "),
        ((0.85, 0.69999, 0.9), (0.85, 0.699, 0.9), "λ = 0,850 (khoảng tin cậy 95% từ 0,699 đến 0,900)"),
        ((0.5, 0.211, 0.704), (0.5, 0.21, 0.7), "λ = 0,50 (khoảng tin cậy 95% từ 0,21 đến 0,70)"),
        ((0.8, 0.7, 0.9), (0.8, 0.7, 0.9), "λ = 0,80 "),
    ],
)
def test_reliability_as_printed_leads_to_the_verdict_that_stands_beside_it(
    exact: tuple[float, float, float], printed: tuple[float, float, float], said: str
) -> None:
    """Of 0.49929 “0.50” would be printed beside “not told apart”, though the legend says from 0.5 in part."""
    found = Separation(20, 0.001, *exact, verdict(*exact[:2]))
    shown, _ = rounded_reliability(found)
    assert shown == pytest.approx(printed, abs=1e-12)
    assert verdict(*shown[:2]) == found.verdict
    assert said in standing_sentences.reliability("vi", found)
