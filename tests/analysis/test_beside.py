"""What a release tells beside its figures: levels, importance, consistency, marks – and of whom it keeps silent."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analysis.figures import Release
from analysis.level_shares import merged
from analysis.plain import digest_of
from analysis.quality.marked import marked
from analysis.told import Answered, Levels
from questionnaires.model import Meaning
from tests.analysis import made

OVERALL = {"overall": Meaning("overall", {})}
QUESTION = made.question("a")
ONE = made.instrument([QUESTION, made.SECTORS], [made.tree("a", [made.share("a", "a")])], meanings={"sector": made.MEANINGS["sector"]})
ITEMS = [made.question(id) for id in ("overall", "a", "b")]
INDEX = made.tree("t", [made.node("t", "pooled", ("a", "b")), made.share("a", "a"), made.share("b", "b")])
STUDIED = made.instrument(ITEMS, [INDEX], meanings=OVERALL)


def answers(unit: str, counts: Sequence[int], **about: object) -> list[dict]:
    """So many answers at each of the five levels."""
    return [made.answer(unit, day=str(number % 8), a=level + 1, **about) for level, count in enumerate(counts) for number in range(count)]


def levels(found: Release, domain: str) -> Levels | None:
    return next((one for one in found.studies.levels if one.domain == domain), None)


def cuts(found: Release, domain: str) -> list[tuple[int, int]]:
    of = levels(found, domain)
    return [] if of is None else [(first, last) for first, last, _ in of.segments]


@pytest.mark.parametrize(
    ("counts", "told_apart"),
    [
        ((5, 5, 5, 5, 5), (True, True, True, True)),
        ((1, 4, 9, 30, 40), (False, True, True, True)),
        ((4, 9, 5, 30, 40), (False, True, True, True)),
        ((0, 0, 20, 30, 40), (False, False, True, True)),
        ((1, 1, 1, 30, 40), (False, False, False, False)),
        ((6, 6, 6, 3, 40), (True, True, True, False)),
        ((20, 20, 20, 2, 2), (False, False, False, False)),
        ((1, 1, 1, 4, 40), (False, False, False, False)),
        ((0, 0, 0, 50, 50), (False, False, False, False)),
    ],
    ids=["enough", "smallest first", "with the smaller neighbour", "nobody", "a side too small", "the satisfied", "too few satisfied",
         "nothing left", "nobody dissatisfied is not said"],
)  # fmt: skip
def test_levels_below_five_join_their_neighbour_on_their_side(counts: Sequence[int], told_apart: Sequence[bool]) -> None:
    """By hand. The figure beside tells satisfied from others, so no group crosses that line; with fewer than five on a side: nothing."""
    assert merged(counts, 3) == told_apart


def test_shares_of_levels_are_weighted_and_add_up_to_the_figure() -> None:
    """Sector 1: w = 400/40 = 10, sector 2: w = 40/40 = 1. Level 5: 10·20 + 1·10 of 440, level 4: 10·10 + 10, level 1: 10·10 + 20."""
    rows = [*answers("u", (10, 0, 0, 10, 20)), *answers("u", (20, 0, 0, 10, 10), sector=2)]
    found = made.release(ONE, rows, [made.unit("u", 440)], frame=made.frame([("u", "u", 1, 400), ("u", "u", 2, 40)]))
    of = levels(found, "u")
    assert of is not None
    assert [one[:2] for one in of.segments] == [(0, 2), (3, 3), (4, 4)]
    assert [one[2] for one in of.segments] == pytest.approx([120 / 440, 110 / 440, 210 / 440])
    assert sum(one[2] for one in of.segments[1:]) == pytest.approx(made.figure(found, "u", "a", "finished").estimate.estimate)


@pytest.mark.parametrize(("at_five", "last"), [(20, (3, 4)), (79, (3, 4)), (81, (4, 4))])
def test_a_level_that_weighs_no_more_than_two_answers_does_not_stand_alone(at_five: int, last: tuple[int, int]) -> None:
    """Sector 1: w = 400/10 = 40, all at level 4 and 1. Sector 2: w = 1. Those at level 5 weigh 20 together: whoever weighs 40 is not among
    them; nor do 79 tell of two such people when their weights change."""
    rows = [*answers("u", (5, 0, 0, 5, 0)), *answers("u", (10, 0, 0, 10, at_five), sector=2)]
    files = 20 + at_five
    found = made.release(ONE, rows, [made.unit("u", 400 + files)], frame=made.frame([("u", "u", 1, 400), ("u", "u", 2, files)]))
    assert cuts(found, "u")[0] == (0, 2)
    assert cuts(found, "u")[-1] == last


def test_a_hidden_figure_has_no_levels() -> None:
    assert levels(made.release(ONE, answers("u", (0, 0, 0, 5, 4)), [made.unit("u")]), "u") is None


FULL = (10, 10, 10, 10, 10)
THIN = (2, 18, 10, 10, 10)


def test_a_block_joins_levels_from_which_those_of_one_unit_could_be_solved() -> None:
    """u alone does not tell level 1 from 2: the block's level 1 less those of v and w would."""
    domains = [*map(made.unit, "uvw"), made.block("b", "uvw")]
    one = made.release(ONE, [*answers("u", THIN), *answers("v", FULL), *answers("w", FULL)], domains)
    two = made.release(ONE, [*answers("u", THIN), *answers("v", THIN), *answers("w", FULL)], domains)
    assert cuts(one, "u") == [(0, 1), (2, 2), (3, 3), (4, 4)]
    assert cuts(one, "b") == [(0, 1), (2, 2), (3, 3), (4, 4)]
    assert cuts(two, "b") == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]


def test_levels_stay_with_a_figure_that_was_held_over() -> None:
    first = made.release(ONE, answers("u", FULL), [made.unit("u")])
    second = made.release(ONE, [*answers("u", FULL), *answers("u", (0, 0, 0, 0, 6))], [made.unit("u")], previous=first, number=2)
    assert made.figure(second, "u", "a").mark == "held_over"
    assert levels(second, "u") == levels(first, "u")


def people(unit: str, count: int, seed: int = 2) -> list[dict]:
    """Answers on 20 days that go with each other; the first half weighs three times as much."""
    rng = np.random.default_rng(seed)
    base, rest = rng.normal(size=count), rng.normal(size=(3, count))
    values = np.clip(np.round(3.8 + base + 0.8 * rest), 1, 5).astype(int)
    weights = np.where(np.arange(count) % 2, 1.0, 3.0)
    return [
        made.answer(unit, day=str(at % 20), weight=float(weights[at]), overall=first, a=second, b=third)
        for at, (first, second, third) in enumerate(values.T.tolist())
    ]


def test_importance_is_that_of_the_weighted_answers() -> None:
    """Two factors: each has half of what it explains alone and half of what it adds to the other (weighted correlations by numpy)."""
    rows = people("u", 300)
    found = made.release(STUDIED, rows, [made.unit("u"), made.city("u")])
    of_city = next(one for one in found.studies.importances if one.domain == "79")
    values = np.array([[row["answers"][id] for id in ("overall", "a", "b")] for row in rows], float).T
    c = np.cov(values, aweights=[row["design_weight"] for row in rows], bias=True)
    r = c / np.sqrt(np.outer(np.diag(c), np.diag(c)))
    both = (r[0, 1] ** 2 + r[0, 2] ** 2 - 2 * r[0, 1] * r[0, 2] * r[1, 2]) / (1 - r[1, 2] ** 2)
    expected = [(r[0, 1] ** 2 + both - r[0, 2] ** 2) / 2, (r[0, 2] ** 2 + both - r[0, 1] ** 2) / 2]
    assert of_city.share == pytest.approx(expected, abs=1e-10)
    assert (of_city.target, of_city.items, of_city.n, of_city.r_squared) == ("overall", ("a", "b"), 300, pytest.approx(both))
    assert all(low < share < high for low, share, high in zip(of_city.low, of_city.share, of_city.high, strict=True))
    alike = next(one for one in found.studies.agreements if one.domain == "79")
    assert alike.alpha == pytest.approx(2 * (1 - (c[1, 1] + c[2, 2]) / c[1:, 1:].sum()))
    assert alike.omega is None


def test_a_unit_has_importance_of_its_own_from_a_hundred_answers() -> None:
    rows = [*people("u", 120), *people("v", 90, 3)]
    found = made.release(STUDIED, rows, [made.unit("u"), made.unit("v"), made.city("uv")])
    assert [one.domain for one in found.studies.importances] == ["u", "79"]


def test_a_group_that_is_hidden_or_rests_on_few_has_none() -> None:
    found = made.release(STUDIED, people("u", 25), [made.unit("u"), made.city("u")])
    assert made.figure(found, "79", "t").hidden is None
    assert (found.studies.importances, found.studies.agreements) == ((), ())


def test_what_cannot_be_studied_is_named() -> None:
    """Everybody gives a the same level."""
    rows = [{**row, "answers": {**row["answers"], "a": 5}} for row in people("u", 60)]
    (found,) = made.release(STUDIED, rows, [made.unit("u"), made.city("u")]).studies.importances
    assert (found.share, found.r_squared) == ((), None)
    assert (found.refused.code, found.refused.items) == ("one_answer", ("a",))


def test_the_studies_are_part_of_the_digest_and_the_software_is_not() -> None:
    from_rows = made.release(ONE, answers("u", FULL), [made.unit("u")])
    other = replace(from_rows, studies=replace(from_rows.studies, levels=()))
    elsewhere = replace(from_rows, studies=replace(from_rows.studies, software={"numpy": "0"}))
    assert digest_of(other) != from_rows.digest
    assert digest_of(elsewhere) == from_rows.digest


def test_cells_merged_on_another_basis_are_kept_for_it() -> None:
    """12 of 40 answers are verified: a unit with fewer than 20 answers is one cell on that basis, and only there."""
    rows = [*answers("u", (0, 0, 4, 10, 14)), *answers("u", (0, 0, 2, 5, 5), sector=2)]
    rows = [{**row, "channel": "issued" if at % 3 == 0 else "open"} for at, row in enumerate(rows)]
    found = made.release(ONE, rows, [made.unit("u", 60)], frame=made.frame([("u", "u", 1, 40), ("u", "u", 2, 20)]))
    assert found.studies.merges == ()
    merges = found.studies.further_merges["verified"]
    assert [(one.cells, one.n, one.why) for one in merges] == [(("u|1", "u|2"), 14, "few_answers_in_unit")]


def counted(**units: tuple[int, int]) -> list[Answered]:
    return [Answered(unit, answers, flagged, 0, 0, 0, 0) for unit, (answers, flagged) in units.items()]


TWO_BLOCKS = [*map(made.unit, "uvwx"), made.block("b", "uv"), made.block("c", "wx"), made.city("uvwx")]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"u": (50, 10), "v": (50, 0), "w": (60, 20), "x": (80, 30)}, {"u": 10, "v": 0, "w": 20, "x": 30, "b": 10, "c": 50, "79": 60}),
        ({"u": (50, 3), "v": (50, 12), "w": (60, 20), "x": (80, 30)}, {"v": 12, "w": 20, "x": 30, "c": 50}),
        ({"u": (50, 6), "v": (50, 7), "w": (60, 20), "x": (80, 30)}, {"w": 20, "x": 30, "b": 13, "c": 50, "79": 63}),
        ({"u": (50, 45), "v": (50, 12), "w": (60, 20), "x": (80, 30)}, {"v": 12, "w": 20, "x": 30, "c": 50}),
    ],
    ids=["all", "one unit with three: neither its block nor the city", "two units with few together have thirteen", "five not marked"],
)  # fmt: skip
def test_marks_are_told_where_part_and_rest_have_ten_or_none(counts: dict, told: dict) -> None:
    """By hand: with u = 3 hidden, b − v = 3 and 79 − v − c = 3 would tell it."""
    found = marked(TWO_BLOCKS, counted(**counts), {"u", "v", "w", "x", "b", "c", "79"})
    assert {one.domain: one.flagged for one in found if one.hidden is None} == told


def test_units_count_their_marked_answers() -> None:
    rows = [*answers("u", FULL), *answers("v", FULL)]
    rows = [{**row, "flagged": at < 12} for at, row in enumerate(rows)]
    found = made.release(ONE, rows, [made.unit("u"), made.unit("v")]).studies
    assert [(one.unit, one.answers, one.flagged) for one in found.answered] == [("u", 50, 12), ("v", 50, 0)]
    assert [(one.domain, one.flagged) for one in found.marked] == [("u", 12), ("v", 0)]
