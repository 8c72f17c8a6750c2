"""The audit of level shares: where a unit does not tell two levels apart, what others tell must leave open where it stands.

Methodology §13.1, §13.4, for the cuts between levels what audit.py is for figures. Which cuts are told before: level_shares.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from analysis.audit import LEAST_POINTS, SLACK, half_step
from analysis.complementary import coefficients
from analysis.equations import Equations, side_by_side
from analysis.feasible import Asked, feasible
from analysis.population import Population
from analysis.survey_data import Bools, Floats, Ints

Cuts = tuple[bool, ...]
"""Between neighbouring levels, from the worst: True where they are told apart."""
OF_CUTS = Asked(wide=-SLACK / 2, narrow=-SLACK)


@dataclass(frozen=True, slots=True)
class Told:
    """Of one question, over all domains. `below`: domain × cut, the share at or below it; `n`: domain × level, answers; `people`: behind
    the figure beside it, as it is printed now, 0 where it is hidden or was held over; `cuts`: told now, by row of the domain.

    The cut before `first` is told by the figure.
    """

    node: str
    first: int
    n: Floats
    below: Floats
    people: Ints
    cuts: dict[int, Cuts]

    def tells(self, rows: Ints) -> Bools:
        """Domain × cut."""
        shape = (len(rows), self.below.shape[1])
        told: Bools = np.array([self.cuts.get(int(row), (False,) * shape[1]) for row in rows], np.bool_).reshape(shape)
        told &= (self.people[rows] > 0)[:, None]
        told[:, self.first - 1] = self.people[rows] > 0
        return told

    def ends(self, rows: Ints) -> tuple[Floats, Floats]:
        """Between which ends the share at or below every cut lies by what is printed, were it told."""
        half = np.array([half_step(int(n), True) for n in self.people[rows]])[:, None]
        nearest = 2 * half * np.floor(self.below[rows] / (2 * half) + 0.5)
        return np.maximum(nearest - half, 0.0), np.minimum(nearest + half, 1.0)


def left_open(population: Population, questions: Sequence[Told]) -> None:
    """Takes cuts from groups, the smallest first, until what is told leaves every cut of a unit that is not told as wide as it has to be.

    That is a fifth of the levels it lies among, as the unit itself tells them, and at least one of their answers. Unknown: the shares at
    or below a cut of every unit that does not tell it; known: those that are told, rounded, and that of a group is Σ X_u · share_u of its
    units, as of its figure. By linear programmes, every cut by itself. Oracle: a plain programme for every cell.
    """
    everything = [np.ones((int((one.n[population.units].sum(axis=1) > 0).sum()), one.below.shape[1]), np.bool_) for one in questions]
    left, changed = dict(enumerate(everything)), [np.zeros(one.below.shape[1], np.bool_) for one in questions]
    while left:
        systems = {at: _System.of(population, questions[at], asked) for at, asked in left.items()}
        failed = _too_narrow([*systems.values()])
        left = {}
        for (at, system), cells in zip(systems.items(), failed, strict=True):
            gone = system.give_up(questions[at], cells)
            if gone.any():
                changed[at] |= gone
                left[at] = cells
            elif changed[at].any():
                left[at] = everything[at] & changed[at]
                changed[at] = gone


def _too_narrow(systems: Sequence["_System"]) -> list[Bools]:
    """Of each the cells, unit × cut, that are asked for and lie between ends too close together."""
    joined, starts = side_by_side([system.equations for system in systems])
    least = np.concatenate([one.least for one in systems])
    wanted = [one.wanted + start for one, start in zip(systems, starts, strict=False)]
    asked = Asked(wide=least + OF_CUTS.wide, narrow=least + OF_CUTS.narrow)
    low, high = feasible(joined, np.concatenate(wanted), asked)
    narrow = np.zeros(joined.table.shape[1], np.bool_)
    narrow[np.concatenate(wanted)] = high - low < least - SLACK
    return [narrow[start:end].reshape(-1, one.cuts) for one, start, end in zip(systems, starts, starts[1:], strict=False)]


@dataclass(frozen=True, slots=True)
class _System:
    """Cells: unit × cut, row by row. `wanted`: cells that are not told and have something to tell; `least`: how wide they have to stay;
    `groups`: rows of the groups whose figure is told; `inside`: group × unit."""

    equations: Equations
    wanted: Ints
    least: Floats
    cuts: int
    groups: Ints
    inside: Bools

    @classmethod
    def of(cls, population: Population, told: Told, asked: Bools) -> "_System":
        """asked: unit × cut, the cells that are looked at."""
        answered = told.n[population.units].sum(axis=1) > 0
        units = population.units[answered]
        groups = np.array([row for row, one in enumerate(population.domains) if one.kind != "unit" and told.people[row] > 0], np.int64)
        weight = coefficients(population, told.node, groups)[:, answered]
        groups, weight = groups[weight.sum(axis=1) > 0], weight[weight.sum(axis=1) > 0]
        names = [str(population.domains[row].grouping) for row in groups]
        kind = np.unique(names, return_inverse=True)[1]
        tells = told.tells(units)
        least, most, apart = _own(told, units, tells)
        wanted = np.flatnonzero(~tells & (apart > SLACK) & asked)
        equations = _equations(told, groups, weight, kind, (least, most))
        return cls(equations, wanted, apart.ravel()[wanted], tells.shape[1], groups, weight > 0)

    def give_up(self, told: Told, narrow: Bools) -> Bools:
        """Takes every cut of which a cell is too narrow from the smallest groups around such cells, and says which cuts these were."""
        gone = np.zeros(self.cuts, np.bool_)
        helped, order = np.zeros_like(narrow), np.argsort(told.n[self.groups].sum(axis=1), kind="stable")
        concerned: Bools = np.asarray(self.inside[:, narrow.any(axis=1)].any(axis=1))
        for at in order[concerned[order]]:
            row = int(self.groups[at])
            around = narrow & self.inside[at][:, None] & np.array(told.cuts.get(row, (False,) * self.cuts), np.bool_)
            goes = around.any(axis=0) & ~(around & helped).any(axis=0)
            if goes.any():
                told.cuts[row] = tuple(one and not left for one, left in zip(told.cuts[row], goes.tolist(), strict=True))
                helped |= around & goes
                gone |= goes
        return gone


def _own(told: Told, units: Ints, tells: Bools) -> tuple[Floats, Floats, Floats]:
    """Unit × cut: between which ends each share lies by what the unit itself tells, and how wide it has to stay; 0 for the figure's own
    cut, which the audit of figures looks after."""
    low, high = told.ends(units)
    least = np.maximum.accumulate(np.where(tells, low, 0.0), axis=1)
    most = _backwards(np.where(tells, high, 1.0))
    below, answers = told.below[units], np.cumsum(told.n[units], axis=1)
    cut = answers[:, :-1]
    share = _backwards(np.where(tells, below, 1.0)) - np.maximum.accumulate(np.where(tells, below, 0.0), axis=1)
    people = _backwards(np.where(tells, cut, answers[:, -1:])) - np.maximum.accumulate(np.where(tells, cut, 0.0), axis=1)
    apart = np.where(people > 0, np.maximum(LEAST_POINTS, 1 / np.maximum(np.floor(people), 1)) * share, 0.0)
    apart[:, told.first - 1] = 0.0
    return least, most, apart


def _backwards(ends: Floats) -> Floats:
    """The least of each entry and all that follow it."""
    found: Floats = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    return found


def _equations(told: Told, groups: Ints, weight: Floats, kind: Ints, ends: tuple[Floats, Floats]) -> Equations:
    """Σ X_u · share_u of every cut that a group tells, about as straddling units go."""
    cuts = ends[0].shape[1]
    group, cut = np.nonzero(told.tells(groups))
    row, unit = np.nonzero(weight[group])
    low, high = (one[group, cut] * weight[group].sum(axis=1) for one in told.ends(groups))
    table = coo_array((weight[group][row, unit], (row, unit * cuts + cut[row])), shape=(len(group), ends[0].size))
    return Equations(csr_array(table), low, high, kind[group], weight[group].sum(axis=1), ends[0].ravel(), ends[1].ravel())
