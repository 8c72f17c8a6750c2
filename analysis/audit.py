"""The audit of a release: what its shown n and figures, rounded as they are printed, leave open of every hidden one.

Methodology §13.4-5. It sees a release and nothing else, as a reader does. What a release does about cells that are left too
narrow is in audit_repair.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.audit_tables import NONE_EMPTY, Counted, Empty, Table, Widths, shares, table_of_figures, table_of_n
from analysis.bases import Basis
from analysis.feasible import feasible
from analysis.figures import Figure, Release
from analysis.survey_data import Floats

LEAST_N, LEAST_POINTS = 10, 0.20
"""How wide every hidden n, and every hidden figure as a part of its range, has to stay (methodology §13.4)."""
SHARE = (0.0, 1.0)
SLACK = 1e-6

Spans = Mapping[tuple[str, str], tuple[float, float]]
NO_SPANS: Spans = {}
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

    Of a count `tree` and `node` are "" and `role` says which answers are counted; of a figure `role` is "".
    """

    domain: str
    population: str
    basis: Basis
    tree: str
    node: str
    role: str
    low: float
    high: float
    least: float

    @property
    def narrow(self) -> bool:
        return self.high - self.low < self.least - SLACK


@dataclass(frozen=True, slots=True)
class Audit:
    """Every hidden cell of a release with its range; `failures` are those too narrow."""

    cells: tuple[Range, ...]

    @property
    def failures(self) -> tuple[Range, ...]:
        return tuple(cell for cell in self.cells if cell.narrow)


def audited(
    release: Release, widths: Widths = PUBLIC, spans: Spans = NO_SPANS, empty: Empty = NONE_EMPTY, solved: Solved | None = None
) -> Audit:
    """The least and greatest value of every hidden n and figure of units, and of groups too small themselves.

    n: one table a population, shared by all nodes. Figures: one table a node and basis; a figure that is seen to be wide
    enough is not followed to its ends. Tables that say the same are solved once; `solved`: those of an audit before.
    empty: hidden cells without any answer (audit_tables.cells_without_answers), which are in no sum; a reader does not know of
    them, so to leave them out errs on the side of hiding. spans: (tree, node) → lowest and highest value where these are not
    0 and 1. A reader knows files, not blank answers, so equations hold only about: where they are seen to miss, feasible()
    widens them, each grouping for itself. The reason “too few” is not counted as knowledge of n: it is what is said openly.
    Where nothing is shown there is nothing to audit. Oracle: tables solved by hand.
    """
    domains = {domain.id: domain for domain in release.domains}
    members = shares(release.domains)
    solved = {} if solved is None else solved
    cells: list[Range] = []
    by_population: dict[str, list[Figure]] = {}
    for figure in release.figures:
        by_population.setdefault(figure.population, []).append(figure)
    for name, figures in by_population.items():
        if all(figure.hidden for figure in figures):
            continue
        counted = Counted.of(figures, domains, empty)
        table = table_of_n(domains, members, counted, widths)
        low, high = _solved(table, np.inf, solved)
        cells += _ranges(name, "", "", table, np.ceil(low - SLACK) + 0.0, np.floor(high + SLACK), LEAST_N)
        for (_, tree, node), alike in _by_node(figures, empty).items():
            if all(figure.hidden for figure in alike):
                continue
            span = spans.get((tree, node), SHARE)
            of_node = table_of_figures(domains, members, alike, counted, widths, span)
            least = LEAST_POINTS * (span[1] - span[0])
            cells += _ranges(name, tree, node, of_node, *_solved(of_node, least, solved), least)
    return Audit(tuple(cells))


def _ranges(population: str, tree: str, node: str, table: Table, low: Floats, high: Floats, least: float) -> list[Range]:
    ends = zip(table.wanted, low, high, strict=True)
    return [Range(domain, population, basis, tree, node, role, float(a), float(b), least) for (domain, basis, role), a, b in ends]


def _by_node(figures: list[Figure], empty: Empty) -> dict[tuple[Basis, str, str], list[Figure]]:
    found: dict[tuple[Basis, str, str], list[Figure]] = {}
    for figure in figures:
        if (figure.population, figure.basis, figure.domain, figure.node) in empty:
            continue
        found.setdefault((figure.basis, figure.tree, figure.node), []).append(figure)
    return found


def _solved(table: Table, enough: float, solved: Solved) -> tuple[Floats, Floats]:
    """The ranges of the wanted cells; a table that was solved before under another name is not solved again."""
    of = table.equations
    wanted = np.array(list(table.wanted.values()), np.int64)
    parts = (of.table.indptr, of.table.indices, of.table.data, of.low, of.kind, of.scale, of.least, of.most, wanted)
    key = b"|".join(part.tobytes() for part in parts)
    if key not in solved:
        solved[key] = feasible(of, wanted, enough)
    return solved[key]
