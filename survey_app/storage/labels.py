"""Texts that many answers share: each stands here once, and answers hold its number, which a release reads and compares faster."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Integer, Table, Text, select
from sqlalchemy.engine.interfaces import DBAPICursor

from survey_app.storage.session import metadata

labels = Table(
    "labels",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("label", Text, nullable=False, unique=True),
)


def give_numbers(cursor: DBAPICursor, one: str, other: str) -> None:
    """From now on both have one: that which they had before, or a new one."""
    cursor.execute("INSERT INTO labels (label) VALUES (?), (?) ON CONFLICT (label) DO NOTHING", (one, other))


def read(tx: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """What these numbers stand for, and perhaps others between them."""
    if not numbers:
        return {}
    between = labels.c.number.between(min(numbers), max(numbers))
    return dict(map(tuple, tx.execute(select(labels.c.number, labels.c.label).where(between))))
