"""Design weights: how many people or files an answer stands for by the way it was drawn, before anything is calibrated.

Methodology §3.1. They are given by the design alone, never by what was answered; where several apply they multiply.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Fault, Refused

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def sound(weights: Sequence[float] | Floats, place: Callable[[int], str]) -> Floats:
    """The weights as an array. Refused: any that is not positive and finite; `place` says where a person finds number k."""
    found = np.asarray(weights, np.float64)
    faults = [
        Fault(
            "weight_not_positive",
            place(k),
            "A design weight must be a positive, finite number, not {value}.",
            {"value": str(weights[k])},
        )
        for k in map(int, np.flatnonzero(~((found > 0) & np.isfinite(found))))
    ]
    if faults:
        raise Refused(*faults)
    return found


def unit_weights(answers: int) -> Floats:
    """1 for every answer: nobody was drawn (codes on the wall, kiosk, paper)."""
    return np.ones(answers)


def every_kth(every: Sequence[int] | Ints) -> Floats:
    """k where each k-th file received a slip; every: k of each answer. Refused: k below 1."""
    k = np.asarray(every, np.int64)
    wrong = np.unique(k[k < 1])
    if len(wrong):
        sentence = "Slips go to every k-th file with k = 1 or more, not {value}."
        raise Refused(*(Fault("slip_step_not_valid", "slips", sentence, {"value": str(value)}) for value in wrong))
    return k.astype(np.float64)


def invitations(stratum: Ints, names: Sequence[str], listed: Sequence[int], drawn: Sequence[int]) -> Floats:
    """N_list ÷ drawn of the list stratum of each answer.

    stratum: answers, number of its list stratum; names, listed, drawn: of each stratum, how many stand on the list and how
    many of them were invited (whether they answered or not). Refused, by name: strata with answers of which nobody was
    drawn, or more than are listed.
    """
    answered = np.unique(stratum)
    faults = [
        Fault(
            "invited_not_valid",
            f"list stratum {names[h]}",
            "{drawn} were invited of {listed} on the list. There are answers, so 1 … {listed} must have been invited.",
            {"drawn": str(drawn[h]), "listed": str(listed[h])},
        )
        for h in answered
        if not 0 < drawn[h] <= listed[h]
    ]
    if faults:
        raise Refused(*faults)
    ratio = np.divide(listed, np.maximum(drawn, 1), dtype=np.float64)
    found: Floats = ratio[stratum]
    return found


def shared_codes(code: Ints) -> Floats:
    """1/m where m answers came on one code, so that a code counts once; code: number of each answer's code, −1 without one."""
    own = code >= 0
    found = np.ones(len(code))
    found[own] = 1 / np.bincount(code[own])[code[own]]
    return found
