"""What a slip code opens: its mark, the batch it was made in, the door that makes, and whether it has been used.

Making, revoking and counting codes is in slips.py; an answer given through such a door enters by submission.py.
"""

import hmac

from survey_app import settings
from survey_app.services import codes
from survey_app.services.doors import Doors
from survey_app.services.organisation import Door, Slip
from survey_app.storage import responses, session, slips


def mark(code: str) -> str:
    """What is stored of a code that is made today."""
    return _mark(settings.current().secret_key, code)


def marks(code: str) -> tuple[str, ...]:
    """What may be stored of a code: codes made before the key was changed still work."""
    chosen = settings.current()
    return tuple(_mark(key, code) for key in (chosen.secret_key, chosen.previous_secret_key) if key is not None)


def door(typed: str, remembered: Doors) -> Door | None:
    """The place and day of a slip code as typed; None when no such code is known."""
    code = codes.normalise(typed)
    with session.reading() as tx:
        known = slips.find(tx, marks(code))
    return None if known is None else remembered.behind(code, Slip(*known))


def door_of_answer(code: str, response_id: str, remembered: Doors) -> Door | None:
    """Where a stored answer came in whose code is not remembered any more; None when there is no such answer."""
    with session.reading() as tx:
        place = responses.batch_of(tx, response_id)
        batch = None if place is None else slips.batch(tx, *place)
    return None if batch is None else remembered.behind(code, Slip(None, batch))


def is_used(slip: Slip) -> bool:
    if slip.mark is None:
        return True
    with session.reading() as tx:
        return bool(slips.spent_of(tx, (slip.mark,)))


def _mark(key: str, code: str) -> str:
    return hmac.digest(key.encode(), f"slip\n{code}".encode(), "sha256").hex()
