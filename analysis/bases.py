"""The bases of a release: all answers, those without a flag, by a code of the system, by the posted code. Methodology §2.

Which answers carry a flag is stored with them. Bases are shown beside each other (gaps.py), never combined by precision.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.survey_data import Bools, Ints, SurveyData

Basis = Literal["all", "unflagged", "verified", "open"]

BUILT: tuple[Basis, ...] = ("all", "unflagged", "verified")
"""Of these a release has every figure."""
SUMMED: tuple[Basis, ...] = (*BUILT, "open")
"""And of the answers by the posted code the index alone, to set the verified ones against (posted.py)."""
MIXED: tuple[Basis, ...] = ("all", "unflagged")
"""Answers of several channels lie in these; in the others there is no mix that could move."""
CHANNELS = ("issued", "handed_out", "open")
"""How answers come in: by a code that the system made, one that staff handed out, or the one at the counter; those known today."""
VERIFIED = frozenset({"issued"})
"""Channels whose codes the one-stop system made for a file or ticket, so that nobody chose who gets one."""
OPEN = frozenset({"open"})


def of_basis(data: SurveyData, basis: Basis) -> Bools:
    """Which answers belong to a basis."""
    if basis == "all":
        return np.ones(len(data), np.bool_)
    if basis in data.parts:
        return data.parts[basis]
    if basis == "unflagged":
        return ~data.flagged
    wanted = VERIFIED if basis == "verified" else OPEN
    channel = data.keys["channel"]
    found: Bools = np.isin(channel.codes, [code for code, label in enumerate(channel.labels) if label in wanted])
    return found


def grown(data: SurveyData, basis: Basis) -> frozenset[str]:
    """Units that received or decided an answer of the basis that came in since the release before; all units where there is none."""
    sides = [data.keys[key] for key in ("reception", "decider")]
    fresh = of_basis(data, basis) if data.came is None else of_basis(data, basis) & data.came
    heard = [np.flatnonzero(np.bincount(side.codes[fresh & (side.codes >= 0)])) for side in sides]
    return frozenset(side.labels[code] for side, codes in zip(sides, heard, strict=True) for code in codes.tolist())


@dataclass(frozen=True, slots=True)
class Kind:
    """What answers that are added up together have in common: the bases that they belong to (SUMMED), and the channel."""

    bases: frozenset[Basis]
    channel: str


def apart(data: SurveyData) -> dict[Kind, Ints]:
    """The rows of the answers of every kind: sums of a basis, or of a channel in it, are those of its kinds, added.

    Where there are no answers, one kind without any.
    """
    if not len(data):
        return {Kind(frozenset({"all"}), ""): np.zeros(0, np.int64)}
    channel = data.keys["channel"]
    belongs = 2 ** np.arange(len(SUMMED)) @ np.stack([of_basis(data, basis) for basis in SUMMED])
    kind = (channel.codes << len(SUMMED)) + belongs
    found: dict[Kind, Ints] = {}
    for number in np.flatnonzero(np.bincount(kind)).tolist():
        inside = frozenset(basis for place, basis in enumerate(SUMMED) if number >> place & 1)
        found[Kind(inside, channel.labels[number >> len(SUMMED)])] = np.flatnonzero(kind == number)
    return found


def only(data: SurveyData, rows: Bools | Ints) -> SurveyData:
    """The answers of these rows, under the same labels."""
    return replace(
        data,
        answers={name: codes[rows] for name, codes in data.answers.items()},
        design_weight=data.design_weight[rows],
        pi=data.pi[rows],
        keys={name: replace(column, codes=column.codes[rows]) for name, column in data.keys.items()},
        facts={name: codes[rows] for name, codes in data.facts.items()},
        flagged=data.flagged[rows],
        parts={basis: counts[rows] for basis, counts in data.parts.items()},
        came=None if data.came is None else data.came[rows],
    )
