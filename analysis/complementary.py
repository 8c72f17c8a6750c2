"""Complementary suppression: a shown total must not give away a hidden unit. The rank test, and the equations it needs.

The LP audit over ranges is not here: this finds what can be solved exactly (methodology §13.4).
"""

from collections.abc import Sequence

import numpy as np

from analysis.disclosure import hidden
from analysis.figures import Figure
from analysis.survey_data import Bools, Floats, Ints
from analysis.tree_results import TreeResults

DEPENDENT, SOLVED = 1e-9, 1e-12
"""Of a row of length 1: the length outside a row space below which it adds nothing to it, and the squared length below
which a target lies in it."""


def protected(figures: Sequence[Figure], results: TreeResults) -> list[Figure]:
    """The figures of one tree and population, with those totals hidden that would give away a hidden unit or area.

    A pooled total is Σ share · X_u · H_u over its units, a mean of units Σ H_u. Unknown are all units whose figure is
    not shown; to be kept are those with 1 to floor − 1 respondents, and groups hidden for the same reason.
    """
    found = list(figures)
    row_of = {domain.id: row for row, domain in enumerate(results.domains)}
    shares = {role: _shares(results, role) for role in ("reception", "decider", "both")}
    floors = np.array([results.floor(results.domains[unit]) for unit in results.units])
    by_node: dict[str, list[int]] = {}
    for place, figure in enumerate(figures):
        by_node.setdefault(figure.node, []).append(place)
    for node, places in by_node.items():
        if node not in results.estimates.measures:
            continue
        measure = results.estimates.measures.index(node)
        n = results.estimates.n[:, measure]
        shown = {figures[place].domain for place in places if figures[place].hidden is None}
        people = n[results.units]
        unknown = (people > 0) & np.array([results.domains[unit].id not in shown for unit in results.units], np.bool_)
        small = unknown & (people + 1e-9 < floors)
        groups = [place for place in places if results.domains[row_of[figures[place].domain]].kind != "unit"]
        rows = np.array([row_of[figures[place].domain] for place in groups], np.int64)
        pooled = np.array([figures[place].summary == "pooled" for place in groups], np.bool_)
        equations = _equations(results, node, shares, rows, pooled)[:, unknown]
        few = np.array([figures[place].hidden == "too_few" for place in groups], np.bool_)
        targets = np.concatenate([np.eye(len(people))[small][:, unknown], equations[few & pooled]])
        files = np.array([results.domains[row].files or 0 for row in rows], np.float64)
        largest = np.lexsort((-np.arange(len(rows)), pooled, n[rows], files))[::-1]
        may_show = np.array([place for place in largest if figures[groups[place]].hidden is None], np.int64)
        for gone in suppressed(equations[may_show], targets):
            place = groups[may_show[gone]]
            found[place] = hidden(found[place], "complementary")
    return found


def suppressed(totals: Floats, targets: Floats) -> list[int]:
    """Rows of `totals` to hide so that no target can be solved exactly from those that stay.

    totals: sums over units whose own value is not shown, total × unit, the largest group first; targets: combinations
    of units that must stay hidden. A target is solved when it lies in the row space of the shown totals (rank test, by
    orthogonalisation). Totals are admitted in their order; one that would solve a target with those before it is not
    shown. So the smallest go, and none goes in vain. One hidden unit in a group is the plainest case.
    """
    targets = targets[np.abs(targets).sum(axis=1) > 0]
    if not len(targets):
        return []
    targets = targets / np.linalg.norm(targets, axis=1, keepdims=True)
    outside = np.ones(len(targets))
    basis, rank = np.zeros((totals.shape[1], totals.shape[1])), 0
    gone: list[int] = []
    for place, total in enumerate(totals):
        length = np.linalg.norm(total)
        if length == 0:
            continue
        row = total / length
        for _ in range(2):
            row = row - (basis[:rank] @ row) @ basis[:rank]
        length = np.linalg.norm(row)
        if length < DEPENDENT:
            continue
        row = row / length
        left = outside - (targets @ row) ** 2
        if left.min() < SOLVED:
            gone.append(place)
        else:
            outside, basis[rank] = left, row
            rank += 1
    return gone


def _equations(results: TreeResults, node: str, shares: dict[str, Floats], rows: Ints, pooled: Bools) -> Floats:
    """Group × unit: the coefficient of every unit's value in the figure of the group."""
    estimates = results.estimates
    part = estimates.parts[estimates.measures.index(node)]
    value = results.precision.value[results.units, results.precision.nodes.index(node)]
    of_pooled = shares[_role(results, part)][rows] * (estimates.x[results.units] @ part)
    found: Floats = np.where(pooled[:, None], of_pooled, results.inside[rows] & ~np.isnan(value))
    return found


def _shares(results: TreeResults, role: str) -> Floats:
    """Domain × unit domain: the part of the unit's answers, in that role, that the domain pools."""
    estimates = results.estimates
    counted = {"reception": estimates.received, "decider": estimates.decided, "both": estimates.received + estimates.decided}[role]
    of_group = counted @ results.members_of
    own = of_group[results.units, np.arange(len(results.units))]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(own > 0, of_group / own, 0.0)


def _role(results: TreeResults, part: Bools) -> str:
    """In which role units are judged by the questions of a measure."""
    rates = {term.rates == "decider" for term, used in zip(results.estimates.terms, part, strict=True) if used}
    return "both" if len(rates) > 1 else "decider" if True in rates else "reception"
