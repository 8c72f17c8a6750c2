"""The values an instrument is made of, and the one form that every error takes.

Trees of indices live in trees.py, the whole Instrument in instrument.py; reading and checking files live elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Text = Mapping[str, str]
"""Language code to words; "vi" is always there."""

Rates = Literal["reception", "decider"]
QuestionKind = Literal["scale", "single", "multiple", "number", "text"]

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a stable code, where, and an English sentence that is also its translation key.

    The sentence may hold {names}; `values` fills them. The place is a path a person can follow
    ("question q3, option 2"; "row 12, column sector").
    """

    code: str
    place: str
    message: str
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def __str__(self) -> str:
        sentence = self.message.format_map(self.values)
        return f"{self.place}: {sentence} [{self.code}]" if self.place else f"{sentence} [{self.code}]"


class Refused(Exception):
    """Bad input, all of its faults at once. The one exception whose content a person gets to read."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Status:
    """`criterion`: is the thing asked about known from a public source. `wording`: whose words these are."""

    criterion: Literal["confirmed", "recalled", "proposed"]
    wording: Literal["official", "proposed"]


@dataclass(frozen=True, slots=True)
class Option:
    code: int
    text: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """True when the answer to `question` is one of `codes` (for a multiple question: when one of them is ticked)."""

    question: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    section: str
    kind: QuestionKind
    text: Text
    hint: Text | None
    options: tuple[Option, ...]
    rates: Rates | None
    required: bool
    shown_if: Condition | None
    rotation: str | None
    skip_if_known: bool
    exclusive: tuple[int, ...]
    no_basis: tuple[int, ...]
    max_chars: int | None
    seconds: int
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question stands for, and which of its codes say so: population: finished [2], open [1, 3] …"""

    question: str
    codes: Mapping[str, tuple[int, ...]]
