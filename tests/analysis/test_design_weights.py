"""Design weights of methodology §3.1, each by hand, and what is refused."""

import numpy as np
import pytest

from analysis.design_weights import every_kth, invitations, shared_codes, sound, unit_weights
from questionnaires.model import Refused


def test_where_nobody_was_drawn_every_answer_counts_once() -> None:
    assert unit_weights(3).tolist() == [1, 1, 1]


def test_a_slip_to_every_kth_file_stands_for_k_files() -> None:
    assert every_kth([1, 5, 5, 20]).tolist() == [1, 5, 5, 20]


@pytest.mark.parametrize("step", [0, -3])
def test_a_step_below_one_is_refused(step: int) -> None:
    with pytest.raises(Refused, match=f"not {step}"):
        every_kth([1, step, step])


def test_an_invited_answer_stands_for_listed_over_drawn_whoever_answered() -> None:
    """Stratum north: 900 listed, 100 drawn; south: 50 listed, all drawn. How many answered plays no part."""
    found = invitations(np.array([0, 1, 0, 0]), ("north", "south"), (900, 50), (100, 50))
    assert found.tolist() == [9, 1, 9, 9]


def test_a_list_stratum_nobody_answered_in_may_be_empty() -> None:
    assert invitations(np.array([0]), ("north", "south"), (900, 0), (100, 0)).tolist() == [9]


@pytest.mark.parametrize(("listed", "drawn"), [(900, 0), (900, 901), (0, 0), (900, -1)])
def test_impossible_invitations_are_refused_by_name(listed: int, drawn: int) -> None:
    with pytest.raises(Refused) as refused:
        invitations(np.array([0, 1, 1]), ("north", "south"), (100, listed), (10, drawn))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("invited_not_valid", "list stratum south")]


def test_answers_on_one_code_share_its_weight() -> None:
    """Code 0 was used three times, code 2 once, one answer has no code."""
    found = shared_codes(np.array([0, 2, 0, -1, 0]))
    assert found.tolist() == [1 / 3, 1, 1 / 3, 1, 1 / 3]
    assert found[np.array([0, 2, 4])].sum() == 1


def test_several_reasons_multiply() -> None:
    assert (every_kth([4, 4, 4]) * shared_codes(np.array([1, 1, 2]))).tolist() == [2, 2, 4]


@pytest.mark.parametrize("bad", [0.0, -2.0, float("nan"), float("inf"), float("-inf")])
def test_a_weight_that_is_not_positive_and_finite_is_refused_with_its_place(bad: float) -> None:
    with pytest.raises(Refused) as refused:
        sound([1.0, bad, 3.0, bad], lambda k: f"row {k + 2}")
    assert [(fault.code, fault.place, fault.values["value"]) for fault in refused.value.faults] == [
        ("weight_not_positive", "row 3", str(bad)),
        ("weight_not_positive", "row 5", str(bad)),
    ]


def test_sound_weights_pass_unchanged() -> None:
    assert sound([0.5, 1e300, 1e-300], lambda k: f"row {k}").tolist() == [0.5, 1e300, 1e-300]
