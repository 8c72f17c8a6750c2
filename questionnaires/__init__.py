"""The instruments: one TOML file a version, in this folder and in the city's own. They are found and loaded in shelf.py.

What that offers stands under the name of the package, too, and comes from there when it is first asked for: whoever only wants
model.Fault, as the command line of the arithmetic does for other people's tables, does not load a reader of instruments for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from questionnaires.shelf import SHIPPED, available, by_digest, load
else:

    def __getattr__(name: str) -> object:
        if name in __all__:
            return getattr(import_module("questionnaires.shelf"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["SHIPPED", "available", "by_digest", "load"]
