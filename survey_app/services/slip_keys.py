"""Keys with which a one-stop system asks for slip codes: made once, shown once, held to units, taken back for good."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from questionnaires.model import Fault, Refused
from survey_app.services.access import OPERATOR, ROLES, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.services.opening import local_day
from survey_app.services.slip_orders import MOST_EVERY
from survey_app.storage import accounts, organisation, session
from survey_app.storage import slip_keys as stored
from survey_app.storage.slip_keys import KeyRow

ROLE = "one_stop"
OUR_OWN = ("list", "sheet")
"""Sources of codes that no key asked for."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Key:
    """`units` None: every unit of the city."""

    name: str
    units: tuple[str, ...] | None
    every: int
    made: date
    revoked: date | None


def add(province: str, name: str, units: Collection[str] | None, now: datetime, every: int = 1, by: Viewer = OPERATOR) -> str:
    """A new key, told this once. `every`: one person in so many gets a code; whoever asks cannot change that.

    A name is never used again, so that the log says which key did what."""
    demand(by, Permission.MANAGE_ACCOUNTS)
    key = secrets.token_urlsafe(32)
    with session.transaction() as tx:
        known = {unit.code for unit in organisation.units(tx, province)}
        strange = [unit for unit in units or () if unit not in known]
        unknown = "No unit of this city has this code: {value}."
        faults = [Fault("unknown_unit", f"unit {unit}", unknown, {"value": unit}) for unit in strange]
        if not _NAME.fullmatch(name) or name in OUR_OWN:
            faults.append(Fault("slips.key_name", "name", "A name has 1 to 32 letters without accents, digits, . - _."))
        if any(row.name == name for row in stored.all_of(tx, province)):
            faults.append(Fault("slips.key_exists", f"key {name}", "There is or was a key of this name. Choose another name."))
        if not 1 <= every <= MOST_EVERY:
            values = {"value": str(every), "most": str(MOST_EVERY)}
            faults.append(Fault("slips.number", "--every", "This must be a whole number from 1 to {most}: {value}.", values))
        if faults:
            raise Refused(*faults)
        stored.add(tx, KeyRow(province, name, _hash(key), None if units is None else sorted(set(units)), every, local_day(now)))
        accounts.log(tx, province, stored_time(now), by.name, "slip_key.made", name, "all" if units is None else " ".join(sorted(units)))
    return key


def revoke(province: str, name: str, now: datetime, by: Viewer = OPERATOR, *, again: bool = False) -> None:
    """It asks for nothing any more; codes that it asked for stay (slips.revoke_of takes those back). `again`: one that was
    taken back before is no fault."""
    demand(by, Permission.MANAGE_ACCOUNTS)
    with session.transaction() as tx:
        row = next((row for row in stored.all_of(tx, province) if row.name == name), None)
        if row is not None and row.revoked is not None and again:
            return
        if row is None or row.revoked is not None:
            raise Refused(Fault("slips.unknown_key", f"key {name}", "No key in use has this name. flask slips key list shows them."))
        stored.revoke(tx, province, name, local_day(now))
        accounts.log(tx, province, stored_time(now), by.name, "slip_key.revoked", name, "")


def listed(province: str, by: Viewer = OPERATOR) -> list[Key]:
    demand(by, Permission.MANAGE_ACCOUNTS)
    with session.reading() as tx:
        rows = stored.all_of(tx, province)
    return [Key(row.name, None if row.units is None else tuple(row.units), row.every, row.made, row.revoked) for row in rows]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks with a key, held to its units, and of how many people one gets a code there."""

    viewer: Viewer
    province: str
    every: int


def asking(key: str) -> Asking | None:
    """None for a key that was never made or has been taken back."""
    with session.reading() as tx:
        row = stored.by_hash(tx, _hash(key))
    if row is None or row.revoked is not None:
        return None
    units = None if row.units is None else frozenset(row.units)
    viewer = Viewer(None, row.name, ROLE, "vi", row.province, units, frozenset(), ROLES[ROLE].may)
    return Asking(viewer, row.province, row.every)


def _hash(key: str) -> str:
    """A key is 256 bits of chance: one hash of it cannot be tried out, and is cheap enough for every call."""
    return hashlib.sha256(key.encode()).hexdigest()
