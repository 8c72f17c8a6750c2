"""Doors, deciders and the domains that figures are about."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from analysis.domains import Domain
from questionnaires.model import Refused
from survey_app.documents.spreadsheets import Sheet, SheetRow
from survey_app.services import organisation, sectors, units
from survey_app.storage import fieldwork, places, session
from survey_app.storage import organisation as stored
from survey_app.storage.fieldwork import FrameHeader, FrameLine, WaveRow
from survey_app.storage.organisation import MembershipRow, UnitRow
from survey_app.storage.places import CounterRow, DeciderRow, PointRow
from tests import small_city

BEGAN = date(2025, 7, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = date(2026, 4, 25)
HONG_BANG, NGO_QUYEN, LAI_KHE = "11311", "11329", "10792"
WAVE = WaveRow(
    province="31", code="HP1", name={"vi": "Đợt 1"}, state="draft", opens=date(2026, 3, 1), closes=DAY, instrument="sipas_counter",
    version="2026-1", digest="", simulated=False, headline_basis="all", headline_of_blocks={},
    organiser={"vi": "Sở Nội vụ"}, contact={"vi": "0225"},
    supervised_by=None, results_url=None, results_expected=None, answer_days=7, comments_kept=None,
)  # fmt: skip


def point(code: str, unit: str, area: str | None = None, simulated: bool = False) -> PointRow:
    return PointRow("31", code, unit, {"vi": code}, area, None, None, simulated, BEGAN)


def counter(point: str, unit: str) -> CounterRow:
    return CounterRow("31", f"{point}-{unit}", point, unit, "1", {"vi": "Quầy 1"}, None, BEGAN)


def put(*rows: PointRow | CounterRow | DeciderRow) -> None:
    with session.transaction() as tx:
        places.save(tx, [row for row in rows if isinstance(row, PointRow)])
        places.save(tx, [row for row in rows if not isinstance(row, PointRow)])


def domains(on: date = DAY, wave: WaveRow = WAVE) -> dict[str, Domain]:
    with session.reading() as tx:
        return {domain.id: domain for domain in organisation.domains(tx, "31", on, wave)}


@pytest.fixture
def hai_phong(app: Flask) -> None:
    units.import_units("31")
    with session.transaction() as tx:
        fieldwork.save(tx, [WAVE])


# ── doors ──


def test_a_door_says_where_one_stands_and_who_is_rated(app: Flask) -> None:
    small_city.build()
    door = organisation.door(f" {small_city.LAND_CODE[:4]}-{small_city.LAND_CODE[4:]} ".lower(), small_city.OPENS)
    assert (door.province, door.counter, door.number, door.point, door.unit, door.sector) == ("79", "AB-2", "2", "AB", "26734", 3)
    assert door.unit_name["vi"] == "Phường An Bình"
    assert not door.simulated
    assert not door.retired
    assert organisation.door("A9CDEFHJKMNP", small_city.OPENS) is None


def test_a_retired_code_an_ended_counter_and_an_ended_unit_are_retired_doors(app: Flask) -> None:
    small_city.build()
    assert organisation.door(small_city.RETIRED_CODE, small_city.OPENS).retired
    with session.transaction() as tx:
        places.save(tx, [CounterRow("79", "AB-1", "AB", "26734", "1", {"vi": "Quầy 1"}, None, BEGAN, date(2026, 3, 5))])
        stored.save(tx, [UnitRow("79", "26737", "ward", {"vi": "Phường Bình Hòa"}, BEGAN, date(2026, 3, 5))])
    for code in (small_city.CODE, small_city.OTHER_CODE):
        assert not organisation.door(code, date(2026, 3, 5)).retired
        assert organisation.door(code, date(2026, 3, 6)).retired


def test_after_a_merger_the_poster_on_the_wall_rates_the_successor(app: Flask) -> None:
    small_city.build()
    with session.transaction() as tx:
        stored.save(tx, [UnitRow("79", "26737", "ward", {"vi": "Phường Bình Hòa"}, BEGAN, date(2026, 3, 31), successor="26734")])
    assert organisation.door(small_city.OTHER_CODE, date(2026, 3, 31)).unit == "26737"
    merged = organisation.door(small_city.OTHER_CODE, date(2026, 4, 1))
    assert (merged.unit, merged.retired) == ("26734", False)


# ── deciders ──


def test_the_deciding_body_is_the_tables_and_else_the_receiving_one(app: Flask) -> None:
    small_city.build()
    day = small_city.OPENS
    with session.reading() as tx:
        deciders = organisation.Deciders.load(tx, "79")
        assert organisation.decider(tx, "79", "AB", "26734", small_city.LAND, day) == "SNNMT"
    assert deciders.of("AB", "26734", small_city.LAND, day) == "SNNMT"
    assert deciders.of("AB", "26734", 1, day) == "26734"
    assert deciders.of("BH", "26737", small_city.LAND, day) == "26737"


def test_an_unknown_sector_is_credited_only_where_nobody_else_decides(app: Flask) -> None:
    small_city.build()
    with session.reading() as tx:
        deciders = organisation.Deciders.load(tx, "79")
    assert deciders.of("BH", "26737", None, small_city.OPENS) == "26737"
    assert deciders.of("AB", "26734", None, small_city.OPENS) is None
    assert deciders.of("AB", "26734", None, date(2025, 6, 30)) == "26734"  # the table was not yet in force


def test_a_body_that_merged_decides_through_its_successor(app: Flask) -> None:
    small_city.build()
    with session.transaction() as tx:
        stored.save(tx, [UnitRow("79", "SMOI", "department", {"vi": "Sở mới"}, date(2026, 4, 1))])
        stored.save(tx, [UnitRow("79", "SNNMT", "department", {"vi": "Sở cũ"}, BEGAN, date(2026, 3, 31), successor="SMOI")])
        deciders = organisation.Deciders.load(tx, "79")
    assert deciders.of("AB", "26734", small_city.LAND, date(2026, 3, 31)) == "SNNMT"
    assert deciders.of("AB", "26734", small_city.LAND, date(2026, 4, 1)) == "SMOI"


# ── domains ──


def test_a_later_row_of_a_sector_ends_the_earlier_one(app: Flask) -> None:
    small_city.build()
    header, form = ("point", "sector", "decider", "from"), sectors.instrument_with_sectors("sipas_counter", None)
    rows = [("AB", 3, "26734", "2026-04-01"), ("BH", 3, "SNNMT", "2026-01-01")]
    sheet = Sheet("sectors.csv", header, tuple(SheetRow(at, row) for at, row in enumerate(rows, start=2)))
    sectors.import_sectors("79", sheet, form, small_city.OPENS)
    with session.reading() as tx:
        deciders = organisation.Deciders.load(tx, "79")
        dated = [(row.unit, row.valid_from, row.valid_to) for row in places.deciders(tx, "79") if row.point == "AB"]
    assert dated == [("SNNMT", BEGAN, date(2026, 3, 31)), ("26734", date(2026, 4, 1), None)]
    assert deciders.of("AB", "26734", 3, date(2026, 3, 31)) == "SNNMT"
    assert deciders.of("AB", "26734", 3, date(2026, 4, 1)) == "26734"
    assert deciders.of("BH", "26737", 3, date(2026, 1, 1)) == "SNNMT"


def test_the_city_is_divided_into_units_blocks_and_former_districts(hai_phong: None) -> None:
    found = domains()
    kinds = [(domain.kind, domain.grouping, domain.pools) for domain in found.values()]
    assert kinds.count(("unit", None, "credited")) == 114 + 14
    assert kinds.count(("area", "block", "credited")) == 3
    assert kinds.count(("area", "former_district", "received")) == 27
    assert kinds.count(("city", None, "received")) == 1
    assert len(found) == 114 + 14 + 3 + 27 + 1
    assert found["31"].names["vi"] == "Thành phố Hải Phòng"
    assert len(found["khoi-phuong"].members) == 45
    assert len(found["khoi-xa"].members) == 67 + 2
    assert len(found["khoi-so"].members) == 14


def test_an_unplaced_unit_counts_by_its_number_of_old_wards(hai_phong: None) -> None:
    """Phường Hồng Bàng: six old wards of quận Hồng Bàng, one of Ngô Quyền (NQ 1669, Điều 1)."""
    found = domains()
    assert found["303"].members[HONG_BANG] == pytest.approx(6 / 7)
    assert found["304"].members[HONG_BANG] == pytest.approx(1 / 7)
    assert HONG_BANG in found["303"].straddling
    assert found["303"].provisional
    assert found["304"].members[NGO_QUYEN] == 1
    assert NGO_QUYEN not in found["304"].straddling


def test_the_shares_of_every_unit_add_up_to_the_city(hai_phong: None) -> None:
    former = [domain for domain in domains().values() if domain.grouping == "former_district"]
    for unit in domains()["31"].members:
        total = sum(domain.members.get(unit, 0) for domain in former)
        assert total == pytest.approx(0 if unit.isalpha() else 1)  # departments without a counter lie nowhere


def test_a_straddling_unit_is_provisional_until_its_points_are_placed(hai_phong: None) -> None:
    put(point("P1", HONG_BANG), counter("P1", HONG_BANG))
    assert HONG_BANG in domains()["304"].straddling
    put(point("P1", HONG_BANG, "304"))
    found = domains()
    assert found["304"].members[HONG_BANG] == 1
    assert found["304"].points == {"P1": 1.0}
    assert HONG_BANG not in found["303"].members
    assert HONG_BANG not in found["304"].straddling


def test_with_one_of_two_points_placed_the_unit_stays_provisional(hai_phong: None) -> None:
    put(point("P1", HONG_BANG, "304"), point("P2", HONG_BANG), counter("P1", HONG_BANG), counter("P2", HONG_BANG))
    found = domains()
    assert found["304"].points == {"P1": 1.0}
    assert found["303"].members[HONG_BANG] == pytest.approx(6 / 7)
    assert found["303"].provisional


def test_points_in_two_areas_are_both_placed_and_no_longer_provisional(hai_phong: None) -> None:
    put(point("P1", HONG_BANG, "304"), point("P2", HONG_BANG, "303"), counter("P1", HONG_BANG), counter("P2", HONG_BANG))
    found = domains()
    assert (found["304"].points, found["303"].points) == ({"P1": 1.0}, {"P2": 1.0})
    others = {unit for unit in found["304"].straddling if unit != HONG_BANG}
    assert found["304"].provisional == bool(others)


def test_points_of_the_demonstration_place_nothing_in_a_real_wave(hai_phong: None) -> None:
    put(point("D1", HONG_BANG, "304", simulated=True), counter("D1", HONG_BANG))
    assert domains()["304"].points == {}
    assert domains(wave=replace(WAVE, simulated=True))["304"].points == {"D1": 1.0}


def test_a_department_at_an_unplaced_point_is_refused_by_name(hai_phong: None) -> None:
    put(point("S1", "SNV"), counter("S1", "SNV"))
    with pytest.raises(Refused) as refused:
        domains()
    told = [(fault.code, fault.values["name"], fault.values["total"]) for fault in refused.value.faults]
    assert told == [("missing_share", "Sở Nội vụ", "0")]
    put(point("S1", "SNV", "303"))
    assert domains()["303"].members["SNV"] == 1


def test_a_share_that_is_missing_is_an_error_never_an_even_split(hai_phong: None) -> None:
    with session.transaction() as tx:
        stored.save(tx, [MembershipRow("31", HONG_BANG, "304", BEGAN, date(2025, 12, 31), 1 / 7, "test")])
    with pytest.raises(Refused) as refused:
        domains()
    assert [fault.values["name"] for fault in refused.value.faults] == ["Phường Hồng Bàng"]


def test_shares_are_dated(hai_phong: None) -> None:
    half = date(2026, 1, 1)
    with session.transaction() as tx:
        for area, old in (("303", 6 / 7), ("304", 1 / 7)):
            stored.save(tx, [MembershipRow("31", HONG_BANG, area, BEGAN, date(2025, 12, 31), old, "number of old wards")])
            stored.save(tx, [MembershipRow("31", HONG_BANG, area, half, None, 0.5, "resident population 2025")])
    assert domains(on=date(2025, 12, 31))["303"].members[HONG_BANG] == pytest.approx(6 / 7)
    assert domains(on=half)["303"].members[HONG_BANG] == 0.5


def test_answers_given_to_a_unit_before_it_merged_belong_to_its_successor(hai_phong: None) -> None:
    with session.transaction() as tx:
        rows = {unit.code: unit for unit in stored.units(tx, "31")}
        stored.save(tx, [replace(rows[HONG_BANG], valid_to=date(2026, 3, 31), successor=NGO_QUYEN)])
        ended = [row for row in stored.memberships(tx, "31") if row.unit == HONG_BANG]
        stored.save(tx, [replace(row, valid_to=date(2026, 3, 31)) for row in ended])
    found = domains()
    assert HONG_BANG not in found
    assert found[NGO_QUYEN].members == {NGO_QUYEN: 1.0, HONG_BANG: 1.0}
    assert HONG_BANG in found["khoi-phuong"].members
    assert found["303"].members[HONG_BANG] == pytest.approx(6 / 7)
    before = domains(on=date(2026, 3, 31))
    assert before[NGO_QUYEN].members == {NGO_QUYEN: 1.0}
    later = replace(WAVE, opens=date(2026, 4, 1))
    assert HONG_BANG not in domains(wave=later)["31"].members  # the merger was over before this wave


def files(*lines: tuple[str, str | None, int]) -> None:
    header = FrameHeader("31", "HP1", 1, WAVE.opens, WAVE.closes, NOW, False, "x")
    rows = [FrameLine(unit, unit, 1, "counter", count, count, at, WAVE.opens, WAVE.closes) for unit, at, count in lines]
    with session.transaction() as tx:
        fieldwork.add_frame(tx, header, rows)


def test_files_of_an_area_follow_the_points_where_the_frame_says_the_point(hai_phong: None) -> None:
    assert domains()["303"].files is None  # no frame
    put(point("P1", HONG_BANG, "304"), point("P2", HONG_BANG, "303"), counter("P1", HONG_BANG), counter("P2", HONG_BANG))
    files((HONG_BANG, "P1", 30), (HONG_BANG, "P2", 50), (NGO_QUYEN, None, 100))
    found = domains()
    assert (found["304"].files, found["303"].files) == (130, 50)
    assert (found[HONG_BANG].files, found["khoi-phuong"].files, found["31"].files) == (80, 180, 180)


def test_without_points_in_the_frame_an_area_shared_by_a_unit_has_no_coverage(hai_phong: None) -> None:
    put(point("P1", HONG_BANG, "304"), point("P2", HONG_BANG, "303"), counter("P1", HONG_BANG), counter("P2", HONG_BANG))
    files((HONG_BANG, None, 80), (NGO_QUYEN, None, 100))
    found = domains()
    assert (found["304"].files, found["303"].files) == (None, None)
    assert found["305"].files == 0


def test_files_of_an_unplaced_unit_are_shared_like_its_answers(hai_phong: None) -> None:
    files((HONG_BANG, None, 70), (NGO_QUYEN, None, 100))
    found = domains()
    assert (found["303"].files, found["304"].files) == (60, 110)
