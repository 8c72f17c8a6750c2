"""The engine of this process, transaction(), the shared metadata. Services open transactions; storage never commits."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from questionnaires.model import Fault, Refused

metadata = MetaData()

_engine: Engine | None = None


class _DriverConnection(Protocol):
    isolation_level: str | None

    def execute(self, statement: str) -> object: ...


def configure(url: str) -> Engine:
    """Open the database of this process and make the tables that are missing. Refused when it cannot be opened."""
    global _engine
    if _engine is not None:
        _engine.dispose()
    try:
        _engine = create_engine(url)
        if _engine.dialect.name == "sqlite":
            _keep_to_ourselves(_engine.url.database)
            event.listen(_engine, "connect", _prepare_sqlite)
        with transaction() as connection:
            metadata.create_all(connection)
            _refuse_an_earlier_one(connection)
    except (SQLAlchemyError, ImportError, ValueError, OSError) as trouble:
        reason = trouble.orig if isinstance(trouble, DBAPIError) else trouble
        sentence = "The database cannot be opened: {reason}. Check the address; without one, SQLite in the data folder is used."
        raise Refused(Fault("setting.database", "SURVEY_DATABASE_URL", sentence, {"reason": str(reason)})) from trouble
    return _engine


def _refuse_an_earlier_one(connection: Connection) -> None:
    """Tables that were made before a column was thought of are not changed behind anybody's back."""
    found = inspect(connection)
    for table in metadata.tables.values():
        missing = {column.name for column in table.columns} - {column["name"] for column in found.get_columns(table.name)}
        if missing:
            sentence = (
                "The database was made by an earlier version: table {table} lacks {columns}. Use the version that made it, or move "
                "the data folder away and start anew."
            )
            values = {"table": table.name, "columns": ", ".join(sorted(missing))}
            raise Refused(Fault("setting.database_earlier", "SURVEY_DATABASE_URL", sentence, values))


def engine() -> Engine:
    if _engine is None:
        raise RuntimeError("storage.session.configure() has not been called")
    return _engine


@contextmanager
def transaction() -> Iterator[Connection]:
    """A transaction that may write: all of it is stored durably when the block ends, or none of it."""
    with engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def forget_log() -> None:
    """Move what the write-ahead log still holds into the database and cut the log off: it remembers what came together."""
    with engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@dataclass(frozen=True, slots=True)
class Line:
    """A connection out of the pool for good and a cursor that stays open, for what is said to the driver with every answer.

    It costs a fraction of a connection fetched each time. One thread at a time may speak.
    """

    database: Engine
    connection: PoolProxiedConnection
    cursor: DBAPICursor

    @staticmethod
    def to(database: Engine) -> "Line":
        connection = database.raw_connection()
        connection.detach()
        return Line(database, connection, connection.cursor())

    @contextmanager
    def transaction(self) -> Iterator[DBAPICursor]:
        """transaction() on this line. Should it fail, the line is closed: nothing of the failure can linger on it."""
        if self.database.dialect.name == "sqlite":
            self.cursor.execute("BEGIN IMMEDIATE")
        try:
            yield self.cursor
            self.connection.commit()
        except BaseException:
            with closing(self.connection):
                self.connection.rollback()
            raise


@dataclass(slots=True)
class Enquiry:
    """What is asked with every page or answer has a line of its own. Every SELECT there sees what is stored now."""

    _line: Line | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: str, *values: str) -> Sequence[Sequence[str | int | None]]:
        database = engine()
        with self._asking:
            line, self._line = self._line, None  # forgotten should the question fail
            if line is None or line.database is not database:
                line = Line.to(database)
            line.cursor.execute(question, values)
            answer: Sequence[Sequence[str | int | None]] = line.cursor.fetchall()
            self._line = line
        return answer


@contextmanager
def reading() -> Iterator[Connection]:
    """One unchanging view of the data for reads; never blocks the writer."""
    with engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()


def _keep_to_ourselves(file: str | None) -> None:
    """A new file that only this user may read; what SQLite puts beside it gets the same rights."""
    if file and file != ":memory:" and not file.startswith("file:"):
        os.close(os.open(Path(file), os.O_RDONLY | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: _DriverConnection, _record: object) -> None:
    """No implicit BEGIN of the driver (we say IMMEDIATE or not), WAL, and FULL: an acknowledged answer survives power loss.

    What is deleted is overwritten: no page of the file keeps it, nor the order in which it came.
    """
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
