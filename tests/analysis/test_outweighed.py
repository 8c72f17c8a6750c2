"""Figures that would tell of fewer than ten people what they said, because they weigh more than all that was said otherwise: by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.audit_known import cells_of_few
from analysis.estimation import estimate
from analysis.figures import Release
from analysis.outweighed import leans
from analysis.population import Population
from analysis.release import sources
from analysis.weighting import weigh
from questionnaires.trees import Leaf, measures
from tests.analysis import made

MIXED = {"sector": made.MEANINGS["sector"]}


def released(light: Sequence[int], heavy: Sequence[int], leaf: Leaf, total: bool = False) -> Release:
    """Answers of two matters, codes of question a: ten files an answer of the one, fifty of the other; or files by total."""
    matters = (1, light), (2, heavy)
    rows = [made.answer(day=str(k % 8), sector=sector, a=code) for sector, codes in matters for k, code in enumerate(codes)]
    files = [(None, 10 * len(rows))] if total else [(1, 10 * len(light)), (2, 50 * len(heavy))]
    form = made.instrument([made.question("a"), made.SECTORS], [made.tree("a", [leaf])], meanings=MIXED)
    frame = made.frame([("u", "u", sector, count) for sector, count in files])
    return made.release(form, rows, [made.unit("u", sum(count for _, count in files))], frame=frame)


def hides(light: Sequence[int], heavy: Sequence[int], leaf: Leaf | None = None, *, total: bool = False) -> bool:
    [found] = [one for one in released(light, heavy, leaf or made.share("a", "a"), total).figures if one.basis == "all"]
    assert found.hidden in (None, "complementary")
    return found.hidden is not None


@pytest.mark.parametrize(
    ("dissatisfied", "of_nine", "of_ten"), [(0, False, False), (1, True, False), (4, True, False), (5, False, False)]
)  # fmt: skip
def test_nine_who_weigh_more_than_all_who_were_dissatisfied_are_not_told_of_and_ten_are(
    dissatisfied: int, of_nine: bool, of_ten: bool
) -> None:
    """One dissatisfied answer of 21 weighs 10, four 40, five as much as one of the heavy ones; nobody dissatisfied is 100 %."""
    light = [1] * dissatisfied + [5] * (21 - dissatisfied)
    assert hides(light, [5] * 9) is of_nine
    assert hides(light, [5] * 10) is of_ten


def test_nor_are_nine_who_weigh_more_than_all_who_were_satisfied() -> None:
    assert hides([5] + [1] * 20, [1] * 9)


def test_whoever_was_dissatisfied_may_be_one_of_the_heavy_ones() -> None:
    assert not hides([5] * 21, [1] + [5] * 8)


def test_where_all_weigh_the_same_nobody_outweighs_anybody() -> None:
    assert not hides([1] + [5] * 20, [5] * 9, total=True)


def test_of_a_mean_the_next_best_answer_counts() -> None:
    """Levels 1 … 5 are 0 … 1. A heavy answer that is not the best lacks 50 · ¼ = 12.5 at least: one light answer of level 2 lacks 7.5."""
    assert hides([2] + [5] * 20, [5] * 9, made.mean("a", "a"))
    assert not hides([2, 2] + [5] * 19, [5] * 9, made.mean("a", "a"))


@pytest.mark.parametrize(
    ("heaviest", "on_one"),
    [([1, *[0.2] * 6], True), ([1, *[0.2] * 9], False), ([0.5] * 4, True), ([0.5, *[0.4] * 4], False), ([math.nan, 1.0], True)],
    ids=["a seventh", "a tenth", "two people a unit, four units", "five units", "alone"],
)  # fmt: skip
def test_a_mean_of_units_does_not_lean_on_one_person(heaviest: Sequence[float], on_one: bool) -> None:
    assert leans(np.array(heaviest)) is on_one


def test_the_only_person_of_one_unit_of_seven_is_kept_from_following_from_their_mean() -> None:
    """Seven units of 1, 3, 3, 3, 5, 5 and 6 people, none of them shown: the city says their 26 people together, and no mean of seven."""
    people = [1, 3, 3, 3, 5, 5, 6]
    rows = [made.answer(f"u{at}", day=str(k % 3), a=5 if (k + at) % 2 else 1) for at, count in enumerate(people) for k in range(count)]
    units = {f"u{at}": 400 + 37 * at for at in range(len(people))}
    form = made.instrument([made.question("a"), made.SECTORS], [made.tree("a", [made.share("a", "a")])], meanings=MIXED)
    domains = [*(made.unit(unit, files) for unit, files in units.items()), made.city(list(units), sum(units.values()))]
    found = made.release(form, rows, domains, frame=made.frame([(unit, unit, 1, files) for unit, files in units.items()]))
    state = {one.summary: one.hidden for one in found.figures if (one.domain, one.basis) == ("79", "all")}
    assert state["mean_of_units"] == "complementary"


def test_whoever_is_five_sevenths_of_a_figure_counts_for_the_audit_as_one_of_fewer_than_two() -> None:
    """Question b was answered by one person who weighs 50 and two who weigh 10 each: three people, and 70 ÷ 50 = 1.4 of the one."""
    rows = [made.answer(day=str(k % 8), sector=1, a=5, b=5 if k < 2 else None) for k in range(18)]
    rows += [made.answer(day=str(k % 8), sector=2, a=5, b=5 if k < 1 else None) for k in range(7)]
    form = made.instrument([made.question("a"), made.question("b"), made.SECTORS], [made.tree("b", [made.share("b", "b")])], meanings=MIXED)
    frame = made.frame([("u", "u", 1, 180), ("u", "u", 2, 350)])
    [source] = sources(form, made.columns(rows)).values()
    [measure] = measures(form.trees[0], form.questions)
    found = estimate(source.tally(weigh(source.counts(), frame), [measure], [made.unit("u", 530)]))
    assert_allclose(found.heaviest, [[50 / 70]], rtol=1e-12)
    population = Population.of("all", True, form.trees, found, [made.unit("u", 530)])
    assert cells_of_few(population, "all") == {("all", "all", "u", "b"): pytest.approx(70 / 50)}


@pytest.mark.parametrize(("heavy", "interval"), [(5, False), (6, True)])
def test_a_figure_of_which_one_answer_is_more_than_a_tenth_has_no_interval(heavy: int, interval: bool) -> None:
    """Sixteen of 21 dissatisfied lack 160, a heavy answer weighs 50: of 460 with five of them, of 510 with six."""
    [found] = [one for one in released([1] * 16 + [5] * 5, [5] * heavy, made.share("a", "a")).figures if one.basis == "all"]
    assert found.estimate is not None
    assert (found.estimate.ci_low is not None, found.estimate.ci_high is not None) == (interval, interval)
    assert found.estimate.se is not None


def test_but_its_bound_where_all_said_the_same() -> None:
    [found] = [one for one in released([5] * 21, [5] * 5, made.share("a", "a")).figures if one.basis == "all"]
    assert found.estimate is not None
    assert found.estimate.ci_low is not None


@pytest.mark.parametrize(
    ("light", "heavy", "by_tenths"),
    [
        ([1] * 4 + [5] * 36, [], True),
        ([1] * 5 + [5] * 35, [], False),
        ([1] * 21, [5] * 10, True),
        ([1] * 21, [1] * 2 + [5] * 10, False),
        ([5] * 4 + [1] * 36, [], True),
        ([5] * 40, [], False),
    ],
    ids=["four of forty", "five", "210 of 710, a heavy one weighs 50", "310 of 810", "four who were satisfied", "a bound"],
)
def test_where_fewer_than_five_of_the_heaviest_say_otherwise_the_ends_stand_by_tenths(
    light: Sequence[int], heavy: Sequence[int], by_tenths: bool
) -> None:
    """A light answer weighs 10, a heavy one 50; where nobody says otherwise the bound stays: it tells no more than 100 %."""
    [found] = [one for one in released(light, heavy, made.share("a", "a")).figures if one.basis == "all"]
    assert found.estimate is not None
    assert found.estimate.ci_low is not None
    assert found.estimate.ci_high is not None
    ends = 10 * found.estimate.ci_low, 10 * found.estimate.ci_high
    assert all(abs(one - round(one)) < 1e-9 for one in ends) is by_tenths
    assert found.estimate.ci_low < found.estimate.estimate <= found.estimate.ci_high


@pytest.mark.parametrize(("dissatisfied", "same"), [(4, True), (5, False)])
def test_and_say_nothing_of_the_days_on_which_they_came(dissatisfied: int, same: bool) -> None:
    """Of forty on eight days: once on as many days as they are, once all on one day."""
    apart = [1] * dissatisfied + [5] * (40 - dissatisfied)
    together = [1 if k % 8 == 0 and k < 8 * dissatisfied else 5 for k in range(40)]
    ends = []
    for codes in (apart, together):
        [found] = [one for one in released(codes, [], made.share("a", "a")).figures if one.basis == "all"]
        assert found.estimate is not None
        ends.append((found.estimate.estimate, found.estimate.ci_low, found.estimate.ci_high))
    assert (ends[0] == pytest.approx(ends[1])) is same


def test_of_a_score_by_tenths_of_its_range() -> None:
    """From 1 to 10 a tenth is 0.9: four of forty are not satisfied, 9.1 of 10, and the lower end stands at 1 + 0.9·k."""
    tree = made.tree("p", [made.share("a", "a"), made.node("p", "mean", ["a"], range=(1.0, 10.0))])
    form = made.instrument([made.question("a")], [tree])
    rows = [made.answer(day=str(k % 8), a=1 if k < 4 else 5) for k in range(40)]
    figures = made.release(form, rows, [made.unit("u", 400)], frame=made.frame([("u", "u", None, 400)])).figures
    [estimate] = [one.estimate for one in figures if one.node == "p" and one.basis == "all"]
    assert estimate is not None
    assert estimate.ci_low is not None
    assert estimate.estimate == pytest.approx(9.1)
    assert (estimate.ci_low - 1) / 0.9 == pytest.approx(round((estimate.ci_low - 1) / 0.9))
