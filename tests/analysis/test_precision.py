"""Which interval a node gets: Korn-Graubard where it is made of shares alone, t everywhere else; and as thin as what is in it."""

import pytest
from scipy import stats

from analysis.cells import counts
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import Estimate, estimate
from analysis.indices import evaluate
from analysis.precision import precision
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.trees import IndexTree, measures
from tests.analysis import made

QUESTIONS = [made.question("p"), made.question("q"), made.question("r")]
CITY = made.city({"u"})
LEAVES = [made.share("a", "p"), made.share("b", "q"), made.mean("m", "r")]


def estimated(of: IndexTree, answers: list[dict]) -> dict[str, Estimate | None]:
    data = SurveyData.of(made.instrument(QUESTIONS, [of]), made.columns(answers), "finished")
    found = estimate(tally(data, weigh(counts(data), None), measures(of, QUESTIONS), [CITY]))
    nodes = evaluate(of, found)
    of_nodes = precision(nodes, found, [CITY])
    return {id: of_nodes.estimates()(0, of_nodes.place(id)) for id in nodes}


def answers(asked_r: int = 60) -> list[dict]:
    """60 people on 6 days; the first `asked_r` of them answered r."""
    return [
        made.answer("u", day=str(k % 6), p=5 if k % 5 else 1, q=5 if k % 4 else 2, r=1 + k % 5 if k < asked_r else None) for k in range(60)
    ]


def t_interval(of: Estimate, low: float, high: float) -> tuple[float, float]:
    half = stats.t.ppf(0.975, of.df) * of.se
    return max(of.estimate - half, low), min(of.estimate + half, high)


def korn_graubard(of: Estimate) -> tuple[float, float]:
    """One domain that leans on itself: p̃ = θ. n_e = θ(1 − θ)/V*, cut at M, × (t_{n−1}/t_df)², cut at M."""
    size = min(of.estimate * (1 - of.estimate) / of.se**2, of.answers)
    size = min(size * (stats.t.ppf(0.975, of.n - 1) / stats.t.ppf(0.975, of.df)) ** 2, of.answers)
    yes, no = of.estimate * size, (1 - of.estimate) * size
    return stats.beta.ppf(0.025, yes, no + 1), stats.beta.ppf(0.975, yes + 1, no)


@pytest.mark.parametrize(
    ("node", "low", "high"),
    [
        (made.node("n", "pooled", ["a", "m"]), 0, 1),
        (made.node("n", "mean", ["a", "m"]), 0, 1),
        (made.node("n", "sum", ["a", "b"]), 0, 2),
        (made.node("n", "mean", ["a", "b"], range=(1, 10)), 1, 10),
        (made.node("n", "mean", ["a", "b"], divisor=3), 0, 2 / 3),
    ],
    ids=["pooled with a mean", "mean with a mean", "sum", "range", "divisor"],
)
def test_what_is_not_made_of_shares_alone_gets_a_t_interval(node: object, low: float, high: float) -> None:
    found = estimated(made.tree("n", [node, *(leaf for leaf in LEAVES if leaf.id in node.children)]), answers())["n"]
    assert (found.ci_low, found.ci_high) == pytest.approx(t_interval(found, low, high), rel=1e-9)


@pytest.mark.parametrize("combine", ["pooled", "mean"])
def test_what_is_made_of_shares_alone_gets_korn_graubard(combine: str) -> None:
    """Both for a pooled node, M = 120 answers of 60 people, and for the mean of shares."""
    found = estimated(made.tree("n", [made.node("n", combine, ["a", "b"]), *LEAVES[:2]]), answers())
    for id in ("n", "a"):
        assert (found[id].ci_low, found[id].ci_high) == pytest.approx(korn_graubard(found[id]), rel=1e-9)
    assert (found["n"].n, found["n"].answers, found["a"].answers) == (60, 120, 60)


def test_a_mean_is_t_at_its_own_bounds_and_not_beyond() -> None:
    """Everybody but one says 5: the upper bound would be above 1 and is cut there."""
    rows = [made.answer("u", day=str(k % 6), r=1 if k == 3 else 5) for k in range(24)]
    found = estimated(made.tree("m", LEAVES[2:]), rows)["m"]
    assert found.estimate + stats.t.ppf(0.975, found.df) * found.se > 1
    assert found.ci_high == 1.0


@pytest.mark.parametrize(("combine", "n"), [("sum", 25), ("mean", 25), ("pooled", 60)])
def test_a_mean_or_sum_is_as_thin_as_its_thinnest_question_and_a_pooled_node_is_not(combine: str, n: int) -> None:
    """60 answered p, 25 of them r as a share; pooled counts people who answered either."""
    leaves = [made.share("a", "p"), made.share("c", "r")]
    found = estimated(made.tree("n", [made.node("n", combine, ["a", "c"]), *leaves]), answers(asked_r=25))["n"]
    assert (found.n, found.answers) == (n, 85)


def test_an_area_has_the_degrees_of_freedom_that_its_variance_rests_on() -> None:
    """u: 2 of 2 on one day, 0 of 2 on the other; v: 1, 2, 1 of 2. θ = 0.6, z = 0.08, −0.12 and −0.02, 0.08, −0.02:
    V_u = 0.04 on 1, V_v = 0.01 on 2 degrees of freedom: 0.05²/(0.04² + 0.01²/2) = 50/33, where days less units are 3;
    V* of a weight of 8 and one of 3 has 11²/(8 + 3²/(50/33)) = 121/13.94. The unit: 2 days less 1, and 8."""
    said = {("u", 0): (5, 5), ("u", 1): (1, 1), ("v", 0): (5, 1), ("v", 1): (5, 5), ("v", 2): (5, 1)}
    rows = [made.answer(unit, day=str(day), p=p) for (unit, day), both in said.items() for p in both]
    area, unit = made.city({"u", "v"}), Domain("u", "unit", None, {}, {"u": 1.0}, {}, "credited", False, (), None)
    of = made.tree("a", LEAVES[:1])
    data = SurveyData.of(made.instrument(QUESTIONS, [of]), made.columns(rows), "finished")
    found = estimate(tally(data, weigh(counts(data), None), measures(of, QUESTIONS), [area, unit]))
    nodes = precision(evaluate(of, found), found, [area, unit])
    whole, part = nodes.estimates()(0, 0), nodes.estimates()(1, 0)
    assert whole.se_raw == pytest.approx(0.05**0.5)
    assert (whole.df_raw, whole.df) == (3, pytest.approx(121 / 13.94))
    assert (part.df_raw, part.df) == (1, 9)
