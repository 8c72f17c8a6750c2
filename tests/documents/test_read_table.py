"""Files that people hand in, read as tables: every way a spreadsheet program saves one."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from questionnaires.model import Refused
from survey_app.documents.spreadsheets import Cell, read_table
from survey_app.documents.table_input import Field, Line, understand


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def code_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_table(content, "file")
    return refused.value.faults[0].code


@pytest.mark.parametrize(
    "content",
    [
        "Mã,Tên\nA1,Điểm một\n".encode(),
        "\ufeffMã;Tên\r\nA1;Điểm một\r\n".encode(),
        "Mã\tTên\nA1\tĐiểm một".encode("utf-16"),
        'Mã,Tên\n"A1","Điểm\nmột"\n'.replace("\nmột", " một").encode(),
        xlsx(["Mã", "Tên"], ["A1", "Điểm một"]),
    ],
    ids=["csv", "excel csv", "utf-16", "quoted", "xlsx"],
)
def test_the_same_table_is_read_from_every_format(content: bytes) -> None:
    sheet = read_table(content, "file")
    assert sheet.header == ("Mã", "Tên")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("A1", "Điểm một"))]


def test_titles_above_and_empty_rows_keep_the_numbers_of_the_rows_true() -> None:
    rows = [["Danh sách điểm tiếp nhận"], [], ["Mã", "Tên", None], ["A1", "Một"], [None, None], ["A2"]]
    for content in (xlsx(*rows), "Danh sách,,\n,,\nMã,Tên,\nA1,Một,\n,,\nA2,,\n".encode()):
        sheet = read_table(content, "file")
        assert sheet.header == ("Mã", "Tên")
        assert [row.number for row in sheet.rows] == [4, 6]
        assert sheet.rows[0].cells == ("A1", "Một")


def test_a_workbook_that_lies_about_its_size_is_read_whole() -> None:
    """Some one-stop systems write the size of an empty sheet into every export."""
    honest, lying = ZipFile(BytesIO(xlsx(["Mã", "Tên"], ["A1", "Một"], ["A2", "Hai"]))), BytesIO()
    with ZipFile(lying, "w") as file:
        for name in honest.namelist():
            file.writestr(name, honest.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"'))
    assert [row.cells for row in read_table(lying.getvalue(), "file").rows] == [("A1", "Một"), ("A2", "Hai")]


def test_a_cell_over_two_lines_does_not_shift_the_numbers() -> None:
    sheet = read_table(b'a,b\n1,"x\ny"\n2,z\n', "file")
    assert [row.number for row in sheet.rows] == [2, 3]


def test_dates_stay_dates_and_numbers_numbers() -> None:
    sheet = read_table(xlsx(["a", "b", "c", "d"], [datetime(2026, 3, 1, 8, 30), date(2026, 3, 2), 12, 1.5]), "file")
    assert sheet.rows[0].cells == (date(2026, 3, 1), date(2026, 3, 2), 12, 1.5)


def test_what_is_no_table_is_refused_with_a_code() -> None:
    assert code_of(b"") == "no_table"
    assert code_of(b"only one column\nx\n") == "no_table"
    assert code_of(b"PK\x03\x04rubbish") == "not_a_spreadsheet"
    assert code_of("Mã,Tên\nA1,Điểm".encode("cp1258", "replace")) == "not_utf8"
    assert code_of(b'a,b\n"never closed,1\n') == "bad_csv"
    with pytest.raises(Refused):
        read_table(Path("/nowhere/at/all.csv"), "all.csv")


def damaged(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with another sheet inside."""
    sound, broken = ZipFile(BytesIO(xlsx(["a", "b"], ["x", "y"]))), BytesIO()
    with ZipFile(broken, "w") as file:
        for name in sound.namelist():
            file.writestr(name, change(sound.read(name)) if "sheet1" in name else sound.read(name))
    return broken.getvalue()


def test_a_damaged_workbook_is_refused_like_any_other_file_that_is_none() -> None:
    assert code_of(damaged(lambda sheet: sheet[: len(sheet) // 2])) == "not_a_spreadsheet"
    whole = xlsx(*([f"a{at}", f"b{at * at}"] for at in range(400)))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    assert code_of(whole[:at] + bytes(200) + whole[at + 200 :]) == "not_a_spreadsheet"


def line(cell: Cell) -> Line:
    return Line("file, row 2", {"x": "Cột"}, {"x": cell}, [])


@pytest.mark.parametrize(("cell", "count"), [(0, 0), (12, 12), ("12", 12), (12.0, 12), (" 7 ", 7)])
def test_counts(cell: Cell, count: int) -> None:
    assert line(cell).count("x") == count


@pytest.mark.parametrize(
    ("cell", "code"),
    [(-1, "negative_count"), ("-3", "negative_count"), (-2.5, "negative_count"), ("−4", "negative_count"), ("mười", "not_a_count"),
     ("1.234", "not_a_count"), ("1,5", "not_a_count"), (2.5, "not_a_count"), (date(2026, 1, 1), "not_a_count"), ("12 hồ sơ", "not_a_count"),
     (None, "empty_cell"), ("", "empty_cell"), (True, "empty_cell")],
)  # fmt: skip
def test_what_is_not_a_count(cell: Cell, code: str) -> None:
    read = line(cell)
    assert read.count("x") is None
    assert [(fault.code, fault.place) for fault in read.faults] == [(code, "file, row 2, column Cột")]


@pytest.mark.parametrize("cell", ["2026-02-05", "05/02/2026", "5/2/2026", "05/02/2026 08:15", "2026-02-05T08:15:00", date(2026, 2, 5)])
def test_days(cell: Cell) -> None:
    assert line(cell).day("x") == date(2026, 2, 5)


@pytest.mark.parametrize("cell", ["31/02/2026", "02/2026", "hôm qua", 20260205])
def test_what_is_not_a_day(cell: Cell) -> None:
    read = line(cell)
    assert read.day("x") is None
    assert [fault.code for fault in read.faults] == ["not_a_day"]


def test_codes_that_a_spreadsheet_made_numbers_become_text_again() -> None:
    assert line(26734).text("x") == "26734"
    assert line(26734.0).text("x") == "26734"


def test_headings_are_known_with_and_without_accents_case_and_spaces() -> None:
    fields = (Field("unit", ("Đơn vị tiếp nhận",), required=True), Field("mode"))
    for heading in ("Đơn vị tiếp nhận", "DON VI TIEP NHAN", "đơn  vị  tiếp nhận:", "unit", "Unit"):
        lines = understand(read_table(xlsx([heading, "Ghi chú"], ["26734", "x"]), "file"), fields)
        assert [one.text("unit") for one in lines] == ["26734"]
        assert lines.ignored == ("Ghi chú",)


def test_a_missing_a_doubled_and_an_empty_table_are_refused() -> None:
    fields = (Field("unit", ("Đơn vị",), required=True), Field("mode"))
    for rows, code in (
        (["mode", "x"], "missing_column"),
        (["unit", "Đơn vị"], "doubled_column"),
        (["unit", "mode"], "no_rows"),
    ):
        with pytest.raises(Refused) as refused:
            understand(read_table(xlsx(rows), "file"), fields)
        assert [fault.code for fault in refused.value.faults] == [code]
