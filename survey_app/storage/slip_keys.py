"""Keys of the systems that may ask for slip codes. Plain rows; a key itself is never stored, only its hash."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import JSON, Column, Connection, Date, Integer, String, Table, insert, select, update

from survey_app.storage.session import metadata

slip_keys = Table(
    "slip_keys",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("units", JSON(none_as_null=True)),
    Column("every", Integer, nullable=False),
    Column("made", Date, nullable=False),
    Column("revoked", Date),
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """`units`: for which codes may be asked; None: for every unit of the province. `every`: one person in so many gets one."""

    province: str
    name: str
    key_hash: str
    units: Sequence[str] | None
    every: int
    made: date
    revoked: date | None = None


_KEY = tuple(slip_keys.c[field.name] for field in fields(KeyRow))


def add(tx: Connection, row: KeyRow) -> None:
    tx.execute(insert(slip_keys).values({field.name: getattr(row, field.name) for field in fields(KeyRow)}))


def by_hash(tx: Connection, key_hash: str) -> KeyRow | None:
    found = tx.execute(select(*_KEY).where(slip_keys.c.key_hash == key_hash)).first()
    return None if found is None else KeyRow(*found)


def all_of(tx: Connection, province: str) -> list[KeyRow]:
    return [KeyRow(*line) for line in tx.execute(select(*_KEY).where(slip_keys.c.province == province).order_by(slip_keys.c.name))]


def revoke(tx: Connection, province: str, name: str, day: date) -> None:
    tx.execute(update(slip_keys).where(slip_keys.c.province == province, slip_keys.c.name == name).values(revoked=day))
