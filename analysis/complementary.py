"""Complementary suppression: a shown total must not give away a hidden unit. The rank test, and the equations it needs.

The LP audit over ranges is not here: this finds what can be solved exactly (methodology §13.4).
"""

import math
from collections.abc import Collection, Sequence

import numpy as np

from analysis.disclosure import COMPARABLE, FLOOR, WHOLE_PERCENT, hidden
from analysis.estimation import Estimates
from analysis.figures import Figure
from analysis.population import Population
from analysis.survey_data import Bools, Floats, Ints

LARGE, ENOUGH = 10, 3
"""A group of so many units keeps its totals, pooled and mean of units: two equations need three unknowns not to be solved."""

DEPENDENT, SOLVED = 1e-9, 1e-12
"""Of a row of length 1: the length outside a row space below which it adds nothing to it, and the squared length below
which a target lies in it."""


def protected(
    figures: Sequence[Figure], population: Population, withheld: Collection[int] = (), back: Collection[int] = ()
) -> list[Figure]:
    """The figures of one population, with those hidden that would give away a hidden unit or area.

    A pooled total is Σ share · X_u · H_u over its units, a mean of units Σ H_u. Figures of several trees that say the same
    (one question, or the same questions pooled) are taken together. Unknown are all units of which none is shown; to be
    kept are those with 1 to 9 respondents, and groups of as few; and the figures `withheld` before, by their place,
    because with their siblings they would tell such a one. A unit or group whose figure was held over although answers came is
    unknown and to be kept as well: what it would be now less what is shown is nine answers or fewer. So is one that was shown before and
    is kept `back`, by its place. In a mean of units both stand with what was said of them.
    """
    found = list(figures)
    row_of = {domain.id: row for row, domain in enumerate(population.domains)}
    for places in _alike(figures, population).values():
        node = figures[places[0]].node
        n = population.estimates.n[:, population.estimates.measures.index(node)]
        shown = {figures[place].domain for place in places if figures[place].hidden is None}
        people = n[population.units]
        unknown = (people > 0) & np.array([population.domains[unit].id not in shown for unit in population.units], np.bool_)
        apart = {figures[place].domain for place in places if place in withheld}
        apart_units = np.array([population.domains[unit].id in apart for unit in population.units], np.bool_)
        small = unknown & ((people + 1e-9 < FLOOR) | apart_units)
        moved = _moved(population, [figures[place] for place in places])
        moved |= {figures[place].domain for place in places if place in back and figures[place].summary == "pooled"}
        held = np.array([population.domains[unit].id in moved for unit in population.units], np.bool_)
        further = given_up(people, unknown, small, *_groups(population, places, figures), held)
        unknown |= further | held
        small |= held
        lost = {population.domains[unit].id for unit in population.units[further]}
        for place in places:
            if figures[place].domain in lost:
                found[place] = hidden(found[place], "complementary")
        groups = [place for place in places if population.domains[row_of[figures[place].domain]].kind != "unit"]
        rows = np.array([row_of[figures[place].domain] for place in groups], np.int64)
        pooled = np.array([figures[place].summary == "pooled" for place in groups], np.bool_)
        equations = _equations(population, node, rows, pooled)
        equations[np.ix_(~pooled, held)] = 0.0
        equations = equations[:, unknown]
        too_few = np.array([figures[place].hidden == "too_few" for place in groups], np.bool_) & (n[rows] + 1e-9 < FLOOR)
        kept = too_few | np.array([place in withheld or figures[place].domain in moved for place in groups], np.bool_)
        targets = np.concatenate([np.eye(len(people))[small][:, unknown], equations[kept & pooled]])
        largest = _largest_first(population, rows, n[rows], pooled)
        now = [figures[place].hidden is None and figures[place].domain not in moved for place in groups]
        may_show = largest[np.array(now, np.bool_)[largest]]
        for gone in suppressed(equations[may_show], targets):
            place = groups[may_show[gone]]
            found[place] = hidden(found[place], "complementary")
    return found


def _largest_first(population: Population, rows: Ints, n: Floats, pooled: Bools) -> Ints:
    """Groups by files, then respondents, pooled before means of units. rows: of their domains."""
    files = np.array([population.domains[row].files or 0 for row in rows], np.float64)
    return np.lexsort((-np.arange(len(rows)), pooled, n, files))[::-1]


def _moved(population: Population, figures: Sequence[Figure]) -> frozenset[str]:
    """Units and groups whose own figures, all of one meaning, are those of the release before, and which have other answers now. In a
    mean of units such units stand with what is shown of them."""
    old = {one.domain: one for one in figures if one.mark == "held_over" and one.summary == "pooled"}
    rows = [row for row, domain in enumerate(population.domains) if domain.id in old]
    return frozenset(population.domains[row].id for row in rows if stands_for_others(old[population.domains[row].id], population, row))


def stands_for_others(figure: Figure, population: Population, row: int) -> bool:
    """Whether it is the figure of the release before, of a domain that has other answers now."""
    return figure.mark == "held_over" and population.answers(row) != (figure.n_received, figure.n_decided)


def given_up(people: Floats, unknown: Bools, small: Bools, large: Bools, others: Bools, held: Bools) -> Bools:
    """Units whose figure goes so that large groups may keep their totals, where one or two hidden units would cost these.

    people: respondents of every unit; unknown: not shown; small: hidden for too few; large, others: group × unit, the
    groups that publish two totals and all further ones; held: which stand with what was said of them before, and stay: a mean of units
    would go on to say it. Units below 30 go first, whose figure is for reference anyway, then
    those printed in whole percent; of these first those that share a further group with a hidden unit (its total is protected
    too), then those with fewest answers. Where there are not enough of them nobody goes, and suppressed() hides the totals.
    """
    gone = np.zeros(len(people), np.bool_)
    kin: Bools = np.asarray(others[np.asarray((others & small).any(axis=1))].any(axis=0))
    for members in large:
        hides = members & (unknown | gone)
        lacking = ENOUGH - int(hides.sum())
        may_go = np.flatnonzero(members & (people > 0) & ~hides & ~held & (people + 1e-9 < WHOLE_PERCENT))
        if bool((members & small).any()) and 0 < lacking <= len(may_go) and (members & (people > 0)).sum() >= LARGE:
            order = np.lexsort((may_go, people[may_go], ~kin[may_go], people[may_go] + 1e-9 >= COMPARABLE))
            gone[may_go[order[:lacking]]] = True
    return gone


def _groups(population: Population, places: Sequence[int], figures: Sequence[Figure]) -> tuple[Bools, Bools]:
    """Group × unit, of the groups that show one of these figures: those with a mean of units beside it, and the others."""
    shown = {figures[place].domain for place in places if figures[place].hidden is None}
    twice = {figures[place].domain for place in places if figures[place].summary == "mean_of_units"}
    large = [row for row, domain in enumerate(population.domains) if domain.id in shown & twice]
    others = [row for row, domain in enumerate(population.domains) if domain.kind != "unit" and domain.id in shown - twice]
    return population.inside[large], population.inside[others]


def _alike(figures: Sequence[Figure], population: Population) -> dict[tuple[bytes, str], list[int]]:
    """Places of the figures by what they say: the terms behind them, and the node where it is no ratio of these.

    A node over one question is a straight line of that question's ratio, whatever its range.
    """
    estimates = population.estimates
    alike: dict[str, tuple[bytes, str]] = {}
    for node in population.precision.nodes:
        if node in estimates.measures:
            part = estimates.parts[estimates.measures.index(node)]
            alike[node] = (part.tobytes(), "" if part.sum() == 1 or _is_pooled(population, node) else node)
    found: dict[tuple[bytes, str], list[int]] = {}
    for place, figure in enumerate(figures):
        if figure.node in alike:
            found.setdefault(alike[figure.node], []).append(place)
    return found


def _is_pooled(population: Population, node: str) -> bool:
    return any(node in tree.nodes and tree.nodes[node].combine == "pooled" for tree in population.trees)


def suppressed(totals: Floats, targets: Floats) -> list[int]:
    """Rows of `totals` to hide so that no target can be solved exactly from those that stay.

    totals: sums over units whose own value is not shown, total × unit, the largest group first; targets: combinations
    of units that must stay hidden. A target is solved when it lies in the row space of the shown totals (rank test, by
    orthogonalisation). Totals are admitted in their order; one that would solve a target with those before it is not
    shown. So the smallest go, and none goes in vain. One hidden unit in a group is the plainest case.
    """
    targets = targets[(np.abs(targets) @ np.abs(totals).T).any(axis=1)]  # what shares no unit with them does not follow from totals
    if not len(targets):
        return []
    targets = targets / np.linalg.norm(targets, axis=1, keepdims=True)
    outside = np.ones(len(targets))
    basis, rank = np.zeros((totals.shape[1], totals.shape[1])), 0
    gone: list[int] = []
    for place, total in enumerate(totals):
        length = math.sqrt(total @ total)
        if length == 0:
            continue
        row = total / length
        for _ in range(2 if rank else 0):
            row = row - (basis[:rank] @ row) @ basis[:rank]
        length = math.sqrt(row @ row)
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


def solved_by(population: Population, node: str, groups: Sequence[int], unknown: Bools) -> list[int]:
    """Which of these groups (rows of domains) may not show a pooled share: with the others it would give away a unit that does not
    show it. unknown: which of the population's units these are. The largest groups are admitted first."""
    files = [population.domains[row].files or 0 for row in groups]
    n = population.estimates.n[:, population.estimates.measures.index(node)]
    rows = np.array([row for _, _, row in sorted(zip(files, n[list(groups)], groups, strict=True), reverse=True)], np.int64)
    equations = coefficients(population, node, rows)[:, unknown]
    return [int(rows[gone]) for gone in suppressed(equations, np.eye(int(unknown.sum())))]


def coefficients(population: Population, node: str, rows: Ints) -> Floats:
    """Group × unit: how much of every unit's pooled share is in that of these groups, not divided by their sum."""
    return _equations(population, node, rows, np.ones(len(rows), np.bool_))


def _equations(population: Population, node: str, rows: Ints, pooled: Bools) -> Floats:
    """Group × unit: the coefficient of every unit's value in the figure of the group."""
    estimates = population.estimates
    part = estimates.parts[estimates.measures.index(node)]
    value = population.precision.value[population.units, population.precision.nodes.index(node)]
    of_pooled = population.shares[_role(estimates, part)][rows] * (estimates.x[population.units] @ part)
    found: Floats = np.where(pooled[:, None], of_pooled, population.inside[rows] & ~np.isnan(value))
    return found


def _role(estimates: Estimates, part: Bools) -> str:
    """In which role units are judged by the questions of a measure."""
    rates = {term.rates == "decider" for term, used in zip(estimates.terms, part, strict=True) if used}
    return "both" if len(rates) > 1 else "decider" if True in rates else "reception"
