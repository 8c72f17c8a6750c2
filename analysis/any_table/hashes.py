"""Texts known by their 64-bit hashes, ascending: whether these tell all apart, and which of them each row holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Ints

PARTS = ((16, "USMALLINT"), (22, "UINTEGER"))
"""Of the 64 bits of a hash so many are fetched, as that type, where some that stand together tell all texts apart, as they do for
hundreds and for some thousands: fewer bytes than the whole, and the first table stays in the cache."""

SPARE = 2
"""A list of hashes is entered by so many bits more than count it: then one in ten, at most, is not the first where it is looked for."""

AT_ONCE = 1 << 15
"""Hashes looked up together: what stands between stays in the cache, and takes no fresh memory."""


def differ(known: NDArray[np.uint64]) -> bool:
    """Whether no two of the hashes, ascending, are the same."""
    return bool((known[1:] != known[:-1]).all())


@dataclass(frozen=True, slots=True)
class Part:
    """Some bits of a hash: the first of them, how many numbers they can say, and the type of duckdb that holds these."""

    first: int
    size: int
    type: str

    def of(self, known: NDArray[np.uint64]) -> Ints:
        return ((known >> np.uint64(self.first)) & np.uint64(self.size - 1)).astype(np.int64)


def telling_part(known: NDArray[np.uint64]) -> Part | None:
    """Bits that differ for all of these hashes. Not looked for where pairs are so many that some would be alike anywhere."""
    likely = (Part(first, 1 << bits, type) for bits, type in PARTS if len(known) ** 2 <= 16 << bits for first in range(65 - bits))
    return next((part for part in likely if len(np.unique(part.of(known))) == len(known)), None)


def standing(known: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Where each hash stands in the list of them all: looked up by its first bits, from where the few that share these are passed by.
    A sixth of the time that halving the list takes."""
    bits = len(known).bit_length() + SPARE
    shift = np.uint64(64 - bits)
    first = np.append(0, np.cumsum(np.bincount((known >> shift).astype(np.int64), minlength=1 << bits)))
    found = np.empty(len(wanted), np.int32)
    for start in range(0, len(wanted), AT_ONCE):
        here = wanted[start : start + AT_ONCE]
        place: Ints = first[(here >> shift).astype(np.int64)]
        late = np.flatnonzero(known[place] != here)
        while len(late):
            place[late] += 1
            late = late[known[place[late]] != here[late]]
        found[start : start + AT_ONCE] = place
    return found
