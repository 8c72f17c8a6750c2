"""The audit finds what a reader could work out, by hand; and a release that fails it hides more."""

from collections.abc import Mapping
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.audit import PUBLIC, Audit, Range, audited, half_step
from analysis.audit_known import Known, Node, cells_of_few, cells_without_answers
from analysis.audit_repair import secured
from analysis.audit_tables import Counted, shares, table_of_n
from analysis.disclosure import hidden
from analysis.estimation import Estimate, estimate
from analysis.feasible import ENDS, feasible
from analysis.figures import Reason, Release
from analysis.population import Population
from analysis.weighting import weigh
from questionnaires.trees import measures
from survey_app.documents.rounding import rounded
from tests.analysis import made
from tests.analysis.audited_city import city, unsecured

ONE = made.tree("s", [made.share("s", "a")], id="one")
FORM = made.instrument([made.SECTORS, made.STAGE, made.question("a")], [ONE], meanings=made.MEANINGS)
SATISFIED = {"u": 30, "v": 20, "w": 10, "x": 4, "y": 6}


def released(
    n: Mapping[str, int], *groups: str, files: int = 100, previous: Release | None = None, other_files: Mapping[str, int] | None = None
) -> Release:
    """Units with so many answers and 100 files each, or those of `other_files`, a block for each of `groups`, and the city of all."""
    rows = [made.answer(id, day=str(k % 3), stage=2, a=5 if k < SATISFIED[id] else 1) for id, count in n.items() for k in range(count)]
    of = dict.fromkeys(n, files) | dict(other_files or {})
    domains = [made.unit(id, of[id]) for id in n]
    domains += [made.block(f"k{group}", list(group), sum(of[id] for id in group)) for group in groups]
    frame = made.frame([(id, id, 1, of[id]) for id in n])
    return made.release(FORM, rows, [*domains, made.city(list(n), sum(of.values()))], frame=frame, previous=previous)


def without(release: Release, *domains: str, reason: Reason = "too_few") -> Release:
    """The release as it would be if these figures were hidden and nothing else were done about it."""
    figures = [hidden(figure, reason) if figure.domain in domains else figure for figure in release.figures]
    return replace(release, figures=tuple(figures))


def cell(audit: Audit, domain: str, node: str = "s", role: str = "") -> Range:
    [found] = [one for one in audit.cells if (one.domain, one.node, one.role, one.basis) == (domain, node, role, "all")]
    return found


def n_of(release: Release, domain: str) -> tuple[float, float]:
    """The ends themselves: the audit does not follow a cell further than it has to."""
    domains = {one.id: one for one in release.domains}
    counted = Counted.of([one for one in release.figures if one.population == "finished"], domains)
    table = table_of_n(domains, shares(release.domains), counted, PUBLIC)
    [low], [high] = feasible(table.equations, np.array([table.wanted[domain, "all", "reception"]]))
    return round(low, 6), round(high, 6)


FOUR = {"u": 40, "v": 40, "w": 40, "x": 10}


def test_one_hidden_unit_in_a_shown_city_is_solved() -> None:
    """x = 4 · 47.5 % (± 0.05) − 75 % − 50 % − 25 % (each ± 0.5) = 40 % ± 1.7 points; the plain mean says as much."""
    audit = audited(without(released(FOUR), "x"))
    found = cell(audit, "x")
    assert_allclose((found.low, found.high), (0.383, 0.417), atol=1e-6)
    assert found in audit.failures


def test_its_count_is_as_wide_as_the_rounding_of_the_others() -> None:
    """City 130: 128 to 132. Three units of 40: 38 to 42 each. So x has 2 to 18 answers."""
    assert n_of(without(released(FOUR), "x"), "x") == (2, 18)


def test_two_hidden_units_hide_each_other() -> None:
    """u and x together are 115 % ± 1.2: each of them 14 % or 15 % to 100 %."""
    hidden_too = without(released(FOUR), "x", "u")
    audit = audited(hidden_too)
    assert not audit.failures
    assert cell(audit, "x").high - cell(audit, "x").low >= 0.2
    assert n_of(hidden_too, "x") == (0, 56)


@pytest.mark.parametrize(("people", "narrow"), [(1, True), (2, False)])
def test_one_person_is_hidden_only_where_both_answers_stay_possible(people: int, narrow: bool) -> None:
    """x lies between 15 % and 100 %: of one person that is a yes, of two either one or two of them said yes."""
    known = Known(people={("finished", "all", "x", "s"): people})
    found = audited(without(released(FOUR), "x", "u"), known=known)
    assert cell(found, "x").least == 1 / people
    assert {one.domain for one in found.failures if one.node} == ({"x"} if narrow else set())


def test_two_hidden_units_in_groups_that_overlap_do_not() -> None:
    """Blocks wx and wxy, y hidden too: y = 3 · 30 % − 2 · 32.5 % with their roundings: far too narrow; so is x = 2 · 32.5 % − 25 %."""
    audit = audited(without(released({**FOUR, "y": 15}, "wx", "wxy"), "x", "y"))
    assert {one.domain for one in audit.failures if one.node} == {"x", "y"}


def test_a_count_in_a_small_group_is_too_narrow() -> None:
    """Block wx: 20 answers are 18 to 22, w has 8 to 12 of them: 6 to 14 are left for x, a range of 8."""
    small = without(released({"u": 40, "v": 40, "w": 10, "x": 10}, "wx"), "x")
    audit = audited(small)
    assert n_of(small, "x") == (6, 14)
    assert cell(audit, "x", "", "reception") in audit.failures


def test_a_part_has_no_more_answers_than_all() -> None:
    """u: 40 answers, so at most 42; of those that came by a slip nothing is shown."""
    rows = [made.answer("u", day=str(k % 3), stage=2, a=5) for k in range(40)]
    for row in rows[:5]:
        row["channel"] = "issued"
    release = made.release(FORM, rows, [made.unit("u", 99)], frame=made.frame([("u", "u", 1, 99)]))
    counted = Counted.of(release.figures, {"u": release.domains[0]})
    table = table_of_n({"u": release.domains[0]}, {}, counted, PUBLIC)
    low, high = feasible(table.equations, np.array([table.wanted["u", "verified", "reception"]]))
    assert_allclose((low, high), ([0], [42]), atol=1e-6)


def test_a_release_that_shows_everything_or_nothing_has_no_failure() -> None:
    assert not audited(released(FOUR)).cells
    assert not audited(without(released(FOUR), "u", "v", "w", "x", "79")).cells


def test_a_unit_without_answers_is_in_no_sum_and_needs_no_protection() -> None:
    """v has files and nobody answered: it is hidden as too few. A reader would solve it for what the others have on average."""
    rows = [made.answer(id, day=str(k % 3), stage=2, a=5 if k < 20 else 1) for id in "uw" for k in range(40)]
    domains = [*(made.unit(id, 100) for id in "uvw"), made.city("uvw", 300)]
    data = made.sources(FORM, made.columns(rows))["finished"]
    measured = measures(ONE, FORM.questions)
    population = Population.of("finished", True, [ONE], estimate(data.tally(weigh(data.counts(), None), measured, domains)), domains)
    empty = cells_without_answers(population, "all")
    assert not cells_of_few(population, "all")
    assert {cell for cell in empty if cell[2] in "uvw"} == {("finished", "all", "v", of) for of in ("s", "reception", "decider")}
    release = made.release(FORM, rows, domains, frame=made.frame([(id, id, 1, 100) for id in "uvw"]))
    assert {one.domain for one in audited(release).failures} == {"v"}
    assert not audited(release, known=Known(empty=empty)).cells


def test_whoever_makes_a_release_knows_of_how_few_people_a_figure_is() -> None:
    """u has four answers, v five, w forty; no group."""
    rows = [made.answer(id, day=str(k % 3), stage=2, a=5) for id, n in (("u", 4), ("v", 5), ("w", 40)) for k in range(n)]
    domains = [made.unit(id, 100) for id in "uvw"]
    data = made.sources(FORM, made.columns(rows))["finished"]
    tally = data.tally(weigh(data.counts(), None), measures(ONE, FORM.questions), domains)
    population = Population.of("finished", True, [ONE], estimate(tally), domains)
    assert cells_of_few(population, "all") == {("finished", "all", "u", "s"): 4}


def test_a_score_is_as_wide_as_its_own_range_asks() -> None:
    """From 0 to 10 twenty points of a hundred are two; half a step of a score is 0.05, and x = 4 · 0.475 − 1.5 ± 0.16 … cut at 0."""
    audit = audited(without(released(FOUR), "x"), known=Known({("one", "s"): Node(0.0, 10.0)}))
    assert cell(audit, "x").least == pytest.approx(2.0)
    assert cell(audit, "x") in audit.failures


@pytest.mark.parametrize("n", [10, 99, 100, 999, 1000, 20000])
@pytest.mark.parametrize("share", [True, False])
def test_the_audit_rounds_as_the_documents_do(n: int, share: bool) -> None:
    """The step between two printed values, found by printing values close together."""
    printed = sorted({rounded(_estimate(n, 0.5 + k * 2.5e-5), share).estimate for k in range(20_000)})
    assert printed[2] - printed[1] == pytest.approx(2 * half_step(n, share))


def _estimate(n: int, value: float) -> Estimate:
    return Estimate(n, n, value, None, 1, None, None, None, None, 0.95, "raw", None)


def test_a_release_that_fails_hides_the_smallest_group_around_what_is_solved() -> None:
    """Block wx gives x away; the city, in which u and x are hidden, gives nothing away and stays."""
    found, _ = secured(without(released(FOUR, "wx"), "x", "u"))
    state = {(figure.domain, figure.basis): figure.hidden for figure in found.figures if figure.population == "finished"}
    assert state["kwx", "all"] == "complementary"
    assert state["79", "all"] is None
    assert not audited(found).failures


def test_a_count_below_the_floor_beside_a_shown_figure_hides_the_smallest_group() -> None:
    """x took in 5 files and decided 40, so its figure is shown; w took in 40. Block wx says 45: 43 to 47, less 38 to 42, is 1 to 9."""
    full = released({**FOUR, "x": 40}, "wx")
    counts = {"x": 5, "kwx": 45, "79": 125}
    few = replace(full, figures=tuple(replace(one, n_received=counts.get(one.domain, one.n_received)) for one in full.figures))
    assert {one.domain for one in audited(few).failures} == {"x"}
    found, _ = secured(few)
    assert {one.domain for one in found.figures if one.hidden == "complementary"} == {"kwx"}


def test_a_sound_release_is_left_as_it_is() -> None:
    sound = without(released(FOUR), "x", "u")
    assert secured(sound)[0] is sound


def test_a_simulated_city_keeps_its_small_units_hidden_after_the_audit() -> None:
    """Every hidden unit's true share lies in the range that the audit names (it is a reader's certainty, not a guess)."""
    with unsecured():
        release, rows = city(60, 8)
    found, _ = secured(release)
    assert audited(release).failures
    assert not audited(found).failures
    for one in audited(release).cells:
        if one.node == "B" and one.basis == "all" and one.population == "finished" and one.narrow:
            given = [level for row in rows if row["reception"] == one.domain for id, level in row["answers"].items() if id in "abcde"]
            assert one.low - 0.03 <= sum(level == 5 for level in given) / len(given) <= one.high + 0.03
    hidden_by_it = sum(a.hidden != b.hidden for a, b in zip(release.figures, found.figures, strict=True))
    assert 0 < hidden_by_it < len(release.figures) / 20


def test_every_release_is_secured_before_anything_is_compared_and_says_so() -> None:
    """The same city by way of build(): what is shown passes plain linear programmes to every end, and hides what these ask for."""
    with unsecured():
        open_city, _ = city(60, 8)
    release, _ = city(60, 8)
    assert plainly_narrow(open_city)
    assert not plainly_narrow(release)
    audit = release.studies.audit
    assert audit is not None
    changed = sum(a.hidden != b.hidden for a, b in zip(open_city.figures, release.figures, strict=True))
    assert (audit.hidden, open_city.studies.audit) == (changed, None)
    assert audit.hidden > 0


def plainly_narrow(release: Release) -> list[str]:
    """Cells that two linear programmes each, with no short cut, find too narrow."""
    with patch("analysis.audit.OF_N", ENDS), patch("analysis.audit.OF_FIGURES", ENDS):
        return [one.domain for one in audited(release).failures]


def test_a_count_below_the_floor_is_not_printed_and_bounds_nothing() -> None:
    """u took in 40 files and decided 5 of them; 3 of the 5 came by a code of the system. With “5” printed, which is 3 to 7, the 3
    would lie between 0 and 7."""
    rows = [made.answer("u", day=str(k % 3), stage=2, a=5, decider="u" if k < 5 else "v") for k in range(40)]
    for row in [*rows[:3], *rows[10:22]]:
        row["channel"] = "issued"
    frame = made.frame([("u", "u", 1, 9), ("u", "v", 1, 99)])
    release = made.release(FORM, rows, [made.unit("u", 108), made.unit("v", 99)], frame=frame)
    counted = Counted.of(release.figures, {one.id: one for one in release.domains})
    assert counted.hidden["u", "all", "decider"] == "too_few"
    assert ("u", "all", "decider") not in counted.shown
    assert counted.shown["u", "all", "reception"] == (40, False)
    assert not audited(release).failures


def test_a_total_hidden_in_one_tree_is_hidden_where_another_says_the_same() -> None:
    """Two trees of one question: hiding the block's figure in one of them alone would hide nothing."""
    other = made.tree("t", [made.share("t", "a")], id="two")
    form = made.instrument([made.SECTORS, made.STAGE, made.question("a")], [ONE, other], meanings=made.MEANINGS)
    with patch.dict(globals(), FORM=form):
        twice = without(released(FOUR, "wx"), "x", "u")
    same = Known({("one", "s"): Node(says="a"), ("two", "t"): Node(says="a")})
    found, _ = secured(twice, known=same)
    state = {(one.domain, one.node): one.hidden for one in found.figures if one.population == "finished" and one.summary == "pooled"}
    assert (state["kwx", "s"], state["kwx", "t"]) == ("complementary", "complementary")


def test_a_figure_hidden_in_one_tree_and_shown_in_another_is_no_secret() -> None:
    other = made.tree("t", [made.share("t", "a")], id="two")
    form = made.instrument([made.SECTORS, made.STAGE, made.question("a")], [ONE, other], meanings=made.MEANINGS)
    with patch.dict(globals(), FORM=form):
        release = released(FOUR)
    figures = [hidden(one, "too_few") if (one.domain, one.tree) == ("x", "one") else one for one in release.figures]
    release = replace(release, figures=tuple(figures))
    assert audited(release).failures
    assert not audited(release, known=Known({("one", "s"): Node(says="a"), ("two", "t"): Node(says="a")})).failures


def test_an_area_of_shown_units_is_no_secret_of_its_own() -> None:
    """A third of u's 20 answers and a third of v's are an area's: 13, less 4 that w lacks to be shown … all of it arithmetic."""
    rows = [made.answer(id, day=str(k % 3), stage=2, a=5 if k % 2 else 1) for id in "uvw" for k in range(10)]
    area = made.district("p", dict.fromkeys("uvw", 0.3), files=90)
    domains = [*(made.unit(id, 100) for id in "uvw"), area, made.city("uvw", 300)]
    release = made.release(FORM, rows, domains, frame=made.frame([(id, id, 1, 100) for id in "uvw"]))
    assert {one.hidden for one in release.figures if one.domain == "p" and one.population == "finished"} == {"too_few"}
    assert not [one for one in audited(release).cells if one.domain == "p"]


def test_a_large_group_gives_up_a_small_unit_before_its_totals() -> None:
    """Twelve units, x alone is hidden: the block's mean of units tells it. A unit that is printed in whole percent goes, and the totals
    stay."""
    with patch.dict(SATISFIED, {f"b{k}": 60 for k in range(8)}):
        found, _ = secured(without(released({**FOUR, "x": 12, **{f"b{k}": 120 for k in range(8)}}), "x", reason="complementary"))
    assert hidden_in(found) == {"x", "u"}


def test_of_those_for_reference_only_the_one_with_most_files_goes() -> None:
    """v is half of all that is not known then; w has more files, but is told from 40 answers."""
    n = {"u": 12, "v": 20, "w": 40, "x": 12, **{f"b{k}": 120 for k in range(8)}}
    with patch.dict(SATISFIED, {"u": 9, "v": 12, **{f"b{k}": 60 for k in range(8)}}):
        release = without(pooled_alone(released(n, other_files={"v": 120, "w": 150})), "x", reason="complementary")
    assert {one.domain for one in audited(release).failures} == {"x"}
    assert hidden_in(secured(release)[0]) == {"x", "v"}


def test_units_that_were_given_up_in_vain_are_shown_again() -> None:
    """Five units with a twelfth of the files are hidden, and one of their sixty people was not satisfied. Of the other five all were, so
    that none of them leaves more open; a sixth does, where one in two was not."""
    small, big = [f"s{k}" for k in range(5)], [f"b{k}" for k in range(5)]
    n = {**dict.fromkeys(small, 12), **dict.fromkeys(big, 50), "more": 20}
    with patch.dict(SATISFIED, {**dict.fromkeys([*small, *big], 100), "s0": 11, "more": 10}):
        of_eleven = pooled_alone(released(n, other_files=dict.fromkeys([*big, "more"], 1000)))
        of_ten = pooled_alone(released({id: n[id] for id in (*small, *big)}, other_files=dict.fromkeys(big, 1000)))
    assert hidden_in(secured(without(of_eleven, *small, reason="complementary"))[0]) == {*small, "more"}
    assert hidden_in(secured(without(of_ten, *small, reason="complementary"))[0]) == {*small, "79"}


def pooled_alone(release: Release) -> Release:
    """Without means of units, which are a second equation."""
    figures = [hidden(one, "complementary") if one.summary == "mean_of_units" else one for one in release.figures]
    return replace(release, figures=tuple(figures))


def hidden_in(release: Release) -> set[str]:
    """Whose pooled share of all answers is not shown."""
    return {
        one.domain for one in release.figures
        if one.hidden and (one.population, one.basis, one.summary) == ("finished", "all", "pooled")
    }  # fmt: skip
