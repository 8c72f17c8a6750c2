"""Answers coded for arithmetic: three ways to be missing, several options, populations, weights that cannot be."""

import math

import numpy as np
import pytest

from analysis.survey_data import NO_BASIS, NOT_ANSWERED, NOT_ASKED, SurveyData, sectors_of
from analysis.terms import values
from questionnaires.model import Condition, Meaning, Refused
from questionnaires.trees import Term
from tests.analysis import made

WAS_THERE = Condition("stage", (2,))
QUESTIONS = [
    made.STAGE,
    made.SECTORS,
    made.question("result", shown_if=WAS_THERE),
    made.question("rotated", rotation="m1"),
    made.question("open", (0, *made.LEVELS), no_basis=(0,)),
    made.question("extra", (0, 1, 2, 8), kind="multiple", no_basis=(8,)),
]
MEANINGS = {**made.MEANINGS, "coached": Meaning("extra", {"yes": (2,)})}
INSTRUMENT = made.instrument(QUESTIONS, meanings=MEANINGS, rotation={"m1": 0.5, "m2": 0.5})


def of(*answers: dict, population: str = "finished") -> SurveyData:
    return SurveyData.of(INSTRUMENT, made.columns(answers), population)


def codes(data: SurveyData, name: str) -> list[int]:
    return [int(code) for code in data.answers[name]]


def test_meanings_decide_the_population() -> None:
    answers = [made.answer(stage=2), made.answer(stage=1), made.answer(stage=5), made.answer(stage=2), made.answer()]
    assert [len(of(*answers, population=name)) for name in ("finished", "open", "no_file")] == [2, 1, 1]


def test_three_kinds_of_missing_are_told_apart() -> None:
    data = of(
        made.answer(stage=2, result=5, open=3, rotated=4, module="m1", pi=0.5),
        made.answer(stage=2, open=0, module="m2", pi=0.5),
        made.answer(stage=2, module="m1", pi=0.5),
    )
    assert codes(data, "result") == [5, NOT_ANSWERED, NOT_ANSWERED]
    assert codes(data, "open") == [3, NO_BASIS, NOT_ANSWERED]
    assert codes(data, "rotated") == [4, NOT_ASKED, NOT_ANSWERED]


def test_a_question_whose_condition_is_false_was_not_asked() -> None:
    assert codes(of(made.answer(stage=1), population="open"), "result") == [NOT_ASKED]


def test_a_known_sector_goes_before_the_answer_and_unknown_is_no_basis() -> None:
    data = of(made.answer(stage=2, sector=3), made.answer(stage=2, sector=None), made.answer(stage=2, sector=98))
    assert codes(data, "sector") == [3, NOT_ANSWERED, NO_BASIS]
    assert list(data.keys["sector"].codes) == [2, -1, -1]
    assert data.keys["sector"].labels == ("1", "2", "3", "97")


def test_a_multiple_question_is_one_column_an_option() -> None:
    data = of(made.answer(stage=2, extra=(1, 2)), made.answer(stage=2, extra=(0,)), made.answer(stage=2, extra=(8,)), made.answer(stage=2))
    assert codes(data, "extra.1") == [1, 0, NO_BASIS, NOT_ANSWERED]
    assert codes(data, "extra.0") == [0, 1, NO_BASIS, NOT_ANSWERED]
    assert [int(code) for code in data.facts["coached"]] == [1, 0, NO_BASIS, NOT_ANSWERED]


def test_a_term_of_a_multiple_question_counts_once_with_its_best_ticked_option() -> None:
    data = of(made.answer(stage=2, extra=(1, 2)), made.answer(stage=2, extra=(0,)), made.answer(stage=2, extra=(8,)), made.answer(stage=2))
    y, x, _ = values(data, Term("extra", {0: 1.0, 1: 0.0, 2: 0.0}, "reception", None, None))
    assert (list(y), list(x)) == ([0, 1, 0, 0], [1, 1, 0, 0])
    y, x, _ = values(data, Term("extra", {1: 0.25, 2: 0.5}, "reception", None, None))
    assert (list(y), list(x)) == ([0.5, 0, 0, 0], [1, 0, 0, 0])


def test_one_option_of_a_multiple_question_can_be_a_term_of_its_own() -> None:
    data = of(made.answer(stage=2, extra=(1, 2)), made.answer(stage=2, extra=(0,)), made.answer(stage=2, extra=(8,)), made.answer(stage=2))
    y, x, _ = values(data, Term("extra.1", {0: 0.0, 1: 1.0}, "reception", None, None))
    assert (list(y), list(x)) == ([1, 0, 0, 0], [1, 1, 0, 0])


def test_where_leaves_other_answers_out() -> None:
    data = of(made.answer(stage=2, sector=3, open=5), made.answer(stage=2, sector=1, open=5), made.answer(stage=2, sector=None, open=5))
    y, x, _ = values(data, Term("open", {1: 0.0, 5: 1.0}, "reception", None, Condition("sector", (3,))))
    assert (list(y), list(x)) == ([1, 0, 0], [1, 0, 0])


def test_a_rotated_term_carries_one_over_pi() -> None:
    data = of(made.answer(stage=2, rotated=5, module="m1", pi=0.2), made.answer(stage=2, module="m2", pi=0.8))
    y, x, answered = values(data, Term("rotated", {5: 1.0}, "reception", "m1", None))
    assert (list(y), list(x), list(answered)) == ([5, 0], [5, 0], [True, False])


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf])
def test_a_design_weight_that_cannot_be_is_refused_with_its_position(weight: float) -> None:
    with pytest.raises(Refused) as refused:
        of(made.answer(stage=2), made.answer(stage=2, weight=weight), made.answer(stage=2, weight=weight))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [
        ("weight_not_positive", "position 2"),
        ("weight_not_positive", "position 3"),
    ]


def test_a_chance_of_being_shown_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(Refused, match="chance_not_in_range"):
        of(made.answer(stage=2, module="m1", pi=0.0))


def test_the_order_of_delivery_changes_nothing() -> None:
    columns = made.columns([made.answer(f"u{k % 3}", stage=2, open=1 + k % 5) for k in range(20)])
    turned = type(columns)(**{name: list(getattr(columns, name))[::-1] for name in columns.__slots__ if name != "parts"})
    one, other = (SurveyData.of(INSTRUMENT, given, "finished") for given in (columns, turned))
    assert np.array_equal(one.answers["open"], other.answers["open"])
    assert np.array_equal(one.keys["psu"].codes, other.keys["psu"].codes)


def test_kinds_of_matter_keep_the_order_of_the_list_without_the_one_that_is_not_known() -> None:
    form = made.instrument([made.STAGE, made.SECTORS], [], meanings=made.MEANINGS)
    unknown = {code for codes in made.MEANINGS["sector"].codes.values() for code in codes}
    assert sectors_of(form) == tuple(option.code for option in made.SECTORS.options if option.code not in unknown)
    assert sectors_of(made.instrument([made.STAGE], [])) == ()
