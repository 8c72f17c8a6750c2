"""A mark goes wherever its value goes: on the page, in a workbook, in a CSV file and, by its name, in JSON."""

import csv
import io
import json
import re
from collections.abc import Iterator

import openpyxl
import pytest
from flask.testing import FlaskClient

from survey_app.services import releases
from tests import cast
from tests.cast import STRADDLING
from tests.web import staff

HELD = 2
BOTH = "°⟲"


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Home Affairs before two releases: one more answer in the second, so that the ward's twenty stand as they were."""
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        client = cast.app_with_answers(tmp_path_factory.mktemp("marks"), released=True).test_client()
        cast.answer(STRADDLING, 1)
        assert releases.make(cast.WAVE, None, cast.NOW).number == HELD
        staff.sign_in(client, "home_affairs")
        yield client


def tables_of(rows: list[list[str]]) -> list[tuple[list[str], list[str]]]:
    """Of a sheet or CSV file: the line of the ward under the header of each table in which it stands."""
    found, header = [], list[str]()
    for row in rows:
        header = row if "Code" in row[:1] else header
        if row[:1] == [STRADDLING]:
            found.append((header, row))
    return found


def flat(officer: FlaskClient, format: str) -> list[tuple[list[str], list[str]]]:
    content = officer.get(f"/results/{HELD}.{format}?language=en").data
    if format == "csv":
        return tables_of(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return tables_of([["" if cell is None else str(cell) for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)])


def test_the_page_says_both_marks_at_every_value_of_the_ward(officer: FlaskClient) -> None:
    page = officer.get(f"/results/{HELD}?domain={STRADDLING}").text
    rows = [row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f">{STRADDLING}<" in row]
    cells = [cell for row in rows for cell in re.findall(r'<td class="interval"[^>]*>(.*?)</td>', row, re.S)]
    values = [cell for cell in cells if re.search(r"\(\d|trở", cell)]
    assert len(values) > 6
    assert [cell for cell in values if BOTH not in cell] == []


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_flat_file_has_a_column_of_marks_beside_every_value_of_the_ward(officer: FlaskClient, format: str) -> None:
    marks = []
    for header, row in flat(officer, format):
        cells = dict(zip(header, row, strict=False))
        ends = [name.removesuffix(": from") for name in header if name.endswith(": from")]
        marks += [cells.get(f"{name}: mark") for name in ends if cells[f"{name}: from"] or cells[f"{name}: to"]]
        assert not [name for name in ends if BOTH in cells[name]]
    assert len(marks) > 6
    assert set(marks) == {BOTH}


def test_json_gives_the_marks_by_their_stored_names(officer: FlaskClient) -> None:
    parts = json.loads(officer.get(f"/results/{HELD}.json").data)["parts"]
    rows = [row for part in parts if part["part"] == "table" for row in part["rows"] if row["domain"] == STRADDLING]
    values = [cell for row in rows for cell in row["cells"].values() if isinstance(cell, dict) and "estimate" in cell]
    assert len(values) > 6
    for cell in values:
        assert cell["marks"] == ["reference_only", "held_over"]
        assert cell["mark"] == BOTH
        assert BOTH in cell["text"]
