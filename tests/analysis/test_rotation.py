"""Rotated questions: the form that shows one module agrees in expectation with the form that shows all (methodology §8.3)."""

from itertools import product
from math import prod

import numpy as np
import pytest

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import Estimates, estimate
from analysis.indices import evaluate
from analysis.survey_data import SurveyData
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis import made

SHOWN = {"m1": 0.4, "m2": 0.6}
QUESTIONS = [made.question("core"), made.question("r1", rotation="m1"), made.question("r2", rotation="m2"),
             made.question("s2", rotation="m2")]  # fmt: skip
MODULE = {"r1": "m1", "r2": "m2", "s2": "m2"}
PARTS = [made.node("B", "pooled", ["c", "l1", "l2", "m"]), made.share("c", "core"), made.share("l1", "r1"), made.share("l2", "r2"),
         made.mean("m", "s2")]  # fmt: skip
TREE = made.tree("B", PARTS)
UNROTATED = [made.question(question.id) for question in QUESTIONS]
CITY = made.city({"u"})


def estimated(answers: list[dict], questions: list) -> Estimates:
    data = SurveyData.of(made.instrument(questions, [TREE]), made.columns(answers), "finished")
    return estimate(tally(data, weigh(counts(data), None), measures(TREE, questions), [CITY]))


def full_form(people: list[dict[str, int]]) -> Estimates:
    return estimated([made.answer(day=str(at % 5), **said) for at, said in enumerate(people)], UNROTATED)


def rotated_form(people: list[dict[str, int]], modules: list[str], questions: list = QUESTIONS) -> Estimates:
    """Each person is shown the core and one module."""
    return estimated(
        [
            made.answer(
                day=str(at % 5), module=module, pi=SHOWN[module],
                **{id: code for id, code in said.items() if MODULE.get(id, module) == module},
            )
            for at, (said, module) in enumerate(zip(people, modules, strict=True))
        ],
        questions,
    )  # fmt: skip


def test_over_all_ways_of_showing_modules_the_totals_are_those_of_the_full_form() -> None:
    """Six people, 2⁶ assignments with their probabilities: E ΣY/π and E ΣX/π of every leaf and of the pooled node, exactly.
    Somebody left r2 blank, so that X differs by question."""
    said = [(5, 2, 4, 3), (4, 5, None, 1), (1, 1, 5, 5), (5, 4, 2, 4), (3, 3, 3, 2), (5, 5, 5, 5)]
    people = [{id: code for id, code in zip(("core", *MODULE), codes, strict=True) if code is not None} for codes in said]
    full = full_form(people)
    y, x = np.zeros(full.y.shape), np.zeros(full.x.shape)
    total = 0.0
    for modules in product(SHOWN, repeat=len(people)):
        chance = prod(SHOWN[module] for module in modules)
        found = rotated_form(people, list(modules))
        y, x, total = y + chance * found.y, x + chance * found.x, total + chance
    assert total == pytest.approx(1.0, rel=1e-14)
    np.testing.assert_allclose(y, full.y, rtol=1e-13)
    np.testing.assert_allclose(x, full.x, rtol=1e-13)


def crowd(size: int, seed: int) -> list[dict[str, int]]:
    """People of different moods: content with the core (five in six), less so with what is rotated."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.6, size)
    levels = {
        id: np.clip(np.rint(middle + mood + rng.normal(0, 0.8, size)), 1, 5).astype(int)
        for id, middle in (("core", 4.8), ("r1", 4.0), ("r2", 3.9), ("s2", 3.8))
    }
    return [{id: int(column[at]) for id, column in levels.items()} for at in range(size)]


def pooled_by_hand(people: list[dict[str, int]], shown: dict[str, float]) -> float:
    """Σ satisfied ÷ Σ valid over the four questions, each counted with the chance that it is shown."""
    value = {"core": lambda code: code >= 4, "r1": lambda code: code >= 4, "r2": lambda code: code >= 4, "s2": lambda code: (code - 1) / 4}
    y = sum(shown.get(id, 1.0) * value[id](code) for said in people for id, code in said.items())
    return y / sum(shown.get(id, 1.0) for said in people for id in said)


def test_pooled_over_a_large_sample_the_rotated_form_gives_the_full_form_and_plain_pooling_does_not() -> None:
    """1,200 people, 16 drawings of who is shown what. With 1/π the mean of the drawings lies within four of its Monte Carlo
    errors (0.001 each) of the full form, 0.726; without, at 0.754: the core, which everybody sees, weighs too much."""
    people = crowd(1200, seed=1)
    rng = np.random.default_rng(2)
    weighted, plain = [], []
    for _ in range(16):
        modules = [str(module) for module in rng.choice(list(SHOWN), len(people), p=list(SHOWN.values()))]
        weighted.append(evaluate(TREE, rotated_form(people, modules))["B"].value[0])
        plain.append(evaluate(TREE, rotated_form(people, modules, UNROTATED))["B"].value[0])
    full, over_weighted = pooled_by_hand(people, {}), pooled_by_hand(people, {id: SHOWN[module] for id, module in MODULE.items()})
    errors = [np.std(found, ddof=1) / len(found) ** 0.5 for found in (weighted, plain)]
    assert max(errors) < 0.0015
    assert evaluate(TREE, full_form(people))["B"].value[0] == pytest.approx(full, rel=1e-12)
    assert abs(np.mean(weighted) - full) < 4 * errors[0]
    assert abs(np.mean(plain) - over_weighted) < 4 * errors[1]
    assert over_weighted - full > 0.025


def test_people_are_counted_as_heads_and_the_cap_of_answers_counts_real_ones() -> None:
    people = crowd(1000, seed=3)
    modules = [str(module) for module in np.random.default_rng(4).choice(list(SHOWN), len(people), p=list(SHOWN.values()))]
    full, rotated = full_form(people), rotated_form(people, modules)
    leaf = full.measures.index("l1")
    assert rotated.n[0, leaf] == modules.count("m1")
    assert full.n[0, leaf] == 1000
    assert rotated.n[0, rotated.measures.index("B")] == 1000
    assert rotated.answers[0, rotated.measures.index("B")] == 1000 + modules.count("m1") + 2 * modules.count("m2")
    assert rotated.x[0, rotated.parts[leaf]] == pytest.approx(modules.count("m1") / 0.4)
