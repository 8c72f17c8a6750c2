"""The digest of a definition moves with what a figure means, and with nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis.comparison.definition import digest
from questionnaires.instrument import Instrument
from questionnaires.model import Condition
from questionnaires.trees import Proportion
from tests.analysis.made import instrument, node, question, share, tree

LEAVES = [share("a_", "a"), share("b_", "b"), share("c_", "c")]
MADE = instrument(
    [question("a"), question("b"), question("c")],
    [tree("root", [node("root", "mean", ["ab", "c_"]), node("ab", "pooled", ["a_", "b_"]), *LEAVES])],
)


def of(made: Instrument, id: str = "ab") -> str:
    return digest(made, made.trees[0], id)


def with_question(number: int, **changed: object) -> Instrument:
    questions = list(MADE.questions)
    questions[number] = replace(questions[number], **changed)
    return replace(MADE, questions=tuple(questions))


def with_tree(change: Callable[..., dict[str, object]]) -> Instrument:
    one = MADE.trees[0]
    return replace(MADE, trees=(replace(one, **change(one)),))


@pytest.mark.parametrize(
    "other",
    [
        with_question(0, text={"vi": "khác"}),
        with_question(1, rates="decider"),
        with_question(1, shown_if=Condition("c", (1,))),
        with_question(0, options=MADE.questions[0].options[:4]),
        with_tree(lambda one: {"population": "open"}),
        with_tree(lambda one: {"nodes": one.nodes | {"ab": replace(one.nodes["ab"], combine="mean")}}),
        with_tree(lambda one: {"leaves": one.leaves | {"a_": replace(one.leaves["a_"], value=Proportion("a", (5,), (1, 2, 3, 4, 5)))}}),
        with_tree(lambda one: {"leaves": one.leaves | {"a_": replace(one.leaves["a_"], where=Condition("c", (1,)))}}),
    ],
)
def test_another_meaning_is_another_definition(other: Instrument) -> None:
    assert of(other) != of(MADE)
    assert of(other, "root") != of(MADE, "root")


@pytest.mark.parametrize(
    "other",
    [
        with_question(2, text={"vi": "khác"}),
        with_question(0, text=MADE.questions[0].text | {"en": "in other words"}),
        with_question(0, source="another page"),
        replace(MADE, version="2", questions=MADE.questions[::-1]),
        with_tree(lambda one: {"minimum_n": 30}),
    ],
)
def test_what_the_node_does_not_rest_on_is_left_alone(other: Instrument) -> None:
    assert of(other) == of(MADE)


def test_a_leaf_has_a_definition_of_its_own() -> None:
    assert len({of(MADE, id) for id in ("a_", "b_", "ab", "root")}) == 4
