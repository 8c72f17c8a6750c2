"""Compiled parts of scipy, loaded without the package around them.

Whenever scipy.special or scipy.sparse start, they load what documents, tests and wraps numpy, its translator of Fortran included: a
sixth of the city job on the command line. What reckons is compiled, in one module of each; that is loaded into the package before
the package is run. Whoever imports the package later gets all of it, and scipy's own code finds this module in it. To be called while
modules are imported, by one thread: for a moment the package stands there bare.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType


def compiled(package: str, name: str) -> ModuleType:
    """The module of that name in a package of scipy; with the whole package where it is loaded already, or built otherwise than today.

    ImportError where the package has no such module.
    """
    full = f"{package}.{name}"
    spec = None if package in sys.modules else find_spec(package)
    if spec is not None:
        sys.modules[package] = module_from_spec(spec)
        try:
            return import_module(full)
        except ImportError:
            pass
        finally:
            del sys.modules[package]
    return import_module(full)
