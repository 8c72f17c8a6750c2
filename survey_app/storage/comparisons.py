"""Comparisons of a release with an independent sample: the outcome alone, never a person. The newest of a domain stands."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import JSON, Column, Connection, DateTime, Integer, String, Table, delete, insert, select

from survey_app.storage.session import metadata

COMPARISONS = Table(
    "independent_comparisons",
    metadata,
    Column("province", String, primary_key=True),
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("domain", String, primary_key=True),
    Column("made", DateTime, nullable=False),
    Column("content", JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    province: str
    release: int
    domain: str
    made: datetime
    content: Mapping[str, object]


def save(tx: Connection, row: ComparisonRow) -> None:
    """In place of an earlier one of the same release and domain."""
    same = (COMPARISONS.c.province, row.province), (COMPARISONS.c.release, row.release), (COMPARISONS.c.domain, row.domain)
    tx.execute(delete(COMPARISONS).where(*(column == value for column, value in same)))
    tx.execute(insert(COMPARISONS).values(asdict(row)))


def of_release(tx: Connection, province: str, release: int, domains: Collection[str]) -> list[ComparisonRow]:
    """Of these domains, in the order of their codes."""
    where = (COMPARISONS.c.province == province, COMPARISONS.c.release == release, COMPARISONS.c.domain.in_(sorted(domains)))
    found = tx.execute(select(COMPARISONS).where(*where).order_by(COMPARISONS.c.domain)).mappings()
    return [ComparisonRow(**{field.name: row[field.name] for field in fields(ComparisonRow)}) for row in found]
