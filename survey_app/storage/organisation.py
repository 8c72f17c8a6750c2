"""Tables of bodies and their groupings: units, areas, dated memberships. Places and counters live in places.py.

Plain rows in, plain rows out; meaning (who is valid, what a share says) lives in services. Province is in every key.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, ForeignKeyConstraint, Integer, String, Table, delete, select

from questionnaires.model import Text
from survey_app.storage import rows as stored
from survey_app.storage.session import metadata

UNITS = Table(
    "units",
    metadata,
    Column("province", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("names", JSON, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("successor", String),
    Column("checked", Boolean, nullable=False),
    ForeignKeyConstraint(["province", "successor"], ["units.province", "units.code"]),
)
AREAS = Table(
    "areas",
    metadata,
    Column("province", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("grouping", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("names", JSON, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)
MEMBERSHIPS = Table(
    "memberships",
    metadata,
    Column("province", String, primary_key=True),
    Column("unit", String, primary_key=True),
    Column("area", String, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("share", Float, nullable=False),
    Column("source", String, nullable=False),
    ForeignKeyConstraint(["province", "unit"], [UNITS.c.province, UNITS.c.code]),
    ForeignKeyConstraint(["province", "area"], [AREAS.c.province, AREAS.c.code]),
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`kind`: department | ward | commune | special_zone. `checked`: False until the city has confirmed the row."""

    province: str
    code: str
    kind: str
    names: Text
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None
    checked: bool = True


@dataclass(frozen=True, slots=True)
class AreaRow:
    province: str
    code: str
    grouping: str
    position: int
    names: Text
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class MembershipRow:
    province: str
    unit: str
    area: str
    valid_from: date
    valid_to: date | None
    share: float
    source: str


_TABLES = {UnitRow: UNITS, AreaRow: AREAS, MembershipRow: MEMBERSHIPS}


def save(tx: Connection, rows: Iterable[UnitRow | AreaRow | MembershipRow]) -> None:
    stored.save(tx, _TABLES, rows)


def remove_units(tx: Connection, province: str, codes: Collection[str]) -> None:
    """Units that were put in by mistake, with their memberships; a unit that ended keeps its row and gets a last day."""
    for table, column in ((MEMBERSHIPS, MEMBERSHIPS.c.unit), (UNITS, UNITS.c.code)):
        tx.execute(delete(table).where(table.c.province == province, column.in_(codes)))
    stored.bump(tx, province)


def provinces(tx: Connection) -> list[str]:
    return list(tx.scalars(select(UNITS.c.province).distinct().order_by(UNITS.c.province)))


def units(tx: Connection, province: str) -> list[UnitRow]:
    return stored.read(tx, UNITS, UnitRow, province)


def areas(tx: Connection, province: str) -> list[AreaRow]:
    """By grouping, then in the order of the reference file."""
    return sorted(stored.read(tx, AREAS, AreaRow, province), key=lambda row: (row.grouping, row.position, row.code))


def memberships(tx: Connection, province: str) -> list[MembershipRow]:
    return stored.read(tx, MEMBERSHIPS, MembershipRow, province)
