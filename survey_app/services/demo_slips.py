"""Slips of the demonstration: which simulated people hold a code, and the codes, made and used as those of a real city.

How many come by which channel is a guess; nothing published says. Channels do not differ in what is answered, but at the one
counter of demo_filled_in.py.
"""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from analysis import simulation
from analysis.simulation import City, Visit
from survey_app.services import codes, slips
from survey_app.services.demo_places import counter_id, point_code
from survey_app.services.fieldwork import Wave
from survey_app.services.slip_orders import Order
from survey_app.services.slips import HANDED_OUT, ISSUED, Channel
from survey_app.storage import session
from survey_app.storage import slips as stored

SOURCE = "demonstration"
OF_TWENTY: Mapping[Channel, range] = {ISSUED: range(11), HANDED_OUT: range(11, 13)}
"""Of twenty answers so many come with a code of that channel; the others by the code at the counter."""

MADE_FOR_EACH: Mapping[Channel, int] = {ISSUED: 3, HANDED_OUT: 2}
"""Codes for each that is used: most slips are thrown away."""

Place = tuple[str, date, str | None]
"""Unit, day of service, and the counter where it is kept for one kind of matter."""


def codes_of(wave: Wave, city: City, began: date, seed: int, now: datetime) -> dict[str, str]:
    """Visit to the code it is answered with; who is not named has none. Made once; a repeated build draws the same codes."""
    found: dict[str, str] = {}
    for channel, visits in _visits(city, began).items():
        chance = random.Random(f"{SOURCE} {seed} {wave.province} {channel}")  # noqa: S311 - to be repeated; real codes are not drawn so
        orders = [_order(wave, city, place, len(ids) * MADE_FOR_EACH[channel]) for place, ids in visits.items()]
        drawn = _drawn(orders, chance) if _are_made(orders, channel) else _made(orders, channel, chance, now)
        for ids, fresh in zip(visits.values(), drawn, strict=True):
            found |= zip(ids, fresh, strict=False)
    return found


def _visits(city: City, began: date) -> dict[Channel, dict[Place, list[str]]]:
    kept = {(office.unit, desk.number): office.kind for office in city.offices for desk in office.desks if desk.sector is not None}
    found: dict[Channel, dict[Place, list[str]]] = {ISSUED: {}, HANDED_OUT: {}}
    for visit in city.visits:
        channel, kind = channel_of(visit), kept.get((visit.unit, visit.desk))
        if channel is not None:
            counter = None if kind is None else counter_id(point_code(visit.unit, kind), visit.unit, visit.desk)
            day = began + timedelta(days=simulation.calendar_day(visit.day))
            found[channel].setdefault((visit.unit, day, counter), []).append(visit.id)
    return found


def channel_of(visit: Visit) -> Channel | None:
    """By the visit's id, which is chance: the same for the same seed."""
    place = int(visit.id[:8], 16) % 20
    return next((channel for channel, places in OF_TWENTY.items() if place in places), None)


def _order(wave: Wave, city: City, place: Place, count: int) -> Order:
    unit, day, counter = place
    point = next(point_code(unit, office.kind) for office in city.offices if office.unit == unit)
    return Order(wave, unit, point, counter, None, day, count, 1, day + timedelta(days=wave.answer_days))


def _are_made(orders: list[Order], channel: Channel) -> bool:
    """An earlier build was interrupted after it had made them: all were made at once."""
    if not orders:
        return True
    with session.reading() as tx:
        there = stored.batches(tx, orders[0].wave.province, orders[0].day, orders[0].day, orders[0].unit)
    return any((batch.source, batch.channel) == (SOURCE, channel) for batch in there)


def _made(orders: list[Order], channel: Channel, chance: random.Random, now: datetime) -> list[tuple[str, ...]]:
    return [one.codes for one in slips.make(orders, channel, SOURCE, chance, now)]


def _drawn(orders: list[Order], chance: random.Random) -> list[tuple[str, ...]]:
    """What was made of these orders with the same chance."""
    return [tuple(codes.new_code(chance) for _ in range(order.count)) for order in orders]
