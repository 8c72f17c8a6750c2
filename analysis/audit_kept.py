"""What audits of one release, of which more and more is hidden, need not do again: its tables, what is printed, what was solved.

The audit itself is in audit.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from analysis.audit_known import FEW, Known
from analysis.audit_tables import UNKNOWN, Counted, Counter, Shares, Table, Widths, printed, shares, sizes, table_of_figures, table_of_n
from analysis.bases import Basis
from analysis.domains import Domain
from analysis.equations import side_by_side
from analysis.feasible import Asked, feasible
from analysis.figures import Figure, Release
from analysis.survey_data import Floats

TableName = tuple[str, Basis | Literal[""], str]
"""Population, basis and what its nodes say; of counts the population alone."""
Wanted = Mapping[TableName, Collection[Counter]]
Ends = tuple[Floats, Floats]
NOTHING = b""
"""The content of a table of which nothing is asked."""


@dataclass(slots=True)
class Looked:
    """`places`: of the figures of every table; `alike`: of all figures of a population that say the same, and under "" of all; `ends`:
    of every figure the values that are printed alike; `counted`, `sizes`, `tables`: with what they were made of; `solved`: ends of
    the wanted cells of tables, by all that is in them."""

    domains: Mapping[str, Domain]
    members: Shares
    widths: Widths
    known: Known
    places: Mapping[TableName, Sequence[int]]
    alike: Mapping[tuple[str, str], Sequence[int]]
    ends: Sequence[tuple[float, float]]
    people: Mapping[tuple[TableName, str], float]
    solved: dict[bytes, Ends] = field(default_factory=lambda: {NOTHING: (np.zeros(0), np.zeros(0))})
    counted: dict[str, tuple[list[Figure], Counted]] = field(default_factory=dict)
    sizes: dict[tuple[str, Basis], tuple[Counted, Mapping[str, float]]] = field(default_factory=dict)
    tables: dict[TableName, tuple[list[Figure], object, Table]] = field(default_factory=dict)

    @classmethod
    def at(cls, release: Release, widths: Widths, known: Known) -> "Looked":
        ends = [UNKNOWN] * len(release.figures)
        places: dict[TableName, list[int]] = {}
        alike: dict[tuple[str, str], list[int]] = {}
        people: dict[tuple[TableName, str], float] = {}
        for (population, basis, tree, of), some in _by_node(release.figures).items():
            node = known.node(tree, of)
            name = (population, basis, node.says)
            places.setdefault((population, "", ""), []).extend(some)
            alike.setdefault((population, node.says), []).extend(some)
            for place in some:
                figure = release.figures[place]
                cell = (population, basis, figure.domain, of)
                if figure.estimate is not None:
                    ends[place] = printed(figure, widths, node)
                if cell not in known.empty:
                    places.setdefault(name, []).append(place)
                if cell in known.people:
                    people[name, figure.domain] = min(known.people[cell], people.get((name, figure.domain), FEW))
        in_order = {name: sorted(some) for name, some in places.items()}
        near = {name: sorted(some) for name, some in alike.items()}
        near |= {(population, ""): some for (population, _, says), some in in_order.items() if not says}
        return cls({one.id: one for one in release.domains}, shares(release.domains), widths, known, in_order, near, ends, people)

    def among(self, figures: Sequence[Figure], wanted: Wanted | None) -> dict[TableName, Table]:
        """The tables in which something is shown, asked for the wanted cells or else for all."""
        found: dict[TableName, Table] = {}
        names = [name for name in self.places if wanted is None or name in wanted]
        counted = {population: self._count(population, figures) for population in dict.fromkeys(population for population, _, _ in names)}
        for name in names:
            alike = [figures[place] for place in self.places[name]]
            if any(figure.hidden is None for figure in alike):
                table = self._table(name, alike, counted[name[0]])
                cells = table.wanted if wanted is None else {key: at for key, at in table.wanted.items() if key in wanted[name]}
                found[name] = table if wanted is None else replace(table, wanted=cells)
        return found

    def _count(self, population: str, figures: Sequence[Figure]) -> Counted:
        """The same object as long as nothing about it changes."""
        all_ = [figures[place] for place in self.places[population, "", ""]]
        before = self.counted.get(population)
        if before is None or before[0] != all_:
            counted = Counted.of(all_, self.domains, self.known.empty)
            self.counted[population] = all_, before[1] if before and before[1] == counted else counted
        return self.counted[population][1]

    def _table(self, name: TableName, figures: list[Figure], counted: Counted) -> Table:
        """The same object as long as what it is made of stays the same: of counts these, of figures themselves and the sizes of units."""
        before = self.tables.get(name)
        if name[2]:
            size = self._sizes(name[0], figures[0].basis, counted)
            if before is not None and before[1] is size and before[0] == figures:
                return before[2]
            table = table_of_figures(self.domains, self.members, figures, size, [self.ends[place] for place in self.places[name]])
            self.tables[name] = figures, size, table
        else:
            if before is not None and before[1] is counted:
                return before[2]
            table = table_of_n(self.domains, self.members, counted, self.widths)
            self.tables[name] = figures, counted, table
        return table

    def _sizes(self, population: str, basis: Basis, counted: Counted) -> Mapping[str, float]:
        """The same object as long as no size changes."""
        before = self.sizes.get((population, basis))
        if before is None or before[0] is not counted:
            found = sizes((domain for domain in self.domains.values() if domain.kind == "unit"), counted, basis)
            before = self.sizes[population, basis] = counted, before[1] if before and before[1] == found else found
        return before[1]

    def solve(self, tables: Sequence[Table], least: Sequence[Floats], asked: Asked) -> list[Ends]:
        """The ends of the wanted cells of each; a table that was solved before, under whatever name, is not solved again.

        least: how far apart these ends have to be; asked: the same as `wide` and `narrow`, less or more."""
        keys = [_content(table, one, asked.glance) if table.wanted else NOTHING for table, one in zip(tables, least, strict=True)]
        new = {key: at for at, key in enumerate(keys) if key not in self.solved}
        if new:
            joined, starts = side_by_side([tables[at].equations for at in new.values()])
            wanted = [np.array(list(tables[at].wanted.values()), np.int64) for at in new.values()]
            own = np.concatenate([least[at] for at in new.values()])
            asked = replace(asked, wide=own + asked.wide, narrow=own + asked.narrow)
            end = np.cumsum([0, *map(len, wanted)])
            low, high = feasible(joined, np.concatenate([one + start for one, start in zip(wanted, starts, strict=False)]), asked)
            self.solved |= {key: (low[a:b], high[a:b]) for key, a, b in zip(new, end, end[1:], strict=False)}
        return [self.solved[key] for key in keys]


def _by_node(figures: Sequence[Figure]) -> Mapping[tuple[str, Basis, str, str], list[int]]:
    """Population, basis, tree and node to the places of their figures."""
    found: dict[tuple[str, Basis, str, str], list[int]] = {}
    for place, figure in enumerate(figures):
        found.setdefault((figure.population, figure.basis, figure.tree, figure.node), []).append(place)
    return found


def _content(table: Table, least: Floats, glance: bool) -> bytes:
    of = table.equations
    wanted = np.array(list(table.wanted.values()), np.int64)
    parts = (of.table.indptr, of.table.indices, of.table.data, of.low, of.kind, of.scale, of.least, of.most, wanted, least)
    return b"|".join([*(part.tobytes() for part in parts), b"glance" if glance else b""])
