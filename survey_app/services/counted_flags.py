"""Which flags keep an answer out of basis "unflagged": rules about one answer, each at the version a release is pinned to."""

from analysis.quality import rules
from survey_app.services import door_flags
from survey_app.storage import quality as stored
from survey_app.storage.rows import Transaction

COUNTED = (
    (door_flags.FAST, door_flags.VERSION),
    (door_flags.HONEYPOT, door_flags.VERSION),
    *((rule, rules.VERSION) for rule in rules.COUNTED),
)
"""Not `no_work`: a phone without script is no sign of anything."""


def positions(tx: Transaction, province: str, wave: str) -> frozenset[int]:
    """Of the flagged answers of a wave, as stored: traces may be long gone."""
    return stored.flagged(tx, province, wave, COUNTED)
