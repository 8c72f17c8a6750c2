"""The published PAPI scores come out of the 2019 tree: the tree's grammar and its arithmetic, against numbers of others."""

import json
from collections import Counter
from pathlib import Path

import pytest

import questionnaires
from analysis.indices import Missing, evaluate_given
from analysis.intervals import student

PUBLISHED = json.loads((Path(__file__).parents[1] / "golden" / "papi_vectors.json").read_text(encoding="utf-8"))
VECTORS = PUBLISHED["vectors"]


def node_of(vector_id: str) -> tuple[str, str]:
    """(tree, node) of "sub-1.1-Ha Noi-2019", "dim-D5-…", "total-u-…", "total-w-…"."""
    kind, name = vector_id.split("-")[:2]
    if kind == "total":
        return ("papi_weighted", "weighted") if name == "w" else ("papi", "total")
    return "papi", name


def test_the_vectors_are_complete() -> None:
    """33 sub-dimensions, 31 sums to a dimension and 3 to the total come out exactly; 6 nearly, 3 with recovered weights."""
    counted = Counter((vector["kind"], vector["id"].split("-")[0]) for vector in VECTORS)
    exact = {("exact", "sub"): 33, ("exact", "dim"): 31, ("exact", "total"): 3}
    assert counted == {**exact, ("near", "sub"): 6, ("recovered-weights", "total"): 3}
    assert max(vector["tolerance"] for vector in VECTORS if vector["kind"] == "exact") <= 2e-4, "sums of parts printed with 4 decimals"
    assert max(vector["tolerance"] for vector in VECTORS if vector["kind"] == "near") <= 0.005


def test_every_sub_dimension_with_a_formula_has_a_published_value_to_answer_to() -> None:
    tree = questionnaires.load("papi", "2019").tree("papi")
    tested = {node_of(vector["id"])[1] for vector in VECTORS if vector["id"].startswith("sub-")}
    assert {id for id, node in tree.nodes.items() if node.children and "." in id} == tested


@pytest.mark.parametrize("published", PUBLISHED["intervals"], ids=lambda row: row["id"])
def test_the_published_bounds_are_those_of_a_90_percent_interval(published: dict) -> None:
    """PAPI prints score ∓ 1.64496 SE: t at 90 % with about as many degrees of freedom as it has respondents (14,333)."""
    low, high = student(published["score"], published["se"] ** 2, 14_000, level=0.90, low=8, high=80)
    assert (float(low), float(high)) == pytest.approx((published["low"], published["high"]), abs=published["tolerance"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_published_score_is_reproduced_within_its_own_tolerance(vector: dict) -> None:
    tree_id, node = node_of(vector["id"])
    tree = questionnaires.load("papi", "2019").tree(tree_id)
    numbers = {f"weighted.{id}" if tree_id == "papi_weighted" else id: number for id, number in vector["inputs"].items()}
    assert set(numbers) <= {*tree.nodes, *tree.leaves}
    assert evaluate_given(tree, numbers)[node] == pytest.approx(vector["expected"], abs=vector["tolerance"])


def test_a_missing_indicator_is_named_up_to_the_total() -> None:
    values = evaluate_given(questionnaires.load("papi", "2019").tree("papi"), {"1.1.a": 0.5})
    assert values["1.1"] == Missing("no_value", "1.1.b")
    assert isinstance(values["total"], Missing)


def test_a_sub_dimension_without_a_formula_says_so() -> None:
    values = evaluate_given(questionnaires.load("papi", "2019").tree("papi"), {})
    assert values["1.2"] == Missing("given_only", "1.2")
