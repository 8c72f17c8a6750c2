"""Slip codes: made in batches, revoked, given back, counted, forgotten. What a code opens is in slip_doors.py.

A code is shown once, to whoever asked for it; only its keyed hash is stored. A batch is all codes of one channel, place,
day and source, so that it never stands for one person more than place and day do.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from questionnaires.model import Fault, Refused
from survey_app.services import codes, slip_doors
from survey_app.services.access import OPERATOR, Forbidden, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.services.opening import local_day
from survey_app.services.slip_orders import Order
from survey_app.storage import accounts, fieldwork, responses, session
from survey_app.storage import slips as stored
from survey_app.storage.rows import Transaction
from survey_app.storage.slips import BatchRow

Channel = Literal["issued", "handed_out"]
"""Made by the system for a file or ticket, so that nobody chooses who gets one; or given out by staff from a sheet."""

ISSUED: Channel = "issued"
HANDED_OUT: Channel = "handed_out"

Batch = BatchRow


@dataclass(frozen=True, slots=True)
class Made:
    """The codes of one order, told this once, and the batch they belong to."""

    batch: Batch
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one batch: how many codes were made, how many of them were used for an answer, how many came back."""

    batch: Batch
    used: int

    @property
    def unused(self) -> int:
        """Neither used nor given back. Below zero: codes that were given back have been used all the same."""
        return self.batch.issued - self.used - self.batch.returned


def make(
    orders: Sequence[Order], channel: Channel, source: str, chance: random.Random, now: datetime, by: Viewer = OPERATOR
) -> tuple[Made, ...]:
    """New codes for each order, all or none. Codes that a source issues for the same place and day make one batch; every
    sheet that is handed out is a batch of its own, because it is given out and comes back as one.
    """
    demand(by, Permission.ISSUE_SLIPS)
    if not all(by.sees_unit(order.wave.province, order.unit) for order in orders):
        raise Forbidden(Permission.ISSUE_SLIPS)
    drawn = [tuple(codes.new_code(chance) for _ in range(order.count)) for order in orders]
    with session.transaction() as tx:
        batches = _Batches.there(tx, channel, source, orders)
        ids = [batches.extend(order) for order in orders]
        batches.save()
        keys = ((order.wave.province, id) for order, id in zip(orders, ids, strict=True))
        stored.add_codes(tx, ((slip_doors.mark(code), *key) for key, fresh in zip(keys, drawn, strict=True) for code in fresh))
        if batches.new:
            first = batches.new[0]
            subject = first.id if len(batches.new) == 1 else f"{len(batches.new)} batches"
            accounts.log(tx, first.province, stored_time(now), by.name, "slips.made", subject, f"{channel} {source}")
    return tuple(Made(batches.batch(id), fresh) for id, fresh in zip(ids, drawn, strict=True))


@dataclass(slots=True)
class _Batches:
    """The batches that a call begins or extends. No time is kept of a call that only extends one: a person stood there."""

    tx: Transaction
    channel: Channel
    source: str
    of_day: dict[tuple[str, date], list[Batch]]
    found: dict[str, Batch] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @staticmethod
    def there(tx: Transaction, channel: Channel, source: str, orders: Sequence[Order]) -> "_Batches":
        days, units = [order.day for order in orders], {order.unit for order in orders}
        of_day: dict[tuple[str, date], list[Batch]] = {}
        for province in {order.wave.province for order in orders}:
            for batch in stored.batches(tx, province, min(days), max(days), min(units) if len(units) == 1 else None):
                of_day.setdefault((batch.unit, batch.day), []).append(batch)
        return _Batches(tx, channel, source, of_day)

    def extend(self, order: Order) -> str:
        """The id of the batch that the codes of this order belong to."""
        there = self.of_day.setdefault((order.unit, order.day), [])
        before = next((batch for batch in there if self._is_same(batch, order)), None)
        batch = before or self._begin(order, f"{order.unit}-{order.day:%Y%m%d}-{len(there) + 1}")
        known = self.found.get(batch.id, batch)
        self.found[batch.id] = replace(known, issued=known.issued + order.count)
        if before is None:
            there.append(batch)
        return batch.id

    def _is_same(self, batch: Batch, order: Order) -> bool:
        asked = (self.channel, self.source, order.wave.code, order.unit, order.point, order.counter, order.sector, order.day, order.every)
        place = (batch.wave, batch.unit, batch.point, batch.counter, batch.sector, batch.day, batch.every)
        lasting = batch.expires == order.expires and batch.revoked is None
        return self.channel == ISSUED and lasting and (batch.channel, batch.source, *place) == asked

    def _begin(self, order: Order, id: str) -> Batch:
        self.begun.add(id)
        place = (order.wave.code, order.unit, order.point, order.counter, order.sector, order.day, order.every)
        return BatchRow(order.wave.province, id, self.channel, *place, source=self.source, expires=order.expires)

    @property
    def new(self) -> list[Batch]:
        return [batch for id, batch in self.found.items() if id in self.begun]

    def batch(self, id: str) -> Batch:
        return self.found[id]

    def save(self) -> None:
        stored.add_batches(self.tx, self.new)
        for id, batch in self.found.items():
            if id not in self.begun:
                stored.save(self.tx, batch)


def revoke(province: str, batch: str, now: datetime, by: Viewer = OPERATOR) -> Batch:
    """Codes of the batch open nothing and send nothing any more; answers that were given stay."""
    demand(by, Permission.MANAGE_WAVES)
    with session.transaction() as tx:
        found = _known(tx, province, batch)
        if found.revoked is not None:
            raise Refused(Fault("slips.revoked", f"batch {batch}", "This batch was revoked already."))
        revoked = replace(found, revoked=local_day(now))
        stored.save(tx, revoked)
        accounts.log(tx, province, stored_time(now), by.name, "slips.revoked", batch, found.channel)
    return revoked


def give_back(province: str, batch: str, count: int, typed: Sequence[str], now: datetime, by: Viewer = OPERATOR) -> Counts:
    """Unused codes that came back: `count` of them, and those that were `typed`, which open nothing from now on."""
    demand(by, Permission.MANAGE_WAVES)
    with session.transaction() as tx:
        found = _known(tx, province, batch)
        used = responses.used_by_batch(tx, province).get(batch, 0)
        marks = [_returned_mark(found, code) for code in typed]
        back = count + len(marks)
        if len(set(marks)) < len(marks):
            raise Refused(Fault("slips.doubled", f"batch {batch}", "A code stands twice among those that came back."))
        if count < 0 or back < 1 or back > found.issued - used - found.returned:
            values = {"left": str(found.issued - used - found.returned)}
            raise Refused(Fault("slips.too_many_back", f"batch {batch}", "Only {left} codes of this batch are still out.", values))
        stored.remove_codes(tx, marks)
        changed = replace(found, returned=found.returned + back)
        stored.save(tx, changed)
        accounts.log(tx, province, stored_time(now), by.name, "slips.returned", batch, str(back))
    return Counts(changed, used)


def _returned_mark(batch: Batch, typed: str) -> str:
    place, values = f"batch {batch.id}", {"code": codes.shown(codes.normalise(typed))}
    known = slip_doors.known(typed)
    if known is None or (known.batch.province, known.batch.id) != (batch.province, batch.id):
        raise Refused(Fault("slips.not_of_batch", place, "This code is not of this batch: {code}.", values))
    if known.used:
        raise Refused(Fault("slips.used", place, "This code has been used: {code}.", values))
    return known.mark


def counts(province: str, first: date | None = None, last: date | None = None, by: Viewer = OPERATOR) -> list[Counts]:
    """By day, unit and batch."""
    demand(by, Permission.READ_PROGRESS)
    with session.reading() as tx:
        used = responses.used_by_batch(tx, province)
        return [Counts(batch, used.get(batch.id, 0)) for batch in stored.batches(tx, province, first, last)]


def _known(tx: Transaction, province: str, id: str) -> Batch:
    found = stored.batch(tx, province, id)
    if found is None:
        raise Refused(Fault("slips.unknown_batch", f"batch {id}", "No batch of this city has this number. flask slips counts shows them."))
    return found


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


def by_channel(found: Iterable[Counts]) -> dict[str, tuple[int, int]]:
    """Channel to codes that were given out (made and not come back) and used: the response rate of its slips."""
    sums: dict[str, tuple[int, int]] = {}
    for one in found:
        out, used = sums.get(one.batch.channel, (0, 0))
        sums[one.batch.channel] = (out + one.batch.issued - one.batch.returned, used + one.used)
    return sums
