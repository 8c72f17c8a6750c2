"""Tables of places: reception points, counters, a city's own sector codes, and who decides what at which point.

Plain rows in, plain rows out. The codes on the counters live in fieldwork.py. Province is in every key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, ForeignKeyConstraint, Integer, String, Table, select

from questionnaires.model import Text
from survey_app.storage import rows as stored
from survey_app.storage.organisation import AREAS, UNITS
from survey_app.storage.session import metadata

POINTS = Table(
    "reception_points",
    metadata,
    Column("province", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("unit", String, nullable=False),
    Column("names", JSON, nullable=False),
    Column("area", String),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("simulated", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    ForeignKeyConstraint(["province", "unit"], [UNITS.c.province, UNITS.c.code]),
    ForeignKeyConstraint(["province", "area"], [AREAS.c.province, AREAS.c.code]),
)
COUNTERS = Table(
    "counters",
    metadata,
    Column("province", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("point", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("number", String, nullable=False),
    Column("names", JSON, nullable=False),
    Column("sector", Integer),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    ForeignKeyConstraint(["province", "point"], [POINTS.c.province, POINTS.c.code]),
    ForeignKeyConstraint(["province", "unit"], [UNITS.c.province, UNITS.c.code]),
)
SECTOR_CODES = Table(
    "sector_codes",
    metadata,
    Column("province", String, primary_key=True),
    Column("local", String, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("sector", Integer, nullable=False),
)
DECIDERS = Table(
    "deciders",
    metadata,
    Column("province", String, primary_key=True),
    Column("point", String, primary_key=True),
    Column("sector", Integer, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("unit", String, nullable=False),
    ForeignKeyConstraint(["province", "point"], [POINTS.c.province, POINTS.c.code]),
    ForeignKeyConstraint(["province", "unit"], [UNITS.c.province, UNITS.c.code]),
)


@dataclass(frozen=True, slots=True)
class PointRow:
    """`area`: the former district it has been placed in; None until somebody has looked."""

    province: str
    code: str
    unit: str
    names: Text
    area: str | None
    latitude: float | None
    longitude: float | None
    simulated: bool
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CounterRow:
    """`unit`: the body that is rated there; several bodies may have counters at one point."""

    province: str
    id: str
    point: str
    unit: str
    number: str
    names: Text
    sector: int | None
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SectorCodeRow:
    """A city's own code of a kind of matter, and the instrument's code it stands for."""

    province: str
    local: str
    valid_from: date
    valid_to: date | None
    sector: int


@dataclass(frozen=True, slots=True)
class DeciderRow:
    province: str
    point: str
    sector: int
    valid_from: date
    valid_to: date | None
    unit: str


_TABLES = {PointRow: POINTS, CounterRow: COUNTERS, SectorCodeRow: SECTOR_CODES, DeciderRow: DECIDERS}


def save(tx: Connection, rows: Iterable[PointRow | CounterRow | SectorCodeRow | DeciderRow]) -> None:
    stored.save(tx, _TABLES, rows)


def points(tx: Connection, province: str) -> list[PointRow]:
    return stored.read(tx, POINTS, PointRow, province)


def counters(tx: Connection, province: str) -> list[CounterRow]:
    return stored.read(tx, COUNTERS, CounterRow, province)


def sector_codes(tx: Connection, province: str) -> list[SectorCodeRow]:
    return stored.read(tx, SECTOR_CODES, SectorCodeRow, province)


def deciders(tx: Connection, province: str) -> list[DeciderRow]:
    return stored.read(tx, DECIDERS, DeciderRow, province)


def counter_in_place(tx: Connection, province: str, id: str) -> tuple[CounterRow, PointRow]:
    """A counter with its reception point."""
    counter = tx.execute(select(COUNTERS).where(COUNTERS.c.province == province, COUNTERS.c.id == id)).mappings().one()
    point = tx.execute(select(POINTS).where(POINTS.c.province == province, POINTS.c.code == counter["point"])).mappings().one()
    return CounterRow(**counter), PointRow(**point)
