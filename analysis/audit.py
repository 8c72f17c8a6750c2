"""The audit of a release: what its shown n and figures, rounded as they are printed, leave open of every hidden one.

Methodology §13.4-5. It sees a release and nothing else, as a reader does. What a release does about cells that are left too
narrow is in audit_repair.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from analysis.audit_known import Known
from analysis.audit_tables import Counted, Counter, Shares, Table, Widths, shares, table_of_figures, table_of_n
from analysis.bases import Basis
from analysis.domains import Domain
from analysis.feasible import Asked, feasible
from analysis.figures import Figure, Release
from analysis.survey_data import Floats

LEAST_N, LEAST_POINTS = 10, 0.20
"""How wide every hidden n, and every hidden figure as a part of its range, has to stay (methodology §13.4)."""
SLACK = 1e-6
OF_N = Asked(wide=LEAST_N + 2.0, narrow=LEAST_N - 1e-5)
"""Counts are whole: of ends twelve apart at least ten lie between whole numbers."""
OF_FIGURES = Asked(wide=LEAST_POINTS, narrow=LEAST_POINTS - SLACK)
NOTHING = Known()

TableName = tuple[str, Basis | Literal[""], str]
"""Population, basis and what its nodes say; of counts the population alone."""
Solved = dict[bytes, tuple[Floats, Floats]]
"""Tables that were solved, by all that is in them."""


def half_step(n: int, share: bool) -> float:
    """Of a share: whole percent below n = 100, one decimal below 1,000, else two; of a score one decimal, from 100 on two."""
    decimals = (2 if n < 100 else 3 if n < 1000 else 4) if share else (1 if n < 100 else 2)
    return 0.5 / float(10**decimals)


PUBLIC = Widths(5, half_step)
"""What is printed for everybody (methodology §13.6)."""


@dataclass(frozen=True, slots=True)
class Range:
    """A hidden cell, the values that stay possible, and how wide these have to lie apart.

    Of a count `tree`, `node` and `says` are "" and `role` says which answers are counted; of a figure `role` is "", `says` what all
    nodes of its table say, `node` one of them.
    """

    domain: str
    population: str
    basis: Basis
    tree: str
    node: str
    role: str
    says: str
    low: float
    high: float
    least: float

    @property
    def narrow(self) -> bool:
        return self.high - self.low < self.least - SLACK


@dataclass(frozen=True, slots=True)
class Audit:
    """Every hidden cell of a release with its range; `failures` are those too narrow. `tables`: how many were looked at."""

    cells: tuple[Range, ...]
    tables: int

    @property
    def failures(self) -> tuple[Range, ...]:
        return tuple(cell for cell in self.cells if cell.narrow)


@dataclass(slots=True)
class Looked:
    """What audits of one release, of which more and more is hidden, need not do again. `places`: of the figures of every table;
    `alike`: of all figures of a population that say the same, and under "" of all; `counted`, `tables`: with the figures that they
    were made of."""

    domains: Mapping[str, Domain]
    members: Shares
    widths: Widths
    known: Known
    places: Mapping[TableName, Sequence[int]]
    alike: Mapping[tuple[str, str], Sequence[int]]
    solved: Solved = field(default_factory=dict)
    counted: dict[str, tuple[list[Figure], Counted]] = field(default_factory=dict)
    tables: dict[TableName, tuple[list[Figure], Counted, Table]] = field(default_factory=dict)

    @classmethod
    def at(cls, release: Release, widths: Widths, known: Known) -> "Looked":
        places: dict[TableName, list[int]] = {}
        alike: dict[tuple[str, str], list[int]] = {}
        for place, figure in enumerate(release.figures):
            says = known.node(figure.tree, figure.node).says
            places.setdefault((figure.population, "", ""), []).append(place)
            if (figure.population, figure.basis, figure.domain, figure.node) not in known.empty:
                places.setdefault((figure.population, figure.basis, says), []).append(place)
            alike.setdefault((figure.population, ""), []).append(place)
            alike.setdefault((figure.population, says), []).append(place)
        return cls({domain.id: domain for domain in release.domains}, shares(release.domains), widths, known, places, alike)

    def count(self, population: str, figures: list[Figure]) -> Counted:
        """The same object as long as nothing about it changes."""
        before = self.counted.get(population)
        if before is None or before[0] != figures:
            counted = Counted.of(figures, self.domains, self.known.empty)
            self.counted[population] = figures, before[1] if before and before[1] == counted else counted
        return self.counted[population][1]

    def table(self, name: TableName, figures: list[Figure], counted: Counted) -> Table:
        before = self.tables.get(name)
        if before is not None and before[1] is counted and (not name[2] or before[0] == figures):
            return before[2]
        if name[2]:
            table = table_of_figures(self.domains, self.members, figures, counted, self.widths, self.known)
        else:
            table = table_of_n(self.domains, self.members, counted, self.widths)
        self.tables[name] = figures, counted, table
        return table


def audited(
    release: Release,
    widths: Widths = PUBLIC,
    known: Known = NOTHING,
    *,
    looked: Looked | None = None,
    only: Collection[Range] | None = None,
    glance: bool = False,
) -> Audit:
    """The least and greatest value of every hidden n and figure of units, and of groups too small themselves.

    n: one table a population, shared by all nodes. Figures: one table for all nodes of a basis that say the same. Ranges that are
    seen to be wide enough, or too narrow, are not followed to their ends (feasible.Asked; glance: nor are others). Tables with the
    same content are solved once; `looked`: what is left of audits of this release with more shown, same widths and knowledge.
    only: the cells to look at, else all. A reader knows files, not blank answers, so equations hold only about: where they are seen
    to miss, feasible() widens them, each grouping for itself. The reason “too few” is not counted as knowledge of n: it is what is
    said openly. Where nothing is shown there is nothing to audit. Oracle: tables solved by hand.
    """
    looked = looked or Looked.at(release, widths, known)
    wanted = None if only is None else _by_table(only)
    figures = {name: [release.figures[place] for place in places] for name, places in looked.places.items()}
    cells: list[Range] = []
    tables = 0
    for name, alike in figures.items():
        if (wanted is not None and name not in wanted) or all(figure.hidden for figure in alike):
            continue
        counted = looked.count(name[0], figures[name[0], "", ""])
        table = _among(looked.table(name, alike, counted), wanted, name)
        cells += _of_figures(name, table, alike[0], looked, glance) if name[2] else _of_n(name, table, looked, glance)
        tables += 1
    return Audit(tuple(cells), tables)


def _of_n(name: TableName, table: Table, looked: Looked, glance: bool) -> list[Range]:
    low, high = _solved(table, replace(OF_N, glance=glance), looked.solved)
    return _ranges(name, "", "", table, np.ceil(low - SLACK) + 0.0, np.floor(high + SLACK), LEAST_N)


def _of_figures(name: TableName, table: Table, one: Figure, looked: Looked, glance: bool) -> list[Range]:
    """one: any of the figures."""
    ends = _solved(table, replace(OF_FIGURES, glance=glance), looked.solved)
    node = looked.known.node(one.tree, one.node)
    low, high = (node.low + end * (node.high - node.low) for end in ends)
    return _ranges(name, one.tree, one.node, table, low, high, LEAST_POINTS * (node.high - node.low))


Wanted = Mapping[TableName, Collection[Counter]]


def _by_table(cells: Collection[Range]) -> Wanted:
    found: dict[TableName, set[Counter]] = {}
    for cell in cells:
        table: TableName = (cell.population, cell.basis if cell.says else "", cell.says)
        found.setdefault(table, set()).add((cell.domain, cell.basis, cell.role))
    return found


def _among(table: Table, wanted: Wanted | None, name: TableName) -> Table:
    """The table, asked for the wanted cells alone."""
    if wanted is None:
        return table
    return replace(table, wanted={key: place for key, place in table.wanted.items() if key in wanted[name]})


def _ranges(name: TableName, tree: str, node: str, table: Table, low: Floats, high: Floats, least: float) -> list[Range]:
    population, _, says = name
    ends = zip(table.wanted, low, high, strict=True)
    return [Range(domain, population, basis, tree, node, role, says, float(a), float(b), least) for (domain, basis, role), a, b in ends]


def _solved(table: Table, asked: Asked, solved: Solved) -> tuple[Floats, Floats]:
    """The ranges of the wanted cells; a table that was solved before under another name is not solved again."""
    of = table.equations
    wanted = np.array(list(table.wanted.values()), np.int64)
    parts = (of.table.indptr, of.table.indices, of.table.data, of.low, of.kind, of.scale, of.least, of.most, wanted)
    key = b"|".join([*(part.tobytes() for part in parts), b"glance" if asked.glance else b""])
    if key not in solved:
        solved[key] = feasible(of, wanted, asked)
    return solved[key]
