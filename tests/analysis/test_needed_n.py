"""The n that a wished interval needs, counted up in R; what rival formulas answer; what may not be asked."""

import json
from pathlib import Path

import pytest

from analysis.needed_n import needed_n, other_formulas
from questionnaires.model import Refused

EXPECTED = json.loads((Path(__file__).parents[1] / "golden" / "intervals_expected.json").read_text())["needed"]


def asked(expected: dict) -> dict:
    return {name: expected[name] for name in ("share", "half_width", "deff", "level", "population")}


def test_needed_n_equals_counting_up_in_r() -> None:
    assert len(EXPECTED) == 96
    assert [needed_n(**asked(expected)) for expected in EXPECTED] == [expected["needed"] for expected in EXPECTED]


def test_other_formulas_equal_their_closed_form_or_counting_up_in_r() -> None:
    for name in ("normal", "wilson", "slovin"):
        assert [other_formulas(**asked(expected))[name] for expected in EXPECTED] == [expected[name] for expected in EXPECTED]


def test_the_formulas_differ_where_all_are_satisfied() -> None:
    """Korn-Graubard and Wilson ask for answers at θ = 1, the normal formula for none; Slovin asks for 400 whatever θ is."""
    assert needed_n(1.0, 0.05) == 36
    assert other_formulas(1.0, 0.05) == {"normal": 1, "wilson": 35, "slovin": 400}


def test_the_interval_of_the_answer_is_narrow_enough_and_one_answer_less_is_not() -> None:
    """θ = 1: low = 0.025^(1/n), so the first n with (1 − low)/2 ≤ 0.05 is ⌈ln 0.025 / ln 0.9⌉ = ⌈35.01⌉ = 36."""
    assert (1 - 0.025 ** (1 / 36)) / 2 <= 0.05 < (1 - 0.025 ** (1 / 35)) / 2


def test_a_narrower_or_surer_interval_and_a_greater_deff_need_more() -> None:
    base = needed_n(0.9, 0.05)
    assert needed_n(0.9, 0.04) > base
    assert needed_n(0.9, 0.05, level=0.99) > base
    assert needed_n(0.9, 0.05, deff=1.5) > 1.4 * base
    assert needed_n(0.5, 0.05) > base
    assert needed_n(0.9, 0.05, population=400) < base


def test_satisfied_and_dissatisfied_need_the_same() -> None:
    for share in (0.0, 0.03, 0.2, 0.45):
        assert needed_n(share, 0.05) == needed_n(1 - share, 0.05)


def test_a_population_is_never_asked_more_often_than_it_is_large() -> None:
    assert needed_n(0.5, 0.001, population=50) == 50
    assert needed_n(0.5, 0.5) == 1


@pytest.mark.parametrize(
    "wrong", [{"share": 1.2}, {"share": float("nan")}, {"half_width": 5}, {"half_width": 0}, {"deff": 0}, {"level": 95}, {"population": 0}]
)
def test_an_argument_outside_its_range_is_named(wrong: dict) -> None:
    with pytest.raises(Refused) as refused:
        needed_n(**({"share": 0.9, "half_width": 0.05} | wrong))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("out_of_range", *wrong)]


def test_all_arguments_outside_their_range_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        other_formulas(90, 5, level=95)
    assert [fault.place for fault in refused.value.faults] == ["share", "half_width", "level"]
