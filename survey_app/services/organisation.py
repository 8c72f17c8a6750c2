"""Bodies and doors: what a counter code opens, who is credited, and the domains that figures are about.

Import of points, counters and sectors lives in places.py and sectors.py; waves in fieldwork.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.model import Text
from survey_app.services import codes
from survey_app.services.successors import serving
from survey_app.storage import fieldwork as stored_fieldwork
from survey_app.storage import organisation as stored
from survey_app.storage import places, rows, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, DeciderRow, PointRow
from survey_app.storage.rows import Transaction, valid_on

__all__ = ["Deciders", "Door", "behind", "decider", "door", "revision"]

revision = rows.revision


@dataclass(frozen=True, slots=True)
class Door:
    """What a citizen stands at when the code is opened. `sector` is fixed where the counter serves one kind of matter."""

    code: str
    province: str
    counter: str
    number: str
    name: Text
    point: str
    point_name: Text
    unit: str
    unit_name: Text
    sector: int | None
    simulated: bool
    retired: bool


def door(code: str, today: date) -> Door | None:
    """The counter of a code as typed; None when no counter ever had it. The rated unit is the one that serves there today."""
    wanted = codes.normalise(code)
    with session.reading() as tx:
        row = stored_fieldwork.counter_code(tx, wanted)
        if row is None:
            return None
        counter, point = places.counter_in_place(tx, row.province, row.counter)
        units = {unit.code: unit for unit in stored.units(tx, row.province)}
    return behind(row, counter, point, units, today)


def behind(row: CodeRow, counter: CounterRow, point: PointRow, units: Mapping[str, UnitRow], today: date) -> Door:
    """The door that a code, its counter and its reception point make on that day."""
    unit = serving(units, counter.unit, today)
    works = row.retired is None and unit is not None and valid_on(counter, today) and valid_on(point, today)
    rated = unit or units[counter.unit]
    return Door(
        code=row.code,
        province=row.province,
        counter=counter.id,
        number=counter.number,
        name=counter.names,
        point=point.code,
        point_name=point.names,
        unit=rated.code,
        unit_name=rated.names,
        sector=counter.sector,
        simulated=point.simulated,
        retired=not works,
    )


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who decides at each reception point, for many answers without a query each (methodology §1.3)."""

    by_point: Mapping[str, tuple[DeciderRow, ...]]

    @staticmethod
    def load(tx: Transaction, province: str) -> "Deciders":
        by_point: dict[str, list[DeciderRow]] = {}
        for row in places.deciders(tx, province):
            by_point.setdefault(row.point, []).append(row)
        return Deciders({point: tuple(found) for point, found in by_point.items()})

    def of(self, point: str, reception: str, sector: int | None, day: date) -> str | None:
        """Known sector: the body of the table, else the receiving body. Unknown sector: the receiving body when nobody
        else decides anything at that point, else None: credited to no unit."""
        here = [row for row in self.by_point.get(point, ()) if valid_on(row, day)]
        if sector is None:
            return reception if all(row.unit == reception for row in here) else None
        return next((row.unit for row in here if row.sector == sector), reception)


def decider(tx: Transaction, province: str, point: str, reception: str, sector: int | None, day: date) -> str | None:
    """The body that decides a file handed in at that point; see Deciders.of."""
    return Deciders.load(tx, province).of(point, reception, sector, day)
