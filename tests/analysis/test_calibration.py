"""Calibration by hand, giving up margins, refusals by name. Properties: test_calibration_properties.py; R: test_r_calibration.py."""

import numpy as np
import pytest

from analysis.calibration import calibrate
from analysis.margins import MarginTable
from questionnaires.model import Refused
from tests.analysis.margin_tables import table

FOUR = [("f", "old"), ("f", "young"), ("m", "old"), ("m", "young")]
D = np.array([10.0, 20.0, 30.0, 40.0])
WAYS = [("raking", None), ("raking", (0.2, 5.0)), ("linear", (0.2, 5.0)), ("logit", (0.2, 5.0))]


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


@pytest.mark.parametrize(("distance", "bounds"), [*WAYS, ("linear", None)])
def test_one_margin_is_post_stratification_whatever_the_distance(distance: str, bounds: tuple[float, float] | None) -> None:
    """Σd of f is 30, of m 70: g = 60/30 and 40/70."""
    margins = table([cell[:1] for cell in FOUR], sex={"f": 60, "m": 40})
    found = calibrate(D, margins, distance=distance, bounds=bounds)
    assert found.g == pytest.approx([2, 2, 4 / 7, 4 / 7], rel=1e-12)
    assert found.distances["sex"] == pytest.approx(0, abs=1e-12)


def test_raking_by_hand() -> None:
    """Raking keeps the odds ratio 10·40/(20·30) = 2/3. With x people in f-old, margins 50/50 and 60/40:
    x(x − 10) / ((50 − x)(60 − x)) = 2/3, so x² + 190x − 6000 = 0 and x = √15025 − 95."""
    margins = table(FOUR, sex={"f": 50, "m": 50}, age={"old": 60, "young": 40})
    x = 15025**0.5 - 95
    assert calibrate(D, margins).g * D == pytest.approx([x, 50 - x, 60 - x, x - 10], rel=1e-9)


def test_linear_calibration_by_hand() -> None:
    """Equal d of 25: w = 25 (1 + a_sex + b_age), so each cell is row total · ½ + column total · ½ − 25."""
    margins = table(FOUR, sex={"f": 60, "m": 40}, age={"old": 70, "young": 30})
    found = calibrate(np.full(4, 25.0), margins, distance="linear", bounds=(0.1, 3.0))
    assert found.g * 25 == pytest.approx([40, 20, 30, 10], rel=1e-9)


def test_raking_meets_margins_that_are_almost_the_same() -> None:
    """Two margins that differ in few answers: raking in turns would still be 10 % away after 500 rounds."""
    d = np.array([1.0, 1e-3, 1e-3, 1.0])
    margins = table(FOUR, sex={"f": 1.3, "m": 0.7}, age={"old": 1.2, "young": 0.8})
    found = calibrate(d, margins)
    assert max(found.distances.values()) < 1e-9
    assert (found.g * d)[0] * (found.g * d)[3] / ((found.g * d)[1] * (found.g * d)[2]) == pytest.approx(1e6, rel=1e-6)


def test_a_margin_that_follows_from_another_changes_nothing() -> None:
    cells = [(area, sex, area[0]) for area in ("a1", "a2", "b1", "b2") for sex in "fm"]
    population = {"area": {"a1": 10, "a2": 20, "b1": 30, "b2": 40}, "sex": {"f": 55, "m": 45}}
    d = np.arange(1.0, 9.0)
    without = calibrate(d, table([cell[:2] for cell in cells], **population))
    assert calibrate(d, table(cells, **population, district={"a": 30, "b": 70})).g == pytest.approx(without.g, rel=1e-9)
    with pytest.raises(Refused, match="margin district"):
        calibrate(d, table(cells, **population, district={"a": 31, "b": 69}))


def test_the_last_margin_is_given_up_first_and_its_distance_reported() -> None:
    """Sex alone has factors 2 and 4/7 of the mean 1: within 0.5 … 2.1. Age would need 99 of 40 old people's weight,
    factors above 2.1; without it old people weigh 10·2 + 30·4/7 = 37.14, that is 62 % short of 99; young people
    62.86 for 1, that is 61.86 times too many."""
    bounds = (0.5, 2.1)
    margins = table(FOUR, sex={"f": 60, "m": 40}, age={"old": 99, "young": 1})
    found = calibrate(D, margins, bounds=bounds)
    assert found.given_up == ("age",)
    assert found.g == pytest.approx([2, 2, 4 / 7, 4 / 7], rel=1e-12)
    assert found.distances == pytest.approx({"sex": 0, "age": 440 / 7 - 1}, abs=1e-9)
    other_first = table([cell[::-1] for cell in FOUR], age={"old": 99, "young": 1}, sex={"f": 60, "m": 40})
    assert calibrate(D, other_first, bounds=bounds).given_up == ("age", "sex")


@pytest.mark.parametrize("distance", ["raking", "linear", "logit"])
def test_margins_that_bounds_forbid_are_given_up_at_once(distance: str) -> None:
    """That no factors can do it is proven in a few rounds; the 500 are for what might still converge."""
    margins = table(FOUR, sex={"f": 60, "m": 40}, age={"old": 99, "young": 1})
    found = calibrate(D, margins, distance=distance, bounds=(0.5, 2.1))
    assert found.given_up == ("age",)
    assert found.rounds < 40


def test_a_factor_at_a_bound_is_within_it() -> None:
    """Post-stratification needs 2.00000000001 of the mean for f: that is 2, by the tolerance of a margin."""
    margins = table([cell[:1] for cell in FOUR], sex={"f": 60 + 3e-10, "m": 40 - 3e-10})
    found = calibrate(D, margins, bounds=(0.5, 2.0))
    assert found.given_up == ()
    assert found.g.max() == 2.0


def test_where_no_margin_can_hold_every_answer_gets_the_mean_factor() -> None:
    margins = table([cell[:1] for cell in FOUR], sex={"f": 180, "m": 20})
    found = calibrate(D, margins, bounds=(0.5, 2.0))
    assert found.given_up == ("sex",)
    assert list(found.g) == [2.0] * 4
    assert found.distances["sex"] == pytest.approx(140 / 20 - 1)


@pytest.mark.parametrize(
    ("populations", "faults"),
    [
        ({"sex": {"f": 50, "m": 50}, "age": {"old": 60, "young": 40.1}}, ["margin_totals_differ"]),
        ({"sex": {"f": 50, "m": 45, "x": 5}, "age": {"old": 60, "young": 40}}, ["margin_category_empty"]),
        ({"sex": {"f": 100}, "age": {"old": 60, "young": 40}}, ["margin_category_unknown"]),
        ({"sex": {"f": 100, "m": 0}, "age": {"old": 60, "young": 40}}, ["margin_category_unknown"]),
        ({"sex": {"f": 50, "m": 50}, "age": {"old": -1, "young": 40}}, ["margin_population_wrong"]),
        ({"sex": {"f": float("nan"), "m": 50}, "age": {"old": float("inf"), "young": 1}}, ["margin_population_wrong"] * 2),
        ({"sex": {"x": 5, "m": 45}, "age": {"old": 60, "ancient": 40}}, ["margin_category_empty", "margin_category_unknown"] * 2),
        ({"sex": {"f": 0, "m": 0}, "age": {"old": 60, "young": 40}}, ["margin_counts_nobody"]),
    ],
)
def test_margins_that_cannot_be_are_refused_all_at_once(populations: dict, faults: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        calibrate(D, table(FOUR, **populations))
    assert codes_of(refused) == faults


def test_a_refusal_names_margin_and_categories() -> None:
    population = {"f": 50, "m": 40, **{f"x{k}": 0.1 for k in range(100)}}
    with pytest.raises(Refused) as refused:
        calibrate(D, table([cell[:1] for cell in FOUR], sex=population))
    fault = refused.value.faults[0]
    assert fault.place == "margin sex"
    assert fault.values["categories"].startswith("x0, x1, x2")
    assert fault.values["categories"].endswith("x49 … (+50)")


def test_a_category_without_people_and_answers_does_no_harm() -> None:
    with_empty = table(FOUR, sex={"f": 50, "x": 0, "m": 50}, age={"old": 60, "young": 40})
    without = table(FOUR, sex={"f": 50, "m": 50}, age={"old": 60, "young": 40})
    for distance, bounds in WAYS:
        same = calibrate(D, without, distance=distance, bounds=bounds).g
        assert calibrate(D, with_empty, distance=distance, bounds=bounds).g == pytest.approx(same, rel=1e-12)


def test_a_margin_given_twice_is_refused() -> None:
    margins = table(FOUR, sex={"f": 50, "m": 50}, age={"old": 60, "young": 40})
    with pytest.raises(Refused, match="margin sex"):
        calibrate(D, MarginTable(("sex", "sex"), margins.labels, margins.category, margins.population))


def test_totals_that_differ_by_rounding_are_brought_to_the_first() -> None:
    margins = table(FOUR, sex={"f": 50e6, "m": 50e6}, age={"old": 60e6, "young": 40e6 + 10})
    found = calibrate(D, margins)
    assert found.g @ D == pytest.approx(100e6, rel=1e-12)
    assert found.distances["sex"] < 1e-10 < found.distances["age"] < 1e-6


def test_contradicting_margins_are_refused_and_the_margin_named() -> None:
    """Everybody old is a woman and everybody young a man, but the margins say otherwise."""
    cells = [("f", "old", "a"), ("f", "old", "b"), ("m", "young", "a"), ("m", "young", "b")]
    margins = table(cells, sex={"f": 50, "m": 50}, age={"old": 60, "young": 40}, area={"a": 50, "b": 50})
    with pytest.raises(Refused) as refused:
        calibrate(D, margins)
    assert codes_of(refused) == ["raking_not_converged"]
    assert refused.value.faults[0].place in ("margin sex", "margin age")
    with pytest.raises(Refused) as refused:
        calibrate(D, margins, distance="linear")
    assert codes_of(refused) == ["margins_not_met"]
    assert int(refused.value.faults[0].values["rounds"]) < 20


def test_linear_factors_below_zero_are_refused_unless_bounded() -> None:
    margins = table(FOUR, sex={"f": 90, "m": 10}, age={"old": 90, "young": 10})
    with pytest.raises(Refused) as refused:
        calibrate(D, margins, distance="linear")
    assert codes_of(refused) == ["factor_not_positive"]


@pytest.mark.parametrize("bounds", [(1.0, 2.0), (0.2, 1.0), (-0.1, 2.0), (2.0, 0.5), (0.5, float("inf")), (float("nan"), 2.0)])
def test_bounds_that_leave_no_room_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(Refused) as refused:
        calibrate(D, table([cell[:1] for cell in FOUR], sex={"f": 60, "m": 40}), distance="linear", bounds=bounds)
    assert codes_of(refused) == ["bounds_not_valid"]


def test_logit_without_bounds_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        calibrate(D, table([cell[:1] for cell in FOUR], sex={"f": 60, "m": 40}), distance="logit")
    assert codes_of(refused) == ["logit_needs_bounds"]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_a_cell_without_design_weight_is_refused(bad: float) -> None:
    with pytest.raises(Refused) as refused:
        calibrate(np.array([10, 20, bad, 40]), table([cell[:1] for cell in FOUR], sex={"f": 60, "m": 40}))
    assert codes_of(refused) == ["weight_not_positive"]
