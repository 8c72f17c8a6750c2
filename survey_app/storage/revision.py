"""The number that tells a process whether what it remembers of the organisation, the codes and the waves still holds."""

import threading
from dataclasses import dataclass

from sqlalchemy import Engine

from survey_app.storage import session
from survey_app.storage.session import Line


@dataclass(frozen=True, slots=True)
class Revision:
    """Equal only for the same database in the same state."""

    database: Engine
    value: int


_watch: Line | None = None
_asking = threading.Lock()


def current() -> Revision:
    """Asked for every page and every answer, so it has a line of its own. Every SELECT there sees what is stored now."""
    global _watch
    engine = session.engine()
    with _asking:
        watch, _watch = _watch, None  # forgotten should the question fail
        if watch is None or watch.database is not engine:
            watch = Line.to(engine)
        watch.cursor.execute("SELECT sum(value) FROM organisation_revisions")
        ((value,),) = watch.cursor.fetchall()
        _watch = watch
    return Revision(engine, value or 0)
