"""What is noted of an answer the moment it comes in, because its traces are soon gone. A flag never refuses and never judges:
who studied the questions beforehand is fast, too.
"""

from collections.abc import Collection

from questionnaires.instrument import Instrument
from survey_app.storage.responses import Flag

VERSION = "1"
FAST = "fast"
"""Sent in less than a quarter of the seconds planned for what was answered. Value: the seconds."""

HONEYPOT = "honeypot"
"""Something stood in a field that no eye, screen reader or keyboard meets."""

NO_WORK = "no_work"
"""Proof of work was asked for and is not there: no script, or none that did it."""

PART_OF_PLAN = 4


def seen(instrument: Instrument, answered: Collection[str], seconds: int, *, baited: bool, worked: bool) -> tuple[Flag, ...]:
    """Flags of an answer to these questions, sent so many seconds after the form was opened."""
    planned = sum([question.seconds for question in instrument.questions if question.id in answered])
    fast = seconds * PART_OF_PLAN < planned
    if worked and not fast and not baited:
        return ()
    found = ((fast, FAST, float(seconds)), (baited, HONEYPOT, 1.0), (not worked, NO_WORK, 1.0))
    return tuple(Flag(rule, VERSION, value) for there, rule, value in found if there)
