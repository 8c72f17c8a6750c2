"""Whose document shows what: the cut to a viewer's scope, floors, roundings – the same in every format."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from survey_app.documents.report import Cell, Gap, Interval, Number, ReportDocument, Row
from survey_app.services import accounts, releases, reports, sessions
from survey_app.services.access import Grant, Viewer, public
from survey_app.services.accounts import NewAccount
from survey_app.services.reports import NotShown
from tests import cast
from tests.cast import DISTRICT, NAMES, NEIGHBOUR, OTHER_DISTRICT, OTHER_WARD, PERFECT_WARD, QUIET_WARD, STRADDLING, WARD


@pytest.fixture(scope="module", autouse=True)
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Release 1 is a draft, release 2 is published; nothing here changes them."""
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        cast.app_with_answers(tmp_path_factory.mktemp("reports"), released=True)
        releases.publish(releases.make(cast.WAVE, None, cast.NOW).number, cast.NOW)
        yield


def document(viewer: Viewer, number: int = 1, domain: str | None = None, language: str = "vi") -> ReportDocument:
    return reports.document(viewer, "results", number, domain, language)


def words(document: ReportDocument) -> str:
    return reports.file(document, "json", None).content.decode()


def row(document: ReportDocument, code: str, table: str = "units-") -> dict[str, Cell]:
    """The row of a unit or area, by column."""
    for found in document.tables():
        if found.id.startswith(table):
            for line in found.rows:
                if line.cells[0] == code:
                    return {column.id: cell for column, cell in zip(found.columns, line.cells, strict=True)}
    raise KeyError(code)


def rows_of_everything(document: ReportDocument) -> list[Row]:
    return [line for table in document.tables() for line in table.rows]


def text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else cell.text


def test_home_affairs_sees_every_domain_and_exact_counts() -> None:
    shown = document(cast.viewer("home_affairs"))
    assert {line.domain for line in rows_of_everything(shown)} >= {*NAMES, cast.PROVINCE}
    assert row(shown, WARD)["n"] == Number(40, "40")
    assert text(row(shown, WARD)["index"]) == "93% (78–99)"
    assert text(row(shown, STRADDLING)["index"]) == "90%° (60–100)"
    assert "Sai số chuẩn" in words(shown)


def test_a_reviewer_sees_the_units_of_one_former_district_its_figure_and_nothing_else() -> None:
    shown = document(cast.viewer("mttq"))
    assert {line.domain for line in rows_of_everything(shown)} - {None} == {DISTRICT, WARD, STRADDLING, QUIET_WARD, NEIGHBOUR}
    foreign = [NAMES[OTHER_DISTRICT], NAMES[OTHER_WARD], NAMES[PERFECT_WARD], NAMES[cast.DEPARTMENT], "sai số chuẩn", "chưa làm tròn"]
    assert [name for name in foreign if name.lower() in words(shown).lower()] == []
    assert text(row(shown, STRADDLING)["areas"]) == "Quận 1 (giáp ranh)"
    assert text(row(shown, DISTRICT, "areas")["index"]).startswith("91% (")  # (500·0.925 + 250·0.9 + 500·0.9) ÷ 1,250 files
    assert "tạm tính" in text(row(shown, DISTRICT, "areas")["status"])


def test_a_reviewer_gets_values_from_thirty_answers_on() -> None:
    shown = row(document(cast.viewer("mttq")), STRADDLING)
    assert {text(shown[name]) for name in ("index", "overall")} == {"< 30"}
    assert {shown[name] for name in ("n", "coverage")} == {Gap("< 30", "reference_only")}
    assert isinstance(row(document(cast.viewer("mttq")), WARD)["index"], Interval)


def test_no_number_of_a_figure_below_thirty_reaches_a_reviewer() -> None:
    """Every cell of the straddling ward but its files is text."""
    for line in rows_of_everything(document(cast.viewer("mttq"))):
        if line.domain == STRADDLING:
            assert [cell for cell in line.cells if isinstance(cell, Interval | Number)] in ([], [Number(500, "500")])


def test_counts_are_rounded_to_five_and_coverage_does_not_give_them_back() -> None:
    """42 answers of 500 files: 40 and 8.0 %; the exact 8.4 % would give 42 away."""
    visible = document(public("vi"), number=2)
    assert (text(row(visible, PERFECT_WARD)["n"]), text(row(visible, PERFECT_WARD)["coverage"])) == ("40", "8,0%")
    exact = document(cast.viewer("home_affairs"))
    assert (text(row(exact, PERFECT_WARD)["n"]), text(row(exact, PERFECT_WARD)["coverage"])) == ("42", "8,4%")


def test_one_hundred_percent_is_never_printed_alone() -> None:
    for viewer in (cast.viewer("home_affairs"), public("vi")):
        shown = document(viewer, number=2)
        cell = row(shown, PERFECT_WARD)["index"]
        assert isinstance(cell, Interval)
        assert (cell.estimate, cell.text) == (None, "từ 93% trở lên")
    assert "42/42 ý kiến hài lòng; tỷ lệ thật có thể thấp đến 93%." in words(document(cast.viewer("home_affairs")))
    assert "42/42" not in words(document(public("vi"), number=2))


def test_points_at_an_end_of_their_range_are_not_printed_alone_either() -> None:
    """Forty people came once: 2.5 of the 0.25 to 2.5 points."""
    trips = row(document(cast.viewer("home_affairs")), WARD, f"style-papi_style-{cast.WARDS}")["ps.trips"]
    assert isinstance(trips, Interval)
    assert (trips.estimate, trips.high) == (None, None)
    assert re.fullmatch(r"từ 2,\d trở lên", trips.text)


def test_a_head_of_a_unit_gets_no_name_and_no_code_of_another() -> None:
    shown = words(document(cast.viewer("unit_head")))
    others = {code: NAMES[code] for code in (STRADDLING, OTHER_WARD, PERFECT_WARD, NEIGHBOUR, QUIET_WARD)}
    assert [name for pair in others.items() for name in pair if name in shown] == []


def test_a_head_of_a_unit_sees_that_unit_only_from_ten_answers_on() -> None:
    shown = document(cast.viewer("unit_head"))
    assert {line.domain for line in rows_of_everything(shown)} - {None} == {WARD}
    assert "Sai số chuẩn" not in words(shown)
    assert "°" in words(shown)  # the eleven people turned away: for the unit's own reference


def test_the_public_reads_published_releases_without_small_figures() -> None:
    with pytest.raises(NotShown):
        document(public("vi"), number=1)
    shown = document(public("vi"), number=2)
    assert text(row(shown, STRADDLING)["index"]) == "< 30"
    assert "Sai số chuẩn" not in words(shown)
    assert "BẢN NHÁP" not in words(shown)


def test_what_one_may_not_see_and_what_does_not_exist_look_the_same() -> None:
    reviewer = cast.viewer("mttq")
    for number, domain in ((1, OTHER_DISTRICT), (1, OTHER_WARD), (1, cast.PROVINCE), (1, cast.WARDS), (1, "nowhere"), (99, None)):
        with pytest.raises(NotShown):
            document(reviewer, number=number, domain=domain)
    for role in ("administrator", "auditor"):
        with pytest.raises(NotShown):
            document(cast.viewer(role))


def test_an_account_whose_scope_has_ended_sees_nothing() -> None:
    ended = (Grant("area", "former_district", DISTRICT, cast.SINCE, date(2026, 10, 31)),)
    accounts.add(NewAccount("ended", "mttq", cast.PROVINCE, ended), cast.PASSWORD, cast.NOW)
    viewer = sessions.viewer(sessions.sign_in("ended", cast.PASSWORD, cast.NOW).token, cast.NOW)
    assert viewer is not None
    with pytest.raises(NotShown):
        document(viewer)


def test_a_page_on_one_area_or_unit_is_the_whole_page_cut_down() -> None:
    officer = cast.viewer("home_affairs")
    area = document(officer, domain=DISTRICT)
    assert {line.domain for line in rows_of_everything(area)} - {None} == {DISTRICT, WARD, STRADDLING, QUIET_WARD, NEIGHBOUR}
    unit = document(officer, domain=STRADDLING)
    assert row(unit, STRADDLING)["index"] == row(area, STRADDLING)["index"] == row(document(officer), STRADDLING)["index"]
    assert text(row(unit, STRADDLING)["areas"]) == "Quận 1, Quận Bình Tân (giáp ranh)"


def test_rows_stand_by_official_code() -> None:
    table = next(table for table in document(cast.viewer("home_affairs")).tables() if table.id == f"units-{cast.WARDS}")
    assert [line.cells[0] for line in table.rows if not line.total] == list(cast.ALL_WARDS)


def test_every_reason_and_mark_in_a_table_is_explained_below_it() -> None:
    table = next(table for table in document(cast.viewer("home_affairs")).tables() if table.id == f"units-{cast.WARDS}")
    assert any(note.startswith("“< 10”") for note in table.notes)
    assert any(note.startswith("° Từ 10 đến 29") for note in table.notes)
    assert "ít ngày khảo sát" in text(row(document(cast.viewer("home_affairs")), STRADDLING)["status"])


def test_a_style_of_another_index_never_stands_without_its_notice() -> None:
    for table in document(cast.viewer("home_affairs")).tables():
        if table.id.startswith("style-"):
            assert "không so sánh với PAPI" in table.caption


@pytest.mark.parametrize("format", ["xlsx", "csv", "json"])
def test_every_file_says_that_it_is_simulated_and_gives_the_reason_of_nine_answers(format: str) -> None:
    content = reports.file(document(cast.viewer("home_affairs")), format, None).content  # type: ignore[arg-type]
    lines = as_rows(format, content)
    assert any("MÔ PHỎNG" in str(cell) for line in lines for cell in line)
    nine = [line for line in lines if OTHER_WARD in line]
    assert nine
    for line in nine:
        assert "< 10" in line
        numbers = [cell for cell in line if isinstance(cell, int | float) and cell != cast.FILES]
        assert numbers == []


def as_rows(format: str, content: bytes) -> list[list[object]]:
    """Lines of cells, numbers as numbers; in JSON a cell is whatever it holds."""
    if format == "xlsx":
        return [list(line) for sheet in openpyxl.load_workbook(io.BytesIO(content)) for line in sheet.iter_rows(values_only=True)]
    if format == "csv":
        return [[as_number(cell) for cell in line] for line in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    parts = json.loads(content)["parts"]
    found: list[list[object]] = [[part["text"]] for part in parts if "text" in part]
    for table in (part for part in parts if part["part"] == "table"):
        for line in table["rows"]:
            cells = line["cells"].values()
            found.append([inner for cell in cells for inner in (cell.values() if isinstance(cell, dict) else [cell]) if inner is not None])
    return found


def as_number(cell: str) -> object:
    return float(cell) if cell.replace(".", "", 1).isdigit() and len(cell) < 5 else cell


def test_a_workbook_holds_real_numbers_a_frozen_header_and_every_table(tmp_path: Path) -> None:
    shown = document(cast.viewer("home_affairs"), language="en")
    book = openpyxl.load_workbook(io.BytesIO(reports.file(shown, "xlsx", None).content))
    assert len(book.worksheets) == 1 + len(shown.tables())
    at = [table.id for table in shown.tables()].index(f"units-{cast.WARDS}") + 1
    sheet = book.worksheets[at]
    assert sheet.title.startswith(f"{at}. {NAMES[cast.WARDS]} – the ")
    assert all(len(one.title) <= 31 for one in book.worksheets)
    header = next(line for line in sheet.iter_rows() if line[0].value == "Code")
    line = next(line for line in sheet.iter_rows() if line[0].value == WARD)
    by_name = {name.value: cell for name, cell in zip(header, line, strict=True)}
    index = by_name["Satisfaction index (%)"]
    assert (index.value, index.number_format) == (pytest.approx(0.93), "0%")
    assert by_name["Satisfaction index (%): from"].value == pytest.approx(0.78)
    assert by_name["Files"].value == cast.FILES
    assert sheet.freeze_panes == f"C{header[0].row + 1}"


def test_the_whole_document_is_also_in_english() -> None:
    shown = words(document(cast.viewer("home_affairs"), language="en"))
    for name in NAMES.values():
        shown = shown.replace(name, "")
    assert "Satisfaction with public administrative services" in shown
    assert re.findall(r"\w*[ạảấầẩậắằẳặẹẻẽếềểệịỉọỏốồổộớờởợụủứừửựỳỷỵđ]\w*", shown.lower()) == []
