"""The special functions of scipy that intervals and tests need, loaded without the rest of scipy.special, and without scipy.stats."""

from importlib import import_module
from types import ModuleType

import numpy as np

from analysis.compiled import compiled


def _loaded() -> ModuleType:
    """The compiled functions alone; the whole package where it is built otherwise than today."""
    try:
        return compiled("scipy.special", "_ufuncs")
    except ImportError:
        return import_module("scipy.special")


_functions = _loaded()
bdtrc: np.ufunc = _functions.bdtrc
betaincinv: np.ufunc = _functions.betaincinv
betaln: np.ufunc = _functions.betaln
expit: np.ufunc = _functions.expit
gammaincc: np.ufunc = _functions.gammaincc
gammaincinv: np.ufunc = _functions.gammaincinv
logit: np.ufunc = _functions.logit
ndtr: np.ufunc = _functions.ndtr
ndtri: np.ufunc = _functions.ndtri
stdtr: np.ufunc = _functions.stdtr
stdtrit: np.ufunc = _functions.stdtrit
xlog1py: np.ufunc = _functions.xlog1py
xlogy: np.ufunc = _functions.xlogy
