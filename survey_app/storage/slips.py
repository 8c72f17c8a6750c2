"""Single-use codes that have been used: marks that lead to no answer, no time and no batch."""

from sqlalchemy import Column, String, Table
from sqlalchemy.engine.interfaces import DBAPICursor

from survey_app.storage.session import metadata

# Clustered by the mark, which is a keyed hash: no order of use shows. Nothing stands beside it, so nothing can be joined.
spent_codes = Table("spent_codes", metadata, Column("mark", String(64), primary_key=True), sqlite_with_rowid=False)


def is_spent(cursor: DBAPICursor, mark: str) -> bool:
    cursor.execute("SELECT 1 FROM spent_codes WHERE mark = ?", (mark,))
    return bool(cursor.fetchall())


def spend(cursor: DBAPICursor, mark: str) -> None:
    cursor.execute("INSERT INTO spent_codes (mark) VALUES (?)", (mark,))
