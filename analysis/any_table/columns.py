"""Columns of distinct values and small codes (table.Numbers, table.Labels) from texts, whole numbers or floats.

What a blank cell is, and which text is a number, is decided here, the same for CSV and Parquet.
"""

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.any_table.table import BLANK, Codes, Labels, Numbers
from analysis.arrays import Floats, Ints
from questionnaires.model import Fault

Whole = NDArray[np.integer]
"""Whole numbers of any size."""

BLANKS = frozenset({b"", b"NA", b"NULL"})
"""What stands in a cell without an answer, beside nothing at all: R writes NA, databases NULL."""

BLANK_TEXTS = frozenset(blank.decode() for blank in BLANKS)

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DECIMAL_COMMA = re.compile(rb"[+-]?\d+(,\d+)+(\.\d+)?")
NOT_FINITE = re.compile(rb"[+-]?(nan|inf|infinity)", re.IGNORECASE)

LARGEST = 1e50
"""Beyond this squares of products, of which variances are made, have no end."""

SMALL = 1 << 16
"""Whole numbers closer to zero than this are looked up, not sorted."""

FEW = 16
"""Codes below this are compared one by one, and shifted where none is missing: most questions have five or eleven."""

FIRST = 4096
"""Rows in which what occurs in a column is looked for, before it is in all of them."""


def smallest(codes: Whole, count: int) -> Codes:
    """The codes in the smallest type that holds −1 … count − 1."""
    if count <= np.iinfo(np.int8).max:
        return codes.astype(np.int8)
    return codes.astype(np.int16) if count <= np.iinfo(np.int16).max else codes.astype(np.int32, copy=False)


def not_a_number(place: str, text: str) -> Fault:
    raw = text.strip().encode()
    if DECIMAL_COMMA.fullmatch(raw):
        sentence = "“{text}” is written with a comma. Write decimals with a point (3.5) and thousands without a separator."
        return Fault("decimal_comma", place, sentence, {"text": text})
    if NUMBER.fullmatch(raw):
        sentence = "“{text}” is too large to reckon with. Write the column in larger units."
        return Fault("too_large", place, sentence, {"text": text})
    if NOT_FINITE.fullmatch(raw):
        sentence = "“{text}” is not a finite number. Correct it; where there is no answer, leave the cell empty."
        return Fault("not_finite", place, sentence, {"text": text})
    sentence = "“{text}” is not a number. Correct it, or recode answers as numbers; where there is no answer, leave the cell empty (or NA)."
    return Fault("cell_not_a_number", place, sentence, {"text": text[:60]})


def parsed(texts: Sequence[bytes]) -> Floats:
    """The number each of these distinct texts says: NaN where it is blank, infinity where it is no number or too large."""
    plain = list(texts)
    blank = [plain.index(text) for text in BLANKS if text in plain]
    for number in blank:
        plain[number] = b"0"
    try:
        found = np.array(plain, "S").astype(np.float64) if plain else np.zeros(0)
        if b"_" in b"".join(plain):  # Python's way to write 10_000, nobody else's
            found = _one_by_one(plain)
    except ValueError:
        found = _one_by_one(plain)
    found[~(np.abs(found) <= LARGEST)] = np.inf
    found[blank] = np.nan
    padded = [number for number in np.flatnonzero(found == np.inf).tolist() if plain[number].strip() in BLANKS]
    found[padded] = np.nan
    return found


def _one_by_one(texts: Sequence[bytes]) -> Floats:
    bare = [text.strip() for text in texts]
    return np.array([float(text) if NUMBER.fullmatch(text) else np.inf for text in bare])


def unquoted(text: bytes) -> str:
    """What a CSV cell says: inside quotation marks a mark is doubled."""
    return text.replace(b'""', b'"').decode("utf-8")


def labels_of(texts: Sequence[str], codes: Whole) -> Labels:
    """Sorted labels; numbers sort as numbers. texts: what each code says, perhaps some alike or blank; code −1 is blank, too."""
    said = texts if _plain(texts) else [_label(text) for text in texts]
    labels = tuple(_sorted({label for label in said if label is not None}))
    number: dict[str | None, int] = dict(zip(labels, range(len(labels)), strict=True)) | {None: BLANK}
    own = np.array([*map(number.__getitem__, said), BLANK], np.int64)
    return Labels(labels, _recoded(own, codes, len(labels)))


def _plain(texts: Sequence[str]) -> bool:
    """Whether all are labels as they stand, as codes mostly are: asked of all at once."""
    return BLANK_TEXTS.isdisjoint(texts) and "".join(texts).isascii() and list(map(str.strip, texts)) == list(texts)


def _label(text: str) -> str | None:
    """None where the text is blank. Letters are brought to one form: ế may be written as one sign or as three."""
    bare = text.strip()
    if bare in BLANK_TEXTS:
        return None
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


def _sorted(labels: set[str]) -> list[str]:
    try:
        size = {label: float(label) for label in labels}
    except ValueError:
        return sorted(labels)
    if not all(map(math.isfinite, size.values())):
        return sorted(labels)
    if len(set(size.values())) == len(size):
        return sorted(labels, key=size.__getitem__)
    return sorted(labels, key=lambda label: (size[label], label))


def _recoded(number: Ints, codes: Whole, count: int) -> Codes:
    """number: the code that stands for each of `codes` from now on, the one for −1 last."""
    return smallest(number, count)[codes]


def numbers_of_values(values: Floats, codes: Codes) -> Numbers:
    """values: the number each code says, NaN for blank, perhaps some alike; code −1 is blank, too."""
    there = ~np.isnan(values)
    levels, own = np.unique(values[there], return_inverse=True)
    number = np.full(len(values) + 1, BLANK, np.int64)
    number[:-1][there] = own
    return Numbers(levels + 0.0, _recoded(number, codes, len(levels)))


def numbers_of_floats(values: Floats) -> Numbers:
    """One float a row, NaN for blank. Small whole numbers are looked up, others sorted."""
    there = ~np.isnan(values)
    known = values[there]
    if len(known) and known.min() > -SMALL and known.max() < SMALL:
        whole = known.astype(np.int64)
        if (whole == known).all():
            low, high = int(whole.min()), int(whole.max())
            above = np.full(len(values), high - low + 1)
            above[there] = whole - low
            return numbers_of_whole(above, low, high - low + 1)
    levels, own = np.unique(known, return_inverse=True)
    codes = np.full(len(values), BLANK)
    codes[there] = own
    return Numbers(levels + 0.0, smallest(codes, len(levels)))


def numbers_of_whole(above: Whole, low: int, blank: int) -> Numbers:
    """above: of each row, its whole number less `low`, or `blank`, which is greater than all of them."""
    found, codes = _looked_up(above, blank)
    return Numbers(found.astype(np.float64) + low, codes)


def labels_of_whole(above: Whole, low: int, blank: int) -> Labels:
    """The same as names."""
    found, codes = _looked_up(above, blank)
    return Labels(tuple(str(low + value) for value in found.tolist()), codes)


def labels_of_many(values: Whole, there: NDArray[np.bool_]) -> Labels:
    """Whole numbers far apart as names; there: rows that hold one."""
    levels, own = np.unique(values[there], return_inverse=True)
    codes = np.full(len(values), BLANK)
    codes[there] = own
    return Labels(tuple(map(str, levels.tolist())), smallest(codes, len(levels)))


def _occurs(value: int, column: Whole) -> bool:
    """What does mostly does among the first."""
    return bool((column[:FIRST] == value).any() or (column == value).any())


def _looked_up(above: Whole, blank: int) -> tuple[Ints, Codes]:
    """The values that occur, in order, and the code of each row."""
    if above.dtype == np.uint8 and blank == np.iinfo(np.uint8).max:
        shifted = above + np.uint8(1)  # blank is 0 now
        high = int(shifted.max(initial=0))
        seen = (value for value in range(high if high <= FEW else 0) if _occurs(value + 1, shifted))
        found = np.fromiter(seen, np.int64)
        if len(found) and len(found) == high - found[0]:
            codes = shifted.view(np.int8)
            codes -= np.int8(found[0] + 1)
            codes |= codes >> 7  # all that is negative as BLANK, all of whose bits are set: a tenth of the time that a maximum takes
            return found, codes
    found = np.flatnonzero(np.bincount(above, minlength=blank + 1)[:blank])
    number = np.full(blank + 1, BLANK, np.int64)
    number[found] = np.arange(len(found))
    return found, smallest(number, len(found))[above]
