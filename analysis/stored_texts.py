"""Stored texts of answers as codes, thousands at a time, read as bytes: never a Python object an answer.

The texts are those of questionnaires.answers.encode(): {"id":5,"ids":[1,3]}, numbers of one or two digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Ints
from questionnaires.instrument import Instrument
from questionnaires.model import Question
from questionnaires.trees import NUMBER_CODES

Codes = NDArray[np.int8]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

NOT_ANSWERED = -2
QUOTE, LINE, ZERO = b'"\n0'
DIGITS = np.full(256, NOT_ANSWERED, np.int8)
DIGITS[ZERO : ZERO + 10] = range(10)
"""Sign to digit."""
SIGNS = 8
"""Of a name that are looked at together, as one number."""
MIXED = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.array([(1 << 8 * signs) - 1 for signs in range(SIGNS + 1)], np.uint64)
"""What is kept of such a number when a name has so many signs left."""


def names(question: Question) -> tuple[str, ...]:
    """The columns of a question: one, one an option where several may be ticked, none for free text."""
    if question.kind == "text":
        return ()
    return tuple(f"{question.id}.{option.code}" for option in question.options) if question.kind == "multiple" else (question.id,)


@dataclass(frozen=True, slots=True)
class Reader:
    """`columns`: their names. Of the questions, in any order: `keys`, a number that their id is known by; `column` of the one answer;
    `options`: question × code, the column of an option. A last column, which nobody gets, takes what belongs nowhere.

    `words`: numbers that a name is looked at as; `place`: by key modulo its length, which question.
    """

    columns: tuple[str, ...]
    words: int
    keys: Words
    place: Ints
    column: Ints
    options: Ints

    @classmethod
    def of(cls, instrument: Instrument) -> "Reader":
        columns = tuple(name for question in instrument.questions for name in names(question))
        at = {name: number for number, name in enumerate(columns)}
        options = np.full((len(instrument.questions), 2 * len(NUMBER_CODES)), len(columns), np.int64)
        column = np.full(len(instrument.questions), len(columns), np.int64)
        for number, question in enumerate(instrument.questions):
            if question.kind == "multiple":
                options[number, [option.code for option in question.options]] = [at[name] for name in names(question)]
            elif question.kind != "text":
                column[number] = at[question.id]
        words, keys = next((words, keys) for words in count(1) if _differ(keys := _keys_of(instrument, words)))
        size = next(size for size in count(max(len(keys), 1)) if _differ(keys % np.uint64(size)))
        place = np.zeros(size, np.int64)
        place[keys % np.uint64(size)] = np.arange(len(keys))
        return cls(columns, words, keys, place, column, options)

    def codes(self, texts: Sequence[str]) -> Codes:
        """Columns × texts, NOT_ANSWERED where nothing is said; of an option that was not ticked where others were, 0.

        Raises ValueError where a text names a question that the instrument does not have.
        """
        data = _bytes("\n".join(texts) + "\n", self.words)
        quotes = np.flatnonzero(data == QUOTE)
        opens, closes = quotes[::2], quotes[1::2]
        question = self._questions(_keys(data, opens, closes, self.words))
        text = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(opens, np.flatnonzero(data == LINE)), prepend=0))
        found = np.full((len(self.columns) + 1, len(texts)), NOT_ANSWERED, np.int8)
        code = _numbers(data, closes + 2)
        found.reshape(-1)[self.column.take(question) * len(texts) + text] = code
        lists = np.flatnonzero(code == NOT_ANSWERED)
        self._tick(found, data, text[lists], question[lists], closes[lists] + 3)
        return found[:-1]

    def _questions(self, keys: Words) -> Ints:
        found = self.place.take((keys % np.uint64(len(self.place))).view(np.int64))
        if len(keys) and not (len(self.keys) and bool((self.keys[found] == keys).all())):
            raise ValueError("stored answers name a question that the instrument does not have")
        return found

    def _tick(self, found: Codes, data: Bytes, text: Ints, question: Ints, given: Ints) -> None:
        """The options of lists. given: where the first code of each list is, or its end."""
        code = _numbers(data, given)
        some = np.flatnonzero(code != NOT_ANSWERED)
        for number in np.flatnonzero(np.bincount(question[some], minlength=len(self.options))):
            said = np.full(found.shape[1], NOT_ANSWERED, np.int8)
            said[text[some[question[some] == number]]] = 0
            found[np.unique(self.options[number])] = said
        while len(some):
            text, question, given, code = text[some], question[some], given[some], code[some]
            found[self.options[question, code], text] = 1
            given = given + np.where(code < 10, 2, 3)
            code = _numbers(data, given)
            some = np.flatnonzero(code != NOT_ANSWERED)


def _bytes(texts: str, words: int) -> Bytes:
    """With as much room behind them as the longest look at a name needs."""
    return np.frombuffer(texts.encode() + bytes(SIGNS * words), np.uint8)


def _keys_of(instrument: Instrument, words: int) -> Words:
    data = _bytes("".join(f'"{question.id}"' for question in instrument.questions), words)
    quotes = np.flatnonzero(data == QUOTE)
    return _keys(data, quotes[::2], quotes[1::2], words)


def _keys(data: Bytes, opens: Ints, closes: Ints, words: int) -> Words:
    """A number for each name between two quotes: its length and first signs."""
    word = np.ndarray(len(data) - SIGNS + 1, "<u8", data, strides=(1,))
    length = closes - opens - 1
    found: Words = length.astype(np.uint64)
    for at in range(0, SIGNS * words, SIGNS):
        found = found * MIXED + (word[opens + 1 + at] & FIRST.take(length - at, mode="clip"))
    return found


def _differ(keys: Words) -> bool:
    return len(np.unique(keys)) == len(keys)


def _numbers(data: Bytes, at: Ints) -> Codes:
    """The numbers of one or two digits that begin there; NOT_ANSWERED where none does."""
    code, then = DIGITS[data.take(at)], DIGITS[data.take(at + 1)]
    two = np.flatnonzero((code != NOT_ANSWERED) & (then != NOT_ANSWERED))
    code[two] = 10 * code[two] + then[two]
    return code
