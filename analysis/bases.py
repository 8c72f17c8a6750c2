"""The bases of a release: all answers, those without a flag, those that came by a code of the system. Methodology §2.

Which answers carry a flag is stored with them. Bases are shown beside each other (gaps.py), never combined by precision.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from analysis.survey_data import Bools, Ints, SurveyData

Basis = Literal["all", "unflagged", "verified", "open"]

BUILT: tuple[Basis, ...] = ("all", "unflagged", "verified")
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


def apart(data: SurveyData) -> dict[frozenset[Basis], SurveyData]:
    """The answers cut up by the bases that they belong to (BUILT): sums of a basis are those of its sets, added.

    Where there are no answers, one set without any.
    """
    belongs = np.stack([of_basis(data, basis) for basis in BUILT])
    kind = 2 ** np.arange(len(BUILT)) @ belongs
    kinds = np.flatnonzero(np.bincount(kind)).tolist() or [1]
    names = {number: frozenset(basis for place, basis in enumerate(BUILT) if number >> place & 1) for number in kinds}
    return {name: data if len(kinds) == 1 else only(data, np.flatnonzero(kind == number)) for number, name in names.items()}


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
    )
