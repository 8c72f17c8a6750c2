"""The published PAPI scores come out of the 2019 tree: the tree's grammar and its arithmetic, against numbers of others."""

import json
from pathlib import Path

import pytest

import questionnaires
from analysis.indices import Missing, evaluate_given

VECTORS = json.loads((Path(__file__).parents[1] / "golden" / "papi_vectors.json").read_text(encoding="utf-8"))["vectors"]


def node_of(vector_id: str) -> tuple[str, str]:
    """(tree, node) of "sub-1.1-Ha Noi-2019", "dim-D5-…", "total-u-…", "total-w-…"."""
    kind, name = vector_id.split("-")[:2]
    if kind == "total":
        return ("papi_weighted", "weighted") if name == "w" else ("papi", "total")
    return "papi", name


def test_there_are_67_exact_vectors() -> None:
    assert sum(vector["kind"] == "exact" for vector in VECTORS) == 67


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
