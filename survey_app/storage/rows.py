"""How a frozen row becomes a line of a table and comes back, for the tables that describe a city; the revision number.

Every such table has `province` first in its key. Answers, releases and accounts have ways of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Column, Connection, Integer, String, Table, and_, bindparam, func, insert, select, update

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
    by_table: dict[Table, list[dict[str, object]]] = {}
    for row in rows:
        by_table.setdefault(tables[type(row)], []).append(asdict(row))
    for table, lines in by_table.items():
        _write(tx, table, lines)
    for province in sorted({str(line["province"]) for lines in by_table.values() for line in lines}):
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


def _write(tx: Connection, table: Table, lines: Sequence[dict[str, object]]) -> None:
    """Update what is there by key, insert the rest: two statements for many rows, the same on every database."""
    keys = [column.name for column in table.primary_key]
    provinces = {line["province"] for line in lines}
    there = {tuple(row) for row in tx.execute(select(*table.primary_key).where(table.c.province.in_(provinces)))}
    latest = {tuple(line[key] for key in keys): line for line in lines}
    new = [line for key, line in latest.items() if key not in there]
    old = [{f"at_{name}" if name in keys else name: value for name, value in line.items()} for key, line in latest.items() if key in there]
    if new:
        tx.execute(insert(table), new)
    if old:
        rest: dict[str, object] = {column.name: bindparam(column.name) for column in table.columns if column.name not in keys}
        tx.execute(update(table).where(and_(*(table.c[key] == bindparam(f"at_{key}") for key in keys))).values(rest), old)
