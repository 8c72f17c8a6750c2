"""Batches of slips: the batch of a day, which is all that answers, counts and one-stop systems know, and what it is made of.

A row of slip_batches is codes that were made alike: one expiry, counter, sector and source, or one sheet. It may stand for a
single person, so it leads nowhere: answers name the unit, day, point and channel of a slip alone, and all codes of these
weigh the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from questionnaires.model import Fault, Refused
from survey_app.services.slip_orders import Order
from survey_app.storage import collected
from survey_app.storage import slips as stored
from survey_app.storage.rows import Transaction
from survey_app.storage.slips import BatchRow

Channel = Literal["issued", "handed_out"]
"""Made by the system for a file or ticket, so that nobody chooses who gets one; or given out by staff from a sheet."""

ISSUED: Channel = "issued"
HANDED_OUT: Channel = "handed_out"

Batch = BatchRow

MOST_A_DAY = 2_000
"""People that one reception point sees in a day: where more codes were issued, somebody made some for nobody."""

OTHER_EVERY = "The codes of {batch} are for one person in {every}; all of one day must be."


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one unit, day, point and channel: how many codes were made, used for an answer, given back, revoked."""

    id: str
    channel: str
    unit: str
    point: str
    day: date
    every: int
    issued: int
    used: int
    returned: int
    revoked: int

    @property
    def unused(self) -> int:
        """Neither used nor given back. Below zero: codes that were given back have been used all the same."""
        return self.issued - self.used - self.returned

    @property
    def too_many(self) -> bool:
        return self.issued * self.every > MOST_A_DAY


def counts(tx: Transaction, province: str, first: date | None, last: date | None, unit: str | None = None) -> list[Counts]:
    used, of_day = collected.used_by_batch(tx, province), dict[str, list[Batch]]()
    for row in stored.batches(tx, province, first, last, unit):
        of_day.setdefault(row.of_day, []).append(row)
    found = [_counted(id, rows, used.get(id, 0)) for id, rows in of_day.items()]
    return sorted(found, key=lambda one: (one.day, one.unit, one.point, one.channel))


def counted(tx: Transaction, province: str, id: str) -> Counts:
    return next(one for one in counts(tx, province, None, None) if one.id == id)


def _counted(id: str, rows: Sequence[Batch], used: int) -> Counts:
    one = rows[0]
    sums = (sum(row.issued for row in rows), used, sum(row.returned for row in rows), sum(row.issued for row in rows if row.revoked))
    return Counts(id, one.channel, one.unit, one.point, one.day, one.every, *sums)


def named(tx: Transaction, province: str, id: str) -> list[Batch]:
    """What the batch of a day is made of, or the one row (a sheet) of that id. Raises Refused."""
    found = [row for row in stored.batches(tx, province) if id in (row.of_day, row.id)]
    if not found:
        raise Refused(Fault("slips.unknown_batch", f"batch {id}", "No batch of this city has this number. flask slips counts shows them."))
    return found


def by_channel(found: Iterable[Counts]) -> dict[str, tuple[int, int]]:
    """Channel to codes that were given out (made and not come back) and used: the response rate of its slips."""
    sums: dict[str, tuple[int, int]] = {}
    for one in found:
        out, used = sums.get(one.channel, (0, 0))
        sums[one.channel] = (out + one.issued - one.returned, used + one.used)
    return sums


@dataclass(slots=True)
class Batches:
    """What a call begins or extends. No time is kept of a call that only adds to a day: a person stood there."""

    tx: Transaction
    channel: Channel
    source: str
    of_day: dict[tuple[str, date], list[Batch]]
    found: dict[str, Batch] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    days_begun: dict[str, None] = field(default_factory=dict)

    @staticmethod
    def there(tx: Transaction, channel: Channel, source: str, orders: Sequence[Order]) -> "Batches":
        days, units = [order.day for order in orders], {order.unit for order in orders}
        of_day: dict[tuple[str, date], list[Batch]] = {}
        for province in {order.wave.province for order in orders}:
            for batch in stored.batches(tx, province, min(days), max(days), min(units) if len(units) == 1 else None):
                of_day.setdefault((batch.unit, batch.day), []).append(batch)
        return Batches(tx, channel, source, of_day)

    def extend(self, order: Order) -> str:
        """The id of the row that the codes of this order belong to. Raises Refused when they would weigh otherwise than the
        others of their day: an answer's weight would tell which it came by."""
        there = self.of_day.setdefault((order.unit, order.day), [])
        alike = [batch for batch in there if (batch.point, batch.channel) == (order.point, self.channel)]
        if other := next((batch for batch in alike if batch.every != order.every), None):
            raise Refused(Fault("slips.other_every", "every", OTHER_EVERY, {"batch": other.of_day, "every": str(other.every)}))
        before = next((batch for batch in there if self._is_same(batch, order)), None)
        batch = before or self._begin(order, f"{order.unit}-{order.day:%Y%m%d}-{len(there) + 1}")
        known = self.found.get(batch.id, batch)
        self.found[batch.id] = replace(known, issued=known.issued + order.count)
        if before is None:
            there.append(batch)
            self.days_begun |= {} if alike else {batch.of_day: None}
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
