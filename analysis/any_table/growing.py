"""Columns that grow while a CSV file is read block by block: distinct texts once, and small codes of the rows.

Cutting bytes into cells is in csv_cells.py, what a text says in columns.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.any_table.columns import labels_of, not_a_number, numbers_of_floats, numbers_of_values, parsed, smallest, unquoted
from analysis.any_table.csv_cells import Cells
from analysis.any_table.table import Codes, Labels, Numbers
from analysis.arrays import Floats, Ints
from questionnaires.model import Fault

MANY = 1 << 16
"""A column of numbers with more distinct texts than this is kept as floats: a dictionary would be larger."""

NAMED = 3
"""Bad cells named in one refusal; of the others the number is said."""

MIX = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)
WORD = 8
MASKS = np.array([(1 << 8 * width) - 1 for width in range(WORD + 1)], np.uint64)
"""What to keep of eight bytes read at once when a cell has only so many."""


def distinct(cells: Cells, number: int) -> tuple[list[bytes], Ints]:
    """The distinct texts of one column of a block, and which of them each row holds. Texts hold no zero bytes."""
    begin, width = cells.column(number)
    widest = int(width.max(initial=0))
    if widest <= 2:
        return _narrow(cells, begin, width, widest)
    words = [
        _at(cells.block, np.minimum(begin + first, len(cells.block) - WORD)) & MASKS[np.clip(width - first, 0, WORD)]
        for first in range(0, widest, WORD)
    ]
    key = words[0]
    for word in words[1:]:
        key = (key * MIX) ^ (key >> SHIFT) ^ word
    _, first, codes = np.unique(key, return_index=True, return_inverse=True)
    if any(not np.array_equal(word[first][codes], word) for word in words[1:]):  # two texts with one key: compare whole texts
        _, first, codes = np.unique(np.stack(words, axis=1), axis=0, return_index=True, return_inverse=True)
    texts = np.stack([word[first] for word in words], axis=1).view(f"S{WORD * len(words)}").ravel().tolist()
    return texts, codes.ravel()


def _narrow(cells: Cells, begin: Ints, width: Ints, widest: int) -> tuple[list[bytes], Ints]:
    """Texts of at most two bytes are their own numbers."""
    data = np.frombuffer(cells.block, np.uint8)
    if widest == 2:
        pair = np.ndarray((len(cells.block) - 1,), "<u2", cells.block, 0, (1,))
        key = pair[begin] & MASKS[width].astype(np.uint16)
    else:
        key = (data[begin] * width.astype(np.uint8)).astype(np.uint16)
    there = np.flatnonzero(np.bincount(key, minlength=256))
    code = np.zeros(there[-1] + 1 if len(there) else 1, np.int64)
    code[there] = np.arange(len(there))
    return there.astype("<u2").view("S2").tolist(), code[key]


def _at(block: bytes, place: Ints) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Eight bytes from each place, as one number."""
    return np.ndarray((len(block) - WORD + 1,), "<u8", block, 0, (1,))[place]


def joined(parts: Sequence[Codes], count: int) -> Codes:
    """The codes of all blocks in the type that `count` distinct values need."""
    found = smallest(np.zeros(1, np.int64), count).repeat(sum(map(len, parts)))
    filled = 0
    for part in parts:
        found[filled : filled + len(part)] = part
        filled += len(part)
    return found


@dataclass(slots=True)
class TextColumn:
    """A column that grows block by block: its distinct texts in the order they came, and the codes of the rows."""

    index: dict[bytes, int] = field(default_factory=dict)
    parts: list[Codes] = field(default_factory=list)

    def add(self, texts: Sequence[bytes], codes: Ints) -> None:
        index = self.index
        own = np.array([index.setdefault(text, len(index)) for text in texts], np.int64)
        self.parts.append(smallest(own[codes], len(index)))

    def labels(self) -> Labels:
        return labels_of([unquoted(text) for text in self.index], joined(self.parts, len(self.index)))

    def verbatim(self) -> Labels:
        """The texts as they stand in the file, in the order they came; nothing is blank."""
        return Labels(tuple(unquoted(text) for text in self.index), joined(self.parts, len(self.index)))


@dataclass(slots=True)
class BadCells:
    """Cells of one column that hold no number: the first of them, and how many."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, rows: Ints, text: str) -> None:
        self.count += len(rows)
        self.first = sorted([*self.first, *((int(row), text) for row in rows[:NAMED])])[:NAMED]

    def faults(self, name: str, column: str, first_row: int) -> list[Fault]:
        found = []
        for row, text in self.first:
            found.append(not_a_number(f"{name}, row {row + first_row}, column {column}", text))
        if self.count > len(self.first):
            sentence = "{count} more cells of this column hold no number."
            found.append(Fault("more_not_a_number", f"{name}, column {column}", sentence, {"count": str(self.count - len(self.first))}))
        return found


@dataclass(slots=True)
class NumberColumn:
    """A column of numbers that grows block by block: codes of distinct texts, or floats once there are too many of them."""

    index: dict[bytes, int] = field(default_factory=dict)
    values: list[float] = field(default_factory=list)
    parts: list[Codes] = field(default_factory=list)
    floats: list[Floats] = field(default_factory=list)
    wrong: set[bytes] = field(default_factory=set)
    bad: BadCells = field(default_factory=BadCells)
    rows: int = 0

    def add(self, texts: Sequence[bytes], codes: Ints) -> None:
        if self.floats:
            read = parsed(texts)
            self.floats.append(read[codes])
            fresh = [text for text, value in zip(texts, read.tolist(), strict=True) if value == np.inf]
        else:
            new = [text for text in texts if text not in self.index]
            read = parsed(new)
            fresh = [text for text, value in zip(new, read.tolist(), strict=True) if value == np.inf]
            self._learn(new, read, texts, codes)
        self.wrong.update(fresh)
        for number, text in enumerate(texts) if self.wrong else ():
            if text in self.wrong:
                self.bad.add(self.rows + np.flatnonzero(codes == number), unquoted(text))
        self.rows += len(codes)

    def _learn(self, new: Sequence[bytes], read: Floats, texts: Sequence[bytes], codes: Ints) -> None:
        self.index.update(zip(new, range(len(self.index), len(self.index) + len(new)), strict=True))
        self.values += read.tolist()
        own = np.array([self.index[text] for text in texts], np.int64)
        self.parts.append(smallest(own[codes], len(self.index)))
        if len(self.index) > MANY:
            values = np.array(self.values)
            self.floats = [values[part] for part in self.parts]
            self.index, self.values, self.parts = {}, [], []

    def numbers(self) -> Numbers:
        """The column; cells that are no numbers must have been refused before."""
        if self.floats:
            return numbers_of_floats(np.concatenate(self.floats))
        return numbers_of_values(np.array(self.values), joined(self.parts, len(self.index)))
