"""Reception points and counters of a real city: import, add, list. The codes on the counters are made here."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.model import Fault, Refused
from survey_app.documents.spreadsheets import Sheet
from survey_app.documents.table_input import Field, Line, shown, understand
from survey_app.services import codes
from survey_app.services.successors import serving
from survey_app.storage import fieldwork, organisation, session
from survey_app.storage import places as stored
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, PointRow
from survey_app.storage.rows import Transaction

FORMER_DISTRICTS = "former_district"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,7}")

POINT_FIELDS = (
    Field("code", ("Mã điểm", "Mã điểm tiếp nhận"), required=True),
    Field("unit", ("Đơn vị", "Mã đơn vị"), required=True),
    Field("name", ("Tên điểm", "Tên điểm tiếp nhận"), required=True),
    Field("name_en", ("Tên tiếng Anh",)),
    Field("area", ("Mã quận huyện cũ", "Quận, huyện cũ", "Khu vực")),
    Field("latitude", ("Vĩ độ",)),
    Field("longitude", ("Kinh độ",)),
    Field("from", ("Từ ngày",)),
    Field("to", ("Đến ngày",)),
)
COUNTER_FIELDS = (
    Field("point", ("Mã điểm", "Điểm tiếp nhận", "Mã điểm tiếp nhận"), required=True),
    Field("number", ("Số quầy", "Quầy"), required=True),
    Field("unit", ("Đơn vị", "Mã đơn vị", "Đơn vị được đánh giá")),
    Field("name", ("Tên quầy",)),
    Field("name_en", ("Tên tiếng Anh",)),
    Field("sector", ("Lĩnh vực", "Mã lĩnh vực")),
    Field("from", ("Từ ngày",)),
    Field("to", ("Đến ngày",)),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `ignored`: columns that nobody asked for."""

    added: int
    changed: int
    ignored: tuple[str, ...]


def import_points(province: str, sheet: Sheet, today: date) -> Imported:
    """Add or change reception points, matched by code; all rows or none."""
    lines = understand(sheet, POINT_FIELDS)
    with session.transaction() as tx:
        units = {unit.code: unit for unit in organisation.units(tx, province)}
        areas = {area.code for area in organisation.areas(tx, province) if area.grouping == FORMER_DISTRICTS}
        before = {point.code: point for point in stored.points(tx, province)}
        found: dict[str, PointRow] = {}
        for line in lines:
            point = _point(province, line, units, areas, before, today)
            if point is not None and point.code in found:
                line.refuse("code", "doubled_row", "This code stands in an earlier row too: {value}.", value=point.code)
            elif point is not None:
                found[point.code] = point
        lines.judge()
        stored.save(tx, found.values())
    return Imported(len(found.keys() - before.keys()), len(found.keys() & before.keys()), lines.ignored)


def _point(
    province: str, line: Line, units: Mapping[str, UnitRow], areas: set[str], before: Mapping[str, PointRow], today: date
) -> PointRow | None:
    code, name = line.needed("code"), line.needed("name")
    if code is not None and not _CODE.fullmatch(code):
        line.refuse("code", "bad_code", "A code has up to 32 letters without accents, digits, . - _: {value}.", value=shown(code))
    old = before.get(code or "")
    if old is not None and old.simulated:
        line.refuse("code", "simulated_point", "This code belongs to the demonstration city; choose another: {value}.", value=old.code)
    valid_from, valid_to = _validity(line, old, today)
    unit = _unit(line, units, line.needed("unit"), valid_from)
    area = line.text("area") if line.has("area") or old is None else old.area
    if area is not None and area not in areas:
        line.refuse("area", "unknown_area", "No former district of this city has this code: {value}.", value=shown(area))
    latitude, longitude = line.number("latitude", -90, 90), line.number("longitude", -180, 180)
    if not line.has("latitude") and old is not None:
        latitude, longitude = old.latitude, old.longitude
    if code is None or name is None or unit is None:
        return None
    names = _names(name, line.text("name_en"))
    return PointRow(province, code, unit, names, area, latitude, longitude, False, valid_from, valid_to)


def import_counters(province: str, sheet: Sheet, sectors: Mapping[str, int], today: date, source: random.Random) -> Imported:
    """Add or change counters, matched by point and number; all rows or none. A new counter gets a code.

    `sectors`: the codes by which a sector may be named in the file.
    """
    lines = understand(sheet, COUNTER_FIELDS)
    with session.transaction() as tx:
        city = _City.load(tx, province)
        found: dict[str, CounterRow] = {}
        for line in lines:
            counter = _counter(city, line, sectors, today)
            if counter is not None and counter.id in found:
                line.refuse("number", "doubled_row", "This code stands in an earlier row too: {value}.", value=counter.id)
            elif counter is not None:
                found[counter.id] = counter
        lines.judge()
        new = [id for id in found if id not in city.counters]
        stored.save(tx, found.values())
        codes.issue_all(tx, province, new, today, source)
    return Imported(len(new), len(found) - len(new), lines.ignored)


@dataclass(frozen=True, slots=True)
class _City:
    province: str
    units: Mapping[str, UnitRow]
    points: Mapping[str, PointRow]
    counters: Mapping[str, CounterRow]

    @staticmethod
    def load(tx: Transaction, province: str) -> "_City":
        return _City(
            province,
            {unit.code: unit for unit in organisation.units(tx, province)},
            {point.code: point for point in stored.points(tx, province)},
            {counter.id: counter for counter in stored.counters(tx, province)},
        )


def _counter(city: _City, line: Line, sectors: Mapping[str, int], today: date) -> CounterRow | None:
    code, number = line.needed("point"), line.needed("number")
    point = city.points.get(code or "")
    if code is not None and point is None:
        line.refuse("point", "unknown_point", "No reception point of this city has this code: {value}.", value=shown(code))
    if number is not None and not _NUMBER.fullmatch(number):
        line.refuse("number", "bad_number_of_counter", "A counter's number has up to 8 letters or digits: {value}.", value=shown(number))
    old = city.counters.get(f"{code}-{number}")
    valid_from, valid_to = _validity(line, old, today)
    given = line.text("unit") or (old.unit if old is not None else None) or (point.unit if point is not None else None)
    unit = _unit(line, city.units, given, valid_from)
    sector = _sector(line, sectors, old)
    if point is None or number is None or unit is None:
        return None
    names = _names(line.text("name") or f"Quầy {number}", line.text("name_en") or f"Counter {number}")
    return CounterRow(city.province, f"{point.code}-{number}", point.code, unit, number, names, sector, valid_from, valid_to)


def _sector(line: Line, sectors: Mapping[str, int], old: CounterRow | None) -> int | None:
    if not line.has("sector") and old is not None:
        return old.sector
    given = line.text("sector")
    if given is not None and given not in sectors:
        line.refuse("sector", "unknown_sector", "This code is not in the list of sectors: {value}.", value=shown(given))
    return None if given is None else sectors.get(given)


def _unit(line: Line, units: Mapping[str, UnitRow], given: str | None, day: date) -> str | None:
    if given is None:
        return None
    if given not in units:
        line.refuse("unit", "unknown_unit", "No unit of this city has this code: {value}.", value=shown(given))
        return None
    if serving(units, given, max(day, units[given].valid_from)) is None:
        line.refuse("unit", "ended_unit", "This unit has ended and nobody is named to follow it: {value}.", value=given)
        return None
    return given


def _validity(line: Line, old: PointRow | CounterRow | None, today: date) -> tuple[date, date | None]:
    valid_from = line.day("from") or (old.valid_from if old is not None else today)
    valid_to = line.day("to") if line.has("to") or old is None else old.valid_to
    if valid_to is not None and valid_to < valid_from:
        line.refuse("to", "bad_dates", "The last day lies before the first day.")
    return valid_from, valid_to


def _names(vietnamese: str, english: str | None) -> dict[str, str]:
    return {"vi": vietnamese, "en": english} if english else {"vi": vietnamese}


def renew_code(province: str, counter: str, today: date, source: random.Random) -> str:
    """A new code for a counter whose poster must be replaced; the old one opens no form from today."""
    with session.transaction() as tx:
        _known_counter(tx, province, counter)
        return codes.issue(tx, province, counter, today, source)


def retire_code(province: str, counter: str, today: date) -> tuple[str, ...]:
    with session.transaction() as tx:
        _known_counter(tx, province, counter)
        return codes.retire(tx, province, counter, today)


def _known_counter(tx: Transaction, province: str, counter: str) -> None:
    if counter not in {row.id for row in stored.counters(tx, province)}:
        raise Refused(Fault("unknown_counter", f"counter {counter}", "No counter of this city has this id."))


def points(province: str) -> tuple[PointRow, ...]:
    with session.reading() as tx:
        return tuple(stored.points(tx, province))


def counters(province: str) -> tuple[tuple[CounterRow, str | None], ...]:
    """Every counter with its code in use, None where it was retired."""
    with session.reading() as tx:
        in_use = {code.counter: code.code for code in fieldwork.counter_codes(tx, province) if code.retired is None}
        return tuple((counter, in_use.get(counter.id)) for counter in stored.counters(tx, province))
