"""The audit of a release: what its shown n and figures, rounded as they are printed, leave open of every hidden one.

Methodology §13.4-5. It sees a release and nothing else, as a reader does. What a release does about cells that are left too
narrow is in audit_repair.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.audit_kept import Ends, Looked, TableName, Wanted
from analysis.audit_known import FEW, Known
from analysis.audit_tables import Counter, Table, Widths
from analysis.bases import Basis
from analysis.feasible import Asked
from analysis.figures import Figure, Release
from analysis.survey_data import Floats

LEAST_N, LEAST_POINTS = 10, 0.20
"""How wide every hidden n, and every hidden figure as a part of its range, has to stay (methodology §13.4)."""
SLACK = 1e-6
OF_N = Asked(wide=2.0, narrow=-1e-5)
"""Beyond what is wanted. Counts are whole: of ends twelve apart at least ten lie between whole numbers."""
OF_FIGURES = Asked(wide=-SLACK / 2, narrow=-SLACK)
NOTHING = Known()


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
    tables = looked.among(release.figures, None if only is None else _by_table(only))
    least = {name: _least(name, table, looked) for name, table in tables.items()}
    ends: dict[TableName, Ends] = {}
    for asked, of_figures in ((OF_N, False), (OF_FIGURES, True)):
        some = [name for name in tables if bool(name[2]) == of_figures]
        solved = looked.solve([tables[name] for name in some], [least[name] for name in some], replace(asked, glance=glance))
        ends |= dict(zip(some, solved, strict=True))
    cells: list[Range] = []
    for name, table in tables.items():
        own = least[name]
        cells += _of_figures(name, table, ends[name], own, release.figures, looked) if name[2] else _of_n(name, table, ends[name], own)
    return Audit(tuple(cells), len(tables))


def _least(name: TableName, table: Table, looked: Looked) -> Floats:
    """How far apart the ends of the wanted cells have to be: of a figure, as a part of its range, so that two values at least are left
    of it if fewer than five people stand behind it."""
    if not name[2]:
        return np.full(len(table.wanted), float(LEAST_N))
    return np.array([max(LEAST_POINTS, 1 / looked.people.get((name, domain), FEW)) for domain, _, _ in table.wanted], np.float64)


def _of_n(name: TableName, table: Table, ends: Ends, least: Floats) -> list[Range]:
    low, high = ends
    return _ranges(name, "", "", table, np.ceil(low - SLACK) + 0.0, np.floor(high + SLACK), least)


def _of_figures(name: TableName, table: Table, ends: Ends, least: Floats, figures: Sequence[Figure], looked: Looked) -> list[Range]:
    one = figures[looked.places[name][0]]
    of = looked.known.node(one.tree, one.node)
    low, high = (of.low + end * (of.high - of.low) for end in ends)
    return _ranges(name, one.tree, one.node, table, low, high, least * (of.high - of.low))


def _by_table(cells: Collection[Range]) -> Wanted:
    found: dict[TableName, set[Counter]] = {}
    for cell in cells:
        table: TableName = (cell.population, cell.basis if cell.says else "", cell.says)
        found.setdefault(table, set()).add((cell.domain, cell.basis, cell.role))
    return found


def _ranges(name: TableName, tree: str, node: str, table: Table, low: Floats, high: Floats, least: Floats) -> list[Range]:
    population, _, says = name
    ends = zip(table.wanted, low.tolist(), high.tolist(), least.tolist(), strict=True)
    return [Range(domain, population, basis, tree, node, role, says, a, b, apart) for (domain, basis, role), a, b, apart in ends]
