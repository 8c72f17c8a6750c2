"""The special functions of scipy that intervals and tests need, loaded without the rest of scipy.special, and without scipy.stats.

Whenever scipy.special starts, it writes the manual pages of a hundred functions anew and loads the tools that this takes: a
twentieth of the city job on the command line. The functions themselves are compiled, in its module _ufuncs; that is loaded into
the package before the package is run. Whoever imports scipy.special later gets all of it, with these functions in it.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import numpy as np

PACKAGE = "scipy.special"


def _compiled() -> ModuleType:
    """The module of the compiled functions; the whole package where it is loaded already, or built otherwise than today."""
    spec = None if PACKAGE in sys.modules else find_spec(PACKAGE)
    if spec is None:
        return import_module(PACKAGE)
    sys.modules[PACKAGE] = module_from_spec(spec)
    try:
        found = import_module(f"{PACKAGE}._ufuncs")
    except ImportError:
        found = None
    finally:
        del sys.modules[PACKAGE]
    return found or import_module(PACKAGE)


_functions = _compiled()
bdtrc: np.ufunc = _functions.bdtrc
betaincinv: np.ufunc = _functions.betaincinv
betaln: np.ufunc = _functions.betaln
expit: np.ufunc = _functions.expit
gammaincinv: np.ufunc = _functions.gammaincinv
logit: np.ufunc = _functions.logit
ndtri: np.ufunc = _functions.ndtri
stdtr: np.ufunc = _functions.stdtr
stdtrit: np.ufunc = _functions.stdtrit
xlog1py: np.ufunc = _functions.xlog1py
xlogy: np.ufunc = _functions.xlogy
