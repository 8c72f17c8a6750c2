"""The number that tells a process whether what it remembers of the organisation, the codes and the waves still holds."""

from dataclasses import dataclass

from sqlalchemy import Engine

from survey_app.storage import session
from survey_app.storage.session import Enquiry


@dataclass(frozen=True, slots=True)
class Revision:
    """Equal only for the same database in the same state."""

    database: Engine
    value: int


_enquiry = Enquiry()


def current() -> Revision:
    """Asked for with every page and every answer."""
    database = session.engine()
    ((value,),) = _enquiry.ask("SELECT sum(value) FROM organisation_revisions")
    return Revision(database, int(value or 0))
