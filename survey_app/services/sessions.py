"""Signing in and out of staff: attempt limits, sessions, and who the viewer of a session is.

No network address is stored, and no answer tells whether a name exists or which part of a sign-in was wrong.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.services.access import ROLES, Grant, Viewer, scope
from survey_app.services.accounts import attempt_mark, key_of, local_day, stored_time, verify_password, with_fresh_hash
from survey_app.storage import accounts, organisation, session
from survey_app.storage.accounts import SessionRow
from survey_app.storage.rows import valid_on

FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
ATTEMPTS_KEPT = timedelta(hours=24)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    language: str


def sign_in(name: str, password: str, now: datetime) -> SignedIn:
    """A session for the right name and password; Refused with one and the same fault for everything else.

    The attempt is counted before the password is checked, so that attempts made at once cannot outrun the limit.
    """
    moment, mark = stored_time(now), attempt_mark(name)
    _count_attempt(mark, moment)
    with session.reading() as tx:
        row = accounts.account_named(tx, key_of(name))
    right = verify_password(None if row is None else row.password_hash, password)
    usable = row is not None and row.active and (row.expires is None or local_day(now) <= row.expires)
    if row is None or not right or not usable:
        with session.transaction() as tx:
            accounts.log(tx, row.province if row else "", moment, row.name if row else "", "sign_in.failed", "")
        raise Refused(Fault("sign_in.refused", "", "The name or the password is not right, or the account is no longer valid."))
    fresh_hash = with_fresh_hash(row.password_hash, password)
    token = secrets.token_urlsafe(32)
    with session.transaction() as tx:
        accounts.forget_attempts(tx, mark)
        accounts.forget_old_sessions(tx, started_before=moment - ABSOLUTE, seen_before=moment - IDLE)
        if fresh_hash is not None:
            accounts.set_password(tx, row.id, fresh_hash)
        accounts.add_session(tx, _hash_of(token), SessionRow(row.province, row.id, moment, moment))
        accounts.log(tx, row.province, moment, row.name, "sign_in", "")
    return SignedIn(token, row.language)


def sign_out(token: str, now: datetime) -> None:
    with session.transaction() as tx:
        found = accounts.session_of(tx, _hash_of(token))
        if found is not None and (row := accounts.account_of(tx, found.account)):
            accounts.end_session(tx, _hash_of(token))
            accounts.log(tx, row.province, stored_time(now), row.name, "sign_out", "")


def viewer(token: str, now: datetime) -> Viewer | None:
    """Who holds this session; None when it is unknown, has expired, or the account is closed or has run out."""
    moment, day = stored_time(now), local_day(now)
    with session.reading() as tx:
        found = accounts.session_of(tx, _hash_of(token))
        if found is None or moment - found.seen_at > IDLE or moment - found.started_at > ABSOLUTE:
            return None
        row = accounts.account_of(tx, found.account)
        if row is None or not row.active or (row.expires is not None and day > row.expires):
            return None
        grants = accounts.grants_of(tx, row.id)
        members = organisation.memberships(tx, row.province) if any(grant.kind == "area" for grant in grants) else []
    if moment - found.seen_at > SEEN_EVERY:
        with session.transaction() as tx:
            accounts.touch_session(tx, _hash_of(token), moment)
    held = [Grant("unit" if grant.kind == "unit" else "area", grant.grouping, grant.code, grant.since, grant.until) for grant in grants]
    units, areas = scope(row.role, held, day, lambda area: _units_of(members, area, day))
    return Viewer(row.id, row.name, row.role, row.language, row.province, units, areas, ROLES[row.role].may)


def cookie_needs_https() -> bool:
    """The session cookie travels over https only where the site has it."""
    return settings.current().base_url.startswith("https://")


def _units_of(members: list[organisation.MembershipRow], area: str, day: date) -> list[str]:
    return [member.unit for member in members if member.area == area and valid_on(member, day)]


def _count_attempt(mark: str, moment: datetime) -> None:
    """One more attempt under this name; Refused while the name has to wait."""
    with session.transaction() as tx:
        accounts.forget_old_attempts(tx, moment - ATTEMPTS_KEPT)
        failures, last_at = accounts.attempts_of(tx, mark) or (0, moment)
        left = last_at + waiting_time(failures) - moment
        if left <= timedelta(0):
            accounts.count_attempt(tx, mark, failures + 1, moment)
    if left > timedelta(0):
        minutes = str(-(-int(left.total_seconds()) // 60) or 1)
        sentence = "Too many attempts with this name. Please try again in {minutes} min."
        raise Refused(Fault("sign_in.wait", "", sentence, {"minutes": minutes}))


def waiting_time(failures: int) -> timedelta:
    """Nothing for the first five attempts, then 30 seconds, doubled each time, at most a quarter of an hour."""
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    doublings = min(failures - FREE_ATTEMPTS, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
