"""What a release must not give away: hidden parts by their siblings, areas of two units, a few answers between releases."""

import numpy as np
import pytest

from analysis.disclosure import admit, batch
from analysis.figures import Figure, Release
from tests.analysis import made
from tests.analysis.test_release import CITY, INSTRUMENT, QUESTIONS, answers, shown

FOUR = made.tree(
    "F",
    [made.node("F", "pooled", ["f1", "f2", "f3", "f4"]), *(made.share(f"f{at}", name) for at, name in enumerate("abcd", 1))],
    id="four",
)
QUALITY = made.tree("Q", [made.node("Q", "mean", ["q1", "q3"]), made.share("q1", "a"), made.share("q3", "c")], id="quality")
FORM = made.instrument([*QUESTIONS, made.question("d")], [FOUR, QUALITY], meanings=made.MEANINGS)


def hidden(release: Release, domain: str = "u") -> dict[str, str | None]:
    return {figure.node: figure.hidden for figure in release.figures if figure.domain == domain and figure.population == "finished"}


def unit_with_few_answers_to_d(n: int = 20, of_d: int = 7, **blank: int) -> list[dict]:
    """n answers, to question d the first `of_d` only; `c=15`: only the first 15 answered c."""
    rows = [made.answer("u", day=str(k % 4), stage=2, a=5, b=1 + 4 * (k % 2), c=5, d=5 if k < 3 else 1) for k in range(n)]
    for question, answered in {"d": of_d, **blank}.items():
        for row in rows[answered:]:
            del row["answers"][question]
    return rows


def solved(release: Release, domain: str, question: str) -> bool:
    """Whether the shown pooled figure less its shown children gives the hidden child: the attack itself, by least squares."""
    n = {"f1": 20, "f2": 20, "f3": 15, "f4": 7}
    of = {figure.node: figure for figure in release.figures if figure.domain == domain and figure.population == "finished"}
    rows = [np.eye(4)[at] for at, node in enumerate(n) if of[node].estimate]
    if of["F"].estimate:
        rows.append(np.array(list(n.values())) / sum(n.values()))
    if of["Q"].estimate:
        rows.append(np.array([0.5, 0, 0.5, 0]))
    target = np.eye(4)[list(n).index(question)]
    found, *_ = np.linalg.lstsq(np.array(rows).T, target, rcond=None)
    return bool(np.allclose(np.array(rows).T @ found, target))


def test_a_hidden_part_takes_its_thinnest_sibling_along() -> None:
    """d has 7 answers. The whole less a, b and c would be d; c rests on 15, a and b on 20: c goes."""
    alone = made.instrument([*QUESTIONS, made.question("d")], [FOUR], meanings=made.MEANINGS)
    release = made.release(alone, unit_with_few_answers_to_d(c=15), [made.unit("u")])
    assert hidden(release) == {"F": None, "f1": None, "f2": None, "f3": "complementary", "f4": "too_few"}


def test_what_another_tree_tells_of_the_siblings_counts_too() -> None:
    """The mean of a and c, shown with a, tells c: then b has to go, and the roots of both trees stay."""
    release = made.release(FORM, unit_with_few_answers_to_d(c=15), [made.unit("u")])
    assert not solved(release, "u", "f4")
    assert [hidden(release)[node] for node in ("F", "Q", "f4")] == [None, None, "too_few"]


def test_the_attack_succeeds_where_nothing_is_withheld() -> None:
    """The same form with all parts above the floor: every part is shown, and of course solved."""
    release = made.release(FORM, unit_with_few_answers_to_d(c=15, of_d=12), [made.unit("u")])
    assert set(hidden(release).values()) == {None}
    assert solved(release, "u", "f4")


def test_two_hidden_parts_need_no_further_one() -> None:
    release = made.release(FORM, unit_with_few_answers_to_d(c=8), [made.unit("u")])
    assert [node for node, why in hidden(release).items() if why == "complementary"] == []


def area(release: Release, id: str = "p", node: str = "B") -> Figure:
    return made.figure(release, id, node)


def test_an_area_of_two_contributing_units_is_not_shown_and_one_of_three_is() -> None:
    rows = [*answers("u", 40, 30), *answers("v", 40, 20), *answers("w", 40, 10)]
    units = [made.unit(id) for id in "uvwx"]
    two = made.release(INSTRUMENT, rows, [*units, made.district("p", {"u": 1.0, "v": 1.0, "x": 1.0}), made.city("uvwx")])
    three = made.release(INSTRUMENT, rows, [*units, made.district("p", {"u": 1.0, "v": 1.0, "w": 0.5}), made.city("uvwx")])
    assert (area(two).hidden, area(two).estimate) == ("complementary", None)
    assert shown(area(three)) == pytest.approx((30 + 20 + 0.5 * 10) / 100)


def test_an_area_with_nine_tenths_of_its_answers_from_one_unit_is_not_shown() -> None:
    units = [*(made.unit(id) for id in "uvw"), made.district("p", dict.fromkeys("uvw", 1.0)), made.city("uvw")]
    shares = {}
    for n in (180, 181):
        rows = [*answers("u", n, 90), *answers("v", 10, 5), *answers("w", 10, 5)]
        shares[n] = area(made.release(INSTRUMENT, rows, units)).hidden
    assert shares == {180: None, 181: "complementary"}


def test_blocks_and_the_city_are_not_areas_in_that_sense() -> None:
    release = made.release(INSTRUMENT, answers("u", 40, 30), [made.unit("u"), made.block("k", "u"), made.city("u")])
    assert [shown(made.figure(release, id, "B")) for id in ("k", "79")] == [0.75, 0.75]


def test_each_population_of_a_unit_enters_by_ten_of_its_own() -> None:
    finished, opened = batch("u", "finished"), batch("u", "open")
    cuts = admit({finished: range(1, 21), opened: range(21, 30)}, {})
    assert cuts == {finished: 20}
    assert admit({finished: [*range(1, 21), 40], opened: [*range(21, 30), 41]}, cuts) == {finished: 20, opened: 41}


def test_a_deciding_body_keeps_its_figure_although_its_own_counter_brought_ten() -> None:
    """u decided 40 and then 41 files: a tenth and further answers at its counter were about land, decided by the department."""
    rows = [*answers("u", 40, 30), *answers("v", 40, 30)]
    first = made.release(INSTRUMENT, rows, CITY)
    more = [*rows, *answers("u", 10, 0, decider="dept", sector=2), *answers("u", 1, 0)]
    second = made.release(INSTRUMENT, more, CITY, previous=first)
    procedure, whole, place = (made.figure(second, "u", node) for node in ("b", "B", "a"))
    assert (shown(procedure), procedure.mark) == (0.75, "held_over")
    assert (shown(whole), whole.mark) == (0.75, "held_over")
    assert shown(place) == pytest.approx(30 / 51)


def test_a_group_does_not_move_by_the_few_answers_of_a_body_that_is_held_over() -> None:
    """u decided 40 files and then 41, v ten more. The block would say 100 of 131: less v's 40 of 50 and w's 30 of 40 these
    are 30 of 41, less u's own 30 of 40 one dissatisfied person. A block of v and w alone is nobody's secret and is told anew;
    so is the mean of units, where u stands with what is shown of it."""
    rows = [*answers("u", 40, 30), *answers("v", 40, 30), *answers("w", 40, 30)]
    domains = [*map(made.unit, "uvw"), made.unit("dept"), made.block("k", "uvw"), made.block("m", "vw")]
    first = made.release(INSTRUMENT, rows, domains)
    new = [*answers("u", 10, 0, decider="dept", sector=2), *answers("u", 1, 0), *answers("v", 10, 10)]
    second = made.release(INSTRUMENT, [*rows, *new], domains, previous=first)
    now = {id: made.figure(second, id, "b") for id in "uvwkm"}
    assert [shown(now[id]) for id in "uvw"] == pytest.approx([30 / 40, 40 / 50, 30 / 40])
    assert (now["u"].mark, now["v"].mark) == ("held_over", None)
    assert (now["k"].hidden, now["k"].estimate) == ("complementary", None)
    assert shown(now["m"]) == pytest.approx(70 / 90)
    assert shown(made.figure(second, "k", "b", summary="mean_of_units")) == pytest.approx((30 / 40 + 40 / 50 + 30 / 40) / 3)


def test_a_block_that_is_held_over_does_not_follow_from_the_city_less_the_other_block() -> None:
    """Seven people of u and seven of v answered b, and then two more of each, all dissatisfied; in w and x twenty and then thirty. The
    block k keeps 7 of 14; a city told anew, less the block m, would give its 7 of 18."""
    few = [*answers("u", 7, 4), *answers("v", 7, 3)]
    many = [row for unit in "wx" for row in answers(unit, 20, 10)]
    units = [made.unit(id) for id in "uvwx"]
    domains = [*units, made.block("k", "uv"), made.block("m", "wx"), made.city("uvwx")]
    first = made.release(INSTRUMENT, [*few, *many], domains)
    assert [shown(made.figure(first, id, "b")) for id in ("k", "m", "79")] == pytest.approx([7 / 14, 1 / 2, 27 / 54])
    new = [row for unit in "uv" for row in answers(unit, 2, 0)] + [row for unit in "wx" for row in answers(unit, 10, 5)]
    now = made.release(INSTRUMENT, [*few, *many, *new], domains, previous=first)
    block, other, city = (made.figure(now, id, "b") for id in ("k", "m", "79"))
    assert (shown(block), block.mark) == (7 / 14, "held_over")
    assert shown(other) == pytest.approx(30 / 60)
    assert city.hidden == "complementary"


def test_a_sum_is_for_reference_where_one_of_its_questions_has_fewer_than_thirty() -> None:
    """40 people, of whom 20 answered c: the sum's n is 20, as thin as its thinnest question."""
    rows = [*answers("u", 20, 10), *answers("u", 20, 10, c=None)]
    figure = made.figure(made.release(INSTRUMENT, rows, [made.unit("u")]), "u", "D")
    assert figure.estimate is not None
    assert (figure.estimate.n, figure.mark) == (20, "reference_only")


def test_no_design_effect_is_made_of_rounding_errors() -> None:
    figure = made.figure(made.release(INSTRUMENT, answers("u", 40, 40), [made.unit("u")]), "u", "B")
    assert figure.estimate is not None
    assert figure.estimate.deff is None
