"""Accounts, their grants and sessions, sign-in attempts, the audit log. Plain rows; no password, token or address is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Index, Integer, Row, String, Table, delete, func, insert, select, update

from survey_app.storage.session import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("province", String, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False, unique=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
    Column("role", String, nullable=False),
    Column("language", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("expires", Date),
    Column("created_at", DateTime, nullable=False),
)
grants = Table(
    "grants",
    metadata,
    Column("province", String, primary_key=True),
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    Column("grouping", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),
)
sessions = Table(
    "sessions",
    metadata,
    Column("province", String, primary_key=True),
    Column("token_hash", String, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("sessions_by_token", "token_hash", unique=True),
)
# Keyed by a mark of what was typed, not by account: a name that does not exist is slowed down just the same.
attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("name_mark", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False),
)
# province "" = an entry that belongs to no province (a failed sign-in under an unknown name).
audit_log = Table(
    "audit_log",
    metadata,
    Column("province", String, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False, unique=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class AccountRow:
    province: str
    id: int
    name: str
    name_key: str
    password_hash: str
    role: str
    language: str
    active: bool
    expires: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GrantRow:
    kind: str
    grouping: str
    code: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    province: str
    account: int
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    province: str
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


def next_account_id(tx: Connection) -> int:
    highest = tx.execute(select(func.max(accounts.c.id))).scalar()
    return 1 if highest is None else int(highest) + 1


def add_account(tx: Connection, row: AccountRow, scope: Sequence[GrantRow]) -> None:
    tx.execute(
        insert(accounts).values(
            province=row.province,
            id=row.id,
            name=row.name,
            name_key=row.name_key,
            password_hash=row.password_hash,
            role=row.role,
            language=row.language,
            active=row.active,
            expires=row.expires,
            created_at=row.created_at,
        )
    )
    for grant in scope:
        tx.execute(
            insert(grants).values(
                province=row.province,
                account=row.id,
                kind=grant.kind,
                grouping=grant.grouping,
                code=grant.code,
                since=grant.since,
                until=grant.until,
            )
        )


def account_named(tx: Connection, name_key: str) -> AccountRow | None:
    row = tx.execute(select(accounts).where(accounts.c.name_key == name_key)).first()
    return None if row is None else _account(row)


def account_of(tx: Connection, id: int) -> AccountRow | None:
    row = tx.execute(select(accounts).where(accounts.c.id == id)).first()
    return None if row is None else _account(row)


def all_accounts(tx: Connection, province: str | None) -> list[AccountRow]:
    query = select(accounts).order_by(accounts.c.province, accounts.c.id)
    if province is not None:
        query = query.where(accounts.c.province == province)
    return [_account(row) for row in tx.execute(query)]


def grants_of(tx: Connection, account: int) -> list[GrantRow]:
    query = select(grants).where(grants.c.account == account).order_by(grants.c.kind, grants.c.code, grants.c.since)
    return [GrantRow(row.kind, row.grouping, row.code, row.since, row.until) for row in tx.execute(query)]


def set_password(tx: Connection, account: int, password_hash: str) -> None:
    tx.execute(update(accounts).where(accounts.c.id == account).values(password_hash=password_hash))


def close_account(tx: Connection, account: int) -> None:
    tx.execute(update(accounts).where(accounts.c.id == account).values(active=False))


def add_session(tx: Connection, token_hash: str, row: SessionRow) -> None:
    tx.execute(
        insert(sessions).values(
            province=row.province, token_hash=token_hash, account=row.account, started_at=row.started_at, seen_at=row.seen_at
        )
    )


def session_of(tx: Connection, token_hash: str) -> SessionRow | None:
    row = tx.execute(select(sessions).where(sessions.c.token_hash == token_hash)).first()
    return None if row is None else SessionRow(row.province, row.account, row.started_at, row.seen_at)


def touch_session(tx: Connection, token_hash: str, seen_at: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=seen_at))


def end_session(tx: Connection, token_hash: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def end_sessions_of(tx: Connection, account: int) -> None:
    tx.execute(delete(sessions).where(sessions.c.account == account))


def forget_old_sessions(tx: Connection, started_before: datetime, seen_before: datetime) -> None:
    tx.execute(delete(sessions).where((sessions.c.started_at < started_before) | (sessions.c.seen_at < seen_before)))


def attempts_of(tx: Connection, name_mark: str) -> tuple[int, datetime] | None:
    row = tx.execute(select(attempts).where(attempts.c.name_mark == name_mark)).first()
    return None if row is None else (row.failures, row.last_at)


def count_attempt(tx: Connection, name_mark: str, failures: int, at: datetime) -> None:
    tx.execute(delete(attempts).where(attempts.c.name_mark == name_mark))
    tx.execute(insert(attempts).values(name_mark=name_mark, failures=failures, last_at=at))


def forget_attempts(tx: Connection, name_mark: str) -> None:
    tx.execute(delete(attempts).where(attempts.c.name_mark == name_mark))


def forget_old_attempts(tx: Connection, before: datetime) -> None:
    tx.execute(delete(attempts).where(attempts.c.last_at < before))


def log(tx: Connection, province: str, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
    """One line of the audit log. `actor`: the account's name, or "operator" for a command on the server."""
    highest = tx.execute(select(func.max(audit_log.c.id))).scalar()
    number = 1 if highest is None else int(highest) + 1
    tx.execute(
        insert(audit_log).values(province=province, id=number, at=at, actor=actor, action=action, subject=subject, detail=detail)
    )


def logged(tx: Connection, newest: int) -> list[AuditRow]:
    """So many of the newest lines of the audit log, in the order of time."""
    found = tx.execute(select(audit_log).order_by(audit_log.c.id.desc()).limit(newest))
    return [AuditRow(row.province, row.id, row.at, row.actor, row.action, row.subject, row.detail) for row in found][::-1]


def _account(row: Row[tuple[object, ...]]) -> AccountRow:
    return AccountRow(**row._mapping)
