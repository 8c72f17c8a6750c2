"""How the product loads: without a search for rings of garbage among a thousand modules, of which none ever goes.

Imported before the rest (survey_app/__init__.py). The search goes on once everything is there, and leaves that alone for good: a fifth of
the start of every command and worker.
"""

import gc

gc.disable()


def loaded() -> None:
    """Everything is."""
    gc.freeze()
    gc.enable()
