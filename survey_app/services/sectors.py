"""Kinds of matter: the sectors of an instrument, a city's own codes for them, and who decides what at which point.

Looking a decider up for an answer is in organisation.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import questionnaires
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused, Text
from survey_app import settings
from survey_app.documents.spreadsheets import Sheet
from survey_app.documents.table_input import Field, Line, shown, understand
from survey_app.storage import organisation, session
from survey_app.storage import places as stored
from survey_app.storage.places import DeciderRow, SectorCodeRow
from survey_app.storage.rows import Transaction, valid_on

FIELDS = (
    Field("code", ("Mã lĩnh vực", "Mã lĩnh vực của thành phố")),
    Field("sector", ("Lĩnh vực", "Lĩnh vực của phiếu")),
    Field("point", ("Mã điểm", "Điểm tiếp nhận", "Mã điểm tiếp nhận")),
    Field("decider", ("Cơ quan giải quyết", "Mã cơ quan giải quyết")),
    Field("from", ("Từ ngày",)),
    Field("to", ("Đến ngày",)),
)
SECTOR = "sector"
UNKNOWN = "unknown"
R = TypeVar("R", SectorCodeRow, DeciderRow)


@dataclass(frozen=True, slots=True)
class ImportedSectors:
    codes: int
    deciders: int
    ignored: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """What the city and the form know, and what the rows of one file say, until all of them are good."""

    province: str
    today: date
    sectors: Mapping[int, Text]
    points: set[str]
    units: set[str]
    local: dict[str, int]
    codes: dict[tuple[str, date], SectorCodeRow]
    deciders: dict[tuple[str, int, date], DeciderRow]


def instrument_with_sectors(id: str | None, version: str | None) -> Instrument:
    """The named instrument; without a name, the newest version of the only one that asks for a sector."""
    own = settings.current().data_dir / "instruments"
    names = [name for name in questionnaires.available(own) if id in (None, name[0]) and version in (None, name[1])]
    found = [instrument for instrument in (questionnaires.load(*name, own) for name in names) if SECTOR in instrument.meanings]
    if not found:
        raise Refused(Fault("no_sectors", f"{id or ''} {version or ''}".strip(), "No such instrument asks for a sector."))
    if len({instrument.id for instrument in found}) > 1:
        raise Refused(Fault("which_instrument", "", "Several instruments ask for a sector. Name one with --instrument."))
    return max(found, key=lambda instrument: instrument.version)


def sectors_of(instrument: Instrument) -> dict[int, Text]:
    """The sectors a file can belong to: the options of the question, without "I do not know"."""
    meaning = instrument.meanings.get(SECTOR)
    if meaning is None:
        return {}
    question = instrument.question(meaning.question)
    unknown = {*meaning.codes.get(UNKNOWN, ()), *question.no_basis}
    return {option.code: option.text for option in question.options if option.code not in unknown}


def names_of_sectors(tx: Transaction, province: str, instrument: Instrument, day: date, own: bool = True) -> dict[str, int]:
    """Every code by which a file of this city may name a sector on that day.

    The city's own codes; the instrument's too, unless the city's own are plain numbers and could be mistaken for them.
    Without `own` the instrument's alone: the demonstration uses no list of the city.
    """
    local = {row.local: row.sector for row in stored.sector_codes(tx, province) if own and valid_on(row, day)}
    return local if any(code.isdigit() for code in local) else {str(code): code for code in sectors_of(instrument)} | local


def names_for_counters(province: str, today: date) -> dict[str, int]:
    """The same for a list of counters, which belongs to no wave; empty where no instrument asks for a sector."""
    try:
        instrument = instrument_with_sectors(None, None)
    except Refused:
        return {}
    with session.reading() as tx:
        return names_of_sectors(tx, province, instrument, today)


def import_sectors(province: str, sheet: Sheet, instrument: Instrument, today: date) -> ImportedSectors:
    """A row maps a city's code to a sector, or names who decides a sector at a point, or does both; all rows or none.

    A row that begins later than an earlier row of the same key ends that one on the day before.
    """
    lines = understand(sheet, FIELDS)
    with session.transaction() as tx:
        codes, deciders = stored.sector_codes(tx, province), stored.deciders(tx, province)
        reading = _Reading(
            province,
            today,
            sectors_of(instrument),
            {point.code for point in stored.points(tx, province)},
            {unit.code for unit in organisation.units(tx, province)},
            {row.local: row.sector for row in codes},
            {},
            {},
        )
        rows = list(lines)
        for line in rows:
            _read_code(reading, line)
        for line in rows:
            _read_decider(reading, line)
        lines.judge()
        stored.save(tx, _in_sequence([*codes, *reading.codes.values()], lambda row: row.local))
        stored.save(tx, _in_sequence([*deciders, *reading.deciders.values()], lambda row: f"{row.sector} {row.point}"))
    return ImportedSectors(len(reading.codes), len(reading.deciders), lines.ignored)


def _read_code(reading: _Reading, line: Line) -> None:
    code, sector = line.text("code"), line.text("sector")
    if sector is not None and _sector(reading, sector) is None:
        values = {"value": shown(sector), "codes": ", ".join(map(str, reading.sectors))}
        line.refuse("sector", "unknown_sector_of_form", "The form has no sector {value}; it has {codes}.", **values)
    elif code is not None and sector is not None:
        valid_from = line.day("from") or reading.today
        row = SectorCodeRow(reading.province, code, valid_from, line.day("to"), int(sector))
        if reading.codes.setdefault((code, valid_from), row).sector != row.sector:
            line.refuse("code", "sector_told_twice", "An earlier row gives this code another sector: {value}.", value=shown(code))
        reading.local[code] = row.sector


def _read_decider(reading: _Reading, line: Line) -> None:
    point, decider, code, number = (line.text(name) for name in ("point", "decider", "code", "sector"))
    told = code is not None and number is not None if point is None and decider is None else point and decider and (code or number)
    if not told:
        line.refuse("code", "half_a_row", "A row gives a code and its sector, or a point, a sector and who decides there.")
    if point is not None and point not in reading.points:
        line.refuse("point", "unknown_point", "No reception point of this city has this code: {value}.", value=shown(point))
    if decider is not None and decider not in reading.units:
        line.refuse("decider", "unknown_unit", "No unit of this city has this code: {value}.", value=shown(decider))
    if code is not None and number is None and code not in reading.local:
        line.refuse("code", "unknown_sector", "This code is not in the list of sectors: {value}.", value=shown(code))
    sector = reading.local.get(code or "") if number is None else _sector(reading, number)
    if point is not None and decider is not None and sector is not None:
        valid_from = line.day("from") or reading.today
        row = DeciderRow(reading.province, point, sector, valid_from, line.day("to"), decider)
        if reading.deciders.setdefault((point, sector, valid_from), row).unit != decider:
            line.refuse("decider", "decider_told_twice", "An earlier row names another body for this point and sector.")


def _sector(reading: _Reading, number: str) -> int | None:
    return int(number) if number.isdigit() and int(number) in reading.sectors else None


def _in_sequence(rows: Iterable[R], key: Callable[[R], str]) -> list[R]:
    """Rows of one key never overlap: each ends, at the latest, on the day before the next begins. A later row of the same
    key and first day takes the place of the earlier."""
    by_start = {(key(row), row.valid_from): row for row in rows}
    found = []
    for (same, first), row in by_start.items():
        following = min((start for other, start in by_start if other == same and start > first), default=None)
        if following is not None and (row.valid_to is None or row.valid_to >= following):
            row = replace(row, valid_to=following - timedelta(days=1))
        found.append(row)
    return found
