"""The frame: files each body handled, read from the city's one-stop system and given to weighting.

Counting an export with one row a file happens here too: numbers of files leave this module, never a name or a file number.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import questionnaires
from analysis.weighting import Frame, FrameRow
from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.documents.spreadsheets import Sheet
from survey_app.documents.table_input import Field, Line, folded, shown, understand
from survey_app.services import sectors
from survey_app.services.deciders import Deciders
from survey_app.storage import fieldwork as stored
from survey_app.storage import organisation, places, session
from survey_app.storage.fieldwork import FrameHeader, FrameLine, WaveRow
from survey_app.storage.rows import Transaction

COUNTER = "counter"
MODES = {
    COUNTER: ("counter", "direct", "trực tiếp", "tại quầy", "nộp trực tiếp", "trực tiếp tại quầy", "một cửa"),
    "online": ("online", "trực tuyến", "nộp trực tuyến", "qua mạng"),
    "post": ("post", "bưu chính", "bưu chính công ích", "qua bưu chính", "bưu điện"),
}
_MODE = {folded(name): mode for mode, names in MODES.items() for name in names}
_WHO_AND_WHERE = (
    Field("reception", ("Đơn vị tiếp nhận", "Mã đơn vị tiếp nhận", "Cơ quan tiếp nhận"), required=True),
    Field("decider", ("Cơ quan giải quyết", "Mã cơ quan giải quyết", "Đơn vị giải quyết")),
    Field("sector", ("Lĩnh vực", "Mã lĩnh vực")),
    Field("mode", ("Hình thức", "Hình thức nộp", "Hình thức tiếp nhận"), required=True),
    Field("point", ("Điểm tiếp nhận", "Mã điểm", "Mã điểm tiếp nhận")),
)
COUNT_FIELDS = (
    *_WHO_AND_WHERE,
    Field("received", ("Đã tiếp nhận", "Số hồ sơ tiếp nhận", "Số hồ sơ đã tiếp nhận", "Tiếp nhận")),
    Field("returned", ("Đã trả kết quả", "Số hồ sơ đã trả kết quả", "Số hồ sơ đã trả", "Đã trả", "Đã giải quyết"), required=True),
    Field("from", ("Từ ngày",)),
    Field("to", ("Đến ngày",)),
)
FILE_FIELDS = (
    *_WHO_AND_WHERE,
    Field("received", ("Ngày tiếp nhận", "Ngày nhận", "Đã tiếp nhận")),
    Field("returned", ("Ngày trả kết quả", "Ngày trả", "Ngày hoàn thành", "Đã trả kết quả"), required=True),
)
_OF_ONE_FILE = (
    "file", "file number", "file no", "file id", "dossier", "applicant", "applicant name", "full name", "phone", "email",
    "Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã biên nhận", "Người nộp", "Người nộp hồ sơ", "Tên người nộp",
    "Chủ hồ sơ", "Họ tên", "Họ và tên", "Tên công dân", "Người yêu cầu", "CCCD", "Số CCCD", "CMND", "Số điện thoại", "Điện thoại",
    "Địa chỉ",
)  # fmt: skip
_FILE_NUMBER = Field("file", ("file number", "file no", "file id", "Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã biên nhận"))
_ONE = frozenset(map(folded, ("1", "x", "có", "yes", "true")))
_NONE = frozenset(map(folded, ("0", "không", "no", "false")))


@dataclass(frozen=True, slots=True)
class ImportedFrame:
    """`number`: of this import for the wave; the one before stays stored for the releases made with it."""

    number: int
    digest: str
    counted_from_files: bool
    rows: int
    units: int
    returned: Mapping[str, int]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _City:
    """What a frame may name, and the window its dates must lie in."""

    units: frozenset[str]
    points: frozenset[str]
    sectors: Mapping[str, int]
    deciders: Deciders
    points_of: Mapping[str, frozenset[str]]
    first: date
    last: date


@dataclass(slots=True)
class _Keys:
    """What earlier rows were about, to find a row that says the same again."""

    periods: dict[tuple[str | None, ...], list[tuple[date, date]]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def import_frame(wave: WaveRow, sheet: Sheet, first: date, last: date, now: datetime) -> ImportedFrame:
    """Store the files of a window as the wave's frame; all rows or none. It takes the place of an earlier import."""
    if last < first or last < wave.opens or wave.closes < first:
        days = {"from": wave.opens.isoformat(), "to": wave.closes.isoformat()}
        sentence = "The window must have its days in order and meet the days of the wave, {from} to {to}."
        raise Refused(Fault("bad_window", f"wave {wave.code}", sentence, days))
    headings = set(map(folded, sheet.header))
    one_row_a_file = not headings.isdisjoint(map(folded, _OF_ONE_FILE))
    lines = understand(sheet, (*FILE_FIELDS, _FILE_NUMBER) if one_row_a_file else COUNT_FIELDS)
    with session.transaction() as tx:
        city = _city(tx, wave, first, last)
        keys = _Keys()
        read = _file if one_row_a_file else _counts
        found = [row for row in (read(line, city, keys) for line in lines) if row is not None]
        lines.judge()
        rows = _summed(found)
        before = stored.newest_frame(tx, wave.province, wave.code)
        number = before.number + 1 if before else 1
        digest = _frame(rows).digest
        imported = now.replace(tzinfo=None)  # UTC, as every time that is stored
        stored.add_frame(tx, FrameHeader(wave.province, wave.code, number, first, last, imported, one_row_a_file, digest), rows)
    returned = {mode: sum(row.returned for row in rows if row.mode == mode) for mode in MODES}
    return ImportedFrame(number, digest, one_row_a_file, len(sheet.rows), len({row.reception for row in rows}), returned, lines.ignored)


def frame(tx: Transaction, province: str, wave: str) -> Frame | None:
    """The files of a wave as weighting wants them; None while none have been imported."""
    header = stored.newest_frame(tx, province, wave)
    return None if header is None else _frame(stored.frame_lines(tx, header))


def _city(tx: Transaction, wave: WaveRow, first: date, last: date) -> _City:
    instrument = questionnaires.load(wave.instrument, wave.version, settings.current().data_dir / "instruments")
    points = [point for point in places.points(tx, wave.province) if point.simulated == wave.simulated]
    known = frozenset(point.code for point in points)
    points_of: dict[str, set[str]] = {}
    for counter in places.counters(tx, wave.province):
        if counter.point in known:
            points_of.setdefault(counter.unit, set()).add(counter.point)
    return _City(
        frozenset(unit.code for unit in organisation.units(tx, wave.province)),
        known,
        sectors.names_of_sectors(tx, wave.province, instrument, last, own=not wave.simulated),
        Deciders.load(tx, wave.province),
        {unit: frozenset(found) for unit, found in points_of.items()},
        first,
        last,
    )


def _counts(line: Line, city: _City, keys: _Keys) -> FrameLine | None:
    """A row that says how many files."""
    place = _who_and_where(line, city)
    received = line.count("received") if line.has("received") else None
    returned = line.count("returned")
    first, last = line.day("from") or city.first, line.day("to") or city.last
    if last < first or first < city.first or city.last < last:
        days = {"from": city.first.isoformat(), "to": city.last.isoformat()}
        line.refuse("from", "outside_window", "These dates lie outside the window {from} to {to}.", **days)
    key = tuple(line.text(name) for name in ("reception", "decider", "sector", "mode", "point"))
    periods = keys.periods.setdefault(key, [])
    if any(start <= last and first <= end for start, end in periods):
        line.refuse("reception", "doubled_row", "An earlier row counts the same files: same unit, body, sector, mode and days.")
    periods.append((first, last))
    return None if place is None else replace(place, received=received, returned=returned or 0, period_from=first, period_to=last)


def _file(line: Line, city: _City, keys: _Keys) -> FrameLine | None:
    """A row that is one file: only that it was received or returned is kept."""
    place = _who_and_where(line, city)
    number = line.text("file")
    if number is not None and number in keys.files:
        line.refuse("file", "doubled_file", "An earlier row has the same file number.")
    keys.files.add(number or "")
    received = _happened(line, "received")
    returned = _happened(line, "returned")
    if isinstance(returned, date) and not city.first <= returned <= city.last:
        days = {"from": city.first.isoformat(), "to": city.last.isoformat()}
        line.refuse("returned", "outside_window", "These dates lie outside the window {from} to {to}.", **days)
    within = city.first <= received <= city.last if isinstance(received, date) else received
    return None if place is None else replace(place, received=int(within), returned=int(bool(returned)))


def _happened(line: Line, name: str) -> date | bool:
    """The day it happened; True where the export says only that it did."""
    said = folded(line.text(name) or "")
    if not said or said in _NONE:
        return False
    return True if said in _ONE else line.day(name) or False


def _who_and_where(line: Line, city: _City) -> FrameLine | None:
    """Unit, body, sector, mode and point of a row, without its numbers; None when one of them is a fault."""
    reception, given, point = line.needed("reception"), line.text("decider"), line.text("point")
    before = len(line.faults)
    for name, unit in (("reception", reception), ("decider", given)):
        if unit is not None and unit not in city.units:
            line.refuse(name, "unknown_unit", "No unit of this city has this code: {value}.", value=shown(unit))
    if point is not None and point not in city.points:
        line.refuse("point", "unknown_point", "No reception point of this city has this code: {value}.", value=shown(point))
    code = line.text("sector")
    if code is not None and code not in city.sectors:
        line.refuse("sector", "unknown_sector", "This code is not in the list of sectors: {value}.", value=shown(code))
    mode_text = line.needed("mode")
    mode = _MODE.get(folded(mode_text or ""))
    if mode_text is not None and mode is None:
        line.refuse("mode", "unknown_mode", "The mode is counter, online or post: {value}.", value=shown(mode_text))
    if reception is None or mode is None or len(line.faults) > before:
        return None
    sector = None if code is None else city.sectors[code]
    decider = given or _usual_decider(line, city, reception, sector, point)
    return FrameLine(reception, decider, sector, mode, None, 0, point, city.first, city.last)


def _usual_decider(line: Line, city: _City, reception: str, sector: int | None, point: str | None) -> str:
    """Who decides where the export does not say: the city's table; refused where the unit's points differ."""
    if sector is None:
        return reception
    at = {point} if point is not None else city.points_of.get(reception, frozenset())
    bodies = {city.deciders.of(place, reception, sector, city.last) or reception for place in at} or {reception}
    if len(bodies) > 1:
        line.refuse("decider", "which_decider", "Several bodies decide this sector for this unit; say which one decided these files.")
    return min(bodies)


def _summed(rows: Iterable[FrameLine]) -> list[FrameLine]:
    """One row for each unit, body, sector, mode, point and period, in that order; local codes of one sector add up."""
    sums: dict[tuple[str, str, int, str, str, date, date], FrameLine] = {}
    for row in rows:
        sector = -1 if row.sector is None else row.sector
        key = (row.reception, row.decider, sector, row.mode, row.point or "", row.period_from, row.period_to)
        earlier = sums.get(key)
        if earlier is not None:
            received = None if row.received is None or earlier.received is None else row.received + earlier.received
            row = replace(row, received=received, returned=row.returned + earlier.returned)
        sums[key] = row
    return [sums[key] for key in sorted(sums)]


def _frame(lines: Iterable[FrameLine]) -> Frame:
    """Returned files with mode = counter make N; the other modes are only counted (methodology §1.3)."""
    files: dict[tuple[str, str, int | None, str | None], int] = {}
    others: dict[str, int] = {}
    for line in lines:
        if line.mode == COUNTER:
            key = (line.reception, line.decider, line.sector, line.point)
            files[key] = files.get(key, 0) + line.returned
        else:
            others[line.reception] = others.get(line.reception, 0) + line.returned
    rows = tuple(FrameRow(*key, count) for key, count in sorted(files.items(), key=lambda item: json.dumps(item[0])) if count)
    text = json.dumps([[[row.reception, row.decider, row.sector, row.point, row.files] for row in rows], sorted(others.items())])
    return Frame(rows, others, hashlib.sha256(text.encode()).hexdigest())
