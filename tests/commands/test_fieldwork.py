"""A real city set up from nothing with the commands alone, and what each command refuses."""

import json
from datetime import date
from pathlib import Path

import pytest
from click import Group

from survey_app.commands.clock import today
from survey_app.commands.fieldwork import COMMANDS
from survey_app.services import organisation
from survey_app.services.codes import normalise
from survey_app.services.fieldwork import frame
from survey_app.storage import places, session
from survey_app.storage.places import PointRow
from tests.real_city import ASKS, POINTS, Run, ran, refused, table, workbook


def test_a_real_city_is_set_up_without_the_demonstration(run: Run, hai_phong: Path) -> None:
    ran(run("counters", "add", "--point", "HB1", "--number", "2", "--name", "Quầy chứng thực", "--sector", "CT"))
    frame_file = workbook(
        hai_phong / "frame.xlsx",
        [
            ["Số hồ sơ quý I năm 2026"],
            ["Đơn vị tiếp nhận", "Cơ quan giải quyết", "Lĩnh vực", "Hình thức", "Đã tiếp nhận", "Đã trả kết quả"],
            [11383, None, "HT", "Trực tiếp", 130, 120],
            [11383, None, "DD", "Trực tiếp", 50, 40],
            [11383, "11383", "HT", "Trực tuyến", 70, 60],
            [11311, None, "CT", "Tại quầy", 210, 200],
            ["SNNMT", None, "MT", "Bưu chính công ích", 9, 8],
            ["SNNMT", None, "DD", "Trực tiếp", 31, 30],
        ],
    )
    imported = ran(run("frame", "import", frame_file, "--wave", "HP1", "--from", "2026-01-01", "--to", "31/03/2026"))
    assert "3 units: 390 at counters, 60 online, 8 by post" in imported
    assert "open at 5 counters" in ran(run("waves", "open", "HP1"))
    waves = json.loads(ran(run("waves", "list", "--json")))
    assert [(wave["code"], wave["state"], wave["opens"], wave["closes"], wave["instrument"]) for wave in waves] == [
        ("HP1", "open", "2026-01-01", "2099-12-31", "sipas_counter")
    ]
    counters = json.loads(ran(run("counters", "list", "--wave", "HP1", "--json")))
    assert [(counter["unit"], counter["number"], counter["sector"]) for counter in counters] == [
        ("11311", "1", None), ("11311", "2", 2), ("11383", "1", None), ("11383", "2", 3), ("SNNMT", "1", 3),
    ]  # fmt: skip
    assert counters[2]["names"]["unit"] == {"vi": "Phường Lê Chân", "en": "Lê Chân Ward"}
    assert counters[2]["link"] == f"HTTP://127.0.0.1:8000/Q/{counters[2]['code']}"
    assert len({counter["code"] for counter in counters}) == 5
    with session.reading() as tx:
        files = {(row.reception, row.decider, row.sector): row.files for row in frame(tx, "31", "HP1").rows}
    assert files == {
        ("11383", "11383", 1): 120,
        ("11383", "SNNMT", 3): 40,  # the table says who decides land there
        ("11311", "11311", 2): 200,
        ("SNNMT", "SNNMT", 3): 30,
    }


def test_units_are_imported_again_without_harm(run: Run) -> None:
    first = ran(run("units", "import", "--city", 79))
    assert "168 commune-level units, 16 departments" in first
    assert "38 former districts; 17 units lie in several" in first
    assert "to be checked by Home Affairs" in first
    assert ran(run("units", "import", "--city", 79)) == first
    units = {unit["code"]: unit for unit in json.loads(ran(run("units", "list", "--json")))}
    assert units["27676"]["names"]["vi"] == "Xã Thạnh An"
    assert {unit["checked"] for unit in units.values() if unit["kind"] == "department"} == {False}


def test_a_city_without_reference_data_is_refused_in_both_languages(run: Run) -> None:
    said = refused(run("units", "import", "--city", "01"))
    assert "Chỉ có danh mục đơn vị cho" in said
    assert "There is reference data for" in said


def test_with_two_cities_the_command_asks_which(run: Run) -> None:
    ran(run("units", "import", "--city", 31))
    assert "Huyện Vĩnh Bảo (cũ)" in ran(run("areas", "list"))
    ran(run("units", "import", "--city", 79))
    assert "which_city" in refused(run("areas", "list"))
    assert "Quận 1 (cũ)" in ran(run("areas", "list", "--city", 79))


def test_the_citys_own_list_of_departments_takes_the_place_of_the_supposed_one(run: Run, tmp_path: Path) -> None:
    ran(run("units", "import", "--city", 31))
    own = table(tmp_path / "departments.csv", "Mã cơ quan,Tên cơ quan,Đã kiểm tra\nSNV,Sở Nội vụ,yes\nSDT,Sở Đô thị,chưa\n")
    said = ran(run("units", "import", "--city", 31, "--departments", own))
    assert "114 commune-level units, 2 departments" in said
    assert "1 departments are still to be checked" in said
    ran(run("units", "import", "--city", 31))
    units = {unit["code"]: unit["checked"] for unit in json.loads(ran(run("units", "list", "--json")))}
    assert units["SNV"] is True  # the shipped list does not undo what the city has confirmed


def test_every_bad_point_is_named_with_row_and_column_and_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    ran(run("units", "import", "--city", 31))
    bad = table(
        tmp_path / "points.csv",
        "Mã điểm,Đơn vị,Tên điểm,Mã quận huyện cũ,Vĩ độ\nA1,11383,Điểm tốt,305,20.84\nA 2,99999,,760,91\nA1,11383,Lặp lại,,\n",
    )
    said = refused(run("points", "import", bad))
    for where in ("row 3, column Mã điểm", "row 3, column Đơn vị", "row 3, column Tên điểm", "row 3, column Mã quận huyện cũ",
                  "row 3, column Vĩ độ", "row 4, column Mã điểm", "dòng 3, cột Đơn vị"):  # fmt: skip
        assert where in said
    assert json.loads(ran(run("points", "list", "--json"))) == []


def test_a_real_list_never_takes_over_a_point_of_the_demonstration(run: Run, tmp_path: Path) -> None:
    ran(run("units", "import", "--city", 31))
    with session.transaction() as tx:
        places.save(tx, [PointRow("31", "LC1", "11383", {"vi": "Điểm mô phỏng"}, None, None, None, True, date(2025, 7, 1))])
    assert "simulated_point" in refused(run("points", "import", table(tmp_path / "points.csv", POINTS)))


def test_a_point_placed_by_a_second_import_keeps_its_counters_and_codes(run: Run, hai_phong: Path) -> None:
    before = ran(run("counters", "list"))
    ran(run("points", "import", table(hai_phong / "again.csv", POINTS.replace("Hồng Bàng,", "Hồng Bàng,304"))))
    assert {point["code"]: point["area"] for point in json.loads(ran(run("points", "list", "--json")))}["HB1"] == "304"
    ran(run("counters", "import", hai_phong / "counters.csv"))
    assert ran(run("counters", "list")) == before


def test_a_counter_at_an_unknown_point_or_for_an_unknown_sector_is_refused(run: Run, hai_phong: Path) -> None:
    assert "unknown_point" in refused(run("counters", "add", "--point", "ZZ", "--number", "1"))
    assert "unknown_sector" in refused(run("counters", "add", "--point", "HB1", "--number", "9", "--sector", "XX"))
    assert "unknown_unit" in refused(run("counters", "add", "--point", "HB1", "--number", "9", "--unit", "Sở Nội vụ"))
    assert len(json.loads(ran(run("counters", "list", "--json")))) == 4


def test_a_renewed_code_leads_to_the_counter_and_the_old_one_is_retired(run: Run, hai_phong: Path) -> None:
    old = {row["counter"]: row["code"] for row in json.loads(ran(run("counters", "list", "--json")))}["LC1-1"]
    new = normalise(ran(run("counters", "renew", "LC1-1")))
    assert new != old
    assert organisation.door(new, today()).retired is False
    assert organisation.door(old, today()).retired is True
    ran(run("counters", "retire", "LC1-1"))
    assert organisation.door(new, today()).retired is True
    assert "LC1-1" not in {row["counter"] for row in json.loads(ran(run("counters", "list", "--wave", "HP1", "--json")))}


def test_sectors_of_another_form_and_halves_of_rows_are_refused(run: Run, hai_phong: Path) -> None:
    rows = "A,33,,\nB,,,\nC,98,,\n,3,LC1,\nHT,,LC9,SYTE\n"
    bad = table(hai_phong / "bad.csv", f"Mã lĩnh vực,Lĩnh vực,Điểm tiếp nhận,Cơ quan giải quyết\n{rows}")
    said = refused(run("sectors", "import", bad))
    for where in ("row 2, column Lĩnh vực", "row 3", "row 4, column Lĩnh vực", "row 5", "row 6, column Điểm tiếp nhận",
                  "row 6, column Cơ quan giải quyết"):  # fmt: skip
        assert where in said


def test_a_wave_is_refused_with_all_its_reasons(run: Run, hai_phong: Path) -> None:
    backwards = ("--opens", "2026-05-01", "--closes", "2026-04-01")
    said = refused(run("waves", "add", "--code", "đợt 2", *backwards, "--organiser", " ", "--contact", "x", "--answer-days", 0))
    for code in ("bad_wave_code", "bad_dates", "no_organiser", "bad_answer_days"):
        assert code in said
    assert "wave_exists" in refused(
        run("waves", "add", "--code", "HP1", "--opens", "2026-05-01", "--closes", "2026-06-01", *ASKS)
    )


def test_a_wave_chooses_for_every_block_by_which_answers_it_is_compared(run: Run, hai_phong: Path) -> None:
    when = ("--opens", "2026-05-01", "--closes", "2099-06-01")
    said = refused(run("waves", "add", "--code", "HP2", *when, *ASKS, "--headline-of", "khoi-huyen", "verified"))
    assert "unknown_block" in said
    assert "khoi-so, khoi-phuong, khoi-xa" in said
    ran(run("waves", "add", "--code", "HP2", *when, *ASKS, "--headline-basis", "verified", "--headline-of", "khoi-xa", "all"))
    (wave,) = (one for one in json.loads(ran(run("waves", "list", "--json"))) if one["code"] == "HP2")
    assert (wave["headline_basis"], wave["headline_of_blocks"]) == ("verified", {"khoi-xa": "all"})


def test_a_second_wave_cannot_be_open_and_a_closed_one_never_opens_again(run: Run, hai_phong: Path) -> None:
    ran(run("waves", "add", "--code", "HP2", "--opens", "2026-05-01", "--closes", "2099-06-01", *ASKS))
    ran(run("waves", "open", "--wave", "HP1"))
    assert "another_wave_open" in refused(run("waves", "open", "HP2"))
    ran(run("waves", "close", "HP1"))
    ran(run("waves", "open", "HP2"))
    assert "wave_not_reopened" in refused(run("waves", "open", "HP1"))
    assert "wave_closed" in refused(run("waves", "close", "HP1"))
    assert "unknown_wave" in refused(run("waves", "open", "HP3"))


def test_a_wave_without_a_counter_cannot_open(run: Run) -> None:
    ran(run("units", "import", "--city", 79))
    ran(run("waves", "add", "--code", "W", "--opens", "2026-05-01", "--closes", "2099-06-01", *ASKS))
    assert "no_counters" in refused(run("waves", "open", "W"))


def test_a_file_that_is_no_table_is_refused_by_name(run: Run, hai_phong: Path) -> None:
    (hai_phong / "photo.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert "not_a_spreadsheet" in refused(run("points", "import", hai_phong / "photo.xlsx"))
    (hai_phong / "old.csv").write_bytes("Mã điểm".encode("utf-16-le"))
    assert refused(run("points", "import", hai_phong / "old.csv"))
    assert "missing_column" in refused(run("points", "import", table(hai_phong / "no.csv", "Đơn vị,Tên điểm\n11383,A\n")))


@pytest.mark.parametrize("group", COMMANDS, ids=lambda group: group.name)
def test_every_command_has_help_with_an_example(run: Run, group: Group) -> None:
    for name in group.commands:
        said = ran(run(group.name, name, "--help"))
        assert f"Example: flask {group.name} {name}" in " ".join(said.split())


@pytest.mark.parametrize("group", ["points", "counters", "sectors", "frame", "units"])
def test_the_empty_table_has_its_headings_and_one_example(run: Run, group: str) -> None:
    lines = ran(run(group, "import", "--template")).splitlines()
    assert lines[0].startswith("\ufeff")
    assert len(lines) == 2
