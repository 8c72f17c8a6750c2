"""build() on small cities: what is shown, held over, hidden; who is credited; what a release never does."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from analysis.estimation import Estimate
from analysis.figures import Figure, Release
from analysis.plain import as_row, digest_of, flat, restored
from questionnaires.model import Refused
from tests.analysis import made

QUESTIONS = [made.STAGE, made.SECTORS, made.question("a"), made.question("b", rates="decider"), made.question("c")]
INDEX = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "a"), made.share("b", "b")], id="index")
STYLE = made.tree(
    "D", [made.node("D", "sum", ["s", "m"], range=(1, 5)), made.share("s", "a"), made.mean("m", "c")], id="style", minimum_n=15
)
DETAIL = made.tree("x", [made.share("x", "c")], id="detail", published_for=("area", "city"), leaves_for_units_from=30)
INSTRUMENT = made.instrument(QUESTIONS, [INDEX, STYLE, DETAIL], meanings=made.MEANINGS)
NUMBERS = {"estimate", "psus", "n_received", "n_decided", "coverage", "band", "rank_low", "rank_high", "change", "change_q"}


def answers(unit: str, n: int, satisfied: int = 0, days: int = 3, **about: object) -> list[dict]:
    """n finished answers over `days` days, the first `satisfied` of them content with everything, the others with nothing."""
    codes = {"stage": 2, "a": 5, "b": 5, "c": 5}
    return [
        made.answer(unit, day=str(k % days), **{**codes, **({} if k < satisfied else {"a": 1, "b": 1, "c": 1}), **about}) for k in range(n)
    ]


def shown(figure: Figure) -> float | str | None:
    return figure.estimate.estimate if figure.estimate else figure.hidden


# ── floors and reasons ──────────────────────────────────────────────────────────────────────────────────


def test_nine_answers_are_hidden_and_ten_are_shown_for_reference_and_thirty_without_a_mark() -> None:
    rows = [*answers("u", 9, 9), *answers("v", 10, 8), *answers("w", 30, 24)]
    release = made.release(INSTRUMENT, rows, [made.unit(id) for id in "uvw"])
    found = [made.figure(release, id, "B") for id in "uvw"]
    assert [shown(figure) for figure in found] == ["too_few", 0.8, 0.8]
    assert [figure.mark for figure in found] == [None, "reference_only", None]


def test_the_products_floors_hold_whatever_an_instrument_says() -> None:
    """An instrument that would show from 1 answer on: 9 are hidden all the same, and 29 carry the mark."""
    lax = made.instrument(QUESTIONS, [replace(INDEX, minimum_n=1)], meanings=made.MEANINGS)
    release = made.release(lax, [*answers("u", 9, 9), *answers("v", 29, 29)], [made.unit("u"), made.unit("v")])
    assert made.figure(release, "u", "B").hidden == "too_few"
    assert made.figure(release, "v", "B").mark == "reference_only"


def test_a_hidden_figure_holds_no_number_whatever_the_reason() -> None:
    rows = [*answers("u", 9, 9), *answers("v", 40, 20, c=None), *answers("w", 40, 30)]
    domains = [*(made.unit(id, 100) for id in "uvwx"), made.city("uvwx", 400)]
    frame = made.frame([(id, id, 1, 100) for id in "uvw"])
    release = made.release(INSTRUMENT, rows, domains, frame=frame)
    hidden = [figure for figure in release.figures if figure.hidden]
    assert {figure.hidden for figure in hidden} == {"too_few", "part_missing", "not_surveyed", "complementary"}
    for figure in hidden:
        assert all(getattr(figure, name) is None for name in NUMBERS)
        assert figure.partial is False
        row = flat(figure)
        assert all(row[field.name] is None for field in fields(Estimate))


def test_a_mean_names_the_part_for_want_of_which_it_has_no_value() -> None:
    """40 answers, question c answered by 12 where the tree wants 15: the leaf has too few, the sum lacks a part."""
    rows = [*answers("u", 12, 10), *answers("u", 28, 20, c=None)]
    release = made.release(INSTRUMENT, rows, [made.unit("u")])
    assert (made.figure(release, "u", "m").hidden, made.figure(release, "u", "m").missing) == ("too_few", None)
    assert (made.figure(release, "u", "D").hidden, made.figure(release, "u", "D").missing) == ("part_missing", "m")
    assert shown(made.figure(release, "u", "s")) == 0.75


def test_leaves_for_units_are_published_from_their_own_floor_and_nodes_are_not() -> None:
    release = made.release(INSTRUMENT, [*answers("u", 29, 20), *answers("v", 30, 15)], [made.unit("u"), made.unit("v")])
    assert [shown(made.figure(release, id, "x")) for id in "uv"] == ["too_few", 0.5]


def test_a_unit_with_files_and_no_answers_has_too_few_and_one_without_files_was_not_surveyed() -> None:
    frame = made.frame([("u", "u", 1, 100), ("v", "v", 1, 100), ("u", "d", 2, 30)])
    release = made.release(INSTRUMENT, answers("u", 40, 30), [made.unit(id) for id in "uvdx"], frame=frame)
    assert [made.figure(release, id, "B").hidden for id in "vdx"] == ["too_few", "too_few", "not_surveyed"]


def test_answers_of_one_city_total_do_not_give_its_one_hidden_unit_away() -> None:
    """One unit of 9: every group with it is hidden. Two such units hide each other in the city, not in the block of one."""
    rows = [*answers("u", 40, 30), *answers("v", 9, 5)]
    domains = [*(made.unit(id, 100) for id in "uvw"), made.block("one", "uv", 200), made.city("uvw", 300)]
    alone = made.release(INSTRUMENT, rows, domains)
    assert [made.figure(alone, id, "B").hidden for id in ("one", "79")] == ["complementary", "complementary"]
    two = made.release(INSTRUMENT, [*rows, *answers("w", 8, 8)], domains)
    assert made.figure(two, "one", "B").hidden == "complementary"
    assert shown(made.figure(two, "79", "B")) == pytest.approx(43 / 57)
    assert made.figure(two, "79", "B", summary="mean_of_units").hidden == "complementary"


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_units_figure_by_hand() -> None:
    """20 answers on one day each of 4, 100 files: 16 content. θ = 0.8, M = 40; raw SE from the four day totals."""
    rows = [
        made.answer("u", day=str(day), stage=2, **dict.fromkeys("abc", 5 if content else 1))
        for day, contents in enumerate((5, 5, 4, 2))
        for content in [True] * contents + [False] * (5 - contents)
    ]
    release = made.release(INSTRUMENT, rows, [made.unit("u", 100)], frame=made.frame([("u", "u", 1, 100)]))
    figure = made.figure(release, "u", "B")
    assert (figure.n_received, figure.n_decided, figure.psus, figure.coverage) == (20, 20, 4, 0.2)
    z = (np.array([5, 5, 4, 2]) - 0.8 * 5) / 20
    raw = 4 / 3 * (z**2).sum()
    assert (figure.estimate.n, figure.estimate.answers, figure.estimate.estimate) == (20, 40, 0.8)
    assert figure.estimate.se_raw == pytest.approx(raw**0.5, rel=1e-12)
    assert figure.estimate.df_raw == 3
    expected = 0.16 / 20 * (1 + 0.05 * (5 - 1))  # the block is the unit itself: p̃ = 0.8; r̂ = a + b (m − 1), m = 5
    stable = (8 * expected + 3 * raw) / 11
    assert figure.estimate.se == pytest.approx(stable**0.5, rel=1e-12)
    assert figure.estimate.df == 11
    size = min(0.16 / stable, 40) * (stats.t.ppf(0.975, 19) / stats.t.ppf(0.975, 11)) ** 2
    assert figure.estimate.ci_low == pytest.approx(stats.beta.ppf(0.025, 0.8 * size, 0.2 * size + 1), rel=1e-9)
    assert figure.estimate.ci_high == pytest.approx(stats.beta.ppf(0.975, 0.8 * size + 1, 0.2 * size), rel=1e-9)


def test_the_city_is_weighted_by_files_and_the_mean_of_units_is_not() -> None:
    rows = [*answers("u", 40, 40), *answers("v", 40, 20)]
    frame = made.frame([("u", "u", 1, 300), ("v", "v", 1, 100)])
    release = made.release(INSTRUMENT, rows, [made.unit("u"), made.unit("v"), made.city("uv")], frame=frame)
    assert shown(made.figure(release, "79", "B")) == pytest.approx((300 + 50) / 400)
    mean = made.figure(release, "79", "B", summary="mean_of_units")
    assert shown(mean) == pytest.approx(0.75)
    parts = [made.figure(release, id, "B").estimate for id in "uv"]
    assert mean.estimate.se == pytest.approx((parts[0].se ** 2 + parts[1].se ** 2) ** 0.5 / 2, rel=1e-12)


def test_shares_of_straddling_units_add_up_to_the_city() -> None:
    """District p has u whole and a quarter of v, q the rest; w's counter has been placed in p although its share says q."""
    rows = [*answers("u", 40, 30), *answers("v", 40, 10), *answers("w", 40, 40, point="pw")]
    rows += [*answers("x", 20, 10), *answers("y", 20, 20)]
    frame = made.frame([("u", "u", 1, 400), ("v", "v", 1, 200), ("w", "w", 1, 100), ("x", "x", 1, 50), ("y", "y", 1, 50)])
    domains = [
        *(made.unit(id) for id in "uvwxy"),
        made.district("p", {"u": 1.0, "v": 0.25}, {"pw": 1.0}),
        made.district("q", {"v": 0.75, "w": 1.0, "x": 1.0, "y": 1.0}),
        made.city("uvwxy"),
    ]
    release = made.release(INSTRUMENT, rows, domains, frame=frame)
    p, q, city = (made.figure(release, id, "a") for id in ("p", "q", "79"))
    assert p.estimate.estimate == pytest.approx((300 + 0.25 * 50 + 100) / (400 + 0.25 * 200 + 100))
    assert q.estimate.estimate == pytest.approx((0.75 * 50 + 25 + 50) / (0.75 * 200 + 50 + 50))
    assert (p.n_received, q.n_received, city.n_received) == (90, 70, 160)
    assert 550 * p.estimate.estimate + 250 * q.estimate.estimate == pytest.approx(800 * city.estimate.estimate)
    assert p.n_decided is None


def test_everybody_content_has_an_interval_that_does_not_claim_certainty() -> None:
    """u: 21 of 21 on 3 days; the city 61 of 71. V = 0, r̂ = 1 + 0.05 · 6, p̃ by 20 answers of the city, df* = 2 + 8:
    n_e = p̃q̃/V* = 21 · 10/(8 · 1.3), cut at M = 42 (it is below), × (t20/t10)²; low = 0.025^(1/n_e), high = 1."""
    release = made.release(INSTRUMENT, [*answers("u", 21, 21), *answers("v", 50, 40)], [made.unit("u"), made.unit("v"), made.city("uv")])
    found = made.figure(release, "u", "B").estimate
    drawn = (21 + 20 * 61 / 71) / 41
    assert found.se**2 == pytest.approx(8 * 1.3 * drawn * (1 - drawn) / 21 / 10, rel=1e-9)
    size = 21 * 10 / (8 * 1.3) * (stats.t.ppf(0.975, 20) / stats.t.ppf(0.975, 10)) ** 2
    assert (found.estimate, found.ci_high) == (1.0, 1.0)
    assert found.ci_low == pytest.approx(0.025 ** (1 / size), rel=1e-9)


def test_an_answer_counts_for_the_body_whose_work_the_question_judges() -> None:
    rows = [*answers("u", 20, 20), *answers("u", 20, 0, decider="dept", sector=2, a=5)]
    release = made.release(INSTRUMENT, rows, [made.unit("u"), made.unit("dept")])
    assert shown(made.figure(release, "u", "a")) == 1.0
    assert shown(made.figure(release, "u", "b")) == 1.0
    assert shown(made.figure(release, "dept", "b")) == 0.0
    assert made.figure(release, "dept", "a").hidden == "too_few"
    assert [made.figure(release, "u", "B").n_received, made.figure(release, "u", "B").n_decided] == [40, 20]


def test_an_answer_that_nobody_can_be_credited_with_stays_in_the_city() -> None:
    rows = [*answers("u", 20, 20), *answers("u", 20, 0, decider=None, sector=None)]
    release = made.release(INSTRUMENT, rows, [made.unit("u"), made.city("u")])
    assert shown(made.figure(release, "u", "b")) == 1.0
    assert shown(made.figure(release, "79", "b")) == 0.5


# ── other populations ───────────────────────────────────────────────────────────────────────────────────


def test_the_turned_away_change_no_figure_of_finished_files() -> None:
    rows = [*answers("u", 40, 31), *answers("v", 25, 20, weight=2.0)]
    domains = [made.unit("u", 300), made.unit("v", 200), made.block("k", "uv", 500), made.city("uv", 500)]
    frame = made.frame([(id, id, 1, 300) for id in "uv"])
    before = made.release(INSTRUMENT, rows, domains, frame=frame)
    after = made.release(INSTRUMENT, [*answers("u", 100, 3, stage=5, days=9), *rows], domains, frame=frame)
    finished = [[figure for figure in release.figures if figure.population == "finished"] for release in (before, after)]
    assert finished[0] == finished[1]
    assert shown(made.figure(after, "u", "a", population="no_file")) == 0.03


def test_other_populations_have_weight_one_and_only_trees_that_are_one_figure() -> None:
    rows = [*answers("u", 40, 31), *answers("u", 20, 5, stage=1), *answers("v", 20, 20, stage=1)]
    release = made.release(INSTRUMENT, rows, [made.unit("u"), made.unit("v"), made.city("uv")], frame=made.frame([("u", "u", 1, 300)]))
    assert shown(made.figure(release, "79", "a", population="open")) == 25 / 40
    assert {figure.tree for figure in release.figures if figure.population == "open"} == {"index", "detail"}
    assert made.figure(release, "u", "a", population="open").coverage is None


# ── one release after another ───────────────────────────────────────────────────────────────────────────

CITY = [made.unit("u", 100), made.unit("v", 100), made.unit("dept"), made.city("uv", 200)]


def test_a_population_that_no_tree_speaks_of_is_counted_and_has_no_figures() -> None:
    """Scores of two nodes are no figure of people who never had a file: 30 of them beside 30 finished ones."""
    style = made.instrument(QUESTIONS, [STYLE], meanings=made.MEANINGS)
    rows = [*answers("u", 30), *answers("u", 30, stage=5)]
    found = made.release(style, rows, [made.unit("u", 60)], frame=made.frame([("u", "u", None, 60)]))
    assert {figure.population for figure in found.figures} == {"finished"}
    assert found.studies.bases["no_file"] == {"all": 30, "unflagged": 30, "verified": 0, "open": 30}


def test_the_figures_of_a_unit_with_one_answer_waiting_repeat_and_say_so() -> None:
    rows = [*answers("u", 20, 16), *answers("v", 40, 30)]
    first = made.release(INSTRUMENT, rows, CITY)
    second = made.release(INSTRUMENT, rows, CITY, previous=first, waiting=frozenset({"u|finished"}), number=2)
    for one, other in zip(first.figures, second.figures, strict=True):
        expected = "held_over" if one.domain == "u" and one.hidden is None else one.mark
        assert other == replace(one, mark=expected)


def test_a_deciding_body_with_a_few_new_answers_keeps_its_figure() -> None:
    rows = [*answers("u", 40, 30), *answers("v", 40, 30), *answers("u", 12, 12, decider="dept", sector=2)]
    first = made.release(INSTRUMENT, rows, CITY)
    more = [*rows, *answers("v", 15, 10), *answers("v", 5, 0, decider="dept", sector=2)]
    second = made.release(INSTRUMENT, more, CITY, previous=first)
    assert [shown(made.figure(release, "dept", "b")) for release in (first, second)] == [1.0, 1.0]
    assert made.figure(second, "dept", "b").mark == "held_over"
    assert shown(made.figure(second, "v", "b")) == pytest.approx(40 / 55)
    third = made.release(INSTRUMENT, [*more, *answers("v", 10, 0, decider="dept", sector=2)], CITY, previous=second)
    assert shown(made.figure(third, "dept", "b")) == pytest.approx(12 / 27)


def test_a_figure_that_was_hidden_is_not_held_back_by_the_release_before() -> None:
    first = made.release(INSTRUMENT, answers("u", 9, 9), [made.unit("u")])
    second = made.release(INSTRUMENT, answers("u", 12, 9), [made.unit("u")], previous=first)
    assert shown(made.figure(second, "u", "B")) == 0.75


def test_a_questionnaire_without_an_index_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="no_index"):
        made.release(made.instrument([made.question("a")], []), [made.answer("u", a=5)], [made.unit("u", 100)], frame=None)


def test_the_release_before_must_be_of_the_same_wave() -> None:
    first = made.release(INSTRUMENT, answers("u", 20, 9), [made.unit("u")])
    with pytest.raises(Refused, match="previous_of_another_wave"):
        made.release(INSTRUMENT, answers("u", 20, 9), [made.unit("u")], previous=replace(first, wave="other"))


# ── a release as a value ────────────────────────────────────────────────────────────────────────────────


def a_release(order: int = 1) -> Release:
    rows = [*answers("u", 20, 16), *answers("v", 40, 30)]
    return made.release(INSTRUMENT, rows[::order], CITY, frame=made.frame([("u", "u", 1, 99), ("v", "v", 1, 300)]))


def test_the_digest_covers_every_figure_and_neither_number_nor_time() -> None:
    release = a_release()
    assert digest_of(replace(release, number=7, made=made.NOW.replace(year=2027), state="published", digest="")) == release.digest
    assert digest_of(replace(release, figures=release.figures[:-1])) != release.digest
    moved = replace(release.figures[0], coverage=0.123)
    assert digest_of(replace(release, figures=(moved, *release.figures[1:]))) != release.digest
    assert digest_of(replace(release, cuts={"u": 3})) != release.digest


def test_the_same_answers_give_the_same_digest() -> None:
    assert a_release().digest == a_release().digest


def test_a_figure_survives_being_a_flat_row() -> None:
    for figure in a_release().figures:
        assert restored(as_row(figure)) == figure


def test_a_release_without_any_answer_hides_everything() -> None:
    release = made.release(INSTRUMENT, [], CITY)
    assert {figure.hidden for figure in release.figures} == {"too_few"}


def test_what_a_release_says_of_its_frame() -> None:
    rows = [*answers("u", 20, 16), *answers("v", 20, 10)]
    files = [("u", "u", 1, 10), ("v", "v", 1, 300), ("w", "w", 1, 90)]
    studies = made.release(INSTRUMENT, rows, CITY, frame=made.frame(files, {"v": 40, "u": 1})).studies
    assert studies.more_answers_than_files == ("u",)
    assert studies.counter_only == ("v", "79")
    assert studies.uncovered_files_share == 90 / 400
    assert studies.other_modes_share == 41 / 441
    assert (studies.no_frame, studies.totals_only) == (False, False)
    assert made.release(INSTRUMENT, rows, CITY).studies.no_frame


def test_the_mean_of_units_counts_a_held_over_unit_with_what_is_shown_of_it() -> None:
    """Else two means and the shown units would give away what the few new answers of the department said."""
    rows = [*answers("u", 40, 30), *answers("v", 40, 30), *answers("u", 12, 12, decider="dept", sector=2)]
    domains = [*CITY[:3], made.block("k", ["u", "v", "dept"])]
    first = made.release(INSTRUMENT, rows, domains)
    more = [*rows, *answers("v", 10, 0), *answers("v", 5, 0, decider="dept", sector=2)]
    second = made.release(INSTRUMENT, more, domains, previous=first)
    assert shown(made.figure(second, "dept", "b")) == 1.0
    assert shown(made.figure(second, "k", "b", summary="mean_of_units")) == pytest.approx((30 / 40 + 30 / 50 + 1.0) / 3)


def test_a_waiting_unit_repeats_its_interval_too_although_its_block_moved() -> None:
    first = made.release(INSTRUMENT, [*answers("u", 20, 16), *answers("v", 40, 30)], CITY)
    rows = [*answers("u", 20, 16), *answers("v", 60, 60)]
    second = made.release(INSTRUMENT, rows, CITY, previous=first, waiting=frozenset({"u|finished"}))
    assert made.figure(second, "u", "B") == replace(made.figure(first, "u", "B"), mark="held_over")
    without = made.release(INSTRUMENT, [*answers("u", 20, 16), *answers("v", 60, 60)], CITY)
    assert made.figure(without, "u", "B").estimate.ci_low != made.figure(first, "u", "B").estimate.ci_low
