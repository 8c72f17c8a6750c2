"""Accounts of staff: names, passwords, dated grants. Signing in is sessions.py's, what a role may do access.py's."""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.services.access import OPERATOR, ROLES, Grant, Permission, Viewer, demand
from survey_app.storage import accounts, organisation, session
from survey_app.storage.accounts import AccountRow, AuditRow, GrantRow
from survey_app.words import LANGUAGES

SHORTEST_PASSWORD = 14  # TCVN 14423:2026: without a second factor
FEWEST_CHARACTERS = 6  # different ones
LONGEST_PASSWORD = 512
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no l, o, i, 0, 1
LOCAL = timezone(timedelta(hours=7))  # Viet Nam, no summer time

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`name` is what is typed at sign-in. `expires` is the last day on which it works."""

    name: str
    role: str
    province: str
    grants: tuple[Grant, ...] = ()
    language: str = "vi"
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    role: str
    province: str
    language: str
    active: bool
    expires: date | None
    grants: tuple[Grant, ...]


def add(new: NewAccount, password: str, now: datetime, by: Viewer = OPERATOR) -> None:
    """Store a new account; Refused lists everything that is wrong with it."""
    demand(by, Permission.MANAGE_ACCOUNTS)
    key = key_of(new.name)
    if faults := [*_faults_of_account(new), *_faults_of_password(password, new.name)]:
        raise Refused(*faults)
    password_hash = _hasher.hash(_typed(password))
    with session.transaction() as tx:
        faults = _faults_of_scope(
            new,
            {unit.code for unit in organisation.units(tx, new.province)},
            {(area.grouping, area.code) for area in organisation.areas(tx, new.province)},
        )
        if accounts.account_named(tx, key) is not None:
            faults.append(Fault("account.name_taken", "name", "An account with this name exists already."))
        if faults:
            raise Refused(*faults)
        row = AccountRow(
            province=new.province, id=accounts.next_account_id(tx), name=_clean(new.name), name_key=key,
            password_hash=password_hash, role=new.role, language=new.language, active=True,
            expires=new.expires, created_at=stored_time(now),
        )  # fmt: skip
        accounts.add_account(tx, row, [GrantRow(grant.kind, grant.grouping, grant.code, grant.since, grant.until) for grant in new.grants])
        detail = " ".join((new.role, *(f"{grant.kind}:{grant.code}" for grant in new.grants)))
        accounts.log(tx, new.province, stored_time(now), by.name, "account.added", row.name, detail)


def set_password(name: str, password: str, now: datetime, by: Viewer = OPERATOR) -> None:
    """A new password; open sessions end and a lock is lifted."""
    demand(by, Permission.MANAGE_ACCOUNTS)
    if faults := _faults_of_password(password, name):
        raise Refused(*faults)
    password_hash = _hasher.hash(_typed(password))
    with session.transaction() as tx:
        row = _known(accounts.account_named(tx, key_of(name)))
        accounts.set_password(tx, row.id, password_hash)
        accounts.end_sessions_of(tx, row.id)
        accounts.forget_attempts(tx, attempt_mark(name))
        accounts.log(tx, row.province, stored_time(now), by.name, "account.password", row.name)


def close(name: str, now: datetime, by: Viewer = OPERATOR) -> None:
    """The account stays in the list and in the log, but nobody signs in with it any more."""
    demand(by, Permission.MANAGE_ACCOUNTS)
    with session.transaction() as tx:
        row = _known(accounts.account_named(tx, key_of(name)))
        accounts.close_account(tx, row.id)
        accounts.end_sessions_of(tx, row.id)
        accounts.log(tx, row.province, stored_time(now), by.name, "account.closed", row.name)


def log(newest: int, by: Viewer = OPERATOR) -> list[AuditRow]:
    """Who did what: so many of the newest lines, in the order of time."""
    demand(by, Permission.READ_AUDIT_LOG)
    with session.reading() as tx:
        return accounts.logged(tx, newest)


def listed(by: Viewer = OPERATOR) -> list[Account]:
    demand(by, Permission.MANAGE_ACCOUNTS)
    with session.reading() as tx:
        return [
            Account(row.name, row.role, row.province, row.language, row.active, row.expires, _grants(accounts.grants_of(tx, row.id)))
            for row in accounts.all_accounts(tx, by.province)
        ]


def new_password() -> str:
    """About 99 bits in five groups that can be read aloud."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(5))


def _faults_of_account(new: NewAccount) -> list[Fault]:
    faults = []
    role = ROLES.get(new.role)
    if not 2 <= len(_clean(new.name)) <= 64:
        faults.append(Fault("account.name", "name", "A name has 2 to 64 characters."))
    if new.language not in LANGUAGES:
        faults.append(Fault("account.language", "language", "No such language: {language}.", {"language": new.language}))
    if role is None or not role.signs_in:
        known = ", ".join(id for id, one in ROLES.items() if one.signs_in)
        faults.append(Fault("account.role", "role", "No such role: {role}. Known: {known}.", {"role": new.role, "known": known}))
        return faults
    if role.scopes and not new.grants:
        wanted = ", ".join("unit:CODE" if kind == "unit" else "area:GROUPING:CODE" for kind in sorted(role.scopes))
        faults.append(Fault("account.scope_missing", "scope", "This role needs a scope: {wanted}.", {"wanted": wanted}))
    for grant in new.grants:
        if grant.kind not in role.scopes:
            sentence = "The role {role} takes no scope of this kind."
            faults.append(Fault("account.scope_kind", f"scope {grant.kind}:{grant.code}", sentence, {"role": new.role}))
    return faults


def _faults_of_scope(new: NewAccount, units: set[str], areas: set[tuple[str, str]]) -> list[Fault]:
    if not units:
        sentence = "No units are known for province {province}. Import them first."
        return [Fault("account.province", "province", sentence, {"province": new.province})]
    faults = []
    for grant in new.grants:
        place = f"scope {grant.kind}:{grant.code}"
        if grant.kind == "unit" and grant.code not in units:
            faults.append(Fault("account.scope_unknown", place, "No such unit in this province: {code}.", {"code": grant.code}))
        if grant.kind == "area" and (grant.grouping, grant.code) not in areas:
            faults.append(Fault("account.scope_unknown", place, "No such area in this province: {code}.", {"code": grant.code}))
    return faults


def _faults_of_password(password: str, name: str) -> list[Fault]:
    typed = _typed(password)
    if len(typed) < SHORTEST_PASSWORD:
        least = {"least": str(SHORTEST_PASSWORD)}
        return [Fault("account.password_short", "password", "A password has at least {least} characters.", least)]
    if len(typed) > LONGEST_PASSWORD:
        return [Fault("account.password_long", "password", "A password has at most {most} characters.", {"most": str(LONGEST_PASSWORD)})]
    if len(set(typed)) < FEWEST_CHARACTERS or key_of(name) in typed.casefold():
        return [Fault("account.password_easy", "password", "This password is too easy to guess: it repeats itself or holds the name.")]
    return []


def _known(row: AccountRow | None) -> AccountRow:
    if row is None:
        raise Refused(Fault("account.unknown", "name", "No account has this name."))
    return row


def _grants(rows: Sequence[GrantRow]) -> tuple[Grant, ...]:
    return tuple(Grant("unit" if row.kind == "unit" else "area", row.grouping, row.code, row.since, row.until) for row in rows)


def verify_password(stored: str | None, password: str) -> bool:
    """`stored` None: nobody has that name; as much work as for somebody, and False."""
    try:
        return _hasher.verify(stored or _hash_of_nobody(), _typed(password)[:LONGEST_PASSWORD]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def with_fresh_hash(stored: str, password: str) -> str | None:
    """A new hash of a password just verified, when the stored one was made with older parameters."""
    return _hasher.hash(_typed(password)) if _hasher.check_needs_rehash(stored) else None


def key_of(name: str) -> str:
    """Names are the same whatever their case, spaces and way of composing letters."""
    return _clean(name).casefold()


def attempt_mark(name: str) -> str:
    """What stands for a typed name among the attempts, known or not: people type passwords into the wrong box."""
    key = settings.current().secret_key.encode()
    return hmac.new(key, b"sign-in attempt " + key_of(name)[:200].encode(), hashlib.sha256).hexdigest()


def stored_time(now: datetime) -> datetime:
    """UTC without tzinfo, as the database holds it."""
    return now.astimezone(UTC).replace(tzinfo=None)


def local_day(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _typed(password: str) -> str:
    """The same password from keyboards that compose Vietnamese letters differently."""
    return unicodedata.normalize("NFC", password)
