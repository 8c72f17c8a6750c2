"""What a table of rounded cells leaves open: the least and greatest value that each hidden cell can have, by linear programming.

Which cells a release shows, and by which equations they hang together, is in audit.py.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csc_array, csr_array, hstack
from scipy.sparse.csgraph import connected_components

from analysis.survey_data import Bools, Floats, Ints

ALIKE = 9
"""Decimals to which two columns of coefficients have to agree to be taken for the same."""
TRUST = 2.0
"""How far beyond their own misfit equations are widened: nobody can rely on them more closely than they are seen to hold."""
INFEASIBLE = 2
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


def feasible(equations: Equations, wanted: Ints, enough: float = np.inf) -> tuple[Floats, Floats]:
    """Least and greatest value of each wanted cell that every shown cell allows; ±inf where nothing holds it.

    Two linear programmes a cell (HiGHS), by connected component. Exact reductions before: equations that hold anyway are
    dropped, and cells nobody asks for that enter the same equations are added up. Equations that cannot all hold are
    widened, each kind by twice the least that is needed; a table that no widening repairs raises ValueError. enough: a cell
    of which values so far apart were met on the way is not followed to its ends; its ends are then those values.
    """
    kept = np.zeros(len(equations.least), np.bool_)
    kept[wanted] = True
    small, place = _added_up(_needed(equations), kept)
    component = _components(small)
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    for number in np.unique(component[place[wanted]]):
        part, here = _part(small, component == number)
        targets = np.flatnonzero(component[place[wanted]] == number)
        low[targets], high[targets] = _ends(_widened(part), here[place[wanted[targets]]], enough)
    return low, high


def _ends(equations: Equations, cells: Ints, enough: float) -> tuple[Floats, Floats]:
    """The ends of some cells of one component; every solution is a value of all of them.

    Cells in one equation move against each other, so two solutions push every second cell up and the others down.
    """
    low, high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)
    if np.isfinite(enough):
        push = np.zeros(len(equations.least))
        push[cells] = 1.0 - 2.0 * (np.arange(len(cells)) % 2)
        for objective in (push, -push):
            found = _least(equations, objective)
            if found is not None:
                low, high = np.minimum(low, found[cells]), np.maximum(high, found[cells])
    for number, cell in enumerate(cells):
        for sign in (1.0, -1.0):
            if high[number] - low[number] >= enough:
                break
            found = _least(equations, sign * np.eye(1, len(equations.least), cell)[0])
            if found is not None:
                low, high = np.minimum(low, found[cells]), np.maximum(high, found[cells])
            elif sign > 0:
                low[number] = -np.inf
            else:
                high[number] = np.inf
    return low, high


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

    Exact: the sum of independent intervals is an interval. A column's shape is it divided by its first coefficient.
    """
    columns = csc_array(equations.table)
    columns.sort_indices()
    first = np.ones(len(kept))
    shapes: dict[object, int] = {}
    place = np.zeros(len(kept), np.int64)
    for cell in range(len(kept)):
        here = slice(columns.indptr[cell], columns.indptr[cell + 1])
        values = columns.data[here]
        if kept[cell] or not len(values):
            shape: object = cell
        else:
            first[cell] = values[0]
            shape = (columns.indices[here].tobytes(), np.round(values / values[0], ALIKE).tobytes())
        place[cell] = shapes.setdefault(shape, len(shapes))
    size = len(shapes)
    ends = np.sort(np.stack([equations.least * first, equations.most * first]), axis=0)
    one_of = np.full(size, -1, np.int64)
    one_of[place[::-1]] = np.arange(len(kept))[::-1]
    table = csr_array(columns[:, one_of] * (1 / first[one_of])[None, :])
    least, most = (np.bincount(place, end, size).astype(np.float64) for end in ends)
    return replace(equations, table=table, least=least, most=most), place


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


def _widened(equations: Equations) -> Equations:
    """Every kind of equation widened by twice the least with which all hold together; as they are where they hold."""
    kinds = int(equations.kind.max(initial=-1)) + 1
    rows, cells = equations.table.shape
    if not rows:
        return equations
    loose = np.flatnonzero(equations.kind >= 0)
    slack = coo_array((equations.scale[loose], (loose, equations.kind[loose])), shape=(rows, kinds))
    above, below = hstack([equations.table, -slack]), hstack([equations.table, slack])
    found = milp(
        np.concatenate([np.zeros(cells), np.ones(kinds)]),
        constraints=[LinearConstraint(above, -np.inf, equations.high), LinearConstraint(below, equations.low, np.inf)],
        bounds=Bounds(np.concatenate([equations.least, np.zeros(kinds)]), np.concatenate([equations.most, np.full(kinds, np.inf)])),
    )
    if found.x is None:
        raise ValueError("cells that no equation of the table allows together")
    miss = np.where(found.x[cells:] > HOLDS, found.x[cells:], 0.0)
    width = TRUST * equations.scale * np.append(miss, 0.0)[equations.kind]
    return replace(equations, low=equations.low - width, high=equations.high + width)


def _least(equations: Equations, objective: Floats) -> Floats | None:
    """Values of all cells where the objective is least; None where it has no end."""
    if not equations.table.shape[0]:
        found: Floats = np.where(objective > 0, equations.least, equations.most)
        return found if np.isfinite(found).all() else None
    constraint = LinearConstraint(equations.table, equations.low - HOLDS, equations.high + HOLDS)
    solved = milp(objective, constraints=constraint, bounds=Bounds(equations.least, equations.most), options={"presolve": False})
    if solved.x is None and solved.status == INFEASIBLE:
        raise ValueError("cells that no equation of the table allows together")
    return None if solved.x is None else np.asarray(solved.x, np.float64)
