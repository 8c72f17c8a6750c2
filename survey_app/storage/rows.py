"""How a frozen row becomes a line of a table and comes back, for the tables that describe a city; the revision number.

Every such table has `province` first in its key. Answers, releases and accounts have ways of their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Column, Connection, Integer, String, Table, and_, func, insert, select, update

from survey_app.storage.session import metadata

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Transaction = Connection
"""What storage functions work on; the name by which services, which know no library of the database, hand it on."""

R = TypeVar("R")

_revisions = Table(
    "organisation_revisions",
    metadata,
    Column("province", String, primary_key=True),
    Column("value", Integer, nullable=False),
)


class Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def valid_on(row: Dated, day: date) -> bool:
    """Both ends of a validity belong to it."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def save(tx: Connection, tables: Mapping[type, Table], rows: "Iterable[DataclassInstance]") -> None:
    """Add the rows; a row whose key is there already takes its place. Every province touched gets a new revision."""
    touched: set[str] = set()
    for row in rows:
        values = asdict(row)
        _write(tx, tables[type(row)], values)
        touched.add(str(values["province"]))
    for province in sorted(touched):
        bump(tx, province)


def read(tx: Connection, table: Table, make: Callable[..., R], province: str) -> list[R]:
    """All rows of a province in the order of their key."""
    found = tx.execute(select(table).where(table.c.province == province).order_by(*table.primary_key))
    return [make(**line) for line in found.mappings()]


def revision(tx: Connection) -> int:
    """Grows with every write to units, areas, points, counters, sectors, codes or waves, in any process."""
    return int(tx.execute(select(func.coalesce(func.sum(_revisions.c.value), 0))).scalar_one())


def bump(tx: Connection, province: str) -> None:
    found = tx.execute(update(_revisions).where(_revisions.c.province == province).values(value=_revisions.c.value + 1))
    if not found.rowcount:
        tx.execute(insert(_revisions).values(province=province, value=1))


def _write(tx: Connection, table: Table, values: Mapping[str, object]) -> None:
    """Update by key, insert when there was nothing to update: the same on every database."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    found = tx.execute(update(table).where(and_(*(table.c[key] == values[key] for key in keys))).values(rest))
    if not found.rowcount:
        tx.execute(insert(table).values(dict(values)))
