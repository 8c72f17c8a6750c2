"""SurveyData: one row an answer, one population a data set; coded arrays and the columns that place an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """The stored answers of one wave in commit order, as plain columns of equal length (what storage hands over).

    `answers` holds one mapping an answer: question id to a code, or to a tuple of codes for a multiple question.
    `decider` is None where no one body can be credited; `sector` None where it is unknown.
    """

    position: Sequence[int]
    reception: Sequence[str]
    decider: Sequence[str | None]
    point: Sequence[str]
    sector: Sequence[int | None]
    channel: Sequence[str]
    module: Sequence[str | None]
    pi: Sequence[float | None]
    design_weight: Sequence[float]
    psu: Sequence[str]
    flagged: Sequence[bool]
    answers: Sequence[Mapping[str, int | tuple[int, ...]]]
