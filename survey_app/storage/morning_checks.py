"""What staff found each morning on looking at the code that hangs at a counter. Neither who looked nor when lies here."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Column, Connection, Date, ForeignKeyConstraint, String, Table, insert, select, update

from survey_app.storage.places import COUNTERS
from survey_app.storage.session import metadata

morning_checks = Table(
    "morning_checks",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("counter", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("outcome", String(16), nullable=False),
    ForeignKeyConstraint(["province", "counter"], [COUNTERS.c.province, COUNTERS.c.id]),
)


def of_day(tx: Connection, province: str, day: date) -> Mapping[str, str]:
    """Counter to outcome."""
    where = (morning_checks.c.province == province) & (morning_checks.c.day == day)
    return {row.counter: row.outcome for row in tx.execute(select(morning_checks.c.counter, morning_checks.c.outcome).where(where))}


def save(tx: Connection, province: str, counter: str, day: date, outcome: str) -> None:
    """In the place of what was found earlier that day."""
    key = (morning_checks.c.province == province) & (morning_checks.c.counter == counter) & (morning_checks.c.day == day)
    if not tx.execute(update(morning_checks).where(key).values(outcome=outcome)).rowcount:
        tx.execute(insert(morning_checks).values(province=province, counter=counter, day=day, outcome=outcome))
