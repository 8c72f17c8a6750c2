"""Change since an earlier wave, from what two releases show: by hand, by family, and where there is none."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.comparison.changed import Shown, changed
from analysis.figures import Figure
from questionnaires.instrument import Instrument
from tests.analysis import made
from tests.analysis.comparison.test_standing import INDEX, INSTRUMENT, QUESTIONS, answers

UNITS = ("u", "v", "w")
DOMAINS = [*map(made.unit, UNITS), made.block("wards", UNITS)]


def shown(wave: str, satisfied: Mapping[str, int], of: Instrument = INSTRUMENT, n: int = 200, posted: float = 1.0) -> Shown:
    rows = [row for unit, count in satisfied.items() for row in answers(unit, count, n)]
    release = made.release(of, rows, DOMAINS)
    channels = {unit: {"open": round(n * posted), "issued": n - round(n * posted)} for unit in satisfied}
    return Shown(of, wave, release.figures, channels)


BEFORE = shown("w1", {"u": 120, "v": 150, "w": 160})
OTHER_WORDS = made.instrument([*QUESTIONS[:3], made.question("b", rates="decider")], [INDEX], meanings=made.MEANINGS)
AFTER = shown("w2", {"u": 170, "v": 152, "w": 158})


def of(figures: list[Figure], node: str = "B") -> dict[str, Figure]:
    wanted = (node, "finished", "pooled", "all")
    return {one.domain: one for one in figures if (one.node, one.population, one.summary, one.basis) == wanted}


def test_a_change_is_the_difference_of_what_is_shown_with_welchs_degrees_of_freedom() -> None:
    """u from 60 to 85 %; its interval, being counted as the only one of three, at 1 − 0.05/3."""
    found = of(changed(AFTER, BEFORE, DOMAINS))
    one, other = of(list(BEFORE.figures))["u"].estimate, of(list(AFTER.figures))["u"].estimate
    variance = one.se**2 + other.se**2
    df = variance**2 / (one.se**4 / one.df + other.se**4 / other.df)
    half = stats.t.ppf(1 - 0.05 / 3 / 2, df) * np.sqrt(variance)
    assert found["u"].change == pytest.approx(0.25)
    assert (found["u"].change_low, found["u"].change_high) == pytest.approx((0.25 - half, 0.25 + half))
    assert found["u"].change_q < 0.05 < found["v"].change_q


def test_the_units_of_a_block_are_one_family_and_the_block_another() -> None:
    """q of the largest p of a family is that p: with one unit alone it would be 3 p smaller for the smallest."""
    found = of(changed(AFTER, BEFORE, DOMAINS))
    alone = of(changed(replace(AFTER, figures=[one for one in AFTER.figures if one.domain == "u"]), BEFORE, DOMAINS))
    assert found["u"].change_q == pytest.approx(3 * alone["u"].change_q)
    assert found["wards"].change is not None


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (replace(BEFORE, wave="w2"), "overlapping_answers"),
        (shown("w1", {"u": 12, "v": 15, "w": 16}, n=29), "too_few"),
        (shown("w1", {"u": 120, "v": 150, "w": 160}, OTHER_WORDS), "another_definition"),
        (replace(BEFORE, method="2025.1"), "another_method"),
        (replace(BEFORE, headlines={"wards": "verified"}), "another_basis"),
        (replace(BEFORE, figures=[]), "not_shown"),
    ],
    ids=["the same wave", "29 answers", "another definition", "another method", "another basis", "nothing shown before"],
)
def test_figures_that_cannot_be_compared_have_no_change_and_say_why(before: Shown, why: str) -> None:
    stale = [replace(one, change=0.1, change_low=0.0, change_high=0.2, change_q=0.01) for one in AFTER.figures]
    found = of(changed(replace(AFTER, figures=stale), before, DOMAINS))
    assert [(found[unit].change, found[unit].change_q, found[unit].change_refused) for unit in UNITS] == [(None, None, why)] * 3


def test_another_basis_of_one_block_leaves_the_others_comparable() -> None:
    domains = [*map(made.unit, UNITS), made.block("wards", UNITS[:2]), made.block("rest", UNITS[2:])]
    found = of(changed(AFTER, replace(BEFORE, headlines={"wards": "verified"}), domains))
    assert [found[unit].change_refused for unit in UNITS] == ["another_basis", "another_basis", None]
    assert found["w"].change is not None


def test_where_the_channels_moved_a_change_is_told_but_not_tested() -> None:
    found = of(changed(AFTER, replace(BEFORE, channels=shown("w1", {"u": 120}, posted=0.5).channels), DOMAINS))
    assert (found["u"].change, found["u"].change_q) == (pytest.approx(0.25), None)


DECIDED = made.instrument([*QUESTIONS[:2], *(made.question(id, rates="decider") for id in "ab")], [INDEX], meanings=made.MEANINGS)


def decided(wave: str, satisfied: int, issued: Mapping[str, int], others: int = 0) -> Shown:
    """D receives nothing and decides on 100 files of u and 100 of v, `issued` of them with codes of the system; w decides on 200 of its
    own, `others` of them with such codes."""
    rows = []
    for unit, decider in (("u", "D"), ("v", "D"), ("w", "w")):
        by_system = issued.get(unit, others)
        for at, row in enumerate(answers(unit, satisfied, 200 if unit == "w" else 100)):
            rows.append({**row, "decider": decider, "channel": "issued" if at < by_system else "open"})
    found = made.release(DECIDED, rows, [*DOMAINS, made.unit("D"), made.block("departments", "D")])
    channels = {unit: {"open": 60, "issued": 40} for unit in UNITS}
    return Shown(DECIDED, wave, found.figures, channels, came_by=found.studies.came_by)


DECIDING = [*DOMAINS, made.unit("D"), made.block("departments", "D")]


def test_a_body_that_only_decides_is_held_to_the_channels_of_its_own_answers() -> None:
    """31 points more of its answers come with codes of the system, wherever they were received; of w's one point more."""
    before, after = decided("w1", 60, {"u": 40, "v": 40}, others=80), decided("w2", 80, {"u": 71, "v": 71}, others=82)
    assert after.came_by["finished|all"]["D"] == {"open": 58, "issued": 142}
    found = of(changed(after, before, DECIDING))
    assert (found["D"].change, found["D"].change_q) == (pytest.approx(0.2), None)
    assert found["w"].change_q is not None
    alike = of(changed(replace(after, came_by={}), before, DECIDING))
    assert alike["D"].change_q is not None, "a release that does not tell it has only what was received"


def test_verified_answers_come_by_one_channel_however_many_they_are() -> None:
    before, after = decided("w1", 60, {"u": 40, "v": 40}, others=80), decided("w2", 80, {"u": 90, "v": 90}, others=180)
    found = changed(after, before, DECIDING)
    older = changed(replace(after, came_by={}, channels={"w": {"open": 20, "issued": 180}}), replace(before, came_by={}), DECIDING)
    for figures, body in ((found, "D"), (older, "w")):
        verified = {one.domain: one for one in figures if one.basis == "verified" and one.node == "B" and one.summary == "pooled"}
        assert verified[body].change_q is not None
        assert of(figures)[body].change_q is None


def test_a_hidden_figure_has_no_change() -> None:
    few = shown("w2", {"u": 170, "v": 152, "w": 158})
    hidden = [replace(one, estimate=None, hidden="too_few") if one.domain == "u" else one for one in few.figures]
    found = of(changed(replace(few, figures=hidden), BEFORE, DOMAINS))
    assert found["u"].change is None
    assert found["v"].change is not None


SCORE = made.tree("D", [made.node("D", "sum", ["p", "q"], range=(0.5, 5)), made.mean("p", "a"), made.mean("q", "b")], id="score")
SCORED = made.instrument(QUESTIONS, [INDEX, SCORE], meanings=made.MEANINGS)


@pytest.mark.parametrize(("fewer", "counted"), [(5, False), (8, True)])
def test_a_score_changes_by_three_hundredths_of_its_range_or_not_at_all(fewer: int, counted: bool) -> None:
    """1 to 10 points, each answer at the top or the bottom of both questions: `fewer` of 200 at the top take 9·fewer/200 points away,
    0.225 and 0.36, where 0.27 count. w changes by half, v not at all: with u two of three count, and intervals are wider than at 95 %."""
    before = shown("w1", dict.fromkeys(UNITS, 200), SCORED)
    after = shown("w2", {"u": 200 - fewer, "v": 200, "w": 100}, SCORED)
    sure = [{one.domain: one for one in each.figures if one.node == "D" and one.basis == "all"} for each in (before, after)]
    exact = [replace(each, figures=[replace(one, estimate=replace(one.estimate, se=0.01, df=100.0)) for one in figures.values()])
             for each, figures in zip((before, after), sure, strict=True)]  # fmt: skip
    found = of(changed(exact[1], exact[0], DOMAINS), "D")
    assert found["u"].change == pytest.approx(-9 * fewer / 200)
    rest = 0.05 * 2 / 3 if counted else 0.05
    half = stats.t.ppf(1 - rest / 2, 200) * np.sqrt(2) * 0.01
    assert found["u"].change_q < 0.05
    assert (found["u"].change_low, found["u"].change_high) == pytest.approx((found["u"].change - half, found["u"].change + half))
