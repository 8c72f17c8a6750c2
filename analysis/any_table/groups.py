"""For whom: the groupings of a request, each a crossing of columns, and the domains that occur in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.any_table.finding import at_rows, labels
from analysis.any_table.keys import Integers, combine, one_key
from analysis.any_table.table import BLANK, Table
from analysis.arrays import Ints
from questionnaires.model import Fault


@dataclass(frozen=True, slots=True)
class Grouping:
    """`names[d]`: what domain d has in each column; `domain`: of each place, −1 where a column is blank."""

    columns: tuple[str, ...]
    names: tuple[Mapping[str, str], ...]
    domain: Ints

    @property
    def size(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Places:
    """A place is one combination of all grouping columns, so every domain is a set of places. `code`: place of each row."""

    code: Integers
    size: int
    groupings: tuple[Grouping, ...]
    notes: tuple[Fault, ...]


def places(table: Table, by: Sequence[tuple[str, ...]]) -> Places:
    """by: groupings; none is one grouping with the whole table as its domain. Domains are in the order of their labels.

    A row with a blank cell is in no group of that column; a note says how many there are. A grouping in which no row is has no domain,
    and is left out with a note.
    """
    columns = tuple(dict.fromkeys(column for grouping in by for column in grouping))
    if not columns:
        alone = tuple(Grouping((), ({},), np.zeros(1, np.int64)) for _ in by or ((),))
        return Places(one_key(table.rows).code, 1, alone, ())
    known = {column: labels(table, column) for column in columns}
    keys = combine([known[column].codes for column in columns])
    part = dict(zip(columns, keys.parts, strict=True))
    groupings = []
    for grouping in by:
        there = np.logical_and.reduce([part[column] != BLANK for column in grouping], initial=True)
        domains = combine([np.where(there, part[column], BLANK) for column in grouping] or [np.zeros(keys.size, np.int64)])
        kept = domains.parts[0] != BLANK
        names = [[known[column].labels[code] for code in codes[kept]] for column, codes in zip(grouping, domains.parts, strict=False)]
        domain = np.where(there, np.cumsum(kept)[domains.code] - 1, BLANK)
        named = tuple(dict(zip(grouping, of, strict=True)) for of in zip(*names, strict=True)) if grouping else ({},)
        groupings.append(Grouping(grouping, named, domain))
    notes = (*_blanks(table, columns), *(_empty(table, one) for one in groupings if not one.size))
    return Places(keys.code, keys.size, tuple(one for one in groupings if one.size), notes)


def _empty(table: Table, grouping: Grouping) -> Fault:
    sentence = "No row has all of {columns}: there is no group to estimate for."
    return Fault("no_group", table.name, sentence, {"columns": ", ".join(grouping.columns)})


def _blanks(table: Table, columns: Sequence[str]) -> list[Fault]:
    found = []
    for column in columns:
        blank = labels(table, column).codes == BLANK
        if blank.any():
            sentence = "{rows} rows have no {column} and are in no group of it."
            found.append(at_rows("group_blank", table, column, blank, sentence))
    return found
