"""What a release keeps for the next one: the answers that it let in and did not count in one of its parts. Rule: analysis.parts."""

from analysis.parts import LeftOut
from survey_app.storage import releases as stored
from survey_app.storage.rows import Transaction

UNFLAGGED, VERIFIED, POSTED = "unflagged", "verified", "open"


def left_out(tx: Transaction, province: str, release: int) -> LeftOut:
    return LeftOut(*(stored.left_out(tx, province, release, part) for part in (UNFLAGGED, VERIFIED, POSTED)))


def keep(tx: Transaction, province: str, release: int, left: LeftOut) -> None:
    stored.leave_out(tx, province, release, {UNFLAGGED: left.unflagged, VERIFIED: left.verified, POSTED: left.posted})
