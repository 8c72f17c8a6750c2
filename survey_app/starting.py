"""How the product loads: without a search for rings of garbage among a thousand modules, of which none ever goes.

Imported before all of the product but its settings (survey_app/__init__.py). The search goes on once everything is there, if it was on
before, and leaves that alone for good: a fifth of the start of every command and worker.
"""

import gc

_SEARCHED = gc.isenabled()
gc.disable()


def loaded() -> None:
    """Everything is."""
    gc.freeze()
    if _SEARCHED:
        gc.enable()
