"""Trees over answers: the worked SIPAS example, every rule for what is missing, and covariance against a jackknife."""

import numpy as np
import pytest

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import Estimates, covariance, estimate
from analysis.indices import Missing, NodeValues, evaluate, evaluate_given
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.trees import IndexTree, measures
from tests.analysis import made


def evaluated(of: IndexTree, questions: list, answers: list[dict], **options: object) -> tuple[dict[str, NodeValues], Estimates]:
    instrument = made.instrument(questions, [of])
    data = SurveyData.of(instrument, made.columns(answers), "finished")
    found = estimate(tally(data, weigh(counts(data), None), measures(of, questions), [made.unit("u")]))
    return evaluate(of, found, **options), found


ITEMS = [made.question("i1"), made.question("i2"), made.question("i3")]
FIVE_PEOPLE = list(zip((5, 4, 4, 3, None), (4, 4, 2, 5, 4), (4, None, 3, 5, 5), strict=True))


def sipas(top: str, factor: str) -> IndexTree:
    return made.tree(
        "B",
        [made.node("B", top, ["B1", "B2"]), made.node("B1", factor, ["l1", "l2"]), made.node("B2", factor, ["l3"]),
         made.share("l1", "i1"), made.share("l2", "i2"), made.share("l3", "i3")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("top", "factor", "expected"),
    [
        ("pooled", "pooled", {"l1": 3 / 4, "l2": 4 / 5, "l3": 3 / 4, "B1": 7 / 9, "B": 10 / 13}),
        ("mean", "pooled", {"B1": 7 / 9, "B": (7 / 9 + 3 / 4) / 2}),
        ("mean", "mean", {"B1": 0.775, "B": 0.7625}),
    ],
)
def test_the_worked_sipas_example_comes_out(top: str, factor: str, expected: dict[str, float]) -> None:
    """Five people, two items of one factor and one of another; a blank leaves the denominator, it is never unsatisfied."""
    answers = [made.answer(i1=a, i2=b, i3=c) for a, b, c in FIVE_PEOPLE]
    found, _ = evaluated(sipas(top, factor), ITEMS, answers)
    assert {id: found[id].value[0] for id in expected} == pytest.approx(expected, rel=1e-15)


def test_an_item_nobody_answered_is_missing_and_not_zero() -> None:
    found, estimates = evaluated(sipas("pooled", "pooled"), ITEMS, [made.answer(i2=b, i3=c) for _, b, c in FIVE_PEOPLE])
    assert np.isnan(found["l1"].value[0])
    assert found["l1"].missing == ("l1",)
    assert found["B"].value[0] == pytest.approx(7 / 9)
    assert bool(found["B"].partial[0])
    assert estimates.n[0, estimates.measures.index("l1")] == 0


def test_a_mean_over_an_item_nobody_answered_is_missing_and_names_it() -> None:
    found, _ = evaluated(sipas("mean", "mean"), ITEMS, [made.answer(i2=b, i3=c) for _, b, c in FIVE_PEOPLE])
    assert np.isnan(found["B"].value[0])
    assert found["B"].missing == ("l1",)


def test_a_leaf_below_the_instruments_floor_is_missing_to_a_mean_but_keeps_its_own_value() -> None:
    found, _ = evaluated(sipas("mean", "mean"), ITEMS, [made.answer(i1=a, i2=b, i3=c) for a, b, c in FIVE_PEOPLE], minimum_n=5)
    assert found["l1"].value[0] == 0.75
    assert found["B1"].missing == ("l1",)
    assert found["l2"].value[0] == 0.8


def test_a_question_without_basis_leaves_the_denominator() -> None:
    item = made.question("i1", (0, *made.LEVELS), no_basis=(0,))
    found, estimates = evaluated(made.tree("l1", [made.share("l1", "i1")]), [item], [made.answer(i1=code) for code in (0, 0, 5, 2)])
    assert found["l1"].value[0] == 0.5
    assert estimates.n[0, 0] == 2


def test_a_rotated_item_counts_for_those_who_were_not_shown_it() -> None:
    """Core item: 9 of 10 satisfied. Rotated, shown to half: 2 of 5. Pooled with 1/π: (9 + 2·2)/(10 + 2·5) = 0.65, not 11/15."""
    questions = [made.question("core"), made.question("rotated", rotation="m1")]
    of = made.tree("B", [made.node("B", "pooled", ["c", "r"]), made.share("c", "core"), made.share("r", "rotated")])
    answers = [
        made.answer(core=5 if k else 1, rotated=(5 if k < 2 else 1) if k < 5 else None, module="m1" if k < 5 else "m2", pi=0.5)
        for k in range(10)
    ]
    found, estimates = evaluated(of, questions, answers)
    assert found["B"].value[0] == pytest.approx(0.65, rel=1e-15)
    assert found["r"].value[0] == 0.4
    node = estimates.measures.index("B")
    assert (estimates.n[0, node], estimates.answers[0, node]) == (10, 15)


# ── given values: every rule of combination ─────────────────────────────────────────────────────────────


def value_of(of: IndexTree, **numbers: float) -> float | Missing:
    return evaluate_given(of, numbers)[of.root]


def over(combine: str, leaves: str = "ab", **options: object) -> IndexTree:
    return made.tree("n", [made.node("n", combine, list(leaves), **options), *(made.given(leaf) for leaf in leaves)])


def test_a_mean_maps_each_child_to_the_range_and_then_combines() -> None:
    assert value_of(over("mean", range=(0.25, 2.5)), a=0.5, b=1.0) == pytest.approx(0.25 + 2.25 * 0.75)


def test_a_divisor_replaces_the_number_of_children() -> None:
    assert value_of(over("mean", divisor=3, range=(0.33, 3.3)), a=0.0, b=1.0) == pytest.approx((0.33 + 3.3) / 3)


def test_coefficients_weigh_the_children_of_a_sum_and_of_a_mean() -> None:
    assert value_of(over("sum", coefficients=(2, 3)), a=0.5, b=1.0) == 4.0
    assert value_of(over("mean", coefficients=(2, 3)), a=0.5, b=1.0) == 0.8


def test_a_reversed_leaf_swaps_its_ends() -> None:
    reversed_leaf = made.tree("n", [made.node("n", "mean", ["a"]), made.given("a", low=400, high=0)])
    assert value_of(reversed_leaf, a=100) == 0.75


def test_propagate_skip_and_rescale_differ_when_a_child_is_missing() -> None:
    assert value_of(over("sum", leaves="abc"), a=0.2, b=0.4) == Missing("no_value", "c")
    assert value_of(over("sum", leaves="abc", missing="skip"), a=0.2, b=0.4) == pytest.approx(0.6)
    assert value_of(over("sum", leaves="abc", missing="rescale"), a=0.2, b=0.4) == pytest.approx(0.9)
    assert value_of(over("mean", leaves="abc", missing="skip"), a=0.2, b=0.4) == pytest.approx(0.3)
    assert value_of(over("mean", missing="skip")) == Missing("no_value", "a")


def test_any_node_may_be_given_and_stands_for_everything_below_it() -> None:
    two_levels = made.tree("top", [made.node("top", "sum", ["n", "c"]), made.node("n", "mean", ["a", "b"]), *map(made.given, "abc")])
    assert value_of(two_levels, n=7.0, c=1.0) == 8.0
    assert value_of(two_levels, n=7.0, a=0.0, b=0.0, c=1.0) == 8.0


def test_a_pooled_node_is_no_function_of_its_childrens_values() -> None:
    pooled = made.tree("B", [made.node("B", "pooled", ["l1", "l2"]), made.share("l1", "i1"), made.share("l2", "i2")])
    assert value_of(pooled, l1=0.5, l2=0.7) == Missing("pooled_from_answers", "B")
    assert value_of(pooled, B=0.6) == 0.6
    alone = made.tree("B", [made.node("B", "pooled", ["l1"]), made.share("l1", "i1")])
    assert value_of(alone, l1=0.5) == 0.5


# ── covariance: delete-one-PSU jackknife ────────────────────────────────────────────────────────────────

QUESTIONS = [made.question("q1"), made.question("q2"), made.question("q3"), made.question("q4")]
THREE_LEVELS = made.tree(
    "root",
    [
        made.node("root", "sum", ["dim", "pool"], coefficients=(1.0, 2.0)),
        made.node("dim", "mean", ["sub", "m4"], range=(1.0, 10.0), divisor=3),
        made.node("sub", "mean", ["s1", "m3"], coefficients=(0.25, 0.75)),
        made.node("pool", "pooled", ["s1", "s2"]),
        made.share("s1", "q1"),
        made.share("s2", "q2"),
        made.mean("m3", "q3"),
        made.mean("m4", "q4", low=5, high=1),
    ],
)
NODES = ("root", "dim", "sub", "pool", "s1", "m4")


def clustered(psus_each: tuple[int, ...], people: int, blanks: float, seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    answers = []
    for stratum, size in enumerate(psus_each):
        for psu in range(size):
            mood = rng.normal(0, 0.7)
            for _ in range(people):
                levels = np.clip(np.round(3.4 + mood + rng.normal(0, 1, 4)), 1, 5)
                codes = {f"q{k + 1}": None if rng.random() < blanks else int(level) for k, level in enumerate(levels)}
                weight = float(rng.choice([1.0, 2.0]))
                answers.append(made.answer(f"h{stratum}", psu=f"h{stratum}|p|{psu}", weight=weight, **codes))
    return answers


def of_city(of: IndexTree, answers: list[dict], chosen: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Values and covariance matrix of the chosen nodes in the whole city, without calibration."""
    instrument = made.instrument(QUESTIONS, [of])
    data = SurveyData.of(instrument, made.columns(answers), "finished")
    found = estimate(tally(data, weigh(counts(data), None), measures(of, QUESTIONS), [made.city({row["reception"] for row in answers})]))
    nodes = evaluate(of, found)
    gradients = np.stack([nodes[id].gradient[0] for id in chosen], axis=1)
    return np.array([nodes[id].value[0] for id in chosen]), covariance(found, 0, gradients)


def jackknife(of: IndexTree, answers: list[dict], chosen: tuple[str, ...]) -> np.ndarray:
    """JKn: drop one PSU, its stratum's others × G/(G − 1); Σ_h (G − 1)/G Σ_i (θ_(hi) − θ)(θ_(hi) − θ)'. Covariance by definition."""
    full, _ = of_city(of, answers, chosen)
    total = np.zeros((len(chosen), len(chosen)))
    strata = {row["reception"] for row in answers}
    for stratum in sorted(strata):
        psus = sorted({row["psu"] for row in answers if row["reception"] == stratum})
        for dropped in psus:
            left = []
            for row in answers:
                if row["psu"] == dropped:
                    continue
                factor = len(psus) / (len(psus) - 1) if row["reception"] == stratum else 1.0
                left.append({**row, "design_weight": row["design_weight"] * factor})
            change = of_city(of, left, chosen)[0] - full
            total += (len(psus) - 1) / len(psus) * np.outer(change, change)
    return total


def test_covariance_of_a_three_level_tree_equals_the_jackknife_where_the_tree_is_linear() -> None:
    """Nobody leaves a blank, PSUs of one stratum weigh the same: every ratio is linear, JKn equals Taylor exactly."""
    answers = [{**row, "design_weight": 1.0} for row in clustered((5,), people=6, blanks=0.0, seed=3)]
    values, taylor = of_city(THREE_LEVELS, answers, NODES)
    assert not np.isnan(values).any()
    np.testing.assert_allclose(taylor, jackknife(THREE_LEVELS, answers, NODES), rtol=1e-10)


def test_covariance_of_a_three_level_tree_agrees_with_the_jackknife_where_ratios_bend() -> None:
    """Blanks, unequal weights, three strata, 90 PSUs: the two roads differ by terms of order 1/G, below 3 % here."""
    answers = clustered((30, 25, 35), people=4, blanks=0.15, seed=4)
    _, taylor = of_city(THREE_LEVELS, answers, NODES)
    other = jackknife(THREE_LEVELS, answers, NODES)
    scale = np.sqrt(np.outer(np.diag(other), np.diag(other)))
    np.testing.assert_allclose(taylor / scale, other / scale, atol=0.03)


def test_a_mean_of_correlated_leaves_is_less_certain_than_independent_ones_would_be() -> None:
    answers = clustered((12,), people=8, blanks=0.0, seed=5)
    _, matrix = of_city(THREE_LEVELS, answers, ("s1", "m4", "sub"))
    alone = made.tree("m3", [made.mean("m3", "q3")])
    independent = 0.25**2 * matrix[0, 0] + 0.75**2 * of_city(alone, answers, ("m3",))[1][0, 0]
    assert matrix[2, 2] > 1.2 * independent
