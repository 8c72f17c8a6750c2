"""What a slip code opens: its mark, the batch it was made in, the door that makes, and whether it has been used.

Making, revoking and counting codes is in slips.py; an answer given through such a door enters by submission.py.
"""

import hmac
from dataclasses import replace

from survey_app import settings
from survey_app.services import codes
from survey_app.services.doors import Doors
from survey_app.services.organisation import Door, Slip
from survey_app.storage import session, slips
from survey_app.storage.responses import OfSlip
from survey_app.storage.slips import Known


def mark(code: str) -> str:
    """What is stored of a code that is made today."""
    return _mark(settings.current().secret_key, code)


def known(typed: str) -> Known | None:
    """What is stored of a code as typed. Codes made before the key was changed still work."""
    code, chosen = codes.normalise(typed), settings.current()
    return slips.look_up(_mark(chosen.secret_key, code), _mark(chosen.previous_secret_key or chosen.secret_key, code))


def door(typed: str, remembered: Doors) -> Door | None:
    """The place and day of a slip code as typed; None when no such code is known."""
    found = known(typed)
    return None if found is None else remembered.behind(codes.normalise(typed), Slip(found.mark, found.batch, found.used))


def door_of_answer(code: str, answer: OfSlip, remembered: Doors, *, settled: bool) -> Door | None:
    """Where a stored answer came in whose code is not remembered any more: no answer tells by which of the day's codes.

    `settled`: its sector was, by the slip.
    """
    with session.reading() as tx:
        of_day = (batch for batch in slips.batches(tx, answer.province, answer.day, answer.day) if batch.of_day == answer.batch)
        batch = next(of_day, None)
    if batch is None:
        return None
    like_it = replace(batch, counter=None, sector=answer.sector if settled else None)
    return remembered.behind(code, Slip(None, like_it, used=True))


def _mark(key: str, code: str) -> str:
    return hmac.digest(key.encode(), f"slip\n{code}".encode(), "sha256").hex()
