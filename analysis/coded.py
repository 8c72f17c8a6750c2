"""Coded: the answers of a wave as coded arrays, whatever their population; and how stored texts become codes, part by part.

Never a Python object an answer: parts of some thousand rows are coded and let go. Who is asked what is in survey_data.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Bools, Floats, Ints
from questionnaires.instrument import Instrument
from questionnaires.model import Question

Codes = NDArray[np.int8]
Bytes = NDArray[np.uint8]

NOT_ANSWERED = -2
UNKNOWN = -1
"""The code of a Column where nothing is known (no one decider, sector unknown)."""

TEXTS = ("reception", "decider", "point", "psu", "channel", "module")
NUMBERS = ("position", "sector", "pi", "design_weight")

AT_ONCE, MOST_KNOWN = 2_000, 200_000
"""Texts read together, which fit into the cache of a processor; and texts remembered until they are read."""


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
    `parts`: basis to which answers count in it, where that is not told by flag and channel as they stand (parts.py).
    """

    texts: Mapping[str, Column]
    position: Ints
    sector: Ints
    pi: Floats
    design_weight: Floats
    flagged: Bools
    answers: Mapping[str, Codes]
    parts: Mapping[str, Bools] = field(default_factory=dict)

    def only(self, rows: Ints | Bools) -> "Coded":
        return Coded(
            {name: column.only(rows) for name, column in self.texts.items()},
            self.position[rows], self.sector[rows], self.pi[rows], self.design_weight[rows], self.flagged[rows],
            {name: codes[rows] for name, codes in self.answers.items()}, {basis: counts[rows] for basis, counts in self.parts.items()},
        )  # fmt: skip

    def units_at(self, positions: frozenset[int]) -> dict[int, str]:
        """Position to reception unit, of those positions that are here."""
        rows, unit = np.flatnonzero(np.isin(self.position, np.array(sorted(positions), np.int64))), self.texts["reception"]
        return {int(self.position[row]): unit.labels[unit.codes[row]] for row in rows}

    def with_flags(self, positions: frozenset[int]) -> "Coded":
        return replace(self, flagged=np.isin(self.position, np.array(sorted(positions), np.int64)))


class _Labels(dict[str | None, int]):
    """Label to the order in which it was first seen."""

    def __missing__(self, label: str | None) -> int:
        self[label] = place = len(self)
        return place


class Coder:
    """Takes the rows of storage in parts, by the names of TEXTS and NUMBERS and `answers`, the text that encode() made."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument, self._names = instrument, _Names.of(instrument)
        self._labels = {name: _Labels() for name in TEXTS}
        self._texts: dict[str, list[Ints]] = {name: [np.zeros(0, np.int64)] for name in TEXTS}
        self._numbers: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in NUMBERS}
        self._answers = [blank(instrument, 0)]
        self._known: dict[str, int] = {}
        self._waiting: list[Ints] = []
        self._rows = 0

    def add(
        self, texts: Mapping[str, Sequence[str | None]], numbers: Mapping[str, Sequence[float | None]], answers: Sequence[str]
    ) -> None:
        for name, labels in self._labels.items():
            self._texts[name].append(np.fromiter(map(labels.__getitem__, texts[name]), np.int64, len(answers)))
        for name, found in self._numbers.items():
            found.append(np.array(numbers[name], np.float64))
        rows = range(self._rows, self._rows + len(answers))
        self._waiting.append(np.fromiter(map(self._known.setdefault, answers, rows), np.int64, len(answers)))
        self._rows += len(answers)
        if len(self._known) > MOST_KNOWN:
            self._read()

    def _read(self) -> None:
        """Many people say the same: every text is read once, where it came first, and dealt out to whoever said it."""
        texts, first = list(self._known), np.fromiter(self._known.values(), np.int64, len(self._known))
        read = [self._names.codes(self._instrument, texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        if read:
            which = np.searchsorted(first, np.concatenate(self._waiting))
            self._answers.append({name: np.concatenate([part[name] for part in read])[which] for name in read[0]})
        self._known, self._waiting = {}, []

    def coded(self) -> Coded:
        self._read()
        numbers = {name: np.concatenate(parts) for name, parts in self._numbers.items()}
        answers = {name: np.concatenate([part[name] for part in self._answers]) for name in self._answers[0]}
        sector = np.where(np.isnan(numbers["sector"]), UNKNOWN, numbers["sector"]).astype(np.int64)
        return Coded(
            {name: _sorted(labels, np.concatenate(self._texts[name])) for name, labels in self._labels.items()},
            numbers["position"].astype(np.int64), sector, numbers["pi"], numbers["design_weight"],
            np.zeros(len(sector), np.bool_), answers,
        )  # fmt: skip


def column(labels: Sequence[str | None]) -> Column:
    """Labels sorted, so that neither the order of rows nor who comes first shows in any number."""
    seen = _Labels()
    return _sorted(seen, np.fromiter(map(seen.__getitem__, labels), np.int64, len(labels)))


def blank(instrument: Instrument, size: int) -> dict[str, Codes]:
    """Nobody has answered anything."""
    return {name: np.full(size, NOT_ANSWERED, np.int8) for question in instrument.questions for name in names(question)}


def names(question: Question) -> tuple[str, ...]:
    """The columns of a question: one, one an option where several may be ticked, none for free text."""
    if question.kind == "text":
        return ()
    return tuple(f"{question.id}.{option.code}" for option in question.options) if question.kind == "multiple" else (question.id,)


def _sorted(labels: Mapping[str | None, int], codes: Ints) -> Column:
    known = sorted(label for label in labels if label is not None)
    place = np.full(len(labels), UNKNOWN, np.int64)
    place[[labels[label] for label in known]] = np.arange(len(known))
    return Column(place[codes], tuple(known))


QUOTE, COMMA, COLON, BRACKET, LINE, ZERO, NINE = b'",:[\n09'


@dataclass(frozen=True, slots=True)
class _Names:
    """The ids of an instrument's questions, told apart by their length and first `width` signs: `keys`, sorted."""

    ids: tuple[str, ...]
    width: int
    keys: NDArray[np.uint64]

    @classmethod
    def of(cls, instrument: Instrument) -> "_Names":
        ids = [question.id for question in instrument.questions]
        width = next(size for size in range(1, 1_000) if len({(len(id), id[:size]) for id in ids}) == len(ids))
        data = np.frombuffer("".join(f'"{id}"' for id in ids).encode() + bytes(width), np.uint8)
        keys = _keys(data, np.flatnonzero(data == QUOTE), width)
        order = np.argsort(keys)
        return cls(tuple(ids[at] for at in order), width, keys[order])

    def codes(self, instrument: Instrument, texts: Sequence[str]) -> dict[str, Codes]:
        """The codes in texts as encode() writes them: {"id":5,"ids":[1,3]}, names sorted, numbers of one or two digits."""
        found = blank(instrument, len(texts))
        for id, row, code in self._given(texts):
            question = instrument.question(id)
            if question.kind == "multiple":
                for name in names(question):
                    found[name][row] = 0
                for option in question.options:
                    found[f"{id}.{option.code}"][row[code == option.code]] = 1
            elif question.kind != "text":
                found[id][row] = code
        return found

    def _given(self, texts: Sequence[str]) -> Iterator[tuple[str, Ints, Bytes]]:
        """Question, rows and codes: every number of the texts once."""
        data = np.frombuffer(("\n".join(texts) + "\n").encode() + bytes(self.width), np.uint8)
        quotes = np.flatnonzero(data == QUOTE)
        keys = _keys(data, quotes, self.width)
        which = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        if (self.keys[which] != keys).any():
            raise ValueError("stored answers name a question that the instrument does not have")
        ends = np.searchsorted(quotes[::2], np.flatnonzero(data == LINE))
        row_of_name = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
        digit, before = (data >= ZERO) & (data <= NINE), data[:-1]
        at = np.flatnonzero(digit[1:] & ((before == COLON) | (before == COMMA) | (before == BRACKET))) + 1
        code, two = data[at] - ZERO, digit[at + 1]
        code[two] = code[two] * 10 + (data[at[two] + 1] - ZERO)
        name = np.searchsorted(quotes[1::2], at) - 1
        question = which[name].astype(np.uint16)
        order = np.argsort(question, kind="stable")
        row, code = row_of_name[name[order]], code[order]
        ends = np.cumsum(np.bincount(question, minlength=len(self.ids)))
        for id, begin, end in zip(self.ids, [0, *ends], ends, strict=False):
            yield id, row[begin:end], code[begin:end]


def _keys(data: Bytes, quotes: Ints, width: int) -> NDArray[np.uint64]:
    """A number for each name between two quotes: its length and first signs."""
    opens, length = quotes[::2], quotes[1::2] - quotes[::2] - 1
    found = length.astype(np.uint64)
    for place in range(width):
        found = found * np.uint64(257) + np.where(place < length, data[opens + 1 + place], 0).astype(np.uint64)
    return found
