"""Who is counted where: people once, answers as often as they were given, areas as the sum of what belongs to them."""

import pytest

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import Estimates, estimate
from analysis.survey_data import SurveyData
from analysis.weighting import Frame, weigh
from questionnaires.trees import measures
from tests.analysis import made

QUESTIONS = [made.question("a"), made.question("b", rates="decider"), made.SECTORS]
TREE = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "a"), made.share("b", "b")])
INSTRUMENT = made.instrument(QUESTIONS, [TREE], meanings={"sector": made.MEANINGS["sector"]})
DOMAINS = (*(made.unit(id) for id in ("u", "v", "dept")), made.block("k", ["u", "dept"]), made.district("d", {"u": 0.5, "v": 1.0}),
           made.city(["u", "v"]))  # fmt: skip


def estimated(rows: list[dict], frame: Frame | None = None) -> Estimates:
    data = SurveyData.of(INSTRUMENT, made.columns(rows), "all")
    return estimate(tally(data, weigh(counts(data), frame), measures(TREE, QUESTIONS), DOMAINS))


ROWS = [made.answer("u", a=5, b=5), made.answer("u", a=5), made.answer("u", decider="dept", sector=3, a=2, b=4), made.answer("u")]


def test_people_are_counted_once_and_answers_as_often_as_they_were_given() -> None:
    found = estimated(ROWS)
    both = found.measures.index("B")
    unit, dept, block, district = (found.domains.index(id) for id in ("u", "dept", "k", "d"))
    assert (found.n[unit, both], found.answers[unit, both]) == (3, 4)
    assert (found.n[dept, both], found.answers[dept, both]) == (1, 1)
    assert (found.n[block, both], found.answers[block, both]) == (3, 5)
    assert (found.n[district, both], found.answers[district, both]) == (1.5, 2.5)
    assert (found.received[unit].sum(), found.decided[unit].sum(), found.decided[dept].sum()) == (4, 3, 1)


def test_weights_of_respondents_and_their_squares_by_hand() -> None:
    """Four answers, 40 files: w = 10. Behind B: three people, Σw = 30, Σw² = 300; half of the unit: 15 and 75; n_Kish 3."""
    found = estimated(ROWS, made.frame([("u", "u", None, 40)]))
    both, unit, district = found.measures.index("B"), found.domains.index("u"), found.domains.index("d")
    assert (found.w[unit, both], found.w2[unit, both], found.n_kish()[unit, both]) == (30, 300, 3)
    assert (found.w[district, both], found.w2[district, both]) == (15, 75)


def test_a_person_credited_to_a_unit_in_one_role_only_counts_in_that_role() -> None:
    """b was answered by three: two files that u decided, one that the department did. u has two of them, and a from all three."""
    found = estimated([made.answer("u", a=5, b=5), made.answer("u", a=5, b=1), made.answer("u", decider="dept", sector=3, a=1, b=4)])
    a, b, both = (found.measures.index(id) for id in "abB")
    unit, dept = found.domains.index("u"), found.domains.index("dept")
    assert (found.n[unit, a], found.n[unit, b], found.n[unit, both]) == (3, 2, 3)
    assert (found.n[dept, a], found.n[dept, b], found.n[dept, both]) == (0, 1, 1)
    assert found.ratio("B")[0][unit] == 3 / 5


def test_the_city_is_what_its_units_received_and_decided_together() -> None:
    """Pooled as one domain, and put together from its units and the department."""
    rows = [made.answer(unit, day=str(k % 3), decider="dept" if k % 4 == 0 else unit, sector=1 + k % 3, a=1 + k % 5, b=5 - k % 5)
            for unit in "uv" for k in range(20)]  # fmt: skip
    found = estimated(rows, made.frame([(unit, unit, None, 300) for unit in "uv"]))
    city, parts = found.domains.index("79"), [found.domains.index(unit) for unit in ("u", "v", "dept")]
    assert found.y[city] == pytest.approx(found.y[parts].sum(axis=0), rel=1e-12)
    assert found.x[city] == pytest.approx(found.x[parts].sum(axis=0), rel=1e-12)
    assert found.df.tolist() == [3 - 1, 3 - 1, 6 - 2, 6 - 2, 6 - 2, 6 - 2]
