"""One linear programme, solved by HiGHS as scipy ships it: handed over as arrays, and only the values are read back.

scipy.optimize.milp finds the same values, and takes twice as long as the solver to hand a programme over and to read prices that
nobody asks for. Where scipy is built otherwise than today, milp it is.
"""

from types import ModuleType

import numpy as np
from scipy.sparse import csr_array

from analysis.compiled import compiled
from analysis.solvers import optimize
from analysis.survey_data import Floats

Ends = tuple[Floats, Floats]
BY_ROW, LEAST = 2, 1
"""HiGHS: a table written down row by row; an objective to be made least."""
INFEASIBLE = 2


class NothingAllowed(ValueError):
    """The rows and the ends of the cells contradict each other."""

    def __init__(self) -> None:
        super().__init__("cells that no equation of the table allows together")


def solved(objective: Floats, table: csr_array, rows: Ends, cells: Ends) -> Floats | None:
    """x with objective · x least where low ≤ table · x ≤ high (rows) and least ≤ x ≤ most (cells); None where it has no end.

    Raises NothingAllowed. Without presolve: what is handed over is small already.
    """
    return _by_milp(objective, table, rows, cells) if _highs is None else _directly(_highs, objective, table, rows, cells)


def _directly(highs: ModuleType, objective: Floats, table: csr_array, rows: Ends, cells: Ends) -> Floats | None:
    solver = highs._Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("presolve", "off")
    size = len(objective), table.shape[0], table.nnz
    continuous = np.zeros(len(objective), np.int32)
    solver.passModel(*size, BY_ROW, LEAST, 0.0, objective, *cells, *rows, table.indptr, table.indices, table.data, continuous)
    solver.run()
    status = solver.getModelStatus()
    if status == highs.HighsModelStatus.kInfeasible:
        raise NothingAllowed
    return np.array(solver.getSolution().col_value) if status == highs.HighsModelStatus.kOptimal else None


def _by_milp(objective: Floats, table: csr_array, rows: Ends, cells: Ends) -> Floats | None:
    scipy = optimize()
    constraints, bounds = scipy.LinearConstraint(table, *rows), scipy.Bounds(*cells)
    found = scipy.milp(objective, constraints=constraints, bounds=bounds, options={"presolve": False})
    if found.status == INFEASIBLE:
        raise NothingAllowed
    return None if found.x is None else np.asarray(found.x, np.float64)


def _compiled() -> ModuleType | None:
    try:
        return compiled("scipy.optimize", "_highspy._core")
    except ImportError:
        return None


_highs = _compiled()
