"""The bodies of a city: official units and areas from the reference data, departments from an editable list."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from questionnaires.model import Fault, Refused
from survey_app.documents.spreadsheets import Sheet, read_table
from survey_app.documents.table_input import Field, Line, shown, understand
from survey_app.services.areas import BLOCKS, CITY, DEPARTMENT
from survey_app.services.places import FORMER_DISTRICTS
from survey_app.storage import organisation as stored
from survey_app.storage import places, session
from survey_app.storage.organisation import AreaRow, MembershipRow, UnitRow
from survey_app.storage.rows import Transaction

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
TWO_TIERS_BEGIN = date(2025, 7, 1)
BLOCK_OF = {DEPARTMENT: "khoi-so", "ward": "khoi-phuong", "commune": "khoi-xa", "special_zone": "khoi-xa"}
OLD_WARDS = "number of old wards (vietnamadminunits 1.0.4)"
KIND = "kind of unit"
_YES, _NO = frozenset({"yes", "có", "true", "1"}), frozenset({"no", "chưa", "không", "false", "0", ""})
DEPARTMENT_FIELDS = (
    Field("province", ("Mã tỉnh, thành phố",)),
    Field("code", ("Mã cơ quan", "Mã đơn vị", "Mã"), required=True),
    Field("name_vi", ("Tên cơ quan", "Tên đơn vị", "Tên"), required=True),
    Field("name_en", ("Tên tiếng Anh",)),
    Field("valid_from", ("Từ ngày",)),
    Field("valid_to", ("Đến ngày",)),
    Field("successor", ("Cơ quan kế thừa",)),
    Field("checked", ("Đã kiểm tra",), required=True),
)


@dataclass(frozen=True, slots=True)
class ImportedUnits:
    """How many of each the city has now. `straddling`: units in several former districts, their shares "tạm tính"."""

    communes: int
    departments: int
    unchecked: int
    former_districts: int
    straddling: int


def provinces() -> dict[str, str]:
    """Code to Vietnamese name of the cities there is reference data for."""
    return {row["province"]: row["name_vi"] for row in _lines("provinces.csv", None)}


def import_units(province: str, departments: Sheet | None = None) -> ImportedUnits:
    """Bring a city's units, areas and shares to the state of the reference data; to be repeated without harm.

    Units that the city has changed by hand keep their end and successor; a unit that has any share keeps its shares.
    """
    if province not in provinces():
        known = ", ".join(f"{code} ({name})" for code, name in provinces().items())
        raise Refused(Fault("unknown_city", f"city {province}", "There is reference data for {known} only.", {"known": known}))
    listed = departments or read_table(REFERENCE / "departments.csv", "departments.csv")
    with session.transaction() as tx:
        before = {unit.code: unit for unit in stored.units(tx, province)}
        units = [*_communes(province, before), *_departments(province, listed, before, own=departments is not None)]
        stored.save(tx, units)
        stored.save(tx, _areas(province))
        shares = stored.memberships(tx, province)
        placed = {row.unit for row in shares if row.source != KIND}
        stored.save(tx, (row for row in _shares(province) if row.unit not in placed))
        stored.save(tx, (_in_block(unit) for unit in units))
        if departments is not None:
            stored.remove_units(tx, province, _supposed(tx, before.values(), {unit.code for unit in units}))
        return _result(stored.units(tx, province), stored.areas(tx, province), stored.memberships(tx, province))


def _communes(province: str, before: Mapping[str, UnitRow]) -> Iterator[UnitRow]:
    for row in _lines("units.csv", province):
        unit = UnitRow(province, row["code"], row["kind"], _names(row), TWO_TIERS_BEGIN)
        old = before.get(unit.code)
        yield unit if old is None else replace(unit, valid_from=old.valid_from, valid_to=old.valid_to, successor=old.successor)


def _areas(province: str) -> Iterator[AreaRow]:
    for row in _lines("areas.csv", province):
        yield AreaRow(province, row["code"], row["grouping"], int(row["position"]), _names(row), TWO_TIERS_BEGIN)
    for row in _lines("provinces.csv", province):
        yield AreaRow(province, province, CITY, 0, _names(row), TWO_TIERS_BEGIN)


def _shares(province: str) -> Iterator[MembershipRow]:
    """A unit's share in a former district = its old wards from there ÷ all its old wards."""
    wards: dict[str, dict[str, int]] = {}
    for row in _lines("old_wards.csv", province):
        of_unit = wards.setdefault(row["unit"], {})
        of_unit[row["area"]] = of_unit.get(row["area"], 0) + 1
    for unit, of_unit in wards.items():
        total = sum(of_unit.values())
        for area, count in of_unit.items():
            yield MembershipRow(province, unit, area, TWO_TIERS_BEGIN, None, count / total, OLD_WARDS)


def _departments(province: str, sheet: Sheet, before: Mapping[str, UnitRow], own: bool) -> list[UnitRow]:
    """The rows of this province. The shipped list never takes the place of what the city has put in itself (`own`)."""
    lines = understand(sheet, DEPARTMENT_FIELDS)
    found: dict[str, UnitRow] = {}
    for line in lines:
        if line.text("province") in (None, province):
            unit = _department(province, line)
            if unit is not None and unit.code in found:
                line.refuse("code", "doubled_row", "This code stands in an earlier row too: {value}.", value=unit.code)
            elif unit is not None:
                found[unit.code] = unit if own else before.get(unit.code, unit)
            if unit is not None and unit.code in before and before[unit.code].kind != DEPARTMENT:
                line.refuse("code", "not_a_department", "This code belongs to a commune-level unit: {value}.", value=unit.code)
    for line in lines:
        successor = line.text("successor")
        if successor is not None and successor not in found and successor not in before:
            line.refuse("successor", "unknown_unit", "No unit of this city has this code: {value}.", value=shown(successor))
    lines.judge()
    return sorted(found.values(), key=lambda unit: unit.successor is not None)  # a successor is stored before who names it


def _in_block(unit: UnitRow) -> MembershipRow:
    return MembershipRow(unit.province, unit.code, BLOCK_OF[unit.kind], unit.valid_from, unit.valid_to, 1.0, KIND)


def _supposed(tx: Transaction, before: Iterable[UnitRow], listed: set[str]) -> list[str]:
    """Departments of the shipped list that the city's own list does not know and that nothing refers to."""
    unchecked = [unit for unit in before if unit.kind == DEPARTMENT and not unit.checked and unit.code not in listed]
    if not unchecked:
        return []
    province = unchecked[0].province
    used = {point.unit for point in places.points(tx, province)} | {counter.unit for counter in places.counters(tx, province)}
    used |= {row.unit for row in places.deciders(tx, province)} | {unit.successor for unit in before if unit.successor}
    return [unit.code for unit in unchecked if unit.code not in used]


def _department(province: str, line: Line) -> UnitRow | None:
    code, name, english = line.needed("code"), line.needed("name_vi"), line.text("name_en")
    if code is not None and not code.isascii():
        line.refuse("code", "bad_code", "A code has up to 32 letters without accents, digits, . - _: {value}.", value=shown(code))
    checked = (line.text("checked") or "").casefold()
    if checked not in _YES | _NO:
        line.refuse("checked", "not_yes_or_no", "This cell says yes or no: {value}.", value=shown(checked))
    valid_from, valid_to = line.day("valid_from") or TWO_TIERS_BEGIN, line.day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        line.refuse("valid_to", "bad_dates", "The last day lies before the first day.")
    if code is None or name is None:
        return None
    names = {"vi": name, "en": english} if english else {"vi": name}
    return UnitRow(province, code, DEPARTMENT, names, valid_from, valid_to, line.text("successor"), checked in _YES)


def _result(units: list[UnitRow], areas: list[AreaRow], memberships: list[MembershipRow]) -> ImportedUnits:
    departments = [unit for unit in units if unit.kind == DEPARTMENT]
    former = {area.code for area in areas if area.grouping == FORMER_DISTRICTS}
    return ImportedUnits(
        communes=len(units) - len(departments),
        departments=len(departments),
        unchecked=sum(not unit.checked for unit in departments),
        former_districts=len(former),
        straddling=len({row.unit for row in memberships if row.area in former and row.share < 1}),
    )


def all_of(province: str) -> tuple[UnitRow, ...]:
    with session.reading() as tx:
        return tuple(stored.units(tx, province))


def cities() -> tuple[str, ...]:
    """Codes of the cities that have units."""
    with session.reading() as tx:
        return tuple(stored.provinces(tx))


def areas_of(province: str) -> tuple[tuple[AreaRow, int, int], ...]:
    """Every area with its number of units, and how many of them lie in another area of the grouping too."""
    with session.reading() as tx:
        memberships = stored.memberships(tx, province)
        return tuple(
            (
                area,
                sum(row.area == area.code for row in memberships),
                sum(row.area == area.code and row.share < 1 for row in memberships),
            )
            for area in stored.areas(tx, province)
            if area.grouping in (FORMER_DISTRICTS, BLOCKS)
        )


def _names(row: Mapping[str, str]) -> dict[str, str]:
    return {"vi": row["name_vi"], "en": row["name_en"]}


def _lines(name: str, province: str | None) -> Iterator[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if province in (None, row["province"]):
                yield row
