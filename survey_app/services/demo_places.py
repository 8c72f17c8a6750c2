"""Where the demonstration city serves: simulated reception points, counters with codes, its wave and its frame of files.

Everything is marked simulated and never mixes with a real city's places. Answers enter in demo.py.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from analysis.simulated.behaviour import Behaviour
from analysis.simulation import City, Office
from questionnaires.instrument import Instrument
from questionnaires.model import Text
from survey_app import settings, words
from survey_app.documents.spreadsheets import Sheet, SheetRow
from survey_app.services import codes, fieldwork, frames, units
from survey_app.services.areas import DEPARTMENT
from survey_app.services.fieldwork import Wave
from survey_app.services.places import FORMER_DISTRICTS
from survey_app.storage import fieldwork as stored_fieldwork
from survey_app.storage import organisation, places, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, DeciderRow, PointRow

OPEN_FOR = timedelta(days=730)
"""A link printed on a trial poster works so long."""

PLACED_OF_TEN = 6
"""Of ten wards and communes that lie in one former district, so many have had their point placed on the map."""

FRAME_HEADER = ("reception", "decider", "sector", "mode", "point", "returned")


def furnish(province: str, city: City, behaviour: Behaviour, began: date, seed: int) -> None:
    """Points, counters, codes and deciders of every office; to be repeated without harm."""
    with session.transaction() as tx:
        bodies = {unit.code: unit for unit in organisation.units(tx, province)}
        former = {area.code for area in organisation.areas(tx, province) if area.grouping == FORMER_DISTRICTS}
        districts: dict[str, list[str]] = {}
        for row in organisation.memberships(tx, province):
            if row.area in former:
                districts.setdefault(row.unit, []).append(row.area)
        points = [_point(bodies[office.unit], districts.get(office.unit, []), behaviour, began) for office in city.offices]
        places.save(tx, {point.code: point for point in points}.values())
        offices = list(zip(city.offices, points, strict=True))
        places.save(tx, (counter for office, point in offices for counter in _counters(office, point, began)))
        stored_fieldwork.save(tx, (code for office, point in offices for code in _codes(office, point, began, seed)))
        point_of = {office.unit: point.code for office, point in zip(city.offices, points, strict=True)}
        deciders = (
            DeciderRow(province, point_of[unit], sector, began, None, decider) for (unit, sector), decider in city.deciders.items()
        )
        places.save(tx, deciders)


def open_wave(province: str, instrument: Instrument, began: date, today: date) -> Wave:
    """The wave of the demonstration, open: added when it is not there yet."""
    code = wave_code(province)
    known = {wave.code: wave for wave in fieldwork.waves(province)}
    if code not in known:
        plan = Wave(
            province=province,
            code=code,
            name=_said("demonstration with simulated answers"),
            state="draft",
            opens=began,
            closes=today + OPEN_FOR,
            instrument=instrument.id,
            version=instrument.version,
            digest="",
            simulated=True,
            headline_basis="all",
            headline_of_blocks={},
            organiser=_said("Department of Home Affairs (demonstration)"),
            contact=_said("the office that runs this demonstration"),
            supervised_by=None,
            results_url=f"{settings.current().base_url}/results",
            results_expected=None,
            answer_days=7,
            comments_kept=_said("12 months"),
        )
        known[code] = fieldwork.add_wave(plan)
    return known[code] if known[code].state == "open" else fieldwork.start(code, today)


def import_frame(wave: Wave, city: City, last: date, now: datetime) -> None:
    """The files of every office, by the door through which a real city's files come."""
    point_of = {counter.unit: counter.point for counter in fieldwork.counters_of(wave)}
    rows: list[tuple[str | None, ...]] = [
        (reception, decider, str(sector), frames.COUNTER, point_of[reception], str(many))
        for (reception, decider, sector), many in sorted(city.files.items())
    ]
    for unit, modes in sorted(city.elsewhere.items()):
        rows += [(unit, unit, None, mode, None, str(many)) for mode, many in sorted(modes.items()) if many]
    sheet = Sheet("demonstration", FRAME_HEADER, tuple(SheetRow(at, cells) for at, cells in enumerate(rows, start=2)))
    frames.import_frame(wave, sheet, wave.opens, last, now.replace(tzinfo=None))


def wave_code(province: str) -> str:
    return f"demo-{province}"


def code_of(province: str, counter: str, seed: int) -> str:
    """A counter's code, the same for the same seed. Real counters never get such a code: theirs cannot be guessed."""
    drawn = hashlib.sha256(f"demonstration {seed} {province} {counter}".encode()).digest()
    return "".join(codes.ALPHABET[byte % len(codes.ALPHABET)] for byte in drawn[: codes.LENGTH])


def counter_id(point: str, unit: str, number: int) -> str:
    return f"{point}-{unit}-{number}"


def point_code(unit: str, kind: str) -> str:
    """Departments share one centre."""
    return "DEMO-CENTRE" if kind == DEPARTMENT else f"DEMO-{unit}"


def _point(unit: UnitRow, districts: Sequence[str], behaviour: Behaviour, began: date) -> PointRow:
    code = point_code(unit.code, unit.kind)
    if unit.kind == DEPARTMENT:
        city = units.provinces()[unit.province]
        area = behaviour.centre.get(unit.province)
        names = {language: words.say(language, "Public Service Centre of {place}", place=city) for language in words.LANGUAGES}
    else:
        looked_at = hashlib.sha256(unit.code.encode()).digest()[0] % 10 < PLACED_OF_TEN
        area = districts[0] if len(districts) == 1 and looked_at else None
        names = {
            language: words.say(language, "Public Service Centre of {place}", place=_inside(unit.names, language))
            for language in words.LANGUAGES
        }
    return PointRow(unit.province, code, unit.code, names, area, None, None, True, began)


def _inside(names: Text, language: str) -> str:
    """A name within a sentence: "Phường Sài Gòn" becomes "phường Sài Gòn"."""
    name = words.of(names, language)
    return name[:1].lower() + name[1:] if language == "vi" else name


def _counters(office: Office, point: PointRow, began: date) -> Iterator[CounterRow]:
    for desk in office.desks:
        names = {language: words.say(language, "Counter {number}", number=desk.number) for language in words.LANGUAGES}
        id = counter_id(point.code, office.unit, desk.number)
        yield CounterRow(point.province, id, point.code, office.unit, str(desk.number), names, desk.sector, began)


def _codes(office: Office, point: PointRow, began: date, seed: int) -> Iterator[CodeRow]:
    for desk in office.desks:
        id = counter_id(point.code, office.unit, desk.number)
        yield CodeRow(point.province, code_of(point.province, id, seed), id, began)


def _said(sentence: str) -> Mapping[str, str]:
    return {language: words.say(language, sentence) for language in words.LANGUAGES}
