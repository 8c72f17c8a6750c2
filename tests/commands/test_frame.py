"""Files of a real city: what a frame import refuses, counts, keeps and leaves behind."""

from pathlib import Path

from survey_app.services.fieldwork import frame
from survey_app.storage import session
from survey_app.storage.fieldwork import newest_frame
from tests.real_city import WINDOW, Run, ran, refused, table

FRAME = "reception,decider,sector,mode,received,returned,from,to,point\n"


def test_every_bad_row_of_a_frame_is_named_and_nothing_is_imported(run: Run, hai_phong: Path) -> None:
    rows = [
        "11383,,HT,counter,10,9,,,",  # 2 good
        "99999,,HT,counter,10,9,,,",  # 3 unknown unit
        "11383,XYZ,HT,counter,10,9,,,",  # 4 unknown body
        "11383,,ZZ,counter,10,9,,,",  # 5 a sector of another list
        "11383,,CT,counter,10,-9,,,",  # 6 negative
        "11383,,DD,counter,mười,9,,,",  # 7 text
        "11383,,HT,counter,10,9,,,",  # 8 the same files as row 2
        "11383,,CT,fax,10,9,,,",  # 9 unknown mode
        "11383,,CT,post,10,9,2025-12-31,2026-01-31,",  # 10 outside the window
        "11383,,CT,online,10,9,31/02/2026,,",  # 11 no such day
        "11383,,MT,counter,10,9,,,NOWHERE",  # 12 unknown point
        "11383,,HT,counter,10,9.5,2026-03-02,2026-03-03,",  # 13 half a file, and the days of row 2 again
        "11383,,MT,,10,,,,",  # 14 no mode, no number
    ]
    said = refused(run("frame", "import", table(hai_phong / "f.csv", FRAME + "\n".join(rows)), *WINDOW))
    expected = {
        "row 3, column reception": "unknown_unit", "row 4, column decider": "unknown_unit", "row 5, column sector": "unknown_sector",
        "row 6, column returned": "negative_count", "row 7, column received": "not_a_count", "row 8, column reception": "doubled_row",
        "row 9, column mode": "unknown_mode", "row 10, column from": "outside_window", "row 11, column from": "not_a_day",
        "row 12, column point": "unknown_point", "row 13, column returned": "not_a_count", "row 13, column reception": "doubled_row",
        "row 14, column mode": "empty_cell", "row 14, column returned": "empty_cell",
    }  # fmt: skip
    english = [line for line in said.splitlines() if line.startswith("  f.csv")]
    found = [(line.split(": ")[0].removeprefix("  f.csv, "), line.rsplit("[", 1)[1][:-1]) for line in english]
    assert sorted(found) == sorted(expected.items())
    with session.reading() as tx:
        assert newest_frame(tx, "31", "HP1") is None


def test_an_export_with_one_row_a_file_is_counted_and_its_names_are_left_behind(run: Run, hai_phong: Path) -> None:
    header = "Mã hồ sơ,Người nộp,Đơn vị tiếp nhận,Lĩnh vực,Hình thức,Ngày tiếp nhận,Ngày trả kết quả\n"
    rows = [
        "H31.001,Nguyễn Văn Bình,11383,HT,Trực tiếp,05/01/2026,06/01/2026",
        "H31.002,Trần Thị Hoa,11383,HT,Trực tiếp,20/12/2025,07/01/2026 08:15",
        "H31.003,Lê Văn Tám,11383,HT,Trực tiếp,30/03/2026,",
        "H31.004,Phạm Thị Chín,11383,HT,Trực tuyến,05/01/2026,09/01/2026",
        "H31.005,Đỗ Văn Mười,11311,CT,Tại quầy,05/01/2026,05/01/2026",
    ]
    export = table(hai_phong / "files.csv", header + "\n".join(rows))
    said = ran(run("frame", "import", export, *WINDOW))
    assert "Counted 5 rows of one file each" in said
    assert "2 units: 3 at counters, 1 online, 0 by post" in said
    with session.reading() as tx:
        found = frame(tx, "31", "HP1")
    assert {(row.reception, row.sector): row.files for row in found.rows} == {("11383", 1): 2, ("11311", 2): 1}
    assert found.other_modes == {"11383": 1}
    kept = b"".join(path.read_bytes() for path in (hai_phong / "data").rglob("*") if path.is_file())
    assert b"11383" in kept
    for private in ("Bình", "Trần Thị", "H31.00"):
        assert private.encode() not in kept


def test_a_file_counted_twice_or_returned_outside_the_window_is_refused(run: Run, hai_phong: Path) -> None:
    header = "file_number,applicant,reception,sector,mode,received,returned\n"
    twice = "1,Ánh,11383,HT,counter,2026-01-05,2026-01-06"
    rows = [twice, twice, "2,Ba,11383,HT,counter,2026-01-05,2026-04-06"]
    export = table(hai_phong / "files.csv", header + "\n".join(rows))
    said = refused(run("frame", "import", export, *WINDOW))
    assert "row 3, column file_number" in said
    assert "row 4, column returned" in said
    assert "Ánh" not in said


def test_totals_of_units_alone_are_a_frame(run: Run, hai_phong: Path) -> None:
    totals = table(hai_phong / "totals.csv", "Đơn vị tiếp nhận,Hình thức,Đã trả kết quả\n11383,trực tiếp,300\n11311,trực tiếp,200\n")
    ran(run("frame", "import", totals, *WINDOW))
    with session.reading() as tx:
        found = {(row.reception, row.sector): row.files for row in frame(tx, "31", "HP1").rows}
    assert found == {("11383", None): 300, ("11311", None): 200}


def test_a_later_frame_takes_the_place_of_an_earlier_one_which_stays_stored(run: Run, hai_phong: Path) -> None:
    for files in (300, 310):
        totals = table(hai_phong / "totals.csv", f"Đơn vị tiếp nhận,Hình thức,Đã trả kết quả\n11383,trực tiếp,{files}\n")
        ran(run("frame", "import", totals, *WINDOW))
    with session.reading() as tx:
        assert newest_frame(tx, "31", "HP1").number == 2
        assert [row.files for row in frame(tx, "31", "HP1").rows] == [310]
