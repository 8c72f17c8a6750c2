"""What a table of rounded cells leaves open: the least and greatest value that each hidden cell can have, by linear programming.

Which cells a release shows, and by which equations they hang together, is in audit.py; how systems are made smaller: equations.py.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array

from analysis.equations import HOLDS, Equations, Parts, added_up, needed
from analysis.programmes import NothingAllowed, solved
from analysis.survey_data import Bools, Floats, Ints

TRUST = 2.0
"""How far beyond their own misfit equations are widened: nobody can rely on them more closely than they are seen to hold."""
TIES = 1e-4
"""Where kinds could be widened instead of each other, the first is: by how much less each counts than the next."""
WEIGHT = 1e4
"""Of an objective: what HiGHS takes for nothing is an absolute number."""
TIMES = 4
FURTHER = 1.001
TOGETHER = 4
"""Cells of one component that are followed at a time: what is found for one may settle the next."""
SIZE = 1500
"""Cells of one linear programme: of fewer most of the cost is to set it up, of more each step of it costs more."""
IDLE = 2
"""Pushes in a row that settle nothing in a component, after which its cells are followed one by one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How closely a range has to be known. `wide`: a cell of which values so far apart were met is not followed to its ends; its ends
    are then those values. `narrow`: nor is one that is known to lie between bounds closer together; its ends are then those
    bounds. Both for all cells or for each that is wanted. `glance`: cells are not looked at any closer than that; the ends of the
    others are −inf and inf.
    """

    wide: float | Floats = np.inf
    narrow: float | Floats = -np.inf
    glance: bool = False


ENDS = Asked()


def feasible(equations: Equations, wanted: Ints, asked: Asked = ENDS) -> tuple[Floats, Floats]:
    """Least and greatest value of each wanted cell that every shown cell allows; ±inf where nothing holds it.

    Two linear programmes a cell (HiGHS), by connected component, where `asked` does not settle it before. Exact reductions
    before: equations that hold anyway are dropped, and cells nobody asks for that enter the same equations are added up. Equations
    that cannot all hold are widened, each kind by twice the least that is needed; a table that no widening repairs raises
    NothingAllowed.
    Components share a programme where that is cheaper, and nothing else.
    """
    kept = np.zeros(len(equations.least), np.bool_)
    kept[wanted] = True
    small, place = added_up(needed(equations), kept)
    parts, went = Parts.of(small)
    at = went[place[wanted]]
    low, high = parts.equations.least[at], parts.equations.most[at]
    within = parts.holding(at)
    held: Bools = np.diff(parts.rows)[within] > 0
    wide, narrow = np.broadcast_to(asked.wide, len(at)), np.broadcast_to(asked.narrow, len(at))
    if asked.glance and held.any():
        low[held], high[held] = -np.inf, np.inf
        below, above = bounds(parts.equations)
        held &= np.isin(within, within[(above - below)[at] < narrow])
    if held.any():
        some, cells = parts.take(np.unique(within[held]))
        low[held], high[held] = _ends(some, np.searchsorted(cells, at[held]), wide[held], narrow[held], asked.glance)
    return low, high


def _ends(parts: Parts, cells: Ints, wide: Floats, narrow: Floats, glance: bool) -> tuple[Floats, Floats]:
    """The ends of some cells: what settles many at once first, then those that are left one by one."""
    parts, first = _widened(parts)
    below, above = bounds(parts.equations)
    known: Bools = (above - below)[cells] < narrow
    if glance:
        return np.where(known, below[cells], -np.inf), np.where(known, above[cells], np.inf)
    met = Met(parts, cells, wide, known, first[cells], first[cells])
    if np.isfinite(wide).all():
        met.push(below[cells], above[cells], np.random.default_rng(len(cells)))
    met.follow()
    return np.where(known, below[cells], met.low), np.where(known, above[cells], met.high)


@dataclass(slots=True)
class Met:
    """The least and greatest values met so far of some cells; every solution is a value of all cells of its component."""

    parts: Parts
    cells: Ints
    wide: Floats
    narrow: Bools
    low: Floats
    high: Floats

    def unsettled(self) -> Bools:
        found: Bools = ~self.narrow & (self.high - self.low < self.wide)
        return found

    def push(self, below: Floats, above: Floats, rng: np.random.Generator) -> None:
        """Pushes all cells that are not settled at once, each the way in which more is left of its bounds, while that settles some.

        What was met is certain; chance decides only how much is met: the way is drawn by what is left, and how much a cell counts, so
        that not always the same ones give way. A cell need not go further than `wide` from where it was met, so that what holds a
        group is left to others: the values met before stay possible.
        """
        within = self.parts.holding(self.cells)
        left, idle = np.bincount(within, self.unsettled(), self.parts.count), np.zeros(self.parts.count)
        while ((left > 0) & (idle < IDLE)).any():
            open_ = self.unsettled() & (idle < IDLE)[within]
            some, cells = self.parts.take(np.unique(within[open_]))
            at, low, high, wide = np.searchsorted(cells, self.cells[open_]), self.low[open_], self.high[open_], self.wide[open_]
            up = np.minimum(above[open_], low + wide) - high
            down = low - np.maximum(below[open_], high - wide)
            objective = np.zeros(len(cells))
            rises = rng.random(len(at)) * (np.maximum(up, 0) + np.maximum(down, 0)) < up
            objective[at] = np.where(rises, -1.0, 1.0) * rng.random(len(at))
            self._meet(cells, least(_capped(some, at, low, high, wide), objective))
            before, left = left, np.bincount(within, self.unsettled(), self.parts.count)
            idle = np.where(before > left, 0, idle + 1)

    def follow(self) -> None:
        """Every cell that is not settled to its ends, some of each component at a time."""
        within = self.parts.holding(self.cells)
        left = np.flatnonzero(self.unsettled())
        while len(left):
            left = left[np.argsort(within[left], kind="stable")]
            turn = np.arange(len(left)) - np.searchsorted(within[left], within[left])
            now, left = left[turn < TOGETHER], left[turn >= TOGETHER]
            some, cells = self.parts.take(np.repeat(within[now], 2))
            own = np.repeat(self.cells[now] - self.parts.cells[within[now]], 2) + some.cells[:-1]
            some = _capped(some, own, *(np.repeat(one[now], 2) for one in (self.low, self.high, self.wide)))
            objective = np.zeros(len(cells))
            objective[own] = np.tile([1.0, -1.0], len(now))
            found = least(some, objective)
            endless = np.isnan(found[own]).reshape(-1, 2)
            self._meet(cells, found)
            self.low[now[endless[:, 0]]], self.high[now[endless[:, 1]]] = -np.inf, np.inf
            left = left[self.unsettled()[left]]

    def _meet(self, cells: Ints, found: Floats) -> None:
        """found: values of these cells, of one perhaps several, NaN where there are none."""
        low, high = np.full(len(self.parts.equations.least), np.inf), np.full(len(self.parts.equations.least), -np.inf)
        np.fmin.at(low, cells, found)
        np.fmax.at(high, cells, found)
        self.low, self.high = np.minimum(self.low, low[self.cells]), np.maximum(self.high, high[self.cells])


def _capped(parts: Parts, cells: Ints, low: Floats, high: Floats, wide: Floats) -> Parts:
    """Some cells no further than `wide` from where they were met."""
    of, far = parts.equations, FURTHER * wide
    least, most = of.least.copy(), of.most.copy()
    least[cells], most[cells] = np.maximum(least[cells], high - far), np.minimum(most[cells], low + far)
    return replace(parts, equations=replace(of, least=least, most=most))


def bounds(equations: Equations) -> tuple[Floats, Floats]:
    """Bounds of every cell that follow from one equation after the other, all other cells within theirs: never closer than the truth.

    x_c ≤ (high − Σ least of the others) ÷ a, and so on, a few times over. Cells without a bound are ±inf.
    """
    table = coo_array(equations.table)
    row, cell, a = table.row.astype(np.int64), table.col, table.data
    low, high = equations.least.copy(), equations.most.copy()
    for _ in range(TIMES):
        ends = np.where(a > 0, a * low[cell], a * high[cell]), np.where(a > 0, a * high[cell], a * low[cell])
        least, most = _others(row, ends[0], len(equations.low), -np.inf), _others(row, ends[1], len(equations.low), np.inf)
        up = np.where(a > 0, equations.high[row] + HOLDS - least, equations.low[row] - HOLDS - most) / a
        down = np.where(a > 0, equations.low[row] - HOLDS - most, equations.high[row] + HOLDS - least) / a
        np.minimum.at(high, cell, up)
        np.maximum.at(low, cell, down)
    return low, high


def _others(row: Ints, ends: Floats, rows: int, endless: float) -> Floats:
    """Of every entry the sum of the others in its row; `endless` where one of these is."""
    without = np.isinf(ends)
    finite = np.where(without, 0.0, ends)
    count, total = np.bincount(row, without, rows)[row] - without, np.bincount(row, finite, rows)[row] - finite
    found: Floats = np.where(count > 0, endless, total)
    return found


def _widened(parts: Parts) -> tuple[Parts, Floats]:
    """Every kind of equation widened by twice the least with which all hold together (not where they hold); and values of all cells."""
    of = parts.equations
    solved = [_loosened(one) for one in parts.pieces(SIZE)]
    width, first = (np.concatenate(one) for one in zip(*solved, strict=True))
    return replace(parts, equations=replace(of, low=of.low - width, high=of.high + width)), first


def _loosened(parts: Parts) -> tuple[Floats, Floats]:
    """How far each equation is widened, and values of all cells."""
    equations = parts.equations
    rows, cells = equations.table.shape
    loose = np.flatnonzero(equations.kind >= 0)
    within = np.repeat(np.arange(parts.count), np.diff(parts.rows))
    own, kind = np.unique(np.stack([within[loose], equations.kind[loose]]), axis=1, return_inverse=True)
    kinds = own.shape[1]
    of, slack = coo_array(equations.table), equations.scale[loose]
    row, column = np.concatenate([of.row, loose]), np.concatenate([of.col, cells + kind])
    sides = np.concatenate([of.data, -slack, of.data, slack]), (np.concatenate([row, row + rows]), np.tile(column, 2))
    endless = np.full(rows, np.inf)
    found = solved(
        np.concatenate([np.zeros(cells), WEIGHT * (1 + TIES * own[1])]),
        csr_array(sides, shape=(2 * rows, cells + kinds)),
        (np.concatenate([-endless, equations.low]), np.concatenate([equations.high, endless])),
        (np.concatenate([equations.least, np.zeros(kinds)]), np.concatenate([equations.most, np.full(kinds, np.inf)])),
    )
    if found is None:
        raise NothingAllowed
    miss = np.where(found[cells:] > HOLDS, found[cells:], 0.0)
    width = np.zeros(rows)
    width[loose] = TRUST * slack * miss[kind]
    return width, found[:cells]


def least(parts: Parts, objective: Floats) -> Floats:
    """Values of all cells where the objective is least, component by component; NaN of one where it has no end."""
    found: list[Floats] = []
    start = 0
    for one in parts.pieces(SIZE):
        end = start + len(one.equations.least)
        found.append(_least(one, objective[start:end]))
        start = end
    return np.concatenate(found)


def _least(parts: Parts, objective: Floats) -> Floats:
    of = parts.equations
    found = solved(objective, of.table, (of.low - HOLDS, of.high + HOLDS), (of.least, of.most))
    if found is not None:
        return found
    if parts.count == 1:
        return np.full(len(objective), np.nan)
    halves = np.array_split(np.arange(parts.count), 2)
    ends = [0, int(parts.cells[len(halves[0])]), len(objective)]
    return np.concatenate([_least(parts.take(half)[0], objective[a:b]) for half, a, b in zip(halves, ends, ends[1:], strict=False)])
