"""What a counter code or a slip opens, which wave asks there and who decides, remembered in this process.

Everything is forgotten as soon as any process writes to the organisation, the codes or the waves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from questionnaires.model import Text
from survey_app.services import codes, organisation
from survey_app.services.fieldwork import Wave
from survey_app.services.organisation import Deciders, Door, Slip
from survey_app.storage import fieldwork as stored
from survey_app.storage import organisation as stored_units
from survey_app.storage import places, revision, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, PointRow
from survey_app.storage.revision import Revision


@dataclass(slots=True)
class _City:
    units: dict[str, UnitRow]
    deciders: Deciders
    waves: dict[str, Wave]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a slip may be for: units, reception points and counters of one city, by code."""

    units: Mapping[str, UnitRow]
    points: Mapping[str, PointRow]
    counters: Mapping[str, CounterRow]


@dataclass(slots=True)
class Doors:
    """The organisation as it stood at one revision. Codes that do not exist are asked for again each time."""

    at: Revision
    _placed: dict[str, tuple[CodeRow, CounterRow, PointRow]] = field(default_factory=dict)
    _cities: dict[str, _City] = field(default_factory=dict)
    _places: dict[str, Places] = field(default_factory=dict)
    _all_waves: list[Wave] | None = None

    def door(self, typed: str, day: date) -> Door | None:
        """The counter of a code as typed, as it is on that day; None when no counter ever had it."""
        placed = self._placed.get(typed) or self._place(codes.normalise(typed))
        return None if placed is None else organisation.behind(*placed, self._city(placed[0].province).units, day)

    def behind(self, code: str, slip: Slip) -> Door:
        """The door that a slip code opens, as it was on the day the slip is for."""
        city, batch = self.places(slip.batch.province), slip.batch
        counter = None if batch.counter is None else city.counters[batch.counter]
        return organisation.behind_slip(code, slip, counter, city.points[batch.point], city.units)

    def open_wave(self, door: Door, today: date) -> Wave | None:
        """The wave that takes new forms at this door today."""
        if door.slip is not None:
            wave = self.wave(door.province, door.slip.batch.wave)
            return wave if wave is not None and asks(door, wave, today) else None
        for wave in self._city(door.province).waves.values():
            if wave.simulated == door.simulated and is_open(wave, today):
                return wave
        return None

    def latest_wave(self, door: Door) -> Wave | None:
        """The last wave that asked here, to name somebody a citizen can turn to."""
        began = [wave for wave in self._city(door.province).waves.values() if wave.simulated == door.simulated and wave.state != "draft"]
        return max(began, key=lambda wave: wave.opens, default=None)

    def wave(self, province: str, code: str) -> Wave | None:
        return self._city(province).waves.get(code)

    def only_wave(self, today: date) -> Wave | None:
        """The wave that asks on this installation, where only one does: for whoever comes with a code that tells nothing."""
        if self._all_waves is None:
            with session.reading() as tx:
                self._all_waves = stored.waves(tx)
        asking = [wave for wave in self._all_waves if is_open(wave, today)]
        real = [wave for wave in asking if not wave.simulated]
        return next(iter(real or asking)) if len(real or asking) == 1 else None

    def places(self, province: str) -> Places:
        if province not in self._places:
            with session.reading() as tx:
                points = {point.code: point for point in places.points(tx, province)}
                counters = {counter.id: counter for counter in places.counters(tx, province)}
            self._places[province] = Places(self._city(province).units, points, counters)
        return self._places[province]

    def waves_of(self, province: str) -> list[Wave]:
        return list(self._city(province).waves.values())

    def unit_name(self, province: str, unit: str) -> Text | None:
        found = self._city(province).units.get(unit)
        return None if found is None else found.names

    def decider(self, door: Door, sector: int | None, day: date) -> str | None:
        return self._city(door.province).deciders.of(door.point, door.unit, sector, day)

    def _place(self, code: str) -> tuple[CodeRow, CounterRow, PointRow] | None:
        if code in self._placed:
            return self._placed[code]
        with session.reading() as tx:
            row = stored.counter_code(tx, code)
            if row is None:
                return None
            self._placed[code] = (row, *places.counter_in_place(tx, row.province, row.counter))
        return self._placed[code]

    def _city(self, province: str) -> _City:
        if province not in self._cities:
            with session.reading() as tx:
                units = {unit.code: unit for unit in stored_units.units(tx, province)}
                waves = {wave.code: wave for wave in stored.waves(tx, province)}
                self._cities[province] = _City(units, Deciders.load(tx, province), waves)
        return self._cities[province]


def is_open(wave: Wave, today: date) -> bool:
    return wave.state == "open" and wave.opens <= today <= wave.closes


def asks(door: Door, wave: Wave, today: date) -> bool:
    """Does the wave give forms at this door today? A slip works until the last day that is printed on it, also when the wave
    has ended or was closed by hand: a promise on paper is taken back by revoking it, never in passing."""
    if door.slip is None:
        return is_open(wave, today)
    batch = door.slip.batch
    return batch.revoked is None and wave.state != "draft" and batch.day <= today <= batch.expires


_remembered: Doors | None = None


def current() -> Doors:
    """The doors as they are now: one cheap question to the database, everything else from memory while nothing changed."""
    global _remembered
    now = revision.current()
    if _remembered is None or _remembered.at != now:
        _remembered = Doors(now)
    return _remembered
