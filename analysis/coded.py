"""Coded: the answers of a wave as coded arrays, whatever their population; and how stored rows become these, part by part.

Never a Python object an answer: parts of some hundred rows are coded and let go. What a row of packed answers holds is in
questionnaires/packed.py, who is asked what in survey_data.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.arrays import Bools, Codes, Floats, Ints, numbered
from questionnaires.instrument import Instrument
from questionnaires.packed import columns

UNKNOWN = -1
"""The code of a Column where nothing is known (no one decider, sector unknown)."""

TEXTS = ("reception", "decider", "point", "psu", "channel", "module")


@dataclass(frozen=True, slots=True)
class Column:
    """A text key of every answer: `labels[codes[k]]`; code −1 = unknown."""

    codes: Ints
    labels: tuple[str, ...]

    def only(self, rows: Ints | Bools) -> "Column":
        """Those rows, under the labels that they have."""
        codes = self.codes[rows]
        used = np.zeros(len(self.labels) + 1, np.bool_)
        used[codes] = True
        place = np.cumsum(used[:-1]) - 1
        labels = tuple(label for label, there in zip(self.labels, used[:-1], strict=True) if there)
        return Column(np.append(place, UNKNOWN)[codes], labels)


@dataclass(frozen=True, slots=True)
class Coded:
    """One entry an answer, in the order of delivery. `texts`: a Column by each name of TEXTS; `sector`: −1 where unknown; `pi`: NaN
    without rotation; `answers`: question to the code given, NOT_ANSWERED without; of a multiple question one 0/1 column an option.
    `parts`: basis to which answers count in it, where that is not told by flag and channel as they stand (parts.py). `came`: which
    came in since the release before; None where there is none.
    """

    texts: Mapping[str, Column]
    position: Ints
    sector: Ints
    pi: Floats
    design_weight: Floats
    flagged: Bools
    answers: Mapping[str, Codes]
    parts: Mapping[str, Bools] = field(default_factory=dict)
    came: Bools | None = None

    def only(self, rows: Ints | Bools) -> "Coded":
        return Coded(
            {name: column.only(rows) for name, column in self.texts.items()},
            self.position[rows], self.sector[rows], self.pi[rows], self.design_weight[rows], self.flagged[rows],
            {name: codes[rows] for name, codes in self.answers.items()}, {basis: counts[rows] for basis, counts in self.parts.items()},
            None if self.came is None else self.came[rows],
        )  # fmt: skip

    def units_at(self, positions: frozenset[int]) -> dict[int, str]:
        """Position to reception unit, of those positions that are here."""
        rows, unit = np.flatnonzero(np.isin(self.position, np.array(sorted(positions), np.int64))), self.texts["reception"]
        return {int(self.position[row]): unit.labels[unit.codes[row]] for row in rows}

    def with_flags(self, positions: frozenset[int]) -> "Coded":
        return replace(self, flagged=np.isin(self.position, np.array(sorted(positions), np.int64)))


@dataclass(frozen=True, slots=True)
class Design:
    """How an answer came about and counts: who decides, what about, by which way, which module was asked with which probability, its design
    weight. Many answers have the same."""

    decider: str | None
    sector: int | None
    channel: str
    module: str | None
    pi: float | None
    design_weight: float


class _Labels(dict[str | None, int]):
    """Label to the order in which it was first seen."""

    def __missing__(self, label: str | None) -> int:
        self[label] = place = len(self)
        return place


class Coder:
    """Takes the rows of storage in parts: numbers for the names of their PSUs and designs, and answers as packed() made them; and their
    positions, some parts at a time."""

    def __init__(self, instrument: Instrument, most: int) -> None:
        """most: so many answers will come, or fewer: room that nobody takes is address space, not memory."""
        self._columns = columns(instrument)
        self._psu, self._design, self._position = (np.empty(most, np.int64) for _ in range(3))
        self._answers = np.empty((len(self._columns), most), np.int8)
        self._many = self._placed = 0

    def add(self, psus: Sequence[int], designs: Sequence[int], answers: Sequence[bytes]) -> None:
        """ValueError where answers are packed for another number of columns; that the wave has this instrument, its digest says."""
        if {*map(len, answers)} != {len(self._columns)}:
            raise ValueError("stored answers are not of this instrument")
        here = slice(self._many, self._many + len(answers))
        self._psu[here], self._design[here] = psus, designs
        self._answers[:, here] = np.frombuffer(b"".join(answers), np.int8).reshape(len(answers), -1).T
        self._many = here.stop

    def place(self, positions: Sequence[int]) -> None:
        """Of the answers that were added since this was last called. ValueError where they are more or fewer: one came or went between."""
        if len(positions) != self._many - self._placed:
            raise ValueError(f"{len(positions)} positions do not belong to {self._many - self._placed} answers")
        self._position[self._placed : self._many] = positions
        self._placed = self._many

    def coded(self, names_of: Callable[[Sequence[int]], Mapping[int, str]], design_of: Callable[[str], Design]) -> Coded:
        """names_of: what these numbers stand for; design_of: what a name of a design says, asked once of each."""
        (psus, of_psu), (numbers, named) = (_distinct(of[: self._many]) for of in (self._psu, self._design))
        self._psu = self._design = np.zeros(0, np.int64)
        name_of = names_of([*psus, *numbers])
        psu = _sorted({name_of[number]: at for at, number in enumerate(psus)}, of_psu)
        designs = [design_of(name_of[number]) for number in numbers]
        texts = {name: column([getattr(design, name) for design in designs]) for name in ("decider", "channel", "module")}
        sector = np.array([UNKNOWN if design.sector is None else design.sector for design in designs], np.int64)
        pi, design_weight = (np.array([getattr(design, name) for design in designs], np.float64) for name in ("pi", "design_weight"))
        return Coded(
            {**_places(psu), "psu": psu, **{name: Column(of.codes[named], of.labels) for name, of in texts.items()}},
            self._position[: self._many], sector[named], pi[named], design_weight[named],
            np.zeros(len(named), np.bool_), dict(zip(self._columns, self._answers[:, : self._many], strict=True)),
        )  # fmt: skip


def column(labels: Sequence[str | None]) -> Column:
    """Labels sorted, so that neither the order of rows nor who comes first shows in any number."""
    seen = _Labels()
    return _sorted(seen, np.fromiter(map(seen.__getitem__, labels), np.int64, len(labels)))


def _distinct(numbers: Ints) -> tuple[list[int], Ints]:
    """The different numbers, and which of them each is."""
    found, at = numbered(numbers, int(numbers.max(initial=-1)) + 1)
    return found.tolist(), at


def _places(psu: Column) -> dict[str, Column]:
    """The unit and the point of every PSU: they stand in its name, unit|point|day."""
    named = [label.rsplit("|", 2)[:2] for label in psu.labels]
    found = {name: column([one[at] for one in named]) for at, name in enumerate(("reception", "point"))}
    return {name: Column(np.append(one.codes, UNKNOWN)[psu.codes], one.labels) for name, one in found.items()}


def _sorted(labels: Mapping[str, int] | Mapping[str | None, int], codes: Ints) -> Column:
    known = sorted(label for label in labels if label is not None)
    place = np.full(len(labels), UNKNOWN, np.int64)
    place[[labels[label] for label in known]] = np.arange(len(known))
    return Column(place[codes], tuple(known))
