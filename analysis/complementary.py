"""Complementary suppression: a shown total must not give away a hidden unit. The rank test, and the equations it needs.

The LP audit over ranges is not here: this finds what can be solved exactly (methodology §13.4).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure import hidden
from analysis.figures import Figure
from analysis.survey_data import Floats
from analysis.tree_results import TreeResults

Parts = Mapping[str, float]
"""A total as a linear combination of the values of units: unit to coefficient."""


@dataclass(frozen=True, slots=True)
class Total:
    """A shown figure of a group. `order`: of the totals that give somebody away, the smallest goes first."""

    place: int
    parts: Parts
    order: tuple[float, ...]


def protected(figures: Sequence[Figure], results: TreeResults) -> list[Figure]:
    """The figures of one tree and population, with those totals hidden that would give away a hidden unit or area.

    A pooled total is Σ share · X_u · H_u over its units, a mean of units Σ H_u. Unknown are all units whose figure is
    not shown; to be kept are those with 1 to floor − 1 respondents, and groups hidden for the same reason.
    """
    found = list(figures)
    number = {domain.id: row for row, domain in enumerate(results.domains)}
    shares = {role: _shares(results, role) for role in ("reception", "decider", "both")}
    by_node: dict[str, list[int]] = {}
    for place, figure in enumerate(figures):
        by_node.setdefault(figure.node, []).append(place)
    for node, places in by_node.items():
        n, weight = _behind(results, node)
        if n is None:
            continue
        unit_ids = [results.domains[row].id for row in results.units]
        shown = {figures[place].domain for place in places if figures[place].hidden is None}
        unknown = [id for id, people in zip(unit_ids, n[results.units], strict=True) if people > 0 and id not in shown]
        small = [id for id in unknown if n[number[id]] + 1e-9 < results.floor(results.domains[number[id]])]
        table = shares[_role(results, node)] * weight[results.units]
        totals, targets = [], [{id: 1.0} for id in small]
        for place in places:
            figure, row = figures[place], number[figures[place].domain]
            domain = results.domains[row]
            if domain.kind == "unit":
                continue
            parts = _parts(figure, row, node, table, unit_ids, results)
            if figure.hidden is None:
                files = float("inf") if domain.files is None else float(domain.files)
                totals.append(Total(place, parts, (files, float(n[row]), float(figure.summary == "pooled"), float(place))))
            elif figure.hidden == "too_few" and figure.summary == "pooled":
                targets.append(dict(parts))
        for place in suppressed(totals, unknown, targets):
            found[place] = hidden(found[place], "complementary")
    return found


def suppressed(totals: Sequence[Total], unknown: Collection[str], targets: Sequence[Parts]) -> set[int]:
    """Places of the totals to hide so that no target can be solved exactly from those left.

    totals: shown sums; unknown: units whose own value is not shown; targets: what must stay hidden. A target is solved
    when it lies in the row space of the shown totals over the unknown units. While one is, the smallest total with a
    part in it goes: one hidden unit in a group is the plainest case, nested and overlapping groups are the others.
    """
    columns = {unit: number for number, unit in enumerate(sorted(unknown))}
    left = [(total, row) for total in totals if (row := _row(total.parts, columns)).any()]
    wanted = [row for target in targets if (row := _row(target, columns)).any()]
    gone: set[int] = set()
    while left and wanted:
        solved = _solved(np.array([row for _, row in left]), np.array(wanted))
        if solved is None:
            break
        touching = [at for at, (_, row) in enumerate(left) if (row * wanted[solved]).any()]
        smallest = min(touching, key=lambda at: left[at][0].order)
        gone.add(left.pop(smallest)[0].place)
    return gone


def _parts(figure: Figure, row: int, node: str, table: Floats, unit_ids: Sequence[str], results: TreeResults) -> dict[str, float]:
    if figure.summary == "pooled":
        return {id: float(part) for id, part in zip(unit_ids, table[row], strict=True) if part > 0}
    value = results.precision.value[:, results.precision.nodes.index(node)]
    return {results.domains[unit].id: 1.0 for unit in results.units_in(results.domains[row]) if not np.isnan(value[unit])}


def _shares(results: TreeResults, role: str) -> Floats:
    """Domain × unit domain: the part of the unit's answers, in that role, that the domain pools."""
    estimates = results.estimates
    counted = {"reception": estimates.received, "decider": estimates.decided, "both": estimates.received + estimates.decided}[role]
    of_group = counted @ results.members_of
    own = of_group[results.units, np.arange(len(results.units))]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(own > 0, of_group / own, 0.0)


def _role(results: TreeResults, node: str) -> str:
    """In which role units are judged by the questions below a node."""
    part = results.estimates.parts[results.estimates.measures.index(node)]
    rates = {term.rates == "decider" for term, used in zip(results.estimates.terms, part, strict=True) if used}
    return "both" if len(rates) > 1 else "decider" if True in rates else "reception"


def _behind(results: TreeResults, node: str) -> tuple[Floats | None, Floats]:
    """Respondents and weighted valid answers behind a node in every domain; None where no answer reaches it."""
    estimates = results.estimates
    if node not in estimates.measures:
        return None, np.zeros(0)
    measure = estimates.measures.index(node)
    return estimates.n[:, measure], estimates.x @ estimates.parts[measure]


def _row(parts: Parts, columns: Mapping[str, int]) -> Floats:
    row = np.zeros(len(columns))
    for unit, part in parts.items():
        if unit in columns:
            row[columns[unit]] = part
    return row


def _solved(rows: Floats, targets: Floats) -> int | None:
    """The first target in the row space of `rows`; None when there is none."""
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    targets = targets / np.linalg.norm(targets, axis=1, keepdims=True)
    _, size, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[size > 1e-9 * size[0]]
    left_over = targets - (targets @ basis.T) @ basis
    found = np.flatnonzero(np.linalg.norm(left_over, axis=1) < 1e-7)
    return int(found[0]) if len(found) else None
