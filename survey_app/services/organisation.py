"""Doors: what a counter code opens. Who decides lives in deciders.py, whom figures are about in areas.py.

Import of units lives in units.py, of points and counters in places.py, of sectors in sectors.py; waves in fieldwork.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.model import Text
from survey_app.services import codes
from survey_app.services.areas import domains
from survey_app.services.deciders import Deciders, decider
from survey_app.services.successors import serving
from survey_app.storage import fieldwork as stored_fieldwork
from survey_app.storage import organisation as stored
from survey_app.storage import places, rows, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, PointRow
from survey_app.storage.rows import valid_on
from survey_app.storage.slips import BatchRow

__all__ = ["Deciders", "Door", "Slip", "behind", "behind_slip", "decider", "domains", "door", "revision"]

revision = rows.revision


@dataclass(frozen=True, slots=True)
class Slip:
    """The single-use code in a citizen's hand. `mark`: its keyed hash; None once nobody remembers it."""

    mark: str | None
    batch: BatchRow
    used: bool


@dataclass(frozen=True, slots=True)
class Door:
    """What a citizen stands at when the code is opened. `sector` is fixed where the counter or the slip settles it.

    A slip stands for a reception point on one day; where it names no counter, `counter`, `number` and `name` are empty.
    """

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
    slip: Slip | None = None


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


def behind_slip(code: str, slip: Slip, counter: CounterRow | None, point: PointRow, units: Mapping[str, UnitRow]) -> Door:
    """The door that a slip code makes: the place as it was on the day the slip is for."""
    batch = slip.batch
    unit = serving(units, batch.unit, batch.day)
    works = unit is not None and valid_on(point, batch.day) and (counter is None or valid_on(counter, batch.day))
    rated = unit or units[batch.unit]
    return Door(
        code=code,
        province=batch.province,
        counter="" if counter is None else counter.id,
        number="" if counter is None else counter.number,
        name={"vi": ""} if counter is None else counter.names,
        point=point.code,
        point_name=point.names,
        unit=rated.code,
        unit_name=rated.names,
        sector=counter.sector if batch.sector is None and counter is not None else batch.sector,
        simulated=point.simulated,
        retired=not works,
        slip=slip,
    )
