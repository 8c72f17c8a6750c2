"""Roots by the compiled solver that scipy ships, called without scipy.optimize: that takes longer to start than a release takes to find
them. Linear programmes are in programmes.py.

Where scipy is built otherwise than today, and for what is asked seldom, it is loaded as a whole.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from analysis.compiled import compiled

STEPS_TO_A_ROOT = 100


def optimize() -> ModuleType:
    """scipy.optimize, from now on."""
    return import_module("scipy.optimize")


def _loaded() -> ModuleType | None:
    try:
        return compiled("scipy.optimize", "_zeros")
    except ImportError:
        return None


_zeros = _loaded()


def root(of: Callable[[float], float], low: float, high: float, *, near: float, part: float) -> float:
    """x between two ends at which a function has different signs, with f(x) = 0 within `near` + `part` · |x|: Brent's way.

    Raises ValueError where the signs are the same, RuntimeError after 100 steps. Oracle: scipy.optimize.brentq, the same bits.
    """
    if _zeros is None:
        return float(optimize().brentq(of, low, high, xtol=near, rtol=part))
    return float(_zeros._brentq(of, low, high, near, part, STEPS_TO_A_ROOT, (), False, True))
