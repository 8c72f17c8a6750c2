"""Slip codes: made, revoked, given back, forgotten. What a code opens is in slip_doors.py, which batches there are in
slip_batches.py.

A code is shown once, to whoever asked for it; only its keyed hash is stored.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from questionnaires.model import Fault, Refused
from survey_app.services import codes, slip_batches, slip_doors
from survey_app.services.access import OPERATOR, Forbidden, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.services.opening import local_day
from survey_app.services.slip_batches import HANDED_OUT, ISSUED, Batch, Batches, Channel, Counts, by_channel
from survey_app.services.slip_orders import Order
from survey_app.storage import accounts, fieldwork, session
from survey_app.storage import slips as stored
from survey_app.storage.rows import Transaction
from survey_app.storage.slips import Known

__all__ = [
    "HANDED_OUT", "ISSUED", "Batch", "Channel", "Counts", "Made", "by_channel",
    "counts", "drop_expired", "give_back", "make", "revoke", "revoke_of", "rewrite_spent",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """The codes of one order, told this once, and what they were made as."""

    batch: Batch
    codes: tuple[str, ...]


def make(
    orders: Sequence[Order], channel: Channel, source: str, chance: random.Random, now: datetime, by: Viewer = OPERATOR
) -> tuple[Made, ...]:
    """New codes for each order, all or none. The log says that a batch of a day was begun, and by whom: nothing of single calls."""
    demand(by, Permission.ISSUE_SLIPS)
    if not all(by.sees_unit(order.wave.province, order.unit) for order in orders):
        raise Forbidden(Permission.ISSUE_SLIPS)
    drawn = [tuple(codes.new_code(chance) for _ in range(order.count)) for order in orders]
    with session.transaction() as tx:
        batches = Batches.there(tx, channel, source, orders)
        ids = [batches.extend(order) for order in orders]
        batches.save()
        keys = ((order.wave.province, id) for order, id in zip(orders, ids, strict=True))
        stored.add_codes(tx, ((slip_doors.mark(code), *key) for key, fresh in zip(keys, drawn, strict=True) for code in fresh))
        if days := batches.days_begun:
            subject = next(iter(days)) if len(days) == 1 else f"{len(days)} batches"
            accounts.log(tx, orders[0].wave.province, stored_time(now), by.name, "slips.made", subject, f"{channel} {source}")
    return tuple(Made(batches.batch(id), fresh) for id, fresh in zip(ids, drawn, strict=True))


def revoke(province: str, batch: str, now: datetime, by: Viewer = OPERATOR) -> int:
    """Codes of the batch open nothing and send nothing any more; answers that were given stay. `batch`: of a day, or of one
    sheet. Returns how many codes were taken back."""
    demand(by, Permission.MANAGE_WAVES)
    with session.transaction() as tx:
        found = [row for row in slip_batches.named(tx, province, batch) if row.revoked is None]
        if not found:
            raise Refused(Fault("slips.revoked", f"batch {batch}", "This batch was revoked already."))
        return _revoke(tx, province, batch, found, now, by)


def revoke_of(province: str, source: str, now: datetime, by: Viewer = OPERATOR) -> int:
    """The same for every code that a key asked for; none is no fault."""
    demand(by, Permission.MANAGE_WAVES)
    with session.transaction() as tx:
        found = [row for row in stored.batches(tx, province) if (row.channel, row.source, row.revoked) == (ISSUED, source, None)]
        return _revoke(tx, province, source, found, now, by) if found else 0


def _revoke(tx: Transaction, province: str, named: str, found: Sequence[Batch], now: datetime, by: Viewer) -> int:
    for row in found:
        stored.save(tx, replace(row, revoked=local_day(now)))
    accounts.log(tx, province, stored_time(now), by.name, "slips.revoked", named, found[0].channel)
    return sum(row.issued for row in found)


def give_back(province: str, batch: str, count: int, typed: Sequence[str], now: datetime, by: Viewer = OPERATOR) -> Counts:
    """Unused codes that came back: `count` of them, and those that were `typed`, which open nothing from now on."""
    demand(by, Permission.MANAGE_WAVES)
    if count == 0 and not typed:
        raise Refused(Fault("slips.nothing_back", f"batch {batch}", "Say how many slips came back (--count), or type their codes."))
    with session.transaction() as tx:
        found = {row.id: row for row in slip_batches.named(tx, province, batch)}
        known = [_returned(found, batch, code) for code in typed]
        marks = {one.mark for one in known}
        if len(marks) < len(known):
            raise Refused(Fault("slips.doubled", f"batch {batch}", "A code stands twice among those that came back."))
        of_day = next(iter(found.values())).of_day
        left = min(slip_batches.counted(tx, province, of_day).unused, sum(row.issued - row.returned for row in found.values()))
        if count < 0 or count + len(known) > left:
            values = {"left": str(left)}
            raise Refused(Fault("slips.too_many_back", f"batch {batch}", "Only {left} codes of this batch are still out.", values))
        stored.remove_codes(tx, marks)
        _note_returned(tx, found, known, count)
        accounts.log(tx, province, stored_time(now), by.name, "slips.returned", batch, str(count + len(known)))
        return slip_batches.counted(tx, province, of_day)


def _note_returned(tx: Transaction, found: dict[str, Batch], known: Sequence[Known], count: int) -> None:
    """What was typed at its own codes; what was only counted wherever some are out: it is the day that is counted."""
    for one in known:
        found[one.batch.id] = replace(found[one.batch.id], returned=found[one.batch.id].returned + 1)
    for id, row in found.items():
        taken = min(count, row.issued - row.returned)
        count -= taken
        found[id] = replace(row, returned=row.returned + taken)
        stored.save(tx, found[id])


def _returned(found: Mapping[str, Batch], batch: str, typed: str) -> Known:
    place, values = f"batch {batch}", {"code": codes.shown(codes.normalise(typed))}
    known = slip_doors.known(typed)
    if known is None or known.batch != found.get(known.batch.id):
        raise Refused(Fault("slips.not_of_batch", place, "This code is not of this batch: {code}.", values))
    if known.used:
        raise Refused(Fault("slips.used", place, "This code has been used: {code}.", values))
    return known


def counts(
    province: str, first: date | None = None, last: date | None = None, unit: str | None = None, by: Viewer = OPERATOR
) -> list[Counts]:
    """By day, unit, point and channel: no finer, because the counts of finer batches could tell who answered."""
    demand(by, Permission.READ_PROGRESS)
    with session.reading() as tx:
        return slip_batches.counts(tx, province, first, last, unit)


# ── every night ──────────────────────────────────────────────────────────────────────────────────────────────────────


def drop_expired(today: date) -> int:
    """Forget codes that have run out and whose forms have, too; returns how many. Batches stay, for their counts."""
    dropped = 0
    with session.transaction() as tx:
        for wave in fieldwork.waves(tx):
            dropped += stored.remove_codes_of(tx, wave.province, wave.code, today - timedelta(days=wave.answer_days + 1))
    return dropped


def rewrite_spent(chance: random.Random) -> int:
    """Write the marks of used codes anew in an order of chance, so that no trace is left of the order in which they were
    used; returns how many there are. Marks whose code is forgotten are left out.
    """
    with session.transaction() as tx:
        marks = stored.known_spent(tx)
        chance.shuffle(marks)
        stored.write_spent_anew(tx, marks)
    session.forget_log()
    return len(marks)
