"""What may be asked for when slip codes are made: unit, point, counter, sector, day and number, checked against the city.

Orders come from a command, a table or the API; each says in its own words where a fault lies. Making codes is in slips.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from questionnaires.model import Fault, Refused
from survey_app.documents.table_input import shown
from survey_app.services import doors, sectors
from survey_app.services.access import OPERATOR, Viewer
from survey_app.services.doors import Doors, Places
from survey_app.services.fieldwork import Wave
from survey_app.services.opening import instrument_of
from survey_app.services.successors import serving
from survey_app.storage import session
from survey_app.storage.places import CounterRow, PointRow
from survey_app.storage.rows import valid_on

MOST_CODES = 20_000
"""In one order: more than a large office sees people in a day."""

MOST_EVERY = 20
"""One answer stands for so many people at most: with more, a few answers would decide for a unit."""

LONGEST_LIFE = timedelta(days=60)


class Refusing(Protocol):
    """Notes a fault of the field `name`, as table_input.Line.refuse does."""

    def __call__(self, name: str, code: str, message: str, **values: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """An order in the words of whoever placed it. None: not said."""

    unit: str | None
    point: str | None = None
    counter: str | None = None
    sector: str | None = None
    day: date | None = None
    count: int = 1
    every: int = 1
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order that can be carried out. `wave`: which asks there on that day."""

    wave: Wave
    unit: str
    point: str
    counter: str | None
    sector: int | None
    day: date
    count: int
    every: int
    expires: date


NOT_YOURS = "slips.not_your_unit"


def ordered(asked: Asked, province: str, today: date, by: Viewer = OPERATOR, said: str = "") -> Order:
    """The order. Raises Refused with every fault; its place is the name of the field after what is `said` before it."""
    faults: list[Fault] = []

    def note(name: str, code: str, message: str, **values: str) -> None:
        faults.append(Fault(code, said + name, message, values))

    order = checked(asked, province, doors.current(), today, note, by)
    if order is None:
        raise Refused(*faults)
    return order


def checked(asked: Asked, province: str, remembered: Doors, today: date, note: Refusing, by: Viewer = OPERATOR) -> Order | None:
    """The order, or None once every fault has been noted. Without a day it is for today; without a point, for the only one."""
    city, day = remembered.places(province), asked.day or today
    refuse = _Counted(note)
    serves = _serving(city, asked.unit, day)
    if asked.unit is not None and not by.sees_unit(province, serves or asked.unit):
        refuse("unit", NOT_YOURS, "Codes of this unit may not be asked for with this key: {value}.", value=shown(asked.unit))
        return None
    unit = _unit(asked.unit, serves, city, refuse)
    counter = _counter(asked, city, unit, day, refuse)
    point = _point(asked, city, unit, counter, day, refuse)
    for name, number, most in (("count", asked.count, MOST_CODES), ("every", asked.every, MOST_EVERY)):
        if not 1 <= number <= most:
            refuse(name, "slips.number", "This must be a whole number from 1 to {most}: {value}.", value=str(number), most=str(most))
    wave = None if point is None else _wave(remembered.waves_of(province), point, day, refuse)
    if wave is None or unit is None or point is None:
        return None
    expires = _expires(asked, wave, day, today, refuse)
    sector = None if asked.sector is None else _sector(asked.sector, province, wave, day, refuse)
    if refuse.count:
        return None
    return Order(wave, unit, point.code, None if counter is None else counter.id, sector, day, asked.count, asked.every, expires)


@dataclass(slots=True)
class _Counted:
    """Passes faults on and remembers that there were some."""

    note: Refusing
    count: int = 0

    def __call__(self, name: str, code: str, message: str, **values: str) -> None:
        self.count += 1
        self.note(name, code, message, **values)


def _serving(city: Places, unit: str | None, day: date) -> str | None:
    """The unit that does that one's work on that day."""
    found = None if unit is None else serving(city.units, unit, day)
    return None if found is None else found.code


def _unit(given: str | None, serves: str | None, city: Places, refuse: Refusing) -> str | None:
    if given is None:
        refuse("unit", "slips.empty", "Say which unit.")
    elif given not in city.units:
        refuse("unit", "unknown_unit", "No unit of this city has this code: {value}.", value=shown(given))
    elif serves is None:
        refuse("unit", "slips.unit_not_there", "This unit does not serve on that day: {value}.", value=given)
    return serves


def _counter(asked: Asked, city: Places, unit: str | None, day: date, refuse: Refusing) -> CounterRow | None:
    if asked.counter is None:
        return None
    counter = city.counters.get(asked.counter)
    if counter is None or (asked.point is not None and counter.point != asked.point):
        sentence = "No counter of this point has this id: {value}. flask counters list shows them."
        refuse("counter", "slips.unknown_counter", sentence, value=shown(asked.counter))
        return None
    if unit is not None and _serving(city, counter.unit, day) != unit:
        refuse("counter", "slips.other_unit", "This counter serves another unit: {value}.", value=counter.id)
    if not valid_on(counter, day):
        refuse("counter", "slips.counter_not_there", "This counter does not serve on that day: {value}.", value=counter.id)
    return counter


def _point(
    asked: Asked, city: Places, unit: str | None, counter: CounterRow | None, day: date, refuse: Refusing
) -> PointRow | None:
    """The point named, that of the counter, or the only one at which the unit serves on that day."""
    named = asked.point or (None if counter is None else counter.point)
    if unit is None:
        return None
    own = _points_of(unit, city, day)
    if named is None:
        if len(own) != 1:
            points = ", ".join(sorted(own)) or "–"
            refuse("point", "slips.which_point", "Say at which reception point. This unit serves on that day at: {points}.", points=points)
        return next(iter(own.values())) if len(own) == 1 else None
    if named not in city.points:
        refuse("point", "unknown_point", "No reception point of this city has this code: {value}.", value=shown(named))
    elif named not in own:
        refuse("point", "slips.other_point", "This unit does not serve at this point on that day: {value}.", value=named)
    return own.get(named)


def _points_of(unit: str, city: Places, day: date) -> Mapping[str, PointRow]:
    """Where the unit receives: points that it runs, and points with a counter of its own."""
    own = {code for code in city.units if _serving(city, code, day) == unit}
    with_counter = {counter.point for counter in city.counters.values() if counter.unit in own and valid_on(counter, day)}
    points = (point for point in city.points.values() if point.unit in own or point.code in with_counter)
    return {point.code: point for point in points if valid_on(point, day)}


def _wave(waves: list[Wave], point: PointRow, day: date, refuse: Refusing) -> Wave | None:
    asking = (wave for wave in waves if wave.simulated == point.simulated and wave.state == "open" and wave.opens <= day <= wave.closes)
    found = next(asking, None)
    if found is None:
        sentence = "No open wave covers this point on that day: {day}. Open one first (flask waves open); its first day may lie ahead."
        refuse("day", "slips.no_wave", sentence, day=day.isoformat())
    return found


def _expires(asked: Asked, wave: Wave, day: date, today: date, refuse: Refusing) -> date:
    last = asked.expires or day + timedelta(days=wave.answer_days)
    if not day <= last <= day + LONGEST_LIFE:
        sentence = "The last day of the codes lies between the day they are for and {days} days later."
        refuse("expires", "slips.bad_expiry", sentence, days=str(LONGEST_LIFE.days))
    elif last < today:
        refuse("day", "slips.past", "These codes would have run out already on {day}.", day=last.isoformat())
    return last


def _sector(given: str, province: str, wave: Wave, day: date, refuse: Refusing) -> int | None:
    with session.reading() as tx:
        names = sectors.names_of_sectors(tx, province, instrument_of(wave), day, own=not wave.simulated)
    if given not in names:
        refuse("sector", "unknown_sector", "This code is not in the list of sectors: {value}.", value=shown(given))
    return names.get(given)
