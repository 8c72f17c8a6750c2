"""What a table of rounded cells leaves open: the least and greatest value that each hidden cell can have, by linear programming.

Which cells a release shows, and by which equations they hang together, is in audit.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from analysis.survey_data import Bools, Floats, Ints

ALIKE = 9
"""Decimals to which two columns of coefficients have to agree to be taken for the same."""
TRUST = 2.0
"""How far beyond their own misfit equations are widened: nobody can rely on them more closely than they are seen to hold."""
INFEASIBLE = 2
TIMES = 4
FURTHER = 1.001
TOGETHER = 8
"""Cells that are followed at a time, and so by one linear programme; most of its cost is to set it up."""
WORTH = 2
"""Cells that two pushes have to settle to be followed by two more."""
HOLDS = 1e-9


@dataclass(frozen=True, slots=True)
class Equations:
    """low ≤ table · x ≤ high (equations × cells, sparse), and least ≤ x ≤ most.

    kind, scale: of equations that hold only about, in groups 0, 1 … that miss alike, in multiples of the scale; kind −1 holds.
    """

    table: csr_array
    low: Floats
    high: Floats
    kind: Ints
    scale: Floats
    least: Floats
    most: Floats


@dataclass(frozen=True, slots=True)
class Asked:
    """How closely a range has to be known. `wide`: a cell of which values so far apart were met is not followed to its ends; its ends
    are then those values. `narrow`: nor is one that is known to lie between bounds closer together; its ends are then those
    bounds. `glance`: cells are not looked at any closer than that; the ends of the others are −inf and inf.
    """

    wide: float = np.inf
    narrow: float = -np.inf
    glance: bool = False


ENDS = Asked()


def feasible(equations: Equations, wanted: Ints, asked: Asked = ENDS) -> tuple[Floats, Floats]:
    """Least and greatest value of each wanted cell that every shown cell allows; ±inf where nothing holds it.

    Two linear programmes a cell (HiGHS), by connected component, where `asked` does not settle it before. Exact reductions
    before: equations that hold anyway are dropped, and cells nobody asks for that enter the same equations are added up. Equations
    that cannot all hold are widened, each kind by twice the least that is needed; a table that no widening repairs raises ValueError.
    """
    kept = np.zeros(len(equations.least), np.bool_)
    kept[wanted] = True
    small, place = _added_up(_needed(equations), kept)
    component = _components(small)
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    for number in np.unique(component[place[wanted]]):
        part, here = _part(small, component == number)
        targets = np.flatnonzero(component[place[wanted]] == number)
        low[targets], high[targets] = _ends(part, here[place[wanted[targets]]], asked)
    return low, high


def _ends(equations: Equations, cells: Ints, asked: Asked) -> tuple[Floats, Floats]:
    """The ends of some cells of one component: what settles many at once first, then those that are left one by one."""
    if not equations.table.shape[0]:
        return equations.least[cells], equations.most[cells]
    if asked.glance and not _narrow(equations, asked.narrow)[cells].any():
        return np.full(len(cells), -np.inf), np.full(len(cells), np.inf)
    equations, first = _widened(equations)
    below, above = bounds(equations)
    narrow = (above - below < asked.narrow)[cells]
    if asked.glance:
        return np.where(narrow, below[cells], -np.inf), np.where(narrow, above[cells], np.inf)
    met = Met(equations, cells, asked.wide, narrow, first[cells], first[cells])
    if np.isfinite(asked.wide):
        met.push(np.random.default_rng(len(cells)))
    met.follow()
    return np.where(narrow, below[cells], met.low), np.where(narrow, above[cells], met.high)


def _push(equations: Equations, cells: Ints, rng: np.random.Generator) -> Floats:
    """An objective that pushes cells up and down at random; those that have an end in either direction."""
    found = np.zeros(len(equations.least))
    found[cells] = rng.choice([-1.0, 1.0], len(cells))
    return np.where(np.isfinite(equations.least) & np.isfinite(equations.most), found, 0.0)


def _narrow(equations: Equations, narrow: float) -> Bools:
    below, above = bounds(equations)
    found: Bools = above - below < narrow
    return found


@dataclass(slots=True)
class Met:
    """The least and greatest values met so far of some cells; every solution is a value of all of them."""

    equations: Equations
    cells: Ints
    wide: float
    narrow: Bools
    low: Floats
    high: Floats

    def unsettled(self) -> Bools:
        found: Bools = ~self.narrow & (self.high - self.low < self.wide)
        return found

    def push(self, rng: np.random.Generator) -> None:
        """Pushes all cells that are not settled up and down at random, in one linear programme, while that settles some.

        What was met is certain; chance decides only how much is met. A cell need not go further than `wide` from where it was
        met, so that what holds a group is left to others: the values met before stay possible.
        """
        while (open_ := self.unsettled()).any():
            cells, far = self.cells[open_], FURTHER * self.wide
            least, most = self.equations.least.copy(), self.equations.most.copy()
            least[cells], most[cells] = np.maximum(least[cells], self.high[open_] - far), np.minimum(most[cells], self.low[open_] + far)
            capped = replace(self.equations, least=least, most=most)
            push = _push(capped, cells, rng)
            for found in _least(capped, [push, -push]):
                self._meet(found)
            if open_.sum() - self.unsettled().sum() < WORTH:
                break

    def follow(self) -> None:
        """Every cell that is not settled to its ends, some at a time."""
        left = np.flatnonzero(self.unsettled())
        while len(left):
            now, left = left[:TOGETHER], left[TOGETHER:]
            objectives = [sign * np.eye(1, len(self.equations.least), self.cells[number])[0] for number in now for sign in (1.0, -1.0)]
            for at, found in enumerate(_least(self.equations, objectives)):
                if found is None:
                    (self.high if at % 2 else self.low)[now[at // 2]] = np.inf if at % 2 else -np.inf
                self._meet(found)
            left = left[self.unsettled()[left]]

    def _meet(self, found: Floats | None) -> None:
        if found is not None:
            self.low, self.high = np.minimum(self.low, found[self.cells]), np.maximum(self.high, found[self.cells])


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


def _needed(equations: Equations) -> Equations:
    """Without the equations that the ends of the cells alone keep."""
    table = equations.table
    up, down = table.maximum(0), table.minimum(0)
    least, most = np.maximum(equations.least, -1e30), np.minimum(equations.most, 1e30)
    greatest, smallest = up @ most + down @ least, up @ least + down @ most
    return _rows(equations, np.asarray((greatest > equations.high + HOLDS) | (smallest < equations.low - HOLDS)))


def _rows(equations: Equations, rows: Bools) -> Equations:
    at = np.flatnonzero(rows)
    of_rows = {name: getattr(equations, name)[at] for name in ("low", "high", "kind", "scale")}
    return replace(equations, table=equations.table[at], **of_rows)


def _added_up(equations: Equations, kept: Bools) -> tuple[Equations, Ints]:
    """Cells that are not `kept` and have columns of one shape become one, c · x summed; and where every cell went.

    Exact: the sum of independent intervals is an interval.
    """
    columns = csc_array(equations.table)
    place, first = _shapes(columns, kept)
    size = int(place.max(initial=-1)) + 1
    ends = np.sort(np.stack([equations.least * first, equations.most * first]), axis=0)
    one_of = np.full(size, -1, np.int64)
    one_of[place[::-1]] = np.arange(len(kept))[::-1]
    table = csr_array(columns[:, one_of] * (1 / first[one_of])[None, :])
    least, most = (np.bincount(place, end, size).astype(np.float64) for end in ends)
    return replace(equations, table=table, least=least, most=most), place


def _shapes(columns: csc_array, alone: Bools) -> tuple[Ints, Floats]:
    """Number of the shape of every cell's column, and its first coefficient: a shape is a column divided by that.

    Cells that are `alone`, or in no equation, have a shape and a coefficient of 1 to themselves.
    """
    columns.sort_indices()
    count = np.diff(columns.indptr)
    single = alone | (count == 0)
    first = np.ones(len(alone))
    first[~single] = columns.data[columns.indptr[:-1][~single]]
    data, rows = np.round(columns.data / np.repeat(first, count), ALIKE), columns.indices.astype(np.int64)
    ends = columns.indptr.tolist()
    shapes: dict[object, int] = {}
    place = np.zeros(len(alone), np.int64)
    for cell, apart in enumerate(single.tolist()):
        here = slice(ends[cell], ends[cell + 1])
        shape: object = cell if apart else (rows[here].tobytes(), data[here].tobytes())
        place[cell] = shapes.setdefault(shape, len(shapes))
    return place, first


def _components(equations: Equations) -> Ints:
    """Number of the connected component of every cell: cells are joined by an equation."""
    table = coo_array(equations.table)
    rows, cells = equations.table.shape
    joined = coo_array((np.ones(len(table.data)), (table.row, rows + table.col)), shape=(rows + cells, rows + cells))
    _, label = connected_components(joined, directed=False)
    found: Ints = label[rows:].astype(np.int64)
    return found


def _part(equations: Equations, cells: Bools) -> tuple[Equations, Ints]:
    """The equations among some cells, a whole component; and the place of each cell in it."""
    part = replace(equations, table=equations.table[:, np.flatnonzero(cells)], least=equations.least[cells], most=equations.most[cells])
    return _rows(part, np.diff(part.table.indptr) > 0), np.cumsum(cells) - 1


def _widened(equations: Equations) -> tuple[Equations, Floats]:
    """Every kind of equation widened by twice the least with which all hold together (not where they hold); and values of all cells."""
    kinds = int(equations.kind.max(initial=-1)) + 1
    rows, cells = equations.table.shape
    loose = np.flatnonzero(equations.kind >= 0)
    of, slack = coo_array(equations.table), equations.scale[loose]
    row, column = np.concatenate([of.row, loose]), np.concatenate([of.col, cells + equations.kind[loose]])
    sides = np.concatenate([of.data, -slack, of.data, slack]), (np.concatenate([row, row + rows]), np.tile(column, 2))
    endless = np.full(rows, np.inf)
    found = milp(
        np.concatenate([np.zeros(cells), np.ones(kinds)]),
        constraints=LinearConstraint(
            csc_array(sides, shape=(2 * rows, cells + kinds)),
            np.concatenate([-endless, equations.low]),
            np.concatenate([equations.high, endless]),
        ),
        bounds=Bounds(np.concatenate([equations.least, np.zeros(kinds)]), np.concatenate([equations.most, np.full(kinds, np.inf)])),
    )
    if found.x is None:
        raise ValueError("cells that no equation of the table allows together")
    miss = np.where(found.x[cells:] > HOLDS, found.x[cells:], 0.0)
    width = TRUST * equations.scale * np.append(miss, 0.0)[equations.kind]
    return replace(equations, low=equations.low - width, high=equations.high + width), found.x[:cells]


def _least(equations: Equations, objectives: Sequence[Floats]) -> list[Floats | None]:
    """Values of all cells where each objective is least; None where it has no end. One linear programme, a copy of all cells for each
    objective, unless one of them has no end."""
    count = len(objectives)
    table = _repeated(csc_array(equations.table), count)
    constraint = LinearConstraint(table, np.tile(equations.low - HOLDS, count), np.tile(equations.high + HOLDS, count))
    limits = Bounds(np.tile(equations.least, count), np.tile(equations.most, count))
    solved = milp(np.concatenate(objectives), constraints=constraint, bounds=limits, options={"presolve": False})
    if solved.x is not None:
        return list(np.asarray(solved.x, np.float64).reshape(count, -1))
    if solved.status == INFEASIBLE:
        raise ValueError("cells that no equation of the table allows together")
    return [None] if count == 1 else [one for objective in objectives for one in _least(equations, [objective])]


def _repeated(table: csc_array, count: int) -> csc_array:
    """The table so many times along the diagonal."""
    rows, cells = table.shape
    at = np.concatenate([table.indices + rows * number for number in range(count)])
    start = np.concatenate([[0], *(table.indptr[1:] + table.nnz * number for number in range(count))])
    return csc_array((np.tile(table.data, count), at, start), shape=(rows * count, cells * count))
