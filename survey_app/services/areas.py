"""Whom figures are about: units, blocks, former districts, the city; dated shares and placed points (methodology §9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.domains import Domain
from analysis.weighting import Frame
from questionnaires.model import Fault, Refused
from survey_app.services.frames import frame
from survey_app.services.places import FORMER_DISTRICTS
from survey_app.services.successors import merged_into
from survey_app.storage import organisation, places
from survey_app.storage.fieldwork import WaveRow
from survey_app.storage.organisation import AreaRow, MembershipRow, UnitRow
from survey_app.storage.rows import Transaction, valid_on

BLOCKS = "block"
CITY = "city"
DEPARTMENT = "department"
_WHOLE = 1e-9


@dataclass(frozen=True, slots=True)
class _City:
    """A province as a wave sees it on a day. `points_of`: unit to the reception points where it is rated, with their area."""

    units: Mapping[str, UnitRow]
    current: tuple[UnitRow, ...]
    areas: tuple[AreaRow, ...]
    memberships: tuple[MembershipRow, ...]
    points_of: Mapping[str, Mapping[str, str | None]]
    merged: Mapping[str, tuple[str, ...]]
    frame: Frame | None

    def whole(self, unit: str) -> str | None:
        """The area in which all reception points of the unit have been placed, if it is one area."""
        placed = set(self.points_of.get(unit, {}).values())
        return placed.pop() if len(placed) == 1 else None

    def placed(self, unit: str) -> bool:
        points = self.points_of.get(unit, {})
        return bool(points) and None not in points.values()


def domains(tx: Transaction, province: str, on: date, wave: WaveRow) -> tuple[Domain, ...]:
    """Every unit valid on that day, every block and former district, the city. Refused: a unit without a share, by name."""
    city = _load(tx, province, on, wave)
    shares = _shares(city, on)
    units = [_unit(city, unit) for unit in city.current]
    blocks = [_block(city, area) for area in city.areas if area.grouping == BLOCKS]
    former = [_former_district(city, area, shares) for area in city.areas if area.grouping == FORMER_DISTRICTS]
    return (*units, *blocks, *former, _whole_city(city, province))


def _load(tx: Transaction, province: str, on: date, wave: WaveRow) -> _City:
    units = {unit.code: unit for unit in organisation.units(tx, province)}
    current = tuple(unit for unit in units.values() if valid_on(unit, on))
    points = {point.code: point for point in places.points(tx, province) if point.simulated == wave.simulated}
    points_of: dict[str, dict[str, str | None]] = {}
    for counter in places.counters(tx, province):
        if counter.point in points:
            points_of.setdefault(counter.unit, {})[counter.point] = points[counter.point].area
    return _City(
        units,
        current,
        tuple(area for area in organisation.areas(tx, province) if valid_on(area, on)),
        tuple(organisation.memberships(tx, province)),
        points_of,
        {unit.code: merged_into(units, unit.code, wave.opens, on) for unit in current},
        frame(tx, province, wave.code),
    )


def _members(city: _City, units: Iterable[str]) -> tuple[str, ...]:
    """The units and those that merged into them during the wave: their answers belong together."""
    return tuple(member for unit in units for member in (unit, *city.merged.get(unit, ())))


def _unit(city: _City, unit: UnitRow) -> Domain:
    members = dict.fromkeys(_members(city, [unit.code]), 1.0)
    return Domain(unit.code, "unit", None, unit.names, members, {}, "credited", False, (), _files_of(city, members))


def _block(city: _City, area: AreaRow) -> Domain:
    inside = {row.unit for row in city.memberships if row.area == area.code}
    members = dict.fromkeys(_members(city, [unit.code for unit in city.current if unit.code in inside]), 1.0)
    return Domain(area.code, "area", area.grouping, area.names, members, {}, "credited", False, (), _files_of(city, members))


def _whole_city(city: _City, province: str) -> Domain:
    names = next((area.names for area in city.areas if area.grouping == CITY), {"vi": province})
    members = dict.fromkeys(_members(city, [unit.code for unit in city.current]), 1.0)
    return Domain(province, "city", None, names, members, {}, "received", False, (), _files_of(city, members))


def _former_district(city: _City, area: AreaRow, shares: Mapping[str, Mapping[str, float]]) -> Domain:
    members = {unit: of_unit[area.code] for unit, of_unit in shares.items() if area.code in of_unit}
    straddling = tuple(unit for unit, share in members.items() if share < 1)
    points = {point: 1.0 for of_unit in city.points_of.values() for point, at in of_unit.items() if at == area.code}
    provisional = any(not city.placed(unit) for unit in straddling)
    files = _files_in_area(city, area.code, members)
    return Domain(area.code, "area", area.grouping, area.names, members, points, "received", provisional, straddling, files)


def _shares(city: _City, on: date) -> dict[str, dict[str, float]]:
    """Unit to its former districts: whole where its points stand in one, else by dated shares, which must add to one."""
    former = {area.code for area in city.areas if area.grouping == FORMER_DISTRICTS}
    found: dict[str, dict[str, float]] = {}
    faults = []
    for code in _members(city, [unit.code for unit in city.current]):
        unit = city.units[code]
        day = on if unit.valid_to is None else min(on, unit.valid_to)
        area = city.whole(code)
        dated = {row.area: row.share for row in city.memberships if row.unit == code and row.area in former and valid_on(row, day)}
        if area is not None:
            found[code] = {area: 1.0}
        elif dated and abs(sum(dated.values()) - 1) <= _WHOLE:
            found[code] = dated
        elif dated or not (city.placed(code) or (unit.kind == DEPARTMENT and code not in city.points_of)):
            faults.append(_no_share(unit, sum(dated.values())))
    if faults and former:
        raise Refused(*faults)
    return found


def _no_share(unit: UnitRow, total: float) -> Fault:
    values = {"name": unit.names["vi"], "total": f"{total:g}"}
    sentence = "The shares of {name} in former districts add to {total}, not 1. Place its reception points, or give its shares."
    return Fault("missing_share", f"unit {unit.code}", sentence, values)


def _files_of(city: _City, members: Mapping[str, float]) -> int | None:
    """Files returned at the counters of these units; None without a frame."""
    if city.frame is None:
        return None
    return sum(row.files for row in city.frame.rows if row.reception in members)


def _files_in_area(city: _City, area: str, members: Mapping[str, float]) -> int | None:
    """By point where the frame says the point, else by unit; None where a unit's points lie in several areas and the
    frame does not say which."""
    if city.frame is None:
        return None
    files = 0.0
    here = {*members, *(unit for unit, of_unit in city.points_of.items() if area in of_unit.values())}
    for row in (row for row in city.frame.rows if row.reception in here):
        of_unit = city.points_of.get(row.reception, {})
        if row.point is not None and of_unit.get(row.point) is not None:
            files += row.files * (of_unit[row.point] == area)
        elif len(set(of_unit.values())) > 1 and (area in of_unit.values() or row.reception in members):
            return None
        else:
            files += row.files * members.get(row.reception, 0.0)
    return round(files)
