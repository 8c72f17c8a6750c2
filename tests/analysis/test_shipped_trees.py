"""The shipped counter questionnaire through build(): credit by role, PAPI-style trees, the headline."""

from dataclasses import replace

import pytest

import questionnaires
from analysis.figures import Figure, Release
from tests.analysis import made

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
CIVIL, CERTIFICATION, LAND, BUILDING = 1, 2, 3, 4
FILES = made.frame(
    [(ward, "land_office" if sector == LAND else ward, sector, 400 + 100 * sector) for ward in ("w1", "w2") for sector in (1, 2, 3, 4)]
    + [("land_office", "land_office", LAND, 900)]
)  # fmt: skip
DOMAINS = [
    *(made.unit(id, 1000) for id in ("w1", "w2", "land_office")),
    made.block("wards", ["w1", "w2"], 2000),
    made.district("former", {"w1": 1.0, "w2": 1.0, "land_office": 1.0}, files=3000),
    made.city(["w1", "w2", "land_office"], 3000),
]


def finished(unit: str, sector: int, day: int, number: int, **changed: object) -> dict:
    """A finished file with every core question answered, and one rotated one; what was said varies with `number`."""
    level = 5 - (number % 5 == 4) - 2 * (number % 7 == 6)
    module = ("m1", "m2", "m3", "m4")[number % 4]
    rotated = {"m1": ("b1_signs", "b1_seats"), "m2": ("b2_posted", "windows"), "m3": ("b3_polite",), "m4": ("b4_correct",)}[module]
    codes: dict[str, object] = {
        "stage": 2, "overall": level, "b1_general": level, "b2_general": 4, "b3_general": max(level - 1, 1), "b4_general": 5 - number % 3,
        "b5_general": 4, "visits": 1 + number % 2, "on_time": 1 + (number % 6 == 5), "extra": (0,) if number % 9 else (1, 3),
        **dict.fromkeys(rotated, 1 if rotated[-1] == "windows" else 4),
    }  # fmt: skip
    decider = "land_office" if sector == LAND else unit
    about = {"sector": sector, "day": str(day), "decider": decider, "module": module, "pi": INSTRUMENT.rotation[module]}
    return made.answer(unit, **{**about, **codes, **changed})


ANSWERS = [
    finished(unit, sector, day, number=5 * day + k)
    for unit, sectors in (("w1", (1, 2, 3, 4)), ("w2", (1, 2, 3, 4)), ("land_office", (3,)))
    for sector in sectors
    for day in range(4)
    for k in range(6)
]


@pytest.fixture(scope="module")
def before() -> Release:
    return made.release(INSTRUMENT, ANSWERS, DOMAINS, frame=FILES)


@pytest.fixture(scope="module")
def after() -> Release:
    """One more land file, answered at ward w1 on a day when land files were answered there, dissatisfied with everything."""
    unhappy = dict.fromkeys(("overall", "b1_general", "b2_general", "b3_general", "b4_general", "b5_general"), 1)
    one_more = finished("w1", LAND, 2, 0, **unhappy, visits=4, on_time=4, extra=(1, 2, 3))
    return made.release(INSTRUMENT, [*ANSWERS, one_more], DOMAINS, frame=FILES)


NOT_COMPARED = dict.fromkeys(("band", "rank_low", "rank_high", "standardised", "outside", "shrunk", "shrunk_se"))


def own(figure: Figure) -> Figure:
    """The figure without what it shares with others: answers of the whole unit, the block's expectation in V*, comparison."""
    estimate = figure.estimate and replace(figure.estimate, se=None, df=None, ci_low=None, ci_high=None)
    return replace(figure, estimate=estimate, n_received=None, n_decided=None, coverage=None, **NOT_COMPARED)


def changed(before: Release, after: Release, tree: str) -> set[tuple[str, str]]:
    return {
        (one.domain, one.node)
        for one, other in zip(before.figures, after.figures, strict=True)
        if one.tree == tree and one.domain in ("w1", "w2", "land_office") and own(one) != own(other)
    }


def test_a_land_file_answered_at_a_ward_changes_only_what_each_of_the_two_is_judged_by(before: Release, after: Release) -> None:
    """n, answers, estimate, raw SE and df of every other unit figure stay exactly equal."""
    ward = {"sipas.B", "sipas.B1", "sipas.b1_general", "sipas.B3", "sipas.b3_general", "sipas.B5", "sipas.b5_general"}
    office = {"sipas.B", "sipas.B2", "sipas.b2_general", "sipas.B4", "sipas.b4_general"}
    assert changed(before, after, "sipas") == {("w1", node) for node in ward} | {("land_office", node) for node in office}
    assert changed(before, after, "overall") == {("w1", "overall.top")}


def test_in_the_papi_style_tree_the_same_file_moves_the_questions_each_is_judged_by(before: Release, after: Release) -> None:
    moved = changed(before, after, "papi_style")
    assert {node for unit, node in moved if unit == "w2"} == set()
    assert {node for unit, node in moved if unit == "w1"} == {"ps.q1", "ps.q3", "ps.overall", "ps.quality", "ps.satisfaction", "ps.D"}
    assert {node for unit, node in moved if unit == "land_office"} >= {"ps.once", "ps.in_time", "ps.q2", "ps.q4", "ps.trips", "ps.D"}


def test_the_same_file_moves_every_factor_of_the_city(before: Release, after: Release) -> None:
    for node in ("sipas.B1", "sipas.B2", "sipas.B3", "sipas.B4", "sipas.B5", "sipas.B"):
        assert made.figure(after, "79", node).estimate.estimate < made.figure(before, "79", node).estimate.estimate


def test_the_headline_pools_answers_and_counts_answers_not_people(before: Release) -> None:
    figure = made.figure(before, "w1", "sipas.B")
    parts = [made.figure(before, "w1", f"sipas.B{k}").estimate for k in (1, 2, 3, 4, 5)]
    assert figure.estimate.answers == sum(part.answers for part in parts) == 3 * 96 + 2 * 72
    assert (figure.estimate.n, figure.n_received, figure.n_decided) == (96, 96, 72)


def test_the_papi_style_dimension_is_the_sum_of_its_sub_dimensions_between_1_and_10(before: Release) -> None:
    parts = [made.figure(before, "w1", f"ps.{name}").estimate.estimate for name in ("trips", "on_time", "quality", "satisfaction")]
    total = made.figure(before, "w1", "ps.D").estimate
    assert total.estimate == pytest.approx(sum(parts), rel=1e-12)
    assert 1 <= total.ci_low < total.estimate < total.ci_high <= 10


def test_sectors_in_which_nobody_answered_leave_the_city_without_the_sector_tree() -> None:
    without_building = [row for row in ANSWERS if row["sector"] != BUILDING]
    release = made.release(INSTRUMENT, without_building, DOMAINS, frame=FILES)
    figure = made.figure(release, "79", "d5.D")
    assert figure.hidden == "part_missing"
    assert figure.missing.startswith("d5.construction")
    assert made.figure(release, "79", "d5.certification").estimate is not None


def test_criteria_are_published_for_areas_and_as_leaves_for_units(before: Release) -> None:
    nodes = {figure.node for figure in before.figures if figure.tree == "criteria" and figure.domain == "w1"}
    assert nodes == set(INSTRUMENT.tree("criteria").leaves)
    assert made.figure(before, "79", "criteria.B").estimate is not None
    assert {figure.tree for figure in before.figures if figure.domain == "w1"} == {"sipas", "overall", "criteria", "papi_style"}


def test_one_question_shown_by_two_trees_is_protected_in_both() -> None:
    """b2_general is a leaf of the index from 10 answers on and of the PAPI-style tree from 15. Ward w1 has 12 answers, shown
    by the first and hidden by the second; w3 has 9. Were each tree judged alone, the second would show the city of two unknown
    wards, and the city less w1 is w3."""
    rows = [finished("w1", CIVIL, k % 3, k) for k in range(12)] + [finished("w3", CIVIL, k % 3, k) for k in range(9)]
    rows += [finished("w2", CIVIL, k % 3, k) for k in range(40)]
    domains = [*(made.unit(id, 500) for id in ("w1", "w2", "w3")), made.city(["w1", "w2", "w3"], 1500)]
    release = made.release(INSTRUMENT, rows, domains)
    assert [made.figure(release, "w1", node).hidden for node in ("sipas.b2_general", "ps.q2")] == [None, "too_few"]
    assert {made.figure(release, "79", node).hidden for node in ("sipas.b2_general", "sipas.B2", "ps.q2")} == {"complementary"}
    assert made.figure(release, "79", "ps.once").hidden is None  # a question that only the second tree shows: two unknown wards
