"""The tables of a city: province in every key, rows that come back as they went in, a revision that grows."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from survey_app.storage import fieldwork, organisation, places, rows, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from survey_app.storage.places import CounterRow, PointRow
from tests import small_city

BEGAN = date(2025, 7, 1)
CITY_TABLES = (
    "units", "areas", "memberships", "reception_points", "counters", "sector_codes", "deciders", "waves", "counter_codes", "frames",
    "frame_rows",
)  # fmt: skip


def test_province_comes_first_in_every_key() -> None:
    keys = {name: [column.name for column in session.metadata.tables[name].primary_key] for name in CITY_TABLES}
    assert {key[0] for key in keys.values()} == {"province"}
    assert {len(key) > 1 for key in keys.values()} == {True}


def test_the_same_code_in_two_cities_is_two_units(app: Flask) -> None:
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow(city, "SNV", "department", {"vi": f"Sở Nội vụ {city}"}, BEGAN) for city in ("31", "79")])
    with session.reading() as tx:
        assert [unit.names["vi"] for unit in organisation.units(tx, "31")] == ["Sở Nội vụ 31"]
        assert organisation.provinces(tx) == ["31", "79"]


def test_rows_come_back_as_they_went_in_and_a_second_save_changes_them(app: Flask) -> None:
    ended = UnitRow("79", "A", "ward", {"vi": "Phường Ấ", "en": "A Ward"}, BEGAN, date(2026, 1, 1), None, False)
    with session.transaction() as tx:
        organisation.save(tx, [ended, UnitRow("79", "B", "ward", {"vi": "B"}, BEGAN)])
        organisation.save(tx, [UnitRow("79", "B", "commune", {"vi": "B2"}, BEGAN), UnitRow("79", "C", "ward", {"vi": "C"}, BEGAN)])
        assert organisation.units(tx, "79") == [
            ended,
            UnitRow("79", "B", "commune", {"vi": "B2"}, BEGAN),
            UnitRow("79", "C", "ward", {"vi": "C"}, BEGAN),
        ]


def test_every_write_makes_the_revision_grow(app: Flask) -> None:
    seen = []
    for write in (
        lambda tx: organisation.save(tx, [UnitRow("79", "A", "ward", {"vi": "A"}, BEGAN)]),
        lambda tx: places.save(tx, [PointRow("79", "P", "A", {"vi": "P"}, None, None, None, False, BEGAN)]),
        lambda tx: places.save(tx, [CounterRow("79", "P-1", "P", "A", "1", {"vi": "1"}, None, BEGAN)]),
        lambda tx: fieldwork.save(tx, [CodeRow("79", "ACDEFHJKMNPR", "P-1", BEGAN)]),
        lambda tx: organisation.save(tx, [UnitRow("31", "A", "ward", {"vi": "A"}, BEGAN)]),
        lambda tx: organisation.remove_units(tx, "31", ["A"]),
    ):
        with session.transaction() as tx:
            write(tx)
        with session.reading() as tx:
            seen.append(rows.revision(tx))
    assert seen == sorted(set(seen))


def test_a_counter_of_a_point_that_does_not_exist_cannot_be_stored(app: Flask) -> None:
    with pytest.raises(IntegrityError), session.transaction() as tx:
        organisation.save(tx, [UnitRow("79", "A", "ward", {"vi": "A"}, BEGAN)])
        places.save(tx, [CounterRow("79", "P-1", "P", "A", "1", {"vi": "1"}, None, BEGAN)])
    with session.reading() as tx:
        assert organisation.units(tx, "79") == []


def test_one_code_never_leads_to_two_counters_even_in_two_cities(app: Flask) -> None:
    small_city.build()
    with pytest.raises(IntegrityError), session.transaction() as tx:
        organisation.save(tx, [UnitRow("31", "A", "ward", {"vi": "A"}, BEGAN)])
        places.save(tx, [PointRow("31", "P", "A", {"vi": "P"}, None, None, None, False, BEGAN)])
        places.save(tx, [CounterRow("31", "P-1", "P", "A", "1", {"vi": "1"}, None, BEGAN)])
        fieldwork.save(tx, [CodeRow("31", small_city.CODE, "P-1", BEGAN)])


def test_the_columns_of_a_frame_can_hold_no_name_and_no_file_number(app: Flask) -> None:
    with session.reading() as tx:
        columns = [row[1] for row in tx.execute(text("PRAGMA table_info(frame_rows)"))]
    assert columns == [
        "province", "wave", "number", "position", "reception", "decider", "sector", "mode", "received", "returned", "point",
        "period_from", "period_to",
    ]  # fmt: skip
