"""Waves: what lets one open, which one asks today, and which counters it covers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

import questionnaires
from questionnaires.model import Refused
from survey_app import settings
from survey_app.documents.spreadsheets import Sheet, SheetRow
from survey_app.services import fieldwork, frames
from survey_app.storage import fieldwork as stored
from survey_app.storage import places, session
from survey_app.storage.places import CounterRow, PointRow, SectorCodeRow
from tests import small_city

TODAY = small_city.OPENS


def draft(city: small_city.SmallCity, **changes: object) -> fieldwork.Wave:
    """The small city's wave as a draft, its old self out of the way."""
    small_city.close(city)
    return fieldwork.add_wave(replace(city.wave, code="NEXT", **changes))


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


@pytest.fixture
def city(app: Flask) -> small_city.SmallCity:
    return small_city.build()


def test_the_open_wave_of_its_kind_asks_from_its_first_to_its_last_day(city: small_city.SmallCity) -> None:
    assert fieldwork.open_wave("79", False, small_city.OPENS).code == "2026-Q1"
    assert fieldwork.open_wave("79", False, small_city.CLOSES).code == "2026-Q1"
    assert fieldwork.open_wave("79", False, date(2026, 4, 26)) is None
    assert fieldwork.open_wave("79", False, date(2026, 2, 28)) is None
    assert fieldwork.open_wave("79", True, small_city.OPENS) is None
    assert fieldwork.open_wave("31", False, small_city.OPENS) is None
    small_city.close(city)
    assert fieldwork.open_wave("79", False, small_city.OPENS) is None


def test_an_unknown_wave_is_refused_by_its_code(app: Flask) -> None:
    with pytest.raises(Refused) as refused:
        fieldwork.wave("nope")
    assert (refused.value.faults[0].code, refused.value.faults[0].place) == ("unknown_wave", "wave nope")


def test_a_wave_keeps_the_digest_of_its_form_and_starts_as_a_draft(city: small_city.SmallCity) -> None:
    planned = draft(city, digest="", state="open")
    assert (planned.state, planned.digest) == ("draft", questionnaires.load("sipas_counter", "2026-1").digest)
    assert fieldwork.start("NEXT", TODAY).state == "open"


def test_a_wave_does_not_open_once_its_form_has_changed(city: small_city.SmallCity) -> None:
    """A city's own form, planned with and then edited under the same name."""
    own = settings.current().data_dir / fieldwork.INSTRUMENTS / "town_form"
    own.mkdir(parents=True)
    shipped = questionnaires.SHIPPED / "sipas_counter" / "2026-1.toml"
    text = shipped.read_text(encoding="utf-8").replace('id = "sipas_counter"', 'id = "town_form"', 1)
    (own / "2026-1.toml").write_text(text, encoding="utf-8")
    draft(city, instrument="town_form")
    (own / "2026-1.toml").write_text(text + "\n# one more line\n", encoding="utf-8")
    questionnaires.load.cache_clear()
    with pytest.raises(Refused) as refused:
        fieldwork.start("NEXT", TODAY)
    assert codes_of(refused) == ["instrument_changed"]


def test_a_form_that_does_not_know_the_citys_sectors_cannot_be_used(city: small_city.SmallCity) -> None:
    draft(city)
    with session.transaction() as tx:
        places.save(tx, [SectorCodeRow("79", "KHAC", TODAY, None, 55)])
    with pytest.raises(Refused) as refused:
        fieldwork.start("NEXT", TODAY)
    assert codes_of(refused) == ["strange_sectors"]


def test_a_wave_that_is_over_cannot_open(city: small_city.SmallCity) -> None:
    draft(city)
    with pytest.raises(Refused) as refused:
        fieldwork.start("NEXT", date(2026, 4, 26))
    assert codes_of(refused) == ["wave_over"]


def test_a_simulated_and_a_real_wave_may_be_open_side_by_side_with_their_own_counters(city: small_city.SmallCity) -> None:
    with pytest.raises(Refused) as refused:
        fieldwork.add_wave(replace(city.wave, code="DEMO", simulated=True))
        fieldwork.start("DEMO", TODAY)
    assert codes_of(refused) == ["no_counters"]
    with session.transaction() as tx:
        places.save(tx, [PointRow("79", "D", "26734", {"vi": "Điểm mô phỏng"}, None, None, None, True, small_city.BEGAN)])
        places.save(tx, [CounterRow("79", "D-1", "D", "26734", "1", {"vi": "Quầy 1"}, None, small_city.BEGAN)])
        stored.save(tx, [stored.CodeRow("79", "A4CDEFHJKMNP", "D-1", small_city.BEGAN)])
    opened = fieldwork.start("DEMO", TODAY)
    assert [counter.counter for counter in fieldwork.counters_of(opened)] == ["D-1"]
    assert [counter.counter for counter in fieldwork.counters_of(city.wave)] == ["AB-1", "AB-2", "BH-3"]


def test_a_wave_covers_counters_that_stand_for_a_part_of_it(city: small_city.SmallCity) -> None:
    with session.transaction() as tx:
        places.save(
            tx,
            [
                CounterRow("79", "AB-1", "AB", "26734", "1", {"vi": "Quầy 1"}, None, small_city.BEGAN, date(2026, 3, 1)),
                CounterRow("79", "AB-2", "AB", "26734", "2", {"vi": "Quầy 2"}, None, small_city.BEGAN, date(2026, 2, 28)),
                CounterRow("79", "BH-3", "BH", "26737", "3", {"vi": "Quầy 3"}, None, date(2026, 4, 26)),
            ],
        )
    assert [counter.counter for counter in fieldwork.counters_of(city.wave)] == ["AB-1"]


def sheet(header: tuple[str, ...], *rows: tuple[object, ...]) -> Sheet:
    return Sheet("frame.csv", header, tuple(SheetRow(at, row) for at, row in enumerate(rows, start=2)))


NOW = datetime(2026, 4, 30, tzinfo=UTC)
HEADER = ("reception", "decider", "sector", "mode", "received", "returned")


def test_several_local_codes_of_one_sector_add_up(city: small_city.SmallCity) -> None:
    with session.transaction() as tx:
        places.save(tx, [SectorCodeRow("79", local, small_city.BEGAN, None, small_city.LAND) for local in ("GCN", "BĐS")])
    land = sheet(HEADER, ("26734", None, "GCN", "counter", 9, 8), ("26734", None, "BĐS", "counter", 5, 4))
    frames.import_frame(city.wave, land, small_city.OPENS, small_city.CLOSES, NOW)
    with session.reading() as tx:
        rows = frames.frame(tx, "79", city.wave.code).rows
    assert [(row.reception, row.decider, row.sector, row.files) for row in rows] == [("26734", "SNNMT", 3, 12)]


def test_where_the_citys_codes_are_numbers_the_forms_own_numbers_are_not_guessed(city: small_city.SmallCity) -> None:
    with session.transaction() as tx:
        places.save(tx, [SectorCodeRow("79", "12", small_city.BEGAN, None, small_city.LAND)])
    with pytest.raises(Refused) as refused:
        frames.import_frame(city.wave, sheet(HEADER, ("26734", None, 3, "counter", 9, 8)), small_city.OPENS, small_city.CLOSES, NOW)
    assert codes_of(refused) == ["unknown_sector"]
    frames.import_frame(city.wave, sheet(HEADER, ("26734", None, 12.0, "counter", 9, 8)), small_city.OPENS, small_city.CLOSES, NOW)


def test_a_body_that_depends_on_the_point_must_be_said(city: small_city.SmallCity) -> None:
    """Ward An Bình also has a counter at the point of Bình Hòa, where it decides land itself."""
    with session.transaction() as tx:
        places.save(tx, [CounterRow("79", "BH-9", "BH", "26734", "9", {"vi": "Quầy 9"}, None, small_city.BEGAN)])
    land = ("26734", None, small_city.LAND, "counter", 9, 8)
    with pytest.raises(Refused) as refused:
        frames.import_frame(city.wave, sheet(HEADER, land), small_city.OPENS, small_city.CLOSES, NOW)
    assert codes_of(refused) == ["which_decider"]
    header = (*HEADER, "point")
    frames.import_frame(city.wave, sheet(header, (*land, "AB"), (*land, "BH")), small_city.OPENS, small_city.CLOSES, NOW)
    with session.reading() as tx:
        rows = frames.frame(tx, "79", city.wave.code).rows
    assert {(row.decider, row.point) for row in rows} == {("SNNMT", "AB"), ("26734", "BH")}


def test_a_window_that_misses_the_wave_is_refused(city: small_city.SmallCity) -> None:
    with pytest.raises(Refused) as refused:
        frames.import_frame(city.wave, sheet(HEADER, ("26734", None, 1, "counter", 9, 8)), date(2025, 1, 1), date(2025, 12, 31), NOW)
    assert codes_of(refused) == ["bad_window"]


def test_months_of_one_unit_add_up_and_the_digest_depends_on_files_alone(city: small_city.SmallCity) -> None:
    header = (*HEADER, "from", "to")
    march = ("26734", None, 1, "counter", 9, 8, "2026-03-01", "2026-03-31")
    april = ("26734", None, 1, "counter", 5, 4, "01/04/2026", "25/04/2026")
    in_parts = frames.import_frame(city.wave, sheet(header, march, april), small_city.OPENS, small_city.CLOSES, NOW)
    whole = frames.import_frame(city.wave, sheet(HEADER, ("26734", None, 1, "counter", 14, 12)), small_city.OPENS, small_city.CLOSES, NOW)
    other = frames.import_frame(city.wave, sheet(HEADER, ("26734", None, 1, "counter", 14, 13)), small_city.OPENS, small_city.CLOSES, NOW)
    assert in_parts.digest == whole.digest != other.digest
