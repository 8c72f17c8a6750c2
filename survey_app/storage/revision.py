"""The number that tells a process whether what it remembers of the organisation, the codes and the waves still holds."""

import threading
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from survey_app.storage import session


@dataclass(frozen=True, slots=True)
class Revision:
    """Equal only for the same database in the same state."""

    database: Engine
    value: int


@dataclass(frozen=True, slots=True)
class _Watch:
    database: Engine
    cursor: DBAPICursor


_watch: _Watch | None = None
_asking = threading.Lock()


def current() -> Revision:
    """Asked for every page and every answer, so it goes to the driver through a cursor that stays open."""
    global _watch
    engine = session.engine()
    with _asking:
        watch, _watch = _watch, None  # forgotten should the question fail
        if watch is None or watch.database is not engine:
            watch = _Watch(engine, _cursor_of_its_own(engine))
        watch.cursor.execute("SELECT sum(value) FROM organisation_revisions")
        ((value,),) = watch.cursor.fetchall()
        _watch = watch
    return Revision(engine, value or 0)


def _cursor_of_its_own(engine: Engine) -> DBAPICursor:
    """On a connection taken out of the pool for good. Every SELECT is a read of its own and sees what is stored now."""
    connection = engine.raw_connection()
    connection.detach()
    return connection.cursor()
