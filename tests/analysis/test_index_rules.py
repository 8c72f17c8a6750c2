"""Trees over answers, rule by rule (methodology §8): what a node carries, what a blank is, what is missing and why, and gradients."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import Estimates, covariance, estimate
from analysis.indices import NodeValues, evaluate
from analysis.precision import precision
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.model import Condition
from questionnaires.trees import IndexTree, measures
from tests.analysis import made

QUESTIONS = [made.question(f"q{k}") for k in range(1, 5)]
CITY = made.city({"u", "v"})


def estimated(of: IndexTree, answers: list[dict], questions: list | None = None) -> Estimates:
    asked = questions or QUESTIONS
    data = SurveyData.of(made.instrument(asked, [of]), made.columns(answers), "finished")
    return estimate(tally(data, weigh(counts(data), None), measures(of, asked), [CITY]))


def survey(seed: int = 1, size: int = 120, blanks: float = 0.1) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(size):
        mood = rng.normal(0, 0.5)
        codes = {f"q{k}": None if rng.random() < blanks else int(np.clip(round(3.5 + mood + rng.normal()), 1, 5)) for k in range(1, 5)}
        rows.append(made.answer(str(rng.choice(["u", "v"])), day=str(rng.integers(6)), weight=float(rng.choice([1.0, 2.0])), **codes))
    return rows


def error(estimates: Estimates, values: NodeValues) -> float:
    return float(covariance(estimates, 0, values.gradient[0][:, None])[0, 0] ** 0.5)


# ── what a node is ──────────────────────────────────────────────────────────────────────────────────────


def test_two_surveys_with_the_same_leaves_have_different_pooled_nodes() -> None:
    """Leaves 1/2 and 4/4 against 2/4 and 2/2: both times 50 % and 100 %, pooled 5/6 and 4/6. No function of the two can be both."""
    of = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "q1"), made.share("b", "q2")])
    one = [made.answer(q1=5), made.answer(q1=1), *[made.answer(q2=5)] * 4]
    other = [*[made.answer(q1=5)] * 2, *[made.answer(q1=1)] * 2, *[made.answer(q2=5)] * 2]
    found = [evaluate(of, estimated(of, answers)) for answers in (one, other)]
    assert [(nodes["a"].value[0], nodes["b"].value[0]) for nodes in found] == [(0.5, 1.0)] * 2
    assert [nodes["B"].value[0] for nodes in found] == [5 / 6, 4 / 6]


def test_a_scaled_node_has_its_error_scaled_alike() -> None:
    """θ' = 0.25 + 2.25 θ for each child, then their mean."""
    plain = made.tree("n", [made.node("n", "mean", ["a", "b"]), made.share("a", "q1"), made.mean("b", "q2")])
    scaled = replace(plain, nodes={"n": replace(plain.nodes["n"], range=(0.25, 2.5))})
    found = estimated(plain, survey())
    values = [evaluate(of, found)["n"] for of in (plain, scaled)]
    assert values[1].value[0] == pytest.approx(0.25 + 2.25 * values[0].value[0], rel=1e-14)
    assert error(found, values[1]) == pytest.approx(2.25 * error(found, values[0]), rel=1e-12)
    assert (values[1].low, values[1].high) == (0.25, 2.5)


def test_a_reversed_leaf_is_one_minus_the_straight_one_with_the_same_error() -> None:
    of = made.tree("n", [made.node("n", "sum", ["a", "b"]), made.mean("a", "q1", 1, 5), made.mean("b", "q1", 5, 1)])
    found = estimated(of, survey())
    nodes = evaluate(of, found)
    assert nodes["b"].value[0] == pytest.approx(1 - nodes["a"].value[0], rel=1e-14)
    assert error(found, nodes["b"]) == pytest.approx(error(found, nodes["a"]), rel=1e-10)
    assert nodes["n"].value[0] == pytest.approx(1.0)
    assert error(found, nodes["n"]) < 1e-12 < error(found, nodes["a"]), "what cancels in the sum cancels in its error"


def test_coefficients_and_a_divisor_weigh_values_and_influence_alike() -> None:
    of = made.tree("n", [made.node("n", "mean", ["a", "b"], coefficients=(1, 3), divisor=5), made.share("a", "q1"), made.share("b", "q2")])
    found = estimated(of, survey())
    nodes = evaluate(of, found)
    assert nodes["n"].value[0] == pytest.approx((nodes["a"].value[0] + 3 * nodes["b"].value[0]) / 5, rel=1e-14)
    np.testing.assert_allclose(nodes["n"].gradient, (nodes["a"].gradient + 3 * nodes["b"].gradient) / 5, rtol=1e-13, atol=1e-18)


# ── what a blank is ─────────────────────────────────────────────────────────────────────────────────────


def test_not_asked_no_opinion_and_blank_are_no_answer_and_never_dissatisfied() -> None:
    """q2 is asked after q1 = 5 alone and knows "no opinion" (0). Seven people; three valid answers, two of them satisfied."""
    questions = [made.question("q1"), made.question("q2", (0, *made.LEVELS), no_basis=(0,), shown_if=Condition("q1", (5,)))]
    of = made.tree("B", [made.node("B", "pooled", ["s", "t"]), made.share("s", "q2"), made.share("t", "q1")])
    said = [(5, 4), (5, 5), (5, 1), (5, 0), (5, None), (1, None), (2, None)]
    answers = [made.answer(q1=first, q2=second) for first, second in said]
    found = estimated(of, answers, questions)
    values = evaluate(of, found)
    assert (values["s"].value[0], found.x[0, found.parts[found.measures.index("s")]].sum()) == (2 / 3, 3.0)
    assert values["B"].value[0] == (2 + 5) / (3 + 7)
    assert found.n[0, found.measures.index("s")] == 3


def test_a_leaf_with_a_condition_counts_only_those_to_whom_it_applies() -> None:
    of = made.tree("s", [made.share("s", "q2", where=Condition("q1", (5,)))])
    found = estimated(of, [made.answer(q1=5, q2=5), made.answer(q1=1, q2=1), made.answer(q1=5, q2=1), made.answer(q2=1)])
    assert (evaluate(of, found)["s"].value[0], found.n[0, 0]) == (0.5, 2)


# ── what is missing ─────────────────────────────────────────────────────────────────────────────────────


def deep(missing: str) -> IndexTree:
    return made.tree(
        "top",
        [made.node("top", "sum", ["dim", "d"]), made.node("dim", "mean", ["a", "b", "c"], missing=missing),
         made.share("a", "q1"), made.share("b", "q2"), made.share("c", "q3"), made.share("d", "q4")],
    )  # fmt: skip


def without(item: str) -> list[dict]:
    return [{**row, "answers": {id: code for id, code in row["answers"].items() if id != item}} for row in survey()]


def test_the_reason_of_a_missing_leaf_reaches_the_root() -> None:
    of = deep("propagate")
    nodes = evaluate(of, estimated(of, without("q2")))
    assert [nodes[id].missing for id in ("b", "dim", "top")] == [("b",)] * 3
    assert np.isnan(nodes["top"].value[0])
    assert nodes["a"].missing == ("",)


@pytest.mark.parametrize("missing", ["skip", "rescale"])
def test_a_mean_that_may_leave_a_child_out_is_the_mean_of_the_others_and_partial_up_to_the_root(missing: str) -> None:
    of = deep(missing)
    found = estimated(of, without("q2"))
    nodes = evaluate(of, found)
    assert nodes["dim"].value[0] == pytest.approx((nodes["a"].value[0] + nodes["c"].value[0]) / 2, rel=1e-14)
    assert [bool(nodes[id].partial[0]) for id in ("a", "b", "dim", "top")] == [False, False, True, True]
    half = (nodes["a"].gradient + nodes["c"].gradient) / 2
    np.testing.assert_allclose(nodes["dim"].gradient, half, rtol=1e-13, atol=1e-18)


def test_a_rescaled_sum_gives_the_points_of_a_missing_child_to_the_others() -> None:
    """Points 1, 2, 3; the second does not apply: 4 points stand for 6, so value and influence × 6/4 (PAR Index)."""
    of = made.tree(
        "n", [made.node("n", "sum", ["a", "b", "c"], coefficients=(1, 2, 3), missing="rescale"),
              made.share("a", "q1"), made.share("b", "q2"), made.share("c", "q3")],
    )  # fmt: skip
    found = estimated(of, without("q2"))
    nodes = evaluate(of, found)
    assert nodes["n"].value[0] == pytest.approx(1.5 * (nodes["a"].value[0] + 3 * nodes["c"].value[0]), rel=1e-14)
    np.testing.assert_allclose(nodes["n"].gradient, 1.5 * (nodes["a"].gradient + 3 * nodes["c"].gradient), rtol=1e-13, atol=1e-18)


def test_a_pooled_node_does_without_an_item_nobody_answered_and_says_partial() -> None:
    of = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "q1"), made.share("b", "q2")])
    nodes = evaluate(of, estimated(of, without("q2")))
    assert nodes["B"].value[0] == nodes["a"].value[0]
    assert (bool(nodes["B"].partial[0]), nodes["B"].missing) == (True, ("",))


def test_a_pooled_node_without_any_answer_is_missing_and_names_itself() -> None:
    of = made.tree("B", [made.node("B", "pooled", ["a"]), made.share("a", "q1")])
    nodes = evaluate(of, estimated(of, [made.answer(), made.answer()]))
    assert np.isnan(nodes["B"].value[0])
    assert nodes["B"].missing == ("B",)


def test_a_number_from_outside_has_no_interval_and_neither_has_what_contains_it() -> None:
    of = made.tree("n", [made.node("n", "sum", ["a", "g"]), made.share("a", "q1"), made.given("g", low=0, high=200)])
    found = estimated(of, survey())
    nodes = evaluate(of, found, given={"g": 50.0})
    assert nodes["n"].value[0] == pytest.approx(nodes["a"].value[0] + 0.25)
    assert [nodes[id].outside for id in ("n", "a", "g")] == [True, False, True]
    of_nodes = precision(nodes, found, [CITY])
    figures = {id: of_nodes.estimates()(0, of_nodes.place(id)) for id in nodes}
    for id in ("n", "g"):
        assert (figures[id].se_raw, figures[id].se, figures[id].ci_low, figures[id].ci_high, figures[id].deff) == (None,) * 5
    assert figures["a"].ci_low < figures["a"].estimate < figures["a"].ci_high


def test_without_the_number_from_outside_the_node_is_missing_for_want_of_it() -> None:
    of = made.tree("n", [made.node("n", "sum", ["a", "g"]), made.share("a", "q1"), made.given("g")])
    assert evaluate(of, estimated(of, survey()))["n"].missing == ("g",)


# ── gradients: against differences ──────────────────────────────────────────────────────────────────────

EVERYTHING = made.tree(
    "root",
    [
        made.node("root", "sum", ["dim", "pool", "gone"], coefficients=(1.0, 2.0, 5.0), missing="rescale"),
        made.node("dim", "mean", ["sub", "m4", "gone"], range=(1.0, 10.0), divisor=3, missing="skip"),
        made.node("sub", "mean", ["s1", "m3"], coefficients=(0.25, 0.75), range=(0.5, 5.0)),
        made.node("pool", "pooled", ["s1", "s2"]),
        made.share("s1", "q1"),
        made.share("s2", "q2"),
        made.mean("m3", "q3"),
        made.mean("m4", "q4", low=5, high=1),
        made.given("gone"),
    ],
)


def test_every_gradient_is_the_derivative_of_its_node() -> None:
    """Each total moved up and down by 1e-5 of itself: (θ⁺ − θ⁻)/2h, to 1e-7."""
    found = estimated(EVERYTHING, survey())
    nodes = evaluate(EVERYTHING, found)
    width = len(found.terms)
    for column in range(2 * width):
        table = "y" if column < width else "x"
        step = getattr(found, table)[0, column % width] * 1e-5
        moved = []
        for sign in (1, -1):
            totals = getattr(found, table).copy()
            totals[0, column % width] += sign * step
            moved.append(evaluate(EVERYTHING, replace(found, **{table: totals})))
        for id in ("root", "dim", "sub", "pool", "s1", "m3", "m4"):
            slope = (moved[0][id].value[0] - moved[1][id].value[0]) / (2 * step)
            assert nodes[id].gradient[0, column] == pytest.approx(slope, rel=1e-7, abs=1e-12), (id, column)
