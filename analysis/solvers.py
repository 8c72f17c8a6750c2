"""Roots and least values by the solvers that scipy ships, called without scipy.optimize: it takes longer to start than a release takes
to solve. Linear programmes are in programmes.py.

Where scipy is built otherwise than today, and for what is asked seldom, it is loaded as a whole.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import numpy as np

from analysis.arrays import Floats
from analysis.compiled import compiled

STEPS_TO_A_ROOT = 100
CORRECTIONS, SEARCHES, STEPS = 10, 20, 1_000
"""L-BFGS-B: what it remembers of the curvature, tries along one line, and steps at most."""
SETTLED, FLAT = 1e-15, 1e-10
"""It ends where a step gains no more than that part of the loss, or no slope that leads inside is steeper."""
BETWEEN, A_STEP, A_LOSS, STOP = 2, 1, 3, (5, 504)
"""Its signs: a variable has both bounds; a step was made; it asks for loss and slope; and, said to it, that steps are used up."""

LossAndSlope = Callable[[Floats], tuple[float, Floats]]


def optimize() -> ModuleType:
    """scipy.optimize, from now on."""
    return import_module("scipy.optimize")


def _loaded(name: str) -> ModuleType | None:
    try:
        return compiled("scipy.optimize", name)
    except ImportError:
        return None


_zeros, _lbfgsb = _loaded("_zeros"), _loaded("_lbfgsb")


def root(of: Callable[[float], float], low: float, high: float, *, near: float, part: float) -> float:
    """x between two ends at which a function has different signs, with f(x) = 0 within `near` + `part` · |x|: Brent's way.

    Raises ValueError where the signs are the same, RuntimeError after 100 steps. Oracle: scipy.optimize.brentq, the same bits.
    """
    if _zeros is None:
        return float(optimize().brentq(of, low, high, xtol=near, rtol=part))
    return float(_zeros._brentq(of, low, high, near, part, STEPS_TO_A_ROOT, (), False, True))


def least(of: LossAndSlope, start: Floats, low: float, high: float) -> Floats:
    """x with the least loss where every x_j is between two ends, from a start between them: L-BFGS-B.

    Source: Zhu, Byrd, Lu and Nocedal 1997. Oracle: scipy.optimize.minimize, the same bits.
    """
    if _lbfgsb is None:
        options = {"ftol": SETTLED, "gtol": FLAT, "maxiter": STEPS}
        found = optimize().minimize(of, start, jac=True, method="L-BFGS-B", bounds=[(low, high)] * len(start), options=options)
        return np.asarray(found.x, np.float64)
    return _stepwise(_lbfgsb, of, start, (low, high))


def _stepwise(solver: ModuleType, of: LossAndSlope, start: Floats, ends: tuple[float, float]) -> Floats:
    """It hands back control whenever it wants to know something. The arrays without a name are its memory."""
    size, many = len(start), CORRECTIONS
    low, high = (np.full(size, end) for end in ends)
    x, loss, slope = np.clip(start, low, high), 0.0, np.zeros(size)
    memory = np.zeros(2 * many * size + 5 * size + 11 * many * many + 8 * many), np.zeros(3 * size, np.int32)
    task, line = np.zeros(2, np.int32), np.zeros(2, np.int32)
    saved = np.zeros(4, np.int32), np.zeros(44, np.int32), np.zeros(29)
    kinds, gain = np.full(size, BETWEEN, np.int32), SETTLED / float(np.finfo(np.float64).eps)
    steps = 0
    while True:
        solver.setulb(many, x, low, high, kinds, loss, slope, gain, FLAT, *memory, task, *saved, SEARCHES, line)
        if task[0] == A_LOSS:
            loss, slope = of(x.copy())
        elif task[0] != A_STEP:
            return x
        elif (steps := steps + 1) >= STEPS:
            task[:] = STOP
