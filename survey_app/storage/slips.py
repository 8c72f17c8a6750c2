"""Slip codes as they lie on disk: batches, marks of codes that may be used, marks of codes that have been.

A mark is a keyed hash of a code; the code itself is never stored. Nothing here leads from a mark to an answer: an answer
names the batch of its day and nothing finer, a used mark names nothing. Counting used codes is responses.py's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Never, cast

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from survey_app.storage.fieldwork import WAVES
from survey_app.storage.session import Enquiry, metadata

slip_batches = Table(
    "slip_batches",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("wave", String(64), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("point", String(64), nullable=False),
    Column("counter", String(64)),
    Column("sector", SmallInteger),
    Column("day", Date, nullable=False),
    Column("every", Integer, nullable=False),
    Column("source", String(64), nullable=False),
    Column("expires", Date, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("revoked", Date),
    ForeignKeyConstraint(["province", "wave"], [WAVES.c.province, WAVES.c.code]),
    Index("slip_batches_of_a_day", "province", "unit", "day"),
)

# Clustered by the mark, so that neither table shows in which order codes were made or used; what a page of the file still
# shows of it is gone when spent_codes is written anew (rewrite_spent). Nothing stands beside a used mark.
slip_codes = Table(
    "slip_codes",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("province", String(8), nullable=False),
    Column("batch", String(64), nullable=False),
    ForeignKeyConstraint(["province", "batch"], [slip_batches.c.province, slip_batches.c.id]),
    sqlite_with_rowid=False,
)
spent_codes = Table("spent_codes", metadata, Column("mark", String(64), primary_key=True), sqlite_with_rowid=False)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Codes that were made alike. `channel`: issued | handed_out. `counter`, `sector` None: not settled. `id` is known to no
    answer and to no one-stop system: it may stand for a single person.

    `every`: of so many people one got a code; it becomes the design weight. `expires`: the last day on which a code opens
    the form. `issued`, `returned`: how many codes were made, how many came back unused. `source`: who asked for them.
    """

    province: str
    id: str
    channel: str
    wave: str
    unit: str
    point: str
    counter: str | None
    sector: int | None
    day: date
    every: int
    source: str
    expires: date
    issued: int = 0
    returned: int = 0
    revoked: date | None = None

    @property
    def of_day(self) -> str:
        """The batch of the day that these codes belong to, the only one that answers name: unit, day, point and channel."""
        return f"{self.unit}-{self.day:%Y%m%d}-{self.point}-{self.channel}"


@dataclass(frozen=True, slots=True)
class Known:
    """A code that may open a form: its mark, its batch, and whether it has been used."""

    mark: str
    batch: BatchRow
    used: bool


_BATCH = tuple(slip_batches.c[field.name] for field in fields(BatchRow))
_enquiry = Enquiry()
_LOOK_UP = (
    f"SELECT c.mark, s.mark, {', '.join(f'b.{field.name}' for field in fields(BatchRow))} FROM slip_codes c"  # noqa: S608 - our own column names
    " JOIN slip_batches b ON b.province = c.province AND b.id = c.batch LEFT JOIN spent_codes s ON s.mark = c.mark"
    " WHERE c.mark IN (?, ?)"
)


def look_up(mark: str, or_else: str) -> Known | None:
    """The code of that mark, or of the other: what it would be under the key before."""
    found = _enquiry.ask(_LOOK_UP, mark, or_else)
    if not found:
        return None
    known, spent, *batch = found[0]
    values: dict[str, object] = dict(zip(BatchRow.__slots__, batch, strict=True))
    for name in ("day", "expires", "revoked"):
        values[name] = _day(values[name])
    return Known(str(known), BatchRow(**cast("dict[str, Never]", values)), spent is not None)


def _day(stored: object) -> date | None:
    """As the driver gives it: SQLite keeps days as text."""
    return stored if stored is None or isinstance(stored, date) else date.fromisoformat(str(stored))


def batch(tx: Connection, province: str, id: str) -> BatchRow | None:
    found = tx.execute(select(*_BATCH).where(slip_batches.c.province == province, slip_batches.c.id == id)).first()
    return None if found is None else BatchRow(*found)


def batches(
    tx: Connection, province: str, first: date | None = None, last: date | None = None, unit: str | None = None
) -> list[BatchRow]:
    """By day, unit and id."""
    query = select(*_BATCH).where(slip_batches.c.province == province)
    if unit is not None:
        query = query.where(slip_batches.c.unit == unit)
    if first is not None:
        query = query.where(slip_batches.c.day >= first)
    if last is not None:
        query = query.where(slip_batches.c.day <= last)
    return [BatchRow(*line) for line in tx.execute(query.order_by(slip_batches.c.day, slip_batches.c.unit, slip_batches.c.id))]


def add_batches(tx: Connection, rows: Sequence[BatchRow]) -> None:
    if rows:
        tx.execute(insert(slip_batches), [{field.name: getattr(row, field.name) for field in fields(BatchRow)} for row in rows])


def save(tx: Connection, row: BatchRow) -> None:
    """A batch takes the place of what was stored under its id."""
    key = (slip_batches.c.province == row.province) & (slip_batches.c.id == row.id)
    tx.execute(update(slip_batches).where(key).values({field.name: getattr(row, field.name) for field in fields(BatchRow)}))


def add_codes(tx: Connection, codes: Iterable[tuple[str, str, str]]) -> None:
    """(mark, province, batch) each. Many at once: they go to the driver as they are."""
    lines = list(codes)
    if lines:
        tx.exec_driver_sql("INSERT INTO slip_codes (mark, province, batch) VALUES (?, ?, ?)", lines)


def remove_codes(tx: Connection, marks: Iterable[str]) -> int:
    """How many of them were there."""
    return sum(tx.execute(delete(slip_codes).where(slip_codes.c.mark == mark)).rowcount for mark in marks)


def remove_codes_of(tx: Connection, province: str, wave: str, expired_before: date) -> int:
    """The codes of the wave's batches that ran out before that day; the batches stay, for their counts."""
    old = select(slip_batches.c.id).where(
        slip_batches.c.province == province, slip_batches.c.wave == wave, slip_batches.c.expires < expired_before
    )
    return tx.execute(delete(slip_codes).where(slip_codes.c.province == province, slip_codes.c.batch.in_(old))).rowcount


def known_spent(tx: Connection) -> list[str]:
    """Used marks whose code is still known; the others can open nothing any more and need not be remembered."""
    return list(tx.scalars(select(spent_codes.c.mark).where(spent_codes.c.mark.in_(select(slip_codes.c.mark)))))


def write_spent_anew(tx: Connection, marks: Sequence[str]) -> None:
    """Replace what is remembered by these marks, written in this order."""
    tx.execute(delete(spent_codes))
    if marks:
        tx.exec_driver_sql("INSERT INTO spent_codes (mark) VALUES (?)", [(mark,) for mark in marks])


def is_spent(cursor: DBAPICursor, mark: str) -> bool:
    cursor.execute("SELECT 1 FROM spent_codes WHERE mark = ?", (mark,))
    return bool(cursor.fetchall())


def spend(cursor: DBAPICursor, mark: str) -> None:
    cursor.execute("INSERT INTO spent_codes (mark) VALUES (?)", (mark,))
